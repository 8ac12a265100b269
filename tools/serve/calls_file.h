/* calls_file.h: the log of calls on disk. */
#ifndef VN_CALLS_FILE_H
#define VN_CALLS_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "tools/answer/answer.h"

/* One call. Plain data. */
struct call {
    int64_t time_ms;                 /* since 1970, UTC */
    char number[VN_E164_DIGITS + 2]; /* E.164, or the seven digits */
    unsigned count;                  /* of the spellings */
    char spellings[ANSWER_SPOKEN][VN_DISPLAY_SIZE];
};

struct calls_file;

/* Opens or makes the file, for its owner alone; 'path' is lent. */
VN_NODISCARD enum vn_status calls_file_open(const char *path, unsigned kept,
                                            struct calls_file **out,
                                            struct vn_error *error);
void calls_file_close(struct calls_file *file); /* accepts NULL */

/* Adds calls in order and deletes the oldest ones past 'kept', synced. */
VN_NODISCARD enum vn_status calls_file_add(struct calls_file *file,
                                           const struct call *calls,
                                           size_t count,
                                           struct vn_error *error);

/* Reads at most 'most' calls, newest first; '*count' gets how many. */
VN_NODISCARD enum vn_status calls_file_read(struct calls_file *file,
                                            struct call *calls, size_t most,
                                            size_t *count,
                                            struct vn_error *error);

#endif
