/* bench_quality.c: advertised phrases found, sheets made and scored. */
#include "bench_phrases.h"

#include <stdio.h>
#include <stdlib.h>

#include "bench_choose.h"
#include "bench_judge.h"
#include "bench_reader.h"
#include "bench_sheet.h"

/* Candidates of ours that --misses shows. */
#define SHOWN 3u

enum {
    KEY_JSON = 0x200,
    KEY_WORDS,
    KEY_BLOCK,
    KEY_MISSES,
    KEY_RANDOM,
    KEY_SEED,
    KEY_BLIND,
    KEY_CHOOSE,
    KEY_AT_LEAST,
    KEY_JUDGED
};

struct quality_bench {
    bool json;
    bool misses;
    bool judged;    /* the files are marked sheets */
    bool choose;    /* a sheet to choose from is made */
    bool has_least; /* --at-least is given */
    int at_least;
    const char *files[JUDGE_FILES_MAX]; /* phrases, sheets or indexes */
    size_t file_count;
    const char *index;
    struct sheet_options sheet; /* its suffixes: 0 = no sheet is made */
    const char *words[VN_OVERLAYS_MAX];
    const char *blocks[VN_OVERLAYS_MAX];
    struct vn_lexicon_options lexicon;
    struct bench_phrases phrases;
    struct bench_recall recall;
    struct vn_error error;
};

static void add_path(const char *name, const char *path, const char **paths,
                     size_t *count)
{
    if (*count == VN_OVERLAYS_MAX) {
        bench_refuse("%s can be given %u times at most", name, VN_OVERLAYS_MAX);
    }
    paths[(*count)++] = path;
}

static bool has_lexicon(const struct quality_bench *bench)
{
    const struct vn_lexicon_options *lexicon = &bench->lexicon;

    return lexicon->word_path_count > 0 || lexicon->block_path_count > 0 ||
           lexicon->model_path != NULL || lexicon->folder != NULL;
}

/* Of --choose. */
static void check_choose(const struct quality_bench *bench)
{
    if (bench->sheet.suffixes == 0) {
        bench_refuse("--choose goes with --random=N");
    }
    if (bench->file_count > 0 || bench->index != NULL) {
        bench_refuse("--choose takes the spellings from the engine: name no "
                     "index and no file");
    }
    if (bench->judged || bench->misses || bench->json || bench->sheet.blind) {
        bench_refuse("--choose prints a sheet, shuffled as it is: leave out "
                     "--judged, --misses, --json and --blind");
    }
}

/* Of --random and --judged. */
static void check_sheet(const struct quality_bench *bench)
{
    const bool random = bench->sheet.suffixes > 0;

    if (random && bench->judged) {
        bench_refuse("give either --random or --judged");
    }
    if (has_lexicon(bench) || bench->misses) {
        bench_refuse("--lexicon, --words, --block, --model and --misses go "
                     "with a file of phrases only");
    }
    if (random && (bench->index != NULL || bench->json)) {
        bench_refuse("--random takes its indexes as arguments, and prints a "
                     "sheet: leave out -i and --json");
    }
    if (random && bench->file_count == 0) {
        bench_refuse("name the index to draw from");
    }
    if (random && bench->file_count > SHEET_INDEXES_MAX) {
        bench_refuse("--random mixes at most %u indexes", SHEET_INDEXES_MAX);
    }
    if (bench->judged && bench->file_count == 0) {
        bench_refuse("name the marked sheets");
    }
}

static void check_arguments(const struct quality_bench *bench)
{
    if (bench->has_least && !bench->choose) {
        bench_refuse("--at-least goes with --choose");
    }
    if (bench->choose) {
        check_choose(bench);
        return;
    }
    if (bench->sheet.suffixes > 0 || bench->judged) {
        check_sheet(bench);
        return;
    }
    if (bench->file_count != 1) {
        bench_refuse(bench->file_count == 0 ? "name the file of phrases"
                                            : "takes one file");
    }
    if (bench->index != NULL && has_lexicon(bench)) {
        bench_refuse("an index has its words already: give either -i or "
                     "--lexicon, --words, --block and --model");
    }
}

static void add_file(struct quality_bench *bench, const char *path)
{
    if (bench->file_count == JUDGE_FILES_MAX) {
        bench_refuse("takes at most %u files", JUDGE_FILES_MAX);
    }
    bench->files[bench->file_count++] = path;
}

/* The options of sheets. */
static error_t parse_sheet(int key, const char *arg,
                           struct quality_bench *bench)
{
    switch (key) {
    case KEY_RANDOM:
        bench->sheet.suffixes =
            (uint32_t)bench_int("--random", arg, 1, SHEET_SUFFIXES_MAX);
        return 0;
    case KEY_SEED:
        bench->sheet.seed = (uint64_t)bench_int("--seed", arg, 0, INT32_MAX);
        return 0;
    case KEY_BLIND:
        bench->sheet.blind = true;
        return 0;
    case KEY_CHOOSE:
        bench->choose = true;
        return 0;
    case KEY_AT_LEAST:
        bench->has_least = true;
        bench->at_least = (int)bench_int("--at-least", arg, CHOOSE_SCORE_MIN,
                                         CHOOSE_SCORE_MAX);
        return 0;
    case KEY_JUDGED:
        bench->judged = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct quality_bench *bench = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &bench->lexicon;
        return 0;
    case KEY_JSON:
        bench->json = true;
        return 0;
    case KEY_MISSES:
        bench->misses = true;
        return 0;
    case 'i':
        bench->index = arg;
        return 0;
    case KEY_WORDS:
        add_path("--words", arg, bench->words, &bench->lexicon.word_path_count);
        return 0;
    case KEY_BLOCK:
        add_path("--block", arg, bench->blocks,
                 &bench->lexicon.block_path_count);
        return 0;
    case ARGP_KEY_ARG:
        add_file(bench, arg);
        return 0;
    case ARGP_KEY_END:
        check_arguments(bench);
        return 0;
    default:
        return parse_sheet(key, arg, bench);
    }
}

static const struct argp_option options[] = {
    {.name = "json",
     .key = KEY_JSON,
     .doc = "Print one JSON object a line instead of a table"},
    {.name = "misses",
     .key = KEY_MISSES,
     .doc = "List the phrases that are not among the five, with our first "
            "three spellings"},
    {.name = "index",
     .key = 'i',
     .arg = "INDEX",
     .doc = "Take the candidates from an index instead of the engine; with "
            "--judged, count only the lists that it gives"},
    {.name = "words",
     .key = KEY_WORDS,
     .arg = "FILE",
     .doc = "Add words or phrases, one a line: phrase[TAB]score (repeatable)"},
    {.name = "block",
     .key = KEY_BLOCK,
     .arg = "FILE",
     .doc = "Never spell these terms, one a line (repeatable)"},
    {.name = "random",
     .key = KEY_RANDOM,
     .arg = "N",
     .doc = "Print a sheet of the first three spellings of N random suffixes, "
            "to be marked (bench/JUDGING.md)"},
    {.name = "seed",
     .key = KEY_SEED,
     .arg = "N",
     .doc = "Seed of the random suffixes (default: 1)"},
    {.name = "blind",
     .key = KEY_BLIND,
     .doc = "Shuffle the lines of the sheet, the lists of one suffix apart"},
    {.name = "choose",
     .key = KEY_CHOOSE,
     .doc = "With --random: a sheet of the ten best spellings of each suffix, "
            "shuffled, to choose the best one from"},
    {.name = "at-least",
     .key = KEY_AT_LEAST,
     .arg = "SCORE",
     .doc = "With --choose: only suffixes whose best spelling has this score, "
            "in tenths of a nat"},
    {.name = "judged",
     .key = KEY_JUDGED,
     .doc = "The files are marked sheets: print the share of good lists, the "
            "embarrassing ones, and how far the markers agree"},
    {0},
};

static const struct argp_child children[] = {
    {.argp = &bench_lexicon_argp},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .children = children,
    .args_doc = "FILE\n--random=N INDEX...\n--random=N --choose\n"
                "--judged FILE...",
    .doc = "Given the digits of each advertised phrase in FILE, at which rank "
           "is the phrase spelled? Prints the share found among the first 1, 3 "
           "and 5 candidates with its 95 % interval.\v"
           "Examples:\n"
           "  vanity-bench quality bench/data/real-vanity-dev.tsv\n"
           "  vanity-bench quality bench/data/real-vanity-dev.tsv "
           "--words mine.txt --misses\n"
           "  vanity-bench quality --random 250 --seed 2 --blind vanity.mdb\n"
           "  vanity-bench quality --random 400 --choose --at-least -10\n"
           "  vanity-bench quality --judged bench/data/judged-*.tsv",
};

/* ---- Records ----------------------------------------------------------- */

static enum vn_status rank_by_engine(struct quality_bench *bench)
{
    return bench_phrases_compute(&bench->phrases, &bench->lexicon,
                                 &bench->error);
}

static enum vn_status rank_by_index(struct quality_bench *bench)
{
    struct bench_reader reader = {NULL, NULL};
    enum vn_status status =
        bench_reader_open(&reader, bench->index, &bench->error);

    for (size_t i = 0; status == VN_OK && i < bench->phrases.count; i++) {
        struct bench_phrase *row = &bench->phrases.list[i];

        status = vn_reader_get(reader.reader, row->suffix, &row->record,
                               &bench->error);
    }
    bench_reader_close(&reader);
    return status;
}

/* ---- Output ------------------------------------------------------------ */

static void print_phrase(struct vn_bytes phrase)
{
    char text[64];

    snprintf(text, sizeof(text), "%.*s", (int)phrase.size, phrase.data);
    bench_json_text(text);
}

/* Text of candidate 'k', "" if there is none. */
static void spell(const struct bench_phrase *row, unsigned k,
                  struct vn_spelling *out)
{
    if (vn_spell(row->suffix, row->record.codes[k], row->record.tails[k],
                 out) != VN_OK) {
        *out = (struct vn_spelling){.text = ""};
    }
}

static void print_miss_json(const struct bench_report *report,
                            const struct bench_phrase *row)
{
    bench_json_start(report, "miss", "miss");
    printf("\"phrase\":");
    print_phrase(row->display);
    printf(",\"letters7\":\"%s\",\"suffix\":\"%07u\",\"shape\":", row->letters,
           row->suffix);
    bench_json_text(row->shape);
    printf(",\"overdial\":%s,\"ours\":[", row->overdial ? "true" : "false");
    for (unsigned k = 0; k < SHOWN && row->record.codes[k] != 0; k++) {
        struct vn_spelling spelling;

        spell(row, k, &spelling);
        printf("%s\"%s\"", k > 0 ? "," : "", spelling.text);
    }
    printf("],");
    bench_json_end(report);
}

static void print_miss(const struct bench_phrase *row)
{
    printf("%07u  %-20.*s %-8s", row->suffix, (int)row->display.size,
           row->display.data, row->shape);
    for (unsigned k = 0; k < SHOWN && row->record.codes[k] != 0; k++) {
        struct vn_spelling spelling;

        spell(row, k, &spelling);
        printf(" %-13s", spelling.text);
    }
    putchar('\n');
}

static void print_misses(const struct quality_bench *bench,
                         const struct bench_report *report)
{
    if (!report->json) {
        printf("\nnot among the five, and our first %u:\n", SHOWN);
    }
    for (size_t i = 0; i < bench->phrases.count; i++) {
        const struct bench_phrase *row = &bench->phrases.list[i];

        if (row->rank == 0 && report->json) {
            print_miss_json(report, row);
        } else if (row->rank == 0) {
            print_miss(row);
        }
    }
}

static void print(const struct quality_bench *bench)
{
    const struct bench_report report = {
        .bench = "quality", .json = bench->json, .threads = 1};

    bench_print_head(&report);
    bench_recall_print(&report, "recall", "", &bench->recall);
    if (bench->misses) {
        print_misses(bench, &report);
    }
}

/* ---- The command ------------------------------------------------------- */

static enum vn_status find_phrases(struct quality_bench *bench)
{
    enum vn_status status =
        bench_phrases_read(&bench->phrases, bench->files[0], &bench->error);

    if (status == VN_OK) {
        status =
            bench->index != NULL ? rank_by_index(bench) : rank_by_engine(bench);
    }
    if (status == VN_OK) {
        status = bench_phrases_find(&bench->phrases, &bench->error);
    }
    if (status == VN_OK) {
        status =
            bench_recall_count(&bench->phrases, &bench->recall, &bench->error);
    }
    if (status == VN_OK) {
        print(bench);
    }
    return status;
}

static enum vn_status run(struct quality_bench *bench)
{
    bench->lexicon.word_paths = bench->words;
    bench->lexicon.block_paths = bench->blocks;
    if (bench->choose) {
        const struct choose_options choose = {
            .lexicon = &bench->lexicon,
            .suffixes = bench->sheet.suffixes,
            .seed = bench->sheet.seed,
            .at_least = bench->at_least,
        };

        return bench_choose_print(&choose, &bench->error);
    }
    if (bench->sheet.suffixes > 0) {
        bench->sheet.indexes = bench->files;
        bench->sheet.index_count = bench->file_count;
        return bench_sheet_print(&bench->sheet, &bench->error);
    }
    if (bench->judged) {
        const struct judge_options judge = {.files = bench->files,
                                            .file_count = bench->file_count,
                                            .index = bench->index,
                                            .json = bench->json};

        return bench_judge_print(&judge, &bench->error);
    }
    return find_phrases(bench);
}

int bench_quality(int argc, char **argv)
{
    struct quality_bench *bench = calloc(1, sizeof(*bench));

    if (bench == NULL) {
        bench_message("out of memory");
        return BENCH_FAILED;
    }
    bench->sheet.seed = 1;
    bench->at_least = CHOOSE_SCORE_MIN;
    argp_parse(&parser, argc, argv, 0, NULL, bench);
    const enum vn_status status = run(bench);
    const int code =
        status == VN_OK ? BENCH_DONE : bench_error(status, &bench->error);

    bench_phrases_free(&bench->phrases);
    free(bench);
    return code;
}
