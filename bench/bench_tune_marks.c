/* bench_tune_marks.c: reads and checks sheets on which people chose. */
#include "bench_tune_marks.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "bench_choose.h"
#include "bench_sheet.h"
#include "bench_sheet_read.h"

_Static_assert(CHOOSE_SPELLINGS == TUNE_SHOWN_MAX, "a row holds a line");
_Static_assert(CHOOSE_SPELLINGS + 3 == SHEET_COLUMNS_MAX, "13 columns");

/* What is held while a sheet is read. */
struct reading {
    struct tune_marks *marks;
    const struct bench_phrases *phrases;
    const struct tune_choice *like;
    uint8_t *seen; /* bit set of suffixes */
};

static enum vn_status take_marker(struct sheet_reader *sheet,
                                  struct vn_bytes name)
{
    return name.size > 0
               ? VN_OK
               : sheet_bad_line(sheet, "write the marker's name behind "
                                       "'" SHEET_MARKER "'");
}

/* ---- Rows -------------------------------------------------------------- */

/* Whether the suffix is new on this sheet. */
static bool see(const struct reading *reading, uint32_t suffix)
{
    uint8_t *seen = &reading->seen[suffix / 8];
    const uint8_t bit = (uint8_t)(1u << suffix % 8);
    const bool is_new = (*seen & bit) == 0;

    *seen |= bit;
    return is_new;
}

static enum vn_status read_spellings(const struct sheet_reader *sheet,
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
            return sheet_bad_line(sheet, "a spelling is missing before '%.*s'",
                                  sheet_shown_size(text), text.data);
        }
        if (!sheet_dials(text, suffix, choice->shown[k])) {
            return sheet_bad_line(sheet, "'%.*s' does not dial %07u",
                                  sheet_shown_size(text), text.data, suffix);
        }
        choice->shown_count++;
    }
    return VN_OK;
}

/* "C", "C,F", "cf"; "-" and "" leave none chosen. */
static enum vn_status read_choice(struct sheet_reader *sheet,
                                  struct vn_bytes text,
                                  struct tune_choice *choice)
{
    const struct reading *reading = sheet->context;
    const bool none = text.size == 1 && text.data[0] == '-';

    for (size_t i = 0; i < text.size && !none; i++) {
        const char c = (char)toupper((unsigned char)text.data[i]);
        const char *letter = strchr(CHOOSE_LETTERS, c);

        if (c == ',' || c == ' ') {
            continue;
        }
        if (letter == NULL || c == '\0' ||
            letter - CHOOSE_LETTERS >= (ptrdiff_t)choice->shown_count) {
            return sheet_bad_line(sheet,
                                  "'%.*s' is no choice: letters of spellings "
                                  "of the line with commas between, or - for "
                                  "none",
                                  sheet_shown_size(text), text.data);
        }
        choice->chosen |= 1u << (letter - CHOOSE_LETTERS);
    }
    reading->marks->unfit += none;
    reading->marks->open += !none && choice->chosen == 0;
    sheet->has_mark |= none || choice->chosen != 0;
    return VN_OK;
}

static enum vn_status add_row(const struct sheet_reader *sheet, uint32_t suffix,
                              const struct tune_choice *choice)
{
    const struct reading *reading = sheet->context;
    struct tune_marks *marks = reading->marks;

    if (bench_phrases_dial(reading->phrases, suffix)) {
        marks->dropped++;
        return VN_OK;
    }
    if (marks->count == marks->room) {
        const size_t room = 2 * marks->room + 512;
        struct tune_row *rows = reallocarray(marks->rows, room, sizeof rows[0]);

        if (rows == NULL) {
            return vn_error_set(sheet->error, VN_NOMEM, "out of memory");
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

static enum vn_status take_row(struct sheet_reader *sheet, uint32_t suffix,
                               const struct vn_bytes *columns)
{
    const struct reading *reading = sheet->context;
    struct tune_choice choice = *reading->like;

    if (!see(reading, suffix)) {
        return sheet_bad_line(sheet, "%07u stands twice on this sheet", suffix);
    }
    enum vn_status status = read_spellings(sheet, columns, suffix, &choice);

    if (status == VN_OK) {
        status = read_choice(sheet, columns[CHOOSE_SPELLINGS], &choice);
    }
    return status == VN_OK && choice.chosen != 0
               ? add_row(sheet, suffix, &choice)
               : status;
}

/* ---- Sheets ------------------------------------------------------------ */

static const struct sheet_form form = {
    .name = "choice sheet",
    .title = CHOOSE_TITLE,
    .columns = CHOOSE_COLUMNS,
    .columns_said = "suffix, A to J, choice, note",
    .column_count = SHEET_COLUMNS_MAX,
    .column_count_said = "13",
    .mark = "choice",
    .take_marker = take_marker,
    .take_row = take_row,
};

enum vn_status tune_marks_read(struct tune_marks *marks, const char *path,
                               const struct bench_phrases *phrases,
                               const struct tune_choice *like,
                               struct vn_error *error)
{
    struct reading reading = {
        .marks = marks,
        .phrases = phrases,
        .like = like,
        .seen = calloc(VN_SUFFIXES / 8 + 1, 1),
    };
    struct sheet_reader sheet = {
        .form = &form, .context = &reading, .path = path, .error = error};
    const enum vn_status status =
        reading.seen == NULL ? vn_error_set(error, VN_NOMEM, "out of memory")
                             : sheet_read(&sheet);

    vn_text_free(&sheet.text);
    free(reading.seen);
    return status;
}

void tune_marks_free(struct tune_marks *marks)
{
    free(marks->rows);
    *marks = (struct tune_marks){.rows = NULL};
}
