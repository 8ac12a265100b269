/* bench_plot_index.c: data of pictures of an index: scores and maps. */
#include "bench_plot_data.h"

#include <math.h>
#include <stdlib.h>

#include "bench_phrases.h"
#include "bench_reader.h"

/* Tenths of a nat in a column of the distribution. */
#define BIN 5
#define BINS (256 / BIN + 1)

/* Ranks whose scores are shown, and the phrases' numbers behind them. */
#define RANKS 3u
#define SERIES (RANKS + 1)
static const unsigned ranks[RANKS] = {0, 2, 4};
static const char *const medians[SERIES] = {"median1", "median3", "median5",
                                            "median_phrases"};

/* ---- Scores ------------------------------------------------------------ */

struct scores {
    uint64_t suffixes, phrases;
    uint64_t counts[SERIES][256]; /* by score + VN_SCORE_BIAS */
};

static void count_code(struct scores *scores, unsigned series, uint32_t code)
{
    if (code != 0) {
        scores->counts[series][vn_code_score(code) + VN_SCORE_BIAS]++;
    }
}

static enum vn_status count_scores(void *context, uint32_t first,
                                   const struct vn_record *records,
                                   size_t count)
{
    struct scores *scores = context;

    (void)first;
    for (size_t i = 0; i < count; i++) {
        for (unsigned k = 0; k < RANKS; k++) {
            count_code(scores, k, records[i].codes[ranks[k]]);
        }
    }
    scores->suffixes += count;
    return VN_OK;
}

/* The best spelling of each phrase's number, whether it is the phrase or not.
 */
static enum vn_status count_phrases(struct scores *scores,
                                    struct vn_reader *reader, const char *path,
                                    struct vn_error *error)
{
    struct bench_phrases phrases = {.path = NULL};
    enum vn_status status = bench_phrases_read(&phrases, path, error);

    for (size_t i = 0; status == VN_OK && i < phrases.count; i++) {
        struct vn_record record;

        status = vn_reader_get(reader, phrases.list[i].suffix, &record, error);
        if (status == VN_OK) {
            count_code(scores, RANKS, record.codes[0]);
        }
    }
    scores->phrases = phrases.count;
    bench_phrases_free(&phrases);
    return status;
}

/* The lower median in nats; 0 without any. */
static double median_of(const uint64_t counts[256])
{
    uint64_t all = 0;
    uint64_t passed = 0;
    int score = 0;

    for (unsigned i = 0; i < 256; i++) {
        all += counts[i];
    }
    for (unsigned i = 0; i < 256 && passed * 2 < all; i++) {
        passed += counts[i];
        score = (int)i - VN_SCORE_BIAS;
    }
    return score / 10.0;
}

static uint64_t count_bin(const uint64_t counts[256], unsigned bin)
{
    uint64_t sum = 0;

    for (unsigned i = bin * BIN; i < (bin + 1) * BIN && i < 256; i++) {
        sum += counts[i];
    }
    return sum;
}

/* Columns with less than a twentieth of a percent of all are left out. */
static void write_bin(const struct scores *scores, unsigned bin, FILE *to)
{
    double shares[SERIES];
    bool seen = false;

    for (unsigned k = 0; k < SERIES; k++) {
        const uint64_t all = k < RANKS ? scores->suffixes : scores->phrases;

        shares[k] = all == 0
                        ? 0
                        : 100.0 * (double)count_bin(scores->counts[k], bin) /
                              (double)all;
        seen = seen || shares[k] >= 0.05;
    }
    if (seen) {
        fprintf(to, "%.2f\t%.5f\t%.5f\t%.5f\t%.5f\n",
                ((bin + 0.5) * BIN - 0.5 - VN_SCORE_BIAS) / 10, shares[0],
                shares[1], shares[2], shares[3]);
    }
}

static void write_scores(const struct scores *scores, FILE *to, FILE *job)
{
    for (unsigned bin = 0; bin < BINS; bin++) {
        write_bin(scores, bin, to);
    }
    for (unsigned k = 0; k < SERIES; k++) {
        fprintf(job, "%s = %.1f\n", medians[k], median_of(scores->counts[k]));
    }
    fprintf(job, "phrases = %llu\n", (unsigned long long)scores->phrases);
}

static void write_index_note(const struct plot_input *input, FILE *job)
{
    plot_set_text(job, "note", input->names[0]);
}

/* Middle of the column in nats, then percent in it: rank 1, 3, 5, phrases. */
enum vn_status plot_write_scores(const struct plot_input *input, FILE *to,
                                 FILE *job, struct vn_error *error)
{
    const struct vn_prefix all = {0, 0};
    struct bench_reader reader = {NULL, NULL};
    struct scores scores = {.suffixes = 0};
    enum vn_status status = bench_reader_open(&reader, input->paths[0], error);

    if (status == VN_OK) {
        status = vn_index_scan(reader.index, all, count_scores, &scores, error);
    }
    if (status == VN_OK && input->benchmark != NULL) {
        status = count_phrases(&scores, reader.reader, input->benchmark, error);
    }
    if (status == VN_OK) {
        write_scores(&scores, to, job);
        write_index_note(input, job);
    }
    bench_reader_close(&reader);
    return status;
}

/* ---- Maps -------------------------------------------------------------- */

/* Best scores, summed over the suffixes that begin alike. */
struct field {
    int64_t sum;
    uint32_t count; /* suffixes with a spelling */
};

struct map {
    struct field *fields;
    uint32_t width; /* suffixes of a field */
};

static enum vn_status add_records(void *context, uint32_t first,
                                  const struct vn_record *records, size_t count)
{
    struct map *map = context;

    for (size_t i = 0; i < count; i++) {
        struct field *field = &map->fields[(first + (uint32_t)i) / map->width];

        if (records[i].codes[0] != 0) {
            field->sum += vn_code_score(records[i].codes[0]);
            field->count++;
        }
    }
    return VN_OK;
}

/* Mean of the best scores in nats; NAN without any. */
static float mean_of(const struct field *field)
{
    return field->count == 0 ? NAN
                             : (float)field->sum / (10 * (float)field->count);
}

/* Fills 'count' fields. */
static enum vn_status scan(struct map *map, uint32_t count, const char *path,
                           struct vn_error *error)
{
    const struct vn_prefix all = {0, 0};
    struct bench_reader reader = {NULL, NULL};

    map->width = VN_SUFFIXES / count;
    map->fields = calloc(count, sizeof(map->fields[0]));
    if (map->fields == NULL) {
        return vn_error_set(error, VN_NOMEM, "out of memory");
    }
    enum vn_status status = bench_reader_open(&reader, path, error);

    if (status == VN_OK) {
        status = vn_index_scan(reader.index, all, add_records, map, error);
    }
    bench_reader_close(&reader);
    return status;
}

static int compare_floats(const void *a, const void *b)
{
    const float x = *(const float *)a;
    const float y = *(const float *)b;

    return x < y ? -1 : x > y;
}

/* Whole nats that all means but one in 200 at either end lie between. */
static enum vn_status write_range(const struct map *map, uint32_t count,
                                  FILE *job, struct vn_error *error)
{
    float *means = malloc(count * sizeof(means[0]));
    size_t used = 0;

    if (means == NULL) {
        return vn_error_set(error, VN_NOMEM, "out of memory");
    }
    for (uint32_t i = 0; i < count; i++) {
        if (map->fields[i].count != 0) {
            means[used++] = mean_of(&map->fields[i]);
        }
    }
    qsort(means, used, sizeof(means[0]), compare_floats);
    const float low = used == 0 ? -1 : floorf(means[used / 200]);
    const float top = used == 0 ? 0 : ceilf(means[used - 1 - used / 200]);

    fprintf(job, "low = %.0f\ntop = %.0f\n", (double)low,
            (double)(top > low ? top : low + 1));
    free(means);
    return VN_OK;
}

#define SIDE 1000u

/* Rows are the next three digits, columns the exchange. */
enum vn_status plot_write_map(const struct plot_input *input, FILE *to,
                              FILE *job, struct vn_error *error)
{
    struct map map = {NULL, 0};
    enum vn_status status = scan(&map, SIDE * SIDE, input->paths[0], error);

    for (uint32_t row = 0; status == VN_OK && row < SIDE; row++) {
        for (uint32_t column = 0; column < SIDE; column++) {
            const float mean = mean_of(&map.fields[column * SIDE + row]);

            fwrite(&mean, sizeof(mean), 1, to);
        }
    }
    if (status == VN_OK) {
        status = write_range(&map, SIDE * SIDE, job, error);
    }
    write_index_note(input, job);
    free(map.fields);
    return status;
}

/* First, second, third digit, mean in nats. */
enum vn_status plot_write_exchanges(const struct plot_input *input, FILE *to,
                                    FILE *job, struct vn_error *error)
{
    struct map map = {NULL, 0};
    enum vn_status status = scan(&map, SIDE, input->paths[0], error);

    for (uint32_t i = 0; status == VN_OK && i < SIDE; i++) {
        if (map.fields[i].count != 0) {
            fprintf(to, "%u\t%u\t%u\t%.4f\n", i / 100, i / 10 % 10, i % 10,
                    (double)mean_of(&map.fields[i]));
        }
    }
    if (status == VN_OK) {
        status = write_range(&map, SIDE, job, error);
    }
    write_index_note(input, job);
    free(map.fields);
    return status;
}
