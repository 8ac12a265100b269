/* metrics.c: counters of answers, one set for each thread. */
#include "metrics.h"

#include <stdatomic.h>
#include <stdlib.h>

/* Sets of counters; threads past these share. */
#define SHARDS 32u
/* A shard begins at a multiple of this, so that no two share a cache line. */
#define LINE 64

static const char *const route_names[ROUTE_COUNT] = {
    "vanitynumbers", "callers", "map",     "top",
    "page",          "healthz", "metrics", "other"};

/* All that are answered here; libmicrohttpd's own refusals are not counted. */
static const unsigned codes[] = {200, 304, 400, 403, 404, 405, 421, 500};
#define CODES (sizeof(codes) / sizeof(codes[0]))

/* Upper ends of the buckets of the histogram; the last one has none. */
static const struct {
    uint64_t ns;
    const char *text; /* in seconds */
} buckets[] = {
    {25000, "0.000025"},  {50000, "0.00005"}, {100000, "0.0001"},
    {250000, "0.00025"},  {500000, "0.0005"}, {1000000, "0.001"},
    {2500000, "0.0025"},  {5000000, "0.005"}, {10000000, "0.01"},
    {25000000, "0.025"},  {100000000, "0.1"}, {1000000000, "1"},
    {UINT64_MAX, "+Inf"},
};
#define BUCKETS (sizeof(buckets) / sizeof(buckets[0]))

/* Of a route: answers by code, answers by time, sum of their times. */
#define TIMES_AT CODES
#define SUM_AT (CODES + BUCKETS)
#define COUNTERS (CODES + BUCKETS + 1)

struct shard {
    _Alignas(LINE) atomic_ullong counters[ROUTE_COUNT][COUNTERS];
};

struct metrics {
    struct shard shards[SHARDS];
};

static atomic_uint threads_seen;
static _Thread_local unsigned own_shard; /* one more than the index; 0: none */

const char *route_name(enum route route)
{
    return route_names[route];
}

enum vn_status metrics_new(struct metrics **out)
{
    struct metrics *metrics = aligned_alloc(LINE, sizeof(*metrics));

    if (metrics == NULL) {
        return VN_NOMEM;
    }
    memset(metrics, 0, sizeof(*metrics));
    *out = metrics;
    return VN_OK;
}

void metrics_free(struct metrics *metrics)
{
    free(metrics);
}

static struct shard *find_shard(struct metrics *metrics)
{
    if (own_shard == 0) {
        own_shard = atomic_fetch_add(&threads_seen, 1) % SHARDS + 1;
    }
    return &metrics->shards[own_shard - 1];
}

static void add(atomic_ullong *counter, uint64_t value)
{
    atomic_fetch_add_explicit(counter, value, memory_order_relaxed);
}

void metrics_add(struct metrics *metrics, enum route route, unsigned code,
                 uint64_t elapsed_ns)
{
    atomic_ullong *counters = find_shard(metrics)->counters[route];
    size_t bucket = 0;

    for (size_t i = 0; i < CODES; i++) {
        if (codes[i] == code) {
            add(&counters[i], 1);
        }
    }
    while (elapsed_ns > buckets[bucket].ns) {
        bucket++;
    }
    add(&counters[TIMES_AT + bucket], 1);
    add(&counters[SUM_AT], elapsed_ns);
}

/* Sums a counter over all shards. */
static uint64_t sum(struct metrics *metrics, unsigned route, size_t counter)
{
    uint64_t total = 0;

    for (unsigned i = 0; i < SHARDS; i++) {
        total += atomic_load_explicit(
            &metrics->shards[i].counters[route][counter], memory_order_relaxed);
    }
    return total;
}

static void write_head(struct output *out, const char *name, const char *type,
                       const char *help)
{
    output_format(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void metrics_write_value(struct output *out, const char *name, const char *type,
                         const char *help, uint64_t value)
{
    write_head(out, name, type, help);
    output_format(out, "%s %llu\n", name, (unsigned long long)value);
}

/* "1.000000001". */
static void write_seconds(struct output *out, uint64_t ns)
{
    output_format(out, "%llu.%09llu\n", (unsigned long long)(ns / 1000000000u),
                  (unsigned long long)(ns % 1000000000u));
}

void metrics_write_time(struct output *out, const char *name, const char *help,
                        uint64_t ns)
{
    write_head(out, name, "gauge", help);
    output_format(out, "%s ", name);
    write_seconds(out, ns);
}

static void write_answers(struct output *out, struct metrics *metrics)
{
    static const char name[] = "vanity_http_requests_total";

    write_head(out, name, "counter", "Answers by route and status code.");
    for (unsigned route = 0; route < ROUTE_COUNT; route++) {
        for (size_t i = 0; i < CODES; i++) {
            const uint64_t count = sum(metrics, route, i);

            if (count > 0) {
                output_format(out, "%s{route=\"%s\",code=\"%u\"} %llu\n", name,
                              route_names[route], codes[i],
                              (unsigned long long)count);
            }
        }
    }
}

static void write_times(struct output *out, struct metrics *metrics,
                        unsigned route)
{
    static const char name[] = "vanity_http_request_duration_seconds";
    const char *const label = route_names[route];
    uint64_t count = 0;

    for (size_t i = 0; i < BUCKETS; i++) {
        count += sum(metrics, route, TIMES_AT + i);
        output_format(out, "%s_bucket{route=\"%s\",le=\"%s\"} %llu\n", name,
                      label, buckets[i].text, (unsigned long long)count);
    }
    output_format(out, "%s_sum{route=\"%s\"} ", name, label);
    write_seconds(out, sum(metrics, route, SUM_AT));
    output_format(out, "%s_count{route=\"%s\"} %llu\n", name, label,
                  (unsigned long long)count);
}

void metrics_write(struct output *out, struct metrics *metrics)
{
    write_answers(out, metrics);
    write_head(out, "vanity_http_request_duration_seconds", "histogram",
               "From a request that is read to its answer sent.");
    for (unsigned route = 0; route < ROUTE_COUNT; route++) {
        write_times(out, metrics, route);
    }
}
