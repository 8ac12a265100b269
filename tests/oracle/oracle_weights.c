/* oracle_weights.c: the weights of the oracle, and their file. */
#include "oracle_lexicon.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_SIZE 256
#define WEIGHTS (sizeof(places) / sizeof(places[0]))
/* Those that every file names; the others may be left out. */
#define NAMED_ALWAYS 28

const struct oracle_weights oracle_weights_h = {
    .start = {0, -73, -2, -8, -24, -98, -62},
    .middle = -57,
    .overdial = -217,
    .overdial_letter = -89,
    .overdial_whole = 242,
    .digit_01 = -30,
    .digit_other = -160,
    .lone_4 = 122,
    .run_start = {0, 13, -43, 107, -44},
    .run_middle = {0, -167, -223, -167, -187},
    .run_end = {0, -244, -297, -253, -213},
    .short_beside_run = -70,
    .twin = 100,
};

#define AT(name, field)                                                        \
    {                                                                          \
        name, offsetof(struct oracle_weights, field)                           \
    }

static const struct {
    const char *name;
    size_t offset;
} places[] = {
    AT("start.0", start[0]),
    AT("start.1", start[1]),
    AT("start.2", start[2]),
    AT("start.3", start[3]),
    AT("start.4", start[4]),
    AT("start.5", start[5]),
    AT("start.6", start[6]),
    AT("middle", middle),
    AT("overdial", overdial),
    AT("overdial_letter", overdial_letter),
    AT("overdial_whole", overdial_whole),
    AT("digit_01", digit_01),
    AT("digit_other", digit_other),
    AT("lone_4", lone_4),
    AT("run_start.1", run_start[1]),
    AT("run_start.2", run_start[2]),
    AT("run_start.3", run_start[3]),
    AT("run_start.4", run_start[4]),
    AT("run_middle.1", run_middle[1]),
    AT("run_middle.2", run_middle[2]),
    AT("run_middle.3", run_middle[3]),
    AT("run_middle.4", run_middle[4]),
    AT("run_end.1", run_end[1]),
    AT("run_end.2", run_end[2]),
    AT("run_end.3", run_end[3]),
    AT("run_end.4", run_end[4]),
    AT("short_beside_run", short_beside_run),
    AT("twin", twin),
    AT("common", common),
    AT("lone_2.start", lone_2[0]),
    AT("lone_2.middle", lone_2[1]),
    AT("lone_2.end", lone_2[2]),
    AT("run_equal.2", run_equal_2),
    AT("run_equal.3", run_equal_3),
    AT("run_sequence", run_sequence),
    AT("lone_4.noun", lone_4_noun),
    AT("lone_4.verb", lone_4_verb),
    AT("lone_4.function", lone_4_function),
    AT("run_word.3", run_word[3]),
    AT("run_word.4", run_word[4]),
    AT("run_word.5", run_word[5]),
};

/* Sets the weight 'name'; its number, WEIGHTS if there is none. */
static size_t set_weight(struct oracle_weights *weights, const char *name,
                         const char *text)
{
    const int value = (int)strtol(text, NULL, 10);
    size_t i = 0;

    while (i < WEIGHTS && strcmp(name, places[i].name) != 0) {
        i++;
    }
    if (i < WEIGHTS) {
        memcpy((char *)weights + places[i].offset, &value, sizeof(value));
    }
    return i;
}

enum vn_status vn_oracle_read_model(struct vn_oracle *oracle, const char *path,
                                    struct vn_error *error)
{
    struct oracle_weights weights = oracle->weights;
    char line[LINE_SIZE];
    bool seen[WEIGHTS + 1] = {false};
    size_t count = 0;
    FILE *file = fopen(path, "r");

    if (file == NULL) {
        return vn_error_system(error, errno, "cannot open %s", path);
    }
    while (fgets(line, sizeof(line), file) != NULL) {
        char *rest = line;
        const char *name = strsep(&rest, " \n");

        if (rest != NULL && strcmp(name, "vanity-model") != 0 &&
            strcmp(name, "name") != 0) {
            const size_t i = set_weight(&weights, name, rest);
            count += !seen[i] && i < NAMED_ALWAYS;
            seen[i] = true;
        }
    }
    fclose(file);
    if (count != NAMED_ALWAYS || seen[WEIGHTS]) {
        return vn_error_set(error, VN_INVALID, "%s names not every weight",
                            path);
    }
    oracle->weights = weights;
    return VN_OK;
}
