/* key.h: a candidate as one 64-bit integer whose order is the total order. */
#ifndef VN_KEY_H
#define VN_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "number.h"

/*
 * From the highest bit down, all fields disjoint:
 *
 *   63      0 in every key
 *   48..62  S + KEY_SCORE_BIAS
 *   45..47  ~ literal digits, 0..6
 *   42..44  ~ segments, 1..7
 *   21..41  ~ letters: three bits a key, first key highest: 0 = the digit,
 *             1..4 = letter (both in ASCII order)
 *    6..20  ~ tail: 0 none, then texts of one, two, three letters in order
 *    0.. 5  ~ cuts: bit 5 after the first key .. bit 0 after the sixth
 *
 * "~" fields are stored as their complement, for a smaller one is better: for
 * cuts too, as of two equally long lists the one whose first segment is longer
 * has the lower bits. So "greater key" is the total order of vn_engine_run().
 *
 * A token is the difference that it makes to the key: score up, the other
 * fields down. A spelling is KEY_EMPTY plus its tokens, one addition each. The
 * sums of 7 keys fit (VN_WORD_SCORE_MIN, MODEL_WEIGHT_MAX, VN_PLACE_SCORE_MAX);
 * equal letters are found by comparing 21 bits.
 */
#define KEY_SCORE_SHIFT 48
#define KEY_DIGITS_SHIFT 45
#define KEY_SEGMENTS_SHIFT 42
#define KEY_LETTERS_SHIFT 21
#define KEY_TAIL_SHIFT 6
#define KEY_SCORE_BIAS 16384
#define KEY_LOW_MASK (((int64_t)1 << KEY_SCORE_SHIFT) - 1)
#define KEY_LETTERS_MASK ((int64_t)0x1fffff << KEY_LETTERS_SHIFT)
/* Bits of one key in the letters, and the place of key 'key' in them. */
#define KEY_LETTER_BITS 3u
#define KEY_LETTER_SHIFT(key) (KEY_LETTER_BITS * (6u - (key)))

/* The spelling of no keys yet. */
#define KEY_EMPTY (((int64_t)KEY_SCORE_BIAS << KEY_SCORE_SHIFT) | KEY_LOW_MASK)
/* A token that there is not: its sum with any key is below zero. */
#define KEY_NONE INT64_MIN

/* A change of S alone. */
static inline int64_t key_score(int hundredths)
{
    return (int64_t)hundredths * ((int64_t)1 << KEY_SCORE_SHIFT);
}

/* The fields below the score that a token adds. */
static inline int64_t key_fields(unsigned digits, unsigned segments,
                                 uint32_t letters, uint32_t tail, unsigned cuts)
{
    return -((int64_t)digits * ((int64_t)1 << KEY_DIGITS_SHIFT) +
             (int64_t)segments * ((int64_t)1 << KEY_SEGMENTS_SHIFT) +
             (int64_t)letters * ((int64_t)1 << KEY_LETTERS_SHIFT) +
             (int64_t)tail * ((int64_t)1 << KEY_TAIL_SHIFT) + (int64_t)cuts);
}

/* The cut before key 'start', which the token that begins there brings. */
static inline unsigned key_cut(unsigned start)
{
    return start > 0 ? 1u << (6 - start) : 0;
}

static inline int key_hundredths(int64_t key)
{
    return (int)(key >> KEY_SCORE_SHIFT) - KEY_SCORE_BIAS;
}

static inline uint32_t key_letters(int64_t key)
{
    return (uint32_t)(~key >> KEY_LETTERS_SHIFT) & 0x1fffff;
}

static inline uint32_t key_tail(int64_t key)
{
    return (uint32_t)(~key >> KEY_TAIL_SHIFT) & 0x7fff;
}

static inline unsigned key_cuts(int64_t key)
{
    return (unsigned)~key & 0x3f;
}

static inline bool key_same_letters(int64_t a, int64_t b)
{
    return ((a ^ b) & KEY_LETTERS_MASK) == 0;
}

/* Whether two letter fields differ in at most one of the seven characters. */
static inline bool key_twins(uint32_t a, uint32_t b)
{
    const uint32_t differ = a ^ b;
    const uint32_t keys = (differ | differ >> 1 | differ >> 2) & 01111111u;

    return (keys & (keys - 1)) == 0;
}

/*
 * The tail field of up to three letters A-Z, as a record has it (record.h):
 * base 27, of which the order is that of the texts; and back (returns how
 * many).
 */
static inline uint32_t key_tail_make(const char *letters, unsigned length)
{
    uint32_t tail = 0;

    for (unsigned i = 0; i < length; i++) {
        tail = tail * 27 + (uint32_t)(letters[i] - 'A' + 1);
    }
    return tail;
}

static inline unsigned key_tail_text(uint32_t tail, char letters[3])
{
    const unsigned length = tail == 0 ? 0 : tail < 27 ? 1 : tail < 729 ? 2 : 3;

    for (unsigned i = length; i-- > 0; tail /= 27) {
        letters[i] = (char)('A' + tail % 27 - 1);
    }
    return length;
}

#endif
