/* handle_callers.c: the last callers, and how often one called today. */
#include "handler_private.h"

#include <string.h>

#define REQUEST_SIZE 1024u
#define CALLERS 5u

/* ---- Questions ------------------------------------------------------------
 */

/* The part that both questions share: one day, the last calls first. */
static void write_query(const struct handler *handler, unsigned limit,
                        struct output *out)
{
    json_key(out, "TableName");
    json_text(out, handler->table);
    json_key(out, "KeyConditionExpression");
    json_text(out, "#day = :day");
    json_key(out, "ScanIndexForward");
    json_bool(out, false);
    json_key(out, "Limit");
    json_int(out, limit);
}

static void write_name(struct output *out, const char *mark, const char *name)
{
    json_key(out, mark);
    json_text(out, name);
}

static void write_day_value(struct output *out, const char *day)
{
    json_key(out, "ExpressionAttributeValues");
    json_open(out, '{');
    json_key(out, ":day");
    write_typed(out, "S", (struct vn_bytes){day, strlen(day)});
    json_close(out, '}');
}

static void write_last(const struct handling *handling, int days,
                       struct output *out)
{
    char day[DAY_SIZE];

    write_day(handling->start_us, days, day);
    json_open(out, '{');
    write_query(handling->handler, CALLERS, out);
    json_key(out, "ProjectionExpression");
    json_text(out, "#at,#number,#spellings,#expires");
    json_key(out, "ExpressionAttributeNames");
    json_open(out, '{');
    write_name(out, "#day", "day");
    write_name(out, "#at", "at");
    write_name(out, "#number", "number");
    write_name(out, "#spellings", "spellings");
    write_name(out, "#expires", "expires");
    json_close(out, '}');
    write_day_value(out, day);
    json_close(out, '}');
}

static void write_count(const struct handler *handler, const char *day,
                        struct output *out)
{
    json_open(out, '{');
    write_query(handler, HANDLER_COUNTED_CALLS, out);
    json_key(out, "Select");
    json_text(out, "COUNT");
    json_key(out, "ExpressionAttributeNames");
    json_open(out, '{');
    write_name(out, "#day", "day");
    json_close(out, '}');
    write_day_value(out, day);
    json_close(out, '}');
}

/* There is no such day. */
void first_callers(const struct handler *handler, struct output *out)
{
    write_count(handler, "#", out);
}

/* ---- The last callers -----------------------------------------------------
 */

/* An item whose time is over may still be there for days. */
static bool is_over(const struct handling *handling, const json_t *item)
{
    const struct vn_bytes text =
        typed_text(json_object_get(item, "expires"), "N");
    long expires_s = 0;

    return text.data == NULL ||
           !vn_text_int(text, 0, INT64_MAX / US_PER_S, &expires_s) ||
           (int64_t)expires_s * US_PER_S <= handling->start_us;
}

static void read_spellings(const json_t *item, struct answer_caller *caller)
{
    const json_t *list =
        json_object_get(json_object_get(item, "spellings"), "L");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const struct vn_bytes text = typed_text(json_array_get(list, i), "S");
        if (text.data != NULL && text.size < VN_DISPLAY_SIZE &&
            caller->count < ANSWER_SPOKEN) {
            caller->spellings[caller->count++] = text;
        }
    }
}

/* Writes an item as a caller; false if it is none. */
static bool write_caller(struct handling *handling, const json_t *item)
{
    const struct vn_bytes at = typed_text(json_object_get(item, "at"), "S");
    const struct vn_bytes written =
        typed_text(json_object_get(item, "number"), "S");
    struct vn_number number = {.e164 = ""};
    struct answer_caller caller = {.number = number.e164};
    struct vn_bytes time = {NULL, 0};
    struct vn_bytes contact_id = {NULL, 0};
    char text[TIME_SIZE] = "";

    if (at.data == NULL || is_over(handling, item) ||
        !vn_text_split(at, '#', &time, &contact_id) ||
        time.size != TIME_LENGTH) {
        return false;
    }
    memcpy(text, time.data, time.size);
    caller.time = text;
    if (written.data != NULL &&
        vn_number_parse(written.data, written.size, &number, NULL) != VN_OK) {
        return false;
    }
    read_spellings(item, &caller);
    answer_caller_json(&handling->out, &caller);
    return true;
}

enum day { DAY_ADDED, DAY_LATE, DAY_FAILED };

/* Adds the callers of one day. A fault has been told, unless the table is late
 * and there is something to show. */
static enum day add_day(struct handling *handling, int days, unsigned *count)
{
    char memory[REQUEST_SIZE];
    struct output request;
    struct table_answer answer;
    json_t *root = NULL;

    output_start(&request, OUTPUT_MEMORY, memory, sizeof(memory));
    write_last(handling, days, &request);
    handling_send(handling, TABLE_QUERY, &request, &answer);
    if (answer.outcome == TABLE_LATE && *count > 0) {
        return DAY_LATE;
    }
    if (!handling_read(handling, &answer, &root)) {
        return DAY_FAILED;
    }
    const json_t *items = json_object_get(root, "Items");
    for (size_t i = 0; i < json_array_size(items) && *count < CALLERS; i++) {
        *count += write_caller(handling, json_array_get(items, i)) ? 1 : 0;
    }
    json_decref(root);
    return DAY_ADDED;
}

/* Day by day back, to the day of which nothing is kept any more, or for as
 * long as there is time: what was found by then is the answer. */
static void list_callers(struct handling *handling)
{
    enum day day = DAY_ADDED;
    unsigned count = 0;

    json_open(&handling->out, '{');
    json_key(&handling->out, "callers");
    json_open(&handling->out, '[');
    for (int days = 0;
         day == DAY_ADDED && days <= HANDLER_KEPT_DAYS && count < CALLERS;
         days++) {
        day = add_day(handling, days, &count);
    }
    if (day == DAY_FAILED) {
        return;
    }
    json_close(&handling->out, ']');
    json_close(&handling->out, '}');
    handling->outcome = day == DAY_LATE ? "listed_in_part" : "listed";
}

/* ---- One caller -----------------------------------------------------------
 */

static void write_calls(struct handling *handling, int64_t count)
{
    char text[24];
    struct output number;

    output_start(&number, OUTPUT_MEMORY, text, sizeof(text));
    output_int(&number, count);
    json_open(&handling->out, '{');
    json_key(&handling->out, "Calls");
    json_bytes(&handling->out, (struct vn_bytes){text, number.used});
    json_close(&handling->out, '}');
}

static void count_calls(struct handling *handling)
{
    char memory[REQUEST_SIZE];
    char day[CALLER_DAY_SIZE];
    struct vn_number number;
    struct output request;
    json_t *root = NULL;

    if (!handling_caller(handling, &number)) {
        handling->outcome = "withheld";
        write_calls(handling, 0);
        return;
    }
    output_start(&request, OUTPUT_MEMORY, memory, sizeof(memory));
    write_caller_day(handling->start_us, &number, day);
    write_count(handling->handler, day, &request);
    if (!handling_ask(handling, TABLE_QUERY, &request, &root)) {
        return;
    }
    handling->outcome = "counted";
    write_calls(handling, json_integer_value(json_object_get(root, "Count")));
    json_decref(root);
}

void handle_callers(struct handling *handling)
{
    if (handling->event.kind == EVENT_CONNECT) {
        count_calls(handling);
    } else {
        list_callers(handling);
    }
}
