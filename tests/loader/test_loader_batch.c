/* test_loader_batch.c: bodies of requests, and every form of an answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "loader/batch.h"

#define ITEM(suffix) "{\"suffix\":{\"S\":\"" suffix "\"},\"x\":{\"N\":\"1\"}}"
#define KEY(suffix) "{\"suffix\":{\"S\":\"" suffix "\"}}"

static struct source_op make_op(uint32_t suffix, bool delete, const char *json)
{
    struct source_op op = {.suffix = suffix, .delete = delete, .units = 1};

    op.size = (uint16_t)strlen(json);
    memcpy(op.json, json, op.size);
    return op;
}

static void a_body_is_what_the_service_reads(void **state)
{
    const struct source_op put = make_op(3569377, false, ITEM("3569377"));
    const struct source_op gone = make_op(11, true, KEY("0000011"));
    struct buf body;

    (void)state;
    buf_init(&body, 1 << 16);
    for (int i = 0; i < 2; i++) { // used again, it holds nothing old
        batch_open(&body, "my.table-1");
        batch_add(&body, &put);
        batch_add(&body, &gone);
        batch_close(&body);
        assert_false(body.failed);
        assert_string_equal(
            body.data, "{\"ReturnConsumedCapacity\":\"TOTAL\",\"RequestItems\":"
                       "{\"my.table-1\":[{\"PutRequest\":{\"Item\":" ITEM(
                           "3569377") "}},"
                                      "{\"DeleteRequest\":{\"Key\":" KEY(
                                          "0000011") "}}]}}");
    }
    buf_reset(&body);
}

static const uint32_t suffixes[] = {3569377, 11, 9999999};

static bool read_answer(const char *body, struct batch_answer *answer)
{
    *answer = (struct batch_answer){.consumed_units = -1, .unprocessed = 99};
    return batch_read(body, strlen(body), suffixes, 3, answer);
}

#define UNITS "\"ConsumedCapacity\":[{\"TableName\":\"t\",\"CapacityUnits\":"

static void nothing_came_back(void **state)
{
    static const struct {
        const char *body;
        double units;
    } cases[] = {
        {"{\"UnprocessedItems\":{}}", 0},
        {"{\"UnprocessedItems\":{}," UNITS "25.0}]}", 25},
        {"{\"UnprocessedItems\":{}," UNITS "3}]}", 3},
        {"{" UNITS "2.5}],\"UnprocessedItems\":{}}", 2.5},
        {"{ \"UnprocessedItems\" : { } , " UNITS " 7.0 } ] }", 7},
        {"{\n \"ConsumedCapacity\": [],\n \"UnprocessedItems\": {}\n}", 0},
        {"{\"UnprocessedItems\":{\"t\":[]}}", 0},
    };
    struct batch_answer answer;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(read_answer(cases[i].body, &answer));
        assert_int_equal(answer.unprocessed, 0);
        assert_true(answer.consumed_units == cases[i].units);
    }
}

#define PUT(suffix) "{\"PutRequest\":{\"Item\":" ITEM(suffix) "}}"
#define DELETE(suffix) "{\"DeleteRequest\":{\"Key\":" KEY(suffix) "}}"

static void what_came_back_is_told_by_its_key(void **state)
{
    struct batch_answer answer;

    (void)state;
    assert_true(read_answer("{\"UnprocessedItems\":{\"t\":[" PUT(
                                "9999999") "," DELETE("0000011") "]}," UNITS
                                                                 "1.0}]}",
                            &answer));
    assert_int_equal(answer.unprocessed, 6);
    assert_true(answer.consumed_units == 1);
    assert_true(read_answer(
        "{" UNITS "0.0}],\"UnprocessedItems\":{\"t\":[" PUT("3569377") "]}}",
        &answer));
    assert_int_equal(answer.unprocessed, 1);
}

static void an_answer_to_something_else_acknowledges_nothing(void **state)
{
    static const char *const bodies[] = {
        "",
        "{",
        "{}",
        "[]",
        "null",
        "{\"UnprocessedItems\":[]}",
        "{\"UnprocessedItems\":null}",
        "{\"UnprocessedItems\":{\"t\":{}}}",
        "{\"UnprocessedItems\":{\"t\":[" PUT("1234567") "]}}",
        "{\"UnprocessedItems\":{\"t\":[" PUT("0000011") "," PUT(
            "0000011") "]}}",
        "{\"UnprocessedItems\":{\"t\":[" PUT("#meta") "]}}",
        "{\"UnprocessedItems\":{\"t\":[" PUT("000001a") "]}}",
        "{\"UnprocessedItems\":{\"t\":[{}]}}",
        "{\"UnprocessedItems\":{\"t\":[3]}}",
        "{\"UnprocessedItems\":{},",
        "{\"message\":\",\\\"UnprocessedItems\\\":{}}\"}",
    };
    struct batch_answer answer;

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        if (read_answer(bodies[i], &answer)) {
            fail_msg("taken for an answer: %s", bodies[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_is_what_the_service_reads),
        cmocka_unit_test(nothing_came_back),
        cmocka_unit_test(what_came_back_is_told_by_its_key),
        cmocka_unit_test(an_answer_to_something_else_acknowledges_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
