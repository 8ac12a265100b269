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

/*
 * rank_choose() drops blocked candidates and chooses five, as vn_engine_run()
 * defines it, for the suffix where 'path' stands (all seven digits entered).
 * 'list' is its list of the search; bit i of 'blocked' says that list[i] is
 * blocked (rank_blocked()). Where the list does not reach, it asks
 * search_exact(), and returns true.
 */
bool rank_choose(const struct search_path *path,
                 const int64_t list[SEARCH_KEEP], unsigned blocked,
                 struct rank_choice *choice);

/* rank_blocked() tells which candidates of the list are blocked. */
unsigned rank_blocked(const struct search_path *path,
                      const int64_t list[SEARCH_KEEP]);

/*
 * rank_choose_exactly() does it by search_exact() alone. 'choice' is a first
 * guess (it bounds the search), or has a count of 0.
 */
void rank_choose_exactly(const struct search_path *path,
                         struct rank_choice *choice);

/* rank_pack() writes the choice in the form of record.h. */
void rank_pack(const struct rank_choice *choice, struct vn_record *record);

#endif
