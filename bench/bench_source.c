/* bench_source.c: opens what is compared, reads its records, times it. */
#include "bench_source.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Pieces that an engine is timed on, spread evenly over the prefix. */
#define PIECES 10u
/* An index has a NUL here, a file of text has not. */
#define PROBE_SIZE 4096u

/* ---- What it is -------------------------------------------------------- */

/* What the file is by its mode and the bytes at its beginning. */
static enum vn_status probe(const char *path, mode_t mode,
                            enum source_kind *kind, struct vn_error *error)
{
    static const char elf[] = {0x7f, 'E', 'L', 'F'};
    char bytes[PROBE_SIZE] = "";
    const int file = open(path, O_RDONLY | O_CLOEXEC);

    if (file < 0) {
        return vn_error_system(error, errno, "cannot open '%s'", path);
    }
    const ssize_t size = read(file, bytes, sizeof(bytes));
    const int read_errno = errno;

    close(file);
    if (size < 0) {
        return vn_error_system(error, read_errno, "cannot read '%s'", path);
    }
    // Some file systems call every file executable.
    if ((mode & 0111) != 0 &&
        (memcmp(bytes, elf, sizeof(elf)) == 0 || memcmp(bytes, "#!", 2) == 0)) {
        *kind = SOURCE_PROGRAM;
    } else {
        *kind = memchr(bytes, '\0', (size_t)size) != NULL ? SOURCE_INDEX
                                                          : SOURCE_MODEL;
    }
    return VN_OK;
}

static enum vn_status find_kind(struct bench_source *source,
                                struct vn_error *error)
{
    struct stat info;

    if (strcmp(source->path, SOURCE_DEFAULT) == 0) {
        source->kind = SOURCE_LEXICON;
        return VN_OK;
    }
    if (stat(source->path, &info) != 0) {
        return vn_error_set(error, VN_INVALID,
                            "there is no '%s': name an index, a model, a "
                            "lexicon folder, a vanity program or "
                            "'" SOURCE_DEFAULT "'",
                            source->path);
    }
    if (S_ISDIR(info.st_mode)) {
        source->kind = SOURCE_LEXICON;
        return VN_OK;
    }
    return probe(source->path, info.st_mode, &source->kind, error);
}

const char *source_kind_text(const struct bench_source *source)
{
    switch (source->kind) {
    case SOURCE_LEXICON:
        return "lexicon";
    case SOURCE_MODEL:
        return "model";
    case SOURCE_INDEX:
        return "index";
    case SOURCE_PROGRAM:
        return "program";
    }
    return "";
}

/* ---- A run that is stopped --------------------------------------------- */

/* What a run that is stopped leaves: a program, and the indexes so far. */
static struct {
    volatile sig_atomic_t process; /* 0 = none */
    char *volatile built[2];
} stopping;

/* Only what a signal handler may call. */
static void on_stop(int number)
{
    const pid_t process = (pid_t)stopping.process;

    if (process != 0) {
        kill(process, SIGTERM);
        waitpid(process, NULL, 0);
    }
    for (size_t i = 0; i < 2; i++) {
        if (stopping.built[i] != NULL) {
            unlink(stopping.built[i]);
        }
    }
    _exit(128 + number);
}

/* A stop waits until the old mask is set again; the programs get that mask. */
static sigset_t hold_stop(void)
{
    sigset_t stops;
    sigset_t before;

    sigemptyset(&stops);
    sigaddset(&stops, SIGINT);
    sigaddset(&stops, SIGTERM);
    sigprocmask(SIG_BLOCK, &stops, &before);
    return before;
}

/* ---- Opening ----------------------------------------------------------- */

static enum vn_status open_engine(struct bench_source *source,
                                  struct vn_error *error)
{
    const struct vn_engine_options engine = {.threads =
                                                 source->options->threads};
    struct vn_lexicon_options lexicon = {.folder = NULL};

    if (source->kind == SOURCE_MODEL) {
        lexicon.folder = source->options->lexicon;
        lexicon.model_path = source->path;
    } else {
        lexicon.folder =
            strcmp(source->path, SOURCE_DEFAULT) == 0 ? NULL : source->path;
        lexicon.model_path = source->options->model;
    }
    enum vn_status status = vn_lexicon_open(&lexicon, &source->lexicon, error);

    if (status == VN_OK) {
        status =
            vn_engine_new(source->lexicon, &engine, &source->engine, error);
    }
    return status;
}

enum vn_status source_open(struct bench_source *source, const char *path,
                           const struct source_options *options,
                           struct vn_error *error)
{
    source->path = path;
    source->options = options;
    const enum vn_status status = find_kind(source, error);

    if (status != VN_OK) {
        return status;
    }
    switch (source->kind) {
    case SOURCE_LEXICON:
    case SOURCE_MODEL:
        return open_engine(source, error);
    case SOURCE_INDEX:
        return bench_reader_open(&source->reader, path, error);
    case SOURCE_PROGRAM:
        return VN_OK; // source_prepare()
    }
    return VN_INVALID;
}

void source_close(struct bench_source *source)
{
    vn_engine_free(source->engine);
    vn_lexicon_free(source->lexicon);
    bench_reader_close(&source->reader);
    if (source->built != NULL) {
        unlink(source->built);
        stopping.built[0] = stopping.built[1] = NULL;
        free(source->built);
    }
    *source = (struct bench_source){.path = NULL};
}

enum vn_status source_narrow(const struct bench_source *source,
                             struct vn_prefix *prefix, struct vn_error *error)
{
    if (source->kind != SOURCE_INDEX) {
        return VN_OK;
    }
    const struct vn_prefix own = vn_index_info(source->reader.index)->prefix;
    const struct vn_prefix less = own.length < prefix->length ? own : *prefix;
    const struct vn_prefix more = own.length < prefix->length ? *prefix : own;

    if (!vn_prefix_holds(less, vn_prefix_first(more))) {
        return vn_error_set(error, VN_INVALID,
                            "'%s' has the prefix %0*u, and nothing of %0*u",
                            source->path, (int)own.length, own.digits,
                            (int)prefix->length, prefix->digits);
    }
    *prefix = more;
    return VN_OK;
}

/* ---- Programs ---------------------------------------------------------- */

/* Starts a program that a stop ends too. */
static enum vn_status spawn(char **argv, pid_t *process, struct vn_error *error)
{
    const sigset_t before = hold_stop();
    posix_spawnattr_t attributes;

    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&attributes, &before);
    const int failed =
        posix_spawn(process, argv[0], NULL, &attributes, argv, environ);

    posix_spawnattr_destroy(&attributes);
    stopping.process = failed == 0 ? (sig_atomic_t)*process : 0;
    sigprocmask(SIG_SETMASK, &before, NULL);
    return failed == 0
               ? VN_OK
               : vn_error_system(error, failed, "cannot run '%s'", argv[0]);
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

/* Runs 'argv' to its end; the time is of the process and its threads. */
static enum vn_status run(char **argv, struct bench_time *time,
                          struct vn_error *error)
{
    const struct bench_time start = bench_now();
    struct rusage usage;
    pid_t process = 0;
    int state = 0;
    const enum vn_status status = spawn(argv, &process, error);

    if (status != VN_OK) {
        return status;
    }
    while (wait4(process, &state, 0, &usage) < 0 && errno == EINTR) {
    }
    stopping.process = 0;
    if (!WIFEXITED(state) || WEXITSTATUS(state) != 0) {
        return vn_error_set(error, VN_IO, "'%s %s' failed (%s %d)", argv[0],
                            argv[1], WIFEXITED(state) ? "exit" : "signal",
                            WIFEXITED(state) ? WEXITSTATUS(state)
                                             : WTERMSIG(state));
    }
    time->wall_s = bench_since(start).wall_s;
    time->cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    return VN_OK;
}

/* Builds the index of 'prefix' to source->built. */
static enum vn_status build(struct bench_source *source,
                            struct vn_prefix prefix, struct bench_time *time,
                            struct vn_error *error)
{
    char threads[16];
    char digits[VN_SUFFIX_DIGITS + 1] = "";
    char *program = realpath(source->path, NULL);

    if (program == NULL) {
        return vn_error_system(error, errno, "cannot run '%s'", source->path);
    }
    char build_word[] = "build";
    char quiet[] = "-q";
    char output[] = "-o";
    char prefix_word[] = "--prefix";
    char threads_word[] = "--threads";
    char *argv[] = {program,       build_word,  quiet,  output,
                    source->built, prefix_word, digits, threads_word,
                    threads,       NULL};

    snprintf(threads, sizeof(threads), "%u", source->options->threads);
    if (prefix.length > 0) {
        snprintf(digits, sizeof(digits), "%0*u", (int)prefix.length,
                 prefix.digits);
    }
    const enum vn_status status = run(argv, time, error);

    free(program);
    return status;
}

/* Makes the file of the index, which a stop removes. */
static enum vn_status make_file(struct bench_source *source,
                                struct vn_error *error)
{
    const char *folder = source->options->folder;

    if (asprintf(&source->built, "%s/compare-XXXXXX", folder) < 0) {
        source->built = NULL;
        return vn_error_set(error, VN_NOMEM, "out of memory");
    }
    const sigset_t before = hold_stop();
    const int file = mkostemp(source->built, O_CLOEXEC);
    const int failed = errno;

    if (file >= 0) {
        stopping.built[stopping.built[0] != NULL] = source->built;
        signal(SIGINT, on_stop);
        signal(SIGTERM, on_stop);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (file < 0) {
        const enum vn_status status =
            vn_error_system(error, failed, "cannot write into '%s'", folder);

        free(source->built);
        source->built = NULL;
        return failed == ENOENT || failed == ENOTDIR ? VN_INVALID : status;
    }
    close(file);
    return VN_OK;
}

enum vn_status source_prepare(struct bench_source *source,
                              struct vn_prefix prefix, struct vn_error *error)
{
    struct bench_time time;

    if (source->kind != SOURCE_PROGRAM) {
        return VN_OK;
    }
    enum vn_status status = make_file(source, error);

    if (status == VN_OK) {
        status = build(source, prefix, &time, error);
    }
    return status == VN_OK
               ? bench_reader_open(&source->reader, source->built, error)
               : status;
}

/* ---- Records ----------------------------------------------------------- */

/* Where a sink puts what it gets. */
struct target {
    uint32_t first;
    struct vn_record *records;
};

static enum vn_status copy_records(void *context, uint32_t first,
                                   const struct vn_record *records,
                                   size_t count)
{
    const struct target *target = context;

    memcpy(&target->records[first - target->first], records,
           count * sizeof(records[0]));
    return VN_OK;
}

enum vn_status source_records(struct bench_source *source, uint32_t first,
                              uint32_t count, struct vn_record *records,
                              struct vn_error *error)
{
    struct target target = {first, records};
    enum vn_status status = VN_OK;

    if (source->engine != NULL) {
        return vn_engine_run(source->engine, first, count, copy_records,
                             &target, error);
    }
    for (uint32_t i = 0; status == VN_OK && i < count; i++) {
        status =
            vn_reader_get(source->reader.reader, first + i, &records[i], error);
    }
    return status;
}

enum vn_status source_record(struct bench_source *source, uint32_t suffix,
                             struct vn_record *record, struct vn_error *error)
{
    if (source->engine != NULL) {
        vn_engine_rank(source->engine, suffix, record);
        return VN_OK;
    }
    return vn_reader_get(source->reader.reader, suffix, record, error);
}

/* ---- Times ------------------------------------------------------------- */

bool source_timed_alike(const struct bench_source *a,
                        const struct bench_source *b)
{
    return (a->engine != NULL) == (b->engine != NULL) &&
           (a->kind == SOURCE_INDEX) == (b->kind == SOURCE_INDEX);
}

void source_series(const struct bench_source *source,
                   const struct source_work *work, const char *name,
                   struct bench_series *series)
{
    const unsigned threads = source->options->threads;

    if (source->engine != NULL) {
        bench_series_ns(series, name, "ns/suffix", work->suffixes, threads);
    } else if (source->kind == SOURCE_INDEX) {
        bench_series_ns(series, name, "ns/look-up", work->key_count, 1);
    } else {
        bench_series_ms(series, name, threads);
    }
}

static enum vn_status take_records(void *context, uint32_t first,
                                   const struct vn_record *records,
                                   size_t count)
{
    (void)context;
    (void)first;
    (void)records;
    (void)count;
    return VN_OK;
}

static enum vn_status time_engine(struct bench_source *source,
                                  const struct source_work *work,
                                  struct vn_error *error)
{
    const uint32_t first = vn_prefix_first(work->prefix);
    const uint32_t step = vn_prefix_count(work->prefix) / PIECES;
    enum vn_status status = VN_OK;

    for (uint32_t i = 0; status == VN_OK && i < PIECES; i++) {
        status =
            vn_engine_run(source->engine, first + i * step,
                          work->suffixes / PIECES, take_records, NULL, error);
    }
    return status;
}

static enum vn_status time_index(struct bench_source *source,
                                 const struct source_work *work,
                                 struct vn_error *error)
{
    enum vn_status status = VN_OK;
    struct vn_record record;

    for (uint32_t i = 0; status == VN_OK && i < work->key_count; i++) {
        status =
            vn_reader_get(source->reader.reader, work->keys[i], &record, error);
    }
    return status;
}

enum vn_status source_time(struct bench_source *source,
                           const struct source_work *work,
                           struct bench_time *time, struct vn_error *error)
{
    if (source->kind == SOURCE_PROGRAM) {
        return build(source, work->prefix, time, error);
    }
    const struct bench_time start = bench_now();
    const enum vn_status status = source->kind == SOURCE_INDEX
                                      ? time_index(source, work, error)
                                      : time_engine(source, work, error);

    *time = bench_since(start);
    return status;
}
