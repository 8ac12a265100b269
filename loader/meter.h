/* meter.h: latencies and rates of what went by lately. */
#ifndef VN_METER_H
#define VN_METER_H

#include <stdint.h>

/* Answers that the percentiles look at. */
#define METER_LATENCIES 1024u
/* Samples of the acknowledged, four a second: 30 s. */
#define METER_SAMPLES 120u

struct meter {
    float latencies_ms[METER_LATENCIES];
    uint64_t answers; /* in all */
    struct {
        int64_t at_ns;
        uint64_t acknowledged;
    } samples[METER_SAMPLES];
    uint64_t sampled;
    double p50_ms, p95_ms, p99_ms; /* of meter_sample(); 0 = none yet */
    double rate;                   /* acknowledged per second, last 30 s */
};

void meter_latency(struct meter *meter, double latency_ms);
/* Called four times a second: computes percentiles and rate. */
void meter_sample(struct meter *meter, int64_t now_ns, uint64_t acknowledged);

#endif
