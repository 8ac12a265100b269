/* lexicon.h: words, pairs and block list in memory (private to engine/). */
#ifndef VN_LEXICON_H
#define VN_LEXICON_H

#include <stdbool.h>
#include <stdint.h>

#include "engine.h"
#include "lexicon_source.h"
#include "model.h"

/* A word, or a phrase: a word with cuts in it. 22 bytes. */
struct entry {
    char letters[VN_WORD_LETTERS_MAX]; /* A-Z, padded with NUL */
    uint8_t length;
    uint8_t overlay; /* given by the user: a T flag does not remove it */
    uint16_t cuts;   /* bit i: a word of the phrase ends after letter i + 1 */
    int16_t score;   /* hundredths of a nat */
    int16_t first;   /* what it earns as lexicon_place() has it */
    int16_t last;
    uint8_t common; /* a word that pays beside another one (model.h) */
    uint8_t class;  /* enum model_class */
};

/* A term of the block list. */
struct block_term {
    char letters[VN_WORD_LETTERS_MAX];
    uint8_t length;
    uint8_t flags; /* BLOCK_TOKEN, BLOCK_SPAN */
};

#define BLOCK_TOKEN 1u /* T: never a word of the lexicon */
#define BLOCK_SPAN 2u  /* S: never across a border (block.h) */

struct vn_lexicon {
    struct entry *entries; /* sorted by letters, then cuts */
    uint32_t entry_count;
    uint32_t *slots; /* open addressing: index + 1, 0 = free */
    uint32_t slot_mask;
    uint32_t *heads; /* first entry of each three first letters, and the end */

    /*
     * The pairs of entry e are pair_start[e] .. pair_start[e + 1] - 1, those
     * with short right words first, then in the order of the entries.
     */
    uint32_t *pair_start;
    uint32_t *pair_right;
    int16_t *pair_bonus; /* all above zero */

    struct block_term *terms; /* sorted, one of each */
    uint32_t term_count;

    struct model model;
    struct vn_overlay overlays[VN_OVERLAYS_MAX + 1]; /* and a model file */
    char version[LEXICON_VERSION_SIZE];
    struct vn_lexicon_info info;
};

/*
 * What the entry on keys start .. end - 1 earns by its place: 'first' where it
 * begins the spelling and others follow, 'last' where it ends it, or runs on
 * past it, and others stand before it.
 */
static inline int lexicon_place(const struct entry *entry, unsigned start,
                                unsigned end)
{
    const bool ends = end >= VN_SUFFIX_DIGITS;

    if (start == 0) {
        return ends ? 0 : entry->first;
    }
    return ends ? entry->last : 0;
}

/* No entry, in the functions below. */
#define LEXICON_NONE UINT32_MAX

/* The entry of these letters (A-Z) and cuts, or LEXICON_NONE. */
uint32_t lexicon_find(const struct vn_lexicon *lexicon, const char *letters,
                      unsigned length, unsigned cuts);

/* First entry whose letters are not below 'letters' (binary search). */
uint32_t lexicon_lower_bound(const struct vn_lexicon *lexicon,
                             const char *letters, unsigned length);

/* Bonus of the pair, 0 if it is not listed. */
int lexicon_pair(const struct vn_lexicon *lexicon, uint32_t left,
                 uint32_t right);

#endif
