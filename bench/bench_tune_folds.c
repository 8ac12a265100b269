/* bench_tune_folds.c: fits on all phrases and on folds, many at a time. */
#include "bench_tune_folds.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_tune_rows.h"

#define PATH_SIZE 4096u

/* Job 0 is the fit on all phrases; job k leaves fold k out. */
struct job {
    struct jobs *jobs;
    unsigned number;
    double *weights;
    struct tune_fit_result result;
    struct tune_baked baked;
    enum vn_status status;
    struct vn_error error;
};

struct jobs {
    struct tune_run *run;
    struct tune_row *rows;
    double *start;     /* weights that each fit begins at */
    unsigned *fold_of; /* of each phrase: 1..folds */
    struct job *list;
    unsigned count;
    atomic_uint next;
};

/* ---- Folds ------------------------------------------------------------- */

/*
 * Puts the phrases into folds in turn, in a random order of their digits.
 * Returns how many different digits there are, 0 if memory is short.
 */
static unsigned deal_folds(struct jobs *jobs)
{
    const struct bench_phrases *phrases = jobs->run->phrases;
    const size_t count = phrases->count;
    uint64_t state = jobs->run->seed;
    size_t *order = calloc(count, sizeof order[0]);
    const unsigned folds = jobs->run->folds > 0 ? jobs->run->folds : 1;
    unsigned dealt = 0;

    if (order == NULL) {
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        const size_t other = bench_random_below(&state, (uint32_t)i + 1);
        order[i] = order[other];
        order[other] = i;
    }
    for (size_t i = 0; i < count; i++) {
        if (jobs->fold_of[order[i]] != 0) {
            continue;
        }
        const uint32_t suffix = phrases->list[order[i]].suffix;
        for (size_t k = 0; k < count; k++) {
            if (phrases->list[k].suffix == suffix) {
                jobs->fold_of[k] = 1 + dealt % folds;
            }
        }
        dealt++;
    }
    free(order);
    return dealt;
}

/* Whether the job is judged by the phrase, else it is fitted on it. */
static bool is_test(const struct job *job, size_t phrase)
{
    return job->number == 0 || job->jobs->fold_of[phrase] == job->number;
}

static struct tune_mark *mark_of(const struct job *job, size_t phrase)
{
    const struct tune_run *run = job->jobs->run;

    return &(job->number == 0 ? run->trained : run->foretold)[phrase];
}

/* ---- One fit ----------------------------------------------------------- */

static enum vn_status no_memory(struct job *job)
{
    return vn_error_set(&job->error, VN_NOMEM, "out of memory");
}

/* Adds the rows that no fold holds out behind 'count' others; how many then. */
static size_t add_common(const struct tune_run *run, struct tune_row *rows,
                         size_t count)
{
    for (size_t i = 0; i < run->marks.count; i++) {
        rows[count++] = run->marks.list[i];
    }
    for (size_t i = 0; i < run->beside.count; i++) {
        rows[count++] = run->beside.list[i];
    }
    return count;
}

/* Room for all rows there are. */
static struct tune_row *new_rows(const struct tune_run *run)
{
    return calloc(run->phrases->count + run->marks.count + run->beside.count,
                  sizeof(struct tune_row));
}

static enum vn_status fit_from_start(struct job *job, struct tune_rows rows)
{
    const struct tune_run *run = job->jobs->run;
    const struct tune_terms *terms = &run->data->terms;
    struct tune_fit_options options = run->fit;

    if (run->beside.count > 0 && options.rounds > TUNE_ROUNDS_ON) {
        options.rounds = TUNE_ROUNDS_ON;
    }
    memcpy(job->weights, job->jobs->start,
           terms->count * sizeof job->weights[0]);
    enum vn_status status = tune_fit(run->data, rows, &options, job->weights,
                                     &job->result, &job->error);
    if (status == VN_OK && job->result.phrases_used == 0) {
        status = vn_error_set(&job->error, VN_INVALID,
                              "no phrase can be spelled with the words of '%s'",
                              run->data->folder);
    }
    tune_weights_round(terms, job->weights);
    return status;
}

static enum vn_status fit(struct job *job)
{
    const struct jobs *jobs = job->jobs;
    const struct tune_run *run = jobs->run;
    struct tune_row *rows = new_rows(run);
    size_t count = 0;

    job->weights = calloc(run->data->terms.count, sizeof job->weights[0]);
    if (rows == NULL || job->weights == NULL) {
        free(rows);
        return no_memory(job);
    }
    for (size_t i = 0; i < run->phrases->count; i++) {
        if (job->number == 0 || !is_test(job, i)) {
            rows[count++] = jobs->rows[i];
        }
    }
    count = add_common(run, rows, count);
    const enum vn_status status =
        fit_from_start(job, (struct tune_rows){rows, count});
    free(rows);
    return status;
}

/* Judges the phrases by the model alone. */
static enum vn_status judge(struct job *job)
{
    const struct tune_run *run = job->jobs->run;
    struct tune_scores scores = {.weights = NULL};
    bool done = tune_scores_init(&scores, run->data, job->weights);

    for (size_t i = 0; done && i < run->phrases->count; i++) {
        const struct tune_row *row = &job->jobs->rows[i];
        struct tune_list list = {.paths = NULL};
        if (!is_test(job, i)) {
            continue;
        }
        done = tune_search(run->data, &scores, row, run->fit.candidates, &list);
        if (done) {
            mark_of(job, i)->verdict = tune_judge(run->data, row, &list);
            free(list.paths);
        }
    }
    tune_scores_reset(&scores);
    return done ? VN_OK : no_memory(job);
}

/* Ranks the phrases by an engine of the baked lexicon. */
static enum vn_status rank_shipped(struct job *job, const char *folder)
{
    const struct bench_phrases *phrases = job->jobs->run->phrases;
    const struct vn_lexicon_options lexicon = {.folder = folder};
    struct bench_phrases part = {
        .path = phrases->path,
        .list = calloc(phrases->count, sizeof part.list[0]),
    };

    if (part.list == NULL) {
        return no_memory(job);
    }
    for (size_t i = 0; i < phrases->count; i++) {
        if (is_test(job, i)) {
            part.list[part.count++] = phrases->list[i];
        }
    }
    enum vn_status status = bench_phrases_compute(&part, &lexicon, &job->error);
    if (status == VN_OK) {
        status = bench_phrases_find(&part, &job->error);
    }
    for (size_t i = 0, k = 0; i < phrases->count && status == VN_OK; i++) {
        if (is_test(job, i)) {
            mark_of(job, i)->shipped = part.list[k++].rank;
        }
    }
    free(part.list);
    return status;
}

static enum vn_status bake(struct job *job)
{
    const struct tune_run *run = job->jobs->run;
    char folder[PATH_SIZE];
    const int size = job->number == 0
                         ? snprintf(folder, sizeof folder, "%s", run->folder)
                         : snprintf(folder, sizeof folder, "%s/fold-%u",
                                    run->folder, job->number);

    if (size < 0 || (size_t)size >= sizeof folder) {
        return vn_error_set(&job->error, VN_INVALID,
                            "the path of the lexicon is too long");
    }
    // No ranking depends on the level: folds go without.
    enum vn_status status = (job->number == 0 ? tune_bake_level : tune_bake)(
        run->data, job->weights, &run->bake, folder, &job->baked, &job->error);
    if (status == VN_OK) {
        status = rank_shipped(job, folder);
    }
    if (job->number != 0) {
        tune_bake_remove(folder);
    }
    return status;
}

static void run_job(struct job *job)
{
    job->status = fit(job);
    if (job->status == VN_OK) {
        job->status = judge(job);
    }
    if (job->status == VN_OK) {
        job->status = bake(job);
    }
}

/* ---- All fits ---------------------------------------------------------- */

static void *work(void *context)
{
    struct jobs *jobs = context;

    for (;;) {
        const unsigned number = atomic_fetch_add(&jobs->next, 1);
        if (number >= jobs->count) {
            return NULL;
        }
        run_job(&jobs->list[number]);
    }
}

/* This thread works too; if no other can be started, it does all. */
static void run_jobs(struct jobs *jobs)
{
    pthread_t threads[VN_THREADS_MAX];
    unsigned count = 0;

    while (count + 1 < jobs->run->threads && count + 1 < jobs->count &&
           pthread_create(&threads[count], NULL, work, jobs) == 0) {
        count++;
    }
    (void)work(jobs);
    for (unsigned i = 0; i < count; i++) {
        (void)pthread_join(threads[i], NULL);
    }
}

/* Of two readings of the same digits either counts for both. */
static void join_readings(const struct bench_phrases *phrases,
                          struct tune_mark *marks)
{
    for (size_t i = 0; i < phrases->count; i++) {
        for (size_t k = 0; k < phrases->count; k++) {
            const unsigned rank = marks[k].verdict.rank;
            unsigned *own = &marks[i].verdict.rank;
            if (phrases->list[i].suffix == phrases->list[k].suffix &&
                rank != 0 && (*own == 0 || rank < *own)) {
                *own = rank;
            }
        }
    }
}

/* Takes over the first job, and the first failure. */
static enum vn_status gather(struct jobs *jobs, struct vn_error *error)
{
    struct tune_run *run = jobs->run;

    for (unsigned i = 0; i < jobs->count; i++) {
        if (jobs->list[i].status != VN_OK) {
            *error = jobs->list[i].error;
            return jobs->list[i].status;
        }
    }
    run->weights = jobs->list[0].weights;
    jobs->list[0].weights = NULL;
    run->result = jobs->list[0].result;
    run->baked = jobs->list[0].baked;
    join_readings(run->phrases, run->trained);
    join_readings(run->phrases, run->foretold);
    return VN_OK;
}

/*
 * The weights to begin at: the priors, or with many phrases beside, of which a
 * fit takes long, those of a fit on what every fold has, which is done once.
 */
static enum vn_status find_start(struct jobs *jobs, struct vn_error *error)
{
    const struct tune_run *run = jobs->run;
    const struct tune_terms *terms = &run->data->terms;
    struct tune_row *rows = new_rows(run);
    enum vn_status status = VN_OK;

    jobs->start = calloc(terms->count, sizeof jobs->start[0]);
    if (rows == NULL || jobs->start == NULL) {
        free(rows);
        return vn_error_set(error, VN_NOMEM, "out of memory");
    }
    for (unsigned i = 0; i < terms->count; i++) {
        jobs->start[i] = terms->list[i].prior;
    }
    if (run->beside.count > 0) {
        struct tune_fit_result result;
        const size_t count = add_common(run, rows, 0);
        status = tune_fit(run->data, (struct tune_rows){rows, count}, &run->fit,
                          jobs->start, &result, error);
    }
    free(rows);
    return status;
}

static enum vn_status prepare(struct jobs *jobs, struct vn_error *error)
{
    struct tune_run *run = jobs->run;
    const size_t count = run->phrases->count;

    jobs->count = run->folds + 1;
    jobs->list = calloc(jobs->count, sizeof jobs->list[0]);
    jobs->rows = calloc(count, sizeof jobs->rows[0]);
    jobs->fold_of = calloc(count, sizeof jobs->fold_of[0]);
    run->trained = calloc(count, sizeof run->trained[0]);
    run->foretold = calloc(count, sizeof run->foretold[0]);
    if (jobs->list == NULL || jobs->rows == NULL || jobs->fold_of == NULL ||
        run->trained == NULL || run->foretold == NULL) {
        return vn_error_set(error, VN_NOMEM, "out of memory");
    }
    const unsigned numbers = deal_folds(jobs);
    if (numbers == 0) {
        return vn_error_set(error, VN_NOMEM, "out of memory");
    }
    if (run->folds > numbers) {
        return vn_error_set(error, VN_INVALID,
                            "'%s' has %u different numbers, too few for "
                            "--folds %u",
                            run->phrases->path, numbers, run->folds);
    }
    for (unsigned i = 0; i < jobs->count; i++) {
        jobs->list[i].jobs = jobs;
        jobs->list[i].number = i;
    }
    for (size_t i = 0; i < count; i++) {
        jobs->rows[i] = tune_row_of(&run->phrases->list[i]);
    }
    return VN_OK;
}

enum vn_status tune_run(struct tune_run *run, struct vn_error *error)
{
    struct jobs jobs = {.run = run};
    enum vn_status status = prepare(&jobs, error);

    if (status == VN_OK) {
        status = find_start(&jobs, error);
    }
    if (status == VN_OK) {
        run_jobs(&jobs);
        status = gather(&jobs, error);
    }
    for (unsigned i = 0; jobs.list != NULL && i < jobs.count; i++) {
        free(jobs.list[i].weights);
    }
    free(jobs.list);
    free(jobs.rows);
    free(jobs.start);
    free(jobs.fold_of);
    return status;
}

void tune_run_reset(struct tune_run *run)
{
    free(run->weights);
    free(run->trained);
    free(run->foretold);
}
