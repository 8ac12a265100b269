/* split.h: every way to cut given characters into entries and runs. */
#ifndef VN_SPLIT_H
#define VN_SPLIT_H

#include <stdint.h>

#include "lexicon.h"

/* An entry, or a run (entry LEXICON_NONE), on keys start .. end - 1. */
struct split_token {
    uint32_t entry;
    unsigned start, end;
    unsigned past; /* letters past the seventh key */
};

/* A suffix with its characters fixed, cut into tokens. */
struct split {
    const struct vn_lexicon *lexicon;
    const unsigned *digits;          /* the seven keys */
    char text[VN_SUFFIX_DIGITS + 1]; /* the seven characters */
    struct split_token tokens[VN_SUFFIX_DIGITS];
    unsigned count;
    int64_t key; /* of all tokens together (key.h) */
};

typedef void (*split_fn)(void *context, const struct split *split);

/*
 * split_all() calls 'each' for every split of the candidate of 'digits' with
 * the letters field 'letters' (key.h), tails of all kinds included. Plain
 * recursion with look-ups in the lexicon: some microseconds. It serves the
 * rare candidate whose best split is blocked, and explanations.
 */
void split_all(const struct vn_lexicon *lexicon,
               const unsigned digits[VN_SUFFIX_DIGITS], uint32_t letters,
               split_fn each, void *context);

/* What a term of the score is about. */
enum split_term {
    SPLIT_WORD,     /* the entry itself */
    SPLIT_START,    /* where it begins */
    SPLIT_MIDDLE,   /* neither first nor last by place */
    SPLIT_OVERDIAL, /* it runs past the seventh key */
    SPLIT_PLACE,    /* it is the first or the last word */
    SPLIT_PAIR,     /* it and the entry before it are listed */
    SPLIT_COMMON,   /* they are not, but both common */
    SPLIT_BEHIND_4, /* it stands behind a lone 4, by class */
    SPLIT_RUN_WORD, /* it and a run make up the whole */
    SPLIT_DIGITS,   /* the digits of a run */
    SPLIT_LONE_4,   /* a run that is just 4 */
    SPLIT_LONE_2,   /* a run that is just 2 */
    SPLIT_EQUAL,    /* a run of equal digits */
    SPLIT_SEQUENCE, /* a run of digits in sequence */
    SPLIT_RUN,      /* place and length of a run */
    SPLIT_BESIDE,   /* a short entry beside a run */
    SPLIT_TERMS
};

/*
 * split_terms() writes the terms that token 'i' adds to the score, given the
 * token before it, and returns their sum.
 */
int split_terms(const struct split *split, unsigned i, int terms[SPLIT_TERMS]);

/*
 * Like split_all(), but an entry from key 'start' to before key 'end' is looked
 * for only where bit 'end' of ends[start] is set.
 */
void split_some(const struct vn_lexicon *lexicon,
                const unsigned digits[VN_SUFFIX_DIGITS], uint32_t letters,
                const uint8_t ends[VN_SUFFIX_DIGITS], split_fn each,
                void *context);

#endif
