/* plan.c: what a load would send, and what it would cost. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "item.h"
#include "source.h"

/* us-east-1, 2026-11. */
const struct vn_prices vn_prices_default = {
    .write_per_million = 0.625,
    .provisioned_per_hour = 0.00065,
    .import_per_gb = 0.15,
    .storage_per_gb_month = 0.25,
};

/* Bytes of an item that cost one write unit, and of a "GB" on the bill. */
#define UNIT_BYTES 1024u
#define GB_BYTES 1073741824.0
/* What storage costs for an item beside its own bytes. */
#define STORAGE_BYTES 100u
/* {"Item":...} and a line feed. */
#define LINE_BYTES 10u
/* The rate of a new table on demand. */
#define WCU_DEFAULT 4000u

/* ---- Counting ----------------------------------------------------------- */

static void count_put(struct vn_load_plan *plan, size_t item_bytes,
                      size_t json_bytes)
{
    plan->puts++;
    plan->item_bytes += item_bytes;
    plan->import_bytes += json_bytes + LINE_BYTES;
    plan->write_units += (item_bytes + UNIT_BYTES - 1) / UNIT_BYTES;
    if (item_bytes > plan->largest_item) {
        plan->largest_item = item_bytes;
    }
}

static void count_delete(struct vn_load_plan *plan)
{
    plan->deletes++;
    plan->write_units++;
}

static void count_record(struct vn_load_plan *plan, uint32_t suffix,
                         const struct vn_record *record)
{
    char json[ITEM_JSON_MAX];

    count_put(plan, item_size(suffix, record),
              item_write(suffix, record, json));
}

struct scan {
    struct vn_load_plan *plan;
    bool deletes;
};

static enum vn_status count_records(void *context, uint32_t first,
                                    const struct vn_record *records,
                                    size_t count)
{
    const struct scan *scan = context;

    for (size_t i = 0; i < count; i++) {
        if (records[i].codes[0] != 0) {
            count_record(scan->plan, first + (uint32_t)i, &records[i]);
        } else if (scan->deletes) {
            count_delete(scan->plan);
        }
    }
    return VN_OK;
}

static enum vn_status count_change(void *context, uint32_t suffix,
                                   const struct vn_record *old_record,
                                   const struct vn_record *new_record)
{
    (void)old_record;
    if (new_record->codes[0] != 0) {
        count_record(context, suffix, new_record);
    } else {
        count_delete(context);
    }
    return VN_OK;
}

/* ---- An export ---------------------------------------------------------- */

/* Upper bound for a number: one byte for two digits, one more, and a sign. */
static size_t number_size(const char *text)
{
    const size_t sign = text[0] == '-';

    return (strlen(text) - sign + 1) / 2 + 1 + sign;
}

/* Of {"S":...} or {"N":...}. */
static size_t scalar_size(const json_t *value)
{
    const char *text = json_string_value(json_object_get(value, "S"));
    const char *number = json_string_value(json_object_get(value, "N"));

    if (text != NULL) {
        return strlen(text);
    }
    return number != NULL ? number_size(number) : 0;
}

/* Items of ours have strings, and lists of strings and numbers. */
static size_t value_size(const json_t *value)
{
    const json_t *list = json_object_get(value, "L");
    size_t size = 3;

    if (list == NULL) {
        return scalar_size(value);
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        size += 1 + scalar_size(json_array_get(list, i));
    }
    return size;
}

static enum vn_status count_line(struct vn_load_plan *plan,
                                 const struct source_op *op,
                                 struct vn_error *error)
{
    json_t *item = json_loadb(op->json, op->size, 0, NULL);
    const char *name = NULL;
    json_t *value = NULL;
    size_t size = 0;

    if (item == NULL) {
        return vn_error_set(error, VN_CORRUPT, "item %07u is no JSON",
                            op->suffix);
    }
    json_object_foreach(item, name, value)
    {
        size += strlen(name) + value_size(value);
    }
    json_decref(item);
    count_put(plan, size, op->size);
    return VN_OK;
}

static enum vn_status count_source(struct source *source, struct source_op *ops,
                                   struct vn_load_plan *plan,
                                   struct vn_error *error)
{
    enum vn_status status = VN_OK;

    for (uint64_t unit = 0; status == VN_OK && unit < source->units; unit++) {
        unsigned count = 0;
        status = source->fill(source, unit, ops, &count, error);
        for (unsigned i = 0; status == VN_OK && i < count; i++) {
            status = count_line(plan, &ops[i], error);
        }
    }
    return status;
}

static enum vn_status count_export(const char *directory,
                                   struct vn_load_plan *plan,
                                   struct vn_error *error)
{
    struct source_op *ops = calloc(SOURCE_UNIT_MAX, sizeof *ops);
    struct source *source = NULL;

    if (ops == NULL) {
        return vn_error_set(error, VN_NOMEM, "no memory to plan a load");
    }
    enum vn_status status = source_open_export(directory, &source, error);
    if (status == VN_OK) {
        status = count_source(source, ops, plan, error);
        source->close(source);
    }
    free(ops);
    return status;
}

/* ---- Prices ------------------------------------------------------------- */

static void price(struct vn_load_plan *plan, const struct vn_prices *prices,
                  uint64_t wcu)
{
    const double rate = (double)(wcu > 0 ? wcu : WCU_DEFAULT);
    const double hours = ceil((double)plan->write_units / rate / 3600.0);
    const double stored =
        (double)(plan->item_bytes + STORAGE_BYTES * plan->puts);

    plan->write_dollars =
        (double)plan->write_units * prices->write_per_million / 1e6;
    plan->provisioned_dollars = hours * rate * prices->provisioned_per_hour;
    plan->import_dollars =
        (double)plan->import_bytes / GB_BYTES * prices->import_per_gb;
    plan->storage_dollars = stored / GB_BYTES * prices->storage_per_gb_month;
}

enum vn_status vn_load_plan(const struct vn_load_source *source, bool has_meta,
                            const struct vn_prices *prices, uint64_t wcu,
                            struct vn_load_plan *out, struct vn_error *error)
{
    struct vn_load_plan plan = {0};
    struct vn_diff_counts diff = {0};
    struct scan scan = {&plan, false};
    enum vn_status status = VN_OK;

    if (source->export_dir != NULL) {
        status = count_export(source->export_dir, &plan, error);
    } else if (source->index == NULL) {
        return vn_error_set(error, VN_INVALID, "a plan needs an index");
    } else if (source->since != NULL) {
        status = vn_index_diff(source->since, source->index, count_change,
                               &plan, &diff, error);
    } else {
        // As the load: a part of an index deletes nothing.
        scan.deletes = has_meta && source->prefix.length == 0;
        status = vn_index_scan(source->index, source->prefix, count_records,
                               &scan, error);
    }
    if (status != VN_OK) {
        return status;
    }
    price(&plan, prices != NULL ? prices : &vn_prices_default, wcu);
    *out = plan;
    return VN_OK;
}
