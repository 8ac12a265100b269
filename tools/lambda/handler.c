/* handler.c: one invocation: read, answered, logged. */
#include "handler_private.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* Left of the time for the answer to be sent. */
#define REPLY_MS 50
/* A table that has not answered by then is not waited for any longer. */
#define TABLE_MS 800
#define LOG_SIZE 2048u

struct kind_of_handler {
    const char *name;
    const char *resource; /* end of the path of an HTTP request; or NULL */
    void (*handle)(struct handling *handling);
    /* The first question and its operation; NULL: none. */
    void (*first)(const struct handler *handler, struct output *out);
    enum table_operation operation;
};

static const struct kind_of_handler kinds[] = {
    [HANDLER_LOOKUP] = {"lookup", "/vanitynumbers", handle_lookup, first_lookup,
                        TABLE_GET_ITEM},
    [HANDLER_CALL_LOG] = {"call-log", NULL, handle_call_log, NULL,
                          TABLE_PUT_ITEM},
    [HANDLER_CALLERS] = {"callers", "/callers", handle_callers, first_callers,
                         TABLE_QUERY},
};

bool handler_find(const char *name, enum handler_kind *kind)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(name, kinds[i].name) == 0) {
            *kind = (enum handler_kind)i;
            return true;
        }
    }
    return false;
}

const char *handler_name(enum handler_kind kind)
{
    return kinds[kind].name;
}

bool handler_first_question(const struct handler *handler,
                            enum table_operation *operation, struct output *out)
{
    const struct kind_of_handler *kind = &kinds[handler->kind];

    if (kind->first == NULL) {
        return false;
    }
    *operation = kind->operation;
    kind->first(handler, out);
    return true;
}

/* ---- Refusals and faults --------------------------------------------------
 */

void handler_error(struct output *out, const char *type, const char *message)
{
    json_open(out, '{');
    json_key(out, "errorMessage");
    json_text(out, message);
    json_key(out, "errorType");
    json_text(out, type);
    json_key(out, "stackTrace");
    json_open(out, '[');
    json_close(out, ']');
    json_close(out, '}');
}

static void restart_output(struct output *out)
{
    output_start(out, OUTPUT_MEMORY, out->buffer, out->size);
}

void handling_refuse(struct handling *handling, unsigned status,
                     const char *outcome, const char *message)
{
    restart_output(&handling->out);
    answer_error_json(&handling->out, message);
    handling->status = status;
    handling->outcome = outcome;
}

void handling_fail(struct handling *handling, unsigned status,
                   const char *error_type, const char *message)
{
    (void)vn_error_set(&handling->error, VN_IO, "%s", message);
    if (handling->event.root != NULL && handling->event.kind != EVENT_CONNECT) {
        handling_refuse(handling, status, error_type,
                        "this cannot be answered now; try again");
        return;
    }
    restart_output(&handling->out);
    handler_error(&handling->out, error_type, message);
    handling->error_type = error_type;
    handling->outcome = error_type;
}

/* ---- Numbers and times ----------------------------------------------------
 */

bool handling_number(struct handling *handling, struct vn_bytes text,
                     struct vn_number *number, struct vn_error *error)
{
    if (text.data == NULL ||
        vn_number_parse(text.data, text.size, number, error) != VN_OK) {
        return false;
    }
    handling->digits[0] = (char)('0' + number->suffix / 10 % 10);
    handling->digits[1] = (char)('0' + number->suffix % 10);
    return true;
}

/* Carriers write words there, "anonymous", which a keypad would dial. */
bool handling_caller(struct handling *handling, struct vn_number *number)
{
    const struct vn_bytes text = handling->event.number;

    if (text.size == 0 || text.data[0] != '+') {
        return false;
    }
    for (size_t i = 1; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
    }
    return handling_number(handling, text, number, NULL);
}

static void to_utc(int64_t time_us, struct tm *utc)
{
    const time_t time_s = (time_t)(time_us / US_PER_S);

    (void)gmtime_r(&time_s, utc);
}

void write_time(int64_t time_us, char out[TIME_SIZE])
{
    const unsigned ms = (unsigned)(time_us % US_PER_S / 1000);
    struct tm utc;

    to_utc(time_us, &utc);
    const size_t size = strftime(out, TIME_SIZE, "%Y-%m-%dT%H:%M:%S.", &utc);
    out[size] = (char)('0' + ms / 100);
    out[size + 1] = (char)('0' + ms / 10 % 10);
    out[size + 2] = (char)('0' + ms % 10);
    out[size + 3] = 'Z';
    out[size + 4] = '\0';
}

void write_day(int64_t time_us, int days, char out[DAY_SIZE])
{
    struct tm utc;

    to_utc(time_us - days * US_PER_DAY, &utc);
    (void)strftime(out, DAY_SIZE, "%Y-%m-%d", &utc);
}

void write_caller_day(int64_t time_us, const struct vn_number *number,
                      char out[CALLER_DAY_SIZE])
{
    char day[DAY_SIZE];

    write_day(time_us, 0, day);
    (void)snprintf(out, CALLER_DAY_SIZE, "%s#%s", day, number->e164);
}

/* ---- The table ------------------------------------------------------------
 */

void write_typed(struct output *out, const char *type, struct vn_bytes text)
{
    json_open(out, '{');
    json_key(out, type);
    json_bytes(out, text);
    json_close(out, '}');
}

struct vn_bytes typed_text(const json_t *value, const char *type)
{
    if (json_object_size(value) != 1) {
        return (struct vn_bytes){NULL, 0};
    }
    return event_text(json_object_get(value, type));
}

void handling_damaged(struct handling *handling)
{
    handling_fail(handling, 502, "Table.Damaged",
                  "the table holds an item that cannot be read: load it again "
                  "with this version of vanity");
}

/* What goes wrong with a table, and what that is to others. */
struct fault {
    unsigned status;
    const char *type;
    const char *sentence;
};

static const struct fault faults[] = {
    [TABLE_LATE] = {503, "Table.Late", "the table did not answer in time"},
    [TABLE_THROTTLED] = {503, "Table.Throttled",
                         "the table is asked for more than it may give"},
    [TABLE_UNREACHABLE] = {503, "Table.Unreachable",
                           "the table cannot be reached"},
    [TABLE_REFUSED] = {502, "Table.Refused", "the table refuses"},
};

static void tell_fault(struct handling *handling,
                       const struct table_answer *answer)
{
    const struct fault *fault = &faults[answer->outcome];
    char message[160];

    (void)snprintf(message, sizeof(message), "%s%s%s", fault->sentence,
                   answer->reason[0] != '\0' ? ": " : "", answer->reason);
    handling_fail(handling, fault->status, fault->type, message);
}

static int64_t end_of_question(const struct handling *handling, int64_t now_us)
{
    const int64_t end_ms = now_us / 1000 + TABLE_MS;
    const int64_t deadline_ms = handling->request->deadline_ms;

    if (deadline_ms > 0 && deadline_ms - REPLY_MS < end_ms) {
        return deadline_ms - REPLY_MS;
    }
    return end_ms;
}

void handling_send(struct handling *handling, enum table_operation operation,
                   const struct output *request, struct table_answer *answer)
{
    const struct handler_outside *outside = &handling->handler->outside;
    const struct vn_bytes text = {request->buffer, request->used};
    const int64_t now_us = outside->now_us(outside->context);

    *answer = (struct table_answer){.outcome = TABLE_UNREACHABLE};
    outside->ask(outside->context, operation, text,
                 end_of_question(handling, now_us), answer);
    handling->questions++;
    handling->retries += answer->retries;
    handling->table_us += answer->spent_us;
}

bool handling_read(struct handling *handling, const struct table_answer *answer,
                   json_t **root)
{
    *root = NULL;
    if (answer->outcome == TABLE_CONDITION) {
        return true;
    }
    if (answer->outcome != TABLE_ANSWERED) {
        tell_fault(handling, answer);
        return false;
    }
    *root = json_loadb(answer->body.data, answer->body.size,
                       JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(*root)) {
        json_decref(*root);
        *root = NULL;
        handling_damaged(handling);
        return false;
    }
    return true;
}

bool handling_ask(struct handling *handling, enum table_operation operation,
                  const struct output *request, json_t **root)
{
    struct table_answer answer;

    handling_send(handling, operation, request, &answer);
    return handling_read(handling, &answer, root);
}

/* ---- HTTP -----------------------------------------------------------------
 */

static bool ends_in(struct vn_bytes text, const char *end)
{
    const size_t size = strlen(end);

    return text.size >= size &&
           memcmp(text.data + text.size - size, end, size) == 0;
}

/* Stage and base path may stand before the resource. */
static bool is_for_us(struct handling *handling)
{
    const struct event *event = &handling->event;
    const struct kind_of_handler *kind = &kinds[handling->handler->kind];

    if (kind->resource == NULL || event->path.data == NULL ||
        !ends_in(event->path, kind->resource)) {
        handling_refuse(handling, 404, "no_resource", "there is nothing here");
        return false;
    }
    if (event->method.size != 3 || memcmp(event->method.data, "GET", 3) != 0) {
        handling_refuse(handling, 405, "bad_method", "only GET is known here");
        return false;
    }
    return true;
}

/* What can be kept for a while: the index changes with a load. */
static const char *cache_control(const struct handling *handling)
{
    return handling->status == 200 && handling->handler->kind == HANDLER_LOOKUP
               ? "public, max-age=60"
               : "no-store";
}

/* The reply that API Gateway makes an HTTP answer of. */
static void wrap(const struct handling *handling, struct output *out)
{
    json_open(out, '{');
    json_key(out, "statusCode");
    json_int(out, handling->status);
    json_key(out, "headers");
    json_open(out, '{');
    json_key(out, "content-type");
    json_text(out, "application/json");
    json_key(out, "cache-control");
    json_text(out, cache_control(handling));
    json_key(out, "x-content-type-options");
    json_text(out, "nosniff");
    if (handling->status == 405) {
        json_key(out, "allow");
        json_text(out, "GET");
    }
    json_close(out, '}');
    json_key(out, "isBase64Encoded");
    json_bool(out, false);
    json_key(out, "body");
    json_bytes(out,
               (struct vn_bytes){handling->out.buffer, handling->out.used});
    json_close(out, '}');
}

/* ---- Log ------------------------------------------------------------------
 */

static void write_error(const struct handling *handling, struct output *out)
{
    if (handling->error.message[0] != '\0') {
        json_key(out, "error");
        json_text(out, handling->error.message);
    }
}

static void write_fields(const struct handling *handling, struct output *out)
{
    const struct handler_request *request = handling->request;
    const struct handler *handler = handling->handler;
    const int64_t end_us = handler->outside.now_us(handler->outside.context);
    const bool failed = handling->error_type != NULL || handling->status >= 500;

    json_key(out, "level");
    json_text(out, failed ? "error" : "info");
    json_key(out, "handler");
    json_text(out, kinds[handler->kind].name);
    json_key(out, "event");
    json_text(out, handling->event.root != NULL
                       ? event_kind_name(handling->event.kind)
                       : "unknown");
    json_key(out, "request");
    json_text(out, request->request_id);
    json_key(out, "trace");
    json_text(out, request->trace);
    json_key(out, "outcome");
    json_text(out, handling->outcome);
    json_key(out, "status");
    json_int(out, handling->error_type != NULL ? 500 : handling->status);
    json_key(out, "digits");
    json_text(out, handling->digits);
    json_key(out, "cold");
    json_bool(out, request->cold);
    json_key(out, "duration_us");
    json_int(out, end_us - handling->start_us);
    json_key(out, "table_us");
    json_int(out, handling->table_us);
    json_key(out, "questions");
    json_int(out, handling->questions);
    json_key(out, "retries");
    json_int(out, handling->retries);
}

static void write_log(const struct handling *handling)
{
    const struct handler_outside *outside = &handling->handler->outside;
    char line[LOG_SIZE];
    struct output out;

    output_start(&out, OUTPUT_MEMORY, line, sizeof(line));
    json_open(&out, '{');
    write_fields(handling, &out);
    write_error(handling, &out);
    json_close(&out, '}');
    json_line_end(&out);
    if (!output_failed(&out)) {
        outside->log(outside->context, (struct vn_bytes){line, out.used});
    }
}

/* ---- Invocation -----------------------------------------------------------
 */

/* An event that cannot be read is nobody's we could answer otherwise. */
static void refuse_event(struct handling *handling)
{
    const struct vn_error error = handling->error;

    handling_fail(handling, 500,
                  error.status == VN_NOMEM ? "Runtime.OutOfMemory"
                                           : "Event.Invalid",
                  error.message);
}

static void handle_event(struct handling *handling)
{
    const struct kind_of_handler *kind = &kinds[handling->handler->kind];

    if (handling->request->too_large) {
        handling_fail(handling, 500, "Event.TooLarge",
                      "the event is larger than a Lambda's may be");
    } else if (event_read(handling->request->event, &handling->event,
                          &handling->error) != VN_OK) {
        refuse_event(handling);
    } else if (handling->event.kind == EVENT_CONNECT || is_for_us(handling)) {
        kind->handle(handling);
    }
}

void handler_run(const struct handler *handler,
                 const struct handler_request *request, char *memory,
                 struct handler_reply *reply)
{
    struct handling handling = {
        .handler = handler,
        .request = request,
        .start_us = handler->outside.now_us(handler->outside.context),
        .outcome = "done",
        .status = 200,
    };
    char *const room[2] = {memory, memory + HANDLER_REPLY_SIZE};
    struct output whole;

    output_start(&handling.out, OUTPUT_MEMORY, room[0], HANDLER_REPLY_SIZE);
    handle_event(&handling);
    *reply = (struct handler_reply){handling.error_type,
                                    {handling.out.buffer, handling.out.used}};
    if (handling.event.root != NULL && handling.event.kind != EVENT_CONNECT) {
        output_start(&whole, OUTPUT_MEMORY, room[1], HANDLER_REPLY_SIZE);
        wrap(&handling, &whole);
        reply->body = (struct vn_bytes){whole.buffer, whole.used};
    }
    write_log(&handling);
    event_reset(&handling.event);
}
