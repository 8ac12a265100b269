/* test_lexicon_read.c: one line of each kind. */
#include "engine_fixture.h"

#include <string.h>

#include "engine/lexicon_read.h"

static void assert_word(struct vn_bytes line, const char *letters,
                        unsigned cuts, int score)
{
    char padded[VN_WORD_LETTERS_MAX] = {0};
    struct entry entry;

    memset(&entry, 0x5a, sizeof entry);
    assert_null(lexicon_read_word(line, &entry));
    for (size_t i = 0; letters[i] != '\0'; i++) {
        padded[i] = letters[i];
    }
    assert_memory_equal(entry.letters, padded, sizeof padded);
    assert_int_equal(entry.length, strlen(letters));
    assert_int_equal(entry.cuts, cuts);
    assert_int_equal(entry.score, score);
    assert_int_equal(entry.overlay, 0);
}

static void assert_no_word(struct vn_bytes line, const char *reason)
{
    struct entry before, entry;

    memset(&before, 0x5a, sizeof before);
    entry = before;
    const char *wrong = lexicon_read_word(line, &entry);
    assert_non_null(wrong);
    if (strstr(wrong, reason) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", wrong, reason);
    }
    assert_memory_equal(&entry, &before, sizeof before);
}

/* ---- Words ------------------------------------------------------------ */

static void a_word_has_letters_of_either_case_and_a_score(void **state)
{
    (void)state;
    assert_word(BYTES("flowers\t-28"), "FLOWERS", 0, -28);
    assert_word(BYTES("FloWers\t+7"), "FLOWERS", 0, 7);
    assert_word(BYTES("a\t0"), "A", 0, 0);
    assert_word(BYTES("abcdefghij\t 12 "), "ABCDEFGHIJ", 0, 12);
}

static void a_score_that_is_left_out_is_the_default(void **state)
{
    (void)state;
    assert_int_equal(VN_WORD_SCORE_DEFAULT, -100);
    assert_word(BYTES("plumber"), "PLUMBER", 0, -100);
}

static void a_score_reaches_from_its_least_to_its_most(void **state)
{
    (void)state;
    assert_word(BYTES("vet\t-1500"), "VET", 0, VN_WORD_SCORE_MIN);
    assert_word(BYTES("vet\t800"), "VET", 0, VN_WORD_SCORE_MAX);
    assert_no_word(BYTES("vet\t-1501"), "-1500 to 800");
    assert_no_word(BYTES("vet\t801"), "-1500 to 800");
    assert_no_word(BYTES("vet\t"), "score");
    assert_no_word(BYTES("vet\tx"), "score");
    assert_no_word(BYTES("vet\t1.5"), "score");
    assert_no_word(BYTES("vet\t99999999999999999999"), "score");
}

static void a_third_column_marks_a_common_word(void **state)
{
    struct entry entry;

    (void)state;
    assert_null(lexicon_read_word(BYTES("vet\t-20\tc"), &entry));
    assert_int_equal(entry.common, 1);
    assert_int_equal(entry.score, -20);
    assert_null(lexicon_read_word(BYTES("vet\t-20"), &entry));
    assert_int_equal(entry.common, 0);
    assert_no_word(BYTES("vet\t1\t2"), "stand c");
    assert_no_word(BYTES("vet\t1\t"), "stand c");
    assert_no_word(BYTES("vet\t1\tcc"), "stand c");
    assert_no_word(BYTES("vet\tx\tc"), "score");
    assert_no_word(BYTES("pet meds\t1\tc"), "not behind a phrase");
}

static void assert_class(struct vn_bytes line, bool common,
                         enum model_class class)
{
    struct entry entry;

    assert_null(lexicon_read_word(line, &entry));
    assert_int_equal(entry.common, common);
    assert_int_equal(entry.class, class);
}

static void the_third_column_tells_the_class_of_a_word(void **state)
{
    (void)state;
    assert_class(BYTES("vet\t-20"), false, MODEL_NO_CLASS);
    assert_class(BYTES("vet\t-20\tc"), true, MODEL_NO_CLASS);
    assert_class(BYTES("vet\t-20\tn"), false, MODEL_NOUN);
    assert_class(BYTES("fix\t-20\tcv"), true, MODEL_VERB);
    assert_class(BYTES("the\t-20\tfc"), true, MODEL_FUNCTION);
    assert_no_word(BYTES("vet\t1\tnv"), "one of them");
    assert_no_word(BYTES("vet\t1\tnn"), "one of them");
    assert_no_word(BYTES("vet\t1\tN"), "one of them");
    assert_no_word(BYTES("vet\t1\tc n"), "one of them");
    assert_no_word((struct vn_bytes){"vet\t1\tc\0", 8}, "one of them");
    assert_no_word(BYTES("pet meds\t1\tn"), "not behind a phrase");
}

static void two_more_columns_are_of_the_first_and_the_last_place(void **state)
{
    static const char range[] = "from -300 to 300";
    struct entry entry;

    (void)state;
    assert_null(lexicon_read_word(BYTES("get\t-20\tcv\t300\t-300"), &entry));
    assert_int_equal(entry.first, 300);
    assert_int_equal(entry.last, -300);
    assert_int_equal(entry.class, MODEL_VERB);
    assert_null(lexicon_read_word(BYTES("get\t-20\t\t-1\t0"), &entry));
    assert_int_equal(entry.first, -1);
    assert_int_equal(entry.last, 0);
    assert_int_equal(entry.common, 0);
    assert_null(lexicon_read_word(BYTES("get\t-20\tc"), &entry));
    assert_int_equal(entry.first, 0);
    assert_no_word(BYTES("get\t1\t\t301\t0"), range);
    assert_no_word(BYTES("get\t1\t\t0\t-301"), range);
    assert_no_word(BYTES("get\t1\tc\t10"), range);
    assert_no_word(BYTES("get\t1\tc\t10\t"), range);
    assert_no_word(BYTES("get\t1\tc\t\t10"), range);
    assert_no_word(BYTES("get\t1\tc\t10\t10\t10"), range);
    assert_no_word(BYTES("get\t1\tx\t10\t10"), "stand c");
    assert_no_word(BYTES("pet meds\t1\t\t10\t10"), "not behind a phrase");
}

static void a_phrase_has_a_cut_after_each_word_but_the_last(void **state)
{
    (void)state;
    assert_word(BYTES("pet meds\t150"), "PETMEDS", 1u << 2, 150);
    assert_word(BYTES("Pet-Meds"), "PETMEDS", 1u << 2, -100);
    assert_word(BYTES("buy-a car"), "BUYACAR", 1u << 2 | 1u << 3, -100);
    assert_word(BYTES("a b c d e f g h i j"), "ABCDEFGHIJ", 0x1ff, -100);
}

static void what_is_no_letter_is_refused(void **state)
{
    (void)state;
    assert_no_word(BYTES("pl4umber"), "letters A to Z");
    assert_no_word(BYTES("a_b"), "letters A to Z");
    assert_no_word(BYTES("caf\xc3\xa9"), "letters A to Z");
    assert_no_word(BYTES("pl\0umber"), "letters A to Z");
    assert_no_word(BYTES("a,b"), "letters A to Z");
    assert_no_word(BYTES("[@`{"), "letters A to Z");
}

static void ten_letters_are_the_most_of_a_word_and_of_a_phrase(void **state)
{
    (void)state;
    assert_no_word(BYTES("abcdefghijk"), "more than 10 letters");
    assert_no_word(BYTES("abcde fghijk"), "more than 10 letters");
}

static void a_word_without_letters_is_refused(void **state)
{
    (void)state;
    assert_no_word((struct vn_bytes){NULL, 0}, "no letters");
    assert_no_word(BYTES("- -"), "no letters");
    assert_no_word(BYTES("\t5"), "no letters");
}

/* ---- Pairs ------------------------------------------------------------ */

static void a_pair_has_two_words_and_a_bonus(void **state)
{
    struct entry left, right;
    int16_t bonus;

    (void)state;
    assert_null(
        lexicon_read_pair(BYTES("call\tnow\t329"), &left, &right, &bonus));
    assert_int_equal(left.length, 4);
    assert_memory_equal(left.letters, "CALL\0\0\0\0\0\0", 10);
    assert_int_equal(right.length, 3);
    assert_memory_equal(right.letters, "NOW\0\0\0\0\0\0\0", 10);
    assert_int_equal(left.cuts, 0);
    assert_int_equal(right.cuts, 0);
    assert_int_equal(bonus, 329);
}

static void a_bad_pair_is_refused(void **state)
{
    static const char *const bad[] = {
        "call\tnow",       "call",          "call\tnow\t",
        "call\tnow\t0",    "call\tnow\t-5", "call\tnow\t1001",
        "call\tnow\t5\t6", "call\t\t5",     "\tnow\t5",
        "call us\tnow\t5", "call\tn0w\t5",  "abcdefghijk\tnow\t5",
        "call\tnow\tfive",
    };
    struct entry left, right;
    int16_t bonus;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const struct vn_bytes line = {bad[i], strlen(bad[i])};
        if (lexicon_read_pair(line, &left, &right, &bonus) == NULL) {
            fail_msg("\"%s\" is taken", bad[i]);
        }
    }
}

/* ---- Block lists ------------------------------------------------------ */

static void a_term_has_flags(void **state)
{
    struct block_term term;

    (void)state;
    assert_null(lexicon_read_term(BYTES("plover\tT\tmade up"), &term));
    assert_int_equal(term.flags, BLOCK_TOKEN);
    assert_int_equal(term.length, 6);
    assert_memory_equal(term.letters, "PLOVER\0\0\0\0", 10);
    assert_null(lexicon_read_term(BYTES("plover\tS\tmade up"), &term));
    assert_int_equal(term.flags, BLOCK_SPAN);
    assert_null(lexicon_read_term(BYTES("plover\tTS\tmade up"), &term));
    assert_int_equal(term.flags, BLOCK_TOKEN | BLOCK_SPAN);
    assert_non_null(lexicon_read_term(BYTES("plover\tX\tmade up"), &term));
    assert_non_null(lexicon_read_term(BYTES("plover\tT"), &term));
    assert_non_null(lexicon_read_term(BYTES("plover"), &term));
    assert_non_null(lexicon_read_term(BYTES("pl0ver\tT\tmade up"), &term));
}

static void a_term_of_the_user_has_both_flags(void **state)
{
    struct block_term term;

    (void)state;
    assert_null(lexicon_read_block(BYTES("PloVer"), &term));
    assert_int_equal(term.flags, BLOCK_TOKEN | BLOCK_SPAN);
    assert_int_equal(term.length, 6);
    assert_memory_equal(term.letters, "PLOVER\0\0\0\0", 10);
    assert_null(lexicon_read_block(BYTES("abcdefghij"), &term));
    assert_int_equal(term.length, 10);
}

static void a_bad_term_is_refused(void **state)
{
    static const char *const bad[] = {"",       "two words", "two-words",
                                      "plov3r", "plover\t5", "abcdefghijk",
                                      "pl\xc3o"};
    struct block_term before, term;

    (void)state;
    memset(&before, 0x5a, sizeof before);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const struct vn_bytes line = {bad[i], strlen(bad[i])};
        term = before;
        if (lexicon_read_block(line, &term) == NULL) {
            fail_msg("\"%s\" is taken", bad[i]);
        }
        assert_memory_equal(&term, &before, sizeof before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_has_letters_of_either_case_and_a_score),
        cmocka_unit_test(a_score_that_is_left_out_is_the_default),
        cmocka_unit_test(a_score_reaches_from_its_least_to_its_most),
        cmocka_unit_test(a_third_column_marks_a_common_word),
        cmocka_unit_test(the_third_column_tells_the_class_of_a_word),
        cmocka_unit_test(two_more_columns_are_of_the_first_and_the_last_place),
        cmocka_unit_test(a_phrase_has_a_cut_after_each_word_but_the_last),
        cmocka_unit_test(what_is_no_letter_is_refused),
        cmocka_unit_test(ten_letters_are_the_most_of_a_word_and_of_a_phrase),
        cmocka_unit_test(a_word_without_letters_is_refused),
        cmocka_unit_test(a_pair_has_two_words_and_a_bonus),
        cmocka_unit_test(a_bad_pair_is_refused),
        cmocka_unit_test(a_term_has_flags),
        cmocka_unit_test(a_term_of_the_user_has_both_flags),
        cmocka_unit_test(a_bad_term_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
