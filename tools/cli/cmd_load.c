/* cmd_load.c: vanity load: an index into a DynamoDB table. */
#include "aws_options.h"
#include "cli.h"
#include "load_plan.h"
#include "load_report.h"
#include "open.h"
#include "options.h"
#include "stop.h"

#include "loader/loader.h"
#include "tools/answer/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Stopped, and --resume goes on: EX_TEMPFAIL of sysexits.h. */
#define EXIT_RESUMABLE 75

enum {
    KEY_SINCE = 0x200,
    KEY_PREFIX,
    KEY_RESUME,
    KEY_RESTART,
    KEY_FORCE,
    KEY_DRY_RUN,
    KEY_MAX_WCU,
    KEY_IN_FLIGHT,
    KEY_FROM_EXPORT,
    KEY_NO_KEEP,
    KEY_CHECKPOINT,
    KEY_DEAD_LETTERS,
    KEY_MAX_BAD,
    KEY_STALL,
    KEY_METRICS,
    KEY_PROMETHEUS,
    KEY_PROGRESS,
};

struct load {
    struct options_common common;
    struct aws_options aws_options;
    struct vn_prices prices;
    const char *index_path;
    const char *given_index;
    bool since_wanted;
    const char *since_path;
    char *kept_path; /* INDEX.loaded-TABLE */
    struct vn_load_source source;
    struct vn_load_options options;
    bool dry_run;
    bool mode_given;
    enum load_report_mode mode;
    struct open_index index_open, since_open;
    struct vn_aws *aws;
    struct load_report report;
    bool begun;
};

static void parse_progress(struct load *load, const char *text)
{
    load->mode_given = true;
    if (strcmp(text, "line") == 0) {
        load->mode = LOAD_REPORT_LINE;
    } else if (strcmp(text, "json") == 0) {
        load->mode = LOAD_REPORT_JSON;
    } else if (strcmp(text, "none") == 0) {
        load->mode = LOAD_REPORT_NONE;
    } else {
        cli_refuse("--progress takes line, json or none, not '%s'", text);
    }
}

/* What is sent. */
static error_t parse_source(struct load *load, int key, const char *arg)
{
    switch (key) {
    case KEY_SINCE:
        load->since_wanted = true;
        load->since_path = arg;
        return 0;
    case KEY_PREFIX:
        load->source.prefix = options_prefix(arg);
        return 0;
    case KEY_FROM_EXPORT:
        load->source.export_dir = arg;
        return 0;
    case KEY_DRY_RUN:
        load->dry_run = true;
        return 0;
    case KEY_FORCE:
        load->options.force = true;
        return 0;
    case KEY_NO_KEEP:
        load->options.keep = false;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* Where a load begins and ends. */
static error_t parse_state(struct load *load, int key, const char *arg)
{
    switch (key) {
    case KEY_RESUME:
        load->options.resume = true;
        return 0;
    case KEY_RESTART:
        load->options.restart = true;
        return 0;
    case KEY_CHECKPOINT:
        load->options.checkpoint_path = arg;
        return 0;
    case KEY_DEAD_LETTERS:
        load->options.dead_letter_path = arg;
        return 0;
    case KEY_MAX_BAD:
        load->options.max_dead =
            (uint64_t)cli_int("--max-bad", arg, 0, VN_SUFFIXES);
        return 0;
    case KEY_STALL:
        load->options.stall_s =
            (unsigned)cli_int("--stall", arg, 1, 24L * 60 * 60);
        return 0;
    default:
        return parse_source(load, key, arg);
    }
}

static void check_options(const struct load *load)
{
    const struct vn_load_source *source = &load->source;

    if (source->export_dir != NULL &&
        (load->since_wanted || source->prefix.length > 0 ||
         load->given_index != NULL)) {
        cli_refuse("--from-export loads all of an export: leave --index, "
                   "--since and --prefix away");
    }
    if (load->since_wanted && source->prefix.length > 0) {
        cli_refuse("--since compares whole indexes: leave --prefix away");
    }
    if (load->options.resume && load->options.restart) {
        cli_refuse("--resume goes on and --restart begins again: choose one");
    }
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct load *load = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &load->given_index;
        state->child_inputs[1] = &load->aws_options;
        state->child_inputs[2] = &load->prices;
        state->child_inputs[3] = &load->common;
        return 0;
    case KEY_MAX_WCU:
        load->options.max_wcu =
            (double)cli_int("--max-wcu", arg, 1, VN_SUFFIXES);
        return 0;
    case KEY_IN_FLIGHT:
        load->options.in_flight = (unsigned)cli_int("--in-flight", arg, 1, 256);
        return 0;
    case KEY_METRICS:
        load->options.metrics_path = arg;
        return 0;
    case KEY_PROMETHEUS:
        load->options.prometheus_path = arg;
        return 0;
    case KEY_PROGRESS:
        parse_progress(load, arg);
        return 0;
    case ARGP_KEY_ARG:
        cli_refuse("takes no argument, but got '%s'; name the index with -i, "
                   "an older one with --since=OLD",
                   arg);
    case ARGP_KEY_END:
        check_options(load);
        return 0;
    default:
        return parse_state(load, key, arg);
    }
}

static const struct argp_option options[] = {
    {.name = "since",
     .key = KEY_SINCE,
     .arg = "OLD",
     .flags = OPTION_ARG_OPTIONAL,
     .doc = "Send only what differs from the index OLD, deletes included "
            "(default: the one that was loaded last, INDEX.loaded-TABLE)"},
    {.name = "prefix",
     .key = KEY_PREFIX,
     .arg = "DIGITS",
     .doc = "Only suffixes that begin with these digits"},
    {.name = "from-export",
     .key = KEY_FROM_EXPORT,
     .arg = "DIR",
     .doc = "Load what 'vanity export' wrote instead of an index"},
    {.name = "dry-run",
     .key = KEY_DRY_RUN,
     .doc = "Only say what would be sent, how long it takes and what it "
            "costs; uses no network"},
    {.name = "resume",
     .key = KEY_RESUME,
     .doc = "Go on with a load that was stopped"},
    {.name = "restart",
     .key = KEY_RESTART,
     .doc = "Begin again, whatever a checkpoint says"},
    {.name = "checkpoint",
     .key = KEY_CHECKPOINT,
     .arg = "FILE",
     .doc = "Keep the state there (default: INDEX.TABLE.load)"},
    {.name = "force",
     .key = KEY_FORCE,
     .doc = "--since or --prefix although the table holds another "
            "generation"},
    {.name = "no-keep",
     .key = KEY_NO_KEEP,
     .doc = "Keep no link INDEX.loaded-TABLE for the next --since"},
    {.name = "max-wcu",
     .key = KEY_MAX_WCU,
     .arg = "N",
     .doc = "Never write more units a second; what the table has provisioned "
            "is never passed either"},
    {.name = "in-flight",
     .key = KEY_IN_FLIGHT,
     .arg = "N",
     .doc = "Requests at once, 1 to 256 (default 64)"},
    {.name = "dead-letters",
     .key = KEY_DEAD_LETTERS,
     .arg = "FILE",
     .doc = "Items refused for good go there (default: CHECKPOINT.dead)"},
    {.name = "max-bad",
     .key = KEY_MAX_BAD,
     .arg = "N",
     .doc = "End after more refused items than N (default 0)"},
    {.name = "stall",
     .key = KEY_STALL,
     .arg = "SECONDS",
     .doc = "End if nothing is acknowledged for so long (default 900)"},
    {.name = "metrics",
     .key = KEY_METRICS,
     .arg = "FILE",
     .doc = "Append figures as JSON lines"},
    {.name = "prometheus",
     .key = KEY_PROMETHEUS,
     .arg = "FILE",
     .doc = "Keep figures in a text file for Prometheus"},
    {.name = "progress",
     .key = KEY_PROGRESS,
     .arg = "KIND",
     .doc = "line, json or none, on standard error (default line)"},
    {0},
};

static const struct argp_child children[] = {
    {.argp = &options_index_argp},
    {.argp = &aws_options_argp},
    {.argp = &aws_prices_argp},
    {.argp = &options_common_argp},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .children = children,
    .doc = "Load an index into a DynamoDB table, one item a suffix. What is "
           "acknowledged, refused and pending always adds up to all; a load "
           "that was stopped goes on with --resume. Exit 1 if items were "
           "refused, 75 if the load stopped and can be resumed.\v"
           "Examples:\n"
           "  vanity load --dry-run                   what would it cost?\n"
           "  vanity load --table phones              all of it\n"
           "  vanity load --table phones --since      what changed since then\n"
           "  vanity load --table phones --resume     go on after a stop",
};

/* ---- What is loaded ---------------------------------------------------- */

static int find_since(struct load *load)
{
    if (load->since_path != NULL) {
        return CLI_DONE;
    }
    if (access(load->kept_path, F_OK) != 0 && errno == ENOENT) {
        if (!load->since_wanted) {
            return CLI_DONE; // a dry run compares with it if it is there
        }
        cli_message("no index at '%s', where a finished load would have kept "
                    "it; name the one that was loaded with --since=OLD",
                    load->kept_path);
        return CLI_REFUSED;
    }
    load->since_path = load->kept_path;
    return CLI_DONE;
}

static int open_since(struct load *load)
{
    if (!load->since_wanted &&
        !(load->dry_run && load->source.prefix.length == 0)) {
        return CLI_DONE;
    }
    if (asprintf(&load->kept_path, "%s.loaded-%s", load->index_path,
                 load->aws_options.table) < 0) {
        load->kept_path = NULL;
        return cli_error(VN_NOMEM, NULL);
    }
    int code = find_since(load);

    if (code == CLI_DONE && load->since_path != NULL) {
        code = open_index_argument(&load->since_open, load->since_path);
        load->source.since = load->since_open.index;
        load->source.since_path = load->since_path;
    }
    return code;
}

static int open_source(struct load *load)
{
    if (load->source.export_dir != NULL) {
        return CLI_DONE;
    }
    load->index_path = options_index_path(load->given_index);
    int code = open_index(&load->index_open, load->index_path);

    if (code != CLI_DONE) {
        return code;
    }
    load->source.index = load->index_open.index;
    load->source.index_path = load->index_path;
    return open_since(load);
}

/* ---- Loading ------------------------------------------------------------ */

/* Before anything is sent: what a resume may send a second time. */
static void print_resume(const struct vn_load_counts *counts)
{
    char resumed[CLI_GROUPED_SIZE];
    char total[CLI_GROUPED_SIZE];
    char bound[CLI_GROUPED_SIZE];

    cli_message("%s of %s were done; at most %s are sent again",
                cli_grouped(counts->resumed, resumed),
                cli_grouped(counts->total, total),
                cli_grouped(counts->resent_bound, bound));
}

static bool note_progress(void *context, const struct vn_load_counts *counts)
{
    struct load *load = context;

    if (!load->begun) {
        // Before, nothing needs to be saved: a signal ends the load at once.
        stop_watch();
        if (load->options.resume && !load->common.quiet) {
            print_resume(counts);
        }
    }
    load->begun = true;
    load_report_update(&load->report, counts);
    return stop_wanted() == 0;
}

static void print_notice(void *context, const char *line)
{
    struct load *load = context;

    if (!load->common.quiet) {
        load_report_end(&load->report);
        cli_message("%s", line);
    }
}

static int open_metrics(struct load *load)
{
    const char *path = load->options.metrics_path;

    if (path == NULL) {
        return CLI_DONE;
    }
    // Nor does the load wait for who reads, or does not read, from a pipe.
    const int fd = open(
        path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
    if (fd >= 0) {
        load->options.metrics = fdopen(fd, "a");
    }
    if (load->options.metrics == NULL) {
        cli_message("cannot write '%s': %s; name another file with --metrics",
                    path,
                    errno == ENXIO ? "Nobody reads from it" : strerror(errno));
        if (fd >= 0) {
            (void)close(fd);
        }
        return CLI_REFUSED;
    }
    return CLI_DONE;
}

/* Before anything is asked of the network. */
static int open_files(struct load *load)
{
    struct vn_error error = {0};

    load->options.table = load->aws_options.table;
    const enum vn_status status =
        vn_load_check(&load->source, &load->options, &error);

    return status == VN_OK ? open_metrics(load) : cli_error(status, &error);
}

static int print_json(const struct load *load, enum vn_status status,
                      const struct vn_load_counts *counts, int code)
{
    struct output out;

    cli_output_start(&out);
    json_open(&out, '{');
    json_key(&out, "table");
    json_text(&out, load->aws_options.table);
    json_key(&out, "complete");
    json_bool(&out, status == VN_OK && counts->dead == 0);
    load_report_json(&out, counts);
    json_close(&out, '}');
    json_line_end(&out);
    return cli_output_finish(&out, code);
}

static int end_code(enum vn_status status, const struct vn_load_counts *counts)
{
    if (status == VN_OK) {
        return counts->dead > 0 ? CLI_NO : CLI_DONE;
    }
    if (status == VN_INVALID && counts->dead > 0) {
        return CLI_NO; // more refused items than --max-bad
    }
    if (status != VN_STOPPED) {
        return cli_exit_code(status);
    }
    return stop_wanted() != 0 ? 128 + stop_wanted() : EXIT_RESUMABLE;
}

static void print_dead(uint64_t dead)
{
    char count[CLI_GROUPED_SIZE];

    cli_message("%s %s refused and in the dead-letter file; --resume "
                "--max-bad %llu tries again",
                cli_grouped(dead, count), dead == 1 ? "item is" : "items are",
                (unsigned long long)dead);
}

static int report_end(struct load *load, enum vn_status status,
                      const struct vn_load_counts *counts,
                      const struct vn_error *error)
{
    int code = end_code(status, counts);

    load_report_end(&load->report);
    if (status == VN_STOPPED && stop_wanted() != 0) {
        cli_message("stopped; go on with --resume");
    } else if (status != VN_OK) {
        (void)cli_error(status, error);
    } else if (counts->dead > 0) {
        print_dead(counts->dead);
    }
    // A load that never began has nothing to account for.
    if (status == VN_OK || counts->total > 0) {
        load_report_account(counts);
    }
    if (load->common.json) {
        code = print_json(load, status, counts, code);
    }
    return code;
}

static int run_load(struct load *load)
{
    struct vn_error error = {0};
    struct vn_load_counts counts = {0};
    const bool silent = load->common.quiet && !load->mode_given;

    load->options.progress = note_progress;
    load->options.progress_context = load;
    load->options.notice = print_notice;
    load->options.notice_context = load;
    load_report_start(&load->report, silent ? LOAD_REPORT_NONE : load->mode);
    const enum vn_status status =
        vn_load(load->aws, &load->source, &load->options, &counts, &error);

    return report_end(load, status, &counts, &error);
}

static int run_dry(const struct load *load)
{
    const struct load_plan_options plan = {
        .source = &load->source,
        .prices = &load->prices,
        .table = load->aws_options.table,
        .max_wcu = load->options.max_wcu,
        .json = load->common.json,
    };

    return load_plan_print(&plan);
}

static int run_online(struct load *load)
{
    int code = open_files(load);

    if (code == CLI_DONE) {
        code = aws_options_open(&load->aws_options, &load->aws);
    }
    if (code == CLI_DONE) {
        code = run_load(load);
    }
    if (load->options.metrics != NULL) {
        (void)fclose(load->options.metrics); // every line was flushed
    }
    return code;
}

int cmd_load(int argc, char **argv)
{
    struct load load = {.options.keep = true};

    options_parse(&parser, argc, argv, &load);
    int code = open_source(&load);

    if (code == CLI_DONE && load.dry_run) {
        code = run_dry(&load);
    } else if (code == CLI_DONE) {
        code = run_online(&load);
    }
    vn_aws_close(load.aws);
    open_index_close(&load.since_open);
    open_index_close(&load.index_open);
    free(load.kept_path);
    return code;
}
