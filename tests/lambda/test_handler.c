/* test_handler.c: the Lambda functions with a table that answers as told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "tools/lambda/handler.h"

#define US INT64_C(1000000)
/* 2026-11-21T09:21:23.456Z */
#define NOW_S INT64_C(1795252883)
#define NOW_US (NOW_S * US + 456000)
#define TRACE_NOW "Root=1-6b016293-bd862e3fe1be46a994272793;Sampled=0"
#define ANSWERS_MAX 40u
#define ITEM                                                                   \
    "{\"Item\":{\"suffix\":{\"S\":\"3569377\"},\"spellings\":{\"L\":[{\"S\":"  \
    "\"FLOWERS\"},{\"S\":\"FLOWER-7\"}]},\"scores\":{\"L\":[{\"N\":\"-3\"},"   \
    "{\"N\":\"-51\"}]}}}"

/* What was asked, what is answered, what was logged. */
struct fake {
    struct table_answer answers[ANSWERS_MAX];
    unsigned asked;
    enum table_operation operation;
    json_t *questions[ANSWERS_MAX];
    int64_t end_ms;
    int64_t now_us;
    char log[4096];
    char memory[HANDLER_MEMORY];
    struct handler handler;
    struct handler_reply reply;
    json_t *body;
};

static void fake_ask(void *context, enum table_operation operation,
                     struct vn_bytes question, int64_t end_ms,
                     struct table_answer *answer)
{
    struct fake *fake = context;

    assert_true(fake->asked < ANSWERS_MAX);
    fake->operation = operation;
    fake->end_ms = end_ms;
    fake->questions[fake->asked] =
        json_loadb(question.data, question.size, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(fake->questions[fake->asked]);
    *answer = fake->answers[fake->asked++];
}

static int64_t fake_now_us(void *context)
{
    return ((struct fake *)context)->now_us;
}

static void fake_log(void *context, struct vn_bytes line)
{
    struct fake *fake = context;

    assert_true(line.size < sizeof(fake->log));
    assert_int_equal(fake->log[0], '\0');
    memcpy(fake->log, line.data, line.size);
    assert_int_equal(line.data[line.size - 1], '\n');
}

static struct fake fake;

static void start(enum handler_kind kind)
{
    for (unsigned i = 0; i < fake.asked; i++) {
        json_decref(fake.questions[i]);
    }
    json_decref(fake.body);
    memset(&fake, 0, sizeof(fake));
    fake.now_us = NOW_US;
    fake.handler = (struct handler){
        .kind = kind,
        .table = "table",
        .outside = {&fake, fake_ask, fake_now_us, fake_log},
    };
    for (unsigned i = 0; i < ANSWERS_MAX; i++) {
        fake.answers[i].body = (struct vn_bytes){"{}", 2};
    }
}

static void answer_with(unsigned at, const char *body)
{
    fake.answers[at].body = (struct vn_bytes){body, strlen(body)};
}

static void run_bytes(const char *event, size_t size, const char *trace)
{
    const struct handler_request request = {
        .event = {event, size},
        .request_id = "8476a536",
        .trace = trace,
        .deadline_ms = NOW_US / 1000 + 3000,
        .cold = true,
    };

    fake.log[0] = '\0';
    handler_run(&fake.handler, &request, fake.memory, &fake.reply);
    json_decref(fake.body);
    fake.body = json_loadb(fake.reply.body.data, fake.reply.body.size,
                           JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(fake.body);
    json_t *line = json_loads(fake.log, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(line);
    json_decref(line);
}

static void run(const char *event)
{
    run_bytes(event, strlen(event), "");
}

static const char *text(const char *key)
{
    const char *value = json_string_value(json_object_get(fake.body, key));

    assert_non_null(value);
    return value;
}

static void assert_log(const char *part)
{
    if (strstr(fake.log, part) == NULL) {
        fail_msg("no %s in %s", part, fake.log);
    }
}

static void assert_status(int status, const char *outcome)
{
    char part[64];

    assert_null(fake.reply.error_type);
    assert_int_equal(
        json_integer_value(json_object_get(fake.body, "statusCode")), status);
    (void)snprintf(part, sizeof(part), "\"outcome\":\"%s\"", outcome);
    assert_log(part);
}

static void assert_error(const char *type)
{
    assert_non_null(fake.reply.error_type);
    assert_string_equal(fake.reply.error_type, type);
    assert_string_equal(text("errorType"), type);
    assert_int_equal(json_array_size(json_object_get(fake.body, "stackTrace")),
                     0);
    assert_log("\"level\":\"error\"");
}

/* The JSON in the body of an HTTP answer. */
static json_t *http_body(void)
{
    json_t *body = json_loads(text("body"), JSON_REJECT_DUPLICATES, NULL);

    assert_non_null(body);
    return body;
}

/* A call whose caller is 'endpoint', JSON. */
static const char *call(const char *endpoint)
{
    static char event[1024];

    (void)snprintf(
        event, sizeof(event),
        "{\"Name\":\"ContactFlowEvent\",\"Details\":{\"ContactData\":{"
        "\"Attributes\":{},\"Channel\":\"VOICE\",\"ContactId\":"
        "\"4a573372-1f28-4e26-b97b-XXXXXXXXXXX\",\"CustomerEndpoint\":%s,"
        "\"InitialContactId\":\"x\",\"InitiationMethod\":\"INBOUND\","
        "\"InstanceARN\":\"arn\",\"PreviousContactId\":\"\",\"Queue\":null,"
        "\"SystemEndpoint\":null,\"MediaStreams\":{}},\"Parameters\":{"
        "\"VanityNumber1\":\"1-800-FLOWERS\",\"VanityNumber2\":\"\"}}}",
        endpoint);
    return event;
}

#define FLOWERS "{\"Address\":\"+18003569377\",\"Type\":\"TELEPHONE_NUMBER\"}"

/* ---- lookup ---------------------------------------------------------------
 */

static void a_caller_gets_flat_strings(void **state)
{
    const char *key = NULL;
    json_t *value = NULL;

    (void)state;
    start(HANDLER_LOOKUP);
    answer_with(0, ITEM);
    run(call(FLOWERS));
    assert_null(fake.reply.error_type);
    json_object_foreach(fake.body, key, value)
    {
        assert_true(json_is_string(value));
    }
    assert_string_equal(text("Count"), "2");
    assert_string_equal(text("VanityNumber1"), "1-800-FLOWERS");
    assert_string_equal(text("VanityNumber2"), "1-800-FLOWER-7");
    assert_string_equal(text("VanityNumber3"), "");
    assert_string_equal(text("Number"), "+18003569377");
    assert_int_equal(fake.asked, 1);
    assert_int_equal(fake.operation, TABLE_GET_ITEM);
    json_t *wanted = json_pack("{s:s, s:{s:{s:s}}}", "TableName", "table",
                               "Key", "suffix", "S", "3569377");
    assert_true(json_equal(fake.questions[0], wanted));
    json_decref(wanted);
    assert_log("\"digits\":\"77\"");
    assert_log("\"cold\":true");
    assert_null(strstr(fake.log, "3569"));
}

static void no_item_is_an_answer(void **state)
{
    (void)state;
    start(HANDLER_LOOKUP);
    run(call(FLOWERS));
    assert_null(fake.reply.error_type);
    assert_string_equal(text("Count"), "0");
    assert_string_equal(text("Number"), "+18003569377");
    assert_log("\"outcome\":\"no_spelling\"");
}

static void a_number_that_says_nothing_is_no_fault(void **state)
{
    static const char *const endpoints[] = {
        "null",
        "{}",
        "[]",
        "7",
        "\"+18003569377\"",
        "{\"Address\":null}",
        "{\"Address\":\"\"}",
        "{\"Address\":18003569377}",
        "{\"Address\":\"anonymous\"}",
        "{\"Address\":\"restricted\"}",
        "{\"Address\":\"+1\"}",
        "{\"Address\":\"3569377\"}",
        "{\"Address\":\"sip:user@example.com\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++) {
        start(HANDLER_LOOKUP);
        run(call(endpoints[i]));
        assert_null(fake.reply.error_type);
        assert_string_equal(text("Count"), "0");
        assert_string_equal(text("Number"), "");
        assert_int_equal(strncmp(text("Prompt"), "<speak>", 7), 0);
        assert_int_equal(fake.asked, 0);
    }
}

static void damaged_items_are_faults(void **state)
{
    static const char *const answers[] = {
        "",
        "[]",
        "{",
        "{\"Item\":1}",
        "{\"Item\":{}}",
        "{\"Item\":{\"suffix\":{\"S\":\"3569377\"},\"block\":{\"B\":\"AA=\"}}}",
        "{\"Item\":{\"spellings\":{\"L\":[]},\"scores\":{\"L\":[]}}}",
        "{\"Item\":{\"spellings\":{\"L\":[{\"S\":\"FLOWERS\"}]},"
        "\"scores\":{\"L\":[]}}}",
        "{\"Item\":{\"spellings\":{\"L\":[{\"S\":\"GOTJUNK\"}]},"
        "\"scores\":{\"L\":[{\"N\":\"-3\"}]}}}",
        "{\"Item\":{\"spellings\":{\"L\":[{\"N\":\"7\"}]},"
        "\"scores\":{\"L\":[{\"N\":\"-3\"}]}}}",
        "{\"Item\":{\"spellings\":{\"L\":[{\"S\":\"FLOWERS\"}]},"
        "\"scores\":{\"L\":[{\"N\":\"-3000\"}]}}}",
        "{\"Item\":{\"spellings\":{\"L\":[{\"S\":\"FLOWERS\"}]},"
        "\"scores\":{\"L\":[{\"N\":\"x\"}]}}}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        start(HANDLER_LOOKUP);
        answer_with(0, answers[i]);
        run(call(FLOWERS));
        assert_error("Table.Damaged");
    }
}

static void faults_of_the_table_have_names(void **state)
{
    static const struct {
        enum table_outcome outcome;
        const char *type;
        int status;
    } cases[] = {
        {TABLE_LATE, "Table.Late", 503},
        {TABLE_THROTTLED, "Table.Throttled", 503},
        {TABLE_UNREACHABLE, "Table.Unreachable", 503},
        {TABLE_REFUSED, "Table.Refused", 502},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        start(HANDLER_LOOKUP);
        fake.answers[0].outcome = cases[i].outcome;
        strcpy(fake.answers[0].reason, "ResourceNotFoundException");
        fake.answers[0].retries = 1;
        run(call(FLOWERS));
        assert_error(cases[i].type);
        assert_log("\"retries\":1");
        start(HANDLER_LOOKUP);
        fake.answers[0].outcome = cases[i].outcome;
        run("{\"httpMethod\":\"GET\",\"path\":\"/vanitynumbers\","
            "\"queryStringParameters\":{\"phonenumber\":\"3569377\"}}");
        assert_status(cases[i].status, cases[i].type);
    }
}

static void the_deadline_bounds_the_question(void **state)
{
    (void)state;
    start(HANDLER_LOOKUP);
    run(call(FLOWERS));
    assert_int_equal(fake.end_ms, NOW_US / 1000 + 800);
    start(HANDLER_LOOKUP);
    fake.now_us += 2500 * 1000;
    run(call(FLOWERS));
    assert_int_equal(fake.end_ms, NOW_US / 1000 + 3000 - 50);
}

#define REST(method, path, query)                                              \
    "{\"resource\":\"/x\",\"path\":\"" path "\",\"httpMethod\":\"" method      \
    "\",\"headers\":null,\"multiValueQueryStringParameters\":null,"            \
    "\"queryStringParameters\":" query                                         \
    ",\"requestContext\":{\"stage\":\"prod\"},\"body\":null}"
#define HTTP(method, path, query)                                              \
    "{\"version\":\"2.0\",\"routeKey\":\"$default\",\"rawPath\":\"" path       \
    "\",\"queryStringParameters\":" query                                      \
    ",\"requestContext\":{\"http\":{\"method\":\"" method                      \
    "\"}},\"isBase64Encoded\":false}"
#define NUMBER(text) "{\"phonenumber\":\"" text "\"}"

static void both_gateways_get_the_same_body(void **state)
{
    static const char *const events[] = {
        REST("GET", "/vanitynumbers", NUMBER("+18003569377")),
        REST("GET", "/vanitynumbers", NUMBER(" 18003569377")),
        REST("GET", "/prod/vanitynumbers", NUMBER("1-800-FLOWERS")),
        HTTP("GET", "/vanitynumbers", NUMBER("(800) 356-9377")),
        HTTP("GET", "/prod/vanitynumbers", NUMBER(" 1 800 356 9377")),
    };

    (void)state;
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        start(HANDLER_LOOKUP);
        answer_with(0, ITEM);
        run(events[i]);
        assert_status(200, "found");
        json_t *body = http_body();
        assert_string_equal(
            json_string_value(json_object_get(body, "phonenumber")),
            "+18003569377");
        assert_int_equal(json_array_size(json_object_get(body, "candidates")),
                         2);
        json_decref(body);
        assert_null(strstr(fake.log, "3569"));
    }
}

static void wrong_requests_are_told_so(void **state)
{
    static const struct {
        const char *event;
        int status;
        const char *outcome;
    } cases[] = {
        {REST("GET", "/vanitynumbers", "null"), 400, "bad_number"},
        {REST("GET", "/vanitynumbers", "{}"), 400, "bad_number"},
        {REST("GET", "/vanitynumbers", NUMBER("")), 400, "bad_number"},
        {REST("GET", "/vanitynumbers", NUMBER("12")), 400, "bad_number"},
        {REST("GET", "/vanitynumbers", "{\"phonenumber\":3569377}"), 400,
         "bad_number"},
        {HTTP("GET", "/vanitynumbers", NUMBER("3569377,3569378")), 400,
         "bad_number"},
        {"{\"httpMethod\":\"GET\",\"path\":\"/vanitynumbers\","
         "\"queryStringParameters\":{\"phonenumber\":\"3569377\"},"
         "\"multiValueQueryStringParameters\":{\"phonenumber\":[\"1\",\"2\"]}}",
         400, "bad_number"},
        {REST("GET", "/callers", NUMBER("3569377")), 404, "no_resource"},
        {REST("GET", "", NUMBER("3569377")), 404, "no_resource"},
        {HTTP("GET", "/", NUMBER("3569377")), 404, "no_resource"},
        {"{\"httpMethod\":\"GET\"}", 404, "no_resource"},
        {REST("POST", "/vanitynumbers", NUMBER("3569377")), 405, "bad_method"},
        {HTTP("OPTIONS", "/vanitynumbers", NUMBER("3569377")), 405,
         "bad_method"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        start(HANDLER_LOOKUP);
        run(cases[i].event);
        assert_status(cases[i].status, cases[i].outcome);
        json_t *body = http_body();
        assert_non_null(json_string_value(json_object_get(body, "message")));
        json_decref(body);
        assert_int_equal(fake.asked, 0);
    }
}

/* ---- Events ---------------------------------------------------------------
 */

static void bad_events_are_errors_without_their_text(void **state)
{
    static const char *const events[] = {
        "",
        "{",
        "null",
        "[]",
        "{}",
        "\"text\"",
        "{\"a\":1}{",
        "{\"Details\":7}",
        "{\"secret\":\"+18003569377\"",
        "{\"Details\":{},\"Details\":{}}",
        "{\"Details\":{\"secret\":\"\xff+18003569377\"}}",
        "{\"Details\":{\"secret\":\"\\",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        start(HANDLER_LOOKUP);
        run(events[i]);
        assert_error("Event.Invalid");
        assert_null(strstr(fake.log, "356"));
        assert_null(strstr(fake.log, "secret"));
        assert_null(strstr(text("errorMessage"), "secret"));
    }
    start(HANDLER_LOOKUP);
    run_bytes("{\"Details\":{\0}}", 15, "");
    assert_error("Event.Invalid");
}

/* Whoever asks over HTTP can write one wherever it pleases. */
static void nul_cuts_nothing_and_harms_nothing(void **state)
{
    static const char *const bad[] = {
        REST("GET", "/vanitynumbers", NUMBER("\\u0000")),
        REST("GET", "/vanitynumbers", NUMBER("3569377\\u0000")),
        REST("GET", "/vanitynumbers", NUMBER("\\u00003569377")),
        REST("GET", "/vanitynumbers", NUMBER("3569377\\u00001")),
        HTTP("GET", "/vanitynumbers", NUMBER("3569377\\u0000")),
        REST("GET", "/vanitynumbers", "{\"phonenumber\\u0000\":\"3569377\"}"),
    };
    static const char *const good[] = {
        REST("GET", "/vanitynumbers",
             "{\"a\":\"\\u0000\",\"phonenumber\":\"3569377\"}"),
        REST("GET", "/vanitynumbers",
             "{\"\\u0000\":\"\",\"phonenumber\":\"3569377\"}"),
        HTTP("GET", "/vanitynumbers",
             "{\"a\\u0000\":\"\",\"phonenumber\":\"3569377\",\"a\\ufffd\":"
             "\"\"}"),
        REST("GET", "/vanitynumbers",
             "{\"\\\\u0000\":\"\\\\\\u0000\",\"phonenumber\":\"3569377\"}"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        start(HANDLER_LOOKUP);
        run(bad[i]);
        assert_status(400, "bad_number");
        assert_int_equal(fake.asked, 0);
    }
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        start(HANDLER_LOOKUP);
        answer_with(0, ITEM);
        run(good[i]);
        assert_status(200, "found");
    }
    start(HANDLER_LOOKUP);
    run(call("{\"Address\":\"+18003569377\\u0000\"}"));
    assert_string_equal(text("Count"), "0");
    assert_int_equal(fake.asked, 0);
}

/* A REST event of 'size' bytes whose body is 'text' over and over. */
static char *event_with_body(size_t size, struct vn_bytes text)
{
    static const char head[] =
        "{\"httpMethod\":\"GET\",\"path\":\"/vanitynumbers\","
        "\"queryStringParameters\":{\"phonenumber\":\"3569377\"},\"body\":\"";
    char *event = malloc(size + 1);
    size_t used = sizeof(head) - 1;

    assert_non_null(event);
    memcpy(event, head, used);
    while (used + text.size + 2 <= size) {
        memcpy(event + used, text.data, text.size);
        used += text.size;
    }
    (void)snprintf(event + used, size + 1 - used, "\"}");
    return event;
}

/* Below, at and above the length from which a text is passed over. */
static void long_texts_do_not_matter(void **state)
{
    static const char *const texts[] = {"x",
                                        "[{,",
                                        "\\\"",
                                        "\\\\",
                                        "\\u0000",
                                        "\\ud83d\\ude00",
                                        "\xf0\x9f\x98\x80"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        for (size_t size = 16000; size < 17000; size += 29) {
            char *event = event_with_body(
                size, (struct vn_bytes){texts[i], strlen(texts[i])});

            start(HANDLER_LOOKUP);
            answer_with(0, ITEM);
            run(event);
            assert_status(200, "found");
            free(event);
        }
    }
}

static void a_long_text_without_end_is_an_error(void **state)
{
    char *event = event_with_body(100000, (struct vn_bytes){"x", 1});

    (void)state;
    for (size_t size = strlen(event) - 1; size > 20000; size -= 19999) {
        start(HANDLER_LOOKUP);
        run_bytes(event, size, "");
        assert_error("Event.Invalid");
    }
    event[strlen(event) - 2] = '\\';
    start(HANDLER_LOOKUP);
    run(event);
    assert_error("Event.Invalid");
    free(event);
}

static void a_cut_event_is_not_read(void **state)
{
    struct handler_request request = {
        .event = {"{", 1}, .too_large = true, .request_id = "1", .trace = ""};

    (void)state;
    start(HANDLER_LOOKUP);
    handler_run(&fake.handler, &request, fake.memory, &fake.reply);
    assert_string_equal(fake.reply.error_type, "Event.TooLarge");
    assert_log("\"outcome\":\"Event.TooLarge\"");
}

static void large_events_are_bounded(void **state)
{
    const size_t size = 6000000;
    char *event = malloc(size);

    (void)state;
    assert_non_null(event);
    memset(event, '[', size);
    start(HANDLER_LOOKUP);
    run_bytes(event, size, "");
    assert_error("Event.Invalid");
    for (size_t i = 1; i < size; i += 2) {
        event[i] = ',';
    }
    start(HANDLER_LOOKUP);
    run_bytes(event, size, "");
    assert_error("Event.Invalid");

    static const char head[] =
        "{\"httpMethod\":\"GET\",\"path\":\"/vanitynumbers\",\"body\":\"";
    memset(event, '[', size);
    memcpy(event, head, sizeof(head) - 1);
    event[size - 2] = '"';
    event[size - 1] = '}';
    start(HANDLER_LOOKUP);
    run_bytes(event, size, "");
    assert_status(400, "bad_number");
    free(event);
}

static void unknown_members_are_passed_over(void **state)
{
    (void)state;
    start(HANDLER_LOOKUP);
    answer_with(0, ITEM);
    run("{\"Details\":{\"ContactData\":{\"CustomerEndpoint\":" FLOWERS
        ",\"Queue\":\"text\",\"New\":[[],{}]},\"Parameters\":7},\"Name\":3}");
    assert_string_equal(text("Count"), "2");
}

/* ---- call-log -------------------------------------------------------------
 */

static const json_t *question(const char *key)
{
    return json_object_get(fake.questions[fake.asked - 1], key);
}

/* Of the item that was put by the question 'at'. */
static const char *put_text(unsigned at, const char *key, const char *type)
{
    return json_string_value(json_object_get(
        json_object_get(json_object_get(fake.questions[at], "Item"), key),
        type));
}

/* Of the last item. */
static const char *item_text(const char *key, const char *type)
{
    return put_text(fake.asked - 1, key, type);
}

static void a_call_is_written_once(void **state)
{
    (void)state;
    start(HANDLER_CALL_LOG);
    run(call(FLOWERS));
    assert_null(fake.reply.error_type);
    assert_int_equal(fake.operation, TABLE_PUT_ITEM);
    assert_string_equal(item_text("day", "S"), "2026-11-21");
    assert_string_equal(
        item_text("at", "S"),
        "2026-11-21T09:21:23.456Z#4a573372-1f28-4e26-b97b-XXXXXXXXXXX");
    assert_string_equal(item_text("number", "S"), "+18003569377");
    assert_int_equal(atoll(item_text("expires", "N")),
                     NOW_S + (int64_t)HANDLER_KEPT_DAYS * 86400);
    assert_int_equal(fake.asked, 2);
    for (unsigned i = 0; i < 2; i++) {
        assert_string_equal(json_string_value(json_object_get(
                                fake.questions[i], "ConditionExpression")),
                            "attribute_not_exists(#day)");
    }
    const json_t *list =
        json_object_get(json_object_get(question("Item"), "spellings"), "L");
    assert_int_equal(json_array_size(list), 1);
    assert_log("\"outcome\":\"written\"");
    assert_null(strstr(fake.log, "3569"));
}

static void a_call_counts_for_its_number(void **state)
{
    (void)state;
    start(HANDLER_CALL_LOG);
    run(call(FLOWERS));
    assert_string_equal(put_text(0, "day", "S"), "2026-11-21#+18003569377");
    assert_string_equal(put_text(0, "at", "S"),
                        "4a573372-1f28-4e26-b97b-XXXXXXXXXXX");
    assert_int_equal(atoll(put_text(0, "expires", "N")), NOW_S + 2 * 86400);
    assert_int_equal(
        json_object_size(json_object_get(fake.questions[0], "Item")), 3);
}

/* What happens to the item that counts, to the call, and what is said of it. */
static void repeats_are_no_faults(void **state)
{
    static const struct {
        enum table_outcome outcomes[2];
        const char *trace;
        unsigned asked;
        const char *outcome;
    } cases[] = {
        {{TABLE_ANSWERED, TABLE_ANSWERED}, "", 2, "\"written\""},
        {{TABLE_ANSWERED, TABLE_CONDITION}, "", 2, "\"repeated\""},
        {{TABLE_CONDITION, TABLE_ANSWERED}, "", 1, "\"repeated\""},
        {{TABLE_CONDITION, TABLE_ANSWERED}, TRACE_NOW, 2, "\"written\""},
        {{TABLE_CONDITION, TABLE_CONDITION}, TRACE_NOW, 2, "\"repeated\""},
    };
    const char *event = call(FLOWERS);

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        start(HANDLER_CALL_LOG);
        fake.answers[0].outcome = cases[i].outcomes[0];
        fake.answers[1].outcome = cases[i].outcomes[1];
        run_bytes(event, strlen(event), cases[i].trace);
        assert_null(fake.reply.error_type);
        assert_int_equal(fake.asked, cases[i].asked);
        assert_log(cases[i].outcome);
    }
    for (unsigned i = 0; i < 2; i++) {
        start(HANDLER_CALL_LOG);
        fake.answers[i].outcome = TABLE_THROTTLED;
        run(event);
        assert_error("Table.Throttled");
        assert_int_equal(fake.asked, i + 1);
    }
}

static void repeats_have_the_same_key(void **state)
{
    const char *event = call(FLOWERS);

    (void)state;
    for (int i = 0; i < 2; i++) {
        start(HANDLER_CALL_LOG);
        fake.now_us = NOW_US + i * 60 * US;
        run_bytes(event, strlen(event), TRACE_NOW);
        assert_int_equal(
            strncmp(item_text("at", "S"), "2026-11-21T09:21:23.000Z#", 25), 0);
    }
    /* A trace that is too old, not yet, or none tells nothing. */
    static const char *const traces[] = {
        "Root=1-6b010000-x", "Root=1-6b016393-x", "Root=1-6b01", "Root=1-zz"};
    for (size_t i = 0; i < sizeof(traces) / sizeof(traces[0]); i++) {
        start(HANDLER_CALL_LOG);
        run_bytes(event, strlen(event), traces[i]);
        assert_int_equal(
            strncmp(item_text("at", "S"), "2026-11-21T09:21:23.456Z#", 25), 0);
    }
}

static void a_withheld_number_leaves_no_attribute(void **state)
{
    (void)state;
    start(HANDLER_CALL_LOG);
    run(call("null"));
    assert_null(fake.reply.error_type);
    assert_int_equal(fake.asked, 1);
    assert_string_equal(item_text("day", "S"), "2026-11-21");
    assert_null(item_text("number", "S"));
}

static void a_call_without_id_is_an_error(void **state)
{
    (void)state;
    start(HANDLER_CALL_LOG);
    run("{\"Details\":{\"ContactData\":{\"CustomerEndpoint\":" FLOWERS "}}}");
    assert_error("Event.NoContactId");
    assert_int_equal(fake.asked, 0);
    start(HANDLER_CALL_LOG);
    run(REST("GET", "/vanitynumbers", "null"));
    assert_status(404, "no_resource");
}

/* ---- callers --------------------------------------------------------------
 */

#define CALL_ITEM(time, number)                                                \
    "{\"at\":{\"S\":\"" time "#x\"}," number                                   \
    "\"spellings\":{\"L\":[{\"S\":\"1-800-FLOWERS\"}]},"                       \
    "\"expires\":{\"N\":\"1895252883\"}}"
#define OVER_ITEM                                                              \
    "{\"at\":{\"S\":\"2026-11-21T01:00:00.000Z#x\"},\"spellings\":{\"L\":[]}," \
    "\"expires\":{\"N\":\"1795252883\"}}"
#define CALLER "\"number\":{\"S\":\"+18003569377\"},"

static void callers_come_from_the_last_days(void **state)
{
    (void)state;
    start(HANDLER_CALLERS);
    answer_with(0, "{\"Items\":[" CALL_ITEM("2026-11-21T09:00:00.000Z",
                                            CALLER) "," OVER_ITEM "]}");
    answer_with(
        2,
        "{\"Items\":[" CALL_ITEM("2026-11-19T09:00:00.000Z", "") "," CALL_ITEM(
            "2026-11-19T08:00:00.000Z", CALLER) "]}");
    answer_with(
        30, "{\"Items\":[" CALL_ITEM("2026-10-22T09:00:00.000Z", CALLER) "]}");
    run(HTTP("GET", "/callers", "null"));
    assert_status(200, "listed");
    assert_int_equal(fake.asked, HANDLER_KEPT_DAYS + 1);
    assert_int_equal(fake.operation, TABLE_QUERY);
    assert_true(json_is_false(question("ScanIndexForward")));
    assert_string_equal(
        json_string_value(json_object_get(
            json_object_get(question("ExpressionAttributeValues"), ":day"),
            "S")),
        "2026-10-22");
    json_t *body = http_body();
    const json_t *list = json_object_get(body, "callers");
    assert_int_equal(json_array_size(list), 4);
    const json_t *first = json_array_get(list, 0);
    assert_string_equal(json_string_value(json_object_get(first, "time")),
                        "2026-11-21T09:00:00.000Z");
    assert_string_equal(json_string_value(json_object_get(first, "number")),
                        "+*********77");
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(list, 1), "number")),
        "");
    json_decref(body);
}

static void five_callers_are_enough(void **state)
{
#define ONE CALL_ITEM("2026-11-21T09:00:00.000Z", CALLER)
    (void)state;
    start(HANDLER_CALLERS);
    answer_with(0, "{\"Items\":[" ONE "," ONE "," ONE "," ONE "," ONE "]}");
    run(REST("GET", "/callers", "null"));
    assert_status(200, "listed");
    assert_int_equal(fake.asked, 1);
    assert_int_equal(json_integer_value(question("Limit")), 5);
#undef ONE
}

/* The table is late on the day 'day', of which the first has callers or not. */
static void list_late(unsigned day, const char *first)
{
    start(HANDLER_CALLERS);
    answer_with(0, first);
    fake.answers[day].outcome = TABLE_LATE;
    run(REST("GET", "/callers", "null"));
    assert_int_equal(fake.asked, day + 1);
}

static void a_late_table_leaves_what_was_found(void **state)
{
    static const char one[] =
        "{\"Items\":[" CALL_ITEM("2026-11-21T09:00:00.000Z", CALLER) "]}";

    (void)state;
    list_late(9, one);
    assert_status(200, "listed_in_part");
    json_t *body = http_body();
    assert_int_equal(json_array_size(json_object_get(body, "callers")), 1);
    json_decref(body);
    list_late(0, one);
    assert_status(503, "Table.Late");
    list_late(9, "{\"Items\":[]}");
    assert_status(503, "Table.Late");
    start(HANDLER_CALLERS);
    answer_with(0, one);
    fake.answers[1].outcome = TABLE_THROTTLED;
    run(REST("GET", "/callers", "null"));
    assert_status(503, "Table.Throttled");
}

static void items_of_another_form_are_no_callers(void **state)
{
#define SHORT_NUMBER "\"number\":{\"S\":\"77\"},"
#define TIME "2026-11-21T09:00:00.000Z"
    (void)state;
    start(HANDLER_CALLERS);
    answer_with(0, "{\"Items\":[" CALL_ITEM(TIME, SHORT_NUMBER) "," CALL_ITEM(
                       "", CALLER) "," CALL_ITEM(TIME TIME, CALLER) ",{},7]}");
#undef SHORT_NUMBER
#undef TIME
    run(REST("GET", "/callers", "null"));
    assert_status(200, "listed");
    json_t *body = http_body();
    assert_int_equal(json_array_size(json_object_get(body, "callers")), 0);
    json_decref(body);
}

static void calls_of_a_caller_are_counted(void **state)
{
    (void)state;
    start(HANDLER_CALLERS);
    answer_with(0, "{\"Count\":3,\"ScannedCount\":3}");
    run(call(FLOWERS));
    assert_string_equal(text("Calls"), "3");
    assert_int_equal(fake.operation, TABLE_QUERY);
    assert_string_equal(json_string_value(question("Select")), "COUNT");
    assert_int_equal(json_integer_value(question("Limit")), 100);
    assert_null(question("FilterExpression"));
    assert_string_equal(
        json_string_value(json_object_get(
            json_object_get(question("ExpressionAttributeValues"), ":day"),
            "S")),
        "2026-11-21#+18003569377");
    start(HANDLER_CALLERS);
    run(call("null"));
    assert_string_equal(text("Calls"), "0");
    assert_int_equal(fake.asked, 0);
}

static void those_whom_a_caller_waits_for_ask_first(void **state)
{
    char memory[1024];
    enum table_operation operation = TABLE_PUT_ITEM;
    struct output out;

    (void)state;
    start(HANDLER_LOOKUP);
    output_start(&out, OUTPUT_MEMORY, memory, sizeof(memory));
    assert_true(handler_first_question(&fake.handler, &operation, &out));
    assert_int_equal(operation, TABLE_GET_ITEM);
    start(HANDLER_CALLERS);
    assert_true(handler_first_question(&fake.handler, &operation, &out));
    assert_int_equal(operation, TABLE_QUERY);
    start(HANDLER_CALL_LOG);
    assert_false(handler_first_question(&fake.handler, &operation, &out));
}

static void handlers_have_names(void **state)
{
    enum handler_kind kind = HANDLER_LOOKUP;

    (void)state;
    assert_true(handler_find("callers", &kind));
    assert_int_equal(kind, HANDLER_CALLERS);
    assert_string_equal(handler_name(HANDLER_CALL_LOG), "call-log");
    assert_false(handler_find("look", &kind));
    assert_false(handler_find("", &kind));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_caller_gets_flat_strings),
        cmocka_unit_test(no_item_is_an_answer),
        cmocka_unit_test(a_number_that_says_nothing_is_no_fault),
        cmocka_unit_test(damaged_items_are_faults),
        cmocka_unit_test(faults_of_the_table_have_names),
        cmocka_unit_test(the_deadline_bounds_the_question),
        cmocka_unit_test(both_gateways_get_the_same_body),
        cmocka_unit_test(wrong_requests_are_told_so),
        cmocka_unit_test(bad_events_are_errors_without_their_text),
        cmocka_unit_test(large_events_are_bounded),
        cmocka_unit_test(nul_cuts_nothing_and_harms_nothing),
        cmocka_unit_test(long_texts_do_not_matter),
        cmocka_unit_test(a_long_text_without_end_is_an_error),
        cmocka_unit_test(a_cut_event_is_not_read),
        cmocka_unit_test(unknown_members_are_passed_over),
        cmocka_unit_test(a_call_is_written_once),
        cmocka_unit_test(a_call_counts_for_its_number),
        cmocka_unit_test(repeats_are_no_faults),
        cmocka_unit_test(repeats_have_the_same_key),
        cmocka_unit_test(a_withheld_number_leaves_no_attribute),
        cmocka_unit_test(a_call_without_id_is_an_error),
        cmocka_unit_test(callers_come_from_the_last_days),
        cmocka_unit_test(five_callers_are_enough),
        cmocka_unit_test(a_late_table_leaves_what_was_found),
        cmocka_unit_test(items_of_another_form_are_no_callers),
        cmocka_unit_test(calls_of_a_caller_are_counted),
        cmocka_unit_test(those_whom_a_caller_waits_for_ask_first),
        cmocka_unit_test(handlers_have_names),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);

    start(HANDLER_LOOKUP);
    return failed;
}
