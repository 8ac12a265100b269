/* test_loader_buf.c: growing bytes, their maximum, their end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "loader/buf.h"

static void what_is_added_stands_in_order_and_ends_in_nul(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 100);
    assert_null(buf.data);
    buf_text(&buf, "one ");
    buf_add(&buf, "two\0three", 9);
    assert_false(buf.failed);
    assert_int_equal(buf.size, 13);
    assert_memory_equal(buf.data, "one two\0three", 14);
    buf_reset(&buf);
    assert_null(buf.data);
    assert_int_equal(buf.max, 100);
}

static void the_maximum_holds_to_the_byte(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 8);
    buf_add(&buf, "12345678", 8);
    assert_false(buf.failed);
    buf_add(&buf, "", 0);
    assert_false(buf.failed);
    buf_add(&buf, "9", 1);
    assert_true(buf.failed);
    assert_string_equal(buf.data, "12345678");
    buf_reset(&buf);
}

static void a_failure_stays_until_it_is_cleared(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 8);
    assert_null(buf_reserve(&buf, SIZE_MAX));
    buf_text(&buf, "a");
    assert_true(buf.failed);
    assert_int_equal(buf.size, 0);
    buf_clear(&buf);
    buf_text(&buf, "a");
    assert_false(buf.failed);
    assert_string_equal(buf.data, "a");
    buf_reset(&buf);
}

static void a_zeroed_one_is_empty_and_takes_nothing(void **state)
{
    struct buf buf = {0};

    (void)state;
    buf_clear(&buf);
    buf_add(&buf, "a", 1);
    assert_true(buf.failed);
    buf_reset(&buf);
}

static void reserved_bytes_can_be_taken_in_part(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 1 << 20);
    for (unsigned i = 0; i < 1000; i++) {
        char *room = buf_reserve(&buf, 300);
        assert_non_null(room);
        memset(room, 'a' + (int)(i % 26), 300);
        buf_take(&buf, i % 7);
        assert_int_equal(buf.data[buf.size], '\0');
    }
    const char *at = buf.data;
    for (unsigned i = 0; i < 1000; i++) {
        for (unsigned j = 0; j < i % 7; j++) {
            assert_int_equal(*at++, 'a' + (int)(i % 26));
        }
    }
    assert_ptr_equal(at, buf.data + buf.size);
    buf_reset(&buf);
}

static void clearing_keeps_the_memory(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 10000);
    buf_text(&buf, "something");
    const char *data = buf.data;
    buf_clear(&buf);
    assert_string_equal(buf.data, "");
    buf_text(&buf, "else");
    assert_ptr_equal(buf.data, data);
    assert_string_equal(buf.data, "else");
    buf_reset(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_added_stands_in_order_and_ends_in_nul),
        cmocka_unit_test(the_maximum_holds_to_the_byte),
        cmocka_unit_test(a_failure_stays_until_it_is_cleared),
        cmocka_unit_test(a_zeroed_one_is_empty_and_takes_nothing),
        cmocka_unit_test(reserved_bytes_can_be_taken_in_part),
        cmocka_unit_test(clearing_keeps_the_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
