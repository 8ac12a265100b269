/* fuzz.h: what every fuzz program defines, and how it says "wrong". */
#ifndef VN_FUZZ_H
#define VN_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* The entrance that libFuzzer calls; returns 0. */
// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program if 'condition' is false, in release builds too. */
#define FUZZ_CHECK(condition)                                                  \
    fuzz_check((condition), #condition, __FILE__, __LINE__)

static inline void fuzz_check(int condition, const char *text, const char *file,
                              int line)
{
    if (!condition) {
        (void)fprintf(stderr, "%s:%d: not so: %s\n", file, line, text);
        abort();
    }
}

#endif
