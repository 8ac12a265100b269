/* test_loader_aws_memory.c: every allocation of the credentials fails once. */
#include "aws_fixture.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More than any of the ways here takes. */
#define ALLOCATIONS_MAX 1000u

/* Allocations since arm(); the one with this number fails. */
static unsigned calls;
static unsigned fail_at; /* 0: none */

static void arm(unsigned number)
{
    calls = 0;
    fail_at = number;
}

static bool fails(void)
{
    calls++;
    if (calls == fail_at) {
        errno = ENOMEM;
        return true;
    }
    return false;
}

/* ---- The linker sends the calls of our objects here (--wrap) ------------ */

// The linker's names.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t size);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t size);
int __wrap_asprintf(char **out, const char *format, ...) VN_PRINTF(2, 3);

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return fails() ? NULL : __real_realloc(memory, size);
}

char *__wrap_strdup(const char *text)
{
    return fails() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t size)
{
    return fails() ? NULL : __real_strndup(text, size);
}

int __wrap_asprintf(char **out, const char *format, ...)
{
    va_list args;

    if (fails()) {
        return -1;
    }
    va_start(args, format);
    const int length = vasprintf(out, format, args);
    va_end(args);
    return length;
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

/* ---- Ways to credentials ------------------------------------------------ */

/* Opens with the n-th allocation failing, for every n, until none does. */
static void fail_each(const struct vn_aws_options *options)
{
    for (unsigned number = 1; number < ALLOCATIONS_MAX; number++) {
        struct vn_aws *aws = NULL;
        struct vn_error error;
        arm(number);
        const enum vn_status status = aws_open(options, &aws, &error);
        const bool has_failed = calls >= number;
        arm(0);
        if (!has_failed) {
            assert_int_equal(status, VN_OK);
            assert_true(number > 5);
            vn_aws_close(aws);
            return;
        }
        assert_int_equal(status, VN_NOMEM);
        assert_int_equal(error.status, VN_NOMEM);
        assert_null(aws);
    }
    fail_msg("no end after %u allocations", ALLOCATIONS_MAX);
}

static void keys_in_a_file(void **state)
{
    (void)state;
    env_files("[profile p]\nregion = eu-west-1\nservices = s\n"
              "[services s]\ndynamodb =\n endpoint_url = http://localhost\n",
              "[p]\naws_access_key_id = " KEY_ID "\n"
              "aws_secret_access_key = hush\naws_session_token = hush\n");
    env_set("AWS_PROFILE", "p");
    fail_each(NULL);
}

static void keys_in_the_home(void **state)
{
    const struct vn_aws_options options = {.region = "eu-west-1"};

    (void)state;
    env_set("HOME", "/nonexistent");
    env_set("AWS_ACCESS_KEY_ID", KEY_ID);
    env_set("AWS_SECRET_ACCESS_KEY", "hush");
    fail_each(&options);
}

static void keys_of_a_process(void **state)
{
    const struct vn_aws_options options = {.region = "eu-west-1"};

    (void)state;
    write_text("answer", "{\"Version\": 1, \"AccessKeyId\": \"" KEY_ID "\", "
                         "\"SecretAccessKey\": \"hush\"}");
    env_files("[default]\ncredential_process = cat answer\n", "");
    fail_each(&options);
}

static void a_refresh_without_memory_keeps_the_old_ones(void **state)
{
    const struct vn_aws_options options = {.region = "eu-west-1"};
    struct aws_credentials credentials;
    struct vn_aws *aws = NULL;
    struct vn_error error;

    (void)state;
    env_set("AWS_ACCESS_KEY_ID", KEY_ID);
    env_set("AWS_SECRET_ACCESS_KEY", "hush");
    assert_int_equal(aws_open(&options, &aws, &error), VN_OK);
    arm(1);
    assert_int_equal(aws_ask(aws, 1, true, &credentials, &error), VN_OK);
    arm(0);
    assert_string_equal(credentials.access_key_id, KEY_ID);
    assert_int_equal(aws_refreshes(aws), 0);
    vn_aws_close(aws);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCHED(keys_in_a_file),
        WATCHED(keys_in_the_home),
        WATCHED(keys_of_a_process),
        WATCHED(a_refresh_without_memory_keeps_the_old_ones),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
