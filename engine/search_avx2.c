/* search_avx2.c: the search four suffixes at a time, with AVX2. */
#include "search.h"

#if defined(__AVX2__) && defined(__BMI2__)

#include <immintrin.h>

#define LANES 4
typedef int64_t lanes_t __attribute__((vector_size(32)));
typedef lanes_t lanes_mask; /* all bits of a lane, or none */

/* Keys are compared as doubles, whose order they share, on more ports. */
static inline lanes_mask lanes_above(lanes_t a, lanes_t b)
{
    return (lanes_mask)_mm256_cmp_pd((__m256d)a, (__m256d)b, _CMP_GT_OQ);
}

static inline lanes_mask lanes_equal(lanes_t a, lanes_t b)
{
    return (lanes_mask)_mm256_cmpeq_epi64((__m256i)a, (__m256i)b);
}

static inline unsigned lanes_bits(lanes_mask mask)
{
    return (unsigned)_mm256_movemask_pd((__m256d)mask);
}

static inline lanes_t lanes_select(lanes_mask mask, lanes_t a, lanes_t b)
{
    return (lanes_t)_mm256_blendv_pd((__m256d)b, (__m256d)a, (__m256d)mask);
}

static inline lanes_t lanes_max(lanes_t a, lanes_t b)
{
    return (lanes_t)_mm256_max_pd((__m256d)a, (__m256d)b);
}

static inline lanes_t lanes_min(lanes_t a, lanes_t b)
{
    return (lanes_t)_mm256_min_pd((__m256d)a, (__m256d)b);
}

static inline lanes_t lanes_multiply(lanes_t a, lanes_t b)
{
    return (lanes_t)_mm256_mul_epu32((__m256i)a, (__m256i)b);
}

static inline void lanes_transpose(const lanes_t from[4], int64_t to[4 * LANES])
{
    __m256i *rows = (__m256i *)(void *)to;
    __m256i pairs[4];

    pairs[0] = _mm256_unpacklo_epi64((__m256i)from[0], (__m256i)from[1]);
    pairs[1] = _mm256_unpackhi_epi64((__m256i)from[0], (__m256i)from[1]);
    pairs[2] = _mm256_unpacklo_epi64((__m256i)from[2], (__m256i)from[3]);
    pairs[3] = _mm256_unpackhi_epi64((__m256i)from[2], (__m256i)from[3]);
    for (unsigned i = 0; i < 2; i++) {
        _mm256_storeu_si256(
            rows + i, _mm256_permute2x128_si256(pairs[i], pairs[i + 2], 0x20));
        _mm256_storeu_si256(rows + i + 2, _mm256_permute2x128_si256(
                                              pairs[i], pairs[i + 2], 0x31));
    }
}

#include "search_lanes.h"

static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2");
}

const struct search_ops search_avx2 = {
    .name = "avx2",
    .has = has_avx2,
    .expand = expand,
    .hundred = hundred,
};

#else

const struct search_ops search_avx2 = {.name = "avx2"};

#endif
