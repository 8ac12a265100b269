/* cmd_export.c: vanity export: an index as files for DynamoDB's S3 import. */
#include "aws_options.h"
#include "cli.h"
#include "open.h"
#include "options.h"
#include "progress.h"
#include "stop.h"

#include "loader/loader.h"
#include "tools/answer/output.h"

#include <string.h>
#include <unistd.h>

enum { KEY_COMPRESS = 0x200, KEY_LEVEL, KEY_ITEMS, KEY_THREADS, KEY_PREFIX };

#define ITEMS_PER_OBJECT_MOST 4000000
#define LEVEL_MOST 19
#define LEVEL_GZIP_MOST 9

struct export
{
    struct options_common common;
    const char *index_path;
    struct vn_prefix prefix;
    struct vn_export_options options;
    struct open_index open;
    struct vn_export_counts counts;
    struct progress progress;
};

static enum vn_compression parse_compression(const char *text)
{
    if (strcmp(text, "zstd") == 0) {
        return VN_COMPRESS_ZSTD;
    }
    if (strcmp(text, "gzip") == 0) {
        return VN_COMPRESS_GZIP;
    }
    if (strcmp(text, "none") == 0) {
        return VN_COMPRESS_NONE;
    }
    cli_refuse("--compress takes zstd, gzip or none, not '%s'", text);
}

static void check_options(const struct export *export)
{
    const struct vn_export_options *options = &export->options;

    if (options->directory == NULL) {
        cli_refuse("takes the folder to write to: -o DIR; see 'vanity export "
                   "--help'");
    }
    if (options->compression == VN_COMPRESS_GZIP &&
        options->level > LEVEL_GZIP_MOST) {
        cli_refuse("--level goes to %d with gzip", LEVEL_GZIP_MOST);
    }
    if (options->compression == VN_COMPRESS_NONE && options->level > 0) {
        cli_refuse("--level needs --compress zstd or gzip");
    }
}

static error_t parse_object_option(int key, char *arg, struct export *export)
{
    struct vn_export_options *options = &export->options;

    switch (key) {
    case KEY_COMPRESS:
        options->compression = parse_compression(arg);
        return 0;
    case KEY_LEVEL:
        options->level = (int)cli_int("--level", arg, 1, LEVEL_MOST);
        return 0;
    case KEY_ITEMS:
        options->items_per_object = (uint64_t)cli_int("--items-per-object", arg,
                                                      1, ITEMS_PER_OBJECT_MOST);
        return 0;
    case KEY_THREADS:
        options->threads = options_threads(arg);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct export *export = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &export->index_path;
        state->child_inputs[1] = &export->options.table;
        state->child_inputs[2] = &export->common;
        return 0;
    case 'o':
        export->options.directory = arg;
        return 0;
    case KEY_PREFIX:
        export->prefix = options_prefix(arg);
        return 0;
    case ARGP_KEY_ARG:
        cli_refuse("takes no argument, but got '%s'; name the folder with -o",
                   arg);
    case ARGP_KEY_END:
        check_options(export);
        return 0;
    default:
        return parse_object_option(key, arg, export);
    }
}

static const struct argp_option options[] = {
    {.name = "output",
     .key = 'o',
     .arg = "DIR",
     .doc = "The folder to write to; made if it is not there"},
    {.name = "compress",
     .key = KEY_COMPRESS,
     .arg = "KIND",
     .doc = "zstd, gzip or none (default zstd)"},
    {.name = "level",
     .key = KEY_LEVEL,
     .arg = "N",
     .doc = "How hard to compress, 1 to 19, gzip to 9 (default 1)"},
    {.name = "items-per-object",
     .key = KEY_ITEMS,
     .arg = "N",
     .doc = "Items in a file, at most 4000000 (default 1000000)"},
    {.name = "threads",
     .key = KEY_THREADS,
     .arg = "N",
     .doc = "Threads, 1 to 1024 (default: one per processor)"},
    {.name = "prefix",
     .key = KEY_PREFIX,
     .arg = "DIGITS",
     .doc = "Only suffixes that begin with these digits"},
    {0},
};

static const struct argp_child children[] = {
    {.argp = &options_index_argp},
    {.argp = &aws_table_argp},
    {.argp = &options_common_argp},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .children = children,
    .doc = "Write the items of an index as DynamoDB JSON, ready to be imported "
           "from S3: DIR/data/ to upload, a manifest, and the requests of the "
           "AWS CLI for a new table (import-table.json) and for one that is "
           "there (start-bulk-put-items.json). The same index gives the same "
           "bytes. Run again after a stop it keeps what is finished.\v"
           "Examples:\n"
           "  vanity export -o export --table phones\n"
           "  vanity export -o export --compress gzip --items-per-object "
           "500000",
};

static bool note_progress(void *context, uint64_t done, uint64_t total)
{
    struct export *export = context;

    progress_update(&export->progress, done, total);
    return stop_wanted() == 0;
}

static void print_summary(const struct export *export)
{
    const struct vn_export_counts *counts = &export->counts;
    const double gigabytes = (double)counts->raw_bytes / (1 << 30);
    char items[CLI_GROUPED_SIZE];
    char objects[CLI_GROUPED_SIZE];
    char skipped[CLI_GROUPED_SIZE];
    char raw[CLI_GROUPED_SIZE];
    char stored[CLI_GROUPED_SIZE];
    char dollars[AWS_DOLLARS_SIZE];

    cli_message(
        "wrote '%s': %s items in %s file%s (%s there before), %s "
        "bytes, stored as %s; the import costs %s",
        export->options.directory, cli_grouped(counts->items, items),
        cli_grouped(counts->objects, objects), counts->objects == 1 ? "" : "s",
        cli_grouped(counts->skipped, skipped),
        cli_grouped(counts->raw_bytes, raw),
        cli_grouped(counts->stored_bytes, stored),
        aws_dollars(gigabytes * vn_prices_default.import_per_gb, dollars));
}

static int print_json(const struct export *export)
{
    const struct vn_export_counts *counts = &export->counts;
    struct output out;

    cli_output_start(&out);
    json_open(&out, '{');
    json_key(&out, "directory");
    json_text(&out, export->options.directory);
    json_key(&out, "items");
    json_int(&out, (int64_t)counts->items);
    json_key(&out, "objects");
    json_int(&out, (int64_t)counts->objects);
    json_key(&out, "skipped");
    json_int(&out, (int64_t)counts->skipped);
    json_key(&out, "raw_bytes");
    json_int(&out, (int64_t)counts->raw_bytes);
    json_key(&out, "stored_bytes");
    json_int(&out, (int64_t)counts->stored_bytes);
    json_close(&out, '}');
    json_line_end(&out);
    return cli_output_finish(&out, CLI_DONE);
}

static int run(struct export *export)
{
    struct vn_error error = {0};
    const struct vn_load_source source = {
        .index = export->open.index,
        .index_path = export->index_path,
        .prefix = export->prefix,
    };

    export->options.progress = note_progress;
    export->options.progress_context = export;
    stop_watch();
    progress_start(&export->progress, "items", export->common.quiet);
    const enum vn_status status =
        vn_export(&source, &export->options, &export->counts, &error);

    progress_end(&export->progress);
    if (status == VN_STOPPED && stop_wanted() != 0) {
        cli_message("stopped; run it again to go on");
        return 128 + stop_wanted();
    }
    if (status != VN_OK) {
        return open_index_error(export->index_path, status, &error);
    }
    if (!export->common.quiet) {
        print_summary(export);
    }
    return export->common.json ? print_json(export) : CLI_DONE;
}

int cmd_export(int argc, char **argv)
{
    struct export export = {0};

    options_parse(&parser, argc, argv, &export);
    export.index_path = options_index_path(export.index_path);
    int code = open_index(&export.open, export.index_path);

    if (code == CLI_DONE) {
        code = run(&export);
    }
    open_index_close(&export.open);
    return code;
}
