/* bench_changes.h: in what the records of two sources differ. */
#ifndef VN_BENCH_CHANGES_H
#define VN_BENCH_CHANGES_H

#include "bench_source.h"

/* Agreement is counted over the first 1, 3 and 5 candidates. */
#define CHANGES_RANKS 3u

/* A suffix whose spellings, or their order, differ. */
struct change {
    uint32_t suffix;
    struct vn_record a, b;
};

struct changes {
    uint64_t compared;
    uint64_t same;   /* all candidates and their scores */
    uint64_t scores; /* the same candidates in the same order, other scores */
    uint64_t order;  /* the same candidates in another order */
    uint64_t others; /* other candidates */
    uint64_t first;  /* of the last two: another first one */
    uint64_t gained; /* candidates only in B: part of 'others' */
    uint64_t lost;   /* candidates only in A: part of 'others' */
    uint64_t either; /* candidates in A or B: agreement is over these */
    /* sums over these of |A and B| / max(|A|, |B|), each at most the first k */
    double agreement[CHANGES_RANKS];
    uint64_t both;     /* candidates in A and in B */
    int64_t score_sum; /* over these, score of the first in B less in A */
    uint64_t higher;   /* of these, the first has a higher score in B */
    uint64_t lower;
    struct change *sample; /* in the order of the suffixes */
    uint32_t sample_count;
};

/* The first ranks that agreement is over: 1, 3, 5. */
extern const unsigned changes_ranks[CHANGES_RANKS];

struct changes_options {
    struct vn_prefix prefix;
    struct bench_sample sample; /* so many changes by chance */
    const char *list;           /* file for all changes; NULL = none */
};

/*
 * changes_find() compares the records of all suffixes of the prefix. The
 * candidates of two records are the same if they are spelled the same.
 *
 * changes_free() accepts what was never filled.
 * Memory: about 13 MB beside the sources.
 */
VN_NODISCARD enum vn_status changes_find(struct changes *changes,
                                         const struct changes_options *options,
                                         struct bench_source *a,
                                         struct bench_source *b,
                                         struct vn_error *error);
void changes_free(struct changes *changes);

void changes_print(const struct changes *changes,
                   const struct bench_report *report);

#endif
