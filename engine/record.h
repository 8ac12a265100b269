/* record.h: the candidates of one suffix, packed, and how they are spelled. */
#ifndef VN_RECORD_H
#define VN_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "number.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Candidates kept of a suffix, and suffixes of a block (index/FORMAT.md). */
#define VN_CANDIDATES 5u
#define VN_BLOCK_SUFFIXES 100u
#define VN_BLOCKS (VN_SUFFIXES / VN_BLOCK_SUFFIXES)
/* Letters of an overdial word past the seventh key. */
#define VN_TAIL_MAX 3u

/*
 * One candidate as 32 bits, 0 = none:
 *   bits  0..16  letters: base 5, first key most significant; 0 = the digit
 *                itself, 1..4 = that letter of the key (keypad.h)
 *   bits 17..22  cuts: bit 17 + i is set if a segment ends after key i + 1
 *   bit  23      overdial: the tail of this candidate is not 0
 *   bits 24..31  score: clamp(S in tenths of a nat + 230, 1, 255)
 * and its tail as 16 bits, 0 = none: base 27, A = 1, the first letter most
 * significant, one letter in the units for one, and so on ("S" = 19,
 * "US" = 21 * 27 + 19).
 */
#define VN_CODE_CUTS_SHIFT 17
#define VN_CODE_OVERDIAL (1u << 23)
#define VN_CODE_SCORE_SHIFT 24
#define VN_SCORE_BIAS 230
/* 5^7, one past the highest letters field; 27^3 - 1, the highest tail. */
#define VN_LETTERS_END 78125u
#define VN_TAIL_LAST 19682u

/* The candidates of one suffix, best first, the empty ones last. */
struct vn_record {
    uint32_t codes[VN_CANDIDATES];
    uint16_t tails[VN_CANDIDATES];
};

/* A candidate spelled out. Plain data. */
struct vn_spelling {
    char text[VN_SPELLING_SIZE]; /* "GOT-JUNK", "241-FORD", "CONTACTS" */
    int score;                   /* tenths of a nat, higher is better */
    unsigned overdial;           /* letters past the seventh key, 0..3 */
    unsigned digits;             /* keys that stay digits, 0..6 */
};

/* vn_record_count() returns how many candidates 'record' has, 0..5. */
unsigned vn_record_count(const struct vn_record *record);

/* Like strcmp() == 0: the same candidates in the same order. */
bool vn_record_equal(const struct vn_record *a, const struct vn_record *b);

/*
 * vn_spell() writes the candidate 'code', 'tail' of 'suffix' (0..9,999,999)
 * in text form to '*out': upper case, '-' between segments, tail written out.
 * Cost: tens of nanoseconds, no allocation. Threads: any.
 *
 * Returns VN_OK; VN_NOT_FOUND for code 0; VN_CORRUPT for a code or tail that
 * no encoder makes (a letter that the key has not, no letter at all, letters
 * out of range, overdial bit and tail at odds).
 */
VN_NODISCARD enum vn_status vn_spell(uint32_t suffix, uint32_t code,
                                     uint16_t tail, struct vn_spelling *out);

/*
 * vn_score_tenths() turns a score in hundredths of a nat into the integer that
 * is shown everywhere: floor((hundredths + 5) / 10).
 */
int vn_score_tenths(int hundredths);

/* vn_code_score() returns the score of a code in tenths of a nat. */
int vn_code_score(uint32_t code);

/*
 * vn_code_make() packs a candidate: 'ranks' are the seven places (0..4),
 * 'cuts' bit i = a segment ends after key i + 1 (i = 0..5), 'score' in tenths
 * of a nat (clamped).
 */
uint32_t vn_code_make(const uint8_t ranks[VN_SUFFIX_DIGITS], unsigned cuts,
                      bool overdial, int score);

/*
 * vn_tail_make() packs up to three upper-case letters; vn_tail_text() is its
 * inverse and returns the number of letters (0 for tail 0 or a bad one).
 */
uint16_t vn_tail_make(const char *letters, size_t length);
unsigned vn_tail_text(uint16_t tail, char out[VN_TAIL_MAX + 1]);

/*
 * A sink takes 'count' records in suffix order, beginning with 'first'. They
 * are lent for the call. It returns VN_OK to go on; any other status ends the
 * run, which returns that status.
 */
typedef enum vn_status (*vn_record_sink_fn)(void *context, uint32_t first,
                                            const struct vn_record *records,
                                            size_t count);

#ifdef __cplusplus
}
#endif

#endif
