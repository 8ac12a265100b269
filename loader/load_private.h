/* load_private.h: what the files load*.c share: one load, from open to end. */
#ifndef VN_LOAD_PRIVATE_H
#define VN_LOAD_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "batch.h"
#include "checkpoint.h"
#include "dynamo.h"
#include "load_dead.h"
#include "load_files.h"
#include "load_units.h"
#include "loader.h"
#include "meter.h"
#include "preflight.h"
#include "rate.h"
#include "retry.h"
#include "source.h"

#define LOAD_IN_FLIGHT_DEFAULT 64u
#define LOAD_IN_FLIGHT_MOST 256u
#define LOAD_STALL_DEFAULT_S 900u
/*
 * No new operations are begun while so many wait for another attempt: more
 * would not go faster, and memory stays bounded. All that are in flight can
 * come back on top of that.
 */
#define LOAD_WAITING_MOST 4096u
#define LOAD_PENDING_MOST                                                      \
    (LOAD_WAITING_MOST + LOAD_IN_FLIGHT_MOST * BATCH_MAX + SOURCE_UNIT_MAX)

/* A request in flight. */
struct load_slot {
    bool busy;
    unsigned count;
    double units;
    int64_t sent_ns;
    struct retry_op ops[BATCH_MAX];
};

/* What "#meta" is to say. */
struct load_meta {
    bool whole; /* else a part: "#meta" is left alone, unless it ... */
    bool mixes; /* ... goes into a table of another generation: it ends half
                   loaded */
    bool found; /* items without "#meta": nobody knows of what */
    uint64_t generation;
    uint64_t previous;
    uint64_t items;
};

struct load {
    struct vn_aws *aws;
    const struct vn_load_source *from;
    const struct vn_load_options *options;
    struct vn_load_counts counts;
    struct notice notice;

    struct vn_table_info table;
    struct load_meta meta;
    struct source *source;
    struct dynamo *dynamo;
    struct load_files files;
    struct checkpoint checkpoint;
    struct load_dead dead;

    struct rate rate;
    struct retry *retry;
    struct load_units *units;
    struct load_slot *slots; /* of 'in_flight_most' */
    unsigned in_flight_most;
    unsigned in_flight_wanted;
    uint64_t random;

    uint64_t next_unit; /* none at or past it was begun in this run */
    uint64_t begun;     /* operations begun in this run */
    uint64_t begun_units;
    uint64_t saved_units;    /* 'begun_units' at the last save */
    struct source_op *fresh; /* of the unit begun last */
    unsigned fresh_at, fresh_count;
    uint32_t fresh_place;

    struct meter meter;
    int64_t start_ns, progress_ns, saved_ns, metrics_ns, prometheus_ns;
    int64_t acknowledged_ns; /* the last acknowledgement, or the start */
    uint64_t credential_base;

    bool metrics_failed; /* and it was told */
    bool stopping;       /* nothing new is sent */
    enum vn_status status;
    struct vn_error *error;
};

int64_t load_now_ns(void);

/* Stops the load with the first failure; returns false. */
bool load_fail(struct load *load, enum vn_status status);

/* ---- load_open.c -------------------------------------------------------- */

/* Options, files, table, "#meta", source, checkpoint, rate. */
VN_NODISCARD enum vn_status load_open(struct load *load);
/* The hard link INDEX.loaded-TABLE; tells why where there can be none. */
void load_keep(const struct load *load);

/* ---- load_meta.c -------------------------------------------------------- */

/* What the load is of, and what the table held before. */
VN_NODISCARD enum vn_status load_plan_meta(struct load *load);
/* Whether the table holds what this load builds on; after the checkpoint. */
VN_NODISCARD enum vn_status load_check_meta(struct load *load);
/* "#meta" before the first operation, and when all are done. */
VN_NODISCARD enum vn_status load_begin_meta(const struct load *load);
VN_NODISCARD enum vn_status load_end_meta(const struct load *load);

/* ---- load_send.c -------------------------------------------------------- */

/* Sends what may be sent now; returns in how many ns there may be more. */
int64_t load_send(struct load *load, int64_t now_ns);
/* Whether nothing is left to be sent or answered. */
bool load_is_done(const struct load *load);

/* ---- load.c ------------------------------------------------------------- */

VN_NODISCARD enum vn_status load_save(struct load *load);

#endif
