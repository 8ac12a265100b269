/* bench_judge.c: counts marks, agreement of markers, embarrassing lists. */
#include "bench_judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_judge_read.h"
#include "bench_reader.h"
#include "bench_stats.h"

/* Lists by their marks. */
struct mark_counts {
    unsigned of[MARK_KINDS];
};

/* Marks of the first and the second marker of a pair. */
struct mark_table {
    unsigned cells[BENCH_MARKS][BENCH_MARKS];
};

struct judge_bench {
    const struct judge_options *options;
    struct judgements judgements;
    size_t other_lists; /* left out: the index gives another list */
    struct mark_counts by_marker[JUDGE_FILES_MAX];
    struct mark_counts by_all, by_any;
    struct mark_table *pairs; /* first marker * marker count + second */
    struct bench_report report;
    struct vn_error *error;
};

/* ---- Reading ----------------------------------------------------------- */

static enum vn_status is_current(struct judge_bench *bench,
                                 struct vn_reader *reader,
                                 const struct sheet_list *list, bool *current)
{
    struct vn_record record;
    struct sheet_list ours;
    enum vn_status status =
        vn_reader_get(reader, list->suffix, &record, bench->error);

    *current = false;
    if (status == VN_OUTSIDE) {
        return VN_OK;
    }
    if (status == VN_OK) {
        status = sheet_spell(list->suffix, &record, &ours, bench->error);
    }
    *current = status == VN_OK && sheet_compare(list, &ours) == 0;
    return status;
}

/* Drops the lists that the index does not give. */
static enum vn_status keep_current(struct judge_bench *bench)
{
    struct judgements *all = &bench->judgements;
    struct bench_reader reader = {NULL, NULL};
    enum vn_status status =
        bench_reader_open(&reader, bench->options->index, bench->error);
    size_t kept = 0;

    for (size_t i = 0; status == VN_OK && i < all->count; i++) {
        bool current = false;

        status = is_current(bench, reader.reader, &all->list[i].list, &current);
        if (current) {
            all->list[kept++] = all->list[i];
        }
    }
    bench->other_lists = all->count - kept;
    all->count = kept;
    bench_reader_close(&reader);
    if (status == VN_OK && kept == 0) {
        return vn_error_set(bench->error, VN_INVALID,
                            "'%s' gives none of the lists that were marked",
                            bench->options->index);
    }
    return status;
}

static enum vn_status read_all(struct judge_bench *bench)
{
    const struct judge_options *options = bench->options;
    enum vn_status status = VN_OK;

    for (size_t i = 0; status == VN_OK && i < options->file_count; i++) {
        status =
            judge_read(&bench->judgements, options->files[i], bench->error);
    }
    if (status == VN_OK) {
        status = judge_sort(&bench->judgements, bench->error);
    }
    if (status == VN_OK && options->index != NULL) {
        status = keep_current(bench);
    }
    return status;
}

/* ---- Counting ---------------------------------------------------------- */

/* Those who have marked a list, one after the other: [first, end). */
struct group {
    const struct judgement *first, *end;
};

/* The next group behind 'group'; false at the end. */
static bool next_group(const struct judgements *all, struct group *group)
{
    const struct judgement *end = all->list + all->count;

    group->first = group->end;
    if (group->first == end) {
        return false;
    }
    while (group->end < end &&
           sheet_compare(&group->end->list, &group->first->list) == 0) {
        group->end++;
    }
    return true;
}

/*
 * The mark of a group as if one had given it: of all, a mark that all agree
 * on, else poor; of any, embarrassing before good before poor.
 */
static void count_group(struct judge_bench *bench, struct group group)
{
    bool seen[MARK_KINDS] = {false};
    unsigned kinds = 0;

    for (const struct judgement *row = group.first; row < group.end; row++) {
        bench->by_marker[row->marker].of[row->mark]++;
        kinds += row->mark != MARK_EMPTY && !seen[row->mark];
        seen[row->mark] = true;
    }
    enum mark all = MARK_POOR;
    enum mark any = MARK_POOR;

    if (kinds == 0) {
        return;
    }
    for (enum mark mark = MARK_GOOD; mark <= MARK_NONE; mark++) {
        all = kinds == 1 && seen[mark] ? mark : all;
    }
    if (seen[MARK_EMBARRASSING]) {
        any = MARK_EMBARRASSING;
    } else if (seen[MARK_GOOD]) {
        any = MARK_GOOD;
    } else if (seen[MARK_NONE]) {
        any = MARK_NONE;
    }
    bench->by_all.of[all]++;
    bench->by_any.of[any]++;
}

static bool is_marked(const struct judgement *row)
{
    return row->mark < BENCH_MARKS;
}

static struct mark_table *pair_of(const struct judge_bench *bench,
                                  unsigned first, unsigned second)
{
    return &bench->pairs[first * bench->judgements.marker_count + second];
}

static void count_pairs(struct judge_bench *bench, struct group group)
{
    for (const struct judgement *a = group.first; a < group.end; a++) {
        for (const struct judgement *b = a + 1; b < group.end; b++) {
            if (is_marked(a) && is_marked(b)) {
                pair_of(bench, a->marker, b->marker)->cells[a->mark][b->mark]++;
            }
        }
    }
}

static enum vn_status count_all(struct judge_bench *bench)
{
    const size_t markers = bench->judgements.marker_count;
    struct group group = {NULL, bench->judgements.list};

    bench->pairs = calloc(markers * markers, sizeof(bench->pairs[0]));
    if (bench->pairs == NULL) {
        return vn_error_set(bench->error, VN_NOMEM, "out of memory");
    }
    while (next_group(&bench->judgements, &group)) {
        count_group(bench, group);
        count_pairs(bench, group);
    }
    return VN_OK;
}

/* ---- Shares ------------------------------------------------------------ */

static void print_share_json(const char *name, unsigned hits, unsigned lists)
{
    const struct bench_interval share = bench_wilson(hits, lists);

    printf("\"%s\":{\"hits\":%u,\"share\":%.6f,\"low\":%.6f,\"high\":%.6f},",
           name, hits, share.value, share.low, share.high);
}

static void print_share(unsigned hits, unsigned lists)
{
    const struct bench_interval share = bench_wilson(hits, lists);

    printf(" %5u %5.1f %% (%4.1f-%5.1f)", hits, share.value * 100,
           share.low * 100, share.high * 100);
}

static void print_counts(const struct judge_bench *bench, const char *name,
                         const struct mark_counts *counts)
{
    const unsigned good = counts->of[MARK_GOOD];
    const unsigned bad = counts->of[MARK_EMBARRASSING];
    const unsigned poor = counts->of[MARK_POOR];
    const unsigned none = counts->of[MARK_NONE];
    const unsigned lists = good + poor + bad + none;

    if (lists == 0) {
        return; // none of this marker's lists is that of the index
    }
    if (!bench->report.json) {
        printf("%-20s %6u", name, lists);
        print_share(good, lists);
        print_share(bad, lists);
        printf(" %6u %6u %6u\n", poor, none, counts->of[MARK_EMPTY]);
        return;
    }
    bench_json_start(&bench->report, name, "judged");
    printf("\"lists\":%u,", lists);
    print_share_json("good", good, lists);
    print_share_json("embarrassing", bad, lists);
    printf("\"poor\":%u,\"none\":%u,\"empty\":%u,", poor, none,
           counts->of[MARK_EMPTY]);
    bench_json_end(&bench->report);
}

static void print_all_counts(const struct judge_bench *bench)
{
    const struct judgements *all = &bench->judgements;

    if (bench->options->index != NULL) {
        bench_print_count_columns(&bench->report);
        bench_print_count(&bench->report, "marks of other lists, left out",
                          bench->other_lists, "marks");
    }
    if (!bench->report.json) {
        printf("\n%-20s %6s  %-24s %-24s %6s %6s %6s\n", "marker", "lists",
               " good (95 %)", " embarrassing (95 %)", "poor", "none", "empty");
    }
    for (size_t i = 0; i < all->marker_count; i++) {
        print_counts(bench, all->markers[i], &bench->by_marker[i]);
    }
    if (all->marker_count > 1) {
        print_counts(bench, "by all", &bench->by_all);
        print_counts(bench, "by any", &bench->by_any);
    }
}

/* ---- Agreement --------------------------------------------------------- */

static void print_pair_json(const struct judge_bench *bench, const char *name,
                            struct mark_table *table, unsigned lists,
                            unsigned equal)
{
    struct bench_interval kappa;

    bench_json_start(&bench->report, name, "agreement");
    printf("\"lists\":%u,\"equal\":%u,\"table\":[", lists, equal);
    for (unsigned i = 0; i < BENCH_MARKS; i++) {
        printf("%s[%u,%u,%u]", i > 0 ? "," : "", table->cells[i][0],
               table->cells[i][1], table->cells[i][2]);
    }
    if (bench_kappa(table->cells, &kappa)) {
        printf("],\"kappa\":%.6f,\"low\":%.6f,\"high\":%.6f,", kappa.value,
               kappa.low, kappa.high);
    } else {
        printf("],\"kappa\":null,\"low\":null,\"high\":null,");
    }
    bench_json_end(&bench->report);
}

static void print_pair_table(const char *name, struct mark_table *table,
                             unsigned lists, unsigned equal)
{
    static const char *const heads[BENCH_MARKS] = {"good", "poor",
                                                   "embarrassing"};
    struct bench_interval kappa;

    printf("\n%s: %u lists, %.1f %% equal, kappa ", name, lists,
           100.0 * equal / lists);
    if (bench_kappa(table->cells, &kappa)) {
        printf("%.2f (%.2f to %.2f)\n", kappa.value, kappa.low, kappa.high);
    } else {
        printf("not defined: one mark for all\n");
    }
    printf("%-20s %12s %12s %12s\n", "", heads[0], heads[1], heads[2]);
    for (unsigned i = 0; i < BENCH_MARKS; i++) {
        printf("%20s %12u %12u %12u\n", heads[i], table->cells[i][0],
               table->cells[i][1], table->cells[i][2]);
    }
}

static void print_pair(const struct judge_bench *bench, unsigned first,
                       unsigned second)
{
    struct mark_table *table = pair_of(bench, first, second);
    char name[2 * MARKER_SIZE + 4];
    unsigned lists = 0;
    unsigned equal = 0;

    for (unsigned i = 0; i < BENCH_MARKS; i++) {
        for (unsigned j = 0; j < BENCH_MARKS; j++) {
            lists += table->cells[i][j];
            equal += i == j ? table->cells[i][j] : 0;
        }
    }
    if (lists == 0) {
        return; // they have marked other lists
    }
    snprintf(name, sizeof(name), "%s / %s", bench->judgements.markers[first],
             bench->judgements.markers[second]);
    if (bench->report.json) {
        print_pair_json(bench, name, table, lists, equal);
    } else {
        print_pair_table(name, table, lists, equal);
    }
}

/* ---- Embarrassing lists ------------------------------------------------ */

static void print_list_json(const struct judge_bench *bench,
                            const struct judgement *row)
{
    char note[VN_TEXT_LINE_MAX + 1];

    snprintf(note, sizeof(note), "%.*s", (int)row->note.size, row->note.data);
    bench_json_start(&bench->report, "embarrassing", "list");
    printf("\"suffix\":\"%07u\",\"spellings\":[", row->list.suffix);
    for (unsigned k = 0; k < SHEET_SPELLINGS && row->list.texts[k][0]; k++) {
        printf("%s\"%s\"", k > 0 ? "," : "", row->list.texts[k]);
    }
    printf("],\"marker\":");
    bench_json_text(bench->judgements.markers[row->marker]);
    printf(",\"note\":");
    bench_json_text(note);
    putchar(',');
    bench_json_end(&bench->report);
}

static void print_list(const struct judge_bench *bench,
                       const struct judgement *row)
{
    printf("%07u  %-16s %-16s %-16s %s%s%.*s\n", row->list.suffix,
           row->list.texts[0], row->list.texts[1], row->list.texts[2],
           bench->judgements.markers[row->marker],
           row->note.size > 0 ? ": " : "", (int)row->note.size, row->note.data);
}

static void print_embarrassing(const struct judge_bench *bench)
{
    const struct judgements *all = &bench->judgements;

    if (!bench->report.json && bench->by_any.of[MARK_EMBARRASSING] > 0) {
        printf("\nembarrassing:\n");
    }
    for (size_t i = 0; i < all->count; i++) {
        if (all->list[i].mark != MARK_EMBARRASSING) {
            continue;
        }
        if (bench->report.json) {
            print_list_json(bench, &all->list[i]);
        } else {
            print_list(bench, &all->list[i]);
        }
    }
}

static void print(const struct judge_bench *bench)
{
    const unsigned markers = (unsigned)bench->judgements.marker_count;

    bench_print_head(&bench->report);
    print_all_counts(bench);
    for (unsigned i = 0; i < markers; i++) {
        for (unsigned j = i + 1; j < markers; j++) {
            print_pair(bench, i, j);
        }
    }
    print_embarrassing(bench);
}

enum vn_status bench_judge_print(const struct judge_options *options,
                                 struct vn_error *error)
{
    struct judge_bench *bench = calloc(1, sizeof(*bench));

    if (bench == NULL) {
        return vn_error_set(error, VN_NOMEM, "out of memory");
    }
    bench->options = options;
    bench->error = error;
    bench->report = (struct bench_report){
        .bench = "quality", .json = options->json, .threads = 1};
    enum vn_status status = read_all(bench);

    if (status == VN_OK) {
        status = count_all(bench);
    }
    if (status == VN_OK) {
        print(bench);
    }
    free(bench->pairs);
    judge_free(&bench->judgements);
    free(bench);
    return status;
}
