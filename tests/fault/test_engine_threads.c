/* test_engine_threads.c: a thread that cannot be started is an error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "engine/engine.h"

/* Calls of pthread_create() that still succeed. */
static unsigned left;

// The linker's names (--wrap).
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument)
{
    if (left == 0) {
        return EAGAIN;
    }
    left--;
    return __real_pthread_create(thread, attributes, start, argument);
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

static enum vn_status try_engine(unsigned threads, unsigned startable,
                                 struct vn_error *error)
{
    const struct vn_engine_options options = {.threads = threads};
    struct vn_lexicon *lexicon = NULL;
    struct vn_engine *engine = NULL;

    left = startable;
    assert_int_equal(vn_lexicon_open(NULL, &lexicon, NULL), VN_OK);
    const enum vn_status status =
        vn_engine_new(lexicon, &options, &engine, error);
    vn_engine_free(engine);
    vn_lexicon_free(lexicon);
    return status;
}

static void too_few_threads_are_an_error(void **state)
{
    struct vn_error error;

    (void)state;
    for (unsigned startable = 0; startable < 3; startable++) {
        assert_int_equal(try_engine(4, startable, &error), VN_IO);
        assert_int_equal(error.sys_errno, EAGAIN);
        assert_non_null(strstr(error.message, "cannot start 4 threads"));
    }
}

static void the_calling_thread_is_one_of_them(void **state)
{
    (void)state;
    assert_int_equal(try_engine(1, 0, NULL), VN_OK);
    assert_int_equal(try_engine(4, 3, NULL), VN_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(too_few_threads_are_an_error),
        cmocka_unit_test(the_calling_thread_is_one_of_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
