/* test_error.c: filling of struct vn_error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/error.h"

/* All bytes set, so that a field left unfilled shows. */
static struct vn_error dirty_error(void)
{
    struct vn_error error;

    memset(&error, 0x7e, sizeof error);
    return error;
}

static void set_fills_every_field_and_returns_the_status(void **state)
{
    struct vn_error error = dirty_error();

    (void)state;
    assert_int_equal(vn_error_set(&error, VN_CORRUPT, "block %d of %s", 7, "x"),
                     VN_CORRUPT);
    assert_int_equal(error.status, VN_CORRUPT);
    assert_int_equal(error.sys_errno, 0);
    assert_int_equal(error.line, 0);
    assert_int_equal(error.byte, 0);
    assert_string_equal(error.message, "block 7 of x");
}

static void no_place_for_the_error_is_no_error(void **state)
{
    (void)state;
    assert_int_equal(vn_error_set(NULL, VN_VERSION, "%d", 1), VN_VERSION);
    assert_int_equal(vn_error_system(NULL, EIO, "%d", 1), VN_IO);
    assert_int_equal(vn_error_system(NULL, ENOMEM, "%d", 1), VN_NOMEM);
    assert_int_equal(vn_error_line(NULL, "f", 1, "%d", 1), VN_INVALID);
}

static void control_characters_of_arguments_become_question_marks(void **state)
{
    struct vn_error error = dirty_error();

    (void)state;
    (void)vn_error_set(&error, VN_INVALID, "no file %s", "a\nb\x1b[1m\x7f\t");
    assert_string_equal(error.message, "no file a?b?[1m??");
    (void)vn_error_line(&error, "a\rb", 2, "bad %s", "\a");
    assert_string_equal(error.message, "a?b:2: bad ?");
    (void)vn_error_system(&error, EIO, "%s", "c\nd");
    assert_memory_equal(error.message, "c?d: ", 5);
}

static void utf8_of_arguments_is_kept(void **state)
{
    struct vn_error error = dirty_error();

    (void)state;
    (void)vn_error_set(&error, VN_INVALID, "%s", "caf\xc3\xa9");
    assert_string_equal(error.message, "caf\xc3\xa9");
}

static void a_long_message_is_cut(void **state)
{
    struct vn_error error = dirty_error();
    char long_text[2 * VN_ERROR_MESSAGE_SIZE];

    (void)state;
    memset(long_text, 'x', sizeof long_text);
    long_text[sizeof long_text - 1] = '\0';
    (void)vn_error_set(&error, VN_INVALID, "%s", long_text);
    assert_int_equal(strlen(error.message), VN_ERROR_MESSAGE_SIZE - 1);
    (void)vn_error_system(&error, EIO, "%s", long_text);
    assert_int_equal(strlen(error.message), VN_ERROR_MESSAGE_SIZE - 1);
    (void)vn_error_line(&error, long_text, 1, "%s", long_text);
    assert_int_equal(strlen(error.message), VN_ERROR_MESSAGE_SIZE - 1);
}

static void system_adds_the_text_of_errno(void **state)
{
    static const int numbers[] = {EACCES, ENOSPC, EIO, ENOENT, ENOMEM};

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct vn_error error = dirty_error();
        char expected[256];
        (void)snprintf(expected, sizeof expected, "cannot write x.mdb: %s",
                       strerror(numbers[i]));
        const enum vn_status status = numbers[i] == ENOMEM ? VN_NOMEM : VN_IO;
        assert_int_equal(
            vn_error_system(&error, numbers[i], "cannot write %s", "x.mdb"),
            status);
        assert_int_equal(error.status, status);
        assert_int_equal(error.sys_errno, numbers[i]);
        assert_int_equal(error.line, 0);
        assert_string_equal(error.message, expected);
    }
}

static void line_names_the_file_and_the_line(void **state)
{
    struct vn_error error = dirty_error();

    (void)state;
    assert_int_equal(
        vn_error_line(&error, "words.tsv", 17, "no letter in %s", "it"),
        VN_INVALID);
    assert_int_equal(error.status, VN_INVALID);
    assert_int_equal(error.line, 17);
    assert_int_equal(error.byte, 0);
    assert_int_equal(error.sys_errno, 0);
    assert_string_equal(error.message, "words.tsv:17: no letter in it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_fills_every_field_and_returns_the_status),
        cmocka_unit_test(no_place_for_the_error_is_no_error),
        cmocka_unit_test(control_characters_of_arguments_become_question_marks),
        cmocka_unit_test(utf8_of_arguments_is_kept),
        cmocka_unit_test(a_long_message_is_cut),
        cmocka_unit_test(system_adds_the_text_of_errno),
        cmocka_unit_test(line_names_the_file_and_the_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
