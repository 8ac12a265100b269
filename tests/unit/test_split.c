/* test_split.c: splits of given characters against a plain enumeration. */
#include "engine_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "engine/key.h"
#include "engine/keypad.h"
#include "engine/lexicon.h"
#include "engine/split.h"

#define KEYS VN_SUFFIX_DIGITS
#define FOUND_MAX 512u

/* The keys of all splits that were found. */
struct found {
    int64_t keys[FOUND_MAX];
    unsigned count;
};

/* Phrases with one, two and three words, beside words of the same letters. */
static const char overlay[] = "go get\t10\ngo-get-it\t20\np et-meds\npet meds\n"
                              "pets meds\nflow ers\ncon-tacts\t300\n"
                              "a b c d e f g\t30\nin to\t5\n";

static struct vn_lexicon *lexicon;

static void keep(struct found *found, int64_t key)
{
    assert_true(found->count < FOUND_MAX);
    found->keys[found->count++] = key;
}

/* ---- The definition --------------------------------------------------- */

/* What stands on keys start .. end - 1: an entry, or NULL for a run. */
struct part {
    const struct entry *entry;
    unsigned start, end;
};

struct plain {
    const unsigned *digits;
    char text[KEYS + 1];
    struct part parts[KEYS];
    unsigned count;
    struct found *found;
};

static int run_score(const struct plain *plain, const struct part *part)
{
    const struct model *model = &lexicon->model;
    const unsigned length = part->end - part->start;
    int score = model_run_digits(model, plain->digits + part->start,
                                 part->start, length);

    for (unsigned i = part->start; i < part->end; i++) {
        score += plain->digits[i] < 2 ? model->digit_01 : model->digit_other;
    }
    if (part->start == 0) {
        return score + model->run_start[length];
    }
    return score + (part->end == KEYS ? model->run_end[length]
                                      : model->run_middle[length]);
}

static int entry_score(const struct part *part)
{
    const struct model *model = &lexicon->model;
    const int past = (int)part->entry->length - (int)(part->end - part->start);
    int score = part->entry->score + model->start[part->start];

    if (part->start > 0 && part->end < KEYS) {
        score += model->middle;
    }
    if (past > 0) {
        score += model->overdial + past * model->overdial_letter +
                 (part->start == 0 ? model->overdial_whole : 0);
    }
    return score;
}

/* Between two neighbours. */
static int border_score(const struct plain *plain, const struct part *left,
                        const struct part *right)
{
    const struct part *word = left->entry != NULL ? left : right;
    const bool leading_4 = left->entry == NULL && left->start == 0 &&
                           left->end == 1 && plain->digits[0] == 4;

    if (left->entry != NULL && right->entry != NULL) {
        return lexicon_pair(lexicon, (uint32_t)(left->entry - lexicon->entries),
                            (uint32_t)(right->entry - lexicon->entries));
    }
    return word->end - word->start <= 2 && !leading_4
               ? lexicon->model.short_beside_run
               : 0;
}

/* The finished split as a key, its fields counted at once. */
static int64_t plain_key(const struct plain *plain)
{
    unsigned literal = 0, segments = 0, cuts = 0;
    uint32_t letters = 0, tail = 0;
    int score = 0;

    for (unsigned p = 0; p < plain->count; p++) {
        const struct part *part = &plain->parts[p];
        const unsigned covered = part->end - part->start;
        segments++;
        cuts |= key_cut(part->start);
        score += p > 0 ? border_score(plain, part - 1, part) : 0;
        if (part->entry == NULL) {
            literal += covered;
            score += run_score(plain, part);
            continue;
        }
        score += entry_score(part);
        for (unsigned i = 0; i + 1 < part->entry->length; i++) {
            if ((part->entry->cuts >> i & 1) != 0) {
                segments++;
                cuts |= key_cut(part->start + i + 1);
            }
        }
        tail = key_tail_make(part->entry->letters + covered,
                             part->entry->length - covered);
    }
    for (unsigned i = 0; i < KEYS; i++) {
        letters |= vn_keypad_rank(plain->text[i]) << KEY_LETTER_SHIFT(i);
    }
    return KEY_EMPTY + key_score(score) +
           key_fields(literal, segments, letters, tail, cuts);
}

static void plain_from(struct plain *plain, unsigned start);

static void plain_take(struct plain *plain, const struct entry *entry,
                       unsigned start, unsigned end)
{
    plain->parts[plain->count++] = (struct part){entry, start, end};
    plain_from(plain, end);
    plain->count--;
}

/* Keys that 'entry' can cover from 'start' on, 0 if it cannot stand there. */
static unsigned covers(const struct plain *plain, const struct entry *entry,
                       unsigned start)
{
    const unsigned room = KEYS - start;
    unsigned last_word = 0;

    for (unsigned i = 0; i + 1 < entry->length; i++) {
        last_word = (entry->cuts >> i & 1) != 0 ? i + 1 : last_word;
    }
    const unsigned covered = entry->length < room ? entry->length : room;
    if (memcmp(entry->letters, plain->text + start, covered) != 0) {
        return 0;
    }
    if (entry->length > room && (entry->length > room + VN_TAIL_MAX ||
                                 last_word + MODEL_OVERDIAL_COVER > room)) {
        return 0;
    }
    return covered;
}

/* Every entry of the lexicon, and the run, that can go on at 'start'. */
static void plain_from(struct plain *plain, unsigned start)
{
    unsigned digits = 0;

    if (start == KEYS) {
        keep(plain->found, plain_key(plain));
        return;
    }
    while (start + digits < KEYS &&
           vn_keypad_rank(plain->text[start + digits]) == 0) {
        digits++;
    }
    if (digits > 0) {
        if (digits <= MODEL_RUN_MAX) {
            plain_take(plain, NULL, start, start + digits);
        }
        return;
    }
    for (uint32_t i = 0; i < lexicon->entry_count; i++) {
        const struct entry *entry = &lexicon->entries[i];
        if (entry->letters[0] == plain->text[start]) {
            const unsigned covered = covers(plain, entry, start);
            if (covered > 0) {
                plain_take(plain, entry, start, start + covered);
            }
        }
    }
}

/* ---- The engine ------------------------------------------------------- */

/* Each split is whole, and its terms add up to its key. */
static void check_split(void *context, const struct split *split)
{
    int sum = 0;
    unsigned at = 0;

    for (unsigned i = 0; i < split->count; i++) {
        int terms[SPLIT_TERMS];
        int token_sum = 0;
        const int said = split_terms(split, i, terms);
        for (unsigned t = 0; t < SPLIT_TERMS; t++) {
            token_sum += terms[t];
        }
        assert_int_equal(said, token_sum);
        sum += said;
        assert_int_equal(split->tokens[i].start, at);
        at = split->tokens[i].end;
    }
    assert_int_equal(at, KEYS);
    assert_int_equal(key_hundredths(split->key), sum);
    keep(context, split->key);
}

static void split_text(const char *text, struct found *found)
{
    unsigned digits[KEYS];
    uint32_t letters = 0;

    found->count = 0;
    for (unsigned i = 0; i < KEYS; i++) {
        digits[i] = (unsigned)vn_keypad_key(text[i]);
        letters |= vn_keypad_rank(text[i]) << KEY_LETTER_SHIFT(i);
    }
    split_all(lexicon, digits, letters, check_split, found);
}

static void split_plainly(const char *text, struct found *found)
{
    unsigned digits[KEYS];
    struct plain plain = {.digits = digits, .found = found};

    found->count = 0;
    for (unsigned i = 0; i < KEYS; i++) {
        digits[i] = (unsigned)vn_keypad_key(text[i]);
        plain.text[i] = text[i];
    }
    plain_from(&plain, 0);
}

static int compare_keys(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return left < right ? -1 : left > right;
}

static void assert_same_splits(const char *text, unsigned *total)
{
    static struct found expected, found;

    split_plainly(text, &expected);
    split_text(text, &found);
    qsort(expected.keys, expected.count, sizeof *expected.keys, compare_keys);
    qsort(found.keys, found.count, sizeof *found.keys, compare_keys);
    if (found.count != expected.count) {
        fail_msg("%s: %u splits, not %u", text, found.count, expected.count);
    }
    assert_memory_equal(found.keys, expected.keys,
                        found.count * sizeof *found.keys);
    *total += found.count;
}

/* ---- Tests ------------------------------------------------------------ */

static void chosen_characters_are_split_every_way(void **state)
{
    static const char *const texts[] = {
        "GOGETIT", "PETMEDS", "CONTACT", "RUNAWAY", "FLOWERS", "ABCDEFG",
        "4PETMED", "GOT5865", "468JUNK", "A4A4A4A", "1INTO00", "INTOINT",
        "2255GOG", "CHANCER", "1234567", "0000000", "QXZQXZQ", "44444IT"};
    unsigned total = 0;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_same_splits(texts[i], &total);
    }
    assert_true(total > 50);
}

static char random_char_on(unsigned digit)
{
    unsigned count = 0;

    while (vn_keypad_char(digit, count + 1) != '\0') {
        count++;
    }
    return vn_keypad_char(digit, fixture_random(count + 1));
}

/* Pieces of entries beside each other, some characters changed. */
static void random_text(char text[KEYS + 1])
{
    unsigned length = 0;

    while (length < KEYS) {
        const struct entry *entry =
            &lexicon->entries[fixture_random(lexicon->entry_count)];
        for (unsigned i = 0; i < entry->length && length < KEYS; i++) {
            text[length++] = entry->letters[i];
        }
        if (length < KEYS && fixture_random(3) == 0) {
            text[length++] = (char)('0' + fixture_random(10));
        }
    }
    if (fixture_random(4) == 0) {
        const unsigned at = fixture_random(KEYS);
        text[at] = random_char_on((unsigned)vn_keypad_key(text[at]));
    }
    text[KEYS] = '\0';
}

static void random_characters_are_split_every_way(void **state)
{
    unsigned total = 0;

    (void)state;
    for (int n = 0; n < 1000; n++) {
        char text[KEYS + 1];
        random_text(text);
        assert_same_splits(text, &total);
    }
    assert_true(total > 1000);
}

/* The terms of GOT-JUNK, one by one, and that no other term is there. */
static void check_got_junk(void *context, const struct split *split)
{
    int terms[SPLIT_TERMS];
    unsigned *count = context;

    if (split->count != 2 || split->tokens[0].end != 3 ||
        split->tokens[1].past > 0) {
        return;
    }
    (*count)++;
    const int got = split_terms(split, 0, terms);
    assert_int_equal(terms[SPLIT_WORD], got);
    assert_int_equal(
        got, lexicon->entries[lexicon_find(lexicon, "GOT", 3, 0)].score);
    assert_int_equal(split_terms(split, 1, terms), -526 - got);
    assert_int_equal(terms[SPLIT_START], -8);
    assert_int_equal(terms[SPLIT_WORD] + terms[SPLIT_PAIR], -526 - got + 8);
    assert_int_equal(terms[SPLIT_MIDDLE], 0);
    assert_int_equal(terms[SPLIT_OVERDIAL], 0);
}

static void the_terms_of_a_known_spelling_are_those_of_the_model(void **state)
{
    static const unsigned digits[KEYS] = {4, 6, 8, 5, 8, 6, 5};
    static const unsigned ranks[KEYS] = {1, 3, 1, 1, 2, 2, 2};
    uint32_t letters = 0;
    unsigned count = 0;

    (void)state;
    for (unsigned i = 0; i < KEYS; i++) {
        letters |= ranks[i] << KEY_LETTER_SHIFT(i);
    }
    split_all(lexicon, digits, letters, check_got_junk, &count);
    assert_int_equal(count, 1);
}

static int open_lexicon(void **state)
{
    const int result = fixture_setup(state);

    if (result == 0) {
        lexicon = fixture_lexicon(overlay, NULL);
    }
    return result;
}

static int close_lexicon(void **state)
{
    vn_lexicon_free(lexicon);
    return fixture_teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chosen_characters_are_split_every_way),
        cmocka_unit_test(random_characters_are_split_every_way),
        cmocka_unit_test(the_terms_of_a_known_spelling_are_those_of_the_model),
    };

    return cmocka_run_group_tests(tests, open_lexicon, close_lexicon);
}
