/* source.h: the operations of a load, in units of at most a block. */
#ifndef VN_SOURCE_H
#define VN_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "item.h"
#include "loader.h"

/* A put of an item, or a delete of its key. */
struct source_op {
    uint32_t suffix;
    bool delete;
    uint16_t size;  /* bytes of 'json' */
    uint16_t units; /* WCU of a put: item size / 1 KB, rounded up; else 1 */
    char json[ITEM_JSON_MAX]; /* the item, or the key (item.h) */
};

#define SOURCE_UNIT_MAX VN_BLOCK_SUFFIXES

/*
 * Units are numbered in the order in which they are sent, 0 .. units - 1, and
 * can be filled in any order, again and again with the same result. Of an
 * index, unit i is block i x 61,803 mod 100,000 (of the prefix: the same
 * order, only its blocks), which spreads neighbouring keys without a table.
 * Of an export, a unit is the next hundred lines of an object.
 */
struct source {
    uint64_t units;
    uint64_t fingerprint; /* of all that decides the operations */
    uint64_t total;       /* operations; 0 = not counted yet */
    enum vn_status (*fill)(struct source *source, uint64_t unit,
                           struct source_op ops[SOURCE_UNIT_MAX],
                           unsigned *count, struct vn_error *error);
    void (*close)(struct source *source); /* frees the source, too */
};

#define SOURCE_STRIDE 61803u

/*
 * source_open_index() makes the source of an index: puts of all candidates,
 * and with 'deletes' (the table was loaded before) deletes of the suffixes
 * without one. source_open_diff() makes that of what differs between 'since'
 * and 'index'. source_open_export() makes that of the lines of an export.
 */
VN_NODISCARD enum vn_status
source_open_index(struct vn_index *index, struct vn_prefix prefix, bool deletes,
                  struct source **source, struct vn_error *error);
VN_NODISCARD enum vn_status source_open_diff(struct vn_index *since,
                                             struct vn_index *index,
                                             struct source **source,
                                             struct vn_error *error);
VN_NODISCARD enum vn_status source_open_export(const char *directory,
                                               struct source **source,
                                               struct vn_error *error);

#endif
