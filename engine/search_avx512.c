/* search_avx512.c: the search eight suffixes at a time, with AVX-512. */
#include "search.h"

#if defined(__x86_64__)

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq"))),      \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq")
#endif

#include <immintrin.h>

#define LANES 8
typedef __m512i lanes_t;

static inline lanes_t lanes_load(const int64_t *keys)
{
    return _mm512_loadu_si512(keys);
}

static inline lanes_t lanes_all(int64_t key)
{
    return _mm512_set1_epi64(key);
}

static inline lanes_t lanes_add(lanes_t a, lanes_t b)
{
    return _mm512_add_epi64(a, b);
}

static inline bool lanes_any_above(lanes_t a, lanes_t b)
{
    return _mm512_cmpgt_epi64_mask(a, b) != 0;
}

static inline void lanes_store(int64_t *keys, lanes_t a)
{
    _mm512_storeu_si512(keys, a);
}

/*
 * Where a lane holds the letters already, the better key takes that slot, else
 * the key takes the last slot if it is better; then one pass upward restores
 * the order in all lanes.
 */
static inline void lanes_insert(lanes_t list[SEARCH_KEEP], lanes_t key)
{
    const lanes_t letters = _mm512_set1_epi64(KEY_LETTERS_MASK);
    __mmask8 held = 0;

    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        const __mmask8 same = _mm512_testn_epi64_mask(
            _mm512_xor_si512(list[i], key), letters);
        list[i] = _mm512_mask_max_epi64(list[i], same, list[i], key);
        held |= same;
    }
    list[SEARCH_KEEP - 1] = _mm512_mask_max_epi64(
        list[SEARCH_KEEP - 1], (__mmask8)~held, list[SEARCH_KEEP - 1], key);
    for (unsigned i = SEARCH_KEEP - 1; i > 0; i--) {
        const lanes_t above = list[i - 1];
        list[i - 1] = _mm512_max_epi64(above, list[i]);
        list[i] = _mm512_min_epi64(above, list[i]);
    }
}

#include "search_kernel.h"

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

const struct search_ops search_avx512 = {
    .name = "avx512",
    .expand = expand,
    .leaves = leaves,
};

bool search_has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512dq");
}

#else

const struct search_ops search_avx512 = {.name = "avx512"};

bool search_has_avx512(void)
{
    return false;
}

#endif
