/* number.h: telephone numbers: reading, the seven-digit suffix, display. */
#ifndef VN_NUMBER_H
#define VN_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A suffix is the last seven digits of a number: 0 .. VN_SUFFIXES - 1. */
#define VN_SUFFIXES 10000000u
#define VN_SUFFIX_DIGITS 7u
/* Longest E.164 number in digits, without the '+' (ITU-T E.164, 6.1). */
#define VN_E164_DIGITS 15u
/* Longest text that is read as a number; longer input is refused. */
#define VN_NUMBER_INPUT_MAX 255u
/* A spelling in text form with its end: 7 + 6 hyphens + 3 overdial + NUL. */
#define VN_SPELLING_SIZE 17u
/* A number in display form with its end: "+" 15 digits, spaces, spelling. */
#define VN_DISPLAY_SIZE 40u

/* Whether a NANP number can be dialled: NPA and exchange both NXX, not N11. */
enum vn_dialable { VN_DIALABLE_UNKNOWN, VN_DIALABLE_NO, VN_DIALABLE_YES };

/* A number as read. Plain data. */
struct vn_number {
    char e164[VN_E164_DIGITS + 2]; /* "+18003569377"; "" for a bare suffix */
    uint32_t suffix;               /* the last seven digits as an integer */
    enum vn_dialable dialable;     /* UNKNOWN unless country code 1 */
};

/*
 * vn_number_parse() reads 'length' bytes at 'text' as a telephone number in
 * any usual written form. Letters are dialled (keypad.h); space - . ( ) / are
 * dropped; what is left are the keys. A '+' may stand before the first key.
 *  - With "+1", or with 11 keys or more of which the first is the digit or
 *    letter on key 1: a NANP number of 11 keys with that 1.
 *  - With another '+': 8 to 15 keys, of which the first is a digit from 2 to
 *    9, since a country code begins so.
 *  - Without '+': 10 keys or more are a NANP number of 10; else the first 7
 *    keys are a bare suffix.
 * NANP numbers and bare suffixes may run on by at most 3 letters (overdial:
 * 1-800-CONTACTS); these are dropped. Numbers that cannot be dialled are read
 * all the same: 'dialable' says so.
 *
 * '*number' is untouched on failure. Threads: any. Cost: no allocation.
 *
 * Returns VN_OK or VN_INVALID with the reason in '*error' (which may be NULL),
 * without the input text itself: empty, too few or too many keys, a character
 * that is on no key, NUL, a '+' inside or before no country code, longer than
 * VN_NUMBER_INPUT_MAX.
 */
VN_NODISCARD enum vn_status vn_number_parse(const char *text, size_t length,
                                            struct vn_number *number,
                                            struct vn_error *error);

/*
 * vn_number_display() writes the number with its suffix replaced by
 * 'spelling' (text form, as in record.h; NULL for the digits themselves) to
 * 'out': "1-800-GOT-JUNK" for country code 1, "+44 207 FLOWERS" for other
 * countries (the ITU country code split off where it is known and the number
 * is long enough), "GOT-JUNK" for a bare suffix.
 */
void vn_number_display(const struct vn_number *number, const char *spelling,
                       char out[VN_DISPLAY_SIZE]);

/* A prefix of suffixes: the 'length' (0..7) leading digits 'digits'. */
struct vn_prefix {
    uint32_t digits;
    unsigned length;
};

/*
 * vn_prefix_parse() reads up to seven decimal digits ("" is the prefix of all
 * suffixes). Returns VN_OK or VN_INVALID.
 */
VN_NODISCARD enum vn_status vn_prefix_parse(const char *text,
                                            struct vn_prefix *prefix,
                                            struct vn_error *error);

/* First suffix of the prefix, and how many there are (10^(7 - length)). */
uint32_t vn_prefix_first(struct vn_prefix prefix);
uint32_t vn_prefix_count(struct vn_prefix prefix);
bool vn_prefix_holds(struct vn_prefix prefix, uint32_t suffix);

#ifdef __cplusplus
}
#endif

#endif
