/* search_avx512.c: the search eight suffixes at a time, with AVX-512. */
#include "rank.h"
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

static inline lanes_t lanes_add_to_keys(lanes_t a, lanes_t b)
{
    return _mm512_maskz_add_epi64(_mm512_test_epi64_mask(a, a), a, b);
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
 * From the top down: a lane's key takes the first slot that is worse, and
 * pushes what was there one slot down, as far as the slot that holds the same
 * letters; a lane that holds them in a better slot stays as it is. Compares
 * into masks and blends share two ports; maximum and minimum would not.
 */
static inline void lanes_insert(lanes_t list[SEARCH_KEEP], lanes_t key)
{
    const lanes_t letters = _mm512_set1_epi64(KEY_LETTERS_MASK);
    __mmask8 open = 0xff, pushed = 0;
    lanes_t above = key;

    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        const lanes_t old = list[i];
        const __mmask8 better = _mm512_mask_cmpgt_epi64_mask(open, key, old);
        const __mmask8 same =
            _mm512_testn_epi64_mask(_mm512_xor_si512(old, key), letters);
        list[i] = _mm512_mask_mov_epi64(_mm512_mask_mov_epi64(old, better, key),
                                        better & pushed, above);
        open &= (__mmask8)~same;
        pushed = better;
        above = old;
    }
}

#include "search_kernel.h"

/* The lists of eight suffixes, and what becomes of them: rank.c in lanes. */
struct octet {
    lanes_t keys[SEARCH_KEEP];
    __mmask8 blocked[SEARCH_KEEP]; /* lanes whose candidate is blocked */
    lanes_t chosen[VN_CANDIDATES]; /* with S as it is; 0 = none */
    __mmask8 unsettled;            /* lanes that need search_exact() */
};

/* ---- Blocked spans ---------------------------------------------------- */

/* A pattern as the bits of the keys that it wants. */
struct block_probe {
    lanes_t mask, wanted;
};

static inline struct block_probe make_probe(const struct block_pattern *pattern,
                                            unsigned end)
{
    const unsigned shift =
        KEY_LETTERS_SHIFT + KEY_LETTER_BITS * (VN_SUFFIX_DIGITS - end);
    const uint64_t all = (1u << (KEY_LETTER_BITS * pattern->length)) - 1;

    return (struct block_probe){
        .mask = lanes_all((int64_t)(all << shift)),
        .wanted = lanes_all((int64_t)((uint64_t)pattern->letters << shift)),
    };
}

/* Lanes of 'keys' with the letters of the probe. */
static inline __mmask8 probe_lanes(const struct block_probe *probe,
                                   __mmask8 lanes, lanes_t keys)
{
    return _mm512_mask_cmpeq_epi64_mask(
        lanes, _mm512_andnot_si512(keys, probe->mask), probe->wanted);
}

/* Of the lanes with the letters of the pattern, those that it blocks. */
static __attribute__((noinline)) __mmask8
confirm_lanes(const struct block_pattern *pattern, unsigned end, __mmask8 same,
              lanes_t lanes)
{
    int64_t keys[LANES];
    unsigned blocked = 0;

    lanes_store(keys, lanes);
    for (unsigned left = same; left != 0; left &= left - 1) {
        const unsigned lane = (unsigned)__builtin_ctz(left);
        if (keys[lane] != 0 && block_pattern_hits(pattern, end, keys[lane])) {
            blocked |= 1u << lane;
        }
    }
    return (__mmask8)blocked;
}

/* Marks the candidates of 'lanes' that the patterns of a state block. */
static inline void block_lanes(const struct block_set *set, uint32_t number,
                               unsigned end, __mmask8 lanes,
                               struct octet *octet)
{
    const struct block_state *state = &set->states[number];

    for (uint32_t p = 0; p < state->count; p++) {
        const struct block_pattern *pattern = &set->patterns[state->first + p];
        const struct block_probe probe = make_probe(pattern, end);
        for (unsigned i = 0; i < SEARCH_KEEP; i++) {
            const __mmask8 same = probe_lanes(&probe, lanes, octet->keys[i]);
            if (same != 0) {
                octet->blocked[i] |=
                    confirm_lanes(pattern, end, same, octet->keys[i]);
            }
        }
    }
}

/* All blocked candidates of the suffixes 2..9 below a node of depth 6. */
static inline void block_octet(const struct search_path *path,
                               struct octet *octet)
{
    const struct block_set *set = &path->tables->blocks;
    const unsigned depth = path->depth;
    const uint32_t *next = set->states[path->trace.states[depth]].next;

    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        octet->blocked[i] = 0;
    }
    for (unsigned end = 2; path->trace.active[depth] && end <= depth; end++) {
        block_lanes(set, path->trace.states[end], end, 0xff, octet);
    }
    for (unsigned lane = 0; lane < LANES; lane++) {
        if (next[lane + 2] >= set->silent_count) {
            block_lanes(set, next[lane + 2], depth + 1, (__mmask8)(1u << lane),
                        octet);
        }
    }
}

/* rank_blocked() for a list padded with 0 to whole vectors. */
#define PADDED_KEEP ((SEARCH_KEEP + LANES - 1) / LANES * LANES)

static inline unsigned block_list(const struct search_path *path,
                                  const int64_t list[PADDED_KEEP])
{
    const struct block_set *set = &path->tables->blocks;
    unsigned blocked = 0;

    for (unsigned end = 2; end <= VN_SUFFIX_DIGITS; end++) {
        const struct block_state *state = &set->states[path->trace.states[end]];
        for (uint32_t p = 0; p < state->count; p++) {
            const struct block_pattern *pattern =
                &set->patterns[state->first + p];
            const struct block_probe probe = make_probe(pattern, end);
            for (unsigned i = 0; i < PADDED_KEEP; i += LANES) {
                const lanes_t keys = lanes_load(list + i);
                const __mmask8 same = probe_lanes(&probe, 0xff, keys);
                if (same != 0) {
                    blocked |= (unsigned)confirm_lanes(pattern, end, same, keys)
                               << i;
                }
            }
        }
    }
    return blocked;
}

/* ---- Choice ----------------------------------------------------------- */

/* Lanes in which two keys differ in at most one of the seven characters. */
static inline __mmask8 twin_lanes(lanes_t a, lanes_t b)
{
    const lanes_t ones = lanes_all((int64_t)01111111 << KEY_LETTERS_SHIFT);
    const lanes_t differ = _mm512_xor_si512(a, b);
    const lanes_t keys = _mm512_and_si512(
        _mm512_or_si512(differ, _mm512_or_si512(_mm512_srli_epi64(differ, 1),
                                                _mm512_srli_epi64(differ, 2))),
        ones);

    return _mm512_testn_epi64_mask(keys, _mm512_add_epi64(keys, lanes_all(-1)));
}

static inline void choose_octet(int64_t penalty, struct octet *octet)
{
    const lanes_t zero = lanes_all(0), cost = lanes_all(penalty);
    lanes_t adjusted[SEARCH_KEEP];
    lanes_t unknown = octet->keys[SEARCH_KEEP - 1], best = zero;
    __mmask8 paid[SEARCH_KEEP] = {0};

    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        adjusted[i] =
            _mm512_mask_mov_epi64(octet->keys[i], octet->blocked[i], zero);
        unknown = _mm512_mask_max_epi64(unknown, octet->blocked[i], unknown,
                                        octet->keys[i]);
    }
    for (unsigned n = 0; n < VN_CANDIDATES; n++) {
        lanes_t chosen = zero;
        best = zero;
        for (unsigned i = 0; i < SEARCH_KEEP; i++) {
            best = _mm512_max_epi64(best, adjusted[i]);
        }
        const __mmask8 any = _mm512_test_epi64_mask(best, best);
        for (unsigned i = 0; i < SEARCH_KEEP; i++) {
            const __mmask8 this =
                _mm512_mask_cmpeq_epi64_mask(any, adjusted[i], best);
            chosen = _mm512_mask_mov_epi64(chosen, this, octet->keys[i]);
            adjusted[i] = _mm512_mask_mov_epi64(adjusted[i], this, zero);
        }
        octet->chosen[n] = chosen;
        for (unsigned i = 0; n + 1 < VN_CANDIDATES && i < SEARCH_KEEP; i++) {
            const __mmask8 twins = twin_lanes(octet->keys[i], chosen);
            adjusted[i] = _mm512_mask_sub_epi64(
                adjusted[i], twins & (__mmask8)~paid[i], adjusted[i], cost);
            paid[i] |= twins;
        }
    }
    const __mmask8 settled = _mm512_mask_cmpge_epi64_mask(
        _mm512_test_epi64_mask(best, best), best, unknown);
    octet->unsettled =
        _mm512_test_epi64_mask(unknown, unknown) & (__mmask8)~settled;
}

/* ---- Packing ---------------------------------------------------------- */

/* Three bits a key to base 5: neighbours are joined, then their results. */
static inline lanes_t pack_letters(lanes_t letters)
{
    const lanes_t pairs = _mm512_sub_epi64(
        letters,
        _mm512_mul_epu32(_mm512_and_si512(_mm512_srli_epi64(letters, 3),
                                          lanes_all(00070707)),
                         lanes_all(8 - 5)));
    const lanes_t low = _mm512_sub_epi64(
        pairs, _mm512_mul_epu32(_mm512_and_si512(_mm512_srli_epi64(pairs, 6),
                                                 lanes_all(077)),
                                lanes_all(64 - 25)));
    const lanes_t last_four = _mm512_and_si512(low, lanes_all(07777));
    const lanes_t next_two =
        _mm512_and_si512(_mm512_srli_epi64(pairs, 12), lanes_all(077));
    const lanes_t first = _mm512_srli_epi64(pairs, 18);

    return _mm512_add_epi64(
        last_four, _mm512_add_epi64(_mm512_mul_epu32(next_two, lanes_all(625)),
                                    _mm512_mul_epu32(first, lanes_all(15625))));
}

/* The six cuts, first key highest, to first key lowest. */
static inline lanes_t pack_cuts(lanes_t cuts)
{
    const lanes_t halves = _mm512_or_si512(
        _mm512_srli_epi64(cuts, 3),
        _mm512_and_si512(_mm512_slli_epi64(cuts, 3), lanes_all(070)));

    return _mm512_or_si512(
        _mm512_and_si512(halves, lanes_all(022)),
        _mm512_or_si512(
            _mm512_and_si512(_mm512_srli_epi64(halves, 2), lanes_all(011)),
            _mm512_and_si512(_mm512_slli_epi64(halves, 2), lanes_all(044))));
}

/* clamp(floor((S + 5) / 10) + VN_SCORE_BIAS, 1, 255); all terms positive. */
static inline lanes_t pack_score(lanes_t key)
{
    enum { TENTHS = 1639 }; /* makes S + 5 positive, a multiple of ten */
    const lanes_t hundredths =
        _mm512_add_epi64(_mm512_srli_epi64(key, KEY_SCORE_SHIFT),
                         lanes_all(5 + 10 * TENTHS - KEY_SCORE_BIAS));
    /* x / 10 of 16 bits: multiply by 2^19 / 10, rounded up. */
    const lanes_t tenths =
        _mm512_srli_epi64(_mm512_mul_epu32(hundredths, lanes_all(52429)), 19);

    return _mm512_max_epi64(
        _mm512_min_epi64(
            _mm512_add_epi64(tenths, lanes_all(VN_SCORE_BIAS - TENTHS)),
            lanes_all(255)),
        lanes_all(1));
}

static inline void pack_octet(const struct octet *octet,
                              struct vn_record records[LANES])
{
    for (unsigned n = 0; n < VN_CANDIDATES; n++) {
        const lanes_t key = octet->chosen[n];
        const lanes_t low = _mm512_xor_si512(key, lanes_all(-1));
        const __mmask8 any = _mm512_test_epi64_mask(key, key);
        const __mmask8 overdial = _mm512_mask_test_epi64_mask(
            any, low, lanes_all((int64_t)0x7fff << KEY_TAIL_SHIFT));
        const lanes_t letters = _mm512_and_si512(
            _mm512_srli_epi64(low, KEY_LETTERS_SHIFT), lanes_all(07777777));
        lanes_t code = _mm512_or_si512(
            pack_letters(letters),
            _mm512_slli_epi64(pack_cuts(_mm512_and_si512(low, lanes_all(077))),
                              VN_CODE_CUTS_SHIFT));
        code = _mm512_or_si512(
            code, _mm512_slli_epi64(pack_score(key), VN_CODE_SCORE_SHIFT));
        code = _mm512_mask_or_epi64(code, overdial, code,
                                    lanes_all(VN_CODE_OVERDIAL));
        int64_t codes[LANES], keys[LANES];
        lanes_store(codes, _mm512_maskz_mov_epi64(any, code));
        for (unsigned lane = 0; lane < LANES; lane++) {
            records[lane].codes[n] = (uint32_t)codes[lane];
            records[lane].tails[n] = 0;
        }
        if (overdial != 0) {
            lanes_store(keys, key);
        }
        for (unsigned left = overdial; left != 0; left &= left - 1) {
            const unsigned lane = (unsigned)__builtin_ctz(left);
            records[lane].tails[n] = rank_tail(keys[lane]);
        }
    }
}

/* ---- Leaves ----------------------------------------------------------- */

/* The record of the child 'digit' by way of rank.c. */
static bool rank_one(struct search_path *path, unsigned digit,
                     const int64_t list[SEARCH_KEEP], unsigned blocked,
                     struct vn_record *record)
{
    struct rank_choice choice;

    search_enter(path, digit);
    const bool exact = rank_choose(path, list, blocked, &choice);
    rank_pack(&choice, record);
    search_leave(path);
    return exact;
}

/* The list of one lane, and its blocked candidates. */
static unsigned take_lane(const struct octet *octet, unsigned lane,
                          int64_t list[SEARCH_KEEP])
{
    unsigned blocked = 0;

    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        int64_t keys[LANES];
        lanes_store(keys, octet->keys[i]);
        list[i] = keys[lane];
        blocked |= (octet->blocked[i] >> lane & 1u) << i;
    }
    return blocked;
}

/* The suffixes 2..9 below the node of depth 6 where 'path' stands. */
static inline unsigned rank_octet(struct search_path *path, int64_t penalty,
                                  int64_t runs[3][SEARCH_KEEP],
                                  struct vn_record *records)
{
    struct octet octet;
    unsigned exact = 0;

    leaf_list(path, 0, runs, octet.keys);
    block_octet(path, &octet);
    choose_octet(penalty, &octet);
    pack_octet(&octet, records);
    for (unsigned left = octet.unsettled; left != 0; left &= left - 1) {
        const unsigned lane = (unsigned)__builtin_ctz(left);
        int64_t list[SEARCH_KEEP];
        const unsigned blocked = take_lane(&octet, lane, list);
        exact += rank_one(path, lane + 2, list, blocked, &records[lane]);
    }
    return exact;
}

/* The lists of the suffixes that end in 0 or 1, by their sixth digit. */
struct run_ended {
    int64_t lists[10][PADDED_KEEP];
};

/* Those of one sixth digit that are blocked, or not settled, by rank.c. */
static unsigned mend_run_ended(struct search_path *path,
                               const int64_t list[PADDED_KEEP], bool unsettled,
                               struct vn_record *records)
{
    unsigned exact = 0;

    for (unsigned digit = 0; digit < 2; digit++) {
        search_enter(path, digit);
        const unsigned blocked =
            path->trace.active[VN_SUFFIX_DIGITS] ? block_list(path, list) : 0;
        search_leave(path);
        if (blocked != 0 || unsettled) {
            exact += rank_one(path, digit, list, blocked, &records[digit]);
        }
    }
    return exact;
}

/*
 * The suffixes that end in 0 or 1: both have the same list, so eight sixth
 * digits are an octet. Blocked spans, which differ, are looked for afterwards.
 */
static unsigned rank_run_ended(struct search_path *path, int64_t penalty,
                               const struct run_ended *ended,
                               struct vn_record *records)
{
    unsigned exact = 0;

    for (unsigned first = 0; first < 10; first += LANES) {
        const unsigned count = 10 - first < LANES ? 10 - first : LANES;
        struct vn_record packed[LANES];
        struct octet octet;
        for (unsigned i = 0; i < SEARCH_KEEP; i++) {
            int64_t keys[LANES] = {0};
            for (unsigned k = 0; k < count; k++) {
                keys[k] = ended->lists[first + k][i];
            }
            octet.keys[i] = lanes_load(keys);
            octet.blocked[i] = 0;
        }
        choose_octet(penalty, &octet);
        pack_octet(&octet, packed);
        for (unsigned k = 0; k < count; k++) {
            struct vn_record *pair = records + (size_t)(first + k) * 10;
            for (unsigned i = 0; i < VN_CANDIDATES; i++) {
                pair[0].codes[i] = pair[1].codes[i] = packed[k].codes[i];
                pair[0].tails[i] = pair[1].tails[i] = packed[k].tails[i];
            }
            search_enter(path, first + k);
            exact += mend_run_ended(path, ended->lists[first + k],
                                    (octet.unsettled >> k & 1) != 0, pair);
            search_leave(path);
        }
    }
    return exact;
}

static unsigned hundred(struct search_path *path, struct vn_record *records)
{
    const int64_t penalty = key_score(path->tables->lexicon->model.twin);
    struct run_ended ended;
    unsigned exact = 0;

    expand(path);
    for (unsigned digit = 0; digit < 10; digit++) {
        int64_t runs[3][SEARCH_KEEP];
        search_enter(path, digit);
        search_run_lists(path, runs);
        for (unsigned i = 0; i < PADDED_KEEP; i++) {
            ended.lists[digit][i] =
                i < SEARCH_KEEP ? runs[SEARCH_DIGIT_01][i] : 0;
        }
        exact +=
            rank_octet(path, penalty, runs, records + (size_t)digit * 10 + 2);
        search_leave(path);
    }
    return exact + rank_run_ended(path, penalty, &ended, records);
}

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

const struct search_ops search_avx512 = {
    .name = "avx512",
    .expand = expand,
    .hundred = hundred,
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
