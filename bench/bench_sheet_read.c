/* bench_sheet_read.c: lines, columns and spellings of a marked sheet. */
#include "bench_sheet_read.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bench_sheet.h"

#include "engine/keypad.h"
#include "engine/record.h"

#define KEYS VN_SUFFIX_DIGITS
/* Characters of a column that a message shows. */
#define SHOWN_MAX 40u

enum vn_status sheet_bad_line(const struct sheet_reader *sheet,
                              const char *format, ...)
{
    char sentence[VN_ERROR_MESSAGE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence, sizeof(sentence), format, arguments);
    va_end(arguments);
    return vn_error_line(sheet->error, sheet->path, sheet->lines.line, "%s",
                         sentence);
}

int sheet_shown_size(struct vn_bytes text)
{
    return (int)(text.size < SHOWN_MAX ? text.size : SHOWN_MAX);
}

/* ---- Columns ----------------------------------------------------------- */

static bool starts_with(struct vn_bytes text, const char *head)
{
    return text.size >= strlen(head) &&
           memcmp(text.data, head, strlen(head)) == 0;
}

static bool equals(struct vn_bytes text, const char *other)
{
    return text.size == strlen(other) && starts_with(text, other);
}

/*
 * Cuts the line at its tabs into 'count' columns without blanks around them;
 * missing ones are empty. False if there are more.
 */
static bool split(struct vn_bytes line, struct vn_bytes *columns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct vn_bytes rest = {line.data + line.size, 0};

        if (!vn_text_split(line, '\t', &columns[i], &rest)) {
            columns[i] = line;
        }
        columns[i] = vn_text_trim(columns[i]);
        line = rest;
    }
    return line.size == 0;
}

bool sheet_dials(struct vn_bytes text, uint32_t suffix,
                 char keys[VN_SUFFIX_DIGITS + 1])
{
    char digits[KEYS + 1], own[KEYS + 1] = "";
    unsigned count = 0;

    if (text.size >= VN_SPELLING_SIZE) {
        return false;
    }
    snprintf(digits, sizeof(digits), "%07u", suffix);
    for (size_t i = 0; i < text.size; i++) {
        const char c = text.data[i];
        const int key = vn_keypad_key(c);

        if (c == '-') {
            continue;
        }
        if (key < 0 || c > 'Z' ||
            (count < KEYS && key != digits[count] - '0')) {
            return false;
        }
        if (count < KEYS) {
            own[count] = c;
        }
        count++;
    }
    if (keys != NULL) {
        memcpy(keys, own, sizeof own);
    }
    return count >= KEYS && count <= KEYS + VN_TAIL_MAX;
}

/* ---- Lines ------------------------------------------------------------- */

static enum vn_status read_marker(struct sheet_reader *sheet,
                                  struct vn_bytes line)
{
    if (sheet->has_marker) {
        return sheet_bad_line(sheet, "names a marker again: one sheet is of "
                                     "one marker");
    }
    sheet->has_marker = true;
    line.data += strlen(SHEET_MARKER);
    line.size -= strlen(SHEET_MARKER);
    return sheet->form->take_marker(sheet, vn_text_trim(line));
}

static enum vn_status read_row(struct sheet_reader *sheet, struct vn_bytes line)
{
    const struct sheet_form *form = sheet->form;
    struct vn_bytes columns[SHEET_COLUMNS_MAX] = {{NULL, 0}};
    long suffix = 0;

    if (!sheet->has_columns) {
        return sheet_bad_line(sheet, "the columns must be named first: %s",
                              form->columns_said);
    }
    if (!split(line, columns, form->column_count)) {
        return sheet_bad_line(sheet, "has more than %s columns",
                              form->column_count_said);
    }
    // vn_text_int() takes a sign.
    if (columns[0].size != KEYS ||
        !isdigit((unsigned char)columns[0].data[0]) ||
        !vn_text_int(columns[0], 0, VN_SUFFIXES - 1, &suffix)) {
        return sheet_bad_line(sheet, "a suffix has seven digits (a spreadsheet "
                                     "drops zeros: import columns as text)");
    }
    return form->take_row(sheet, (uint32_t)suffix, columns + 1);
}

static enum vn_status read_line(struct sheet_reader *sheet,
                                struct vn_bytes line)
{
    const struct sheet_form *form = sheet->form;
    uint64_t byte = 0;
    const char *wrong = vn_text_check(line, &byte);

    if (wrong != NULL) {
        return sheet_bad_line(sheet, "byte %llu %s", (unsigned long long)byte,
                              wrong);
    }
    if (sheet->lines.line == 1 && !starts_with(line, form->title)) {
        return sheet_bad_line(sheet, "is no %s: it begins with '%s'",
                              form->name, form->title);
    }
    if (starts_with(line, SHEET_MARKER)) {
        return read_marker(sheet, line);
    }
    if (starts_with(line, "#") || vn_text_trim(line).size == 0) {
        return VN_OK;
    }
    if (!equals(line, form->columns)) {
        return read_row(sheet, line);
    }
    sheet->has_columns = true;
    return sheet->has_marker
               ? VN_OK
               : sheet_bad_line(sheet, "a line '" SHEET_MARKER
                                       " NAME' must stand before this one");
}

enum vn_status sheet_read(struct sheet_reader *sheet)
{
    enum vn_status status =
        vn_text_read(sheet->path, &sheet->text, sheet->error);
    struct vn_bytes line = {NULL, 0};

    vn_lines_start(&sheet->lines, sheet->text);
    while (status == VN_OK && vn_lines_next_any(&sheet->lines, &line)) {
        status = read_line(sheet, line);
    }
    if (status == VN_OK && !sheet->has_mark) {
        sheet->lines.line += sheet->lines.line == 0;
        return sheet_bad_line(sheet, "the sheet ends without any %s",
                              sheet->form->mark);
    }
    return status;
}
