/* bench_stats.h: figures with their 95 % intervals. */
#ifndef VN_BENCH_STATS_H
#define VN_BENCH_STATS_H

#include <stdbool.h>

struct bench_interval {
    double value;
    double low, high; /* 95 % */
};

/* Fewest values whose extremes hold the median in 95 % of all cases. */
#define BENCH_MEDIAN_LEAST 6u

/* The share of 'hits' in 'rows' (at least one) with Wilson's interval. */
struct bench_interval bench_wilson(unsigned hits, unsigned rows);

/*
 * bench_median() sorts 'values' (1..'count') and returns their median between
 * two order statistics: the innermost two that hold the median of the
 * distribution with 95 %, whatever distribution that is (the number of values
 * below the median is binomial). With fewer than BENCH_MEDIAN_LEAST values
 * there are none; the extremes are given.
 */
struct bench_interval bench_median(double *values, unsigned count);

/*
 * The difference of two shares over the same 'rows': 'gained' rows only the
 * second one hits, 'lost' only the first. Wald's interval with half a row
 * added to each of the four cells (Agresti and Min, Biometrics 61, 2005).
 */
struct bench_interval bench_paired(unsigned gained, unsigned lost,
                                   unsigned rows);

/* Marks that two markers may give to one thing. */
#define BENCH_MARKS 3u

/*
 * bench_kappa() returns Cohen's kappa of 'table' ([first marker's mark][second
 * marker's mark], at least one in all), with the large-sample interval of
 * Fleiss, Cohen and Everitt (Psychological Bulletin 72, 1969). Returns false
 * if it is not defined: both gave one and the same mark to everything.
 */
bool bench_kappa(unsigned table[BENCH_MARKS][BENCH_MARKS],
                 struct bench_interval *kappa);

#endif
