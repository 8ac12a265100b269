/* rank.h: from the best spellings of a suffix to its record. */
#ifndef VN_RANK_H
#define VN_RANK_H

#include <stdint.h>

#include "record.h"
#include "search.h"

/* The candidates of a suffix as chosen, best first. */
struct rank_choice {
    int64_t keys[VN_CANDIDATES];     /* with S as it is */
    int64_t adjusted[VN_CANDIDATES]; /* after the penalty of twins */
    unsigned count;
};

/* Counters of one thread: how often the short lists were not enough. */
struct rank_counts {
    uint64_t suffixes;
    uint64_t exact; /* calls of search_exact() */
};

/*
 * rank_choose() drops blocked candidates and chooses five, as vn_engine_run()
 * defines it, for the suffix where 'path' stands (all seven digits entered).
 * 'list' is its list of search_leaves. Where the list does not reach, it asks
 * search_exact(). 'counts' may be NULL.
 */
void rank_choose(const struct search_path *path,
                 const int64_t list[SEARCH_KEEP], struct rank_choice *choice,
                 struct rank_counts *counts);

/* rank_pack() writes the choice in the form of record.h. */
void rank_pack(const struct rank_choice *choice, struct vn_record *record);

#endif
