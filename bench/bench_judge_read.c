/* bench_judge_read.c: reads and checks marked sheets. */
#include "bench_judge_read.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "bench_sheet_read.h"

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
    unsigned marker;
};

static enum vn_status take_marker(struct sheet_reader *sheet,
                                  struct vn_bytes text)
{
    struct reading *reading = sheet->context;
    struct judgements *judgements = reading->judgements;
    char name[MARKER_SIZE] = "";
    size_t at = 0;

    if (text.size == 0 || text.size >= sizeof(name) ||
        memchr(text.data, '\t', text.size) != NULL) {
        return sheet_bad_line(sheet,
                              "write the marker's name, at most %u bytes, "
                              "behind '" SHEET_MARKER "'",
                              MARKER_SIZE - 1);
    }
    memcpy(name, text.data, text.size);
    while (at < judgements->marker_count &&
           strcmp(judgements->markers[at], name) != 0) {
        at++;
    }
    if (at == judgements->marker_count) {
        memcpy(judgements->markers[at], name, sizeof(name));
        judgements->marker_count++;
    }
    reading->marker = (unsigned)at;
    return VN_OK;
}

/* ---- Rows -------------------------------------------------------------- */

static enum vn_status read_list(const struct sheet_reader *sheet,
                                const struct vn_bytes *columns,
                                struct sheet_list *list)
{
    for (unsigned k = 0; k < SHEET_SPELLINGS; k++) {
        const struct vn_bytes text = columns[k];

        if (text.size == 0) {
            continue;
        }
        if (!sheet_dials(text, list->suffix, NULL)) {
            return sheet_bad_line(sheet, "'%.*s' does not dial %07u",
                                  sheet_shown_size(text), text.data,
                                  list->suffix);
        }
        if (k > 0 && list->texts[k - 1][0] == '\0') {
            return sheet_bad_line(sheet, "a spelling is missing before '%.*s'",
                                  sheet_shown_size(text), text.data);
        }
        memcpy(list->texts[k], text.data, text.size);
    }
    return VN_OK;
}

static enum vn_status read_mark(const struct sheet_reader *sheet,
                                struct vn_bytes text, struct judgement *row)
{
    size_t at = 0;

    while (at < MARK_NAMES &&
           (text.size != strlen(mark_names[at].name) ||
            strncasecmp(text.data, mark_names[at].name, text.size) != 0)) {
        at++;
    }
    if (at == MARK_NAMES) {
        return sheet_bad_line(sheet,
                              "'%.*s' is no mark: good, poor, embarrassing "
                              "(g, p, e) or none",
                              sheet_shown_size(text), text.data);
    }
    row->mark = mark_names[at].mark;
    if ((row->list.texts[0][0] == '\0') != (row->mark == MARK_NONE)) {
        return sheet_bad_line(sheet, "the mark 'none' stands where there is no "
                                     "spelling, and only there");
    }
    return VN_OK;
}

static enum vn_status add_row(const struct sheet_reader *sheet,
                              const struct judgement *row)
{
    const struct reading *reading = sheet->context;
    struct judgements *all = reading->judgements;

    if (all->count == all->room) {
        const size_t room = all->room == 0 ? 1024 : all->room * 2;
        struct judgement *list =
            realloc(all->list, room * sizeof(all->list[0]));

        if (list == NULL) {
            return vn_error_set(sheet->error, VN_NOMEM, "out of memory");
        }
        all->list = list;
        all->room = room;
    }
    all->list[all->count++] = *row;
    return VN_OK;
}

static enum vn_status take_row(struct sheet_reader *sheet, uint32_t suffix,
                               const struct vn_bytes *columns)
{
    const struct reading *reading = sheet->context;
    struct judgement row = {.list = {.suffix = suffix},
                            .marker = reading->marker,
                            .note = columns[4],
                            .path = sheet->path,
                            .line = sheet->lines.line};
    enum vn_status status = read_list(sheet, columns, &row.list);

    if (status == VN_OK) {
        status = read_mark(sheet, columns[3], &row);
    }
    if (status != VN_OK) {
        return status;
    }
    sheet->has_mark |= row.mark != MARK_EMPTY && row.mark != MARK_NONE;
    return add_row(sheet, &row);
}

/* ---- Sheets ------------------------------------------------------------ */

static const struct sheet_form form = {
    .name = "sheet",
    .title = SHEET_TITLE,
    .columns = SHEET_COLUMNS,
    .columns_said = "suffix, first, second, third, mark, note",
    .column_count = SHEET_SPELLINGS + 3,
    .column_count_said = "six",
    .mark = "mark",
    .take_marker = take_marker,
    .take_row = take_row,
};

enum vn_status judge_read(struct judgements *judgements, const char *path,
                          struct vn_error *error)
{
    struct reading reading = {.judgements = judgements};
    struct sheet_reader sheet = {
        .form = &form, .context = &reading, .path = path, .error = error};
    const enum vn_status status = sheet_read(&sheet);

    judgements->texts[judgements->text_count++] = sheet.text;
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
