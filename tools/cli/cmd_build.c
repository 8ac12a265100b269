/* cmd_build.c: vanity build: all records of a lexicon into an index. */
#include "cli.h"
#include "open.h"
#include "options.h"
#include "progress.h"
#include "stop.h"
#include "target.h"

#include "engine/engine.h"
#include "index/index.h"
#include "tools/answer/output.h"

#include <unistd.h>

enum { KEY_PREFIX = 0x200, KEY_THREADS };

struct build {
    struct options_common common;
    struct options_lexicon files;
    const char *path;
    struct vn_prefix prefix;
    unsigned threads;
    struct vn_lexicon *lexicon;
    struct vn_engine *engine;
    struct vn_index_writer *writer;
    struct progress progress;
    uint64_t done;
    uint64_t started_ms;
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct build *build = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &build->files;
        state->child_inputs[1] = &build->common;
        return 0;
    case 'o':
        build->path = arg;
        return 0;
    case KEY_PREFIX:
        build->prefix = options_prefix(arg);
        return 0;
    case KEY_THREADS:
        build->threads = options_threads(arg);
        return 0;
    case ARGP_KEY_ARG:
        cli_refuse("takes no argument, but got '%s'; name the index with -o",
                   arg);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "output",
     .key = 'o',
     .arg = "INDEX",
     .doc = "The index to write (default: $VANITY_INDEX, else vanity.mdb)"},
    {.name = "prefix",
     .key = KEY_PREFIX,
     .arg = "DIGITS",
     .doc = "Only suffixes that begin with these digits"},
    {.name = "threads",
     .key = KEY_THREADS,
     .arg = "N",
     .doc = "Threads, 1 to 1024 (default: one per processor)"},
    {0},
};

static const struct argp_child children[] = {
    {.argp = &options_lexicon_argp},
    {.argp = &options_common_argp},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .children = children,
    .doc = "Compute the best spellings of every seven-digit suffix into one "
           "index. A file of that name is replaced when the new one is "
           "complete, not before.\v"
           "Examples:\n"
           "  vanity build\n"
           "  vanity build -o mine.mdb --words brands.txt --block never.txt\n"
           "  vanity build -o small.mdb --prefix 356",
};

static enum vn_status take_records(void *context, uint32_t first,
                                   const struct vn_record *records,
                                   size_t count)
{
    struct build *build = context;

    if (stop_wanted() != 0) {
        return VN_STOPPED;
    }
    const enum vn_status status =
        vn_index_append(build->writer, first, records, count);

    build->done += count;
    progress_update(&build->progress, build->done,
                    vn_prefix_count(build->prefix));
    return status;
}

static enum vn_status compute(struct build *build, struct vn_error *error)
{
    progress_start(&build->progress, "suffixes", build->common.quiet);
    enum vn_status status = vn_engine_run(
        build->engine, vn_prefix_first(build->prefix),
        vn_prefix_count(build->prefix), take_records, build, error);

    progress_end(&build->progress);
    const struct vn_error *kept = vn_index_writer_error(build->writer);

    if (status != VN_OK && kept != NULL && kept->status != VN_OK) {
        *error = *kept;
        status = kept->status;
    }
    return status == VN_OK && stop_wanted() != 0 ? VN_STOPPED : status;
}

static int write_index(struct build *build)
{
    struct vn_error error = {0};
    enum vn_status status = vn_index_create(
        build->path, build->lexicon, build->prefix, &build->writer, &error);
    if (status != VN_OK) {
        return cli_error(status, &error);
    }
    status = compute(build, &error);
    if (status == VN_OK) {
        status = vn_index_publish(build->writer, &error);
        build->writer = NULL;
    }
    if (status == VN_STOPPED) {
        cli_message("stopped; '%s' is as it was", build->path);
        return 128 + stop_wanted();
    }
    return status == VN_OK ? CLI_DONE : cli_error(status, &error);
}

static void print_summary(const struct build *build,
                          const struct vn_index_info *info, uint64_t ms)
{
    char suffixes[CLI_GROUPED_SIZE];
    char spelled[CLI_GROUPED_SIZE];
    char candidates[CLI_GROUPED_SIZE];
    char bytes[CLI_GROUPED_SIZE];

    cli_message("wrote '%s': %s suffixes, %s with a spelling, %s spellings, "
                "%s bytes in %llu.%llu s",
                build->path, cli_grouped(info->suffixes, suffixes),
                cli_grouped(info->with_spelling, spelled),
                cli_grouped(info->candidates, candidates),
                cli_grouped(info->size_bytes, bytes),
                (unsigned long long)(ms / 1000),
                (unsigned long long)(ms / 100 % 10));
}

static int print_json(const struct build *build,
                      const struct vn_index_info *info, uint64_t ms)
{
    struct vn_lexicon_info lexicon;
    struct output out;

    vn_lexicon_info(build->lexicon, &lexicon);
    cli_output_start(&out);
    json_open(&out, '{');
    json_key(&out, "index");
    json_text(&out, build->path);
    json_key(&out, "generation");
    json_hex(&out, info->generation);
    json_key(&out, "suffixes");
    json_int(&out, (int64_t)info->suffixes);
    json_key(&out, "with_spelling");
    json_int(&out, (int64_t)info->with_spelling);
    json_key(&out, "candidates");
    json_int(&out, (int64_t)info->candidates);
    json_key(&out, "overdials");
    json_int(&out, (int64_t)info->overdials);
    json_key(&out, "size_bytes");
    json_int(&out, (int64_t)info->size_bytes);
    json_key(&out, "skipped");
    json_int(&out, (int64_t)lexicon.skipped);
    json_key(&out, "threads");
    json_int(&out, vn_engine_threads(build->engine));
    json_key(&out, "elapsed_ms");
    json_int(&out, (int64_t)ms);
    json_close(&out, '}');
    json_line_end(&out);
    return cli_output_finish(&out, CLI_DONE);
}

/* Opens what was written: its own account of itself is what counts. */
static int report(const struct build *build)
{
    const uint64_t ms = cli_clock_ms() - build->started_ms;
    struct open_index written;
    int code = open_index(&written, build->path);

    if (code != CLI_DONE) {
        return code;
    }
    if (!build->common.quiet) {
        print_summary(build, vn_index_info(written.index), ms);
    }
    if (build->common.json) {
        code = print_json(build, vn_index_info(written.index), ms);
    }
    open_index_close(&written);
    return code;
}

int cmd_build(int argc, char **argv)
{
    struct build build = {0};

    options_parse(&parser, argc, argv, &build);
    build.path = options_index_path(build.path);
    build.started_ms = cli_clock_ms();
    stop_watch();
    int code = target_check(build.path);

    if (code == CLI_DONE) {
        code = open_lexicon(&build.files, &build.lexicon);
    }
    if (code == CLI_DONE) {
        code = open_engine(build.lexicon, build.threads, &build.engine);
    }
    if (code == CLI_DONE) {
        code = write_index(&build);
    }
    if (code == CLI_DONE) {
        code = report(&build);
    }
    vn_index_discard(build.writer);
    vn_engine_free(build.engine);
    vn_lexicon_free(build.lexicon);
    return code;
}
