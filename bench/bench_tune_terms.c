/* bench_tune_terms.c: names, priors and bounds of the weights, and weights. */
#include "bench_tune.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Decimals of a weight in a file: far finer than a hundredth of a nat. */
#define DECIMALS 6
#define UNIT 1e6

/*
 * What a twin pays. With 1 as many variants of a word leave the list, but so
 * do right ones: recall@3 and @5 fall by a point, and three times as many
 * suffixes need the longer search.
 */
#define TWIN 0.3

static const char *const structure_names[TUNE_STRUCTURE_COUNT] = {
    "start.1",         "start.2",          "start.3",         "start.4",
    "start.5",         "start.6",          "middle",          "overdial",
    "overdial_letter", "overdial_whole",   "digit_01",        "digit_other",
    "lone_4",          "run_start.1",      "run_start.2",     "run_start.3",
    "run_start.4",     "run_middle.1",     "run_middle.2",    "run_middle.3",
    "run_middle.4",    "run_end.1",        "run_end.2",       "run_end.3",
    "run_end.4",       "short_beside_run", "lone_2.start",    "lone_2.middle",
    "lone_2.end",      "run_equal.2",      "run_equal.3",     "run_sequence",
    "lone_4.noun",     "lone_4.verb",      "lone_4.function", "run_word.3",
    "run_word.4",      "run_word.5",       "common",          "twin",
};

static struct vn_bytes bytes_of(const char *text)
{
    return (struct vn_bytes){text, strlen(text)};
}

/* The name with an end; false if it is none. */
static bool copy_name(struct vn_bytes name, char out[TUNE_NAME_SIZE])
{
    if (name.size == 0 || name.size >= TUNE_NAME_SIZE) {
        return false;
    }
    for (size_t i = 0; i < name.size; i++) {
        const char c = name.data[i];
        if (c <= ' ' || c == '=' || c == 0x7f) {
            return false;
        }
    }
    memcpy(out, name.data, name.size);
    out[name.size] = '\0';
    return true;
}

static uint32_t find_name(const struct tune_terms *terms, char *name)
{
    // hsearch_r() changes nothing on a search, though it takes no const.
    struct hsearch_data names = terms->names;
    ENTRY *found = NULL;

    return hsearch_r((ENTRY){.key = name}, FIND, &found, &names) == 0
               ? TUNE_NO_TERM
               : (uint32_t)(uintptr_t)found->data;
}

uint32_t tune_terms_find(const struct tune_terms *terms, struct vn_bytes name)
{
    char copy[TUNE_NAME_SIZE];

    return copy_name(name, copy) ? find_name(terms, copy) : TUNE_NO_TERM;
}

uint32_t tune_terms_add(struct tune_terms *terms, struct vn_bytes name)
{
    char copy[TUNE_NAME_SIZE];
    ENTRY *added = NULL;

    if (!copy_name(name, copy)) {
        return TUNE_NO_TERM;
    }
    const uint32_t known = find_name(terms, copy);
    if (known != TUNE_NO_TERM || terms->count == TUNE_TERMS_MAX) {
        return known;
    }
    struct tune_term *term = &terms->list[terms->count];
    memcpy(term->name, copy, sizeof copy);
    term->least = -HUGE_VAL;
    term->most = HUGE_VAL;
    const ENTRY entry = {.key = term->name,
                         .data = (void *)(uintptr_t)terms->count};
    return hsearch_r(entry, ENTER, &added, &terms->names) == 0 ? TUNE_NO_TERM
                                                               : terms->count++;
}

/* The bounds that the engine sets to a weight of the model. */
static struct tune_term limits_of(unsigned index)
{
    if (index == TUNE_COMMON) {
        return (struct tune_term){.least = -TUNE_COMMON_MAX, .most = 0};
    }
    if (index >= TUNE_RUN_WORD && index < TUNE_COMMON) {
        return (struct tune_term){.least = 0, .most = TUNE_WEIGHT_MAX};
    }
    return (struct tune_term){.least = -TUNE_WEIGHT_MAX,
                              .most = TUNE_WEIGHT_MAX};
}

bool tune_terms_init(struct tune_terms *terms)
{
    terms->list = calloc(TUNE_TERMS_MAX, sizeof(terms->list[0]));
    if (terms->list == NULL ||
        hcreate_r(2 * TUNE_TERMS_MAX, &terms->names) == 0) {
        return false;
    }
    for (unsigned i = 0; i < TUNE_STRUCTURE_COUNT; i++) {
        if (tune_terms_add(terms, bytes_of(structure_names[i])) != i) {
            return false;
        }
        terms->list[i].least = limits_of(i).least;
        terms->list[i].most = limits_of(i).most;
    }
    struct tune_term *twin = &terms->list[TUNE_TWIN];
    twin->prior = twin->least = twin->most = TWIN;
    return true;
}

void tune_terms_reset(struct tune_terms *terms)
{
    if (terms->names.table != NULL) {
        hdestroy_r(&terms->names);
    }
    free(terms->list);
    *terms = (struct tune_terms){.list = NULL};
}

bool tune_number(struct vn_bytes text, double *value)
{
    char copy[40];
    char *end = NULL;

    if (text.size == 0 || text.size >= sizeof copy) {
        return false;
    }
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    // No blanks, "inf", "nan" or hexadecimal, which strtod() would take.
    if (strspn(copy, "+-.0123456789eE") != text.size) {
        return false;
    }
    *value = strtod(copy, &end);
    return *end == '\0' && fabs(*value) <= 1e6;
}

/* ---- terms.tsv --------------------------------------------------------- */

/* "-" is no bound, and so is infinity: 'none', which is written 'word'. */
static bool read_bound(struct vn_bytes text, double none, const char *word,
                       double *bound)
{
    if ((text.size == 1 && text.data[0] == '-') ||
        (text.size == strlen(word) &&
         memcmp(text.data, word, text.size) == 0)) {
        *bound = none;
        return true;
    }
    return tune_number(text, bound);
}

/* NULL, or what is wrong with the value of a weight of the model. */
static const char *check_weight(unsigned index, double value)
{
    if (index == TUNE_TWIN) {
        return value < 0 || value > TUNE_TWIN_MAX
                   ? "twin is 0 to 10, and not fitted"
                   : NULL;
    }
    if (index == TUNE_COMMON) {
        return value < -TUNE_COMMON_MAX || value > 0 ? "common is -2 to 0"
                                                     : NULL;
    }
    if (index >= TUNE_RUN_WORD && index < TUNE_COMMON && value < 0) {
        return "run_word is 0 to 3";
    }
    return index < TUNE_TWIN && fabs(value) > TUNE_WEIGHT_MAX
               ? "a weight of the model is -3 to 3"
               : NULL;
}

static const char *check_term(unsigned index, const struct tune_term *term)
{
    if (term->least > term->most) {
        return "the lower bound is above the upper one";
    }
    return check_weight(index, term->prior);
}

static void keep_term(struct tune_terms *terms, unsigned index,
                      const struct tune_term *read)
{
    struct tune_term *term = &terms->list[index];
    const struct tune_term limits = limits_of(index);

    term->prior = read->prior;
    if (index == TUNE_TWIN) {
        term->least = term->most = read->prior;
    } else if (index < TUNE_TWIN) {
        term->least = fmax(read->least, limits.least);
        term->most = fmin(read->most, limits.most);
    } else {
        term->least = read->least;
        term->most = read->most;
    }
}

/* NULL, or what is wrong with the line. */
static const char *read_term(struct tune_terms *terms, struct vn_bytes line)
{
    struct vn_bytes name, prior, least, most;
    struct tune_term read = {.prior = 0};

    if (!vn_text_split(line, '\t', &name, &prior) ||
        !vn_text_split(prior, '\t', &prior, &least) ||
        !vn_text_split(least, '\t', &least, &most) ||
        !tune_number(prior, &read.prior) ||
        !read_bound(least, -HUGE_VAL, "-inf", &read.least) ||
        !read_bound(most, HUGE_VAL, "inf", &read.most)) {
        return "expected name, prior, least and most with tabs between them, "
               "\"-\" for no bound";
    }
    const uint32_t index = tune_terms_add(terms, name);
    if (index == TUNE_NO_TERM) {
        return "the name has 1 to 63 characters without \"=\", and there are "
               "8192 names at most";
    }
    const char *wrong = check_term(index, &read);
    if (wrong == NULL) {
        keep_term(terms, index, &read);
    }
    return wrong;
}

enum vn_status tune_terms_read(struct tune_terms *terms, const char *path,
                               struct vn_error *error)
{
    struct vn_bytes text = {NULL, 0};
    struct vn_bytes line = {NULL, 0};
    struct vn_lines lines;
    enum vn_status status = vn_text_read(path, &text, error);

    if (status != VN_OK) {
        return status;
    }
    vn_lines_start(&lines, text);
    while (status == VN_OK && vn_lines_next(&lines, &line)) {
        const char *wrong = read_term(terms, line);
        if (wrong != NULL) {
            status = vn_error_line(error, path, lines.line, "%s", wrong);
        }
    }
    vn_text_free(&text);
    return status;
}

/* ---- weights.tsv ------------------------------------------------------- */

static const char *read_weight(const struct tune_terms *terms,
                               struct vn_bytes line, double *weights)
{
    struct vn_bytes name, number;
    double weight = 0;

    if (!vn_text_split(line, '\t', &name, &number) ||
        !tune_number(number, &weight)) {
        return "expected name and weight with a tab between them";
    }
    const uint32_t index = tune_terms_find(terms, name);
    if (index == TUNE_NO_TERM) {
        return "no such weight: the features do not have this name";
    }
    if (!isnan(weights[index])) {
        return "the weight stands twice";
    }
    const char *wrong = check_weight(index, weight);
    if (wrong == NULL) {
        weights[index] = weight;
    }
    return wrong;
}

enum vn_status tune_weights_read(const struct tune_terms *terms,
                                 const char *path, double *weights,
                                 struct vn_error *error)
{
    struct vn_bytes text = {NULL, 0};
    struct vn_bytes line = {NULL, 0};
    struct vn_lines lines;
    enum vn_status status = vn_text_read(path, &text, error);

    for (unsigned i = 0; i < terms->count; i++) {
        weights[i] = (double)NAN;
    }
    vn_lines_start(&lines, text);
    while (status == VN_OK && vn_lines_next(&lines, &line)) {
        const char *wrong = read_weight(terms, line, weights);
        if (wrong != NULL) {
            status = vn_error_line(error, path, lines.line, "%s", wrong);
        }
    }
    for (unsigned i = 0; status == VN_OK && i < terms->count; i++) {
        if (isnan(weights[i]) && i >= TUNE_LONE_2 && i <= TUNE_COMMON) {
            weights[i] = 0; // came later than the first files of weights
        } else if (isnan(weights[i])) {
            status = vn_error_set(error, VN_INVALID,
                                  "%s: no weight for '%s' of the features",
                                  path, terms->list[i].name);
        }
    }
    vn_text_free(&text);
    return status;
}

void tune_weights_round(const struct tune_terms *terms, double *weights)
{
    for (unsigned i = 0; i < terms->count; i++) {
        weights[i] = round(weights[i] * UNIT) / UNIT;
    }
}

enum vn_status tune_weights_write(const struct tune_terms *terms,
                                  const double *weights, const char *path,
                                  struct vn_error *error)
{
    FILE *file = fopen(path, "w");

    if (file == NULL) {
        return vn_error_system(error, errno, "cannot write '%s'", path);
    }
    for (unsigned i = 0; i < terms->count; i++) {
        fprintf(file, "%s\t%.*f\n", terms->list[i].name, DECIMALS,
                weights[i] + 0.0);
    }
    const bool failed = ferror(file) != 0;
    return fclose(file) != 0 || failed
               ? vn_error_system(error, errno, "cannot write '%s'", path)
               : VN_OK;
}
