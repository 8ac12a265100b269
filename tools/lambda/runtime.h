/* runtime.h: the runtime API of AWS Lambda: events in, replies out. */
#ifndef VN_LAMBDA_RUNTIME_H
#define VN_LAMBDA_RUNTIME_H

#include "engine/error.h"
#include "wire.h"

/* Zeroed it is closed. */
struct runtime {
    struct wire_call next, post;
    char base[512]; /* "http://127.0.0.1:9001/2018-06-01/runtime/" */
    struct curl_slist *headers;
};

#define RUNTIME_TRACE_SIZE 257u

/* Texts and event are lent until the next call of runtime_next(). */
struct runtime_invocation {
    char request_id[129];
    char trace[RUNTIME_TRACE_SIZE]; /* "" if none, or if it is no such header */
    int64_t deadline_ms;
    struct vn_bytes event;
    bool too_large; /* the event is cut */
};

/* Most bytes of an event: AWS hands on 6 MB. */
#define RUNTIME_EVENT_MAX ((size_t)8 << 20)

/*
 * runtime_open() takes the address as AWS_LAMBDA_RUNTIME_API has it: host and
 * port, maybe with a scheme before and a path behind. Returns VN_OK,
 * VN_INVALID or VN_NOMEM.
 */
VN_NODISCARD enum vn_status runtime_open(struct runtime *runtime,
                                         struct wire *wire, const char *address,
                                         struct vn_error *error);
void runtime_close(struct runtime *runtime); /* accepts a zeroed one */

/* Begins to ask for the next event: runtime_next() then waits for it. */
void runtime_start(struct runtime *runtime);

/*
 * runtime_next() waits for the next event, for however long: the process may
 * be frozen meanwhile. Where the API does not answer as it must, it asks again
 * after a pause, which doubles each time. Returns VN_OK, or VN_IO once that
 * was in vain for ten times.
 */
VN_NODISCARD enum vn_status runtime_next(struct runtime *runtime,
                                         struct runtime_invocation *invocation,
                                         struct vn_error *error);

/*
 * runtime_reply() sends the reply, or with 'error_type' the error of the
 * invocation; a post that fails is sent once more. Returns VN_OK or VN_IO.
 */
VN_NODISCARD enum vn_status runtime_reply(struct runtime *runtime,
                                          const char *request_id,
                                          const char *error_type,
                                          struct vn_bytes body,
                                          struct vn_error *error);

/* Says that this process cannot begin; it has to exit then. */
VN_NODISCARD enum vn_status runtime_refuse(struct runtime *runtime,
                                           const char *error_type,
                                           struct vn_bytes body,
                                           struct vn_error *error);

#endif
