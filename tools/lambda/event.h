/* event.h: what a Lambda is asked: calls of Amazon Connect, HTTP requests. */
#ifndef VN_LAMBDA_EVENT_H
#define VN_LAMBDA_EVENT_H

#include <stdbool.h>

#include <jansson.h>

#include "engine/text.h"

/* Spellings that the contact flow hands on to the log of calls. */
#define EVENT_SPELLINGS 3u

enum event_kind {
    EVENT_CONNECT, /* Amazon Connect's InvokeLambdaFunction */
    EVENT_REST,    /* API Gateway, REST API, Lambda proxy */
    EVENT_HTTP     /* API Gateway, HTTP API, payload format 2.0 */
};

/*
 * An event. Texts are lent by 'root'; data NULL where the event says nothing,
 * null, or something of another type: such members do not make an event bad.
 */
struct event {
    json_t *root;
    enum event_kind kind;
    /* Of Amazon Connect. */
    struct vn_bytes number; /* of the caller, as given */
    struct vn_bytes contact_id;
    struct vn_bytes spellings[EVENT_SPELLINGS]; /* VanityNumber1.. */
    /* Of API Gateway. */
    struct vn_bytes method, path;
    struct vn_bytes phonenumber; /* of the query, decoded */
    bool repeated;               /* there is more than one of these */
};

/*
 * event_read() reads 'text' (JSON, see event_json.h) into '*event', released by
 * event_reset(). Returns VN_OK; VN_INVALID with a sentence that holds nothing
 * of the event; VN_NOMEM.
 */
VN_NODISCARD enum vn_status
event_read(struct vn_bytes text, struct event *event, struct vn_error *error);
void event_reset(struct event *event); /* accepts a zeroed one */

/* Lower-case name of the kind, for the log. */
const char *event_kind_name(enum event_kind kind);

/* The text of a JSON string; data NULL for anything else. */
struct vn_bytes event_text(const json_t *value);

#endif
