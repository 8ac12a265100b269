/* export_plan.c: which items an export has, and in which object each lies. */
#include "export_plan.h"

#include "source.h"

#include <errno.h>
#include <stdlib.h>

static enum vn_status no_memory(struct vn_error *error)
{
    return vn_error_system(error, ENOMEM, "cannot plan the export");
}

enum vn_status export_plan_range(const struct vn_index *index,
                                 struct vn_prefix prefix, uint32_t *first,
                                 uint32_t *end, struct vn_error *error)
{
    const struct vn_prefix own = vn_index_info(index)->prefix;
    const struct vn_prefix inner = own.length > prefix.length ? own : prefix;
    const struct vn_prefix outer = own.length > prefix.length ? prefix : own;

    if (!vn_prefix_holds(outer, vn_prefix_first(inner))) {
        return vn_error_set(error, VN_OUTSIDE,
                            "no suffix of the index begins with '%0*u'",
                            (int)prefix.length, prefix.digits);
    }
    *first = vn_prefix_first(inner);
    *end = *first + vn_prefix_count(inner);
    return VN_OK;
}

static enum vn_status set_blocks(struct export_plan *plan,
                                 struct vn_error *error)
{
    const uint32_t first = plan->first / VN_BLOCK_SUFFIXES;
    const uint32_t last = (plan->end - 1) / VN_BLOCK_SUFFIXES;

    plan->blocks = calloc(last - first + 1, sizeof plan->blocks[0]);
    if (plan->blocks == NULL) {
        return no_memory(error);
    }
    for (uint64_t i = 0; i < VN_BLOCKS; i++) {
        const uint32_t block = (uint32_t)(i * SOURCE_STRIDE % VN_BLOCKS);
        if (block >= first && block <= last) {
            plan->blocks[plan->block_count++] = block;
        }
    }
    return VN_OK;
}

/* Counts the items of the block at 'position'. */
static enum vn_status count_block(const struct export_plan *plan,
                                  struct vn_reader *reader, uint32_t position,
                                  uint8_t *count, struct vn_error *error)
{
    struct vn_record records[VN_BLOCK_SUFFIXES];
    const uint32_t base = plan->blocks[position] * VN_BLOCK_SUFFIXES;
    const enum vn_status status =
        vn_reader_block(reader, plan->blocks[position], records, error);

    if (status != VN_OK) {
        return status;
    }
    for (uint32_t i = 0; i < VN_BLOCK_SUFFIXES; i++) {
        if (base + i >= plan->first && base + i < plan->end &&
            records[i].codes[0] != 0) {
            (*count)++;
        }
    }
    return VN_OK;
}

static enum vn_status count_items(struct vn_index *index,
                                  struct export_plan *plan, uint8_t *counts,
                                  struct vn_error *error)
{
    struct vn_reader *reader = NULL;
    enum vn_status status = vn_reader_new(index, &reader, error);

    for (uint32_t i = 0; status == VN_OK && i < plan->block_count; i++) {
        status = count_block(plan, reader, i, &counts[i], error);
        plan->items += counts[i];
    }
    vn_reader_free(reader);
    return status;
}

/* Cuts the items into objects of equal number. */
static enum vn_status set_starts(struct export_plan *plan,
                                 const uint8_t *counts, struct vn_error *error)
{
    const uint64_t per_object = plan->items_per_object;
    const uint64_t needed =
        plan->items > 0 ? (plan->items + per_object - 1) / per_object : 1;
    uint64_t before = 0; // items of the blocks passed so far

    if (needed > EXPORT_OBJECTS_MAX) {
        return vn_error_set(error, VN_INVALID,
                            "%llu items in objects of %llu are more than %u "
                            "objects",
                            (unsigned long long)plan->items,
                            (unsigned long long)per_object, EXPORT_OBJECTS_MAX);
    }
    plan->starts = calloc(needed, sizeof plan->starts[0]);
    if (plan->starts == NULL) {
        return no_memory(error);
    }
    plan->object_count = (uint32_t)needed;
    uint32_t object = 1;
    for (uint32_t i = 0; i < plan->block_count; i++) {
        for (; object < needed && object * per_object < before + counts[i];
             object++) {
            plan->starts[object] = (struct export_start){
                i, (uint32_t)(object * per_object - before)};
        }
        before += counts[i];
    }
    return VN_OK;
}

enum vn_status export_plan_make(struct vn_index *index, struct vn_prefix prefix,
                                uint64_t items_per_object,
                                struct export_plan *plan,
                                struct vn_error *error)
{
    uint8_t *counts = NULL;

    *plan = (struct export_plan){.items_per_object = items_per_object};
    enum vn_status status =
        export_plan_range(index, prefix, &plan->first, &plan->end, error);
    if (status == VN_OK) {
        status = set_blocks(plan, error);
    }
    if (status == VN_OK) {
        counts = calloc(plan->block_count, sizeof counts[0]);
        status = counts != NULL ? count_items(index, plan, counts, error)
                                : no_memory(error);
    }
    if (status == VN_OK && counts != NULL) {
        status = set_starts(plan, counts, error);
    }
    free(counts);
    if (status != VN_OK) {
        export_plan_reset(plan);
    }
    return status;
}

void export_plan_reset(struct export_plan *plan)
{
    free(plan->blocks);
    free(plan->starts);
    *plan = (struct export_plan){.first = 0};
}

uint64_t export_plan_items(const struct export_plan *plan, uint32_t object)
{
    const uint64_t before = object * plan->items_per_object;
    const uint64_t left = plan->items - before;

    return left < plan->items_per_object ? left : plan->items_per_object;
}
