/* load_dead.h: the dead-letter file: operations that were refused for good. */
#ifndef VN_LOAD_DEAD_H
#define VN_LOAD_DEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/error.h"
#include "source.h"

/* How the file begins: with the first member of its first line. */
#define LOAD_DEAD_BEGINS "{\"suffix\":\""

/* One JSON object a line. The file is made by its first line. */
struct load_dead {
    const char *path; /* lent */
    int fd;           /* -1: not yet opened */
    bool unsynced;
    int failed; /* errno of the first failure, 0 = none */
};

/*
 * Letters that are there stay until the first of this load replaces them: a
 * resume sends what they name again.
 */
void load_dead_init(struct load_dead *dead, const char *path);
void load_dead_write(struct load_dead *dead, const char *line);
void load_dead_fail(struct load_dead *dead); /* a line was lost: no memory */
/* Before a checkpoint is saved: says the first failure, too. */
VN_NODISCARD enum vn_status load_dead_sync(struct load_dead *dead,
                                           struct vn_error *error);
/*
 * Removes old letters (vn_load_check() has seen to it that there is nothing
 * else): all that they name is acknowledged. An empty file stays.
 */
void load_dead_remove(const struct load_dead *dead);
void load_dead_close(struct load_dead *dead);

/* {"suffix","operation","error","message","item"}: of malloc(), or NULL. */
char *load_dead_line(const struct source_op *op, const char *type,
                     const char *message);

#endif
