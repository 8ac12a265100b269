/* error.c: filling of struct vn_error. */
#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void clear(struct vn_error *error, enum vn_status status)
{
    memset(error, 0, sizeof *error);
    error->status = status;
}

static void make_printable(struct vn_error *error)
{
    for (char *c = error->message; *c != '\0'; c++) {
        const unsigned char byte = (unsigned char)*c;
        if (byte < 0x20 || byte == 0x7f) {
            *c = '?';
        }
    }
}

VN_PRINTF(2, 0)
static void append(struct vn_error *error, const char *format, va_list args)
{
    const size_t used = strlen(error->message);

    (void)vsnprintf(error->message + used, sizeof error->message - used, format,
                    args);
    make_printable(error);
}

enum vn_status vn_error_set(struct vn_error *error, enum vn_status status,
                            const char *format, ...)
{
    va_list args;

    if (error == NULL) {
        return status;
    }
    clear(error, status);
    va_start(args, format);
    append(error, format, args);
    va_end(args);
    return status;
}

enum vn_status vn_error_system(struct vn_error *error, int sys_errno,
                               const char *format, ...)
{
    const enum vn_status status = sys_errno == ENOMEM ? VN_NOMEM : VN_IO;
    char reason[128];
    va_list args;

    if (error == NULL) {
        return status;
    }
    clear(error, status);
    error->sys_errno = sys_errno;
    va_start(args, format);
    append(error, format, args);
    va_end(args);
    const size_t used = strlen(error->message);
    (void)snprintf(error->message + used, sizeof error->message - used, ": %s",
                   strerror_r(sys_errno, reason, sizeof reason));
    return status;
}

enum vn_status vn_error_line(struct vn_error *error, const char *path,
                             uint64_t line, const char *format, ...)
{
    va_list args;

    if (error == NULL) {
        return VN_INVALID;
    }
    clear(error, VN_INVALID);
    error->line = line;
    (void)snprintf(error->message, sizeof error->message, "%s:%llu: ", path,
                   (unsigned long long)line);
    va_start(args, format);
    append(error, format, args);
    va_end(args);
    return VN_INVALID;
}
