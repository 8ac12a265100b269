/* bench_sheet.c: draws suffixes, and prints their spellings to be marked. */
#include "bench_sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_reader.h"

/* A list on its way into the sheet. */
struct line {
    struct sheet_list list;
    unsigned round; /* lists of one suffix have different ones */
    uint64_t order; /* in the round */
};

struct sheet {
    const struct sheet_options *options;
    struct bench_reader readers[SHEET_INDEXES_MAX];
    struct vn_prefix prefix;
    uint8_t *drawn; /* of each suffix of the prefix */
    struct line *lines;
    size_t line_count;
    uint64_t state; /* of the random numbers */
    struct vn_error *error;
};

/* ---- Lists ------------------------------------------------------------- */

enum vn_status sheet_spell(uint32_t suffix, const struct vn_record *record,
                           struct sheet_list *list, struct vn_error *error)
{
    *list = (struct sheet_list){.suffix = suffix};
    for (unsigned k = 0; k < SHEET_SPELLINGS && record->codes[k] != 0; k++) {
        struct vn_spelling spelling;

        if (vn_spell(suffix, record->codes[k], record->tails[k], &spelling) !=
            VN_OK) {
            return vn_error_set(error, VN_CORRUPT,
                                "candidate %u of %07u cannot be spelled", k + 1,
                                suffix);
        }
        memcpy(list->texts[k], spelling.text, sizeof(spelling.text));
    }
    return VN_OK;
}

int sheet_compare(const struct sheet_list *a, const struct sheet_list *b)
{
    int order = a->suffix < b->suffix ? -1 : a->suffix > b->suffix;

    for (unsigned k = 0; order == 0 && k < SHEET_SPELLINGS; k++) {
        order = strcmp(a->texts[k], b->texts[k]);
    }
    return order;
}

/* ---- Drawing ----------------------------------------------------------- */

static enum vn_status open_indexes(struct sheet *sheet)
{
    const struct sheet_options *options = sheet->options;
    enum vn_status status = VN_OK;

    for (size_t i = 0; status == VN_OK && i < options->index_count; i++) {
        status = bench_reader_open(&sheet->readers[i], options->indexes[i],
                                   sheet->error);
        if (status != VN_OK) {
            break;
        }
        const struct vn_prefix prefix =
            vn_index_info(sheet->readers[i].index)->prefix;

        if (i == 0) {
            sheet->prefix = prefix;
        } else if (prefix.length != sheet->prefix.length ||
                   prefix.digits != sheet->prefix.digits) {
            status = vn_error_set(sheet->error, VN_INVALID,
                                  "'%s' and '%s' have different prefixes: mix "
                                  "indexes of one",
                                  options->indexes[0], options->indexes[i]);
        }
    }
    return status;
}

static enum vn_status make_room(struct sheet *sheet)
{
    const uint32_t most = vn_prefix_count(sheet->prefix);
    const struct sheet_options *options = sheet->options;

    if (options->suffixes > most) {
        return vn_error_set(sheet->error, VN_INVALID,
                            "the index has %u suffixes: --random takes at most "
                            "as many",
                            most);
    }
    sheet->drawn = calloc(most, sizeof(sheet->drawn[0]));
    sheet->lines = calloc(options->suffixes * options->index_count,
                          sizeof(sheet->lines[0]));
    return sheet->drawn != NULL && sheet->lines != NULL
               ? VN_OK
               : vn_error_set(sheet->error, VN_NOMEM, "out of memory");
}

/* One suffix of the prefix that was not drawn before. */
static uint32_t draw(struct sheet *sheet)
{
    uint32_t at = 0;

    do {
        at = bench_random_below(&sheet->state, vn_prefix_count(sheet->prefix));
    } while (sheet->drawn[at] != 0);
    sheet->drawn[at] = 1;
    return vn_prefix_first(sheet->prefix) + at;
}

/* Whether one of the last 'count' lines has this list. */
static bool is_there(const struct sheet *sheet, size_t count,
                     const struct sheet_list *list)
{
    for (size_t i = sheet->line_count - count; i < sheet->line_count; i++) {
        if (sheet_compare(&sheet->lines[i].list, list) == 0) {
            return true;
        }
    }
    return false;
}

/* Gives the last 'count' lines, of one suffix, their places by chance. */
static void place(struct sheet *sheet, size_t count)
{
    struct line *lines = &sheet->lines[sheet->line_count - count];

    for (size_t i = 0; i < count; i++) {
        const size_t other = bench_random_below(&sheet->state, (uint32_t)i + 1);

        lines[i].order = bench_random(&sheet->state);
        lines[i].round = lines[other].round;
        lines[other].round = (unsigned)i;
    }
}

static enum vn_status add_suffix(struct sheet *sheet)
{
    const uint32_t suffix = draw(sheet);
    size_t count = 0;

    for (size_t i = 0; i < sheet->options->index_count; i++) {
        struct vn_record record;
        struct line *line = &sheet->lines[sheet->line_count];
        enum vn_status status = vn_reader_get(sheet->readers[i].reader, suffix,
                                              &record, sheet->error);

        if (status == VN_OK) {
            status = sheet_spell(suffix, &record, &line->list, sheet->error);
        }
        if (status != VN_OK) {
            return status;
        }
        if (!is_there(sheet, count, &line->list)) {
            sheet->line_count++;
            count++;
        }
    }
    place(sheet, count);
    return VN_OK;
}

static int compare_lines(const void *a, const void *b)
{
    const struct line *x = a;
    const struct line *y = b;

    if (x->round != y->round) {
        return x->round < y->round ? -1 : 1;
    }
    return x->order < y->order ? -1 : x->order > y->order;
}

/* ---- Output ------------------------------------------------------------ */

static void print_sheet(const struct sheet *sheet)
{
    printf(SHEET_TITLE ", %u suffixes, seed %llu; bench/JUDGING.md tells how "
                       "to mark\n" SHEET_MARKER "\n" SHEET_COLUMNS "\n",
           sheet->options->suffixes, (unsigned long long)sheet->options->seed);
    for (size_t i = 0; i < sheet->line_count; i++) {
        const struct sheet_list *list = &sheet->lines[i].list;

        printf("%07u", list->suffix);
        for (unsigned k = 0; k < SHEET_SPELLINGS; k++) {
            printf("\t%s", list->texts[k]);
        }
        printf("\t%s\t\n", list->texts[0][0] == '\0' ? "none" : "");
    }
}

enum vn_status bench_sheet_print(const struct sheet_options *options,
                                 struct vn_error *error)
{
    struct sheet sheet = {
        .options = options, .state = options->seed, .error = error};
    enum vn_status status = open_indexes(&sheet);

    if (status == VN_OK) {
        status = make_room(&sheet);
    }
    for (uint32_t i = 0; status == VN_OK && i < options->suffixes; i++) {
        status = add_suffix(&sheet);
    }
    if (status == VN_OK) {
        if (options->blind && sheet.line_count > 1) {
            qsort(sheet.lines, sheet.line_count, sizeof(sheet.lines[0]),
                  compare_lines);
        }
        print_sheet(&sheet);
    }
    free(sheet.lines);
    free(sheet.drawn);
    for (size_t i = 0; i < SHEET_INDEXES_MAX; i++) {
        bench_reader_close(&sheet.readers[i]);
    }
    return status;
}
