/* test_dynamo.c: the client against a stub that verifies and fails as told. */
#include "net_fixture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader/dynamo.h"

#define TOKEN "FwoGZXIvYXdzEXAMPLE//token=="

struct fixture {
    struct vn_aws aws;
    struct net_stub *stub;
};

/* What a call was answered. */
struct result {
    unsigned answers;
    enum dynamo_class class;
    long http_status;
    char type[80], reason[80], message[512];
    char *body;
};

static void keep(void *context, struct dynamo_call *call,
                 const struct dynamo_answer *answer)
{
    struct result *result = context;

    (void)call;
    result->answers++;
    result->class = answer->class;
    result->http_status = answer->http_status;
    (void)snprintf(result->type, sizeof result->type, "%s", answer->type);
    (void)snprintf(result->reason, sizeof result->reason, "%s", answer->reason);
    (void)snprintf(result->message, sizeof result->message, "%.500s",
                   answer->message);
    free(result->body);
    result->body = strdup(answer->body);
}

static struct dynamo *open_dynamo(struct fixture *fixture, unsigned in_flight)
{
    struct dynamo *dynamo = NULL;
    struct vn_error error = {0};

    if (dynamo_open(&fixture->aws, in_flight, &dynamo, &error) != VN_OK) {
        fail_msg("%s", error.message);
    }
    return dynamo;
}

static struct result call_once(struct dynamo *dynamo, const char *operation,
                               const char *body)
{
    struct result result = {.answers = 0};
    struct vn_error error = {0};
    struct dynamo_call *call = dynamo_begin(dynamo);

    assert_non_null(call);
    buf_text(dynamo_body(call), body);
    assert_int_equal(dynamo_send(call, operation, keep, &result, &error),
                     VN_OK);
    while (result.answers == 0) {
        if (dynamo_poll(dynamo, 1000, &error) != VN_OK) {
            fail_msg("%s", error.message);
        }
    }
    assert_int_equal(dynamo_in_flight(dynamo), 0);
    free(result.body);
    result.body = NULL;
    return result;
}

#define PUT                                                                    \
    "{\"TableName\":\"words\",\"Item\":{\"suffix\":{\"S\":\"3569377\"},"       \
    "\"spellings\":{\"L\":[{\"S\":\"FLOWERS\"}]}}}"

static void expect_put(struct dynamo *dynamo)
{
    const struct result result = call_once(dynamo, "PutItem", PUT);

    if (result.class != DYNAMO_OK) {
        fail_msg("%s: %s", result.type, result.message);
    }
}

static void create_table(struct fixture *fixture)
{
    const struct vn_table_create options = {0};
    struct vn_error error = {0};

    if (vn_table_create(&fixture->aws, "words", &options, &error) != VN_OK) {
        fail_msg("%s", error.message);
    }
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    assert_non_null(fixture);
    fixture->stub = net_stub_start(NULL, &fixture->aws);
    create_table(fixture);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    net_stub_stop(fixture->stub);
    free(fixture);
    return 0;
}

static void signatures_are_right_with_and_without_a_token(void **state)
{
    struct fixture *fixture = *state;
    struct dynamo *dynamo = open_dynamo(fixture, 1);

    expect_put(dynamo);
    fixture->aws.credentials.session_token = TOKEN;
    net_stub_order(fixture->stub, "{\"token\":\"" TOKEN "\"}");
    dynamo_close(dynamo);
    dynamo = open_dynamo(fixture, 1);
    expect_put(dynamo);
    assert_int_equal(net_stub_count(fixture->stub, "signature_failures"), 0);
    dynamo_close(dynamo);
}

static void the_clock_follows_the_service(void **state)
{
    static const char *const orders[] = {
        "{\"clock_s\":3600}",
        "{\"clock_s\":-86400,\"skew_kind\":\"RequestTimeTooSkewed\"}",
        "{\"clock_s\":0}"};
    struct fixture *fixture = *state;

    fixture->aws.credentials.session_token = TOKEN;
    net_stub_order(fixture->stub, "{\"token\":\"" TOKEN "\"}");
    struct dynamo *dynamo = open_dynamo(fixture, 1);
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        struct dynamo_stats stats;
        net_stub_order(fixture->stub, orders[i]);
        expect_put(dynamo);
        expect_put(dynamo);
        dynamo_stats(dynamo, &stats);
        assert_int_equal(stats.resigned, i + 1);
    }
    // One refusal for each time that the clock jumped.
    assert_int_equal(net_stub_count(fixture->stub, "signature_failures"), 3);
    assert_int_equal(net_stub_count(fixture->stub, "repeated_x-amz-date"), 0);
    assert_non_null(strstr(fixture->aws.debug, "the clock of this machine"));
    dynamo_close(dynamo);
}

static void a_wrong_secret_is_fatal_and_explained_by_debug(void **state)
{
    struct fixture *fixture = *state;

    fixture->aws.credentials.secret_access_key = "another/secret";
    struct dynamo *dynamo = open_dynamo(fixture, 1);
    const struct result result = call_once(dynamo, "PutItem", PUT);
    assert_int_equal(result.class, DYNAMO_FATAL);
    assert_string_equal(result.type, "InvalidSignatureException");
    assert_non_null(strstr(result.message, "signature we calculated"));
    assert_null(strchr(result.message, '\n'));
    assert_non_null(strstr(fixture->aws.debug, "PutItem: | 'POST"));
    assert_non_null(strstr(fixture->aws.debug, "request id STUB"));
    dynamo_close(dynamo);
}

static void no_secret_is_ever_told(void **state)
{
    struct fixture *fixture = *state;

    fixture->aws.credentials.session_token = TOKEN;
    fixture->aws.credentials.secret_access_key = "another/secret";
    struct dynamo *dynamo = open_dynamo(fixture, 1);
    (void)call_once(dynamo, "PutItem", PUT);
    dynamo_close(dynamo);
    fixture->aws.credentials.secret_access_key = "not/a+secret";
    net_stub_order(fixture->stub, "{\"clock_s\":3600}");
    dynamo = open_dynamo(fixture, 1);
    (void)call_once(dynamo, "PutItem", PUT);
    net_stub_order(fixture->stub, "{\"token\":\"other\"}");
    (void)call_once(dynamo, "PutItem", PUT);
    dynamo_close(dynamo);

    const char *debug = fixture->aws.debug;
    assert_non_null(strstr(debug, "x-amz-security-token:****"));
    assert_null(strstr(debug, TOKEN));
    assert_null(strstr(debug, "another/secret"));
    assert_null(strstr(debug, "not/a+secret"));
    assert_null(strstr(debug, "AKIDEXAMPLE"));
    assert_null(strstr(debug, "Authorization"));
}

static void an_expired_token_is_renewed(void **state)
{
    struct fixture *fixture = *state;
    struct dynamo *dynamo = open_dynamo(fixture, 1);

    net_stub_order(fixture->stub,
                   "{\"secrets\":{\"AKIDEXAMPLE\":\"not/a+secret\","
                   "\"AKIDNEW\":\"new\"},\"expired\":[\"AKIDEXAMPLE\"]}");
    fixture->aws.renewed = (struct aws_credentials){.access_key_id = "AKIDNEW",
                                                    .secret_access_key = "new"};
    expect_put(dynamo);
    expect_put(dynamo);
    assert_int_equal(fixture->aws.renewals, 1);
    assert_int_equal(net_stub_count(fixture->stub, "ExpiredTokenException"), 1);
    dynamo_close(dynamo);
}

static void one_renewal_serves_all_calls_in_flight(void **state)
{
    struct fixture *fixture = *state;
    struct dynamo *dynamo = open_dynamo(fixture, 16);
    struct result result = {.answers = 0};

    net_stub_order(fixture->stub,
                   "{\"secrets\":{\"AKIDEXAMPLE\":\"not/a+secret\","
                   "\"AKIDNEW\":\"new\"},\"expired\":[\"AKIDEXAMPLE\"]}");
    fixture->aws.renewed = (struct aws_credentials){.access_key_id = "AKIDNEW",
                                                    .secret_access_key = "new"};
    for (unsigned i = 0; i < 16; i++) {
        struct dynamo_call *call = dynamo_begin(dynamo);
        assert_non_null(call);
        buf_text(dynamo_body(call), PUT);
        assert_int_equal(dynamo_send(call, "PutItem", keep, &result, NULL),
                         VN_OK);
    }
    assert_null(dynamo_begin(dynamo));
    while (result.answers < 16) {
        assert_int_equal(dynamo_poll(dynamo, 1000, NULL), VN_OK);
        assert_int_equal(result.class, DYNAMO_OK);
    }
    assert_int_equal(fixture->aws.renewals, 1);
    free(result.body);
    dynamo_close(dynamo);
}

static void what_cannot_be_renewed_is_fatal(void **state)
{
    struct fixture *fixture = *state;
    struct dynamo *dynamo = open_dynamo(fixture, 1);

    fixture->aws.renewal = VN_INVALID;
    net_stub_order(fixture->stub, "{\"expired\":[\"AKIDEXAMPLE\"]}");
    const struct result result = call_once(dynamo, "PutItem", PUT);
    assert_int_equal(result.class, DYNAMO_FATAL);
    assert_string_equal(result.type, "ExpiredTokenException");
    assert_int_equal(net_stub_count(fixture->stub, "ExpiredTokenException"), 3);
    dynamo_close(dynamo);
}

struct expected {
    const char *fault;
    enum dynamo_class class;
    long http_status;
    const char *type;
};

static void faults_have_their_classes(void **state)
{
    static const struct expected list[] = {
        {"throttle_provisioned", DYNAMO_THROTTLED, 400,
         "ProvisionedThroughputExceededException"},
        {"throttle_request", DYNAMO_THROTTLED, 400, "ThrottlingException"},
        {"error_500", DYNAMO_AGAIN, 500, NULL},
        {"error_503", DYNAMO_AGAIN, 503, "InternalServerError"},
        {"reset_before", DYNAMO_AGAIN, 0, ""},
        {"reset_after", DYNAMO_AGAIN, 0, ""},
        {"truncated", DYNAMO_AGAIN, 0, ""},
        {"wrong_crc", DYNAMO_AGAIN, 200, ""},
        {"hang", DYNAMO_AGAIN, 0, ""},
        {"redirect", DYNAMO_AGAIN, 307, ""},
        {"close_after", DYNAMO_OK, 200, ""},
        {"slow", DYNAMO_OK, 200, ""},
        {"reordered", DYNAMO_OK, 200, ""},
    };
    struct fixture *fixture = *state;
    struct dynamo *dynamo = open_dynamo(fixture, 1);
    struct dynamo_stats stats;
    char order[96];

    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        (void)snprintf(order, sizeof order,
                       "{\"faults\":{\"%s\":1},\"slow_s\":0.2}", list[i].fault);
        net_stub_order(fixture->stub, order);
        dynamo_set_timeout(dynamo,
                           strcmp(list[i].fault, "hang") == 0 ? 300 : 30000);
        const struct result result = call_once(dynamo, "PutItem", PUT);
        assert_int_equal(result.class, list[i].class);
        assert_int_equal(result.http_status, list[i].http_status);
        if (list[i].type != NULL) {
            assert_string_equal(result.type, list[i].type);
        }
        assert_true(result.class == DYNAMO_OK || result.message[0] != '\0');
    }
    assert_int_equal(net_stub_count(fixture->stub, "followed"), 0);
    dynamo_stats(dynamo, &stats);
    assert_int_equal(stats.crc_failures, 1);
    dynamo_close(dynamo);
}

static void refusals_have_their_classes(void **state)
{
    struct fixture *fixture = *state;
    struct dynamo *dynamo = open_dynamo(fixture, 1);
    struct result result = call_once(dynamo, "PutItem", "{");

    assert_int_equal(result.class, DYNAMO_REFUSED);
    assert_string_equal(result.type, "SerializationException");
    net_stub_order(fixture->stub, "{\"poison\":[\"3569377\"]}");
    result = call_once(dynamo, "PutItem", PUT);
    assert_int_equal(result.class, DYNAMO_REFUSED);
    assert_string_equal(result.type, "ValidationException");
    net_stub_order(fixture->stub, "{\"denied\":[\"PutItem\"]}");
    result = call_once(dynamo, "PutItem", PUT);
    assert_int_equal(result.class, DYNAMO_FATAL);
    assert_string_equal(result.type, "AccessDeniedException");
    net_stub_order(fixture->stub, "{\"faults\":{\"throttle_request\":1},"
                                  "\"denied\":[]}");
    result = call_once(dynamo, "PutItem", PUT);
    assert_string_equal(result.reason,
                        "TableWriteProvisionedThroughputExceeded");
    result = call_once(dynamo, "DescribeTable", "{\"TableName\":\"none\"}");
    assert_int_equal(result.class, DYNAMO_FATAL);
    assert_string_equal(result.type, "ResourceNotFoundException");
    dynamo_close(dynamo);
}

/* ---- Many calls ------------------------------------------------------- */

#define ITEMS 4000u
#define BATCH 25u
#define CALLS 16u

/* Batches that are sent until each was acknowledged. */
struct many {
    struct dynamo *dynamo;
    unsigned batch_of[CALLS]; /* by slot */
    bool done[ITEMS / BATCH];
    unsigned done_count;
};

static void take_batch(void *context, struct dynamo_call *call,
                       const struct dynamo_answer *answer)
{
    struct many *many = context;
    const unsigned batch = many->batch_of[dynamo_slot(call)];

    assert_int_not_equal(answer->class, DYNAMO_FATAL);
    assert_int_not_equal(answer->class, DYNAMO_REFUSED);
    if (answer->class != DYNAMO_OK) {
        return;
    }
    json_t *body = json_loadb(answer->body, answer->body_size, 0, NULL);
    assert_non_null(body);
    assert_false(many->done[batch]);
    many->done[batch] =
        json_object_size(json_object_get(body, "UnprocessedItems")) == 0;
    many->done_count += many->done[batch];
    json_decref(body);
}

static void write_batch(struct buf *body, unsigned batch)
{
    char text[128];

    buf_text(body, "{\"RequestItems\":{\"words\":[");
    for (unsigned i = 0; i < BATCH; i++) {
        (void)snprintf(text, sizeof text,
                       "%s{\"PutRequest\":{\"Item\":{\"suffix\":{\"S\":"
                       "\"%07u\"},\"scores\":{\"L\":[{\"N\":\"-3\"}]}}}}",
                       i > 0 ? "," : "", batch * BATCH + i);
        buf_text(body, text);
    }
    buf_text(body, "]},\"ReturnConsumedCapacity\":\"TOTAL\"}");
}

static bool is_in_flight(const struct many *many, const bool *busy,
                         unsigned batch)
{
    for (unsigned i = 0; i < CALLS; i++) {
        if (busy[i] && many->batch_of[i] == batch) {
            return true;
        }
    }
    return false;
}

/* One round sends each open batch once. */
static void send_round(struct many *many)
{
    struct vn_error error = {0};
    bool busy[CALLS] = {false};

    for (unsigned batch = 0; batch < ITEMS / BATCH; batch++) {
        if (many->done[batch] || is_in_flight(many, busy, batch)) {
            continue;
        }
        struct dynamo_call *call = dynamo_begin(many->dynamo);
        while (call == NULL) {
            assert_int_equal(dynamo_poll(many->dynamo, 1000, &error), VN_OK);
            call = dynamo_begin(many->dynamo);
        }
        many->batch_of[dynamo_slot(call)] = batch;
        write_batch(dynamo_body(call), batch);
        assert_int_equal(
            dynamo_send(call, "BatchWriteItem", take_batch, many, &error),
            VN_OK);
    }
    while (dynamo_in_flight(many->dynamo) > 0) {
        assert_int_equal(dynamo_poll(many->dynamo, 1000, &error), VN_OK);
    }
}

static void send_all(struct fixture *fixture, struct dynamo *dynamo)
{
    struct many *many = calloc(1, sizeof *many);
    unsigned rounds = 0;

    assert_non_null(many);
    many->dynamo = dynamo;
    while (many->done_count < ITEMS / BATCH) {
        assert_true(rounds++ < 100);
        send_round(many);
    }
    free(many);
    json_t *state = net_stub_state(fixture->stub);
    const json_t *table =
        json_object_get(json_object_get(state, "tables"), "words");
    assert_int_equal(json_integer_value(json_object_get(table, "items")),
                     ITEMS);
    json_decref(state);
}

static void connections_are_kept(void **state)
{
    struct fixture *fixture = *state;
    struct dynamo *dynamo = open_dynamo(fixture, CALLS);
    struct dynamo_stats stats;

    send_all(fixture, dynamo);
    dynamo_stats(dynamo, &stats);
    assert_int_equal(stats.requests, ITEMS / BATCH);
    assert_true(stats.connections <= CALLS);
    assert_int_equal(net_stub_count(fixture->stub, "signature_failures"), 0);
    dynamo_close(dynamo);
}

static void all_faults_mixed_lose_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct dynamo *dynamo = open_dynamo(fixture, CALLS);

    dynamo_set_timeout(dynamo, 500);
    net_stub_order(
        fixture->stub,
        "{\"seed\":7,\"slow_s\":0.05,\"hang_s\":2,\"operations\":"
        "[\"BatchWriteItem\"],\"faults\":{\"throttle_provisioned\":0.03,"
        "\"throttle_request\":0.03,\"unprocessed_some\":0.03,"
        "\"unprocessed_all\":0.03,\"error_500\":0.03,\"error_503\":0.03,"
        "\"reset_before\":0.03,\"reset_after\":0.03,\"close_after\":0.03,"
        "\"truncated\":0.03,\"wrong_crc\":0.03,\"hang\":0.01,\"slow\":0.03,"
        "\"expired\":0.01,\"skewed\":0.01,\"redirect\":0.03,"
        "\"reordered\":0.03}}");
    send_all(fixture, dynamo);
    dynamo_close(dynamo);
}

/* ---- Endpoints -------------------------------------------------------- */

static void a_certificate_of_its_own_is_refused(void **state)
{
    char folder[] = "/tmp/vanity-tls-XXXXXX";
    char path[64];
    struct fixture *fixture = calloc(1, sizeof *fixture);

    (void)state;
    assert_non_null(fixture);
    assert_non_null(mkdtemp(folder));
    fixture->stub = net_stub_start(folder, &fixture->aws);
    struct dynamo *dynamo = open_dynamo(fixture, 1);
    const struct result result = call_once(dynamo, "PutItem", PUT);
    assert_int_equal(result.class, DYNAMO_FATAL);
    assert_non_null(strstr(result.message, "certificate"));
    dynamo_close(dynamo);
    assert_int_equal(net_stub_count(fixture->stub, "answers"), 0);
    net_stub_stop(fixture->stub);
    free(fixture);
    (void)snprintf(path, sizeof path, "%s/cert.pem", folder);
    assert_int_equal(unlink(path), 0);
    (void)snprintf(path, sizeof path, "%s/key.pem", folder);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void bad_endpoints_are_refused_in_one_line(void **state)
{
    static const char *const unusable[] = {"ftp://127.0.0.1",
                                           "http://127.0.0.1/path", "http://"};
    struct fixture *fixture = *state;
    struct vn_aws *aws = &fixture->aws;
    struct vn_table_info info;
    struct vn_error error = {0};

    for (size_t i = 0; i < sizeof unusable / sizeof *unusable; i++) {
        struct dynamo *dynamo = NULL;
        (void)snprintf(aws->endpoint, sizeof aws->endpoint, "%s", unusable[i]);
        assert_int_equal(dynamo_open(aws, 1, &dynamo, &error), VN_INVALID);
        assert_non_null(strstr(error.message, unusable[i]));
    }
    (void)snprintf(aws->endpoint, sizeof aws->endpoint, "http://127.0.0.1:1");
    assert_int_equal(vn_table_describe(aws, "words", &info, &error), VN_IO);
    assert_non_null(strstr(error.message, "http://127.0.0.1:1"));
    assert_null(strchr(error.message, '\n'));
}

static void asking_tries_again(void **state)
{
    struct fixture *fixture = *state;
    struct dynamo *dynamo = open_dynamo(fixture, 1);
    json_t *request = json_pack("{s:s}", "TableName", "words");
    json_t *answer = NULL;
    struct vn_error error = {0};

    net_stub_order(fixture->stub,
                   "{\"seed\":3,\"operations\":[\"DescribeTable\"],"
                   "\"faults\":{\"error_503\":0.3,\"reset_after\":0.2,"
                   "\"throttle_request\":0.1}}");
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(
            dynamo_ask(dynamo, "DescribeTable", request, &answer, &error),
            VN_OK);
        json_decref(answer);
    }
    assert_true(net_stub_count(fixture->stub, "fault_error_503") > 0);
    json_decref(request);
    dynamo_close(dynamo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(signatures_are_right_with_and_without_a_token),
        TEST(the_clock_follows_the_service),
        TEST(a_wrong_secret_is_fatal_and_explained_by_debug),
        TEST(no_secret_is_ever_told),
        TEST(an_expired_token_is_renewed),
        TEST(one_renewal_serves_all_calls_in_flight),
        TEST(what_cannot_be_renewed_is_fatal),
        TEST(faults_have_their_classes),
        TEST(refusals_have_their_classes),
        TEST(connections_are_kept),
        TEST(all_faults_mixed_lose_nothing),
        TEST(bad_endpoints_are_refused_in_one_line),
        TEST(asking_tries_again),
#undef TEST
        cmocka_unit_test(a_certificate_of_its_own_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
