/* bench_lookup.c: random, sorted and batched look-ups in an index. */
#include "bench.h"
#include "bench_pass.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Every pass looks up the same random suffixes, each thread all of them with a
 * reader of its own, from another start. A pass sums up the codes and tails
 * that it gets; all sums must be equal. The warm-up reads every record of the
 * index, so that each block was fetched and checked before the clock runs.
 *
 * Two baselines stand beside, on one thread: an array of all records in memory
 * (what the machine takes for a random access), and plain LMDB with a new
 * transaction for each look-up.
 */

/* Each pass on one thread, and on all. */
enum { ALONE, TOGETHER, WAYS };

struct lookup_bench {
    struct bench_runs runs;
    struct bench_sample sample;
    const char *path;
    struct vn_index *index;
    struct pass_data data;
    struct pass_worker *workers; /* one for each thread */
    pthread_t *threads;
    pthread_barrier_t start;
    const struct pass *pass; /* that runs now */
    struct bench_series series[PASS_COUNT][WAYS];
    struct vn_error error;
};

/* What a thread is started with. */
struct job {
    struct lookup_bench *bench;
    struct pass_worker *worker;
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct lookup_bench *bench = state->input;

    (void)arg;
    if (key != ARGP_KEY_INIT) {
        return ARGP_ERR_UNKNOWN;
    }
    state->child_inputs[0] = &bench->runs;
    state->child_inputs[1] = &bench->sample;
    state->child_inputs[2] = &bench->path;
    return 0;
}

static const struct argp_child children[] = {
    {.argp = &bench_runs_argp},
    {.argp = &bench_sample_argp},
    {.argp = &bench_path_argp},
    {0},
};

static const struct argp parser = {
    .parser = parse_option,
    .children = children,
    .doc = "Time look-ups of random suffixes (default: 1000000) in an index, "
           "warm, on one thread and on all, in 10 rounds.\v"
           "Examples:\n"
           "  vanity-bench lookup vanity.mdb\n"
           "  vanity-bench lookup vanity.mdb --sample 100000 --json",
};

/* ---- Preparation ------------------------------------------------------- */

static enum vn_status no_memory(struct lookup_bench *bench)
{
    return vn_error_set(&bench->error, VN_NOMEM, "out of memory");
}

static enum vn_status copy_records(void *context, uint32_t first,
                                   const struct vn_record *records,
                                   size_t count)
{
    struct pass_data *data = context;

    memcpy(data->all + (first - vn_prefix_first(data->prefix)), records,
           count * sizeof(records[0]));
    return VN_OK;
}

static enum vn_status open_index(struct lookup_bench *bench)
{
    // A damaged file is told before LMDB follows a page of it.
    enum vn_status status =
        vn_index_check(bench->path, NULL, NULL, &bench->error);

    if (status == VN_OK) {
        status = vn_index_open(bench->path, &bench->index, &bench->error);
    }
    if (status == VN_OK) {
        bench->data.prefix = vn_index_info(bench->index)->prefix;
    }
    return status;
}

static enum vn_status make_keys(struct lookup_bench *bench)
{
    struct pass_data *data = &bench->data;
    const struct vn_prefix prefix = data->prefix;
    uint64_t state = bench->sample.seed;
    uint32_t *scratch = calloc(bench->sample.count, sizeof(scratch[0]));

    data->count = bench->sample.count;
    data->keys = calloc(data->count, sizeof(data->keys[0]));
    data->sorted = calloc(data->count, sizeof(data->sorted[0]));
    data->all = calloc(vn_prefix_count(prefix), sizeof(data->all[0]));
    if (scratch == NULL || data->keys == NULL || data->sorted == NULL ||
        data->all == NULL) {
        free(scratch);
        return no_memory(bench);
    }
    for (uint32_t i = 0; i < data->count; i++) {
        data->keys[i] = vn_prefix_first(prefix) +
                        bench_random_below(&state, vn_prefix_count(prefix));
    }
    pass_sort(data->keys, data->count, scratch, data->sorted);
    free(scratch);
    return VN_OK;
}

static enum vn_status make_worker(struct lookup_bench *bench, unsigned i)
{
    struct pass_worker *worker = &bench->workers[i];
    const uint32_t count = bench->data.count;

    worker->data = &bench->data;
    worker->first = (uint32_t)((uint64_t)count * i / bench->runs.threads);
    worker->batch = calloc(count, sizeof(worker->batch[0]));
    worker->scratch = calloc(count, sizeof(worker->scratch[0]));
    return worker->batch == NULL || worker->scratch == NULL
               ? no_memory(bench)
               : vn_reader_new(bench->index, &worker->reader, &bench->error);
}

static enum vn_status make_workers(struct lookup_bench *bench)
{
    const unsigned threads = bench->runs.threads;
    enum vn_status status = VN_OK;

    bench->workers = calloc(threads, sizeof(bench->workers[0]));
    bench->threads = calloc(threads, sizeof(bench->threads[0]));
    if (bench->workers == NULL || bench->threads == NULL) {
        return no_memory(bench);
    }
    for (unsigned i = 0; status == VN_OK && i < threads; i++) {
        status = make_worker(bench, i);
    }
    return status;
}

static enum vn_status open_plain(struct lookup_bench *bench)
{
    struct pass_data *data = &bench->data;
    MDB_txn *txn = NULL;
    int rc = mdb_env_create(&data->env);

    if (rc == 0) {
        rc = mdb_env_set_maxdbs(data->env, 3);
    }
    if (rc == 0) {
        rc = mdb_env_open(data->env, bench->path,
                          MDB_NOSUBDIR | MDB_RDONLY | MDB_NOLOCK, 0);
    }
    if (rc == 0) {
        rc = mdb_txn_begin(data->env, NULL, MDB_RDONLY, &txn);
    }
    if (rc == 0) {
        rc = mdb_dbi_open(txn, "records", 0, &data->records);
        // The handle of a committed transaction is good for all.
        const int ended = mdb_txn_commit(txn);

        rc = rc != 0 ? rc : ended;
    }
    return rc == 0 ? VN_OK
                   : vn_error_set(&bench->error, VN_IO, "LMDB on '%s': %s",
                                  bench->path, mdb_strerror(rc));
}

/* The sums that every pass must find, from the array of all records. */
static void sum_up(struct lookup_bench *bench)
{
    struct pass_worker *worker = &bench->workers[0];

    passes[PASS_ARRAY].run(worker);
    bench->data.codes = worker->codes;
    bench->data.tails = worker->tails;
}

static void name_series(struct lookup_bench *bench)
{
    const uint32_t count = bench->data.count;
    const unsigned threads = bench->runs.threads;

    for (int i = 0; i < PASS_COUNT; i++) {
        bench_series_ns(&bench->series[i][ALONE], passes[i].name, "ns/get",
                        count, 1);
        bench_series_ns(&bench->series[i][TOGETHER], passes[i].name, "ns/get",
                        (uint64_t)count * threads, threads);
    }
}

static enum vn_status prepare(struct lookup_bench *bench)
{
    enum vn_status status = open_index(bench);

    if (status == VN_OK) {
        status = make_keys(bench);
    }
    if (status == VN_OK) {
        status = make_workers(bench);
    }
    if (status == VN_OK) {
        status = open_plain(bench);
    }
    if (status == VN_OK) {
        status = vn_index_scan(bench->index, bench->data.prefix, copy_records,
                               &bench->data, &bench->error);
    }
    if (status == VN_OK) {
        sum_up(bench);
        name_series(bench);
    }
    return status;
}

/* ---- Running a pass ---------------------------------------------------- */

static enum vn_status check_worker(struct lookup_bench *bench,
                                   const struct pass_worker *worker)
{
    const char *name = bench->pass->name;

    if (worker->error.status != VN_OK) {
        bench->error = worker->error;
        return worker->error.status;
    }
    if (worker->codes != bench->data.codes ||
        worker->tails != bench->data.tails) {
        return vn_error_set(&bench->error, VN_CORRUPT, "%s: got other records",
                            name);
    }
    if (worker->spelled != worker->wanted) {
        return vn_error_set(&bench->error, VN_CORRUPT,
                            "%s: %u candidates without text", name,
                            worker->wanted - worker->spelled);
    }
    return VN_OK;
}

static void *work(void *context)
{
    const struct job *job = context;

    pthread_barrier_wait(&job->bench->start);
    job->bench->pass->run(job->worker);
    return NULL;
}

/*
 * Starts a thread for each job; they wait for the barrier, which the caller
 * joins. If one cannot be started, the others would wait for ever: that ends
 * the program.
 */
static void start_threads(struct lookup_bench *bench, struct job *jobs,
                          unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct pass_worker *worker = &bench->workers[i];

        worker->codes = 0;
        worker->tails = 0;
        worker->wanted = 0;
        worker->spelled = 0;
        jobs[i] = (struct job){.bench = bench, .worker = worker};
        const int rc = pthread_create(&bench->threads[i], NULL, work, &jobs[i]);

        if (rc != 0) {
            bench_message("cannot start thread %u: %s", i + 1, strerror(rc));
            exit(BENCH_FAILED);
        }
    }
}

static struct bench_time run_threads(struct lookup_bench *bench,
                                     struct job *jobs, unsigned count)
{
    pthread_barrier_init(&bench->start, NULL, count + 1);
    start_threads(bench, jobs, count);
    const struct bench_time begun = bench_now();

    pthread_barrier_wait(&bench->start);
    for (unsigned i = 0; i < count; i++) {
        pthread_join(bench->threads[i], NULL);
    }
    const struct bench_time time = bench_since(begun);

    pthread_barrier_destroy(&bench->start);
    return time;
}

static enum vn_status run_pass(struct lookup_bench *bench, int pass, int way,
                               bool timed)
{
    struct bench_series *series = &bench->series[pass][way];
    struct job *jobs = calloc(series->threads, sizeof(jobs[0]));
    enum vn_status status = VN_OK;

    if (jobs == NULL) {
        return no_memory(bench);
    }
    bench->pass = &passes[pass];
    const struct bench_time time = run_threads(bench, jobs, series->threads);

    if (timed) {
        bench_series_add(series, time);
    }
    for (unsigned i = 0; status == VN_OK && i < series->threads; i++) {
        status = check_worker(bench, &bench->workers[i]);
    }
    free(jobs);
    return status;
}

static bool has_way(const struct lookup_bench *bench, int pass, int way)
{
    return way == ALONE || (bench->runs.threads > 1 && !passes[pass].baseline);
}

/* Round 0 is the warm-up. */
static enum vn_status measure(struct lookup_bench *bench)
{
    enum vn_status status = VN_OK;

    for (unsigned round = 0; round <= bench->runs.repeats; round++) {
        for (int pass = 0; pass < PASS_COUNT; pass++) {
            for (int way = ALONE; status == VN_OK && way < WAYS; way++) {
                if (has_way(bench, pass, way)) {
                    status = run_pass(bench, pass, way, round > 0);
                }
            }
        }
    }
    return status;
}

/* ---- Output ------------------------------------------------------------ */

static void print_ratios(const struct lookup_bench *bench,
                         const struct bench_report *report)
{
    static const struct {
        enum pass_id slow, fast;
    } pairs[] = {
        {PASS_RANDOM, PASS_ARRAY}, {PASS_SPELL_ALL, PASS_ARRAY},
        {PASS_PLAIN, PASS_RANDOM}, {PASS_RANDOM, PASS_SORTED},
        {PASS_RANDOM, PASS_BATCH},
    };
    char name[128];

    bench_print_ratio_columns(report);
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        snprintf(name, sizeof(name), "%s / %s", passes[pairs[i].slow].name,
                 passes[pairs[i].fast].name);
        bench_print_ratio(report, name, bench->series[pairs[i].slow],
                          bench->series[pairs[i].fast]);
    }
    if (bench->runs.threads > 1) {
        const struct bench_series *series = bench->series[PASS_SPELL_ALL];

        snprintf(name, sizeof(name), "%s, %u threads against 1", series->name,
                 bench->runs.threads);
        bench_print_ratio(report, name, &series[ALONE], &series[TOGETHER]);
    }
}

static void print(const struct lookup_bench *bench)
{
    const struct bench_report report = {.bench = "lookup",
                                        .json = bench->runs.json,
                                        .threads = bench->runs.threads};

    bench_print_head(&report);
    bench_print_columns(&report);
    for (int pass = 0; pass < PASS_COUNT; pass++) {
        for (int way = ALONE; way < WAYS; way++) {
            if (has_way(bench, pass, way)) {
                bench_print_series(&report, &bench->series[pass][way]);
            }
        }
    }
    print_ratios(bench, &report);
}

static void free_bench(struct lookup_bench *bench)
{
    for (unsigned i = 0; bench->workers != NULL && i < bench->runs.threads;
         i++) {
        vn_reader_free(bench->workers[i].reader);
        free(bench->workers[i].batch);
        free(bench->workers[i].scratch);
    }
    if (bench->data.env != NULL) {
        mdb_env_close(bench->data.env);
    }
    vn_index_close(bench->index);
    free(bench->workers);
    free(bench->threads);
    free(bench->data.keys);
    free(bench->data.sorted);
    free(bench->data.all);
    free(bench);
}

int bench_lookup(int argc, char **argv)
{
    struct lookup_bench *bench = calloc(1, sizeof(*bench));

    if (bench == NULL) {
        bench_message("out of memory");
        return BENCH_FAILED;
    }
    bench->runs.repeats = 10;
    bench->sample = (struct bench_sample){.count = 1000000, .seed = 1};
    argp_parse(&parser, argc, argv, 0, NULL, bench);
    bench->runs.threads = bench_threads(bench->runs.threads);
    enum vn_status status = prepare(bench);

    if (status == VN_OK) {
        status = measure(bench);
    }
    if (status == VN_OK) {
        print(bench);
    }
    const int code =
        status == VN_OK ? BENCH_DONE : bench_error(status, &bench->error);

    free_bench(bench);
    return code;
}
