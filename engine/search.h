/* search.h: the best spellings by shared prefix: lists of every prefix. */
#ifndef VN_SEARCH_H
#define VN_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "block.h"
#include "key.h"
#include "match.h"
#include "model.h"
#include "record.h"

/*
 * Suffixes that begin alike share the best spellings of that beginning. The
 * search walks the tree of digits; every prefix keeps its best spellings of
 * different letters in lists, by what may follow them:
 *
 *   before[kind]  any spelling, as a token whose first entry is of this kind,
 *                 or the end, wants it: those that end in a run less the term
 *                 of a short entry beside a run, those that end in a common
 *                 word less what it pays for another one; a lone 4 at the end
 *                 is left out where tables have it (match.h, behind_runs)
 *   before_run    those that end in a word, short ones with the term of a
 *                 short entry beside a run
 *
 * A child's lists come from its prefixes: each list times the tokens that
 * reach from there to the child's end (match.h), best first with early stop,
 * and for runs each before_run list plus the cost of the run. As tokens add
 * the same to all spellings of a list, SEARCH_KEEP best of each prefix are
 * enough for the SEARCH_KEEP best of every suffix.
 *
 * Blocked spans and the twin rule may want more than SEARCH_KEEP candidates of
 * a suffix: rank.c sees that and asks search_exact() for them.
 */

/*
 * Length of all lists, best first, ended by 0 if shorter. 5 is the least;
 * longer lists cost more each, shorter ones send more suffixes to
 * search_exact() (vanity-bench engine prints the share).
 */
#define SEARCH_KEEP 10

struct search_node {
    int64_t before[MATCH_KINDS][SEARCH_KEEP];
    int64_t before_run[SEARCH_KEEP];
};

/* Which digits a run ends in (search_path). */
enum search_starts { SEARCH_PLAIN, SEARCH_EQUAL, SEARCH_STARTS };

/* What search needs of an engine. */
struct search_tables {
    const struct vn_lexicon *lexicon;
    struct match match;
    struct block_set blocks;
};

/* One thread's place in the tree. About 33 kB. */
struct search_path {
    const struct search_tables *tables;
    unsigned depth; /* digits chosen */
    unsigned digits[VN_SUFFIX_DIGITS];
    /* clear[d]: first key from which keys up to d are all 2..9. */
    unsigned clear[VN_SUFFIX_DIGITS + 1];
    /* octal[d][s]: digits s .. d - 1 in base 8, for s >= clear[d]. */
    uint32_t octal[VN_SUFFIX_DIGITS + 1][VN_SUFFIX_DIGITS + 1];
    /* runs[d][n]: cost of the digits of the run of n keys that ends at d. */
    int run_digits[VN_SUFFIX_DIGITS + 1][MODEL_RUN_MAX + 1];
    /*
     * run_starts[d]: the best spellings of keys 0 .. d + 1 that end in a run of
     * two keys or more, but for the costs of keys d and d + 1: where no terms
     * of the digits count, and where keys d and d + 1 alone are equal.
     */
    int64_t run_starts[VN_SUFFIX_DIGITS][SEARCH_STARTS][SEARCH_KEEP];
    /*
     * Where tables have what stands behind runs: alone[d][0] is the run of keys
     * 0 .. d - 1, no lone 4, and without_run[d] the node of depth d without it,
     * for tokens that end at the seventh key. They need no other key in its
     * place: it earns at least as much with the same tokens.
     */
    int64_t alone[MODEL_RUN_MAX + 1][SEARCH_KEEP];
    struct search_node without_run[MODEL_RUN_MAX + 1];
    struct block_trace trace;
    struct search_node root;
    struct search_node children[VN_SUFFIX_DIGITS][10]; /* of depth d, d + 1 */
    const struct search_node *nodes[VN_SUFFIX_DIGITS]; /* chosen, by depth */
    const struct search_node *last_nodes[VN_SUFFIX_DIGITS]; /* or without_run */
    /* Threads write their places all the time: they share no cache line, nor
       a pair of lines, which processors fetch together. */
    char apart[128];
};

/* search_start() stands at the root. */
void search_start(struct search_path *path, const struct search_tables *tables);

/*
 * search_enter() goes down to the child 'digit', search_leave() back up.
 * Above the seventh digit the children must have been made
 * (search_expand_fn).
 */
void search_enter(struct search_path *path, unsigned digit);
void search_leave(struct search_path *path);

/* A way to compute the lists: one of these pairs for each kind of processor. */
struct search_ops {
    const char *name;
    /* Whether this processor can; NULL where no such processor is built for. */
    bool (*has)(void);
    /* Makes the ten children of the node where 'path' stands (depth 0..5). */
    void (*expand)(struct search_path *path);
    /*
     * Makes the records of the hundred suffixes below a node of depth 5.
     * Returns how many of them needed search_exact().
     */
    unsigned (*hundred)(struct search_path *path, struct vn_record *records);
};

extern const struct search_ops search_scalar, search_sse4, search_avx2,
    search_avx512, search_neon;

/* Most candidates of a suffix that count (vn_engine_run(), step 5). */
#define SEARCH_EXACT_MAX 20u

/* All candidates of a suffix above a floor, in the total order. */
struct search_exact {
    int64_t keys[SEARCH_EXACT_MAX];
    unsigned count;
    int64_t floor; /* the list is complete above it, or full */
};

/*
 * search_exact() finds, for the suffix whose seventh digit was entered last,
 * the unblocked candidates whose keys are above 'floor', best split of each,
 * at most the first SEARCH_EXACT_MAX. Backwards from the end, bounded by the
 * lists of the prefixes: cost grows with the number of candidates found.
 */
void search_exact(const struct search_path *path, int64_t floor,
                  struct search_exact *exact);

/* ---- For the implementations ------------------------------------------ */

/*
 * The digits that have a list of their own: 2 and 4, which may be alone, the
 * one before again, and the next of a sequence.
 */
#define SEARCH_OWN_MAX 4u

/* The lists of all others. */
enum search_digit_class { SEARCH_DIGIT_01, SEARCH_DIGIT_OTHER, SEARCH_OWN };

/* The best spellings of ten children that end in a run. */
struct search_runs {
    /* By class; those of own[i] at SEARCH_OWN + i; one is spare. */
    int64_t lists[SEARCH_OWN + SEARCH_OWN_MAX + 1][SEARCH_KEEP];
    unsigned own[SEARCH_OWN_MAX]; /* digits, ascending */
    unsigned own_count;
    unsigned list_of[10]; /* of lists, by digit */
};

/*
 * The difference that the run of 'length' keys makes that begins at 'start';
 * the costs of its digits and their terms are 'digits'.
 */
int64_t search_run(const struct model *model, unsigned start, unsigned length,
                   int digits);

/*
 * search_run_starts() makes run_starts of the node where 'path' stands (depth
 * 0..5), which the run lists of all its children need.
 */
void search_run_starts(struct search_path *path);

/*
 * search_run_lists() writes the best spellings of the children that end in a
 * run, as the last token or as one that a word stands behind ('last' false).
 */
void search_run_lists(const struct search_path *path, bool last,
                      struct search_runs *runs);

/*
 * search_unblock() is the best split of the letters field 'letters' of the
 * suffix where 'path' stands that is not blocked, as a key; 0 if there is
 * none.
 */
int64_t search_unblock(const struct search_path *path, uint32_t letters);

#endif
