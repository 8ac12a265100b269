/* output.h: text and JSON, gathered in memory or for a file descriptor. */
#ifndef VN_OUTPUT_H
#define VN_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "engine/text.h"

/* Instead of a file descriptor: what does not fit into the buffer fails. */
#define OUTPUT_MEMORY (-1)

/*
 * Bytes on their way to a file descriptor, or that stay in memory. The first
 * failure is kept in 'sys_errno' (ENOSPC where memory is full) and all that
 * follows is dropped: ask output_failed() at the end, and in between where
 * there is much to write. What was written stands in 'buffer', 'used' bytes
 * without a NUL behind them.
 */
struct output {
    int fd;
    int sys_errno;
    bool comma; /* the next JSON value or key follows another one */
    size_t used;
    size_t size;
    char *buffer;
};

/* output_start() writes through, or into, the 'size' bytes at 'buffer', lent.
 */
void output_start(struct output *out, int fd, char *buffer, size_t size);
void output_flush(struct output *out);

/* Writes 'data' past a full buffer; use output_bytes(). */
void output_spill(struct output *out, const char *data, size_t size);

static inline bool output_failed(const struct output *out)
{
    return out->sys_errno != 0;
}

static inline void output_bytes(struct output *out, const char *data,
                                size_t size)
{
    if (size > out->size - out->used) {
        output_spill(out, data, size);
        return;
    }
    memcpy(out->buffer + out->used, data, size);
    out->used += size;
}

static inline void output_char(struct output *out, char c)
{
    output_bytes(out, &c, 1);
}

static inline void output_text(struct output *out, const char *text)
{
    output_bytes(out, text, strlen(text));
}

void output_int(struct output *out, int64_t value);

/* Writes 'text' with '?' for what no terminal should get (printable.h). */
void output_printable(struct output *out, const char *text);

/* output_suffix() writes the seven digits of a suffix. */
void output_suffix(struct output *out, uint32_t suffix);

/* For text that is not written by the million. */
void output_format(struct output *out, const char *format, ...) VN_PRINTF(2, 3);

/*
 * JSON: each call writes one key, value or bracket, and the comma before it
 * where one is due.
 */
void json_open(struct output *out, char bracket);
void json_close(struct output *out, char bracket);
void json_key(struct output *out, const char *key);
/* Bytes that are not UTF-8 become U+FFFD. */
void json_bytes(struct output *out, struct vn_bytes text);
void json_text(struct output *out, const char *text);
void json_int(struct output *out, int64_t value);
void json_double(struct output *out, double value); /* finite */
void json_bool(struct output *out, bool value);
/* Not json_null(): that one is of libjansson, which calls it, too. */
void json_none(struct output *out);
void json_hex(struct output *out, uint64_t value);     /* "0123456789abcdef" */
void json_suffix(struct output *out, uint32_t suffix); /* "0123456" */
/* json_line_end() ends a top-level value with a line feed. */
void json_line_end(struct output *out);

#endif
