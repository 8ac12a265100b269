/* test_loader_rate.c: bucket, limit and backoff, by simulated time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "loader/rate.h"
#include "loader/retry.h"

#define MS INT64_C(1000000)
#define BATCH 25u

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t next_random(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* ---- The bucket --------------------------------------------------------- */

static void no_second_passes_the_limit_beyond_the_burst(void **state)
{
    static const double limits[] = {1, 3, 10, 40, 99, 1000, 4000, 40000};
    uint64_t seed = 1;

    (void)state;
    for (size_t l = 0; l < sizeof limits / sizeof *limits; l++) {
        const double limit = limits[l];
        double sent[5000] = {0}; // of each millisecond
        struct rate rate;
        rate_init(&rate, limit, limit, 0);
        for (int ms = 0; ms < 5000; ms++) {
            // Now and then the loop is late, and then wants all at once.
            if (next_random(&seed) % 3 == 0) {
                continue;
            }
            unsigned units = rate_batch(&rate, BATCH);
            while (rate_wait(&rate, units, ms * MS) == 0) {
                rate_take(&rate, units, ms * MS);
                sent[ms] += units;
                rate_answered(&rate, units, 0, ms * MS);
            }
        }
        const double burst = limit * 0.25 > 1 ? limit * 0.25 : 1;
        double sum = 0;
        for (int ms = 0; ms < 5000; ms++) {
            sum += sent[ms] - (ms >= 1000 ? sent[ms - 1000] : 0);
            assert_true(sum <= limit * 1.02 + burst);
        }
        assert_true(rate.limit <= limit);
    }
}

static void the_whole_limit_is_used(void **state)
{
    struct rate rate;
    double sent = 0;

    (void)state;
    rate_init(&rate, 4000, 4000, 0);
    for (int ms = 0; ms < 10000; ms++) {
        while (rate_wait(&rate, BATCH, ms * MS) == 0) {
            rate_take(&rate, BATCH, ms * MS);
            sent += BATCH;
        }
    }
    assert_true(sent >= 0.999 * 40000 - BATCH && sent <= 40000 + 1000);
}

static void a_request_fits_into_the_bucket(void **state)
{
    struct rate rate;

    (void)state;
    rate_init(&rate, 10, 10, 0);
    assert_int_equal(rate_batch(&rate, BATCH), 2);
    rate_init(&rate, 0.5, 10, 0);
    assert_int_equal(rate_batch(&rate, BATCH), 1);
    rate_init(&rate, 100, 100, 0);
    assert_int_equal(rate_batch(&rate, BATCH), 25);
}

static void waiting_as_told_is_enough(void **state)
{
    struct rate rate;

    (void)state;
    rate_init(&rate, 333, 333, 0);
    const int64_t wait = rate_wait(&rate, BATCH, 0);
    assert_true(wait > 0);
    assert_true(rate_wait(&rate, BATCH, wait - MS) > 0);
    assert_int_equal(rate_wait(&rate, BATCH, wait), 0);
}

/* ---- The limit ---------------------------------------------------------- */

/* A second of full use in which 'share' comes back. */
static void one_second(struct rate *rate, int64_t *now_ns, double share)
{
    for (int i = 0; i < 100; i++) {
        *now_ns += 10 * MS;
        rate_take(rate, rate->limit / 100, *now_ns);
        rate_answered(rate, rate->limit / 100, rate->limit / 100 * share,
                      *now_ns);
    }
}

static void the_start_doubles_until_the_first_throttling(void **state)
{
    struct rate rate;
    int64_t now = 0;

    (void)state;
    rate_init(&rate, 1000, 1e9, now);
    for (int i = 0; i < 11; i++) {
        one_second(&rate, &now, 0);
    }
    assert_true(rate.limit > 3999 && rate.limit < 4001);
    one_second(&rate, &now, 0.1);
    assert_false(rate.slow_start);
    const double cut = rate.limit;
    assert_true(cut < 3500);
    one_second(&rate, &now, 0);
    one_second(&rate, &now, 0);
    assert_true(rate.limit > cut * 1.03 && rate.limit < cut * 1.05);
}

static void a_cut_is_at_most_a_third_in_a_quarter_of_a_second(void **state)
{
    struct rate rate;
    int64_t now = 0;

    (void)state;
    rate_init(&rate, 1000, 1000, now);
    one_second(&rate, &now, 1);
    assert_true(rate.limit >= 1000 * 0.7 * 0.7 * 0.7 * 0.7 - 1);
    assert_true(rate.limit < 400);
    for (int i = 0; i < 60; i++) {
        one_second(&rate, &now, 1);
    }
    assert_true(rate.limit >= 100);
}

static void a_pause_only_delays_the_doubling(void **state)
{
    struct rate rate;
    int64_t now = 0;

    (void)state;
    rate_init(&rate, 1000, 1e9, now);
    for (int i = 0; i < 6; i++) {
        one_second(&rate, &now, 0);
        now += 500 * MS; // nothing is sent, and then little
        rate_answered(&rate, 1, 0, now);
    }
    assert_true(rate.limit > 1999 && rate.limit < 2001);
}

static void an_idle_load_does_not_raise_its_limit(void **state)
{
    struct rate rate;

    (void)state;
    rate_init(&rate, 1000, 1e9, 0);
    for (int64_t ms = 0; ms < 20000; ms += 100) {
        rate_take(&rate, 1, ms * MS);
        rate_answered(&rate, 1, 0, ms * MS);
    }
    assert_true(rate.limit < 1001);
}

static void a_cap_is_met_once(void **state)
{
    struct rate rate;
    int64_t now = 0;

    (void)state;
    rate_init(&rate, 1000, 1e9, now);
    assert_null(rate_meet(&rate, ""));
    assert_null(rate_meet(&rate, "TableWriteProvisionedThroughputExceeded"));
    one_second(&rate, &now, 0.1);
    assert_true(rate.ceiling > 1e8); // the table's own limit may rise again
    for (int i = 0; i < 5; i++) {
        assert_string_equal(rate_meet(&rate, "TableWriteAccountLimitExceeded"),
                            "account limit");
        one_second(&rate, &now, 0.5);
    }
    assert_string_equal(
        rate_meet(&rate, "TableWriteMaxOnDemandThroughputExceeded"),
        "table maximum");
    one_second(&rate, &now, 0.2);
    const double cap = rate.ceiling;
    assert_true(cap < 1000 && cap >= rate.limit);
    for (int i = 0; i < 300; i++) {
        one_second(&rate, &now, 0);
    }
    assert_true(rate.limit == cap);
}

/* ---- A table of 4,000 WCU/s --------------------------------------------- */

#define LATENCY_MS 8
#define CAPACITY 4000.0
#define SLOTS 64

struct simulation {
    struct rate rate;
    struct retry *retry;
    uint64_t random;
    double tokens; /* of the table: a second's worth */
    struct {
        int at_ms; /* of the answer */
        unsigned count;
        struct retry_op ops[BATCH];
    } flights[SLOTS];
    uint64_t attempts, accepted, accepted_late;
};

static void answer(struct simulation *s, unsigned slot, int ms)
{
    double returned = 0;

    for (unsigned i = 0; i < s->flights[slot].count; i++) {
        struct retry_op *op = &s->flights[slot].ops[i];
        if (s->tokens >= 1) {
            s->tokens--;
            s->accepted++;
            s->accepted_late += ms >= 10000;
            continue;
        }
        returned++;
        retry_push(s->retry, op,
                   ms * MS + backoff_ns(op->rounds, next_random(&s->random)));
        op->rounds++;
    }
    rate_answered(&s->rate, s->flights[slot].count, returned, ms * MS);
    s->flights[slot].count = 0;
}

static bool send_batch(struct simulation *s, int ms)
{
    unsigned slot = 0;
    bool alone = false;

    while (slot < SLOTS && s->flights[slot].count > 0) {
        slot++;
    }
    if (slot == SLOTS || rate_wait(&s->rate, BATCH, ms * MS) > 0) {
        return false;
    }
    struct retry_op *ops = s->flights[slot].ops;
    unsigned count = retry_pop(s->retry, ms * MS, BATCH, ops, &alone);
    while (count < BATCH && retry_count(s->retry) < 4096) {
        memset(&ops[count++], 0, sizeof *ops);
    }
    if (count == 0) {
        return false;
    }
    s->flights[slot].at_ms = ms + LATENCY_MS;
    s->flights[slot].count = count;
    s->attempts += count;
    rate_take(&s->rate, count, ms * MS);
    return true;
}

static void a_table_of_4000_is_used_and_not_flooded(void **state)
{
    struct simulation *s = calloc(1, sizeof *s);

    (void)state;
    assert_non_null(s);
    s->retry = retry_new(8192);
    assert_non_null(s->retry);
    s->tokens = CAPACITY;
    rate_init(&s->rate, 4000, 1e9, 0);
    for (int ms = 0; ms < 60000; ms++) {
        s->tokens += CAPACITY / 1000;
        s->tokens = s->tokens > CAPACITY ? CAPACITY : s->tokens;
        for (unsigned slot = 0; slot < SLOTS; slot++) {
            if (s->flights[slot].count > 0 && s->flights[slot].at_ms <= ms) {
                answer(s, slot, ms);
            }
        }
        while (send_batch(s, ms)) {
        }
    }
    const double used = (double)s->accepted_late / (CAPACITY * 50);
    const double attempts = (double)s->attempts / (double)s->accepted;
    print_message("used %.3f, attempts per item %.3f\n", used, attempts);
    assert_true(used >= 0.92);
    assert_true(attempts <= 1.10);
    retry_free(s->retry);
    free(s);
}

/* ---- Backoff and requests in flight ------------------------------------- */

static void backoff_is_full_jitter(void **state)
{
    uint64_t seed = 7;

    (void)state;
    for (unsigned round = 0; round < 80; round++) {
        int64_t most = round < 9 ? (50 * MS) << round : 20000 * MS;
        int64_t least_seen = INT64_MAX;
        int64_t most_seen = 0;
        for (int i = 0; i < 1000; i++) {
            const int64_t wait = backoff_ns(round, next_random(&seed));
            assert_in_range(wait, 0, most);
            least_seen = wait < least_seen ? wait : least_seen;
            most_seen = wait > most_seen ? wait : most_seen;
        }
        assert_true(least_seen < most / 50 && most_seen > most - most / 50);
    }
}

static void requests_in_flight_follow_the_latency(void **state)
{
    (void)state;
    assert_int_equal(rate_in_flight(4000, 25, 8, 64), 2);
    assert_int_equal(rate_in_flight(40000, 25, 10, 64), 24);
    assert_int_equal(rate_in_flight(40000, 25, 1000, 64), 64);
    assert_int_equal(rate_in_flight(4000, 25, 8, 1), 1);
    assert_int_equal(rate_in_flight(1e9, 25, 1e9, 256), 256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_second_passes_the_limit_beyond_the_burst),
        cmocka_unit_test(the_whole_limit_is_used),
        cmocka_unit_test(a_request_fits_into_the_bucket),
        cmocka_unit_test(waiting_as_told_is_enough),
        cmocka_unit_test(the_start_doubles_until_the_first_throttling),
        cmocka_unit_test(a_cut_is_at_most_a_third_in_a_quarter_of_a_second),
        cmocka_unit_test(a_pause_only_delays_the_doubling),
        cmocka_unit_test(an_idle_load_does_not_raise_its_limit),
        cmocka_unit_test(a_cap_is_met_once),
        cmocka_unit_test(a_table_of_4000_is_used_and_not_flooded),
        cmocka_unit_test(backoff_is_full_jitter),
        cmocka_unit_test(requests_in_flight_follow_the_latency),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
