/* test_loader_retry.c: operations that wait, against a plain list of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>

#include "loader/retry.h"

#define ROOM 500u

static struct retry_op make_op(uint32_t suffix)
{
    return (struct retry_op){.op = {.suffix = suffix}};
}

static void each_comes_once_when_it_is_due(void **state)
{
    struct retry *retry = retry_new(ROOM);
    int64_t due[ROOM];
    bool seen[ROOM] = {false};
    struct retry_op ops[25];
    unsigned taken = 0;

    (void)state;
    assert_non_null(retry);
    for (uint32_t i = 0; i < ROOM; i++) {
        const struct retry_op op = make_op(i);
        due[i] = (int64_t)(i * 7919 % 1000);
        retry_push(retry, &op, due[i]);
    }
    assert_int_equal(retry_due_ns(retry), 0);
    for (int64_t now = 0; now <= 1000; now += 10) {
        bool alone = true;
        unsigned count = 0;
        while ((count = retry_pop(retry, now, 25, ops, &alone)) > 0) {
            assert_false(alone);
            for (unsigned i = 0; i < count; i++) {
                assert_true(due[ops[i].op.suffix] <= now);
                assert_true(due[ops[i].op.suffix] > now - 10);
                assert_false(seen[ops[i].op.suffix]);
                seen[ops[i].op.suffix] = true;
            }
            taken += count;
        }
        assert_true(retry_due_ns(retry) > now);
        assert_int_equal(retry_count(retry), ROOM - taken);
    }
    assert_int_equal(taken, ROOM);
    assert_true(retry_due_ns(retry) == INT64_MAX);
    retry_free(retry);
}

static void a_group_goes_first_and_keeps_its_company(void **state)
{
    struct retry *retry = retry_new(ROOM);
    struct retry_op ops[25];
    bool alone = false;

    (void)state;
    assert_non_null(retry);
    const struct retry_op due = make_op(1);
    retry_push(retry, &due, 5);
    for (uint32_t i = 0; i < 12; i++) {
        ops[i] = make_op(100 + i);
    }
    retry_push_group(retry, ops, 12);
    retry_push_group(retry, ops, 1);
    retry_push_group(retry, ops, 0);
    assert_int_equal(retry_count(retry), 14);
    assert_int_equal(retry_due_ns(retry), 0);
    // A bucket that holds five: the group comes in pieces.
    assert_int_equal(retry_pop(retry, 9, 5, ops, &alone), 5);
    assert_true(alone);
    assert_int_equal(ops[4].op.suffix, 104);
    assert_int_equal(retry_pop(retry, 9, 25, ops, &alone), 7);
    assert_int_equal(ops[0].op.suffix, 105);
    assert_int_equal(retry_pop(retry, 9, 25, ops, &alone), 1);
    assert_int_equal(ops[0].op.suffix, 100);
    assert_true(alone);
    assert_int_equal(retry_pop(retry, 9, 25, ops, &alone), 1);
    assert_int_equal(ops[0].op.suffix, 1);
    assert_false(alone);
    assert_int_equal(retry_pop(retry, 9, 25, ops, &alone), 0);
    retry_free(retry);
}

static void a_suspect_goes_alone(void **state)
{
    struct retry *retry = retry_new(ROOM);
    struct retry_op ops[25];
    bool alone = false;

    (void)state;
    assert_non_null(retry);
    for (uint32_t i = 0; i < 5; i++) {
        struct retry_op op = make_op(i);
        op.suspect = i == 2;
        retry_push(retry, &op, (int64_t)i);
    }
    assert_int_equal(retry_pop(retry, 9, 25, ops, &alone), 2);
    assert_false(alone);
    assert_int_equal(retry_pop(retry, 9, 25, ops, &alone), 1);
    assert_true(alone);
    assert_int_equal(ops[0].op.suffix, 2);
    assert_int_equal(retry_pop(retry, 9, 25, ops, &alone), 2);
    assert_false(alone);
    retry_free(retry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_comes_once_when_it_is_due),
        cmocka_unit_test(a_group_goes_first_and_keeps_its_company),
        cmocka_unit_test(a_suspect_goes_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
