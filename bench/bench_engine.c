/* bench_engine.c: the plain enumerator beside the paths of the engine. */
#include "bench.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xxhash.h>

#include "tests/oracle/oracle.h"

/*
 * In one process, in turn, so that all meet the same machine:
 *  1. a warm-up, in which the results are checked: the enumerator's records
 *     against those of every path, and the records of every path and number of
 *     threads against each other (by their hash);
 *  2. rounds: each round times everything once.
 */

/* Pieces of the range, one for each first digit. */
#define PIECES 10u
#define PIECE_MAX (VN_SUFFIXES / PIECES)
/* Records of the sample that are compared one by one on every path. */
#define CHECKED_MAX 5000u
/* Numbers of threads up to this are all measured, and then every doubling. */
#define THREADS_DENSE 4u
/* Suffixes computed before a timed run: its tables are in the cache. */
#define WARM_SUFFIXES 100000u

enum { KEY_SUFFIXES = 0x200, KEY_DATA };

/* One path with one number of threads. */
struct config {
    enum vn_engine_path path;
    unsigned threads;
    struct bench_series series;
};

struct engine_bench {
    struct bench_runs runs;
    struct bench_sample sample;
    uint32_t suffixes;
    const char *data;
    struct vn_lexicon_options lexicon_options;
    struct vn_oracle *oracle;
    struct vn_lexicon *lexicon;
    uint32_t *keys;            /* the sample */
    struct vn_record *records; /* of the enumerator */
    struct config *configs;
    size_t config_count;
    struct vn_engine_counts counts; /* of the fastest path */
    uint64_t hash;                  /* of all records */
    struct bench_series enumerator, lexicon_open, tables;
    struct vn_error error;
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct engine_bench *bench = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &bench->runs;
        state->child_inputs[1] = &bench->sample;
        state->child_inputs[2] = &bench->lexicon_options;
        return 0;
    case KEY_SUFFIXES:
        bench->suffixes =
            (uint32_t)bench_int("--suffixes", arg, PIECES, VN_SUFFIXES);
        return 0;
    case KEY_DATA:
        bench->data = arg;
        return 0;
    case ARGP_KEY_ARG:
        bench_refuse("takes no argument, but got '%s'", arg);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "suffixes",
     .key = KEY_SUFFIXES,
     .arg = "N",
     .doc = "Suffixes that the engine computes, in ten pieces that are spread "
            "evenly (default: all 10000000)"},
    {.name = "data",
     .key = KEY_DATA,
     .arg = "DIR",
     .doc = "Folder of words-en.tsv, pairs-en.tsv, block-en.tsv and model-en "
            "that the enumerator takes for the built-in ones (default: "
            "engine/data of the source tree)"},
    {0},
};

static const struct argp_child children[] = {
    {.argp = &bench_runs_argp},
    {.argp = &bench_sample_argp},
    {.argp = &bench_lexicon_argp},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .children = children,
    .doc = "Time the plain enumerator on a random sample (default: 20000) and "
           "each path of the engine on 1 to n threads, in 5 rounds. All "
           "records are compared.\v"
           "Examples:\n"
           "  vanity-bench engine\n"
           "  vanity-bench engine --suffixes 1000000 --threads 1 --json",
};

/* ---- Preparation ------------------------------------------------------- */

/* Paths of the texts of a lexicon. */
enum { WORDS, PAIRS, BLOCK, MODEL, TEXTS };
struct texts {
    char paths[TEXTS][PATH_MAX];
    char model[PATH_MAX]; /* built in: what another does not name stays so */
};

/* Those of the engine's lexicon; --data has the built-in ones. */
static enum vn_status name_texts(struct engine_bench *bench,
                                 struct texts *texts)
{
    static const char *const built_in[TEXTS] = {"words-en.tsv", "pairs-en.tsv",
                                                "block-en.tsv", "model-en"};
    static const char *const in_folder[TEXTS] = {"words.tsv", "pairs.tsv",
                                                 "block.tsv", "model"};
    const struct vn_lexicon_options *lexicon = &bench->lexicon_options;
    const bool own = lexicon->folder != NULL;
    const char *folder = own ? lexicon->folder : bench->data;
    bool fits = true;

    for (size_t i = 0; i < TEXTS; i++) {
        fits &= snprintf(texts->paths[i], PATH_MAX, "%s/%s", folder,
                         own ? in_folder[i] : built_in[i]) < PATH_MAX;
    }
    fits &= snprintf(texts->model, PATH_MAX, "%s/%s", bench->data,
                     built_in[MODEL]) < PATH_MAX;
    char *model = texts->paths[MODEL];

    if (lexicon->model_path != NULL) {
        fits &= snprintf(model, PATH_MAX, "%s", lexicon->model_path) < PATH_MAX;
    } else if (own && access(model, F_OK) != 0) {
        fits &= snprintf(model, PATH_MAX, "%s/%s", bench->data,
                         built_in[MODEL]) < PATH_MAX;
    }
    return fits ? VN_OK
                : vn_error_set(&bench->error, VN_INVALID,
                               "the path of --data, --lexicon or --model is "
                               "too long");
}

static enum vn_status open_oracle(struct engine_bench *bench)
{
    struct texts texts;
    enum vn_status status = name_texts(bench, &texts);

    if (status == VN_OK) {
        status =
            vn_oracle_open(texts.paths[WORDS], texts.paths[PAIRS],
                           texts.paths[BLOCK], &bench->oracle, &bench->error);
    }
    for (unsigned i = 0; i < 2 && status == VN_OK; i++) {
        status = vn_oracle_read_model(bench->oracle,
                                      i == 0 ? texts.model : texts.paths[MODEL],
                                      &bench->error);
    }
    if (status == VN_IO && bench->error.sys_errno == ENOENT) {
        return VN_INVALID; // the folder was named by the user
    }
    return status == VN_OK ? vn_oracle_finish(bench->oracle) : status;
}

static void add_configs(struct engine_bench *bench, enum vn_engine_path path,
                        const char *name)
{
    const unsigned most = bench->runs.threads;

    for (unsigned threads = 1; threads <= most;) {
        struct config *config = &bench->configs[bench->config_count++];

        config->path = path;
        config->threads = threads;
        bench_series_ns(&config->series, name, "ns/suffix",
                        bench->suffixes / PIECES * PIECES, threads);
        const unsigned next =
            threads < THREADS_DENSE ? threads + 1 : threads * 2;
        threads = threads < most && next > most ? most : next;
    }
}

/* Every path that this processor has, the fastest last. */
static enum vn_status make_configs(struct engine_bench *bench)
{
    bench->configs = calloc((size_t)VN_PATHS * bench->runs.threads,
                            sizeof(bench->configs[0]));
    if (bench->configs == NULL) {
        return vn_error_set(&bench->error, VN_NOMEM, "out of memory");
    }
    for (unsigned i = VN_PATH_SCALAR; i < VN_PATHS; i++) {
        const enum vn_engine_path path = (enum vn_engine_path)i;

        if (vn_engine_has_path(path)) {
            add_configs(bench, path, vn_engine_path_name(path));
        }
    }
    return VN_OK;
}

static enum vn_status make_sample(struct engine_bench *bench)
{
    const uint32_t count = bench->sample.count;
    uint64_t state = bench->sample.seed;

    bench->keys = calloc(count, sizeof(bench->keys[0]));
    bench->records = calloc(count, sizeof(bench->records[0]));
    if (bench->keys == NULL || bench->records == NULL) {
        return vn_error_set(&bench->error, VN_NOMEM, "out of memory");
    }
    for (uint32_t i = 0; i < count; i++) {
        bench->keys[i] = bench_random_below(&state, VN_SUFFIXES);
    }
    bench_series_ns(&bench->enumerator, "enumerator", "ns/suffix", count, 1);
    bench_series_ms(&bench->lexicon_open, "lexicon", 1);
    bench_series_ms(&bench->tables, "tables", 1);
    return VN_OK;
}

static enum vn_status prepare(struct engine_bench *bench)
{
    // First the engine's lexicon: it tells best what is wrong with a file.
    enum vn_status status = vn_lexicon_open(&bench->lexicon_options,
                                            &bench->lexicon, &bench->error);

    if (status == VN_OK) {
        status = open_oracle(bench);
    }
    if (status == VN_OK) {
        status = make_sample(bench);
    }
    return status == VN_OK ? make_configs(bench) : status;
}

/* ---- What is measured -------------------------------------------------- */

/* What a sink makes of the records: all of them, or little of each piece. */
struct gather {
    XXH3_state_t *hash; /* NULL = count only */
    uint64_t count;
};

static enum vn_status gather(void *context, uint32_t first,
                             const struct vn_record *records, size_t count)
{
    struct gather *to = context;

    (void)first;
    to->count += count;
    for (size_t i = 0; to->hash != NULL && i < count; i++) {
        (void)XXH3_64bits_update(to->hash, records[i].codes,
                                 sizeof(records[i].codes));
        (void)XXH3_64bits_update(to->hash, records[i].tails,
                                 sizeof(records[i].tails));
    }
    return VN_OK;
}

/*
 * One piece for each first digit; the digits behind it differ from piece to
 * piece, so that a part of the range is like the whole.
 */
static enum vn_status run_pieces(struct engine_bench *bench,
                                 struct vn_engine *engine, struct gather *to)
{
    const uint32_t size = bench->suffixes / PIECES;
    enum vn_status status = VN_OK;

    for (uint32_t i = 0; status == VN_OK && i < PIECES; i++) {
        const uint32_t wanted =
            i * 7 % PIECES * 100000 + i * 3 % PIECES * 10000;
        const uint32_t last = PIECE_MAX - size;

        status = vn_engine_run(engine,
                               i * PIECE_MAX + (wanted < last ? wanted : last),
                               size, gather, to, &bench->error);
    }
    if (status == VN_OK && to->count != (uint64_t)size * PIECES) {
        status = vn_error_set(&bench->error, VN_CORRUPT,
                              "the engine left out records");
    }
    return status;
}

static enum vn_status new_engine(struct engine_bench *bench,
                                 const struct config *config,
                                 struct vn_engine **engine)
{
    const struct vn_engine_options engine_options = {.threads = config->threads,
                                                     .path = config->path};

    return vn_engine_new(bench->lexicon, &engine_options, engine,
                         &bench->error);
}

/* ---- 1. Warm-up and checks --------------------------------------------- */

static enum vn_status take_record(void *context, uint32_t first,
                                  const struct vn_record *records, size_t count)
{
    (void)first;
    (void)count;
    *(struct vn_record *)context = records[0];
    return VN_OK;
}

/* Compares the records of the enumerator with those of the path. */
static enum vn_status check_sample(struct engine_bench *bench,
                                   struct vn_engine *engine)
{
    enum vn_status status = VN_OK;

    for (uint32_t i = 0;
         status == VN_OK && i < bench->sample.count && i < CHECKED_MAX; i++) {
        struct vn_record record = {{0}, {0}};

        status = vn_engine_run(engine, bench->keys[i], 1, take_record, &record,
                               &bench->error);
        if (status == VN_OK && !vn_record_equal(&record, &bench->records[i])) {
            status = vn_error_set(&bench->error, VN_CORRUPT,
                                  "enumerator and %s path differ at %07u",
                                  vn_engine_path_text(engine), bench->keys[i]);
        }
    }
    return status;
}

static enum vn_status check_hash(struct engine_bench *bench,
                                 const struct config *config, uint64_t hash)
{
    if (config == &bench->configs[0]) {
        bench->hash = hash;
    }
    return bench->hash == hash
               ? VN_OK
               : vn_error_set(&bench->error, VN_CORRUPT,
                              "records of the %s path on %u threads differ",
                              config->series.name, config->threads);
}

static enum vn_status check_config(struct engine_bench *bench,
                                   const struct config *config)
{
    struct vn_engine *engine = NULL;
    struct gather all = {.hash = XXH3_createState()};
    enum vn_status status = VN_NOMEM;

    if (all.hash == NULL) {
        goto out;
    }
    (void)XXH3_64bits_reset(all.hash);
    status = new_engine(bench, config, &engine);
    if (status == VN_OK) {
        status = run_pieces(bench, engine, &all);
    }
    if (status == VN_OK) {
        vn_engine_counts(engine, &bench->counts);
        status = check_hash(bench, config, XXH3_64bits_digest(all.hash));
    }
    if (status == VN_OK && config->threads == 1) {
        status = check_sample(bench, engine);
    }
out:
    vn_engine_free(engine);
    (void)XXH3_freeState(all.hash);
    return status;
}

static enum vn_status warm_up(struct engine_bench *bench)
{
    enum vn_status status = VN_OK;

    for (uint32_t i = 0; i < bench->sample.count; i++) {
        vn_oracle_rank(bench->oracle, bench->keys[i], &bench->records[i]);
    }
    for (size_t i = 0; status == VN_OK && i < bench->config_count; i++) {
        status = check_config(bench, &bench->configs[i]);
    }
    return status;
}

/* ---- 2. Rounds --------------------------------------------------------- */

static enum vn_status time_enumerator(struct engine_bench *bench)
{
    struct vn_record record;
    uint32_t wrong = 0;
    const struct bench_time start = bench_now();

    for (uint32_t i = 0; i < bench->sample.count; i++) {
        vn_oracle_rank(bench->oracle, bench->keys[i], &record);
        wrong += !vn_record_equal(&record, &bench->records[i]);
    }
    bench_series_add(&bench->enumerator, bench_since(start));
    return wrong == 0
               ? VN_OK
               : vn_error_set(&bench->error, VN_CORRUPT,
                              "the enumerator changed %u records", wrong);
}

static enum vn_status time_lexicon(struct engine_bench *bench)
{
    struct vn_lexicon *lexicon = NULL;
    const struct bench_time start = bench_now();
    const enum vn_status status =
        vn_lexicon_open(&bench->lexicon_options, &lexicon, &bench->error);

    bench_series_add(&bench->lexicon_open, bench_since(start));
    vn_lexicon_free(lexicon);
    return status;
}

static enum vn_status time_config(struct engine_bench *bench,
                                  struct config *config)
{
    struct vn_engine *engine = NULL;
    struct gather warm = {.hash = NULL};
    struct gather counted = {.hash = NULL};
    struct bench_time start = bench_now();
    enum vn_status status = new_engine(bench, config, &engine);

    if (config == &bench->configs[0]) {
        bench_series_add(&bench->tables, bench_since(start));
    }
    if (status == VN_OK) {
        const uint32_t count =
            bench->suffixes < WARM_SUFFIXES ? bench->suffixes : WARM_SUFFIXES;
        status = vn_engine_run(engine, VN_SUFFIXES / 2, count, gather, &warm,
                               &bench->error);
    }
    if (status == VN_OK) {
        start = bench_now();
        status = run_pieces(bench, engine, &counted);
        bench_series_add(&config->series, bench_since(start));
    }
    vn_engine_free(engine);
    return status;
}

static enum vn_status time_all(struct engine_bench *bench)
{
    enum vn_status status = VN_OK;

    for (unsigned i = 0; status == VN_OK && i < bench->runs.repeats; i++) {
        status = time_lexicon(bench);
        if (status == VN_OK) {
            status = time_enumerator(bench);
        }
        for (size_t k = 0; status == VN_OK && k < bench->config_count; k++) {
            status = time_config(bench, &bench->configs[k]);
        }
    }
    return status;
}

/* ---- Output ------------------------------------------------------------ */

static void print_enumerator_ratio(const struct engine_bench *bench,
                                   const struct bench_report *report,
                                   const struct config *config)
{
    char name[128];

    snprintf(name, sizeof(name), "enumerator / %s, 1 thread",
             config->series.name);
    bench_print_ratio(report, name, &bench->enumerator, &config->series);
}

static void print_ratios(const struct engine_bench *bench,
                         const struct bench_report *report)
{
    const struct config *one = NULL; // the same path on one thread
    char name[128];

    for (size_t i = 0; i < bench->config_count; i++) {
        const struct config *config = &bench->configs[i];

        if (config->threads == 1) {
            one = config;
            print_enumerator_ratio(bench, report, config);
        } else if (one != NULL) {
            snprintf(name, sizeof(name), "%s, %u threads against 1",
                     config->series.name, config->threads);
            bench_print_ratio(report, name, &one->series, &config->series);
        }
    }
}

static void print(const struct engine_bench *bench)
{
    const struct bench_report report = {.bench = "engine",
                                        .json = bench->runs.json,
                                        .threads = bench->runs.threads};

    bench_print_head(&report);
    bench_print_columns(&report);
    bench_print_series(&report, &bench->lexicon_open);
    bench_print_series(&report, &bench->tables);
    bench_print_series(&report, &bench->enumerator);
    for (size_t i = 0; i < bench->config_count; i++) {
        bench_print_series(&report, &bench->configs[i].series);
    }
    bench_print_ratio_columns(&report);
    print_ratios(bench, &report);
    bench_print_count_columns(&report);
    bench_print_count(&report, "tokens", bench->counts.tokens, "tokens");
    bench_print_count(&report, "rows", bench->counts.rows, "rows");
    bench_print_count(&report, "block states", bench->counts.block_states,
                      "states");
    bench_print_count(&report, "computed", bench->counts.suffixes, "suffixes");
    bench_print_count(&report, "searched again with longer lists",
                      bench->counts.exact, "suffixes");
}

int bench_engine(int argc, char **argv)
{
    struct engine_bench *bench = calloc(1, sizeof(*bench));
    enum vn_status status = VN_NOMEM;

    if (bench == NULL) {
        bench_message("out of memory");
        return BENCH_FAILED;
    }
    bench->runs.repeats = 5;
    bench->sample = (struct bench_sample){.count = 20000, .seed = 1};
    bench->suffixes = VN_SUFFIXES;
    bench->data = VN_BENCH_DATA_DIR;
    argp_parse(&parser, argc, argv, 0, NULL, bench);
    bench->runs.threads = bench_threads(bench->runs.threads);
    status = prepare(bench);
    if (status == VN_OK) {
        status = warm_up(bench);
    }
    if (status == VN_OK) {
        status = time_all(bench);
    }
    if (status == VN_OK) {
        print(bench);
    }
    const int code =
        status == VN_OK ? BENCH_DONE : bench_error(status, &bench->error);

    vn_lexicon_free(bench->lexicon);
    vn_oracle_free(bench->oracle);
    free(bench->configs);
    free(bench->records);
    free(bench->keys);
    free(bench);
    return code;
}
