/* aws_fixture.h: a made-up environment, and an eye on every secret in it. */
#ifndef AWS_FIXTURE_H
#define AWS_FIXTURE_H

#include "loader/aws.h"
#include "loader/loader.h"
#include "tests/index/fixture.h"

/*
 * All secrets of these tests hold SECRET: aws_open() and aws_ask() fail the
 * test if it stands in a message or a line of --debug, and no memory may be
 * freed that still holds it (aws_leaks(), the program's own memory only).
 */
#define SECRET "hush"
#define KEY_ID "AKIDEXAMPLE000001234"

/* For cmocka: nothing is set but what keeps the tests from the network. */
int aws_fixture_reset(void **state);
int aws_fixture_check(void **state); /* fails if secrets were left behind */

/* 'value' NULL: not set. Both are kept by reference. */
void env_set(const char *name, const char *value);
/* AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE with this content. */
void env_files(const char *config, const char *credentials);
void write_text(const char *path, const char *text);

/* vn_aws_open() with the environment above; NULL: no options. */
enum vn_status aws_open(const struct vn_aws_options *options,
                        struct vn_aws **aws, struct vn_error *error);
/* aws_credentials(), looked at in the same way. */
enum vn_status aws_ask(struct vn_aws *aws, int64_t now_s, bool renew,
                       struct aws_credentials *out, struct vn_error *error);

/* Opens and closes; the failure must be VN_INVALID and say 'part'. */
void expect_refused(const struct vn_aws_options *options, const char *part);
/* Opens and closes; must succeed with credentials of 'source'. */
void expect_source(const struct vn_aws_options *options, const char *source);

const char *debug_lines(void); /* since the last reset */
unsigned aws_leaks(void);      /* pieces freed with a secret in them */

/* A test with an environment of its own, watched. */
#define WATCHED(test)                                                          \
    cmocka_unit_test_setup_teardown(test, aws_fixture_reset, aws_fixture_check)

#endif
