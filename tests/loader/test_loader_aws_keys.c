/* test_loader_aws_keys.c: credentials in JSON, times, what cannot be sent. */
#include "aws_fixture.h"

#include <string.h>

#include "loader/aws_keys.h"

#define PAIR "\"AccessKeyId\":\"" KEY_ID "\",\"SecretAccessKey\":\"hushkey\""

static enum vn_status parse(enum aws_keys_form form, const char *text,
                            struct aws_keys *keys, struct vn_error *error)
{
    struct buf answer;

    assert_true(aws_answer_init(&answer));
    buf_text(&answer, text);
    *keys = (struct aws_keys){0};
    *error = (struct vn_error){0};
    const enum vn_status status =
        aws_keys_parse(keys, form, &answer, "the test", error);
    aws_answer_reset(&answer);
    assert_null(strstr(error->message, SECRET));
    return status;
}

static void times_are_read_with_any_zone(void **state)
{
    static const struct {
        const char *text;
        int64_t time_s;
    } cases[] = {{"1970-01-01T00:00:00Z", 0},
                 {"2026-11-21T09:30:00Z", 1795253400},
                 {"2026-11-21T09:30:00", 1795253400},
                 {"2026-11-21T09:30:00.123456Z", 1795253400},
                 {"2026-11-21T09:30:00+00:00", 1795253400},
                 {"2026-11-21T10:30:00+01:00", 1795253400},
                 {"2026-11-21T10:30:00+0100", 1795253400},
                 {"2026-11-21T04:00:00-05:30", 1795253400}};
    static const char *const refused[] = {"",
                                          "soon",
                                          "2026-11-21",
                                          "2026-13-21T09:30:00Z",
                                          "2026-11-21T09:30:00Zx",
                                          "2026-11-21T09:30:00 x",
                                          "2026-11-21T09:30:00+x"};
    int64_t time_s = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(aws_keys_time(cases[i].text, &time_s));
        assert_int_equal(time_s, cases[i].time_s);
    }
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_false(aws_keys_time(refused[i], &time_s));
    }
}

static void both_forms_are_read(void **state)
{
    struct aws_keys keys;
    struct vn_error error;

    (void)state;
    assert_int_equal(parse(AWS_KEYS_PROCESS,
                           "{\"Version\":1," PAIR ",\"SessionToken\":\"husht\","
                           "\"Expiration\":\"2026-11-21T09:30:00Z\"}",
                           &keys, &error),
                     VN_OK);
    assert_string_equal(keys.access_key_id, KEY_ID);
    assert_string_equal(keys.secret_access_key, "hushkey");
    assert_string_equal(keys.session_token, "husht");
    assert_string_equal(keys.source, "the test");
    assert_int_equal(keys.expires_s, 1795253400);
    aws_keys_reset(&keys);
    assert_null(keys.access_key_id);
    assert_int_equal(parse(AWS_KEYS_ENDPOINT,
                           "{\"Code\":\"Success\"," PAIR ",\"Token\":\"hush\"}",
                           &keys, &error),
                     VN_OK);
    assert_string_equal(keys.session_token, "hush");
    assert_int_equal(keys.expires_s, 0);
    aws_keys_reset(&keys);
    assert_int_equal(
        parse(AWS_KEYS_PROCESS, "{" PAIR ",\"Version\":1}", &keys, &error),
        VN_OK);
    assert_null(keys.session_token);
    aws_keys_reset(&keys);
}

static void anything_else_is_refused_without_being_shown(void **state)
{
    static const struct {
        enum aws_keys_form form;
        const char *text, *part;
    } cases[] = {
        {AWS_KEYS_PROCESS, "", "no JSON"},
        {AWS_KEYS_PROCESS, "hush", "no JSON"},
        {AWS_KEYS_PROCESS, "[" PAIR "]", "no JSON"},
        {AWS_KEYS_PROCESS, "{\"Version\":1," PAIR, "no JSON"},
        {AWS_KEYS_PROCESS, "{" PAIR "}", "\"Version\": 1"},
        {AWS_KEYS_PROCESS, "{\"Version\":2," PAIR "}", "\"Version\": 1"},
        {AWS_KEYS_PROCESS, "{\"Version\":1}", "no access key id"},
        {AWS_KEYS_PROCESS, "{\"Version\":1,\"AccessKeyId\":\"hush\"}",
         "no secret access key"},
        {AWS_KEYS_PROCESS,
         "{\"Version\":1,\"AccessKeyId\":\"hush\",\"SecretAccessKey\":7}",
         "no secret access key"},
        {AWS_KEYS_PROCESS,
         "{\"Version\":1," PAIR ",\"SessionToken\":\"hush\\r\\nX: y\"}",
         "session token of the test has a blank"},
        {AWS_KEYS_PROCESS, "{\"Version\":1," PAIR ",\"Expiration\":\"hush\"}",
         "Expiration"},
        {AWS_KEYS_ENDPOINT, "{\"Code\":\"Failed\"," PAIR "}", "Failed"},
        {AWS_KEYS_ENDPOINT, "{\"Code\":\"Success\"}", "no access key id"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct aws_keys keys;
        struct vn_error error;
        assert_int_equal(parse(cases[i].form, cases[i].text, &keys, &error),
                         VN_INVALID);
        assert_null(keys.access_key_id);
        if (strstr(error.message, cases[i].part) == NULL) {
            fail_msg("\"%s\" does not say \"%s\"", error.message,
                     cases[i].part);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCHED(times_are_read_with_any_zone),
        WATCHED(both_forms_are_read),
        WATCHED(anything_else_is_refused_without_being_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
