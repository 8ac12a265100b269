/* record.c: packed candidates: making, spelling, comparing. */
#include "record.h"

#include <assert.h>
#include <string.h>

#define KEYS VN_SUFFIX_DIGITS
#define RANKS 5u
#define TAIL_BASE 27u
#define LETTERS_MASK ((1u << VN_CODE_CUTS_SHIFT) - 1u)
#define CUTS_MASK ((1u << (KEYS - 1)) - 1u)

/* One byte per key: bytes 1 to 7 of a 64-bit word, first key lowest. */
#define LANE(word, key) ((unsigned)((word) >> (8 * ((key) + 1))) & 0xffu)
#define LANES(value) (0x0101010101010100u * (value))

/*
 * vn_keypad_char() as a table, at key * RANKS + rank: '\0' where the key has
 * no such letter.
 */
static const char characters[10 * RANKS] = {
    '0', 0,   0,   0,   0,   //
    '1', 0,   0,   0,   0,   //
    '2', 'A', 'B', 'C', 0,   //
    '3', 'D', 'E', 'F', 0,   //
    '4', 'G', 'H', 'I', 0,   //
    '5', 'J', 'K', 'L', 0,   //
    '6', 'M', 'N', 'O', 0,   //
    '7', 'P', 'Q', 'R', 'S', //
    '8', 'T', 'U', 'V', 0,   //
    '9', 'W', 'X', 'Y', 'Z', //
};

unsigned vn_record_count(const struct vn_record *record)
{
    unsigned count = 0;

    while (count < VN_CANDIDATES && record->codes[count] != 0) {
        count++;
    }
    return count;
}

bool vn_record_equal(const struct vn_record *a, const struct vn_record *b)
{
    return memcmp(a->codes, b->codes, sizeof a->codes) == 0 &&
           memcmp(a->tails, b->tails, sizeof a->tails) == 0;
}

/*
 * Splits 'value' into eight digits of 'base' (5 or 10), one a byte, the first
 * lowest: into halves, pairs, then digits, all parts of a step in one
 * multiplication, so that the chain is three steps long and not seven.
 * 'inverse2' is 2^20 / base^2 and 'inverse1' 2^10 / base, both rounded up:
 * exact for all parts below base^4 and base^2. The masks take away what the
 * shifts bring in from the part above.
 */
static inline uint64_t split_digits(uint32_t value, uint32_t base,
                                    uint32_t inverse2, uint32_t inverse1)
{
    const uint32_t base2 = base * base;
    const uint32_t base4 = base2 * base2;
    const uint64_t halves = value / base4 | (uint64_t)(value % base4) << 32;
    const uint64_t pairs = halves * inverse2 >> 20 & 0x0000007f0000007fu;
    const uint64_t all_pairs = pairs | (halves - pairs * base2) << 16;
    const uint64_t digits = all_pairs * inverse1 >> 10 & 0x000f000f000f000fu;

    return digits | (all_pairs - digits * base) << 8;
}

static inline uint64_t suffix_digits(uint32_t suffix)
{
    return split_digits(suffix, 10, 10486, 103);
}

static inline uint64_t letter_ranks(uint32_t letters)
{
    return split_digits(letters, RANKS, 41944, 205);
}

/* How many of the seven lanes, each at most 0x80, are not 0. */
static inline unsigned count_lanes(uint64_t lanes)
{
    const uint64_t high_bits = (lanes + LANES(0x7fu)) & LANES(0x80u);

    return (unsigned)((high_bits >> 7) * 0x0101010101010101u >> 56);
}

/* Reads the seven characters; false if a key has not the letter asked for. */
static inline bool read_characters(uint64_t cells, char out[KEYS])
{
    bool valid = true;

    for (unsigned key = 0; key < KEYS; key++) {
        out[key] = characters[LANE(cells, key)];
        valid &= out[key] != '\0';
    }
    return valid;
}

/* Writes the segments; every hyphen is written, and overwritten if no cut. */
static inline char *write_segments(const char text[KEYS], unsigned cuts,
                                   char *out)
{
    for (unsigned key = 0; key < KEYS - 1; key++) {
        out[0] = text[key];
        out[1] = '-';
        out += 1 + (cuts >> key & 1u);
    }
    *out++ = text[KEYS - 1];
    return out;
}

enum vn_status vn_spell(uint32_t suffix, uint32_t code, uint16_t tail,
                        struct vn_spelling *out)
{
    const uint32_t letters = code & LETTERS_MASK;
    char text[KEYS];
    char tail_text[VN_TAIL_MAX + 1] = "";

    assert(suffix < VN_SUFFIXES);
    if (code == 0) {
        return VN_NOT_FOUND;
    }
    if (letters == 0 || letters >= VN_LETTERS_END ||
        code >> VN_CODE_SCORE_SHIFT == 0) {
        return VN_CORRUPT;
    }
    const uint64_t ranks = letter_ranks(letters);
    if (!read_characters(suffix_digits(suffix) * RANKS + ranks, text)) {
        return VN_CORRUPT;
    }
    const bool overdial = (code & VN_CODE_OVERDIAL) != 0;
    const unsigned overdial_length =
        tail != 0 ? vn_tail_text(tail, tail_text) : 0;
    if (overdial != (overdial_length > 0) || overdial != (tail != 0)) {
        return VN_CORRUPT;
    }
    const unsigned cuts = code >> VN_CODE_CUTS_SHIFT & CUTS_MASK;
    char *end = write_segments(text, cuts, out->text);
    memcpy(end, tail_text, sizeof tail_text); // its NUL ends the text
    out->score = vn_code_score(code);
    out->overdial = overdial_length;
    out->digits = KEYS - count_lanes(ranks);
    return VN_OK;
}

int vn_score_tenths(int hundredths)
{
    const int sum = hundredths + 5;

    return sum >= 0 ? sum / 10 : -((9 - sum) / 10);
}

int vn_code_score(uint32_t code)
{
    return (int)(code >> VN_CODE_SCORE_SHIFT) - VN_SCORE_BIAS;
}

static uint32_t score_bits(int score)
{
    if (score < 1 - VN_SCORE_BIAS) {
        return 1;
    }
    return score > 255 - VN_SCORE_BIAS ? 255
                                       : (uint32_t)(score + VN_SCORE_BIAS);
}

uint32_t vn_code_make(const uint8_t ranks[VN_SUFFIX_DIGITS], unsigned cuts,
                      bool overdial, int score)
{
    uint32_t letters = 0;

    assert(cuts <= CUTS_MASK);
    for (unsigned key = 0; key < KEYS; key++) {
        assert(ranks[key] < RANKS);
        letters = letters * RANKS + ranks[key];
    }
    return letters | cuts << VN_CODE_CUTS_SHIFT |
           (overdial ? VN_CODE_OVERDIAL : 0) |
           score_bits(score) << VN_CODE_SCORE_SHIFT;
}

uint16_t vn_tail_make(const char *letters, size_t length)
{
    unsigned tail = 0;

    assert(length <= VN_TAIL_MAX);
    for (size_t i = 0; i < length; i++) {
        assert(letters[i] >= 'A' && letters[i] <= 'Z');
        tail = tail * TAIL_BASE + (unsigned)(letters[i] - 'A' + 1);
    }
    return (uint16_t)tail;
}

unsigned vn_tail_text(uint16_t tail, char out[VN_TAIL_MAX + 1])
{
    const unsigned length = tail < TAIL_BASE               ? 1
                            : tail < TAIL_BASE * TAIL_BASE ? 2
                                                           : 3;
    unsigned rest = tail;

    out[0] = '\0';
    if (tail > VN_TAIL_LAST) {
        return 0;
    }
    char text[VN_TAIL_MAX + 1] = "";
    for (unsigned i = length; i > 0; i--) {
        if (rest % TAIL_BASE == 0) {
            return 0;
        }
        text[i - 1] = (char)('A' - 1 + rest % TAIL_BASE);
        rest /= TAIL_BASE;
    }
    memcpy(out, text, sizeof text);
    return length;
}
