/* search_avx512.c: the search eight suffixes at a time, with AVX-512. */
#include "search.h"

#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__BMI2__)

#include <immintrin.h>

#define LANES 8
typedef int64_t lanes_t __attribute__((vector_size(64)));
typedef __mmask8 lanes_mask;

static inline lanes_mask lanes_above(lanes_t a, lanes_t b)
{
    return _mm512_cmpgt_epi64_mask((__m512i)a, (__m512i)b);
}

static inline lanes_mask lanes_equal(lanes_t a, lanes_t b)
{
    return _mm512_cmpeq_epi64_mask((__m512i)a, (__m512i)b);
}

static inline lanes_mask lanes_no_bits(lanes_t a, lanes_t bits)
{
    return _mm512_testn_epi64_mask((__m512i)a, (__m512i)bits);
}

static inline lanes_mask lanes_and_any_bits(lanes_mask mask, lanes_t a,
                                            lanes_t bits)
{
    return _mm512_mask_test_epi64_mask(mask, (__m512i)a, (__m512i)bits);
}

static inline unsigned lanes_bits(lanes_mask mask)
{
    return mask;
}

static inline lanes_mask lanes_mask_of(unsigned bits)
{
    return (lanes_mask)bits;
}

static inline lanes_t lanes_select(lanes_mask mask, lanes_t a, lanes_t b)
{
    return (lanes_t)_mm512_mask_mov_epi64((__m512i)b, mask, (__m512i)a);
}

static inline lanes_t lanes_only(lanes_mask mask, lanes_t a)
{
    return (lanes_t)_mm512_maskz_mov_epi64(mask, (__m512i)a);
}

/* One instruction each as doubles, whose order keys share; two as integers. */
static inline lanes_t lanes_max(lanes_t a, lanes_t b)
{
    return (lanes_t)_mm512_max_pd((__m512d)a, (__m512d)b);
}

static inline lanes_t lanes_min(lanes_t a, lanes_t b)
{
    return (lanes_t)_mm512_min_pd((__m512d)a, (__m512d)b);
}

static inline lanes_t lanes_multiply(lanes_t a, lanes_t b)
{
    return (lanes_t)_mm512_mul_epu32((__m512i)a, (__m512i)b);
}

static inline void lanes_transpose(const lanes_t from[4], int64_t to[4 * LANES])
{
    const __m512i even = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
    const __m512i odd = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
    __m512i pairs[4], rows[4];

    pairs[0] = _mm512_unpacklo_epi64((__m512i)from[0], (__m512i)from[1]);
    pairs[1] = _mm512_unpackhi_epi64((__m512i)from[0], (__m512i)from[1]);
    pairs[2] = _mm512_unpacklo_epi64((__m512i)from[2], (__m512i)from[3]);
    pairs[3] = _mm512_unpackhi_epi64((__m512i)from[2], (__m512i)from[3]);
    rows[0] = _mm512_permutex2var_epi64(pairs[0], even, pairs[2]); // 0, 4
    rows[1] = _mm512_permutex2var_epi64(pairs[1], even, pairs[3]); // 1, 5
    rows[2] = _mm512_permutex2var_epi64(pairs[0], odd, pairs[2]);  // 2, 6
    rows[3] = _mm512_permutex2var_epi64(pairs[1], odd, pairs[3]);  // 3, 7
    for (unsigned i = 0; i < 4; i++) {
        _mm256_storeu_si256((__m256i *)(void *)(to + (size_t)i * 4),
                            _mm512_castsi512_si256(rows[i]));
        _mm256_storeu_si256((__m256i *)(void *)(to + (size_t)i * 4 + 16),
                            _mm512_extracti64x4_epi64(rows[i], 1));
    }
}

#include "search_lanes.h"

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}

const struct search_ops search_avx512 = {
    .name = "avx512",
    .has = has_avx512,
    .expand = expand,
    .hundred = hundred,
};

#else

const struct search_ops search_avx512 = {.name = "avx512"};

#endif
