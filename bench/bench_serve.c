/* bench_serve.c: 'vanity serve' beside nginx with a fixed reply, under wrk. */
#include "bench.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * serve_peer.py runs the servers and wrk, and prints a line for each run. The
 * first round is a warm-up, which does not count: the index comes into memory.
 * In every round each server is new, and every other round is in reverse order.
 */

#define LINE_SIZE 256
#define COMMAND_SIZE (2 * PATH_MAX + 256)

enum { KEY_SECONDS = 0x200, KEY_CONNECTIONS, KEY_PROGRAM };

/* A server under load: time for each request, and the slowest of a hundred. */
struct rival {
    struct bench_series each, slowest;
};

struct serve_bench {
    struct bench_runs runs;
    const char *path;
    const char *program; /* NULL: 'vanity' beside this one */
    unsigned seconds;
    unsigned connections;
    struct rival serve, nginx;
    struct bench_series map;
    unsigned lines; /* of the peer so far */
    struct vn_error error;
};

/* ---- The peer ----------------------------------------------------------- */

static void start_rival(struct rival *rival, const char *name, unsigned threads)
{
    char text[sizeof(rival->slowest.name)];

    bench_series_ns(&rival->each, name, "ns/request", 1, threads);
    snprintf(text, sizeof(text), "%.40s, p99", name);
    bench_series_ms(&rival->slowest, text, threads);
}

static void add_time(struct bench_series *series, double seconds)
{
    bench_series_add(series, (struct bench_time){seconds, seconds});
}

/* Takes "NAME REQUESTS US P50 P99"; false if it is another line. */
static bool take_rival(struct rival *rival, const char *name, const char *line)
{
    char found[16];
    double requests = 0;
    double us = 0;
    double p50_us = 0;
    double p99_us = 0;

    if (sscanf(line, "%15s %lf %lf %lf %lf", found, &requests, &us, &p50_us,
               &p99_us) != 5 ||
        strcmp(found, name) != 0 || requests < 1) {
        return false;
    }
    add_time(&rival->each, us / requests / 1e6);
    add_time(&rival->slowest, p99_us / 1e6);
    return true;
}

static void forget_warm_up(struct serve_bench *bench)
{
    struct bench_series *const all[] = {
        &bench->serve.each, &bench->serve.slowest, &bench->nginx.each,
        &bench->nginx.slowest, &bench->map};

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        all[i]->count = 0;
    }
}

static enum vn_status take_line(struct serve_bench *bench, const char *line)
{
    double us = 0;

    if (sscanf(line, "map %lf", &us) == 1) {
        add_time(&bench->map, us / 1e6);
        if (bench->lines++ == 0) {
            forget_warm_up(bench);
        }
        return VN_OK;
    }
    return take_rival(&bench->serve, "serve", line) ||
                   take_rival(&bench->nginx, "nginx", line)
               ? VN_OK
               : vn_error_set(&bench->error, VN_IO, "the peer says '%s'", line);
}

/* The program 'vanity' in the folder of this one. */
static enum vn_status find_program(struct serve_bench *bench,
                                   char path[PATH_MAX])
{
    static const char name[] = "vanity";
    const ssize_t size = readlink("/proc/self/exe", path, PATH_MAX);

    if (size < 0 || size >= PATH_MAX) {
        return vn_error_system(&bench->error, errno, "cannot find 'vanity'");
    }
    path[size] = '\0';
    char *const slash = strrchr(path, '/');
    const size_t room = PATH_MAX - (size_t)(slash + 1 - path);

    if (snprintf(slash + 1, room, "%s", name) >= (int)room) {
        return vn_error_set(&bench->error, VN_IO, "cannot find 'vanity'");
    }
    return VN_OK;
}

static enum vn_status run_peer(struct serve_bench *bench, const char *program)
{
    char command[COMMAND_SIZE];
    char line[LINE_SIZE];
    enum vn_status status = VN_OK;

    snprintf(command, sizeof(command),
             "exec /usr/bin/python3 '%s' '%s' '%s' %u %u %u",
             VN_BENCH_SERVE_PEER, program, bench->path, bench->runs.repeats,
             bench->seconds, bench->connections);
    FILE *output = popen(command, "r");

    if (output == NULL) {
        return vn_error_system(&bench->error, errno, "cannot run the peer");
    }
    while (status == VN_OK && fgets(line, (int)sizeof(line), output) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        status = take_line(bench, line);
    }
    if (pclose(output) != 0 && status == VN_OK) {
        status = vn_error_set(&bench->error, VN_IO, "the peer failed");
    }
    return status == VN_OK && bench->map.count != bench->runs.repeats
               ? vn_error_set(&bench->error, VN_IO, "the peer ended early")
               : status;
}

/* ---- Results ------------------------------------------------------------ */

static void print(const struct serve_bench *bench)
{
    const struct bench_report report = {.bench = "serve",
                                        .json = bench->runs.json,
                                        .threads = bench_threads(0)};

    bench_print_head(&report);
    bench_print_columns(&report);
    bench_print_series(&report, &bench->serve.each);
    bench_print_series(&report, &bench->nginx.each);
    bench_print_series(&report, &bench->serve.slowest);
    bench_print_series(&report, &bench->nginx.slowest);
    bench_print_series(&report, &bench->map);
    bench_print_ratio_columns(&report);
    // Of times, so nginx first: requests a second, vanity serve to nginx.
    bench_print_ratio(&report, "requests/s: vanity serve to nginx",
                      &bench->nginx.each, &bench->serve.each);
}

/* ---- Options ------------------------------------------------------------ */

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct serve_bench *bench = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &bench->runs;
        return 0;
    case KEY_SECONDS:
        bench->seconds = (unsigned)bench_int("--seconds", arg, 1, 3600);
        return 0;
    case KEY_CONNECTIONS:
        bench->connections = (unsigned)bench_int("--connections", arg, 1, 1000);
        return 0;
    case KEY_PROGRAM:
        bench->program = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (bench->path != NULL) {
            bench_refuse("takes one index");
        }
        bench->path = arg;
        return 0;
    case ARGP_KEY_END:
        if (bench->path == NULL) {
            bench_refuse("name the index");
        }
        if (access(bench->path, R_OK) != 0) {
            bench_refuse("cannot read '%s': %s", bench->path, strerror(errno));
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "seconds",
     .key = KEY_SECONDS,
     .arg = "N",
     .doc = "Length of each run (default: 5)"},
    {.name = "connections",
     .key = KEY_CONNECTIONS,
     .arg = "N",
     .doc = "Connections of wrk (default: 64)"},
    {.name = "program",
     .key = KEY_PROGRAM,
     .arg = "VANITY",
     .doc = "The program to measure (default: vanity beside this one)"},
    {0},
};

static const struct argp_child children[] = {{.argp = &bench_runs_argp}, {0}};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "INDEX",
    .doc =
        "Time look-ups of 'vanity serve' over HTTP beside nginx with a fixed "
        "reply of the same size, both under wrk, and the map of the index."
        "\vExamples:\n"
        "  vanity-bench serve vanity.mdb\n"
        "  vanity-bench serve vanity.mdb --repeat 10 --connections 256\n",
    .children = children,
};

int bench_serve(int argc, char **argv)
{
    struct serve_bench *bench = calloc(1, sizeof(*bench));
    char program[PATH_MAX];
    enum vn_status status = VN_OK;

    if (bench == NULL) {
        return bench_error(VN_NOMEM, NULL);
    }
    bench->runs.repeats = 5;
    bench->seconds = 5;
    bench->connections = 64;
    argp_parse(&parser, argc, argv, 0, NULL, bench);
    start_rival(&bench->serve, "vanity serve", bench_threads(0));
    start_rival(&bench->nginx, "nginx, fixed reply", bench_threads(0));
    bench_series_ms(&bench->map, "map of the index", bench_threads(0));
    if (bench->program == NULL) {
        status = find_program(bench, program);
        bench->program = program;
    }
    if (status == VN_OK) {
        status = run_peer(bench, bench->program);
    }
    if (status == VN_OK) {
        print(bench);
    }
    const int code =
        status == VN_OK ? BENCH_DONE : bench_error(status, &bench->error);

    free(bench);
    return code;
}
