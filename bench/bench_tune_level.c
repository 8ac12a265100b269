/* bench_tune_level.c: bakes so that the scores lie where they should. */
#include "bench_tune.h"

#include <math.h>

/* Blocks of 100 suffixes, spread over all of them by a stride. */
#define BLOCKS 500u
#define BLOCK_SIZE 100u
#define STRIDE 61803u
#define SCORES_MAX 256 /* a score of a record is a byte, from -229 */
#define SCORE_LEAST (-230)

/* How often each score is the best of a suffix, in tenths of a nat. */
struct best_scores {
    uint32_t counts[SCORES_MAX];
    uint32_t count;
};

static enum vn_status count_best(void *context, uint32_t first,
                                 const struct vn_record *records, size_t count)
{
    struct best_scores *best = context;

    (void)first;
    for (size_t i = 0; i < count; i++) {
        if (vn_record_count(&records[i]) > 0) {
            const int score = vn_code_score(records[i].codes[0]);
            best->counts[score - SCORE_LEAST]++;
            best->count++;
        }
    }
    return VN_OK;
}

static int median_of(const struct best_scores *best)
{
    uint32_t seen = 0;
    int score = 0;

    while (score < SCORES_MAX - 1 &&
           seen + best->counts[score] <= best->count / 2) {
        seen += best->counts[score];
        score++;
    }
    return score + SCORE_LEAST;
}

/* Median of the best scores, in tenths of a nat, with a baked lexicon. */
static enum vn_status measure(const char *folder, int *median,
                              struct vn_error *error)
{
    const struct vn_lexicon_options options = {.folder = folder};
    struct vn_lexicon *lexicon = NULL;
    struct vn_engine *engine = NULL;
    struct best_scores best = {{0}, 0};
    enum vn_status status = vn_lexicon_open(&options, &lexicon, error);

    if (status == VN_OK) {
        status = vn_engine_new(lexicon, NULL, &engine, error);
    }
    for (uint32_t i = 0; status == VN_OK && i < BLOCKS; i++) {
        const uint32_t block = i * STRIDE % (VN_SUFFIXES / BLOCK_SIZE);
        status = vn_engine_run(engine, block * BLOCK_SIZE, BLOCK_SIZE,
                               count_best, &best, error);
    }
    *median = median_of(&best);
    vn_engine_free(engine);
    vn_lexicon_free(lexicon);
    return status;
}

enum vn_status tune_bake_level(const struct tune_data *data,
                               const double *weights,
                               const struct tune_bake_options *options,
                               const char *folder, struct tune_baked *baked,
                               struct vn_error *error)
{
    struct tune_bake_options levelled = *options;
    enum vn_status status =
        tune_bake(data, weights, options, folder, baked, error);
    int median = 0;

    if (status == VN_OK && options->level != 0) {
        status = measure(folder, &median, error);
    }
    if (status != VN_OK || options->level == 0) {
        return status;
    }
    levelled.shift =
        (int)lround((median * 10 - options->level) / (double)VN_SUFFIX_DIGITS);
    return tune_bake(data, weights, &levelled, folder, baked, error);
}
