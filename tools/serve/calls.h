/* calls.h: the numbers that were looked up for good, newest first. */
#ifndef VN_CALLS_H
#define VN_CALLS_H

#include <stdint.h>

#include "tools/answer/answer.h"

/* Calls that GET /callers shows. */
#define CALLS_SHOWN 5u
/* Calls on their way to the file; more at once are counted and dropped. */
#define CALLS_WAITING 1024u
/* Calls that are kept where no number is given, and at most. */
#define CALLS_KEPT 1000u
#define CALLS_KEPT_MAX 1000000u

/*
 * A log of calls in an LMDB file that only its owner can read. A thread of its
 * own writes it, all calls that wait in one synced transaction, so a look-up
 * never waits for a disk; the last ones are shown from memory.
 */
struct calls;

struct calls_counts {
    uint64_t written; /* on disk */
    uint64_t dropped; /* too many at once, or the disk refused them */
};

/*
 * calls_open() opens the log 'path', made if it is not there, keeps its 'kept'
 * newest calls, and starts its thread. 'path' is lent.
 *
 * Returns VN_OK; VN_INVALID if the file is no such log; VN_IO; VN_NOMEM.
 */
VN_NODISCARD enum vn_status calls_open(const char *path, unsigned kept,
                                       struct calls **out,
                                       struct vn_error *error);
/* Writes what waits, then closes; accepts NULL. */
void calls_close(struct calls *calls);

/* calls_add() notes that the number of 'answer' was looked up now. */
void calls_add(struct calls *calls, const struct answer *answer);

/* The body of GET /callers. */
void calls_json(struct output *out, struct calls *calls);

void calls_count(struct calls *calls, struct calls_counts *counts);

/*
 * The first failure to write since the last question, once: VN_OK if there was
 * none.
 */
VN_NODISCARD enum vn_status calls_failure(struct calls *calls,
                                          struct vn_error *error);

#endif
