/* metrics.h: what a load counts, for machines: JSON lines and Prometheus. */
#ifndef VN_METRICS_H
#define VN_METRICS_H

#include <stdio.h>

#include "loader.h"

/*
 * One line of JSON with all counts; 'event' is "progress" or "end". Returns 0
 * or the errno of a failure, as metrics_table() does.
 */
int metrics_line(FILE *out, const char *event, const char *table,
                 const struct vn_load_counts *counts);

/* The first line: what the pre-flight found out about the table. */
int metrics_table(FILE *out, const struct vn_table_info *table,
                  double rate_limit, const char *rate_source);

/* How the file for Prometheus begins, and what is put behind its name aside. */
#define METRICS_PROMETHEUS_BEGINS "# HELP vanity_load_"
#define METRICS_PROMETHEUS_TEMP ".new"

/*
 * Rewrites 'path' in the text format of Prometheus, aside and renamed, so that
 * a reader sees the old text or the new one.
 */
VN_NODISCARD enum vn_status
metrics_prometheus(const char *path, const char *table,
                   const struct vn_load_counts *counts, struct vn_error *error);

#endif
