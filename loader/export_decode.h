/* export_decode.h: an object of an export, read as lines. */
#ifndef VN_EXPORT_DECODE_H
#define VN_EXPORT_DECODE_H

#include <stddef.h>
#include <stdint.h>

#include "engine/text.h"
#include "loader.h"

/* Longest line of an export, without line feed. */
#define DECODE_LINE_MAX 1024u

struct decoder;

/*
 * decode_open() opens the file 'path', which was written with 'compression'.
 * Returns VN_OK, VN_INVALID if it is not there, VN_IO, VN_NOMEM.
 */
VN_NODISCARD enum vn_status decode_open(const char *path,
                                        enum vn_compression compression,
                                        struct decoder **decoder,
                                        struct vn_error *error);
void decode_close(struct decoder *decoder); /* accepts NULL */

/*
 * decode_line() points '*line' at the next line, without line feed, valid
 * until the next call. Returns VN_OK; VN_NOT_FOUND at the end; VN_CORRUPT for
 * damage, a last line without line feed, and a line that is too long.
 */
VN_NODISCARD enum vn_status decode_line(struct decoder *decoder,
                                        struct vn_bytes *line,
                                        struct vn_error *error);
/* 1-based number of the line last returned. */
uint64_t decode_line_number(const struct decoder *decoder);

#endif
