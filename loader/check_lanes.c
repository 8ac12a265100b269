/* check_lanes.c: requests side by side, each repeated until answered. */
#include "check_lanes.h"

#include "rate.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Without one useful answer for so long the service is given up. */
#define STALL_NS (300 * RATE_SECOND_NS)
#define PROGRESS_NS (RATE_SECOND_NS / 4)
#define NS_PER_MS 1000000

struct lanes;

struct lane {
    struct lanes *lanes;
    unsigned number;
    unsigned rounds; /* attempts without progress */
    int64_t due_ns;
    bool in_flight;
    bool ended;
};

struct lanes {
    struct dynamo *dynamo;
    const struct lanes_work *work;
    unsigned count;
    uint64_t random;
    int64_t useful_ns;   /* when an answer was taken last */
    int64_t progress_ns; /* when progress was told last */
    enum vn_status status;
    struct vn_error *error;
    struct lane lanes[LANES_MAX];
};

static int64_t now_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * RATE_SECOND_NS + now.tv_nsec;
}

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t next_random(struct lanes *lanes)
{
    lanes->random += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = lanes->random;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* ---- Answers ------------------------------------------------------------ */

/* The request, or what is left of it, goes again; 'why' it has to. */
static void send_again(struct lane *lane, const char *type, const char *why)
{
    struct lanes *lanes = lane->lanes;

    if (now_ns() - lanes->useful_ns > STALL_NS) {
        lanes->status = vn_error_set(
            lanes->error, VN_IO,
            "%s: nothing was done for five minutes; the last answer: %s%s%s",
            lanes->work->operation, type, type[0] != '\0' ? ": " : "", why);
        return;
    }
    lane->due_ns = now_ns() + backoff_ns(lane->rounds, next_random(lanes));
    lane->rounds++;
}

static void take_body(struct lane *lane, const struct dynamo_answer *answer)
{
    struct lanes *lanes = lane->lanes;
    json_t *body = json_loadb(answer->body, answer->body_size, 0, NULL);
    enum lanes_done done = LANES_ALL;

    if (body == NULL) {
        send_again(lane, "", "no JSON");
        return;
    }
    lanes->status = lanes->work->take(lanes->work->context, lane->number, body,
                                      &done, lanes->error);
    json_decref(body);
    if (done != LANES_NONE) {
        lanes->useful_ns = now_ns();
        lane->rounds = 0;
    }
    if (lanes->status == VN_OK && done != LANES_ALL) {
        send_again(lane, "", "it gave all back");
    }
}

static enum vn_status refuse(const struct lanes *lanes,
                             const struct dynamo_answer *answer)
{
    return vn_error_set(lanes->error, answer->unreachable ? VN_IO : VN_INVALID,
                        "%s: %s%s%s", lanes->work->operation, answer->type,
                        answer->type[0] != '\0' ? ": " : "", answer->message);
}

static void take_answer(void *context, struct dynamo_call *call,
                        const struct dynamo_answer *answer)
{
    struct lane *lane = context;
    struct lanes *lanes = lane->lanes;

    (void)call;
    lane->in_flight = false;
    if (lanes->status != VN_OK) {
        return;
    }
    switch (answer->class) {
    case DYNAMO_OK:
        take_body(lane, answer);
        break;
    case DYNAMO_THROTTLED:
        if (lanes->work->throttled != NULL) {
            lanes->work->throttled(lanes->work->context, lane->number,
                                   answer->reason);
        }
        send_again(lane, answer->type, answer->message);
        break;
    case DYNAMO_AGAIN:
        send_again(lane, answer->type, answer->message);
        break;
    case DYNAMO_REFUSED:
    case DYNAMO_FATAL:
    default:
        lanes->status = refuse(lanes, answer);
        break;
    }
}

/* ---- Requests ----------------------------------------------------------- */

/* Nanoseconds until the lane may send; 0 = now. */
static int64_t time_left(const struct lane *lane, int64_t now)
{
    const struct lanes_work *work = lane->lanes->work;

    if (lane->due_ns > now) {
        return lane->due_ns - now;
    }
    return work->wait_ns != NULL
               ? work->wait_ns(work->context, lane->number, now)
               : 0;
}

static enum vn_status send_next(struct lane *lane)
{
    struct lanes *lanes = lane->lanes;
    struct dynamo_call *call = dynamo_begin(lanes->dynamo);

    if (call == NULL) {
        return VN_OK; // after the next answer
    }
    lanes->work->write(lanes->work->context, lane->number, dynamo_body(call));
    lane->in_flight = true;
    return dynamo_send(call, lanes->work->operation, take_answer, lane,
                       lanes->error);
}

/*
 * Sends what may be sent. '*left' is how many lanes are not at their end,
 * '*wait_ns' when the next of those that wait may send.
 */
static enum vn_status send_all(struct lanes *lanes, unsigned *left,
                               int64_t *wait_ns)
{
    const struct lanes_work *work = lanes->work;
    enum vn_status status = VN_OK;

    *left = 0;
    *wait_ns = PROGRESS_NS;
    for (unsigned i = 0; status == VN_OK && i < lanes->count; i++) {
        struct lane *lane = &lanes->lanes[i];
        if (!lane->in_flight && !lane->ended) {
            lane->ended = !work->has(work->context, i);
        }
        *left += !lane->ended;
        if (lane->in_flight || lane->ended) {
            continue;
        }
        const int64_t wait = time_left(lane, now_ns());
        if (wait <= 0) {
            status = send_next(lane);
        } else if (wait < *wait_ns) {
            *wait_ns = wait;
        }
    }
    return status;
}

static enum vn_status tell(struct lanes *lanes)
{
    const struct lanes_work *work = lanes->work;
    const int64_t now = now_ns();

    if (work->progress == NULL || now - lanes->progress_ns < PROGRESS_NS) {
        return VN_OK;
    }
    lanes->progress_ns = now;
    return work->progress(work->context)
               ? VN_OK
               : vn_error_set(lanes->error, VN_STOPPED, "stopped");
}

enum vn_status lanes_run(struct dynamo *dynamo, unsigned count,
                         const struct lanes_work *work, struct vn_error *error)
{
    struct lanes *lanes = calloc(1, sizeof *lanes);
    unsigned left = count;

    if (lanes == NULL) {
        return vn_error_set(error, VN_NOMEM, "out of memory");
    }
    *lanes = (struct lanes){.dynamo = dynamo,
                            .work = work,
                            .count = count,
                            .random = (uint64_t)now_ns(),
                            .useful_ns = now_ns(),
                            .error = error};
    for (unsigned i = 0; i < count; i++) {
        lanes->lanes[i] = (struct lane){.lanes = lanes, .number = i};
    }
    while (lanes->status == VN_OK && left > 0) {
        int64_t wait_ns = 0;
        enum vn_status status = send_all(lanes, &left, &wait_ns);
        if (status == VN_OK && left > 0) {
            status = dynamo_poll(dynamo, (int)(wait_ns / NS_PER_MS) + 1, error);
        }
        if (status == VN_OK) {
            status = tell(lanes);
        }
        if (lanes->status == VN_OK) {
            lanes->status = status;
        }
    }
    const enum vn_status status = lanes->status;
    free(lanes);
    return status;
}
