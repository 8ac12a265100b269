/* check_scan.c: reads or counts a whole table by a parallel Scan. */
#include "check_private.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * Items of one answer. Every answer is rounded up to 4 kB: 2,000 items of 150
 * bytes waste 1 %. Parsed they take 12 MB; a full page of 1 MB takes 50.
 */
#define PAGE_ITEMS "2000"

struct segment {
    char *start; /* ExclusiveStartKey as JSON; NULL: from the beginning */
    bool ended;
};

struct scan {
    struct check *check;
    unsigned count;
    bool counting;
    struct segment segments[LANES_MAX];
};

static bool has(void *context, unsigned lane)
{
    const struct scan *scan = context;

    return !scan->segments[lane].ended;
}

/*
 * Only what begins with the prefix is sent back, though all is read; a count
 * must pass over "#meta" by the same means.
 */
static void write_filter(const struct scan *scan, struct buf *body)
{
    const struct check *check = scan->check;
    char prefix[VN_SUFFIX_DIGITS + 1];
    char text[256];
    uint32_t count = check->end - check->first;
    int length = VN_SUFFIX_DIGITS;

    for (; count > 1; count /= 10) {
        length--;
    }
    if (length == 0 && !scan->counting) {
        return;
    }
    (void)snprintf(prefix, sizeof prefix, "%07" PRIu32,
                   check->first % VN_SUFFIXES);
    (void)snprintf(text, sizeof text,
                   ",\"FilterExpression\":\"%s\","
                   "\"ExpressionAttributeNames\":{\"#k\":\"" ITEM_KEY "\"},"
                   "\"ExpressionAttributeValues\":{\":v\":{\"S\":\"%.*s\"}}",
                   length > 0 ? "begins_with(#k, :v)" : "#k <> :v",
                   length > 0 ? length : (int)sizeof ITEM_META - 1,
                   length > 0 ? prefix : ITEM_META);
    buf_text(body, text);
}

static void write_request(void *context, unsigned lane, struct buf *body)
{
    const struct scan *scan = context;
    const char *start = scan->segments[lane].start;
    char text[128];

    buf_text(body, "{\"TableName\":\"");
    buf_text(body, scan->check->options->table);
    (void)snprintf(text, sizeof text,
                   "\",\"ConsistentRead\":true,"
                   "\"ReturnConsumedCapacity\":\"TOTAL\","
                   "\"Segment\":%u,\"TotalSegments\":%u,",
                   lane, scan->count);
    buf_text(body, text);
    buf_text(body,
             scan->counting ? "\"Select\":\"COUNT\"" : "\"Limit\":" PAGE_ITEMS);
    write_filter(scan, body);
    if (start != NULL) {
        buf_text(body, ",\"ExclusiveStartKey\":");
        buf_text(body, start);
    }
    buf_text(body, "}");
}

static enum vn_status take_items(struct scan *scan, const json_t *answer)
{
    struct check *check = scan->check;
    const json_t *items = json_object_get(answer, "Items");
    const json_t *count = json_object_get(answer, "Count");
    enum vn_status status = VN_OK;

    if (!json_is_integer(count) || (!scan->counting && !json_is_array(items))) {
        return vn_error_set(check->error, VN_IO,
                            "Scan: the answer is not to what was asked");
    }
    if (scan->counting) {
        check->counts->found_items += (uint64_t)json_integer_value(count);
    }
    for (size_t i = 0; status == VN_OK && i < json_array_size(items); i++) {
        status = check_note(check, json_array_get(items, i));
    }
    check->done = check->counts->found_items;
    return status;
}

static enum vn_status take(void *context, unsigned lane, const json_t *answer,
                           enum lanes_done *done, struct vn_error *error)
{
    struct scan *scan = context;
    struct segment *segment = &scan->segments[lane];
    const json_t *last = json_object_get(answer, "LastEvaluatedKey");
    const enum vn_status status = take_items(scan, answer);

    (void)done; // a page is whole, or it is an error
    if (status != VN_OK) {
        return status;
    }
    scan->check->counts->consumed_units += check_consumed(answer);
    free(segment->start);
    segment->start = NULL;
    segment->ended = last == NULL;
    if (last != NULL) {
        segment->start = json_dumps(last, JSON_COMPACT);
        if (segment->start == NULL) {
            return vn_error_system(error, ENOMEM, "cannot read the table");
        }
    }
    return VN_OK;
}

static bool progress(void *context)
{
    const struct scan *scan = context;

    return check_progress(scan->check);
}

enum vn_status check_scan(struct check *check)
{
    struct scan *scan = calloc(1, sizeof *scan);
    const struct lanes_work work = {.operation = "Scan",
                                    .context = scan,
                                    .has = has,
                                    .write = write_request,
                                    .take = take,
                                    .progress = progress};

    if (scan == NULL) {
        return vn_error_system(check->error, ENOMEM, "cannot read the table");
    }
    scan->check = check;
    scan->count = check->segments;
    scan->counting = check->options->mode == VN_CHECK_COUNT;
    const enum vn_status status =
        lanes_run(check->dynamo, scan->count, &work, check->error);
    for (unsigned i = 0; i < scan->count; i++) {
        free(scan->segments[i].start);
    }
    free(scan);
    return status;
}
