/* bench_tune_search.c: the best spellings of seven keys, by trying all. */
#include "bench_tune.h"

#include <stdlib.h>
#include <string.h>

#include "engine/keypad.h"

/*
 * Words stand in tables by their keys: those of n keys behind those of n - 1,
 * each key one of the eight that have letters. Words that run past the seventh
 * key stand in a second table by the keys that they may cover.
 */

#define KEYS VN_SUFFIX_DIGITS
/* Keys that an overdial covers at the least, letters past the seventh. */
#define OVERDIAL_COVER 3u
#define OVERDIAL_LETTERS 3u
/* 8 + 8^2 + .. + 8^7 places. */
#define PLACES 2396744u

/* ---- Tables ------------------------------------------------------------ */

/* The place of words of 'length' keys, with the number of the keys in it. */
static uint32_t place_of(unsigned length, uint32_t number)
{
    // 8 + .. + 8^(length - 1)
    return ((1u << (3 * length)) - 8) / 7 + number;
}

/* The number of the first 'length' letters on eight keys. */
static uint32_t number_of(const char *letters, unsigned length)
{
    uint32_t number = 0;

    for (unsigned i = 0; i < length; i++) {
        number = number * 8 + (uint32_t)(vn_keypad_key(letters[i]) - 2);
    }
    return number;
}

/* Adds 'word' to the counts, or with 'list' to its places. */
static void put_word(const struct tune_word *word, uint32_t index,
                     uint32_t *places, uint32_t *list, bool over)
{
    const unsigned first = !over ? word->length : OVERDIAL_COVER;
    const unsigned last = !over ? word->length : word->length - 1u;

    for (unsigned length = first; length <= last && length <= KEYS; length++) {
        if (over && word->length - length > OVERDIAL_LETTERS) {
            continue;
        }
        uint32_t *place =
            &places[place_of(length, number_of(word->letters, length))];
        if (list != NULL) {
            list[*place] = index;
        }
        (*place)++;
    }
}

static void put_words(const struct tune_data *data, uint32_t *places,
                      uint32_t *list, bool over)
{
    for (uint32_t i = 0; i < data->word_count; i++) {
        if (!data->words[i].blocked) {
            put_word(&data->words[i], i, places, list, over);
        }
    }
}

/* Counts, adds up, places: the words keep their order. */
static bool make_table(const struct tune_data *data, bool over,
                       uint32_t **start, uint32_t **list)
{
    uint32_t sum = 0;

    *start = calloc(PLACES + 1, sizeof **start);
    if (*start == NULL) {
        return false;
    }
    put_words(data, *start, NULL, over);
    for (uint32_t i = 0; i <= PLACES; i++) {
        const uint32_t count = (*start)[i];
        (*start)[i] = sum;
        sum += count;
    }
    *list = calloc((size_t)sum + 1, sizeof **list);
    if (*list == NULL) {
        return false;
    }
    put_words(data, *start, *list, over);
    // Each place now has the start of the next one.
    memmove(*start + 1, *start, PLACES * sizeof **start);
    (*start)[0] = 0;
    return true;
}

bool tune_search_init(struct tune_data *data)
{
    return make_table(data, false, &data->whole_start, &data->whole) &&
           make_table(data, true, &data->over_start, &data->over);
}

/* ---- Scores of words and pairs ----------------------------------------- */

/* Scores by these features of all words; NULL: no memory. */
static double *score_words(const struct tune_data *data,
                           const struct tune_features *features,
                           const double *weights)
{
    double *scores = calloc(data->word_count, sizeof scores[0]);

    for (uint32_t i = 0; scores != NULL && i < data->word_count; i++) {
        scores[i] = tune_features_score(features, i, weights);
    }
    return scores;
}

bool tune_scores_init(struct tune_scores *scores, const struct tune_data *data,
                      const double *weights)
{
    bool made = true;

    scores->weights = weights;
    scores->words = score_words(data, &data->word_features, weights);
    for (unsigned i = 0; i < TUNE_PLACES; i++) {
        scores->places[i] =
            score_words(data, &data->place_features[i], weights);
        made = made && scores->places[i] != NULL;
    }
    scores->pairs =
        calloc((size_t)data->pair_count + 1, sizeof scores->pairs[0]);
    if (!made || scores->words == NULL || scores->pairs == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < data->pair_count; i++) {
        const double score = tune_features_score(&data->pair_features,
                                                 data->pairs[i].row, weights);
        scores->pairs[i] = score > TUNE_PAIR_LEAST ? score : 0;
    }
    return true;
}

void tune_scores_reset(struct tune_scores *scores)
{
    free(scores->words);
    for (unsigned i = 0; i < TUNE_PLACES; i++) {
        free(scores->places[i]);
    }
    free(scores->pairs);
    *scores = (struct tune_scores){.weights = NULL};
}

uint32_t tune_find_pair(const struct tune_data *data, uint32_t left,
                        uint32_t right)
{
    uint32_t low = data->pair_start[left];
    uint32_t high = data->pair_start[left + 1];

    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const uint32_t other = data->pairs[middle].right;
        if (other == right) {
            return middle;
        }
        if (other < right) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return UINT32_MAX;
}

/* ---- Structural terms -------------------------------------------------- */

static unsigned start_of(const struct tune_path *path, unsigned i)
{
    return i == 0 ? 0 : path->ends[i - 1];
}

static bool is_lone_4(const struct tune_row *row, const struct tune_path *path,
                      unsigned i)
{
    const unsigned start = start_of(path, i);

    return path->tokens[i] == TUNE_RUN && path->ends[i] == start + 1 &&
           row->digits[start] == 4;
}

unsigned tune_token_past(const struct tune_data *data,
                         const struct tune_path *path, unsigned i)
{
    const unsigned covered = path->ends[i] - start_of(path, i);

    return path->tokens[i] == TUNE_RUN
               ? 0
               : data->words[path->tokens[i]].length - covered;
}

char tune_token_char(const struct tune_data *data, const struct tune_row *row,
                     const struct tune_path *path, unsigned i, unsigned key)
{
    const uint32_t token = path->tokens[i];

    return token == TUNE_RUN
               ? (char)('0' + row->digits[key])
               : (char)(data->words[token].letters[key - start_of(path, i)] -
                        'a' + 'A');
}

/* Whether each digit of the run is the one before it plus 'step'. */
static bool has_step(const struct tune_row *row, unsigned start, unsigned end,
                     int step)
{
    for (unsigned key = start + 1; key < end; key++) {
        if ((int)row->digits[key] - (int)row->digits[key - 1] != step) {
            return false;
        }
    }
    return true;
}

/* The term of what the digits of a run are together, or TUNE_NO_TERM. */
static unsigned digits_term(const struct tune_row *row, unsigned start,
                            unsigned end)
{
    const unsigned length = end - start, digit = row->digits[start];

    if (length == 1) {
        const unsigned place = start == 0 ? 0 : end < KEYS ? 1 : 2;
        return digit == 4   ? TUNE_LONE_4
               : digit == 2 ? TUNE_LONE_2 + place
                            : TUNE_NO_TERM;
    }
    if (has_step(row, start, end, 0)) {
        return TUNE_RUN_EQUAL + (length > 2);
    }
    return length > 2 && (has_step(row, start, end, 1) ||
                          has_step(row, start, end, -1))
               ? TUNE_RUN_SEQUENCE
               : TUNE_NO_TERM;
}

static unsigned run_terms(const struct tune_row *row,
                          const struct tune_path *path, unsigned i,
                          uint8_t terms[TUNE_TOKEN_TERMS])
{
    const unsigned start = start_of(path, i), end = path->ends[i];
    const unsigned table = start == 0   ? TUNE_RUN_START
                           : end < KEYS ? TUNE_RUN_MIDDLE
                                        : TUNE_RUN_END;
    unsigned count = 0;

    for (unsigned key = start; key < end; key++) {
        terms[count++] =
            row->digits[key] < 2 ? TUNE_DIGIT_01 : TUNE_DIGIT_OTHER;
    }
    terms[count++] = (uint8_t)(table + (end - start) - 1);
    const unsigned term = digits_term(row, start, end);
    if (term != TUNE_NO_TERM) {
        terms[count++] = (uint8_t)term;
    }
    return count;
}

static unsigned word_terms(const struct tune_data *data,
                           const struct tune_path *path, unsigned i,
                           uint8_t terms[TUNE_TOKEN_TERMS])
{
    const unsigned start = start_of(path, i);
    const unsigned past = tune_token_past(data, path, i);
    unsigned count = 0;

    if (start > 0) {
        terms[count++] = (uint8_t)(TUNE_START + start - 1);
    }
    if (start > 0 && path->ends[i] < KEYS) {
        terms[count++] = TUNE_MIDDLE;
    }
    for (unsigned k = 0; k < past; k++) {
        terms[count++] = TUNE_OVERDIAL_LETTER;
    }
    if (past > 0) {
        terms[count++] = TUNE_OVERDIAL;
    }
    if (past > 0 && start == 0) {
        terms[count++] = TUNE_OVERDIAL_WHOLE;
    }
    return count;
}

enum tune_class tune_class_behind_4(const struct tune_data *data,
                                    const struct tune_row *row,
                                    const struct tune_path *path, unsigned i)
{
    return i > 0 && is_lone_4(row, path, i - 1)
               ? (enum tune_class)data->words[path->tokens[i]].class
               : TUNE_NO_CLASS;
}

/* The terms of word 'i' behind a run; two at most. */
static unsigned behind_run_terms(const struct tune_data *data,
                                 const struct tune_row *row,
                                 const struct tune_path *path, unsigned i,
                                 uint8_t terms[2])
{
    const unsigned covered = path->ends[i] - start_of(path, i);
    const unsigned class = tune_class_behind_4(data, row, path, i);
    unsigned count = 0;

    if (class != TUNE_NO_CLASS) {
        terms[count++] = (uint8_t)(TUNE_LONE_4_CLASS + class - TUNE_NOUN);
    }
    if (i == 1 && path->ends[i] == KEYS &&
        tune_token_past(data, path, i) == 0) {
        terms[count++] =
            (uint8_t)(TUNE_RUN_WORD + (covered < 5 ? covered : 5) - 3);
    }
    return count;
}

/* Whether a short word stands beside a run at the border before token 'i'. */
static bool is_short_beside_run(const struct tune_row *row,
                                const struct tune_path *path, unsigned i)
{
    const bool left_run = path->tokens[i - 1] == TUNE_RUN;
    const bool right_run = path->tokens[i] == TUNE_RUN;
    const unsigned word = left_run ? i : i - 1;

    return left_run != right_run &&
           path->ends[word] - start_of(path, word) <= TUNE_SHORT_MAX &&
           !(i == 1 && is_lone_4(row, path, 0));
}

bool tune_is_common(const struct tune_data *data,
                    const struct tune_scores *scores,
                    const struct tune_path *path, unsigned i)
{
    const uint32_t left = path->tokens[i - 1], right = path->tokens[i];

    if (left == TUNE_RUN || right == TUNE_RUN || !data->words[left].common ||
        !data->words[right].common) {
        return false;
    }
    const uint32_t pair = tune_find_pair(data, left, right);
    return pair == UINT32_MAX || scores->pairs[pair] == 0;
}

unsigned tune_token_terms(const struct tune_data *data,
                          const struct tune_scores *scores,
                          const struct tune_row *row,
                          const struct tune_path *path, unsigned i,
                          uint8_t terms[TUNE_TOKEN_TERMS])
{
    unsigned count = path->tokens[i] == TUNE_RUN
                         ? run_terms(row, path, i, terms)
                         : word_terms(data, path, i, terms);

    if (i > 0 && is_short_beside_run(row, path, i)) {
        terms[count++] = TUNE_SHORT_BESIDE_RUN;
    }
    if (i > 0 && tune_is_common(data, scores, path, i)) {
        terms[count++] = TUNE_COMMON;
    }
    if (i > 0 && path->tokens[i - 1] == TUNE_RUN) {
        count += behind_run_terms(data, row, path, i, terms + count);
    }
    return count;
}

/* ---- Walk -------------------------------------------------------------- */

struct walk {
    const struct tune_data *data;
    const struct tune_scores *scores;
    const struct tune_row *row;
    size_t most;
    struct tune_path path;
    /* The best so far, a heap with the worst on top. */
    struct tune_path *heap;
    size_t heap_count;
    /* Splits of the phrase. */
    struct tune_path *gold;
    size_t gold_count, gold_room;
    bool failed;
};

static void sift_down(struct tune_path *heap, size_t count, size_t at)
{
    const struct tune_path moved = heap[at];

    for (;;) {
        size_t child = 2 * at + 1;
        if (child + 1 < count && heap[child + 1].score < heap[child].score) {
            child++;
        }
        if (child >= count || heap[child].score >= moved.score) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moved;
}

static void sift_up(struct tune_path *heap, size_t at)
{
    const struct tune_path moved = heap[at];

    while (at > 0 && heap[(at - 1) / 2].score > moved.score) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = moved;
}

static void keep_gold(struct walk *walk)
{
    if (walk->gold_count == walk->gold_room) {
        const size_t room = 2 * walk->gold_room + 16;
        struct tune_path *larger =
            reallocarray(walk->gold, room, sizeof larger[0]);
        if (larger == NULL) {
            walk->failed = true;
            return;
        }
        walk->gold = larger;
        walk->gold_room = room;
    }
    walk->gold[walk->gold_count++] = walk->path;
}

/* A whole spelling; of equal scores the one found first is kept. */
static void take_path(struct walk *walk, bool gold)
{
    if (gold) {
        keep_gold(walk);
    } else if (walk->heap_count < walk->most) {
        walk->heap[walk->heap_count] = walk->path;
        sift_up(walk->heap, walk->heap_count++);
    } else if (walk->path.score > walk->heap[0].score) {
        walk->heap[0] = walk->path;
        sift_down(walk->heap, walk->heap_count, 0);
    }
}

static void continue_at(struct walk *walk, unsigned start, unsigned right);

/* Whether the characters of token 'i' are those of 'text'. */
static bool is_as_in(const struct walk *walk, const char *text, unsigned i)
{
    const struct tune_path *path = &walk->path;

    for (unsigned key = start_of(path, i); key < path->ends[i]; key++) {
        if (text[key] != tune_token_char(walk->data, walk->row, path, i, key)) {
            return false;
        }
    }
    return true;
}

/* Those of 'right' that are still possible with token 'i'. */
static unsigned still_right(const struct walk *walk, unsigned i, unsigned right)
{
    const struct tune_row *row = walk->row;

    for (unsigned k = 0; right >> k != 0; k++) {
        const char *text =
            row->choice.chosen == 0 ? row->text : row->choice.shown[k];
        if ((right >> k & 1) != 0 && !is_as_in(walk, text, i)) {
            right &= ~(1u << k);
        }
    }
    return right;
}

/* Of token 'i', a word, where it stands; without the structural terms. */
static double word_score(const struct walk *walk, unsigned i)
{
    const struct tune_scores *scores = walk->scores;
    const struct tune_path *path = &walk->path;
    const uint32_t word = path->tokens[i];
    const enum tune_place place = tune_place_of(path, i);
    double score = scores->words[word];

    if (place != TUNE_PLACES) {
        score += scores->places[place][word];
    }
    if (i > 0 && path->tokens[i - 1] != TUNE_RUN) {
        const uint32_t pair =
            tune_find_pair(walk->data, path->tokens[i - 1], word);
        score += pair != UINT32_MAX ? scores->pairs[pair] : 0;
    }
    return score;
}

static double token_score(const struct walk *walk, unsigned i)
{
    const struct tune_path *path = &walk->path;
    uint8_t terms[TUNE_TOKEN_TERMS];
    const unsigned count =
        tune_token_terms(walk->data, walk->scores, walk->row, path, i, terms);
    double score = path->tokens[i] == TUNE_RUN ? 0 : word_score(walk, i);

    for (unsigned k = 0; k < count; k++) {
        score += walk->scores->weights[terms[k]];
    }
    return score;
}

/* 'right': bits of the phrase, or choices, that all before is as in. */
static void take_token(struct walk *walk, uint32_t token, unsigned end,
                       unsigned right)
{
    struct tune_path *path = &walk->path;
    const double before = path->score;

    path->tokens[path->count] = token;
    path->ends[path->count] = (uint8_t)end;
    path->score += token_score(walk, path->count);
    path->count++;
    continue_at(walk, end, still_right(walk, path->count - 1u, right));
    path->count--;
    path->score = before;
}

static void take_words(struct walk *walk, unsigned start, unsigned right)
{
    const struct tune_data *data = walk->data;
    uint32_t number = 0;

    for (unsigned end = start + 1; end <= KEYS; end++) {
        const unsigned digit = walk->row->digits[end - 1];
        if (digit < 2) {
            return;
        }
        number = number * 8 + digit - 2;
        const uint32_t place = place_of(end - start, number);
        for (uint32_t i = data->whole_start[place];
             i < data->whole_start[place + 1]; i++) {
            take_token(walk, data->whole[i], end, right);
        }
        if (end < KEYS || end - start < OVERDIAL_COVER) {
            continue;
        }
        for (uint32_t i = data->over_start[place];
             i < data->over_start[place + 1]; i++) {
            take_token(walk, data->over[i], end, right);
        }
    }
}

static void continue_at(struct walk *walk, unsigned start, unsigned right)
{
    const struct tune_path *path = &walk->path;

    if (start == KEYS) {
        take_path(walk, right != 0);
        return;
    }
    take_words(walk, start, right);
    if (path->count > 0 && path->tokens[path->count - 1] == TUNE_RUN) {
        return;
    }
    for (unsigned end = start + 1; end <= KEYS && end - start <= TUNE_RUN_MAX;
         end++) {
        take_token(walk, TUNE_RUN, end, right);
    }
}

/* Gives 'path' the score that the walk gives it. */
static void score_again(struct walk *walk, struct tune_path *path)
{
    const unsigned count = path->count;

    walk->path = *path;
    walk->path.score = 0;
    for (unsigned i = 0; i < count; i++) {
        walk->path.score += token_score(walk, i);
    }
    path->score = walk->path.score;
}

static bool is_same(const struct tune_path *a, const struct tune_path *b)
{
    return a->count == b->count &&
           memcmp(a->tokens, b->tokens, a->count * sizeof a->tokens[0]) == 0 &&
           memcmp(a->ends, b->ends, a->count * sizeof a->ends[0]) == 0;
}

/* A path above the worst of a full heap is in it; one below it is not. */
static bool is_kept(const struct walk *walk, const struct tune_path *path)
{
    if (walk->heap_count < walk->most || path->score > walk->heap[0].score) {
        return true;
    }
    for (size_t i = 0;
         path->score == walk->heap[0].score && i < walk->heap_count; i++) {
        if (is_same(path, &walk->heap[i])) {
            return true;
        }
    }
    return false;
}

/* The phrase's own, the best others, and those of 'list' that are neither. */
static bool join_lists(struct walk *walk, struct tune_list *list)
{
    const size_t most = walk->gold_count + walk->heap_count + list->count;
    struct tune_path *paths =
        walk->failed ? NULL : calloc(most + 1, sizeof paths[0]);
    size_t count = walk->gold_count + walk->heap_count;

    if (paths == NULL) {
        return false;
    }
    if (walk->gold_count > 0) {
        memcpy(paths, walk->gold, walk->gold_count * sizeof paths[0]);
    }
    memcpy(paths + walk->gold_count, walk->heap,
           walk->heap_count * sizeof paths[0]);
    for (size_t i = list->gold; i < list->count; i++) {
        score_again(walk, &list->paths[i]);
        if (!is_kept(walk, &list->paths[i])) {
            paths[count++] = list->paths[i];
        }
    }
    free(list->paths);
    *list = (struct tune_list){paths, count, walk->gold_count};
    return true;
}

bool tune_search(const struct tune_data *data, const struct tune_scores *scores,
                 const struct tune_row *row, size_t most,
                 struct tune_list *list)
{
    struct walk walk = {
        .data = data,
        .scores = scores,
        .row = row,
        .most = most,
        .heap = calloc(most, sizeof walk.heap[0]),
    };

    if (walk.heap == NULL) {
        return false;
    }
    continue_at(&walk, 0, row->choice.chosen == 0 ? 1 : row->choice.chosen);
    const bool joined = join_lists(&walk, list);
    free(walk.gold);
    free(walk.heap);
    return joined;
}
