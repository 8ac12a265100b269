/* test_tune_fit.c: gradient, known weights found again, engine's scores. */
#include "tests/unit/engine_fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bench/bench_tune.h"
#include "engine/keypad.h"

#define WORDS 400u
#define ROWS 1500u
/* More than any row of these words has: all spellings. */
#define ALL 100000u

static struct tune_data data;
static char folder[512]; /* of the features, which the data keep */
static struct tune_row rows[ROWS];

/* The weights that the phrases are drawn by. */
static const struct {
    const char *name;
    double weight;
    double off; /* most that a fit is off: four standard errors */
} truth[] = {{"good", 1.5, 0.3},           {"much", 0.7, 0.3},
             {"follows", 1, 0.8},          {"first:good", 0.8, 0.5},
             {"last:much", -0.6, 0.4},     {"digit_other", -1, 0},
             {"digit_01", -0.5, 0},        {"overdial", -1.2, 0},
             {"overdial_letter", -0.6, 0}, {"overdial_whole", 0.9, 0},
             {"middle", -0.3, 0},          {"start.3", -0.25, 0},
             {"lone_4", 0.8, 0},           {"short_beside_run", -0.7, 0},
             {"run_start.3", 0.6, 0},      {"run_middle.2", -0.4, 0},
             {"run_end.1", -0.2, 0},       {"lone_2.start", 0.4, 0},
             {"lone_2.middle", 0.9, 0},    {"lone_2.end", -0.6, 0},
             {"run_equal.2", 0.8, 0},      {"run_equal.3", 1.4, 0},
             {"run_sequence", 1.2, 0},     {"lone_4.noun", 0.9, 0},
             {"lone_4.verb", -0.7, 0},     {"lone_4.function", 0.5, 0},
             {"run_word.3", 0.4, 0},       {"run_word.4", 1.1, 0},
             {"run_word.5", 0.3, 0},       {"common", -1.3, 0}};

#define TRUTHS (sizeof truth / sizeof truth[0])
/* The features among them; the others are seldom and hard to tell apart. */
#define FEATURES 5u

static double random_unit(void)
{
    return (fixture_random(1u << 30) + 0.5) / (1u << 30);
}

static uint32_t term_of(const char *name)
{
    return tune_terms_find(&data.terms, (struct vn_bytes){name, strlen(name)});
}

/* ---- Data --------------------------------------------------------------- */

/* Words of one to ten letters, each once, most of two to five. */
static size_t write_words(char *text, char words[WORDS][12])
{
    static const char *const places[] = {"", " first:good", " last:much=0.5",
                                         " first:good=-1 last:much"};
    size_t used = 0;

    for (unsigned i = 0; i < WORDS; i++) {
        const unsigned length = i < 20 ? 1 + i % 10 : 2 + i % 4;
        bool known = true;
        while (known) {
            known = false;
            for (unsigned k = 0; k < length; k++) {
                words[i][k] = (char)('a' + fixture_random(26));
            }
            words[i][length] = '\0';
            for (unsigned k = 0; k < i; k++) {
                known = known || strcmp(words[i], words[k]) == 0;
            }
        }
        used += (size_t)sprintf(
            text + used, "%s\t%s class_%c much=%.1f lp_x=%.1f%s\n", words[i],
            fixture_random(3) == 0 ? "good" : "", "nvfx"[fixture_random(4)],
            fixture_random(21) / 10.0 - 1, fixture_random(11) / 10.0,
            places[fixture_random(4)]);
    }
    return used;
}

static void write_data(void)
{
    static char text[WORDS * 8 * 60];
    static char words[WORDS][12];

    assert_int_equal(mkdir(fixture_path("f"), 0700), 0);
    (void)fixture_write("f/words.features.gz", text, write_words(text, words));
    size_t used = 0;
    for (unsigned i = 0; i < 8 * WORDS; i++) {
        used += (size_t)sprintf(text + used, "%s\t%s\tfollows\n",
                                words[i % WORDS], words[fixture_random(WORDS)]);
    }
    (void)fixture_write("f/pairs.features.gz", text, used);
    (void)fixture_write_text("f/block.tsv", "");
    (void)fixture_write_text("f/terms.tsv", "good\t0\t0\t-\n");
}

static void set_truth(double *weights)
{
    for (unsigned i = 0; i < data.terms.count; i++) {
        weights[i] = 0;
    }
    for (size_t i = 0; i < TRUTHS; i++) {
        weights[term_of(truth[i].name)] = truth[i].weight;
    }
    weights[TUNE_TWIN] = 0.3;
}

/* The keys of words in a row, now and then a 0, 1, 2 or 4 among them. */
static void make_digits(struct tune_row *row)
{
    unsigned count = 0;

    while (count < VN_SUFFIX_DIGITS) {
        const struct tune_word *word = &data.words[fixture_random(WORDS)];
        if (fixture_random(8) == 0) {
            row->digits[count++] = (unsigned[]){0, 1, 2, 4}[fixture_random(4)];
        }
        for (unsigned i = 0; i < word->length && count < VN_SUFFIX_DIGITS;
             i++) {
            row->digits[count++] = (unsigned)vn_keypad_key(word->letters[i]);
        }
    }
}

static void take_text(struct tune_row *row, const struct tune_path *path)
{
    for (unsigned i = 0, key = 0; i < path->count; i++) {
        for (unsigned first = key; key < path->ends[i]; key++) {
            row->text[key] =
                path->tokens[i] == TUNE_RUN
                    ? (char)('0' + row->digits[key])
                    : (char)(data.words[path->tokens[i]].letters[key - first] -
                             'a' + 'A');
        }
    }
}

/* Draws one of all spellings by its probability; false if there is none. */
static bool draw_phrase(const struct tune_scores *scores, struct tune_row *row)
{
    struct tune_list list = {.paths = NULL};
    double sum = 0;

    memset(row->text, '?', VN_SUFFIX_DIGITS);
    assert_true(tune_search(&data, scores, row, ALL, &list));
    assert_int_equal(list.gold, 0);
    assert_true(list.count < ALL);
    for (size_t i = 0; i < list.count; i++) {
        sum += exp(list.paths[i].score);
    }
    double rest = sum * random_unit();
    for (size_t i = 0; i < list.count; i++) {
        rest -= exp(list.paths[i].score);
        if (rest <= 0) {
            take_text(row, &list.paths[i]);
            break;
        }
    }
    free(list.paths);
    return row->text[0] != '?';
}

static int setup(void **state)
{
    struct vn_error error = {0};
    struct tune_scores scores = {.weights = NULL};
    double weights[64];

    if (fixture_setup(state) != 0) {
        return -1;
    }
    write_data();
    (void)snprintf(folder, sizeof folder, "%s", fixture_path("f"));
    if (tune_data_read(&data, folder, &error) != VN_OK) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(data.word_count, WORDS);
    assert_true(data.terms.count <= 64);
    set_truth(weights);
    assert_true(tune_scores_init(&scores, &data, weights));
    for (unsigned i = 0; i < ROWS; i++) {
        do {
            make_digits(&rows[i]);
        } while (!draw_phrase(&scores, &rows[i]));
    }
    tune_scores_reset(&scores);
    return 0;
}

static int teardown(void **state)
{
    tune_data_reset(&data);
    return fixture_teardown(state);
}

/* ---- Tests -------------------------------------------------------------- */

/* Makes a choice of a row: its text, and the best others beside it. */
static void make_choice(struct tune_row *row, const struct tune_scores *scores,
                        unsigned n)
{
    struct tune_choice *choice = &row->choice;
    struct tune_list list = {.paths = NULL};

    assert_true(tune_search(&data, scores, row, 30, &list));
    memcpy(choice->shown[0], row->text, sizeof row->text);
    choice->shown_count = 1;
    for (size_t i = list.gold;
         i < list.count && choice->shown_count < TUNE_SHOWN_MAX; i++) {
        tune_path_text(&data, row, &list.paths[i],
                       choice->shown[choice->shown_count++]);
    }
    choice->chosen = n % 2 == 0 || choice->shown_count < 2 ? 1 : 3;
    choice->among_shown = n % 4 < 2;
    choice->weight = 0.3;
    free(list.paths);
}

static void the_gradient_is_that_of_finite_differences(void **state)
{
    static struct tune_row mixed[50];
    const struct tune_rows some = {mixed, 50};
    struct tune_list lists[50] = {{.paths = NULL}};
    struct tune_scores scores = {.weights = NULL};
    double weights[64], gradient[64];
    const double step = 1e-5;

    (void)state;
    set_truth(weights);
    assert_true(tune_scores_init(&scores, &data, weights));
    memcpy(mixed, rows, sizeof mixed);
    for (unsigned i = 0; i < some.count; i++) {
        if (i >= 20) {
            make_choice(&mixed[i], &scores, i);
        }
        assert_true(tune_search(&data, &scores, &mixed[i], 40, &lists[i]));
    }
    struct tune_objective *objective =
        tune_objective_new(&data, &scores, some, lists, 0.5);
    assert_non_null(objective);
    assert_int_equal(tune_objective_rows(objective), some.count);
    for (unsigned i = 0; i < data.terms.count; i++) {
        weights[i] += random_unit() - 0.5;
    }
    (void)tune_objective_value(objective, weights, gradient, NULL);
    for (unsigned i = 0; i < data.terms.count; i++) {
        const double middle = weights[i];
        weights[i] = middle + step;
        const double above =
            tune_objective_value(objective, weights, NULL, NULL);
        weights[i] = middle - step;
        const double below =
            tune_objective_value(objective, weights, NULL, NULL);
        weights[i] = middle;
        const double slope = (above - below) / (2 * step);
        if (fabs(slope - gradient[i]) > 1e-5 * (1 + fabs(slope))) {
            fail_msg("%s: gradient %.9f, difference %.9f",
                     data.terms.list[i].name, gradient[i], slope);
        }
    }
    tune_objective_free(objective);
    tune_scores_reset(&scores);
    for (unsigned i = 0; i < some.count; i++) {
        free(lists[i].paths);
    }
}

static void the_weights_that_drew_the_phrases_are_found_again(void **state)
{
    const struct tune_fit_options options = {
        .penalty = 0.01, .candidates = 300, .rounds = 3};
    struct tune_fit_result result;
    struct vn_error error = {0};
    double weights[64] = {0};

    (void)state;
    weights[TUNE_TWIN] = 0.3;
    assert_int_equal(tune_fit(&data, (struct tune_rows){rows, ROWS}, &options,
                              weights, &result, &error),
                     VN_OK);
    assert_int_equal(result.phrases_used, ROWS);
    if (result.gradient > 0.01) {
        fail_msg("not at the minimum: gradient %g", result.gradient);
    }
    assert_true(weights[TUNE_TWIN] == 0.3);
    for (size_t i = 0; i < FEATURES; i++) {
        const double found = weights[term_of(truth[i].name)];
        if (fabs(found - truth[i].weight) > truth[i].off) {
            fail_msg("%s: %f, but the phrases are drawn by %f", truth[i].name,
                     found, truth[i].weight);
        }
    }
}

static void fit_some(struct tune_row *some, size_t count, double *weights,
                     struct tune_fit_result *result)
{
    const struct tune_fit_options options = {
        .penalty = 1, .candidates = 100, .rounds = 2};

    memset(weights, 0, data.terms.count * sizeof weights[0]);
    weights[TUNE_TWIN] = 0.3;
    assert_int_equal(tune_fit(&data, (struct tune_rows){some, count}, &options,
                              weights, result, NULL),
                     VN_OK);
}

/* A choice of one spelling, of weight 1, held against all is a phrase. */
static void a_choice_counts_by_its_weight(void **state)
{
    static struct tune_row some[200];
    struct tune_scores scores = {.weights = NULL};
    struct tune_fit_result plain, chosen, twice;
    double weights[64], by_phrases[64], by_choices[64], by_half[64];

    (void)state;
    memcpy(some, rows, 100 * sizeof some[0]);
    memcpy(some + 100, rows, 100 * sizeof some[0]);
    fit_some(some, 200, by_phrases, &plain);
    set_truth(weights);
    assert_true(tune_scores_init(&scores, &data, weights));
    for (unsigned i = 100; i < 200; i++) {
        make_choice(&some[i], &scores, 2);
        some[i].choice.among_shown = false;
        some[i].choice.weight = 1;
        assert_int_equal(some[i].choice.chosen, 1);
    }
    fit_some(some, 200, by_choices, &chosen);
    assert_memory_equal(by_phrases, by_choices,
                        data.terms.count * sizeof by_phrases[0]);
    assert_true(plain.objective == chosen.objective);
    assert_int_equal(plain.phrases_used, 200);
    assert_int_equal(chosen.phrases_used, 100);
    assert_int_equal(chosen.choices_used, 100);
    // Half the weight twice: the same loss.
    memcpy(some, some + 100, 100 * sizeof some[0]);
    for (unsigned i = 0; i < 200; i++) {
        some[i].choice.weight = 0.5;
    }
    some[0].choice = (struct tune_choice){.chosen = 0}; // one phrase at least
    some[100].choice.weight = 1;
    fit_some(some, 200, by_half, &twice);
    memcpy(some, rows, 100 * sizeof some[0]);
    fit_some(some, 101, by_phrases, &plain);
    for (unsigned i = 0; i < data.terms.count; i++) {
        assert_true(fabs(by_half[i] - by_phrases[i]) < 1e-3);
    }
    tune_scores_reset(&scores);
}

static void bounds_hold(void **state)
{
    const struct tune_fit_options options = {
        .penalty = 1, .candidates = 50, .rounds = 2};
    struct tune_term *good = &data.terms.list[term_of("good")];
    struct tune_fit_result result;
    double weights[64] = {0};

    (void)state;
    good->most = 0.5;
    assert_int_equal(tune_fit(&data, (struct tune_rows){rows, 100}, &options,
                              weights, &result, NULL),
                     VN_OK);
    good->most = HUGE_VAL;
    assert_true(weights[term_of("good")] == 0.5);
    assert_true(result.gradient < 0.01);
}

/* A word by its ends in spellings of one to three tokens. */
static void a_place_is_the_start_or_the_end_but_not_both(void **state)
{
    static const struct {
        unsigned ends[3], i;
        enum tune_place place;
    } cases[] = {
        {{7, 0, 0}, 0, TUNE_PLACES}, {{3, 7, 0}, 0, TUNE_FIRST},
        {{3, 7, 0}, 1, TUNE_LAST},   {{2, 5, 7}, 0, TUNE_FIRST},
        {{2, 5, 7}, 1, TUNE_PLACES}, {{2, 5, 7}, 2, TUNE_LAST},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tune_path path = {.count = 0};
        for (unsigned k = 0; k < 3 && cases[i].ends[k] != 0; k++) {
            path.ends[path.count++] = (uint8_t)cases[i].ends[k];
        }
        assert_int_equal(tune_place_of(&path, cases[i].i), cases[i].place);
    }
    assert_int_equal(tune_place_of_name((struct vn_bytes){"first:x", 7}),
                     TUNE_FIRST);
    assert_int_equal(tune_place_of_name((struct vn_bytes){"last:x", 6}),
                     TUNE_LAST);
    assert_int_equal(tune_place_of_name((struct vn_bytes){"first:", 6}),
                     TUNE_PLACES);
    assert_int_equal(tune_place_of_name((struct vn_bytes){"firsts", 6}),
                     TUNE_PLACES);
}

/* A path that stays in a list is neither doubled nor lost. */
static void a_list_keeps_what_it_has(void **state)
{
    struct tune_scores scores = {.weights = NULL};
    struct tune_list list = {.paths = NULL}, all = {.paths = NULL};
    double weights[64];

    (void)state;
    set_truth(weights);
    assert_true(tune_scores_init(&scores, &data, weights));
    assert_true(tune_search(&data, &scores, &rows[0], ALL, &all));
    for (size_t most = 1; most < 40; most += 6) {
        assert_true(tune_search(&data, &scores, &rows[0], most, &list));
        const size_t others = all.count - all.gold;
        assert_int_equal(list.gold, all.gold);
        assert_int_equal(list.count - list.gold, most < others ? most : others);
    }
    assert_true(tune_search(&data, &scores, &rows[0], 1, &list));
    assert_true(list.count - list.gold > 1);
    free(list.paths);
    free(all.paths);
    tune_scores_reset(&scores);
}

/* Weights of whole hundredths are baked without rounding. */
static void baked_words_score_in_the_engine_as_in_the_search(void **state)
{
    const struct tune_bake_options options = {.model_name = "m",
                                              .floor = VN_WORD_SCORE_MIN};
    const struct vn_lexicon_options options_baked = {.folder =
                                                         fixture_path("baked")};
    struct vn_lexicon *lexicon = NULL;
    struct tune_scores scores = {.weights = NULL};
    struct tune_baked baked;
    struct vn_error error = {0};
    double weights[64];

    (void)state;
    set_truth(weights);
    if (tune_bake(&data, weights, &options, fixture_path("baked"), &baked,
                  &error) != VN_OK ||
        vn_lexicon_open(&options_baked, &lexicon, &error) != VN_OK) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(baked.words, WORDS);
    struct vn_engine *engine = fixture_engine(lexicon, VN_PATH_AUTO, 1);
    assert_true(tune_scores_init(&scores, &data, weights));
    for (unsigned i = 0; i < 500; i++) {
        struct vn_explanation out[VN_CANDIDATES];
        struct tune_list list = {.paths = NULL};
        struct tune_row row = rows[i];
        uint32_t suffix = 0;
        unsigned count = 0;
        for (unsigned k = 0; k < VN_SUFFIX_DIGITS; k++) {
            suffix = suffix * 10 + row.digits[k];
            row.text[k] = '?';
        }
        vn_engine_explain(engine, suffix, out, &count);
        assert_true(tune_search(&data, &scores, &row, 1, &list));
        assert_true(count > 0 && list.count == 1);
        if (out[0].hundredths != lround(list.paths[0].score * 100)) {
            fail_msg("%07u %s: engine %d, search %f", suffix,
                     out[0].spelling.text, out[0].hundredths,
                     list.paths[0].score * 100);
        }
        free(list.paths);
    }
    tune_scores_reset(&scores);
    vn_engine_free(engine);
    vn_lexicon_free(lexicon);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gradient_is_that_of_finite_differences),
        cmocka_unit_test(the_weights_that_drew_the_phrases_are_found_again),
        cmocka_unit_test(a_choice_counts_by_its_weight),
        cmocka_unit_test(bounds_hold),
        cmocka_unit_test(a_place_is_the_start_or_the_end_but_not_both),
        cmocka_unit_test(a_list_keeps_what_it_has),
        cmocka_unit_test(baked_words_score_in_the_engine_as_in_the_search),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
