/* vanity.c: the program: its table of commands, and 'vanity help'. */
#include "cli.h"

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli_command commands[] = {
    {"build", "compute the spellings of all suffixes into an index", cmd_build},
    {"lookup", "spell numbers", cmd_lookup},
    {"explain", "show the score of a number's spellings, term by term",
     cmd_explain},
    {"rank", "order numbers by their best spelling, best first", cmd_rank},
    {"top", "list the best suffixes", cmd_top},
    {"info", "say what an index is made of", cmd_info},
    {"verify", "check every byte of an index", cmd_verify},
    {"diff", "compare two indexes", cmd_diff},
#if VN_HAS_LOADER
    {"load", "load an index into a DynamoDB table", cmd_load},
    {"export", "write an index as files for DynamoDB's S3 import", cmd_export},
    {"check", "compare a DynamoDB table with its index", cmd_check},
    {"table", "create, describe and drop a DynamoDB table", cmd_table},
#endif
#if VN_HAS_SERVE
    {"serve", "serve the HTTP API and the page", cmd_serve},
    {"site", "write page, map and lists as files", cmd_site},
#endif
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

/* Longest name that is compared; others are no misspelled command. */
#define NAME_MAX_LETTERS 31

static const char example[] =
    "Example:\n"
    "  vanity build                  make vanity.mdb, once\n"
    "  vanity lookup 1-800-356-9377  1-800-FLOWERS\n"
    "\n"
    "'vanity COMMAND --help' tells more.\n";

static void print_help(void)
{
    fputs("Usage: vanity COMMAND [OPTION...] [ARGUMENT...]\n"
          "Telephone numbers to words, best first.\n\nCommands:\n",
          stdout);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        printf("  %-8s  %s\n", commands[i].name, commands[i].summary);
    }
    fputs("  help      show this, or the help of a command\n\n", stdout);
    fputs(example, stdout);
}

/* Help and version go through stdio: a full disk is a failure there too. */
static void check_stdout(void)
{
    if (fflush(stdout) != 0 && errno != EPIPE) {
        cli_message("cannot write the output: %s", strerror(errno));
        _exit(CLI_FAILED);
    }
}

static const struct cli_command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

/* Letters to insert, drop or change to make 'b' of 'a' (Levenshtein). */
static unsigned edit_distance(const char *a, const char *b)
{
    unsigned row[NAME_MAX_LETTERS + 1];
    const size_t width = strlen(b);

    for (size_t j = 0; j <= width; j++) {
        row[j] = (unsigned)j;
    }
    for (size_t i = 0; a[i] != '\0'; i++) {
        unsigned diagonal = row[0];

        row[0] = (unsigned)i + 1;
        for (size_t j = 1; j <= width; j++) {
            const unsigned above = row[j];
            unsigned best = diagonal + (a[i] == b[j - 1] ? 0 : 1);

            best = above + 1 < best ? above + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            diagonal = above;
            row[j] = best;
        }
    }
    return row[width];
}

static const char *nearest_command(const char *name)
{
    const char *nearest = commands[0].name;
    unsigned least = NAME_MAX_LETTERS;

    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const unsigned distance = edit_distance(name, commands[i].name);

        if (distance < least) {
            least = distance;
            nearest = commands[i].name;
        }
    }
    return nearest;
}

static int refuse_command(const char *name)
{
    if (strlen(name) > NAME_MAX_LETTERS) {
        cli_message("no such command; see 'vanity help'");
    } else {
        cli_message("no command '%s'; did you mean '%s'? See 'vanity help'",
                    name, nearest_command(name));
    }
    return CLI_REFUSED;
}

static int run_command(const struct cli_command *command, int argc, char **argv)
{
    char name[sizeof("vanity ") + NAME_MAX_LETTERS];

    snprintf(name, sizeof(name), "vanity %s", command->name);
    cli_name_set(name);
    argv[0] = name; // argp opens its messages with it
    const int code = command->run(argc, argv);

    cli_name_set("vanity");
    return code;
}

/* 'names': the words behind "help". */
static int help_command(char *const *names)
{
    char word[] = "";
    char option[] = "--help";
    char *argv[] = {word, option, NULL};
    const char *name = names[0];

    if (name != NULL && names[1] != NULL) {
        cli_message("help takes one command, but got '%s' too", names[1]);
        return CLI_REFUSED;
    }
    if (name == NULL || strcmp(name, "help") == 0) {
        print_help();
        return CLI_DONE;
    }
    const struct cli_command *command = find_command(name);

    return command == NULL ? refuse_command(name)
                           : run_command(command, 2, argv);
}

static int run(int argc, char **argv)
{
    const char *word = argv[1];

    if (strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 ||
        strcmp(word, "-?") == 0) {
        return help_command(argv + 2);
    }
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        puts(argp_program_version);
        return CLI_DONE;
    }
    if (word[0] == '-') {
        cli_message("no option '%s' before the command; see 'vanity help'",
                    word);
        return CLI_REFUSED;
    }
    const struct cli_command *command = find_command(word);

    return command == NULL ? refuse_command(word)
                           : run_command(command, argc - 1, argv + 1);
}

/*
 * A standard descriptor that is closed would be given to the next file we open:
 * messages would end up in an index. It is taken by one that refuses its use.
 */
static void hold_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) {
            _exit(CLI_FAILED);
        }
    }
}

int main(int argc, char **argv)
{
    hold_descriptors();
    argp_program_version = "vanity " VN_VERSION_TEXT;
    argp_err_exit_status = CLI_REFUSED;
    signal(SIGPIPE, SIG_IGN); // a write that fails says so itself
    signal(SIGXFSZ, SIG_IGN); // a full quota is an error of that write
    atexit(check_stdout);
    if (argc < 2) {
        cli_message("no command; see 'vanity help'");
        return CLI_REFUSED;
    }
    return run(argc, argv);
}
