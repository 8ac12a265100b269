/* bench_tune_fit.c: the most probable weights, by nlopt's L-BFGS. */
#include "bench_tune.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <nlopt.h>

/*
 * Many spellings share words, words in a place, pairs and structures, and many
 * of these have the same features. A row of features is an atom of an
 * objective: its score is made once for all the spellings that have it, and so
 * is its part of the gradient.
 */

struct atom {
    const struct tune_features *features; /* lent */
    uint32_t row;
};

/* A row's spellings: path_first .. path_end - 1, those of the phrase first. */
struct span {
    size_t first, gold_end, end;
    double weight; /* of its loss */
};

struct tune_objective {
    const struct tune_data *data;
    double penalty;
    struct tune_features structures;
    struct atom *atoms;
    size_t atom_count, atom_room;
    double *scores, *shares; /* of atoms: score, derivative by it */
    uint32_t *parts;         /* atoms of the paths, one path after the other */
    size_t part_count, part_room;
    size_t *path_start; /* of its parts; one more than paths */
    size_t path_count, path_room;
    double *path_scores; /* row_loss() leaves other figures there */
    struct span *spans;  /* of rows whose phrase can be spelled */
    unsigned span_count;
    unsigned choice_count; /* of these, choices, and phrases beside */
    unsigned beside_count;
};

/* What is held while an objective is made. */
struct maker {
    struct tune_objective *objective;
    const struct tune_scores *scores;
    /* Atom + 1 of each row, 0 = none yet; places behind each other. */
    uint32_t *word_atoms, *place_atoms, *pair_atoms;
    /* Structures of the row's spellings so far, and their atoms. */
    uint64_t *keys;
    uint32_t *key_atoms;
    size_t key_count;
};

/* ---- Making: atoms ----------------------------------------------------- */

/* 'array' with room for one more item; NULL if memory is short. */
static void *make_room(void *array, size_t *room, size_t count, size_t size)
{
    if (count < *room) {
        return array;
    }
    const size_t wanted = *room == 0 ? 4096 : 2 * *room;
    void *larger = reallocarray(array, wanted, size);

    *room = larger != NULL ? wanted : *room;
    return larger;
}

static bool add_part(struct tune_objective *objective, uint32_t atom)
{
    uint32_t *parts = make_room(objective->parts, &objective->part_room,
                                objective->part_count, sizeof parts[0]);

    if (parts == NULL) {
        return false;
    }
    objective->parts = parts;
    parts[objective->part_count++] = atom;
    return true;
}

static bool add_atom(struct tune_objective *objective,
                     const struct tune_features *features, uint32_t row,
                     uint32_t *atom)
{
    struct atom *atoms = make_room(objective->atoms, &objective->atom_room,
                                   objective->atom_count, sizeof atoms[0]);

    if (atoms == NULL) {
        return false;
    }
    objective->atoms = atoms;
    *atom = (uint32_t)objective->atom_count++;
    objective->atoms[*atom] = (struct atom){features, row};
    return true;
}

/* The atom of a row of features, which 'known' has if an equal one was met. */
static bool add_known(struct tune_objective *objective,
                      const struct tune_features *features, uint32_t row,
                      uint32_t *known)
{
    const uint32_t first = features->same[row];
    uint32_t atom = 0;

    if (known[first] == 0) {
        if (!add_atom(objective, features, first, &atom)) {
            return false;
        }
        known[first] = atom + 1;
    }
    return add_part(objective, known[first] - 1);
}

/* All that the structural terms of a spelling depend on, for given digits. */
static uint64_t structure_key(const struct tune_data *data,
                              const struct tune_scores *scores,
                              const struct tune_row *row,
                              const struct tune_path *path)
{
    uint64_t classes = 0;
    unsigned commons = 0;
    const unsigned past = tune_token_past(data, path, path->count - 1u);
    uint64_t key = 0;

    for (unsigned i = 0; i < path->count; i++) {
        key =
            key << 4 | path->ends[i] | (path->tokens[i] == TUNE_RUN ? 8u : 0u);
        commons += i > 0 && tune_is_common(data, scores, path, i);
        if (i > 0 && path->tokens[i] != TUNE_RUN) {
            classes = classes << 2 | tune_class_behind_4(data, row, path, i);
        }
    }
    return classes << 44 | (uint64_t)commons << 40 | (uint64_t)past << 32 | key;
}

static bool add_structure(struct maker *maker, const struct tune_row *row,
                          const struct tune_path *path, uint32_t *atom)
{
    struct tune_objective *objective = maker->objective;
    unsigned counts[TUNE_STRUCTURE_COUNT] = {0};
    uint8_t terms[TUNE_TOKEN_TERMS];

    for (unsigned i = 0; i < path->count; i++) {
        const unsigned count = tune_token_terms(objective->data, maker->scores,
                                                row, path, i, terms);
        for (unsigned k = 0; k < count; k++) {
            counts[terms[k]]++;
        }
    }
    for (unsigned i = 0; i < TUNE_STRUCTURE_COUNT; i++) {
        if (counts[i] > 0 &&
            !tune_features_add(&objective->structures, i, counts[i])) {
            return false;
        }
    }
    return add_atom(objective, &objective->structures,
                    (uint32_t)objective->structures.rows, atom) &&
           tune_features_end_row(&objective->structures);
}

/* Spellings of a row have some hundred structures: plain search will do. */
static bool take_structure(struct maker *maker, const struct tune_row *row,
                           const struct tune_path *path)
{
    const uint64_t key =
        structure_key(maker->objective->data, maker->scores, row, path);
    size_t at = 0;

    while (at < maker->key_count && maker->keys[at] != key) {
        at++;
    }
    if (at == maker->key_count) {
        if (!add_structure(maker, row, path, &maker->key_atoms[at])) {
            return false;
        }
        maker->keys[at] = key;
        maker->key_count++;
    }
    return add_part(maker->objective, maker->key_atoms[at]);
}

/* ---- Making: spellings ------------------------------------------------- */

/* Word 'i' in its place, if it has features for that. */
static bool take_place(struct maker *maker, const struct tune_path *path,
                       unsigned i)
{
    const struct tune_data *data = maker->objective->data;
    const uint32_t word = path->tokens[i];
    const enum tune_place place = tune_place_of(path, i);

    if (place == TUNE_PLACES) {
        return true;
    }
    const struct tune_features *features = &data->place_features[place];
    return features->start[word] == features->start[word + 1] ||
           add_known(maker->objective, features, word,
                     &maker->place_atoms[place * data->word_count]);
}

static bool take_token(struct maker *maker, const struct tune_path *path,
                       unsigned i)
{
    struct tune_objective *objective = maker->objective;
    const struct tune_data *data = objective->data;
    const uint32_t token = path->tokens[i];

    if (token == TUNE_RUN) {
        return true;
    }
    if (!add_known(objective, &data->word_features, token, maker->word_atoms) ||
        !take_place(maker, path, i)) {
        return false;
    }
    if (i == 0 || path->tokens[i - 1] == TUNE_RUN) {
        return true;
    }
    const uint32_t pair = tune_find_pair(data, path->tokens[i - 1], token);
    return pair == UINT32_MAX || maker->scores->pairs[pair] == 0 ||
           add_known(objective, &data->pair_features, data->pairs[pair].row,
                     maker->pair_atoms);
}

static bool take_path(struct maker *maker, const struct tune_row *row,
                      const struct tune_path *path)
{
    struct tune_objective *objective = maker->objective;

    size_t *start = make_room(objective->path_start, &objective->path_room,
                              objective->path_count + 1, sizeof start[0]);

    if (start == NULL) {
        return false;
    }
    objective->path_start = start;
    start[objective->path_count++] = objective->part_count;
    for (unsigned i = 0; i < path->count; i++) {
        if (!take_token(maker, path, i)) {
            return false;
        }
    }
    return take_structure(maker, row, path);
}

/* Whether the path counts in the row's loss. */
static bool is_rival(const struct maker *maker, const struct tune_row *row,
                     const struct tune_path *path)
{
    const struct tune_choice *choice = &row->choice;
    char text[VN_SUFFIX_DIGITS + 1];
    unsigned i = 0;

    if (!choice->among_shown) {
        return true;
    }
    tune_path_text(maker->objective->data, row, path, text);
    while (i < choice->shown_count && strcmp(choice->shown[i], text) != 0) {
        i++;
    }
    return i < choice->shown_count;
}

static bool take_list(struct maker *maker, const struct tune_row *row,
                      const struct tune_list *list)
{
    struct tune_objective *objective = maker->objective;
    const bool phrase = row->choice.chosen == 0;
    struct span span = {.first = objective->path_count,
                        .weight = phrase ? 1 : row->choice.weight};

    if (list->gold == 0) {
        return true;
    }
    maker->keys = reallocarray(maker->keys, list->count, sizeof maker->keys[0]);
    maker->key_atoms =
        reallocarray(maker->key_atoms, list->count, sizeof maker->key_atoms[0]);
    if (maker->keys == NULL || maker->key_atoms == NULL) {
        return false;
    }
    maker->key_count = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (is_rival(maker, row, &list->paths[i]) &&
            !take_path(maker, row, &list->paths[i])) {
            return false;
        }
    }
    span.gold_end = span.first + list->gold;
    span.end = objective->path_count;
    objective->spans[objective->span_count++] = span;
    objective->choice_count += !phrase && !row->choice.beside;
    objective->beside_count += !phrase && row->choice.beside;
    return true;
}

static bool take_rows(struct maker *maker, struct tune_rows rows,
                      const struct tune_list *lists)
{
    for (size_t i = 0; i < rows.count; i++) {
        if (!take_list(maker, &rows.list[i], &lists[i])) {
            return false;
        }
    }
    return true;
}

static bool end_objective(struct tune_objective *objective)
{
    if (objective->path_count == 0) {
        return true;
    }
    objective->path_start[objective->path_count] = objective->part_count;
    objective->scores =
        calloc(objective->atom_count, sizeof objective->scores[0]);
    objective->shares =
        calloc(objective->atom_count, sizeof objective->shares[0]);
    objective->path_scores =
        calloc(objective->path_count, sizeof objective->path_scores[0]);
    return objective->scores != NULL && objective->shares != NULL &&
           objective->path_scores != NULL;
}

struct tune_objective *tune_objective_new(const struct tune_data *data,
                                          const struct tune_scores *scores,
                                          struct tune_rows rows,
                                          const struct tune_list *lists,
                                          double penalty)
{
    struct tune_objective *objective = calloc(1, sizeof *objective);
    struct maker maker = {
        .objective = objective,
        .scores = scores,
        .word_atoms = calloc(data->word_count, sizeof maker.word_atoms[0]),
        .place_atoms = calloc(TUNE_PLACES * (size_t)data->word_count,
                              sizeof maker.place_atoms[0]),
        .pair_atoms =
            calloc(data->pair_features.rows + 1, sizeof maker.pair_atoms[0]),
    };
    bool made = false;

    if (objective == NULL || maker.word_atoms == NULL ||
        maker.place_atoms == NULL || maker.pair_atoms == NULL) {
        goto out;
    }
    objective->data = data;
    objective->penalty = penalty;
    objective->spans = calloc(rows.count + 1, sizeof objective->spans[0]);
    made = objective->spans != NULL && take_rows(&maker, rows, lists) &&
           end_objective(objective);
out:
    free(maker.word_atoms);
    free(maker.place_atoms);
    free(maker.pair_atoms);
    free(maker.keys);
    free(maker.key_atoms);
    if (!made) {
        tune_objective_free(objective);
        return NULL;
    }
    return objective;
}

void tune_objective_free(struct tune_objective *objective)
{
    if (objective == NULL) {
        return;
    }
    tune_features_reset(&objective->structures);
    free(objective->atoms);
    free(objective->scores);
    free(objective->shares);
    free(objective->parts);
    free(objective->path_start);
    free(objective->path_scores);
    free(objective->spans);
    free(objective);
}

unsigned tune_objective_rows(const struct tune_objective *objective)
{
    return objective->span_count;
}

/* ---- Value and gradient ------------------------------------------------ */

static void score_paths(struct tune_objective *objective, const double *weights)
{
    for (size_t i = 0; i < objective->atom_count; i++) {
        const struct atom *atom = &objective->atoms[i];
        objective->scores[i] =
            tune_features_score(atom->features, atom->row, weights);
        objective->shares[i] = 0;
    }
    for (size_t i = 0; i < objective->path_count; i++) {
        double sum = 0;
        for (size_t k = objective->path_start[i];
             k < objective->path_start[i + 1]; k++) {
            sum += objective->scores[objective->parts[k]];
        }
        objective->path_scores[i] = sum;
    }
}

static void share_path(struct tune_objective *objective, size_t path,
                       double share)
{
    for (size_t k = objective->path_start[path];
         k < objective->path_start[path + 1]; k++) {
        objective->shares[objective->parts[k]] += share;
    }
}

/*
 * Minus the log of the phrase's probability, times the weight of the row; its
 * derivative goes to shares.
 */
static double row_loss(struct tune_objective *objective,
                       const struct span *span)
{
    double *scores = objective->path_scores;
    // Apart, as far from the best weights the phrase may be that improbable.
    double most = -HUGE_VAL, gold_most = -HUGE_VAL;
    double all = 0, gold = 0;

    for (size_t i = span->first; i < span->end; i++) {
        most = fmax(most, scores[i]);
        gold_most = i < span->gold_end ? most : gold_most;
    }
    for (size_t i = span->first; i < span->gold_end; i++) {
        gold += exp(scores[i] - gold_most);
    }
    for (size_t i = span->first; i < span->gold_end; i++) {
        const double of_gold = exp(scores[i] - gold_most) / gold;
        share_path(objective, i, -span->weight * of_gold);
    }
    for (size_t i = span->first; i < span->end; i++) {
        scores[i] = exp(scores[i] - most);
        all += scores[i];
    }
    for (size_t i = span->first; i < span->end; i++) {
        share_path(objective, i, span->weight * scores[i] / all);
    }
    return span->weight * (most + log(all) - gold_most - log(gold));
}

static void add_gradient(const struct tune_objective *objective,
                         double *gradient)
{
    for (size_t i = 0; i < objective->atom_count; i++) {
        const struct atom *atom = &objective->atoms[i];
        const struct tune_features *features = atom->features;
        for (size_t k = features->start[atom->row];
             k < features->start[atom->row + 1]; k++) {
            gradient[features->terms[k]] +=
                objective->shares[i] * features->values[k];
        }
    }
}

double tune_objective_value(struct tune_objective *objective,
                            const double *weights, double *gradient,
                            double *loss)
{
    const struct tune_terms *terms = &objective->data->terms;
    double sum = 0, distance = 0;

    score_paths(objective, weights);
    for (unsigned i = 0; i < objective->span_count; i++) {
        sum += row_loss(objective, &objective->spans[i]);
    }
    for (unsigned i = 0; i < terms->count; i++) {
        const double apart = weights[i] - terms->list[i].prior;
        distance += apart * apart;
        if (gradient != NULL) {
            gradient[i] = objective->penalty * apart;
        }
    }
    if (gradient != NULL) {
        add_gradient(objective, gradient);
    }
    if (loss != NULL) {
        *loss = sum;
    }
    return sum + objective->penalty / 2 * distance;
}

/* ---- Optimizer --------------------------------------------------------- */

/* Past differences kept; 5 and 50 take about as long here. */
#define MEMORY 20u
/* More than any fit seen so far needs in a round. */
#define EVALUATIONS_MAX 3000
/*
 * Ends when the objective changes less than this part of it; rounds before the
 * last only find spellings: they end sooner.
 */
#define TOLERANCE 1e-10
#define TOLERANCE_BEFORE 1e-7

struct search {
    struct tune_objective *objective;
    struct tune_fit_result *result;
};

static double value_for_nlopt(unsigned count, const double *weights,
                              double *gradient, void *context)
{
    struct search *search = context;

    (void)count;
    search->result->evaluations++;
    return tune_objective_value(search->objective, weights, gradient, NULL);
}

/* False if memory is short. That it can get no further is no failure. */
static bool minimize(struct search *search, const struct tune_terms *terms,
                     double tolerance, double *weights)
{
    double *bounds = calloc(2 * (size_t)terms->count, sizeof bounds[0]);
    nlopt_opt optimizer = nlopt_create(NLOPT_LD_LBFGS, terms->count);
    double value = 0;
    bool done = false;

    if (bounds == NULL || optimizer == NULL) {
        goto out;
    }
    for (unsigned i = 0; i < terms->count; i++) {
        bounds[i] = terms->list[i].least;
        bounds[terms->count + i] = terms->list[i].most;
        weights[i] =
            fmin(fmax(weights[i], terms->list[i].least), terms->list[i].most);
    }
    done = nlopt_set_lower_bounds(optimizer, bounds) > 0 &&
           nlopt_set_upper_bounds(optimizer, bounds + terms->count) > 0 &&
           nlopt_set_min_objective(optimizer, value_for_nlopt, search) > 0 &&
           nlopt_set_vector_storage(optimizer, MEMORY) > 0 &&
           nlopt_set_ftol_rel(optimizer, tolerance) > 0 &&
           nlopt_set_maxeval(optimizer, EVALUATIONS_MAX) > 0 &&
           nlopt_optimize(optimizer, weights, &value) != NLOPT_OUT_OF_MEMORY;
out:
    nlopt_destroy(optimizer);
    free(bounds);
    return done;
}

/* The greatest part of the gradient in a direction that bounds leave free. */
static double free_gradient(const struct tune_terms *terms,
                            const double *weights, const double *gradient)
{
    double most = 0;

    for (unsigned i = 0; i < terms->count; i++) {
        const struct tune_term *term = &terms->list[i];
        const bool held = (weights[i] <= term->least && gradient[i] > 0) ||
                          (weights[i] >= term->most && gradient[i] < 0);
        most = held ? most : fmax(most, fabs(gradient[i]));
    }
    return most;
}

static bool describe(struct tune_objective *objective, const double *weights,
                     struct tune_fit_result *result)
{
    const struct tune_terms *terms = &objective->data->terms;
    double *gradient = calloc(terms->count, sizeof gradient[0]);

    if (gradient == NULL) {
        return false;
    }
    result->objective =
        tune_objective_value(objective, weights, gradient, &result->loss);
    result->gradient = free_gradient(terms, weights, gradient);
    result->choices_used = objective->choice_count;
    result->beside_used = objective->beside_count;
    result->phrases_used = objective->span_count - objective->choice_count -
                           objective->beside_count;
    free(gradient);
    return true;
}

/* ---- Rounds ------------------------------------------------------------ */

/*
 * A pair counts in a round if it does by the weights that the round begins
 * with; at the prior, where no pair has a score, all of them count.
 */
static void wake_pairs(const struct tune_data *data, struct tune_scores *scores)
{
    for (uint32_t i = 0; i < data->pair_count; i++) {
        if (scores->pairs[i] != 0) {
            return;
        }
    }
    for (uint32_t i = 0; i < data->pair_count; i++) {
        scores->pairs[i] = DBL_MIN;
    }
}

/* All rounds of one fit. */
struct fit {
    const struct tune_data *data;
    struct tune_rows rows;
    const struct tune_fit_options *options;
    struct tune_list *lists; /* of each row, from round to round */
    double *weights;
    struct tune_fit_result *result;
};

/* How many spellings a row is held against. */
static size_t rivals_of(const struct fit *fit, const struct tune_row *row)
{
    const struct tune_fit_options *options = fit->options;

    return row->choice.chosen != 0 && options->choice_candidates > 0
               ? options->choice_candidates
               : options->candidates;
}

/* Adds the best spellings by the weights to the lists, and fits on all. */
static bool fit_round(struct fit *fit, bool last)
{
    struct tune_scores scores = {.weights = NULL};
    struct search search = {.result = fit->result};
    bool done = tune_scores_init(&scores, fit->data, fit->weights);

    for (size_t i = 0; done && i < fit->rows.count; i++) {
        const struct tune_row *row = &fit->rows.list[i];
        done = tune_search(fit->data, &scores, row, rivals_of(fit, row),
                           &fit->lists[i]);
    }
    if (done) {
        wake_pairs(fit->data, &scores);
        search.objective = tune_objective_new(
            fit->data, &scores, fit->rows, fit->lists, fit->options->penalty);
        done = search.objective != NULL &&
               minimize(&search, &fit->data->terms,
                        last ? TOLERANCE : TOLERANCE_BEFORE, fit->weights) &&
               describe(search.objective, fit->weights, fit->result);
    }
    tune_objective_free(search.objective);
    tune_scores_reset(&scores);
    return done;
}

enum vn_status tune_fit(const struct tune_data *data, struct tune_rows rows,
                        const struct tune_fit_options *options, double *weights,
                        struct tune_fit_result *result, struct vn_error *error)
{
    struct fit fit = {
        .data = data,
        .rows = rows,
        .options = options,
        .lists = calloc(rows.count + 1, sizeof fit.lists[0]),
        .weights = weights,
        .result = result,
    };
    bool done = fit.lists != NULL;

    *result = (struct tune_fit_result){.loss = 0};
    for (unsigned round = 0; done && round < options->rounds; round++) {
        done = fit_round(&fit, round + 1 == options->rounds);
    }
    for (size_t i = 0; fit.lists != NULL && i < rows.count; i++) {
        free(fit.lists[i].paths);
    }
    free(fit.lists);
    return done ? VN_OK : vn_error_set(error, VN_NOMEM, "out of memory");
}
