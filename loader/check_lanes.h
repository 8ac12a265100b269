/* check_lanes.h: requests side by side, each repeated until answered. */
#ifndef VN_CHECK_LANES_H
#define VN_CHECK_LANES_H

#include "dynamo.h"

/* Most lanes, and so requests in flight. */
#define LANES_MAX 256u

/* How much of a request an answer carried out. */
enum lanes_done { LANES_ALL, LANES_SOME, LANES_NONE };

/*
 * What the lanes do. A lane is a chain of requests; a request that was
 * throttled or broken is written and sent again after a backoff.
 */
struct lanes_work {
    const char *operation;
    void *context;
    /* Whether the lane has a request to send; once false it is at its end. */
    bool (*has)(void *context, unsigned lane);
    /* Writes the request, the same one until an answer was taken. */
    void (*write)(void *context, unsigned lane, struct buf *body);
    /*
     * Takes the parsed body of a 200. Where '*done' (LANES_ALL beforehand) is
     * less than all, the lane waits, too, before it sends what is left.
     */
    enum vn_status (*take)(void *context, unsigned lane, const json_t *answer,
                           enum lanes_done *done, struct vn_error *error);
    /* Refused for throughput, for 'reason' ("": not told). NULL allowed. */
    void (*throttled)(void *context, unsigned lane, const char *reason);
    /* Nanoseconds until the lane may send, 0 = now; NULL: always. */
    int64_t (*wait_ns)(void *context, unsigned lane, int64_t now_ns);
    /* Called now and then; false = stop. NULL allowed. */
    bool (*progress)(void *context);
};

/*
 * lanes_run() runs lanes 0 .. count - 1 to their ends. Returns VN_OK;
 * VN_STOPPED; VN_INVALID for what the service refuses; VN_IO if it answers
 * nothing useful for five minutes; VN_NOMEM; what take() returned.
 */
VN_NODISCARD enum vn_status lanes_run(struct dynamo *dynamo, unsigned count,
                                      const struct lanes_work *work,
                                      struct vn_error *error);

#endif
