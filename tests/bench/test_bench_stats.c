/* test_bench_stats.c: medians and paired differences with their intervals. */
#include "bench/bench_stats.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void expect(double found, double wanted)
{
    assert_true(fabs(found - wanted) < 1e-6);
}

/* The values 1..count, shuffled. */
static void fill(double *values, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        values[i] = (double)(i * 7919 % count) + 1;
    }
}

/*
 * The binomial of fair coins gives the rank of the lower end: the largest k
 * with P(fewer than k heads) at most 2.5 %, summed with whole numbers.
 */
static void test_the_median_stands_between_order_statistics(void **state)
{
    static const struct {
        unsigned count, low;
    } cases[] = {{6, 1},   {8, 1},    {9, 2}, {11, 2},    {12, 3},    {20, 6},
                 {30, 10}, {100, 40}, {2, 1}, {500, 228}, {1000, 469}};
    double values[1000];

    (void)state;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const unsigned count = cases[i].count;

        fill(values, count);
        const struct bench_interval median = bench_median(values, count);

        expect(median.value, (count + 1) / 2.0);
        expect(median.low, cases[i].low);
        expect(median.high, count + 1 - cases[i].low);
    }
}

static void test_one_value_is_its_own_interval(void **state)
{
    double value = 3.5;
    const struct bench_interval median = bench_median(&value, 1);

    (void)state;
    expect(median.low, 3.5);
    expect(median.value, 3.5);
    expect(median.high, 3.5);
}

static void test_a_paired_difference_counts_who_differs(void **state)
{
    const struct bench_interval some = bench_paired(10, 4, 98);
    const struct bench_interval back = bench_paired(4, 10, 98);
    const struct bench_interval all = bench_paired(5, 0, 5);

    (void)state;
    // By the formula of Agresti and Min, with a calculator.
    expect(some.value, 6 / 98.0);
    expect(some.low, -0.014992638);
    expect(some.high, 0.134992638);
    expect(back.low, -some.high);
    expect(all.value, 1);
    expect(all.high, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_median_stands_between_order_statistics),
        cmocka_unit_test(test_one_value_is_its_own_interval),
        cmocka_unit_test(test_a_paired_difference_counts_who_differs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
