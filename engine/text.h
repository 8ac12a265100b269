/* text.h: pieces of text, and the lines of a text file. */
#ifndef VN_TEXT_H
#define VN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Text with its length; need not end in NUL. */
struct vn_bytes {
    const char *data;
    size_t size;
};

/* Largest text file that is read whole (256 MiB), and longest line in it. */
#define VN_TEXT_FILE_MAX ((size_t)256 << 20)
#define VN_TEXT_LINE_MAX 4096u

/*
 * vn_text_read() reads the file 'path' whole into memory that '*out' owns and
 * vn_text_free() frees. The bytes are not checked.
 *
 * Returns VN_OK; VN_INVALID if there is no such file, or it is a directory, or
 * larger than VN_TEXT_FILE_MAX; VN_IO; VN_NOMEM.
 */
VN_NODISCARD enum vn_status vn_text_read(const char *path, struct vn_bytes *out,
                                         struct vn_error *error);
void vn_text_free(struct vn_bytes *text); /* accepts an empty one */

/* Walks the lines of a text in memory; set up by vn_lines_start(). */
struct vn_lines {
    struct vn_bytes rest;
    uint64_t line; /* 1-based number of the line last returned */
};

/* vn_lines_start() skips a UTF-8 byte order mark. 'text' is lent. */
void vn_lines_start(struct vn_lines *lines, struct vn_bytes text);

/*
 * vn_lines_next() points '*line' at the next line that says something: no
 * line feed, no carriage return before it, blanks cut off at both ends; empty
 * lines and lines that begin with '#' are passed over. Returns false at the
 * end.
 */
bool vn_lines_next(struct vn_lines *lines, struct vn_bytes *line);
/* The next line whatever it says, with its blanks: tabs at its end count. */
bool vn_lines_next_any(struct vn_lines *lines, struct vn_bytes *line);

/*
 * vn_text_check() tells whether 'line' can be read as text: at most
 * VN_TEXT_LINE_MAX bytes, no NUL, UTF-8 (RFC 3629). Returns NULL, or what is
 * wrong as a static clause, with the 1-based byte in '*byte'.
 */
const char *vn_text_check(struct vn_bytes line, uint64_t *byte);

/* vn_text_split() cuts 'line' at the first 'separator'; false if none. */
bool vn_text_split(struct vn_bytes line, char separator, struct vn_bytes *head,
                   struct vn_bytes *tail);

/* vn_text_trim() returns 'text' without blanks and tabs at its ends. */
struct vn_bytes vn_text_trim(struct vn_bytes text);

/*
 * vn_text_int() reads a whole decimal integer with optional sign between
 * 'least' and 'most'. Returns false for anything else.
 */
bool vn_text_int(struct vn_bytes text, long least, long most, long *value);

#ifdef __cplusplus
}
#endif

#endif
