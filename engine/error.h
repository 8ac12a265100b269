/* error.h: where a code is not enough: what failed, where, in one sentence. */
#ifndef VN_ERROR_H
#define VN_ERROR_H

#include <stdint.h>

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of a message with its end. Paths longer than this are cut. */
#define VN_ERROR_MESSAGE_SIZE 512

/*
 * Filled once, where the failure happened. Functions that take a
 * 'struct vn_error *' accept NULL and leave it untouched on VN_OK.
 */
struct vn_error {
    enum vn_status status;
    int sys_errno; /* errno of the failed call, 0 if none */
    uint64_t line; /* 1-based line of the input file, 0 if none */
    uint64_t byte; /* 1-based byte in that line or file, 0 if none */
    char message[VN_ERROR_MESSAGE_SIZE]; /* one sentence, no line feed */
};

/*
 * vn_error_set() fills '*error' (which may be NULL) with 'status' and the
 * formatted sentence, line and byte 0, errno 0, and returns 'status', so that
 * a failing function can end in 'return vn_error_set(...)'. Control characters
 * that came in with the arguments are written as '?'.
 */
enum vn_status vn_error_set(struct vn_error *error, enum vn_status status,
                            const char *format, ...) VN_PRINTF(3, 4);

/*
 * Like vn_error_set(), but for a failed system call: keeps 'sys_errno', adds
 * ": " and its text to the sentence; the status is VN_NOMEM for ENOMEM, else
 * VN_IO.
 */
enum vn_status vn_error_system(struct vn_error *error, int sys_errno,
                               const char *format, ...) VN_PRINTF(3, 4);

/*
 * Like vn_error_set() with VN_INVALID, but for a line of a text file: the
 * sentence becomes "PATH:LINE: sentence" and 'line' is kept.
 */
enum vn_status vn_error_line(struct vn_error *error, const char *path,
                             uint64_t line, const char *format, ...)
    VN_PRINTF(4, 5);

#ifdef __cplusplus
}
#endif

#endif
