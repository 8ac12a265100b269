/* test_model.c: the weights and their files. */
#include "engine_fixture.h"

#include <stdio.h>
#include <string.h>

#include "engine/embedded.h"
#include "engine/model.h"

/* A weight by its name in a file, with its place and range. */
struct place {
    const char *name;
    size_t offset;
    int least, most;
};

#define PLACE(name, field)                                                     \
    {                                                                          \
        (name), offsetof(struct model, field), -300, 300                       \
    }

static const struct place places[] = {
    PLACE("start.0", start[0]),
    PLACE("start.1", start[1]),
    PLACE("start.2", start[2]),
    PLACE("start.3", start[3]),
    PLACE("start.4", start[4]),
    PLACE("start.5", start[5]),
    PLACE("start.6", start[6]),
    PLACE("middle", middle),
    PLACE("overdial", overdial),
    PLACE("overdial_letter", overdial_letter),
    PLACE("overdial_whole", overdial_whole),
    PLACE("digit_01", digit_01),
    PLACE("digit_other", digit_other),
    PLACE("lone_4", lone_4),
    PLACE("run_start.1", run_start[1]),
    PLACE("run_start.2", run_start[2]),
    PLACE("run_start.3", run_start[3]),
    PLACE("run_start.4", run_start[4]),
    PLACE("run_middle.1", run_middle[1]),
    PLACE("run_middle.2", run_middle[2]),
    PLACE("run_middle.3", run_middle[3]),
    PLACE("run_middle.4", run_middle[4]),
    PLACE("run_end.1", run_end[1]),
    PLACE("run_end.2", run_end[2]),
    PLACE("run_end.3", run_end[3]),
    PLACE("run_end.4", run_end[4]),
    PLACE("short_beside_run", short_beside_run),
    {"twin", offsetof(struct model, twin), 0, 1000},
    {"common", offsetof(struct model, common), -200, 0},
    PLACE("lone_2.start", lone_2_start),
    PLACE("lone_2.middle", lone_2_middle),
    PLACE("lone_2.end", lone_2_end),
    PLACE("run_equal.2", run_equal[2]),
    PLACE("run_equal.3", run_equal[3]),
    PLACE("run_sequence", run_sequence),
    PLACE("lone_4.noun", lone_4_class[MODEL_NOUN]),
    PLACE("lone_4.verb", lone_4_class[MODEL_VERB]),
    PLACE("lone_4.function", lone_4_class[MODEL_FUNCTION]),
    {"run_word.3", offsetof(struct model, run_word[3]), 0, 300},
    {"run_word.4", offsetof(struct model, run_word[4]), 0, 300},
    {"run_word.5", offsetof(struct model, run_word[5]), 0, 300},
};

#define PLACES (sizeof places / sizeof *places)

/* Model H of the ranking study: what files are read over here. */
static const struct model model_h = {
    .name = "H",
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

static int value_at(const struct model *model, const struct place *place)
{
    int value;

    memcpy(&value, (const char *)model + place->offset, sizeof value);
    return value;
}

static enum vn_status read_text(const char *text, struct model *model,
                                struct vn_error *error)
{
    return model_read("folder/m.txt", (struct vn_bytes){text, strlen(text)},
                      model, error);
}

static struct model read_model(const char *text)
{
    struct model model = model_h;
    struct vn_error error;

    if (read_text(text, &model, &error) != VN_OK) {
        fail_msg("%s", error.message);
    }
    return model;
}

/* The first line is added here: 'line' is line 2. */
static enum vn_status read_line(const char *line, struct model *model,
                                struct vn_error *error)
{
    char text[256];

    (void)snprintf(text, sizeof text, "vanity-model 1\n%s\n", line);
    return read_text(text, model, error);
}

static void assert_bad_line(const char *line, const char *reason)
{
    struct model before, model;
    struct vn_error error;

    memset(&before, 0x5a, sizeof before);
    model = before;
    assert_int_equal(read_line(line, &model, &error), VN_INVALID);
    assert_int_equal(error.status, VN_INVALID);
    assert_int_equal(error.line, 2);
    assert_non_null(strstr(error.message, "folder/m.txt:2: "));
    assert_non_null(strstr(error.message, reason));
    assert_memory_equal(&model, &before, sizeof before);
}

/* ---- The weights ------------------------------------------------------ */

/* A line for each, so that none depends on what is read over. */
static void the_built_in_model_names_every_weight(void **state)
{
    struct model low, high;
    struct vn_error error;

    (void)state;
    memset(&low, 0x11, sizeof low);
    memset(&high, 0x22, sizeof high);
    assert_int_equal(model_read("m", embedded_model(), &low, &error), VN_OK);
    assert_int_equal(model_read("m", embedded_model(), &high, &error), VN_OK);
    for (size_t i = 0; i < PLACES; i++) {
        assert_int_equal(value_at(&low, &places[i]),
                         value_at(&high, &places[i]));
    }
    assert_string_equal(low.name, high.name);
    assert_string_not_equal(low.name, "unnamed");
    assert_int_equal(low.start[0], 0);
}

static void terms_are_added_by_place(void **state)
{
    const struct model *model = &model_h;

    (void)state;
    assert_int_equal(model_entry(model, 0, 7), 0);
    assert_int_equal(model_entry(model, 0, 3), 0);
    assert_int_equal(model_entry(model, 3, 7), -8);
    assert_int_equal(model_entry(model, 3, 9), -8);
    assert_int_equal(model_entry(model, 3, 6), -8 - 57);
    assert_int_equal(model_entry(model, 5, 6), -98 - 57);
    assert_int_equal(model_overdial(model, 0, 1), -217 - 89 + 242);
    assert_int_equal(model_overdial(model, 4, 3), -217 - 3 * 89);
    assert_int_equal(model_run(model, 0, 3), 107);
    assert_int_equal(model_run(model, 1, 3), -167);
    assert_int_equal(model_run(model, 2, 4), -187);
    assert_int_equal(model_run(model, 3, 4), -213);
    assert_int_equal(model_run(model, 6, 1), -244);
}

/* ---- Files ------------------------------------------------------------ */

static int of_digits(const struct model *model, const char *digits,
                     unsigned start)
{
    const unsigned length = (unsigned)strlen(digits);
    unsigned run[VN_SUFFIX_DIGITS];

    for (unsigned i = 0; i < length; i++) {
        run[i] = (unsigned)(digits[i] - '0');
    }
    return model_run_digits(model, run, start, length);
}

static void digits_of_a_run_have_terms_together(void **state)
{
    static const struct {
        const char *digits;
        unsigned start;
        int term;
    } runs[] = {
        {"2", 0, 1},    {"2", 3, 2},    {"2", 6, 3},    {"4", 6, 122},
        {"3", 2, 0},    {"22", 0, 4},   {"44", 5, 4},   {"24", 0, 0},
        {"23", 1, 0},   {"000", 2, 5},  {"7777", 3, 5}, {"7776", 3, 0},
        {"123", 0, 6},  {"3210", 3, 6}, {"789", 4, 6},  {"890", 4, 0},
        {"109", 0, 0},  {"135", 0, 0},  {"121", 0, 0},  {"1233", 0, 0},
        {"6543", 1, 6},
    };
    const struct model model = read_model(
        "vanity-model 1\nlone_2.start 1\nlone_2.middle 2\nlone_2.end 3\n"
        "run_equal.2 4\nrun_equal.3 5\nrun_sequence 6\n");

    (void)state;
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        const int term = of_digits(&model, runs[i].digits, runs[i].start);
        if (term != runs[i].term) {
            fail_msg("%s at %u: %d, not %d", runs[i].digits, runs[i].start,
                     term, runs[i].term);
        }
    }
}

static void five_and_six_keys_beside_a_run_count_alike(void **state)
{
    const struct model model = read_model(
        "vanity-model 1\nrun_word.3 1\nrun_word.4 2\nrun_word.5 3\n");

    (void)state;
    assert_int_equal(model_run_word(&model, 3), 1);
    assert_int_equal(model_run_word(&model, 4), 2);
    assert_int_equal(model_run_word(&model, 5), 3);
    assert_int_equal(model_run_word(&model, 6), 3);
}

static void a_file_without_weights_changes_none(void **state)
{
    const struct model model = read_model("vanity-model 1");

    (void)state;
    for (size_t i = 0; i < PLACES; i++) {
        assert_int_equal(value_at(&model, &places[i]),
                         value_at(&model_h, &places[i]));
    }
    assert_int_equal(model_hash(&model), model_hash(&model_h));
    assert_string_not_equal(model.name, "H");
}

static void each_weight_is_set_by_its_name_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < PLACES; i++) {
        char line[64];
        struct model model = model_h;
        (void)snprintf(line, sizeof line, "%s %d", places[i].name,
                       places[i].least + 1);
        assert_int_equal(read_line(line, &model, NULL), VN_OK);
        for (size_t k = 0; k < PLACES; k++) {
            assert_int_equal(value_at(&model, &places[k]),
                             k == i ? places[i].least + 1
                                    : value_at(&model_h, &places[k]));
        }
    }
}

static void each_weight_has_its_range(void **state)
{
    (void)state;
    for (size_t i = 0; i < PLACES; i++) {
        const int ends[] = {places[i].least, places[i].most};
        for (int end = 0; end < 2; end++) {
            char line[64];
            struct model model = model_h;
            (void)snprintf(line, sizeof line, "%s %d", places[i].name,
                           ends[end]);
            assert_int_equal(read_line(line, &model, NULL), VN_OK);
            assert_int_equal(value_at(&model, &places[i]), ends[end]);
            (void)snprintf(line, sizeof line, "%s %d", places[i].name,
                           ends[end] + (end == 0 ? -1 : 1));
            assert_bad_line(line, "integer");
        }
    }
}

static void the_last_line_of_a_weight_counts(void **state)
{
    const struct model model = read_model(
        "vanity-model 1\nmiddle 5\nstart.0 7\nmiddle -6\nname a\nname b c\n");

    (void)state;
    assert_int_equal(model.middle, -6);
    assert_int_equal(model.start[0], 7);
    assert_string_equal(model.name, "b c");
}

static void a_model_has_a_name_of_up_to_31_bytes(void **state)
{
    struct model model = model_h;

    (void)state;
    assert_int_equal(
        read_line("name 0123456789012345678901234567890", &model, NULL), VN_OK);
    assert_string_equal(model.name, "0123456789012345678901234567890");
    assert_bad_line("name 01234567890123456789012345678901", "name");
}

static void a_windows_file_with_comments_is_read(void **state)
{
    const struct model model =
        read_model("\xef\xbb\xbf# weights\r\n\r\nvanity-model 1\r\n"
                   "# more\r\n \tmiddle   -11 \r\nname M\r\n\r\n");

    (void)state;
    assert_int_equal(model.middle, -11);
    assert_string_equal(model.name, "M");
}

static void a_bad_line_is_named(void **state)
{
    static const char *const unknown[] = {
        "weight 1",       "start 1",     "start.7 1",    "start.-1 1",
        "middle.0 1",     "run_end.0 1", "run_end.5 1",  "run_start 1",
        "START.0 1",      "start.x 1",   "start. 1",     ".0 1",
        "twin.0 1",       "start.0.0 1", "common.0 0",   "run_equal.1 0",
        "run_equal.4 0",  "lone_2 0",    "lone_2.0 0",   "lone_4.0 0",
        "lone_4.other 0", "run_word 0",  "run_word.2 0", "run_word.6 0",
    };

    (void)state;
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        assert_bad_line(unknown[i], "no such weight");
    }
    assert_bad_line("middle", "name value");
    assert_bad_line("middle\t5", "name value");
    assert_bad_line("middle x", "integer");
    assert_bad_line("middle 1.5", "integer");
    assert_bad_line("middle 1 2", "integer");
    assert_bad_line("middle 99999999999999999999", "integer");
    assert_bad_line("name caf\xe9", "UTF-8");
}

static void another_file_is_no_model(void **state)
{
    static const char *const texts[] = {"",
                                        "middle 5",
                                        "vanity-model",
                                        "vanity-model ",
                                        "vanity 1",
                                        "vanity-model x",
                                        "vanity-model -1",
                                        "# only a comment",
                                        "vanity-model 1 2",
                                        "vanity-model1"};
    struct model model = model_h;
    struct vn_error error;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(read_text(texts[i], &model, &error), VN_INVALID);
        assert_non_null(strstr(error.message, "folder/m.txt"));
        assert_non_null(strstr(error.message, "vanity-model 1"));
    }
}

static void another_version_is_refused_as_such(void **state)
{
    struct model model = model_h;
    struct vn_error error;

    (void)state;
    assert_int_equal(read_text("vanity-model 2\nwhatever", &model, &error),
                     VN_VERSION);
    assert_int_equal(error.status, VN_VERSION);
    assert_non_null(strstr(error.message, "version 2"));
    assert_int_equal(read_text("vanity-model 0", &model, NULL), VN_VERSION);
}

static void the_hash_tells_every_weight_and_not_the_name(void **state)
{
    uint64_t hashes[PLACES];

    (void)state;
    for (size_t i = 0; i < PLACES; i++) {
        struct model model = model_h;
        char line[64];
        (void)snprintf(line, sizeof line, "%s %d", places[i].name,
                       places[i].least + 2);
        assert_int_equal(read_line(line, &model, NULL), VN_OK);
        hashes[i] = model_hash(&model);
        assert_true(hashes[i] != model_hash(&model_h));
        for (size_t k = 0; k < i; k++) {
            assert_true(hashes[i] != hashes[k]);
        }
    }
    struct model model = model_h;
    assert_int_equal(read_line("name other", &model, NULL), VN_OK);
    assert_true(model_hash(&model) == model_hash(&model_h));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_model_names_every_weight),
        cmocka_unit_test(terms_are_added_by_place),
        cmocka_unit_test(digits_of_a_run_have_terms_together),
        cmocka_unit_test(five_and_six_keys_beside_a_run_count_alike),
        cmocka_unit_test(a_file_without_weights_changes_none),
        cmocka_unit_test(each_weight_is_set_by_its_name_alone),
        cmocka_unit_test(each_weight_has_its_range),
        cmocka_unit_test(the_last_line_of_a_weight_counts),
        cmocka_unit_test(a_model_has_a_name_of_up_to_31_bytes),
        cmocka_unit_test(a_windows_file_with_comments_is_read),
        cmocka_unit_test(a_bad_line_is_named),
        cmocka_unit_test(another_file_is_no_model),
        cmocka_unit_test(another_version_is_refused_as_such),
        cmocka_unit_test(the_hash_tells_every_weight_and_not_the_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
