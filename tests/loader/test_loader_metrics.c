/* test_loader_metrics.c: what machines read, and what it is measured with. */
#include "tests/index/fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "loader/meter.h"
#include "loader/metrics.h"

static void a_line_is_json_with_every_count(void **state)
{
    const struct vn_load_counts counts = {
        .total = 10000000,
        .acknowledged = UINT64_C(9007199254740992),
        .rate_limit = 4000.5,
        .remaining_s = -1,
        .rate_source = "--max-wcu",
    };
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    assert_non_null(out);
    metrics_line(out, "end", "t", &counts);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(text[size - 1], '\n');
    json_t *json = json_loadb(text, size, 0, NULL);
    assert_non_null(json);
    assert_string_equal(json_string_value(json_object_get(json, "event")),
                        "end");
    assert_true(json_integer_value(json_object_get(json, "acknowledged")) ==
                INT64_C(9007199254740992));
    assert_true(json_number_value(json_object_get(json, "rate_limit")) ==
                4000.5);
    assert_int_equal(json_integer_value(json_object_get(json, "remaining_s")),
                     -1);
    json_decref(json);
    free(text);
}

static void the_table_is_told_first(void **state)
{
    const struct vn_table_info table = {
        .name = "t", .id = "i", .indexes = 2, .on_demand = true};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    assert_non_null(out);
    metrics_table(out, &table, 4000, "on demand");
    assert_int_equal(fclose(out), 0);
    assert_string_equal(
        text, "{\"event\":\"start\",\"table\":\"t\",\"table_id\":\"i\","
              "\"on_demand\":true,\"indexes\":2,\"stream\":false,"
              "\"rate_limit\":4000,\"rate_source\":\"on demand\"}\n");
    free(text);
}

static void prometheus_reads_names_types_and_values(void **state)
{
    const struct vn_load_counts counts = {.acknowledged = 25, .rate = 0.125};
    size_t size = 0;

    (void)state;
    assert_int_equal(metrics_prometheus("load.prom", "t", &counts, NULL),
                     VN_OK);
    char *text = (char *)fixture_load("load.prom", &size);
    text[size - 1] = '\0';
    assert_non_null(strstr(text, "# TYPE vanity_load_acknowledged_total "
                                 "counter\n"
                                 "vanity_load_acknowledged_total"
                                 "{table=\"t\"} 25\n"));
    assert_non_null(strstr(text, "vanity_load_rate{table=\"t\"} 0.125\n"));
    assert_false(fixture_exists("load.prom.new"));
    assert_int_equal(
        metrics_prometheus("nowhere/load.prom", "t", &counts, NULL), VN_IO);
    free(text);
}

static void percentiles_are_of_the_last_answers(void **state)
{
    struct meter meter = {0};

    (void)state;
    meter_sample(&meter, 0, 0);
    assert_true(meter.p50_ms == 0);
    for (int i = 0; i < 5000; i++) {
        meter_latency(&meter, 1000);
    }
    for (int i = 0; i < (int)METER_LATENCIES; i++) {
        meter_latency(&meter, i);
    }
    meter_sample(&meter, 1, 0);
    assert_true(meter.p50_ms == 512);
    assert_true(meter.p95_ms > 960 && meter.p95_ms < 980);
    assert_true(meter.p99_ms > 1000 && meter.p99_ms < 1024);
}

static void the_rate_is_of_the_last_half_minute(void **state)
{
    struct meter meter = {0};
    uint64_t acknowledged = 0;

    (void)state;
    for (int64_t i = 0; i < 1000; i++) {
        acknowledged += i < 500 ? 1 : 250; // 4 a second, then 1,000
        meter_sample(&meter, i * INT64_C(250000000), acknowledged);
    }
    assert_true(fabs(meter.rate - 1000) < 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_json_with_every_count),
        cmocka_unit_test(the_table_is_told_first),
        cmocka_unit_test(prometheus_reads_names_types_and_values),
        cmocka_unit_test(percentiles_are_of_the_last_answers),
        cmocka_unit_test(the_rate_is_of_the_last_half_minute),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
