/* rank.c: blocked spans, diversity, packing. */
#include "rank.h"

#include <string.h>

/* Greedy choice, at most VN_CANDIDATES, among 'count' keys of one suffix. */
static void choose(const int64_t *keys, unsigned count, int64_t penalty,
                   struct rank_choice *choice)
{
    int64_t adjusted[SEARCH_EXACT_MAX];
    bool paid[SEARCH_EXACT_MAX] = {false};

    memcpy(adjusted, keys, count * sizeof *keys);
    choice->count = count < VN_CANDIDATES ? count : VN_CANDIDATES;
    for (unsigned n = 0; n < choice->count; n++) {
        unsigned best = 0;
        for (unsigned i = 1; i < count; i++) {
            best = adjusted[i] > adjusted[best] ? i : best;
        }
        choice->keys[n] = keys[best];
        choice->adjusted[n] = adjusted[best];
        adjusted[best] = 0;
        const uint32_t letters = key_letters(keys[best]);
        for (unsigned i = 0; i < count; i++) {
            if (adjusted[i] != 0 && !paid[i] &&
                key_twins(key_letters(keys[i]), letters)) {
                adjusted[i] -= penalty;
                paid[i] = true;
            }
        }
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

/*
 * Copies the keys, blocked ones as the best other split of their letters. What
 * falls below the last of a full list is left out: it may not be the best.
 */
static unsigned unblock_all(const struct search_path *path,
                            const int64_t list[SEARCH_KEEP], unsigned blocked,
                            int64_t keys[SEARCH_KEEP])
{
    const int64_t least = list[SEARCH_KEEP - 1];
    unsigned count = 0;

    for (unsigned i = 0; i < SEARCH_KEEP && list[i] != 0; i++) {
        const int64_t key = (blocked >> i & 1) != 0
                                ? search_unblock(path, key_letters(list[i]))
                                : list[i];
        if (key != 0 && key >= least) {
            keys[count++] = key;
        }
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
    int64_t keys[SEARCH_KEEP];

    const unsigned count = unblock_all(path, list, blocked, keys);
    choose(keys, count, penalty, choice);
    if (is_settled(choice, list[SEARCH_KEEP - 1])) {
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
