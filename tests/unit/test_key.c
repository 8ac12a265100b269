/* test_key.c: candidates as integers in the total order. */
#include "engine_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "engine/key.h"
#include "engine/keypad.h"
#include "engine/record.h"

#define KEYS VN_SUFFIX_DIGITS

/* A candidate, written out the plain way. */
struct candidate {
    int hundredths;
    unsigned ranks[KEYS];
    bool cuts[KEYS]; /* a segment ends after this key (not the last) */
    char tail[VN_TAIL_MAX + 1];
};

/* ---- The total order, in words ---------------------------------------- */

static unsigned literal_digits(const struct candidate *candidate)
{
    unsigned count = 0;

    for (unsigned i = 0; i < KEYS; i++) {
        count += candidate->ranks[i] == 0;
    }
    return count;
}

/* Lengths of the segments, 0 behind the last; returns how many. */
static unsigned segments(const struct candidate *candidate,
                         unsigned lengths[KEYS])
{
    unsigned count = 0;

    memset(lengths, 0, KEYS * sizeof *lengths);
    for (unsigned i = 0; i < KEYS; i++) {
        lengths[count]++;
        count += i + 1 < KEYS && candidate->cuts[i];
    }
    lengths[count] += (unsigned)strlen(candidate->tail);
    return count + 1;
}

static void characters(const struct candidate *candidate,
                       const unsigned digits[KEYS], char text[KEYS + 1])
{
    for (unsigned i = 0; i < KEYS; i++) {
        text[i] = vn_keypad_char(digits[i], candidate->ranks[i]);
    }
    text[KEYS] = '\0';
}

/* Below zero: 'a' is before 'b'. Both are of one suffix. */
static int compare(const struct candidate *a, const struct candidate *b,
                   const unsigned digits[KEYS])
{
    unsigned a_lengths[KEYS], b_lengths[KEYS];
    char a_text[KEYS + 1], b_text[KEYS + 1];
    const unsigned a_count = segments(a, a_lengths);
    const unsigned b_count = segments(b, b_lengths);

    if (a->hundredths != b->hundredths) {
        return a->hundredths > b->hundredths ? -1 : 1;
    }
    if (literal_digits(a) != literal_digits(b)) {
        return literal_digits(a) < literal_digits(b) ? -1 : 1;
    }
    if (a_count != b_count) {
        return a_count < b_count ? -1 : 1;
    }
    characters(a, digits, a_text);
    characters(b, digits, b_text);
    if (strcmp(a_text, b_text) != 0) {
        return strcmp(a_text, b_text);
    }
    if (strlen(a->tail) != strlen(b->tail)) {
        return strlen(a->tail) < strlen(b->tail) ? -1 : 1;
    }
    if (strcmp(a->tail, b->tail) != 0) {
        return strcmp(a->tail, b->tail);
    }
    for (unsigned i = 0; i < a_count; i++) {
        if (a_lengths[i] != b_lengths[i]) {
            return a_lengths[i] > b_lengths[i] ? -1 : 1;
        }
    }
    return 0;
}

/* ---- The same as a key ------------------------------------------------ */

static uint32_t letters_of(const struct candidate *candidate)
{
    uint32_t letters = 0;

    for (unsigned i = 0; i < KEYS; i++) {
        letters |= candidate->ranks[i] << KEY_LETTER_SHIFT(i);
    }
    return letters;
}

static unsigned cuts_of(const struct candidate *candidate)
{
    unsigned cuts = 0;

    for (unsigned i = 0; i + 1 < KEYS; i++) {
        cuts |= candidate->cuts[i] ? key_cut(i + 1) : 0;
    }
    return cuts;
}

static int64_t key_of(const struct candidate *candidate)
{
    unsigned lengths[KEYS];

    return KEY_EMPTY + key_score(candidate->hundredths) +
           key_fields(literal_digits(candidate), segments(candidate, lengths),
                      letters_of(candidate),
                      key_tail_make(candidate->tail,
                                    (unsigned)strlen(candidate->tail)),
                      cuts_of(candidate));
}

/* ---- Random candidates ------------------------------------------------ */

static unsigned letters_on(unsigned digit)
{
    unsigned count = 0;

    while (vn_keypad_char(digit, count + 1) != '\0') {
        count++;
    }
    return count;
}

static void random_tail(char tail[VN_TAIL_MAX + 1])
{
    const unsigned length = fixture_random(VN_TAIL_MAX + 1);

    memset(tail, 0, VN_TAIL_MAX + 1);
    for (unsigned i = 0; i < length; i++) {
        tail[i] = (char)('A' + fixture_random(26));
    }
}

static struct candidate random_candidate(const unsigned digits[KEYS])
{
    struct candidate candidate = {.hundredths =
                                      (int)fixture_random(32000) - 16000};

    for (unsigned i = 0; i < KEYS; i++) {
        candidate.ranks[i] = fixture_random(letters_on(digits[i]) + 1);
        candidate.cuts[i] = i + 1 < KEYS && fixture_random(2) == 0;
    }
    if (literal_digits(&candidate) == KEYS) {
        candidate.ranks[0] = letters_on(digits[0]) > 0;
    }
    random_tail(candidate.tail);
    return candidate;
}

static void random_digits(unsigned digits[KEYS])
{
    for (unsigned i = 0; i < KEYS; i++) {
        digits[i] = fixture_random(10);
    }
    digits[0] = 2 + fixture_random(8);
}

/* Changes one thing, so that later rules decide too. */
static struct candidate mutant(const struct candidate *candidate,
                               const unsigned digits[KEYS])
{
    struct candidate other = *candidate;
    const unsigned i = fixture_random(KEYS), k = fixture_random(KEYS - 1);
    const unsigned m = fixture_random(KEYS - 1);
    const bool cut = other.cuts[k];

    switch (fixture_random(6)) {
    case 0:
        other.hundredths += (int)fixture_random(3) - 1;
        break;
    case 1:
        other.ranks[i] = fixture_random(letters_on(digits[i]) + 1);
        other.ranks[0] += literal_digits(&other) == KEYS;
        break;
    case 2: // two characters at once: as many digits
        if (other.ranks[i] > 0) {
            other.ranks[i] = 1 + fixture_random(letters_on(digits[i]));
        }
        break;
    case 3:
        other.cuts[k] = other.cuts[m];
        other.cuts[m] = cut;
        break;
    case 4:
        other.cuts[k] = !cut;
        break;
    default:
        random_tail(other.tail);
        break;
    }
    return other;
}

/* ---- Tests ------------------------------------------------------------ */

static void the_fields_of_a_key_come_back(void **state)
{
    (void)state;
    for (int n = 0; n < 100000; n++) {
        unsigned digits[KEYS];
        random_digits(digits);
        const struct candidate candidate = random_candidate(digits);
        const int64_t key = key_of(&candidate);
        char tail[VN_TAIL_MAX + 1] = "";
        assert_true(key > 0);
        assert_int_equal(key_hundredths(key), candidate.hundredths);
        assert_int_equal(key_letters(key), letters_of(&candidate));
        assert_int_equal(key_cuts(key), cuts_of(&candidate));
        assert_int_equal(key_tail_text(key_tail(key), tail),
                         strlen(candidate.tail));
        assert_string_equal(tail, candidate.tail);
    }
}

static int sign(int64_t value)
{
    return (value > 0) - (value < 0);
}

static void the_order_of_keys_is_the_total_order(void **state)
{
    unsigned equal = 0;

    (void)state;
    for (int n = 0; n < 500000; n++) {
        unsigned digits[KEYS];
        random_digits(digits);
        const struct candidate a = random_candidate(digits);
        const struct candidate b =
            n % 8 == 0 ? random_candidate(digits) : mutant(&a, digits);
        const int64_t left = key_of(&a), right = key_of(&b);
        assert_int_equal(sign((left < right) - (left > right)),
                         sign(compare(&a, &b, digits)));
        equal += left == right;
    }
    assert_true(equal > 1000); // mutants that changed nothing
}

static void tokens_add_up_to_the_whole_key(void **state)
{
    (void)state;
    for (int n = 0; n < 50000; n++) {
        unsigned digits[KEYS];
        random_digits(digits);
        const struct candidate candidate = random_candidate(digits);
        int64_t key = KEY_EMPTY;
        for (unsigned start = 0; start < KEYS;) {
            uint32_t letters = 0;
            unsigned end = start, literal = 0;
            do {
                letters |= candidate.ranks[end] << KEY_LETTER_SHIFT(end);
                literal += candidate.ranks[end] == 0;
                end++;
            } while (end < KEYS && !candidate.cuts[end - 1]);
            const int part = end == KEYS ? candidate.hundredths : 0;
            const unsigned past =
                end == KEYS ? (unsigned)strlen(candidate.tail) : 0;
            key +=
                key_score(part) +
                key_fields(literal, 1, letters,
                           key_tail_make(candidate.tail, past), key_cut(start));
            start = end;
        }
        assert_true(key == key_of(&candidate));
    }
}

static void a_token_that_is_none_makes_any_key_negative(void **state)
{
    (void)state;
    assert_true(KEY_NONE + KEY_EMPTY < 0);
    assert_true(KEY_NONE + INT64_MAX < 0);
}

/* All tails in order: shorter first, then ASCII. */
static void tails_come_back_and_keep_their_order(void **state)
{
    uint32_t before = 0;
    unsigned count = 0;
    char letters[VN_TAIL_MAX] = {0}, back[VN_TAIL_MAX];

    (void)state;
    assert_int_equal(key_tail_make(letters, 0), 0);
    assert_int_equal(key_tail_text(0, back), 0);
    for (unsigned length = 1; length <= VN_TAIL_MAX; length++) {
        memset(letters, 'A', length);
        for (;;) {
            const uint32_t tail = key_tail_make(letters, length);
            assert_true(tail > before);
            before = tail;
            count++;
            assert_int_equal(tail, vn_tail_make(letters, length));
            assert_int_equal(key_tail_text(tail, back), length);
            assert_memory_equal(back, letters, length);
            unsigned i = length;
            while (i > 0 && letters[i - 1] == 'Z') {
                letters[--i] = 'A';
            }
            if (i == 0) {
                break;
            }
            letters[i - 1]++;
        }
    }
    assert_int_equal(count, 26 + 26 * 26 + 26 * 26 * 26);
    assert_true(before <= 0x7fff);
}

static void twins_differ_in_at_most_one_character(void **state)
{
    unsigned counts[KEYS + 1] = {0};

    (void)state;
    for (int n = 0; n < 500000; n++) {
        unsigned digits[KEYS], differ = 0;
        random_digits(digits);
        const struct candidate a = random_candidate(digits);
        struct candidate b = random_candidate(digits);
        const unsigned keep = fixture_random(1u << KEYS);
        for (unsigned i = 0; i < KEYS; i++) {
            b.ranks[i] = (keep >> i & 1) != 0 ? a.ranks[i] : b.ranks[i];
            differ += a.ranks[i] != b.ranks[i];
        }
        counts[differ]++;
        assert_int_equal(key_twins(letters_of(&a), letters_of(&b)),
                         differ <= 1);
        assert_int_equal(key_same_letters(key_of(&a), key_of(&b)), differ == 0);
    }
    for (unsigned i = 0; i <= 3; i++) {
        assert_true(counts[i] > 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fields_of_a_key_come_back),
        cmocka_unit_test(the_order_of_keys_is_the_total_order),
        cmocka_unit_test(tokens_add_up_to_the_whole_key),
        cmocka_unit_test(a_token_that_is_none_makes_any_key_negative),
        cmocka_unit_test(tails_come_back_and_keep_their_order),
        cmocka_unit_test(twins_differ_in_at_most_one_character),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
