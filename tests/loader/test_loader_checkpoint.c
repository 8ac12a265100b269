/* test_loader_checkpoint.c: round trip, identity, damage, locks. */
#include "tests/index/fixture.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader/checkpoint.h"

#define PATH "load"

static const struct checkpoint_identity identity = {
    .fingerprint = UINT64_C(0x0123456789abcdef),
    .units = 1003,
    .table = "table",
    .table_id = "id-1",
    .endpoint = "https://dynamodb.us-east-1.amazonaws.com",
    .region = "us-east-1",
};

static const struct checkpoint_state some_state = {
    .horizon = 500,
    .acknowledged = UINT64_C(1) << 40,
    .puts = 77,
    .deletes = 88,
    .bound = 1234,
    .consumed_units = 12.5,
};

static enum vn_status open_as(struct checkpoint *checkpoint,
                              const struct checkpoint_identity *as,
                              enum checkpoint_mode mode, struct vn_error *error)
{
    return checkpoint_open(checkpoint, PATH, as, mode, error);
}

static bool is_marked(uint64_t unit)
{
    return unit % 3 == 0 || unit == 1002;
}

static void save_some(void)
{
    struct checkpoint checkpoint;

    assert_int_equal(open_as(&checkpoint, &identity, CHECKPOINT_RESTART, NULL),
                     VN_OK);
    assert_false(checkpoint.found);
    checkpoint.state = some_state;
    for (uint64_t unit = 0; unit < identity.units; unit++) {
        assert_false(checkpoint_has(&checkpoint, unit));
        if (is_marked(unit)) {
            checkpoint_mark(&checkpoint, unit);
        }
    }
    assert_int_equal(checkpoint_save(&checkpoint, NULL), VN_OK);
    checkpoint_close(&checkpoint);
}

static void what_is_saved_is_read_back(void **state)
{
    struct checkpoint checkpoint;

    (void)state;
    save_some();
    assert_int_equal(open_as(&checkpoint, &identity, CHECKPOINT_RESUME, NULL),
                     VN_OK);
    assert_true(checkpoint.found);
    assert_memory_equal(&checkpoint.state, &some_state, sizeof some_state);
    for (uint64_t unit = 0; unit < identity.units; unit++) {
        assert_int_equal(checkpoint_has(&checkpoint, unit), is_marked(unit));
    }
    checkpoint_remove(&checkpoint);
    checkpoint_close(&checkpoint);
    assert_false(fixture_exists(PATH));
    assert_false(fixture_exists(PATH ".lock"));
    assert_false(fixture_exists(PATH ".new"));
}

static void expect_refusal(const struct checkpoint_identity *as,
                           const char *named)
{
    struct checkpoint checkpoint;
    struct vn_error error;

    assert_int_equal(open_as(&checkpoint, as, CHECKPOINT_RESUME, &error),
                     VN_INVALID);
    if (strstr(error.message, named) == NULL) {
        fail_msg("'%s' is not named: %s", named, error.message);
    }
    checkpoint_close(&checkpoint);
}

static void another_identity_is_refused_and_named(void **state)
{
    struct checkpoint_identity other = identity;

    (void)state;
    save_some();
    other.table = "tables";
    expect_refusal(&other, "'table', not 'tables'");
    other = identity;
    other.table_id = "id-2";
    expect_refusal(&other, "TableId");
    other = identity;
    other.endpoint = "http://localhost:8000";
    expect_refusal(&other, "'http://localhost:8000'");
    other = identity;
    other.region = "eu-west-1";
    expect_refusal(&other, "region");
    other = identity;
    other.fingerprint++;
    expect_refusal(&other, "0123456789abcdef");
    other = identity;
    other.units++;
    expect_refusal(&other, "another index");
}

static void a_load_says_what_to_do_with_a_checkpoint(void **state)
{
    struct checkpoint checkpoint;
    struct vn_error error;

    (void)state;
    save_some();
    assert_int_equal(open_as(&checkpoint, &identity, CHECKPOINT_NEW, &error),
                     VN_INVALID);
    assert_non_null(strstr(error.message, "--resume"));
    checkpoint_close(&checkpoint);
    // Not to --resume with one that cannot be resumed.
    struct checkpoint_identity other = identity;
    other.table = "tables";
    assert_int_equal(open_as(&checkpoint, &other, CHECKPOINT_NEW, &error),
                     VN_INVALID);
    assert_non_null(strstr(error.message, "'table', not 'tables'"));
    checkpoint_close(&checkpoint);
    fixture_store(PATH, (const uint8_t *)"x", 1);
    assert_int_equal(open_as(&checkpoint, &identity, CHECKPOINT_NEW, &error),
                     VN_CORRUPT);
    assert_null(strstr(error.message, "--resume"));
    assert_non_null(strstr(error.message, "--restart"));
    checkpoint_close(&checkpoint);
    assert_int_equal(unlink(PATH), 0);
    assert_int_equal(open_as(&checkpoint, &identity, CHECKPOINT_RESUME, &error),
                     VN_INVALID);
    assert_non_null(strstr(error.message, "no load to resume"));
    checkpoint_close(&checkpoint);
    assert_int_equal(open_as(&checkpoint, &identity, CHECKPOINT_NEW, &error),
                     VN_OK);
    checkpoint_close(&checkpoint);
}

static void expect_damage(const uint8_t *data, size_t size)
{
    struct checkpoint checkpoint;

    fixture_store(PATH, data, size);
    assert_int_equal(open_as(&checkpoint, &identity, CHECKPOINT_RESUME, NULL),
                     VN_CORRUPT);
    assert_false(checkpoint.found);
    checkpoint_close(&checkpoint);
}

static void every_damage_is_found(void **state)
{
    size_t size = 0;

    (void)state;
    save_some();
    uint8_t *data = fixture_load(PATH, &size);
    for (size_t i = 0; i < size; i++) {
        data[i] ^= (uint8_t)(1u << (i % 8));
        expect_damage(data, size);
        data[i] ^= (uint8_t)(1u << (i % 8));
    }
    for (size_t cut = 0; cut < size; cut++) {
        expect_damage(data, cut);
    }
    fixture_store(PATH, data, size);
    free(data);
    // What cannot be read can still be thrown away.
    expect_damage((const uint8_t *)"x", 1);
    save_some();
}

static void two_loads_do_not_share_a_checkpoint(void **state)
{
    struct checkpoint first;
    struct checkpoint second;
    struct vn_error error;

    (void)state;
    assert_int_equal(open_as(&first, &identity, CHECKPOINT_RESTART, NULL),
                     VN_OK);
    assert_int_equal(open_as(&second, &identity, CHECKPOINT_RESTART, &error),
                     VN_INVALID);
    assert_non_null(strstr(error.message, "another load"));
    checkpoint_close(&second);
    checkpoint_close(&first);
    assert_int_equal(open_as(&second, &identity, CHECKPOINT_RESTART, NULL),
                     VN_OK);
    checkpoint_close(&second);
}

static void a_lock_that_was_left_behind_is_taken_over(void **state)
{
    struct checkpoint checkpoint;

    (void)state;
    fixture_store(PATH ".lock", (const uint8_t *)"", 0);
    fixture_store(PATH ".new", (const uint8_t *)"half", 4);
    assert_int_equal(open_as(&checkpoint, &identity, CHECKPOINT_RESTART, NULL),
                     VN_OK);
    assert_int_equal(checkpoint_save(&checkpoint, NULL), VN_OK);
    checkpoint_remove(&checkpoint);
    checkpoint_close(&checkpoint);
    assert_false(fixture_exists(PATH));
    assert_false(fixture_exists(PATH ".lock"));
    assert_false(fixture_exists(PATH ".new"));
}

static void a_failed_save_leaves_the_file_before(void **state)
{
    struct checkpoint checkpoint;
    size_t size = 0;
    size_t after = 0;

    (void)state;
    save_some();
    uint8_t *before = fixture_load(PATH, &size);
    assert_int_equal(open_as(&checkpoint, &identity, CHECKPOINT_RESUME, NULL),
                     VN_OK);
    assert_int_equal(symlink("/nonexistent/x", PATH ".new"), 0);
    checkpoint_mark(&checkpoint, 1);
    assert_int_equal(checkpoint_save(&checkpoint, NULL), VN_IO);
    checkpoint_close(&checkpoint);
    uint8_t *now = fixture_load(PATH, &after);
    assert_int_equal(after, size);
    assert_memory_equal(now, before, size);
    assert_int_equal(unlink(PATH ".new"), 0);
    free(now);
    free(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_saved_is_read_back),
        cmocka_unit_test(another_identity_is_refused_and_named),
        cmocka_unit_test(a_load_says_what_to_do_with_a_checkpoint),
        cmocka_unit_test(every_damage_is_found),
        cmocka_unit_test(two_loads_do_not_share_a_checkpoint),
        cmocka_unit_test(a_lock_that_was_left_behind_is_taken_over),
        cmocka_unit_test(a_failed_save_leaves_the_file_before),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
