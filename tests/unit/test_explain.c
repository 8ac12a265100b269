/* test_explain.c: the terms of every candidate. */
#include "engine_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char phrases[] = "pet meds\t150\npetmeds\t-1500\nred-roses\t90\n"
                              "go get it\t300\nlawn-cares\t200\n";

static struct vn_lexicon *lexicon;
static struct vn_engine *engine;

static int sum_of(const struct vn_explanation *explanation)
{
    int sum = 0;

    for (unsigned i = 0; i < explanation->term_count; i++) {
        sum += explanation->terms[i].hundredths;
    }
    return sum;
}

static const struct vn_explanation *
find_text(const struct vn_explanation *explanations, unsigned count,
          const char *text)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(explanations[i].spelling.text, text) == 0) {
            return &explanations[i];
        }
    }
    fail_msg("%s is not among the candidates", text);
    return NULL;
}

static const struct vn_term *find_term(const struct vn_explanation *explanation,
                                       const char *name, const char *token)
{
    for (unsigned i = 0; i < explanation->term_count; i++) {
        const struct vn_term *term = &explanation->terms[i];
        if (strcmp(term->name, name) == 0 && strcmp(term->token, token) == 0) {
            return term;
        }
    }
    return NULL;
}

static void assert_term(const struct vn_explanation *explanation,
                        const char *name, const char *token, int hundredths)
{
    const struct vn_term *term = find_term(explanation, name, token);

    if (term == NULL || term->hundredths != hundredths) {
        fail_msg("%s: %s of %s is not %d", explanation->spelling.text, name,
                 token, hundredths);
    }
}

/* ---- Known candidates ------------------------------------------------- */

struct reference {
    const char *keys;
    const char *text;
    int hundredths;
    int tenths;
};

/* The reference values of the ranking study. */
static const struct reference references[] = {
    {"FLOWERS", "FLOWERS", -28, -3},    {"GOTJUNK", "GOT-JUNK", -526, -53},
    {"GOTJUNK", "468-JUNK", -566, -57}, {"HELPPAY", "HELP-PAY", -138, -14},
    {"CALLNOW", "CALL-NOW", -289, -29},
};

static void reference_values_are_explained(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
        const struct reference *reference = &references[i];
        struct vn_explanation out[VN_CANDIDATES];
        unsigned count;
        vn_engine_explain(engine, fixture_dial(reference->keys), out, &count);
        const struct vn_explanation *found =
            find_text(out, count, reference->text);
        assert_int_equal(found->hundredths, reference->hundredths);
        assert_int_equal(found->spelling.score, reference->tenths);
        assert_int_equal(sum_of(found), reference->hundredths);
    }
}

static void words_pairs_and_places_are_told_apart(void **state)
{
    struct vn_explanation out[VN_CANDIDATES];
    unsigned count;

    (void)state;
    vn_engine_explain(engine, fixture_dial("HELPPAY"), out, &count);
    assert_string_equal(out[0].spelling.text, "HELP-PAY");
    assert_int_equal(out[0].penalty, 0);
    assert_int_equal(out[0].term_count, 4);
    assert_string_equal(out[0].terms[0].name, "word");
    assert_string_equal(out[0].terms[0].token, "HELP");
    assert_term(&out[0], "pair", "HELP-PAY", 203);
    assert_term(&out[0], "start", "PAY", -24);
    assert_non_null(find_term(&out[0], "word", "PAY"));
}

static void runs_and_their_neighbours_are_told_apart(void **state)
{
    struct vn_explanation out[VN_CANDIDATES];
    unsigned count;

    (void)state;
    vn_engine_explain(engine, fixture_dial("468JUNK"), out, &count);
    const struct vn_explanation *found = find_text(out, count, "468-JUNK");
    assert_term(found, "digits", "468", -480);
    assert_term(found, "run", "468", 107);
    assert_term(found, "start", "JUNK", -8);
    assert_non_null(find_term(found, "word", "JUNK"));
    assert_int_equal(found->term_count, 4);
}

static void a_word_that_runs_on_is_explained_whole(void **state)
{
    struct vn_lexicon *own = fixture_lexicon("contacts\t-20\n", "contact\n");
    struct vn_engine *with = fixture_engine(own, VN_PATH_AUTO, 1);
    struct vn_explanation out[VN_CANDIDATES];
    unsigned count;

    (void)state;
    vn_engine_explain(with, fixture_dial("CONTACT"), out, &count);
    assert_string_equal(out[0].spelling.text, "CONTACTS");
    assert_int_equal(out[0].spelling.overdial, 1);
    assert_int_equal(out[0].term_count, 2);
    assert_term(&out[0], "word", "CONTACTS", -20);
    assert_term(&out[0], "overdial", "CONTACTS", -217 - 89 + 242);
    vn_engine_free(with);
    vn_lexicon_free(own);
}

/* The tail is written out in the token of the overdial term. */
static void overdial_candidates_have_an_overdial_term(void **state)
{
    unsigned seen = 0;

    (void)state;
    for (int n = 0; n < 500; n++) {
        struct vn_explanation out[VN_CANDIDATES];
        unsigned count;
        vn_engine_explain(engine, fixture_random(VN_SUFFIXES), out, &count);
        for (unsigned i = 0; i < count; i++) {
            const struct vn_term *overdial = NULL;
            for (unsigned t = 0; t < out[i].term_count; t++) {
                if (strcmp(out[i].terms[t].name, "overdial") == 0) {
                    overdial = &out[i].terms[t];
                }
            }
            assert_int_equal(overdial != NULL, out[i].spelling.overdial > 0);
            if (overdial != NULL) {
                const char *text = out[i].spelling.text;
                assert_string_equal(text + strlen(text) -
                                        strlen(overdial->token),
                                    overdial->token);
                seen++;
            }
        }
    }
    assert_true(seen > 50);
}

/* ---- Phrases ---------------------------------------------------------- */

static void a_phrase_of_an_overlay_is_one_word_with_its_score(void **state)
{
    struct vn_lexicon *own = fixture_lexicon(phrases, NULL);
    struct vn_engine *with = fixture_engine(own, VN_PATH_AUTO, 1);
    struct vn_explanation out[VN_CANDIDATES];
    unsigned count;

    (void)state;
    vn_engine_explain(with, fixture_dial("PETMEDS"), out, &count);
    assert_string_equal(out[0].spelling.text, "PET-MEDS");
    assert_int_equal(out[0].hundredths, 150);
    assert_int_equal(out[0].spelling.score, 15);
    assert_int_equal(out[0].term_count, 1);
    assert_term(&out[0], "word", "PET-MEDS", 150);
    vn_engine_explain(with, fixture_dial("GOGETIT"), out, &count);
    assert_string_equal(out[0].spelling.text, "GO-GET-IT");
    assert_term(&out[0], "word", "GO-GET-IT", 300);
    vn_engine_explain(with, fixture_dial("REDROSE"), out, &count);
    assert_string_equal(out[0].spelling.text, "RED-ROSES");
    assert_term(&out[0], "word", "RED-ROSES", 90);
    assert_term(&out[0], "overdial", "RED-ROSES", -217 - 89 + 242);
    assert_int_equal(out[0].term_count, 2);
    assert_int_equal(out[0].hundredths, 90 - 217 - 89 + 242);
    vn_engine_free(with);
    vn_lexicon_free(own);
}

/* HELP-XYZ is no listed pair, HELP-PAY is one; QED is not common. */
static void common_words_pay_beside_each_other(void **state)
{
    struct vn_lexicon *own =
        fixture_weighed("help\t500\tc\nxyz\t500\tc\nqed\t500\npay\t500\tc\n",
                        "vanity-model 1\ncommon -130\n");
    struct vn_engine *with = fixture_engine(own, VN_PATH_AUTO, 1);
    struct vn_explanation out[VN_CANDIDATES];
    unsigned count;

    (void)state;
    vn_engine_explain(with, fixture_dial("HELPXYZ"), out, &count);
    assert_string_equal(out[0].spelling.text, "HELP-XYZ");
    assert_term(&out[0], "common words", "HELP-XYZ", -130);
    assert_int_equal(sum_of(&out[0]), out[0].hundredths);
    vn_engine_explain(with, fixture_dial("HELPQED"), out, &count);
    assert_null(find_term(&out[0], "common words", "HELP-QED"));
    vn_engine_explain(with, fixture_dial("HELPPAY"), out, &count);
    assert_null(find_term(&out[0], "common words", "HELP-PAY"));
    assert_non_null(find_term(&out[0], "pair", "HELP-PAY"));
    vn_engine_free(with);
    vn_lexicon_free(own);
}

static void assert_place(const struct vn_engine *with, const char *keys,
                         const char *text, const char *word, int hundredths)
{
    struct vn_explanation out[VN_CANDIDATES];
    unsigned count;

    vn_engine_explain(with, fixture_dial(keys), out, &count);
    const struct vn_explanation *found = find_text(out, count, text);
    const struct vn_term *term = find_term(found, "place", word);
    assert_int_equal(term != NULL ? term->hundredths : 0, hundredths);
    assert_int_equal(sum_of(found), found->hundredths);
}

static void first_and_last_words_are_explained(void **state)
{
    struct vn_lexicon *own =
        fixture_weighed("help\t500\tc\t110\t-120\nxyz\t500\t\t-90\t70\n"
                        "qxzqxzq\t500\t\t30\t40\nhelpers\t500\t\t1\t9\n",
                        NULL);
    struct vn_engine *with = fixture_engine(own, VN_PATH_AUTO, 1);

    (void)state;
    assert_place(with, "HELPXYZ", "HELP-XYZ", "HELP", 110);
    assert_place(with, "HELPXYZ", "HELP-XYZ", "XYZ", 70);
    assert_place(with, "11XYZ11", "11-XYZ-11", "XYZ", 0);
    assert_place(with, "111HELP", "111-HELP", "HELP", -120);
    assert_place(with, "11HELPE", "11-HELPERS", "HELPERS", 9);
    assert_place(with, "QXZQXZQ", "QXZQXZQ", "QXZQXZQ", 0);
    vn_engine_free(with);
    vn_lexicon_free(own);
}

static void digits_of_a_run_are_explained(void **state)
{
    struct vn_lexicon *own =
        fixture_weighed(NULL, "vanity-model 1\nlone_2.start 250\n"
                              "run_equal.3 300\nrun_sequence 290\n");
    struct vn_engine *with = fixture_engine(own, VN_PATH_AUTO, 1);
    struct vn_explanation out[VN_CANDIDATES];
    unsigned count;

    (void)state;
    vn_engine_explain(with, fixture_dial("000FISH"), out, &count);
    assert_term(find_text(out, count, "000-FISH"), "equal digits", "000", 300);
    vn_engine_explain(with, fixture_dial("FISH321"), out, &count);
    assert_term(find_text(out, count, "FISH-321"), "digits in sequence", "321",
                290);
    vn_engine_explain(with, fixture_dial("2DOCTOR"), out, &count);
    assert_term(find_text(out, count, "2-DOCTOR"), "lone 2", "2", 250);
    vn_engine_free(with);
    vn_lexicon_free(own);
}

/* FISH is a noun, CALL a verb. */
static void what_stands_behind_a_run_is_explained(void **state)
{
    struct vn_lexicon *own = fixture_weighed(
        "fish\t100\tn\ncall\t100\tv\n",
        "vanity-model 1\nlone_4.noun 200\nlone_4.verb 150\nrun_word.4 300\n");
    struct vn_engine *with = fixture_engine(own, VN_PATH_AUTO, 1);
    struct vn_explanation out[VN_CANDIDATES];
    unsigned count;

    (void)state;
    vn_engine_explain(with, fixture_dial("255FISH"), out, &count);
    assert_term(find_text(out, count, "255-FISH"), "run and one word",
                "255-FISH", 300);
    vn_engine_explain(with, fixture_dial("GO4FISH"), out, &count);
    const struct vn_explanation *go = find_text(out, count, "GO-4-FISH");
    assert_term(go, "word behind lone 4", "4-FISH", 200);
    assert_null(find_term(go, "run and one word", "4-FISH"));
    vn_engine_explain(with, fixture_dial("GO4CALL"), out, &count);
    assert_term(find_text(out, count, "GO-4-CALL"), "word behind lone 4",
                "4-CALL", 150);
    vn_engine_free(with);
    vn_lexicon_free(own);
}

/* ---- All candidates --------------------------------------------------- */

static bool is_known(const char *name)
{
    static const char *const names[] = {
        "word",     "start",        "middle",
        "overdial", "pair",         "digits",
        "lone 4",   "run",          "short word beside run",
        "lone 2",   "equal digits", "digits in sequence"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void check_candidate(uint32_t suffix, const struct vn_record *record,
                            unsigned i, const struct vn_explanation *out)
{
    struct vn_spelling spelling;

    assert_int_equal(
        vn_spell(suffix, record->codes[i], record->tails[i], &spelling), VN_OK);
    assert_string_equal(out->spelling.text, spelling.text);
    assert_int_equal(out->spelling.score, spelling.score);
    assert_int_equal(vn_score_tenths(out->hundredths), spelling.score);
    assert_int_equal(sum_of(out), out->hundredths);
    assert_true(out->penalty == 0 || out->penalty == -100);
    assert_true(out->term_count > 0 && out->term_count <= VN_TERMS_MAX);
    for (unsigned t = 0; t < out->term_count; t++) {
        assert_true(is_known(out->terms[t].name));
        assert_true(strlen(out->terms[t].token) > 0);
    }
}

/* Every second suffix has letters only. */
static void terms_add_up_to_the_score_of_every_candidate(void **state)
{
    unsigned candidates = 0, paid = 0;

    (void)state;
    for (int n = 0; n < 1200; n++) {
        uint32_t suffix = 0;
        for (unsigned i = 0; i < VN_SUFFIX_DIGITS; i++) {
            suffix = suffix * 10 +
                     (n % 2 == 0 ? fixture_random(10) : 2 + fixture_random(8));
        }
        struct vn_explanation out[VN_CANDIDATES];
        struct vn_record record;
        unsigned count;
        vn_engine_explain(engine, suffix, out, &count);
        vn_engine_rank(engine, suffix, &record);
        assert_int_equal(count, vn_record_count(&record));
        for (unsigned i = 0; i < count; i++) {
            check_candidate(suffix, &record, i, &out[i]);
            candidates++;
            paid += out[i].penalty != 0;
            // in order after the penalty
            assert_true(i == 0 || out[i - 1].hundredths + out[i - 1].penalty >=
                                      out[i].hundredths + out[i].penalty);
        }
    }
    print_message("%u candidates, %u are twins\n", candidates, paid);
    assert_true(candidates > 4000 && paid > 100);
}

static void a_suffix_without_letters_has_nothing_to_explain(void **state)
{
    struct vn_explanation out[VN_CANDIDATES];
    unsigned count = 7;

    (void)state;
    vn_engine_explain(engine, 1010101, out, &count);
    assert_int_equal(count, 0);
}

static int open_engine(void **state)
{
    if (fixture_setup(state) != 0) {
        return -1;
    }
    lexicon = fixture_lexicon(NULL, NULL);
    engine = fixture_engine(lexicon, VN_PATH_AUTO, 1);
    return 0;
}

static int close_engine(void **state)
{
    vn_engine_free(engine);
    vn_lexicon_free(lexicon);
    return fixture_teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference_values_are_explained),
        cmocka_unit_test(words_pairs_and_places_are_told_apart),
        cmocka_unit_test(runs_and_their_neighbours_are_told_apart),
        cmocka_unit_test(a_word_that_runs_on_is_explained_whole),
        cmocka_unit_test(overdial_candidates_have_an_overdial_term),
        cmocka_unit_test(a_phrase_of_an_overlay_is_one_word_with_its_score),
        cmocka_unit_test(common_words_pay_beside_each_other),
        cmocka_unit_test(first_and_last_words_are_explained),
        cmocka_unit_test(digits_of_a_run_are_explained),
        cmocka_unit_test(what_stands_behind_a_run_is_explained),
        cmocka_unit_test(terms_add_up_to_the_score_of_every_candidate),
        cmocka_unit_test(a_suffix_without_letters_has_nothing_to_explain),
    };

    return cmocka_run_group_tests(tests, open_engine, close_engine);
}
