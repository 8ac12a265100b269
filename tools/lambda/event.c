/* event.c: what a Lambda is asked: calls of Amazon Connect, HTTP requests. */
#include "event.h"

#include <string.h>

/* ---- Bounds ---------------------------------------------------------------
 */

/* Steps over a string; 'at' is behind its quote. */
static size_t skip_string(struct vn_bytes text, size_t at)
{
    while (at < text.size && text.data[at] != '"') {
        at += text.data[at] == '\\' ? 2 : 1;
    }
    return at;
}

/*
 * Counts what the parser would have to hold, without a stack: brackets that
 * are open, and the values, of which each but the first of its container has
 * a comma. Whether it is JSON at all is for the parser to say.
 */
static const char *check_bounds(struct vn_bytes text)
{
    size_t depth = 0;
    size_t values = 0;

    for (size_t at = 0; at < text.size; at++) {
        const char c = text.data[at];
        if (c == '"') {
            at = skip_string(text, at + 1);
        } else if (c == '{' || c == '[') {
            depth++;
            values++;
        } else if (c == '}' || c == ']') {
            depth -= depth > 0 ? 1 : 0;
        } else if (c == ',') {
            values++;
        }
        if (depth > EVENT_DEPTH_MAX) {
            return "the event is nested too deep";
        }
        if (values > EVENT_VALUES_MAX) {
            return "the event holds too many values";
        }
    }
    return NULL;
}

/* ---- Members --------------------------------------------------------------
 */

struct vn_bytes event_text(const json_t *value)
{
    if (!json_is_string(value)) {
        return (struct vn_bytes){NULL, 0};
    }
    return (struct vn_bytes){json_string_value(value),
                             json_string_length(value)};
}

/* json_object_get() of anything but an object is NULL, as is that of NULL. */
static const json_t *member(const json_t *object, const char *name)
{
    return json_object_get(object, name);
}

static struct vn_bytes text_of(const json_t *object, const char *name)
{
    return event_text(member(object, name));
}

static void read_connect(struct event *event)
{
    static const char *const names[EVENT_SPELLINGS] = {
        "VanityNumber1", "VanityNumber2", "VanityNumber3"};
    const json_t *details = member(event->root, "Details");
    const json_t *contact = member(details, "ContactData");
    const json_t *parameters = member(details, "Parameters");

    event->kind = EVENT_CONNECT;
    event->contact_id = text_of(contact, "ContactId");
    event->number = text_of(member(contact, "CustomerEndpoint"), "Address");
    for (size_t i = 0; i < EVENT_SPELLINGS; i++) {
        event->spellings[i] = text_of(parameters, names[i]);
    }
}

static void read_rest(struct event *event)
{
    const json_t *root = event->root;
    const json_t *many = member(root, "multiValueQueryStringParameters");

    event->kind = EVENT_REST;
    event->method = text_of(root, "httpMethod");
    event->path = text_of(root, "path");
    event->phonenumber =
        text_of(member(root, "queryStringParameters"), "phonenumber");
    event->repeated = json_array_size(member(many, "phonenumber")) > 1;
}

/* Repeated parameters come as one, joined by commas: no number has one. */
static void read_http(struct event *event, const json_t *http)
{
    event->kind = EVENT_HTTP;
    event->method = text_of(http, "method");
    event->path = text_of(event->root, "rawPath");
    event->phonenumber =
        text_of(member(event->root, "queryStringParameters"), "phonenumber");
}

/* ---- Events ---------------------------------------------------------------
 */

static bool read_kind(struct event *event)
{
    const json_t *http = member(member(event->root, "requestContext"), "http");

    if (json_is_object(member(event->root, "Details"))) {
        read_connect(event);
    } else if (json_is_object(http)) {
        read_http(event, http);
    } else if (json_is_string(member(event->root, "httpMethod"))) {
        read_rest(event);
    } else {
        return false;
    }
    return true;
}

enum vn_status event_read(struct vn_bytes text, struct event *event,
                          struct vn_error *error)
{
    const char *wrong = check_bounds(text);
    json_error_t problem;

    if (wrong != NULL) {
        return vn_error_set(error, VN_INVALID, "%s", wrong);
    }
    struct event result = {
        .root =
            json_loadb(text.data, text.size, JSON_REJECT_DUPLICATES, &problem)};
    if (result.root == NULL) {
        if (json_error_code(&problem) == json_error_out_of_memory) {
            return vn_error_set(error, VN_NOMEM, "out of memory");
        }
        return vn_error_set(error, VN_INVALID,
                            "the event is not JSON, or says something twice: "
                            "byte %d of %zu",
                            problem.position, text.size);
    }
    if (!read_kind(&result)) {
        event_reset(&result);
        return vn_error_set(error, VN_INVALID,
                            "the event is neither of Amazon Connect nor of "
                            "API Gateway (REST, or HTTP with payload 2.0)");
    }
    *event = result;
    return VN_OK;
}

void event_reset(struct event *event)
{
    json_decref(event->root);
    *event = (struct event){.root = NULL};
}

const char *event_kind_name(enum event_kind kind)
{
    static const char *const names[] = {[EVENT_CONNECT] = "connect",
                                        [EVENT_REST] = "rest",
                                        [EVENT_HTTP] = "http"};

    return names[kind];
}
