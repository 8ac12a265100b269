/* test_status.c: the texts of the result codes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "engine/status.h"

static void every_code_has_a_text_of_its_own(void **state)
{
    static const enum vn_status codes[] = {
#define CODE(code, text) code,
        VN_STATUS_MAP(CODE)
#undef CODE
    };
    const size_t count = sizeof codes / sizeof codes[0];

    (void)state;
    for (size_t i = 0; i < count; i++) {
        assert_true(strlen(vn_status_text(codes[i])) > 0);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(vn_status_text(codes[i]),
                                    vn_status_text(codes[j]));
        }
    }
}

static void ok_is_zero_and_done(void **state)
{
    (void)state;
    assert_int_equal(VN_OK, 0);
    assert_string_equal(vn_status_text(VN_OK), "done");
    assert_string_equal(vn_status_text(VN_CORRUPT), "damaged file");
}

static void a_value_outside_the_codes_is_unknown(void **state)
{
    (void)state;
    assert_string_equal(vn_status_text((enum vn_status)99), "unknown status");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_a_text_of_its_own),
        cmocka_unit_test(ok_is_zero_and_done),
        cmocka_unit_test(a_value_outside_the_codes_is_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
