/* check.c: compares a table with an index. */
#include "check_private.h"

#include "export_plan.h"
#include "meta.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE 1000u
/* At least as many requests in flight as the lanes of any part. */
#define SEGMENTS 16u

/* ---- What the parts share ----------------------------------------------- */

bool check_progress(void *context)
{
    const struct check *check = context;
    const struct vn_check_options *options = check->options;

    return options->progress == NULL ||
           options->progress(options->progress_context, check->done,
                             check->goal > check->done ? check->goal
                                                       : check->done);
}

double check_consumed(const json_t *answer)
{
    const json_t *consumed = json_object_get(answer, "ConsumedCapacity");
    double sum = json_number_value(json_object_get(consumed, "CapacityUnits"));

    for (size_t i = 0; i < json_array_size(consumed); i++) {
        sum += json_number_value(
            json_object_get(json_array_get(consumed, i), "CapacityUnits"));
    }
    return sum;
}

/* NULL if there is none. */
static const char *key_of(const json_t *item)
{
    return json_string_value(
        json_object_get(json_object_get(item, ITEM_KEY), "S"));
}

/* Whether one more difference is to be reported; before it is counted. */
static bool is_reported(const struct check *check)
{
    const struct vn_check_counts *counts = check->counts;

    return counts->missing + counts->different + counts->surplus <
           check->options->report_max;
}

/* An item that is none of ours: it is told, and a repair leaves it alone. */
static void note_foreign(struct check *check, const char *key)
{
    const struct vn_check_options *options = check->options;

    if (options->report_foreign != NULL && is_reported(check)) {
        options->report_foreign(options->report_context, key);
    }
    check->counts->surplus++;
    check->counts->foreign++;
}

enum vn_status check_note(struct check *check, const json_t *item)
{
    const char *key = key_of(item);
    struct vn_record record;
    uint32_t suffix = 0;
    uint64_t hash = 0;

    if (key != NULL && strcmp(key, ITEM_META) == 0) {
        return VN_OK;
    }
    if (!item_hash_json(item, &suffix, &hash)) {
        note_foreign(check, key != NULL ? key : "");
        return VN_OK;
    }
    if (suffix < check->first || suffix >= check->end ||
        check_bit(&check->found, suffix)) {
        return VN_OK;
    }
    const enum vn_status status =
        vn_reader_get(check->reader, suffix, &record, check->error);
    if (status != VN_OK) {
        return status;
    }
    check_set(&check->found, suffix);
    if (record.codes[0] != 0 && item_hash(suffix, &record) != hash) {
        check_set(&check->wrong, suffix);
    }
    check->counts->found_items++;
    check->counts->found_hash += hash;
    return VN_OK;
}

/* ---- Judging ------------------------------------------------------------ */

/* Notes a difference: counts, reports, and marks it for a repair. */
static void differ(struct check *check, uint32_t suffix, uint64_t *counter,
                   const char *what)
{
    const struct vn_check_options *options = check->options;

    if (options->report != NULL && is_reported(check)) {
        options->report(options->report_context, suffix, what);
    }
    (*counter)++;
    check_set(&check->wrong, suffix);
}

static void judge(struct check *check, uint32_t suffix,
                  const struct vn_record *record)
{
    struct vn_check_counts *counts = check->counts;
    const bool expected = record->codes[0] != 0;
    const bool found = check_bit(&check->found, suffix);

    counts->compared++;
    if (expected) {
        counts->expected_items++;
        counts->expected_hash += item_hash(suffix, record);
    }
    if (expected && !found) {
        differ(check, suffix, &counts->missing, "missing");
    } else if (found && !expected) {
        differ(check, suffix, &counts->surplus, "too much");
    } else if (check_bit(&check->wrong, suffix)) {
        differ(check, suffix, &counts->different, "different");
    } else {
        counts->equal++;
    }
}

/* Compares what was found with what the index says, suffix by suffix. */
static enum vn_status judge_all(struct check *check)
{
    const bool sample = check->options->mode == VN_CHECK_SAMPLE;
    struct vn_record records[VN_BLOCK_SUFFIXES];
    uint32_t loaded = VN_BLOCKS; // block in 'records'

    for (uint32_t i = check->first; i < check->end; i++) {
        const uint32_t block = i / VN_BLOCK_SUFFIXES;
        if (sample && !check_bit(&check->asked, i)) {
            continue;
        }
        if (block != loaded) {
            const enum vn_status status =
                vn_reader_block(check->reader, block, records, check->error);
            if (status != VN_OK) {
                return status;
            }
            loaded = block;
        }
        judge(check, i, &records[i % VN_BLOCK_SUFFIXES]);
    }
    return VN_OK;
}

/* ---- The modes ---------------------------------------------------------- */

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t next_random(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/*
 * A sample without repetition (Floyd 1987): for each of the last 'count'
 * numbers, one up to it, or the number itself if that one is taken.
 */
static void choose_sample(struct check *check)
{
    const uint32_t all = check->end - check->first;
    const uint64_t wanted =
        check->options->sample > 0 ? check->options->sample : SAMPLE;
    const uint32_t count = wanted < all ? (uint32_t)wanted : all;
    uint64_t state = check->options->seed;

    for (uint32_t i = all - count; i < all; i++) {
        const uint32_t chosen =
            check->first + (uint32_t)(next_random(&state) % (i + 1));
        check_set(&check->asked,
                  check_bit(&check->asked, chosen) ? check->first + i : chosen);
    }
    check->goal = count;
}

/* Items that a table of these suffixes has. */
static enum vn_status count_expected(struct check *check, uint64_t *items)
{
    struct vn_record records[VN_BLOCK_SUFFIXES];
    enum vn_status status = VN_OK;

    for (uint32_t i = check->first; status == VN_OK && i < check->end; i++) {
        if (i == check->first || i % VN_BLOCK_SUFFIXES == 0) {
            status = vn_reader_block(check->reader, i / VN_BLOCK_SUFFIXES,
                                     records, check->error);
        }
        *items +=
            status == VN_OK && records[i % VN_BLOCK_SUFFIXES].codes[0] != 0;
    }
    return status;
}

static enum vn_status compare(struct check *check)
{
    enum vn_status status = VN_OK;

    if (check->options->mode == VN_CHECK_SAMPLE) {
        choose_sample(check);
        status = check_sample(check);
    } else {
        status = count_expected(check, &check->goal);
        if (status == VN_OK) {
            status = check_scan(check);
        }
    }
    if (status != VN_OK) {
        return status;
    }
    if (check->options->mode != VN_CHECK_COUNT) {
        return judge_all(check);
    }
    check->counts->expected_items = check->goal;
    return VN_OK;
}

/* VN_OK if all is equal. */
static enum vn_status answer(const struct check *check)
{
    const struct vn_check_counts *counts = check->counts;
    const uint64_t differences =
        counts->missing + counts->different + counts->surplus;

    if (check->options->mode == VN_CHECK_COUNT) {
        return counts->found_items == counts->expected_items ? VN_OK
                                                             : VN_NOT_FOUND;
    }
    return differences == counts->repaired ? VN_OK : VN_NOT_FOUND;
}

/* ---- Repair ------------------------------------------------------------- */

/* Whether the whole table is compared: then "#meta" can say what it holds. */
static bool is_whole(const struct check *check,
                     const struct vn_load_source *source)
{
    return check->options->mode == VN_CHECK_FULL && source->prefix.length == 0;
}

/* What a repair sends; foreign items are left alone. */
static uint64_t count_wrong(const struct check *check)
{
    const struct vn_check_counts *counts = check->counts;

    return counts->missing + counts->different + counts->surplus -
           counts->foreign;
}

/* Replaces '*found', which is then what was written. */
static enum vn_status write_state(const struct check *check,
                                  const struct vn_index_info *info,
                                  enum vn_table_state state, struct meta *found)
{
    const struct meta item = {
        .state = state,
        .generation = info->generation,
        .previous = meta_previous(&check->table, info->generation, true),
        .items = info->with_spelling,
    };
    const enum vn_status status = meta_replace(
        check->dynamo, check->options->table, found, &item, check->error);

    *found = item;
    return status;
}

/*
 * "#meta" says loading before the first write, so that a repair that is broken
 * off leaves no table that seems to be of one generation.
 */
static enum vn_status repair_whole(struct check *check,
                                   const struct vn_index_info *info)
{
    struct meta found = {.generation = check->table.generation,
                         .previous = check->table.previous};
    const bool wrong = count_wrong(check) > 0;
    enum vn_status status = VN_OK;

    if (wrong) {
        status = write_state(check, info, VN_TABLE_LOADING, &found);
    }
    if (status == VN_OK && wrong) {
        status = check_repair(check);
    }
    if (status == VN_OK && (wrong || check->table.state != VN_TABLE_COMPLETE ||
                            check->table.generation != info->generation)) {
        status = write_state(check, info, VN_TABLE_COMPLETE, &found);
    }
    return status;
}

static enum vn_status repair_part(struct check *check, uint64_t generation)
{
    const enum vn_status status = check_repair(check);

    return status == VN_OK ? meta_check(check->dynamo, check->options->table,
                                        generation, check->error)
                           : status;
}

/* ---- The check ---------------------------------------------------------- */

static enum vn_status check_options(const struct vn_load_source *source,
                                    const struct vn_check_options *options,
                                    struct vn_error *error)
{
    if (source->index == NULL || source->since != NULL ||
        source->export_dir != NULL) {
        return vn_error_set(error, VN_INVALID,
                            "a check compares a table with an index");
    }
    // The name stands in JSON as it is: nothing that would need an escape.
    if (options->table == NULL || options->table[0] == '\0' ||
        strpbrk(options->table, "\"\\ \t\r\n") != NULL) {
        return vn_error_set(error, VN_INVALID, "a check needs a table's name");
    }
    if (options->segments > LANES_MAX) {
        return vn_error_set(error, VN_INVALID, "a scan has at most %u segments",
                            LANES_MAX);
    }
    if (options->repair && options->mode == VN_CHECK_COUNT) {
        return vn_error_set(error, VN_INVALID,
                            "a count does not tell which items differ");
    }
    return VN_OK;
}

/* Looks at the table before anything is read from it. */
static enum vn_status look(struct check *check, struct vn_aws *aws,
                           const struct vn_load_source *source)
{
    const enum vn_status status = preflight_table(aws, check->options->table,
                                                  &check->table, check->error);

    if (status != VN_OK || !check->options->repair || is_whole(check, source)) {
        return status;
    }
    return preflight_part(&check->table,
                          vn_index_info(source->index)->generation,
                          "repair all of it with --full", check->error);
}

static enum vn_status repair(struct check *check,
                             const struct vn_load_source *source)
{
    const struct vn_index_info *info = vn_index_info(source->index);

    return is_whole(check, source) ? repair_whole(check, info)
                                   : repair_part(check, info->generation);
}

static enum vn_status run(struct check *check, struct vn_aws *aws,
                          const struct vn_load_source *source)
{
    check->segments =
        check->options->segments > 0 ? check->options->segments : SEGMENTS;
    enum vn_status status =
        export_plan_range(source->index, source->prefix, &check->first,
                          &check->end, check->error);

    if (status == VN_OK) {
        status = vn_reader_new(source->index, &check->reader, check->error);
    }
    if (status == VN_OK) {
        status = look(check, aws, source);
    }
    if (status == VN_OK) {
        status = dynamo_open(
            aws, check->segments > SEGMENTS ? check->segments : SEGMENTS,
            &check->dynamo, check->error);
    }
    if (status == VN_OK) {
        status = compare(check);
    }
    if (status == VN_OK && check->options->repair) {
        status = repair(check, source);
    }
    return status == VN_OK ? answer(check) : status;
}

enum vn_status vn_check(struct vn_aws *aws, const struct vn_load_source *source,
                        const struct vn_check_options *options,
                        struct vn_check_counts *counts, struct vn_error *error)
{
    enum vn_status status = check_options(source, options, error);

    *counts = (struct vn_check_counts){.compared = 0};
    if (status != VN_OK) {
        return status;
    }
    struct check *check = calloc(1, sizeof *check);
    if (check == NULL) {
        return vn_error_system(error, ENOMEM, "cannot check the table");
    }
    check->options = options;
    check->counts = counts;
    check->error = error;
    check->notice = (struct notice){options->notice, options->notice_context};
    status = run(check, aws, source);
    dynamo_close(check->dynamo);
    vn_reader_free(check->reader);
    free(check);
    return status;
}
