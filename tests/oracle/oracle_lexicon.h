/* oracle_lexicon.h: what the oracle knows: entries, pairs, blocked spans. */
#ifndef VN_ORACLE_LEXICON_H
#define VN_ORACLE_LEXICON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "oracle.h"

#define ENTRY_LETTERS_MAX 10u
/* Keys that the last word of an overdial entry covers at the least. */
#define OVERDIAL_KEYS_MIN 3u

/* A hash from a number (never 0) to a number. */
struct oracle_map {
    uint64_t *keys; /* 0 = empty slot */
    int32_t *values;
    unsigned bits; /* 2^bits slots; 0 = none yet */
    size_t count;
};

/* A word, or a phrase: an entry with cuts. */
struct oracle_entry {
    char letters[ENTRY_LETTERS_MAX + 1]; /* upper case, joined */
    uint8_t length;
    uint16_t cuts; /* bit i: a segment ends after letter i + 1 */
    int score;     /* U in hundredths of a nat */
    bool present;  /* false: known from a pair only, or blocked */
    bool overlay;
    bool common;
    int first, last; /* as first, as last of several */
    char class;      /* 'n', 'v', 'f': noun, verb, function word; 0: none */
};

/* That 'entry' may stand on the keys that 'key' is made of (oracle_key()). */
struct oracle_posting {
    uint32_t key;
    uint32_t entry;
};

/* The terms of a score, in hundredths of a nat (engine/model.h says what). */
struct oracle_weights {
    int start[VN_SUFFIX_DIGITS];
    int middle;
    int overdial, overdial_letter, overdial_whole;
    int digit_01, digit_other, lone_4;
    int lone_2[3]; /* at the start, in the middle, at the end */
    int run_equal_2, run_equal_3, run_sequence;
    int run_start[5], run_middle[5], run_end[5]; /* by length, from 1 */
    int short_beside_run;
    int common;
    int lone_4_noun, lone_4_verb, lone_4_function;
    int run_word[6]; /* by keys that the word covers, from 3; [5]: 5 and 6 */
    int twin;        /* taken off a twin */
};

/* Those of model H of the ranking study. */
extern const struct oracle_weights oracle_weights_h;

struct vn_oracle {
    struct oracle_weights weights;
    struct oracle_entry *entries;
    size_t entry_count;
    size_t entry_room;
    struct oracle_posting *postings; /* sorted by key, then entry */
    size_t posting_count;
    struct oracle_map by_text;   /* letters and cuts -> entry */
    struct oracle_map by_keys;   /* oracle_key() -> its first posting */
    struct oracle_map pairs;     /* two entries -> bonus */
    struct oracle_map not_words; /* letters of the terms with flag T */
    struct oracle_map not_spans; /* letters of the terms with flag S */
    bool shortcut;               /* vn_oracle_shortcut() */
};

/* Whether the map has 'key', with its value. */
bool oracle_map_get(const struct oracle_map *map, uint64_t key, int32_t *value);

/* Letters as a number: 5 bits each, A = 1; the way to begin is 0. */
static inline uint64_t oracle_pack(uint64_t packed, char letter)
{
    return packed << 5 | (uint64_t)(letter - 'A' + 1);
}

/*
 * A stretch of keys as a number: 'digits' of 'length' keys as an integer; an
 * overdial entry that covers them is looked up apart from a whole one.
 */
uint32_t oracle_key(uint32_t digits, unsigned length, bool overdial);

/* Bonus of the listed pair, 0 if it is not listed. */
int oracle_pair_bonus(const struct vn_oracle *oracle,
                      const struct oracle_entry *left,
                      const struct oracle_entry *right);

#endif
