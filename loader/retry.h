/* retry.h: operations that came back: when, and in which company. */
#ifndef VN_RETRY_H
#define VN_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "source.h"

/* An operation on its way, and the unit (load_units.h) that waits for it. */
struct retry_op {
    struct source_op op;
    uint32_t unit;   /* number of the place of its unit */
    uint16_t rounds; /* attempts without progress */
    bool suspect;    /* was in a refused request: goes alone */
};

/*
 * Operations that wait: each until it is due, in a heap; and groups, the
 * halves of refused requests, which go at once and in their own company, so
 * that bisecting finds the culprit.
 */
struct retry;

/* Room for 'room' operations. NULL: no memory. */
struct retry *retry_new(uint32_t room);
void retry_free(struct retry *retry); /* accepts NULL */

/* Operations that wait, groups included. */
uint32_t retry_count(const struct retry *retry);
/* When the first is due (a group: 0); INT64_MAX if none waits. */
int64_t retry_due_ns(const struct retry *retry);

/* There must be room. */
void retry_push(struct retry *retry, const struct retry_op *op, int64_t due_ns);
void retry_push_group(struct retry *retry, const struct retry_op *ops,
                      unsigned count);

/*
 * retry_pop() takes what may share one request now: the first group, or a
 * suspect alone, or up to 'most' that are due (a group is at most 'most', too,
 * else only its front). Returns how many; '*alone' tells that nothing else may
 * join them.
 */
unsigned retry_pop(struct retry *retry, int64_t now_ns, unsigned most,
                   struct retry_op *ops, bool *alone);

#endif
