/* bench_tune_bake.c: weights and features as a folder of a lexicon. */
#include "bench_tune.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 4096u
#define PAIR_BONUS_MAX 1000
/* Features of the length of a word: no ground to prefer it to others. */
#define LENGTH_PREFIX "len"

/* A word or pair with its baked score. */
struct item {
    uint32_t index;
    int hundredths;
    double worth; /* what it is kept for */
};

struct baking {
    const struct tune_data *data;
    const double *weights;
    const struct tune_bake_options *options;
    const char *folder;
    bool *kept; /* words */
    struct tune_baked baked;
    struct vn_error *error;
};

static enum vn_status no_memory(const struct baking *baking)
{
    return vn_error_set(baking->error, VN_NOMEM, "out of memory");
}

static int hundredths_of(double nats, int least, int most)
{
    const double value = fmin(fmax(nats * 100, least), most);

    return (int)lround(value);
}

/* Greater worth first; of equal ones the first in the order of the data. */
static int compare_worth(const void *a, const void *b)
{
    const struct item *left = a, *right = b;

    if (left->worth != right->worth) {
        return left->worth > right->worth ? -1 : 1;
    }
    return left->index < right->index ? -1 : left->index > right->index;
}

/* Leaves the 'most' items of the greatest worth; 0 = all. */
static uint32_t keep_best(struct item *items, uint32_t count, uint32_t most)
{
    if (most == 0 || count <= most) {
        return count;
    }
    qsort(items, count, sizeof items[0], compare_worth);
    return most;
}

/* ---- Files ------------------------------------------------------------- */

static bool make_path(const char *folder, const char *name,
                      char path[PATH_SIZE])
{
    const int size = snprintf(path, PATH_SIZE, "%s/%s", folder, name);

    return size >= 0 && (size_t)size < PATH_SIZE;
}

/* Writes the file 'name' by 'write', which has what it needs in 'context'. */
static enum vn_status write_file(const struct baking *baking, const char *name,
                                 void (*write)(FILE *file, const void *context),
                                 const void *context)
{
    char path[PATH_SIZE];

    if (!make_path(baking->folder, name, path)) {
        return vn_error_set(baking->error, VN_INVALID,
                            "the path of the lexicon is too long");
    }
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        return vn_error_system(baking->error, errno, "cannot write '%s'", path);
    }
    write(file, context);
    const bool failed = ferror(file) != 0;
    return fclose(file) != 0 || failed
               ? vn_error_system(baking->error, errno, "cannot write '%s'",
                                 path)
               : VN_OK;
}

/* ---- Words ------------------------------------------------------------- */

static double length_score(const struct baking *baking, uint32_t word)
{
    const struct tune_features *features = &baking->data->word_features;
    double sum = 0;

    for (size_t i = features->start[word]; i < features->start[word + 1]; i++) {
        const unsigned term = features->terms[i];
        const char *name = baking->data->terms.list[term].name;
        if (strncmp(name, LENGTH_PREFIX, strlen(LENGTH_PREFIX)) == 0) {
            sum += baking->weights[term] * features->values[i];
        }
    }
    return sum;
}

static uint32_t score_words(const struct baking *baking, struct item *items)
{
    const struct tune_data *data = baking->data;
    uint32_t count = 0;

    for (uint32_t i = 0; i < data->word_count; i++) {
        const double score =
            tune_features_score(&data->word_features, i, baking->weights);
        const struct item item = {
            .index = i,
            .hundredths =
                hundredths_of(score, VN_WORD_SCORE_MIN, VN_WORD_SCORE_MAX),
            .worth = score - length_score(baking, i),
        };
        if (!data->words[i].blocked &&
            item.hundredths >= baking->options->floor) {
            items[count++] = item;
        }
    }
    return count;
}

/* A line of a file and the text that it is sorted by. */
struct line {
    const char *first, *second; /* second: NULL for a word */
    int hundredths;
    bool common;
    unsigned class;          /* enum tune_class */
    int places[TUNE_PLACES]; /* hundredths, beside the others */
};

struct lines {
    struct line *list;
    uint32_t count;
};

static int compare_lines(const void *a, const void *b)
{
    const struct line *left = a, *right = b;
    const int order = strcmp(left->first, right->first);

    return order != 0 || left->second == NULL
               ? order
               : strcmp(left->second, right->second);
}

static bool has_places(const struct line *line)
{
    bool has = false;

    for (unsigned i = 0; i < TUNE_PLACES; i++) {
        has = has || line->places[i] != 0;
    }
    return has;
}

/*
 * Behind the score: c, if the word is common, and its class; then the scores
 * of its places. Columns of nothing are left off at the end.
 */
static void write_flags(FILE *file, const struct line *line)
{
    static const char *const classes[TUNE_CLASSES] = {
        [TUNE_NO_CLASS] = "",
        [TUNE_NOUN] = "n",
        [TUNE_VERB] = "v",
        [TUNE_FUNCTION] = "f",
    };

    const bool places = has_places(line);

    if (line->common || line->class != TUNE_NO_CLASS || places) {
        fprintf(file, "\t%s%s", line->common ? "c" : "", classes[line->class]);
    }
    for (unsigned i = 0; places && i < TUNE_PLACES; i++) {
        fprintf(file, "\t%d", line->places[i]);
    }
}

static void write_lines(FILE *file, const void *context)
{
    const struct lines *lines = context;

    for (uint32_t i = 0; i < lines->count; i++) {
        const struct line *line = &lines->list[i];
        if (line->second == NULL) {
            fprintf(file, "%s\t%d", line->first, line->hundredths);
            write_flags(file, line);
            fputc('\n', file);
        } else {
            fprintf(file, "%s\t%s\t%d\n", line->first, line->second,
                    line->hundredths);
        }
    }
}

static struct line word_line(const struct baking *baking,
                             const struct item *item)
{
    const struct tune_data *data = baking->data;
    const struct tune_word *word = &data->words[item->index];
    struct line line = {
        .first = word->letters,
        .hundredths = item->hundredths,
        .common = word->common,
        .class = word->class,
    };

    for (unsigned i = 0; i < TUNE_PLACES; i++) {
        const double score = tune_features_score(&data->place_features[i],
                                                 item->index, baking->weights);
        line.places[i] =
            hundredths_of(score, -VN_PLACE_SCORE_MAX, VN_PLACE_SCORE_MAX);
    }
    return line;
}

static struct line pair_line(const struct baking *baking,
                             const struct item *item)
{
    const struct tune_data *data = baking->data;
    const struct tune_pair *pair = &data->pairs[item->index];

    return (struct line){
        .first = data->words[pair->left].letters,
        .second = data->words[pair->right].letters,
        .hundredths = item->hundredths,
    };
}

/* Sorts and writes the words or pairs of 'items'. */
static enum vn_status write_items(const struct baking *baking, const char *name,
                                  const struct item *items, uint32_t count,
                                  bool pairs)
{
    struct lines lines = {calloc((size_t)count + 1, sizeof lines.list[0]),
                          count};

    if (lines.list == NULL) {
        return no_memory(baking);
    }
    for (uint32_t i = 0; i < count; i++) {
        lines.list[i] =
            pairs ? pair_line(baking, &items[i]) : word_line(baking, &items[i]);
    }
    qsort(lines.list, count, sizeof lines.list[0], compare_lines);
    const enum vn_status status = write_file(baking, name, write_lines, &lines);
    free(lines.list);
    return status;
}

/* The score of a word less the shift of its letters, as the engine takes it. */
static int shifted(int hundredths, int shift)
{
    const int score = hundredths - shift;

    return score < VN_WORD_SCORE_MIN   ? VN_WORD_SCORE_MIN
           : score > VN_WORD_SCORE_MAX ? VN_WORD_SCORE_MAX
                                       : score;
}

static enum vn_status bake_words(struct baking *baking)
{
    struct item *items = calloc(baking->data->word_count, sizeof items[0]);

    if (items == NULL) {
        return no_memory(baking);
    }
    const uint32_t count = keep_best(items, score_words(baking, items),
                                     baking->options->words_most);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t index = items[i].index;
        baking->kept[index] = true;
        items[i].hundredths = shifted(
            items[i].hundredths,
            baking->options->shift * (int)baking->data->words[index].length);
    }
    baking->baked.words = count;
    const enum vn_status status =
        count > 0 ? write_items(baking, "words.tsv", items, count, false)
                  : vn_error_set(baking->error, VN_INVALID,
                                 "no word is left: --floor %ld is above all "
                                 "scores",
                                 baking->options->floor);
    free(items);
    return status;
}

/* ---- Pairs, block list, model ------------------------------------------ */

static double word_score(const struct baking *baking, uint32_t word)
{
    return tune_features_score(&baking->data->word_features, word,
                               baking->weights);
}

/*
 * Without it the spellings that have it lose its score, and pay if its words
 * are common; the better its words, the more likely such a one is shown.
 */
static double pair_worth(const struct baking *baking,
                         const struct tune_pair *pair, double score)
{
    const struct tune_word *words = baking->data->words;
    const bool common = words[pair->left].common && words[pair->right].common;

    return score - (common ? baking->weights[TUNE_COMMON] : 0) +
           word_score(baking, pair->left) + word_score(baking, pair->right);
}

static uint32_t score_pairs(const struct baking *baking, struct item *items)
{
    const struct tune_data *data = baking->data;
    uint32_t count = 0;

    for (uint32_t i = 0; i < data->pair_count; i++) {
        const struct tune_pair *pair = &data->pairs[i];
        const double score = tune_features_score(&data->pair_features,
                                                 pair->row, baking->weights);
        if (baking->kept[pair->left] && baking->kept[pair->right] &&
            score > TUNE_PAIR_LEAST) {
            items[count++] = (struct item){
                .index = i,
                .hundredths = hundredths_of(score, 1, PAIR_BONUS_MAX),
                .worth = pair_worth(baking, pair, score),
            };
        }
    }
    return count;
}

static enum vn_status bake_pairs(struct baking *baking)
{
    struct item *items =
        calloc((size_t)baking->data->pair_count + 1, sizeof items[0]);

    if (items == NULL) {
        return no_memory(baking);
    }
    const uint32_t count = keep_best(items, score_pairs(baking, items),
                                     baking->options->pairs_most);
    baking->baked.pairs = count;
    const enum vn_status status =
        write_items(baking, "pairs.tsv", items, count, true);
    free(items);
    return status;
}

static void write_block(FILE *file, const void *context)
{
    const struct vn_bytes *text = context;

    (void)fwrite(text->data, 1, text->size, file);
}

/* Letters have their part of the shift in the scores of the words. */
static long weight_hundredths(const struct baking *baking, unsigned term)
{
    const long hundredths = lround(baking->weights[term] * 100);
    const int shift = baking->options->shift;

    switch (term) {
    case TUNE_DIGIT_01:
    case TUNE_DIGIT_OTHER:
        return hundredths - shift;
    case TUNE_OVERDIAL_LETTER:
        return hundredths + shift; // it is on no key
    default:
        return hundredths;
    }
}

static enum vn_status check_weights(const struct baking *baking)
{
    for (unsigned i = 0; i < TUNE_TWIN; i++) {
        const long hundredths = weight_hundredths(baking, i);

        if (labs(hundredths) > lround(TUNE_WEIGHT_MAX * 100)) {
            return vn_error_set(baking->error, VN_INVALID,
                                "the weight %s would be %ld, and %.0f is the "
                                "most: choose another --level",
                                baking->data->terms.list[i].name, hundredths,
                                TUNE_WEIGHT_MAX * 100);
        }
    }
    return VN_OK;
}

/* start.0 is not fitted: the other starts are measured from it. */
static void write_model(FILE *file, const void *context)
{
    const struct baking *baking = context;

    fprintf(file, "vanity-model 1\nname %s\nstart.0 0\n",
            baking->options->model_name);
    for (unsigned i = 0; i < TUNE_STRUCTURE_COUNT; i++) {
        fprintf(file, "%s %ld\n", baking->data->terms.list[i].name,
                weight_hundredths(baking, i));
    }
}

enum vn_status tune_bake(const struct tune_data *data, const double *weights,
                         const struct tune_bake_options *options,
                         const char *folder, struct tune_baked *baked,
                         struct vn_error *error)
{
    struct baking baking = {
        .data = data,
        .weights = weights,
        .options = options,
        .folder = folder,
        .kept = calloc(data->word_count, sizeof baking.kept[0]),
        .error = error,
    };
    if (baking.kept == NULL) {
        return no_memory(&baking);
    }
    enum vn_status status = check_weights(&baking);
    if (status == VN_OK && mkdir(folder, 0777) != 0 && errno != EEXIST) {
        status = vn_error_system(error, errno, "cannot make the folder '%s'",
                                 folder);
    }
    if (status == VN_OK) {
        status = bake_words(&baking);
    }
    if (status == VN_OK) {
        status = bake_pairs(&baking);
    }
    if (status == VN_OK) {
        status = write_file(&baking, "block.tsv", write_block, &data->block);
    }
    if (status == VN_OK) {
        status = write_file(&baking, "model", write_model, &baking);
    }
    free(baking.kept);
    *baked = baking.baked;
    return status;
}

void tune_bake_remove(const char *folder)
{
    static const char *const names[] = {"words.tsv", "pairs.tsv", "block.tsv",
                                        "model"};
    char path[PATH_SIZE];

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (make_path(folder, names[i], path)) {
            (void)unlink(path);
        }
    }
    (void)rmdir(folder);
}
