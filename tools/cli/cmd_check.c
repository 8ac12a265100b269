/* cmd_check.c: vanity check: does a table hold what the index says? */
#include "aws_options.h"
#include "cli.h"
#include "open.h"
#include "options.h"
#include "progress.h"
#include "stop.h"

#include "loader/loader.h"
#include "tools/answer/output.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    KEY_SAMPLE = 0x200,
    KEY_COUNT,
    KEY_FULL,
    KEY_REPAIR,
    KEY_SEED,
    KEY_PREFIX,
    KEY_MAX_WCU,
};

/* Differences printed one by one; all are counted. */
#define REPORT_MAX 100

struct check {
    struct options_common common;
    struct aws_options aws_options;
    const char *index_path;
    const char *mode_option; /* the one that was given, or NULL */
    struct vn_prefix prefix;
    struct vn_check_options options;
    struct open_index open;
    struct vn_aws *aws;
    struct vn_check_counts counts;
    struct progress progress;
    struct output out;
    bool begun; /* there was progress */
};

static void set_mode(struct check *check, enum vn_check_mode mode,
                     const char *option)
{
    if (check->mode_option != NULL && check->options.mode != mode) {
        cli_refuse("%s and %s exclude each other", check->mode_option, option);
    }
    check->options.mode = mode;
    check->mode_option = option;
}

static error_t parse_mode(int key, const char *arg, struct check *check)
{
    switch (key) {
    case KEY_SAMPLE:
        set_mode(check, VN_CHECK_SAMPLE, "--sample");
        check->options.sample =
            (uint64_t)cli_int("--sample", arg, 1, VN_SUFFIXES);
        return 0;
    case KEY_COUNT:
        set_mode(check, VN_CHECK_COUNT, "--count");
        return 0;
    case KEY_FULL:
        set_mode(check, VN_CHECK_FULL, "--full");
        return 0;
    case KEY_SEED:
        check->options.seed = (uint64_t)cli_int("--seed", arg, 0, LONG_MAX);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct check *check = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &check->index_path;
        state->child_inputs[1] = &check->aws_options;
        state->child_inputs[2] = &check->common;
        return 0;
    case KEY_REPAIR:
        check->options.repair = true;
        return 0;
    case KEY_PREFIX:
        check->prefix = options_prefix(arg);
        return 0;
    case KEY_MAX_WCU:
        check->options.max_wcu =
            (double)cli_int("--max-wcu", arg, 1, VN_SUFFIXES);
        return 0;
    case ARGP_KEY_ARG:
        cli_refuse("takes no argument, but got '%s'; name the table with "
                   "--table",
                   arg);
    case ARGP_KEY_END:
        if (check->options.repair && check->options.mode == VN_CHECK_COUNT) {
            cli_refuse("--repair needs --full or --sample: a count does not "
                       "tell which items differ");
        }
        return 0;
    default:
        return parse_mode(key, arg, check);
    }
}

static const struct argp_option options[] = {
    {.name = "sample",
     .key = KEY_SAMPLE,
     .arg = "N",
     .doc = "Read N suffixes chosen at random (default, N is 1000)"},
    {.name = "count", .key = KEY_COUNT, .doc = "Count the items of the table"},
    {.name = "full",
     .key = KEY_FULL,
     .doc = "Read all of the table and compare every item"},
    {.name = "repair",
     .key = KEY_REPAIR,
     .doc = "Send what is missing or different, delete suffixes that are too "
            "much; other keys are left alone"},
    {.name = "seed",
     .key = KEY_SEED,
     .arg = "N",
     .doc = "Choose the sample by this number (default 0)"},
    {.name = "prefix",
     .key = KEY_PREFIX,
     .arg = "DIGITS",
     .doc = "Only suffixes that begin with these digits"},
    {.name = "max-wcu",
     .key = KEY_MAX_WCU,
     .arg = "N",
     .doc = "A repair never writes more units a second"},
    {0},
};

static const struct argp_child children[] = {
    {.argp = &options_index_argp},
    {.argp = &aws_options_argp},
    {.argp = &options_common_argp},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .children = children,
    .doc = "Compare a DynamoDB table with the index that it was loaded from: "
           "suffix and what is wrong with it. Exit 1 if anything differs, 0 "
           "if all is equal or was repaired.\v"
           "Examples:\n"
           "  vanity check --table phones            a sample\n"
           "  vanity check --table phones --full     every item\n"
           "  vanity check --table phones --full --repair",
};

static void report_item(void *context, uint32_t suffix, const char *what)
{
    struct check *check = context;
    struct output *out = &check->out;

    if (check->common.json) {
        json_open(out, '{');
        json_key(out, "suffix");
        json_suffix(out, suffix);
        json_key(out, "what");
        json_text(out, what);
        json_close(out, '}');
        json_line_end(out);
    } else {
        output_suffix(out, suffix);
        output_char(out, '\t');
        output_text(out, what);
        output_char(out, '\n');
    }
}

static void report_foreign(void *context, const char *key)
{
    struct check *check = context;
    struct output *out = &check->out;

    if (check->common.json) {
        json_open(out, '{');
        json_key(out, "key");
        json_text(out, key);
        json_key(out, "what");
        json_text(out, "too much, left alone");
        json_close(out, '}');
        json_line_end(out);
    } else {
        output_printable(out, key); // whatever others have put there
        output_text(out, "\ttoo much, left alone\n");
    }
}

static bool note_progress(void *context, uint64_t done, uint64_t total)
{
    struct check *check = context;

    if (!check->begun) {
        stop_watch(); // before, a signal ends the check at once
        check->begun = true;
    }
    progress_update(&check->progress, done, total);
    return stop_wanted() == 0;
}

static void print_notice(void *context, const char *line)
{
    struct check *check = context;

    if (!check->common.quiet) {
        progress_hide(&check->progress);
        cli_message("%s", line);
    }
}

static void print_summary(const struct check *check)
{
    const struct vn_check_counts *counts = &check->counts;
    char a[CLI_GROUPED_SIZE];
    char b[CLI_GROUPED_SIZE];
    char c[CLI_GROUPED_SIZE];
    char d[CLI_GROUPED_SIZE];
    char e[CLI_GROUPED_SIZE];
    char f[CLI_GROUPED_SIZE];

    if (check->options.mode == VN_CHECK_COUNT) {
        cli_message("%s items expected, %s found; %.1f RCU",
                    cli_grouped(counts->expected_items, a),
                    cli_grouped(counts->found_items, b),
                    counts->consumed_units);
        return;
    }
    cli_message("%s compared: %s equal, %s missing, %s different, %s too much;"
                " %s repaired; %.1f RCU",
                cli_grouped(counts->compared, a), cli_grouped(counts->equal, b),
                cli_grouped(counts->missing, c),
                cli_grouped(counts->different, d),
                cli_grouped(counts->surplus, e),
                cli_grouped(counts->repaired, f), counts->consumed_units);
    if (counts->foreign > 0) {
        cli_message("%s of these too much left alone: the keys are no suffixes",
                    cli_grouped(counts->foreign, a));
    }
}

static void print_json(struct check *check, bool same)
{
    const struct vn_check_counts *counts = &check->counts;
    struct output *out = &check->out;
    const struct {
        const char *name;
        uint64_t value;
    } list[] = {
        {"compared", counts->compared},
        {"equal", counts->equal},
        {"missing", counts->missing},
        {"different", counts->different},
        {"surplus", counts->surplus},
        {"foreign", counts->foreign},
        {"repaired", counts->repaired},
        {"expected_items", counts->expected_items},
        {"found_items", counts->found_items},
    };

    json_open(out, '{');
    json_key(out, "same");
    json_bool(out, same);
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        json_key(out, list[i].name);
        json_int(out, (int64_t)list[i].value);
    }
    if (check->options.mode == VN_CHECK_FULL) {
        json_key(out, "expected_hash");
        json_hex(out, counts->expected_hash);
        json_key(out, "found_hash");
        json_hex(out, counts->found_hash);
    }
    json_key(out, "consumed_units");
    json_double(out, counts->consumed_units);
    json_close(out, '}');
    json_line_end(out);
}

static int report_end(struct check *check, enum vn_status status,
                      const struct vn_error *error)
{
    if (status != VN_OK && status != VN_NOT_FOUND) {
        output_flush(&check->out);
        if (status == VN_STOPPED && stop_wanted() != 0) {
            cli_message("stopped");
            return cli_output_finish(&check->out, 128 + stop_wanted());
        }
        return cli_output_finish(
            &check->out, open_index_error(check->index_path, status, error));
    }
    if (check->common.json) {
        print_json(check, status == VN_OK);
    }
    output_flush(&check->out);
    if (!check->common.quiet) {
        print_summary(check);
    }
    return cli_output_finish(&check->out, status == VN_OK ? CLI_DONE : CLI_NO);
}

static int run(struct check *check)
{
    struct vn_error error = {0};
    const struct vn_load_source source = {
        .index = check->open.index,
        .index_path = check->index_path,
        .prefix = check->prefix,
    };

    check->options.table = check->aws_options.table;
    check->options.report = report_item;
    check->options.report_foreign = report_foreign;
    check->options.report_context = check;
    check->options.report_max = REPORT_MAX;
    check->options.progress = note_progress;
    check->options.progress_context = check;
    check->options.notice = print_notice;
    check->options.notice_context = check;
    cli_output_start(&check->out);
    progress_start(&check->progress, "items", check->common.quiet);
    const enum vn_status status =
        vn_check(check->aws, &source, &check->options, &check->counts, &error);

    progress_end(&check->progress);
    return report_end(check, status, &error);
}

int cmd_check(int argc, char **argv)
{
    struct check *check = calloc(1, sizeof(*check));

    if (check == NULL) {
        return cli_error(VN_NOMEM, NULL);
    }
    options_parse(&parser, argc, argv, check);
    check->index_path = options_index_path(check->index_path);
    int code = open_index(&check->open, check->index_path);

    if (code == CLI_DONE) {
        code = aws_options_open(&check->aws_options, &check->aws);
    }
    if (code == CLI_DONE) {
        code = run(check);
    }
    vn_aws_close(check->aws);
    open_index_close(&check->open);
    free(check);
    return code;
}
