/* cmd_serve.c: vanity serve: the API and the page, straight from an index. */
#include "cli.h"
#include "options.h"

#include "tools/serve/serve.h"

#include <stdlib.h>
#include <string.h>

#define HOST_SIGNS                                                             \
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"

enum {
    KEY_LISTEN = 0x200,
    KEY_THREADS,
    KEY_CONNECTIONS,
    KEY_TIMEOUT,
    KEY_HOST,
    KEY_LOG,
    KEY_NO_LOG,
    KEY_KEEP,
    KEY_ACCESS_LOG
};

struct command {
    struct options_common common;
    const char *path;
    struct serve_options options;
};

/* As it stands in the header, without a port: a name or an address. */
static bool is_host(const char *name)
{
    const size_t size = strlen(name);

    if (name[0] == '[') {
        return size > 2 && name[size - 1] == ']' &&
               strspn(name + 1, "0123456789abcdefABCDEF:.") == size - 2;
    }
    return size > 0 && strspn(name, HOST_SIGNS) == size;
}

static void add_host(struct serve_options *options, const char *name)
{
    if (!is_host(name)) {
        cli_refuse("--host takes a name without port, such as "
                   "numbers.example.com, not '%s'",
                   name);
    }
    if (options->host_count == SERVE_HOSTS_MAX) {
        cli_refuse("--host can be given %u times at most", SERVE_HOSTS_MAX);
    }
    options->hosts[options->host_count++] = name;
}

/* Options of the log of calls and of the access log. */
static error_t parse_log(int key, char *arg, struct serve_options *options)
{
    switch (key) {
    case KEY_LOG:
        options->log_path = arg;
        return 0;
    case KEY_NO_LOG:
        options->no_log = true;
        return 0;
    case KEY_KEEP:
        options->kept = (unsigned)cli_int("--keep", arg, 1, CALLS_KEPT_MAX);
        return 0;
    case KEY_ACCESS_LOG:
        options->access_log = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_limit(int key, char *arg, struct serve_options *options)
{
    switch (key) {
    case KEY_THREADS:
        options->threads =
            (unsigned)cli_int("--threads", arg, 1, SERVE_THREADS_MAX);
        return 0;
    case KEY_CONNECTIONS:
        options->connections = (unsigned)cli_int("--max-connections", arg, 1,
                                                 SERVE_CONNECTIONS_MAX);
        return 0;
    case KEY_TIMEOUT:
        options->timeout_s =
            (unsigned)cli_int("--timeout", arg, 1, SERVE_TIMEOUT_MAX_S);
        return 0;
    default:
        return parse_log(key, arg, options);
    }
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct command *command = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &command->path;
        state->child_inputs[1] = &command->common;
        return 0;
    case KEY_LISTEN:
        command->options.listen = arg;
        return 0;
    case KEY_HOST:
        add_host(&command->options, arg);
        return 0;
    case ARGP_KEY_ARG:
        cli_refuse("takes no argument, but got '%s'; name the index with -i",
                   arg);
    case ARGP_KEY_END:
        if (command->options.no_log && command->options.log_path != NULL) {
            cli_refuse("--log and --no-log exclude each other");
        }
        return 0;
    default:
        return parse_limit(key, arg, &command->options);
    }
}

static const struct argp_option options[] = {
    {.name = "listen",
     .key = KEY_LISTEN,
     .arg = "ADDRESS:PORT",
     .doc = "Where to listen (default: " SERVE_LISTEN "); port 0: any"},
    {.name = "threads",
     .key = KEY_THREADS,
     .arg = "N",
     .doc = "Threads that answer (default: one per processor)"},
    {.name = "max-connections",
     .key = KEY_CONNECTIONS,
     .arg = "N",
     .doc = "Connections at a time (default: 1024); others get 503"},
    {.name = "timeout",
     .key = KEY_TIMEOUT,
     .arg = "SECONDS",
     .doc = "For a client to send a request, and to take its answer "
            "(default: 30)"},
    {.name = "host",
     .key = KEY_HOST,
     .arg = "NAME",
     .doc = "Answer only to this name (repeatable); on a loopback address "
            "localhost is one already"},
    {.name = "log",
     .key = KEY_LOG,
     .arg = "FILE",
     .doc = "Keep the last callers in FILE (default: INDEX.calls)"},
    {.name = "no-log", .key = KEY_NO_LOG, .doc = "Keep no callers"},
    {.name = "keep",
     .key = KEY_KEEP,
     .arg = "N",
     .doc = "Callers to keep (default: 1000)"},
    {.name = "access-log",
     .key = KEY_ACCESS_LOG,
     .arg = "FILE",
     .doc = "Write a line of JSON for each answer to FILE; -: standard error"},
    {0},
};

static const struct argp_child children[] = {
    {.argp = &options_index_argp},
    {.argp = &options_common_argp},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .children = children,
    .doc = "Serve the HTTP API and the page, straight from an index, until "
           "SIGINT or SIGTERM. A newly published index is taken by itself, "
           "or on SIGHUP.\v"
           "Examples:\n"
           "  vanity serve\n"
           "  vanity serve -i mine.mdb --listen [::1]:9000 --no-log",
};

int cmd_serve(int argc, char **argv)
{
    struct command *command = calloc(1, sizeof(*command));

    if (command == NULL) {
        return cli_error(VN_NOMEM, NULL);
    }
    options_parse(&parser, argc, argv, command);
    command->options.index_path = options_index_path(command->path);
    command->options.json = command->common.json;
    command->options.quiet = command->common.quiet;
    const int code = serve_run(&command->options);

    free(command);
    return code;
}
