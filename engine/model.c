/* model.c: reads model files, and gives the terms of the score. */
#include "model.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <xxhash.h>

/* The names of the weights in a model file: one value, or first..last. */
struct weight {
    const char *name;
    size_t offset;
    unsigned first, last; /* indices; last 0 = a single value */
    long least, most;
};

#define SINGLE(field)                                                          \
    {                                                                          \
#field, offsetof(struct model, field), 0, 0, -MODEL_WEIGHT_MAX,        \
            MODEL_WEIGHT_MAX                                                   \
    }
#define NAMED(name, field)                                                     \
    {                                                                          \
        name, offsetof(struct model, field), 0, 0, -MODEL_WEIGHT_MAX,          \
            MODEL_WEIGHT_MAX                                                   \
    }
#define TABLE(field, first, last)                                              \
    {                                                                          \
#field, offsetof(struct model, field), first, last, -MODEL_WEIGHT_MAX, \
            MODEL_WEIGHT_MAX                                                   \
    }

static const struct weight weights[] = {
    TABLE(start, 0, VN_SUFFIX_DIGITS - 1),
    SINGLE(middle),
    SINGLE(overdial),
    SINGLE(overdial_letter),
    SINGLE(overdial_whole),
    SINGLE(digit_01),
    SINGLE(digit_other),
    SINGLE(lone_4),
    TABLE(run_start, 1, MODEL_RUN_MAX),
    TABLE(run_middle, 1, MODEL_RUN_MAX),
    TABLE(run_end, 1, MODEL_RUN_MAX),
    SINGLE(short_beside_run),
    {"twin", offsetof(struct model, twin), 0, 0, 0, MODEL_TWIN_MAX},
    {"common", offsetof(struct model, common), 0, 0, -MODEL_COMMON_MAX, 0},
    NAMED("lone_2.start", lone_2_start),
    NAMED("lone_2.middle", lone_2_middle),
    NAMED("lone_2.end", lone_2_end),
    TABLE(run_equal, 2, 3),
    SINGLE(run_sequence),
    NAMED("lone_4.noun", lone_4_class[MODEL_NOUN]),
    NAMED("lone_4.verb", lone_4_class[MODEL_VERB]),
    NAMED("lone_4.function", lone_4_class[MODEL_FUNCTION]),
    {"run_word", offsetof(struct model, run_word), MODEL_RUN_WORD_MIN,
     MODEL_RUN_WORD_MAX, 0, MODEL_WEIGHT_MAX},
};

#define WEIGHTS (sizeof weights / sizeof *weights)
/* Values of the first models; those of weights that came later follow. */
#define FIRST_VALUES 28u

static bool equals(struct vn_bytes text, const char *word)
{
    return text.size == strlen(word) && memcmp(text.data, word, text.size) == 0;
}

/* The weight that 'name' stands for, and its index; NULL if there is none. */
static const struct weight *find_weight(struct vn_bytes name, unsigned *index)
{
    struct vn_bytes head = name, number = {NULL, 0};
    const bool indexed = vn_text_split(name, '.', &head, &number);
    long value = 0;

    *index = 0;

    for (size_t i = 0; i < WEIGHTS; i++) {
        const struct weight *weight = &weights[i];
        if (weight->last == 0 && equals(name, weight->name)) {
            return weight;
        }
        if (weight->last > 0 && indexed && equals(head, weight->name) &&
            vn_text_int(number, weight->first, weight->last, &value)) {
            *index = (unsigned)value;
            return weight;
        }
    }
    return NULL;
}

static enum vn_status read_line(struct vn_bytes line, struct model *model,
                                const char **wrong)
{
    struct vn_bytes name, text;
    unsigned index;
    long value;

    if (!vn_text_split(line, ' ', &name, &text)) {
        *wrong = "expected \"name value\"";
        return VN_INVALID;
    }
    text = vn_text_trim(text);
    if (equals(name, "name")) {
        if (text.size >= sizeof model->name) {
            *wrong = "name of more than 31 bytes";
            return VN_INVALID;
        }
        memset(model->name, 0, sizeof model->name);
        memcpy(model->name, text.data, text.size);
        return VN_OK;
    }
    const struct weight *weight = find_weight(name, &index);
    if (weight == NULL) {
        *wrong = "no such weight";
        return VN_INVALID;
    }
    if (!vn_text_int(text, weight->least, weight->most, &value)) {
        *wrong = "weight is no integer from -300 to 300 (common: -200 to 0, "
                 "run_word: 0 to 300, twin: 0 to 1000)";
        return VN_INVALID;
    }
    memcpy((char *)model + weight->offset + index * sizeof(int),
           &(int){(int)value}, sizeof(int));
    return VN_OK;
}

enum vn_status model_read(const char *path, struct vn_bytes text,
                          struct model *model, struct vn_error *error)
{
    static const char magic[] = "vanity-model ";
    struct model read = *model;
    struct vn_lines lines;
    struct vn_bytes line;
    uint64_t byte;
    long version;

    (void)snprintf(read.name, sizeof read.name, "unnamed");
    vn_lines_start(&lines, text);
    if (!vn_lines_next(&lines, &line) || line.size < sizeof magic ||
        memcmp(line.data, magic, sizeof magic - 1) != 0 ||
        !vn_text_int((struct vn_bytes){line.data + sizeof magic - 1,
                                       line.size - sizeof magic + 1},
                     0, 1000000, &version)) {
        return vn_error_set(error, VN_INVALID,
                            "%s: no model file: the first line must be "
                            "\"vanity-model %d\"",
                            path, MODEL_VERSION);
    }
    if (version != MODEL_VERSION) {
        return vn_error_set(error, VN_VERSION,
                            "%s: model file of version %ld; this program "
                            "reads version %d",
                            path, version, MODEL_VERSION);
    }
    while (vn_lines_next(&lines, &line)) {
        const char *wrong = vn_text_check(line, &byte);
        if (wrong != NULL || read_line(line, &read, &wrong) != VN_OK) {
            return vn_error_line(error, path, lines.line, "%s", wrong);
        }
    }
    *model = read;
    return VN_OK;
}

uint64_t model_hash(const struct model *model)
{
    int32_t values[64];
    size_t count = 0;

    for (size_t i = 0; i < WEIGHTS; i++) {
        for (unsigned k = weights[i].first; k <= weights[i].last; k++) {
            int value;
            memcpy(&value,
                   (const char *)model + weights[i].offset + k * sizeof(int),
                   sizeof value);
            values[count++] = value;
        }
    }
    // A model without the weights that came later keeps its hash.
    while (count > FIRST_VALUES && values[count - 1] == 0) {
        count--;
    }
    return XXH3_64bits(values, count * sizeof *values);
}

int model_entry(const struct model *model, unsigned start, unsigned end)
{
    const bool between = start > 0 && end < VN_SUFFIX_DIGITS;

    return model->start[start] + (between ? model->middle : 0);
}

int model_overdial(const struct model *model, unsigned start, unsigned past)
{
    return model->overdial + model->overdial_letter * (int)past +
           (start == 0 ? model->overdial_whole : 0);
}

int model_run(const struct model *model, unsigned start, unsigned length)
{
    if (start == 0) {
        return model->run_start[length];
    }
    return start + length < VN_SUFFIX_DIGITS ? model->run_middle[length]
                                             : model->run_end[length];
}

int model_run_word(const struct model *model, unsigned covered)
{
    return model
        ->run_word[covered < MODEL_RUN_WORD_MAX ? covered : MODEL_RUN_WORD_MAX];
}

int model_lone(const struct model *model, unsigned start, unsigned digit)
{
    if (digit == 4) {
        return model->lone_4;
    }
    if (digit != 2) {
        return 0;
    }
    if (start == 0) {
        return model->lone_2_start;
    }
    return start + 1 < VN_SUFFIX_DIGITS ? model->lone_2_middle
                                        : model->lone_2_end;
}

/* Whether each digit of the run is the one before it plus 'step'. */
static bool has_step(const unsigned *run, unsigned length, unsigned step)
{
    for (unsigned i = 1; i < length; i++) {
        if (run[i] != run[i - 1] + step) {
            return false;
        }
    }
    return true;
}

int model_equal(const struct model *model, const unsigned *run, unsigned length)
{
    const bool equal = length > 1 && has_step(run, length, 0);

    return equal ? model->run_equal[length == 2 ? 2 : 3] : 0;
}

int model_sequence(const struct model *model, const unsigned *run,
                   unsigned length)
{
    const bool steps = length > 2 && (has_step(run, length, 1) ||
                                      has_step(run, length, (unsigned)-1));

    return steps ? model->run_sequence : 0;
}

int model_run_digits(const struct model *model, const unsigned *run,
                     unsigned start, unsigned length)
{
    return length == 1 ? model_lone(model, start, run[0])
                       : model_equal(model, run, length) +
                             model_sequence(model, run, length);
}
