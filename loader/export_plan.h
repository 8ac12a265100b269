/* export_plan.h: which items an export has, and in which object each lies. */
#ifndef VN_EXPORT_PLAN_H
#define VN_EXPORT_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "loader.h"

/*
 * Objects of an export. AWS takes 50,000 in an import; ten thousand keep the
 * manifest small, and are a thousand items each of a whole index.
 */
#define EXPORT_OBJECTS_MAX 10000u

/* Where an object begins: 'skip' items into the block at 'position'. */
struct export_start {
    uint32_t position;
    uint32_t skip;
};

struct export_plan {
    uint32_t first, end; /* suffixes */
    uint32_t *blocks;    /* in the order of the export */
    uint32_t block_count;
    uint64_t items; /* without "#meta" */
    uint64_t items_per_object;
    struct export_start *starts; /* of each object */
    uint32_t object_count;       /* at least 1 */
};

/*
 * export_plan_make() puts the blocks of 'prefix' into the order of a load
 * (source.h) and counts their items, which takes one pass over the index.
 * Returns VN_OK; VN_OUTSIDE; VN_INVALID for too many objects; VN_CORRUPT;
 * VN_NOMEM.
 */
VN_NODISCARD enum vn_status export_plan_make(struct vn_index *index,
                                             struct vn_prefix prefix,
                                             uint64_t items_per_object,
                                             struct export_plan *plan,
                                             struct vn_error *error);
void export_plan_reset(struct export_plan *plan); /* accepts a zeroed one */

/*
 * export_plan_range() gives the suffixes that lie in 'prefix' and in that of
 * the index: '*first' and one past the last. Returns VN_OK or VN_OUTSIDE.
 */
VN_NODISCARD enum vn_status export_plan_range(const struct vn_index *index,
                                              struct vn_prefix prefix,
                                              uint32_t *first, uint32_t *end,
                                              struct vn_error *error);

/* Items of an object, without "#meta". */
uint64_t export_plan_items(const struct export_plan *plan, uint32_t object);

#endif
