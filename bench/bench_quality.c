/* bench_quality.c: how often advertised phrases are among the candidates. */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/keypad.h"
#include "engine/text.h"
#include "index/index.h"

/*
 * A row is found at the rank of the first candidate whose seven characters are
 * the row's letters7: cuts do not count, and letters past the seventh key are
 * not compared. Two rows of the same digits are two right readings: either
 * counts for both.
 */

#define COLUMNS 6u
#define KEYS VN_SUFFIX_DIGITS
#define RANKS 3u
#define GROUPS_MAX 32u
#define SHAPE_SIZE 16u
/* Candidates of ours that --misses shows. */
#define SHOWN 3u
/* Of the normal distribution, for 95 %. */
#define Z95 1.959964

static const unsigned ranks[RANKS] = {1, 3, 5};
static const char header[] =
    "phrase_display\tletters7\tdigits7\tshape\toverdial\tsource";

struct row {
    struct vn_bytes phrase;
    char letters[KEYS + 1];
    char shape[SHAPE_SIZE];
    bool overdial;
    uint32_t suffix;
    unsigned rank; /* 1..5, 0 = not found */
    struct vn_record record;
};

/* Rows that are counted together. */
struct group {
    char name[SHAPE_SIZE];
    unsigned rows;
    unsigned hits[RANKS];
};

enum { KEY_JSON = 0x200, KEY_WORDS, KEY_BLOCK, KEY_MODEL, KEY_MISSES };

struct quality_bench {
    bool json;
    bool misses;
    const char *file;
    const char *index;
    const char *words[VN_OVERLAYS_MAX];
    const char *blocks[VN_OVERLAYS_MAX];
    struct vn_lexicon_options lexicon;
    struct vn_bytes text;
    struct row *rows;
    size_t count;
    struct group groups[GROUPS_MAX];
    size_t group_count;
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

static void check_arguments(const struct quality_bench *bench)
{
    const struct vn_lexicon_options *lexicon = &bench->lexicon;

    if (bench->file == NULL) {
        bench_refuse("name the file of phrases");
    }
    if (bench->index != NULL &&
        (lexicon->word_path_count > 0 || lexicon->block_path_count > 0 ||
         lexicon->model_path != NULL)) {
        bench_refuse("an index has its words already: give either -i or "
                     "--words, --block and --model");
    }
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct quality_bench *bench = state->input;

    switch (key) {
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
    case KEY_MODEL:
        bench->lexicon.model_path = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (bench->file != NULL) {
            bench_refuse("takes one file");
        }
        bench->file = arg;
        return 0;
    case ARGP_KEY_END:
        check_arguments(bench);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
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
     .doc = "Take the candidates from an index instead of the engine"},
    {.name = "words",
     .key = KEY_WORDS,
     .arg = "FILE",
     .doc = "Add words or phrases, one a line: phrase[TAB]score (repeatable)"},
    {.name = "block",
     .key = KEY_BLOCK,
     .arg = "FILE",
     .doc = "Never spell these terms, one a line (repeatable)"},
    {.name = "model",
     .key = KEY_MODEL,
     .arg = "FILE",
     .doc = "Take the weights of the score from FILE"},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "FILE",
    .doc = "Given the digits of each advertised phrase in FILE, at which rank "
           "is the phrase spelled? Prints the share found among the first 1, 3 "
           "and 5 candidates with its 95 % interval.\v"
           "Examples:\n"
           "  vanity-bench quality bench/data/real-vanity-dev.tsv\n"
           "  vanity-bench quality bench/data/real-vanity-dev.tsv "
           "--words mine.txt --misses",
};

/* ---- Reading ----------------------------------------------------------- */

static enum vn_status bad_line(struct quality_bench *bench, uint64_t line,
                               const char *sentence)
{
    return vn_error_line(&bench->error, bench->file, line, "%s", sentence);
}

/* Cuts the line at its tabs; false if there are not COLUMNS columns. */
static bool split(struct vn_bytes line, struct vn_bytes columns[COLUMNS])
{
    for (unsigned i = 0; i + 1 < COLUMNS; i++) {
        if (!vn_text_split(line, '\t', &columns[i], &line)) {
            return false;
        }
    }
    columns[COLUMNS - 1] = line;
    return true;
}

/* The seven characters, which must dial the seven digits. */
static bool read_keys(struct vn_bytes letters, struct vn_bytes digits,
                      struct row *row)
{
    if (letters.size != KEYS || digits.size != KEYS) {
        return false;
    }
    for (unsigned i = 0; i < KEYS; i++) {
        const char digit = digits.data[i];

        if (digit < '0' || digit > '9' ||
            vn_keypad_key(letters.data[i]) != digit - '0') {
            return false;
        }
        row->letters[i] = letters.data[i];
        row->suffix = row->suffix * 10 + (uint32_t)(digit - '0');
    }
    return true;
}

static enum vn_status read_row(struct quality_bench *bench,
                               struct vn_bytes line, uint64_t number)
{
    struct vn_bytes columns[COLUMNS];
    struct row row = {.rank = 0};

    if (!split(line, columns)) {
        return bad_line(bench, number, "has not six columns");
    }
    if (!read_keys(columns[1], columns[2], &row)) {
        return bad_line(bench, number,
                        "letters7 and digits7 must be seven characters each, "
                        "of the same keys");
    }
    if (columns[3].size == 0 || columns[3].size >= SHAPE_SIZE) {
        return bad_line(bench, number, "the shape has 1 to 15 characters");
    }
    if (columns[4].size != 1 ||
        (columns[4].data[0] != '0' && columns[4].data[0] != '1')) {
        return bad_line(bench, number, "overdial must be 0 or 1");
    }
    row.phrase = columns[0];
    memcpy(row.shape, columns[3].data, columns[3].size);
    row.overdial = columns[4].data[0] == '1';
    bench->rows[bench->count++] = row;
    return VN_OK;
}

static size_t count_lines(struct vn_bytes text)
{
    size_t count = 1;

    for (size_t i = 0; i < text.size; i++) {
        count += text.data[i] == '\n';
    }
    return count;
}

static enum vn_status read_rows(struct quality_bench *bench)
{
    struct vn_lines lines;
    struct vn_bytes line = {NULL, 0};
    enum vn_status status =
        vn_text_read(bench->file, &bench->text, &bench->error);

    if (status != VN_OK) {
        return status;
    }
    bench->rows = calloc(count_lines(bench->text), sizeof(bench->rows[0]));
    if (bench->rows == NULL) {
        return vn_error_set(&bench->error, VN_NOMEM, "out of memory");
    }
    vn_lines_start(&lines, bench->text);
    if (!vn_lines_next(&lines, &line) || line.size != sizeof(header) - 1 ||
        memcmp(line.data, header, line.size) != 0) {
        return bad_line(bench, 1,
                        "the first line must name the columns phrase_display, "
                        "letters7, digits7, shape, overdial, source");
    }
    while (status == VN_OK && vn_lines_next(&lines, &line)) {
        status = read_row(bench, line, lines.line);
    }
    if (status == VN_OK && bench->count == 0) {
        return bad_line(bench, lines.line, "has no phrase");
    }
    return status;
}

/* ---- Records ----------------------------------------------------------- */

static enum vn_status rank_by_engine(struct quality_bench *bench)
{
    const struct vn_engine_options one_thread = {.threads = 1};
    struct vn_lexicon *lexicon = NULL;
    struct vn_engine *engine = NULL;

    bench->lexicon.word_paths = bench->words;
    bench->lexicon.block_paths = bench->blocks;
    enum vn_status status =
        vn_lexicon_open(&bench->lexicon, &lexicon, &bench->error);

    if (status == VN_OK) {
        status = vn_engine_new(lexicon, &one_thread, &engine, &bench->error);
    }
    for (size_t i = 0; status == VN_OK && i < bench->count; i++) {
        vn_engine_rank(engine, bench->rows[i].suffix, &bench->rows[i].record);
    }
    vn_engine_free(engine);
    vn_lexicon_free(lexicon);
    return status;
}

static enum vn_status rank_by_index(struct quality_bench *bench)
{
    struct vn_index *index = NULL;
    struct vn_reader *reader = NULL;
    // A damaged file is told before LMDB follows a page of it.
    enum vn_status status =
        vn_index_check(bench->index, NULL, NULL, &bench->error);

    if (status == VN_OK) {
        status = vn_index_open(bench->index, &index, &bench->error);
    }
    if (status == VN_OK) {
        status = vn_reader_new(index, &reader, &bench->error);
    }
    for (size_t i = 0; status == VN_OK && i < bench->count; i++) {
        status = vn_reader_get(reader, bench->rows[i].suffix,
                               &bench->rows[i].record, &bench->error);
    }
    vn_reader_free(reader);
    vn_index_close(index);
    return status;
}

/* The seven characters of a text form: no hyphen, no tail. */
static void join(const char *text, char out[KEYS + 1])
{
    unsigned count = 0;

    for (; *text != '\0' && count < KEYS; text++) {
        if (*text != '-') {
            out[count++] = *text;
        }
    }
    out[count] = '\0';
}

static bool is_reading(const struct quality_bench *bench, uint32_t suffix,
                       const char *letters)
{
    for (size_t i = 0; i < bench->count; i++) {
        if (bench->rows[i].suffix == suffix &&
            strcmp(bench->rows[i].letters, letters) == 0) {
            return true;
        }
    }
    return false;
}

static enum vn_status find_row(struct quality_bench *bench, struct row *row)
{
    for (unsigned k = 0; k < VN_CANDIDATES && row->record.codes[k] != 0; k++) {
        struct vn_spelling spelling;
        char letters[KEYS + 1];

        if (vn_spell(row->suffix, row->record.codes[k], row->record.tails[k],
                     &spelling) != VN_OK) {
            return vn_error_set(&bench->error, VN_CORRUPT,
                                "candidate %u of %07u cannot be spelled", k + 1,
                                row->suffix);
        }
        join(spelling.text, letters);
        if (row->rank == 0 && is_reading(bench, row->suffix, letters)) {
            row->rank = k + 1;
        }
    }
    return VN_OK;
}

/* ---- Counting ---------------------------------------------------------- */

static enum vn_status count_row(struct quality_bench *bench, const char *name,
                                unsigned rank)
{
    size_t at = 0;

    while (at < bench->group_count &&
           strcmp(bench->groups[at].name, name) != 0) {
        at++;
    }
    if (at == GROUPS_MAX) {
        return vn_error_set(&bench->error, VN_INVALID,
                            "'%s' has more shapes than %u", bench->file,
                            GROUPS_MAX - 3);
    }
    struct group *group = &bench->groups[at];

    if (at == bench->group_count) {
        snprintf(group->name, sizeof(group->name), "%s", name);
        bench->group_count++;
    }
    group->rows++;
    for (unsigned i = 0; i < RANKS; i++) {
        group->hits[i] += rank != 0 && rank <= ranks[i];
    }
    return VN_OK;
}

static enum vn_status count_rows(struct quality_bench *bench)
{
    enum vn_status status = VN_OK;

    for (size_t i = 0; status == VN_OK && i < bench->count; i++) {
        status = find_row(bench, &bench->rows[i]);
        if (status == VN_OK) {
            status = count_row(bench, "all", bench->rows[i].rank);
        }
    }
    for (size_t i = 0; status == VN_OK && i < bench->count; i++) {
        status = count_row(bench, bench->rows[i].shape, bench->rows[i].rank);
    }
    for (size_t i = 0; status == VN_OK && i < bench->count; i++) {
        status = count_row(bench,
                           bench->rows[i].overdial ? "overdial" : "no overdial",
                           bench->rows[i].rank);
    }
    return status;
}

/* The 95 % interval of Wilson for a share of 'hits' in 'rows'. */
static void find_interval(unsigned hits, unsigned rows, double *low,
                          double *high)
{
    const double n = rows;
    const double share = hits / n;
    const double z2 = Z95 * Z95;
    const double centre = (share + z2 / (2 * n)) / (1 + z2 / n);
    const double half =
        Z95 / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n));

    // Rounding may leave the ends a hair outside.
    *low = centre > half ? centre - half : 0;
    *high = centre + half < 1 ? centre + half : 1;
}

/* ---- Output ------------------------------------------------------------ */

static void print_group(const struct bench_report *report,
                        const struct group *group)
{
    double low = 0;
    double high = 0;

    if (!report->json) {
        printf("%-12s %5u", group->name, group->rows);
    } else {
        bench_json_start(report, group->name, "recall");
        printf("\"rows\":%u,", group->rows);
    }
    for (unsigned i = 0; i < RANKS; i++) {
        const double share = (double)group->hits[i] / group->rows;

        find_interval(group->hits[i], group->rows, &low, &high);
        if (!report->json) {
            printf("  %5.1f %% (%4.1f-%4.1f)", share * 100, low * 100,
                   high * 100);
        } else {
            printf("\"recall_at_%u\":{\"hits\":%u,\"share\":%.6f,"
                   "\"low\":%.6f,\"high\":%.6f},",
                   ranks[i], group->hits[i], share, low, high);
        }
    }
    if (!report->json) {
        putchar('\n');
    } else {
        bench_json_end(report);
    }
}

static void print_phrase(struct vn_bytes phrase)
{
    char text[64];

    snprintf(text, sizeof(text), "%.*s", (int)phrase.size, phrase.data);
    bench_json_text(text);
}

/* Text of candidate 'k', "" if there is none. */
static void spell(const struct row *row, unsigned k, struct vn_spelling *out)
{
    if (vn_spell(row->suffix, row->record.codes[k], row->record.tails[k],
                 out) != VN_OK) {
        *out = (struct vn_spelling){.text = ""};
    }
}

static void print_miss_json(const struct bench_report *report,
                            const struct row *row)
{
    bench_json_start(report, "miss", "miss");
    printf("\"phrase\":");
    print_phrase(row->phrase);
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

static void print_miss(const struct row *row)
{
    printf("%07u  %-20.*s %-8s", row->suffix, (int)row->phrase.size,
           row->phrase.data, row->shape);
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
    for (size_t i = 0; i < bench->count; i++) {
        if (bench->rows[i].rank != 0) {
            continue;
        }
        if (report->json) {
            print_miss_json(report, &bench->rows[i]);
        } else {
            print_miss(&bench->rows[i]);
        }
    }
}

static void print(const struct quality_bench *bench)
{
    const struct bench_report report = {
        .bench = "quality", .json = bench->json, .threads = 1};

    bench_print_head(&report);
    if (!report.json) {
        printf("\n%-12s %5s", "", "rows");
        for (unsigned i = 0; i < RANKS; i++) {
            printf("  recall@%u (95 %%)  ", ranks[i]);
        }
        putchar('\n');
    }
    for (size_t i = 0; i < bench->group_count; i++) {
        print_group(&report, &bench->groups[i]);
    }
    if (bench->misses) {
        print_misses(bench, &report);
    }
}

int bench_quality(int argc, char **argv)
{
    struct quality_bench *bench = calloc(1, sizeof(*bench));

    if (bench == NULL) {
        bench_message("out of memory");
        return BENCH_FAILED;
    }
    argp_parse(&parser, argc, argv, 0, NULL, bench);
    enum vn_status status = read_rows(bench);

    if (status == VN_OK) {
        status =
            bench->index != NULL ? rank_by_index(bench) : rank_by_engine(bench);
    }
    if (status == VN_OK) {
        status = count_rows(bench);
    }
    if (status == VN_OK) {
        print(bench);
    }
    const int code =
        status == VN_OK ? BENCH_DONE : bench_error(status, &bench->error);

    vn_text_free(&bench->text);
    free(bench->rows);
    free(bench);
    return code;
}
