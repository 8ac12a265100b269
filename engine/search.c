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
    block_trace_start(&path->trace);
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
    }
    path->depth = next;
}

void search_leave(struct search_path *path)
{
    path->depth--;
}

int64_t search_run(const struct model *model, unsigned start, unsigned length,
                   int digits, bool lone_4)
{
    const int score =
        digits + model_run(model, start, length) + (lone_4 ? model->lone_4 : 0);

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

/* The run of 'length' keys that ends at the children of 'path'. */
static int64_t child_run(const struct search_path *path, unsigned end,
                         unsigned length, int digits, bool lone_4)
{
    return search_run(&path->tables->lexicon->model, end - length, length,
                      digits, lone_4);
}

/* Runs of two keys or more that end at the children's children. */
void search_run_starts(struct search_path *path)
{
    static const int64_t none[SEARCH_KEEP];
    const unsigned depth = path->depth, end = depth + 2;
    int64_t two[SEARCH_KEEP], three[SEARCH_KEEP];

    memcpy(path->run_starts[depth], none, sizeof none);
    merge(path->nodes[depth]->before_run, child_run(path, end, 2, 0, false),
          none, 0, two);
    if (depth < 1) {
        memcpy(path->run_starts[depth], two, sizeof two);
        return;
    }
    merge(path->nodes[depth - 1]->before_run,
          child_run(path, end, 3, path->run_digits[depth][1], false), two, 0,
          three);
    if (depth < 2) {
        memcpy(path->run_starts[depth], three, sizeof three);
        return;
    }
    merge(path->nodes[depth - 2]->before_run,
          child_run(path, end, 4, path->run_digits[depth][2], false), three, 0,
          path->run_starts[depth]);
}

/*
 * Like two of merge(), with the change 'change_a' + 'more' in the second: one
 * hides the time that the other waits for its loads.
 */
static void merge_two(const int64_t a[SEARCH_KEEP], int64_t change_a,
                      int64_t more, const int64_t b[SEARCH_KEEP],
                      int64_t change_b, int64_t out[2][SEARCH_KEEP])
{
    unsigned i[2] = {0, 0};

    for (unsigned count = 0; count < SEARCH_KEEP; count++) {
        for (unsigned n = 0; n < 2; n++) {
            const int64_t key_a = a[i[n]], key_b = b[count - i[n]];
            const int64_t change = n == 0 ? change_a : change_a + more;
            const int64_t left = key_a != 0 ? key_a + change : 0;
            const int64_t right = key_b != 0 ? key_b + change_b : 0;
            out[n][count] = left > right ? left : right;
            i[n] += left > right;
        }
    }
}

/* Every run holds the last digit, so its cost changes all scores alike. */
void search_run_lists(const struct search_path *path,
                      int64_t lists[3][SEARCH_KEEP])
{
    static const int64_t none[SEARCH_KEEP];
    const struct model *model = &path->tables->lexicon->model;
    const unsigned depth = path->depth, end = depth + 1;
    const int64_t *longer = depth > 0 ? path->run_starts[depth - 1] : none;
    const int last = model->digit_other;
    const int64_t run = child_run(path, end, 1, last, false);
    const int64_t run_4 = child_run(path, end, 1, last, true);
    const int64_t change = key_score(path->run_digits[depth][1] + last);
    const int64_t to_01 = key_score(model->digit_01 - model->digit_other);

    merge_two(path->nodes[depth]->before_run, run, run_4 - run, longer, change,
              &lists[SEARCH_DIGIT_OTHER]);
    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        const int64_t key = lists[SEARCH_DIGIT_OTHER][i];
        lists[SEARCH_DIGIT_01][i] = key != 0 ? key + to_01 : 0;
    }
}
