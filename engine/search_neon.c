/* search_neon.c: the search two suffixes at a time, with NEON. */
#include "search.h"

#if defined(__aarch64__) && defined(__ARM_NEON)

#include <arm_neon.h>

#define LANES 2
typedef int64_t lanes_t __attribute__((vector_size(16)));
typedef lanes_t lanes_mask; /* all bits of a lane, or none */

static inline lanes_mask lanes_above(lanes_t a, lanes_t b)
{
    return a > b;
}

static inline lanes_mask lanes_equal(lanes_t a, lanes_t b)
{
    return a == b;
}

static inline unsigned lanes_bits(lanes_mask mask)
{
    return (unsigned)((mask[0] & 1) | (mask[1] & 2));
}

static inline lanes_t lanes_select(lanes_mask mask, lanes_t a, lanes_t b)
{
    return (lanes_t)vbslq_s64((uint64x2_t)mask, (int64x2_t)a, (int64x2_t)b);
}

/* As doubles, whose order keys share: there is none for integers. */
static inline lanes_t lanes_max(lanes_t a, lanes_t b)
{
    return (lanes_t)vmaxq_f64((float64x2_t)a, (float64x2_t)b);
}

static inline lanes_t lanes_min(lanes_t a, lanes_t b)
{
    return (lanes_t)vminq_f64((float64x2_t)a, (float64x2_t)b);
}

static inline lanes_t lanes_multiply(lanes_t a, lanes_t b)
{
    return (lanes_t)vmull_u32(vmovn_u64((uint64x2_t)a),
                              vmovn_u64((uint64x2_t)b));
}

static inline void lanes_transpose(const lanes_t from[4], int64_t to[4 * LANES])
{
    for (unsigned i = 0; i < 4; i += 2) {
        vst1q_s64(to + i,
                  vzip1q_s64((int64x2_t)from[i], (int64x2_t)from[i + 1]));
        vst1q_s64(to + i + 4,
                  vzip2q_s64((int64x2_t)from[i], (int64x2_t)from[i + 1]));
    }
}

#include "search_lanes.h"

static bool has_neon(void)
{
    return true; /* part of every 64-bit ARM */
}

const struct search_ops search_neon = {
    .name = "neon",
    .has = has_neon,
    .expand = expand,
    .hundred = hundred,
};

#else

const struct search_ops search_neon = {.name = "neon"};

#endif
