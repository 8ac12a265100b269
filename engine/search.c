/* search.c: the walk through the tree of digits, and lists of runs. */
#include "search.h"

#include <string.h>

void search_start(struct search_path *path, const struct search_tables *tables)
{
    memset(path, 0, sizeof *path);
    path->tables = tables;
    for (unsigned kind = 0; kind < MATCH_KINDS; kind++) {
        path->root.before[kind][0] = KEY_EMPTY;
    }
    path->root.before_run[0] = KEY_EMPTY;
    path->nodes[0] = &path->root;
    path->last_nodes[0] = &path->root;
    block_trace_start(&path->trace);
}

/* The list without what has no letters. */
static void drop_run(const int64_t list[SEARCH_KEEP], int64_t out[SEARCH_KEEP])
{
    unsigned count = 0;

    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        if (key_letters(list[i]) != 0) {
            out[count++] = list[i];
        }
    }
    while (count < SEARCH_KEEP) {
        out[count++] = 0;
    }
}

/* The run of the first 'depth' keys as a spelling; 0 if it is a lone 4. */
static int64_t run_alone(const struct search_path *path, unsigned depth)
{
    const struct model *model = &path->tables->lexicon->model;
    const int digits = path->run_digits[depth][depth] +
                       model_run_digits(model, path->digits, 0, depth);

    if (depth == 1 && path->digits[0] == 4) {
        return 0;
    }
    return KEY_EMPTY + search_run(model, 0, depth, digits);
}

/* Takes the run of all keys of the node where 'path' stands out of its lists.
 */
static void take_alone(struct search_path *path)
{
    const unsigned depth = path->depth;

    path->alone[depth][0] = run_alone(path, depth);
    for (unsigned kind = 0; kind < path->tables->match.kinds; kind++) {
        drop_run(path->nodes[depth]->before[kind],
                 path->without_run[depth].before[kind]);
    }
    path->last_nodes[depth] = &path->without_run[depth];
}

void search_enter(struct search_path *path, unsigned digit)
{
    const unsigned depth = path->depth, next = depth + 1;
    const struct model *model = &path->tables->lexicon->model;
    const int cost = digit < 2 ? model->digit_01 : model->digit_other;

    path->digits[depth] = digit;
    path->clear[next] = digit < 2 ? next : path->clear[depth];
    for (unsigned s = path->clear[next]; s <= depth; s++) {
        path->octal[next][s] = path->octal[depth][s] << 3 | (digit - 2);
    }
    path->octal[next][next] = 0;
    for (unsigned n = 1; n <= MODEL_RUN_MAX && n <= next; n++) {
        path->run_digits[next][n] = path->run_digits[depth][n - 1] + cost;
    }
    block_trace_step(&path->tables->blocks, &path->trace, depth, digit);
    if (next < VN_SUFFIX_DIGITS) {
        path->nodes[next] = &path->children[depth][digit];
        path->last_nodes[next] = path->nodes[next];
    }
    path->depth = next;
    if (next <= MODEL_RUN_MAX && path->tables->match.behind_runs) {
        take_alone(path);
    }
}

void search_leave(struct search_path *path)
{
    path->depth--;
}

int64_t search_run(const struct model *model, unsigned start, unsigned length,
                   int digits)
{
    const int score = digits + model_run(model, start, length);

    return key_score(score) + key_fields(length, 1, 0, 0, key_cut(start));
}

/*
 * Merges two lists, each with its change, into the best of both. None of the
 * letters of one are in the other.
 */
static void merge(const int64_t a[SEARCH_KEEP], int64_t change_a,
                  const int64_t b[SEARCH_KEEP], int64_t change_b,
                  int64_t out[SEARCH_KEEP])
{
    unsigned i = 0, k = 0;

    for (unsigned count = 0; count < SEARCH_KEEP; count++) {
        const int64_t left = a[i] != 0 ? a[i] + change_a : 0;
        const int64_t right = b[k] != 0 ? b[k] + change_b : 0;
        const bool first = left > right;
        out[count] = first ? left : right;
        i += first;
        k += !first;
    }
}

/*
 * Runs of two keys or more that end at the children's children of the node of
 * 'depth', of which terms[n] is what the digits of a run of n keys add.
 */
static void start_runs(const struct search_path *path, unsigned depth,
                       const int terms[MODEL_RUN_MAX + 1],
                       int64_t out[SEARCH_KEEP])
{
    const struct model *model = &path->tables->lexicon->model;
    int64_t lists[2][SEARCH_KEEP] = {{0}};
    unsigned last = 0;

    for (unsigned n = 2; n <= MODEL_RUN_MAX && n <= depth + 2; n++) {
        const unsigned start = depth + 2 - n;
        const int digits = path->run_digits[depth][n - 2] + terms[n];
        merge(path->nodes[start]->before_run,
              search_run(model, start, n, digits), lists[last], 0,
              lists[1 - last]);
        last = 1 - last;
    }
    memcpy(out, lists[last], sizeof lists[last]);
}

void search_run_starts(struct search_path *path)
{
    const int equal = path->tables->lexicon->model.run_equal[2];
    const unsigned depth = path->depth;

    start_runs(path, depth, (int[MODEL_RUN_MAX + 1]){0},
               path->run_starts[depth][SEARCH_PLAIN]);
    if (equal != 0) {
        start_runs(path, depth, (int[MODEL_RUN_MAX + 1]){[2] = equal},
                   path->run_starts[depth][SEARCH_EQUAL]);
    }
}

/* The end of a run: what it adds to 'before_run', and to longer runs. */
struct run_end {
    int64_t alone, longer_change;
    const int64_t *longer;
};

/* Two of merge() at once: one hides the time that the other waits for loads. */
static void merge_two(const int64_t alone[SEARCH_KEEP],
                      const struct run_end ends[2], int64_t out[2][SEARCH_KEEP])
{
    unsigned i[2] = {0, 0};

    for (unsigned count = 0; count < SEARCH_KEEP; count++) {
        for (unsigned n = 0; n < 2; n++) {
            const int64_t a = alone[i[n]], b = ends[n].longer[count - i[n]];
            const int64_t left = a != 0 ? a + ends[n].alone : 0;
            const int64_t right = b != 0 ? b + ends[n].longer_change : 0;
            out[n][count] = left > right ? left : right;
            i[n] += left > right;
        }
    }
}

/* The bit of the digit that goes on with the sequence of the last two. */
static unsigned next_in_sequence(const struct search_path *path)
{
    const unsigned depth = path->depth;

    if (depth < 2 || path->tables->lexicon->model.run_sequence == 0) {
        return 0;
    }
    const int last = (int)path->digits[depth - 1];
    const int step = last - (int)path->digits[depth - 2];
    const int next = last + step;
    const bool goes_on = (step == 1 || step == -1) && next >= 0 && next <= 9;
    return goes_on ? 1u << next : 0;
}

/* Whether a run that is just 4, and that a word stands behind, is left out. */
static bool skips_lone_4(const struct search_path *path, bool last)
{
    return !last && path->tables->match.behind_runs;
}

/* Bits of the digits whose runs may have terms of their own. */
static unsigned own_digits(const struct search_path *path, bool last)
{
    const struct model *model = &path->tables->lexicon->model;
    const unsigned depth = path->depth;
    unsigned bits = 0;

    bits |= model_lone(model, depth, 2) != 0 ? 1u << 2 : 0;
    bits |= model_lone(model, depth, 4) != 0 || skips_lone_4(path, last)
                ? 1u << 4
                : 0;
    if (depth > 0 && (model->run_equal[2] | model->run_equal[3]) != 0) {
        bits |= 1u << path->digits[depth - 1];
    }
    return bits | next_in_sequence(path);
}

/* The longer runs that end in 'digit'; 'made' has room for a list. */
static const int64_t *longer_runs(const struct search_path *path,
                                  unsigned digit, int64_t made[SEARCH_KEEP])
{
    static const int64_t none[SEARCH_KEEP];
    const struct model *model = &path->tables->lexicon->model;
    const unsigned depth = path->depth;
    int terms[MODEL_RUN_MAX + 1] = {0};
    unsigned digits[VN_SUFFIX_DIGITS];

    if (depth == 0) {
        return none;
    }
    const unsigned before = path->digits[depth - 1];
    if (digit != before && (next_in_sequence(path) >> digit & 1) == 0) {
        return path->run_starts[depth - 1][SEARCH_PLAIN];
    }
    if (digit == before && (depth < 2 || path->digits[depth - 2] != before)) {
        return path
            ->run_starts[depth - 1][model->run_equal[2] != 0 ? SEARCH_EQUAL
                                                             : SEARCH_PLAIN];
    }
    memcpy(digits, path->digits, sizeof digits);
    digits[depth] = digit;
    for (unsigned n = 2; n <= MODEL_RUN_MAX && n <= depth + 1; n++) {
        const unsigned start = depth + 1 - n;
        terms[n] = model_run_digits(model, digits + start, start, n);
    }
    start_runs(path, depth - 1, terms, made);
    return made;
}

static struct run_end make_end(const struct search_path *path, int last,
                               int lone, const int64_t *longer)
{
    const struct model *model = &path->tables->lexicon->model;
    const unsigned depth = path->depth;

    return (struct run_end){
        .alone = search_run(model, depth, 1, last + lone),
        .longer = longer,
        .longer_change = key_score(path->run_digits[depth][1] + last),
    };
}

/* Every run holds the last digit, so its cost changes all scores alike. */
void search_run_lists(const struct search_path *path, bool last,
                      struct search_runs *runs)
{
    static const int64_t none[SEARCH_KEEP];
    const struct model *model = &path->tables->lexicon->model;
    const unsigned depth = path->depth;
    const int64_t to_01 = key_score(model->digit_01 - model->digit_other);
    int64_t made[SEARCH_OWN_MAX][SEARCH_KEEP];
    struct run_end ends[1 + SEARCH_OWN_MAX + 1];
    unsigned count = 0;

    for (unsigned digit = 0; digit < 10; digit++) {
        runs->list_of[digit] = digit < 2 ? SEARCH_DIGIT_01 : SEARCH_DIGIT_OTHER;
    }
    ends[count++] = make_end(path, model->digit_other, 0,
                             depth > 0 ? path->run_starts[depth - 1][0] : none);
    for (unsigned left = own_digits(path, last); left != 0; left &= left - 1) {
        const unsigned digit = (unsigned)__builtin_ctz(left);
        const int cost = digit < 2 ? model->digit_01 : model->digit_other;
        const unsigned own = count - 1;
        ends[count] = make_end(path, cost, model_lone(model, depth, digit),
                               longer_runs(path, digit, made[own]));
        if (digit == 4 && skips_lone_4(path, last)) {
            ends[count].alone = KEY_NONE;
        }
        count++;
        runs->own[own] = digit;
        runs->list_of[digit] = SEARCH_OWN + own;
    }
    runs->own_count = count - 1;
    ends[count] = ends[0];
    for (unsigned n = 0; n < count; n += 2) {
        merge_two(path->nodes[depth]->before_run, &ends[n],
                  &runs->lists[SEARCH_DIGIT_OTHER + n]);
    }
    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        const int64_t key = runs->lists[SEARCH_DIGIT_OTHER][i];
        runs->lists[SEARCH_DIGIT_01][i] = key != 0 ? key + to_01 : 0;
    }
}
