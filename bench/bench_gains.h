/* bench_gains.h: what two sources make of the same advertised phrases. */
#ifndef VN_BENCH_GAINS_H
#define VN_BENCH_GAINS_H

#include "bench_phrases.h"
#include "bench_source.h"
#include "bench_stats.h"

struct gains {
    struct bench_phrases a, b; /* the same rows, in the same order */
    struct bench_recall recall_a, recall_b;
    struct bench_interval recall[RECALL_RANKS]; /* share in B less in A */
    unsigned found[RECALL_RANKS];               /* rows that only B finds */
    unsigned missed[RECALL_RANKS];              /* rows that only A finds */
};

/*
 * gains_find() reads the phrases of the file 'path' (kept) whose digits have
 * the prefix, and ranks them with both sources. gains_free() accepts what was
 * never filled.
 *
 * Returns VN_OK; VN_INVALID, with file and line, or if no phrase has the
 * prefix; what reading records returns.
 */
VN_NODISCARD enum vn_status gains_find(struct gains *gains, const char *path,
                                       struct vn_prefix prefix,
                                       struct bench_source *a,
                                       struct bench_source *b,
                                       struct vn_error *error);
void gains_free(struct gains *gains);

void gains_print(const struct gains *gains, const struct bench_report *report);

#endif
