/* test_check.c: tables are compared with an index, and repaired. */
#include "tests/net/net_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader/dynamo.h"
#include "loader/meta.h"
#include "tests/index/fixture.h"

#define SEED 11
#define DIGITS "3569"
#define FIRST 3569000u
#define COUNT 1000u
#define TABLE "phones"
#define REPORT_MAX 2000u

static struct vn_index *fixture_index;

/* A stub with an empty table, and what a check reported. */
struct fixture {
    struct vn_aws aws;
    struct net_stub *stub;
    struct vn_check_options options;
    struct vn_check_counts counts;
    struct vn_error error;
    struct vn_prefix prefix;
    size_t reported;
    unsigned foreign;
    uint32_t suffixes[REPORT_MAX];
    char what[REPORT_MAX][16];
};

static void report(void *context, uint32_t suffix, const char *what)
{
    struct fixture *fixture = context;

    assert_true(fixture->reported < REPORT_MAX);
    fixture->suffixes[fixture->reported] = suffix;
    (void)snprintf(fixture->what[fixture->reported], 16, "%s", what);
    fixture->reported++;
}

static void report_foreign(void *context, const char *key)
{
    struct fixture *fixture = context;

    fixture->foreign++;
    assert_string_equal(key, "3569-office");
}

static int set_up(void **state)
{
    const struct vn_table_create options = {0};
    struct fixture *fixture = calloc(1, sizeof *fixture);

    assert_non_null(fixture);
    fixture->stub = net_stub_start(NULL, &fixture->aws);
    fixture->options =
        (struct vn_check_options){.table = TABLE,
                                  .segments = 4,
                                  .report = report,
                                  .report_foreign = report_foreign,
                                  .report_context = fixture,
                                  .report_max = REPORT_MAX};
    assert_int_equal(vn_table_create(&fixture->aws, TABLE, &options, NULL),
                     VN_OK);
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

static enum vn_status check(struct fixture *fixture, enum vn_check_mode mode,
                            bool repair)
{
    const struct vn_load_source source = {.index = fixture_index,
                                          .prefix = fixture->prefix};

    fixture->options.mode = mode;
    fixture->options.repair = repair;
    fixture->options.sample = COUNT;
    fixture->reported = 0;
    fixture->error = (struct vn_error){0};
    return vn_check(&fixture->aws, &source, &fixture->options, &fixture->counts,
                    &fixture->error);
}

static void check_ok(struct fixture *fixture, enum vn_check_mode mode,
                     bool repair)
{
    const enum vn_status status = check(fixture, mode, repair);

    if (status != VN_OK) {
        fail_msg("%s: %s", vn_status_text(status), fixture->error.message);
    }
}

/* One request of a client; 'body' is JSON. */
static void ask(struct fixture *fixture, const char *operation,
                const char *body)
{
    struct dynamo *dynamo = NULL;
    struct vn_error error = {0};
    json_t *request = json_loads(body, 0, NULL);
    json_t *answer = NULL;

    assert_non_null(request);
    assert_int_equal(dynamo_open(&fixture->aws, 1, &dynamo, NULL), VN_OK);
    if (dynamo_ask(dynamo, operation, request, &answer, &error) != VN_OK) {
        fail_msg("%s", error.message);
    }
    json_decref(request);
    json_decref(answer);
    dynamo_close(dynamo);
}

#define OTHER                                                                  \
    ",\"spellings\":{\"L\":[{\"S\":\"FLOWERS\"}]},"                            \
    "\"scores\":{\"L\":[{\"N\":\"-3\"}]}}"

static void put(struct fixture *fixture, const char *key)
{
    char body[512];

    (void)snprintf(body, sizeof body,
                   "{\"TableName\":\"" TABLE
                   "\",\"Item\":{\"suffix\":{\"S\":\"%s\"}" OTHER "}",
                   key);
    ask(fixture, "PutItem", body);
}

static void put_suffix(struct fixture *fixture, uint32_t suffix)
{
    char key[16];

    (void)snprintf(key, sizeof key, "%07u", suffix);
    put(fixture, key);
}

static void delete_suffix(struct fixture *fixture, uint32_t suffix)
{
    char body[256];

    (void)snprintf(body, sizeof body,
                   "{\"RequestItems\":{\"" TABLE
                   "\":[{\"DeleteRequest\":{\"Key\":{\"suffix\":{\"S\":"
                   "\"%07u\"}}}}]}}",
                   suffix);
    ask(fixture, "BatchWriteItem", body);
}

/* The first suffix from 'at' on that has a candidate, or has none. */
static uint32_t find(uint32_t at, bool candidate)
{
    struct vn_record record;

    for (;; at++) {
        fixture_record(SEED, at, &record);
        if ((record.codes[0] != 0) == candidate) {
            return at;
        }
    }
}

static uint64_t items_of(const char *digits)
{
    const struct vn_prefix prefix = fixture_prefix(digits);
    struct vn_record record;
    uint64_t items = 0;

    for (uint32_t i = 0; i < vn_prefix_count(prefix); i++) {
        fixture_record(SEED, vn_prefix_first(prefix) + i, &record);
        items += record.codes[0] != 0;
    }
    return items;
}

/* ---- Tests -------------------------------------------------------------- */

static void a_repair_fills_an_empty_table(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t items = items_of(DIGITS);

    assert_int_equal(check(fixture, VN_CHECK_FULL, false), VN_NOT_FOUND);
    assert_int_equal(fixture->counts.missing, items);
    assert_int_equal(fixture->counts.compared, COUNT);
    assert_int_equal(fixture->counts.equal, COUNT - items);
    assert_int_equal(fixture->reported, items);
    assert_int_equal(check(fixture, VN_CHECK_COUNT, false), VN_NOT_FOUND);
    check_ok(fixture, VN_CHECK_FULL, true);
    assert_int_equal(fixture->counts.repaired, items);

    check_ok(fixture, VN_CHECK_FULL, false);
    assert_int_equal(fixture->counts.equal, COUNT);
    assert_int_equal(fixture->counts.found_items, items);
    assert_int_equal(fixture->counts.expected_items, items);
    assert_true(fixture->counts.found_hash == fixture->counts.expected_hash);
    assert_int_equal(fixture->reported, 0);
    assert_true(fixture->counts.consumed_units > 0);
    check_ok(fixture, VN_CHECK_COUNT, false);
    assert_int_equal(fixture->counts.found_items, items);
    check_ok(fixture, VN_CHECK_SAMPLE, false);
    assert_int_equal(fixture->counts.compared, COUNT);
    assert_int_equal(fixture->counts.equal, COUNT);
    assert_true(fixture->counts.consumed_units >= COUNT);
}

static void assert_reported(const struct fixture *fixture, size_t at,
                            uint32_t suffix, const char *what)
{
    assert_true(at < fixture->reported);
    assert_int_equal(fixture->suffixes[at], suffix);
    assert_string_equal(fixture->what[at], what);
}

static void what_differs_is_named_and_repaired(void **state)
{
    static const enum vn_check_mode modes[] = {VN_CHECK_FULL, VN_CHECK_SAMPLE};
    struct fixture *fixture = *state;
    const uint32_t missing = find(FIRST + 100, true);
    const uint32_t different = find(FIRST + 200, true);
    const uint32_t surplus = find(FIRST + 300, false);

    check_ok(fixture, VN_CHECK_FULL, true);
    for (unsigned i = 0; i < 2; i++) {
        delete_suffix(fixture, missing);
        put_suffix(fixture, different);
        put_suffix(fixture, surplus);
        assert_int_equal(check(fixture, modes[i], false), VN_NOT_FOUND);
        assert_int_equal(fixture->reported, 3);
        assert_reported(fixture, 0, missing, "missing");
        assert_reported(fixture, 1, different, "different");
        assert_reported(fixture, 2, surplus, "too much");
        assert_int_equal(fixture->counts.missing, 1);
        assert_int_equal(fixture->counts.different, 1);
        assert_int_equal(fixture->counts.surplus, 1);
        assert_int_equal(fixture->counts.equal, COUNT - 3);
        check_ok(fixture, modes[i], true);
        assert_int_equal(fixture->counts.repaired, 3);
        check_ok(fixture, VN_CHECK_FULL, false);
        check_ok(fixture, VN_CHECK_COUNT, false);
    }
    char *items = net_stub_items(fixture->stub, TABLE);
    assert_non_null(strstr(items, "#meta"));
    free(items);
}

/* ---- "#meta" ------------------------------------------------------------ */

#define OTHER_GENERATION UINT64_C(0x1234)

static struct vn_table_info describe(struct fixture *fixture)
{
    struct vn_table_info info;

    assert_int_equal(vn_table_describe(&fixture->aws, TABLE, &info, NULL),
                     VN_OK);
    return info;
}

static void write_meta(struct fixture *fixture, enum vn_table_state state)
{
    const struct meta meta = {.state = state, .generation = OTHER_GENERATION};
    struct dynamo *dynamo = NULL;

    assert_int_equal(dynamo_open(&fixture->aws, 1, &dynamo, NULL), VN_OK);
    assert_int_equal(meta_write(dynamo, TABLE, &meta, NULL), VN_OK);
    dynamo_close(dynamo);
}

static void assert_meta(struct fixture *fixture, enum vn_table_state state,
                        uint64_t generation, uint64_t previous)
{
    const struct vn_table_info info = describe(fixture);

    assert_int_equal(info.state, state);
    assert_true(info.generation == generation);
    assert_true(info.previous == previous);
}

static void a_whole_repair_makes_meta_true(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t ours = vn_index_info(fixture_index)->generation;

    write_meta(fixture, VN_TABLE_COMPLETE);
    assert_int_equal(check(fixture, VN_CHECK_FULL, false), VN_NOT_FOUND);
    assert_meta(fixture, VN_TABLE_COMPLETE, OTHER_GENERATION, 0);
    // Nothing that a repair writes comes before the word of it.
    net_stub_order(fixture->stub, "{\"denied\":[\"BatchWriteItem\"]}");
    assert_int_equal(check(fixture, VN_CHECK_FULL, true), VN_INVALID);
    assert_meta(fixture, VN_TABLE_LOADING, ours, OTHER_GENERATION);
    net_stub_order(fixture->stub, "{\"denied\":[]}");
    check_ok(fixture, VN_CHECK_FULL, true);
    assert_meta(fixture, VN_TABLE_COMPLETE, ours, OTHER_GENERATION);
    assert_int_equal(describe(fixture).meta_items, items_of(DIGITS));
    // Of two that were broken off, either may have left something.
    write_meta(fixture, VN_TABLE_LOADING);
    check_ok(fixture, VN_CHECK_FULL, true);
    assert_int_equal(fixture->counts.repaired, 0);
    assert_meta(fixture, VN_TABLE_COMPLETE, ours, VN_GENERATIONS_MIXED);
}

static void a_repair_of_a_part_does_not_mix_generations(void **state)
{
    static const enum vn_table_state states[] = {VN_TABLE_COMPLETE,
                                                 VN_TABLE_LOADING};
    struct fixture *fixture = *state;

    for (unsigned i = 0; i < 2; i++) {
        write_meta(fixture, states[i]);
        assert_int_equal(check(fixture, VN_CHECK_SAMPLE, true), VN_INVALID);
        assert_non_null(strstr(fixture->error.message, "0000000000001234"));
        assert_non_null(strstr(fixture->error.message, "--full"));
        fixture->prefix = fixture_prefix("35691");
        assert_int_equal(check(fixture, VN_CHECK_FULL, true), VN_INVALID);
        fixture->prefix = fixture_prefix("");
        assert_int_equal(fixture->counts.repaired, 0);
        assert_meta(fixture, states[i], OTHER_GENERATION, 0);
    }
    check_ok(fixture, VN_CHECK_FULL, true);
    delete_suffix(fixture, find(FIRST, true));
    check_ok(fixture, VN_CHECK_SAMPLE, true);
    assert_int_equal(fixture->counts.repaired, 1);
    assert_int_equal(describe(fixture).state, VN_TABLE_COMPLETE);
}

/* ---- Faults and limits -------------------------------------------------- */

static void faults_of_all_kinds_are_borne(void **state)
{
    struct fixture *fixture = *state;

    fixture->options.max_wcu = 100000;
    net_stub_order(
        fixture->stub,
        "{\"seed\":5,\"page_items\":20,\"slow_s\":0.01,\"operations\":"
        "[\"BatchWriteItem\",\"BatchGetItem\",\"Scan\"],\"faults\":{"
        "\"throttle_provisioned\":0.04,\"throttle_request\":0.04,"
        "\"unprocessed_some\":0.06,\"unprocessed_all\":0.03,"
        "\"error_500\":0.03,\"error_503\":0.02,\"reset_before\":0.02,"
        "\"reset_after\":0.02,\"truncated\":0.02,\"wrong_crc\":0.02,"
        "\"slow\":0.02,\"reordered\":0.1}}");
    check_ok(fixture, VN_CHECK_FULL, true);
    assert_int_equal(fixture->counts.repaired, items_of(DIGITS));
    check_ok(fixture, VN_CHECK_FULL, false);
    assert_int_equal(fixture->counts.equal, COUNT);
    check_ok(fixture, VN_CHECK_SAMPLE, false);
    assert_int_equal(fixture->counts.equal, COUNT);
    check_ok(fixture, VN_CHECK_COUNT, false);
    net_stub_order(fixture->stub, "{\"faults\":{}}");
    check_ok(fixture, VN_CHECK_FULL, false);
}

/* That of the index is one, too. */
static void a_prefix_leaves_all_else_alone(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t items = items_of("35691");

    put_suffix(fixture, find(FIRST + 500, false));
    put_suffix(fixture, find(4000000, false));
    fixture->prefix = fixture_prefix("35691");
    check_ok(fixture, VN_CHECK_FULL, true);
    assert_int_equal(fixture->counts.compared, 100);
    assert_int_equal(fixture->counts.repaired, items);
    check_ok(fixture, VN_CHECK_COUNT, false);
    assert_int_equal(fixture->counts.found_items, items);
    check_ok(fixture, VN_CHECK_SAMPLE, false);
    assert_int_equal(fixture->counts.compared, 100);
    fixture->prefix = fixture_prefix("");
    assert_int_equal(check(fixture, VN_CHECK_COUNT, false), VN_NOT_FOUND);
    assert_int_equal(fixture->counts.found_items, items + 1);
}

static void a_foreign_item_is_told_and_left_alone(void **state)
{
    struct fixture *fixture = *state;

    put(fixture, "3569-office");
    assert_int_equal(check(fixture, VN_CHECK_FULL, true), VN_NOT_FOUND);
    assert_int_equal(fixture->counts.repaired, items_of(DIGITS));
    assert_int_equal(check(fixture, VN_CHECK_FULL, true), VN_NOT_FOUND);
    assert_int_equal(fixture->counts.surplus, 1);
    assert_int_equal(fixture->counts.foreign, 1);
    assert_int_equal(fixture->counts.repaired, 0);
    assert_int_equal(fixture->foreign, 2);
    fixture->options.report_max = 0;
    assert_int_equal(check(fixture, VN_CHECK_FULL, false), VN_NOT_FOUND);
    assert_int_equal(fixture->foreign, 2);
    char *items = net_stub_items(fixture->stub, TABLE);
    assert_non_null(strstr(items, "3569-office"));
    free(items);
}

static void a_seed_chooses_the_sample(void **state)
{
    struct fixture *fixture = *state;
    const struct vn_load_source source = {.index = fixture_index};
    uint32_t first[REPORT_MAX];

    fixture->options.mode = VN_CHECK_SAMPLE;
    fixture->options.sample = 150;
    for (unsigned i = 0; i < 3; i++) {
        fixture->options.seed = i / 2;
        fixture->reported = 0;
        assert_int_equal(vn_check(&fixture->aws, &source, &fixture->options,
                                  &fixture->counts, NULL),
                         VN_NOT_FOUND);
        assert_int_equal(fixture->counts.compared, 150);
        assert_true(fixture->reported > 100);
        if (i > 0) {
            const size_t size = fixture->reported * sizeof first[0];
            assert_true((memcmp(first, fixture->suffixes, size) == 0) ==
                        (i == 1));
        }
        memcpy(first, fixture->suffixes, sizeof first);
    }
}

static bool stop(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    assert_true(done <= total);
    return false;
}

static void a_check_can_be_stopped(void **state)
{
    struct fixture *fixture = *state;

    fixture->options.progress = stop;
    assert_int_equal(check(fixture, VN_CHECK_FULL, false), VN_STOPPED);
}

static void what_cannot_be_checked_is_refused(void **state)
{
    struct fixture *fixture = *state;

    fixture->options.table = "nowhere";
    assert_int_equal(check(fixture, VN_CHECK_FULL, false), VN_INVALID);
    assert_non_null(strstr(fixture->error.message,
                           "there is no table 'nowhere' in us-east-1"));
    assert_int_equal(check(fixture, VN_CHECK_SAMPLE, false), VN_INVALID);
    fixture->options.table = "two words";
    assert_int_equal(check(fixture, VN_CHECK_FULL, false), VN_INVALID);
    fixture->options.table = TABLE;
    assert_int_equal(check(fixture, VN_CHECK_COUNT, true), VN_INVALID);
    fixture->prefix = fixture_prefix("4");
    assert_int_equal(check(fixture, VN_CHECK_FULL, false), VN_OUTSIDE);
    fixture->prefix = fixture_prefix("");
    net_stub_order(fixture->stub, "{\"denied\":[\"Scan\"]}");
    assert_int_equal(check(fixture, VN_CHECK_FULL, false), VN_INVALID);
    assert_non_null(strstr(fixture->error.message, "AccessDenied"));
}

/* ---- The index ---------------------------------------------------------- */

static int group_set_up(void **state)
{
    return fixture_setup(state) == 0 &&
                   fixture_build("i.mdb", SEED, DIGITS, NULL) == VN_OK &&
                   vn_index_open("i.mdb", &fixture_index, NULL) == VN_OK
               ? 0
               : -1;
}

static int group_tear_down(void **state)
{
    vn_index_close(fixture_index);
    return fixture_teardown(state);
}

#define CHECK_TEST(function)                                                   \
    cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CHECK_TEST(a_repair_fills_an_empty_table),
        CHECK_TEST(what_differs_is_named_and_repaired),
        CHECK_TEST(a_whole_repair_makes_meta_true),
        CHECK_TEST(a_repair_of_a_part_does_not_mix_generations),
        CHECK_TEST(faults_of_all_kinds_are_borne),
        CHECK_TEST(a_prefix_leaves_all_else_alone),
        CHECK_TEST(a_foreign_item_is_told_and_left_alone),
        CHECK_TEST(a_seed_chooses_the_sample),
        CHECK_TEST(a_check_can_be_stopped),
        CHECK_TEST(what_cannot_be_checked_is_refused),
    };

    return cmocka_run_group_tests(tests, group_set_up, group_tear_down);
}
