/* bench_sheet_read.h: reads sheets that people have marked. */
#ifndef VN_BENCH_SHEET_READ_H
#define VN_BENCH_SHEET_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/number.h"
#include "engine/text.h"

#define SHEET_COLUMNS_MAX 13u

struct sheet_reader;

/* What a kind of sheet has of its own. */
struct sheet_form {
    const char *name;         /* "choice sheet" */
    const char *title;        /* how the first line begins */
    const char *columns;      /* the line that names them */
    const char *columns_said; /* the same in a message */
    size_t column_count;      /* 1..SHEET_COLUMNS_MAX, the first the suffix */
    const char *column_count_said;
    const char *mark; /* what people write: "choice" */
    /* Gets the name without blanks around it. */
    enum vn_status (*take_marker)(struct sheet_reader *sheet,
                                  struct vn_bytes name);
    /* Gets the columns behind the suffix, missing ones empty. */
    enum vn_status (*take_row)(struct sheet_reader *sheet, uint32_t suffix,
                               const struct vn_bytes *columns);
};

struct sheet_reader {
    const struct sheet_form *form;
    void *context; /* of its functions */
    const char *path;
    struct vn_error *error;
    struct vn_bytes text; /* the file; the caller frees it */
    struct vn_lines lines;
    bool has_marker, has_columns;
    bool has_mark; /* set by take_row() */
};

/*
 * sheet_read() reads the sheet sheet->path: title, marker, names of columns,
 * rows, of which one must have a mark. Empty lines and others that begin with
 * '#' are passed over.
 *
 * Returns VN_OK; VN_INVALID with file and line; VN_IO; VN_NOMEM; or what a
 * function of the form returns.
 */
VN_NODISCARD enum vn_status sheet_read(struct sheet_reader *sheet);

/* Returns VN_INVALID; the sentence is of the line that is read. */
VN_NODISCARD enum vn_status sheet_bad_line(const struct sheet_reader *sheet,
                                           const char *format, ...)
    VN_PRINTF(2, 3);
/* How many bytes of a column a message shows. */
int sheet_shown_size(struct vn_bytes text);

/*
 * Whether 'text' is a spelling of 'suffix' in text form; 'keys' (NULL allowed)
 * gets its seven characters.
 */
bool sheet_dials(struct vn_bytes text, uint32_t suffix,
                 char keys[VN_SUFFIX_DIGITS + 1]);

#endif
