/* bench.c: the program vanity-bench: its commands, messages and options. */
#include "bench.h"

#include "engine/text.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A message with a long path still fits. */
#define MESSAGE_SIZE 5000
#define NAME_SIZE 32

struct command {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv);
};

static const struct command commands[] = {
    {"engine", "the plain enumerator and the engine, for 1 to n threads",
     bench_engine},
    {"index", "a whole build beside raw LMDB and raw writes", bench_index},
    {"lookup", "random, sorted and batched look-ups in an index", bench_lookup},
    {"quality", "how often advertised phrases are found", bench_quality},
    {"compare", "two models, lexicons, indexes or programs side by side",
     bench_compare},
#ifdef VN_BENCH_PLOT_DIR
    {"plot", "pictures of results and of an index", bench_plot},
#endif
#ifdef VN_BENCH_TUNE
    {"tune", "fits the weights of the ranking on advertised phrases",
     bench_tune},
#endif
#ifdef VN_BENCH_PEER
    {"load", "the loader beside boto3 and wrk, on three servers", bench_load},
    {"export", "an index as files for S3, beside a plain exporter",
     bench_export},
#endif
#ifdef VN_BENCH_SERVE_PEER
    {"serve", "the HTTP server beside nginx, under wrk", bench_serve},
#endif
#ifdef VN_BENCH_LAMBDA_PEER
    {"lambda", "start, invocation and memory of the AWS Lambda", bench_lambda},
#endif
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static char program_name[NAME_SIZE] = "vanity-bench";

/* ---- Messages ---------------------------------------------------------- */

VN_PRINTF(1, 0)
static void write_message(const char *format, va_list arguments)
{
    char text[MESSAGE_SIZE];

    vsnprintf(text, sizeof(text), format, arguments);
    for (char *c = text; *c != '\0'; c++) {
        *c = (unsigned char)*c < 0x20 || *c == 0x7f ? '?' : *c;
    }
    fprintf(stderr, "%s: %s\n", program_name, text);
}

void bench_message(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_message(format, arguments);
    va_end(arguments);
}

void bench_refuse(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_message(format, arguments);
    va_end(arguments);
    exit(BENCH_REFUSED);
}

int bench_error(enum vn_status status, const struct vn_error *error)
{
    const bool bad_input =
        status == VN_INVALID || status == VN_OUTSIDE || status == VN_VERSION;

    bench_message("%s", error->message[0] != '\0' ? error->message
                                                  : vn_status_text(status));
    return bad_input ? BENCH_REFUSED : BENCH_FAILED;
}

/* ---- Options ----------------------------------------------------------- */

long bench_int(const char *name, const char *text, long least, long most)
{
    const struct vn_bytes bytes = {text, strlen(text)};
    long value = 0;

    if (!vn_text_int(bytes, least, most, &value)) {
        bench_refuse("%s takes a number from %ld to %ld, not '%s'", name, least,
                     most, text);
    }
    return value;
}

unsigned bench_threads(unsigned threads)
{
    const long online = sysconf(_SC_NPROCESSORS_ONLN);

    if (threads != 0) {
        return threads;
    }
    return online < 1                      ? 1
           : online > (long)VN_THREADS_MAX ? VN_THREADS_MAX
                                           : (unsigned)online;
}

uint64_t bench_random(uint64_t *state)
{
    uint64_t mixed = *state += 0x9e3779b97f4a7c15;

    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    return mixed ^ mixed >> 31;
}

uint32_t bench_random_below(uint64_t *state, uint32_t end)
{
    // The upper 32 bits times 'end' favour no value by more than end / 2^32.
    return (uint32_t)((bench_random(state) >> 32) * end >> 32);
}

enum {
    KEY_JSON = 0x100,
    KEY_REPEAT,
    KEY_THREADS,
    KEY_SAMPLE,
    KEY_SEED,
    KEY_LEXICON,
    KEY_MODEL
};

static error_t parse_runs(int key, char *arg, struct argp_state *state)
{
    struct bench_runs *runs = state->input;

    switch (key) {
    case KEY_JSON:
        runs->json = true;
        return 0;
    case KEY_REPEAT:
        runs->repeats =
            (unsigned)bench_int("--repeat", arg, 1, BENCH_REPEATS_MAX);
        return 0;
    case KEY_THREADS:
        runs->threads =
            (unsigned)bench_int("--threads", arg, 1, VN_THREADS_MAX);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option runs_options[] = {
    {.name = "json",
     .key = KEY_JSON,
     .doc = "Print one JSON object a line instead of a table"},
    {.name = "repeat",
     .key = KEY_REPEAT,
     .arg = "N",
     .doc = "Measure N times, 1 to 1000, after a warm-up"},
    {.name = "threads",
     .key = KEY_THREADS,
     .arg = "N",
     .doc = "Threads, 1 to 1024 (default: one per processor)"},
    {0},
};

const struct argp bench_runs_argp = {.options = runs_options,
                                     .parser = parse_runs};

static error_t parse_sample(int key, char *arg, struct argp_state *state)
{
    struct bench_sample *sample = state->input;

    switch (key) {
    case KEY_SAMPLE:
        sample->count =
            (uint32_t)bench_int("--sample", arg, 1, BENCH_SAMPLE_MAX);
        return 0;
    case KEY_SEED:
        sample->seed = (uint64_t)bench_int("--seed", arg, 0, INT32_MAX);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option sample_options[] = {
    {.name = "sample",
     .key = KEY_SAMPLE,
     .arg = "N",
     .doc = "Number of random suffixes"},
    {.name = "seed",
     .key = KEY_SEED,
     .arg = "N",
     .doc = "Seed of the random suffixes (default: 1)"},
    {0},
};

const struct argp bench_sample_argp = {.options = sample_options,
                                       .parser = parse_sample};

static error_t parse_lexicon(int key, char *arg, struct argp_state *state)
{
    struct vn_lexicon_options *lexicon = state->input;

    switch (key) {
    case KEY_LEXICON:
        lexicon->folder = arg;
        return 0;
    case KEY_MODEL:
        lexicon->model_path = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option lexicon_options[] = {
    {.name = "lexicon",
     .key = KEY_LEXICON,
     .arg = "DIR",
     .doc = "Take the lexicon of a folder in place of the built-in one"},
    {.name = "model",
     .key = KEY_MODEL,
     .arg = "FILE",
     .doc = "Take the weights of the score from FILE"},
    {0},
};

const struct argp bench_lexicon_argp = {.options = lexicon_options,
                                        .parser = parse_lexicon};

static error_t parse_path(int key, char *arg, struct argp_state *state)
{
    const char **path = state->input;

    switch (key) {
    case ARGP_KEY_ARG:
        if (*path != NULL) {
            bench_refuse("takes one index");
        }
        *path = arg;
        return 0;
    case ARGP_KEY_END:
        if (*path == NULL) {
            bench_refuse("name the index");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp bench_path_argp = {.parser = parse_path, .args_doc = "INDEX"};

/* ---- The program ------------------------------------------------------- */

static void print_help(FILE *to)
{
    fputs("Usage: vanity-bench COMMAND [OPTION...] [ARGUMENT]\n"
          "Speed of every stage of vanity, and quality of its ranking.\n"
          "\nCommands:\n",
          to);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        fprintf(to, "  %-8s  %s\n", commands[i].name, commands[i].summary);
    }
    fputs("\nExample:\n"
          "  vanity-bench quality bench/data/real-vanity-dev.tsv\n"
          "\n'vanity-bench COMMAND --help' tells more.\n",
          to);
}

/* A table that could not be written is a failure. */
static void check_stdout(void)
{
    if (fflush(stdout) != 0 && errno != EPIPE) {
        bench_message("cannot write the output: %s", strerror(errno));
        _exit(BENCH_FAILED);
    }
}

static int run_command(const char *name, int argc, char **argv)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            snprintf(program_name, sizeof(program_name), "vanity-bench %s",
                     name);
            argv[0] = program_name; // argp opens its messages with it
            return commands[i].run(argc, argv);
        }
    }
    bench_message("no command '%s'; see 'vanity-bench --help'", name);
    return BENCH_REFUSED;
}

int main(int argc, char **argv)
{
    argp_program_version = "vanity-bench " VN_VERSION_TEXT;
    argp_err_exit_status = BENCH_REFUSED;
    signal(SIGPIPE, SIG_IGN); // a write that fails says so itself
    atexit(check_stdout);
    if (argc < 2) {
        print_help(stderr);
        return BENCH_REFUSED;
    }
    const char *word = argv[1];

    if (strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 ||
        strcmp(word, "-?") == 0) {
        print_help(stdout);
        return BENCH_DONE;
    }
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        puts(argp_program_version);
        return BENCH_DONE;
    }
    return run_command(word, argc - 1, argv + 1);
}
