/* test_keypad.c: the keypad of E.161. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <string.h>

#include "engine/keypad.h"

/* E.161, written out once more: letters of each key. */
static const char *const key_letters[10] = {
    "", "", "ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ"};

static void every_letter_has_its_key_and_place(void **state)
{
    unsigned count = 0;

    (void)state;
    for (unsigned key = 0; key < 10; key++) {
        const char *letters = key_letters[key];
        for (unsigned i = 0; letters[i] != '\0'; i++) {
            const char lower = (char)tolower(letters[i]);
            assert_int_equal(vn_keypad_key(letters[i]), key);
            assert_int_equal(vn_keypad_key(lower), key);
            assert_int_equal(vn_keypad_rank(letters[i]), i + 1);
            assert_int_equal(vn_keypad_rank(lower), i + 1);
            assert_int_equal(vn_keypad_char(key, i + 1), letters[i]);
            count++;
        }
    }
    assert_int_equal(count, 26);
}

static void a_digit_is_its_own_key_without_place(void **state)
{
    (void)state;
    for (unsigned key = 0; key < 10; key++) {
        const char digit = (char)('0' + key);
        assert_int_equal(vn_keypad_key(digit), key);
        assert_int_equal(vn_keypad_rank(digit), 0);
        assert_int_equal(vn_keypad_char(key, 0), digit);
    }
}

static void any_other_byte_is_on_no_key(void **state)
{
    unsigned count = 0;

    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        if (byte >= 128 || !isalnum(byte)) {
            assert_int_equal(vn_keypad_key((char)byte), -1);
            assert_int_equal(vn_keypad_rank((char)byte), 0);
            count++;
        }
    }
    assert_int_equal(count, 256 - 62);
}

static void a_place_that_the_key_has_not_is_no_letter(void **state)
{
    (void)state;
    for (unsigned key = 0; key < 10; key++) {
        const unsigned count = (unsigned)strlen(key_letters[key]);
        for (unsigned rank = count + 1; rank < 8; rank++) {
            assert_int_equal(vn_keypad_char(key, rank), '\0');
        }
    }
    assert_int_equal(vn_keypad_char(10, 0), '\0');
    assert_int_equal(vn_keypad_char(10, 1), '\0');
    assert_int_equal(vn_keypad_char(~0u, ~0u), '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_letter_has_its_key_and_place),
        cmocka_unit_test(a_digit_is_its_own_key_without_place),
        cmocka_unit_test(any_other_byte_is_on_no_key),
        cmocka_unit_test(a_place_that_the_key_has_not_is_no_letter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
