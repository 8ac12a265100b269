/* test_loader_item.c: items as JSON, their size and their hash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "loader/item.h"
#include "tests/index/fixture.h"

#define DEFAULT_SEED 20240229u
#define RANDOM_RECORDS 20000u
/* Spreads the suffixes of the random records; prime to 10^7. */
#define SUFFIX_STEP 7654321u

static uint64_t seed;

static uint32_t random_suffix(uint32_t n)
{
    return (uint32_t)((uint64_t)n * SUFFIX_STEP % VN_SUFFIXES);
}

/* FLOWERS -3, 3-LOWER-7 -100 with no other: a record made by hand. */
static struct vn_record flowers(void)
{
    const uint8_t word[VN_SUFFIX_DIGITS] = {3, 3, 3, 1, 2, 3, 4};
    const uint8_t cut[VN_SUFFIX_DIGITS] = {0, 3, 3, 1, 2, 3, 0};
    struct vn_record record = {{0}, {0}};

    record.codes[0] = vn_code_make(word, 0, false, -3);
    record.codes[1] = vn_code_make(cut, 1u | 1u << 5, false, -100);
    return record;
}

static json_t *parse(const char *text, size_t size)
{
    json_error_t error;
    json_t *json = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);

    if (json == NULL) {
        fail_msg("%s: %.*s", error.text, (int)size, text);
    }
    return json;
}

static const char *text_at(const json_t *item, const char *name, size_t index,
                           const char *type)
{
    const json_t *list = json_object_get(json_object_get(item, name), "L");

    return json_string_value(
        json_object_get(json_array_get(list, index), type));
}

/* ---- What is written ---------------------------------------------------- */

static void an_item_has_the_text_of_the_design(void **state)
{
    const struct vn_record record = flowers();
    const char *const expected =
        "{\"suffix\":{\"S\":\"3569377\"},"
        "\"spellings\":{\"L\":[{\"S\":\"FLOWERS\"},{\"S\":\"3-LOWER-7\"}]},"
        "\"scores\":{\"L\":[{\"N\":\"-3\"},{\"N\":\"-100\"}]}}";
    char text[ITEM_JSON_MAX];

    (void)state;
    const size_t size = item_write(3569377, &record, text);
    assert_int_equal(size, strlen(expected));
    assert_memory_equal(text, expected, size);
    assert_int_equal(item_write_key(42, text), 26);
    assert_memory_equal(text, "{\"suffix\":{\"S\":\"0000042\"}}", 26);
}

static void no_candidate_and_damage_give_no_item(void **state)
{
    struct vn_record record = {{0}, {0}};
    char text[ITEM_JSON_MAX];

    (void)state;
    assert_int_equal(item_write(3569377, &record, text), 0);
    assert_int_equal(item_size(3569377, &record), 0);
    assert_int_equal(item_hash(3569377, &record), 0);
    record = flowers();
    assert_int_equal(item_write(1111111, &record, text), 0);
    assert_int_equal(item_size(1111111, &record), 0);
    assert_int_equal(item_hash(1111111, &record), 0);
}

static void check_against_record(const json_t *item, uint32_t suffix,
                                 const struct vn_record *record)
{
    const unsigned count = vn_record_count(record);
    struct vn_spelling spelling;
    char text[16];

    (void)snprintf(text, sizeof text, "%07" PRIu32, suffix);
    assert_string_equal(json_string_value(json_object_get(
                            json_object_get(item, "suffix"), "S")),
                        text);
    assert_int_equal(json_object_size(item), 3);
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(
            vn_spell(suffix, record->codes[i], record->tails[i], &spelling),
            VN_OK);
        assert_string_equal(text_at(item, "spellings", i, "S"), spelling.text);
        (void)snprintf(text, sizeof text, "%d", spelling.score);
        assert_string_equal(text_at(item, "scores", i, "N"), text);
    }
    assert_null(text_at(item, "spellings", count, "S"));
    assert_null(text_at(item, "scores", count, "N"));
}

static void what_is_written_is_json_of_the_record(void **state)
{
    (void)state;
    for (uint32_t n = 0; n < RANDOM_RECORDS; n++) {
        const uint32_t suffix = random_suffix(n);
        struct vn_record record;
        char text[ITEM_JSON_MAX];
        fixture_record(seed, suffix, &record);
        const size_t size = item_write(suffix, &record, text);
        if (vn_record_count(&record) == 0) {
            assert_int_equal(size, 0);
            continue;
        }
        json_t *item = parse(text, size);
        check_against_record(item, suffix, &record);
        json_decref(item);
    }
}

/* ---- Size --------------------------------------------------------------- */

/* Bytes of a value by the published rules, numbers at their upper bound. */
static size_t value_size(const json_t *value)
{
    const char *text = json_string_value(json_object_get(value, "S"));

    if (text != NULL) {
        return strlen(text);
    }
    text = json_string_value(json_object_get(value, "N"));
    if (text != NULL) {
        const size_t sign = text[0] == '-' ? 1 : 0;
        return 1 + sign + (strlen(text) - sign + 1) / 2;
    }
    const json_t *list = json_object_get(value, "L");
    size_t size = 3;
    for (size_t i = 0; i < json_array_size(list); i++) {
        size += 1 + value_size(json_array_get(list, i));
    }
    return size;
}

static void the_size_is_that_of_names_and_values(void **state)
{
    (void)state;
    for (uint32_t n = 0; n < RANDOM_RECORDS; n++) {
        const uint32_t suffix = random_suffix(n);
        struct vn_record record;
        char text[ITEM_JSON_MAX];
        const char *name;
        json_t *value;
        size_t size = 0;
        fixture_record(seed, suffix, &record);
        const size_t length = item_write(suffix, &record, text);
        if (length == 0) {
            continue;
        }
        json_t *item = parse(text, length);
        json_object_foreach(item, name, value)
        {
            size += strlen(name) + value_size(value);
        }
        assert_int_equal(item_size(suffix, &record), size);
        json_decref(item);
    }
}

/* ---- Hash --------------------------------------------------------------- */

/* The same item with its members in another order. */
static json_t *reordered(const json_t *item)
{
    static const char *const names[] = {"scores", "suffix", "spellings"};
    json_t *other = json_object();

    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(
            json_object_set(other, names[i], json_object_get(item, names[i])),
            0);
    }
    return other;
}

static void check_hash(const json_t *item, uint32_t suffix, uint64_t expected)
{
    uint32_t found = VN_SUFFIXES;
    uint64_t hash = 0;

    assert_true(item_hash_json(item, &found, &hash));
    assert_int_equal(found, suffix);
    assert_int_equal(hash, expected);
}

static void the_hash_is_that_of_the_item_that_comes_back(void **state)
{
    (void)state;
    for (uint32_t n = 0; n < RANDOM_RECORDS; n++) {
        const uint32_t suffix = random_suffix(n);
        struct vn_record record;
        char text[ITEM_JSON_MAX];
        fixture_record(seed, suffix, &record);
        const size_t length = item_write(suffix, &record, text);
        if (length == 0) {
            continue;
        }
        const uint64_t hash = item_hash(suffix, &record);
        json_t *item = parse(text, length);
        json_t *other = reordered(item);
        check_hash(item, suffix, hash);
        check_hash(other, suffix, hash);
        json_decref(other);
        json_decref(item);
    }
}

/* FLOWERS, with one piece of its text replaced. */
static json_t *altered(const char *piece, const char *other)
{
    const struct vn_record record = flowers();
    char text[ITEM_JSON_MAX];
    char result[2 * ITEM_JSON_MAX];
    const size_t size = item_write(3569377, &record, text);

    text[size] = '\0';
    const char *at = strstr(text, piece);
    assert_non_null(at);
    const int length =
        snprintf(result, sizeof result, "%.*s%s%s", (int)(at - text), text,
                 other, at + strlen(piece));
    return parse(result, (size_t)length);
}

static void any_other_content_has_another_hash(void **state)
{
    static const char *const changes[][2] = {
        {"FLOWERS", "FLOWERZ"},
        {"FLOWERS", "flowers"},
        {"FLOWERS", ""},
        {"FLOWERS", "FLOWERS\\\"},{\\\"S\\\":\\\"A"},
        {"FLOWERS", "FLOWERSFLOWERSFLOWERS"},
        {"\"-3\"", "\"-4\""},
        {"\"-3\"", "\"-30000\""},
        {"\"-3\"", "\"-03\""},
        {"{\"N\":\"-3\"}", "{\"S\":\"-3\"}"},
        {"{\"N\":\"-3\"},", ""},
        {"{\"S\":\"FLOWERS\"},", ""},
        {"{\"S\":\"FLOWERS\"},", "{\"NULL\":true},"},
        {"{\"S\":\"FLOWERS\"}", "{\"S\":\"FLOWERS\"},{\"S\":\"A\"},"
                                "{\"S\":\"B\"},{\"S\":\"C\"},{\"S\":\"D\"}"},
        {",\"scores\"", ",\"other\""},
        {",\"scores\"", ",\"more\":{\"S\":\"x\"},\"scores\""},
        {"\"L\":[{\"N\"", "\"SS\":[{\"N\""}};
    const struct vn_record record = flowers();
    const uint64_t own = item_hash(3569377, &record);

    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        json_t *item = altered(changes[i][0], changes[i][1]);
        uint32_t suffix = 0;
        uint64_t hash = own;
        assert_true(item_hash_json(item, &suffix, &hash));
        assert_int_equal(suffix, 3569377);
        assert_int_not_equal(hash, own);
        json_decref(item);
    }
}

static void what_has_no_suffix_as_key_is_no_item(void **state)
{
    static const char *const texts[] = {
        "{}",
        "[]",
        "null",
        "{\"suffix\":\"3569377\"}",
        "{\"suffix\":{\"S\":\"#meta\"},\"state\":{\"S\":\"complete\"}}",
        "{\"suffix\":{\"S\":\"356937\"}}",
        "{\"suffix\":{\"S\":\"35693770\"}}",
        "{\"suffix\":{\"S\":\"356937x\"}}",
        "{\"suffix\":{\"S\":\"-569377\"}}",
        "{\"suffix\":{\"N\":\"3569377\"}}",
        "{\"Suffix\":{\"S\":\"3569377\"}}"};
    uint32_t suffix = 0;
    uint64_t hash = 0;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        json_error_t error;
        json_t *item = json_loads(texts[i], JSON_DECODE_ANY, &error);
        assert_non_null(item);
        assert_false(item_hash_json(item, &suffix, &hash));
        json_decref(item);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_item_has_the_text_of_the_design),
        cmocka_unit_test(no_candidate_and_damage_give_no_item),
        cmocka_unit_test(what_is_written_is_json_of_the_record),
        cmocka_unit_test(the_size_is_that_of_names_and_values),
        cmocka_unit_test(the_hash_is_that_of_the_item_that_comes_back),
        cmocka_unit_test(any_other_content_has_another_hash),
        cmocka_unit_test(what_has_no_suffix_as_key_is_no_item),
    };
    const char *text = getenv("VN_SEED");

    seed = text != NULL ? strtoull(text, NULL, 10) : DEFAULT_SEED;
    print_message("VN_SEED=%" PRIu64 "\n", seed);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
