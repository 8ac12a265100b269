/* bench_compare.c: two models, lexicons, indexes or programs side by side. */
#include "bench_changes.h"
#include "bench_gains.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * 1. Records: all suffixes of the prefix, in what they differ.
 * 2. Phrases: the benchmark's, by both sources.
 * 3. Times: both sources do the same work in turn, round after round; who
 *    begins changes from round to round. The figure is the median of the
 *    ratios of the rounds.
 */

#define REPEATS 11u
#define SAMPLE 10u
/* Suffixes that an engine computes, and look-ups in an index, in a round. */
#define TIMED_SUFFIXES 1000000u
#define TIMED_LOOKUPS 200000u

enum {
    KEY_PREFIX = 0x200,
    KEY_BENCHMARK,
    KEY_LEXICON,
    KEY_MODEL,
    KEY_LIST,
    KEY_DIR,
    KEY_NO_TIMES,
    KEY_SLOWER,
    KEY_DROPS
};

struct compare_bench {
    struct bench_runs runs;
    struct changes_options changes_options;
    struct source_options source_options;
    const char *paths[2];
    const char *benchmark;
    bool no_times;
    double slower; /* percent, below 0 = not asked */
    double drops;  /* points, below 0 = not asked */
    struct bench_source sources[2];
    struct changes changes;
    struct gains gains;
    bool timed;
    struct bench_series series[2];
    struct bench_interval wall, cpu; /* B to A */
    struct bench_report report;
    struct vn_error error;
};

/* ---- Options ----------------------------------------------------------- */

/* A share in percent, with or without its sign. */
static double read_percent(const char *name, const char *text)
{
    char *end = NULL;
    const double value = strtod(text, &end);

    if (end == text || (*end != '\0' && strcmp(end, "%") != 0) ||
        !(value >= 0 && value <= 1000)) {
        bench_refuse("%s takes a percentage from 0 to 1000, not '%s'", name,
                     text);
    }
    return value;
}

static void check_arguments(const struct compare_bench *bench)
{
    if (bench->paths[1] == NULL) {
        bench_refuse("name the two to compare: index, model, lexicon folder, "
                     "vanity program or '" SOURCE_DEFAULT "'");
    }
    if (bench->drops >= 0 && bench->benchmark == NULL) {
        bench_refuse("--fail-if-recall-drops needs phrases: --benchmark "
                     "FILE");
    }
    if (bench->slower >= 0 && bench->no_times) {
        bench_refuse("--fail-if-slower needs times: leave out --no-times");
    }
    if (bench->slower >= 0 && bench->runs.repeats < BENCH_MEDIAN_LEAST) {
        bench_refuse("--fail-if-slower needs %u rounds for an interval: raise "
                     "--repeat",
                     BENCH_MEDIAN_LEAST);
    }
}

static void add_source(struct compare_bench *bench, const char *path)
{
    if (bench->paths[1] != NULL) {
        bench_refuse("compares two");
    }
    bench->paths[bench->paths[0] != NULL] = path;
}

static error_t parse_limit(int key, char *arg, struct argp_state *state)
{
    struct compare_bench *bench = state->input;

    switch (key) {
    case KEY_SLOWER:
        bench->slower = read_percent("--fail-if-slower", arg);
        return 0;
    case KEY_DROPS:
        bench->drops = read_percent("--fail-if-recall-drops", arg);
        return 0;
    case ARGP_KEY_ARG:
        add_source(bench, arg);
        return 0;
    case ARGP_KEY_END:
        check_arguments(bench);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct compare_bench *bench = state->input;
    struct vn_error error = {.message = ""};

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &bench->runs;
        state->child_inputs[1] = &bench->changes_options.sample;
        return 0;
    case KEY_PREFIX:
        if (vn_prefix_parse(arg, &bench->changes_options.prefix, &error) !=
            VN_OK) {
            bench_refuse("--prefix: %s", error.message);
        }
        return 0;
    case KEY_BENCHMARK:
        bench->benchmark = arg;
        return 0;
    case KEY_LEXICON:
        bench->source_options.lexicon = arg;
        return 0;
    case KEY_MODEL:
        bench->source_options.model = arg;
        return 0;
    case KEY_LIST:
        bench->changes_options.list = arg;
        return 0;
    case KEY_DIR:
        bench->source_options.folder = arg;
        return 0;
    case KEY_NO_TIMES:
        bench->no_times = true;
        return 0;
    default:
        return parse_limit(key, arg, state);
    }
}

static const struct argp_option options[] = {
    {.name = "prefix",
     .key = KEY_PREFIX,
     .arg = "DIGITS",
     .doc = "Only the suffixes that begin with these digits"},
    {.name = "benchmark",
     .key = KEY_BENCHMARK,
     .arg = "FILE",
     .doc = "Advertised phrases: which of them gain and lose"},
    {.name = "lexicon",
     .key = KEY_LEXICON,
     .arg = "DIR",
     .doc = "Take the words of a model from a folder in place of the built-in "
            "ones"},
    {.name = "model",
     .key = KEY_MODEL,
     .arg = "FILE",
     .doc = "Take the weights of lexicons from FILE in place of their own"},
    {.name = "list",
     .key = KEY_LIST,
     .arg = "FILE",
     .doc = "Write every suffix whose spellings change to FILE"},
    {.name = "dir",
     .key = KEY_DIR,
     .arg = "DIR",
     .doc = "Folder for the indexes that programs build (default: the working "
            "directory)"},
    {.name = "no-times", .key = KEY_NO_TIMES, .doc = "Measure no times"},
    {.name = "fail-if-slower",
     .key = KEY_SLOWER,
     .arg = "PERCENT",
     .doc = "Exit with 1 if B takes more than PERCENT longer than A, and the "
            "interval leaves no doubt that it is slower"},
    {.name = "fail-if-recall-drops",
     .key = KEY_DROPS,
     .arg = "POINTS",
     .doc = "Exit with 1 if B finds fewer phrases among the first 1, 3 or 5 by "
            "more than POINTS in a hundred"},
    {0},
};

static const struct argp_child children[] = {
    {.argp = &bench_runs_argp},
    {.argp = &bench_sample_argp},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .children = children,
    .args_doc = "A B",
    .doc = "Compare two rankings: which suffixes change and how, with a sample "
           "(default: 10), which advertised phrases gain and lose, and how "
           "long both take, in 11 rounds in turn. A and B are each an index, a "
           "model, a lexicon folder, a vanity program, or '" SOURCE_DEFAULT
           "', the built-in lexicon and model.\v"
           "Examples:\n"
           "  vanity-bench compare old.mdb new.mdb --sample 50\n"
           "  vanity-bench compare default tuned.model --benchmark "
           "bench/data/real-vanity-dev.tsv --fail-if-recall-drops 1\n"
           "  vanity-bench compare old/vanity build/release/vanity "
           "--fail-if-slower 5%",
};

/* ---- Times ------------------------------------------------------------- */

static enum vn_status measure(struct compare_bench *bench,
                              const struct source_work *work)
{
    double wall[BENCH_REPEATS_MAX];
    double cpu[BENCH_REPEATS_MAX];
    enum vn_status status = VN_OK;

    for (unsigned i = 0; i < 2; i++) {
        source_series(&bench->sources[i], work, i == 0 ? "A" : "B",
                      &bench->series[i]);
    }
    // Round 0 is the warm-up.
    for (unsigned round = 0; round <= bench->runs.repeats; round++) {
        struct bench_time times[2];

        for (unsigned i = 0; status == VN_OK && i < 2; i++) {
            const unsigned which = (round + i) % 2;

            status = source_time(&bench->sources[which], work, &times[which],
                                 &bench->error);
        }
        if (status != VN_OK) {
            return status;
        }
        if (round > 0) {
            bench_series_add(&bench->series[0], times[0]);
            bench_series_add(&bench->series[1], times[1]);
            wall[round - 1] = times[1].wall_s / times[0].wall_s;
            cpu[round - 1] = times[1].cpu_s / times[0].cpu_s;
        }
    }
    bench->wall = bench_median(wall, bench->runs.repeats);
    bench->cpu = bench_median(cpu, bench->runs.repeats);
    return VN_OK;
}

static enum vn_status time_both(struct compare_bench *bench)
{
    const struct vn_prefix prefix = bench->changes_options.prefix;
    const uint32_t all = vn_prefix_count(prefix);
    uint64_t state = bench->changes_options.sample.seed;
    uint32_t *keys = calloc(TIMED_LOOKUPS, sizeof(keys[0]));

    if (keys == NULL) {
        return vn_error_set(&bench->error, VN_NOMEM, "out of memory");
    }
    for (uint32_t i = 0; i < TIMED_LOOKUPS; i++) {
        keys[i] = vn_prefix_first(prefix) + bench_random_below(&state, all);
    }
    const struct source_work work = {
        .prefix = prefix,
        .suffixes = all < TIMED_SUFFIXES ? all : TIMED_SUFFIXES,
        .keys = keys,
        .key_count = TIMED_LOOKUPS,
    };
    const enum vn_status status = measure(bench, &work);

    free(keys);
    bench->timed = status == VN_OK;
    return status;
}

/* ---- Output ------------------------------------------------------------ */

static void print_sources(const struct compare_bench *bench)
{
    for (unsigned i = 0; i < 2; i++) {
        const char *kind = source_kind_text(&bench->sources[i]);
        const char *name = i == 0 ? "A" : "B";

        if (bench->report.json) {
            bench_json_start(&bench->report, name, "source");
            printf("\"is\":\"%s\",\"path\":", kind);
            bench_json_text(bench->paths[i]);
            putchar(',');
            bench_json_end(&bench->report);
        } else {
            printf("%s: %s %s\n", name, kind, bench->paths[i]);
        }
    }
}

static void print_ratio(const struct compare_bench *bench, const char *name,
                        const struct bench_interval *ratio)
{
    const bool sure = bench->runs.repeats >= BENCH_MEDIAN_LEAST;

    if (bench->report.json) {
        bench_json_start(&bench->report, name, "paired");
        printf("\"repeats\":%u,\"median\":%.6f,\"low\":%.6f,\"high\":%.6f,"
               "\"level\":%s,",
               bench->runs.repeats, ratio->value, ratio->low, ratio->high,
               sure ? "0.95" : "null");
        bench_json_end(&bench->report);
    } else {
        printf("%-32s %.3f (%.3f to %.3f, %s)\n", name, ratio->value,
               ratio->low, ratio->high,
               sure ? "95 %" : "extremes; 6 rounds give an interval");
    }
}

static void print_times(const struct compare_bench *bench)
{
    bench_print_columns(&bench->report);
    bench_print_series(&bench->report, &bench->series[0]);
    bench_print_series(&bench->report, &bench->series[1]);
    if (!bench->report.json) {
        printf("\nmedian of %u pairs\n", bench->runs.repeats);
    }
    print_ratio(bench, "B / A, time passed", &bench->wall);
    print_ratio(bench, "B / A, processor time", &bench->cpu);
}

/* ---- Verdicts ---------------------------------------------------------- */

static void print_verdict(const struct compare_bench *bench, const char *name,
                          double value, double limit, bool fails)
{
    if (bench->report.json) {
        bench_json_start(&bench->report, name, "verdict");
        printf("\"value\":%.6f,\"limit\":%.6f,\"fails\":%s,", value, limit,
               fails ? "true" : "false");
        bench_json_end(&bench->report);
    } else {
        printf("%-12s %+.1f, limit %.1f: %s\n", name, value, limit,
               fails ? "FAILS" : "holds");
    }
}

/* Whether one of the limits that were asked for is passed. */
static bool judge(const struct compare_bench *bench)
{
    bool any = false;

    if (!bench->report.json && (bench->slower >= 0 || bench->drops >= 0)) {
        putchar('\n');
    }
    if (bench->slower >= 0) {
        const double value = (bench->wall.value - 1) * 100;

        any = value > bench->slower && bench->wall.low > 1;
        print_verdict(bench, "slower, %", value, bench->slower, any);
    }
    if (bench->drops >= 0) {
        double worst = 0;

        for (unsigned k = 0; k < RECALL_RANKS; k++) {
            worst = fmax(worst, -bench->gains.recall[k].value * 100);
        }
        // A row more or less is far above this rounding.
        const bool fails = worst > bench->drops + 1e-9;

        any |= fails;
        print_verdict(bench, "recall drops", worst, bench->drops, fails);
    }
    return any;
}

/* ---- The command ------------------------------------------------------- */

/* An option that neither A nor B takes is a mistake. */
static enum vn_status check_sources(struct compare_bench *bench)
{
    const struct source_options *given = &bench->source_options;
    const enum source_kind a = bench->sources[0].kind;
    const enum source_kind b = bench->sources[1].kind;

    if (given->lexicon != NULL && a != SOURCE_MODEL && b != SOURCE_MODEL) {
        return vn_error_set(&bench->error, VN_INVALID,
                            "--lexicon has the words of a model, but neither "
                            "A nor B is one");
    }
    if (given->model != NULL && a != SOURCE_LEXICON && b != SOURCE_LEXICON) {
        return vn_error_set(&bench->error, VN_INVALID,
                            "--model has the weights of a lexicon, but neither "
                            "A nor B is one");
    }
    return VN_OK;
}

static enum vn_status open_both(struct compare_bench *bench)
{
    struct vn_prefix *prefix = &bench->changes_options.prefix;
    enum vn_status status = VN_OK;

    for (unsigned i = 0; status == VN_OK && i < 2; i++) {
        status = source_open(&bench->sources[i], bench->paths[i],
                             &bench->source_options, &bench->error);
        if (status == VN_OK) {
            status = source_narrow(&bench->sources[i], prefix, &bench->error);
        }
    }
    if (status == VN_OK) {
        status = check_sources(bench);
    }
    for (unsigned i = 0; status == VN_OK && i < 2; i++) {
        status = source_prepare(&bench->sources[i], *prefix, &bench->error);
    }
    return status;
}

static bool can_be_timed(const struct compare_bench *bench)
{
    return source_timed_alike(&bench->sources[0], &bench->sources[1]) &&
           (bench->sources[0].engine == NULL ||
            bench->changes_options.prefix.length < VN_SUFFIX_DIGITS);
}

static enum vn_status find(struct compare_bench *bench)
{
    struct bench_source *a = &bench->sources[0];
    struct bench_source *b = &bench->sources[1];
    enum vn_status status = open_both(bench);

    if (status != VN_OK) {
        return status;
    }
    if (bench->slower >= 0 && !can_be_timed(bench)) {
        return vn_error_set(&bench->error, VN_INVALID,
                            "--fail-if-slower: the times of %s and %s cannot "
                            "be compared; take two of a kind",
                            source_kind_text(a), source_kind_text(b));
    }
    status = changes_find(&bench->changes, &bench->changes_options, a, b,
                          &bench->error);
    if (status == VN_OK && bench->benchmark != NULL) {
        status = gains_find(&bench->gains, bench->benchmark,
                            bench->changes_options.prefix, a, b, &bench->error);
    }
    if (status == VN_OK && !bench->no_times && can_be_timed(bench)) {
        status = time_both(bench);
    }
    return status;
}

static void print(const struct compare_bench *bench)
{
    bench_print_head(&bench->report);
    print_sources(bench);
    changes_print(&bench->changes, &bench->report);
    if (bench->benchmark != NULL) {
        gains_print(&bench->gains, &bench->report);
    }
    if (bench->timed) {
        print_times(bench);
    } else if (!bench->no_times && !bench->report.json) {
        puts("\nno times: take two indexes, two programs, or two of model and "
             "lexicon");
    }
}

int bench_compare(int argc, char **argv)
{
    struct compare_bench *bench = calloc(1, sizeof(*bench));
    int code = BENCH_DONE;

    if (bench == NULL) {
        bench_message("out of memory");
        return BENCH_FAILED;
    }
    bench->runs.repeats = REPEATS;
    bench->changes_options.sample =
        (struct bench_sample){.count = SAMPLE, .seed = 1};
    bench->source_options.folder = ".";
    bench->slower = bench->drops = -1;
    argp_parse(&parser, argc, argv, 0, NULL, bench);
    bench->runs.threads = bench_threads(bench->runs.threads);
    bench->source_options.threads = bench->runs.threads;
    bench->report = (struct bench_report){.bench = "compare",
                                          .json = bench->runs.json,
                                          .threads = bench->runs.threads};
    const enum vn_status status = find(bench);

    if (status == VN_OK) {
        print(bench);
        code = judge(bench) ? BENCH_WORSE : BENCH_DONE;
    } else {
        code = bench_error(status, &bench->error);
    }
    changes_free(&bench->changes);
    gains_free(&bench->gains);
    source_close(&bench->sources[0]);
    source_close(&bench->sources[1]);
    free(bench);
    return code;
}
