/* event_json.h: the JSON of an event, in little memory. */
#ifndef VN_LAMBDA_EVENT_JSON_H
#define VN_LAMBDA_EVENT_JSON_H

#include <jansson.h>

#include "engine/text.h"

/*
 * No event that is meant for us comes near: those of Amazon Connect and API
 * Gateway are 2 deep to 6 deep and hold below 200 values. What lies above is
 * refused before it is read, so that no event takes much memory or stack.
 */
#define EVENT_DEPTH_MAX 64u
#define EVENT_VALUES_MAX 20000u
/* A longer text, as it is written, is read as "": API Gateway takes 10 kB of
 * headers and parameters, and for the body of a request nobody asks. */
#define EVENT_TEXT_MAX ((size_t)16 << 10)

/*
 * event_json() reads 'text', JSON without repeated keys, into '*root'.
 *
 * A NUL in a text, "\u0000", is read as U+FFFD: whoever asks over HTTP can put
 * one into any parameter's name or value, and that must not make the event bad.
 *
 * Memory: some kB and what the values take, without a copy of 'text'. Returns
 * VN_OK; VN_INVALID with a sentence that holds nothing of the event; VN_NOMEM.
 */
VN_NODISCARD enum vn_status event_json(struct vn_bytes text, json_t **root,
                                       struct vn_error *error);

#endif
