/* test_loader_aws_process.c: programs that print credentials. */
#include "aws_fixture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static void what_a_program_complains_of_is_not_passed_on(void **state)
{
    char said[16];
    int ends[2];
    const int before = dup(2);

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_true(before >= 0 && dup2(ends[1], 2) == 2);
    expect_failure("sh -c 'echo hush >&2; exit 3'", LONG_MS, "by hand");
    assert_int_equal(dup2(before, 2), 2);
    assert_int_equal(close(before), 0);
    assert_int_equal(close(ends[1]), 0);
    assert_int_equal(read(ends[0], said, sizeof said), 0);
    assert_int_equal(close(ends[0]), 0);
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
        WATCHED(what_a_program_complains_of_is_not_passed_on),
        WATCHED(a_program_that_hangs_is_ended),
        WATCHED(endless_output_is_cut_off),
        WATCHED(the_program_gets_signals_as_it_expects_them),
        WATCHED(ignored_children_change_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
