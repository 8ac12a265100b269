/* bench_tune.h: features of words, the weights of the model, and their fit. */
#ifndef VN_BENCH_TUNE_H
#define VN_BENCH_TUNE_H

#include <search.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/engine.h"
#include "engine/text.h"

/*
 * The score of a spelling is a sum of terms, each a weight times a value: the
 * features of its words, those of its pairs of neighbours, and the structural
 * terms of the model (engine.h). Given seven digits,
 *
 *   P(spelling) = exp(score) / sum of exp(score) over all spellings
 *
 * and the probability of a phrase is the sum over its splits. The fit finds
 * the weights that make the advertised phrases of a file most probable, less
 * penalty / 2 times the squared distance of each weight from its prior. The
 * sum over all spellings is taken over the best of them, which are found anew
 * in every round. All weights are in nats; a baked lexicon has hundredths.
 */

/* ---- Terms (bench_tune_terms.c) ---------------------------------------- */

#define TUNE_TERMS_MAX 8192u
#define TUNE_NAME_SIZE 64u
/* The engine takes no greater weight than 300 hundredths, no greater twin. */
#define TUNE_WEIGHT_MAX 3.0
#define TUNE_TWIN_MAX 10.0
/* Nor two common words beside each other that earn, or pay more than this. */
#define TUNE_COMMON_MAX 2.0
/* Longest run of digits, and keys that a short word covers at most. */
#define TUNE_RUN_MAX 4u
#define TUNE_SHORT_MAX 2u

/* The structural terms, first of all terms; the engine's names and order. */
enum tune_structure {
    TUNE_START, /* start.1 .. start.6: start.0 is the reference, 0 */
    TUNE_MIDDLE = TUNE_START + 6,
    TUNE_OVERDIAL,
    TUNE_OVERDIAL_LETTER,
    TUNE_OVERDIAL_WHOLE,
    TUNE_DIGIT_01,
    TUNE_DIGIT_OTHER,
    TUNE_LONE_4,
    TUNE_RUN_START,
    TUNE_RUN_MIDDLE = TUNE_RUN_START + TUNE_RUN_MAX,
    TUNE_RUN_END = TUNE_RUN_MIDDLE + TUNE_RUN_MAX,
    TUNE_SHORT_BESIDE_RUN = TUNE_RUN_END + TUNE_RUN_MAX,
    TUNE_LONE_2, /* at the start, in the middle, at the end */
    TUNE_RUN_EQUAL = TUNE_LONE_2 + 3, /* of two; of three or four */
    TUNE_RUN_SEQUENCE = TUNE_RUN_EQUAL + 2,
    TUNE_LONE_4_CLASS, /* of a noun, a verb, a function word */
    TUNE_RUN_WORD = TUNE_LONE_4_CLASS + 3, /* 3, 4, 5 and 6 keys; 0 or above */
    TUNE_COMMON = TUNE_RUN_WORD + 3,
    TUNE_TWIN, /* not fitted: kept at its prior */
    TUNE_STRUCTURE_COUNT
};

struct tune_term {
    char name[TUNE_NAME_SIZE];
    double prior, least, most;
    uint32_t uses; /* words and pairs that have it */
};

struct tune_terms {
    struct tune_term *list;
    unsigned count;
    struct hsearch_data names;
};

/* What belongs to no term. */
#define TUNE_NO_TERM UINT32_MAX

/* Sets up the structural terms; tune_terms_reset() accepts zeros. */
VN_NODISCARD bool tune_terms_init(struct tune_terms *terms);
void tune_terms_reset(struct tune_terms *terms);
/* The term of this name, or TUNE_NO_TERM. */
uint32_t tune_terms_find(const struct tune_terms *terms, struct vn_bytes name);
/*
 * The term of this name, added with prior 0 and no bounds if it is new.
 * TUNE_NO_TERM if the name is none, or there are TUNE_TERMS_MAX already.
 */
uint32_t tune_terms_add(struct tune_terms *terms, struct vn_bytes name);
/*
 * Reads "name TAB prior TAB least TAB most" lines; "-", and "-inf" and "inf"
 * in their columns, are no bound.
 */
VN_NODISCARD enum vn_status tune_terms_read(struct tune_terms *terms,
                                            const char *path,
                                            struct vn_error *error);
/*
 * Reads or writes "name TAB weight" lines: each term once, none but those
 * of 'terms'. 'weights' has terms->count places.
 */
VN_NODISCARD enum vn_status tune_weights_read(const struct tune_terms *terms,
                                              const char *path, double *weights,
                                              struct vn_error *error);
VN_NODISCARD enum vn_status tune_weights_write(const struct tune_terms *terms,
                                               const double *weights,
                                               const char *path,
                                               struct vn_error *error);
/* Rounds the weights as they are written. */
void tune_weights_round(const struct tune_terms *terms, double *weights);
/* A decimal number within 1,000,000 of zero; false for anything else. */
bool tune_number(struct vn_bytes text, double *value);

/* ---- Features (bench_tune_features.c) ---------------------------------- */

/* Rows of terms with values; those of row r are start[r] .. start[r + 1] - 1.
 */
struct tune_features {
    size_t *start;
    uint16_t *terms;
    double *values;
    size_t rows, row_room;
    size_t count, room;
    uint32_t *same; /* the first row equal to each; tune_features_join() */
};

/* Adds to the row that is being made; tune_features_end_row() ends it. */
VN_NODISCARD bool tune_features_add(struct tune_features *features,
                                    unsigned term, double value);
VN_NODISCARD bool tune_features_end_row(struct tune_features *features);
void tune_features_reset(struct tune_features *features);
/* Finds equal rows, once there are all; false: no memory. */
VN_NODISCARD bool tune_features_join(struct tune_features *features);
/* Sum of weight times value over the row. */
double tune_features_score(const struct tune_features *features, size_t row,
                           const double *weights);

/* ---- Words and pairs (bench_tune_read.c) ------------------------------- */

/* Of words, by their features "class_n", "class_v" and "class_f". */
enum tune_class {
    TUNE_NO_CLASS,
    TUNE_NOUN,
    TUNE_VERB,
    TUNE_FUNCTION,
    TUNE_CLASSES
};

struct tune_word {
    char letters[VN_WORD_LETTERS_MAX + 1]; /* a-z */
    uint8_t length;
    bool blocked;  /* flag T of the block list: never in a spelling */
    bool common;   /* TUNE_COMMON_LEAST */
    uint8_t class; /* enum tune_class */
};

struct tune_pair {
    uint32_t left, right; /* words */
    uint32_t row;         /* of the features */
};

/*
 * A word has features that count wherever it stands, and such as count in one
 * place only: "first:NAME" where it begins the spelling and does not reach the
 * seventh key, "last:NAME" where it does not begin and ends at that key or
 * runs past it (bench_tune_place.c).
 */
enum tune_place { TUNE_FIRST, TUNE_LAST, TUNE_PLACES };

/*
 * A word is common whose feature "lp_...", the decimal logarithm of its
 * frequency plus 5, is at least this: one word in 32,000. 0.4 to 0.9 fit alike.
 */
#define TUNE_COMMON_LEAST 0.5

struct tune_data {
    const char *folder;
    struct tune_terms terms;
    struct tune_word *words;
    uint32_t word_count;
    struct tune_features word_features;               /* a row for each word */
    struct tune_features place_features[TUNE_PLACES]; /* the same */
    struct tune_pair *pairs; /* by left, then right, each once */
    uint32_t pair_count;
    uint32_t *pair_start; /* of left word w: pair_start[w] .. [w + 1] - 1 */
    struct tune_features pair_features;
    struct vn_bytes block; /* the text of block.tsv */
    /*
     * Words by their keys, and words that run on by the keys they cover, both
     * by number of keys and then digits; places of bench_tune_search.c.
     */
    uint32_t *whole_start, *whole;
    uint32_t *over_start, *over;
};

/*
 * tune_data_read() reads terms.tsv, words.features.gz, pairs.features.gz and
 * block.tsv of 'folder', which is kept. tune_data_reset() accepts zeros and
 * what failed.
 *
 * Returns VN_OK, VN_INVALID with file and line, VN_IO, VN_NOMEM.
 */
VN_NODISCARD enum vn_status tune_data_read(struct tune_data *data,
                                           const char *folder,
                                           struct vn_error *error);
void tune_data_reset(struct tune_data *data);

/* ---- Search (bench_tune_search.c) -------------------------------------- */

/* No word: a run of digits. */
#define TUNE_RUN UINT32_MAX
/* A pair counts only if its score is above this (in nats). */
#define TUNE_PAIR_LEAST 0.10

/* Spellings that a person had to choose from, at most. */
#define TUNE_SHOWN_MAX 10u

/*
 * What a person chose for a number: any of these is right. A phrase of another
 * file than that judged by is the choice of one.
 */
struct tune_choice {
    char shown[TUNE_SHOWN_MAX][VN_SUFFIX_DIGITS + 1];
    unsigned shown_count;
    unsigned chosen;  /* bit i: shown[i] is */
    bool among_shown; /* held against the others shown, else against all */
    bool beside;      /* a phrase of another file, which is counted apart */
    double weight;    /* of its loss, above 0; that of a phrase is 1 */
};

/* Seven keys, and the seven characters of the phrase, or a choice. */
struct tune_row {
    unsigned digits[VN_SUFFIX_DIGITS];
    char text[VN_SUFFIX_DIGITS + 1];
    struct tune_choice choice; /* chosen 0: it is a phrase judged by */
};

struct tune_rows {
    const struct tune_row *list;
    size_t count;
};

/* A spelling: words and runs, and the key that each ends before. */
struct tune_path {
    double score;
    uint32_t tokens[VN_SUFFIX_DIGITS];
    uint8_t ends[VN_SUFFIX_DIGITS];
    uint8_t count;
};

/* Those of the phrase, or chosen, first, the best others behind them. */
struct tune_list {
    struct tune_path *paths;
    size_t count, gold;
};

/* What the weights make of words and pairs. */
struct tune_scores {
    const double *weights;
    double *words;
    double *places[TUNE_PLACES]; /* of words, beside the score above */
    double *pairs;               /* 0 = does not count */
};

/* The place of token 'i', a word; TUNE_PLACES elsewhere. */
enum tune_place tune_place_of(const struct tune_path *path, unsigned i);
/* The place that the features of this name count in; TUNE_PLACES: in all. */
enum tune_place tune_place_of_name(struct vn_bytes name);

/* Makes the tables of 'data' by which words are found; false: no memory. */
VN_NODISCARD bool tune_search_init(struct tune_data *data);

/* tune_scores_reset() accepts zeros; 'weights' is lent. */
VN_NODISCARD bool tune_scores_init(struct tune_scores *scores,
                                   const struct tune_data *data,
                                   const double *weights);
void tune_scores_reset(struct tune_scores *scores);

/* Most structural terms of one token. */
#define TUNE_TOKEN_TERMS 9u

/*
 * The structural terms of token 'i' of 'path', which has the tokens up to it;
 * one that counts twice stands twice. 'scores' say which pairs count. Returns
 * how many.
 */
unsigned tune_token_terms(const struct tune_data *data,
                          const struct tune_scores *scores,
                          const struct tune_row *row,
                          const struct tune_path *path, unsigned i,
                          uint8_t terms[TUNE_TOKEN_TERMS]);
/* The class of token 'i', a word, behind a lone 4; none elsewhere. */
enum tune_class tune_class_behind_4(const struct tune_data *data,
                                    const struct tune_row *row,
                                    const struct tune_path *path, unsigned i);
/* Whether tokens 'i' - 1 and 'i' are common words and no pair that counts. */
bool tune_is_common(const struct tune_data *data,
                    const struct tune_scores *scores,
                    const struct tune_path *path, unsigned i);
/* Letters that token 'i' has past the seventh key. */
unsigned tune_token_past(const struct tune_data *data,
                         const struct tune_path *path, unsigned i);
/* What token 'i' shows at 'key', which it covers: a capital or a digit. */
char tune_token_char(const struct tune_data *data, const struct tune_row *row,
                     const struct tune_path *path, unsigned i, unsigned key);
/* The pair of these words, or UINT32_MAX. */
uint32_t tune_find_pair(const struct tune_data *data, uint32_t left,
                        uint32_t right);

/*
 * tune_search() finds all splits of what is right and the 'most' best other
 * spellings, by trying them all; others that 'list' has already stay in it,
 * behind them, with their new scores. The caller frees list->paths. False: no
 * memory.
 */
VN_NODISCARD bool tune_search(const struct tune_data *data,
                              const struct tune_scores *scores,
                              const struct tune_row *row, size_t most,
                              struct tune_list *list);

/* What a list says of its phrase. */
struct tune_verdict {
    unsigned rank; /* from 1; 0 = cannot be spelled */
    double loss;   /* minus the log of its probability, 0 if rank is 0 */
};

/* The seven characters of a spelling. */
void tune_path_text(const struct tune_data *data, const struct tune_row *row,
                    const struct tune_path *path,
                    char text[VN_SUFFIX_DIGITS + 1]);

struct tune_verdict tune_judge(const struct tune_data *data,
                               const struct tune_row *row,
                               const struct tune_list *list);

/* ---- Fit (bench_tune_fit.c) -------------------------------------------- */

struct tune_fit_options {
    double penalty;
    size_t candidates; /* best spellings of a row, beside the phrase's own */
    size_t choice_candidates; /* of what was chosen; 0 = as many */
    unsigned rounds;
};

struct tune_fit_result {
    double loss;           /* of all rows that can be spelled, weighted, nats */
    double objective;      /* with the penalty */
    double gradient;       /* greatest part of it that bounds leave free */
    unsigned evaluations;  /* of the objective, all rounds */
    unsigned phrases_used; /* phrases that can be spelled */
    unsigned choices_used; /* choices that can be */
    unsigned beside_used;  /* phrases of other files that can be */
};

/*
 * tune_fit() moves 'weights', which hold where to begin, to the best. On the
 * calling thread: the same rows give the same weights.
 *
 * Returns VN_OK, VN_NOMEM.
 */
VN_NODISCARD enum vn_status
tune_fit(const struct tune_data *data, struct tune_rows rows,
         const struct tune_fit_options *options, double *weights,
         struct tune_fit_result *result, struct vn_error *error);

/* The objective of one round, for the optimizer and its test. */
struct tune_objective;

/* Of a list of spellings for each row, found by 'scores'; NULL: no memory. */
struct tune_objective *tune_objective_new(const struct tune_data *data,
                                          const struct tune_scores *scores,
                                          struct tune_rows rows,
                                          const struct tune_list *lists,
                                          double penalty);
void tune_objective_free(struct tune_objective *objective);
/* Value and, if 'gradient' is not NULL, gradient; 'loss' without penalty. */
double tune_objective_value(struct tune_objective *objective,
                            const double *weights, double *gradient,
                            double *loss);
/* Rows that can be spelled. */
unsigned tune_objective_rows(const struct tune_objective *objective);

/* ---- Baking (bench_tune_bake.c) ---------------------------------------- */

struct tune_bake_options {
    const char *model_name; /* at most 31 bytes */
    long floor;             /* hundredths of a nat; words below are left out */
    uint32_t words_most;    /* 0 = all */
    uint32_t pairs_most;
    int level; /* tune_bake_level(); 0 = as the weights have it */
    int shift; /* hundredths of a nat, taken off for each key */
};

struct tune_baked {
    uint32_t words, pairs;
};

/*
 * tune_bake() writes words.tsv, pairs.tsv, block.tsv and model into 'folder',
 * which is made if need be. Words are limited by their score without the
 * features named "len...", pairs by what the spelling of both loses without.
 */
VN_NODISCARD enum vn_status
tune_bake(const struct tune_data *data, const double *weights,
          const struct tune_bake_options *options, const char *folder,
          struct tune_baked *baked, struct vn_error *error);
/*
 * Like tune_bake(), but the best spellings of the suffixes have the median
 * options->level, in hundredths of a nat. A constant for each key is in every
 * spelling of a suffix, so it changes no ranking; the fit is blind to it.
 */
VN_NODISCARD enum vn_status
tune_bake_level(const struct tune_data *data, const double *weights,
                const struct tune_bake_options *options, const char *folder,
                struct tune_baked *baked, struct vn_error *error);
/* Removes what tune_bake() wrote, and the folder. */
void tune_bake_remove(const char *folder);

#endif
