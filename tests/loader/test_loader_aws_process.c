/* test_loader_aws_process.c: programs that print credentials. */
#include "aws_fixture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader/aws_complaint.h"
#include "loader/aws_keys.h"
#include "loader/aws_process.h"

#define LONG_MS 30000

static void expect_output(const char *command, const char *expected)
{
    struct buf out;
    struct vn_error error = {0};

    assert_true(aws_answer_init(&out));
    if (aws_process_run(command, LONG_MS, &out, &error) != VN_OK) {
        fail_msg("%s: %s", command, error.message);
    }
    assert_string_equal(out.data, expected);
    aws_answer_reset(&out);
}

static void expect_failure(const char *command, int timeout_ms,
                           const char *part)
{
    struct buf out;
    struct vn_error error = {0};

    assert_true(aws_answer_init(&out));
    assert_int_equal(aws_process_run(command, timeout_ms, &out, &error),
                     VN_INVALID);
    if (strstr(error.message, part) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", error.message, part);
    }
    assert_non_null(strstr(error.message, "credential_process"));
    assert_null(strstr(error.message, SECRET));
    aws_answer_reset(&out);
}

static void a_command_is_cut_into_words_as_by_a_shell(void **state)
{
    (void)state;
    expect_output("printf '%s|' a  b\tc", "a|b|c|");
    expect_output("  printf '%s|' 'a b' \"c d\" e\\ f  ", "a b|c d|e f|");
    expect_output("printf %s\\| a'b'\"c\"d '' x", "abcd||x|");
    expect_output("printf '%s|' \"a\\\"b\" \"c\\\\d\" \"e\\f\" 'g\\h'",
                  "a\"b|c\\d|e\\f|g\\h|");
    expect_output("printf '%s|' $HOME * ~ ; # >x", "$HOME|*|~|;|#|>x|");
}

static void a_command_that_cannot_be_cut_is_refused(void **state)
{
    (void)state;
    expect_failure("printf 'hush", LONG_MS, "open quote");
    expect_failure("printf \"hush", LONG_MS, "open quote");
    expect_failure("printf hush\\", LONG_MS, "backslash");
    expect_failure("   ", LONG_MS, "no program");
    expect_failure("''", LONG_MS, "no program");
}

static void a_program_that_fails_is_named_without_its_arguments(void **state)
{
    (void)state;
    expect_failure("/no/such/program --secret hush", LONG_MS,
                   "cannot start /no/such/program: No such file");
    expect_failure("sh -c 'exit 3' hush", LONG_MS, "sh ended with exit code 3");
    expect_failure("sh -c 'kill -9 $$' hush", LONG_MS,
                   "sh was ended by signal 9");
}

static void what_a_failing_program_says_last_is_told(void **state)
{
    (void)state;
    expect_failure("sh -c 'echo first >&2; echo; echo \"Expired: run x\" >&2;"
                   " echo >&2; exit 3'",
                   LONG_MS, "sh ended with exit code 3: Expired: run x");
    expect_failure("sh -c 'exec >&-; echo late >&2; sleep 0.1; exit 3'",
                   LONG_MS, "code 3: late");
    expect_failure("sh -c 'echo waits >&2; exec sleep 60'", 200, ": waits");
    expect_failure("sh -c 'yes said | head -c 900000 >&2; exit 3'", LONG_MS,
                   "code 3: said");
    expect_failure("sh -c 'exec >&-; yes said | head -c 900000 >&2; exit 3'",
                   LONG_MS, "code 3: said");
    expect_failure("sh -c 'printf \"a\\033[1mb\\r\" >&2; exit 3'", LONG_MS,
                   ": a?[1mb");
    expect_failure("sh -c 'yes >&2; exit 3'", 200, "in time");
    expect_failure("sh -c 'exit 3'", LONG_MS, "run it by hand");
}

/* What is told of 'said' is 'expected'. */
static void expect_line(const char *said, const char *expected)
{
    struct aws_complaint complaint = {.size = 0};
    char line[AWS_COMPLAINT_SIZE];

    aws_complaint_add(&complaint, said, strlen(said));
    aws_complaint_line(&complaint, line);
    assert_string_equal(line, expected);
}

static void what_could_be_a_secret_is_hidden(void **state)
{
    char said[3 * AWS_COMPLAINT_SIZE + 1];

    (void)state;
    expect_line("", "");
    expect_line("\n \n", "");
    expect_line("An error occurred (ExpiredTokenException): run "
                "aws sso login --profile me",
                "An error occurred (ExpiredTokenException): run "
                "aws sso login --profile me");
    expect_line("key AKIA0123456789ABCDEF.", "key ***.");
    expect_line("secret=wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "***");
    expect_line("\"wJalrXUtnFEMIxKMDENGxbPxRfiCYEXAMPLEKEY\"", "\"***\"");
    expect_line("first\nlast\n\n", "last");
    // The beginning of what is too long is lost: its rest is no word.
    memset(said, 'a', sizeof said - 1);
    said[sizeof said - 1] = '\0';
    expect_line(said, "***");
    memcpy(said + sizeof said - 1 - 10, "end it now", 10);
    expect_line(said, "*** it now");
    memset(said, '.', sizeof said - 1);
    struct aws_complaint complaint = {.size = 0};
    for (size_t i = 0; i < sizeof said - 1; i++) {
        aws_complaint_add(&complaint, said + i, 1);
    }
    char line[AWS_COMPLAINT_SIZE];
    aws_complaint_line(&complaint, line);
    assert_true(strlen(line) < AWS_COMPLAINT_SIZE);
}

static void a_program_that_hangs_is_ended(void **state)
{
    (void)state;
    expect_failure("sleep 60", 100, "sleep did not end in time");
    expect_failure("sh -c 'exec >&-; exec sleep 60'", 100,
                   "sh did not end in time");
}

static void endless_output_is_cut_off(void **state)
{
    (void)state;
    expect_failure("yes hush", LONG_MS, "yes printed too much");
}

static void the_program_gets_signals_as_it_expects_them(void **state)
{
    sigset_t blocked;
    sigset_t before;

    (void)state;
    assert_int_equal(sigemptyset(&blocked), 0);
    assert_int_equal(sigaddset(&blocked, SIGTERM), 0);
    assert_int_equal(sigprocmask(SIG_BLOCK, &blocked, &before), 0);
    assert_true(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
    expect_failure("sh -c 'kill -TERM $$; sleep 1'", LONG_MS, "signal 15");
    expect_failure("sh -c 'kill -PIPE $$; sleep 1'", LONG_MS, "signal 13");
    assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
}

static void ignored_children_change_nothing(void **state)
{
    (void)state;
    assert_true(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
    expect_output("printf x", "x");
    assert_true(signal(SIGCHLD, SIG_DFL) != SIG_ERR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCHED(a_command_is_cut_into_words_as_by_a_shell),
        WATCHED(a_command_that_cannot_be_cut_is_refused),
        WATCHED(a_program_that_fails_is_named_without_its_arguments),
        WATCHED(what_a_failing_program_says_last_is_told),
        WATCHED(what_could_be_a_secret_is_hidden),
        WATCHED(a_program_that_hangs_is_ended),
        WATCHED(endless_output_is_cut_off),
        WATCHED(the_program_gets_signals_as_it_expects_them),
        WATCHED(ignored_children_change_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
