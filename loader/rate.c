/* rate.c: token bucket, additive increase, multiplicative decrease, jitter. */
#include "rate.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Seconds of the limit that the bucket holds. */
#define BURST_S 0.25
#define WINDOW_NS (RATE_SECOND_NS / 4)
#define DOUBLE_NS (5 * RATE_SECOND_NS)
/* Per second without throttling. */
#define GROWTH 0.02
#define CUT_MOST 0.3
#define CUT_SHARE 0.5
/* Below this share of use, something else holds the load back. */
#define BUSY_SHARE 0.7
/* Of the start. */
#define FLOOR_SHARE 0.1

static double burst(const struct rate *rate)
{
    return fmax(1.0, rate->limit * BURST_S);
}

static double seconds(int64_t from_ns, int64_t to_ns)
{
    return (double)(to_ns - from_ns) / (double)RATE_SECOND_NS;
}

void rate_init(struct rate *rate, double start, double ceiling, int64_t now_ns)
{
    assert(start > 0 && ceiling > 0);
    *rate = (struct rate){
        .limit = fmin(start, ceiling),
        .start = fmin(start, ceiling),
        .ceiling = ceiling,
        .filled_ns = now_ns,
        .window_ns = now_ns,
        .doubled_ns = now_ns,
        .slow_start = true,
    };
}

unsigned rate_batch(const struct rate *rate, unsigned most)
{
    const double room = burst(rate);

    return room < (double)most ? (unsigned)room : most;
}

static void fill(struct rate *rate, int64_t now_ns)
{
    rate->tokens =
        fmin(burst(rate),
             rate->tokens + rate->limit * seconds(rate->filled_ns, now_ns));
    rate->filled_ns = now_ns;
}

int64_t rate_wait(struct rate *rate, double units, int64_t now_ns)
{
    fill(rate, now_ns);
    const double missing = fmin(units, burst(rate)) - rate->tokens;

    if (missing <= 0) {
        return 0;
    }
    return (int64_t)ceil(missing / rate->limit * (double)RATE_SECOND_NS);
}

void rate_take(struct rate *rate, double units, int64_t now_ns)
{
    fill(rate, now_ns);
    rate->tokens -= units;
    rate->taken += units;
}

static void cut(struct rate *rate, int64_t now_ns)
{
    const double share = rate->returned / rate->answered;

    fill(rate, now_ns);
    rate->limit *= 1.0 - fmin(CUT_MOST, CUT_SHARE * share);
    rate->limit = fmax(rate->limit, rate->start * FLOOR_SHARE);
    rate->slow_start = false;
}

/* What was accepted is what the cap lets through; a cut has been made. */
static void keep_cap(struct rate *rate, int64_t now_ns)
{
    const double accepted =
        (rate->answered - rate->returned) / seconds(rate->window_ns, now_ns);

    rate->ceiling = fmin(rate->ceiling, fmax(rate->limit, accepted));
}

static void grow(struct rate *rate, int64_t now_ns)
{
    const double elapsed_s = seconds(rate->window_ns, now_ns);

    if (rate->taken < BUSY_SHARE * rate->limit * elapsed_s) {
        rate->doubled_ns += now_ns - rate->window_ns; // does not count
        return;
    }
    fill(rate, now_ns);
    if (!rate->slow_start) {
        rate->limit += GROWTH * elapsed_s * fmax(rate->limit, rate->start);
    } else if (now_ns - rate->doubled_ns >= DOUBLE_NS) {
        rate->limit *= 2.0;
        rate->doubled_ns = now_ns;
    }
    rate->limit = fmin(rate->limit, rate->ceiling);
}

void rate_answered(struct rate *rate, double units, double returned,
                   int64_t now_ns)
{
    rate->answered += units;
    rate->returned += returned;
    if (now_ns - rate->window_ns < WINDOW_NS) {
        return;
    }
    if (rate->returned > 0) {
        cut(rate, now_ns);
        if (rate->capped) {
            keep_cap(rate, now_ns);
        }
    } else {
        grow(rate, now_ns);
    }
    rate->window_ns = now_ns;
    rate->taken = 0;
    rate->answered = 0;
    rate->returned = 0;
    rate->capped = false;
}

const char *rate_meet(struct rate *rate, const char *reason)
{
    const bool account = strstr(reason, "AccountLimit") != NULL;

    if (!account && strstr(reason, "MaxOnDemand") == NULL) {
        return NULL;
    }
    rate->capped = true;
    return account ? "account limit" : "table maximum";
}

int64_t backoff_ns(unsigned round, uint64_t random)
{
    uint64_t most_ms = BACKOFF_MOST_MS;

    if (round < 9) { // 50 ms x 2^9 is more than 20 s
        most_ms = (uint64_t)BACKOFF_FIRST_MS << round;
    }
    return (int64_t)(random % (most_ms * 1000000 + 1));
}

unsigned rate_in_flight(double limit, unsigned batch, double latency_ms,
                        unsigned most)
{
    const double wanted = ceil(1.5 * limit / batch * latency_ms / 1000.0);
    const unsigned least = most < 2 ? most : 2;

    if (wanted >= (double)most) {
        return most;
    }
    return wanted <= (double)least ? least : (unsigned)wanted;
}
