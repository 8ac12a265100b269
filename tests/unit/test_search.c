/* test_search.c: every path gives the same; the exact search and the oracle. */
#include "engine_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "engine/engine_private.h"
#include "engine/keypad.h"
#include "engine/search.h"
#include "tests/oracle/oracle.h"

#define KEYS VN_SUFFIX_DIGITS

static const char words[] = "pet meds\t150\ncall now\t-40\na b c d\t20\n"
                            "flowers\t-900\ngo get it\t30\nqxzqxz\n"
                            "red roses\t90\nb\t800\no\t-40\ncar dealer\t200\n";
static const char terms[] = "junk\nnow\nat\ngo\nhome\npetmed\nisee\noo\n";

/* ---- Paths ------------------------------------------------------------ */

struct landing {
    uint32_t first;
    struct vn_record *records;
};

static enum vn_status land(void *context, uint32_t first,
                           const struct vn_record *records, size_t count)
{
    const struct landing *landing = context;

    memcpy(landing->records + (first - landing->first), records,
           count * sizeof *records);
    return VN_OK;
}

static void run(struct vn_engine *engine, uint32_t first, uint32_t count,
                struct vn_record *records)
{
    struct landing landing = {first, records};

    assert_int_equal(vn_engine_run(engine, first, count, land, &landing, NULL),
                     VN_OK);
}

static const char *const prefixes[] = {"2226", "4685", "3569", "2255", "0212",
                                       "7383", "2728", "1111", "2632", "4663"};

/* Path by path, so that a wrong one is named. */
static void assert_same_records(const struct vn_lexicon *lexicon,
                                enum vn_engine_path path)
{
    static struct vn_record scalar[1000], vector[1000];
    struct vn_engine *one = fixture_engine(lexicon, VN_PATH_SCALAR, 1);
    struct vn_engine *many = fixture_engine(lexicon, path, 1);

    print_message("%s\n", vn_engine_path_text(many));
    assert_string_equal(vn_engine_path_text(one), "scalar");
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        const uint32_t first = (uint32_t)atoi(prefixes[i]) * 1000;
        run(one, first, 1000, scalar);
        run(many, first, 1000, vector);
        for (uint32_t k = 0; k < 1000; k++) {
            fixture_same_records(first + k, &scalar[k], &vector[k]);
        }
    }
    vn_engine_free(one);
    vn_engine_free(many);
}

static void assert_same_paths(const struct vn_lexicon *lexicon)
{
    for (unsigned p = VN_PATH_SCALAR + 1; p < VN_PATHS; p++) {
        if (vn_engine_has_path((enum vn_engine_path)p)) {
            assert_same_records(lexicon, (enum vn_engine_path)p);
        }
    }
}

static void all_paths_give_the_same_records(void **state)
{
    (void)state;
    struct vn_lexicon *lexicon = fixture_lexicon(NULL, NULL);
    assert_same_paths(lexicon);
    vn_lexicon_free(lexicon);
    lexicon = fixture_lexicon(words, terms);
    assert_same_paths(lexicon);
    vn_lexicon_free(lexicon);
}

static const char many_weights[] =
    "vanity-model 1\nstart.1 -300\nstart.3 300\nrun_start.3 -300\n"
    "lone_4 -300\nshort_beside_run 300\noverdial 300\noverdial_letter 90\n";
static const char run_weights[] =
    "vanity-model 1\nlone_2.start -300\nlone_2.middle 300\nlone_2.end 200\n"
    "run_equal.2 300\nrun_equal.3 -300\nrun_sequence 300\n";
static const char equal_weights[] =
    "vanity-model 1\nrun_equal.3 300\nrun_sequence -300\nlone_4 0\n";
static const char class_weights[] =
    "vanity-model 1\nlone_4.noun 300\nlone_4.verb -300\nlone_4.function 120\n";
static const char word_weights[] =
    "vanity-model 1\nlone_4.noun 90\nrun_word.3 300\nrun_word.4 60\n"
    "run_word.5 300\nshort_beside_run 40\n";
static const char *const models[] = {
    "vanity-model 1\ntwin 0\n",
    "vanity-model 1\ntwin 1000\nmiddle 300\ndigit_other 250\n",
    many_weights,
    run_weights,
    equal_weights,
    class_weights,
    word_weights,
    "vanity-model 1\ncommon -200\n",
};

/* Common ones, and short ones among them; some of their pairs are listed, and
   some earn or pay something as first or last. */
static const char common_words[] =
    "a\t-250\tcf\ni\t-200\tc\nus\t-150\tc\nin\t-150\tc\ngo\t-60\tc\n"
    "call\t2\tcv\t300\t-300\nhome\t-20\tcn\t-120\t90\ncar\t-30\tcn\n"
    "bed\t-40\tn\t0\t250\ncare\t-47\tc\t-300\t300\n"
    "get\t-70\tcv\t80\t0\nfun\t-70\tc\nlive\t-90\tc\nbest\t-34\tc\npet "
    "meds\t150\n";

static void all_paths_agree_under_other_weights(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        struct vn_lexicon *lexicon = fixture_weighed(common_words, models[i]);
        assert_same_paths(lexicon);
        vn_lexicon_free(lexicon);
    }
}

/* ---- Lists ------------------------------------------------------------ */

static void check_list(const int64_t list[SEARCH_KEEP])
{
    for (unsigned i = 0; i < SEARCH_KEEP && list[i] != 0; i++) {
        assert_true(list[i] > 0);
        for (unsigned k = 0; k < i; k++) {
            assert_true(list[k] > list[i]);
            assert_false(key_same_letters(list[k], list[i]));
        }
    }
}

static void lists_of_prefixes_fall_and_hold_each_letters_once(void **state)
{
    struct vn_lexicon *lexicon = fixture_lexicon(words, NULL);
    struct vn_engine *engine = fixture_engine(lexicon, VN_PATH_SCALAR, 1);

    (void)state;
    for (int n = 0; n < 300; n++) {
        struct search_path path;
        search_start(&path, &engine->tables);
        for (unsigned depth = 0; depth < KEYS - 1; depth++) {
            search_scalar.expand(&path);
            for (unsigned digit = 0; digit < 10; digit++) {
                const struct search_node *node = &path.children[depth][digit];
                for (unsigned k = 0; k < engine->tables.match.kinds; k++) {
                    check_list(node->before[k]);
                }
                check_list(node->before_run);
            }
            search_enter(&path, fixture_random(10));
        }
    }
    vn_engine_free(engine);
    vn_lexicon_free(lexicon);
}

/* ---- The exact search ------------------------------------------------- */

static struct vn_oracle *open_oracle(void)
{
    struct vn_oracle *oracle = NULL;
    struct vn_error error;

    if (vn_oracle_open(
            VN_REFERENCE_DIR "/words.tsv", VN_REFERENCE_DIR "/pairs.tsv",
            VN_REFERENCE_DIR "/block.tsv", &oracle, &error) != VN_OK ||
        vn_oracle_read_model(oracle, VN_REFERENCE_DIR "/model", &error) !=
            VN_OK) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(vn_oracle_finish(oracle), VN_OK);
    return oracle;
}

/* The text form of a key: "GOT-JUNK", "CONTACTS". */
static void write_key(uint32_t suffix, int64_t key, char text[VN_SPELLING_SIZE])
{
    unsigned digits[KEYS];
    char tail[VN_TAIL_MAX];
    const unsigned past = key_tail_text(key_tail(key), tail);

    fixture_digits(suffix, digits);
    for (unsigned i = 0; i < KEYS; i++) {
        if (i > 0 && (key_cuts(key) & key_cut(i)) != 0) {
            *text++ = '-';
        }
        *text++ = vn_keypad_char(digits[i],
                                 key_letters(key) >> KEY_LETTER_SHIFT(i) & 7);
    }
    memcpy(text, tail, past);
    text[past] = '\0';
}

static void stand_at(struct search_path *path, const struct vn_engine *engine,
                     uint32_t suffix)
{
    struct rank_choice choice;

    engine_choose(engine, suffix, path, &choice);
}

static void assert_oracle_agrees(const struct vn_oracle *oracle,
                                 const struct vn_engine *engine,
                                 uint32_t suffix)
{
    struct vn_oracle_spelling list[VN_ORACLE_LIST];
    const unsigned count = vn_oracle_list(oracle, suffix, list);
    struct search_path path;
    struct search_exact exact;

    stand_at(&path, engine, suffix);
    search_exact(&path, 0, &exact);
    if (exact.count != count) {
        fail_msg("%07u: %u spellings, not %u", (unsigned)suffix, exact.count,
                 count);
    }
    for (unsigned i = 0; i < count; i++) {
        char text[VN_SPELLING_SIZE];
        write_key(suffix, exact.keys[i], text);
        if (strcmp(text, list[i].text) != 0 ||
            key_hundredths(exact.keys[i]) != list[i].hundredths) {
            fail_msg("%07u, place %u: %s %d, not %s %d", (unsigned)suffix, i,
                     text, key_hundredths(exact.keys[i]), list[i].text,
                     list[i].hundredths);
        }
        assert_true(i == 0 || exact.keys[i - 1] > exact.keys[i]);
    }
}

/* The public list: its beginning, as it is shown. */
static void assert_list_agrees(const struct vn_oracle *oracle,
                               const struct vn_engine *engine, uint32_t suffix,
                               unsigned most)
{
    struct vn_oracle_spelling expected[VN_ORACLE_LIST];
    struct vn_spelling list[VN_LIST_MAX];
    const unsigned all = vn_oracle_list(oracle, suffix, expected);
    const unsigned count = vn_engine_list(engine, suffix, most, list);

    assert_int_equal(count, all < most ? all : most);
    for (unsigned i = 0; i < count; i++) {
        assert_string_equal(list[i].text, expected[i].text);
        const int tenths = vn_score_tenths(expected[i].hundredths);
        const int least = 1 - VN_SCORE_BIAS; /* that a code can hold */
        assert_int_equal(list[i].score, tenths > least ? tenths : least);
    }
}

/* A third has letters only, a third many 0, 1 and 4. */
static uint32_t random_suffix(void)
{
    static const unsigned poor[] = {0, 1, 1, 4, 4, 2, 6};
    const uint32_t shape = fixture_random(3);
    uint32_t suffix = 0;

    for (unsigned i = 0; i < KEYS; i++) {
        const uint32_t digit = shape == 0   ? fixture_random(10)
                               : shape == 1 ? 2 + fixture_random(8)
                                            : poor[fixture_random(7)];
        suffix = suffix * 10 + digit;
    }
    return suffix;
}

static void the_exact_list_is_that_of_the_plain_enumerator(void **state)
{
    struct vn_oracle *oracle = open_oracle();
    struct vn_lexicon *lexicon = fixture_lexicon(NULL, NULL);
    struct vn_engine *engine = fixture_engine(lexicon, VN_PATH_AUTO, 1);

    (void)state;
    for (int n = 0; n < 600; n++) {
        const uint32_t suffix = random_suffix();
        assert_oracle_agrees(oracle, engine, suffix);
        assert_list_agrees(oracle, engine, suffix,
                           fixture_random(VN_LIST_MAX + 1));
    }
    assert_oracle_agrees(oracle, engine, fixture_dial("FLOWERS"));
    assert_oracle_agrees(oracle, engine, 0);
    assert_oracle_agrees(oracle, engine, 9999999);
    assert_oracle_agrees(oracle, engine, 4444444);
    vn_engine_free(engine);
    vn_lexicon_free(lexicon);
    vn_oracle_free(oracle);
}

/* All above the floor, none at it: a beginning of the whole list. */
static void a_floor_cuts_the_exact_list_below_it(void **state)
{
    struct vn_lexicon *lexicon = fixture_lexicon(words, terms);
    struct vn_engine *engine = fixture_engine(lexicon, VN_PATH_AUTO, 1);

    (void)state;
    for (int n = 0; n < 300; n++) {
        struct search_path path;
        struct search_exact all, some;
        stand_at(&path, engine, random_suffix());
        search_exact(&path, 0, &all);
        for (unsigned i = 0; i < all.count; i++) {
            search_exact(&path, all.keys[i], &some);
            assert_int_equal(some.count, i);
            assert_memory_equal(some.keys, all.keys, i * sizeof *all.keys);
            search_exact(&path, all.keys[i] - 1, &some);
            assert_int_equal(some.count, i + 1);
        }
    }
    vn_engine_free(engine);
    vn_lexicon_free(lexicon);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_paths_give_the_same_records),
        cmocka_unit_test(all_paths_agree_under_other_weights),
        cmocka_unit_test(lists_of_prefixes_fall_and_hold_each_letters_once),
        cmocka_unit_test(the_exact_list_is_that_of_the_plain_enumerator),
        cmocka_unit_test(a_floor_cuts_the_exact_list_below_it),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
