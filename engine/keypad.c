/* keypad.c: letters and keys of ITU-T E.161. */
#include "keypad.h"

static const char letters[10][5] = {"",    "",    "ABC",  "DEF", "GHI",
                                    "JKL", "MNO", "PQRS", "TUV", "WXYZ"};
/* Key and place of 'A' to 'Z'. */
static const char keys[] = "22233344455566677778889999";
static const char ranks[] = "12312312312312312341231234";

static int letter_index(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a';
    }
    return -1;
}

int vn_keypad_key(char c)
{
    const int index = letter_index(c);

    if (index >= 0) {
        return keys[index] - '0';
    }
    return c >= '0' && c <= '9' ? c - '0' : -1;
}

unsigned vn_keypad_rank(char c)
{
    const int index = letter_index(c);

    return index >= 0 ? (unsigned)(ranks[index] - '0') : 0;
}

char vn_keypad_char(unsigned key, unsigned rank)
{
    if (key > 9 || rank > 4) {
        return '\0';
    }
    return rank == 0 ? (char)('0' + key) : letters[key][rank - 1];
}
