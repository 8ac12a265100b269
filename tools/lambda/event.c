/* event.c: what a Lambda is asked: calls of Amazon Connect, HTTP requests. */
#include "event.h"

#include "event_json.h"

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
    struct event result = {.root = NULL};
    const enum vn_status status = event_json(text, &result.root, error);

    if (status != VN_OK) {
        return status;
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
