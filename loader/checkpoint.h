/* checkpoint.h: how far a load has come, on disk, for one that goes on. */
#ifndef VN_CHECKPOINT_H
#define VN_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/error.h"

/*
 * The file, all numbers little endian:
 *   8  "VNLOAD2\n"
 *   8  fingerprint of the source
 *   8  units of the source
 *   4 x (2 size, then the bytes) table, TableId, endpoint, region
 *   5 x 8  horizon, operations acknowledged, puts, deletes, bound
 *   8  consumed units, in thousandths
 *   (units + 7) / 8  a bit for each unit whose every operation is acknowledged
 *   8  XXH3-64 of all before
 *
 * No unit at or past 'horizon' was begun when the file was written, and none is
 * before the next one is: what a resume sends again are the operations of the
 * unmarked units before it, at most 'bound'.
 */
#define CHECKPOINT_TEXTS 4u

/* How the file begins, of whatever version. */
#define CHECKPOINT_BEGINS "VNLOAD"
/* What stands beside it: PATH and this. */
#define CHECKPOINT_LOCK ".lock"
#define CHECKPOINT_TEMP ".new"

struct checkpoint_identity {
    uint64_t fingerprint;
    uint64_t units;
    const char *table;
    const char *table_id;
    const char *endpoint;
    const char *region;
};

struct checkpoint_state {
    uint64_t horizon;
    uint64_t acknowledged;  /* operations of the marked units */
    uint64_t puts, deletes; /* of the acknowledged */
    uint64_t bound;
    double consumed_units;
};

/* An open checkpoint: locked until it is closed. */
struct checkpoint {
    struct checkpoint_identity identity; /* texts are lent */
    struct checkpoint_state state;
    uint8_t *bits;
    char *path;
    char *temp_path;
    char *lock_path;
    int lock_fd; /* -1 = none */
    bool found;  /* there was a file, and it is of the same load */
};

enum checkpoint_mode { CHECKPOINT_NEW, CHECKPOINT_RESUME, CHECKPOINT_RESTART };

/*
 * checkpoint_open() locks 'path' and reads it, but for CHECKPOINT_RESTART. A
 * lock that a killed load has left behind is taken over.
 *
 * Returns VN_OK; VN_INVALID if there is one (CHECKPOINT_NEW), none
 * (CHECKPOINT_RESUME) or one of something else (what differs is named), or
 * another load holds it; VN_CORRUPT for a damaged one; VN_IO; VN_NOMEM.
 * checkpoint_close() is due whatever it returns.
 */
VN_NODISCARD enum vn_status
checkpoint_open(struct checkpoint *checkpoint, const char *path,
                const struct checkpoint_identity *identity,
                enum checkpoint_mode mode, struct vn_error *error);

bool checkpoint_has(const struct checkpoint *checkpoint, uint64_t unit);
void checkpoint_mark(struct checkpoint *checkpoint, uint64_t unit);

/* Writes aside, syncs, renames: a reader sees the old one or the new one. */
VN_NODISCARD enum vn_status checkpoint_save(const struct checkpoint *checkpoint,
                                            struct vn_error *error);
/* Removes the file: the load is complete. */
void checkpoint_remove(const struct checkpoint *checkpoint);
/* Unlocks and frees. */
void checkpoint_close(struct checkpoint *checkpoint);

#endif
