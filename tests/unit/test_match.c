/* test_match.c: the tokens of every place, and their order in the tables. */
#include "engine_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "engine/block.h"
#include "engine/key.h"
#include "engine/keypad.h"
#include "engine/match.h"
#include "engine/split.h"

#define KEYS VN_SUFFIX_DIGITS
#define KIND_PAIRS (MATCH_KINDS * MATCH_KINDS)

static const char overlay[] = "pet meds\t150\ngo get it\t20\nto-do list\t90\n"
                              "a b c d e f g\t30\nan-s\t100\n"
                              "go\t-60\tc\ncall\t2\tc\nhome\t-90\tc\n";

static struct vn_lexicon *lexicon;
static struct block_set blocks;
static struct match match;

static unsigned kind(const struct entry *entry)
{
    return (entry->length <= 2 ? MATCH_SHORT : MATCH_LONG) |
           (entry->common ? MATCH_COMMON : 0);
}

/* ---- The shape of the tables ------------------------------------------ */

static uint32_t groups_of(unsigned covered)
{
    uint32_t groups = 1;

    for (unsigned i = 1; i < covered; i++) {
        groups *= 8;
    }
    return groups;
}

/* Tokens down a lane: best first, of different letters, then none. */
static unsigned check_lane(const int64_t *rows, const int64_t *end,
                           unsigned lane)
{
    unsigned count = 0;

    for (const int64_t *row = rows; row < end; row += MATCH_LANES) {
        if (row[lane] == KEY_NONE) {
            continue;
        }
        const int64_t above =
            row == rows ? INT64_MAX : (row - MATCH_LANES)[lane];
        assert_true(above != KEY_NONE && above >= row[lane]);
        for (const int64_t *up = rows; up < row; up += MATCH_LANES) {
            assert_false(
                key_same_letters(KEY_EMPTY + up[lane], KEY_EMPTY + row[lane]));
        }
        count++;
    }
    return count;
}

/* Returns the tokens of the table; '*rows' is raised by its rows. */
static uint64_t check_table(unsigned start, unsigned covered, unsigned kinds,
                            uint64_t *rows)
{
    const struct match_table *table =
        &match.tables[start][covered][kinds / MATCH_KINDS];
    uint64_t tokens = 0;

    for (uint32_t group = 0; group < groups_of(covered); group++) {
        const int64_t *end;
        const int64_t *first =
            match_rows(&match, table, group, kinds % MATCH_KINDS, &end);
        if (first == NULL) {
            assert_null(end);
            return 0;
        }
        assert_int_equal((uintptr_t)first % 64, 0);
        unsigned longest = 0;
        for (unsigned lane = 0; lane < MATCH_LANES; lane++) {
            const unsigned count = check_lane(first, end, lane);
            longest = count > longest ? count : longest;
            tokens += count;
        }
        assert_int_equal(end - first, longest * MATCH_LANES);
        *rows += longest;
    }
    return tokens;
}

static void lanes_are_sorted_and_their_letters_differ(void **state)
{
    uint64_t tokens = 0, rows = 0;

    (void)state;
    for (unsigned start = 0; start < KEYS; start++) {
        for (unsigned n = 1; start + n <= KEYS; n++) {
            for (unsigned kinds = 0; kinds < KIND_PAIRS; kinds++) {
                tokens += check_table(start, n, kinds, &rows);
            }
        }
    }
    assert_int_equal(tokens, match.token_count);
    assert_int_equal(rows, match.row_count);
    assert_true(tokens > 61171);
}

/* ---- Every word is there ---------------------------------------------- */

/* A place in the tables. */
struct place {
    unsigned start, covered, first_kind, last_kind;
};

/* The token of the same letters as 'key' at this place, or KEY_NONE. */
static int64_t find_token(const struct match *tables, struct place place,
                          uint32_t digits, int64_t key)
{
    const struct match_table *table =
        &tables->tables[place.start][place.covered][place.last_kind];
    const int64_t *end;
    const int64_t *row =
        match_rows(tables, table, digits / MATCH_LANES, place.first_kind, &end);

    for (; row < end; row += MATCH_LANES) {
        const int64_t token = row[digits % MATCH_LANES];
        if (token != KEY_NONE &&
            key_same_letters(KEY_EMPTY + token, KEY_EMPTY + key)) {
            return token;
        }
    }
    return KEY_NONE;
}

/* The difference that 'entry' makes on 'covered' keys from 'start' on. */
static int64_t entry_token(const struct entry *entry, unsigned start,
                           unsigned covered, uint32_t *digits)
{
    const struct model *model = &lexicon->model;
    const unsigned past = entry->length - covered;
    unsigned cuts = key_cut(start), segments = 1;
    uint32_t letters = 0;

    *digits = 0;
    for (unsigned i = 0; i < covered; i++) {
        *digits = *digits * 8 + (uint32_t)vn_keypad_key(entry->letters[i]) - 2;
        letters |= vn_keypad_rank(entry->letters[i])
                   << KEY_LETTER_SHIFT(start + i);
    }
    for (unsigned i = 0; i + 1 < entry->length; i++) {
        if ((entry->cuts >> i & 1) != 0) {
            segments++;
            cuts |= key_cut(start + i + 1);
        }
    }
    const int score =
        entry->score + model->start[start] +
        (start > 0 && start + covered < KEYS ? model->middle : 0) +
        (past > 0 ? model->overdial + (int)past * model->overdial_letter : 0) +
        (past > 0 && start == 0 ? model->overdial_whole : 0);
    return key_score(score) +
           key_fields(0, segments, letters,
                      key_tail_make(entry->letters + covered, past), cuts);
}

static unsigned last_word(const struct entry *entry)
{
    unsigned begin = 0;

    for (unsigned i = 0; i + 1 < entry->length; i++) {
        begin = (entry->cuts >> i & 1) != 0 ? i + 1 : begin;
    }
    return begin;
}

/* Whether the entry stands, or something better of the same letters. */
static void assert_placed(const struct entry *entry, unsigned start,
                          unsigned covered)
{
    uint32_t digits;
    const int64_t token = entry_token(entry, start, covered, &digits);
    const unsigned end = start + covered;
    const struct place place = {start, covered, kind(entry),
                                end == KEYS ? MATCH_LONG : kind(entry)};
    const int64_t found = find_token(&match, place, digits, token);

    if (found == KEY_NONE || found < token) {
        fail_msg("%.10s is not at %u", entry->letters, start);
    }
}

static unsigned check_entry(const struct entry *entry)
{
    unsigned places = 0;

    for (unsigned start = 0; start < KEYS; start++) {
        const unsigned room = KEYS - start;
        if (entry->length <= room) {
            assert_placed(entry, start, entry->length);
            places++;
        } else if (entry->length <= room + VN_TAIL_MAX &&
                   last_word(entry) + MODEL_OVERDIAL_COVER <= room) {
            assert_placed(entry, start, room);
            places++;
        }
    }
    return places;
}

static void every_entry_stands_wherever_it_may(void **state)
{
    unsigned places = 0;

    (void)state;
    for (uint32_t i = 0; i < lexicon->entry_count; i++) {
        places += check_entry(&lexicon->entries[i]);
    }
    assert_true(places > 2 * lexicon->entry_count);
}

/* ---- Nothing else is there -------------------------------------------- */

struct wanted {
    int64_t key;
    bool chain; /* a split of listed pairs alone */
};

static void look(void *context, const struct split *split)
{
    struct wanted *wanted = context;
    bool chain = split->key == wanted->key;

    for (unsigned i = 1; i < split->count; i++) {
        chain &= lexicon_pair(lexicon, split->tokens[i - 1].entry,
                              split->tokens[i].entry) > 0;
    }
    wanted->chain |= chain;
}

/* A token of all seven keys is a spelling: a chain with its true score. */
static void check_whole(uint32_t group, unsigned lane, int64_t token)
{
    struct wanted wanted = {.key = KEY_EMPTY + token};
    unsigned digits[KEYS];
    uint32_t rest = group * MATCH_LANES + lane;

    for (unsigned i = KEYS; i-- > 0; rest /= 8) {
        digits[i] = rest % 8 + 2;
    }
    split_all(lexicon, digits, key_letters(wanted.key), look, &wanted);
    assert_true(wanted.chain);
}

static void every_token_of_seven_keys_is_a_chain_of_pairs(void **state)
{
    unsigned count = 0;

    (void)state;
    for (unsigned first_kind = 0; first_kind < MATCH_KINDS; first_kind++) {
        const struct match_table *table = &match.tables[0][KEYS][MATCH_LONG];
        for (uint32_t group = 0; group < groups_of(KEYS); group++) {
            const int64_t *end;
            const int64_t *row =
                match_rows(&match, table, group, first_kind, &end);
            for (; row < end; row += MATCH_LANES) {
                for (unsigned lane = 0; lane < MATCH_LANES; lane++) {
                    if (row[lane] != KEY_NONE && fixture_random(8) == 0) {
                        check_whole(group, lane, row[lane]);
                        count++;
                    }
                }
            }
        }
    }
    assert_true(count > 5000);
}

/* ---- Chains ----------------------------------------------------------- */

static int score_of(const char *word)
{
    return lexicon
        ->entries[lexicon_find(lexicon, word, (unsigned)strlen(word), 0)]
        .score;
}

/* Seven keys, of which the first word is long and not common. */
static const struct place whole = {0, KEYS, MATCH_LONG, MATCH_LONG};

static void a_listed_pair_is_one_token(void **state)
{
    const struct entry both = {.letters = "HELPPAY",
                               .length = 7,
                               .cuts = 1u << 3,
                               .score = (int16_t)(score_of("HELP") +
                                                  score_of("PAY") + 203 +
                                                  lexicon->model.start[4])};
    uint32_t digits;

    (void)state;
    const int64_t token = entry_token(&both, 0, 7, &digits);
    assert_int_equal(key_hundredths(KEY_EMPTY + token), -138);
    assert_true(find_token(&match, whole, digits, token) == token);
}

static void a_common_word_has_a_kind_of_its_own(void **state)
{
    const struct entry call = {.letters = "CALL", .length = 4};
    const struct place common = {0, 4, MATCH_COMMON, MATCH_COMMON};
    const struct place other = {0, 4, MATCH_LONG, MATCH_LONG};
    uint32_t digits;

    (void)state;
    const int64_t token = entry_token(&call, 0, 4, &digits);
    assert_true(find_token(&match, common, digits, token) != KEY_NONE);
    assert_true(find_token(&match, other, digits, token) == KEY_NONE);
}

static void common_words_need_a_weight_and_a_word(void **state)
{
    struct vn_lexicon *without = fixture_lexicon(overlay, NULL);
    struct match tables;

    (void)state;
    assert_int_equal(match.kinds, MATCH_KINDS);
    assert_int_equal(without->model.common, 0);
    assert_true(match_init(&tables, without, &blocks));
    assert_int_equal(tables.kinds, MATCH_COMMON);
    match_reset(&tables);
    vn_lexicon_free(without);
}

/* The key of the token of these digits in a table of one list; or none. */
static int64_t best_token(const struct match_table *table, const char *word)
{
    const unsigned length = (unsigned)strlen(word);
    const int64_t *end;
    uint32_t digits = 0;

    for (unsigned i = 0; i < length; i++) {
        digits = digits << 3 | ((unsigned)vn_keypad_key(word[i]) - 2);
    }
    const int64_t *row = match_group(table, digits / MATCH_LANES, &end);
    return row < end ? row[digits % MATCH_LANES] : KEY_NONE;
}

static void what_stands_behind_a_run_has_tables_of_its_own(void **state)
{
    struct vn_lexicon *own = fixture_weighed(
        "zzyq\t800\tn\n",
        "vanity-model 1\nlone_4.noun 70\nrun_word.4 30\nlone_4 5\n"
        "digit_other -10\nrun_middle.1 -200\nstart.3 -8\n");
    struct match tables;

    (void)state;
    assert_false(match.behind_runs);
    assert_null(match.alone[3].offsets);
    assert_true(match_init(&tables, own, &blocks));
    assert_true(tables.behind_runs);
    const int64_t alone = best_token(&tables.alone[3], "ZZYQ");
    assert_int_equal(key_hundredths(KEY_EMPTY + alone), 800 - 8 + 30);
    const int64_t after_4 =
        best_token(&tables.after_4[3][4][MATCH_LONG], "ZZYQ");
    assert_int_equal(key_hundredths(KEY_EMPTY + after_4),
                     800 - 8 + 70 + 5 - 10 - 200);
    match_reset(&tables);
    vn_lexicon_free(own);
}

static void what_is_blocked_by_itself_is_left_out(void **state)
{
    const struct entry phrase = {
        .letters = "PETMEDS", .length = 7, .cuts = 1u << 2};
    struct vn_lexicon *blocked = fixture_lexicon("pet meds\t800\n", "tmed\n");
    struct block_set set;
    struct match tables;
    uint32_t digits;

    (void)state;
    const int64_t token = entry_token(&phrase, 0, 7, &digits);
    assert_true(block_set_init(&set, blocked));
    assert_true(match_init(&tables, blocked, &set));
    assert_true(find_token(&tables, whole, digits, token) == KEY_NONE);
    assert_true(find_token(&match, whole, digits, token) != KEY_NONE);
    match_reset(&tables);
    match_reset(&tables);
    block_set_reset(&set);
    vn_lexicon_free(blocked);
}

static int open_tables(void **state)
{
    if (fixture_setup(state) != 0) {
        return -1;
    }
    lexicon = fixture_weighed(
        overlay, "vanity-model 1\nstart.4 -24\ncommon -100\n"
                 "lone_4.noun 0\nlone_4.verb 0\nlone_4.function 0\n"
                 "run_word.3 0\nrun_word.4 0\nrun_word.5 0\n");
    return block_set_init(&blocks, lexicon) &&
                   match_init(&match, lexicon, &blocks)
               ? 0
               : -1;
}

static int close_tables(void **state)
{
    match_reset(&match);
    block_set_reset(&blocks);
    vn_lexicon_free(lexicon);
    return fixture_teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lanes_are_sorted_and_their_letters_differ),
        cmocka_unit_test(every_entry_stands_wherever_it_may),
        cmocka_unit_test(every_token_of_seven_keys_is_a_chain_of_pairs),
        cmocka_unit_test(a_common_word_has_a_kind_of_its_own),
        cmocka_unit_test(common_words_need_a_weight_and_a_word),
        cmocka_unit_test(what_stands_behind_a_run_has_tables_of_its_own),
        cmocka_unit_test(a_listed_pair_is_one_token),
        cmocka_unit_test(what_is_blocked_by_itself_is_left_out),
    };

    return cmocka_run_group_tests(tests, open_tables, close_tables);
}
