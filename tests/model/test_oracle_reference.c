/* test_oracle_reference.c: the oracle with the lexicon of the reference values.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/keypad.h"
#include "tests/oracle/oracle.h"

#define WORDS VN_REFERENCE_DIR "/words.tsv"
#define PAIRS VN_REFERENCE_DIR "/pairs.tsv"
#define BLOCK VN_REFERENCE_DIR "/block.tsv"
#define MODEL VN_REFERENCE_DIR "/model"

static uint32_t dial(const char *keys)
{
    uint32_t suffix = 0;

    for (unsigned i = 0; i < VN_SUFFIX_DIGITS; i++) {
        suffix = suffix * 10 + (uint32_t)vn_keypad_key(keys[i]);
    }
    return suffix;
}

static struct vn_oracle *open_oracle(const char *block_path)
{
    struct vn_oracle *oracle = NULL;
    struct vn_error error;

    if (vn_oracle_open(WORDS, PAIRS, block_path, &oracle, &error) != VN_OK ||
        vn_oracle_read_model(oracle, MODEL, &error) != VN_OK) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(vn_oracle_finish(oracle), VN_OK);
    return oracle;
}

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

static void expect_score(const struct vn_oracle *oracle, const char *suffix,
                         const char *text, int hundredths)
{
    const struct vn_oracle_spelling *found = find_text(oracle, suffix, text);

    if (found == NULL) {
        fail_msg("%s is not among the best of %s", text, suffix);
    } else if (abs(found->hundredths - hundredths) > 1) {
        fail_msg("%s has %d, expected %d", text, found->hundredths, hundredths);
    }
}

/* ---- Reference values ------------------------------------------------- */

static void scores_equal_the_reference_values(void **state)
{
    static const struct {
        const char *suffix;
        const char *text;
        int hundredths;
    } references[] = {
        {"3569377", "FLOWERS", -28},   {"3569377", "FLOWER-7", -507},
        {"3569377", "3-LOWERS", -585}, {"4685865", "GOT-JUNK", -526},
        {"4685865", "468-JUNK", -566}, {"4685865", "GO-U-JUNK", -581},
        {"4357729", "HELP-PAY", -138}, {"4357729", "HELP-SAY", -404},
        {"4357729", "HELP-SAW", -450}, {"2255669", "CALL-NOW", -289},
        {"2255669", "CALL-MOW", -604},
    };
    struct vn_oracle *oracle = open_oracle(BLOCK);

    (void)state;
    for (size_t i = 0; i < sizeof(references) / sizeof(references[0]); i++) {
        expect_score(oracle, references[i].suffix, references[i].text,
                     references[i].hundredths);
    }
    vn_oracle_free(oracle);
}

/* ---- Recall ----------------------------------------------------------- */

/* Rows of the file, and those whose answer came first, in the first 3, .. */
struct recall {
    unsigned rows;
    unsigned at1, at3, at5, at10;
};

/* Two numbers of the file are advertised in two ways; both are right. */
static bool is_right(const char *suffix, const char *gold, const char *keys)
{
    static const char *const doubles[][3] = {
        {"4658733", "INJURED", "465TREE"},
        {"2754772", "ASKHRSA", "ASK4SPA"},
    };

    for (size_t i = 0; i < 2; i++) {
        if (strcmp(suffix, doubles[i][0]) == 0) {
            return strcmp(keys, doubles[i][1]) == 0 ||
                   strcmp(keys, doubles[i][2]) == 0;
        }
    }
    return strcmp(keys, gold) == 0;
}

static void count_row(struct recall *recall, unsigned place)
{
    recall->rows++;
    recall->at1 += place < 1;
    recall->at3 += place < 3;
    recall->at5 += place < 5;
    recall->at10 += place < 10;
}

/*
 * Place (0-based) of the row's own answer in the list before diversity; the
 * reference values were counted so.
 */
static unsigned place_in_list(const struct vn_oracle *oracle,
                              const char *suffix, const char *gold)
{
    struct vn_oracle_spelling list[VN_ORACLE_LIST];
    const unsigned count = vn_oracle_list(oracle, dial(suffix), list);

    for (unsigned i = 0; i < count; i++) {
        if (strcmp(list[i].keys, gold) == 0) {
            return i;
        }
    }
    return VN_ORACLE_LIST;
}

/* The seven characters of a text form. */
static void keys_of(const char *text, char keys[VN_SUFFIX_DIGITS + 1])
{
    unsigned length = 0;

    for (; *text != '\0' && length < VN_SUFFIX_DIGITS; text++) {
        if (*text != '-') {
            keys[length++] = *text;
        }
    }
    keys[length] = '\0';
}

/* Like place_in_list(), but of either right answer, in the record. */
static unsigned place_in_record(const struct vn_oracle *oracle,
                                const char *suffix, const char *gold)
{
    struct vn_record record;

    vn_oracle_rank(oracle, dial(suffix), &record);
    for (unsigned i = 0; i < vn_record_count(&record); i++) {
        char keys[VN_SUFFIX_DIGITS + 1];
        struct vn_spelling spelling;
        assert_int_equal(
            vn_spell(dial(suffix), record.codes[i], record.tails[i], &spelling),
            VN_OK);
        keys_of(spelling.text, keys);
        if (is_right(suffix, gold, keys)) {
            return i;
        }
    }
    return VN_ORACLE_LIST;
}

typedef unsigned (*place_fn)(const struct vn_oracle *oracle, const char *suffix,
                             const char *gold);

static struct recall measure(const struct vn_oracle *oracle, place_fn place)
{
    struct recall recall = {0};
    char line[512], gold[64], suffix[64];
    FILE *file = fopen(VN_DEV_FILE, "r");

    assert_non_null(file);
    assert_non_null(fgets(line, sizeof(line), file)); /* names of columns */
    while (fgets(line, sizeof(line), file) != NULL) {
        assert_int_equal(
            sscanf(line, "%*[^\t]\t%63[^\t]\t%63[^\t]", gold, suffix), 2);
        count_row(&recall, place(oracle, suffix, gold));
    }
    fclose(file);
    return recall;
}

/* In tenths of a percent, rounded. */
static unsigned permille(unsigned hits, unsigned rows)
{
    return rows > 0 ? (hits * 2000 + rows) / (rows * 2) : 0;
}

static void print_recall(const char *what, struct recall recall)
{
    printf("%-28s %u rows, @1/@3/@5/@10 %5.1f %5.1f %5.1f %5.1f %%\n", what,
           recall.rows, permille(recall.at1, recall.rows) / 10.0,
           permille(recall.at3, recall.rows) / 10.0,
           permille(recall.at5, recall.rows) / 10.0,
           permille(recall.at10, recall.rows) / 10.0);
}

static void recall_before_diversity_equals_the_reference(void **state)
{
    struct vn_oracle *oracle = open_oracle(NULL);
    const struct recall recall = measure(oracle, place_in_list);

    (void)state;
    vn_oracle_free(oracle);
    print_recall("before blocks and diversity", recall);
    assert_int_equal(recall.rows, 306);
    assert_int_equal(permille(recall.at1, recall.rows), 533);
    assert_int_equal(permille(recall.at3, recall.rows), 709);
    assert_int_equal(permille(recall.at5, recall.rows), 752);
    assert_int_equal(permille(recall.at10, recall.rows), 794);
}

static void recall_of_the_records_equals_the_reference(void **state)
{
    struct vn_oracle *oracle = open_oracle(BLOCK);
    const struct recall recall = measure(oracle, place_in_record);

    (void)state;
    vn_oracle_free(oracle);
    print_recall("records", recall);
    assert_int_equal(recall.rows, 306);
    assert_int_equal(permille(recall.at1, recall.rows), 536);
    assert_int_equal(permille(recall.at3, recall.rows), 706);
    assert_int_equal(permille(recall.at5, recall.rows), 742);
}

static void a_blocked_term_removes_the_word(void **state)
{
    struct vn_oracle *oracle = NULL;

    (void)state;
    assert_int_equal(vn_oracle_open(WORDS, PAIRS, BLOCK, &oracle, NULL), VN_OK);
    assert_int_equal(vn_oracle_read_model(oracle, MODEL, NULL), VN_OK);
    assert_int_equal(vn_oracle_add_block(oracle, "flowers"), VN_OK);
    assert_int_equal(vn_oracle_finish(oracle), VN_OK);
    assert_null(find_text(oracle, "FLOWERS", "FLOWERS"));
    expect_score(oracle, "FLOWERS", "FLOWER-7", -507);
    vn_oracle_free(oracle);
}

static void the_shortcut_changes_no_record(void **state)
{
    struct vn_oracle *oracle = open_oracle(BLOCK);
    struct vn_record plain, quick;

    (void)state;
    for (uint32_t i = 0; i < 200; i++) {
        const uint32_t suffix = i * 7919 * 61 % VN_SUFFIXES;
        vn_oracle_shortcut(oracle, false);
        vn_oracle_rank(oracle, suffix, &plain);
        vn_oracle_shortcut(oracle, true);
        vn_oracle_rank(oracle, suffix, &quick);
        assert_true(vn_record_equal(&plain, &quick));
    }
    vn_oracle_free(oracle);
}

static void a_suffix_without_letters_has_no_spelling(void **state)
{
    struct vn_oracle *oracle = open_oracle(BLOCK);
    struct vn_record record;

    (void)state;
    vn_oracle_rank(oracle, 1010101, &record);
    assert_int_equal(vn_record_count(&record), 0);
    vn_oracle_rank(oracle, 0, &record);
    assert_int_equal(vn_record_count(&record), 0);
    vn_oracle_free(oracle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_equal_the_reference_values),
        cmocka_unit_test(recall_before_diversity_equals_the_reference),
        cmocka_unit_test(recall_of_the_records_equals_the_reference),
        cmocka_unit_test(a_blocked_term_removes_the_word),
        cmocka_unit_test(the_shortcut_changes_no_record),
        cmocka_unit_test(a_suffix_without_letters_has_no_spelling),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
