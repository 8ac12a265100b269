/* number_country.h: where the country code of an E.164 number ends. */
#ifndef VN_NUMBER_COUNTRY_H
#define VN_NUMBER_COUNTRY_H

#include <stddef.h>

/*
 * number_country_length() returns how many of the 'count' digits at 'digits'
 * (ASCII, no '+', the country code first) are the country code: 1 to 3; 0 if
 * no code that ITU has assigned fits into them.
 */
size_t number_country_length(const char *digits, size_t count);

#endif
