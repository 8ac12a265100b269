/* aws_fixture.c: a made-up environment, and an eye on every secret in it. */
#include "aws_fixture.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>

#define VARIABLES 24u
#define LINES_SIZE ((size_t)64 << 10)

static struct {
    const char *name, *value;
} variables[VARIABLES];
static char lines[LINES_SIZE];
static unsigned leaks;

/* ---- Memory that is freed ----------------------------------------------- */

/*
 * The linker leads every free() of our objects here (--wrap=free); the names
 * are its choice.
 */
void __real_free(void *memory); // NOLINT
void __wrap_free(void *memory); // NOLINT

void __wrap_free(void *memory) // NOLINT
{
    if (memory != NULL && memmem(memory, malloc_usable_size(memory), SECRET,
                                 strlen(SECRET)) != NULL) {
        leaks++;
    }
    __real_free(memory);
}

unsigned aws_leaks(void)
{
    return leaks;
}

/* ---- Environment -------------------------------------------------------- */

static const char *read_variable(const char *name)
{
    for (size_t i = 0; i < VARIABLES; i++) {
        if (variables[i].name != NULL && strcmp(variables[i].name, name) == 0) {
            return variables[i].value;
        }
    }
    return NULL;
}

void env_set(const char *name, const char *value)
{
    size_t i = 0;

    while (i < VARIABLES && variables[i].name != NULL &&
           strcmp(variables[i].name, name) != 0) {
        i++;
    }
    assert_true(i < VARIABLES);
    variables[i].name = name;
    variables[i].value = value;
}

void write_text(const char *path, const char *text)
{
    fixture_store(path, text, strlen(text));
}

void env_files(const char *config, const char *credentials)
{
    write_text("config", config);
    write_text("credentials", credentials);
    env_set("AWS_CONFIG_FILE", "config");
    env_set("AWS_SHARED_CREDENTIALS_FILE", "credentials");
}

int aws_fixture_reset(void **state)
{
    (void)state;
    memset(variables, 0, sizeof variables);
    lines[0] = '\0';
    leaks = 0;
    // What the libraries free is overwritten, so as not to come back to us.
    (void)mallopt(M_PERTURB, 0x5a);
    env_set("AWS_EC2_METADATA_DISABLED", "true");
    return 0;
}

int aws_fixture_check(void **state)
{
    (void)state;
    return leaks == 0 ? 0 : -1;
}

/* ---- Calls, watched ----------------------------------------------------- */

static void keep_line(void *context, const char *line)
{
    const size_t used = strlen(lines);

    (void)context;
    assert_null(strchr(line, '\n'));
    (void)snprintf(lines + used, sizeof lines - used, "%s\n", line);
}

const char *debug_lines(void)
{
    return lines;
}

static void look_for_secrets(const struct vn_error *error)
{
    assert_null(strstr(error->message, SECRET));
    assert_null(strstr(lines, SECRET));
    assert_null(strstr(lines, KEY_ID));
}

enum vn_status aws_open(const struct vn_aws_options *options,
                        struct vn_aws **aws, struct vn_error *error)
{
    struct vn_aws_options complete = {0};

    if (options != NULL) {
        complete = *options;
    }
    complete.environment = read_variable;
    complete.debug = keep_line;
    *error = (struct vn_error){0};
    const enum vn_status status = vn_aws_open(&complete, aws, error);
    look_for_secrets(error);
    return status;
}

enum vn_status aws_ask(struct vn_aws *aws, int64_t now_s, bool renew,
                       struct aws_credentials *out, struct vn_error *error)
{
    *error = (struct vn_error){0};
    const enum vn_status status =
        aws_credentials(aws, now_s, renew, out, error);
    look_for_secrets(error);
    return status;
}

void expect_refused(const struct vn_aws_options *options, const char *part)
{
    struct vn_aws *aws = NULL;
    struct vn_error error;

    assert_int_equal(aws_open(options, &aws, &error), VN_INVALID);
    assert_int_equal(error.status, VN_INVALID);
    assert_null(aws);
    if (strstr(error.message, part) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", error.message, part);
    }
}

void expect_source(const struct vn_aws_options *options, const char *source)
{
    struct vn_aws *aws = NULL;
    struct aws_credentials credentials;
    struct vn_error error;

    if (aws_open(options, &aws, &error) != VN_OK) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(aws_ask(aws, 0, false, &credentials, &error), VN_OK);
    assert_string_equal(credentials.source, source);
    vn_aws_close(aws);
}
