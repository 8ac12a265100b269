/* test_loader_aws.c: region, endpoint, profiles, credentials, their refresh. */
#include "aws_fixture.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STATIC_KEYS                                                            \
    "aws_access_key_id = " KEY_ID "\naws_secret_access_key = hush/key+\n"
#define LONG_AGO "2001-01-01T00:00:00Z"

static const struct vn_aws_options emulator = {
    .region = "eu-west-1", .endpoint_url = "http://127.0.0.1:8000"};

static void set_environment_keys(void)
{
    env_set("AWS_ACCESS_KEY_ID", KEY_ID);
    env_set("AWS_SECRET_ACCESS_KEY", "hush/key+");
}

static void expect_region(const struct vn_aws_options *options,
                          const char *region)
{
    struct vn_aws *aws = NULL;
    struct vn_error error;

    if (aws_open(options, &aws, &error) != VN_OK) {
        fail_msg("%s", error.message);
    }
    assert_string_equal(vn_aws_region(aws), region);
    vn_aws_close(aws);
}

static void expect_endpoint(const struct vn_aws_options *options,
                            const char *endpoint)
{
    struct vn_aws *aws = NULL;
    struct vn_error error;

    if (aws_open(options, &aws, &error) != VN_OK) {
        fail_msg("%s", error.message);
    }
    assert_string_equal(vn_aws_endpoint(aws), endpoint);
    vn_aws_close(aws);
}

/* ---- Region ------------------------------------------------------------- */

static void the_region_is_taken_from_the_first_place_that_has_one(void **state)
{
    const struct vn_aws_options asked = {.region = "ap-south-1"};
    const struct vn_aws_options profile = {.profile = "p"};

    (void)state;
    set_environment_keys();
    expect_refused(NULL, "there is no region: give --region");
    env_files("[profile p]\nregion = sa-east-1\n"
              "[default]\nregion = eu-north-1\n",
              "[p]\n" STATIC_KEYS);
    expect_region(NULL, "eu-north-1");
    expect_region(&profile, "sa-east-1");
    env_set("AWS_PROFILE", "p");
    expect_region(NULL, "sa-east-1");
    env_set("AWS_DEFAULT_REGION", "us-west-1");
    expect_region(NULL, "us-west-1");
    env_set("AWS_REGION", "us-west-2");
    expect_region(NULL, "us-west-2");
    expect_region(&asked, "ap-south-1");
}

static void what_is_no_region_is_refused(void **state)
{
    static const char *const regions[] = {
        "us east",
        "US-EAST-1",
        "-us",
        "us-",
        "x.y",
        "x/y",
        "a@b",
        "0123456789012345678901234567890123456789012345678901234567890123"};

    (void)state;
    set_environment_keys();
    for (size_t i = 0; i < sizeof regions / sizeof regions[0]; i++) {
        const struct vn_aws_options options = {.region = regions[i]};
        expect_refused(&options, "--region is no name of a region");
    }
}

/* ---- Endpoint ----------------------------------------------------------- */

static void the_endpoint_is_that_of_the_region(void **state)
{
    const struct vn_aws_options china = {.region = "cn-north-1"};

    (void)state;
    set_environment_keys();
    env_set("AWS_REGION", "eu-west-1");
    expect_endpoint(NULL, "https://dynamodb.eu-west-1.amazonaws.com");
    expect_endpoint(&china, "https://dynamodb.cn-north-1.amazonaws.com.cn");
}

static void an_endpoint_is_taken_from_the_first_place_that_has_one(void **state)
{
    const struct vn_aws_options asked = {.endpoint_url = "http://asked"};

    (void)state;
    set_environment_keys();
    env_set("AWS_REGION", "eu-west-1");
    env_files("[default]\nendpoint_url = http://profile\n", "");
    expect_endpoint(NULL, "http://profile");
    env_files("[default]\nendpoint_url = http://profile\nservices = s\n"
              "[services s]\ns3 =\n  endpoint_url = http://s3\n",
              "");
    expect_endpoint(NULL, "http://profile");
    env_files("[default]\nendpoint_url = http://profile\nservices = s\n"
              "[services s]\ndynamodb =\n  endpoint_url = http://services\n",
              "");
    expect_endpoint(NULL, "http://services");
    env_set("AWS_ENDPOINT_URL", "http://all");
    expect_endpoint(NULL, "http://all");
    env_set("AWS_ENDPOINT_URL_DYNAMODB", "http://dynamodb");
    expect_endpoint(NULL, "http://dynamodb");
    expect_endpoint(&asked, "http://asked");
}

static void configured_endpoints_can_be_ignored(void **state)
{
    const struct vn_aws_options asked = {.endpoint_url = "http://asked"};
    const char *const own = "https://dynamodb.eu-west-1.amazonaws.com";

    (void)state;
    set_environment_keys();
    env_set("AWS_REGION", "eu-west-1");
    env_set("AWS_ENDPOINT_URL", "http://all");
    env_files("[default]\nendpoint_url = http://profile\n"
              "ignore_configured_endpoint_urls = true\n",
              "");
    expect_endpoint(NULL, own);
    expect_endpoint(&asked, "http://asked");
    env_set("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false");
    expect_endpoint(NULL, "http://all");
    env_set("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE");
    expect_endpoint(NULL, own);
}

static void a_services_section_must_be_there(void **state)
{
    (void)state;
    set_environment_keys();
    env_set("AWS_REGION", "eu-west-1");
    env_files("[default]\nservices = s\n", "");
    expect_refused(NULL, "has no section [services s]");
}

static void an_endpoint_is_a_scheme_a_host_and_a_port(void **state)
{
    static const char *const same[][2] = {
        {"http://localhost:8000/", "http://localhost:8000"},
        {"https://example.com", "https://example.com"},
        {"https://example.com:443/", "https://example.com"},
        {"http://[::1]:80", "http://[::1]"},
        {"http://10.1.2.3:1", "http://10.1.2.3:1"}};
    static const char *const refused[] = {
        "localhost:8000",      "ftp://host",        "http://",
        "http://host/path",    "http://host/?a=b",  "http://host/#f",
        "http://host:99999",   "http://ho st",      "//host",
        "http://host/a\nX: y", "file:///etc/passwd"};

    (void)state;
    set_environment_keys();
    env_set("AWS_REGION", "eu-west-1");
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        const struct vn_aws_options options = {.endpoint_url = same[i][0]};
        expect_endpoint(&options, same[i][1]);
    }
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        const struct vn_aws_options options = {.endpoint_url = refused[i]};
        expect_refused(&options, "--endpoint-url is not of the form");
    }
    const struct vn_aws_options user = {.endpoint_url = "http://u:hush@host"};
    expect_refused(&user, "is not of the form");
    const struct vn_aws_options token = {.endpoint_url = "http://h/?t=hush"};
    expect_refused(&token, "http://HOST[:PORT]: http://h/");
}

static void debug_lines_tell_where_things_come_from(void **state)
{
    struct vn_aws *aws = NULL;
    struct vn_error error;

    (void)state;
    set_environment_keys();
    env_set("AWS_SESSION_TOKEN", "hush-token");
    assert_int_equal(aws_open(&emulator, &aws, &error), VN_OK);
    vn_aws_close(aws);
    assert_string_equal(
        debug_lines(),
        "region eu-west-1 from --region\n"
        "endpoint http://127.0.0.1:8000 from --endpoint-url\n"
        "the endpoint has no TLS: nothing sent is hidden\n"
        "credentials from the environment, key ...1234, valid until: no end "
        "is known\n");
}

/* ---- Environment -------------------------------------------------------- */

static void the_environment_comes_first(void **state)
{
    struct vn_aws *aws = NULL;
    struct aws_credentials credentials;
    struct vn_error error;

    (void)state;
    env_files("", "[default]\n" STATIC_KEYS);
    expect_source(&emulator, "profile default");
    env_set("AWS_ACCESS_KEY_ID", "AKIDOTHER");
    env_set("AWS_SECRET_ACCESS_KEY", "hush2");
    env_set("AWS_SESSION_TOKEN", "hush3");
    assert_int_equal(aws_open(&emulator, &aws, &error), VN_OK);
    assert_int_equal(aws_ask(aws, 1, false, &credentials, &error), VN_OK);
    assert_string_equal(credentials.access_key_id, "AKIDOTHER");
    assert_string_equal(credentials.secret_access_key, "hush2");
    assert_string_equal(credentials.session_token, "hush3");
    assert_int_equal(credentials.expires_s, 0);
    assert_int_equal(aws_refreshes(aws), 0);
    vn_aws_close(aws);
    env_set("AWS_PROFILE", "default");
    expect_source(&emulator, "the environment");
}

static void
a_profile_that_is_asked_for_goes_before_the_environment(void **state)
{
    struct vn_aws_options options = emulator;

    (void)state;
    set_environment_keys();
    env_set("AWS_WEB_IDENTITY_TOKEN_FILE", "token");
    env_files("", "[p]\n" STATIC_KEYS);
    options.profile = "p";
    expect_source(&options, "profile p");
}

static void half_a_pair_is_refused(void **state)
{
    (void)state;
    env_set("AWS_ACCESS_KEY_ID", KEY_ID);
    expect_refused(&emulator, "the environment have no secret access key");
    env_set("AWS_SECRET_ACCESS_KEY", "hush ");
    expect_refused(&emulator, "secret access key of the environment has a "
                              "blank");
    env_set("AWS_ACCESS_KEY_ID", NULL);
    env_files("", "[default]\naws_access_key_id = x\n");
    expect_refused(&emulator, "profile default have no secret access key");
}

static void expired_credentials_are_refused(void **state)
{
    (void)state;
    set_environment_keys();
    env_set("AWS_CREDENTIAL_EXPIRATION", LONG_AGO);
    expect_refused(&emulator, "the environment expired at " LONG_AGO);
    env_set("AWS_CREDENTIAL_EXPIRATION", "soon");
    expect_refused(&emulator, "AWS_CREDENTIAL_EXPIRATION is no time");
}

/* ---- Files -------------------------------------------------------------- */

static void keys_stand_in_either_file(void **state)
{
    (void)state;
    env_files("[default]\n" STATIC_KEYS, "");
    expect_source(&emulator, "profile default");
    env_files("[profile default]\n" STATIC_KEYS, "");
    expect_source(&emulator, "profile default");
    env_files("[profile p]\n" STATIC_KEYS, "");
    env_set("AWS_PROFILE", "p");
    expect_source(&emulator, "profile p");
    env_files("[p]\n" STATIC_KEYS, "");
    expect_refused(&emulator, "there is no profile \"p\" in credentials and "
                              "config");
    env_files("", "[profile p]\n" STATIC_KEYS);
    expect_refused(&emulator, "there is no profile \"p\"");
}

static void the_files_lie_in_the_home(void **state)
{
    (void)state;
    assert_int_equal(mkdir("home", 0700), 0);
    assert_int_equal(mkdir("home/.aws", 0700), 0);
    write_text("home/.aws/config", "[default]\nregion = eu-south-1\n");
    write_text("home/.aws/credentials", "[default]\n" STATIC_KEYS);
    write_text("home/other", "[default]\nregion = eu-south-2\n");
    env_set("HOME", "home");
    expect_region(NULL, "eu-south-1");
    env_set("AWS_CONFIG_FILE", "~/other");
    expect_region(NULL, "eu-south-2");
    assert_int_equal(unlink("home/.aws/config"), 0);
    assert_int_equal(unlink("home/.aws/credentials"), 0);
    assert_int_equal(unlink("home/other"), 0);
    assert_int_equal(rmdir("home/.aws"), 0);
    assert_int_equal(rmdir("home"), 0);
}

static void a_bad_line_stops_everything(void **state)
{
    (void)state;
    set_environment_keys();
    env_files("", "[default]\nhushhush\n");
    expect_refused(&emulator, "credentials:2: ");
}

static void what_is_left_to_the_cli_is_named_with_the_way(void **state)
{
    static const char *const settings[] = {
        "role_arn = arn:aws:iam::1:role/r\nsource_profile = default\n",
        "sso_session = s\n", "sso_start_url = https://x\n",
        "role_arn = r\nweb_identity_token_file = f\n"};
    const char *const way =
        "line credential_process = aws configure export-credentials "
        "--profile work --format process";
    struct vn_aws_options options = emulator;

    (void)state;
    options.profile = "work";
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        char text[256];
        (void)snprintf(text, sizeof text, "[profile work]\n%s", settings[i]);
        env_files(text, "[work]\n" STATIC_KEYS);
        expect_refused(&options, way);
    }
    env_files("", "");
    env_set("AWS_WEB_IDENTITY_TOKEN_FILE", "token");
    expect_refused(&emulator, "credential_process = aws configure "
                              "export-credentials --format process");
}

static void none_at_all_lists_where_was_looked(void **state)
{
    struct vn_aws_options options = emulator;

    (void)state;
    expect_refused(&emulator,
                   "there are no AWS credentials: not in the environment "
                   "(AWS_ACCESS_KEY_ID), no container endpoint "
                   "(AWS_CONTAINER_CREDENTIALS_FULL_URI or _RELATIVE_URI), no "
                   "instance metadata (AWS_EC2_METADATA_DISABLED), not in "
                   "profile default of any file (HOME is not set)");
    env_set("HOME", "/nonexistent");
    expect_refused(&emulator, "not in profile default of "
                              "/nonexistent/.aws/credentials and "
                              "/nonexistent/.aws/config");
    env_files("[profile p]\nregion = x\n", "");
    options.profile = "p";
    expect_refused(&options, "not asked because of --profile");
}

/* ---- credential_process and refresh ------------------------------------- */

/* What the process prints: credentials that end at 'expires_s'. */
static void write_answer(const char *id, int64_t expires_s)
{
    const time_t seconds = (time_t)expires_s;
    struct tm parts;
    char end[32];
    char text[256];

    assert_non_null(gmtime_r(&seconds, &parts));
    (void)strftime(end, sizeof end, "%Y-%m-%dT%H:%M:%SZ", &parts);
    (void)snprintf(text, sizeof text,
                   "{\"Version\": 1, \"AccessKeyId\": \"%s\", "
                   "\"SecretAccessKey\": \"hush-key\", \"SessionToken\": "
                   "\"hush-token\", \"Expiration\": \"%s\"}",
                   id, end);
    write_text("answer", text);
}

static void use_process(void)
{
    env_files("[default]\ncredential_process = cat answer\n", "");
}

static void expect_id(struct vn_aws *aws, int64_t now_s, bool renew,
                      const char *id)
{
    struct aws_credentials credentials;
    struct vn_error error;

    if (aws_ask(aws, now_s, renew, &credentials, &error) != VN_OK) {
        fail_msg("%s", error.message);
    }
    assert_string_equal(credentials.access_key_id, id);
}

static void a_process_gives_credentials(void **state)
{
    const int64_t now_s = (int64_t)time(NULL);

    (void)state;
    use_process();
    write_answer("AKIDA", now_s + 3600);
    expect_source(&emulator, "credential_process of profile default");
    env_files("[default]\ncredential_process = cat answer\n" STATIC_KEYS, "");
    expect_source(&emulator, "credential_process of profile default");
    env_files("[default]\ncredential_process = cat answer\n",
              "[default]\n" STATIC_KEYS);
    expect_source(&emulator, "profile default");
}

static void a_process_that_fails_is_told(void **state)
{
    (void)state;
    env_files("[default]\ncredential_process = sh -c 'exit 4' hush\n", "");
    expect_refused(&emulator, "sh ended with exit code 4");
    env_files("[default]\ncredential_process = echo hush\n", "");
    expect_refused(&emulator, "credential_process of profile default is no "
                              "JSON object");
    use_process();
    write_answer("AKIDA", 1000);
    expect_refused(&emulator, "expired at 1970-01-01T00:16:40Z");
}

static void credentials_are_refreshed_five_minutes_before_the_end(void **state)
{
    const int64_t now_s = (int64_t)time(NULL);
    const int64_t end_s = now_s + 3600;
    struct vn_aws *aws = NULL;
    struct vn_error error;

    (void)state;
    use_process();
    write_answer("AKIDA", end_s);
    assert_int_equal(aws_open(&emulator, &aws, &error), VN_OK);
    write_answer("AKIDB", end_s + 3600);
    expect_id(aws, now_s, false, "AKIDA");
    expect_id(aws, end_s - 300, false, "AKIDA");
    assert_int_equal(aws_refreshes(aws), 0);
    expect_id(aws, end_s - 299, false, "AKIDB");
    assert_int_equal(aws_refreshes(aws), 1);
    expect_id(aws, end_s + 3000, false, "AKIDB");
    assert_int_equal(aws_refreshes(aws), 1);
    vn_aws_close(aws);
}

static void old_credentials_stay_while_they_are_valid(void **state)
{
    const int64_t end_s = (int64_t)time(NULL) + 3600;
    struct vn_aws *aws = NULL;
    struct aws_credentials credentials;
    struct vn_error error;

    (void)state;
    use_process();
    write_answer("AKIDA", end_s);
    assert_int_equal(aws_open(&emulator, &aws, &error), VN_OK);
    write_text("answer", "broken hush");
    expect_id(aws, end_s - 200, false, "AKIDA");
    expect_id(aws, end_s - 200, true, "AKIDA");
    assert_non_null(strstr(debug_lines(), "the old credentials stay: "));
    // A pause before the next attempt, then the new ones.
    write_answer("AKIDB", end_s + 3600);
    expect_id(aws, end_s - 191, false, "AKIDA");
    expect_id(aws, end_s - 190, false, "AKIDB");
    write_text("answer", "broken hush");
    assert_int_equal(aws_ask(aws, end_s + 3600, false, &credentials, &error),
                     VN_INVALID);
    assert_non_null(strstr(error.message, "no JSON object"));
    assert_int_equal(aws_refreshes(aws), 1);
    vn_aws_close(aws);
}

static void an_end_told_by_the_service_renews_once_a_second(void **state)
{
    const int64_t now_s = (int64_t)time(NULL);
    struct vn_aws *aws = NULL;
    struct vn_error error;

    (void)state;
    use_process();
    write_answer("AKIDA", now_s + 3600);
    assert_int_equal(aws_open(&emulator, &aws, &error), VN_OK);
    write_answer("AKIDB", now_s + 3600);
    expect_id(aws, now_s, true, "AKIDB");
    write_answer("AKIDC", now_s + 3600);
    expect_id(aws, now_s, true, "AKIDB");
    expect_id(aws, now_s + 1, true, "AKIDC");
    assert_int_equal(aws_refreshes(aws), 2);
    vn_aws_close(aws);
}

static void files_are_read_anew_at_a_renewal(void **state)
{
    struct vn_aws *aws = NULL;
    struct vn_error error;

    (void)state;
    env_files("", "[default]\n" STATIC_KEYS);
    assert_int_equal(aws_open(&emulator, &aws, &error), VN_OK);
    env_files("", "[default]\naws_access_key_id = AKIDNEW\n"
                  "aws_secret_access_key = hush\n");
    expect_id(aws, 1000, false, KEY_ID);
    expect_id(aws, 1000, true, "AKIDNEW");
    vn_aws_close(aws);
}

static void closing_nothing_is_allowed(void **state)
{
    (void)state;
    vn_aws_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCHED(the_region_is_taken_from_the_first_place_that_has_one),
        WATCHED(what_is_no_region_is_refused),
        WATCHED(the_endpoint_is_that_of_the_region),
        WATCHED(an_endpoint_is_taken_from_the_first_place_that_has_one),
        WATCHED(configured_endpoints_can_be_ignored),
        WATCHED(a_services_section_must_be_there),
        WATCHED(an_endpoint_is_a_scheme_a_host_and_a_port),
        WATCHED(debug_lines_tell_where_things_come_from),
        WATCHED(the_environment_comes_first),
        WATCHED(a_profile_that_is_asked_for_goes_before_the_environment),
        WATCHED(half_a_pair_is_refused),
        WATCHED(expired_credentials_are_refused),
        WATCHED(keys_stand_in_either_file),
        WATCHED(the_files_lie_in_the_home),
        WATCHED(a_bad_line_stops_everything),
        WATCHED(what_is_left_to_the_cli_is_named_with_the_way),
        WATCHED(none_at_all_lists_where_was_looked),
        WATCHED(a_process_gives_credentials),
        WATCHED(a_process_that_fails_is_told),
        WATCHED(credentials_are_refreshed_five_minutes_before_the_end),
        WATCHED(old_credentials_stay_while_they_are_valid),
        WATCHED(an_end_told_by_the_service_renews_once_a_second),
        WATCHED(files_are_read_anew_at_a_renewal),
        WATCHED(closing_nothing_is_allowed),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
