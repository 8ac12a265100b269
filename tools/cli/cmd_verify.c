/* cmd_verify.c: vanity verify: every byte, and with --deep every record. */
#include "cli.h"
#include "open.h"
#include "options.h"
#include "progress.h"

#include "engine/engine.h"
#include "index/index.h"
#include "tools/answer/output.h"

#include <stdio.h>
#include <unistd.h>

enum { KEY_DEEP = 0x200, KEY_THREADS };

struct verify {
    struct options_common common;
    struct options_lexicon files;
    const char *path;
    bool deep;
    unsigned threads;
    struct open_index open;
    struct vn_lexicon *lexicon;
    struct vn_engine *engine;
    struct progress progress;
    struct vn_error error;
    struct vn_record block[VN_BLOCK_SUFFIXES]; /* as the index has it */
    uint32_t block_number;                     /* VN_BLOCKS = none */
    uint64_t compared;
    uint64_t different;
    uint32_t first_different;
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct verify *verify = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &verify->path;
        state->child_inputs[1] = &verify->files;
        state->child_inputs[2] = &verify->common;
        return 0;
    case KEY_DEEP:
        verify->deep = true;
        return 0;
    case KEY_THREADS:
        verify->threads = options_threads(arg);
        return 0;
    case ARGP_KEY_ARG:
        cli_refuse("takes no argument, but got '%s'; name the index with -i",
                   arg);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "deep",
     .key = KEY_DEEP,
     .doc = "Compute every record again and compare"},
    {.name = "threads",
     .key = KEY_THREADS,
     .arg = "N",
     .doc = "Threads of --deep, 1 to 1024 (default: one per processor)"},
    {0},
};

static const struct argp_child children[] = {
    {.argp = &options_index_argp},
    {.argp = &options_lexicon_argp},
    {.argp = &options_common_argp},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .children = children,
    .doc = "Check every byte of an index against its hashes. With --deep, give "
           "the --words, --block and --model of its build.\v"
           "Examples:\n"
           "  vanity verify\n"
           "  vanity verify -i mine.mdb --deep --words brands.txt",
};

static bool show_progress(void *context, uint64_t done, uint64_t total)
{
    struct verify *verify = context;

    progress_update(&verify->progress, done, total);
    return true;
}

static int report(const char *path, enum vn_status status,
                  const struct vn_error *error)
{
    if (status == VN_CORRUPT || status == VN_VERSION) {
        cli_message("%s; make it again with 'vanity build -o %s'",
                    error->message, path);
        return cli_exit_code(status);
    }
    return cli_error(status, error);
}

/* Before liblmdb sees the file: a damaged one must not make it fault. */
static int check_file(struct verify *verify, const char *path)
{
    const int code = open_index_find(path);

    if (code != CLI_DONE) {
        return code;
    }
    progress_start(&verify->progress, "bytes", verify->common.quiet);
    const enum vn_status status =
        vn_index_check(path, show_progress, verify, &verify->error);

    progress_end(&verify->progress);
    return status == VN_OK ? CLI_DONE : report(path, status, &verify->error);
}

static int check_meaning(struct verify *verify)
{
    progress_start(&verify->progress, "bytes", verify->common.quiet);
    const enum vn_status status = vn_index_verify(
        verify->open.index, show_progress, verify, &verify->error);

    progress_end(&verify->progress);
    return status == VN_OK ? CLI_DONE
                           : report(verify->open.path, status, &verify->error);
}

/* "lexicon en-1, model H, words 'brands.txt' (hash ...)", for a message. */
static void describe(const struct vn_index_info *info, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "lexicon %s, model %s",
                                   info->lexicon_version, info->model);

    for (size_t i = 0; i < info->overlay_count && used < size; i++) {
        const struct vn_overlay *overlay = &info->overlays[i];

        used += (size_t)snprintf(
            text + used, size - used, ", --%s '%s' (hash %016llx)",
            overlay->kind, overlay->name, (unsigned long long)overlay->hash);
    }
    if (info->overlay_count == 0 && used < size) {
        snprintf(text + used, size - used, ", no --words, --block or --model");
    }
}

static int check_generation(const struct verify *verify)
{
    const struct vn_index_info *info = vn_index_info(verify->open.index);
    const uint64_t generation =
        vn_lexicon_generation(verify->lexicon, info->prefix);
    char made_of[4096];

    if (generation == info->generation) {
        return CLI_DONE;
    }
    describe(info, made_of, sizeof(made_of));
    cli_message("these files make generation %016llx, but '%s' is generation "
                "%016llx, made of %s",
                (unsigned long long)generation, verify->open.path,
                (unsigned long long)info->generation, made_of);
    return CLI_REFUSED;
}

static enum vn_status compare_records(void *context, uint32_t first,
                                      const struct vn_record *records,
                                      size_t count)
{
    struct verify *verify = context;

    for (size_t i = 0; i < count; i++) {
        const uint32_t suffix = first + (uint32_t)i;
        const uint32_t number = suffix / VN_BLOCK_SUFFIXES;

        if (number != verify->block_number) {
            const enum vn_status status = vn_reader_block(
                verify->open.reader, number, verify->block, &verify->error);

            if (status != VN_OK) {
                return status;
            }
            verify->block_number = number;
        }
        if (!vn_record_equal(&records[i],
                             &verify->block[suffix % VN_BLOCK_SUFFIXES])) {
            verify->first_different =
                verify->different == 0 ? suffix : verify->first_different;
            verify->different++;
        }
    }
    verify->compared += count;
    progress_update(&verify->progress, verify->compared,
                    vn_index_info(verify->open.index)->suffixes);
    return VN_OK;
}

static int compare_all(struct verify *verify)
{
    const struct vn_prefix prefix = vn_index_info(verify->open.index)->prefix;

    verify->block_number = VN_BLOCKS;
    progress_start(&verify->progress, "suffixes", verify->common.quiet);
    const enum vn_status status = vn_engine_run(
        verify->engine, vn_prefix_first(prefix), vn_prefix_count(prefix),
        compare_records, verify, &verify->error);

    progress_end(&verify->progress);
    if (status != VN_OK) {
        return open_index_error(verify->open.path, status, &verify->error);
    }
    if (verify->different > 0) {
        cli_message("%llu records of '%s' differ from the engine's, the first "
                    "is that of %07u; make it again with 'vanity build -o %s'",
                    (unsigned long long)verify->different, verify->open.path,
                    (unsigned)verify->first_different, verify->open.path);
        return CLI_FAILED;
    }
    return CLI_DONE;
}

static int check_records(struct verify *verify)
{
    int code = open_lexicon(&verify->files, &verify->lexicon);

    if (code == CLI_DONE) {
        code = check_generation(verify);
    }
    if (code == CLI_DONE) {
        code = open_engine(verify->lexicon, verify->threads, &verify->engine);
    }
    if (code == CLI_DONE) {
        code = compare_all(verify);
    }
    vn_engine_free(verify->engine);
    vn_lexicon_free(verify->lexicon);
    return code;
}

static void write_facts(const struct verify *verify, struct output *out)
{
    const struct vn_index_info *info = vn_index_info(verify->open.index);

    json_key(out, "generation");
    json_hex(out, info->generation);
    json_key(out, "suffixes");
    json_int(out, (int64_t)info->suffixes);
    json_key(out, "deep");
    json_bool(out, verify->deep);
    json_key(out, "compared");
    json_int(out, (int64_t)verify->compared);
    json_key(out, "different");
    json_int(out, (int64_t)verify->different);
}

/* An index that cannot even be opened has no facts. */
static int print_json(const struct verify *verify, const char *path, int code)
{
    struct output out;

    cli_output_start(&out);
    json_open(&out, '{');
    json_key(&out, "index");
    json_text(&out, path);
    json_key(&out, "ok");
    json_bool(&out, code == CLI_DONE);
    if (verify->open.index != NULL) {
        write_facts(verify, &out);
    }
    json_close(&out, '}');
    json_line_end(&out);
    return cli_output_finish(&out, code);
}

static void print_summary(const struct verify *verify)
{
    char grouped[CLI_GROUPED_SIZE];

    cli_message(
        "'%s' is sound: %s suffixes%s", verify->open.path,
        cli_grouped(vn_index_info(verify->open.index)->suffixes, grouped),
        verify->deep ? ", every record computed again" : "");
}

/* Overlays say nothing about bytes: without --deep they are a mistake. */
static void check_options(const struct verify *verify)
{
    const struct options_lexicon *files = &verify->files;

    if (!verify->deep && (files->folder != NULL || files->language != NULL)) {
        cli_refuse("--lexicon and --language go with --deep");
    }
    if (!verify->deep &&
        (files->word_count > 0 || files->block_count > 0 ||
         files->model != NULL || files->skip_bad || verify->threads > 0)) {
        cli_refuse("--words, --block, --model, --skip-bad and --threads go "
                   "with --deep");
    }
}

int cmd_verify(int argc, char **argv)
{
    struct verify verify = {0};

    options_parse(&parser, argc, argv, &verify);
    check_options(&verify);
    const char *path = options_index_path(verify.path);
    int code = check_file(&verify, path);

    if (code == CLI_DONE) {
        code = open_index(&verify.open, path);
    }
    if (code == CLI_DONE) {
        code = check_meaning(&verify);
    }
    if (code == CLI_DONE && verify.deep) {
        code = check_records(&verify);
    }
    if (code == CLI_DONE && !verify.common.quiet) {
        print_summary(&verify);
    }
    if (verify.common.json && code != CLI_REFUSED) {
        code = print_json(&verify, path, code);
    }
    open_index_close(&verify.open);
    return code;
}
