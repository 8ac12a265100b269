/* cli.h: what all commands share: exit codes, messages, small checks. */
#ifndef VN_CLI_H
#define VN_CLI_H

#include <stddef.h>
#include <stdint.h>

#include "engine/error.h"
#include "tools/answer/output.h"

/* Exit codes of every command; 128 + the signal for a stopped build. */
enum cli_exit {
    CLI_DONE = 0,    /* done; the answer is yes */
    CLI_NO = 1,      /* no spelling, indexes differ */
    CLI_REFUSED = 2, /* wrong use or bad input */
    CLI_FAILED = 3,  /* failure or damage */
};

/* A command of the program. */
struct cli_command {
    const char *name;
    const char *summary; /* one line for 'vanity help', no full stop */
    /* argv[0] is "vanity NAME"; returns the exit code. */
    int (*run)(int argc, char **argv);
};

int cmd_build(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_info(int argc, char **argv);
int cmd_load(int argc, char **argv);
int cmd_lookup(int argc, char **argv);
int cmd_rank(int argc, char **argv);
int cmd_serve(int argc, char **argv);
int cmd_site(int argc, char **argv);
int cmd_table(int argc, char **argv);
int cmd_top(int argc, char **argv);
int cmd_verify(int argc, char **argv);

/*
 * cli_name_set() sets the words that open every message, "vanity lookup";
 * 'name' is kept, not copied.
 */
void cli_name_set(const char *name);
const char *cli_name(void);

/*
 * cli_message() writes "NAME: sentence" and a line feed to standard error, in
 * one call. Control characters of the arguments and bytes that are not UTF-8
 * become '?'.
 */
void cli_message(const char *format, ...) VN_PRINTF(1, 2);

/* Like cli_message(), then ends the program with CLI_REFUSED. */
_Noreturn void cli_refuse(const char *format, ...) VN_PRINTF(1, 2);

/* cli_exit_code() maps a status to an exit code. */
int cli_exit_code(enum vn_status status);

/*
 * cli_error() reports the failure 'status' with the sentence of 'error', if it
 * has one, and returns the exit code of 'status'.
 */
int cli_error(enum vn_status status, const struct vn_error *error);

/*
 * cli_int() reads the value 'text' of the option 'name' as an integer between
 * 'least' and 'most', without a plus; ends the program with CLI_REFUSED if it
 * is none.
 */
long cli_int(const char *name, const char *text, long least, long most);

/* cli_output_start() writes to standard output; one such output at a time. */
void cli_output_start(struct output *out);

/*
 * cli_output_finish() writes what is left. A reader that went away (EPIPE) is
 * no failure: what 'code' says is still so. Any other failure is reported on
 * standard error and gives CLI_FAILED; else 'code' is returned.
 */
int cli_output_finish(struct output *out, int code);

/* Digits of a 64-bit number with separators and the end. */
#define CLI_GROUPED_SIZE 27

/* cli_grouped() writes "10,000,000" to 'out' and returns it. */
const char *cli_grouped(uint64_t value, char out[CLI_GROUPED_SIZE]);

/* cli_clock_ms() reads the monotonic clock. */
uint64_t cli_clock_ms(void);

#endif
