/* metrics.h: what was answered how often and how fast, for Prometheus. */
#ifndef VN_METRICS_H
#define VN_METRICS_H

#include <stdint.h>

#include "tools/answer/output.h"

enum route {
    ROUTE_VANITYNUMBERS,
    ROUTE_CALLERS,
    ROUTE_MAP,
    ROUTE_TOP,
    ROUTE_PAGE,
    ROUTE_HEALTHZ,
    ROUTE_METRICS,
    ROUTE_OTHER,
    ROUTE_COUNT
};

const char *route_name(enum route route);

struct metrics;

VN_NODISCARD enum vn_status metrics_new(struct metrics **out);
void metrics_free(struct metrics *metrics); /* accepts NULL */

/* Counts an answer. Any thread; no lock. */
void metrics_add(struct metrics *metrics, enum route route, unsigned code,
                 uint64_t elapsed_ns);

/* Writes the counters of answers in the text format of Prometheus. */
void metrics_write(struct output *out, struct metrics *metrics);

/* Writes one metric of one value, with its help and type. */
void metrics_write_value(struct output *out, const char *name, const char *type,
                         const char *help, uint64_t value);

/* Like metrics_write_value(), but for a time, which is written in seconds. */
void metrics_write_time(struct output *out, const char *name, const char *help,
                        uint64_t ns);

/* No answer of /metrics is larger, in bytes. */
#define METRICS_SIZE ((size_t)48 << 10)

#endif
