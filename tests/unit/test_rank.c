/* test_rank.c: the five that are chosen, and how they are packed. */
#include "engine_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "engine/engine_private.h"
#include "engine/keypad.h"

#define KEYS VN_SUFFIX_DIGITS

/* ---- Hand-made lists -------------------------------------------------- */

/* A candidate of 222 2222 as its seven characters, and its S. */
struct made {
    const char *text;
    int hundredths;
};

static int64_t make_key(const struct made *made)
{
    unsigned digits = 0;
    uint32_t letters = 0;

    for (unsigned i = 0; i < KEYS; i++) {
        const unsigned rank = vn_keypad_rank(made->text[i]);
        letters |= rank << KEY_LETTER_SHIFT(i);
        digits += rank == 0;
    }
    return KEY_EMPTY + key_score(made->hundredths) +
           key_fields(digits, 1, letters, 0, 0);
}

/* A path that stands at a suffix without blocked spans. */
static void stand_nowhere(struct search_path *path, int twin)
{
    static struct vn_lexicon lexicon;
    static struct search_tables tables;

    lexicon.model.twin = twin;
    tables.lexicon = &lexicon;
    memset(path, 0, sizeof *path);
    path->tables = &tables;
    path->depth = KEYS;
}

/* Expects these places of 'list', with these S after the penalty. */
static void assert_chosen(const struct made *list, unsigned count,
                          const unsigned *places, const int *hundredths)
{
    const unsigned expected = count < VN_CANDIDATES ? count : VN_CANDIDATES;
    int64_t keys[SEARCH_KEEP] = {0};
    struct search_path path;
    struct rank_choice choice;

    for (unsigned i = 0; i < count; i++) {
        keys[i] = make_key(&list[i]);
    }
    stand_nowhere(&path, 100);
    assert_false(rank_choose(&path, keys, 0, &choice));
    assert_int_equal(choice.count, expected);
    for (unsigned i = 0; i < expected; i++) {
        assert_int_equal(choice.keys[i], keys[places[i]]);
        assert_int_equal(key_hundredths(choice.adjusted[i]), hundredths[i]);
    }
}

static void the_first_five_are_chosen_if_none_are_twins(void **state)
{
    static const struct made list[] = {{"AAAAAAA", -10}, {"BBBBBBB", -20},
                                       {"CCCCCCC", -30}, {"ABABABA", -40},
                                       {"BCBCBCB", -50}, {"CACACAC", -60}};
    static const unsigned places[] = {0, 1, 2, 3, 4};
    static const int hundredths[] = {-10, -20, -30, -40, -50};

    (void)state;
    assert_chosen(list, 6, places, hundredths);
    assert_chosen(list, 3, places, hundredths);
    assert_chosen(list, 1, places, hundredths);
    assert_chosen(list, 0, places, hundredths);
}

static void a_twin_of_a_chosen_one_pays(void **state)
{
    static const struct made list[] = {{"AAAAAAA", -10},  {"AAAAAAB", -20},
                                       {"BBBBBBB", -90},  {"CCCCCCC", -119},
                                       {"ABABABA", -121}, {"BCBCBCB", -130}};
    static const unsigned places[] = {0, 2, 3, 1, 4};
    static const int hundredths[] = {-10, -90, -119, -120, -121};

    (void)state;
    assert_chosen(list, 6, places, hundredths);
}

static void two_different_characters_are_no_twin(void **state)
{
    static const struct made list[] = {
        {"AAAAAAA", -10}, {"AAAAABB", -20}, {"BAAAABB", -30}};
    static const unsigned places[] = {0, 1, 2};
    static const int hundredths[] = {-10, -20, -130};

    (void)state;
    assert_chosen(list, 3, places, hundredths);
}

/* The second is a twin of the first, the third one of both. */
static void a_twin_of_two_chosen_ones_pays_once(void **state)
{
    static const struct made list[] = {
        {"AAAAAAA", -10}, {"AAAAAAB", -20}, {"AAAAAAC", -30}};
    static const unsigned places[] = {0, 1, 2};
    static const int hundredths[] = {-10, -120, -130};

    (void)state;
    assert_chosen(list, 3, places, hundredths);
}

/* A digit that stays is a character as well. */
static void a_digit_in_place_of_a_letter_makes_a_twin(void **state)
{
    static const struct made list[] = {
        {"AAAAAAA", -10}, {"AAAAAA2", -20}, {"BBBBBB2", -119}};
    static const unsigned places[] = {0, 2, 1};
    static const int hundredths[] = {-10, -119, -120};

    (void)state;
    assert_chosen(list, 3, places, hundredths);
}

/* After the penalty S is equal: fewer digits, then ASCII. */
static void equal_s_after_the_penalty_is_decided_by_the_order(void **state)
{
    static const struct made digits[] = {
        {"AAAAAAA", -10}, {"AAAAAA2", -20}, {"BBBBBBB", -120}};
    static const struct made ascii[] = {
        {"CCCCCCC", -10}, {"CCCCCCB", -20}, {"BBBBBBB", -120}};
    static const struct made later[] = {
        {"AAAAAAA", -10}, {"AAAAAAB", -20}, {"BBBBBBB", -120}};
    static const unsigned second_last[] = {0, 2, 1}, second_first[] = {0, 1, 2};
    static const int hundredths[] = {-10, -120, -120};

    (void)state;
    assert_chosen(digits, 3, second_last, hundredths);
    assert_chosen(ascii, 3, second_last, hundredths);
    assert_chosen(later, 3, second_first, hundredths);
}

/* ---- Step 5 in plain words -------------------------------------------- */

static bool are_twins(int64_t a, int64_t b)
{
    unsigned differ = 0;

    for (unsigned i = 0; i < KEYS; i++) {
        differ += (key_letters(a) >> KEY_LETTER_SHIFT(i) & 7) !=
                  (key_letters(b) >> KEY_LETTER_SHIFT(i) & 7);
    }
    return differ <= 1;
}

/* The key as it counts now: with the penalty if a twin was chosen. */
static int64_t now(const struct rank_choice *choice, int64_t key, int twin)
{
    for (unsigned i = 0; i < choice->count; i++) {
        if (are_twins(choice->keys[i], key)) {
            return key - key_score(twin);
        }
    }
    return key;
}

static bool is_chosen(const struct rank_choice *choice, int64_t key)
{
    for (unsigned i = 0; i < choice->count; i++) {
        if (choice->keys[i] == key) {
            return true;
        }
    }
    return false;
}

static void choose_plainly(const int64_t *keys, unsigned count, int twin,
                           struct rank_choice *choice)
{
    choice->count = 0;
    while (choice->count < VN_CANDIDATES && choice->count < count) {
        int64_t best = 0, best_now = INT64_MIN;
        for (unsigned i = 0; i < count; i++) {
            const int64_t value = now(choice, keys[i], twin);
            if (!is_chosen(choice, keys[i]) && value > best_now) {
                best = keys[i];
                best_now = value;
            }
        }
        choice->adjusted[choice->count] = best_now;
        choice->keys[choice->count++] = best;
    }
}

static void assert_same_choice(const struct rank_choice *expected,
                               const struct rank_choice *choice)
{
    assert_int_equal(choice->count, expected->count);
    assert_memory_equal(choice->keys, expected->keys,
                        expected->count * sizeof *expected->keys);
    assert_memory_equal(choice->adjusted, expected->adjusted,
                        expected->count * sizeof *expected->adjusted);
}

static int compare_keys(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return left > right ? -1 : left < right;
}

/* Of few letters, so that many are twins; best first, different letters. */
static unsigned random_list(int64_t keys[SEARCH_KEEP])
{
    const unsigned wanted = fixture_random(SEARCH_KEEP);
    unsigned count = 0;

    memset(keys, 0, SEARCH_KEEP * sizeof *keys);
    while (count < wanted) {
        char text[KEYS + 1] = "AAAAAAA";
        bool twice = false;
        for (unsigned i = 0; i < 3; i++) {
            text[fixture_random(4)] = "AB2"[fixture_random(3)];
        }
        const int64_t key =
            make_key(&(struct made){text, -(int)fixture_random(40) * 10});
        for (unsigned i = 0; i < count; i++) {
            twice |= key_same_letters(keys[i], key);
        }
        if (!twice) {
            keys[count++] = key;
        }
    }
    qsort(keys, count, sizeof *keys, compare_keys);
    return count;
}

static void random_lists_are_chosen_from_as_defined(void **state)
{
    static const int twins[] = {100, 0, 37, 1000};

    (void)state;
    for (unsigned n = 0; n < 40000; n++) {
        int64_t keys[SEARCH_KEEP];
        const unsigned count = random_list(keys);
        const int twin = twins[n % 4];
        struct search_path path;
        struct rank_choice expected, choice;
        stand_nowhere(&path, twin);
        choose_plainly(keys, count, twin, &expected);
        assert_false(rank_choose(&path, keys, 0, &choice));
        assert_same_choice(&expected, &choice);
    }
}

/* ---- Lists of the search ---------------------------------------------- */

/* A list of nine of the twenty: it looks complete, and bounds the search. */
static void guess(const struct search_path *path,
                  const struct search_exact *exact, struct rank_choice *choice)
{
    int64_t list[SEARCH_KEEP] = {0};

    for (unsigned i = 0; i < exact->count && i + 1 < SEARCH_KEEP; i++) {
        list[i] = exact->keys[i];
    }
    assert_false(rank_choose(path, list, 0, choice));
}

static void check_suffix(const struct vn_engine *engine, uint32_t suffix)
{
    const int twin = engine->tables.lexicon->model.twin;
    struct search_path path;
    struct search_exact exact;
    struct rank_choice expected, choice;
    struct vn_record packed, record;

    engine_choose(engine, suffix, &path, &choice);
    search_exact(&path, 0, &exact);
    choose_plainly(exact.keys, exact.count, twin, &expected);
    assert_same_choice(&expected, &choice);
    guess(&path, &exact, &choice);
    rank_choose_exactly(&path, &choice);
    assert_same_choice(&expected, &choice);
    rank_pack(&expected, &packed);
    vn_engine_rank(engine, suffix, &record);
    fixture_same_records(suffix, &packed, &record);
}

static void five_of_the_first_twenty_are_chosen(void **state)
{
    static const char words[] = "b\t800\nx\t700\na\t600\ncab\t800\nbac\t750\n"
                                "a b c\t500\nc a\t300\n";
    static const char terms[] = "abac\ncab\nbb\nhome\n";
    struct vn_lexicon *lexicons[] = {fixture_lexicon(NULL, NULL),
                                     fixture_lexicon(words, terms)};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct vn_engine *engine = fixture_engine(lexicons[i], VN_PATH_AUTO, 1);
        for (int n = 0; n < 1000; n++) {
            check_suffix(engine, fixture_random(VN_SUFFIXES));
        }
        for (uint32_t suffix = 2222000; suffix < 2222400; suffix++) {
            check_suffix(engine, suffix);
        }
        vn_engine_free(engine);
        vn_lexicon_free(lexicons[i]);
    }
}

/* Every list of the search, with its blocked ones, gives the exact choice. */
static void a_list_that_does_not_reach_is_searched_again(void **state)
{
    struct vn_lexicon *lexicon = fixture_lexicon("b\t800\n", "bb\nabb\n");
    struct vn_engine *engine = fixture_engine(lexicon, VN_PATH_AUTO, 1);
    unsigned again = 0, blocked_lists = 0;

    (void)state;
    for (int n = 0; n < 2000; n++) {
        const uint32_t suffix = n % 2 == 0 ? fixture_random(VN_SUFFIXES)
                                           : 2220000 + fixture_random(10000);
        struct search_path path;
        struct search_exact exact;
        struct rank_choice expected, choice;
        engine_choose(engine, suffix, &path, &expected);
        search_exact(&path, 0, &exact);
        const unsigned keep =
            exact.count < SEARCH_KEEP ? exact.count : SEARCH_KEEP;
        int64_t list[SEARCH_KEEP] = {0};
        memcpy(list, exact.keys, keep * sizeof *list);
        again += rank_choose(&path, list, rank_blocked(&path, list), &choice);
        assert_int_equal(rank_blocked(&path, list), 0);
        assert_same_choice(&expected, &choice);
        blocked_lists += path.trace.active[KEYS];
    }
    print_message("%u searched again, %u with a match\n", again, blocked_lists);
    assert_true(again > 10 && blocked_lists > 100);
    vn_engine_free(engine);
    vn_lexicon_free(lexicon);
}

/* FLO-WERS is blocked and far better; FLOWERS, inside one word, is not. */
static void a_blocked_key_is_replaced_by_another_split(void **state)
{
    struct vn_lexicon *lexicon = fixture_lexicon("flo wers\t800\n", "lowe\n");
    const uint32_t suffix = fixture_dial("FLOWERS");

    (void)state;
    for (unsigned p = VN_PATH_AUTO; p <= VN_PATH_SCALAR; p++) {
        struct vn_engine *engine =
            fixture_engine(lexicon, (enum vn_engine_path)p, 1);
        struct vn_record record;
        struct vn_spelling spelling;
        vn_engine_rank(engine, suffix, &record);
        assert_int_equal(
            vn_spell(suffix, record.codes[0], record.tails[0], &spelling),
            VN_OK);
        assert_string_equal(spelling.text, "FLOWERS");
        assert_int_equal(spelling.score, -3);
        vn_engine_free(engine);
    }
    vn_lexicon_free(lexicon);
}

static void blocked_keys_of_a_list_are_told_by_their_bits(void **state)
{
    struct vn_lexicon *lexicon = fixture_lexicon(NULL, "lowe\n");
    struct vn_engine *engine = fixture_engine(lexicon, VN_PATH_AUTO, 1);
    const struct made made = {"FLOWERS", -28};
    const int64_t whole = make_key(&made);
    const int64_t cut = whole + key_fields(0, 1, 0, 0, key_cut(3));
    int64_t list[SEARCH_KEEP] = {whole, cut, whole, cut};
    struct search_path path;
    struct rank_choice choice;

    (void)state;
    engine_choose(engine, fixture_dial(made.text), &path, &choice);
    assert_int_equal(rank_blocked(&path, list), 1u << 1 | 1u << 3);
    engine_choose(engine, fixture_dial("HELPPAY"), &path, &choice);
    assert_int_equal(rank_blocked(&path, list), 0);
    vn_engine_free(engine);
    vn_lexicon_free(lexicon);
}

/* ---- Packing ---------------------------------------------------------- */

struct packed {
    uint8_t ranks[KEYS];
    unsigned cuts; /* as in record.h: bit i after key i + 1 */
    char tail[VN_TAIL_MAX + 1];
    int hundredths;
};

static int64_t key_of(const struct packed *packed)
{
    const unsigned past = (unsigned)strlen(packed->tail);
    unsigned digits = 0, segments = 1, cuts = 0;
    uint32_t letters = 0;

    for (unsigned i = 0; i < KEYS; i++) {
        letters |= (uint32_t)packed->ranks[i] << KEY_LETTER_SHIFT(i);
        digits += packed->ranks[i] == 0;
        if (i + 1 < KEYS && (packed->cuts >> i & 1) != 0) {
            cuts |= key_cut(i + 1);
            segments++;
        }
    }
    digits -= digits == KEYS;
    return KEY_EMPTY + key_score(packed->hundredths) +
           key_fields(digits, segments, letters,
                      key_tail_make(packed->tail, past), cuts);
}

static struct packed random_packed(void)
{
    struct packed packed = {.cuts = fixture_random(64),
                            .hundredths = 3000 - (int)fixture_random(8000)};
    const unsigned past = fixture_random(VN_TAIL_MAX + 1);

    for (unsigned i = 0; i < KEYS; i++) {
        packed.ranks[i] = (uint8_t)fixture_random(5);
    }
    for (unsigned i = 0; i < past; i++) {
        packed.tail[i] = (char)('A' + fixture_random(26));
    }
    return packed;
}

static void a_choice_is_packed_as_the_record_says(void **state)
{
    (void)state;
    for (int n = 0; n < 20000; n++) {
        struct packed packed[VN_CANDIDATES];
        struct rank_choice choice = {.count = fixture_random(6)};
        struct vn_record record;
        for (unsigned i = 0; i < choice.count; i++) {
            packed[i] = random_packed();
            choice.keys[i] = key_of(&packed[i]);
        }
        memset(&record, 0x5a, sizeof record);
        rank_pack(&choice, &record);
        for (unsigned i = 0; i < VN_CANDIDATES; i++) {
            const size_t past = i < choice.count ? strlen(packed[i].tail) : 0;
            const uint32_t code =
                i < choice.count
                    ? vn_code_make(packed[i].ranks, packed[i].cuts, past > 0,
                                   vn_score_tenths(packed[i].hundredths))
                    : 0;
            assert_int_equal(record.codes[i], code);
            assert_int_equal(record.tails[i],
                             past > 0 ? vn_tail_make(packed[i].tail, past) : 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_five_are_chosen_if_none_are_twins),
        cmocka_unit_test(a_twin_of_a_chosen_one_pays),
        cmocka_unit_test(two_different_characters_are_no_twin),
        cmocka_unit_test(a_twin_of_two_chosen_ones_pays_once),
        cmocka_unit_test(a_digit_in_place_of_a_letter_makes_a_twin),
        cmocka_unit_test(equal_s_after_the_penalty_is_decided_by_the_order),
        cmocka_unit_test(random_lists_are_chosen_from_as_defined),
        cmocka_unit_test(five_of_the_first_twenty_are_chosen),
        cmocka_unit_test(a_list_that_does_not_reach_is_searched_again),
        cmocka_unit_test(a_blocked_key_is_replaced_by_another_split),
        cmocka_unit_test(blocked_keys_of_a_list_are_told_by_their_bits),
        cmocka_unit_test(a_choice_is_packed_as_the_record_says),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
