/* test_loader_aws_http.c: credentials of a container and of an instance. */
#include "aws_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HOUR_S 3600

static const struct vn_aws_options emulator = {
    .region = "eu-west-1", .endpoint_url = "http://127.0.0.1:8000"};

/* ---- The server --------------------------------------------------------- */

static pid_t server;
static int server_input = -1;
static int port;

static void make_pipe(int ends[2])
{
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
}

static int start_server(void **state)
{
    char program[] = "python3";
    char script[] = METADATA_SERVER;
    char *const words[] = {program, script, NULL};
    posix_spawn_file_actions_t actions;
    int input[2];
    int output[2];

    if (fixture_setup(state) != 0) {
        return -1;
    }
    make_pipe(input);
    make_pipe(output);
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawn_file_actions_adddup2(&actions, input[0], 0);
    (void)posix_spawn_file_actions_adddup2(&actions, output[1], 1);
    const int code =
        posix_spawnp(&server, program, &actions, NULL, words, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)close(input[0]);
    (void)close(output[1]);
    server_input = input[1];
    FILE *lines = fdopen(output[0], "r");
    const bool is_up = code == 0 && lines != NULL &&
                       fscanf(lines, "%5d", &port) == 1 && port > 0;
    if (lines != NULL) {
        (void)fclose(lines);
    }
    // A proxy of the user must not hear of any of this.
    (void)setenv("http_proxy", "http://127.0.0.1:1", 1);
    return is_up ? 0 : -1;
}

static int stop_server(void **state)
{
    (void)close(server_input);
    (void)waitpid(server, NULL, 0);
    return fixture_teardown(state);
}

/* How the server answers. */
struct answers {
    const char *id;
    const char *authorization, *role, *token, *hangs;
    int64_t expires_s;
    int fails;
};

static void set_answers(const struct answers *answers)
{
    const time_t seconds = (time_t)answers->expires_s;
    struct tm parts;
    char end[32];
    char text[512];

    assert_non_null(gmtime_r(&seconds, &parts));
    (void)strftime(end, sizeof end, "%Y-%m-%dT%H:%M:%SZ", &parts);
    (void)snprintf(text, sizeof text,
                   "id=%s\nauthorization=%s\nrole=%s\ntoken=%s\nhangs=%s\n"
                   "expires=%s\nfails=%d\n",
                   answers->id, answers->authorization, answers->role,
                   answers->token, answers->hangs, end, answers->fails);
    write_text("state", text);
    write_text("requests", "");
}

static struct answers plain_answers(void)
{
    return (struct answers){.id = KEY_ID,
                            .authorization = "",
                            .role = "the-role",
                            .token = "yes",
                            .hangs = "no",
                            .expires_s = (int64_t)time(NULL) + HOUR_S};
}

static unsigned requests_made(void)
{
    size_t size = 0;
    unsigned count = 0;
    uint8_t *text = fixture_load("requests", &size);

    for (size_t i = 0; i < size; i++) {
        count += text[i] == '\n';
    }
    explicit_bzero(text, size); // the paths are secrets, too
    free(text);
    return count;
}

/* "http://HOST:PORT" + path, kept until the next call. */
static const char *server_url(const char *host, const char *path)
{
    static char url[128];

    (void)snprintf(url, sizeof url, "http://%s:%d%s", host, port, path);
    return url;
}

static void use_container(const char *path)
{
    env_set("AWS_CONTAINER_CREDENTIALS_FULL_URI",
            server_url("127.0.0.1", path));
}

static void use_instance(void)
{
    env_set("AWS_EC2_METADATA_DISABLED", NULL);
    env_set("AWS_EC2_METADATA_SERVICE_ENDPOINT", server_url("127.0.0.1", "/"));
}

static void expect_status(enum vn_status status, const char *part)
{
    struct vn_aws *aws = NULL;
    struct vn_error error;

    assert_int_equal(aws_open(&emulator, &aws, &error), status);
    if (strstr(error.message, part) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", error.message, part);
    }
}

/* ---- Container ---------------------------------------------------------- */

static void a_container_gives_credentials(void **state)
{
    const struct answers answers = plain_answers();
    struct aws_credentials credentials;
    struct vn_aws *aws = NULL;
    struct vn_error error;

    (void)state;
    set_answers(&answers);
    use_container("/hush-task");
    assert_int_equal(aws_open(&emulator, &aws, &error), VN_OK);
    assert_int_equal(aws_ask(aws, 1, false, &credentials, &error), VN_OK);
    assert_string_equal(credentials.access_key_id, KEY_ID);
    assert_string_equal(credentials.secret_access_key, "hush-key");
    assert_string_equal(credentials.session_token, "hush-token");
    assert_int_equal(credentials.expires_s, answers.expires_s);
    assert_string_equal(credentials.source, "the container endpoint");
    assert_int_equal(requests_made(), 1);
    vn_aws_close(aws);
    env_set("AWS_CONTAINER_CREDENTIALS_FULL_URI",
            server_url("localhost", "/hush-task"));
    expect_source(&emulator, "the container endpoint");
}

static void a_container_can_want_a_token(void **state)
{
    struct answers answers = plain_answers();

    (void)state;
    answers.authorization = "Bearer hush-authorization";
    set_answers(&answers);
    use_container("/hush-task");
    expect_status(VN_IO, "the container endpoint answers with HTTP status 401");
    assert_int_equal(requests_made(), 1);
    env_set("AWS_CONTAINER_AUTHORIZATION_TOKEN", answers.authorization);
    expect_source(&emulator, "the container endpoint");
    // The file goes first, and may end in a line feed.
    env_set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "hush-other");
    env_set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "token");
    write_text("token", "Bearer hush-authorization\n");
    expect_source(&emulator, "the container endpoint");
    write_text("token", "hush\r\nX-Other: 1\n");
    expect_refused(&emulator, "token has a character that cannot be sent");
    env_set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "no-token");
    expect_refused(&emulator, "there is no file no-token");
}

static void secrets_go_to_this_machine_or_by_tls_only(void **state)
{
    static const char *const refused[] = {"http://example.com/hush",
                                          "http://10.0.0.1/hush",
                                          "http://169.254.170.3/hush",
                                          "http://169.254.169.254/hush",
                                          "http://127.0.0.1.example.com/hush",
                                          "http://localhost.example.com/hush",
                                          "http://[::2]/hush",
                                          "http://127.0.0.1@example.com/hush",
                                          "ftp://127.0.0.1/hush",
                                          "127.0.0.1/hush",
                                          "hush"};

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        env_set("AWS_CONTAINER_CREDENTIALS_FULL_URI", refused[i]);
        expect_refused(&emulator, "neither https nor an address of this "
                                  "machine");
    }
    env_set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "@example.com/hush");
    expect_refused(&emulator, "does not begin with /");
}

static void https_may_go_anywhere(void **state)
{
    const struct answers answers = plain_answers();
    char url[128];

    (void)state;
    set_answers(&answers);
    // The server speaks no TLS: the address was taken, the answer was not.
    (void)snprintf(url, sizeof url, "https://127.0.0.1:%d/hush-task", port);
    env_set("AWS_CONTAINER_CREDENTIALS_FULL_URI", url);
    expect_status(VN_IO, "the container endpoint does not answer");
}

static void a_busy_container_is_asked_three_times(void **state)
{
    struct answers answers = plain_answers();

    (void)state;
    answers.fails = 2;
    set_answers(&answers);
    use_container("/hush-task");
    expect_source(&emulator, "the container endpoint");
    assert_int_equal(requests_made(), 3);
    answers.fails = 3;
    set_answers(&answers);
    expect_status(VN_IO, "the container endpoint answers with HTTP status 503");
    assert_int_equal(requests_made(), 3);
}

static void answers_that_are_no_credentials_are_told(void **state)
{
    struct answers answers = plain_answers();

    (void)state;
    set_answers(&answers);
    use_container("/nothing");
    expect_status(VN_IO, "HTTP status 404");
    use_container("/redirect");
    expect_status(VN_IO, "HTTP status 302");
    use_container("/large");
    expect_status(VN_IO, "the container endpoint does not answer");
    answers.id = "";
    set_answers(&answers);
    use_container("/hush-task");
    expect_status(VN_INVALID, "the container endpoint have no access key id");
    answers = plain_answers();
    answers.expires_s = 1;
    set_answers(&answers);
    expect_status(VN_INVALID,
                  "the container endpoint expired at 1970-01-01T00:00:01Z");
}

static void a_container_is_asked_again_before_the_end(void **state)
{
    struct answers answers = plain_answers();
    const int64_t end_s = answers.expires_s;
    struct aws_credentials credentials;
    struct vn_aws *aws = NULL;
    struct vn_error error;

    (void)state;
    set_answers(&answers);
    use_container("/hush-task");
    assert_int_equal(aws_open(&emulator, &aws, &error), VN_OK);
    answers.fails = 3;
    answers.id = "AKIDNEW";
    answers.expires_s = end_s + HOUR_S;
    set_answers(&answers);
    assert_int_equal(aws_ask(aws, end_s - 250, false, &credentials, &error),
                     VN_OK);
    assert_string_equal(credentials.access_key_id, KEY_ID);
    assert_int_equal(aws_ask(aws, end_s - 240, false, &credentials, &error),
                     VN_OK);
    assert_string_equal(credentials.access_key_id, "AKIDNEW");
    assert_int_equal(credentials.expires_s, end_s + HOUR_S);
    assert_int_equal(aws_refreshes(aws), 1);
    assert_int_equal(requests_made(), 4);
    vn_aws_close(aws);
}

/* ---- Instance ----------------------------------------------------------- */

static void an_instance_gives_credentials_of_its_role(void **state)
{
    const struct answers answers = plain_answers();
    const char *const expected =
        "PUT /latest/api/token HTTP/1.1\n"
        "GET /latest/meta-data/iam/security-credentials/ HTTP/1.1\n"
        "GET /latest/meta-data/iam/security-credentials/the-role HTTP/1.1\n";
    size_t size = 0;

    (void)state;
    set_answers(&answers);
    use_instance();
    expect_source(&emulator, "the instance metadata");
    uint8_t *requests = fixture_load("requests", &size);
    assert_int_equal(size, strlen(expected));
    assert_memory_equal(requests, expected, size);
    free(requests);
}

static void the_instance_comes_last(void **state)
{
    const struct answers answers = plain_answers();

    (void)state;
    set_answers(&answers);
    use_instance();
    env_files("", "[default]\naws_access_key_id = x\n"
                  "aws_secret_access_key = hush\n");
    expect_source(&emulator, "profile default");
    env_files("", "");
    use_container("/hush-task");
    env_set("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1");
    expect_source(&emulator, "the container endpoint");
}

static void an_instance_without_credentials_is_told_as_such(void **state)
{
    struct answers answers = plain_answers();

    (void)state;
    use_instance();
    answers.role = "";
    set_answers(&answers);
    expect_refused(&emulator, "no instance metadata (no role)");
    answers.token = "no";
    set_answers(&answers);
    expect_refused(&emulator, "no instance metadata (no token of IMDSv2)");
    env_set("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1");
    expect_refused(&emulator, "no instance metadata (no answer)");
    env_set("AWS_EC2_METADATA_DISABLED", "True");
    expect_refused(&emulator,
                   "no instance metadata (AWS_EC2_METADATA_DISABLED)");
}

static void an_instance_that_hangs_is_given_up(void **state)
{
    struct answers answers = plain_answers();

    (void)state;
    use_instance();
    answers.hangs = "yes";
    set_answers(&answers);
    expect_refused(&emulator, "no instance metadata (no answer)");
    assert_int_equal(requests_made(), 4); // the token, three times the roles
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCHED(a_container_gives_credentials),
        WATCHED(a_container_can_want_a_token),
        WATCHED(secrets_go_to_this_machine_or_by_tls_only),
        WATCHED(https_may_go_anywhere),
        WATCHED(a_busy_container_is_asked_three_times),
        WATCHED(answers_that_are_no_credentials_are_told),
        WATCHED(a_container_is_asked_again_before_the_end),
        WATCHED(an_instance_gives_credentials_of_its_role),
        WATCHED(the_instance_comes_last),
        WATCHED(an_instance_without_credentials_is_told_as_such),
        WATCHED(an_instance_that_hangs_is_given_up),
    };

    return cmocka_run_group_tests(tests, start_server, stop_server);
}
