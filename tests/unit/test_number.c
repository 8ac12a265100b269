/* test_number.c: reading and display of telephone numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "engine/keypad.h"
#include "engine/number.h"
#include "engine/text.h"

/* ---- The table of written forms (its head describes it) ---------------- */

#define COLUMNS_MAX 6u

struct form {
    unsigned line;
    size_t columns;
    char text[COLUMNS_MAX][128];
    size_t input_size; /* of text[0], which may hold NUL bytes */
};

static unsigned hex_digit(char c)
{
    const char *const digits = "0123456789abcdef";
    const char *found = strchr(digits, c);

    assert_true(c != '\0' && found != NULL);
    return (unsigned)(found - digits);
}

/* Resolves the escapes of an input in place; returns its bytes. */
static size_t unescape(char *text)
{
    char *out = text;

    for (const char *in = text; *in != '\0'; in++) {
        if (*in != '\\') {
            *out++ = *in;
            continue;
        }
        in++;
        switch (*in) {
        case 's':
            *out++ = ' ';
            break;
        case 't':
            *out++ = '\t';
            break;
        case 'n':
            *out++ = '\n';
            break;
        case '0':
            *out++ = '\0';
            break;
        case 'x':
            *out++ = (char)(hex_digit(in[1]) * 16 + hex_digit(in[2]));
            in += 2;
            break;
        default:
            assert_int_equal(*in, '\\');
            *out++ = '\\';
        }
    }
    return (size_t)(out - text);
}

static void read_form(struct vn_bytes line, struct form *form)
{
    bool more = true;

    form->columns = 0;
    while (more) {
        struct vn_bytes column = line;
        more = vn_text_split(line, '\t', &column, &line);
        assert_true(form->columns < COLUMNS_MAX);
        char *out = form->text[form->columns];
        assert_true(column.size < sizeof form->text[0]);
        memcpy(out, column.data, column.size);
        out[column.size] = '\0';
        form->columns++;
    }
    form->input_size = unescape(form->text[0]);
}

static enum vn_dialable dialable_of(const char *text)
{
    return strcmp(text, "yes") == 0  ? VN_DIALABLE_YES
           : strcmp(text, "no") == 0 ? VN_DIALABLE_NO
                                     : VN_DIALABLE_UNKNOWN;
}

static const char *dash_to(const char *text, const char *meaning)
{
    return strcmp(text, "-") == 0 ? meaning : text;
}

static void check_accepted(const struct form *form)
{
    struct vn_number number;
    struct vn_error error = {.message = ""};
    char suffix[16];
    char display[VN_DISPLAY_SIZE];

    assert_true(form->columns == 4 || form->columns == 6);
    const enum vn_status status =
        vn_number_parse(form->text[0], form->input_size, &number, &error);
    assert_string_equal(error.message, "");
    assert_int_equal(status, VN_OK);
    assert_string_equal(number.e164, dash_to(form->text[1], ""));
    (void)snprintf(suffix, sizeof suffix, "%07u", number.suffix);
    assert_string_equal(suffix, form->text[2]);
    assert_int_equal(number.dialable, dialable_of(form->text[3]));
    if (form->columns == 6) {
        vn_number_display(&number, dash_to(form->text[4], NULL), display);
        assert_string_equal(display, form->text[5]);
    }
}

static void check_refused(const struct form *form)
{
    struct vn_number number;
    struct vn_error error = {.message = ""};

    assert_int_equal(form->columns, 3);
    assert_int_equal(
        vn_number_parse(form->text[0], form->input_size, &number, &error),
        VN_INVALID);
    assert_int_equal(error.status, VN_INVALID);
    if (strstr(error.message, form->text[2]) == NULL) {
        assert_string_equal(error.message, form->text[2]);
    }
}

static void every_form_of_the_table_is_read_as_stated(void **state)
{
    struct vn_bytes file;
    struct vn_bytes line;
    struct form form = {.line = 0};
    unsigned accepted = 0;
    unsigned refused = 0;
    unsigned displayed = 0;

    (void)state;
    assert_int_equal(vn_text_read(NUMBER_FORMS, &file, NULL), VN_OK);
    struct vn_bytes rest = file;
    while (vn_text_split(rest, '\n', &line, &rest)) {
        form.line++;
        if (line.size > 0 && line.data[0] == '#') {
            continue;
        }
        read_form(line, &form);
        print_message("number_forms.tsv:%u\n", form.line);
        if (strcmp(form.text[1], "!") == 0) {
            check_refused(&form);
            refused++;
        } else {
            check_accepted(&form);
            accepted++;
            displayed += form.columns == 6;
        }
    }
    vn_text_free(&file);
    assert_true(accepted >= 200);
    assert_true(refused >= 100);
    assert_true(displayed >= 100);
}

/* ---- What holds for all forms ------------------------------------------ */

static enum vn_status parse(const char *text, struct vn_number *number,
                            struct vn_error *error)
{
    return vn_number_parse(text, strlen(text), number, error);
}

static void every_byte_is_a_key_or_dropped_or_refused(void **state)
{
    (void)state;
    for (int byte = 1; byte < 256; byte++) {
        char text[] = "000000x";
        struct vn_number number = {.suffix = 0};
        struct vn_error error = {.message = ""};
        text[6] = (char)byte;
        const int key = vn_keypad_key((char)byte);
        const enum vn_status status = parse(text, &number, &error);
        if (key >= 0) {
            assert_int_equal(status, VN_OK);
            assert_int_equal(number.suffix, key);
            continue;
        }
        const bool dropped = strchr(" -.()/", byte) != NULL;
        assert_int_equal(status, VN_INVALID);
        assert_int_equal(error.byte, dropped ? 0 : 7);
        assert_memory_equal(error.message,
                            dropped ? "too few keys: 6" : "byte ",
                            dropped ? 15 : 5);
    }
}

static void a_refusal_leaves_the_number_as_it_was(void **state)
{
    static const char *const refused[] = {
        "", "12", "+1 800", "800-3569377 12", "#", "35693771"};
    struct vn_number before;

    (void)state;
    memset(&before, 0x5a, sizeof before);
    struct vn_number number = before;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_int_equal(parse(refused[i], &number, NULL), VN_INVALID);
        assert_memory_equal(&number, &before, sizeof before);
    }
}

static void an_accepted_number_leaves_the_error_as_it_was(void **state)
{
    struct vn_number number;
    struct vn_error before;

    (void)state;
    memset(&before, 0x5a, sizeof before);
    struct vn_error error = before;
    assert_int_equal(parse("1-800-FLOWERS", &number, &error), VN_OK);
    assert_memory_equal(&error, &before, sizeof before);
}

static void a_refusal_is_one_line_without_the_input(void **state)
{
    static const char *const refused[] = {"QZX\n\x1b[31m", "QZX",
                                          "+1QZX",         "QZXQZXQZXQZXQZXQZX",
                                          "QZX+",          "800-356-9377 QZX5"};

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct vn_number number;
        struct vn_error error;
        assert_int_equal(parse(refused[i], &number, &error), VN_INVALID);
        assert_null(strstr(error.message, "QZX"));
        assert_null(strpbrk(error.message, "\n\r\x1b?"));
    }
}

static void only_the_given_bytes_are_read(void **state)
{
    struct vn_number number;

    (void)state;
    assert_int_equal(vn_number_parse("3569377#garbage", 7, &number, NULL),
                     VN_OK);
    assert_int_equal(number.suffix, 3569377);
    assert_int_equal(vn_number_parse(NULL, 0, &number, NULL), VN_INVALID);
}

static void the_longest_input_is_read_and_a_longer_one_is_not(void **state)
{
    char text[VN_NUMBER_INPUT_MAX + 1];
    struct vn_number number;
    struct vn_error error;

    (void)state;
    memset(text, '.', sizeof text);
    memset(text + VN_NUMBER_INPUT_MAX - 7, 'f', 7);
    assert_int_equal(vn_number_parse(text, VN_NUMBER_INPUT_MAX, &number, NULL),
                     VN_OK);
    assert_int_equal(number.suffix, 3333333);
    assert_int_equal(vn_number_parse(text, sizeof text, &number, &error),
                     VN_INVALID);
    assert_non_null(strstr(error.message, "at most 255 bytes"));
    memset(text, '7', sizeof text);
    assert_int_equal(
        vn_number_parse(text, VN_NUMBER_INPUT_MAX, &number, &error),
        VN_INVALID);
    assert_non_null(strstr(error.message, "too many keys: 255"));
}

/* ---- Display ----------------------------------------------------------- */

static void the_widest_display_fits(void **state)
{
    struct vn_number number;
    char display[VN_DISPLAY_SIZE];

    (void)state;
    assert_int_equal(parse("+353123451234567", &number, NULL), VN_OK);
    vn_number_display(&number, "A-B-C-D-E-F-GHIJ", display);
    assert_string_equal(display, "+353 12345 A-B-C-D-E-F-GHIJ");
}

static void a_spelling_that_is_too_long_is_cut(void **state)
{
    struct vn_number number;
    char display[VN_DISPLAY_SIZE];

    (void)state;
    assert_int_equal(parse("3569377", &number, NULL), VN_OK);
    vn_number_display(&number, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", display);
    assert_string_equal(display, "ABCDEFGHIJKLMNOP");
}

/* ---- Prefixes ---------------------------------------------------------- */

static void a_prefix_is_its_digits(void **state)
{
    struct vn_prefix prefix;

    (void)state;
    assert_int_equal(vn_prefix_parse("", &prefix, NULL), VN_OK);
    assert_int_equal(prefix.digits, 0);
    assert_int_equal(prefix.length, 0);
    assert_int_equal(vn_prefix_parse("007", &prefix, NULL), VN_OK);
    assert_int_equal(prefix.digits, 7);
    assert_int_equal(prefix.length, 3);
    assert_int_equal(vn_prefix_parse("9999999", &prefix, NULL), VN_OK);
    assert_int_equal(prefix.digits, 9999999);
    assert_int_equal(prefix.length, 7);
}

static void anything_but_up_to_seven_digits_is_no_prefix(void **state)
{
    static const char *const refused[] = {"12345678", "35a",  "-1", "+1", " 1",
                                          "1 ",       "FLOW", "3.", "\n"};
    const struct vn_prefix before = {47, 11};
    struct vn_prefix prefix = before;
    struct vn_error error;

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_int_equal(vn_prefix_parse(refused[i], &prefix, &error),
                         VN_INVALID);
        assert_non_null(strstr(error.message, "prefix"));
        assert_int_equal(prefix.digits, before.digits);
        assert_int_equal(prefix.length, before.length);
    }
}

static void a_prefix_holds_the_suffixes_that_begin_with_it(void **state)
{
    const struct vn_prefix all = {0, 0};
    const struct vn_prefix zero = {0, 1};
    const struct vn_prefix middle = {356, 3};
    const struct vn_prefix one = {3569377, 7};

    (void)state;
    assert_int_equal(vn_prefix_first(all), 0);
    assert_int_equal(vn_prefix_count(all), VN_SUFFIXES);
    assert_true(vn_prefix_holds(all, 0));
    assert_true(vn_prefix_holds(all, VN_SUFFIXES - 1));
    assert_false(vn_prefix_holds(all, VN_SUFFIXES));
    assert_int_equal(vn_prefix_count(zero), 1000000);
    assert_true(vn_prefix_holds(zero, 999999));
    assert_false(vn_prefix_holds(zero, 1000000));
    assert_int_equal(vn_prefix_first(middle), 3560000);
    assert_int_equal(vn_prefix_count(middle), 10000);
    assert_false(vn_prefix_holds(middle, 3559999));
    assert_true(vn_prefix_holds(middle, 3560000));
    assert_true(vn_prefix_holds(middle, 3569999));
    assert_false(vn_prefix_holds(middle, 3570000));
    assert_int_equal(vn_prefix_first(one), 3569377);
    assert_int_equal(vn_prefix_count(one), 1);
    assert_true(vn_prefix_holds(one, 3569377));
    assert_false(vn_prefix_holds(one, 3569378));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_the_table_is_read_as_stated),
        cmocka_unit_test(every_byte_is_a_key_or_dropped_or_refused),
        cmocka_unit_test(a_refusal_leaves_the_number_as_it_was),
        cmocka_unit_test(an_accepted_number_leaves_the_error_as_it_was),
        cmocka_unit_test(a_refusal_is_one_line_without_the_input),
        cmocka_unit_test(only_the_given_bytes_are_read),
        cmocka_unit_test(the_longest_input_is_read_and_a_longer_one_is_not),
        cmocka_unit_test(the_widest_display_fits),
        cmocka_unit_test(a_spelling_that_is_too_long_is_cut),
        cmocka_unit_test(a_prefix_is_its_digits),
        cmocka_unit_test(anything_but_up_to_seven_digits_is_no_prefix),
        cmocka_unit_test(a_prefix_holds_the_suffixes_that_begin_with_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
