/* test_loader_plan.c: the figures of a plan against counting by hand. */
#include "tests/index/fixture.h"

#include <math.h>
#include <string.h>

#include "loader/item.h"
#include "loader/loader.h"

#define GB 1073741824.0

static struct vn_index *open_index(const char *path, uint64_t seed,
                                   const char *digits)
{
    struct vn_index *index = NULL;

    assert_int_equal(fixture_build(path, seed, digits, NULL), VN_OK);
    assert_int_equal(vn_index_open(path, &index, NULL), VN_OK);
    return index;
}

static void add(struct vn_load_plan *plan, uint32_t suffix,
                const struct vn_record *record)
{
    char json[ITEM_JSON_MAX];

    if (record->codes[0] == 0) {
        plan->deletes++;
        return;
    }
    const size_t size = item_size(suffix, record);
    plan->puts++;
    plan->item_bytes += size;
    plan->import_bytes +=
        strlen("{\"Item\":}\n") + item_write(suffix, record, json);
    plan->largest_item = size > plan->largest_item ? size : plan->largest_item;
}

static void expect_equal(const struct vn_load_plan *plan,
                         const struct vn_load_plan *hand)
{
    assert_int_equal(plan->puts, hand->puts);
    assert_int_equal(plan->deletes, hand->deletes);
    assert_int_equal(plan->item_bytes, hand->item_bytes);
    assert_int_equal(plan->import_bytes, hand->import_bytes);
    assert_int_equal(plan->largest_item, hand->largest_item);
    // No item of ours is larger than a kilobyte.
    assert_int_equal(plan->write_units, hand->puts + hand->deletes);
    assert_true(fabs(plan->write_dollars -
                     (double)plan->write_units * 0.625 / 1e6) < 1e-9);
    assert_true(fabs(plan->import_dollars -
                     (double)hand->import_bytes / GB * 0.15) < 1e-9);
    assert_true(
        fabs(plan->storage_dollars -
             (double)(hand->item_bytes + 100 * hand->puts) / GB * 0.25) < 1e-9);
}

static void a_whole_load_is_counted(void **state)
{
    struct vn_index *index = open_index("a.mdb", 4, "356");
    const struct vn_load_source source = {.index = index};
    struct vn_load_plan plan;
    struct vn_load_plan hand = {0};

    (void)state;
    for (uint32_t i = 3560000; i < 3570000; i++) {
        struct vn_record record;
        fixture_record(4, i, &record);
        add(&hand, i, &record);
    }
    assert_true(hand.deletes > 0);
    assert_int_equal(vn_load_plan(&source, true, NULL, 0, &plan, NULL), VN_OK);
    expect_equal(&plan, &hand);
    hand.deletes = 0;
    assert_int_equal(
        vn_load_plan(&source, false, &vn_prices_default, 0, &plan, NULL),
        VN_OK);
    expect_equal(&plan, &hand);
    vn_index_close(index);
}

static void a_prefix_deletes_nothing(void **state)
{
    struct vn_index *index = open_index("a.mdb", 4, "356");
    const struct vn_load_source source = {.index = index,
                                          .prefix = fixture_prefix("35693")};
    struct vn_load_plan plan;
    struct vn_load_plan hand = {0};

    (void)state;
    for (uint32_t i = 3569300; i < 3569400; i++) {
        struct vn_record record;
        fixture_record(4, i, &record);
        add(&hand, i, &record);
    }
    hand.deletes = 0;
    assert_int_equal(vn_load_plan(&source, true, NULL, 0, &plan, NULL), VN_OK);
    expect_equal(&plan, &hand);
    vn_index_close(index);
}

static void what_changed_is_counted(void **state)
{
    struct vn_index *since = open_index("old.mdb", 4, "356");
    struct vn_index *index = open_index("new.mdb", 5, "356");
    const struct vn_load_source source = {.index = index, .since = since};
    struct vn_load_plan plan;
    struct vn_load_plan hand = {0};

    (void)state;
    for (uint32_t i = 3560000; i < 3570000; i++) {
        struct vn_record before;
        struct vn_record after;
        fixture_record(4, i, &before);
        fixture_record(5, i, &after);
        if (!vn_record_equal(&before, &after)) {
            add(&hand, i, &after);
        }
    }
    assert_int_equal(vn_load_plan(&source, true, NULL, 0, &plan, NULL), VN_OK);
    expect_equal(&plan, &hand);
    vn_index_close(index);
    vn_index_close(since);
}

static void provisioned_capacity_is_paid_by_the_hour(void **state)
{
    struct vn_index *index = open_index("a.mdb", 4, "356");
    const struct vn_load_source source = {.index = index};
    const struct vn_prices prices = {.provisioned_per_hour = 0.5};
    struct vn_load_plan plan;

    (void)state;
    assert_int_equal(vn_load_plan(&source, false, &prices, 1000, &plan, NULL),
                     VN_OK);
    assert_true(fabs(plan.provisioned_dollars - 500) < 1e-9);
    assert_true(plan.write_dollars == 0);
    // Some 8,300 units at one a second: three hours.
    assert_int_equal(vn_load_plan(&source, false, &prices, 1, &plan, NULL),
                     VN_OK);
    assert_true(fabs(plan.provisioned_dollars -
                     ceil((double)plan.write_units / 3600) * 0.5) < 1e-9);
    vn_index_close(index);
}

static void nothing_to_plan_is_refused(void **state)
{
    const struct vn_load_source source = {0};
    struct vn_load_plan plan;

    (void)state;
    assert_int_equal(vn_load_plan(&source, false, NULL, 0, &plan, NULL),
                     VN_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_load_is_counted),
        cmocka_unit_test(a_prefix_deletes_nothing),
        cmocka_unit_test(what_changed_is_counted),
        cmocka_unit_test(provisioned_capacity_is_paid_by_the_hour),
        cmocka_unit_test(nothing_to_plan_is_refused),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
