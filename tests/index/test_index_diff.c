/* test_index_diff.c: scans of an index, and what differs between two. */
#include "fixture.h"

#include <string.h>

#include "index/index_writer.h"

/* ---- Scan --------------------------------------------------------------- */

struct scan {
    uint32_t next;
    uint32_t calls;
    uint32_t stop_after; /* calls; 0 = never */
};

static enum vn_status compare(void *context, uint32_t first,
                              const struct vn_record *records, size_t count)
{
    struct scan *scan = context;

    assert_int_equal(first, scan->next);
    assert_true(count > 0 && first / 100 == (first + count - 1) / 100);
    for (size_t i = 0; i < count; i++) {
        struct vn_record expected;
        fixture_record(4, first + (uint32_t)i, &expected);
        assert_true(vn_record_equal(&records[i], &expected));
    }
    scan->next += (uint32_t)count;
    scan->calls++;
    return scan->calls == scan->stop_after ? VN_STOPPED : VN_OK;
}

static void assert_scan(struct vn_index *index, const char *digits,
                        uint32_t first, uint32_t count)
{
    struct scan scan = {.next = first};

    assert_int_equal(
        vn_index_scan(index, fixture_prefix(digits), compare, &scan, NULL),
        VN_OK);
    assert_int_equal(scan.next, first + count);
}

static void a_scan_gives_what_lies_in_both_prefixes(void **state)
{
    struct vn_index *index = NULL;

    (void)state;
    assert_int_equal(fixture_build("a.mdb", 4, "356", NULL), VN_OK);
    assert_int_equal(vn_index_open("a.mdb", &index, NULL), VN_OK);
    assert_scan(index, "", 3560000, 10000);
    assert_scan(index, "3", 3560000, 10000);
    assert_scan(index, "356", 3560000, 10000);
    assert_scan(index, "3569", 3569000, 1000);
    assert_scan(index, "35693", 3569300, 100);
    assert_scan(index, "356937", 3569370, 10);
    assert_scan(index, "3569377", 3569377, 1);
    assert_int_equal(
        vn_index_scan(index, fixture_prefix("357"), compare, NULL, NULL),
        VN_OUTSIDE);
    vn_index_close(index);
    assert_int_equal(fixture_build("a.mdb", 4, "356937", NULL), VN_OK);
    assert_int_equal(vn_index_open("a.mdb", &index, NULL), VN_OK);
    assert_scan(index, "", 3569370, 10);
    vn_index_close(index);
}

static void a_sink_may_stop_a_scan(void **state)
{
    struct scan scan = {.next = 3560000, .stop_after = 5};
    struct vn_index *index = NULL;

    (void)state;
    assert_int_equal(fixture_build("a.mdb", 4, "356", NULL), VN_OK);
    assert_int_equal(vn_index_open("a.mdb", &index, NULL), VN_OK);
    assert_int_equal(
        vn_index_scan(index, fixture_prefix(""), compare, &scan, NULL),
        VN_STOPPED);
    assert_int_equal(scan.calls, 5);
    vn_index_close(index);
}

/* ---- Diff --------------------------------------------------------------- */

#define COUNT 1000u
#define FIRST 3569000u

static struct vn_record old_records[COUNT];
static struct vn_record new_records[COUNT];

static void build(const char *path, const struct vn_record records[COUNT])
{
    const struct vn_index_info info = fixture_info(fixture_prefix("3569"));
    struct vn_index_writer *writer = NULL;

    assert_int_equal(index_writer_new(path, &info, &writer, NULL), VN_OK);
    assert_int_equal(vn_index_append(writer, FIRST, records, COUNT), VN_OK);
    assert_int_equal(vn_index_publish(writer, NULL), VN_OK);
}

struct seen {
    uint32_t suffixes[COUNT];
    size_t count;
    enum vn_status answer;
};

static enum vn_status see(void *context, uint32_t suffix,
                          const struct vn_record *old_record,
                          const struct vn_record *new_record)
{
    struct seen *seen = context;

    assert_true(vn_record_equal(old_record, &old_records[suffix - FIRST]));
    assert_true(vn_record_equal(new_record, &new_records[suffix - FIRST]));
    seen->suffixes[seen->count] = suffix;
    seen->count++;
    return seen->answer;
}

static enum vn_status diff(struct seen *seen, struct vn_diff_counts *counts)
{
    struct vn_index *old_index = NULL;
    struct vn_index *new_index = NULL;

    build("old.mdb", old_records);
    build("new.mdb", new_records);
    assert_int_equal(vn_index_open("old.mdb", &old_index, NULL), VN_OK);
    assert_int_equal(vn_index_open("new.mdb", &new_index, NULL), VN_OK);
    const enum vn_status status = vn_index_diff(
        old_index, new_index, seen != NULL ? see : NULL, seen, counts, NULL);
    vn_index_close(old_index);
    vn_index_close(new_index);
    return status;
}

static int fill(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < COUNT; i++) {
        fixture_record(4, FIRST + i, &old_records[i]);
        new_records[i] = old_records[i];
    }
    return 0;
}

/* The first record from 'at' on that has an overdial, or has none at all. */
static uint32_t find(uint32_t at, bool empty)
{
    while (empty ? old_records[at].codes[0] != 0
                 : old_records[at].tails[0] == 0) {
        at++;
    }
    return at;
}

static void equal_indexes_do_not_differ(void **state)
{
    struct vn_diff_counts counts;

    (void)state;
    assert_int_equal(diff(NULL, &counts), VN_OK);
    assert_int_equal(counts.compared, COUNT);
    assert_int_equal(counts.changed + counts.added + counts.removed, 0);
}

static void every_difference_is_told_in_order(void **state)
{
    struct vn_diff_counts counts;
    struct seen seen = {.answer = VN_OK};
    const uint32_t changed = find(0, false);
    const uint32_t removed = find(250, false);
    const uint32_t added = find(900, true);

    (void)state;
    new_records[changed].tails[0] ^= 1u; // same codes, another tail
    memset(&new_records[removed], 0, sizeof new_records[removed]);
    new_records[added] = old_records[changed];
    assert_int_equal(diff(&seen, &counts), VN_OK);
    assert_int_equal(seen.count, 3);
    assert_int_equal(seen.suffixes[0], FIRST + changed);
    assert_int_equal(seen.suffixes[1], FIRST + removed);
    assert_int_equal(seen.suffixes[2], FIRST + added);
    assert_int_equal(counts.compared, COUNT);
    assert_int_equal(counts.changed, 1);
    assert_int_equal(counts.removed, 1);
    assert_int_equal(counts.added, 1);
}

static void the_function_may_stop_it(void **state)
{
    struct vn_diff_counts counts = {.compared = 77};
    struct seen seen = {.answer = VN_STOPPED};

    (void)state;
    memset(new_records, 0, sizeof new_records);
    assert_int_equal(diff(&seen, &counts), VN_STOPPED);
    assert_int_equal(seen.count, 1);
    assert_int_equal(counts.compared, 77);
}

static void different_prefixes_are_refused(void **state)
{
    struct vn_index *a = NULL;
    struct vn_index *b = NULL;
    struct vn_diff_counts counts;

    (void)state;
    assert_int_equal(fixture_build("a.mdb", 4, "35", NULL), VN_OK);
    assert_int_equal(fixture_build("b.mdb", 4, "356", NULL), VN_OK);
    assert_int_equal(vn_index_open("a.mdb", &a, NULL), VN_OK);
    assert_int_equal(vn_index_open("b.mdb", &b, NULL), VN_OK);
    assert_int_equal(vn_index_diff(a, b, NULL, NULL, &counts, NULL),
                     VN_INVALID);
    vn_index_close(a);
    vn_index_close(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scan_gives_what_lies_in_both_prefixes),
        cmocka_unit_test(a_sink_may_stop_a_scan),
        cmocka_unit_test_setup(equal_indexes_do_not_differ, fill),
        cmocka_unit_test_setup(every_difference_is_told_in_order, fill),
        cmocka_unit_test_setup(the_function_may_stop_it, fill),
        cmocka_unit_test(different_prefixes_are_refused),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
