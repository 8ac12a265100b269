/* handle_call_log.c: writes a call down, once. */
#include "handler_private.h"

#include <stdio.h>
#include <string.h>

#define REQUEST_SIZE 4096u
/* A ContactId is a UUID; more is not ours. */
#define CONTACT_ID_MAX 64u
/* A spelling comes in display form. */
#define SPELLING_MAX (VN_DISPLAY_SIZE - 1)
/* Lambda drops an event that is this old: no repeat comes later. */
#define REPEATS_US ((int64_t)6 * 3600 * US_PER_S)

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The time in "Root=1-67891233-...": when the event came, in seconds. */
static bool trace_time(const char *trace, int64_t *time_us)
{
    static const char mark[] = "Root=1-";
    const char *at = strstr(trace, mark);
    int64_t time_s = 0;

    if (at == NULL) {
        return false;
    }
    at += sizeof(mark) - 1;
    for (size_t i = 0; i < 8; i++) {
        const int digit = hex_digit(at[i]);
        if (digit < 0) {
            return false;
        }
        time_s = time_s * 16 + digit;
    }
    *time_us = time_s * US_PER_S;
    return true;
}

/*
 * When the call came. Lambda repeats an event that failed, minutes later and
 * with the same trace: its time keeps the key of the item the same, so that
 * the call is not written twice. Without a trace it is the time of now.
 */
static int64_t call_time(const struct handling *handling)
{
    int64_t time_us = 0;

    if (trace_time(handling->request->trace, &time_us) &&
        time_us <= handling->start_us &&
        handling->start_us - time_us <= REPEATS_US) {
        return time_us;
    }
    return handling->start_us;
}

static void write_spellings(const struct event *event, struct output *out)
{
    json_key(out, "spellings");
    json_open(out, '{');
    json_key(out, "L");
    json_open(out, '[');
    for (size_t i = 0; i < EVENT_SPELLINGS; i++) {
        const struct vn_bytes text = event->spellings[i];
        if (text.size > 0 && text.size <= SPELLING_MAX) {
            write_typed(out, "S", text);
        }
    }
    json_close(out, ']');
    json_close(out, '}');
}

/* A withheld number leaves no attribute. */
static void write_item(struct handling *handling, struct output *out)
{
    const struct event *event = &handling->event;
    const int64_t time_us = call_time(handling);
    char time[TIME_SIZE];
    char day[DAY_SIZE];
    char key[TIME_SIZE + CONTACT_ID_MAX + 2];
    char expires[24];
    struct output expires_text;
    struct vn_number number;

    write_time(time_us, time);
    write_day(time_us, 0, day);
    const int key_size =
        snprintf(key, sizeof(key), "%s#%.*s", time, (int)event->contact_id.size,
                 event->contact_id.data);

    output_start(&expires_text, OUTPUT_MEMORY, expires, sizeof(expires));
    output_int(&expires_text,
               time_us / US_PER_S + (int64_t)HANDLER_KEPT_DAYS * 86400);

    json_open(out, '{');
    json_key(out, "day");
    write_typed(out, "S", (struct vn_bytes){day, strlen(day)});
    json_key(out, "at");
    write_typed(out, "S", (struct vn_bytes){key, (size_t)key_size});
    json_key(out, "expires");
    write_typed(out, "N", (struct vn_bytes){expires, expires_text.used});
    if (handling_caller(handling, &number)) {
        json_key(out, "number");
        write_typed(out, "S",
                    (struct vn_bytes){number.e164, strlen(number.e164)});
    }
    write_spellings(event, out);
    json_close(out, '}');
}

static void write_put(struct handling *handling, struct output *out)
{
    json_open(out, '{');
    json_key(out, "TableName");
    json_text(out, handling->handler->table);
    json_key(out, "ConditionExpression");
    json_text(out, "attribute_not_exists(#at)");
    json_key(out, "ExpressionAttributeNames");
    json_open(out, '{');
    json_key(out, "#at");
    json_text(out, "at");
    json_close(out, '}');
    json_key(out, "Item");
    write_item(handling, out);
    json_close(out, '}');
}

void handle_call_log(struct handling *handling)
{
    const struct vn_bytes contact_id = handling->event.contact_id;
    char memory[REQUEST_SIZE];
    struct output request;
    json_t *root = NULL;

    if (contact_id.size == 0 || contact_id.size > CONTACT_ID_MAX) {
        handling_fail(handling, 400, "Event.NoContactId",
                      "the event has no usable ContactId");
        return;
    }
    output_start(&request, OUTPUT_MEMORY, memory, sizeof(memory));
    write_put(handling, &request);
    if (!handling_ask(handling, TABLE_PUT_ITEM, &request, &root)) {
        return;
    }
    // The item is there: this event, or its first half, came once before.
    handling->outcome = root != NULL ? "written" : "repeated";
    json_decref(root);
    json_open(&handling->out, '{');
    json_key(&handling->out, "Logged");
    json_text(&handling->out, "1");
    json_close(&handling->out, '}');
}
