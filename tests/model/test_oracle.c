/* test_oracle.c: the rules of the plain enumerator, on small lexicons. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/keypad.h"
#include "tests/oracle/oracle.h"

/* One line of a made-up lexicon. */
struct word {
    const char *phrase;
    int score;
};

static uint32_t dial(const char *keys)
{
    uint32_t suffix = 0;

    for (unsigned i = 0; i < VN_SUFFIX_DIGITS; i++) {
        suffix = suffix * 10 + (uint32_t)vn_keypad_key(keys[i]);
    }
    return suffix;
}

/* An oracle that knows 'words' and the blocked 'terms' (NULL ends each). */
static struct vn_oracle *make_oracle(const struct word *words,
                                     const char *const *terms)
{
    struct vn_oracle *oracle = NULL;

    assert_int_equal(vn_oracle_open(NULL, NULL, NULL, &oracle, NULL), VN_OK);
    for (; words->phrase != NULL; words++) {
        assert_int_equal(
            vn_oracle_add_words(oracle, words->phrase, words->score), VN_OK);
    }
    for (; *terms != NULL; terms++) {
        assert_int_equal(vn_oracle_add_block(oracle, *terms), VN_OK);
    }
    return oracle;
}

static struct vn_oracle *finished(struct vn_oracle *oracle)
{
    assert_int_equal(vn_oracle_finish(oracle), VN_OK);
    return oracle;
}

static const char *const no_terms[] = {NULL};

/* Finds 'text' among the best twenty of the suffix that it dials. */
static const struct vn_oracle_spelling *
find_text(const struct vn_oracle *oracle, const char *suffix, const char *text)
{
    static struct vn_oracle_spelling list[VN_ORACLE_LIST];
    const unsigned count = vn_oracle_list(oracle, dial(suffix), list);

    for (unsigned i = 0; i < count; i++) {
        if (strcmp(list[i].text, text) == 0) {
            return &list[i];
        }
    }
    return NULL;
}

static void expect_exact(const struct vn_oracle *oracle, const char *suffix,
                         const char *text, int hundredths)
{
    const struct vn_oracle_spelling *found = find_text(oracle, suffix, text);

    if (found == NULL) {
        fail_msg("%s is not among the best of %s", text, suffix);
    } else {
        assert_int_equal(found->hundredths, hundredths);
    }
}

/* ---- Terms of the score ----------------------------------------------- */

static void runs_are_scored_by_place_and_length(void **state)
{
    static const struct word words[] = {{"cat", 0}, {"ba", 0}, {NULL, 0}};
    struct vn_oracle *oracle = finished(make_oracle(words, no_terms));

    (void)state;
    /* 4 digits first: -44, digits -30 -30 -160 -160; CAT at 4: -24. */
    expect_exact(oracle, "0199228", "0199-CAT", -44 - 380 - 24);
    /* 4 digits last: -213 and four times -30. */
    expect_exact(oracle, "2280000", "CAT-0000", -213 - 120);
    expect_exact(oracle, "2280228", "CAT-0-CAT", -167 - 30 - 24);
    expect_exact(oracle, "0228022", "0-CAT-0-BA",
                 13 - 30 - 73 - 57 - 167 - 30 - 98 - 70);
    expect_exact(oracle, "0022800", "00-CAT-00", -43 - 60 - 2 - 57 - 297 - 60);
    vn_oracle_free(oracle);
}

static void a_lone_four_earns_its_bonus_anywhere(void **state)
{
    static const struct word words[] = {{"cat", 0}, {"dogs", 0}, {NULL, 0}};
    struct vn_oracle *oracle = finished(make_oracle(words, no_terms));

    (void)state;
    expect_exact(oracle, "2284228", "CAT-4-CAT", -167 - 160 + 122 - 24);
    expect_exact(oracle, "4000228", "4000-CAT", -44 - 160 - 90 - 24);
    expect_exact(oracle, "2282284", "CAT-CAT-4", -8 - 57 - 244 - 160 + 122);
    vn_oracle_free(oracle);
}

static void a_short_word_beside_digits_pays(void **state)
{
    static const struct word words[] = {{"go", 0}, {NULL, 0}};
    struct vn_oracle *oracle = finished(make_oracle(words, no_terms));

    (void)state;
    /* 4 waives it on its own side only: GO pays for 0000 behind it. */
    expect_exact(oracle, "4460000", "4-GO-0000",
                 13 - 160 + 122 - 73 - 57 - 70 - 213 - 120);
    /* A 4 that is not first waives nothing. */
    expect_exact(oracle, "0044604", "004-GO-04",
                 107 - 220 - 70 - 8 - 57 - 70 - 297 - 190);
    vn_oracle_free(oracle);
}

static void listed_pairs_earn_their_bonus(void **state)
{
    static const struct word words[] = {
        {"got", 0}, {"junk", 0}, {"junkies", 0}, {"got junk", -900}, {NULL, 0}};
    struct vn_oracle *oracle = make_oracle(words, no_terms);

    (void)state;
    assert_int_equal(vn_oracle_add_pair(oracle, "got", "junk", 300), VN_OK);
    assert_int_equal(vn_oracle_add_pair(oracle, "got", "junkies", 250), VN_OK);
    finished(oracle);
    expect_exact(oracle, "4685865", "GOT-JUNK", -8 + 300);
    vn_oracle_free(oracle);
}

static void an_overdial_word_earns_the_bonus_of_its_pair(void **state)
{
    static const struct word words[] = {{"got", 0}, {"junkies", 0}, {NULL, 0}};
    struct vn_oracle *oracle = make_oracle(words, no_terms);

    (void)state;
    assert_int_equal(vn_oracle_add_pair(oracle, "got", "junkies", 250), VN_OK);
    finished(oracle);
    expect_exact(oracle, "4685865", "GOT-JUNKIES", -8 - 217 - 3 * 89 + 250);
    vn_oracle_free(oracle);
}

/* ---- Phrases and overdial --------------------------------------------- */

static void a_phrase_is_one_entry_with_cuts(void **state)
{
    static const struct word words[] = {{"pet-med", -50}, {NULL, 0}};
    struct vn_oracle *oracle = finished(make_oracle(words, no_terms));
    struct vn_record record;

    (void)state;
    expect_exact(oracle, "0738633", "0-PET-MED", 13 - 30 - 50 - 73);
    vn_oracle_rank(oracle, dial("0738633"), &record);
    assert_int_equal(vn_record_count(&record), 1);
    /* Cuts after keys 1 and 4. */
    assert_int_equal(record.codes[0] >> VN_CODE_CUTS_SHIFT & 63, 9);
    vn_oracle_free(oracle);
}

static void a_phrase_may_run_past_the_end_in_its_last_word(void **state)
{
    static const struct word words[] = {{"pet meds", -50}, {NULL, 0}};
    struct vn_oracle *oracle = finished(make_oracle(words, no_terms));
    struct vn_record record;

    (void)state;
    expect_exact(oracle, "0738633", "0-PET-MEDS", 13 - 30 - 73 - 50 - 217 - 89);
    /* Here MEDS would cover two keys only. */
    vn_oracle_rank(oracle, dial("1073863"), &record);
    assert_int_equal(vn_record_count(&record), 0);
    vn_oracle_free(oracle);
}

static void an_overdial_word_covers_three_keys_at_least(void **state)
{
    static const struct word words[] = {{"lion", 0}, {"cats", 0}, {NULL, 0}};
    struct vn_oracle *oracle = finished(make_oracle(words, no_terms));

    (void)state;
    expect_exact(oracle, "5466228", "LION-CATS", -24 - 217 - 89);
    assert_null(find_text(oracle, "0054600", "00-LION"));
    vn_oracle_free(oracle);
}

static void ten_letters_overdial_from_the_first_key(void **state)
{
    static const struct word words[] = {{"basketball", -100}, {NULL, 0}};
    struct vn_oracle *oracle = finished(make_oracle(words, no_terms));

    (void)state;
    expect_exact(oracle, "2275382", "BASKETBALL", -100 - 217 - 3 * 89 + 242);
    vn_oracle_free(oracle);
}

static void the_best_split_of_the_same_characters_is_kept(void **state)
{
    static const struct word words[] = {{"runaway", -100},
                                        {"run", 0},
                                        {"away", 0},
                                        {"runaways", 300},
                                        {NULL, 0}};
    struct vn_oracle *oracle = finished(make_oracle(words, no_terms));
    struct vn_oracle_spelling list[VN_ORACLE_LIST];
    unsigned same = 0;

    (void)state;
    const unsigned count = vn_oracle_list(oracle, dial("RUNAWAY"), list);
    for (unsigned i = 0; i < count; i++) {
        same += strcmp(list[i].keys, "RUNAWAY") == 0;
    }
    assert_int_equal(same, 1);
    /* RUNAWAYS: 300 - 217 - 89 + 242 = 236 beats RUN-AWAY with -8. */
    assert_string_equal(list[0].text, "RUNAWAYS");
    assert_int_equal(list[0].hundredths, 236);
    vn_oracle_free(oracle);
}

/* ---- Blocked spans ---------------------------------------------------- */

/* Whether the best spelling of 'keys' has these characters still. */
static bool survives(const struct word *words, const char *const *terms,
                     const char *suffix, const char *text)
{
    struct vn_oracle *oracle = finished(make_oracle(words, terms));
    const bool found = find_text(oracle, suffix, text) != NULL;

    vn_oracle_free(oracle);
    return found;
}

static void a_long_term_is_blocked_across_a_border_only(void **state)
{
    static const struct word words[] = {
        {"bra", 0}, {"vest", 0}, {"harvest", 0}, {"har", 0}, {NULL, 0}};
    static const char *const terms[] = {"rave", NULL};
    static const char *const inside[] = {"arve", NULL};

    (void)state;
    assert_true(survives(words, no_terms, "BRAVEST", "BRA-VEST"));
    assert_false(survives(words, terms, "BRAVEST", "BRA-VEST"));
    /* HAR-VEST is dropped, so that HARVEST stays whatever it scores. */
    assert_true(survives(words, inside, "HARVEST", "HARVEST"));
    assert_false(survives(words, inside, "HARVEST", "HAR-VEST"));
}

static void the_next_best_split_takes_the_place_of_a_blocked_one(void **state)
{
    static const struct word words[] = {
        {"harvest", -500}, {"har", 0}, {"vest", 0}, {NULL, 0}};
    static const char *const terms[] = {"arve", NULL};
    struct vn_oracle *oracle = finished(make_oracle(words, terms));

    (void)state;
    expect_exact(oracle, "HARVEST", "HARVEST", -500);
    vn_oracle_free(oracle);
    assert_true(survives(words, no_terms, "HARVEST", "HAR-VEST"));
}

static void a_short_term_is_blocked_between_borders_only(void **state)
{
    static const struct word words[] = {
        {"c", 0}, {"at", 0}, {"dogs", 0}, {NULL, 0}};
    static const struct word others[] = {{"catd", 0}, {"ogs", 0}, {NULL, 0}};
    static const char *const cat[] = {"cat", NULL};
    static const char *const tdo[] = {"tdo", NULL};
    static const char *const end[] = {"ogs", "dogs", NULL};

    (void)state;
    assert_true(survives(words, no_terms, "CATDOGS", "C-AT-DOGS"));
    assert_false(survives(words, cat, "CATDOGS", "C-AT-DOGS"));
    assert_true(survives(words, tdo, "CATDOGS", "C-AT-DOGS"));
    assert_true(survives(others, cat, "CATDOGS", "CATD-OGS"));
    assert_true(survives(others, tdo, "CATDOGS", "CATD-OGS"));
    /* OGS is a segment of its own; DOGS lies over a border. */
    assert_true(survives(words, end, "CATDOGS", "C-AT-DOGS"));
    assert_false(survives(others, end, "CATDOGS", "CATD-OGS"));
}

static void a_term_of_two_letters_is_a_short_term(void **state)
{
    static const struct word words[] = {
        {"c", 0}, {"a", 0}, {"tiger", 0}, {NULL, 0}};
    static const struct word others[] = {{"ca", 0}, {"tiger", 0}, {NULL, 0}};
    static const char *const terms[] = {"ca", NULL};
    static const char *const over[] = {"at", NULL};

    (void)state;
    assert_true(survives(words, no_terms, "CATIGER", "C-A-TIGER"));
    assert_false(survives(words, terms, "CATIGER", "C-A-TIGER"));
    assert_true(survives(words, over, "CATIGER", "C-A-TIGER"));
    assert_true(survives(others, terms, "CATIGER", "CA-TIGER"));
}

static void a_digit_reads_as_a_letter_in_a_span(void **state)
{
    static const struct word words[] = {{"d", 0},   {"lid", 0}, {"mine", 0},
                                        {"tea", 0}, {"ea", 0},  {NULL, 0}};
    static const char *const solid[] = {"solid", NULL};
    static const char *const tea[] = {"tea", NULL};
    static const char *const dig[] = {"mine", NULL};

    (void)state;
    /* 50LID reads as SOLID. */
    assert_true(survives(words, no_terms, "0050543", "0050-LID"));
    assert_false(survives(words, solid, "0050543", "0050-LID"));
    /* 7EA between borders reads as TEA. */
    assert_true(survives(words, no_terms, "7320000", "7-EA-0000"));
    assert_false(survives(words, tea, "7320000", "7-EA-0000"));
    assert_true(survives(words, tea, "0073200", "007-EA-00"));
    /* Digits alone have no border inside: nothing to drop. */
    assert_true(survives(words, dig, "5430000", "LID-0000"));
}

static void the_tail_belongs_to_the_span(void **state)
{
    static const struct word words[] = {
        {"lion", 0}, {"cats", 0}, {"k", 0}, {"ids", 0}, {NULL, 0}};
    static const char *const long_term[] = {"oncats", NULL};
    static const char *const end_term[] = {"xcats", "cats", NULL};
    static const char *const other[] = {"cat", "oncat", NULL};

    (void)state;
    assert_true(survives(words, no_terms, "LIONCAT", "LION-CATS"));
    assert_false(survives(words, long_term, "LIONCAT", "LION-CATS"));
    /* CATS is a segment of its own: no border inside. */
    assert_true(survives(words, end_term, "LIONCAT", "LION-CATS"));
    assert_false(survives(words, other, "LIONCAT", "LION-CATS"));
}

static void a_short_term_before_the_tail_is_no_span(void **state)
{
    static const struct word words[] = {
        {"lion", 0}, {"c", 0}, {"lionc", 0}, {"at", 0}, {NULL, 0}};
    static const char *const terms[] = {"cat", NULL};

    (void)state;
    assert_false(survives(words, terms, "LIONCAT", "LION-C-AT"));
    assert_true(survives(words, terms, "LIONCAT", "LIONC-AT"));
}

static void the_cuts_of_a_phrase_are_borders(void **state)
{
    static const struct word words[] = {
        {"bra vest", 0}, {"bravest", -300}, {NULL, 0}};
    static const char *const terms[] = {"rave", NULL};

    (void)state;
    assert_true(survives(words, no_terms, "BRAVEST", "BRA-VEST"));
    assert_false(survives(words, terms, "BRAVEST", "BRA-VEST"));
    assert_true(survives(words, terms, "BRAVEST", "BRAVEST"));
}

static void an_overlay_word_stays_though_it_is_blocked(void **state)
{
    static const struct word words[] = {{"harvest", 0}, {NULL, 0}};
    static const char *const terms[] = {"harvest", NULL};
    (void)state;
    assert_true(survives(words, terms, "HARVEST", "HARVEST"));
}

/* ---- Order and diversity ---------------------------------------------- */

static void expect_record(const struct word *words, const char *suffix,
                          const char *const *texts)
{
    struct vn_oracle *oracle = finished(make_oracle(words, no_terms));
    struct vn_record record;
    unsigned i = 0;

    vn_oracle_rank(oracle, dial(suffix), &record);
    vn_oracle_free(oracle);
    for (; i < VN_CANDIDATES && texts[i] != NULL; i++) {
        struct vn_spelling spelling;
        assert_int_equal(
            vn_spell(dial(suffix), record.codes[i], record.tails[i], &spelling),
            VN_OK);
        assert_string_equal(spelling.text, texts[i]);
    }
    assert_int_equal(vn_record_count(&record), i);
}

static void ties_end_in_the_total_order(void **state)
{
    /* All dial 2228888 and score the same. */
    static const struct word letters[] = {
        {"cccvvvv", 0}, {"aaauuuu", 0}, {"bbbtttt", 0}, {NULL, 0}};
    static const char *const by_letters[] = {"AAAUUUU", "BBBTTTT", "CCCVVVV",
                                             NULL};
    static const struct word segments[] = {
        {"ab cdefg", 0}, {"abcdef g", 0}, {"a bcdefg", 0}, {NULL, 0}};
    static const char *const by_length[] = {"ABCDEF-G", NULL};

    (void)state;
    expect_record(letters, "AAAUUUU", by_letters);
    expect_record(segments, "ABCDEFG", by_length);
}

static void shorter_and_earlier_tails_win_ties(void **state)
{
    static const struct word letters[] = {
        {"aaauuuuz", 0}, {"aaauuuub", 0}, {"aaauuuuab", 89}, {NULL, 0}};
    static const char *const texts[] = {"AAAUUUUB", NULL};

    (void)state;
    expect_record(letters, "AAAUUUU", texts);
}

static void fewer_digits_win_ties(void **state)
{
    /* 2-AAUUUU: 13 - 160 - 73 = -220 beside A-BBBTTT with the same S. */
    static const struct word words[] = {
        {"aauuuu", 100}, {"aaauuuu", -120}, {NULL, 0}};
    static const char *const texts[] = {"AAAUUUU", "2-AAUUUU", NULL};

    (void)state;
    expect_record(words, "AAAUUUU", texts);
}

static void twins_pay_one_nat_once(void **state)
{
    static const struct word words[] = {
        {"aaauuuu", 0},    {"aaauuut", -10}, /* twin of first */
        {"bbbtttt", -105}, {"aaauuuv", -20}, /* of both above */
        {"cccvvvv", -130}, {NULL, 0}};
    /* -105 comes before -110 and -120, and these before -130. */
    static const char *const texts[] = {"AAAUUUU", "BBBTTTT", "AAAUUUT",
                                        "AAAUUUV", "CCCVVVV", NULL};

    (void)state;
    expect_record(words, "AAAUUUU", texts);
}

static void ties_after_the_penalty_end_in_the_total_order(void **state)
{
    static const struct word words[] = {
        {"bbbuuuu", 0}, {"bbbuuut", -10}, {"aaavvvv", -110}, {NULL, 0}};
    static const struct word later[] = {
        {"bbbuuuu", 0}, {"bbbuuut", -10}, {"cccvvvv", -110}, {NULL, 0}};
    static const char *const first[] = {"BBBUUUU", "AAAVVVV", "BBBUUUT", NULL};
    static const char *const second[] = {"BBBUUUU", "BBBUUUT", "CCCVVVV", NULL};

    (void)state;
    expect_record(words, "AAAUUUU", first);
    expect_record(later, "AAAUUUU", second);
}

static void the_stored_score_is_without_the_penalty(void **state)
{
    static const struct word words[] = {
        {"aaauuuu", 4}, {"aaauuut", -15}, {NULL, 0}};
    struct vn_oracle *oracle = finished(make_oracle(words, no_terms));
    struct vn_record record;

    (void)state;
    vn_oracle_rank(oracle, dial("AAAUUUU"), &record);
    vn_oracle_free(oracle);
    assert_int_equal(vn_record_count(&record), 2);
    assert_int_equal(vn_code_score(record.codes[0]), 0);
    assert_int_equal(vn_code_score(record.codes[1]), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_are_scored_by_place_and_length),
        cmocka_unit_test(a_lone_four_earns_its_bonus_anywhere),
        cmocka_unit_test(a_short_word_beside_digits_pays),
        cmocka_unit_test(listed_pairs_earn_their_bonus),
        cmocka_unit_test(an_overdial_word_earns_the_bonus_of_its_pair),
        cmocka_unit_test(a_phrase_is_one_entry_with_cuts),
        cmocka_unit_test(a_phrase_may_run_past_the_end_in_its_last_word),
        cmocka_unit_test(an_overdial_word_covers_three_keys_at_least),
        cmocka_unit_test(ten_letters_overdial_from_the_first_key),
        cmocka_unit_test(the_best_split_of_the_same_characters_is_kept),
        cmocka_unit_test(a_long_term_is_blocked_across_a_border_only),
        cmocka_unit_test(the_next_best_split_takes_the_place_of_a_blocked_one),
        cmocka_unit_test(a_short_term_is_blocked_between_borders_only),
        cmocka_unit_test(a_term_of_two_letters_is_a_short_term),
        cmocka_unit_test(a_digit_reads_as_a_letter_in_a_span),
        cmocka_unit_test(the_tail_belongs_to_the_span),
        cmocka_unit_test(a_short_term_before_the_tail_is_no_span),
        cmocka_unit_test(the_cuts_of_a_phrase_are_borders),
        cmocka_unit_test(an_overlay_word_stays_though_it_is_blocked),
        cmocka_unit_test(ties_end_in_the_total_order),
        cmocka_unit_test(shorter_and_earlier_tails_win_ties),
        cmocka_unit_test(fewer_digits_win_ties),
        cmocka_unit_test(twins_pay_one_nat_once),
        cmocka_unit_test(ties_after_the_penalty_end_in_the_total_order),
        cmocka_unit_test(the_stored_score_is_without_the_penalty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
