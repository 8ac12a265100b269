/* bench_index.c: a whole build beside raw LMDB and raw writes. */
#include "bench.h"
#include "bench_raw.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "index/index.h"

/*
 * In outline:
 *  1. a child builds the index, and its memory is watched: it has nothing but
 *     what a build needs. Its index is the source of the raw writes, and its
 *     build is the warm-up;
 *  2. a raw append as warm-up, whose blocks are compared with the index's;
 *  3. rounds: build, raw append and raw write in turn, each to a new file.
 *     Every build must give the index of the child again.
 */

/* "/vanity-bench-XXXXXX", "/index.mdb.building" */
#define FOLDER_MAX 3000
#define NAME_ROOM 64

enum { KEY_DIR = 0x200, KEY_PREFIX };

/* The files of a run, for the signal handler too. */
static struct {
    char folder[FOLDER_MAX + NAME_ROOM];
    char source[FOLDER_MAX + 2 * NAME_ROOM];
    char target[FOLDER_MAX + 2 * NAME_ROOM];
    char building[FOLDER_MAX + 2 * NAME_ROOM];
    char source_building[FOLDER_MAX + 2 * NAME_ROOM];
    char raw[FOLDER_MAX + 2 * NAME_ROOM];
} files;

enum part {
    PART_ALL,
    PART_LEXICON,
    PART_TABLES,
    PART_RUN,
    PART_APPEND,
    PART_PUBLISH,
    PART_RAW_LMDB,
    PART_RAW_WRITE,
    PART_COUNT
};

static const char *const part_names[PART_COUNT] = {
    "build, all in",        "  lexicon",           "  tables",
    "  compute and append", "    append (within)", "  publish",
    "raw LMDB append",      "raw write and fsync",
};

struct index_bench {
    struct bench_runs runs;
    const char *dir;
    struct vn_lexicon_options lexicon;
    struct vn_prefix prefix;
    struct bench_memory memory;
    struct vn_index_info info; /* of the child's index */
    struct raw_source *source;
    struct bench_series parts[PART_COUNT];
    struct vn_error error;
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct index_bench *bench = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &bench->runs;
        state->child_inputs[1] = &bench->lexicon;
        return 0;
    case KEY_DIR:
        bench->dir = arg;
        return 0;
    case KEY_PREFIX:
        if (vn_prefix_parse(arg, &bench->prefix, &bench->error) != VN_OK) {
            bench_refuse("--prefix: %s", bench->error.message);
        }
        return 0;
    case ARGP_KEY_ARG:
        bench_refuse("takes no argument, but got '%s'; name the folder with "
                     "--dir",
                     arg);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "dir",
     .key = KEY_DIR,
     .arg = "DIR",
     .doc = "Folder for the files that are written and removed, 700 MB "
            "(default: the working directory)"},
    {.name = "prefix",
     .key = KEY_PREFIX,
     .arg = "DIGITS",
     .doc = "Only suffixes that begin with these digits"},
    {0},
};

static const struct argp_child children[] = {
    {.argp = &bench_runs_argp},
    {.argp = &bench_lexicon_argp},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .children = children,
    .doc = "Time the whole build of an index and its parts, and beside it a "
           "raw LMDB append and sync of the same blocks and a raw write and "
           "fsync of as many bytes, in 5 rounds.\v"
           "Examples:\n"
           "  vanity-bench index\n"
           "  vanity-bench index --dir /mnt/disk --prefix 35 --json",
};

/* ---- Files ------------------------------------------------------------- */

/* Only what a signal handler may call. */
static void remove_files(void)
{
    unlink(files.source);
    unlink(files.target);
    unlink(files.building);
    unlink(files.source_building);
    unlink(files.raw);
    rmdir(files.folder);
}

static void on_stop(int number)
{
    remove_files();
    _exit(128 + number);
}

static void name_file(char out[FOLDER_MAX + 2 * NAME_ROOM], const char *name)
{
    snprintf(out, FOLDER_MAX + 2 * NAME_ROOM, "%s/%s", files.folder, name);
}

static enum vn_status make_folder(struct index_bench *bench)
{
    if (strlen(bench->dir) > FOLDER_MAX) {
        return vn_error_set(&bench->error, VN_INVALID,
                            "the path of --dir is too long");
    }
    snprintf(files.folder, sizeof(files.folder), "%s/vanity-bench-XXXXXX",
             bench->dir);
    if (mkdtemp(files.folder) == NULL) {
        const int sys_errno = errno;

        (void)vn_error_system(&bench->error, sys_errno,
                              "cannot make a folder in '%s'", bench->dir);
        return sys_errno == ENOENT || sys_errno == ENOTDIR ? VN_INVALID : VN_IO;
    }
    name_file(files.source, "source.mdb");
    name_file(files.source_building, "source.mdb.building");
    name_file(files.target, "index.mdb");
    name_file(files.building, "index.mdb.building");
    name_file(files.raw, "raw");
    signal(SIGINT, on_stop);
    signal(SIGTERM, on_stop);
    return VN_OK;
}

/* ---- One build --------------------------------------------------------- */

/* A build, and the times of its parts. */
struct build {
    const struct index_bench *bench;
    struct vn_lexicon *lexicon;
    struct vn_engine *engine;
    struct vn_index_writer *writer;
    struct bench_time times[PART_COUNT];
};

static enum vn_status append(void *context, uint32_t first,
                             const struct vn_record *records, size_t count)
{
    struct build *build = context;
    const struct bench_time start = bench_now();
    const enum vn_status status =
        vn_index_append(build->writer, first, records, count);

    build->times[PART_APPEND] =
        bench_sum(build->times[PART_APPEND], bench_since(start));
    return status;
}

static enum vn_status run_engine(struct build *build, const char *path,
                                 struct vn_error *error)
{
    const struct vn_prefix prefix = build->bench->prefix;
    enum vn_status status =
        vn_index_create(path, build->lexicon, prefix, &build->writer, error);

    if (status == VN_OK) {
        status = vn_engine_run(build->engine, vn_prefix_first(prefix),
                               vn_prefix_count(prefix), append, build, error);
    }
    if (status != VN_OK && build->writer != NULL &&
        vn_index_writer_error(build->writer)->status != VN_OK) {
        *error = *vn_index_writer_error(build->writer);
    }
    return status;
}

static enum vn_status publish(struct build *build, struct vn_error *error)
{
    struct vn_index_writer *writer = build->writer;

    build->writer = NULL; // vn_index_publish() frees it
    return vn_index_publish(writer, error);
}

/* As 'vanity build' does it. */
static enum vn_status build_index(struct build *build, const char *path,
                                  struct vn_error *error)
{
    const struct vn_engine_options engine_options = {
        .threads = build->bench->runs.threads};
    const struct bench_time start = bench_now();
    struct bench_time part = start;
    enum vn_status status =
        vn_lexicon_open(&build->bench->lexicon, &build->lexicon, error);

    build->times[PART_LEXICON] = bench_since(part);
    part = bench_now();
    if (status == VN_OK) {
        status = vn_engine_new(build->lexicon, &engine_options, &build->engine,
                               error);
    }
    build->times[PART_TABLES] = bench_since(part);
    part = bench_now();
    if (status == VN_OK) {
        status = run_engine(build, path, error);
    }
    build->times[PART_RUN] = bench_since(part);
    part = bench_now();
    if (status == VN_OK) {
        status = publish(build, error);
    }
    build->times[PART_PUBLISH] = bench_since(part);
    build->times[PART_ALL] = bench_since(start);
    return status;
}

static void free_build(struct build *build)
{
    vn_index_discard(build->writer);
    vn_engine_free(build->engine);
    vn_lexicon_free(build->lexicon);
}

/* ---- 1. The child ------------------------------------------------------ */

static enum vn_status build_once(void *context, struct vn_error *error)
{
    struct build build = {.bench = context};
    const enum vn_status status = build_index(&build, files.source, error);

    free_build(&build);
    return status;
}

static enum vn_status measure_memory(struct index_bench *bench)
{
    return bench_memory_of(build_once, bench, &bench->memory, &bench->error);
}

/* ---- 2. and 3. --------------------------------------------------------- */

static enum vn_status read_info(struct index_bench *bench, const char *path,
                                struct vn_index_info *info)
{
    struct vn_index *index = NULL;
    const enum vn_status status = vn_index_open(path, &index, &bench->error);

    if (status == VN_OK) {
        *info = *vn_index_info(index);
    }
    vn_index_close(index);
    return status;
}

static enum vn_status prepare(struct index_bench *bench)
{
    struct bench_time time;
    enum vn_status status = measure_memory(bench);

    for (int i = 0; i < PART_COUNT; i++) {
        const bool alone = i != PART_ALL && i != PART_RUN;

        bench_series_ms(&bench->parts[i], part_names[i],
                        alone ? 1 : bench->runs.threads);
    }
    if (status == VN_OK) {
        status = read_info(bench, files.source, &bench->info);
    }
    if (status == VN_OK) {
        status = raw_source_open(files.source, &bench->source, &bench->error);
    }
    if (status == VN_OK) {
        status = raw_lmdb(bench->source, files.raw, &time, &bench->error);
    }
    if (status == VN_OK) {
        status = raw_compare(bench->source, files.raw, &bench->error);
    }
    unlink(files.raw);
    return status;
}

static enum vn_status check_built(struct index_bench *bench)
{
    struct vn_index_info info;
    const enum vn_status status = read_info(bench, files.target, &info);

    if (status == VN_OK && (info.records_hash != bench->info.records_hash ||
                            info.size_bytes != bench->info.size_bytes)) {
        return vn_error_set(&bench->error, VN_CORRUPT,
                            "two builds gave different indexes");
    }
    return status;
}

static enum vn_status time_build(struct index_bench *bench)
{
    struct build build = {.bench = bench};
    enum vn_status status = build_index(&build, files.target, &bench->error);

    for (int i = PART_ALL; i <= PART_PUBLISH; i++) {
        bench_series_add(&bench->parts[i], build.times[i]);
    }
    free_build(&build);
    if (status == VN_OK) {
        status = check_built(bench);
    }
    unlink(files.target);
    return status;
}

static enum vn_status time_raw(struct index_bench *bench)
{
    struct bench_time time = {0};
    enum vn_status status =
        raw_lmdb(bench->source, files.raw, &time, &bench->error);

    bench_series_add(&bench->parts[PART_RAW_LMDB], time);
    unlink(files.raw);
    if (status == VN_OK) {
        status =
            raw_write(files.raw, bench->info.size_bytes, &time, &bench->error);
        bench_series_add(&bench->parts[PART_RAW_WRITE], time);
        unlink(files.raw);
    }
    return status;
}

static enum vn_status measure(struct index_bench *bench)
{
    enum vn_status status = prepare(bench);

    for (unsigned i = 0; status == VN_OK && i < bench->runs.repeats; i++) {
        status = time_build(bench);
        if (status == VN_OK) {
            status = time_raw(bench);
        }
    }
    return status;
}

/* ---- Output ------------------------------------------------------------ */

static void print(const struct index_bench *bench)
{
    const struct bench_report report = {.bench = "index",
                                        .json = bench->runs.json,
                                        .threads = bench->runs.threads};

    bench_print_head(&report);
    bench_print_columns(&report);
    for (int i = 0; i < PART_COUNT; i++) {
        bench_print_series(&report, &bench->parts[i]);
    }
    bench_print_ratio_columns(&report);
    bench_print_ratio(&report, "build / raw LMDB append",
                      &bench->parts[PART_ALL], &bench->parts[PART_RAW_LMDB]);
    bench_print_ratio(&report, "raw LMDB append / raw write",
                      &bench->parts[PART_RAW_LMDB],
                      &bench->parts[PART_RAW_WRITE]);
    bench_print_count_columns(&report);
    bench_print_count(&report, "suffixes", bench->info.suffixes, "suffixes");
    bench_print_count(&report, "file", bench->info.size_bytes, "bytes");
    bench_print_count(&report, "peak memory", bench->memory.whole_kb, "kB");
    bench_print_count(&report, "peak memory beside the file",
                      bench->memory.beside_kb, "kB");
}

int bench_index(int argc, char **argv)
{
    struct index_bench *bench = calloc(1, sizeof(*bench));

    if (bench == NULL) {
        bench_message("out of memory");
        return BENCH_FAILED;
    }
    bench->runs.repeats = 5;
    bench->dir = ".";
    argp_parse(&parser, argc, argv, 0, NULL, bench);
    bench->runs.threads = bench_threads(bench->runs.threads);
    enum vn_status status = make_folder(bench);

    if (status == VN_OK) {
        status = measure(bench);
        raw_source_close(bench->source);
        remove_files();
    }
    if (status == VN_OK) {
        print(bench);
    }
    const int code =
        status == VN_OK ? BENCH_DONE : bench_error(status, &bench->error);

    free(bench);
    return code;
}
