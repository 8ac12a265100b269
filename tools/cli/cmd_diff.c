/* cmd_diff.c: vanity diff: what changed from one index to another. */
#include "cli.h"
#include "open.h"
#include "options.h"
#include "progress.h"

#include "index/index.h"
#include "tools/answer/output.h"

#include <stdlib.h>
#include <unistd.h>

enum { KEY_COUNT = 0x200 };

struct diff {
    struct options_common common;
    const char *paths[2];
    size_t path_count;
    bool count_only;
    uint64_t limit;
    uint64_t printed;
    struct open_index old_open, new_open;
    struct progress progress;
    struct vn_diff_counts counts;
    struct vn_error error;
    struct output out;
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct diff *diff = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &diff->common;
        return 0;
    case 'n':
        diff->limit = (uint64_t)cli_int("--limit", arg, 1, VN_SUFFIXES);
        return 0;
    case KEY_COUNT:
        diff->count_only = true;
        return 0;
    case ARGP_KEY_ARG:
        if (diff->path_count == 2) {
            cli_refuse("takes two indexes, but got '%s' too", arg);
        }
        diff->paths[diff->path_count++] = arg;
        return 0;
    case ARGP_KEY_END:
        if (diff->path_count < 2) {
            cli_refuse("takes two indexes, OLD and NEW; see 'vanity diff "
                       "--help'");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "count",
     .key = KEY_COUNT,
     .doc = "Print only how many suffixes differ"},
    {.name = "limit",
     .key = 'n',
     .arg = "N",
     .doc = "Print the first N differences only; all are counted"},
    {0},
};

static const struct argp_child children[] = {
    {.argp = &options_common_argp},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .children = children,
    .args_doc = "OLD NEW",
    .doc = "Compare the records of two indexes of the same prefix: suffix, old "
           "spellings, new spellings. Exit 1 if anything differs.\v"
           "Examples:\n"
           "  vanity diff old.mdb new.mdb\n"
           "  vanity diff --count old.mdb new.mdb",
};

/* Spells a record; false if it cannot be spelled. */
static bool spell_all(uint32_t suffix, const struct vn_record *record,
                      struct vn_spelling *spellings, unsigned *count)
{
    *count = vn_record_count(record);
    for (unsigned i = 0; i < *count; i++) {
        if (vn_spell(suffix, record->codes[i], record->tails[i],
                     &spellings[i]) != VN_OK) {
            return false;
        }
    }
    return true;
}

static void write_list(struct output *out, const struct vn_spelling *spellings,
                       unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (i > 0) {
            output_char(out, ',');
        }
        output_text(out, spellings[i].text);
    }
}

static void write_array(struct output *out, const char *key,
                        const struct vn_spelling *spellings, unsigned count)
{
    json_key(out, key);
    json_open(out, '[');
    for (unsigned i = 0; i < count; i++) {
        json_open(out, '{');
        json_key(out, "spelling");
        json_text(out, spellings[i].text);
        json_key(out, "score");
        json_int(out, spellings[i].score);
        json_close(out, '}');
    }
    json_close(out, ']');
}

static enum vn_status print_difference(struct diff *diff, uint32_t suffix,
                                       const struct vn_record *old_record,
                                       const struct vn_record *new_record)
{
    struct output *out = &diff->out;
    struct vn_spelling before[VN_CANDIDATES];
    struct vn_spelling after[VN_CANDIDATES];
    unsigned before_count = 0;
    unsigned after_count = 0;

    if (diff->printed == diff->limit) {
        return VN_OK;
    }
    diff->printed++;
    if (!spell_all(suffix, old_record, before, &before_count) ||
        !spell_all(suffix, new_record, after, &after_count)) {
        return vn_error_set(&diff->error, VN_CORRUPT,
                            "what '%s' or '%s' holds for %07u is no spelling",
                            diff->paths[0], diff->paths[1], (unsigned)suffix);
    }
    if (diff->common.json) {
        json_open(out, '{');
        json_key(out, "suffix");
        json_suffix(out, suffix);
        write_array(out, "old", before, before_count);
        write_array(out, "new", after, after_count);
        json_close(out, '}');
        json_line_end(out);
    } else {
        output_suffix(out, suffix);
        output_char(out, '\t');
        write_list(out, before, before_count);
        output_char(out, '\t');
        write_list(out, after, after_count);
        output_char(out, '\n');
    }
    return output_failed(out) ? VN_STOPPED : VN_OK;
}

static enum vn_status take_difference(void *context, uint32_t suffix,
                                      const struct vn_record *old_record,
                                      const struct vn_record *new_record)
{
    struct diff *diff = context;
    const struct vn_prefix prefix = vn_index_info(diff->old_open.index)->prefix;

    progress_update(&diff->progress, suffix - vn_prefix_first(prefix) + 1,
                    vn_prefix_count(prefix));
    return diff->count_only
               ? VN_OK
               : print_difference(diff, suffix, old_record, new_record);
}

static void write_counts(struct diff *diff)
{
    struct output *out = &diff->out;
    const struct {
        const char *name;
        uint64_t value;
    } counts[] = {
        {"compared", diff->counts.compared},
        {"changed", diff->counts.changed},
        {"added", diff->counts.added},
        {"removed", diff->counts.removed},
    };

    if (diff->common.json) {
        json_open(out, '{');
    }
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        if (diff->common.json) {
            json_key(out, counts[i].name);
            json_int(out, (int64_t)counts[i].value);
        } else {
            output_format(out, "%s\t%llu\n", counts[i].name,
                          (unsigned long long)counts[i].value);
        }
    }
    if (diff->common.json) {
        json_close(out, '}');
        json_line_end(out);
    }
}

static void print_summary(struct diff *diff)
{
    char compared[CLI_GROUPED_SIZE];
    char changed[CLI_GROUPED_SIZE];
    char added[CLI_GROUPED_SIZE];
    char removed[CLI_GROUPED_SIZE];

    output_flush(&diff->out);
    cli_message("%s suffixes compared: %s changed, %s added, %s removed",
                cli_grouped(diff->counts.compared, compared),
                cli_grouped(diff->counts.changed, changed),
                cli_grouped(diff->counts.added, added),
                cli_grouped(diff->counts.removed, removed));
}

static int report(const struct diff *diff, enum vn_status status)
{
    if (status == VN_CORRUPT) {
        cli_message("%s; run 'vanity verify' on it", diff->error.message);
        return CLI_FAILED;
    }
    return cli_error(status, &diff->error);
}

static int run(struct diff *diff)
{
    cli_output_start(&diff->out);
    // On a terminal the differences show how far we are.
    progress_start(&diff->progress, "suffixes",
                   diff->common.quiet ||
                       (!diff->count_only && isatty(STDOUT_FILENO)));
    const enum vn_status status =
        vn_index_diff(diff->old_open.index, diff->new_open.index,
                      take_difference, diff, &diff->counts, &diff->error);

    progress_end(&diff->progress);
    if (output_failed(&diff->out)) {
        // What could not be written is a difference.
        return cli_output_finish(&diff->out, CLI_NO);
    }
    if (status != VN_OK) {
        output_flush(&diff->out);
        return cli_output_finish(&diff->out, report(diff, status));
    }
    if (diff->count_only || diff->common.json) {
        write_counts(diff);
    }
    if (!diff->count_only && !diff->common.quiet) {
        print_summary(diff);
    }
    const struct vn_diff_counts *counts = &diff->counts;
    const bool same =
        counts->changed == 0 && counts->added == 0 && counts->removed == 0;

    return cli_output_finish(&diff->out, same ? CLI_DONE : CLI_NO);
}

int cmd_diff(int argc, char **argv)
{
    struct diff *diff = calloc(1, sizeof(*diff));

    if (diff == NULL) {
        return cli_error(VN_NOMEM, NULL);
    }
    diff->limit = UINT64_MAX;
    options_parse(&parser, argc, argv, diff);
    int code = open_index_argument(&diff->old_open, diff->paths[0]);

    if (code == CLI_DONE) {
        code = open_index_argument(&diff->new_open, diff->paths[1]);
    }
    if (code == CLI_DONE) {
        code = run(diff);
    }
    open_index_close(&diff->new_open);
    open_index_close(&diff->old_open);
    free(diff);
    return code;
}
