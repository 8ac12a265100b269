/* cmd_info.c: vanity info: what an index is made of. */
#include "cli.h"
#include "open.h"
#include "options.h"

#include "index/index.h"
#include "tools/answer/output.h"

#include <stdio.h>
#include <unistd.h>

struct info {
    struct options_common common;
    const char *path;
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct info *info = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &info->path;
        state->child_inputs[1] = &info->common;
        return 0;
    case ARGP_KEY_ARG:
        cli_refuse("takes no argument, but got '%s'; name the index with -i",
                   arg);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {.argp = &options_index_argp},
    {.argp = &options_common_argp},
    {0},
};

static const struct argp parser = {
    .parser = parse_option,
    .children = children,
    .doc = "Say what an index is made of: its generation, lexicon, overlays, "
           "counts and hashes.\v"
           "Examples:\n"
           "  vanity info\n"
           "  vanity info -i mine.mdb --json",
};

static void write_count(struct output *out, const char *name, uint64_t value)
{
    char grouped[CLI_GROUPED_SIZE];

    output_format(out, "%-16s%s\n", name, cli_grouped(value, grouped));
}

static void write_hash(struct output *out, const char *name, uint64_t value)
{
    output_format(out, "%-16s%016llx\n", name, (unsigned long long)value);
}

static void write_named(struct output *out, const char *name, const char *text)
{
    output_format(out, "%-16s", name);
    output_printable(out, text);
    output_char(out, '\n');
}

static void write_prefix(struct output *out, struct vn_prefix prefix)
{
    if (prefix.length == 0) {
        output_format(out, "%-16s%s\n", "prefix", "none: all suffixes");
    } else {
        output_format(out, "%-16s%0*u\n", "prefix", (int)prefix.length,
                      (unsigned)prefix.digits);
    }
}

static void write_text(struct output *out, const char *path,
                       const struct vn_index_info *info)
{
    write_named(out, "index", path);
    output_format(out, "%-16s%u\n", "format", (unsigned)info->format);
    write_hash(out, "generation", info->generation);
    write_hash(out, "lexicon", info->lexicon);
    write_named(out, "lexicon version", info->lexicon_version);
    write_named(out, "model", info->model);
    for (size_t i = 0; i < info->overlay_count; i++) {
        const struct vn_overlay *overlay = &info->overlays[i];

        output_format(out, "%-16s", overlay->kind);
        output_printable(out, overlay->name);
        output_format(out, ", hash %016llx, %llu lines, %llu skipped\n",
                      (unsigned long long)overlay->hash,
                      (unsigned long long)overlay->lines,
                      (unsigned long long)overlay->skipped);
    }
    write_prefix(out, info->prefix);
    write_count(out, "suffixes", info->suffixes);
    write_count(out, "with spelling", info->with_spelling);
    write_count(out, "spellings", info->candidates);
    write_count(out, "overdials", info->overdials);
    write_count(out, "words", info->words);
    write_count(out, "phrases", info->phrases);
    write_count(out, "pairs", info->pairs);
    write_count(out, "blocked words", info->blocked_words);
    write_count(out, "blocked spans", info->blocked_spans);
    write_hash(out, "records hash", info->records_hash);
    write_count(out, "bytes", info->size_bytes);
}

static void write_overlays(struct output *out, const struct vn_index_info *info)
{
    json_key(out, "overlays");
    json_open(out, '[');
    for (size_t i = 0; i < info->overlay_count; i++) {
        const struct vn_overlay *overlay = &info->overlays[i];

        json_open(out, '{');
        json_key(out, "kind");
        json_text(out, overlay->kind);
        json_key(out, "name");
        json_text(out, overlay->name);
        json_key(out, "hash");
        json_hex(out, overlay->hash);
        json_key(out, "lines");
        json_int(out, (int64_t)overlay->lines);
        json_key(out, "skipped");
        json_int(out, (int64_t)overlay->skipped);
        json_close(out, '}');
    }
    json_close(out, ']');
}

static void write_counts(struct output *out, const struct vn_index_info *info)
{
    const struct {
        const char *name;
        uint64_t value;
    } counts[] = {
        {"suffixes", info->suffixes},
        {"with_spelling", info->with_spelling},
        {"candidates", info->candidates},
        {"overdials", info->overdials},
        {"words", info->words},
        {"phrases", info->phrases},
        {"pairs", info->pairs},
        {"blocked_words", info->blocked_words},
        {"blocked_spans", info->blocked_spans},
        {"size_bytes", info->size_bytes},
    };

    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        json_key(out, counts[i].name);
        json_int(out, (int64_t)counts[i].value);
    }
}

static void write_json(struct output *out, const char *path,
                       const struct vn_index_info *info)
{
    char prefix[16] = "";

    if (info->prefix.length > 0) {
        snprintf(prefix, sizeof(prefix), "%0*u", (int)info->prefix.length,
                 (unsigned)info->prefix.digits);
    }
    json_open(out, '{');
    json_key(out, "index");
    json_text(out, path);
    json_key(out, "format");
    json_int(out, info->format);
    json_key(out, "generation");
    json_hex(out, info->generation);
    json_key(out, "lexicon");
    json_hex(out, info->lexicon);
    json_key(out, "lexicon_version");
    json_text(out, info->lexicon_version);
    json_key(out, "model");
    json_text(out, info->model);
    write_overlays(out, info);
    json_key(out, "prefix");
    json_text(out, prefix);
    write_counts(out, info);
    json_key(out, "records_hash");
    json_hex(out, info->records_hash);
    json_close(out, '}');
    json_line_end(out);
}

int cmd_info(int argc, char **argv)
{
    struct info info = {0};
    struct open_index open;
    struct output out;

    options_parse(&parser, argc, argv, &info);
    const int code = open_index(&open, options_index_path(info.path));

    if (code != CLI_DONE) {
        return code;
    }
    cli_output_start(&out);
    if (info.common.json) {
        write_json(&out, open.path, vn_index_info(open.index));
    } else {
        write_text(&out, open.path, vn_index_info(open.index));
    }
    open_index_close(&open);
    return cli_output_finish(&out, CLI_DONE);
}
