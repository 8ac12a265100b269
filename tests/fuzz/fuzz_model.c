/* fuzz_model.c: any bytes as a model file: accepted ones come back the same. */
#include <string.h>

#include "engine/model.h"
#include "fuzz.h"

/* Room for a file with all weights. */
#define FILE_SIZE 2048

struct writer {
    char text[FILE_SIZE];
    size_t used;
};

static void check_weight(int value)
{
    FUZZ_CHECK(value >= -MODEL_WEIGHT_MAX && value <= MODEL_WEIGHT_MAX);
}

static void write_weight(struct writer *writer, const char *name, int value)
{
    check_weight(value);
    writer->used += (size_t)snprintf(writer->text + writer->used,
                                     sizeof writer->text - writer->used,
                                     "%s %d\n", name, value);
    FUZZ_CHECK(writer->used < sizeof writer->text);
}

static void write_table(struct writer *writer, const char *name,
                        const int *values, unsigned first, unsigned last)
{
    for (unsigned i = first; i <= last; i++) {
        char full[32];
        (void)snprintf(full, sizeof full, "%s.%u", name, i);
        write_weight(writer, full, values[i]);
    }
}

static void write_model(struct writer *writer, const struct model *model)
{
    writer->used = (size_t)snprintf(writer->text, sizeof writer->text,
                                    "vanity-model 1\ntwin %d\n", model->twin);
    write_table(writer, "start", model->start, 0, VN_SUFFIX_DIGITS - 1);
    write_weight(writer, "middle", model->middle);
    write_weight(writer, "overdial", model->overdial);
    write_weight(writer, "overdial_letter", model->overdial_letter);
    write_weight(writer, "overdial_whole", model->overdial_whole);
    write_weight(writer, "digit_01", model->digit_01);
    write_weight(writer, "digit_other", model->digit_other);
    write_weight(writer, "lone_4", model->lone_4);
    write_table(writer, "run_start", model->run_start, 1, MODEL_RUN_MAX);
    write_table(writer, "run_middle", model->run_middle, 1, MODEL_RUN_MAX);
    write_table(writer, "run_end", model->run_end, 1, MODEL_RUN_MAX);
    write_weight(writer, "short_beside_run", model->short_beside_run);
    write_weight(writer, "common", model->common);
    write_weight(writer, "lone_2.start", model->lone_2_start);
    write_weight(writer, "lone_2.middle", model->lone_2_middle);
    write_weight(writer, "lone_2.end", model->lone_2_end);
    write_table(writer, "run_equal", model->run_equal, 2, 3);
    write_weight(writer, "run_sequence", model->run_sequence);
    write_weight(writer, "lone_4.noun", model->lone_4_class[MODEL_NOUN]);
    write_weight(writer, "lone_4.verb", model->lone_4_class[MODEL_VERB]);
    write_weight(writer, "lone_4.function",
                 model->lone_4_class[MODEL_FUNCTION]);
    write_table(writer, "run_word", model->run_word, MODEL_RUN_WORD_MIN,
                MODEL_RUN_WORD_MAX);
}

static void check_accepted(const struct model *model)
{
    struct writer writer;
    struct model again = {.middle = 1};

    FUZZ_CHECK(memchr(model->name, '\0', sizeof model->name) != NULL);
    FUZZ_CHECK(model->twin >= 0 && model->twin <= MODEL_TWIN_MAX);
    write_model(&writer, model);
    FUZZ_CHECK(model_read("again", (struct vn_bytes){writer.text, writer.used},
                          &again, NULL) == VN_OK);
    FUZZ_CHECK(model_hash(model) == model_hash(&again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct model before, model;
    struct vn_error error;

    memset(&before, 0, sizeof before);
    before.middle = -57;
    model = before;
    const enum vn_status status = model_read(
        "file", (struct vn_bytes){(const char *)data, size}, &model, &error);
    FUZZ_CHECK(status == VN_OK || status == VN_INVALID || status == VN_VERSION);
    if (status == VN_OK) {
        check_accepted(&model);
    } else {
        FUZZ_CHECK(error.status == status);
        FUZZ_CHECK(error.message[0] != '\0');
        FUZZ_CHECK(strchr(error.message, '\n') == NULL);
        FUZZ_CHECK(memcmp(&model, &before, sizeof model) == 0);
    }
    return 0;
}
