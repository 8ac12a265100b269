/* bench_gains.c: ranks phrases with two sources and tells who gains. */
#include "bench_gains.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- Finding ----------------------------------------------------------- */

/* Drops the rows that are not of the prefix. */
static void keep_prefix(struct bench_phrases *phrases, struct vn_prefix prefix)
{
    const size_t all = phrases->count;

    phrases->count = 0;
    for (size_t i = 0; i < all; i++) {
        if (vn_prefix_holds(prefix, phrases->list[i].suffix)) {
            phrases->list[phrases->count++] = phrases->list[i];
        }
    }
}

static enum vn_status rank(struct bench_phrases *phrases,
                           struct bench_source *source, struct vn_error *error)
{
    enum vn_status status = VN_OK;

    for (size_t i = 0; status == VN_OK && i < phrases->count; i++) {
        status = source_record(source, phrases->list[i].suffix,
                               &phrases->list[i].record, error);
    }
    return status == VN_OK ? bench_phrases_find(phrases, error) : status;
}

static enum vn_status find_side(struct bench_phrases *phrases, const char *path,
                                struct vn_prefix prefix,
                                struct bench_source *source,
                                struct vn_error *error)
{
    const enum vn_status status = bench_phrases_read(phrases, path, error);

    if (status != VN_OK) {
        return status;
    }
    keep_prefix(phrases, prefix);
    return phrases->count == 0
               ? vn_error_set(error, VN_INVALID,
                              "'%s' has no phrase of the prefix %0*u", path,
                              (int)prefix.length, prefix.digits)
               : rank(phrases, source, error);
}

static bool is_found(const struct bench_phrase *row, unsigned within)
{
    return row->rank != 0 && row->rank <= within;
}

static void find_differences(struct gains *gains)
{
    for (unsigned k = 0; k < RECALL_RANKS; k++) {
        for (size_t i = 0; i < gains->a.count; i++) {
            const bool a = is_found(&gains->a.list[i], recall_ranks[k]);
            const bool b = is_found(&gains->b.list[i], recall_ranks[k]);

            gains->found[k] += b && !a;
            gains->missed[k] += a && !b;
        }
        gains->recall[k] = bench_paired(gains->found[k], gains->missed[k],
                                        (unsigned)gains->a.count);
    }
}

enum vn_status gains_find(struct gains *gains, const char *path,
                          struct vn_prefix prefix, struct bench_source *a,
                          struct bench_source *b, struct vn_error *error)
{
    enum vn_status status = find_side(&gains->a, path, prefix, a, error);

    if (status == VN_OK) {
        status = find_side(&gains->b, path, prefix, b, error);
    }
    if (status == VN_OK) {
        status = bench_recall_count(&gains->a, &gains->recall_a, error);
    }
    if (status == VN_OK) {
        status = bench_recall_count(&gains->b, &gains->recall_b, error);
    }
    if (status == VN_OK) {
        find_differences(gains);
    }
    return status;
}

void gains_free(struct gains *gains)
{
    bench_phrases_free(&gains->a);
    bench_phrases_free(&gains->b);
}

/* ---- Output ------------------------------------------------------------ */

static void print_recall(const struct gains *gains,
                         const struct bench_report *report)
{
    if (!report->json) {
        printf("\n%-12s %12s  %-20s %6s %6s\n", "", "B less A", "(95 %)",
               "only B", "only A");
    }
    for (unsigned k = 0; k < RECALL_RANKS; k++) {
        const struct bench_interval *change = &gains->recall[k];
        char name[16];

        snprintf(name, sizeof(name), "recall@%u", recall_ranks[k]);
        if (report->json) {
            bench_json_start(report, name, "recall_change");
            printf("\"rows\":%zu,\"change\":%.6f,\"low\":%.6f,\"high\":%.6f,"
                   "\"only_a\":%u,\"only_b\":%u,",
                   gains->a.count, change->value, change->low, change->high,
                   gains->missed[k], gains->found[k]);
            bench_json_end(report);
        } else {
            printf("%-12s %+5.1f points  (%+5.1f to %+5.1f)    %6u %6u\n", name,
                   change->value * 100, change->low * 100, change->high * 100,
                   gains->found[k], gains->missed[k]);
        }
    }
}

static void print_rank_json(const char *name, unsigned found)
{
    if (found == 0) {
        printf("\"%s\":null,", name);
    } else {
        printf("\"%s\":%u,", name, found);
    }
}

static const char *rank_text(unsigned found)
{
    static const char *const texts[VN_CANDIDATES + 1] = {"-", "1", "2",
                                                         "3", "4", "5"};

    return texts[found];
}

static void print_phrase(const struct bench_report *report, const char *kind,
                         const struct bench_phrase *a,
                         const struct bench_phrase *b)
{
    char phrase[64];

    snprintf(phrase, sizeof(phrase), "%.*s", (int)a->display.size,
             a->display.data);
    if (!report->json) {
        printf("%07u  %-20s %-8s %s -> %s\n", a->suffix, phrase, a->shape,
               rank_text(a->rank), rank_text(b->rank));
        return;
    }
    bench_json_start(report, kind, kind);
    printf("\"phrase\":");
    bench_json_text(phrase);
    printf(",\"suffix\":\"%07u\",\"shape\":", a->suffix);
    bench_json_text(a->shape);
    putchar(',');
    print_rank_json("rank_a", a->rank);
    print_rank_json("rank_b", b->rank);
    bench_json_end(report);
}

/* Not found comes behind the last rank. */
static unsigned place(unsigned found)
{
    return found == 0 ? VN_CANDIDATES + 1 : found;
}

/* The phrases that B ranks better, or worse. */
static void print_moved(const struct gains *gains,
                        const struct bench_report *report, bool better)
{
    bool head = false;

    for (size_t i = 0; i < gains->a.count; i++) {
        const unsigned a = place(gains->a.list[i].rank);
        const unsigned b = place(gains->b.list[i].rank);

        if (better ? b >= a : b <= a) {
            continue;
        }
        if (!head && !report->json) {
            printf("\n%s, rank in A and B:\n", better ? "gains" : "losses");
        }
        head = true;
        print_phrase(report, better ? "gain" : "loss", &gains->a.list[i],
                     &gains->b.list[i]);
    }
}

void gains_print(const struct gains *gains, const struct bench_report *report)
{
    bench_recall_print(report, "recall_a", "A", &gains->recall_a);
    bench_recall_print(report, "recall_b", "B", &gains->recall_b);
    print_recall(gains, report);
    print_moved(gains, report, true);
    print_moved(gains, report, false);
}
