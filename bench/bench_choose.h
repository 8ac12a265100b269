/* bench_choose.h: sheets on which people choose the best spelling. */
#ifndef VN_BENCH_CHOOSE_H
#define VN_BENCH_CHOOSE_H

#include "bench.h"

/* Spellings of a suffix, lettered from A on. */
#define CHOOSE_SPELLINGS 10u
#define CHOOSE_LETTERS "ABCDEFGHIJ"

/* The first lines of a sheet; a marker writes a name behind the second. */
#define CHOOSE_TITLE "# vanity choice sheet 1"
#define CHOOSE_COLUMNS "suffix\tA\tB\tC\tD\tE\tF\tG\tH\tI\tJ\tchoice\tnote"

/* Scores that --at-least takes, in tenths of a nat. */
#define CHOOSE_SCORE_MIN (-VN_SCORE_BIAS)
#define CHOOSE_SCORE_MAX (255 - VN_SCORE_BIAS)

struct choose_options {
    const struct vn_lexicon_options *lexicon;
    uint32_t suffixes; /* 1..SHEET_SUFFIXES_MAX */
    uint64_t seed;
    int at_least; /* of the best spelling, CHOOSE_SCORE_MIN..MAX */
};

/*
 * bench_choose_print() draws suffixes at random, each once, of those from
 * 2000000 on (no number of the North American plan has others) that have a
 * spelling of 'at_least', and prints the best spellings of each as a sheet,
 * shuffled and without scores. The same options give the same bytes.
 *
 * Returns VN_OK, VN_INVALID for more suffixes than there are, or what opening
 * a lexicon and running an engine returns.
 */
VN_NODISCARD enum vn_status
bench_choose_print(const struct choose_options *options,
                   struct vn_error *error);

#endif
