/* bench_tune_features.c: rows of features, and which of them are equal. */
#include "bench_tune.h"

#include <stdlib.h>
#include <string.h>

bool tune_features_add(struct tune_features *features, unsigned term,
                       double value)
{
    if (features->count == features->room) {
        const size_t room = features->room == 0 ? 4096 : 2 * features->room;
        uint16_t *terms = reallocarray(features->terms, room, sizeof terms[0]);
        if (terms != NULL) {
            features->terms = terms;
        }
        double *values = reallocarray(features->values, room, sizeof values[0]);
        if (values != NULL) {
            features->values = values;
        }
        if (terms == NULL || values == NULL) {
            return false;
        }
        features->room = room;
    }
    features->terms[features->count] = (uint16_t)term;
    features->values[features->count++] = value;
    return true;
}

bool tune_features_end_row(struct tune_features *features)
{
    if (features->rows + 1 >= features->row_room) {
        const size_t room =
            features->row_room == 0 ? 1024 : 2 * features->row_room;
        size_t *start = reallocarray(features->start, room, sizeof start[0]);
        if (start == NULL) {
            return false;
        }
        features->start = start;
        features->row_room = room;
        start[0] = 0;
    }
    features->start[++features->rows] = features->count;
    return true;
}

void tune_features_reset(struct tune_features *features)
{
    free(features->start);
    free(features->terms);
    free(features->values);
    free(features->same);
    *features = (struct tune_features){.rows = 0};
}

double tune_features_score(const struct tune_features *features, size_t row,
                           const double *weights)
{
    double sum = 0;

    for (size_t i = features->start[row]; i < features->start[row + 1]; i++) {
        sum += weights[features->terms[i]] * features->values[i];
    }
    return sum;
}

/* ---- Equal rows -------------------------------------------------------- */

/* 0 if both have the same terms and values in the same order. */
static int compare_content(const struct tune_features *features, size_t left,
                           size_t right)
{
    const size_t *start = features->start;
    const size_t count = start[left + 1] - start[left];
    const size_t other = start[right + 1] - start[right];

    if (count != other || count == 0) {
        return count < other ? -1 : count > other;
    }
    const int order =
        memcmp(&features->terms[start[left]], &features->terms[start[right]],
               count * sizeof features->terms[0]);
    return order != 0 ? order
                      : memcmp(&features->values[start[left]],
                               &features->values[start[right]],
                               count * sizeof features->values[0]);
}

/* By content, then by row. */
static int compare_rows(const void *a, const void *b, void *context)
{
    const uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    const int order = compare_content(context, left, right);

    return order != 0 ? order : left < right ? -1 : left > right;
}

bool tune_features_join(struct tune_features *features)
{
    const size_t count = features->rows;
    uint32_t *order = calloc(count + 1, sizeof order[0]);

    features->same = calloc(count + 1, sizeof features->same[0]);
    if (order == NULL || features->same == NULL) {
        free(order);
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        order[i] = i;
    }
    qsort_r(order, count, sizeof order[0], compare_rows, features);
    for (size_t i = 0; i < count; i++) {
        const bool equal =
            i > 0 && compare_content(features, order[i - 1], order[i]) == 0;
        features->same[order[i]] =
            equal ? features->same[order[i - 1]] : order[i];
    }
    free(order);
    return true;
}
