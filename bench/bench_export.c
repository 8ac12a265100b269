/* bench_export.c: exports of an index beside a plain one in Python. */
#include "bench_rival.h"

#include "index/index.h"
#include "loader/loader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * In outline:
 *  1. an export without compression as warm-up, whose first object has the
 *     items that the Python program writes: that one compares its lines;
 *  2. rounds: an export of each kind, and the Python program, in turn.
 * Processor time is what counts: an item costs a thread as much as it costs.
 */

#define COMMAND_SIZE 4096
#define PATH_SIZE 512

enum { KEY_DIR = 0x200, KEY_PEER_ITEMS };

/* What is timed. The threads of the last are those of --threads. */
static const struct kind {
    const char *name;
    enum vn_compression compression;
    bool parallel;
} kinds[] = {
    {"zstd -1", VN_COMPRESS_ZSTD, false},
    {"zstd -1, all threads", VN_COMPRESS_ZSTD, true},
    {"gzip -1", VN_COMPRESS_GZIP, false},
    {"not compressed", VN_COMPRESS_NONE, false},
};
#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))
#define PEER KIND_COUNT

struct export_bench {
    struct bench_runs runs;
    const char *path;
    const char *dir;
    unsigned peer_items;
    char folder[PATH_SIZE];
    struct vn_load_source source;
    struct vn_export_counts counts; /* of the last export */
    struct bench_rival rivals[KIND_COUNT + 1];
    struct vn_error error;
};

/* ---- Rivals ------------------------------------------------------------- */

static enum vn_status export_to(struct export_bench *bench, const char *name,
                                const struct vn_export_options *given)
{
    struct vn_export_options options = *given;
    char folder[PATH_SIZE + 16];

    snprintf(folder, sizeof(folder), "%s/%s", bench->folder, name);
    options.directory = folder;
    return vn_export(&bench->source, &options, &bench->counts, &bench->error);
}

static enum vn_status run_kind(struct export_bench *bench, size_t kind)
{
    const struct vn_export_options options = {
        .compression = kinds[kind].compression,
        .threads = kinds[kind].parallel ? bench->runs.threads : 1};
    char folder[PATH_SIZE + 16];
    const struct bench_time start = bench_now();
    const enum vn_status status = export_to(bench, "kind", &options);
    const struct bench_time time = bench_since(start);

    if (status != VN_OK) {
        return status;
    }
    bench_rival_add(&bench->rivals[kind], bench->counts.items, time);
    snprintf(folder, sizeof(folder), "%s/kind", bench->folder);
    bench_remove_tree(folder);
    return VN_OK;
}

static enum vn_status run_peer(struct export_bench *bench)
{
    char command[COMMAND_SIZE];

    snprintf(command, sizeof(command),
             "exec /usr/bin/python3 '%s' '%s' '%s/peer.gz' %u "
             "'%s/plain/data/part-00000.json'",
             VN_BENCH_EXPORTER, bench->path, bench->folder, bench->peer_items,
             bench->folder);
    FILE *output = popen(command, "r");

    if (output == NULL) {
        return vn_error_system(&bench->error, errno, "cannot run python3");
    }
    return bench_rival_read(&bench->rivals[PEER], output)
               ? VN_OK
               : vn_error_set(&bench->error, VN_CORRUPT,
                              "the exporter in Python failed");
}

/* ---- Rounds ------------------------------------------------------------- */

static enum vn_status run_round(struct export_bench *bench)
{
    enum vn_status status = VN_OK;

    for (size_t i = 0; status == VN_OK && i < KIND_COUNT; i++) {
        status = run_kind(bench, i);
    }
    return status == VN_OK ? run_peer(bench) : status;
}

static enum vn_status warm_up(struct export_bench *bench)
{
    const struct vn_export_options options = {
        .compression = VN_COMPRESS_NONE, .items_per_object = bench->peer_items};
    const enum vn_status status = export_to(bench, "plain", &options);

    for (size_t i = 0; status == VN_OK && i < KIND_COUNT; i++) {
        bench_rival_start(&bench->rivals[i], kinds[i].name,
                          kinds[i].parallel ? bench->runs.threads : 1);
    }
    bench_rival_start(&bench->rivals[PEER], "Python, json and gzip -1", 1);
    return status;
}

static void print_all(const struct export_bench *bench)
{
    const struct bench_report report = {.bench = "export",
                                        .json = bench->runs.json,
                                        .threads = bench->runs.threads};

    bench_print_head(&report);
    bench_print_columns(&report);
    for (size_t i = 0; i <= PEER; i++) {
        bench_print_series(&report, &bench->rivals[i].wall);
    }
    for (size_t i = 0; i <= PEER; i++) {
        bench_print_series(&report, &bench->rivals[i].cpu);
    }
    bench_print_ratio_columns(&report);
    bench_print_ratio(&report, "Python / zstd -1, CPU",
                      &bench->rivals[PEER].cpu, &bench->rivals[0].cpu);
    bench_print_ratio(&report, "Python / gzip -1, CPU",
                      &bench->rivals[PEER].cpu, &bench->rivals[2].cpu);
    bench_print_ratio(&report, "one thread / all threads",
                      &bench->rivals[0].wall, &bench->rivals[1].wall);
    bench_print_count_columns(&report);
    bench_print_count(&report, "items", bench->counts.items, "items");
    bench_print_count(&report, "bytes, not compressed", bench->counts.raw_bytes,
                      "bytes");
}

static enum vn_status run_all(struct export_bench *bench)
{
    enum vn_status status = warm_up(bench);

    for (unsigned i = 0; status == VN_OK && i < bench->runs.repeats; i++) {
        status = run_round(bench);
    }
    if (status == VN_OK) {
        print_all(bench);
    }
    return status;
}

/* ---- Options ------------------------------------------------------------ */

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct export_bench *bench = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &bench->runs;
        state->child_inputs[1] = &bench->path;
        return 0;
    case KEY_DIR:
        bench->dir = arg;
        return 0;
    case KEY_PEER_ITEMS:
        bench->peer_items =
            (unsigned)bench_int("--peer-items", arg, 1, 4000000);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "dir",
     .key = KEY_DIR,
     .arg = "DIR",
     .doc = "Folder for the files that are written and removed, 4.5 GB for "
            "all suffixes (default: the working directory)"},
    {.name = "peer-items",
     .key = KEY_PEER_ITEMS,
     .arg = "N",
     .doc = "Items that the Python program exports (default: 100000)"},
    {0},
};

static const struct argp_child children[] = {
    {.argp = &bench_runs_argp}, {.argp = &bench_path_argp}, {0}};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .doc = "Time exports of an index as DynamoDB JSON: by zstd, gzip and not "
           "compressed, beside a plain program in Python (json and gzip) that "
           "must write the same lines, in 3 rounds.\v"
           "Examples:\n"
           "  vanity-bench export vanity.mdb\n"
           "  vanity-bench export vanity.mdb --dir /mnt/disk --json",
    .children = children,
};

static enum vn_status run_in_folder(struct export_bench *bench)
{
    if (snprintf(bench->folder, sizeof(bench->folder), "%s/vanity-bench-XXXXXX",
                 bench->dir) >= (int)sizeof(bench->folder)) {
        return vn_error_set(&bench->error, VN_INVALID,
                            "the path of --dir is too long");
    }
    if (mkdtemp(bench->folder) == NULL) {
        return vn_error_system(&bench->error, errno,
                               "cannot make a folder in '%s'", bench->dir);
    }
    const enum vn_status status = run_all(bench);

    bench_remove_tree(bench->folder);
    return status;
}

int bench_export(int argc, char **argv)
{
    struct export_bench *bench = calloc(1, sizeof(*bench));

    if (bench == NULL) {
        return bench_error(VN_NOMEM, &(struct vn_error){.status = VN_NOMEM});
    }
    bench->runs.repeats = 3;
    bench->dir = ".";
    bench->peer_items = 100000;
    argp_parse(&parser, argc, argv, 0, NULL, bench);
    bench->runs.threads = bench_threads(bench->runs.threads);
    enum vn_status status =
        vn_index_open(bench->path, &bench->source.index, &bench->error);

    bench->source.index_path = bench->path;
    if (status == VN_OK) {
        status = run_in_folder(bench);
    }
    const int code =
        status == VN_OK ? BENCH_DONE : bench_error(status, &bench->error);

    vn_index_close(bench->source.index);
    free(bench);
    return code;
}
