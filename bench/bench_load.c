/* bench_load.c: the loader beside boto3 and wrk, on three servers. */
#include "bench_rival.h"

#include "index/index.h"
#include "loader/loader.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Servers and rivals are in load_peer.py. On the canned server, nginx that
 * answers at once, the processor time of an item is compared: there the client
 * is all that costs. On the emulators, time passed: there the server is.
 *
 * The first round is a warm-up, which does not count: DynamoDB Local compiles
 * itself while it runs. Every other round is held in reverse order. Each rival
 * gets a new table; wrk sends the items of the loader, in its order, for as
 * many seconds as the loader took last.
 */

#define TABLE "bench"
/* Above what the servers here take: the loader is not to wait. */
#define WRITE_UNITS 1000000u
/* The most that DynamoDB Local lets a table have; it takes a quarter of it. */
#define TABLE_UNITS 40000u
#define COMMAND_SIZE 1024
#define PATH_SIZE 256

enum { KEY_SERVER = 0x200, KEY_PREFIX, KEY_IN_FLIGHT, KEY_PEER_ITEMS };

struct load_bench {
    struct bench_runs runs;
    const char *path;
    const char *server; /* NULL: all three */
    const char *prefix;
    unsigned in_flight;
    unsigned peer_items;
    double load_s;          /* the last load of the prefix took so long */
    char folder[PATH_SIZE]; /* temporary */
    char items[PATH_SIZE + 64];
    struct vn_index *index;
    struct vn_load_source source;
    struct vn_error error;
};

/* A running server. */
struct server {
    pid_t pid;
    FILE *input; /* closed to end it */
    char url[128];
};

/* ---- Servers ---------------------------------------------------------- */

_Noreturn static void become_server(const char *name, int input, int output)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(input, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    execl("/usr/bin/python3", "python3", VN_BENCH_PEER, "serve", name,
          (char *)NULL);
    _exit(BENCH_FAILED);
}

static enum vn_status start_server(const char *name, struct server *server,
                                   struct vn_error *error)
{
    int to_child[2];
    int from_child[2];

    if (pipe(to_child) != 0 || pipe(from_child) != 0) {
        return vn_error_system(error, errno, "cannot make a pipe");
    }
    server->pid = fork();
    if (server->pid == 0) {
        close(to_child[1]);
        become_server(name, to_child[0], from_child[1]);
    }
    close(to_child[0]);
    close(from_child[1]);
    server->input = fdopen(to_child[1], "w");
    FILE *answer = fdopen(from_child[0], "r");
    const bool started =
        server->pid > 0 && answer != NULL &&
        fgets(server->url, (int)sizeof(server->url), answer) != NULL;

    if (answer != NULL) {
        fclose(answer);
    }
    if (!started) {
        return vn_error_set(error, VN_IO, "the server '%s' does not start",
                            name);
    }
    server->url[strcspn(server->url, "\n")] = '\0';
    return VN_OK;
}

static void stop_server(struct server *server)
{
    if (server->input != NULL) {
        fclose(server->input);
    }
    if (server->pid > 0) {
        waitpid(server->pid, NULL, 0);
    }
}

/* ---- Rivals ----------------------------------------------------------- */

static void forget_times(struct bench_rival *rival)
{
    rival->wall.count = 0;
    rival->cpu.count = 0;
}

/* Runs load_peer.py, which prints items, seconds, processor seconds. */
static enum vn_status run_peer(struct load_bench *bench, const char *what,
                               const char *url, const unsigned numbers[2],
                               struct bench_rival *rival)
{
    char command[COMMAND_SIZE];

    snprintf(command, sizeof(command),
             "exec /usr/bin/python3 '%s' %s %s %s '%s' %u %u", VN_BENCH_PEER,
             what, url, TABLE, bench->items, numbers[0], numbers[1]);
    FILE *output = popen(command, "r");

    if (output == NULL) {
        return vn_error_system(&bench->error, errno, "cannot run %s", what);
    }
    return bench_rival_read(rival, output)
               ? VN_OK
               : vn_error_set(&bench->error, VN_IO, "%s failed", what);
}

/* ---- The loader ------------------------------------------------------- */

static const char *environment(const char *name)
{
    static const char *const values[][2] = {
        {"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"},
        {"AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"},
        {"AWS_REGION", "us-east-1"},
    };

    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        if (strcmp(values[i][0], name) == 0) {
            return values[i][1];
        }
    }
    return NULL;
}

static enum vn_status new_table(struct vn_aws *aws, struct vn_error *error)
{
    static const struct vn_table_create create = {.write_units = TABLE_UNITS,
                                                  .read_units = 10};
    const enum vn_status status = vn_table_drop(aws, TABLE, error);

    if (status != VN_OK && status != VN_NOT_FOUND) {
        return status;
    }
    return vn_table_create(aws, TABLE, &create, error);
}

static enum vn_status load_source(struct load_bench *bench, struct vn_aws *aws,
                                  struct vn_load_counts *counts,
                                  struct vn_error *error)
{
    char checkpoint[PATH_SIZE + 64];

    snprintf(checkpoint, sizeof(checkpoint), "%s/load", bench->folder);
    const struct vn_load_options options = {.table = TABLE,
                                            .max_wcu = WRITE_UNITS,
                                            .in_flight = bench->in_flight,
                                            .checkpoint_path = checkpoint,
                                            .restart = true};
    const enum vn_status status =
        vn_load(aws, &bench->source, &options, counts, error);

    if (status == VN_OK &&
        (counts->dead != 0 || counts->acknowledged != counts->total)) {
        return vn_error_set(error, VN_CORRUPT,
                            "not all items were acknowledged");
    }
    return status;
}

static enum vn_status load_once(struct load_bench *bench, struct vn_aws *aws,
                                struct bench_rival *rival)
{
    struct vn_load_counts counts;
    const struct bench_time start = bench_now();
    const enum vn_status status =
        load_source(bench, aws, &counts, &bench->error);
    const struct bench_time time = bench_since(start);

    if (status != VN_OK) {
        return status;
    }
    bench->load_s = time.wall_s;
    bench_rival_add(rival, counts.acknowledged, time);
    return VN_OK;
}

/* ---- Rounds ----------------------------------------------------------- */

/* Which rivals run on a server, and what is compared there. */
struct contest {
    const char *server;
    unsigned boto3_threads;
    bool wrk;
    bool by_cpu;
    bool has_tables;
};

static const struct contest contests[] = {
    {.server = "canned", .boto3_threads = 1, .by_cpu = true},
    {.server = "local", .boto3_threads = 4, .wrk = true, .has_tables = true},
    {.server = "dynalite", .boto3_threads = 4, .has_tables = true},
};

enum { VANITY, BOTO3, WRK, RIVALS };

struct rivals {
    const struct contest *contest;
    const char *url; /* of the server */
    struct vn_aws *aws;
    struct bench_rival all[RIVALS];
};

static enum vn_status run_rival(struct load_bench *bench, struct rivals *rivals,
                                unsigned which)
{
    const unsigned boto3[] = {bench->peer_items,
                              rivals->contest->boto3_threads};
    const unsigned wrk[] = {(unsigned)(bench->load_s + 1), bench->in_flight};
    struct bench_rival *rival = &rivals->all[which];

    if (which == WRK && !rivals->contest->wrk) {
        return VN_OK;
    }
    if (rivals->contest->has_tables) {
        const enum vn_status status = new_table(rivals->aws, &bench->error);
        if (status != VN_OK) {
            return status;
        }
    }
    switch (which) {
    case BOTO3:
        return run_peer(bench, "boto3", rivals->url, boto3, rival);
    case WRK:
        return run_peer(bench, "wrk", rivals->url, wrk, rival);
    default:
        return load_once(bench, rivals->aws, rival);
    }
}

static enum vn_status run_round(struct load_bench *bench, struct rivals *rivals,
                                bool reverse)
{
    enum vn_status status = VN_OK;

    for (unsigned i = 0; status == VN_OK && i < RIVALS; i++) {
        status = run_rival(bench, rivals, reverse ? RIVALS - 1 - i : i);
    }
    return status;
}

static enum vn_status run_rounds(struct load_bench *bench,
                                 struct rivals *rivals)
{
    enum vn_status status = run_round(bench, rivals, false);

    for (unsigned i = 0; i < RIVALS; i++) {
        forget_times(&rivals->all[i]);
    }
    for (unsigned i = 0; status == VN_OK && i < bench->runs.repeats; i++) {
        status = run_round(bench, rivals, i % 2 == 0);
    }
    return status;
}

static void print_ratio(const struct bench_report *report,
                        const struct rivals *rivals, unsigned slow)
{
    static const char *const texts[] = {[BOTO3] = "boto3", [WRK] = "wrk"};
    const struct bench_rival *rival = &rivals->all[slow];
    const struct bench_rival *vanity = &rivals->all[VANITY];
    const bool by_cpu = rivals->contest->by_cpu;
    char name[96];

    snprintf(name, sizeof(name), "%s: %s / vanity%s", rivals->contest->server,
             texts[slow], by_cpu ? ", CPU" : "");
    bench_print_ratio(report, name, by_cpu ? &rival->cpu : &rival->wall,
                      by_cpu ? &vanity->cpu : &vanity->wall);
}

static void print_contest(const struct bench_report *report,
                          const struct rivals *rivals)
{
    const bool wrk = rivals->contest->wrk;

    bench_print_columns(report);
    bench_print_series(report, &rivals->all[VANITY].wall);
    bench_print_series(report, &rivals->all[BOTO3].wall);
    if (wrk) {
        bench_print_series(report, &rivals->all[WRK].wall);
    }
    bench_print_ratio_columns(report);
    print_ratio(report, rivals, BOTO3);
    if (wrk) {
        print_ratio(report, rivals, WRK);
    }
}

static void start_rivals(struct rivals *rivals)
{
    const struct contest *contest = rivals->contest;
    char name[48];

    snprintf(name, sizeof(name), "%s: vanity", contest->server);
    bench_rival_start(&rivals->all[VANITY], name, 1);
    snprintf(name, sizeof(name), "%s: boto3", contest->server);
    bench_rival_start(&rivals->all[BOTO3], name, contest->boto3_threads);
    snprintf(name, sizeof(name), "%s: wrk", contest->server);
    bench_rival_start(&rivals->all[WRK], name, 1);
}

/* ---- Memory ----------------------------------------------------------- */

struct memory_work {
    struct load_bench *bench;
    const char *url;
    struct vn_prefix prefix;
};

/* In a process of its own, with index and connections of its own. */
static enum vn_status load_alone(void *context, struct vn_error *error)
{
    const struct memory_work *work = context;
    struct load_bench *bench = work->bench;
    const struct vn_aws_options options = {.endpoint_url = work->url,
                                           .environment = environment};
    struct vn_load_counts counts;
    struct vn_aws *aws = NULL;

    bench->source.index = NULL;
    bench->source.prefix = work->prefix;
    enum vn_status status =
        vn_index_open(bench->path, &bench->source.index, error);
    if (status == VN_OK) {
        status = vn_aws_open(&options, &aws, error);
    }
    if (status == VN_OK) {
        status = load_source(bench, aws, &counts, error);
    }
    vn_aws_close(aws);
    vn_index_close(bench->source.index);
    return status;
}

/* Of a load of the prefix and of one of all: it must not depend on that. */
static enum vn_status print_memory(struct load_bench *bench, const char *url,
                                   const struct bench_report *report)
{
    struct memory_work works[] = {
        {bench, url, bench->source.prefix},
        {.bench = bench, .url = url},
    };
    static const char *const names[] = {"memory beside the file, prefix",
                                        "memory beside the file, all"};
    struct bench_memory memory;
    enum vn_status status = VN_OK;

    bench_print_count_columns(report);
    for (size_t i = 0; status == VN_OK && i < 2; i++) {
        status = bench_memory_of(load_alone, &works[i], &memory, &bench->error);
        if (status == VN_OK) {
            bench_print_count(report, names[i], memory.beside_kb, "kB");
        }
    }
    return status;
}

/* ---- Contests --------------------------------------------------------- */

static enum vn_status hold_contest(struct load_bench *bench,
                                   const struct contest *contest,
                                   const struct bench_report *report)
{
    struct server server = {.pid = 0};
    struct rivals *rivals = calloc(1, sizeof(*rivals));

    if (rivals == NULL) {
        return vn_error_set(&bench->error, VN_NOMEM, "out of memory");
    }
    rivals->contest = contest;
    rivals->url = server.url;
    start_rivals(rivals);
    enum vn_status status =
        start_server(contest->server, &server, &bench->error);
    const struct vn_aws_options options = {.endpoint_url = server.url,
                                           .environment = environment};

    if (status == VN_OK && !contest->has_tables) {
        status = print_memory(bench, server.url, report);
    }
    if (status == VN_OK) {
        status = vn_aws_open(&options, &rivals->aws, &bench->error);
    }
    if (status == VN_OK) {
        status = run_rounds(bench, rivals);
    }
    if (status == VN_OK) {
        print_contest(report, rivals);
    }
    vn_aws_close(rivals->aws);
    stop_server(&server);
    free(rivals);
    return status;
}

/* ---- Items for the rivals --------------------------------------------- */

static enum vn_status write_items(struct load_bench *bench)
{
    const struct vn_export_options options = {.directory = bench->folder,
                                              .compression = VN_COMPRESS_NONE,
                                              .items_per_object = 4000000};
    struct vn_export_counts counts;

    snprintf(bench->items, sizeof(bench->items), "%s/data/part-00000.json",
             bench->folder);
    return vn_export(&bench->source, &options, &counts, &bench->error);
}

static enum vn_status run_all(struct load_bench *bench)
{
    const struct bench_report report = {
        .bench = "load", .json = bench->runs.json, .threads = 1};
    enum vn_status status = write_items(bench);

    bench_print_head(&report);
    for (size_t i = 0;
         status == VN_OK && i < sizeof(contests) / sizeof(contests[0]); i++) {
        if (bench->server == NULL ||
            strcmp(bench->server, contests[i].server) == 0) {
            status = hold_contest(bench, &contests[i], &report);
        }
    }
    return status;
}

/* ---- Options ---------------------------------------------------------- */

static void check_server(const char *name)
{
    for (size_t i = 0; i < sizeof(contests) / sizeof(contests[0]); i++) {
        if (strcmp(contests[i].server, name) == 0) {
            return;
        }
    }
    bench_refuse("--server takes canned, local or dynalite, not '%s'", name);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct load_bench *bench = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &bench->runs;
        state->child_inputs[1] = &bench->path;
        return 0;
    case KEY_SERVER:
        check_server(arg);
        bench->server = arg;
        return 0;
    case KEY_PREFIX:
        bench->prefix = arg;
        return 0;
    case KEY_IN_FLIGHT:
        bench->in_flight = (unsigned)bench_int("--in-flight", arg, 1, 256);
        return 0;
    case KEY_PEER_ITEMS:
        bench->peer_items =
            (unsigned)bench_int("--peer-items", arg, 100, 10000000);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "server",
     .key = KEY_SERVER,
     .arg = "NAME",
     .doc = "Only this one of canned, local and dynalite"},
    {.name = "prefix",
     .key = KEY_PREFIX,
     .arg = "DIGITS",
     .doc = "Load the suffixes of this prefix (default: 35)"},
    {.name = "in-flight",
     .key = KEY_IN_FLIGHT,
     .arg = "N",
     .doc = "Requests at once, 1 to 256 (default: 16)"},
    {.name = "peer-items",
     .key = KEY_PEER_ITEMS,
     .arg = "N",
     .doc = "Items that boto3 sends (default: 20000)"},
    {0},
};

static const struct argp_child children[] = {
    {.argp = &bench_runs_argp}, {.argp = &bench_path_argp}, {0}};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .doc = "Time the loader beside boto3's batch_writer and wrk: processor "
           "time on a server of canned answers (nginx), time passed on "
           "DynamoDB Local and dynalite (tools/packages installs them), in "
           "5 rounds after a warm-up, and the memory of the loader."
           "\vExamples:\n"
           "  vanity-bench load vanity.mdb\n"
           "  vanity-bench load vanity.mdb --server canned --prefix 3\n",
    .children = children,
};

int bench_load(int argc, char **argv)
{
    struct load_bench bench = {.runs = {.repeats = 5},
                               .prefix = "35",
                               .in_flight = 16,
                               .peer_items = 20000,
                               .folder = "/tmp/vanity-bench-XXXXXX"};

    argp_parse(&parser, argc, argv, 0, NULL, &bench);
    signal(SIGPIPE, SIG_IGN);
    if (mkdtemp(bench.folder) == NULL) {
        (void)vn_error_system(&bench.error, errno, "cannot make a folder");
        return bench_error(VN_IO, &bench.error);
    }
    enum vn_status status =
        vn_prefix_parse(bench.prefix, &bench.source.prefix, &bench.error);

    if (status == VN_OK) {
        status = vn_index_open(bench.path, &bench.index, &bench.error);
    }
    bench.source.index = bench.index;
    bench.source.index_path = bench.path;
    if (status == VN_OK) {
        status = run_all(&bench);
    }
    vn_index_close(bench.index);
    bench_remove_tree(bench.folder);
    return status == VN_OK ? BENCH_DONE : bench_error(status, &bench.error);
}
