/* test_loader_source.c: operations of an index and of what changed. */
#include "tests/index/fixture.h"

#include <stdlib.h>
#include <string.h>

#include "loader/source.h"

/* What a source gave, by suffix. */
struct given {
    uint8_t puts[VN_SUFFIXES];
    uint8_t deletes[VN_SUFFIXES];
    uint64_t count;
};

static struct vn_index *open_index(const char *path, uint64_t seed,
                                   const char *digits)
{
    struct vn_index *index = NULL;

    assert_int_equal(fixture_build(path, seed, digits, NULL), VN_OK);
    assert_int_equal(vn_index_open(path, &index, NULL), VN_OK);
    return index;
}

static void check_op(const struct source_op *op, uint64_t seed)
{
    struct vn_record record;
    char json[ITEM_JSON_MAX];

    fixture_record(seed, op->suffix, &record);
    const size_t size = op->delete ? item_write_key(op->suffix, json)
                                   : item_write(op->suffix, &record, json);
    assert_int_equal(op->size, size);
    assert_memory_equal(op->json, json, size);
    assert_int_equal(op->units, 1);
    assert_int_equal(op->delete, record.codes[0] == 0);
}

/* Reads all units twice, the second time backwards. */
static struct given *read_all(struct source *source, uint64_t seed)
{
    struct given *given = calloc(1, sizeof *given);
    struct source_op *ops = calloc(SOURCE_UNIT_MAX, sizeof *ops);
    unsigned count = 0;

    assert_non_null(given);
    assert_non_null(ops);
    for (uint64_t unit = 0; unit < source->units; unit++) {
        assert_int_equal(source->fill(source, unit, ops, &count, NULL), VN_OK);
        for (unsigned i = 0; i < count; i++) {
            check_op(&ops[i], seed);
            given->puts[ops[i].suffix] += !ops[i].delete;
            given->deletes[ops[i].suffix] += ops[i].delete;
        }
        given->count += count;
    }
    uint64_t again = 0;
    for (uint64_t unit = source->units; unit > 0; unit--) {
        assert_int_equal(source->fill(source, unit - 1, ops, &count, NULL),
                         VN_OK);
        again += count;
    }
    assert_int_equal(again, given->count);
    assert_int_equal(given->count, source->total);
    free(ops);
    return given;
}

static void expect_index(const char *digits, const char *prefix, bool deletes)
{
    struct vn_index *index = open_index("a.mdb", 4, digits);
    const struct vn_prefix all = fixture_prefix(digits);
    const struct vn_prefix part = fixture_prefix(prefix);
    struct source *source = NULL;

    assert_int_equal(source_open_index(index, part, deletes, &source, NULL),
                     VN_OK);
    struct given *given = read_all(source, 4);
    for (uint32_t i = 0; i < VN_SUFFIXES; i++) {
        struct vn_record record = {0};
        const bool inside = vn_prefix_holds(all, i) && vn_prefix_holds(part, i);
        if (inside) {
            fixture_record(4, i, &record);
        }
        assert_int_equal(given->puts[i], record.codes[0] != 0);
        assert_int_equal(given->deletes[i],
                         inside && deletes && record.codes[0] == 0);
    }
    free(given);
    source->close(source);
    vn_index_close(index);
}

static void an_index_gives_each_suffix_once(void **state)
{
    (void)state;
    expect_index("35", "", false);
    expect_index("35", "", true);
    expect_index("35", "3", true);
    expect_index("35", "356", true);
    expect_index("35", "35693", false);
    expect_index("35", "356937", true);
    expect_index("35", "3569377", true);
    expect_index("356937", "", true);
}

static void blocks_come_in_strides(void **state)
{
    struct vn_index *index = open_index("a.mdb", 4, "3");
    struct source *source = NULL;
    struct source_op *ops = calloc(SOURCE_UNIT_MAX, sizeof *ops);
    uint64_t unit = 0;
    unsigned count = 0;

    (void)state;
    assert_non_null(ops);
    assert_int_equal(
        source_open_index(index, fixture_prefix(""), true, &source, NULL),
        VN_OK);
    assert_int_equal(source->units, VN_BLOCKS / 10);
    for (uint64_t i = 0; i < VN_BLOCKS; i++) {
        const uint64_t block = i * 61803 % 100000;
        if (block / 10000 != 3) {
            continue;
        }
        assert_int_equal(source->fill(source, unit++, ops, &count, NULL),
                         VN_OK);
        assert_int_equal(count, 100);
        assert_int_equal(ops[0].suffix, block * 100);
    }
    assert_int_equal(unit, source->units);
    free(ops);
    source->close(source);
    vn_index_close(index);
}

static void a_prefix_outside_is_refused(void **state)
{
    struct vn_index *index = open_index("a.mdb", 4, "356");
    struct source *source = NULL;

    (void)state;
    assert_int_equal(
        source_open_index(index, fixture_prefix("357"), false, &source, NULL),
        VN_OUTSIDE);
    assert_int_equal(
        source_open_index(index, fixture_prefix("4"), false, &source, NULL),
        VN_OUTSIDE);
    assert_null(source);
    vn_index_close(index);
}

static void a_difference_is_what_changed_and_no_more(void **state)
{
    struct vn_index *old_index = open_index("old.mdb", 4, "356");
    struct vn_index *index = open_index("new.mdb", 5, "356");
    struct source *source = NULL;

    (void)state;
    assert_int_equal(source_open_diff(old_index, index, &source, NULL), VN_OK);
    struct given *given = read_all(source, 5);
    for (uint32_t i = 3560000; i < 3570000; i++) {
        struct vn_record before;
        struct vn_record after;
        fixture_record(4, i, &before);
        fixture_record(5, i, &after);
        const bool same = vn_record_equal(&before, &after);
        assert_int_equal(given->puts[i] + given->deletes[i], !same);
    }
    free(given);
    source->close(source);
    assert_int_equal(source_open_diff(index, index, &source, NULL), VN_OK);
    assert_int_equal(source->units, 0);
    assert_int_equal(source->total, 0);
    source->close(source);
    vn_index_close(index);
    vn_index_close(old_index);
}

static uint64_t fingerprint(struct vn_index *index, const char *prefix,
                            bool deletes)
{
    struct source *source = NULL;

    assert_int_equal(source_open_index(index, fixture_prefix(prefix), deletes,
                                       &source, NULL),
                     VN_OK);
    const uint64_t value = source->fingerprint;
    source->close(source);
    return value;
}

static void a_fingerprint_tells_sources_apart(void **state)
{
    struct vn_index *a = open_index("a.mdb", 4, "356");
    struct vn_index *b = open_index("b.mdb", 5, "356");
    struct source *diff = NULL;

    (void)state;
    const uint64_t whole = fingerprint(a, "", false);
    assert_true(whole == fingerprint(a, "", false));
    assert_true(whole != fingerprint(a, "", true));
    assert_true(whole != fingerprint(a, "3569", false));
    assert_true(whole != fingerprint(b, "", false));
    assert_int_equal(source_open_diff(a, b, &diff, NULL), VN_OK);
    assert_true(diff->fingerprint != whole);
    diff->close(diff);
    vn_index_close(a);
    vn_index_close(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_index_gives_each_suffix_once),
        cmocka_unit_test(blocks_come_in_strides),
        cmocka_unit_test(a_prefix_outside_is_refused),
        cmocka_unit_test(a_difference_is_what_changed_and_no_more),
        cmocka_unit_test(a_fingerprint_tells_sources_apart),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
