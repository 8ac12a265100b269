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
 * When the call came; true if a repeat of this event will say the same. Lambda
 * repeats an event that failed, minutes later and with the same trace. Without
 * a trace it is the time of now.
 */
static bool call_time(const struct handling *handling, int64_t *time_us)
{
    if (trace_time(handling->request->trace, time_us) &&
        *time_us <= handling->start_us &&
        handling->start_us - *time_us <= REPEATS_US) {
        return true;
    }
    *time_us = handling->start_us;
    return false;
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

/* ---- Items ----------------------------------------------------------------
 */

/* A call as it is written down. */
struct call {
    struct handling *handling;
    int64_t time_us;
    bool has_number; /* or it is withheld */
    struct vn_number number;
};

static void write_text(struct output *out, const char *key, const char *text)
{
    json_key(out, key);
    write_typed(out, "S", (struct vn_bytes){text, strlen(text)});
}

static void write_expires(const struct call *call, int days, struct output *out)
{
    char text[24];
    struct output number;

    output_start(&number, OUTPUT_MEMORY, text, sizeof(text));
    output_int(&number, (call->time_us + days * US_PER_DAY) / US_PER_S);
    json_key(out, "expires");
    write_typed(out, "N", (struct vn_bytes){text, number.used});
}

/* What counts for the limit: a key without time, so it counts once. */
static void write_count(const struct call *call, struct output *out)
{
    char day[CALLER_DAY_SIZE];

    write_caller_day(call->time_us, &call->number, day);
    write_text(out, "day", day);
    json_key(out, "at");
    write_typed(out, "S", call->handling->event.contact_id);
    write_expires(call, HANDLER_COUNTED_DAYS, out);
}

/* The call itself. A withheld number leaves no attribute. */
static void write_call(const struct call *call, struct output *out)
{
    const struct vn_bytes contact_id = call->handling->event.contact_id;
    char time[TIME_SIZE];
    char day[DAY_SIZE];
    char at[TIME_SIZE + CONTACT_ID_MAX + 2];

    write_time(call->time_us, time);
    write_day(call->time_us, 0, day);
    (void)snprintf(at, sizeof(at), "%s#%.*s", time, (int)contact_id.size,
                   contact_id.data);
    write_text(out, "day", day);
    write_text(out, "at", at);
    write_expires(call, HANDLER_KEPT_DAYS, out);
    if (call->has_number) {
        write_text(out, "number", call->number.e164);
    }
    write_spellings(&call->handling->event, out);
}

/* ---- Writing --------------------------------------------------------------
 */

enum put { PUT_WRITTEN, PUT_REPEATED, PUT_FAILED };

/* Writes an item that must not be there yet; a fault has been told. */
static enum put put_item(const struct call *call,
                         void (*write)(const struct call *, struct output *))
{
    struct handling *handling = call->handling;
    char memory[REQUEST_SIZE];
    struct output out;
    json_t *root = NULL;

    output_start(&out, OUTPUT_MEMORY, memory, sizeof(memory));
    json_open(&out, '{');
    json_key(&out, "TableName");
    json_text(&out, handling->handler->table);
    json_key(&out, "ConditionExpression");
    json_text(&out, "attribute_not_exists(#day)");
    json_key(&out, "ExpressionAttributeNames");
    json_open(&out, '{');
    json_key(&out, "#day");
    json_text(&out, "day");
    json_close(&out, '}');
    json_key(&out, "Item");
    json_open(&out, '{');
    write(call, &out);
    json_close(&out, '}');
    json_close(&out, '}');
    if (!handling_ask(handling, TABLE_PUT_ITEM, &out, &root)) {
        return PUT_FAILED;
    }
    const enum put put = root != NULL ? PUT_WRITTEN : PUT_REPEATED;
    json_decref(root);
    return put;
}

/*
 * First the item that counts, then the call. Where the first is there already,
 * this event has come before: if its time is known for certain, the call is
 * tried again under the same key, since the last try may have ended between
 * the two; else it might be written twice, and is not.
 */
static enum put put_call(const struct call *call, bool sure_of_time)
{
    enum put put = PUT_WRITTEN;

    if (call->has_number) {
        put = put_item(call, write_count);
    }
    if (put == PUT_WRITTEN || (put == PUT_REPEATED && sure_of_time)) {
        put = put_item(call, write_call);
    }
    return put;
}

void handle_call_log(struct handling *handling)
{
    const struct vn_bytes contact_id = handling->event.contact_id;
    struct call call = {.handling = handling};

    if (contact_id.size == 0 || contact_id.size > CONTACT_ID_MAX) {
        handling_fail(handling, 400, "Event.NoContactId",
                      "the event has no usable ContactId");
        return;
    }
    call.has_number = handling_caller(handling, &call.number);
    const bool sure_of_time = call_time(handling, &call.time_us);
    const enum put put = put_call(&call, sure_of_time);
    if (put == PUT_FAILED) {
        return;
    }
    handling->outcome = put == PUT_WRITTEN ? "written" : "repeated";
    json_open(&handling->out, '{');
    json_key(&handling->out, "Logged");
    json_text(&handling->out, "1");
    json_close(&handling->out, '}');
}
