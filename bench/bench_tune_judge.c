/* bench_tune_judge.c: rank and probability of a phrase among spellings. */
#include "bench_tune.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/keypad.h"

#define KEYS VN_SUFFIX_DIGITS
/* Ranks above this are not told apart. */
#define RANK_MAX 10u

/* A spelling as the total order of the engine sees it. */
struct place {
    double score;
    unsigned digits, tokens;
    char text[KEYS + 1];
};

void tune_path_text(const struct tune_data *data, const struct tune_row *row,
                    const struct tune_path *path, char text[KEYS + 1])
{
    unsigned key = 0;

    for (unsigned i = 0; i < path->count; i++) {
        for (; key < path->ends[i]; key++) {
            text[key] = tune_token_char(data, row, path, i, key);
        }
    }
    text[KEYS] = '\0';
}

static struct place place_of(const struct tune_data *data,
                             const struct tune_row *row,
                             const struct tune_path *path)
{
    struct place place = {.score = path->score, .tokens = path->count};

    tune_path_text(data, row, path, place.text);
    for (unsigned key = 0; key < KEYS; key++) {
        place.digits += place.text[key] <= '9';
    }
    return place;
}

/* Whether 'a' stands before 'b'. */
static bool is_before(const struct place *a, const struct place *b)
{
    if (a->score != b->score) {
        return a->score > b->score;
    }
    if (a->digits != b->digits) {
        return a->digits < b->digits;
    }
    if (a->tokens != b->tokens) {
        return a->tokens < b->tokens;
    }
    return strcmp(a->text, b->text) < 0;
}

static bool is_listed(char texts[][KEYS + 1], unsigned count, const char *text)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(texts[i], text) == 0) {
            return true;
        }
    }
    return false;
}

static unsigned find_rank(const struct tune_data *data,
                          const struct tune_row *row,
                          const struct tune_list *list)
{
    char ahead[RANK_MAX][KEYS + 1];
    unsigned count = 0;
    struct place best = place_of(data, row, &list->paths[0]);

    for (size_t i = 1; i < list->gold; i++) {
        const struct place place = place_of(data, row, &list->paths[i]);
        if (is_before(&place, &best)) {
            best = place;
        }
    }
    for (size_t i = list->gold; i < list->count && count < RANK_MAX; i++) {
        const struct place place = place_of(data, row, &list->paths[i]);
        if (is_before(&place, &best) && !is_listed(ahead, count, place.text)) {
            memcpy(ahead[count++], place.text, sizeof place.text);
        }
    }
    return count + 1;
}

/* The logarithm of the sum of exp(score). */
static double log_sum(const struct tune_path *paths, size_t count)
{
    double most = -HUGE_VAL;
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        most = fmax(most, paths[i].score);
    }
    for (size_t i = 0; i < count; i++) {
        sum += exp(paths[i].score - most);
    }
    return most + log(sum);
}

struct tune_verdict tune_judge(const struct tune_data *data,
                               const struct tune_row *row,
                               const struct tune_list *list)
{
    if (list->gold == 0) {
        return (struct tune_verdict){.rank = 0};
    }
    return (struct tune_verdict){
        .rank = find_rank(data, row, list),
        .loss = log_sum(list->paths, list->count) -
                log_sum(list->paths, list->gold),
    };
}
