/* bench_tune_marks.c: reads and checks sheets on which people chose. */
#include "bench_tune_marks.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_choose.h"
#include "bench_sheet.h"
#include "bench_sheet_read.h"

/* Suffix, spellings, choice, note. */
#define COLUMNS (CHOOSE_SPELLINGS + 3u)
#define CHOICE (CHOOSE_SPELLINGS + 1u)
/* Characters of a column that a message shows. */
#define SHOWN_MAX 40u

_Static_assert(CHOOSE_SPELLINGS == TUNE_SHOWN_MAX, "a row holds a line");

/* What is held while a sheet is read. */
struct reading {
    struct tune_marks *marks;
    const char *path;
    struct sheet_text text;
    const struct bench_phrases *phrases;
    const struct tune_choice *like;
    bool has_marker, has_columns, has_choice;
    uint8_t *seen; /* bit set of suffixes */
    struct vn_error *error;
};

VN_PRINTF(2, 3)
static enum vn_status bad_line(const struct reading *reading,
                               const char *format, ...)
{
    char sentence[VN_ERROR_MESSAGE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    return vn_error_line(reading->error, reading->path, reading->text.line,
                         "%s", sentence);
}

static int shown_size(struct vn_bytes text)
{
    return (int)(text.size < SHOWN_MAX ? text.size : SHOWN_MAX);
}

/* ---- Rows -------------------------------------------------------------- */

static enum vn_status read_suffix(struct reading *reading, struct vn_bytes text,
                                  uint32_t *suffix)
{
    if (!sheet_suffix(text, suffix)) {
        return bad_line(reading, "a suffix has seven digits (a spreadsheet "
                                 "drops zeros: import columns as text)");
    }
    uint8_t *seen = &reading->seen[*suffix / 8];
    const uint8_t bit = (uint8_t)(1u << *suffix % 8);

    if ((*seen & bit) != 0) {
        return bad_line(reading, "%07u stands twice on this sheet", *suffix);
    }
    *seen |= bit;
    return VN_OK;
}

static enum vn_status read_spellings(const struct reading *reading,
                                     const struct vn_bytes *columns,
                                     uint32_t suffix,
                                     struct tune_choice *choice)
{
    for (unsigned k = 0; k < CHOOSE_SPELLINGS; k++) {
        const struct vn_bytes text = columns[k];

        if (text.size == 0) {
            continue;
        }
        if (choice->shown_count < k) {
            return bad_line(reading, "a spelling is missing before '%.*s'",
                            shown_size(text), text.data);
        }
        if (!sheet_dials(text, suffix, choice->shown[k])) {
            return bad_line(reading, "'%.*s' does not dial %07u",
                            shown_size(text), text.data, suffix);
        }
        choice->shown_count++;
    }
    return VN_OK;
}

/* "C", "C,F", "cf"; "-" and "" leave none chosen. */
static enum vn_status read_choice(struct reading *reading, struct vn_bytes text,
                                  struct tune_choice *choice)
{
    const bool none = sheet_equals(text, "-");

    for (size_t i = 0; i < text.size && !none; i++) {
        const char c = (char)toupper((unsigned char)text.data[i]);
        const char *letter = strchr(CHOOSE_LETTERS, c);

        if (c == ',' || c == ' ') {
            continue;
        }
        if (letter == NULL || c == '\0' ||
            letter - CHOOSE_LETTERS >= (ptrdiff_t)choice->shown_count) {
            return bad_line(reading,
                            "'%.*s' is no choice: letters of spellings of the "
                            "line with commas between, or - for none",
                            shown_size(text), text.data);
        }
        choice->chosen |= 1u << (letter - CHOOSE_LETTERS);
    }
    reading->marks->unfit += none;
    reading->marks->open += !none && choice->chosen == 0;
    reading->has_choice |= none || choice->chosen != 0;
    return VN_OK;
}

static bool is_phrase(const struct bench_phrases *phrases, uint32_t suffix)
{
    for (size_t i = 0; i < phrases->count; i++) {
        if (phrases->list[i].suffix == suffix) {
            return true;
        }
    }
    return false;
}

static enum vn_status add_row(const struct reading *reading, uint32_t suffix,
                              const struct tune_choice *choice)
{
    struct tune_marks *marks = reading->marks;

    if (is_phrase(reading->phrases, suffix)) {
        marks->dropped++;
        return VN_OK;
    }
    if (marks->count == marks->room) {
        const size_t room = 2 * marks->room + 512;
        struct tune_row *rows = reallocarray(marks->rows, room, sizeof rows[0]);

        if (rows == NULL) {
            return vn_error_set(reading->error, VN_NOMEM, "out of memory");
        }
        marks->rows = rows;
        marks->room = room;
    }
    struct tune_row *row = &marks->rows[marks->count++];

    *row = (struct tune_row){.choice = *choice};
    for (unsigned i = VN_SUFFIX_DIGITS; i-- > 0; suffix /= 10) {
        row->digits[i] = suffix % 10;
    }
    return VN_OK;
}

static enum vn_status read_row(struct reading *reading, struct vn_bytes line)
{
    struct vn_bytes columns[COLUMNS];
    struct tune_choice choice = *reading->like;
    uint32_t suffix = 0;

    if (!reading->has_columns) {
        return bad_line(reading, "the columns must be named first: suffix, A "
                                 "to J, choice, note");
    }
    if (!sheet_split(line, columns, COLUMNS)) {
        return bad_line(reading, "has more than %u columns", COLUMNS);
    }
    enum vn_status status = read_suffix(reading, columns[0], &suffix);

    if (status == VN_OK) {
        status = read_spellings(reading, columns + 1, suffix, &choice);
    }
    if (status == VN_OK) {
        status = read_choice(reading, columns[CHOICE], &choice);
    }
    return status == VN_OK && choice.chosen != 0
               ? add_row(reading, suffix, &choice)
               : status;
}

/* ---- Sheets ------------------------------------------------------------ */

static enum vn_status read_marker(struct reading *reading, struct vn_bytes line)
{
    line.data += strlen(SHEET_MARKER);
    line.size -= strlen(SHEET_MARKER);
    if (reading->has_marker) {
        return bad_line(reading, "names a marker again: one sheet is of one "
                                 "marker");
    }
    reading->has_marker = vn_text_trim(line).size > 0;
    return reading->has_marker ? VN_OK
                               : bad_line(reading, "write the marker's name "
                                                   "behind '" SHEET_MARKER "'");
}

static enum vn_status read_line(struct reading *reading, struct vn_bytes line)
{
    uint64_t byte = 0;
    const char *wrong = vn_text_check(line, &byte);

    if (wrong != NULL) {
        return bad_line(reading, "byte %llu %s", (unsigned long long)byte,
                        wrong);
    }
    if (reading->text.line == 1 && !sheet_starts_with(line, CHOOSE_TITLE)) {
        return bad_line(reading, "is no choice sheet: it begins with "
                                 "'" CHOOSE_TITLE "'");
    }
    if (sheet_starts_with(line, SHEET_MARKER)) {
        return read_marker(reading, line);
    }
    if (sheet_starts_with(line, "#") || vn_text_trim(line).size == 0) {
        return VN_OK;
    }
    if (sheet_equals(line, CHOOSE_COLUMNS)) {
        reading->has_columns = true;
        return reading->has_marker
                   ? VN_OK
                   : bad_line(reading, "a line '" SHEET_MARKER
                                       " NAME' must stand before this one");
    }
    return read_row(reading, line);
}

static enum vn_status read_lines(struct reading *reading)
{
    enum vn_status status = VN_OK;
    struct vn_bytes line = {NULL, 0};

    while (status == VN_OK && sheet_next_line(&reading->text, &line)) {
        status = read_line(reading, line);
    }
    if (status == VN_OK && !reading->has_choice) {
        reading->text.line += reading->text.line == 0;
        return bad_line(reading, "the sheet ends without any choice");
    }
    return status;
}

enum vn_status tune_marks_read(struct tune_marks *marks, const char *path,
                               const struct bench_phrases *phrases,
                               const struct tune_choice *like,
                               struct vn_error *error)
{
    struct vn_bytes text = {NULL, 0};
    struct reading reading = {
        .marks = marks,
        .path = path,
        .phrases = phrases,
        .like = like,
        .seen = calloc(VN_SUFFIXES / 8 + 1, 1),
        .error = error,
    };
    enum vn_status status = reading.seen == NULL
                                ? vn_error_set(error, VN_NOMEM, "out of memory")
                                : vn_text_read(path, &text, error);

    if (status == VN_OK) {
        sheet_text_start(&reading.text, text);
        status = read_lines(&reading);
    }
    vn_text_free(&text);
    free(reading.seen);
    return status;
}

void tune_marks_free(struct tune_marks *marks)
{
    free(marks->rows);
    *marks = (struct tune_marks){.rows = NULL};
}
