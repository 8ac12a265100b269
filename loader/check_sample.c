/* check_sample.c: reads the suffixes of a sample, a hundred at a time. */
#include "check_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Keys of one BatchGetItem, by the service's rule. */
#define KEYS_MAX 100u
#define LANES 8u
/* A key as JSON, with the comma behind it. */
#define KEY_SIZE_MAX 40u

struct batch {
    uint32_t suffixes[KEYS_MAX];
    unsigned count;
};

struct sample {
    struct check *check;
    uint32_t next; /* the first suffix that no batch has had */
    struct batch batches[LANES];
};

static void fill_batch(struct sample *sample, struct batch *batch)
{
    const struct check *check = sample->check;

    while (batch->count < KEYS_MAX && sample->next < check->end) {
        if (check_bit(&check->asked, sample->next)) {
            batch->suffixes[batch->count++] = sample->next;
        }
        sample->next++;
    }
}

static bool has(void *context, unsigned lane)
{
    struct sample *sample = context;
    struct batch *batch = &sample->batches[lane];

    if (batch->count == 0) {
        fill_batch(sample, batch);
    }
    return batch->count > 0;
}

static void write_request(void *context, unsigned lane, struct buf *body)
{
    const struct sample *sample = context;
    const struct batch *batch = &sample->batches[lane];

    buf_text(body,
             "{\"ReturnConsumedCapacity\":\"TOTAL\",\"RequestItems\":{\"");
    buf_text(body, sample->check->options->table);
    buf_text(body, "\":{\"ConsistentRead\":true,\"Keys\":[");
    for (unsigned i = 0; i < batch->count; i++) {
        char *at = buf_reserve(body, KEY_SIZE_MAX);
        if (at == NULL) {
            return; // the request is refused as it is
        }
        size_t size = item_write_key(batch->suffixes[i], at);
        if (i + 1 < batch->count) {
            at[size++] = ',';
        }
        buf_take(body, size);
    }
    buf_text(body, "]}}}");
}

/* Keeps the keys that came back; false if one was not sent. */
static bool keep_unprocessed(struct batch *batch, const json_t *keys)
{
    struct batch left = {.count = 0};

    for (size_t i = 0; i < json_array_size(keys); i++) {
        const char *text = json_string_value(json_object_get(
            json_object_get(json_array_get(keys, i), ITEM_KEY), "S"));
        const uint32_t suffix =
            text != NULL ? (uint32_t)strtoul(text, NULL, 10) : VN_SUFFIXES;
        unsigned at = 0;
        while (at < batch->count && batch->suffixes[at] != suffix) {
            at++;
        }
        if (at == batch->count || left.count == KEYS_MAX) {
            return false;
        }
        left.suffixes[left.count++] = suffix;
    }
    *batch = left;
    return true;
}

static enum vn_status take(void *context, unsigned lane, const json_t *answer,
                           enum lanes_done *done, struct vn_error *error)
{
    struct sample *sample = context;
    struct check *check = sample->check;
    struct batch *batch = &sample->batches[lane];
    const unsigned sent = batch->count;
    const char *table = check->options->table;
    const json_t *responses = json_object_get(answer, "Responses");
    const json_t *items = json_object_get(responses, table); // NULL: none
    const json_t *back =
        json_object_get(json_object_get(answer, "UnprocessedKeys"), table);
    enum vn_status status = VN_OK;

    if (!json_is_object(responses) ||
        !keep_unprocessed(batch, json_object_get(back, "Keys"))) {
        return vn_error_set(error, VN_IO,
                            "BatchGetItem: the answer is not to what was "
                            "asked");
    }
    for (size_t i = 0; status == VN_OK && i < json_array_size(items); i++) {
        status = check_note(check, json_array_get(items, i));
    }
    check->counts->consumed_units += check_consumed(answer);
    check->done += sent - batch->count;
    if (batch->count > 0) {
        *done = batch->count < sent ? LANES_SOME : LANES_NONE;
    }
    return status;
}

static bool progress(void *context)
{
    const struct sample *sample = context;

    return check_progress(sample->check);
}

enum vn_status check_sample(struct check *check)
{
    struct sample *sample = calloc(1, sizeof *sample);
    const struct lanes_work work = {.operation = "BatchGetItem",
                                    .context = sample,
                                    .has = has,
                                    .write = write_request,
                                    .take = take,
                                    .progress = progress};

    if (sample == NULL) {
        return vn_error_system(check->error, ENOMEM, "cannot read the table");
    }
    sample->check = check;
    sample->next = check->first;
    const enum vn_status status =
        lanes_run(check->dynamo, LANES, &work, check->error);
    free(sample);
    return status;
}
