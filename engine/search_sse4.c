/* search_sse4.c: the search two suffixes at a time, with SSE4.1. */
#include "search.h"

#if defined(__SSE4_1__)

#include <smmintrin.h>

#define LANES 2
typedef int64_t lanes_t __attribute__((vector_size(16)));
typedef lanes_t lanes_mask; /* all bits of a lane, or none */

/* Keys are compared as doubles, whose order they share. */
static inline lanes_mask lanes_above(lanes_t a, lanes_t b)
{
    return (lanes_mask)_mm_cmpgt_pd((__m128d)a, (__m128d)b);
}

static inline lanes_mask lanes_equal(lanes_t a, lanes_t b)
{
    return (lanes_mask)_mm_cmpeq_epi64((__m128i)a, (__m128i)b);
}

static inline unsigned lanes_bits(lanes_mask mask)
{
    return (unsigned)_mm_movemask_pd((__m128d)mask);
}

static inline lanes_t lanes_select(lanes_mask mask, lanes_t a, lanes_t b)
{
    return (lanes_t)_mm_blendv_pd((__m128d)b, (__m128d)a, (__m128d)mask);
}

static inline lanes_t lanes_max(lanes_t a, lanes_t b)
{
    return (lanes_t)_mm_max_pd((__m128d)a, (__m128d)b);
}

static inline lanes_t lanes_min(lanes_t a, lanes_t b)
{
    return (lanes_t)_mm_min_pd((__m128d)a, (__m128d)b);
}

static inline lanes_t lanes_multiply(lanes_t a, lanes_t b)
{
    return (lanes_t)_mm_mul_epu32((__m128i)a, (__m128i)b);
}

static inline void lanes_transpose(const lanes_t from[4], int64_t to[4 * LANES])
{
    __m128i *rows = (__m128i *)(void *)to;

    for (unsigned i = 0; i < 4; i += 2) {
        _mm_storeu_si128(
            rows + i / 2,
            _mm_unpacklo_epi64((__m128i)from[i], (__m128i)from[i + 1]));
        _mm_storeu_si128(
            rows + i / 2 + 2,
            _mm_unpackhi_epi64((__m128i)from[i], (__m128i)from[i + 1]));
    }
}

#include "search_lanes.h"

static bool has_sse4(void)
{
    return __builtin_cpu_supports("sse4.1");
}

const struct search_ops search_sse4 = {
    .name = "sse4",
    .has = has_sse4,
    .expand = expand,
    .hundred = hundred,
};

#else

const struct search_ops search_sse4 = {.name = "sse4"};

#endif
