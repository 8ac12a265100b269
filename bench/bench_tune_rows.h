/* bench_tune_rows.h: phrases of files as rows for the fit. */
#ifndef VN_BENCH_TUNE_ROWS_H
#define VN_BENCH_TUNE_ROWS_H

#include "bench_phrases.h"
#include "bench_tune.h"

/* Phrases that are fitted on beside those of the benchmark, never judged by. */
struct tune_beside {
    struct tune_row *rows; /* of numbers that the benchmark has not */
    size_t count;
    size_t dropped; /* phrases of a number that it has */
};

/* The keys and characters of a phrase. */
struct tune_row tune_row_of(const struct bench_phrase *phrase);

/*
 * tune_beside_read() adds the phrases of the file 'path' (bench_phrases_read())
 * whose number none of 'phrases' has. The loss of each counts 'weight' beside
 * one of these. tune_beside_free() accepts what was never read.
 *
 * Returns VN_OK, VN_INVALID with file and line, VN_IO, VN_NOMEM.
 */
VN_NODISCARD enum vn_status
tune_beside_read(struct tune_beside *beside, const char *path,
                 const struct bench_phrases *phrases, double weight,
                 struct vn_error *error);
void tune_beside_free(struct tune_beside *beside);

#endif
