/* bench_judge_read.c: reads and checks marked sheets. */
#include "bench_judge_read.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "bench_sheet_read.h"

#define COLUMNS 6u

/* Names of marks, and their short forms. */
static const struct {
    const char *name;
    enum mark mark;
} mark_names[] = {
    {"", MARK_EMPTY},    {"good", MARK_GOOD},
    {"g", MARK_GOOD},    {"poor", MARK_POOR},
    {"p", MARK_POOR},    {"embarrassing", MARK_EMBARRASSING},
    {"none", MARK_NONE}, {"e", MARK_EMBARRASSING},
};
#define MARK_NAMES (sizeof(mark_names) / sizeof(mark_names[0]))

/* What is held while a sheet is read. */
struct reading {
    struct judgements *judgements;
    const char *path;
    struct sheet_text text;
    unsigned marker;
    bool has_marker, has_columns, has_mark;
    struct vn_error *error;
};

VN_PRINTF(2, 3)
static enum vn_status bad_line(const struct reading *reading,
                               const char *format, ...)
{
    char sentence[VN_ERROR_MESSAGE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence, sizeof(sentence), format, arguments);
    va_end(arguments);
    return vn_error_line(reading->error, reading->path, reading->text.line,
                         "%s", sentence);
}

/* ---- Lines ------------------------------------------------------------- */

static enum vn_status read_marker(struct reading *reading, struct vn_bytes line)
{
    struct judgements *judgements = reading->judgements;
    char name[MARKER_SIZE] = "";
    size_t at = 0;

    if (reading->has_marker) {
        return bad_line(reading, "names a marker again: one sheet is of one "
                                 "marker");
    }
    line.data += strlen(SHEET_MARKER);
    line.size -= strlen(SHEET_MARKER);
    line = vn_text_trim(line);
    if (line.size == 0 || line.size >= sizeof(name) ||
        memchr(line.data, '\t', line.size) != NULL) {
        return bad_line(reading,
                        "write the marker's name, at most %u bytes, "
                        "behind '" SHEET_MARKER "'",
                        MARKER_SIZE - 1);
    }
    memcpy(name, line.data, line.size);
    while (at < judgements->marker_count &&
           strcmp(judgements->markers[at], name) != 0) {
        at++;
    }
    if (at == judgements->marker_count) {
        memcpy(judgements->markers[at], name, sizeof(name));
        judgements->marker_count++;
    }
    reading->marker = (unsigned)at;
    reading->has_marker = true;
    return VN_OK;
}

/* ---- Rows -------------------------------------------------------------- */

static enum vn_status read_list(const struct reading *reading,
                                const struct vn_bytes columns[COLUMNS],
                                struct sheet_list *list)
{
    if (!sheet_suffix(columns[0], &list->suffix)) {
        return bad_line(reading, "a suffix has seven digits (a spreadsheet "
                                 "drops zeros: import columns as text)");
    }
    for (unsigned k = 0; k < SHEET_SPELLINGS; k++) {
        const struct vn_bytes text = columns[k + 1];

        if (text.size == 0) {
            continue;
        }
        if (!sheet_dials(text, list->suffix, NULL)) {
            return bad_line(reading, "'%.*s' does not dial %07u",
                            text.size > 40 ? 40 : (int)text.size, text.data,
                            list->suffix);
        }
        if (k > 0 && list->texts[k - 1][0] == '\0') {
            return bad_line(reading, "a spelling is missing before '%.*s'",
                            (int)text.size, text.data);
        }
        memcpy(list->texts[k], text.data, text.size);
    }
    return VN_OK;
}

static enum vn_status read_mark(const struct reading *reading,
                                struct vn_bytes text, struct judgement *row)
{
    size_t at = 0;

    while (at < MARK_NAMES &&
           (text.size != strlen(mark_names[at].name) ||
            strncasecmp(text.data, mark_names[at].name, text.size) != 0)) {
        at++;
    }
    if (at == MARK_NAMES) {
        return bad_line(reading,
                        "'%.*s' is no mark: good, poor, embarrassing "
                        "(g, p, e) or none",
                        text.size > 40 ? 40 : (int)text.size, text.data);
    }
    row->mark = mark_names[at].mark;
    if ((row->list.texts[0][0] == '\0') != (row->mark == MARK_NONE)) {
        return bad_line(reading, "the mark 'none' stands where there is no "
                                 "spelling, and only there");
    }
    return VN_OK;
}

static enum vn_status add_row(struct reading *reading,
                              const struct judgement *row)
{
    struct judgements *all = reading->judgements;

    if (all->count == all->room) {
        const size_t room = all->room == 0 ? 1024 : all->room * 2;
        struct judgement *list =
            realloc(all->list, room * sizeof(all->list[0]));

        if (list == NULL) {
            return vn_error_set(reading->error, VN_NOMEM, "out of memory");
        }
        all->list = list;
        all->room = room;
    }
    all->list[all->count++] = *row;
    return VN_OK;
}

static enum vn_status read_row(struct reading *reading, struct vn_bytes line)
{
    struct vn_bytes columns[COLUMNS];
    struct judgement row = {.marker = reading->marker,
                            .path = reading->path,
                            .line = reading->text.line};

    if (!reading->has_columns) {
        return bad_line(reading, "the columns must be named first: suffix, "
                                 "first, second, third, mark, note");
    }
    if (!sheet_split(line, columns, COLUMNS)) {
        return bad_line(reading, "has more than six columns");
    }
    enum vn_status status = read_list(reading, columns, &row.list);

    if (status == VN_OK) {
        status = read_mark(reading, columns[4], &row);
    }
    if (status != VN_OK) {
        return status;
    }
    row.note = columns[5];
    reading->has_mark |= row.mark != MARK_EMPTY && row.mark != MARK_NONE;
    return add_row(reading, &row);
}

static enum vn_status read_line(struct reading *reading, struct vn_bytes line)
{
    uint64_t byte = 0;
    const char *wrong = vn_text_check(line, &byte);

    if (wrong != NULL) {
        return bad_line(reading, "byte %llu %s", (unsigned long long)byte,
                        wrong);
    }
    if (reading->text.line == 1 && !sheet_starts_with(line, SHEET_TITLE)) {
        return bad_line(reading,
                        "is no sheet: it begins with '" SHEET_TITLE "'");
    }
    if (sheet_starts_with(line, SHEET_MARKER)) {
        return read_marker(reading, line);
    }
    if (sheet_starts_with(line, "#") || vn_text_trim(line).size == 0) {
        return VN_OK;
    }
    if (sheet_equals(line, SHEET_COLUMNS)) {
        reading->has_columns = true;
        return reading->has_marker
                   ? VN_OK
                   : bad_line(reading, "a line '" SHEET_MARKER
                                       " NAME' must stand before this one");
    }
    return read_row(reading, line);
}

/* ---- Sheets ------------------------------------------------------------ */

enum vn_status judge_read(struct judgements *judgements, const char *path,
                          struct vn_error *error)
{
    struct vn_bytes *text = &judgements->texts[judgements->text_count];
    struct vn_bytes line = {NULL, 0};
    struct reading reading = {
        .judgements = judgements, .path = path, .error = error};
    enum vn_status status = vn_text_read(path, text, error);

    if (status != VN_OK) {
        return status;
    }
    judgements->text_count++;
    sheet_text_start(&reading.text, *text);
    while (status == VN_OK && sheet_next_line(&reading.text, &line)) {
        status = read_line(&reading, line);
    }
    if (status == VN_OK && !reading.has_mark) {
        reading.text.line += reading.text.line == 0;
        return bad_line(&reading, "the sheet ends without any mark");
    }
    return status;
}

static int compare_rows(const void *a, const void *b)
{
    const struct judgement *x = a;
    const struct judgement *y = b;
    int order = sheet_compare(&x->list, &y->list);

    if (order == 0) {
        order = x->marker < y->marker ? -1 : x->marker > y->marker;
    }
    if (order == 0) {
        order = x->line < y->line ? -1 : x->line > y->line;
    }
    return order;
}

enum vn_status judge_sort(struct judgements *judgements, struct vn_error *error)
{
    if (judgements->count > 1) {
        qsort(judgements->list, judgements->count, sizeof(judgements->list[0]),
              compare_rows);
    }
    for (size_t i = 1; i < judgements->count; i++) {
        const struct judgement *a = &judgements->list[i - 1];
        const struct judgement *b = &judgements->list[i];

        if (a->marker == b->marker && sheet_compare(&a->list, &b->list) == 0) {
            return vn_error_line(error, b->path, b->line,
                                 "marker '%s' has marked the same list in line "
                                 "%llu of '%s'",
                                 judgements->markers[b->marker],
                                 (unsigned long long)a->line, a->path);
        }
    }
    return VN_OK;
}

void judge_free(struct judgements *judgements)
{
    for (size_t i = 0; i < judgements->text_count; i++) {
        vn_text_free(&judgements->texts[i]);
    }
    free(judgements->list);
    *judgements = (struct judgements){.count = 0};
}
