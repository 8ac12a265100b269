/*
 * search_kernel.h: the search, written once for any number of lanes.
 *
 * A file that includes it defines first:
 *   LANES                     suffixes computed at once: 1 or MATCH_LANES
 *   lanes_t                   LANES keys
 *   lanes_load(p)             from a row at lane 0 of p
 *   lanes_all(key)            the same key in all lanes
 *   lanes_add(a, b)
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
            const lanes_t key = lanes_add(token, lanes_all(before[i]));
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

static inline void store_list(int64_t out[MATCH_LANES][SEARCH_KEEP],
                              unsigned lane, const lanes_t list[SEARCH_KEEP])
{
    int64_t keys[LANES];

    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        lanes_store(keys, list[i]);
        for (unsigned k = 0; k < LANES; k++) {
            out[lane + k][i] = keys[k];
        }
    }
}

/* The lists of words of the eight children 2..9. */
static inline void word_lists(const struct search_path *path,
                              unsigned last_kind,
                              int64_t out[MATCH_LANES][SEARCH_KEEP])
{
    for (unsigned lane = 0; lane < MATCH_LANES; lane += LANES) {
        lanes_t list[SEARCH_KEEP];
        for (unsigned i = 0; i < SEARCH_KEEP; i++) {
            list[i] = lanes_all(0);
        }
        add_words(path, path->depth + 1, last_kind, lane, list);
        store_list(out, lane, list);
    }
}

static void expand(struct search_path *path)
{
    static const int64_t none[SEARCH_KEEP];
    struct search_node *children = path->children[path->depth];
    int64_t long_words[MATCH_LANES][SEARCH_KEEP];
    int64_t short_words[MATCH_LANES][SEARCH_KEEP];
    int64_t runs[3][SEARCH_KEEP];

    word_lists(path, MATCH_LONG, long_words);
    word_lists(path, MATCH_SHORT, short_words);
    search_run_lists(path, runs);
    search_finish(path, 0, none, none, runs[SEARCH_DIGIT_01], &children[0]);
    children[1] = children[0];
    for (unsigned digit = 2; digit < 10; digit++) {
        search_finish(path, digit, long_words[digit - 2],
                      short_words[digit - 2], runs[search_class(digit)],
                      &children[digit]);
    }
}

/* The list of the suffixes of LANES last digits, from 'lane' + 2 on. */
static inline void leaf_list(const struct search_path *path, unsigned lane,
                             int64_t runs[3][SEARCH_KEEP],
                             lanes_t list[SEARCH_KEEP])
{
    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        int64_t keys[LANES];
        for (unsigned k = 0; k < LANES; k++) {
            keys[k] = runs[search_class(lane + k + 2)][i];
        }
        list[i] = lanes_load(keys);
    }
    add_words(path, VN_SUFFIX_DIGITS, MATCH_LONG, lane, list);
}
