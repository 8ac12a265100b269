/* bench_stats.c: intervals of shares, medians, differences and agreement. */
#include "bench_stats.h"

#include <math.h>
#include <stdlib.h>

/* Of the normal distribution, for 95 %. */
#define Z95 1.959964

struct bench_interval bench_wilson(unsigned hits, unsigned rows)
{
    const double n = rows;
    const double share = hits / n;
    const double z2 = Z95 * Z95;
    const double centre = (share + z2 / (2 * n)) / (1 + z2 / n);
    const double half =
        Z95 / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n));

    // Rounding may leave the ends a hair outside.
    return (struct bench_interval){
        .value = share,
        .low = centre > half ? centre - half : 0,
        .high = centre + half < 1 ? centre + half : 1,
    };
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/*
 * The largest k such that fewer than k of 'count' fair coins show heads with
 * at most 2.5 %, or 1.
 */
static unsigned find_order(unsigned count)
{
    double term = pow(0.5, count); // exactly k - 1 heads
    double below = term;           // fewer than k heads
    unsigned k = 1;

    while (k < count / 2) {
        term *= (double)(count - k + 1) / k;
        if (below + term > 0.025) {
            break;
        }
        below += term;
        k++;
    }
    return k;
}

struct bench_interval bench_median(double *values, unsigned count)
{
    const unsigned k = find_order(count);

    qsort(values, count, sizeof(values[0]), compare_doubles);
    return (struct bench_interval){
        .value = (values[(count - 1) / 2] + values[count / 2]) / 2,
        .low = values[k - 1],
        .high = values[count - k],
    };
}

struct bench_interval bench_paired(unsigned gained, unsigned lost,
                                   unsigned rows)
{
    const double n = rows + 2.0;
    const double difference = ((double)gained - lost) / n;
    const double discordant = (gained + lost + 1.0) / n;
    const double half = Z95 * sqrt((discordant - difference * difference) / n);

    return (struct bench_interval){
        .value = ((double)gained - lost) / rows,
        .low = fmax(difference - half, -1),
        .high = fmin(difference + half, 1),
    };
}

/* ---- Kappa ------------------------------------------------------------- */

/* Shares of a table, and of its rows and columns. */
struct shares {
    double n;
    double cell[BENCH_MARKS][BENCH_MARKS];
    double first[BENCH_MARKS], second[BENCH_MARKS];
    double equal;  /* observed */
    double chance; /* expected of independent markers */
};

static struct shares find_shares(unsigned table[BENCH_MARKS][BENCH_MARKS])
{
    struct shares shares = {.n = 0};

    for (unsigned i = 0; i < BENCH_MARKS; i++) {
        for (unsigned j = 0; j < BENCH_MARKS; j++) {
            shares.n += table[i][j];
        }
    }
    for (unsigned i = 0; i < BENCH_MARKS; i++) {
        for (unsigned j = 0; j < BENCH_MARKS; j++) {
            shares.cell[i][j] = table[i][j] / shares.n;
            shares.first[i] += shares.cell[i][j];
            shares.second[j] += shares.cell[i][j];
        }
        shares.equal += shares.cell[i][i];
    }
    for (unsigned i = 0; i < BENCH_MARKS; i++) {
        shares.chance += shares.first[i] * shares.second[i];
    }
    return shares;
}

/* The variance of kappa, as in the paper of 1969. */
static double find_variance(const struct shares *shares)
{
    const double equal = shares->equal;
    const double chance = shares->chance;
    double sum = 0;

    for (unsigned i = 0; i < BENCH_MARKS; i++) {
        for (unsigned j = 0; j < BENCH_MARKS; j++) {
            const double both = shares->second[i] + shares->first[j];
            const double part =
                i == j ? (1 - chance) - both * (1 - equal) : (1 - equal) * both;

            sum += shares->cell[i][j] * part * part;
        }
    }
    const double rest = equal * chance - 2 * chance + equal;

    return (sum - rest * rest) / (shares->n * pow(1 - chance, 4));
}

bool bench_kappa(unsigned table[BENCH_MARKS][BENCH_MARKS],
                 struct bench_interval *kappa)
{
    const struct shares shares = find_shares(table);

    if (shares.chance >= 1) {
        return false;
    }
    const double half = Z95 * sqrt(fmax(find_variance(&shares), 0));

    kappa->value = (shares.equal - shares.chance) / (1 - shares.chance);
    kappa->low = fmax(kappa->value - half, -1);
    kappa->high = fmin(kappa->value + half, 1);
    return true;
}
