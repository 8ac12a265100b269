/* search.c: the walk through the tree of digits, and lists of runs. */
#include "search.h"

#include <string.h>

void search_start(struct search_path *path, const struct search_tables *tables)
{
    memset(path, 0, sizeof *path);
    path->tables = tables;
    path->root.before_long[0] = KEY_EMPTY;
    path->root.before_short[0] = KEY_EMPTY;
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

/* Puts 'key' into a full-length list from its end; its letters are new. */
static void insert_new(int64_t list[SEARCH_KEEP], int64_t key)
{
    unsigned i = SEARCH_KEEP - 1;

    for (; i > 0 && list[i - 1] < key; i--) {
        list[i] = list[i - 1];
    }
    list[i] = key;
}

static void run_list(const struct search_path *path, int last_digit,
                     bool lone_4, int64_t list[SEARCH_KEEP])
{
    const struct model *model = &path->tables->lexicon->model;
    const unsigned end = path->depth + 1;

    memset(list, 0, SEARCH_KEEP * sizeof *list);
    for (unsigned n = 1; n <= MODEL_RUN_MAX && n <= end; n++) {
        const unsigned start = end - n;
        const int64_t run = search_run(
            model, start, n, path->run_digits[path->depth][n - 1] + last_digit,
            lone_4 && n == 1);
        const int64_t *before = path->nodes[start]->before_run;
        for (unsigned i = 0; i < SEARCH_KEEP && before[i] != 0; i++) {
            if (before[i] + run <= list[SEARCH_KEEP - 1]) {
                break;
            }
            insert_new(list, before[i] + run);
        }
    }
}

/* Every run holds the last digit, so its cost changes all scores alike. */
void search_run_lists(const struct search_path *path,
                      int64_t lists[3][SEARCH_KEEP])
{
    const struct model *model = &path->tables->lexicon->model;
    const int64_t *other = lists[SEARCH_DIGIT_OTHER];
    const int64_t change = key_score(model->digit_01 - model->digit_other);

    run_list(path, model->digit_other, false, lists[SEARCH_DIGIT_OTHER]);
    run_list(path, model->digit_other, true, lists[SEARCH_DIGIT_4]);
    for (unsigned i = 0; i < SEARCH_KEEP; i++) {
        lists[SEARCH_DIGIT_01][i] = other[i] != 0 ? other[i] + change : 0;
    }
}

/* Whether the first 'count' keys of 'list' hold these letters. */
static bool holds_letters(const int64_t *list, unsigned count, int64_t key)
{
    for (unsigned i = 0; i < count; i++) {
        if (key_same_letters(list[i], key)) {
            return true;
        }
    }
    return false;
}

/*
 * Merges two lists, the second with a change, into the best of both; of equal
 * letters ('may_repeat') the better one stays.
 */
static inline void merge(const int64_t *a, const int64_t *b, int64_t change,
                         bool may_repeat, int64_t out[SEARCH_KEEP])
{
    unsigned i = 0, k = 0, count = 0;

    while (count < SEARCH_KEEP && k < SEARCH_KEEP && b[k] != 0) {
        const int64_t other = b[k] + change;
        const bool left = i < SEARCH_KEEP && a[i] > other;
        const int64_t key = left ? a[i] : other;
        i += left;
        k += !left;
        if (!may_repeat || !holds_letters(out, count, key)) {
            out[count++] = key;
        }
    }
    for (; count < SEARCH_KEEP && i < SEARCH_KEEP && a[i] != 0; i++) {
        if (!may_repeat || !holds_letters(out, count, a[i])) {
            out[count++] = a[i];
        }
    }
    for (; count < SEARCH_KEEP; count++) {
        out[count] = 0;
    }
}

void search_finish(const struct search_path *path, unsigned digit,
                   const int64_t long_words[SEARCH_KEEP],
                   const int64_t short_words[SEARCH_KEEP],
                   const int64_t runs[SEARCH_KEEP], struct search_node *child)
{
    const int64_t beside =
        key_score(path->tables->lexicon->model.short_beside_run);
    const bool leading_4 = path->depth == 0 && digit == 4;
    int64_t words[SEARCH_KEEP];

    merge(long_words, short_words, 0, true, words);
    merge(words, runs, 0, false, child->before_long);
    merge(words, runs, leading_4 ? 0 : beside, false, child->before_short);
    merge(long_words, short_words, beside, true, child->before_run);
}
