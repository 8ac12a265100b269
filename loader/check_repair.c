/* check_repair.c: sends what makes the wrong suffixes of a table right. */
#include "check_private.h"

#include "batch.h"
#include "rate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LANES 16u
struct batch {
    struct source_op ops[BATCH_MAX];
    unsigned count;
};

struct repair {
    struct check *check;
    struct rate rate;
    enum vn_status status; /* of reading the index */
    uint32_t next;         /* the first suffix that no batch has had */
    struct batch batches[LANES];
};

static int64_t now_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * RATE_SECOND_NS + now.tv_nsec;
}

/* The put or delete that makes the table say what the index says. */
static enum vn_status make_op(struct check *check, uint32_t suffix,
                              struct source_op *op)
{
    struct vn_record record;
    const enum vn_status status =
        vn_reader_get(check->reader, suffix, &record, check->error);

    if (status != VN_OK) {
        return status;
    }
    op->suffix = suffix;
    op->delete = record.codes[0] == 0;
    op->units = 1; // an item is well below 1 KB
    op->size = (uint16_t)(op->delete ? item_write_key(suffix, op->json)
                                     : item_write(suffix, &record, op->json));
    return VN_OK;
}

/* The next suffixes that are wrong. */
static void fill_batch(struct repair *repair, struct batch *batch)
{
    struct check *check = repair->check;
    const unsigned most = rate_batch(&repair->rate, BATCH_MAX);

    for (; repair->status == VN_OK && batch->count < most &&
           repair->next < check->end;
         repair->next++) {
        if (check_bit(&check->wrong, repair->next)) {
            repair->status =
                make_op(check, repair->next, &batch->ops[batch->count++]);
        }
    }
}

/* ---- Lanes -------------------------------------------------------------- */

static bool has(void *context, unsigned lane)
{
    struct repair *repair = context;
    struct batch *batch = &repair->batches[lane];

    if (batch->count == 0) {
        fill_batch(repair, batch);
    }
    return repair->status == VN_OK && batch->count > 0;
}

static int64_t wait_ns(void *context, unsigned lane, int64_t now)
{
    struct repair *repair = context;

    return rate_wait(&repair->rate, repair->batches[lane].count, now);
}

static void write_request(void *context, unsigned lane, struct buf *body)
{
    struct repair *repair = context;
    const struct batch *batch = &repair->batches[lane];

    rate_take(&repair->rate, batch->count, now_ns());
    batch_open(body, repair->check->options->table);
    for (unsigned i = 0; i < batch->count; i++) {
        batch_add(body, &batch->ops[i]);
    }
    batch_close(body);
}

/* Keeps the operations that came back: 'left' has their bits. */
static void keep_unprocessed(struct batch *batch, unsigned left)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < batch->count; i++) {
        if ((left >> i & 1) != 0) {
            batch->ops[kept++] = batch->ops[i];
        }
    }
    batch->count = kept;
}

static enum vn_status take(void *context, unsigned lane, const json_t *answer,
                           enum lanes_done *done, struct vn_error *error)
{
    struct repair *repair = context;
    struct batch *batch = &repair->batches[lane];
    const unsigned sent = batch->count;
    uint32_t suffixes[BATCH_MAX];
    struct batch_answer read;
    char *text = json_dumps(answer, JSON_COMPACT);

    for (unsigned i = 0; i < sent; i++) {
        suffixes[i] = batch->ops[i].suffix;
    }
    const bool understood =
        text != NULL && batch_read(text, strlen(text), suffixes, sent, &read);
    free(text);
    if (!understood) {
        return vn_error_set(error, VN_IO,
                            "BatchWriteItem: the answer is not to what was "
                            "asked");
    }
    keep_unprocessed(batch, read.unprocessed);
    rate_answered(&repair->rate, sent, batch->count, now_ns());
    repair->check->counts->repaired += sent - batch->count;
    repair->check->done += sent - batch->count;
    if (batch->count > 0) {
        *done = batch->count < sent ? LANES_SOME : LANES_NONE;
    }
    return VN_OK;
}

static void throttled(void *context, unsigned lane, const char *reason)
{
    struct repair *repair = context;
    const unsigned sent = repair->batches[lane].count;

    (void)rate_meet(&repair->rate, reason);
    rate_answered(&repair->rate, sent, sent, now_ns());
}

static bool progress(void *context)
{
    const struct repair *repair = context;

    return check_progress(repair->check);
}

enum vn_status check_repair(struct check *check)
{
    const struct preflight_rate rate =
        preflight_rate(&check->table, check->options->max_wcu, &check->notice);
    struct repair *repair = calloc(1, sizeof *repair);
    const struct lanes_work work = {.operation = "BatchWriteItem",
                                    .context = repair,
                                    .has = has,
                                    .write = write_request,
                                    .take = take,
                                    .throttled = throttled,
                                    .wait_ns = wait_ns,
                                    .progress = progress};

    if (repair == NULL) {
        return vn_error_system(check->error, ENOMEM, "cannot repair the table");
    }
    repair->check = check;
    repair->next = check->first;
    rate_init(&repair->rate, rate.start, rate.ceiling, now_ns());
    preflight_indexes(&check->table, &check->notice);
    enum vn_status status =
        lanes_run(check->dynamo, LANES, &work, check->error);
    if (status == VN_OK) {
        status = repair->status;
    }
    free(repair);
    return status;
}
