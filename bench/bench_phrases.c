/* bench_phrases.c: reads advertised phrases, finds and counts them. */
#include "bench_phrases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_stats.h"

#include "engine/keypad.h"

#define COLUMNS 6u
#define KEYS VN_SUFFIX_DIGITS

const unsigned recall_ranks[RECALL_RANKS] = {1, 3, 5};

static const char header[] =
    "phrase_display\tletters7\tdigits7\tshape\toverdial\tsource";

/* What is held while a file is read. */
struct reading {
    struct bench_phrases *phrases;
    struct vn_error *error;
};

/* ---- Reading ----------------------------------------------------------- */

static enum vn_status bad_line(struct reading *reading, uint64_t line,
                               const char *sentence)
{
    return vn_error_line(reading->error, reading->phrases->path, line, "%s",
                         sentence);
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
                      struct bench_phrase *row)
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

static enum vn_status read_row(struct reading *reading, struct vn_bytes line,
                               uint64_t number)
{
    struct vn_bytes columns[COLUMNS];
    struct bench_phrase row = {.rank = 0};

    if (!split(line, columns)) {
        return bad_line(reading, number, "has not six columns");
    }
    if (!read_keys(columns[1], columns[2], &row)) {
        return bad_line(reading, number,
                        "letters7 and digits7 must be seven characters each, "
                        "of the same keys");
    }
    if (columns[3].size == 0 || columns[3].size >= PHRASE_SHAPE_SIZE) {
        return bad_line(reading, number, "the shape has 1 to 15 characters");
    }
    if (columns[4].size != 1 ||
        (columns[4].data[0] != '0' && columns[4].data[0] != '1')) {
        return bad_line(reading, number, "overdial must be 0 or 1");
    }
    row.display = columns[0];
    memcpy(row.shape, columns[3].data, columns[3].size);
    row.overdial = columns[4].data[0] == '1';
    reading->phrases->list[reading->phrases->count++] = row;
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

static enum vn_status read_rows(struct reading *reading)
{
    struct bench_phrases *phrases = reading->phrases;
    enum vn_status status = VN_OK;
    struct vn_lines lines;
    struct vn_bytes line = {NULL, 0};

    vn_lines_start(&lines, phrases->text);
    if (!vn_lines_next(&lines, &line) || line.size != sizeof(header) - 1 ||
        memcmp(line.data, header, line.size) != 0) {
        return bad_line(reading, 1,
                        "the first line must name the columns phrase_display, "
                        "letters7, digits7, shape, overdial, source");
    }
    while (status == VN_OK && vn_lines_next(&lines, &line)) {
        status = read_row(reading, line, lines.line);
    }
    if (status == VN_OK && phrases->count == 0) {
        return bad_line(reading, lines.line, "has no phrase");
    }
    return status;
}

enum vn_status bench_phrases_read(struct bench_phrases *phrases,
                                  const char *path, struct vn_error *error)
{
    struct reading reading = {phrases, error};
    enum vn_status status = vn_text_read(path, &phrases->text, error);

    if (status != VN_OK) {
        return status;
    }
    phrases->path = path;
    phrases->list =
        calloc(count_lines(phrases->text), sizeof(phrases->list[0]));
    if (phrases->list == NULL) {
        return vn_error_set(error, VN_NOMEM, "out of memory");
    }
    return read_rows(&reading);
}

void bench_phrases_free(struct bench_phrases *phrases)
{
    vn_text_free(&phrases->text);
    free(phrases->list);
    phrases->list = NULL;
}

/* ---- Records ----------------------------------------------------------- */

enum vn_status bench_phrases_compute(struct bench_phrases *phrases,
                                     const struct vn_lexicon_options *options,
                                     struct vn_error *error)
{
    const struct vn_engine_options one_thread = {.threads = 1};
    struct vn_lexicon *lexicon = NULL;
    struct vn_engine *engine = NULL;
    enum vn_status status = vn_lexicon_open(options, &lexicon, error);

    if (status == VN_OK) {
        status = vn_engine_new(lexicon, &one_thread, &engine, error);
    }
    for (size_t i = 0; status == VN_OK && i < phrases->count; i++) {
        vn_engine_rank(engine, phrases->list[i].suffix,
                       &phrases->list[i].record);
    }
    vn_engine_free(engine);
    vn_lexicon_free(lexicon);
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

bool bench_phrases_dial(const struct bench_phrases *phrases, uint32_t suffix)
{
    for (size_t i = 0; i < phrases->count; i++) {
        if (phrases->list[i].suffix == suffix) {
            return true;
        }
    }
    return false;
}

bool bench_phrases_has(const struct bench_phrases *phrases, uint32_t suffix,
                       const char *letters)
{
    for (size_t i = 0; i < phrases->count; i++) {
        if (phrases->list[i].suffix == suffix &&
            strcmp(phrases->list[i].letters, letters) == 0) {
            return true;
        }
    }
    return false;
}

static enum vn_status find_row(const struct bench_phrases *phrases,
                               struct bench_phrase *row, struct vn_error *error)
{
    row->rank = 0;
    for (unsigned k = 0; k < VN_CANDIDATES && row->record.codes[k] != 0; k++) {
        struct vn_spelling spelling;
        char letters[KEYS + 1];

        if (vn_spell(row->suffix, row->record.codes[k], row->record.tails[k],
                     &spelling) != VN_OK) {
            return vn_error_set(error, VN_CORRUPT,
                                "candidate %u of %07u cannot be spelled", k + 1,
                                row->suffix);
        }
        join(spelling.text, letters);
        if (row->rank == 0 &&
            bench_phrases_has(phrases, row->suffix, letters)) {
            row->rank = k + 1;
        }
    }
    return VN_OK;
}

enum vn_status bench_phrases_find(struct bench_phrases *phrases,
                                  struct vn_error *error)
{
    enum vn_status status = VN_OK;

    for (size_t i = 0; status == VN_OK && i < phrases->count; i++) {
        status = find_row(phrases, &phrases->list[i], error);
    }
    return status;
}

/* ---- Counting ---------------------------------------------------------- */

static bool count_row(struct bench_recall *recall, const char *name,
                      unsigned rank)
{
    size_t at = 0;

    while (at < recall->count && strcmp(recall->groups[at].name, name) != 0) {
        at++;
    }
    if (at == RECALL_GROUPS_MAX) {
        return false;
    }
    struct recall_group *group = &recall->groups[at];

    if (at == recall->count) {
        *group = (struct recall_group){.rows = 0};
        snprintf(group->name, sizeof(group->name), "%s", name);
        recall->count++;
    }
    group->rows++;
    for (unsigned i = 0; i < RECALL_RANKS; i++) {
        group->hits[i] += rank != 0 && rank <= recall_ranks[i];
    }
    return true;
}

enum vn_status bench_recall_count(const struct bench_phrases *phrases,
                                  struct bench_recall *recall,
                                  struct vn_error *error)
{
    bool fits = true;

    recall->count = 0;
    for (size_t i = 0; fits && i < phrases->count; i++) {
        fits = count_row(recall, "all", phrases->list[i].rank);
    }
    for (size_t i = 0; fits && i < phrases->count; i++) {
        fits = count_row(recall, phrases->list[i].shape, phrases->list[i].rank);
    }
    for (size_t i = 0; fits && i < phrases->count; i++) {
        fits = count_row(recall,
                         phrases->list[i].overdial ? "overdial" : "no overdial",
                         phrases->list[i].rank);
    }
    return fits
               ? VN_OK
               : vn_error_set(error, VN_INVALID, "'%s' has more shapes than %u",
                              phrases->path, RECALL_GROUPS_MAX - 3);
}

/* ---- Output ------------------------------------------------------------ */

static void print_group(const struct bench_report *report, const char *kind,
                        const struct recall_group *group)
{
    if (!report->json) {
        printf("%-12s %5u", group->name, group->rows);
    } else {
        bench_json_start(report, group->name, kind);
        printf("\"rows\":%u,", group->rows);
    }
    for (unsigned i = 0; i < RECALL_RANKS; i++) {
        const struct bench_interval share =
            bench_wilson(group->hits[i], group->rows);

        if (!report->json) {
            printf("  %5.1f %% (%4.1f-%4.1f)", share.value * 100,
                   share.low * 100, share.high * 100);
        } else {
            printf("\"recall_at_%u\":{\"hits\":%u,\"share\":%.6f,"
                   "\"low\":%.6f,\"high\":%.6f},",
                   recall_ranks[i], group->hits[i], share.value, share.low,
                   share.high);
        }
    }
    if (!report->json) {
        putchar('\n');
    } else {
        bench_json_end(report);
    }
}

void bench_recall_print(const struct bench_report *report, const char *kind,
                        const char *title, const struct bench_recall *recall)
{
    if (!report->json) {
        printf("\n%-12s %5s", title, "rows");
        for (unsigned i = 0; i < RECALL_RANKS; i++) {
            printf("  recall@%u (95 %%)  ", recall_ranks[i]);
        }
        putchar('\n');
    }
    for (size_t i = 0; i < recall->count; i++) {
        print_group(report, kind, &recall->groups[i]);
    }
}
