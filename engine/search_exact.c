/* search_exact.c: all candidates of one suffix above a floor. */
#include <string.h>

#include "search.h"
#include "split.h"

/*
 * What the part that is built already begins with: an entry of this kind
 * (match.h; MATCH_LONG at the end), or a run.
 */
#define NEXT_IS_RUN MATCH_KINDS

/* Letters whose best split was blocked, with what unblock() said of them. */
#define UNBLOCKED_MAX 16u

struct hunt {
    const struct search_path *path;
    struct search_exact *exact;
    struct {
        uint32_t letters;
        int64_t key;
    } unblocked[UNBLOCKED_MAX];
    unsigned unblocked_count;
};

/* ---- Results ---------------------------------------------------------- */

struct best_split {
    const struct search_path *path;
    int64_t key;
};

static void keep_unblocked(void *context, const struct split *split)
{
    struct best_split *best = context;

    if (split->key > best->key && !block_hits(&best->path->tables->blocks,
                                              &best->path->trace, split->key)) {
        best->key = split->key;
    }
}

/* Whether a token from 'start' to 'end' has these letters there. */
static bool has_token(const struct search_path *path, unsigned start,
                      unsigned end, uint32_t letters)
{
    const uint32_t digits = path->octal[end - 1][start];
    const unsigned lane = path->digits[end - 1] - 2;
    const uint32_t mask = (1u << KEY_LETTER_BITS * (VN_SUFFIX_DIGITS - start)) -
                          (1u << KEY_LETTER_BITS * (VN_SUFFIX_DIGITS - end));

    const struct match *match = &path->tables->match;
    for (unsigned kinds = 0; kinds < match->kinds * match->kinds; kinds++) {
        const int64_t *end_row;
        const int64_t *row = match_rows(
            match, &match->tables[start][end - start][kinds / match->kinds],
            digits, kinds % match->kinds, &end_row);
        for (; row < end_row && row[lane] != KEY_NONE; row += MATCH_LANES) {
            if (key_letters(KEY_EMPTY + row[lane]) == (letters & mask)) {
                return true;
            }
        }
    }
    return false;
}

/*
 * Where entries may stand: ends[s] has bit e if there is a token from s to e
 * and the keys behind it can be covered. It saves the lexicon's search for all
 * others, which are most.
 */
static void find_ends(const struct search_path *path, uint32_t letters,
                      uint8_t ends[VN_SUFFIX_DIGITS])
{
    bool open[VN_SUFFIX_DIGITS + 1] = {[VN_SUFFIX_DIGITS] = true};

    for (unsigned start = VN_SUFFIX_DIGITS; start-- > 0;) {
        unsigned end = start;
        ends[start] = 0;
        if ((letters >> KEY_LETTER_SHIFT(start) & 7) == 0) {
            open[start] = true;
            continue;
        }
        while (end < VN_SUFFIX_DIGITS &&
               (letters >> KEY_LETTER_SHIFT(end) & 7) != 0) {
            end++;
            if (open[end] && has_token(path, start, end, letters)) {
                ends[start] |= (uint8_t)(1u << end);
                open[start] = true;
            }
        }
    }
}

int64_t search_unblock(const struct search_path *path, uint32_t letters)
{
    struct best_split best = {.path = path, .key = 0};
    uint8_t ends[VN_SUFFIX_DIGITS];

    find_ends(path, letters, ends);
    split_some(path->tables->lexicon, path->digits, letters, ends,
               keep_unblocked, &best);
    return best.key;
}

/* Letters may come up once for each of their splits: keeps the answer. */
static int64_t unblock(struct hunt *hunt, uint32_t letters)
{
    for (unsigned i = 0; i < hunt->unblocked_count; i++) {
        if (hunt->unblocked[i].letters == letters) {
            return hunt->unblocked[i].key;
        }
    }
    const int64_t key = search_unblock(hunt->path, letters);
    if (hunt->unblocked_count < UNBLOCKED_MAX) {
        hunt->unblocked[hunt->unblocked_count].letters = letters;
        hunt->unblocked[hunt->unblocked_count++].key = key;
    }
    return key;
}

/* Puts 'key' into the results; of equal letters the better one stays. */
static void keep(struct search_exact *exact, int64_t key)
{
    unsigned at = 0, end;

    for (; at < exact->count && exact->keys[at] >= key; at++) {
        if (key_same_letters(exact->keys[at], key)) {
            return;
        }
    }
    for (end = at; end < exact->count; end++) {
        if (key_same_letters(exact->keys[end], key)) {
            break;
        }
    }
    if (end == exact->count && exact->count < SEARCH_EXACT_MAX) {
        exact->count++;
    } else if (end == SEARCH_EXACT_MAX) {
        end--;
    }
    memmove(exact->keys + at + 1, exact->keys + at,
            (end - at) * sizeof *exact->keys);
    exact->keys[at] = key;
    if (exact->count == SEARCH_EXACT_MAX) {
        exact->floor = exact->keys[SEARCH_EXACT_MAX - 1];
    }
}

static void found(struct hunt *hunt, int64_t key)
{
    const struct search_path *path = hunt->path;

    if (path->trace.active[VN_SUFFIX_DIGITS] &&
        block_hits(&path->tables->blocks, &path->trace, key)) {
        key = unblock(hunt, key_letters(key));
    }
    if (key > hunt->exact->floor) {
        keep(hunt->exact, key);
    }
}

/* ---- Hunt ------------------------------------------------------------- */

static const int64_t *list_of(const struct search_node *node, unsigned next)
{
    return next == NEXT_IS_RUN ? node->before_run : node->before[next];
}

static void hunt_before(struct hunt *hunt, unsigned end, unsigned next,
                        int64_t rest);

/* Tokens of one lane, from '*row' on, each with all that 'next' may follow. */
static void hunt_rows(struct hunt *hunt, const int64_t *row,
                      const int64_t *row_end, unsigned end, unsigned next,
                      int64_t rest)
{
    const int64_t head = list_of(hunt->path->nodes[end], next)[0];

    for (; head != 0 && row < row_end && *row != KEY_NONE; row += MATCH_LANES) {
        if (head + *row + rest <= hunt->exact->floor) {
            break;
        }
        hunt_before(hunt, end, next, *row + rest);
    }
}

/* Tokens of one table that end at 'end', each with all that may precede it. */
static void hunt_tokens(struct hunt *hunt, unsigned start, unsigned end,
                        unsigned last_kind, int64_t rest)
{
    const struct search_path *path = hunt->path;
    const struct match *match = &path->tables->match;
    const uint32_t digits = path->octal[end - 1][start];
    const unsigned lane = path->digits[end - 1] - 2;
    const int64_t *row, *row_end;

    for (unsigned first = 0; first < match->kinds; first++) {
        row = match_rows(match, &match->tables[start][end - start][last_kind],
                         digits, first, &row_end);
        if (row < row_end) {
            hunt_rows(hunt, row + lane, row_end, start, first, rest);
        }
    }
    if (start > 0 && path->digits[start - 1] == 4) {
        row = match_group(&match->after_4[start][end - start][last_kind],
                          digits, &row_end);
        if (row < row_end) {
            hunt_rows(hunt, row + lane, row_end, start - 1, NEXT_IS_RUN, rest);
        }
    }
}

/* The term between an entry of kind 'last' and what follows it. */
static int border(const struct model *model, unsigned last, unsigned next)
{
    if (next == NEXT_IS_RUN) {
        return (last & MATCH_SHORT) != 0 ? model->short_beside_run : 0;
    }
    return (last & next & MATCH_COMMON) != 0 ? model->common : 0;
}

static void hunt_words(struct hunt *hunt, unsigned end, unsigned next,
                       int64_t rest)
{
    const struct search_path *path = hunt->path;
    const struct model *model = &path->tables->lexicon->model;
    const unsigned kinds = path->tables->match.kinds;

    for (unsigned start = path->clear[end]; start < end; start++) {
        for (unsigned last = 0; last < kinds; last++) {
            const int64_t term = key_score(border(model, last, next));
            hunt_tokens(hunt, start, end, last, rest + term);
        }
    }
}

static void hunt_runs(struct hunt *hunt, unsigned end, unsigned next,
                      int64_t rest)
{
    const struct search_path *path = hunt->path;
    const struct model *model = &path->tables->lexicon->model;
    const bool ends_in_4 = path->digits[end - 1] == 4;

    for (unsigned n = 1; n <= MODEL_RUN_MAX && n <= end; n++) {
        const bool lone_4 = n == 1 && ends_in_4;
        if (lone_4 && end < VN_SUFFIX_DIGITS &&
            path->tables->match.behind_runs) {
            continue; /* tokens have it */
        }
        const int digits =
            path->run_digits[end][n] +
            model_run_digits(model, path->digits + end - n, end - n, n);
        const bool costs = next != NEXT_IS_RUN && (next & MATCH_SHORT) != 0 &&
                           !(lone_4 && end == 1);
        const int64_t run = search_run(model, end - n, n, digits);
        hunt_before(hunt, end - n, NEXT_IS_RUN,
                    rest + run +
                        (costs ? key_score(model->short_beside_run) : 0));
    }
}

/* All spellings of the first 'end' keys that, with 'rest', pass the floor. */
static void hunt_before(struct hunt *hunt, unsigned end, unsigned next,
                        int64_t rest)
{
    const int64_t *list = list_of(hunt->path->nodes[end], next);
    const int64_t last = list[SEARCH_KEEP - 1];

    if (list[0] == 0 || list[0] + rest <= hunt->exact->floor) {
        return;
    }
    if (last == 0 || last + rest <= hunt->exact->floor) {
        for (unsigned i = 0; i < SEARCH_KEEP && list[i] != 0 &&
                             list[i] + rest > hunt->exact->floor;
             i++) {
            found(hunt, list[i] + rest);
        }
        return;
    }
    hunt_words(hunt, end, next, rest);
    if (next != NEXT_IS_RUN) {
        hunt_runs(hunt, end, next, rest);
    }
}

/* One run at key 0, and one token. */
static void hunt_alone(struct hunt *hunt)
{
    const struct search_path *path = hunt->path;
    const unsigned depth = VN_SUFFIX_DIGITS - 1;
    const unsigned lane = path->digits[depth] - 2;

    for (unsigned start = 1; start <= MODEL_RUN_MAX; start++) {
        const int64_t *row, *row_end;
        if (start < path->clear[VN_SUFFIX_DIGITS] ||
            path->alone[start][0] == 0) {
            continue;
        }
        row = match_group(&path->tables->match.alone[start],
                          path->octal[depth][start], &row_end);
        for (; row < row_end && row[lane] != KEY_NONE; row += MATCH_LANES) {
            if (path->alone[start][0] + row[lane] <= hunt->exact->floor) {
                break;
            }
            found(hunt, path->alone[start][0] + row[lane]);
        }
    }
}

void search_exact(const struct search_path *path, int64_t floor,
                  struct search_exact *exact)
{
    struct hunt hunt;

    hunt.path = path;
    hunt.exact = exact;
    hunt.unblocked_count = 0;
    exact->count = 0;
    exact->floor = floor;
    hunt_alone(&hunt);
    hunt_words(&hunt, VN_SUFFIX_DIGITS, MATCH_LONG, 0);
    hunt_runs(&hunt, VN_SUFFIX_DIGITS, MATCH_LONG, 0);
}
