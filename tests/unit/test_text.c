/* test_text.c: text files, lines, pieces, integers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/text.h"

/* A text with NUL bytes inside, without the one at its end. */
#define BYTES(literal) ((struct vn_bytes){(literal), sizeof(literal) - 1})

static char folder[] = "/tmp/test_text_XXXXXX";
static char path[sizeof folder + 16];

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    (void)snprintf(path, sizeof path, "%s/file", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

static void write_file(const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void assert_bytes(struct vn_bytes actual, const char *expected)
{
    assert_int_equal(actual.size, strlen(expected));
    assert_memory_equal(actual.data, expected, actual.size);
}

/* ---- Files ------------------------------------------------------------ */

static void a_file_is_read_whole_and_unchanged(void **state)
{
    static char data[300000];
    struct vn_bytes text;

    (void)state;
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (char)(i * 7 + i / 251);
    }
    write_file(data, sizeof data);
    assert_int_equal(vn_text_read(path, &text, NULL), VN_OK);
    assert_int_equal(text.size, sizeof data);
    assert_memory_equal(text.data, data, sizeof data);
    vn_text_free(&text);
    assert_null(text.data);
    assert_int_equal(text.size, 0);
}

static void an_empty_file_is_an_empty_text(void **state)
{
    struct vn_bytes text = BYTES("before");

    (void)state;
    write_file("", 0);
    assert_int_equal(vn_text_read(path, &text, NULL), VN_OK);
    assert_int_equal(text.size, 0);
    vn_text_free(&text);
    vn_text_free(&text);
}

static void what_does_not_tell_its_size_is_read_to_its_end(void **state)
{
    static char data[200000];
    struct vn_bytes text;
    int ends[2];
    char name[32];

    (void)state;
    memset(data, 'x', sizeof data);
    assert_int_equal(pipe(ends), 0);
    const int capacity = fcntl(ends[1], F_SETPIPE_SZ, 1 << 18);
    assert_true(capacity >= (int)sizeof data);
    assert_int_equal(write(ends[1], data, sizeof data), sizeof data);
    assert_int_equal(close(ends[1]), 0);
    (void)snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
    assert_int_equal(vn_text_read(name, &text, NULL), VN_OK);
    assert_int_equal(text.size, sizeof data);
    assert_memory_equal(text.data, data, sizeof data);
    vn_text_free(&text);
    assert_int_equal(close(ends[0]), 0);
}

static void assert_refused(const char *name, enum vn_status status,
                           const char *reason)
{
    struct vn_bytes text = BYTES("before");
    struct vn_error error;

    assert_int_equal(vn_text_read(name, &text, &error), status);
    assert_int_equal(error.status, status);
    assert_non_null(strstr(error.message, reason));
    assert_bytes(text, "before");
}

static void a_missing_file_is_named(void **state)
{
    char below[sizeof path + 8];

    (void)state;
    (void)unlink(path);
    assert_refused(path, VN_INVALID, "there is no file");
    assert_refused(path, VN_INVALID, path);
    assert_refused("", VN_INVALID, "there is no file");
    write_file("x", 1);
    (void)snprintf(below, sizeof below, "%s/below", path);
    assert_refused(below, VN_INVALID, "there is no file");
}

static void a_directory_is_refused(void **state)
{
    (void)state;
    assert_refused(folder, VN_INVALID, "is a directory");
}

static void a_file_past_the_limit_is_refused_before_it_is_read(void **state)
{
    (void)state;
    write_file("", 0);
    assert_int_equal(truncate(path, (off_t)VN_TEXT_FILE_MAX + 1), 0);
    assert_refused(path, VN_INVALID, "larger than 256 MiB");
    assert_int_equal(truncate(path, 0), 0);
}

static void a_failed_call_keeps_errno(void **state)
{
    char name[NAME_MAX + 2];
    struct vn_bytes text;
    struct vn_error error;

    (void)state;
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_int_equal(vn_text_read(name, &text, &error), VN_IO);
    assert_int_equal(error.sys_errno, ENAMETOOLONG);
}

/* ---- Lines ------------------------------------------------------------ */

struct expected_line {
    uint64_t number;
    const char *text;
};

static void assert_lines(struct vn_bytes text,
                         const struct expected_line *expected, size_t count)
{
    struct vn_lines lines;
    struct vn_bytes line;

    vn_lines_start(&lines, text);
    for (size_t i = 0; i < count; i++) {
        assert_true(vn_lines_next(&lines, &line));
        assert_int_equal(lines.line, expected[i].number);
        assert_bytes(line, expected[i].text);
    }
    assert_false(vn_lines_next(&lines, &line));
    assert_false(vn_lines_next(&lines, &line));
}

static void empty_lines_and_comments_are_passed_over_and_counted(void **state)
{
    static const struct expected_line expected[] = {
        {2, "one"}, {5, "two # three"}, {8, "four"}};

    (void)state;
    assert_lines(BYTES("# head\none\n\n \t \ntwo # three\n#\n  # x\nfour"),
                 expected, 3);
    assert_lines(BYTES("# head\none\n\n \t \ntwo # three\n#\n  # x\nfour\n\n"),
                 expected, 3);
}

static void carriage_returns_before_line_feeds_are_dropped(void **state)
{
    static const struct expected_line expected[] = {
        {1, "one"}, {3, "two"}, {4, "a\rb"}, {5, "three\r"}, {6, "last"}};

    (void)state;
    assert_lines(BYTES("one\r\n\r\ntwo \r\na\rb\nthree\r\r\nlast\r\n"),
                 expected, 5);
}

static void blanks_at_both_ends_are_cut_off(void **state)
{
    static const struct expected_line expected[] = {{1, "a b\tc"}, {2, "d"}};

    (void)state;
    assert_lines(BYTES(" \ta b\tc\t \n\td"), expected, 2);
}

static void a_byte_order_mark_is_skipped_at_the_start_only(void **state)
{
    static const struct expected_line expected[] = {{1, "one"},
                                                    {2, "\xef\xbb\xbftwo"}};

    (void)state;
    assert_lines(BYTES("\xef\xbb\xbfone\n\xef\xbb\xbftwo"), expected, 2);
    assert_lines(BYTES("\xef\xbb\xbf#\n"), NULL, 0);
    assert_lines(BYTES("\xef\xbb\xbf"), NULL, 0);
}

static void a_text_that_says_nothing_has_no_lines(void **state)
{
    (void)state;
    assert_lines((struct vn_bytes){NULL, 0}, NULL, 0);
    assert_lines(BYTES("\n\r\n  \n# x"), NULL, 0);
}

static void a_nul_byte_does_not_end_a_line(void **state)
{
    struct vn_lines lines;
    struct vn_bytes line;

    (void)state;
    vn_lines_start(&lines, BYTES("a\0b\nc"));
    assert_true(vn_lines_next(&lines, &line));
    assert_int_equal(line.size, 3);
    assert_memory_equal(line.data, "a\0b", 3);
    assert_true(vn_lines_next(&lines, &line));
    assert_bytes(line, "c");
}

static void any_line_keeps_its_blanks(void **state)
{
    static const char *const expected[] = {"a\t", "", " # x", "b\t\t"};
    struct vn_lines lines;
    struct vn_bytes line;

    (void)state;
    vn_lines_start(&lines, BYTES("\xef\xbb\xbf"
                                 "a\t\r\n\n # x\nb\t\t"));
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        assert_true(vn_lines_next_any(&lines, &line));
        assert_int_equal(lines.line, i + 1);
        assert_bytes(line, expected[i]);
    }
    assert_false(vn_lines_next_any(&lines, &line));
}

/* ---- Checks ----------------------------------------------------------- */

static void assert_not_text(struct vn_bytes line, uint64_t byte,
                            const char *reason)
{
    uint64_t at = 0;
    const char *found = vn_text_check(line, &at);

    assert_non_null(found);
    assert_non_null(strstr(found, reason));
    assert_int_equal(at, byte);
}

static void assert_text(struct vn_bytes line)
{
    uint64_t at = 4711;

    assert_null(vn_text_check(line, &at));
    assert_int_equal(at, 4711);
}

static void well_formed_utf8_is_text(void **state)
{
    (void)state;
    assert_text(BYTES(""));
    assert_text(BYTES("plain \t\x01\x7f"));
    assert_text(BYTES("\xc2\x80\xdf\xbf"));
    assert_text(BYTES("\xe0\xa0\x80\xec\xbf\xbf\xed\x80\x80\xed\x9f\xbf"));
    assert_text(BYTES("\xee\x80\x80\xef\xbf\xbf"));
    assert_text(BYTES("\xf0\x90\x80\x80\xf1\x80\x80\x80\xf4\x8f\xbf\xbf"));
}

static void malformed_utf8_is_found_with_its_byte(void **state)
{
    (void)state;
    assert_not_text(BYTES("\x80"), 1, "UTF-8");
    assert_not_text(BYTES("a\xbf"), 2, "UTF-8");
    assert_not_text(BYTES("ab\xc0\xaf"), 3, "UTF-8");       // overlong
    assert_not_text(BYTES("\xc1\xbf"), 1, "UTF-8");         // overlong
    assert_not_text(BYTES("\xe0\x9f\xbf"), 1, "UTF-8");     // overlong
    assert_not_text(BYTES("\xf0\x8f\xbf\xbf"), 1, "UTF-8"); // overlong
    assert_not_text(BYTES("\xed\xa0\x80"), 1, "UTF-8");     // surrogate
    assert_not_text(BYTES("\xed\xbf\xbf"), 1, "UTF-8");     // surrogate
    assert_not_text(BYTES("\xf4\x90\x80\x80"), 1, "UTF-8"); // too high
    assert_not_text(BYTES("\xf5\x80\x80\x80"), 1, "UTF-8"); // too high
    assert_not_text(BYTES("\xff"), 1, "UTF-8");
    assert_not_text(BYTES("x\xc3"), 2, "UTF-8");         // cut off
    assert_not_text(BYTES("x\xe2\x82"), 2, "UTF-8");     // cut off
    assert_not_text(BYTES("x\xf0\x9f\x98"), 2, "UTF-8"); // cut off
    assert_not_text(BYTES("\xc3\xa9\xc3("), 3, "UTF-8");
    assert_not_text(BYTES("\xe2\x82("), 1, "UTF-8");
    assert_not_text(BYTES("\xf0\x9f\x98("), 1, "UTF-8");
    assert_not_text(BYTES("caf\xe9"), 4, "UTF-8"); // Latin-1
}

static void a_nul_byte_is_no_text(void **state)
{
    (void)state;
    assert_not_text(BYTES("\0"), 1, "NUL");
    assert_not_text(BYTES("ab\0c"), 3, "NUL");
}

static void a_line_past_the_limit_is_no_text(void **state)
{
    static char line[VN_TEXT_LINE_MAX + 1];

    (void)state;
    memset(line, 'x', sizeof line);
    assert_text((struct vn_bytes){line, VN_TEXT_LINE_MAX});
    assert_not_text((struct vn_bytes){line, sizeof line}, VN_TEXT_LINE_MAX + 1,
                    "too long (at most 4096 bytes)");
}

/* ---- Pieces ----------------------------------------------------------- */

static void split_cuts_at_the_first_separator(void **state)
{
    struct vn_bytes head;
    struct vn_bytes tail;

    (void)state;
    assert_true(vn_text_split(BYTES("a\tb\tc"), '\t', &head, &tail));
    assert_bytes(head, "a");
    assert_bytes(tail, "b\tc");
    assert_true(vn_text_split(BYTES("=x"), '=', &head, &tail));
    assert_bytes(head, "");
    assert_bytes(tail, "x");
    assert_true(vn_text_split(BYTES("x="), '=', &head, &tail));
    assert_bytes(head, "x");
    assert_bytes(tail, "");
}

static void split_without_separator_changes_nothing(void **state)
{
    struct vn_bytes head = BYTES("head");
    struct vn_bytes tail = BYTES("tail");

    (void)state;
    assert_false(vn_text_split(BYTES("abc"), '\t', &head, &tail));
    assert_false(vn_text_split((struct vn_bytes){NULL, 0}, 'x', &head, &tail));
    assert_bytes(head, "head");
    assert_bytes(tail, "tail");
}

static void split_may_write_over_its_line(void **state)
{
    struct vn_bytes line = BYTES("a=b=c");
    struct vn_bytes head;

    (void)state;
    assert_true(vn_text_split(line, '=', &head, &line));
    assert_bytes(head, "a");
    assert_bytes(line, "b=c");
}

static void trim_takes_blanks_and_tabs_only(void **state)
{
    (void)state;
    assert_bytes(vn_text_trim(BYTES(" \t a b \t ")), "a b");
    assert_bytes(vn_text_trim(BYTES("\r\n")), "\r\n");
    assert_bytes(vn_text_trim(BYTES("x")), "x");
    assert_int_equal(vn_text_trim(BYTES(" \t ")).size, 0);
    assert_int_equal(vn_text_trim((struct vn_bytes){NULL, 0}).size, 0);
}

/* ---- Integers --------------------------------------------------------- */

static void assert_int(struct vn_bytes text, long expected)
{
    long value = 0;

    assert_true(vn_text_int(text, LONG_MIN, LONG_MAX, &value));
    assert_true(value == expected);
}

static void assert_no_int(struct vn_bytes text)
{
    long value = 4711;

    assert_false(vn_text_int(text, LONG_MIN, LONG_MAX, &value));
    assert_int_equal(value, 4711);
}

static void decimal_integers_are_read(void **state)
{
    char text[32];

    (void)state;
    assert_int(BYTES("0"), 0);
    assert_int(BYTES("-0"), 0);
    assert_int(BYTES("+7"), 7);
    assert_int(BYTES("-100"), -100);
    assert_int(BYTES("00000000000000000000000000012"), 12);
    (void)snprintf(text, sizeof text, "%ld", LONG_MAX);
    assert_int((struct vn_bytes){text, strlen(text)}, LONG_MAX);
    (void)snprintf(text, sizeof text, "%ld", LONG_MIN);
    assert_int((struct vn_bytes){text, strlen(text)}, LONG_MIN);
}

static void anything_else_is_no_integer(void **state)
{
    char text[32];

    (void)state;
    assert_no_int((struct vn_bytes){NULL, 0});
    assert_no_int(BYTES("-"));
    assert_no_int(BYTES("+"));
    assert_no_int(BYTES("--1"));
    assert_no_int(BYTES("+-1"));
    assert_no_int(BYTES(" 1"));
    assert_no_int(BYTES("1 "));
    assert_no_int(BYTES("1.0"));
    assert_no_int(BYTES("1e3"));
    assert_no_int(BYTES("0x10"));
    assert_no_int(BYTES("1\0"));
    assert_no_int(BYTES("99999999999999999999"));
    assert_no_int(BYTES("-99999999999999999999"));
    (void)snprintf(text, sizeof text, "%lu", (unsigned long)LONG_MAX + 1);
    assert_no_int((struct vn_bytes){text, strlen(text)});
    (void)snprintf(text, sizeof text, "-%lu", (unsigned long)LONG_MAX + 2);
    assert_no_int((struct vn_bytes){text, strlen(text)});
}

static void an_integer_outside_the_range_is_refused(void **state)
{
    long value = 4711;

    (void)state;
    assert_false(vn_text_int(BYTES("6"), -5, 5, &value));
    assert_false(vn_text_int(BYTES("-6"), -5, 5, &value));
    assert_int_equal(value, 4711);
    assert_true(vn_text_int(BYTES("5"), -5, 5, &value));
    assert_int_equal(value, 5);
    assert_true(vn_text_int(BYTES("-5"), -5, 5, &value));
    assert_int_equal(value, -5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read_whole_and_unchanged),
        cmocka_unit_test(an_empty_file_is_an_empty_text),
        cmocka_unit_test(what_does_not_tell_its_size_is_read_to_its_end),
        cmocka_unit_test(a_missing_file_is_named),
        cmocka_unit_test(a_directory_is_refused),
        cmocka_unit_test(a_file_past_the_limit_is_refused_before_it_is_read),
        cmocka_unit_test(a_failed_call_keeps_errno),
        cmocka_unit_test(empty_lines_and_comments_are_passed_over_and_counted),
        cmocka_unit_test(carriage_returns_before_line_feeds_are_dropped),
        cmocka_unit_test(blanks_at_both_ends_are_cut_off),
        cmocka_unit_test(a_byte_order_mark_is_skipped_at_the_start_only),
        cmocka_unit_test(a_text_that_says_nothing_has_no_lines),
        cmocka_unit_test(any_line_keeps_its_blanks),
        cmocka_unit_test(a_nul_byte_does_not_end_a_line),
        cmocka_unit_test(well_formed_utf8_is_text),
        cmocka_unit_test(malformed_utf8_is_found_with_its_byte),
        cmocka_unit_test(a_nul_byte_is_no_text),
        cmocka_unit_test(a_line_past_the_limit_is_no_text),
        cmocka_unit_test(split_cuts_at_the_first_separator),
        cmocka_unit_test(split_without_separator_changes_nothing),
        cmocka_unit_test(split_may_write_over_its_line),
        cmocka_unit_test(trim_takes_blanks_and_tabs_only),
        cmocka_unit_test(decimal_integers_are_read),
        cmocka_unit_test(anything_else_is_no_integer),
        cmocka_unit_test(an_integer_outside_the_range_is_refused),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
