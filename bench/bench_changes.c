/* bench_changes.c: compares the records of two sources. */
#include "bench_changes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Records of each source at a time: enough for all threads of an engine. */
#define CHUNK 200000u
/* Spellings of a change that are printed. */
#define SHOWN 3u

const unsigned changes_ranks[CHANGES_RANKS] = {1, 3, VN_CANDIDATES};

/* What is held while records are compared. */
struct comparing {
    struct changes *changes;
    const struct changes_options *options;
    uint64_t state; /* of the random numbers */
    uint64_t seen;  /* changes that the sample was drawn from */
    FILE *list;
    struct vn_error *error;
};

/* ---- One suffix -------------------------------------------------------- */

/* Whether two candidates are spelled the same. */
static bool same_text(const struct vn_record *a, unsigned i,
                      const struct vn_record *b, unsigned k)
{
    const uint32_t differs = a->codes[i] ^ b->codes[k];

    return differs << (32 - VN_CODE_SCORE_SHIFT) == 0 &&
           a->tails[i] == b->tails[k];
}

/* How many of the first 'count' of 'a' are among the first 'count' of 'b'. */
static unsigned count_common(const struct vn_record *a, unsigned a_count,
                             const struct vn_record *b, unsigned b_count)
{
    unsigned common = 0;

    for (unsigned i = 0; i < a_count; i++) {
        for (unsigned k = 0; k < b_count; k++) {
            common += same_text(a, i, b, k);
        }
    }
    return common;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static void add_agreement(struct changes *changes, const struct change *pair)
{
    const unsigned a_count = vn_record_count(&pair->a);
    const unsigned b_count = vn_record_count(&pair->b);

    if (a_count + b_count == 0) {
        return;
    }
    changes->either++;
    for (unsigned i = 0; i < CHANGES_RANKS; i++) {
        const unsigned a = least(a_count, changes_ranks[i]);
        const unsigned b = least(b_count, changes_ranks[i]);

        changes->agreement[i] +=
            (double)count_common(&pair->a, a, &pair->b, b) / (a > b ? a : b);
    }
}

static void add_scores(struct changes *changes, const struct change *pair)
{
    if (pair->a.codes[0] == 0 || pair->b.codes[0] == 0) {
        return;
    }
    const int step =
        vn_code_score(pair->b.codes[0]) - vn_code_score(pair->a.codes[0]);

    changes->both++;
    changes->score_sum += step;
    changes->higher += step > 0;
    changes->lower += step < 0;
}

/* Puts the suffix into its class; true if its spellings change. */
static bool classify(struct changes *changes, const struct change *pair)
{
    const unsigned a_count = vn_record_count(&pair->a);
    const unsigned b_count = vn_record_count(&pair->b);
    unsigned alike = 0;

    if (vn_record_equal(&pair->a, &pair->b)) {
        changes->same++;
        return false;
    }
    while (alike < a_count && alike < b_count &&
           same_text(&pair->a, alike, &pair->b, alike)) {
        alike++;
    }
    if (alike == a_count && alike == b_count) {
        changes->scores++;
        return false;
    }
    if (a_count == b_count &&
        count_common(&pair->a, a_count, &pair->b, b_count) == a_count) {
        changes->order++;
    } else {
        changes->others++;
        changes->gained += a_count == 0;
        changes->lost += b_count == 0;
    }
    changes->first += alike == 0;
    return true;
}

/* ---- Changes ----------------------------------------------------------- */

/* Each change stays in the sample with the same chance (reservoir). */
static void draw(struct comparing *comparing, const struct change *pair)
{
    struct changes *changes = comparing->changes;
    const uint32_t room = comparing->options->sample.count;
    uint32_t at = changes->sample_count;

    comparing->seen++;
    if (at == room) {
        at = bench_random_below(&comparing->state, (uint32_t)comparing->seen);
    } else {
        changes->sample_count++;
    }
    if (at < room) {
        changes->sample[at] = *pair;
    }
}

static void write_record(FILE *to, uint32_t suffix,
                         const struct vn_record *record)
{
    for (unsigned k = 0; k < VN_CANDIDATES && record->codes[k] != 0; k++) {
        struct vn_spelling spelling;

        if (vn_spell(suffix, record->codes[k], record->tails[k], &spelling) ==
            VN_OK) {
            fprintf(to, "%s%s", k > 0 ? " " : "", spelling.text);
        }
    }
}

/* Of the first spelling; nothing without one. */
static void write_score(FILE *to, const struct vn_record *record)
{
    putc('\t', to);
    if (record->codes[0] != 0) {
        fprintf(to, "%d", vn_code_score(record->codes[0]));
    }
}

static void write_change(struct comparing *comparing, const struct change *pair)
{
    if (comparing->list == NULL) {
        return;
    }
    fprintf(comparing->list, "%07u\t", pair->suffix);
    write_record(comparing->list, pair->suffix, &pair->a);
    putc('\t', comparing->list);
    write_record(comparing->list, pair->suffix, &pair->b);
    write_score(comparing->list, &pair->a);
    write_score(comparing->list, &pair->b);
    putc('\n', comparing->list);
}

static void compare_suffix(struct comparing *comparing,
                           const struct change *pair)
{
    comparing->changes->compared++;
    add_agreement(comparing->changes, pair);
    add_scores(comparing->changes, pair);
    if (classify(comparing->changes, pair)) {
        draw(comparing, pair);
        write_change(comparing, pair);
    }
}

static enum vn_status compare_all(struct comparing *comparing,
                                  struct bench_source *a,
                                  struct bench_source *b)
{
    const uint32_t first = vn_prefix_first(comparing->options->prefix);
    const uint32_t end = first + vn_prefix_count(comparing->options->prefix);
    struct vn_record *records = calloc((size_t)2 * CHUNK, sizeof(records[0]));
    enum vn_status status = VN_OK;

    if (records == NULL) {
        return vn_error_set(comparing->error, VN_NOMEM, "out of memory");
    }
    for (uint32_t at = first; status == VN_OK && at < end; at += CHUNK) {
        const uint32_t count = end - at < CHUNK ? end - at : CHUNK;

        status = source_records(a, at, count, records, comparing->error);
        if (status == VN_OK) {
            status =
                source_records(b, at, count, &records[CHUNK], comparing->error);
        }
        for (uint32_t i = 0; status == VN_OK && i < count; i++) {
            const struct change pair = {at + i, records[i], records[CHUNK + i]};

            compare_suffix(comparing, &pair);
        }
    }
    free(records);
    return status;
}

static int compare_changes(const void *a, const void *b)
{
    const struct change *x = a;
    const struct change *y = b;

    return x->suffix < y->suffix ? -1 : x->suffix > y->suffix;
}

/* Closes the list; a failure on the way is told. */
static enum vn_status close_list(struct comparing *comparing)
{
    if (comparing->list == NULL) {
        return VN_OK;
    }
    const bool failed = ferror(comparing->list) != 0;

    if (fclose(comparing->list) != 0 || failed) {
        return vn_error_system(comparing->error, errno, "cannot write '%s'",
                               comparing->options->list);
    }
    return VN_OK;
}

static enum vn_status open_list(struct comparing *comparing)
{
    const char *path = comparing->options->list;

    if (path == NULL) {
        return VN_OK;
    }
    comparing->list = fopen(path, "we");
    if (comparing->list == NULL) {
        const int failed = errno;
        const enum vn_status status = vn_error_system(
            comparing->error, failed, "cannot write '%s'", path);

        return failed == ENOENT || failed == ENOTDIR || failed == EISDIR
                   ? VN_INVALID
                   : status;
    }
    fputs("suffix\ta\tb\ta_score\tb_score\n", comparing->list);
    return VN_OK;
}

enum vn_status changes_find(struct changes *changes,
                            const struct changes_options *options,
                            struct bench_source *a, struct bench_source *b,
                            struct vn_error *error)
{
    struct comparing comparing = {.changes = changes,
                                  .options = options,
                                  .state = options->sample.seed,
                                  .error = error};

    changes->sample =
        calloc((size_t)options->sample.count + 1, sizeof(changes->sample[0]));
    if (changes->sample == NULL) {
        return vn_error_set(error, VN_NOMEM, "out of memory");
    }
    enum vn_status status = open_list(&comparing);

    if (status == VN_OK) {
        status = compare_all(&comparing, a, b);
    }
    const enum vn_status closed = close_list(&comparing);

    qsort(changes->sample, changes->sample_count, sizeof(changes->sample[0]),
          compare_changes);
    return status == VN_OK ? closed : status;
}

void changes_free(struct changes *changes)
{
    free(changes->sample);
    changes->sample = NULL;
    changes->sample_count = 0;
}

/* ---- Output ------------------------------------------------------------ */

static void print_counts(const struct changes *changes,
                         const struct bench_report *report)
{
    const struct {
        const char *name;
        uint64_t value;
    } rows[] = {
        {"compared", changes->compared},
        {"same spellings and scores", changes->same},
        {"same spellings, other scores", changes->scores},
        {"same spellings, other order", changes->order},
        {"other spellings", changes->others},
        {"  of these, none before", changes->gained},
        {"  of these, none any more", changes->lost},
        {"another first spelling", changes->first},
        {"first has a higher score", changes->higher},
        {"first has a lower score", changes->lower},
    };

    bench_print_count_columns(report);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *name =
            rows[i].name + (report->json ? strspn(rows[i].name, " ") : 0);

        bench_print_count(report, name, rows[i].value, "suffixes");
    }
}

static double share_of(double sum, uint64_t of)
{
    return of == 0 ? 1 : sum / (double)of;
}

static void print_agreement(const struct changes *changes,
                            const struct bench_report *report)
{
    const double step =
        changes->both == 0 ? 0
                           : (double)changes->score_sum / (double)changes->both;

    if (report->json) {
        bench_json_start(report, "agreement", "agreement");
        printf("\"suffixes\":%llu,", (unsigned long long)changes->either);
    } else {
        printf("%-40s %+10.3f  tenths of a nat\n", "mean change of the first",
               step);
    }
    for (unsigned i = 0; i < CHANGES_RANKS; i++) {
        const double share = share_of(changes->agreement[i], changes->either);

        if (report->json) {
            printf("\"agreement_at_%u\":%.6f,", changes_ranks[i], share);
        } else {
            printf("agreement@%u %40.3f  %%\n", changes_ranks[i], share * 100);
        }
    }
    if (report->json) {
        printf("\"score_change\":%.6f,", step);
        bench_json_end(report);
    }
}

static void print_side_json(const char *name, uint32_t suffix,
                            const struct vn_record *record)
{
    printf("\"%s\":[", name);
    for (unsigned k = 0; k < VN_CANDIDATES && record->codes[k] != 0; k++) {
        struct vn_spelling spelling = {.text = ""};

        if (vn_spell(suffix, record->codes[k], record->tails[k], &spelling) ==
            VN_OK) {
            printf("%s{\"spelling\":\"%s\",\"score\":%d}", k > 0 ? "," : "",
                   spelling.text, spelling.score);
        }
    }
    printf("],");
}

static void print_side(uint32_t suffix, const struct vn_record *record)
{
    for (unsigned k = 0; k < SHOWN; k++) {
        struct vn_spelling spelling = {.text = ""};

        if (vn_spell(suffix, record->codes[k], record->tails[k], &spelling) ==
            VN_OK) {
            printf("  %-13s %4d", spelling.text, spelling.score);
        } else {
            printf("  %-18s", "");
        }
    }
    putchar('\n');
}

static void print_sample(const struct changes *changes,
                         const struct bench_report *report)
{
    if (!report->json && changes->sample_count > 0) {
        printf("\n%u changes by chance, A above B, first %u, with scores:\n",
               changes->sample_count, SHOWN);
    }
    for (uint32_t i = 0; i < changes->sample_count; i++) {
        const struct change *change = &changes->sample[i];

        if (report->json) {
            bench_json_start(report, "change", "change");
            printf("\"suffix\":\"%07u\",", change->suffix);
            print_side_json("a", change->suffix, &change->a);
            print_side_json("b", change->suffix, &change->b);
            bench_json_end(report);
        } else {
            printf("%07u", change->suffix);
            print_side(change->suffix, &change->a);
            printf("%7s", "");
            print_side(change->suffix, &change->b);
        }
    }
}

void changes_print(const struct changes *changes,
                   const struct bench_report *report)
{
    print_counts(changes, report);
    print_agreement(changes, report);
    print_sample(changes, report);
}
