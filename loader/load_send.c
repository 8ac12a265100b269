/* load_send.c: operations into requests, answers into accounts. */
#include "load_private.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* From this attempt on, a failing service is taken for an overloaded one. */
#define FAILING_ROUNDS 3u
/* A request without answer for so long does not count as in flight. */
#define STUCK_NS RATE_SECOND_NS

/* ---- What comes next ---------------------------------------------------- */

static void copy_op(const struct source_op *from, uint32_t place,
                    struct retry_op *to)
{
    to->op.suffix = from->suffix;
    to->op.delete = from->delete;
    to->op.size = from->size;
    to->op.units = from->units;
    memcpy(to->op.json, from->json, from->size);
    to->unit = place;
    to->rounds = 0;
    to->suspect = false;
}

/* Begins the next unit that is not marked. */
static enum vn_status begin_unit(struct load *load)
{
    const uint64_t unit = load->next_unit;
    unsigned count = 0;

    if (unit >= load->checkpoint.state.horizon) {
        load->saved_ns = load_now_ns();
        const enum vn_status status = load_save(load);
        if (status != VN_OK) {
            return status;
        }
    }
    const enum vn_status status = load->source->fill(
        load->source, unit, load->fresh, &count, load->error);
    if (status != VN_OK) {
        return status;
    }
    load->fresh_place =
        load_units_begin(load->units, &load->checkpoint, unit, count);
    load->fresh_at = 0;
    load->fresh_count = count;
    load->begun += count;
    load->begun_units++;
    load->next_unit++;
    return VN_OK;
}

/* Whether there is an operation that was never sent; begins units for it. */
static bool has_fresh(struct load *load)
{
    while (load->fresh_at == load->fresh_count &&
           load->next_unit < load->source->units) {
        if (checkpoint_has(&load->checkpoint, load->next_unit)) {
            load->next_unit++;
            continue;
        }
        const enum vn_status status = begin_unit(load);
        if (status != VN_OK) {
            return load_fail(load, status);
        }
    }
    return load->fresh_at < load->fresh_count;
}

bool load_is_done(const struct load *load)
{
    return load->next_unit == load->source->units &&
           load->fresh_at == load->fresh_count &&
           retry_count(load->retry) == 0 && dynamo_in_flight(load->dynamo) == 0;
}

/* ---- Answers ------------------------------------------------------------ */

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t next_random(struct load *load)
{
    load->random += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = load->random;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void acknowledge(struct load *load, const struct retry_op *op)
{
    load->counts.acknowledged++;
    load->counts.puts += !op->op.delete;
    load->counts.deletes += op->op.delete;
    load_units_acknowledge(load->units, &load->checkpoint, &load->dead,
                           op->unit, op->op.delete);
}

/* The operation waits for another attempt; returns how many it has had. */
static unsigned send_back(struct load *load, struct retry_op *op,
                          int64_t now_ns)
{
    const int64_t wait_ns = backoff_ns(op->rounds, next_random(load));

    if (op->rounds < UINT16_MAX) {
        op->rounds++;
    }
    retry_push(load->retry, op, now_ns + wait_ns);
    return op->rounds;
}

/* All of a request; returns the units that failed often enough to matter. */
static double send_all_back(struct load *load, struct load_slot *slot,
                            int64_t now_ns)
{
    double units = 0;

    for (unsigned i = 0; i < slot->count; i++) {
        const unsigned rounds = send_back(load, &slot->ops[i], now_ns);
        units += rounds >= FAILING_ROUNDS ? slot->ops[i].op.units : 0;
    }
    return units;
}

static void take_failed(struct load *load, struct load_slot *slot,
                        int64_t now_ns)
{
    const double units = send_all_back(load, slot, now_ns);

    load->counts.failed++;
    rate_answered(&load->rate, slot->units, units, now_ns);
}

static void take_throttled(struct load *load, struct load_slot *slot,
                           const char *reason, int64_t now_ns)
{
    // A hot key says nothing about the rate that the others can bear.
    const bool hot_key = strstr(reason, "KeyRange") != NULL;

    const char *cap = rate_meet(&load->rate, reason);

    load->counts.throttled++;
    if (cap != NULL) {
        (void)snprintf(load->counts.rate_source,
                       sizeof load->counts.rate_source, "%s", cap);
    }
    (void)send_all_back(load, slot, now_ns);
    rate_answered(&load->rate, slot->units, hot_key ? 0 : slot->units, now_ns);
}

static void take_done(struct load *load, struct load_slot *slot,
                      const struct dynamo_answer *answer, int64_t now_ns)
{
    uint32_t suffixes[BATCH_MAX];
    struct batch_answer read = {0};
    double returned = 0;

    for (unsigned i = 0; i < slot->count; i++) {
        suffixes[i] = slot->ops[i].op.suffix;
    }
    if (!batch_read(answer->body, answer->body_size, suffixes, slot->count,
                    &read)) {
        take_failed(load, slot, now_ns);
        return;
    }
    for (unsigned i = 0; i < slot->count; i++) {
        if ((read.unprocessed >> i & 1) == 0) {
            acknowledge(load, &slot->ops[i]);
            load->acknowledged_ns = now_ns;
        } else {
            load->counts.unprocessed++;
            returned += slot->ops[i].op.units;
            (void)send_back(load, &slot->ops[i], now_ns);
        }
    }
    load->counts.consumed_units += read.consumed_units;
    rate_answered(&load->rate, slot->units, returned, now_ns);
}

static void bury(struct load *load, const struct retry_op *op,
                 const struct dynamo_answer *answer)
{
    load->counts.dead++;
    load_units_bury(load->units, &load->checkpoint, &load->dead, op->unit,
                    load_dead_line(&op->op, answer->type, answer->message));
    if (load->counts.dead > load->options->max_dead) {
        (void)load_fail(
            load,
            vn_error_set(load->error, VN_INVALID,
                         "refused: %" PRIu64 ", more than --max-bad %" PRIu64
                         " (see '%s'); --resume --max-bad N goes on; the last: "
                         "suffix %07u: %s: %s",
                         load->counts.dead, load->options->max_dead,
                         load->files.dead, op->op.suffix, answer->type,
                         answer->message));
    }
}

/* One is the culprit; of many, each half is sent by itself. */
static void take_refused(struct load *load, struct load_slot *slot,
                         const struct dynamo_answer *answer, int64_t now_ns)
{
    const unsigned half = slot->count / 2;

    rate_answered(&load->rate, slot->units, 0, now_ns);
    if (slot->count == 1) {
        bury(load, &slot->ops[0], answer);
        return;
    }
    for (unsigned i = 0; i < slot->count; i++) {
        slot->ops[i].suspect = true;
    }
    retry_push_group(load->retry, slot->ops, half);
    retry_push_group(load->retry, slot->ops + half, slot->count - half);
}

static void take_fatal(struct load *load, struct load_slot *slot,
                       const struct dynamo_answer *answer, int64_t now_ns)
{
    (void)send_all_back(load, slot, now_ns);
    (void)load_fail(load, vn_error_set(load->error,
                                       answer->unreachable ? VN_IO : VN_INVALID,
                                       "the load into '%s' was stopped: %s: "
                                       "%s",
                                       load->options->table, answer->type,
                                       answer->message));
}

static void take_answer(void *context, struct dynamo_call *call,
                        const struct dynamo_answer *answer)
{
    struct load *load = context;
    struct load_slot *slot = &load->slots[dynamo_slot(call)];
    const int64_t now_ns = load_now_ns();

    slot->busy = false;
    meter_latency(&load->meter, answer->elapsed_ms);
    switch (answer->class) {
    case DYNAMO_OK:
        take_done(load, slot, answer, now_ns);
        break;
    case DYNAMO_THROTTLED:
        take_throttled(load, slot, answer->reason, now_ns);
        break;
    case DYNAMO_AGAIN:
        take_failed(load, slot, now_ns);
        break;
    case DYNAMO_REFUSED:
        take_refused(load, slot, answer, now_ns);
        break;
    case DYNAMO_FATAL:
        take_fatal(load, slot, answer, now_ns);
        break;
    }
}

/* ---- Requests ----------------------------------------------------------- */

static void gather(struct load *load, struct load_slot *slot, unsigned most,
                   int64_t now_ns)
{
    bool alone = false;

    slot->count = retry_pop(load->retry, now_ns, most, slot->ops, &alone);
    while (!alone && slot->count < most &&
           retry_count(load->retry) < LOAD_WAITING_MOST && has_fresh(load)) {
        copy_op(&load->fresh[load->fresh_at++], load->fresh_place,
                &slot->ops[slot->count++]);
    }
}

static enum vn_status send_slot(struct load *load, struct dynamo_call *call,
                                struct load_slot *slot, int64_t now_ns)
{
    struct buf *body = dynamo_body(call);

    slot->units = 0;
    batch_open(body, load->options->table);
    for (unsigned i = 0; i < slot->count; i++) {
        batch_add(body, &slot->ops[i].op);
        slot->units += slot->ops[i].op.units;
    }
    batch_close(body);
    if (body->failed) {
        return vn_error_set(load->error, VN_NOMEM,
                            "no memory for a request to '%s'",
                            load->options->table);
    }
    slot->busy = true;
    slot->sent_ns = now_ns;
    load->counts.attempts += slot->count;
    load->counts.requests++;
    rate_take(&load->rate, slot->units, now_ns);
    return dynamo_send(call, "BatchWriteItem", take_answer, load, load->error);
}

/* Requests that are in flight and not stuck. */
static unsigned count_moving(const struct load *load, int64_t now_ns)
{
    unsigned moving = 0;

    for (unsigned i = 0; i < load->in_flight_most; i++) {
        moving +=
            load->slots[i].busy && now_ns - load->slots[i].sent_ns < STUCK_NS;
    }
    return moving;
}

static bool has_slot(const struct load *load, int64_t now_ns)
{
    const unsigned in_flight = dynamo_in_flight(load->dynamo);

    return in_flight < load->in_flight_wanted ||
           (in_flight < load->in_flight_most &&
            count_moving(load, now_ns) < load->in_flight_wanted);
}

/* Whether something may be sent now; else '*wait_ns' until something may be. */
static bool is_ready(struct load *load, int64_t now_ns, int64_t *wait_ns)
{
    const int64_t due_ns = retry_due_ns(load->retry);

    *wait_ns = INT64_MAX;
    if (load->stopping || !has_slot(load, now_ns)) {
        return false;
    }
    if (due_ns > now_ns &&
        (retry_count(load->retry) >= LOAD_WAITING_MOST || !has_fresh(load))) {
        *wait_ns = due_ns == INT64_MAX ? INT64_MAX : due_ns - now_ns;
        return false;
    }
    *wait_ns =
        rate_wait(&load->rate, rate_batch(&load->rate, BATCH_MAX), now_ns);
    return *wait_ns == 0;
}

int64_t load_send(struct load *load, int64_t now_ns)
{
    int64_t wait_ns = 0;

    while (is_ready(load, now_ns, &wait_ns)) {
        struct dynamo_call *call = dynamo_begin(load->dynamo);
        if (call == NULL) {
            return INT64_MAX;
        }
        struct load_slot *slot = &load->slots[dynamo_slot(call)];
        gather(load, slot, rate_batch(&load->rate, BATCH_MAX), now_ns);
        assert(slot->count > 0);
        const enum vn_status status = send_slot(load, call, slot, now_ns);
        if (status != VN_OK) {
            (void)load_fail(load, status);
        }
    }
    return wait_ns;
}
