/* test_record.c: packing and spelling of candidates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/keypad.h"
#include "engine/record.h"

#define KEYS VN_SUFFIX_DIGITS
#define DEFAULT_SEED 20240229u
#define RANDOM_CANDIDATES 200000

/* ---- A candidate, written out the plain way ---------------------------- */

struct candidate {
    uint32_t suffix;
    uint8_t ranks[KEYS];
    unsigned cuts;
    char tail[VN_TAIL_MAX + 1];
    int score;
};

static uint64_t random_state;

/* xorshift64*: Vigna, "An experimental exploration of xorshift generators". */
static uint32_t random_below(uint32_t end)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (uint32_t)((random_state * 0x2545f4914f6cdd1du) >> 33) % end;
}

static void seed_random(void)
{
    const char *text = getenv("VN_SEED");

    random_state = text != NULL ? strtoull(text, NULL, 10) : DEFAULT_SEED;
    if (random_state == 0) {
        random_state = DEFAULT_SEED;
    }
    print_message("VN_SEED=%" PRIu64 "\n", random_state);
}

static unsigned letters_of_key(unsigned key)
{
    unsigned count = 0;

    while (vn_keypad_char(key, count + 1) != '\0') {
        count++;
    }
    return count;
}

static unsigned key_at(uint32_t suffix, unsigned position)
{
    char digits[16];

    (void)snprintf(digits, sizeof digits, "%07u", suffix);
    return (unsigned)(digits[position] - '0');
}

static unsigned digits_in(const struct candidate *candidate)
{
    unsigned count = 0;

    for (unsigned i = 0; i < KEYS; i++) {
        count += candidate->ranks[i] == 0;
    }
    return count;
}

static struct candidate random_candidate(void)
{
    struct candidate candidate = {.cuts = random_below(64)};

    do {
        candidate.suffix = random_below(VN_SUFFIXES);
        for (unsigned i = 0; i < KEYS; i++) {
            const unsigned key = key_at(candidate.suffix, i);
            candidate.ranks[i] = (uint8_t)random_below(letters_of_key(key) + 1);
        }
    } while (digits_in(&candidate) == KEYS);
    const unsigned tail_length = random_below(VN_TAIL_MAX + 1);
    for (unsigned i = 0; i < tail_length && candidate.ranks[KEYS - 1] != 0;
         i++) {
        candidate.tail[i] = (char)('A' + random_below(26));
    }
    candidate.score = (int)random_below(255) + 1 - VN_SCORE_BIAS;
    return candidate;
}

static void write_plainly(const struct candidate *candidate, char *out)
{
    for (unsigned i = 0; i < KEYS; i++) {
        *out++ =
            vn_keypad_char(key_at(candidate->suffix, i), candidate->ranks[i]);
        if (i + 1 < KEYS && (candidate->cuts >> i & 1u) != 0) {
            *out++ = '-';
        }
    }
    memcpy(out, candidate->tail, strlen(candidate->tail) + 1);
}

static uint32_t code_of(const struct candidate *candidate)
{
    return vn_code_make(candidate->ranks, candidate->cuts,
                        candidate->tail[0] != '\0', candidate->score);
}

static uint16_t tail_of(const char *letters)
{
    return vn_tail_make(letters, strlen(letters));
}

/* The candidate of "GOT-JUNK". */
static struct candidate got_junk(void)
{
    return (struct candidate){.suffix = 4685865,
                              .ranks = {1, 3, 1, 1, 2, 2, 2},
                              .cuts = 1u << 2,
                              .score = -53};
}

static void assert_corrupt(uint32_t suffix, uint32_t code, uint16_t tail)
{
    struct vn_spelling before;

    memset(&before, 0x5a, sizeof before);
    struct vn_spelling spelling = before;
    assert_int_equal(vn_spell(suffix, code, tail, &spelling), VN_CORRUPT);
    assert_memory_equal(&spelling, &before, sizeof before);
}

/* ---- Spelling ---------------------------------------------------------- */

static void the_code_has_the_bits_of_the_format(void **state)
{
    const struct candidate candidate = got_junk();
    const uint32_t letters =
        (((((1u * 5 + 3) * 5 + 1) * 5 + 1) * 5 + 2) * 5 + 2) * 5 + 2;

    (void)state;
    assert_int_equal(code_of(&candidate),
                     letters | 1u << (17 + 2) | (uint32_t)(230 - 53) << 24);
    assert_int_equal(vn_code_make(candidate.ranks, 0, true, -230),
                     letters | 1u << 23 | 1u << 24);
}

static void known_candidates_are_spelled(void **state)
{
    const struct candidate junk = got_junk();
    const uint8_t ford[KEYS] = {0, 0, 0, 3, 3, 3, 1};
    const uint8_t contact[KEYS] = {3, 3, 2, 1, 1, 3, 1};
    struct vn_spelling spelling;

    (void)state;
    assert_int_equal(vn_spell(4685865, code_of(&junk), 0, &spelling), VN_OK);
    assert_string_equal(spelling.text, "GOT-JUNK");
    assert_int_equal(spelling.score, -53);
    assert_int_equal(spelling.overdial, 0);
    assert_int_equal(spelling.digits, 0);
    assert_int_equal(
        vn_spell(2413673, vn_code_make(ford, 4, false, -60), 0, &spelling),
        VN_OK);
    assert_string_equal(spelling.text, "241-FORD");
    assert_int_equal(spelling.digits, 3);
    assert_int_equal(vn_spell(2668228, vn_code_make(contact, 0, true, 25),
                              tail_of("S"), &spelling),
                     VN_OK);
    assert_string_equal(spelling.text, "CONTACTS");
    assert_int_equal(spelling.overdial, 1);
    assert_int_equal(spelling.score, 25);
}

static void the_longest_spelling_fits(void **state)
{
    const uint8_t ranks[KEYS] = {1, 1, 1, 1, 1, 1, 1};
    struct vn_spelling spelling;

    (void)state;
    assert_int_equal(vn_spell(2222222, vn_code_make(ranks, 63, true, 0),
                              tail_of("XYZ"), &spelling),
                     VN_OK);
    assert_string_equal(spelling.text, "A-A-A-A-A-A-AXYZ");
    assert_int_equal(strlen(spelling.text), VN_SPELLING_SIZE - 1);
}

static void random_candidates_come_back_as_packed(void **state)
{
    (void)state;
    for (int i = 0; i < RANDOM_CANDIDATES; i++) {
        const struct candidate candidate = random_candidate();
        struct vn_spelling spelling;
        char expected[VN_SPELLING_SIZE];
        write_plainly(&candidate, expected);
        assert_int_equal(vn_spell(candidate.suffix, code_of(&candidate),
                                  tail_of(candidate.tail), &spelling),
                         VN_OK);
        assert_string_equal(spelling.text, expected);
        assert_int_equal(spelling.score, candidate.score);
        assert_int_equal(spelling.overdial, strlen(candidate.tail));
        assert_int_equal(spelling.digits, digits_in(&candidate));
    }
}

/* Every letters field, on suffixes that reach every digit in every place. */
static void every_letters_field_is_spelled_or_corrupt(void **state)
{
    static const uint32_t suffixes[] = {0,       1111111, 2345678, 7979797,
                                        9797979, 9999999, 123456,  8888888};

    (void)state;
    for (uint32_t letters = 1; letters < VN_LETTERS_END; letters++) {
        const uint32_t suffix = suffixes[letters % 8];
        struct candidate candidate = {.suffix = suffix, .score = -1};
        bool valid = true;
        uint32_t rest = letters;
        for (unsigned i = KEYS; i > 0; i--) {
            candidate.ranks[i - 1] = (uint8_t)(rest % 5);
            rest /= 5;
            valid &= vn_keypad_char(key_at(suffix, i - 1),
                                    candidate.ranks[i - 1]) != '\0';
        }
        const uint32_t code = code_of(&candidate);
        assert_int_equal(code & 0x1ffffu, letters);
        if (!valid) {
            assert_corrupt(suffix, code, 0);
            continue;
        }
        struct vn_spelling spelling;
        char expected[VN_SPELLING_SIZE];
        write_plainly(&candidate, expected);
        assert_int_equal(vn_spell(suffix, code, 0, &spelling), VN_OK);
        assert_string_equal(spelling.text, expected);
    }
}

/* One letter behind six digits: all digits of all suffixes are split right. */
static void every_suffix_is_spelled(void **state)
{
    const uint8_t ranks[KEYS] = {0, 0, 0, 0, 0, 0, 1};
    const uint32_t code = vn_code_make(ranks, 0, false, 0);
    char expected[KEYS + 1] = "0000002";

    (void)state;
    for (uint32_t suffix = 0; suffix < VN_SUFFIXES; suffix++) {
        struct vn_spelling spelling;
        const unsigned key = suffix % 10;
        if (key < 2) {
            continue;
        }
        uint32_t rest = suffix / 10;
        for (unsigned i = KEYS - 1; i > 0; i--, rest /= 10) {
            expected[i - 1] = (char)('0' + rest % 10);
        }
        expected[KEYS - 1] = "ADGJMPTW"[key - 2];
        if (vn_spell(suffix, code, 0, &spelling) != VN_OK ||
            memcmp(spelling.text, expected, sizeof expected) != 0) {
            fail_msg("suffix %u, expected %s", suffix, expected);
        }
    }
}

/* ---- Damage ------------------------------------------------------------ */

static void code_zero_is_no_candidate(void **state)
{
    struct vn_spelling spelling;

    (void)state;
    assert_int_equal(vn_spell(4685865, 0, 0, &spelling), VN_NOT_FOUND);
}

static void a_letter_that_the_key_has_not_is_corrupt(void **state)
{
    (void)state;
    for (unsigned key = 0; key < 10; key++) {
        for (unsigned rank = letters_of_key(key) + 1; rank <= 4; rank++) {
            uint32_t unit = 1;
            for (unsigned i = KEYS; i > 0; i--) {
                uint8_t ranks[KEYS] = {1, 1, 1, 1, 1, 1, 1};
                ranks[i - 1] = (uint8_t)rank;
                const uint32_t suffix = 2222222 - 2 * unit + key * unit;
                assert_corrupt(suffix, vn_code_make(ranks, 0, false, 0), 0);
                unit *= 10;
            }
        }
    }
}

static void a_code_without_a_letter_is_corrupt(void **state)
{
    const uint8_t none[KEYS] = {0};

    (void)state;
    assert_corrupt(4685865, vn_code_make(none, 0, false, 0), 0);
    assert_corrupt(4685865, vn_code_make(none, 63, true, 25), tail_of("S"));
    assert_corrupt(4685865, 1u << VN_CODE_CUTS_SHIFT, 0);
}

static void letters_out_of_range_are_corrupt(void **state)
{
    (void)state;
    for (uint32_t letters = VN_LETTERS_END; letters < 1u << VN_CODE_CUTS_SHIFT;
         letters++) {
        assert_corrupt(7777777, letters | 100u << VN_CODE_SCORE_SHIFT, 0);
    }
}

static void score_zero_is_corrupt(void **state)
{
    const struct candidate candidate = got_junk();

    (void)state;
    assert_corrupt(candidate.suffix, code_of(&candidate) & 0xffffffu, 0);
}

static void overdial_bit_and_tail_at_odds_are_corrupt(void **state)
{
    const struct candidate candidate = got_junk();
    const uint32_t code = code_of(&candidate);

    (void)state;
    assert_corrupt(candidate.suffix, code | VN_CODE_OVERDIAL, 0);
    assert_corrupt(candidate.suffix, code, tail_of("S"));
    assert_corrupt(candidate.suffix, code, 27);    // and no letters either
    assert_corrupt(candidate.suffix, code, 65535); // out of range
}

/* ---- Tails ------------------------------------------------------------- */

static void every_tail_is_its_letters_or_bad(void **state)
{
    const struct candidate candidate = got_junk();
    const uint32_t code = code_of(&candidate) | VN_CODE_OVERDIAL;
    unsigned valid = 0;

    (void)state;
    for (unsigned tail = 1; tail <= UINT16_MAX; tail++) {
        char text[VN_TAIL_MAX + 1];
        struct vn_spelling spelling;
        const unsigned length = vn_tail_text((uint16_t)tail, text);
        assert_int_equal(strlen(text), length);
        if (length == 0) {
            assert_corrupt(candidate.suffix, code, (uint16_t)tail);
            continue;
        }
        assert_true(tail <= VN_TAIL_LAST);
        assert_int_equal(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), length);
        assert_int_equal(vn_tail_make(text, length), tail);
        assert_int_equal(
            vn_spell(candidate.suffix, code, (uint16_t)tail, &spelling), VN_OK);
        assert_string_equal(spelling.text + strlen("GOT-JUNK"), text);
        assert_int_equal(spelling.overdial, length);
        valid++;
    }
    assert_int_equal(valid, 26 + 26 * 26 + 26 * 26 * 26);
}

static void tails_have_the_values_of_the_format(void **state)
{
    char text[VN_TAIL_MAX + 1] = "ABC";

    (void)state;
    assert_int_equal(tail_of(""), 0);
    assert_int_equal(tail_of("A"), 1);
    assert_int_equal(tail_of("S"), 19);
    assert_int_equal(tail_of("US"), 21 * 27 + 19);
    assert_int_equal(tail_of("ZZZ"), VN_TAIL_LAST);
    assert_int_equal(vn_tail_text(0, text), 0);
    assert_string_equal(text, "");
}

/* ---- Scores ------------------------------------------------------------ */

static void scores_are_clamped_to_their_byte(void **state)
{
    static const int cases[][2] = {
        {-53, -53},   {0, 0},       {25, 25},     {26, 25},       {INT_MAX, 25},
        {-229, -229}, {-230, -229}, {-231, -229}, {INT_MIN, -229}};
    const struct candidate candidate = got_junk();

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const uint32_t code =
            vn_code_make(candidate.ranks, 4, false, cases[i][0]);
        assert_int_equal(vn_code_score(code), cases[i][1]);
        assert_int_equal(code & 0xffffffu, code_of(&candidate) & 0xffffffu);
    }
}

static void tenths_are_rounded_half_up(void **state)
{
    static const int cases[][2] = {
        {0, 0},      {4, 0},    {5, 1},       {14, 1},     {15, 2},
        {-1, 0},     {-5, 0},   {-6, -1},     {-15, -1},   {-16, -2},
        {-25, -2},   {-26, -3}, {-32, -3},    {-530, -53}, {-535, -53},
        {-536, -54}, {250, 25}, {-2300, -230}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(vn_score_tenths(cases[i][0]), cases[i][1]);
    }
}

/* ---- Records ----------------------------------------------------------- */

static void count_ends_at_the_first_empty_candidate(void **state)
{
    struct vn_record record = {.codes = {0}};

    (void)state;
    assert_int_equal(vn_record_count(&record), 0);
    for (unsigned i = 0; i < VN_CANDIDATES; i++) {
        record.codes[i] = 0x80000000u + i;
        assert_int_equal(vn_record_count(&record), i + 1);
    }
}

static void records_are_equal_if_codes_and_tails_are(void **state)
{
    const struct vn_record a = {.codes = {5, 4, 3}, .tails = {0, 19, 0}};

    (void)state;
    assert_true(vn_record_equal(&a, &a));
    for (unsigned i = 0; i < VN_CANDIDATES; i++) {
        struct vn_record b = a;
        assert_true(vn_record_equal(&a, &b));
        b.codes[i] ^= 1u << 31;
        assert_false(vn_record_equal(&a, &b));
        b = a;
        b.tails[i] ^= 1;
        assert_false(vn_record_equal(&a, &b));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_code_has_the_bits_of_the_format),
        cmocka_unit_test(known_candidates_are_spelled),
        cmocka_unit_test(the_longest_spelling_fits),
        cmocka_unit_test(random_candidates_come_back_as_packed),
        cmocka_unit_test(every_letters_field_is_spelled_or_corrupt),
        cmocka_unit_test(every_suffix_is_spelled),
        cmocka_unit_test(code_zero_is_no_candidate),
        cmocka_unit_test(a_letter_that_the_key_has_not_is_corrupt),
        cmocka_unit_test(a_code_without_a_letter_is_corrupt),
        cmocka_unit_test(letters_out_of_range_are_corrupt),
        cmocka_unit_test(score_zero_is_corrupt),
        cmocka_unit_test(overdial_bit_and_tail_at_odds_are_corrupt),
        cmocka_unit_test(every_tail_is_its_letters_or_bad),
        cmocka_unit_test(tails_have_the_values_of_the_format),
        cmocka_unit_test(scores_are_clamped_to_their_byte),
        cmocka_unit_test(tenths_are_rounded_half_up),
        cmocka_unit_test(count_ends_at_the_first_empty_candidate),
        cmocka_unit_test(records_are_equal_if_codes_and_tails_are),
    };

    seed_random();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
