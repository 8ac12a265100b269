/* bench_sheet_read.h: what all marked sheets have: lines, columns, suffixes. */
#ifndef VN_BENCH_SHEET_READ_H
#define VN_BENCH_SHEET_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/number.h"
#include "engine/text.h"

/* The text of a sheet from the next line on. */
struct sheet_text {
    struct vn_bytes rest;
    uint64_t line; /* of the last one, from 1 */
};

/* Begins with 'text', behind a byte order mark. */
void sheet_text_start(struct sheet_text *sheet, struct vn_bytes text);
/* The next line, tabs at its end kept; false at the end. */
bool sheet_next_line(struct sheet_text *sheet, struct vn_bytes *line);

bool sheet_starts_with(struct vn_bytes text, const char *head);
bool sheet_equals(struct vn_bytes text, const char *other);

/*
 * Cuts the line at its tabs into 'count' columns without blanks around them;
 * missing ones are empty. False if there are more.
 */
bool sheet_split(struct vn_bytes line, struct vn_bytes *columns, size_t count);
/* Seven digits. */
bool sheet_suffix(struct vn_bytes text, uint32_t *suffix);
/*
 * Whether 'text' is a spelling of 'suffix' in text form; 'keys' (NULL allowed)
 * gets its seven characters.
 */
bool sheet_dials(struct vn_bytes text, uint32_t suffix,
                 char keys[VN_SUFFIX_DIGITS + 1]);

#endif
