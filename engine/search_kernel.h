/*
 * search_kernel.h: the search, written once for any number of lanes.
 *
 * A file that includes it defines first:
 *   LANES                     suffixes computed at once: 1, 2, 4 or 8
 *   lanes_t                   LANES keys; + adds each, or one to all
 *   lanes_load(p)             from p on
 *   lanes_all(key)            the same key in all lanes
 *   lanes_add_to_keys(a, b)   the same, but 0 where a is 0
 *   lanes_any_above(a, b)     whether a > b in any lane
 *   lanes_insert(list, key)   into SEARCH_KEEP sorted keys, of equal letters
 *                             the better one stays
 *   lanes_store(p, a)
 */
#include "search.h"

/*
 * Adds to 'list' each spelling of 'before' with each token of the rows. Both
 * are sorted, so that each loop ends where no lane can gain any more.
 */
static inline void add_products(const int64_t before[SEARCH_KEEP],
                                const int64_t *row, const int64_t *row_end,
                                lanes_t list[SEARCH_KEEP])
{
    for (; row < row_end; row += MATCH_LANES) {
        const lanes_t token = lanes_load(row);
        unsigned i = 0;
        for (; i < SEARCH_KEEP && before[i] != 0; i++) {
            const lanes_t key = token + before[i];
            if (!lanes_any_above(key, list[SEARCH_KEEP - 1])) {
                break;
            }
            lanes_insert(list, key);
        }
        if (i == 0) {
            return; /* no later token is better in any lane */
        }
    }
}

/*
 * Adds to 'list' the spellings that end at 'end' in a token whose last entry
 * is of this kind: for each start, its list times its tokens.
 */
static inline void add_words(const struct search_path *path, unsigned end,
                             unsigned last_kind, unsigned lane,
                             lanes_t list[SEARCH_KEEP])
{
    const unsigned depth = end - 1;

    for (unsigned start = path->clear[depth]; start < end; start++) {
        const struct search_node *node = path->nodes[start];
        const uint32_t group = path->octal[depth][start];
        for (unsigned first_kind = 0; first_kind < 2; first_kind++) {
            const int64_t *row_end;
            const int64_t *row = match_rows(
                &path->tables->match
                     .tables[start][end - start][first_kind][last_kind],
                group, &row_end);
            if (row < row_end) {
                add_products(first_kind == MATCH_SHORT ? node->before_short
                                                       : node->before_long,
                             row + lane, row_end, list);
            }
        }
    }
}

static inline void copy_list(const lanes_t from[SEARCH_KEEP],
                             lanes_t to[SEARCH_KEEP])
{
    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        to[i] = from[i];
    }
}

/* Adds the spellings of another list, each with 'change'. */
static inline void add_list(lanes_t list[SEARCH_KEEP],
                            const lanes_t other[SEARCH_KEEP], lanes_t change)
{
    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        const lanes_t key = lanes_add_to_keys(other[i], change);
        if (!lanes_any_above(key, list[SEARCH_KEEP - 1])) {
            break;
        }
        lanes_insert(list, key);
    }
}

/* Writes the lists of LANES nodes, one a lane, from 'lane' on. */
static inline void store_list(const lanes_t list[SEARCH_KEEP],
                              int64_t *const out[LANES])
{
    int64_t keys[LANES];

    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        lanes_store(keys, list[i]);
        for (unsigned k = 0; k < LANES; k++) {
            out[k][i] = keys[k];
        }
    }
}

/* The lists of run-ended spellings of LANES digits, from 'lane' + 2 on. */
static inline void spread_runs(int64_t runs[3][SEARCH_KEEP], unsigned lane,
                               lanes_t list[SEARCH_KEEP])
{
    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        int64_t keys[LANES];
        for (unsigned k = 0; k < LANES; k++) {
            keys[k] = runs[search_class(lane + k + 2)][i];
        }
        list[i] = lanes_load(keys);
    }
}

/* The children of LANES digits, from 'lane' + 2 on. */
static inline void expand_lanes(const struct search_path *path, unsigned lane,
                                int64_t runs[3][SEARCH_KEEP],
                                struct search_node *children)
{
    const int64_t beside =
        key_score(path->tables->lexicon->model.short_beside_run);
    lanes_t words[SEARCH_KEEP], short_words[SEARCH_KEEP], ended[SEARCH_KEEP];
    lanes_t list[SEARCH_KEEP];
    int64_t *out_long[LANES], *out_short[LANES], *out_run[LANES];
    int64_t beside_runs[LANES];

    for (unsigned k = 0; k < LANES; k++) {
        const bool leading_4 = path->depth == 0 && lane + k + 2 == 4;
        beside_runs[k] = leading_4 ? 0 : beside;
        out_long[k] = children[lane + k + 2].before_long;
        out_short[k] = children[lane + k + 2].before_short;
        out_run[k] = children[lane + k + 2].before_run;
    }
    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        words[i] = short_words[i] = lanes_all(0);
    }
    add_words(path, path->depth + 1, MATCH_LONG, lane, words);
    add_words(path, path->depth + 1, MATCH_SHORT, lane, short_words);
    spread_runs(runs, lane, ended);
    copy_list(words, list);
    add_list(list, short_words, lanes_all(beside));
    store_list(list, out_run);
    add_list(words, short_words, lanes_all(0));
    copy_list(words, list);
    add_list(list, ended, lanes_all(0));
    store_list(list, out_long);
    add_list(words, ended, lanes_load(beside_runs));
    store_list(words, out_short);
}

static void expand(struct search_path *path)
{
    const int64_t beside =
        key_score(path->tables->lexicon->model.short_beside_run);
    struct search_node *children = path->children[path->depth];
    int64_t runs[3][SEARCH_KEEP];

    search_run_starts(path);
    search_run_lists(path, runs);
    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        const int64_t key = runs[SEARCH_DIGIT_01][i];
        children[0].before_long[i] = key;
        children[0].before_short[i] = key != 0 ? key + beside : 0;
        children[0].before_run[i] = 0;
    }
    children[1] = children[0];
    for (unsigned lane = 0; lane < MATCH_LANES; lane += LANES) {
        expand_lanes(path, lane, runs, children);
    }
}

/* The list of the suffixes of LANES last digits, from 'lane' + 2 on. */
static inline void leaf_list(const struct search_path *path, unsigned lane,
                             int64_t runs[3][SEARCH_KEEP],
                             lanes_t list[SEARCH_KEEP])
{
    spread_runs(runs, lane, list);
    add_words(path, VN_SUFFIX_DIGITS, MATCH_LONG, lane, list);
}
