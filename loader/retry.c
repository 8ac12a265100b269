/* retry.c: operations that came back: a heap by due time, and a queue. */
#include "retry.h"

#include <assert.h>
#include <stdlib.h>

#define NONE UINT32_MAX

struct waiting {
    struct retry_op op;
    int64_t due_ns;
    uint32_t next;       /* of the group, or of the free list */
    uint32_t next_group; /* in the first of a group */
};

struct retry {
    struct waiting *all;
    uint32_t *heap; /* places in 'all', first due first */
    uint32_t heap_count;
    uint32_t count;
    uint32_t free;
    uint32_t first_group;
    uint32_t last_group;
};

struct retry *retry_new(uint32_t room)
{
    struct retry *retry = calloc(1, sizeof *retry);

    if (retry == NULL) {
        return NULL;
    }
    retry->all = calloc(room, sizeof *retry->all);
    retry->heap = calloc(room, sizeof *retry->heap);
    if (retry->all == NULL || retry->heap == NULL) {
        retry_free(retry);
        return NULL;
    }
    for (uint32_t i = 0; i < room; i++) {
        retry->all[i].next = i + 1 < room ? i + 1 : NONE;
    }
    retry->first_group = NONE;
    retry->last_group = NONE;
    return retry;
}

void retry_free(struct retry *retry)
{
    if (retry != NULL) {
        free(retry->heap);
        free(retry->all);
        free(retry);
    }
}

uint32_t retry_count(const struct retry *retry)
{
    return retry->count;
}

int64_t retry_due_ns(const struct retry *retry)
{
    if (retry->first_group != NONE) {
        return 0;
    }
    return retry->heap_count > 0 ? retry->all[retry->heap[0]].due_ns
                                 : INT64_MAX;
}

static uint32_t acquire(struct retry *retry, const struct retry_op *op)
{
    const uint32_t place = retry->free;

    assert(place != NONE);
    retry->free = retry->all[place].next;
    retry->all[place].op = *op;
    retry->all[place].next = NONE;
    retry->all[place].next_group = NONE;
    retry->count++;
    return place;
}

static void release(struct retry *retry, uint32_t place, struct retry_op *op)
{
    *op = retry->all[place].op;
    retry->all[place].next = retry->free;
    retry->free = place;
    retry->count--;
}

/* ---- The heap ----------------------------------------------------------- */

static bool is_before(const struct retry *retry, uint32_t a, uint32_t b)
{
    return retry->all[retry->heap[a]].due_ns <
           retry->all[retry->heap[b]].due_ns;
}

static void swap(struct retry *retry, uint32_t a, uint32_t b)
{
    const uint32_t place = retry->heap[a];

    retry->heap[a] = retry->heap[b];
    retry->heap[b] = place;
}

static void sift_up(struct retry *retry, uint32_t at)
{
    while (at > 0 && is_before(retry, at, (at - 1) / 2)) {
        swap(retry, at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
}

static void sift_down(struct retry *retry)
{
    uint32_t at = 0;

    for (;;) {
        uint32_t least = at;
        for (uint32_t child = 2 * at + 1;
             child <= 2 * at + 2 && child < retry->heap_count; child++) {
            least = is_before(retry, child, least) ? child : least;
        }
        if (least == at) {
            return;
        }
        swap(retry, at, least);
        at = least;
    }
}

void retry_push(struct retry *retry, const struct retry_op *op, int64_t due_ns)
{
    const uint32_t place = acquire(retry, op);

    retry->all[place].due_ns = due_ns;
    retry->heap[retry->heap_count] = place;
    sift_up(retry, retry->heap_count++);
}

static void pop_first(struct retry *retry, struct retry_op *op)
{
    const uint32_t place = retry->heap[0];

    retry->heap[0] = retry->heap[--retry->heap_count];
    sift_down(retry);
    release(retry, place, op);
}

static bool is_due(const struct retry *retry, int64_t now_ns)
{
    return retry->heap_count > 0 && retry->all[retry->heap[0]].due_ns <= now_ns;
}

/* ---- Groups ------------------------------------------------------------- */

void retry_push_group(struct retry *retry, const struct retry_op *ops,
                      unsigned count)
{
    uint32_t next = NONE;

    if (count == 0) {
        return;
    }
    for (unsigned i = count; i > 0; i--) {
        const uint32_t place = acquire(retry, &ops[i - 1]);
        retry->all[place].next = next;
        next = place;
    }
    if (retry->first_group == NONE) {
        retry->first_group = next;
    } else {
        retry->all[retry->last_group].next_group = next;
    }
    retry->last_group = next;
}

static unsigned pop_group(struct retry *retry, unsigned most,
                          struct retry_op *ops)
{
    const uint32_t after = retry->all[retry->first_group].next_group;
    uint32_t place = retry->first_group;
    unsigned count = 0;

    while (place != NONE && count < most) {
        const uint32_t next = retry->all[place].next;
        release(retry, place, &ops[count++]);
        place = next;
    }
    if (place != NONE) { // the rest stays a group
        retry->all[place].next_group = after;
        retry->last_group = after == NONE ? place : retry->last_group;
        retry->first_group = place;
        return count;
    }
    retry->first_group = after;
    retry->last_group = after == NONE ? NONE : retry->last_group;
    return count;
}

unsigned retry_pop(struct retry *retry, int64_t now_ns, unsigned most,
                   struct retry_op *ops, bool *alone)
{
    unsigned count = 0;

    *alone = true;
    if (retry->first_group != NONE) {
        return pop_group(retry, most, ops);
    }
    if (is_due(retry, now_ns) && retry->all[retry->heap[0]].op.suspect) {
        pop_first(retry, &ops[0]);
        return 1;
    }
    *alone = false;
    while (count < most && is_due(retry, now_ns) &&
           !retry->all[retry->heap[0]].op.suspect) {
        pop_first(retry, &ops[count++]);
    }
    return count;
}
