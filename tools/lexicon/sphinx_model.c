/* sphinx_model.c: prints the words and pairs of a CMU Sphinx language model. */
#include <sphinxbase/err.h>
#include <sphinxbase/logmath.h>
#include <sphinxbase/ngram_model.h>

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Usage: sphinx_model MODEL < ACRONYMS
 *
 * Prints, tab separated, all figures log10 of a probability:
 *   word FORM p                   every form of letters and apostrophes
 *   pair FORM FORM p(b|a) p(a,b)  every listed pair that fits a number
 *   begins FORM p(FORM|<s>)       every form listed that begins a sentence
 *   ends FORM p(</s>|FORM)        every form listed that ends one
 *   acronym LETTERS p             every line of standard input, spelled as
 *                                 the model spells acronyms: "i. b. m."
 */

#define LINE_SIZE 64
/* Keys of a number; the second word may run past the last if it covers 3. */
#define KEYS 7u
#define OVERDIAL_COVER 3u
#define OVERDIAL_LETTERS 3u
/* Base of the integers in which the library keeps logarithms. */
#define LOG_BASE 1.0001

struct form {
    int32 id;
    unsigned letters;
    double log10_p;
};

static bool is_form(const char *word)
{
    if (!islower((unsigned char)word[0])) {
        return false;
    }
    for (const char *c = word; *c != '\0'; c++) {
        if (!islower((unsigned char)*c) && *c != '\'') {
            return false;
        }
    }
    return true;
}

static unsigned count_letters(const char *word)
{
    unsigned count = 0;

    for (const char *c = word; *c != '\0'; c++) {
        count += *c != '\'';
    }
    return count;
}

static bool fits(unsigned left, unsigned right)
{
    return left + right <= KEYS || (left + OVERDIAL_COVER <= KEYS &&
                                    left + right <= KEYS + OVERDIAL_LETTERS);
}

static double to_log10(logmath_t *logs, int32 score)
{
    return logmath_log_to_ln(logs, score) / log(10.0);
}

static size_t print_words(ngram_model_t *model, logmath_t *logs, int32 count,
                          struct form *forms)
{
    size_t kept = 0;

    for (int32 id = 0; id < count; id++) {
        const char *word = ngram_word(model, id);
        int32 used = 0;

        if (is_form(word)) {
            const int32 score = ngram_ng_score(model, id, NULL, 0, &used);

            forms[kept] =
                (struct form){id, count_letters(word), to_log10(logs, score)};
            printf("word\t%s\t%.4f\n", word, forms[kept].log10_p);
            kept++;
        }
    }
    return kept;
}

/* The library lists no pairs: two used words mark one. */
static bool find_pair(ngram_model_t *model, logmath_t *logs, int32 left,
                      int32 right, double *log10_p)
{
    int32 used = 0;
    const int32 score = ngram_ng_score(model, right, &left, 1, &used);

    if (used == 2) {
        *log10_p = to_log10(logs, score);
    }
    return used == 2;
}

static void print_pairs(ngram_model_t *model, logmath_t *logs,
                        const struct form *forms, size_t count)
{
    for (size_t a = 0; a < count; a++) {
        for (size_t b = 0; b < count; b++) {
            double p = 0.0;

            if (fits(forms[a].letters, forms[b].letters) &&
                find_pair(model, logs, forms[a].id, forms[b].id, &p)) {
                printf("pair\t%s\t%s\t%.4f\t%.4f\n",
                       ngram_word(model, forms[a].id),
                       ngram_word(model, forms[b].id), p, p + forms[a].log10_p);
            }
        }
    }
}

static void print_ends(ngram_model_t *model, logmath_t *logs,
                       const struct form *forms, size_t count)
{
    const int32 start = ngram_wid(model, "<s>");
    const int32 end = ngram_wid(model, "</s>");

    for (size_t i = 0; i < count; i++) {
        const char *word = ngram_word(model, forms[i].id);
        double p = 0.0;

        if (find_pair(model, logs, start, forms[i].id, &p)) {
            printf("begins\t%s\t%.4f\n", word, p);
        }
        if (find_pair(model, logs, forms[i].id, end, &p)) {
            printf("ends\t%s\t%.4f\n", word, p);
        }
    }
}

static void print_acronym(ngram_model_t *model, logmath_t *logs,
                          const char *letters)
{
    int32 history[2] = {0, 0}; // nearest first
    double sum = 0.0;

    for (unsigned i = 0; letters[i] != '\0'; i++) {
        const char name[] = {letters[i], '.', '\0'};
        const int32 id = ngram_wid(model, name);
        int32 used = 0;

        if (id == ngram_unknown_wid(model)) {
            return;
        }
        const int32 score =
            ngram_ng_score(model, id, history, i < 2 ? (int32)i : 2, &used);
        sum += to_log10(logs, score);
        history[1] = history[0];
        history[0] = id;
    }
    printf("acronym\t%s\t%.4f\n", letters, sum);
}

static void print_acronyms(ngram_model_t *model, logmath_t *logs)
{
    char line[LINE_SIZE];

    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        print_acronym(model, logs, line);
    }
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: sphinx_model MODEL < ACRONYMS\n");
        return 2;
    }
    err_set_logfp(NULL);
    logmath_t *logs = logmath_init(LOG_BASE, 0, 0);
    ngram_model_t *model = ngram_model_read(NULL, argv[1], NGRAM_AUTO, logs);
    struct form *forms = NULL;
    int code = 3;

    if (model == NULL) {
        fprintf(stderr, "sphinx_model: %s is not a language model\n", argv[1]);
        goto out;
    }
    const int32 count = (int32)ngram_model_get_counts(model)[0];
    forms = calloc((size_t)count, sizeof *forms);
    if (forms == NULL) {
        fprintf(stderr, "sphinx_model: out of memory\n");
        goto out;
    }
    const size_t kept = print_words(model, logs, count, forms);
    print_pairs(model, logs, forms, kept);
    print_ends(model, logs, forms, kept);
    print_acronyms(model, logs);
    code = fflush(stdout) == 0 ? 0 : 3;
out:
    free(forms);
    ngram_model_free(model); /* accepts NULL */
    logmath_free(logs);
    return code;
}
