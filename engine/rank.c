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

/* Copies the unblocked keys; '*unknown' rises to the best blocked one. */
static unsigned drop_blocked(const struct search_path *path,
                             const int64_t list[SEARCH_KEEP],
                             int64_t keys[SEARCH_KEEP], int64_t *unknown)
{
    unsigned count = 0;

    for (unsigned i = 0; i < SEARCH_KEEP && list[i] != 0; i++) {
        if (!path->trace.active[VN_SUFFIX_DIGITS] ||
            !block_hits(&path->tables->blocks, &path->trace, list[i])) {
            keys[count++] = list[i];
        } else if (list[i] > *unknown) {
            *unknown = list[i];
        }
    }
    return count;
}

/*
 * The list is not enough if a candidate that it does not show could be chosen:
 * the next one after a full list, or another split of a blocked one. All of
 * these have keys below 'unknown', so five choices at or above it stand.
 */
static bool is_settled(const struct rank_choice *choice, int64_t unknown)
{
    return unknown == 0 ||
           (choice->count == VN_CANDIDATES &&
            choice->adjusted[VN_CANDIDATES - 1] >= unknown);
}

void rank_choose(const struct search_path *path,
                 const int64_t list[SEARCH_KEEP], struct rank_choice *choice,
                 struct rank_counts *counts)
{
    const int64_t penalty = key_score(path->tables->lexicon->model.twin);
    int64_t keys[SEARCH_KEEP];
    int64_t unknown = list[SEARCH_KEEP - 1];
    struct search_exact exact;

    choose(keys, drop_blocked(path, list, keys, &unknown), penalty, choice);
    if (counts != NULL) {
        counts->suffixes++;
    }
    while (!is_settled(choice, unknown)) {
        const int64_t floor = choice->count == VN_CANDIDATES
                                  ? choice->adjusted[VN_CANDIDATES - 1]
                                  : 0;
        search_exact(path, floor, &exact);
        unknown = exact.count == SEARCH_EXACT_MAX ? 0 : floor;
        choose(exact.keys, exact.count, penalty, choice);
        if (counts != NULL) {
            counts->exact++;
        }
    }
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
    memset(record, 0, sizeof *record);
    for (unsigned i = 0; i < choice->count; i++) {
        const int64_t key = choice->keys[i];
        uint8_t ranks[VN_SUFFIX_DIGITS];
        char tail[VN_TAIL_MAX];
        const unsigned past = key_tail_text(key_tail(key), tail);
        unpack_letters(key_letters(key), ranks);
        record->codes[i] =
            vn_code_make(ranks, reverse_cuts(key_cuts(key)), past > 0,
                         vn_score_tenths(key_hundredths(key)));
        record->tails[i] = vn_tail_make(tail, past);
    }
}
