/* calls_value.h: a call as the bytes that are kept of it. */
#ifndef VN_CALLS_VALUE_H
#define VN_CALLS_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "calls_file.h"

/* Before the texts: version, count, time. */
#define CALLS_VALUE_HEAD 10u
#define CALLS_VALUE_MAX                                                        \
    (CALLS_VALUE_HEAD + 1 + VN_E164_DIGITS + 2 +                               \
     ANSWER_SPOKEN * (1 + VN_DISPLAY_SIZE))

/* Returns the bytes that it takes. */
size_t calls_value_encode(const struct call *call,
                          unsigned char out[CALLS_VALUE_MAX]);

/* False for bytes that calls_value_encode() does not make. */
bool calls_value_decode(const unsigned char *bytes, size_t size,
                        struct call *call);

#endif
