/* fuzz_number.c: any bytes as a number: accepted ones come back the same. */
#include <stdbool.h>
#include <string.h>

#include "engine/number.h"
#include "fuzz.h"

static bool same(const struct vn_number *a, const struct vn_number *b)
{
    return strcmp(a->e164, b->e164) == 0 && a->suffix == b->suffix &&
           a->dialable == b->dialable;
}

static void check_e164(const struct vn_number *number)
{
    const size_t length = strlen(number->e164);
    uint32_t suffix = 0;

    FUZZ_CHECK(number->suffix < VN_SUFFIXES);
    if (length == 0) {
        FUZZ_CHECK(number->dialable == VN_DIALABLE_UNKNOWN);
        return;
    }
    FUZZ_CHECK(number->e164[0] == '+' && number->e164[1] != '0');
    FUZZ_CHECK(length >= 1 + 8 && length <= 1 + VN_E164_DIGITS);
    FUZZ_CHECK(strspn(number->e164 + 1, "0123456789") == length - 1);
    for (size_t i = length - VN_SUFFIX_DIGITS; i < length; i++) {
        suffix = suffix * 10 + (uint32_t)(number->e164[i] - '0');
    }
    FUZZ_CHECK(suffix == number->suffix);
    const bool nanp = number->e164[1] == '1';
    FUZZ_CHECK(!nanp || length == 12);
    FUZZ_CHECK(nanp == (number->dialable != VN_DIALABLE_UNKNOWN));
}

static void check_reads_back(const struct vn_number *number, const char *text)
{
    struct vn_number again;

    FUZZ_CHECK(vn_number_parse(text, strlen(text), &again, NULL) == VN_OK);
    FUZZ_CHECK(same(number, &again));
}

static void check_accepted(const struct vn_number *number)
{
    char display[VN_DISPLAY_SIZE];

    check_e164(number);
    if (number->e164[0] != '\0') {
        check_reads_back(number, number->e164);
    }
    vn_number_display(number, NULL, display);
    check_reads_back(number, display);
    vn_number_display(number, "A-B-C-D-E-F-GHIJ", display);
    FUZZ_CHECK(strlen(display) < VN_DISPLAY_SIZE);
    FUZZ_CHECK(strstr(display, "A-B-C-D-E-F-GHIJ") != NULL);
}

static void check_refused(const struct vn_error *error,
                          const struct vn_number *number,
                          const struct vn_number *before)
{
    FUZZ_CHECK(error->status == VN_INVALID);
    FUZZ_CHECK(error->message[0] != '\0');
    FUZZ_CHECK(strchr(error->message, '\n') == NULL);
    FUZZ_CHECK(same(number, before));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct vn_number before = {"+untouched", 4711, VN_DIALABLE_NO};
    struct vn_number number = before;
    struct vn_error error;

    const enum vn_status status =
        vn_number_parse((const char *)data, size, &number, &error);
    FUZZ_CHECK(status == VN_OK || status == VN_INVALID);
    if (status == VN_OK) {
        check_accepted(&number);
    } else {
        check_refused(&error, &number, &before);
    }
    return 0;
}
