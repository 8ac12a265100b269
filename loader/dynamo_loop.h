/* dynamo_loop.h: libcurl's multi interface on epoll. */
#ifndef VN_DYNAMO_LOOP_H
#define VN_DYNAMO_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include <curl/curl.h>

#include "engine/error.h"

/*
 * curl_multi_perform() would look at every transfer for each answer; this
 * wakes those only whose socket is ready. Zeroed except epoll = -1 it is
 * closed.
 */
struct dynamo_loop {
    CURLM *multi;
    int epoll;
    int64_t timer_ms; /* monotonic; when libcurl wants to be called; -1 never */
    bool guard_pipe;  /* TLS: a write may raise SIGPIPE, see dynamo_loop.c */
    bool failed;      /* epoll_ctl() failed */
};

/* At most 'connections' are kept open. */
VN_NODISCARD enum vn_status dynamo_loop_open(struct dynamo_loop *loop,
                                             unsigned connections,
                                             struct vn_error *error);
void dynamo_loop_close(struct dynamo_loop *loop); /* accepts a closed one */

/* Waits for at most 'timeout_ms' and works on what is ready. A signal ends
 * the wait and sets '*interrupted'. */
VN_NODISCARD enum vn_status dynamo_loop_run(struct dynamo_loop *loop,
                                            int timeout_ms, bool *interrupted,
                                            struct vn_error *error);

int64_t dynamo_loop_now_ms(void); /* CLOCK_MONOTONIC */

#endif
