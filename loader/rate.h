/* rate.h: how much may be sent when: token bucket, AIMD, backoff. */
#ifndef VN_RATE_H
#define VN_RATE_H

#include <stdbool.h>
#include <stdint.h>

#define RATE_SECOND_NS INT64_C(1000000000)

/*
 * A bucket of write units that fills at 'limit' per second and holds a quarter
 * of a second of it. The limit follows the answers: doubled every five seconds
 * until the first throttling, then 2 % more per second, and cut by half of the
 * share that came back (30 % at most), at most once in 250 ms. It grows only
 * while it is what holds the load back, and never falls below a tenth of where
 * it began: what is refused at that rate is refused for another reason than
 * the rate, and the backoff of each operation does the rest. A limit that is
 * not the table's own (of the account, of what is paid on demand) is a cap:
 * what was accepted when it was met becomes the ceiling, for good. Times are
 * monotonic, in nanoseconds.
 */
struct rate {
    double limit;   /* units per second now */
    double start;   /* at the beginning */
    double ceiling; /* never above */
    double tokens;
    int64_t filled_ns;  /* when tokens were added last */
    int64_t window_ns;  /* start of the window that is judged */
    int64_t doubled_ns; /* start of this step of the slow start */
    double taken;       /* units sent in the window */
    double answered;    /* units answered in the window */
    double returned;    /* of these, refused for throughput */
    bool slow_start;
    bool capped; /* a cap was met in the window */
};

/* 'start' and 'ceiling' are above 0. The bucket begins empty. */
void rate_init(struct rate *rate, double start, double ceiling, int64_t now_ns);

/* Most units of one request, 1..most: never more than the bucket holds. */
unsigned rate_batch(const struct rate *rate, unsigned most);
/* Nanoseconds until 'units' can be taken, 0 = now. */
int64_t rate_wait(struct rate *rate, double units, int64_t now_ns);
/* Takes 'units', which may leave a debt. */
void rate_take(struct rate *rate, double units, int64_t now_ns);
/* 'units' were answered, 'returned' of them refused for throughput. */
void rate_answered(struct rate *rate, double units, double returned,
                   int64_t now_ns);

/*
 * A request was throttled for 'reason' (of ThrottlingReasons, or ""), which the
 * next rate_answered() tells of. Returns the name of the cap that was met, NULL
 * for none.
 */
const char *rate_meet(struct rate *rate, const char *reason);

/* Longest and first backoff. */
#define BACKOFF_MOST_MS 20000u
#define BACKOFF_FIRST_MS 50u

/*
 * Full jitter: 0 .. min(20 s, 50 ms x 2^round), 'random' picks. 'round' counts
 * the attempts of the operation that failed before this one.
 */
int64_t backoff_ns(unsigned round, uint64_t random);

/*
 * Requests in flight that keep 'limit' units per second busy at a latency, by
 * Little's law with half as much again: 2 .. most.
 */
unsigned rate_in_flight(double limit, unsigned batch, double latency_ms,
                        unsigned most);

#endif
