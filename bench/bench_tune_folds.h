/* bench_tune_folds.h: the fit on all phrases, and on all but each fold. */
#ifndef VN_BENCH_TUNE_FOLDS_H
#define VN_BENCH_TUNE_FOLDS_H

#include "bench_phrases.h"
#include "bench_tune.h"

#define TUNE_FOLDS_MAX 100u
/* Rounds of a fit that begins at the weights of another. */
#define TUNE_ROUNDS_ON 2u

/* What weights make of a phrase. */
struct tune_mark {
    struct tune_verdict verdict; /* by the model alone */
    unsigned shipped; /* rank by the engine; 0 = not among the five */
};

struct tune_run {
    const struct tune_data *data;
    const struct bench_phrases *phrases;
    struct tune_rows marks;  /* choices that every fit has too */
    struct tune_rows beside; /* and phrases of other files, likewise */
    struct tune_fit_options fit;
    struct tune_bake_options bake;
    const char *folder; /* is there; gets the lexicon of the whole fit */
    unsigned folds;     /* 0 = no cross-validation, else 2..TUNE_FOLDS_MAX */
    uint64_t seed;      /* of the folds */
    unsigned threads;

    double *weights; /* of the fit on all phrases, rounded */
    struct tune_fit_result result;
    struct tune_baked baked;
    struct tune_mark *trained;  /* by these weights */
    struct tune_mark *foretold; /* by weights of other folds */
};

/*
 * tune_run() makes all fits, each on one thread, so that the results are the
 * same for any number of threads. Phrases of the same digits are in one fold.
 * If there are phrases beside, a first fit on what no fold holds out takes all
 * rounds, and all others begin at its weights and take TUNE_ROUNDS_ON rounds.
 * The lexicon of each fit is baked, and its phrases ranked by an engine too.
 *
 * Returns VN_OK, VN_INVALID, VN_IO, VN_NOMEM. The caller resets.
 */
VN_NODISCARD enum vn_status tune_run(struct tune_run *run,
                                     struct vn_error *error);
void tune_run_reset(struct tune_run *run);

#endif
