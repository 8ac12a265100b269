/* output.h: standard output in large pieces, as text and as JSON. */
#ifndef VN_OUTPUT_H
#define VN_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "engine/text.h"

/* Bytes gathered before a write; a pipe takes 64 kB at once. */
#define OUTPUT_SIZE ((size_t)128 << 10)

/*
 * Bytes on their way to a file descriptor. The first failed write is kept in
 * 'sys_errno' and all that follows is dropped: ask output_failed() now and
 * then, and output_finish() at the end.
 */
struct output {
    int fd;
    int sys_errno;
    bool comma; /* the next JSON value or key follows another one */
    size_t used;
    char buffer[OUTPUT_SIZE];
};

void output_start(struct output *out, int fd);
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
    if (size > OUTPUT_SIZE - out->used) {
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
 * output_finish() writes what is left. A reader that went away (EPIPE) is no
 * failure: 'code' is returned as 0 then. Any other failure is reported on
 * standard error and gives CLI_FAILED; else 'code' is returned.
 */
int output_finish(struct output *out, int code);

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
void json_null(struct output *out);
void json_hex(struct output *out, uint64_t value);     /* "0123456789abcdef" */
void json_suffix(struct output *out, uint32_t suffix); /* "0123456" */
/* json_line_end() ends a top-level value with a line feed. */
void json_line_end(struct output *out);

#endif
