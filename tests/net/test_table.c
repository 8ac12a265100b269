/* test_table.c: tables made, described, dropped; the item "#meta". */
#include "net_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader/dynamo.h"
#include "loader/meta.h"

struct fixture {
    struct vn_aws aws;
    struct net_stub *stub;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    assert_non_null(fixture);
    fixture->stub = net_stub_start(NULL, &fixture->aws);
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

static void create(struct fixture *fixture,
                   const struct vn_table_create *options)
{
    struct vn_error error = {0};

    if (vn_table_create(&fixture->aws, "words", options, &error) != VN_OK) {
        fail_msg("%s", error.message);
    }
}

static struct vn_table_info describe(struct fixture *fixture)
{
    struct vn_table_info info;
    struct vn_error error = {0};

    if (vn_table_describe(&fixture->aws, "words", &info, &error) != VN_OK) {
        fail_msg("%s", error.message);
    }
    return info;
}

static void a_table_is_paid_by_request_unless_told(void **state)
{
    struct fixture *fixture = *state;
    const struct vn_table_create options = {0};

    create(fixture, &options);
    const struct vn_table_info info = describe(fixture);
    assert_string_equal(info.name, "words");
    assert_string_equal(info.status, "ACTIVE");
    assert_string_equal(info.key, "suffix");
    assert_int_equal(strlen(info.id), 36);
    assert_non_null(strstr(info.arn, ":table/words"));
    assert_true(info.on_demand);
    assert_int_equal(info.write_units, 0);
    assert_int_equal(info.warm_write_units, 4000);
    assert_int_equal(info.indexes, 0);
    assert_false(info.stream);
    assert_false(info.deletion_protected);
    assert_int_equal(info.state, VN_TABLE_NO_META);
}

static void all_that_is_asked_for_is_made(void **state)
{
    static const char *const tags[] = {"team=phones", "note=a=b", "bare"};
    struct fixture *fixture = *state;
    const struct vn_table_create options = {.write_units = 700,
                                            .read_units = 20,
                                            .point_in_time_recovery = true,
                                            .deletion_protection = true,
                                            .tags = tags,
                                            .tag_count = 3};

    create(fixture, &options);
    const struct vn_table_info info = describe(fixture);
    assert_false(info.on_demand);
    assert_int_equal(info.write_units, 700);
    assert_true(info.deletion_protected);
    json_t *all = net_stub_state(fixture->stub);
    const json_t *table =
        json_object_get(json_object_get(all, "tables"), "words");
    assert_true(json_is_true(json_object_get(table, "point_in_time_recovery")));
    char *text = json_dumps(json_object_get(table, "tags"), JSON_COMPACT);
    assert_string_equal(text, "[{\"Key\":\"team\",\"Value\":\"phones\"},"
                              "{\"Key\":\"note\",\"Value\":\"a=b\"},"
                              "{\"Key\":\"bare\",\"Value\":\"\"}]");
    free(text);
    json_decref(all);
}

static void creating_waits_until_the_table_is_active(void **state)
{
    struct fixture *fixture = *state;
    const struct vn_table_create options = {0};

    net_stub_order(fixture->stub, "{\"create_s\":0.5}");
    create(fixture, &options);
    assert_string_equal(describe(fixture).status, "ACTIVE");
}

static void creating_does_not_wait_for_ever(void **state)
{
    struct fixture *fixture = *state;
    const struct vn_table_create options = {.wait_s = 1};
    struct vn_error error = {0};

    net_stub_order(fixture->stub, "{\"create_s\":60}");
    assert_int_equal(vn_table_create(&fixture->aws, "words", &options, &error),
                     VN_IO);
    assert_string_equal(error.message,
                        "table words: still CREATING after 1 s; 'vanity table "
                        "describe' tells when it is ACTIVE");
    assert_string_equal(describe(fixture).status, "CREATING");
}

static void a_table_is_made_once(void **state)
{
    struct fixture *fixture = *state;
    const struct vn_table_create options = {0};
    struct vn_error error = {0};

    create(fixture, &options);
    assert_int_equal(vn_table_create(&fixture->aws, "words", &options, &error),
                     VN_INVALID);
    assert_string_equal(error.message,
                        "there is a table 'words' already (ACTIVE), with the "
                        "key that a load needs: load into it, or drop it "
                        "first");
}

static void dropping_waits_until_the_table_is_gone(void **state)
{
    struct fixture *fixture = *state;
    const struct vn_table_create options = {0};
    struct vn_table_info info;
    struct vn_error error = {0};

    create(fixture, &options);
    net_stub_order(fixture->stub, "{\"delete_s\":0.5}");
    assert_int_equal(vn_table_drop(&fixture->aws, "words", &error), VN_OK);
    assert_int_equal(vn_table_describe(&fixture->aws, "words", &info, &error),
                     VN_NOT_FOUND);
    assert_string_equal(error.message, "there is no table words");
    assert_int_equal(vn_table_drop(&fixture->aws, "words", &error),
                     VN_NOT_FOUND);
}

static void a_protected_table_is_not_dropped(void **state)
{
    struct fixture *fixture = *state;
    const struct vn_table_create options = {.deletion_protection = true};
    struct vn_error error = {0};

    create(fixture, &options);
    assert_int_equal(vn_table_drop(&fixture->aws, "words", &error), VN_INVALID);
    assert_non_null(strstr(error.message, "protected against deletion"));
}

static void permission_is_needed(void **state)
{
    struct fixture *fixture = *state;
    struct vn_table_info info;
    struct vn_error error = {0};

    net_stub_order(fixture->stub, "{\"denied\":[\"DescribeTable\"]}");
    assert_int_equal(vn_table_describe(&fixture->aws, "words", &info, &error),
                     VN_INVALID);
    assert_non_null(strstr(error.message, "DescribeTable: AccessDenied"));
}

/* A table of somebody else, made by a request of its own. */
static struct vn_table_info describe_other(struct fixture *fixture,
                                           const char *request_text)
{
    struct dynamo *dynamo = NULL;
    json_t *request = json_loads(request_text, 0, NULL);
    json_t *answer = NULL;

    assert_non_null(request);
    assert_int_equal(dynamo_open(&fixture->aws, 1, &dynamo, NULL), VN_OK);
    assert_int_equal(dynamo_ask(dynamo, "CreateTable", request, &answer, NULL),
                     VN_OK);
    json_decref(request);
    json_decref(answer);
    dynamo_close(dynamo);
    return describe(fixture);
}

static void a_table_with_a_sort_key_has_no_key_of_ours(void **state)
{
    const struct vn_table_info info = describe_other(
        *state,
        "{\"TableName\":\"words\",\"BillingMode\":\"PAY_PER_REQUEST\","
        "\"AttributeDefinitions\":["
        "{\"AttributeName\":\"suffix\",\"AttributeType\":\"S\"},"
        "{\"AttributeName\":\"at\",\"AttributeType\":\"S\"}],"
        "\"KeySchema\":[{\"AttributeName\":\"suffix\",\"KeyType\":\"HASH\"},"
        "{\"AttributeName\":\"at\",\"KeyType\":\"RANGE\"}],"
        "\"OnDemandThroughput\":{\"MaxWriteRequestUnits\":900},"
        "\"GlobalSecondaryIndexes\":[{\"IndexName\":\"a\"}],"
        "\"LocalSecondaryIndexes\":[{\"IndexName\":\"b\"}],"
        "\"StreamSpecification\":{\"StreamEnabled\":true}}");

    assert_string_equal(info.key, "");
    assert_int_equal(info.max_write_units, 900);
    assert_int_equal(info.indexes, 2);
    assert_true(info.stream);
}

static void a_key_that_is_a_number_is_none_of_ours(void **state)
{
    const struct vn_table_info info = describe_other(
        *state,
        "{\"TableName\":\"words\",\"BillingMode\":\"PAY_PER_REQUEST\","
        "\"AttributeDefinitions\":["
        "{\"AttributeName\":\"suffix\",\"AttributeType\":\"N\"}],"
        "\"KeySchema\":[{\"AttributeName\":\"suffix\",\"KeyType\":\"HASH\"}]}");

    assert_string_equal(info.key, "");
}

static void what_meta_says_is_read_again(void **state)
{
    struct fixture *fixture = *state;
    const struct vn_table_create options = {0};
    const struct meta written = {.state = VN_TABLE_COMPLETE,
                                 .generation = 0x0123456789abcdef,
                                 .previous = 0xfedcba9876543210,
                                 .items = 9650000};
    struct dynamo *dynamo = NULL;
    struct meta meta;
    struct vn_error error = {0};

    create(fixture, &options);
    assert_int_equal(dynamo_open(&fixture->aws, 1, &dynamo, &error), VN_OK);
    assert_int_equal(meta_read(dynamo, "words", &meta, &error), VN_OK);
    assert_int_equal(meta.state, VN_TABLE_NO_META);
    assert_int_equal(meta_write(dynamo, "words", &written, &error), VN_OK);
    assert_int_equal(meta_read(dynamo, "words", &meta, &error), VN_OK);
    dynamo_close(dynamo);
    const struct vn_table_info info = describe(fixture);
    assert_int_equal(info.state, VN_TABLE_COMPLETE);
    assert_true(info.generation == written.generation);
    assert_true(info.previous == written.previous);
    assert_int_equal(info.meta_items, 9650000);
    assert_int_equal(strlen(info.loaded_at), strlen("2026-11-21T09:00:00Z"));
    assert_string_equal(info.loaded_at, meta.loaded_at);
}

static void meta_stands_as_documented(void **state)
{
    struct fixture *fixture = *state;
    const struct vn_table_create options = {0};
    const struct meta written = {.state = VN_TABLE_LOADING, .generation = 10};
    struct dynamo *dynamo = NULL;
    struct meta meta;

    create(fixture, &options);
    assert_int_equal(dynamo_open(&fixture->aws, 1, &dynamo, NULL), VN_OK);
    assert_int_equal(meta_write(dynamo, "words", &written, NULL), VN_OK);
    assert_int_equal(meta_read(dynamo, "words", &meta, NULL), VN_OK);
    dynamo_close(dynamo);
    char *items = net_stub_items(fixture->stub, "words");
    char expected[400];
    (void)snprintf(expected, sizeof expected,
                   "{\"format\": {\"N\": \"1\"}, \"generation\": {\"S\": "
                   "\"000000000000000a\"}, \"items\": {\"N\": \"0\"}, "
                   "\"loaded_at\": {\"S\": \"%s\"}, \"state\": {\"S\": "
                   "\"loading\"}, \"suffix\": {\"S\": \"#meta\"}}\n",
                   meta.loaded_at);
    assert_string_equal(items, expected);
    free(items);
}

/* Puts 'item' in place of "#meta"; what reading it returns. */
static enum vn_status read_other(struct fixture *fixture, const char *item,
                                 struct vn_error *error)
{
    char text[512];
    struct dynamo *dynamo = NULL;
    json_t *answer = NULL;
    struct meta meta;

    (void)snprintf(text, sizeof text, "{\"TableName\":\"words\",\"Item\":%s}",
                   item);
    json_t *request = json_loads(text, 0, NULL);
    assert_non_null(request);
    assert_int_equal(dynamo_open(&fixture->aws, 1, &dynamo, NULL), VN_OK);
    assert_int_equal(dynamo_ask(dynamo, "PutItem", request, &answer, NULL),
                     VN_OK);
    json_decref(request);
    json_decref(answer);
    const enum vn_status status = meta_read(dynamo, "words", &meta, error);
    dynamo_close(dynamo);
    return status;
}

#define META "{\"suffix\":{\"S\":\"#meta\"},"

static void a_foreign_meta_is_refused(void **state)
{
    static const char *const damaged[] = {
        META "\"state\":{\"S\":\"complete\"}}",
        META "\"format\":{\"N\":\"1\"},\"state\":{\"S\":\"other\"},"
             "\"generation\":{\"S\":\"0123456789abcdef\"},"
             "\"items\":{\"N\":\"1\"}}",
        META "\"format\":{\"N\":\"1\"},\"state\":{\"S\":\"complete\"},"
             "\"generation\":{\"S\":\"123\"},\"items\":{\"N\":\"1\"}}",
        META "\"format\":{\"N\":\"1\"},\"state\":{\"S\":\"complete\"},"
             "\"generation\":{\"S\":\"0123456789abcdef\"},"
             "\"items\":{\"S\":\"1\"}}",
    };
    struct fixture *fixture = *state;
    const struct vn_table_create options = {0};
    struct vn_error error = {0};

    create(fixture, &options);
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        assert_int_equal(read_other(fixture, damaged[i], &error), VN_INVALID);
    }
    assert_int_equal(
        read_other(fixture, META "\"format\":{\"N\":\"2\"}}", &error),
        VN_VERSION);
    assert_non_null(strstr(error.message, "format 2"));
}

static void a_meta_of_an_import_has_no_time(void **state)
{
    struct fixture *fixture = *state;
    const struct vn_table_create options = {0};

    create(fixture, &options);
    assert_int_equal(
        read_other(fixture,
                   META "\"format\":{\"N\":\"1\"},\"state\":{\"S\":"
                        "\"complete\"},\"generation\":{\"S\":"
                        "\"0123456789abcdef\"},\"items\":{\"N\":\"1\"}}",
                   NULL),
        VN_OK);
    assert_string_equal(describe(fixture).loaded_at, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(a_table_is_paid_by_request_unless_told),
        TEST(all_that_is_asked_for_is_made),
        TEST(creating_waits_until_the_table_is_active),
        TEST(creating_does_not_wait_for_ever),
        TEST(a_table_is_made_once),
        TEST(dropping_waits_until_the_table_is_gone),
        TEST(a_protected_table_is_not_dropped),
        TEST(permission_is_needed),
        TEST(a_table_with_a_sort_key_has_no_key_of_ours),
        TEST(a_key_that_is_a_number_is_none_of_ours),
        TEST(what_meta_says_is_read_again),
        TEST(meta_stands_as_documented),
        TEST(a_foreign_meta_is_refused),
        TEST(a_meta_of_an_import_has_no_time),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
