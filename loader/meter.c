/* meter.c: latencies and rates of what went by lately. */
#include "meter.h"

#include <stdlib.h>
#include <string.h>

void meter_latency(struct meter *meter, double latency_ms)
{
    meter->latencies_ms[meter->answers++ % METER_LATENCIES] = (float)latency_ms;
}

static int compare(const void *a, const void *b)
{
    const float x = *(const float *)a;
    const float y = *(const float *)b;

    return (x > y) - (x < y);
}

static void sort_latencies(struct meter *meter)
{
    float sorted[METER_LATENCIES];
    const size_t count = meter->answers < METER_LATENCIES
                             ? (size_t)meter->answers
                             : METER_LATENCIES;

    if (count == 0) {
        return;
    }
    memcpy(sorted, meter->latencies_ms, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare);
    meter->p50_ms = (double)sorted[count / 2];
    meter->p95_ms = (double)sorted[count * 95 / 100];
    meter->p99_ms = (double)sorted[count * 99 / 100];
}

void meter_sample(struct meter *meter, int64_t now_ns, uint64_t acknowledged)
{
    const uint64_t next = meter->sampled++;
    const uint64_t oldest =
        next < METER_SAMPLES ? 0 : (next + 1) % METER_SAMPLES;

    meter->samples[next % METER_SAMPLES].at_ns = now_ns;
    meter->samples[next % METER_SAMPLES].acknowledged = acknowledged;
    const int64_t elapsed_ns = now_ns - meter->samples[oldest].at_ns;
    if (elapsed_ns > 0) {
        meter->rate =
            (double)(acknowledged - meter->samples[oldest].acknowledged) /
            ((double)elapsed_ns / 1e9);
    }
    sort_latencies(meter);
}
