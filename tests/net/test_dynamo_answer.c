/* test_dynamo_answer.c: what error answers mean, and what they must not say. */
#include "loader/dynamo_answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void errors_are_read_in_any_form(void **state)
{
    static const char *const bodies[] = {
        "{\"__type\":\"com.amazonaws.dynamodb.v20120810#XException\","
        "\"message\":\"why\"}",
        "{\"Message\":\"why\",\"__type\":\"com.amazon.coral.validate#"
        "XException\"}",
        "{\"message\":\"why\",\"other\":[1],\"__type\":\"XException\"}",
        "{\"__type\":\"a#XException:http://internal/\",\"message\":\"why\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct dynamo_error error;
        dynamo_error_read(bodies[i], strlen(bodies[i]), &error);
        assert_string_equal(error.type, "XException");
        assert_string_equal(error.message, "why");
        assert_string_equal(error.reason, "");
    }
}

static void the_first_reason_of_throttling_is_read(void **state)
{
    static const char body[] =
        "{\"ThrottlingReasons\":[{\"resource\":\"arn\",\"reason\":"
        "\"TableWriteKeyRangeThroughputExceeded\"},{\"reason\":\"second\"}],"
        "\"__type\":\"com.amazon.coral.availability#ThrottlingException\"}";
    struct dynamo_error error;

    (void)state;
    dynamo_error_read(body, sizeof body - 1, &error);
    assert_string_equal(error.type, "ThrottlingException");
    assert_string_equal(error.reason, "TableWriteKeyRangeThroughputExceeded");
}

static void what_is_no_error_of_dynamodb_is_empty(void **state)
{
    static const char *const bodies[] = {
        "",    "<html>", "[]", "{\"__type\":1}", "{\"ThrottlingReasons\":{}}",
        "null"};

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct dynamo_error error;
        dynamo_error_read(bodies[i], strlen(bodies[i]), &error);
        assert_string_equal(error.type, "");
        assert_string_equal(error.message, "");
        assert_string_equal(error.reason, "");
    }
}

static void types_come_before_http_statuses(void **state)
{
    static const struct {
        long http_status;
        const char *type;
        enum dynamo_class class;
    } list[] = {
        {400, "ProvisionedThroughputExceededException", DYNAMO_THROTTLED},
        {400, "ThrottlingException", DYNAMO_THROTTLED},
        {400, "RequestLimitExceeded", DYNAMO_THROTTLED},
        {503, "SlowDown", DYNAMO_THROTTLED},
        {429, "", DYNAMO_THROTTLED},
        {400, "LimitExceededException", DYNAMO_AGAIN},
        {500, "InternalServerError", DYNAMO_AGAIN},
        {500, "", DYNAMO_AGAIN},
        {502, "", DYNAMO_AGAIN},
        {301, "", DYNAMO_AGAIN},
        {400, "ValidationException", DYNAMO_REFUSED},
        {400, "SerializationException", DYNAMO_REFUSED},
        {413, "", DYNAMO_REFUSED},
        {400, "ItemCollectionSizeLimitExceededException", DYNAMO_REFUSED},
        {400, "AccessDeniedException", DYNAMO_FATAL},
        {400, "ResourceNotFoundException", DYNAMO_FATAL},
        {400, "MissingAuthenticationToken", DYNAMO_FATAL},
        {400, "ExpiredTokenException", DYNAMO_FATAL},
        {404, "", DYNAMO_FATAL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        assert_int_equal(dynamo_classify(list[i].http_status, list[i].type),
                         list[i].class);
    }
}

static void what_can_be_mended_is_known(void **state)
{
    (void)state;
    assert_int_equal(dynamo_mendable("ExpiredTokenException"),
                     DYNAMO_MEND_CREDENTIALS);
    assert_int_equal(dynamo_mendable("UnrecognizedClientException"),
                     DYNAMO_MEND_CREDENTIALS);
    assert_int_equal(dynamo_mendable("InvalidSignatureException"),
                     DYNAMO_MEND_SIGNATURE);
    assert_int_equal(dynamo_mendable("RequestTimeTooSkewed"),
                     DYNAMO_MEND_SIGNATURE);
    assert_int_equal(dynamo_mendable("AccessDeniedException"), DYNAMO_MEND_NOT);
    assert_int_equal(dynamo_mendable(""), DYNAMO_MEND_NOT);
}

static void secrets_are_written_over(void **state)
{
    char text[] = "abc is abcabc, ab";
    char canonical[] = "x-amz-date:1\nx-amz-security-token:abc=\nend "
                       "x-amz-security-token:d";

    (void)state;
    dynamo_hide(text, "abc");
    assert_string_equal(text, "*** is ******, ab");
    dynamo_hide(text, NULL);
    dynamo_hide(text, "");
    assert_string_equal(text, "*** is ******, ab");
    dynamo_hide_token(canonical);
    assert_string_equal(canonical, "x-amz-date:1\nx-amz-security-token:****\n"
                                   "end x-amz-security-token:*");
}

static void a_message_is_cut_at_its_first_line(void **state)
{
    char text[] = "first\nsecond";
    char other[] = "first";

    (void)state;
    dynamo_first_line(text);
    dynamo_first_line(other);
    assert_string_equal(text, "first");
    assert_string_equal(other, "first");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_read_in_any_form),
        cmocka_unit_test(the_first_reason_of_throttling_is_read),
        cmocka_unit_test(what_is_no_error_of_dynamodb_is_empty),
        cmocka_unit_test(types_come_before_http_statuses),
        cmocka_unit_test(what_can_be_mended_is_known),
        cmocka_unit_test(secrets_are_written_over),
        cmocka_unit_test(a_message_is_cut_at_its_first_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
