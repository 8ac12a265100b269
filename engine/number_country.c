/* number_country.c: country codes of ITU-T E.164, to split a number's front. */
#include "number_country.h"

#include <stdbool.h>
#include <stdint.h>

#define ONE(third) (1u << (third))
#define UPTO(last) (ONE((last) + 1) - 1u)
#define ALL UPTO(9)
/* The first two digits are the whole code. */
#define PAIR ONE(10)

/*
 * By the first two digits: PAIR, or which third digits make a code. Codes of
 * countries, areas and of the global services (800, 808, 870, 878, 881 to 883,
 * 888, 979, 991); a code that is spare or only reserved is unknown, except for
 * those in use (886, 970). 1 and 7 need no table. A code that is missing here
 * only loses the space behind it in the display.
 */
static const uint16_t third_digits[100] = {
    [20] = PAIR,
    [21] = ONE(1) | ONE(2) | ONE(3) | ONE(6) | ONE(8),
    [22] = ALL,
    [23] = ALL,
    [24] = ALL,
    [25] = UPTO(8),
    [26] = ALL,
    [27] = PAIR,
    [29] = ONE(0) | ONE(1) | ONE(7) | ONE(8) | ONE(9),
    [30] = PAIR,
    [31] = PAIR,
    [32] = PAIR,
    [33] = PAIR,
    [34] = PAIR,
    [35] = ALL,
    [36] = PAIR,
    [37] = ALL,
    [38] = ALL & ~ONE(4),
    [39] = PAIR,
    [40] = PAIR,
    [41] = PAIR,
    [42] = ONE(0) | ONE(1) | ONE(3),
    [43] = PAIR,
    [44] = PAIR,
    [45] = PAIR,
    [46] = PAIR,
    [47] = PAIR,
    [48] = PAIR,
    [49] = PAIR,
    [50] = ALL,
    [51] = PAIR,
    [52] = PAIR,
    [53] = PAIR,
    [54] = PAIR,
    [55] = PAIR,
    [56] = PAIR,
    [57] = PAIR,
    [58] = PAIR,
    [59] = ALL,
    [60] = PAIR,
    [61] = PAIR,
    [62] = PAIR,
    [63] = PAIR,
    [64] = PAIR,
    [65] = PAIR,
    [66] = PAIR,
    [67] = ALL & ~ONE(1),
    [68] = ALL & ~ONE(4),
    [69] = UPTO(2),
    [80] = ONE(0) | ONE(8),
    [81] = PAIR,
    [82] = PAIR,
    [84] = PAIR,
    [85] = ONE(0) | ONE(2) | ONE(3) | ONE(5) | ONE(6),
    [86] = PAIR,
    [87] = ONE(0) | ONE(8),
    [88] = UPTO(3) | ONE(6) | ONE(8),
    [90] = PAIR,
    [91] = PAIR,
    [92] = PAIR,
    [93] = PAIR,
    [94] = PAIR,
    [95] = PAIR,
    [96] = UPTO(8),
    [97] = ALL & ~ONE(8),
    [98] = PAIR,
    [99] = UPTO(8) & ~ONE(0) & ~ONE(7),
};

size_t number_country_length(const char *digits, size_t count)
{
    if (count >= 1 && (digits[0] == '1' || digits[0] == '7')) {
        return 1;
    }
    if (count < 2) {
        return 0;
    }
    const unsigned pair = (unsigned)((digits[0] - '0') * 10 + digits[1] - '0');
    const unsigned thirds = third_digits[pair];
    if (thirds == PAIR) {
        return 2;
    }
    const bool known = count >= 3 && (thirds & ONE(digits[2] - '0')) != 0;
    return known ? 3 : 0;
}
