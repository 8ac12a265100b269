/* bench_tune.c: vanity-bench tune: weights from phrases, a lexicon from both.
 */
#include "bench_tune_folds.h"
#include "bench_tune_marks.h"
#include "bench_tune_rows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_SIZE 4096u
#define MODEL_NAME_MAX 31u
/* That an option names. */
#define FILES_MAX 64u
#define CANDIDATES_MAX 100000
#define ROUNDS_MAX 100
/*
 * A choice is held against one of so many of --candidates: there are far more
 * of them than phrases, and what is further down has next to no probability.
 */
#define CHOICE_PART 4u
/* Of a mark, and of a phrase of another file, beside a phrase. */
#define MARKS_WEIGHT_DEFAULT 0.2
#define ALSO_WEIGHT_DEFAULT 0.05
#define WEIGHT_MAX 100

enum {
    KEY_JSON = 0x200,
    KEY_FOLDS,
    KEY_SEED,
    KEY_PENALTY,
    KEY_CANDIDATES,
    KEY_ROUNDS,
    KEY_THREADS,
    KEY_FLOOR,
    KEY_MAX_WORDS,
    KEY_MAX_PAIRS,
    KEY_LEVEL,
    KEY_NAME,
    KEY_BAKE,
    KEY_MARKS,
    KEY_MARKS_WEIGHT,
    KEY_MARKS_SHOWN,
    KEY_ALSO,
    KEY_ALSO_WEIGHT
};

struct file_list {
    const char *paths[FILES_MAX];
    size_t count;
};

struct tune_bench {
    bool json;
    const char *features;
    const char *file;
    const char *bake; /* weights that are only baked */
    struct file_list mark_files, also_files;
    struct tune_choice like; /* weight and rivals of a mark */
    struct tune_marks marks;
    double also_weight; /* of a phrase beside */
    struct tune_beside beside;
    struct tune_run run;
    struct tune_data data;
    struct bench_phrases phrases;
    struct vn_error error;
};

/* ---- Options ----------------------------------------------------------- */

/* From 0 to 'most', or from 0 on if that is 0. */
static double read_number(const char *name, const char *text, int most)
{
    double value = 0;

    if (tune_number((struct vn_bytes){text, strlen(text)}, &value) &&
        value >= 0 && (most == 0 || value <= most)) {
        return value;
    }
    if (most > 0) {
        bench_refuse("%s takes a number from 0 to %d, not '%s'", name, most,
                     text);
    }
    bench_refuse("%s takes a number from 0 on, not '%s'", name, text);
}

/* Takes paths with commas between for option 'name'; cuts 'text' there. */
static void add_files(struct file_list *files, const char *name, char *text)
{
    char *rest = text;

    while (rest != NULL) {
        const char *path = strsep(&rest, ",");

        if (path[0] == '\0') {
            bench_refuse("%s takes files with commas between, not ''", name);
        }
        if (files->count == FILES_MAX) {
            bench_refuse("%s takes at most %u files", name, FILES_MAX);
        }
        files->paths[files->count++] = path;
    }
}

static unsigned read_folds(const char *text)
{
    const long folds = bench_int("--folds", text, 0, TUNE_FOLDS_MAX);

    if (folds == 1) {
        bench_refuse("--folds takes 2 or more, or 0 for no cross-validation");
    }
    return (unsigned)folds;
}

static const char *read_name(const char *text)
{
    if (text[0] == '\0' || strlen(text) > MODEL_NAME_MAX) {
        bench_refuse("--name takes 1 to %u characters", MODEL_NAME_MAX);
    }
    for (const char *c = text; *c != '\0'; c++) {
        if (*c < ' ' || *c == 0x7f) {
            bench_refuse("--name takes no control characters");
        }
    }
    return text;
}

static void take_argument(struct tune_bench *bench, const char *arg)
{
    if (bench->features == NULL) {
        bench->features = arg;
    } else if (bench->file == NULL) {
        bench->file = arg;
    } else {
        bench_refuse("takes a folder of features and a file of phrases, but "
                     "got '%s' too",
                     arg);
    }
}

static void check_arguments(const struct tune_bench *bench)
{
    if (bench->features == NULL) {
        bench_refuse("name the folder of features");
    }
    if (bench->bake != NULL && bench->file != NULL) {
        bench_refuse("--bake only bakes: it takes no file of phrases");
    }
    if (bench->bake != NULL &&
        bench->mark_files.count + bench->also_files.count > 0) {
        bench_refuse("--bake only bakes: it takes no --%s",
                     bench->mark_files.count > 0 ? "marks" : "also");
    }
    if (bench->bake == NULL && bench->file == NULL) {
        bench_refuse("name the file of phrases");
    }
    if (bench->run.folder == NULL) {
        bench_refuse("name the folder to write with -o");
    }
}

static error_t parse_fit(int key, const char *arg, struct tune_run *run)
{
    switch (key) {
    case KEY_FOLDS:
        run->folds = read_folds(arg);
        return 0;
    case KEY_SEED:
        run->seed = (uint64_t)bench_int("--seed", arg, 0, INT32_MAX);
        return 0;
    case KEY_PENALTY:
        run->fit.penalty = read_number("--penalty", arg, 0);
        return 0;
    case KEY_CANDIDATES:
        run->fit.candidates =
            (size_t)bench_int("--candidates", arg, 1, CANDIDATES_MAX);
        return 0;
    case KEY_ROUNDS:
        run->fit.rounds = (unsigned)bench_int("--rounds", arg, 1, ROUNDS_MAX);
        return 0;
    case KEY_THREADS:
        run->threads = (unsigned)bench_int("--threads", arg, 1, VN_THREADS_MAX);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_bake(int key, const char *arg,
                          struct tune_bake_options *bake)
{
    switch (key) {
    case KEY_FLOOR:
        bake->floor =
            bench_int("--floor", arg, VN_WORD_SCORE_MIN, VN_WORD_SCORE_MAX);
        return 0;
    case KEY_MAX_WORDS:
        bake->words_most =
            (uint32_t)bench_int("--max-words", arg, 1, VN_LEXICON_ENTRIES_MAX);
        return 0;
    case KEY_MAX_PAIRS:
        bake->pairs_most =
            (uint32_t)bench_int("--max-pairs", arg, 1, INT32_MAX);
        return 0;
    case KEY_LEVEL:
        bake->level = (int)bench_int("--level", arg, VN_WORD_SCORE_MIN, -1);
        return 0;
    case KEY_NAME:
        bake->model_name = read_name(arg);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_others(int key, char *arg, struct tune_bench *bench)
{
    switch (key) {
    case KEY_MARKS:
        add_files(&bench->mark_files, "--marks", arg);
        return 0;
    case KEY_MARKS_WEIGHT:
        bench->like.weight = read_number("--marks-weight", arg, WEIGHT_MAX);
        return 0;
    case KEY_MARKS_SHOWN:
        bench->like.among_shown = true;
        return 0;
    case KEY_ALSO:
        add_files(&bench->also_files, "--also", arg);
        return 0;
    case KEY_ALSO_WEIGHT:
        bench->also_weight = read_number("--also-weight", arg, WEIGHT_MAX);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct tune_bench *bench = state->input;

    switch (key) {
    case KEY_JSON:
        bench->json = true;
        return 0;
    case 'o':
        bench->run.folder = arg;
        return 0;
    case KEY_BAKE:
        bench->bake = arg;
        return 0;
    case ARGP_KEY_ARG:
        take_argument(bench, arg);
        return 0;
    case ARGP_KEY_END:
        check_arguments(bench);
        return 0;
    default:
        return parse_fit(key, arg, &bench->run) == 0 ||
                       parse_others(key, arg, bench) == 0
                   ? 0
                   : parse_bake(key, arg, &bench->run.bake);
    }
}

static const struct argp_option options[] = {
    {.name = "output",
     .key = 'o',
     .arg = "DIR",
     .doc = "Folder for the lexicon (words.tsv, pairs.tsv, block.tsv, model) "
            "and weights.tsv"},
    {.name = "folds",
     .key = KEY_FOLDS,
     .arg = "N",
     .doc = "Parts for cross-validation, 2 to 100, 0 for none (default: 10)"},
    {.name = "seed",
     .key = KEY_SEED,
     .arg = "N",
     .doc = "Seed of the folds (default: 1)"},
    {.name = "penalty",
     .key = KEY_PENALTY,
     .arg = "X",
     .doc = "Half of it times the squared distance from the priors is added "
            "to the log-loss (default: 1)"},
    {.name = "candidates",
     .key = KEY_CANDIDATES,
     .arg = "N",
     .doc = "Best spellings that each phrase is held against (default: 600)"},
    {.name = "rounds",
     .key = KEY_ROUNDS,
     .arg = "N",
     .doc = "Fits, each with the best spellings of the one before "
            "(default: 4)"},
    {.name = "threads",
     .key = KEY_THREADS,
     .arg = "N",
     .doc = "Threads, 1 to 1024 (default: one per processor)"},
    {.name = "floor",
     .key = KEY_FLOOR,
     .arg = "N",
     .doc = "Leave words of a lower score out, in hundredths of a nat"},
    {.name = "max-words",
     .key = KEY_MAX_WORDS,
     .arg = "N",
     .doc = "Keep the best words only, by their score without the features "
            "named len..."},
    {.name = "max-pairs",
     .key = KEY_MAX_PAIRS,
     .arg = "N",
     .doc = "Keep the best pairs only"},
    {.name = "level",
     .key = KEY_LEVEL,
     .arg = "N",
     .doc = "Move all scores alike, so that the best spellings of the suffixes "
            "have this median, in hundredths of a nat, below zero"},
    {.name = "name",
     .key = KEY_NAME,
     .arg = "TEXT",
     .doc = "Name of the model (default: tuned)"},
    {.name = "bake",
     .key = KEY_BAKE,
     .arg = "WEIGHTS",
     .doc = "Fit nothing: make the lexicon of these weights"},
    {.name = "marks",
     .key = KEY_MARKS,
     .arg = "FILE,...",
     .doc = "Fit on choice sheets too, made by 'quality --choose' and filled "
            "in (repeatable); numbers of the phrases are dropped"},
    {.name = "marks-weight",
     .key = KEY_MARKS_WEIGHT,
     .arg = "W",
     .doc = "What a choice counts beside a phrase (default: 0.2)"},
    {.name = "marks-shown",
     .key = KEY_MARKS_SHOWN,
     .doc = "Hold a choice against the other spellings of its line only, not "
            "against all"},
    {.name = "also",
     .key = KEY_ALSO,
     .arg = "FILE,...",
     .doc = "Fit on the phrases of these files too, in the format of FILE, but "
            "judge none of them (repeatable); numbers of FILE are dropped"},
    {.name = "also-weight",
     .key = KEY_ALSO_WEIGHT,
     .arg = "W",
     .doc = "What such a phrase counts beside one of FILE (default: 0.05)"},
    {.name = "json",
     .key = KEY_JSON,
     .doc = "Print one JSON object a line instead of a table"},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "FEATURES FILE\n--bake=WEIGHTS FEATURES",
    .doc = "Fit the weights of the ranking so that the advertised phrases in "
           "FILE become most probable, given their digits, and write the "
           "lexicon that they make of the folder FEATURES.\v"
           "Examples:\n"
           "  vanity-bench tune features bench/data/real-vanity-dev.tsv -o "
           "tuned\n"
           "  vanity-bench tune --bake tuned/weights.tsv features -o small "
           "--max-words 60000\n"
           "  vanity-bench tune features bench/data/real-vanity-dev.tsv -o "
           "tuned --marks choices-1.tsv,choices-2.tsv --also more-phrases.tsv\n"
           "  vanity build --lexicon tuned",
};

/* ---- Output ------------------------------------------------------------ */

static void print_figure(const struct bench_report *report, const char *name,
                         double value, const char *unit)
{
    if (!report->json) {
        printf("%-36s %12.4f  %s\n", name, value, unit);
        return;
    }
    bench_json_start(report, name, "figure");
    printf("\"value\":%.9g,\"unit\":\"%s\",", value, unit);
    bench_json_end(report);
}

/* Mean loss of the phrases that can be spelled. */
static double mean_loss(const struct tune_mark *marks, size_t count)
{
    double sum = 0;
    size_t rows = 0;

    for (size_t i = 0; i < count; i++) {
        sum += marks[i].verdict.loss;
        rows += marks[i].verdict.loss > 0;
    }
    return rows == 0 ? 0 : sum / (double)rows;
}

static void print_weight(const struct bench_report *report,
                         const struct tune_term *term, double weight)
{
    if (!report->json) {
        printf("%-24s %9.4f %9.4f %+9.4f %9u\n", term->name, term->prior,
               weight, weight - term->prior, term->uses);
        return;
    }
    bench_json_start(report, term->name, "weight");
    printf("\"prior\":%.6f,\"weight\":%.6f,\"uses\":%u,", term->prior, weight,
           term->uses);
    bench_json_end(report);
}

static void print_weights(const struct tune_bench *bench,
                          const struct bench_report *report)
{
    const struct tune_terms *terms = &bench->data.terms;

    if (!report->json) {
        printf("\n%-24s %9s %9s %9s %9s\n", "weight", "prior", "fitted",
               "change", "uses");
    }
    for (unsigned i = 0; i < terms->count; i++) {
        print_weight(report, &terms->list[i], bench->run.weights[i]);
    }
}

/* Recall of the ranks of 'marks', as shipped or by the model alone. */
static enum vn_status print_recall(struct tune_bench *bench,
                                   const struct bench_report *report,
                                   const struct tune_mark *marks, bool shipped,
                                   const char *kind)
{
    static struct bench_recall recall;

    for (size_t i = 0; i < bench->phrases.count; i++) {
        bench->phrases.list[i].rank =
            shipped ? marks[i].shipped : marks[i].verdict.rank;
    }
    const enum vn_status status =
        bench_recall_count(&bench->phrases, &recall, &bench->error);
    if (status == VN_OK) {
        if (!report->json) {
            printf("\n%s%s:",
                   marks == bench->run.trained ? "training" : "cross-validated",
                   shipped ? ", as shipped" : "");
        }
        bench_recall_print(report, kind, "", &recall);
    }
    return status;
}

static enum vn_status print_recalls(struct tune_bench *bench,
                                    const struct bench_report *report)
{
    const struct tune_run *run = &bench->run;
    enum vn_status status = VN_OK;

    if (run->folds > 0) {
        status = print_recall(bench, report, run->foretold, false,
                              "recall_cross_validated");
    }
    if (status == VN_OK && run->folds > 0) {
        status = print_recall(bench, report, run->foretold, true,
                              "recall_cross_validated_shipped");
    }
    if (status == VN_OK) {
        status =
            print_recall(bench, report, run->trained, false, "recall_training");
    }
    return status == VN_OK
               ? print_recall(bench, report, run->trained, true, "recall")
               : status;
}

static void print_marks(const struct tune_bench *bench,
                        const struct bench_report *report)
{
    const struct tune_marks *marks = &bench->marks;

    bench_print_count(report, "choices", marks->count, "choices");
    bench_print_count(report, "choices fitted on",
                      bench->run.result.choices_used, "choices");
    bench_print_count(report, "choices dropped: number of a phrase",
                      marks->dropped, "choices");
    bench_print_count(report, "nothing fit to choose", marks->unfit, "lines");
    bench_print_count(report, "not decided", marks->open, "lines");
}

static void print_beside(const struct tune_bench *bench,
                         const struct bench_report *report)
{
    const struct tune_beside *beside = &bench->beside;

    bench_print_count(report, "phrases beside", beside->count, "phrases");
    bench_print_count(report, "phrases beside fitted on",
                      bench->run.result.beside_used, "phrases");
    bench_print_count(report, "phrases beside dropped: number of a phrase",
                      beside->dropped, "phrases");
}

static void print_figures(const struct tune_bench *bench,
                          const struct bench_report *report)
{
    const struct tune_run *run = &bench->run;
    const size_t count = bench->phrases.count;

    if (!report->json) {
        putchar('\n');
    }
    print_figure(report, "phrases that can be spelled",
                 100.0 * run->result.phrases_used / (double)count, "%");
    if (run->folds > 0) {
        print_figure(report, "log-loss, cross-validated",
                     mean_loss(run->foretold, count), "nats/phrase");
    }
    print_figure(report, "log-loss, training", mean_loss(run->trained, count),
                 "nats/phrase");
    print_figure(report, "objective", run->result.objective, "nats");
    print_figure(report, "steepest free weight", run->result.gradient,
                 "nats/nat");
    bench_print_count_columns(report);
    bench_print_count(report, "phrases", count, "phrases");
    if (bench->mark_files.count > 0) {
        print_marks(bench, report);
    }
    if (bench->also_files.count > 0) {
        print_beside(bench, report);
    }
    bench_print_count(report, "evaluations", run->result.evaluations, "times");
    bench_print_count(report, "words", run->baked.words, "words");
    bench_print_count(report, "pairs", run->baked.pairs, "pairs");
}

/* ---- The command ------------------------------------------------------- */

static enum vn_status make_folder(struct tune_bench *bench)
{
    const char *folder = bench->run.folder;

    return mkdir(folder, 0777) != 0 && errno != EEXIST
               ? vn_error_system(&bench->error, errno,
                                 "cannot make the folder '%s'", folder)
               : VN_OK;
}

static enum vn_status write_weights(struct tune_bench *bench)
{
    char path[PATH_SIZE];
    const int size =
        snprintf(path, sizeof path, "%s/weights.tsv", bench->run.folder);

    return size < 0 || (size_t)size >= sizeof path
               ? vn_error_set(&bench->error, VN_INVALID,
                              "the path of the lexicon is too long")
               : tune_weights_write(&bench->data.terms, bench->run.weights,
                                    path, &bench->error);
}

static enum vn_status only_bake(struct tune_bench *bench,
                                const struct bench_report *report)
{
    struct tune_run *run = &bench->run;

    run->weights = calloc(bench->data.terms.count, sizeof run->weights[0]);
    if (run->weights == NULL) {
        return vn_error_set(&bench->error, VN_NOMEM, "out of memory");
    }
    enum vn_status status = tune_weights_read(&bench->data.terms, bench->bake,
                                              run->weights, &bench->error);
    if (status == VN_OK) {
        tune_weights_round(&bench->data.terms, run->weights);
        status = tune_bake_level(&bench->data, run->weights, &run->bake,
                                 run->folder, &run->baked, &bench->error);
    }
    if (status == VN_OK) {
        bench_print_head(report);
        bench_print_count_columns(report);
        bench_print_count(report, "words", run->baked.words, "words");
        bench_print_count(report, "pairs", run->baked.pairs, "pairs");
    }
    return status;
}

/* Phrases, marks and phrases beside. */
static enum vn_status read_files(struct tune_bench *bench)
{
    enum vn_status status =
        bench_phrases_read(&bench->phrases, bench->file, &bench->error);

    for (size_t i = 0; status == VN_OK && i < bench->mark_files.count; i++) {
        status = tune_marks_read(&bench->marks, bench->mark_files.paths[i],
                                 &bench->phrases, &bench->like, &bench->error);
    }
    for (size_t i = 0; status == VN_OK && i < bench->also_files.count; i++) {
        status = tune_beside_read(&bench->beside, bench->also_files.paths[i],
                                  &bench->phrases, bench->also_weight,
                                  &bench->error);
    }
    return status;
}

/* The rows, none if they count nothing. */
static struct tune_rows weighed(const struct tune_row *rows, size_t count,
                                double weight)
{
    return (struct tune_rows){rows, weight > 0 ? count : 0};
}

static enum vn_status fit_and_print(struct tune_bench *bench,
                                    const struct bench_report *report)
{
    enum vn_status status = read_files(bench);

    if (status == VN_OK) {
        bench->run.marks =
            weighed(bench->marks.rows, bench->marks.count, bench->like.weight);
        bench->run.beside = weighed(bench->beside.rows, bench->beside.count,
                                    bench->also_weight);
        bench->run.data = &bench->data;
        bench->run.phrases = &bench->phrases;
        status = tune_run(&bench->run, &bench->error);
    }
    if (status == VN_OK) {
        status = write_weights(bench);
    }
    if (status == VN_OK) {
        bench_print_head(report);
        status = print_recalls(bench, report);
    }
    if (status == VN_OK) {
        print_figures(bench, report);
        print_weights(bench, report);
    }
    return status;
}

int bench_tune(int argc, char **argv)
{
    struct tune_bench *bench = calloc(1, sizeof *bench);

    if (bench == NULL) {
        bench_message("out of memory");
        return BENCH_FAILED;
    }
    bench->run.folds = 10;
    bench->run.seed = 1;
    bench->like.weight = MARKS_WEIGHT_DEFAULT;
    bench->also_weight = ALSO_WEIGHT_DEFAULT;
    bench->run.fit =
        (struct tune_fit_options){.penalty = 1, .candidates = 600, .rounds = 4};
    bench->run.bake = (struct tune_bake_options){.model_name = "tuned",
                                                 .floor = VN_WORD_SCORE_MIN};
    argp_parse(&parser, argc, argv, 0, NULL, bench);
    bench->run.threads = bench_threads(bench->run.threads);
    bench->run.fit.choice_candidates =
        (bench->run.fit.candidates + CHOICE_PART - 1) / CHOICE_PART;
    const struct bench_report report = {
        .bench = "tune", .json = bench->json, .threads = bench->run.threads};
    enum vn_status status =
        tune_data_read(&bench->data, bench->features, &bench->error);

    if (status == VN_OK) {
        status = make_folder(bench);
    }
    if (status == VN_OK) {
        status = bench->bake != NULL ? only_bake(bench, &report)
                                     : fit_and_print(bench, &report);
    }
    const int code =
        status == VN_OK ? BENCH_DONE : bench_error(status, &bench->error);

    tune_run_reset(&bench->run);
    tune_data_reset(&bench->data);
    tune_marks_free(&bench->marks);
    tune_beside_free(&bench->beside);
    bench_phrases_free(&bench->phrases);
    free(bench);
    return code;
}
