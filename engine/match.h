/* match.h: which words can stand where: tokens by place and digits. */
#ifndef VN_MATCH_H
#define VN_MATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "block.h"
#include "key.h"
#include "lexicon.h"

/*
 * A token is an entry, or a chain of entries of which each two neighbours are
 * a listed pair, at a given place, as the difference that it makes to a key
 * (key.h): word scores, bonuses of the chain, place terms, cut before it. As
 * bonuses are above zero, the best way to put a spelling together from tokens
 * has its true score, and what is left between tokens is only whether the
 * last one was short, long, or a run.
 *
 * A table holds the tokens of one start, one number of covered keys, and one
 * kind of first and last entry (short or long; the last does not matter at the
 * seventh key, all are "long" there). Its groups are the digits but the last,
 * in base 8 (key 2 = 0), and a group is a list of rows of eight lanes, one for
 * each last key 2..9: going down a lane, the tokens of these digits, best
 * first, of different letters, then KEY_NONE. So eight sibling suffixes are
 * one vector.
 */
#define MATCH_LANES 8u
#define MATCH_LONG 0u
#define MATCH_SHORT 1u

struct match_table {
    uint32_t *offsets; /* groups + 1: rows; NULL if the table is empty */
    int64_t *rows;     /* 64-byte aligned */
};

struct match {
    /* By start, covered keys, kind of the first and of the last entry. */
    struct match_table tables[VN_SUFFIX_DIGITS][VN_SUFFIX_DIGITS + 1][2][2];
    uint64_t token_count, row_count; /* of all tables */
};

/*
 * match_init() makes the tables; false if memory is short (what was made is
 * freed). match_reset() frees them; accepts zeroed ones.
 */
bool match_init(struct match *match, const struct vn_lexicon *lexicon,
                const struct block_set *blocks);
void match_reset(struct match *match);

/* The lists of a group: first row, and one past the last. */
static inline const int64_t *match_rows(const struct match_table *table,
                                        uint32_t group, const int64_t **end)
{
    if (table->offsets == NULL) {
        *end = NULL;
        return NULL;
    }
    *end = table->rows + (size_t)table->offsets[group + 1] * MATCH_LANES;
    return table->rows + (size_t)table->offsets[group] * MATCH_LANES;
}

#endif
