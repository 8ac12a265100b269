/* bench_tune_rows.c: phrases of files as rows for the fit. */
#include "bench_tune_rows.h"

#include <stdlib.h>
#include <string.h>

#include "engine/keypad.h"

struct tune_row tune_row_of(const struct bench_phrase *phrase)
{
    struct tune_row row = {.choice = {.chosen = 0}};

    for (unsigned i = 0; i < VN_SUFFIX_DIGITS; i++) {
        row.digits[i] = (unsigned)vn_keypad_key(phrase->letters[i]);
    }
    memcpy(row.text, phrase->letters, sizeof row.text);
    return row;
}

/* As a choice of the only spelling that was thought of. */
static struct tune_row beside_row(const struct bench_phrase *phrase,
                                  double weight)
{
    struct tune_row row = tune_row_of(phrase);

    row.choice = (struct tune_choice){
        .shown_count = 1, .chosen = 1, .beside = true, .weight = weight};
    memcpy(row.choice.shown[0], row.text, sizeof row.text);
    return row;
}

enum vn_status tune_beside_read(struct tune_beside *beside, const char *path,
                                const struct bench_phrases *phrases,
                                double weight, struct vn_error *error)
{
    struct bench_phrases read = {.path = NULL};
    enum vn_status status = bench_phrases_read(&read, path, error);

    if (status != VN_OK) {
        goto out;
    }
    struct tune_row *rows =
        reallocarray(beside->rows, beside->count + read.count, sizeof rows[0]);
    if (rows == NULL) {
        status = vn_error_set(error, VN_NOMEM, "out of memory");
        goto out;
    }
    beside->rows = rows;
    for (size_t i = 0; i < read.count; i++) {
        if (bench_phrases_dial(phrases, read.list[i].suffix)) {
            beside->dropped++;
        } else {
            rows[beside->count++] = beside_row(&read.list[i], weight);
        }
    }
out:
    bench_phrases_free(&read);
    return status;
}

void tune_beside_free(struct tune_beside *beside)
{
    free(beside->rows);
    *beside = (struct tune_beside){.rows = NULL};
}
