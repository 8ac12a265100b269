/*
 * search_kernel.h: the search, written once for any number of lanes.
 *
 * A file that includes it defines first:
 *   LANES                     suffixes computed at once: 1, 2, 4 or 8
 *   lanes_t                   LANES keys; + adds each, or one to all
 *   lanes_load(p)             from p on
 *   lanes_all(key)            the same key in all lanes
 *   lanes_put(a, lane, key)   a, but 'key' in one lane
 *   lanes_add_to_keys(a, b)   the same, but 0 where a is 0
 *   lanes_mask                which lanes; & works on it
 *   lanes_above(a, b)         where a > b
 *   lanes_any(mask)           whether any lane is
 *   lanes_insert(list, key, gains)   into SEARCH_KEEP sorted keys, of equal
 *                             letters the better one stays; 'gains' has the
 *                             lanes of which the key is above the last
 *   lanes_store(p, a)
 */
#include "search.h"

/* The margin of lists that must be whole. */
#define NO_MARGIN (-1)

/*
 * Where the key belongs into the list: above its last, and not further than
 * the margin below the one at VN_CANDIDATES.
 */
static inline lanes_mask gains(const lanes_t list[SEARCH_KEEP], lanes_t key,
                               int64_t margin)
{
    const lanes_mask above = lanes_above(key, list[SEARCH_KEEP - 1]);

    return margin == NO_MARGIN
               ? above
               : above & lanes_above(key + margin, list[VN_CANDIDATES - 1]);
}

/*
 * Adds to 'list' each spelling of 'before' with each token of the rows. Both
 * are sorted, so that each loop ends where no lane can gain any more.
 */
static inline void add_products(const int64_t before[SEARCH_KEEP],
                                const int64_t *row, const int64_t *row_end,
                                int64_t margin, lanes_t list[SEARCH_KEEP])
{
    for (; row < row_end; row += MATCH_LANES) {
        const lanes_t token = lanes_load(row);
        unsigned i = 0;
        for (; i < SEARCH_KEEP && before[i] != 0; i++) {
            const lanes_t key = token + before[i];
            const lanes_mask in = gains(list, key, margin);
            if (!lanes_any(in)) {
                break;
            }
            lanes_insert(list, key, in);
        }
        if (i == 0) {
            return; /* no later token is better in any lane */
        }
    }
}

/* The same of a group that has one list for all kinds of first entry. */
static inline void add_group(const struct match_table *table, uint32_t digits,
                             const int64_t before[SEARCH_KEEP], unsigned lane,
                             int64_t margin, lanes_t list[SEARCH_KEEP])
{
    const int64_t *row_end;
    const int64_t *row = match_group(table, digits, &row_end);

    if (row < row_end) {
        add_products(before, row + lane, row_end, margin, list);
    }
}

/*
 * Adds to 'list' the spellings that end at 'end' in a token whose last entry
 * is of this kind: for each start, its list times its tokens.
 */
static inline void add_words(const struct search_path *path, unsigned end,
                             unsigned last_kind, unsigned lane, int64_t margin,
                             lanes_t list[SEARCH_KEEP])
{
    const struct match *match = &path->tables->match;
    const unsigned depth = end - 1;

    for (unsigned start = path->clear[depth]; start < end; start++) {
        const struct search_node *node = end < VN_SUFFIX_DIGITS
                                             ? path->nodes[start]
                                             : path->last_nodes[start];
        const uint32_t digits = path->octal[depth][start];
        const struct match_table *table =
            &match->tables[start][end - start][last_kind];
        for (unsigned kind = 0; kind < match->kinds; kind++) {
            const int64_t *row_end;
            const int64_t *row =
                match_rows(match, table, digits, kind, &row_end);
            if (row < row_end) {
                add_products(node->before[kind], row + lane, row_end, margin,
                             list);
            }
        }
        if (start > 0 && path->digits[start - 1] == 4) {
            add_group(&match->after_4[start][end - start][last_kind], digits,
                      path->nodes[start - 1]->before_run, lane, margin, list);
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
        const lanes_mask in = gains(list, key, NO_MARGIN);
        if (!lanes_any(in)) {
            break;
        }
        lanes_insert(list, key, in);
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
static inline void spread_runs(const struct search_runs *runs, unsigned lane,
                               lanes_t list[SEARCH_KEEP])
{
    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        list[i] = lanes_all(runs->lists[SEARCH_DIGIT_OTHER][i]);
    }
    for (unsigned own = 0; own < runs->own_count; own++) {
        const int64_t *keys = runs->lists[SEARCH_OWN + own];
        const unsigned at = runs->own[own] - 2 - lane; /* wraps if below */
        for (unsigned i = 0; at < LANES && i < SEARCH_KEEP; i++) {
            list[i] = lanes_put(list[i], at, keys[i]);
        }
    }
}

static inline void clear_list(lanes_t list[SEARCH_KEEP])
{
    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        list[i] = lanes_all(0);
    }
}

/*
 * The spellings of the children that end in a word, common or not, which
 * 'kind' tells; adds them to 'before_run'.
 */
static inline void end_in_words(const struct search_path *path, unsigned lane,
                                unsigned kind, lanes_t before_run[SEARCH_KEEP],
                                lanes_t words[SEARCH_KEEP])
{
    const struct model *model = &path->tables->lexicon->model;
    const unsigned end = path->depth + 1;
    lanes_t shorts[SEARCH_KEEP];

    clear_list(words);
    clear_list(shorts);
    add_words(path, end, kind | MATCH_LONG, lane, NO_MARGIN, words);
    add_words(path, end, kind | MATCH_SHORT, lane, NO_MARGIN, shorts);
    add_list(before_run, words, lanes_all(0));
    add_list(before_run, shorts, lanes_all(key_score(model->short_beside_run)));
    add_list(words, shorts, lanes_all(0));
}

/* Writes one list of LANES children, from 'lane' + 2 on. */
static inline void store_before(const lanes_t list[SEARCH_KEEP], unsigned kind,
                                struct search_node *children)
{
    int64_t *out[LANES];

    for (unsigned k = 0; k < LANES; k++) {
        out[k] = children[k].before[kind];
    }
    store_list(list, out);
}

/* The children of LANES digits, from 'lane' + 2 on. */
static inline void expand_lanes(const struct search_path *path, unsigned lane,
                                const struct search_runs *runs,
                                struct search_node *children)
{
    const struct model *model = &path->tables->lexicon->model;
    const unsigned kinds = path->tables->match.kinds;
    lanes_t words[SEARCH_KEEP], commons[SEARCH_KEEP], before_run[SEARCH_KEEP];
    lanes_t ended[SEARCH_KEEP], list[SEARCH_KEEP], longs[SEARCH_KEEP];
    int64_t *out_run[LANES];
    int64_t beside_runs[LANES];

    children += lane + 2;
    for (unsigned k = 0; k < LANES; k++) {
        const bool leading_4 = path->depth == 0 && lane + k + 2 == 4;
        beside_runs[k] = leading_4 ? 0 : key_score(model->short_beside_run);
        out_run[k] = children[k].before_run;
    }
    clear_list(before_run);
    clear_list(commons);
    end_in_words(path, lane, 0, before_run, words);
    if (kinds > MATCH_COMMON) {
        end_in_words(path, lane, MATCH_COMMON, before_run, commons);
    }
    store_list(before_run, out_run);
    spread_runs(runs, lane, ended);
    for (unsigned kind = 0; kind < kinds; kind += MATCH_COMMON) {
        const int term = kind == MATCH_COMMON ? model->common : 0;
        copy_list(words, list);
        add_list(list, commons, lanes_all(key_score(term)));
        copy_list(list, longs);
        add_list(longs, ended, lanes_all(0));
        store_before(longs, kind | MATCH_LONG, children);
        add_list(list, ended, lanes_load(beside_runs));
        store_before(list, kind | MATCH_SHORT, children);
    }
}

/* The child of a 0 or 1, where no word can end. */
static inline void expand_01(const struct search_path *path,
                             const int64_t ended[SEARCH_KEEP],
                             struct search_node *child)
{
    const int64_t beside =
        key_score(path->tables->lexicon->model.short_beside_run);

    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        const int64_t key = ended[i];
        for (unsigned kind = 0; kind < path->tables->match.kinds;
             kind += MATCH_COMMON) {
            child->before[kind | MATCH_LONG][i] = key;
            child->before[kind | MATCH_SHORT][i] = key != 0 ? key + beside : 0;
        }
        child->before_run[i] = 0;
    }
}

static void expand(struct search_path *path)
{
    struct search_node *children = path->children[path->depth];
    struct search_runs runs;

    search_run_starts(path);
    search_run_lists(path, false, &runs);
    for (unsigned digit = 0; digit < 2; digit++) {
        expand_01(path, runs.lists[runs.list_of[digit]], &children[digit]);
    }
    for (unsigned lane = 0; lane < MATCH_LANES; lane += LANES) {
        expand_lanes(path, lane, &runs, children);
    }
}

/* Adds the spellings that are one run at key 0 and one token. */
static inline void add_alone(const struct search_path *path, unsigned lane,
                             int64_t margin, lanes_t list[SEARCH_KEEP])
{
    const unsigned depth = VN_SUFFIX_DIGITS - 1;
    const unsigned clear = path->clear[depth];

    for (unsigned start = clear > 0 ? clear : 1; start <= MODEL_RUN_MAX;
         start++) {
        add_group(&path->tables->match.alone[start], path->octal[depth][start],
                  path->alone[start], lane, margin, list);
    }
}

/*
 * The list of the suffixes of LANES last digits, from 'lane' + 2 on. A key that
 * is further below the fifth than the penalty of twins cannot be chosen, unless
 * others are blocked: the list is whole above that only (rank.c).
 */
static inline void leaf_list(const struct search_path *path, unsigned lane,
                             int64_t penalty, const struct search_runs *runs,
                             lanes_t list[SEARCH_KEEP])
{
    spread_runs(runs, lane, list);
    add_alone(path, lane, penalty, list);
    add_words(path, VN_SUFFIX_DIGITS, MATCH_LONG, lane, penalty, list);
}
