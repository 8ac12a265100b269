/*
 * search_lanes.h: the search of LANES suffixes at once, with what becomes of
 * their lists: blocked spans, choice, records (rank.c, in lanes).
 *
 * A file that includes it defines first, by the instructions that it may use:
 *   LANES, lanes_t             2, 4 or 8 keys as a vector of GCC
 *   lanes_mask                 which lanes: bits, or lanes of all bits or none;
 *                              &, | and ~ work on both
 *   lanes_above(a, b)          where a > b
 *   lanes_equal(a, b)
 *   lanes_bits(mask)           bit i: lane i
 *   lanes_select(mask, a, b)   a where 'mask', else b
 *   lanes_max(a, b), lanes_min(a, b)
 *   lanes_multiply(a, b)       of the low 32 bits
 *   lanes_transpose(from, to)  lane i of from[0..3] to to[4 * i] .. + 3
 * and, where masks are bits, also
 *   lanes_no_bits(a, bits)     where a has none of these bits
 *   lanes_and_any_bits(mask, a, bits)   of 'mask', where a has any of them
 *   lanes_mask_of(bits)        the inverse of lanes_bits()
 *   lanes_only(mask, a)        a where 'mask', else 0
 */
#include <string.h>

#include "rank.h"

static inline lanes_t lanes_load(const int64_t *keys)
{
    lanes_t a;

    memcpy(&a, keys, sizeof a);
    return a;
}

static inline void lanes_store(int64_t *keys, lanes_t a)
{
    memcpy(keys, &a, sizeof a);
}

static inline lanes_t lanes_all(int64_t key)
{
    return (lanes_t){0} + key;
}

/* Without its sign, as shifts of GCC's vectors of signed numbers keep it. */
static inline lanes_t lanes_right(lanes_t a, unsigned bits)
{
    typedef uint64_t lanes_unsigned __attribute__((vector_size(8 * LANES)));

    return (lanes_t)((lanes_unsigned)a >> bits);
}

#if LANES < 8
static inline lanes_mask lanes_no_bits(lanes_t a, lanes_t bits)
{
    return lanes_equal(a & bits, lanes_all(0));
}

static inline lanes_mask lanes_mask_of(unsigned bits)
{
    static const int64_t lanes[] = {1, 2, 4, 8};
    const lanes_t bit = lanes_load(lanes);

    return lanes_equal(lanes_all(bits) & bit, bit);
}

static inline lanes_mask lanes_and_any_bits(lanes_mask mask, lanes_t a,
                                            lanes_t bits)
{
    return mask & ~lanes_no_bits(a, bits);
}

static inline lanes_t lanes_only(lanes_mask mask, lanes_t a)
{
    return mask & a;
}
#endif

static inline lanes_t lanes_put(lanes_t a, unsigned lane, int64_t key)
{
    return lanes_select(lanes_mask_of(1u << lane), lanes_all(key), a);
}

static inline bool lanes_any(lanes_mask mask)
{
    return lanes_bits(mask) != 0;
}

static inline lanes_t lanes_add_to_keys(lanes_t a, lanes_t b)
{
    return lanes_only((lanes_mask)~lanes_no_bits(a, a), a + b);
}

/*
 * Where the letters stand in the list, the better of both stays there instead;
 * returns the keys of the other lanes. Few calls find any.
 */
static __attribute__((noinline)) lanes_t
lanes_insert_twice(lanes_t list[SEARCH_KEEP], lanes_t key)
{
    const lanes_t letters = lanes_all(KEY_LETTERS_MASK);
    lanes_t others = key;

    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        const lanes_mask same = lanes_no_bits(list[i] ^ key, letters);
        list[i] = lanes_select(same, lanes_max(list[i], key), list[i]);
        others = lanes_only((lanes_mask)~same, others);
    }
    return others;
}

/*
 * In at the end, and up by one exchange with each slot: so the last slot, on
 * which the next key is tried, is done first.
 */
static inline void lanes_insert(lanes_t list[SEARCH_KEEP], lanes_t key,
                                lanes_mask gains)
{
    const lanes_t letters = lanes_all(KEY_LETTERS_MASK);
    lanes_mask other = gains;

    key = lanes_only(gains, key);
    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        other = lanes_and_any_bits(other, list[i] ^ key, letters);
    }
    if (lanes_bits(other) != lanes_bits(gains)) {
        key = lanes_insert_twice(list, key);
    }
    key = lanes_max(list[SEARCH_KEEP - 1], key);
    for (unsigned i = SEARCH_KEEP - 1; i > 0; i--) {
        list[i] = lanes_min(list[i - 1], key);
        key = lanes_max(list[i - 1], key);
    }
    list[0] = key;
}

#include "search_kernel.h"

/* The lists of LANES suffixes. */
struct group {
    lanes_t keys[SEARCH_KEEP];
    unsigned blocked[SEARCH_KEEP]; /* bits of lanes whose key is blocked */
    unsigned any_blocked;          /* all of them */
    lanes_t chosen[VN_CANDIDATES]; /* with S as it is; 0 = none */
    unsigned unsettled;            /* bits of lanes that rank.c must do */
};

/* ---- Blocked spans ---------------------------------------------------- */

/* A pattern as the bits of the keys that it wants, and a cut inside it. */
struct block_probe {
    lanes_t mask, wanted, inside;
};

static inline struct block_probe make_probe(const struct block_pattern *pattern,
                                            unsigned end)
{
    const unsigned shift =
        KEY_LETTERS_SHIFT + KEY_LETTER_BITS * (VN_SUFFIX_DIGITS - end);
    const uint64_t all = (1u << (KEY_LETTER_BITS * pattern->length)) - 1;
    const unsigned cuts = block_pattern_inside(pattern, end);

    return (struct block_probe){
        .mask = lanes_all((int64_t)(all << shift)),
        .wanted = lanes_all((int64_t)((uint64_t)pattern->letters << shift)),
        .inside = lanes_all(cuts),
    };
}

/* Where 'keys' have the letters of the probe and a cut inside it. */
static inline lanes_mask probe_lanes(const struct block_probe *probe,
                                     lanes_t keys)
{
    return lanes_and_any_bits(lanes_equal(~keys & probe->mask, probe->wanted),
                              ~keys, probe->inside);
}

/* Of the lanes that the probe found, those that the pattern blocks. */
static __attribute__((noinline)) unsigned
confirm_lanes(const struct block_pattern *pattern, unsigned end, unsigned same,
              const lanes_t *lanes)
{
    int64_t keys[LANES];
    unsigned blocked = 0;

    lanes_store(keys, *lanes);
    for (unsigned left = same; left != 0; left &= left - 1) {
        const unsigned lane = (unsigned)__builtin_ctz(left);
        if (keys[lane] != 0 && block_pattern_hits(pattern, end, keys[lane])) {
            blocked |= 1u << lane;
        }
    }
    return blocked;
}

/* Marks the candidates of 'lanes' that the patterns of a state block. */
static inline void block_lanes(const struct block_set *set, uint32_t number,
                               unsigned end, unsigned lanes,
                               struct group *group)
{
    const struct block_state *state = &set->states[number];

    for (uint32_t p = 0; p < state->count; p++) {
        const struct block_pattern *pattern = &set->patterns[state->first + p];
        const struct block_probe probe = make_probe(pattern, end);
        for (unsigned i = 0; i < SEARCH_KEEP; i++) {
            const unsigned same =
                lanes_bits(probe_lanes(&probe, group->keys[i])) & lanes;
            if (same != 0) {
                const unsigned blocked =
                    confirm_lanes(pattern, end, same, &group->keys[i]);
                group->blocked[i] |= blocked;
                group->any_blocked |= blocked;
            }
        }
    }
}

static inline void block_nothing(struct group *group)
{
    memset(group->blocked, 0, sizeof group->blocked);
    group->any_blocked = 0;
}

/* All blocked candidates of the suffixes from digit 'lane' + 2 on. */
static inline void block_group(const struct search_path *path, unsigned lane,
                               struct group *group)
{
    const struct block_set *set = &path->tables->blocks;
    const unsigned depth = path->depth;
    const uint32_t *next = set->states[path->trace.states[depth]].next;

    block_nothing(group);
    for (unsigned end = 2; path->trace.active[depth] && end <= depth; end++) {
        block_lanes(set, path->trace.states[end], end, ~0u, group);
    }
    for (unsigned k = 0; k < LANES; k++) {
        if (next[lane + k + 2] >= set->silent_count) {
            block_lanes(set, next[lane + k + 2], depth + 1, 1u << k, group);
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
                const unsigned same = lanes_bits(probe_lanes(&probe, keys));
                if (same != 0) {
                    blocked |= confirm_lanes(pattern, end, same, &keys) << i;
                }
            }
        }
    }
    return blocked;
}

/* ---- Choice ----------------------------------------------------------- */

/* Where two keys differ in at most one of the seven characters. */
static inline lanes_mask twin_lanes(lanes_t a, lanes_t b)
{
    const lanes_t ones = lanes_all((int64_t)01111111 << KEY_LETTERS_SHIFT);
    const lanes_t differ = a ^ b;
    const lanes_t keys =
        (differ | lanes_right(differ, 1) | lanes_right(differ, 2)) & ones;

    return lanes_no_bits(keys, keys - 1);
}

/* The lists of a choice while it is made. */
struct choice {
    lanes_t adjusted[SEARCH_KEEP];  /* what is left; 0 = taken or none */
    lanes_t penalised[SEARCH_KEEP]; /* all keys less the penalty */
    lanes_t best;                   /* adjusted key of the last one taken */
};

/* The best from slot 'first' on, taken out. */
static inline lanes_t take_best(const lanes_t keys[SEARCH_KEEP], unsigned first,
                                struct choice *choice)
{
    lanes_t best = choice->adjusted[first], chosen = lanes_all(0);

    for (unsigned i = first + 1; i < SEARCH_KEEP; i++) {
        best = lanes_max(best, choice->adjusted[i]);
    }
    for (unsigned i = first; i < SEARCH_KEEP; i++) {
        const lanes_mask this = lanes_equal(choice->adjusted[i], best);
        chosen = lanes_select(this, keys[i], chosen);
        choice->adjusted[i] =
            lanes_only((lanes_mask) ~this, choice->adjusted[i]);
    }
    choice->best = best;
    return lanes_only((lanes_mask)~lanes_no_bits(best, best), chosen);
}

/* The twins of 'chosen' from slot 'first' on pay, if they have not. */
static inline void pay(const lanes_t keys[SEARCH_KEEP], unsigned first,
                       lanes_t chosen, struct choice *choice)
{
    for (unsigned i = first; i < SEARCH_KEEP; i++) {
        const lanes_t old = choice->adjusted[i];
        choice->adjusted[i] =
            lanes_select(twin_lanes(keys[i], chosen),
                         lanes_min(old, choice->penalised[i]), old);
    }
}

/*
 * Takes the blocked keys out; returns below what there may be others
 * (leaf_list()), these among them.
 */
static inline lanes_t drop_blocked(const struct group *group,
                                   struct choice *choice)
{
    lanes_t unknown = lanes_max(group->keys[SEARCH_KEEP - 1],
                                choice->penalised[VN_CANDIDATES - 1]);

    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        const lanes_mask blocked = lanes_mask_of(group->blocked[i]);
        choice->adjusted[i] =
            lanes_only((lanes_mask)~blocked, choice->adjusted[i]);
        unknown = lanes_max(unknown, lanes_only(blocked, group->keys[i]));
    }
    return unknown;
}

/* The choices from 'n' on, among the slots from 'first' on. */
static inline void choose_from(unsigned n, unsigned first, struct group *group,
                               struct choice *choice)
{
    for (; n < VN_CANDIDATES; n++) {
        group->chosen[n] = take_best(group->keys, first, choice);
        if (n + 1 < VN_CANDIDATES) {
            pay(group->keys, first, group->chosen[n], choice);
        }
    }
}

/* The greedy choice. With nothing blocked, the first key is the first. */
static inline void choose_group(int64_t penalty, struct group *group)
{
    lanes_t unknown = group->keys[SEARCH_KEEP - 1];
    struct choice choice;

    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        choice.adjusted[i] = group->keys[i];
        choice.penalised[i] =
            lanes_add_to_keys(group->keys[i], lanes_all(-penalty));
    }
    if (group->any_blocked != 0) {
        unknown = drop_blocked(group, &choice);
        choose_from(0, 0, group, &choice);
    } else {
        group->chosen[0] = group->keys[0];
        pay(group->keys, 1, group->chosen[0], &choice);
        choose_from(1, 1, group, &choice);
    }
    group->unsettled = lanes_bits(lanes_above(unknown, choice.best));
}

/* ---- Packing ---------------------------------------------------------- */

/* Three bits a key to base 5: neighbours are joined, then their results. */
static inline lanes_t pack_letters(lanes_t letters)
{
    const lanes_t pairs =
        letters -
        lanes_multiply(lanes_right(letters, 3) & 00070707, lanes_all(8 - 5));
    const lanes_t low =
        pairs - lanes_multiply(lanes_right(pairs, 6) & 077, lanes_all(64 - 25));
    const lanes_t last_four = low & 07777;
    const lanes_t next_two = lanes_right(pairs, 12) & 077;
    const lanes_t first = lanes_right(pairs, 18);

    return last_four + lanes_multiply(next_two, lanes_all(625)) +
           lanes_multiply(first, lanes_all(15625));
}

/* The six cuts, first key highest, to first key lowest. */
static inline lanes_t pack_cuts(lanes_t cuts)
{
    const lanes_t halves = lanes_right(cuts, 3) | (cuts << 3 & 070);

    return (halves & 022) | (lanes_right(halves, 2) & 011) |
           (halves << 2 & 044);
}

/* clamp(floor((S + 5) / 10) + VN_SCORE_BIAS, 1, 255); all terms positive. */
static inline lanes_t pack_score(lanes_t key)
{
    enum { TENTHS = 1639 }; /* makes S + 5 positive, a multiple of ten */
    const lanes_t hundredths =
        lanes_right(key, KEY_SCORE_SHIFT) + (5 + 10 * TENTHS - KEY_SCORE_BIAS);
    /* x / 10 of 16 bits: multiply by 2^19 / 10, rounded up. */
    const lanes_t tenths =
        lanes_right(lanes_multiply(hundredths, lanes_all(52429)), 19);
    const lanes_t least = lanes_all(TENTHS - VN_SCORE_BIAS + 1);
    const lanes_t most = lanes_all(TENTHS - VN_SCORE_BIAS + 255);
    const lanes_t raised =
        lanes_select(lanes_above(least, tenths), least, tenths);

    return lanes_select(lanes_above(raised, most), most, raised) -
           (TENTHS - VN_SCORE_BIAS);
}

static inline lanes_t pack_code(lanes_t key)
{
    const lanes_t low = ~key;
    const lanes_t letters = lanes_right(low, KEY_LETTERS_SHIFT) & 07777777;
    const lanes_t tail = low & ((int64_t)0x7fff << KEY_TAIL_SHIFT);
    const lanes_t overdial = lanes_only((lanes_mask)~lanes_no_bits(tail, tail),
                                        lanes_all(VN_CODE_OVERDIAL));

    return pack_letters(letters) | pack_cuts(low & 077) << VN_CODE_CUTS_SHIFT |
           overdial | pack_score(key) << VN_CODE_SCORE_SHIFT;
}

/* Writes the choices of LANES suffixes; 'records' stand beside each other. */
static inline void pack_group(const struct group *group,
                              struct vn_record records[LANES])
{
    lanes_t codes[VN_CANDIDATES], tails[VN_CANDIDATES], quarters[4];
    int64_t packed[4 * LANES];

    for (unsigned n = 0; n < VN_CANDIDATES; n++) {
        const lanes_t key = group->chosen[n];
        const lanes_mask any = (lanes_mask)~lanes_no_bits(key, key);
        codes[n] = lanes_only(any, pack_code(key));
        tails[n] = lanes_only(any, lanes_right(~key, KEY_TAIL_SHIFT) & 0x7fff);
    }
    quarters[0] = codes[0] | codes[1] << 32;
    quarters[1] = codes[2] | codes[3] << 32;
    quarters[2] = codes[4] | tails[0] << 32 | tails[1] << 48;
    quarters[3] = tails[2] | tails[3] << 16 | tails[4] << 32;
    lanes_transpose(quarters, packed);
    memcpy(records, packed, sizeof packed);
}

/* ---- Leaves ----------------------------------------------------------- */

/* The record of the child 'digit' by way of rank.c. */
static __attribute__((noinline)) bool rank_one(struct search_path *path,
                                               unsigned digit,
                                               const int64_t list[SEARCH_KEEP],
                                               unsigned blocked,
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
static unsigned take_lane(const struct group *group, unsigned lane,
                          int64_t list[SEARCH_KEEP])
{
    unsigned blocked = 0;

    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        int64_t keys[LANES];
        lanes_store(keys, group->keys[i]);
        list[i] = keys[lane];
        blocked |= (group->blocked[i] >> lane & 1u) << i;
    }
    return blocked;
}

/* LANES suffixes below the node of depth 6, from digit 'lane' + 2 on. */
static inline unsigned rank_group(struct search_path *path, unsigned lane,
                                  int64_t penalty,
                                  const struct search_runs *runs,
                                  struct vn_record *records)
{
    struct group group;
    unsigned exact = 0;

    leaf_list(path, lane, penalty, runs, group.keys);
    block_group(path, lane, &group);
    choose_group(penalty, &group);
    pack_group(&group, records + lane + 2);
    for (unsigned left = group.unsettled; left != 0; left &= left - 1) {
        const unsigned k = (unsigned)__builtin_ctz(left);
        const unsigned digit = lane + k + 2;
        int64_t list[SEARCH_KEEP];
        const unsigned blocked = take_lane(&group, k, list);
        exact += rank_one(path, digit, list, blocked, &records[digit]);
    }
    return exact;
}

/*
 * The lists of suffixes that end in 0 or 1: ten sixth digits, and up to three
 * more lists where a last digit has its own: 0 and 1 after itself, and one of
 * them as the next of a sequence that comes down.
 */
#define ENDED_MAX 13u
#define PADDED_ENDED ((ENDED_MAX + LANES - 1) / LANES * LANES)

struct run_ended {
    int64_t lists[ENDED_MAX][PADDED_KEEP];
    int64_t lanes[SEARCH_KEEP][PADDED_ENDED]; /* the same */
    struct {
        unsigned sixth;
        unsigned last; /* bits of the last digits, 0 and 1 */
    } ends[ENDED_MAX];
    unsigned count;
};

/* Those of one list that are blocked, or not settled, by rank.c. */
static unsigned mend_run_ended(struct search_path *path,
                               const int64_t list[PADDED_KEEP], unsigned last,
                               bool unsettled, struct vn_record *records)
{
    unsigned exact = 0;

    for (; last != 0; last &= last - 1) {
        const unsigned digit = (unsigned)__builtin_ctz(last);
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

/* Writes the record of one list, for each last digit that has it. */
static unsigned take_run_ended(struct search_path *path,
                               const struct run_ended *ended, unsigned i,
                               bool unsettled, const struct vn_record *packed,
                               struct vn_record *records)
{
    const unsigned sixth = ended->ends[i].sixth, last = ended->ends[i].last;

    records += (size_t)sixth * 10;
    for (unsigned digit = 0; digit < 2; digit++) {
        if ((last >> digit & 1) != 0) {
            records[digit] = *packed;
        }
    }
    search_enter(path, sixth);
    const unsigned exact =
        mend_run_ended(path, ended->lists[i], last, unsettled, records);
    search_leave(path);
    return exact;
}

/*
 * The suffixes that end in 0 or 1: LANES lists are a group. Blocked spans,
 * which differ, are looked for afterwards.
 */
static unsigned rank_run_ended(struct search_path *path, int64_t penalty,
                               const struct run_ended *ended,
                               struct vn_record *records)
{
    unsigned exact = 0;

    for (unsigned first = 0; first < ended->count; first += LANES) {
        struct vn_record packed[LANES];
        struct group group;
        block_nothing(&group);
        for (unsigned i = 0; i < SEARCH_KEEP; i++) {
            group.keys[i] = lanes_load(&ended->lanes[i][first]);
        }
        choose_group(penalty, &group);
        pack_group(&group, packed);
        for (unsigned k = 0; k < LANES && first + k < ended->count; k++) {
            exact += take_run_ended(path, ended, first + k,
                                    (group.unsettled >> k & 1) != 0, &packed[k],
                                    records);
        }
    }
    return exact;
}

static void keep_run_ended(struct run_ended *ended, unsigned sixth,
                           unsigned last, const int64_t list[SEARCH_KEEP])
{
    const unsigned at = ended->count++;

    ended->ends[at].sixth = sixth;
    ended->ends[at].last = last;
    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        ended->lists[at][i] = ended->lanes[i][at] = list[i];
    }
    for (unsigned i = SEARCH_KEEP; i < PADDED_KEEP; i++) {
        ended->lists[at][i] = 0;
    }
}

/* Keeps the list of both last digits, or the list of each. */
static void keep_run_ends(struct run_ended *ended, unsigned sixth,
                          const struct search_runs *runs)
{
    const unsigned *list_of = runs->list_of;

    if (list_of[0] == list_of[1]) {
        keep_run_ended(ended, sixth, 3, runs->lists[list_of[0]]);
        return;
    }
    keep_run_ended(ended, sixth, 1, runs->lists[list_of[0]]);
    keep_run_ended(ended, sixth, 2, runs->lists[list_of[1]]);
}

static void clear_ended(struct run_ended *ended)
{
    ended->count = 0;
    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        for (unsigned k = 10; k < PADDED_ENDED; k++) {
            ended->lanes[i][k] = 0;
        }
    }
}

static unsigned hundred(struct search_path *path, struct vn_record *records)
{
    const int64_t penalty = key_score(path->tables->lexicon->model.twin);
    struct run_ended ended;
    unsigned exact = 0;

    clear_ended(&ended);
    expand(path);
    for (unsigned digit = 0; digit < 10; digit++) {
        struct search_runs runs;
        search_enter(path, digit);
        search_run_lists(path, true, &runs);
        keep_run_ends(&ended, digit, &runs);
        for (unsigned lane = 0; lane < MATCH_LANES; lane += LANES) {
            exact += rank_group(path, lane, penalty, &runs,
                                records + (size_t)digit * 10);
        }
        search_leave(path);
    }
    return exact + rank_run_ended(path, penalty, &ended, records);
}
