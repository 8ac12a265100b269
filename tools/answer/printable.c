/* printable.c: UTF-8, and what of it may go to a terminal. */
#include "printable.h"

#include <stdbool.h>
#include <string.h>

/* Bytes of a UTF-8 character by its first one, 0 if none begins so. */
static size_t announced_size(unsigned char first)
{
    if (first < 0x80) {
        return 1;
    }
    if (first < 0xc2 || first > 0xf4) {
        return 0;
    }
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* No overlong form, no surrogate, nothing past U+10FFFF (RFC 3629). */
static bool second_fits(unsigned char first, unsigned char second)
{
    switch (first) {
    case 0xe0:
        return second >= 0xa0;
    case 0xed:
        return second < 0xa0;
    case 0xf0:
        return second >= 0x90;
    case 0xf4:
        return second < 0x90;
    default:
        return true;
    }
}

size_t printable_utf8_size(const unsigned char *text, size_t left)
{
    const size_t size = announced_size(text[0]);

    if (size > left || (size > 1 && !second_fits(text[0], text[1]))) {
        return 0;
    }
    for (size_t i = 1; i < size; i++) {
        if ((text[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    return size;
}

/* Whether the character of 'size' bytes at 'text' is a control. */
static bool is_control(const unsigned char *text, size_t size)
{
    if (size == 1) {
        return text[0] < 0x20 || text[0] == 0x7f;
    }
    return size == 2 && text[0] == 0xc2 && text[1] < 0xa0;
}

size_t printable_mask(char *text, size_t size)
{
    size_t used = 0;

    for (size_t i = 0; i < size;) {
        const unsigned char *at = (const unsigned char *)text + i;
        const size_t length = printable_utf8_size(at, size - i);

        if (length == 0 || is_control(at, length)) {
            text[used++] = '?';
        } else {
            memmove(text + used, at, length);
            used += length;
        }
        i += length == 0 ? 1 : length;
    }
    return used;
}
