/* rank.c: blocked spans, diversity, packing. */
#include "rank.h"

#include <string.h>

/* The key less the penalty, if it is a twin of one chosen already. */
static int64_t adjust(int64_t key, int64_t penalty,
                      const struct rank_choice *choice)
{
    for (unsigned i = 0; i < choice->count; i++) {
        if (key_twins(key_letters(key), key_letters(choice->keys[i]))) {
            return key - penalty;
        }
    }
    return key;
}

/*
 * Greedy choice, at most VN_CANDIDATES, among 'count' keys of one suffix, best
 * first. No key gains by the penalty, so the first ones are mostly enough.
 */
static void choose(int64_t *keys, unsigned count, int64_t penalty,
                   struct rank_choice *choice)
{
    for (choice->count = 0; choice->count < VN_CANDIDATES && count > 0;
         count--) {
        int64_t best = 0;
        unsigned at = 0;
        for (unsigned i = 0; i < count && keys[i] > best; i++) {
            const int64_t adjusted = adjust(keys[i], penalty, choice);
            at = adjusted > best ? i : at;
            best = adjusted > best ? adjusted : best;
        }
        choice->keys[choice->count] = keys[at];
        choice->adjusted[choice->count++] = best;
        memmove(keys + at, keys + at + 1, (count - at - 1) * sizeof *keys);
    }
}

unsigned rank_blocked(const struct search_path *path,
                      const int64_t list[SEARCH_KEEP])
{
    unsigned blocked = 0;

    if (!path->trace.active[VN_SUFFIX_DIGITS]) {
        return 0;
    }
    for (unsigned i = 0; i < SEARCH_KEEP && list[i] != 0; i++) {
        if (block_hits(&path->tables->blocks, &path->trace, list[i])) {
            blocked |= 1u << i;
        }
    }
    return blocked;
}

/* The list holds all that is above this. */
static int64_t least_of(const int64_t list[SEARCH_KEEP], int64_t penalty)
{
    const int64_t fifth = list[VN_CANDIDATES - 1];
    const int64_t last = list[SEARCH_KEEP - 1];

    return fifth != 0 && fifth - penalty > last ? fifth - penalty : last;
}

/* The keys that are not blocked and not below the least; returns how many. */
static unsigned copy_keys(const int64_t list[SEARCH_KEEP], unsigned blocked,
                          int64_t least, int64_t keys[SEARCH_KEEP])
{
    unsigned count = 0;

    for (unsigned i = 0; i < SEARCH_KEEP && list[i] != 0; i++) {
        if ((blocked >> i & 1) == 0 && list[i] >= least) {
            keys[count++] = list[i];
        }
    }
    return count;
}

/*
 * Adds the best other splits of blocked keys that are above 'floor', in order.
 * Below it, or below what the list is whole above, there may be better ones.
 */
static unsigned unblock_all(const struct search_path *path,
                            const int64_t list[SEARCH_KEEP], unsigned blocked,
                            int64_t floor, int64_t keys[SEARCH_KEEP],
                            unsigned count)
{
    for (unsigned i = 0; i < SEARCH_KEEP && list[i] > floor; i++) {
        const int64_t key = (blocked >> i & 1) != 0
                                ? search_unblock(path, key_letters(list[i]))
                                : 0;
        unsigned at = count;
        if (key <= floor) {
            continue;
        }
        for (; at > 0 && keys[at - 1] < key; at--) {
            keys[at] = keys[at - 1];
        }
        keys[at] = key;
        count++;
    }
    return count;
}

/*
 * The list is not enough if a candidate that it does not show could be chosen:
 * all of these have keys below 'unknown', so five choices at or above stand.
 */
static bool is_settled(const struct rank_choice *choice, int64_t unknown)
{
    return unknown == 0 || (choice->count == VN_CANDIDATES &&
                            choice->adjusted[VN_CANDIDATES - 1] >= unknown);
}

void rank_choose_exactly(const struct search_path *path,
                         struct rank_choice *choice)
{
    const int64_t penalty = key_score(path->tables->lexicon->model.twin);
    struct search_exact exact;
    int64_t unknown;

    do {
        /* The fifth choice itself lies above the floor. */
        const int64_t floor = choice->count == VN_CANDIDATES
                                  ? choice->adjusted[VN_CANDIDATES - 1] - 1
                                  : 0;
        search_exact(path, floor, &exact);
        unknown = exact.count == SEARCH_EXACT_MAX ? 0 : floor;
        choose(exact.keys, exact.count, penalty, choice);
    } while (!is_settled(choice, unknown));
}

bool rank_choose(const struct search_path *path,
                 const int64_t list[SEARCH_KEEP], unsigned blocked,
                 struct rank_choice *choice)
{
    const int64_t penalty = key_score(path->tables->lexicon->model.twin);
    int64_t unknown = least_of(list, penalty);
    int64_t keys[SEARCH_KEEP], chosen[SEARCH_KEEP];
    unsigned count = copy_keys(list, blocked, unknown, keys);

    memcpy(chosen, keys, sizeof keys);
    choose(chosen, count, penalty, choice);
    if (blocked != 0) {
        /* What comes after the fifth choice may stay unknown. */
        const bool full = is_settled(choice, unknown);
        unknown = full && unknown != 0 ? choice->adjusted[VN_CANDIDATES - 1]
                                       : unknown;
        const int64_t floor = full || unknown == 0 ? unknown : unknown - 1;
        count = unblock_all(path, list, blocked, floor, keys, count);
        choose(keys, count, penalty, choice);
    }
    if (is_settled(choice, unknown)) {
        return false;
    }
    rank_choose_exactly(path, choice);
    return true;
}

/* Three bits a key to base 5, the cuts from first-highest to first-lowest. */
static void unpack_letters(uint32_t letters, uint8_t ranks[VN_SUFFIX_DIGITS])
{
    for (unsigned i = 0; i < VN_SUFFIX_DIGITS; i++) {
        ranks[i] = (uint8_t)(letters >> KEY_LETTER_SHIFT(i) & 7);
    }
}

static unsigned reverse_cuts(unsigned cuts)
{
    unsigned reversed = 0;

    for (unsigned i = 0; i < 6; i++) {
        reversed |= (cuts >> i & 1) << (5 - i);
    }
    return reversed;
}

void rank_pack(const struct rank_choice *choice, struct vn_record *record)
{
    memset(record->codes, 0, sizeof record->codes);
    memset(record->tails, 0, sizeof record->tails);
    for (unsigned i = 0; i < choice->count; i++) {
        const int64_t key = choice->keys[i];
        uint8_t ranks[VN_SUFFIX_DIGITS];
        unpack_letters(key_letters(key), ranks);
        record->codes[i] =
            vn_code_make(ranks, reverse_cuts(key_cuts(key)), key_tail(key) != 0,
                         vn_score_tenths(key_hundredths(key)));
        record->tails[i] = (uint16_t)key_tail(key);
    }
}
