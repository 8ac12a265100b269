/* bench.h: what the commands of vanity-bench share: options, times, output. */
#ifndef VN_BENCH_H
#define VN_BENCH_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/engine.h"

/* Exit codes of every command. */
enum bench_exit {
    BENCH_DONE = 0,
    BENCH_WORSE = 1,   /* a limit that was asked for is passed */
    BENCH_REFUSED = 2, /* wrong use or bad input */
    BENCH_FAILED = 3,  /* failure, damage, or a check inside the run failed */
};

/* argv[0] is "vanity-bench NAME"; each returns the exit code. */
int bench_engine(int argc, char **argv);
int bench_index(int argc, char **argv);
int bench_lookup(int argc, char **argv);
int bench_quality(int argc, char **argv);
int bench_compare(int argc, char **argv);
int bench_plot(int argc, char **argv);   /* with jansson */
int bench_tune(int argc, char **argv);   /* with nlopt */
int bench_load(int argc, char **argv);   /* with the loader */
int bench_export(int argc, char **argv); /* with the loader */
int bench_lambda(int argc, char **argv); /* with the Lambda */
int bench_serve(int argc, char **argv);  /* with the server */

/* ---- Messages ---------------------------------------------------------- */

/* bench_message() writes "vanity-bench NAME: sentence" to standard error. */
void bench_message(const char *format, ...) VN_PRINTF(1, 2);
/* Like bench_message(), then ends the program with BENCH_REFUSED. */
_Noreturn void bench_refuse(const char *format, ...) VN_PRINTF(1, 2);
/*
 * bench_error() reports a failure and returns its exit code. A check inside
 * the run that failed is VN_CORRUPT.
 */
int bench_error(enum vn_status status, const struct vn_error *error);

/* ---- Options ----------------------------------------------------------- */

#define BENCH_REPEATS_MAX 1000u
#define BENCH_SAMPLE_MAX 100000000u

/* --json, --repeat, --threads: the input of bench_runs_argp. */
struct bench_runs {
    bool json;
    unsigned repeats; /* set to the default of the command beforehand */
    unsigned threads; /* 0 = one per online processor, until set */
};

/* --sample and --seed: the input of bench_sample_argp. */
struct bench_sample {
    uint32_t count; /* set to the default of the command beforehand */
    uint64_t seed;
};

extern const struct argp bench_runs_argp;
extern const struct argp bench_sample_argp;
/* --lexicon and --model: the input is a 'struct vn_lexicon_options'. */
extern const struct argp bench_lexicon_argp;
/* The one argument INDEX: the input is a 'const char *' that is NULL. */
extern const struct argp bench_path_argp;

/* Reads the value 'text' of the option 'name'; ends the program if bad. */
long bench_int(const char *name, const char *text, long least, long most);
/* 'threads', or the number of online processors for 0. */
unsigned bench_threads(unsigned threads);
/* A 64-bit random number (SplitMix64); '*state' may begin with any seed. */
uint64_t bench_random(uint64_t *state);
/* Uniform below 'end', at least 1. */
uint32_t bench_random_below(uint64_t *state, uint32_t end);

/* ---- Times ------------------------------------------------------------- */

/* Time passed, and processor time of all threads of the process. */
struct bench_time {
    double wall_s;
    double cpu_s;
};

struct bench_time bench_now(void);
/* What passed since 'start'. */
struct bench_time bench_since(struct bench_time start);
struct bench_time bench_sum(struct bench_time a, struct bench_time b);

/* The times of one thing that was done again and again. */
struct bench_series {
    char name[48];
    const char *unit;    /* of what is printed, "ns/suffix" or "ms" */
    double per_second;   /* units of time in a second, 1e9 or 1e3 */
    uint64_t operations; /* of one repetition */
    unsigned threads;
    unsigned count; /* repetitions so far */
    struct bench_time times[BENCH_REPEATS_MAX];
};

/* Fills an empty series for times of 'operations' in nanoseconds each. */
void bench_series_ns(struct bench_series *series, const char *name,
                     const char *unit, uint64_t operations, unsigned threads);
/* Like bench_series_ns(), but for whole times in milliseconds. */
void bench_series_ms(struct bench_series *series, const char *name,
                     unsigned threads);
void bench_series_add(struct bench_series *series, struct bench_time time);

/* ---- Memory ------------------------------------------------------------ */

typedef enum vn_status (*bench_work_fn)(void *context, struct vn_error *error);

/* The most at one time, in kilobytes. */
struct bench_memory {
    uint64_t whole_kb;  /* with the pages of mapped files */
    uint64_t beside_kb; /* without them: RssAnon, looked at every ms */
};

/* Runs 'work' in a process of its own, and fails as it does. */
VN_NODISCARD enum vn_status bench_memory_of(bench_work_fn work, void *context,
                                            struct bench_memory *memory,
                                            struct vn_error *error);

/* ---- Output ------------------------------------------------------------ */

/* Where results go: a table, or one JSON object a line. */
struct bench_report {
    const char *bench; /* "engine" */
    bool json;
    unsigned threads; /* greatest number in this run */
};

/* What was measured where: version, commit, compiler, processor. */
void bench_print_head(const struct bench_report *report);
/* Heads of the columns of bench_print_series(). */
void bench_print_columns(const struct bench_report *report);
void bench_print_series(const struct bench_report *report,
                        const struct bench_series *series);
/*
 * How many times longer an operation of 'slow' takes than one of 'fast': of
 * their shortest times, and the median over the repetitions, which were
 * interleaved.
 */
void bench_print_ratio(const struct bench_report *report, const char *name,
                       const struct bench_series *slow,
                       const struct bench_series *fast);
void bench_print_ratio_columns(const struct bench_report *report);
void bench_print_count(const struct bench_report *report, const char *name,
                       uint64_t value, const char *unit);
void bench_print_count_columns(const struct bench_report *report);

/* For lines of another shape: "{", the fields of every line, up to a comma. */
void bench_json_start(const struct bench_report *report, const char *result,
                      const char *kind);
/* The fields that say where it was measured, "}" and a line feed. */
void bench_json_end(const struct bench_report *report);
/* A JSON string. */
void bench_json_text(const char *text);

#endif
