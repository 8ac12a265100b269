/* cmd_site.c: vanity site: page, map and lists as files for a web server. */
#include "cli.h"
#include "open.h"
#include "options.h"
#include "progress.h"

#include "tools/answer/output.h"
#include "tools/serve/site.h"

#include <stdlib.h>
#include <unistd.h>

struct command {
    struct options_common common;
    const char *path;
    const char *folder;
    struct open_index open;
    struct progress progress;
    struct site_counts counts;
    struct vn_error error;
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct command *command = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &command->path;
        state->child_inputs[1] = &command->common;
        return 0;
    case ARGP_KEY_ARG:
        if (command->folder != NULL) {
            cli_refuse("takes one folder, but got '%s' too", arg);
        }
        command->folder = arg;
        return 0;
    case ARGP_KEY_END:
        if (command->folder == NULL) {
            cli_refuse("name the folder to write to, such as 'vanity site "
                       "site'");
        }
        return 0;
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
    .args_doc = "DIR",
    .doc = "Write the page, the map of all exchanges and the list of the best "
           "suffixes of each as files: what 'vanity serve' answers beside "
           "numbers and callers.\v"
           "Examples:\n"
           "  vanity site site\n"
           "  aws s3 sync --delete site s3://BUCKET",
};

static bool show_progress(void *context, uint64_t done, uint64_t total)
{
    struct command *command = context;

    progress_update(&command->progress, done, total);
    return true;
}

static int print(struct command *command)
{
    char grouped[CLI_GROUPED_SIZE];

    if (command->common.json) {
        char memory[256];
        struct output out;

        output_start(&out, STDOUT_FILENO, memory, sizeof(memory));
        json_open(&out, '{');
        json_key(&out, "files");
        json_int(&out, (int64_t)command->counts.files);
        json_key(&out, "bytes");
        json_int(&out, (int64_t)command->counts.bytes);
        json_close(&out, '}');
        json_line_end(&out);
        return cli_output_finish(&out, CLI_DONE);
    }
    if (!command->common.quiet) {
        cli_message("wrote %u files of %s bytes to '%s'",
                    (unsigned)command->counts.files,
                    cli_grouped(command->counts.bytes, grouped),
                    command->folder);
    }
    return CLI_DONE;
}

static int run(struct command *command)
{
    const char *path = options_index_path(command->path);
    const int code = open_index(&command->open, path);

    if (code != CLI_DONE) {
        return code;
    }
    progress_start(&command->progress, "files", command->common.quiet);
    const enum vn_status status =
        site_write(command->open.index, command->folder, show_progress, command,
                   &command->counts, &command->error);

    progress_end(&command->progress);
    open_index_close(&command->open);
    return status == VN_OK ? print(command)
                           : open_index_error(path, status, &command->error);
}

int cmd_site(int argc, char **argv)
{
    struct command *command = calloc(1, sizeof(*command));

    if (command == NULL) {
        return cli_error(VN_NOMEM, NULL);
    }
    options_parse(&parser, argc, argv, command);
    const int code = run(command);

    free(command);
    return code;
}
