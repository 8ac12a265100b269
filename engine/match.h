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
 * bonuses are above zero, and what words pay that are not listed is not, the
 * best way to put a spelling together from tokens has its true score, and what
 * is left between tokens is only the kind of the entries at the border: short
 * or long, and common or not.
 *
 * A table holds the tokens of one start, one number of covered keys, and one
 * kind of last entry (which does not matter at the seventh key: all are
 * MATCH_LONG there). Its groups are the digits but the last, in base 8 (key 2 =
 * 0), each for every kind of first entry, side by side. A group is a list of
 * rows of eight lanes, one for each last key 2..9: going down a lane, the
 * tokens of these digits, best first, of different letters, then KEY_NONE. So
 * eight sibling suffixes are one vector.
 *
 * Where the model has terms for what stands behind a run, tokens are in other
 * tables, too, each with one list for all kinds of first entry, as these have
 * the term of a short entry beside a run in them:
 *   after_4   a lone 4 and the token behind it, which gives it its place
 *   alone     tokens that end at the seventh key, as they stand behind a run
 *             at key 0 that is no lone 4
 */
#define MATCH_LANES 8u

/* Kinds of entries: MATCH_SHORT and MATCH_COMMON are bits. */
#define MATCH_LONG 0u
#define MATCH_SHORT 1u
#define MATCH_COMMON 2u
#define MATCH_KINDS 4u

struct match_table {
    uint32_t *offsets; /* groups + 1: rows; NULL if the table is empty */
    int64_t *rows;     /* 64-byte aligned */
};

struct match {
    /* By start, covered keys, kind of the last entry. */
    struct match_table tables[VN_SUFFIX_DIGITS][VN_SUFFIX_DIGITS + 1]
                             [MATCH_KINDS];
    struct match_table after_4[VN_SUFFIX_DIGITS][VN_SUFFIX_DIGITS + 1]
                              [MATCH_KINDS];
    struct match_table alone[VN_SUFFIX_DIGITS]; /* by start */
    bool behind_runs;                           /* whether these two are made */
    /* Those that tokens have: 2 where common words do not matter. */
    unsigned kinds;
    uint64_t token_count, row_count; /* of all tables */
};

/*
 * match_init() makes the tables; false if memory is short (what was made is
 * freed). match_reset() frees them; accepts zeroed ones.
 */
bool match_init(struct match *match, const struct vn_lexicon *lexicon,
                const struct block_set *blocks);
void match_reset(struct match *match);

/* The rows of a group: the first, and one past the last. */
static inline const int64_t *match_group(const struct match_table *table,
                                         size_t group, const int64_t **end)
{
    if (table->offsets == NULL) {
        *end = NULL;
        return NULL;
    }
    *end = table->rows + (size_t)table->offsets[group + 1] * MATCH_LANES;
    return table->rows + (size_t)table->offsets[group] * MATCH_LANES;
}

/* Those of the digits 'digits' and this kind of first entry. */
static inline const int64_t *match_rows(const struct match *match,
                                        const struct match_table *table,
                                        uint32_t digits, unsigned first_kind,
                                        const int64_t **end)
{
    return match_group(table, (size_t)digits * match->kinds + first_kind, end);
}

#endif
