/* bench_plot_results.c: data of pictures of results: recall, speed, build. */
#include "bench_plot_data.h"

#include <string.h>

#include <jansson.h>

#include "engine/text.h"

/* Takes one result; 'context' is the caller's. */
typedef void (*result_fn)(void *context, const json_t *result);

/* Numbers of threads side by side. */
#define BARS_MAX 64u

/* What is collected while results are read. */
struct collecting {
    FILE *to;
    unsigned rows;
    double at;      /* end of the parts so far, ms */
    double begun;   /* of the last part, ms */
    char path[32];  /* the last one */
    unsigned place; /* its number */
    unsigned bar;   /* the row's number in it */
    double threads[BARS_MAX];
    unsigned bars; /* rows of the first path */
};

/* ---- Reading ----------------------------------------------------------- */

static enum vn_status read_results(const char *path, result_fn take,
                                   void *context, struct vn_error *error)
{
    struct vn_bytes text;
    struct vn_bytes line;
    struct vn_lines lines;
    enum vn_status status = vn_text_read(path, &text, error);

    if (status != VN_OK) {
        return status;
    }
    vn_lines_start(&lines, text);
    while (status == VN_OK && vn_lines_next(&lines, &line)) {
        json_error_t wrong;
        json_t *result = json_loadb(line.data, line.size, 0, &wrong);

        if (result == NULL) {
            status = vn_error_line(error, path, lines.line,
                                   "is no JSON (%s): give the output of "
                                   "vanity-bench with --json",
                                   wrong.text);
        } else {
            take(context, result);
        }
        json_decref(result);
    }
    vn_text_free(&text);
    return status;
}

static const char *text_of(const json_t *result, const char *name)
{
    const char *text = json_string_value(json_object_get(result, name));

    return text != NULL ? text : "";
}

/* A column of data: what would end it, or quote, is replaced. */
static void write_column(FILE *to, const char *text)
{
    for (; *text != '\0'; text++) {
        putc((unsigned char)*text < 0x20 || *text == '"' ? '?' : *text, to);
    }
    putc('\t', to);
}

static double number_of(const json_t *result, const char *name)
{
    return json_number_value(json_object_get(result, name));
}

static double wall_of(const json_t *result, const char *name)
{
    return number_of(json_object_get(result, "wall"), name);
}

static enum vn_status refuse_empty(const char *path, const char *command,
                                   struct vn_error *error)
{
    return vn_error_set(error, VN_INVALID,
                        "'%s' has no result of 'vanity-bench %s --json'", path,
                        command);
}

void plot_set_text(FILE *job, const char *name, const char *text)
{
    json_t *checked = json_string(text); // NULL if it is no UTF-8
    const bool ascii = checked == NULL;

    json_decref(checked);
    fprintf(job, "%s = '", name);
    for (; *text != '\0'; text++) {
        const unsigned char c = (unsigned char)*text;

        if (c == '\'') {
            fputs("''", job);
        } else {
            putc(c < 0x20 || (ascii && c >= 0x7f) ? '?' : c, job);
        }
    }
    fputs("'\n", job);
}

/* ---- Recall ------------------------------------------------------------ */

/* Shape, rows, then share, low and high for 1, 3 and 5. */
static void take_recall(void *context, const json_t *result)
{
    static const char *const ranks[] = {"recall_at_1", "recall_at_3",
                                        "recall_at_5"};
    struct collecting *collecting = context;

    if (strcmp(text_of(result, "kind"), "recall") != 0) {
        return;
    }
    write_column(collecting->to, text_of(result, "result"));
    fprintf(collecting->to, "%.0f", number_of(result, "rows"));
    for (size_t i = 0; i < sizeof(ranks) / sizeof(ranks[0]); i++) {
        const json_t *recall = json_object_get(result, ranks[i]);

        fprintf(collecting->to, "\t%.6f\t%.6f\t%.6f",
                number_of(recall, "share"), number_of(recall, "low"),
                number_of(recall, "high"));
    }
    putc('\n', collecting->to);
    collecting->rows++;
}

enum vn_status plot_write_recall(const struct plot_input *input, FILE *to,
                                 FILE *job, struct vn_error *error)
{
    fprintf(job, "panels = %zu\n", input->count);
    for (size_t i = 0; i < input->count; i++) {
        struct collecting collecting = {.to = to};
        char name[32];
        const enum vn_status status =
            read_results(input->paths[i], take_recall, &collecting, error);

        if (status != VN_OK) {
            return status;
        }
        if (collecting.rows == 0) {
            return refuse_empty(input->paths[i], "quality", error);
        }
        fputs("\n\n", to); // gnuplot: the next data set
        snprintf(name, sizeof(name), "name%zu", i);
        plot_set_text(job, name, input->names[i]);
    }
    plot_set_text(job, "note", "number of phrases below each shape");
    return VN_OK;
}

/* ---- Speed ------------------------------------------------------------- */

/* Path's number, row's number in it, path, min, median, max in ns. */
static void take_speed(void *context, const json_t *result)
{
    struct collecting *collecting = context;
    const char *name = text_of(result, "result");

    if (strcmp(text_of(result, "bench"), "engine") != 0 ||
        strcmp(text_of(result, "kind"), "time") != 0 ||
        strcmp(text_of(result, "unit"), "ns/suffix") != 0 ||
        strcmp(name, "enumerator") == 0) {
        return;
    }
    if (collecting->rows == 0 || strcmp(name, collecting->path) != 0) {
        snprintf(collecting->path, sizeof(collecting->path), "%s", name);
        collecting->place += collecting->rows > 0;
        collecting->bar = 0;
    } else {
        collecting->bar++;
    }
    // Every path has the rows of the first one.
    if (collecting->place == 0 && collecting->bar < BARS_MAX) {
        collecting->threads[collecting->bar] = number_of(result, "threads");
        collecting->bars = collecting->bar + 1;
    }
    fprintf(collecting->to, "%u\t%u\t", collecting->place, collecting->bar);
    write_column(collecting->to, collecting->path);
    fprintf(collecting->to, "%.6g\t%.6g\t%.6g\n", wall_of(result, "min"),
            wall_of(result, "median"), wall_of(result, "max"));
    collecting->rows++;
}

/* Where it was measured, by the last result. */
static void take_place(void *context, const json_t *result)
{
    char note[256];

    snprintf(note, sizeof(note), "%s, %.0f online, vanity %s, commit %s",
             text_of(result, "processor"), number_of(result, "processors"),
             text_of(result, "version"), text_of(result, "commit"));
    plot_set_text(context, "note", note);
}

static enum vn_status write_measured(const struct plot_input *input,
                                     struct collecting *collecting, FILE *job,
                                     result_fn take, const char *command,
                                     struct vn_error *error)
{
    enum vn_status status =
        read_results(input->paths[0], take, collecting, error);

    if (status == VN_OK && collecting->rows == 0) {
        status = refuse_empty(input->paths[0], command, error);
    }
    return status == VN_OK
               ? read_results(input->paths[0], take_place, job, error)
               : status;
}

enum vn_status plot_write_speed(const struct plot_input *input, FILE *to,
                                FILE *job, struct vn_error *error)
{
    struct collecting collecting = {.to = to};
    const enum vn_status status =
        write_measured(input, &collecting, job, take_speed, "engine", error);

    fprintf(job, "paths = %u\nthreads = '", collecting.place + 1);
    for (unsigned i = 0; i < collecting.bars; i++) {
        fprintf(job, "%s%.0f", i == 0 ? "" : " ", collecting.threads[i]);
    }
    fputs("'\n", job);
    return status;
}

/* ---- Build ------------------------------------------------------------- */

/*
 * Name, begin, end in ms, class: 0 the whole, 1 a part behind the last one, 2
 * within that part, 3 a rival. A part is set in by two blanks, what is within
 * a part by four.
 */
static void take_build(void *context, const json_t *result)
{
    struct collecting *collecting = context;
    const char *name = text_of(result, "result");
    const size_t depth = strspn(name, " ") / 2;
    const double length = wall_of(result, "median");
    double begin = 0;
    unsigned class = collecting->rows == 0 ? 0 : 3;

    if (strcmp(text_of(result, "bench"), "index") != 0 ||
        strcmp(text_of(result, "kind"), "time") != 0) {
        return;
    }
    if (depth == 1) {
        begin = collecting->begun = collecting->at;
        collecting->at += length;
        class = 1;
    } else if (depth > 1) {
        begin = collecting->begun;
        class = 2;
    }
    write_column(collecting->to, name + depth * 2);
    fprintf(collecting->to, "%.6g\t%.6g\t%u\n", begin, begin + length, class);
    collecting->rows++;
}

enum vn_status plot_write_build(const struct plot_input *input, FILE *to,
                                FILE *job, struct vn_error *error)
{
    struct collecting collecting = {.to = to};

    return write_measured(input, &collecting, job, take_build, "index", error);
}
