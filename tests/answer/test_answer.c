/* test_answer.c: one number, its spellings, and the replies that hold them. */
#include "engine/engine.h"
#include "tools/answer/answer.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FLOWERS_PROMPT                                                         \
    "<speak>This is the best way to say your number.<break "                   \
    "time=\\\"500ms\\\"/>flowers, that is <say-as "                            \
    "interpret-as=\\\"digits\\\">356</say-as><break "                          \
    "time=\\\"250ms\\\"/><say-as "                                             \
    "interpret-as=\\\"digits\\\">9377</say-as></speak>"

static struct answer answer_of(const char *number)
{
    struct vn_number read;
    struct answer answer;

    assert_int_equal(vn_number_parse(number, strlen(number), &read, NULL),
                     VN_OK);
    answer_start(&answer, &read);
    return answer;
}

static enum vn_status add(struct answer *answer, const char *text, int score)
{
    return answer_add(answer, (struct vn_bytes){text, strlen(text)}, score);
}

/* What 'write' writes, in memory that the next call takes again. */
#define WRITTEN(write)                                                         \
    (output_start(&out, OUTPUT_MEMORY, memory, sizeof(memory)), (write),       \
     assert_false(output_failed(&out)), memory[out.used] = '\0', memory)

static char memory[ANSWER_SIZE];
static struct output out;

static void takes_what_dials_the_suffix(void **state)
{
    struct answer answer = answer_of("1-800-266-8228");

    (void)state;
    assert_int_equal(add(&answer, "CONTACTS", -20), VN_OK);
    assert_int_equal(add(&answer, "CON-8-ACT", -80), VN_OK);
    assert_int_equal(answer.count, 2);
    assert_int_equal(answer.spellings[0].overdial, 1);
    assert_int_equal(answer.spellings[0].digits, 0);
    assert_int_equal(answer.spellings[0].score, -20);
    assert_string_equal(answer.spellings[1].text, "CON-8-ACT");
    assert_int_equal(answer.spellings[1].overdial, 0);
    assert_int_equal(answer.spellings[1].digits, 1);
}

static void refuses_what_does_not(void **state)
{
    static const char *const bad[] = {
        "",          "CONTACR",     "contact",
        "CONTAC",    "2668228",     "CON-TACT-",
        "-CONTACT",  "CON--TACT",   "CON8ACT",
        "CONTACT-1", "CONTACT8",    "CONTACTSSSS",
        "CON TACT",  "CON\303\204", "CONTACT\n",
        "266-8228",  "CONTACT-S8",  "C-O-N-T-A-C-T-S-S-S",
    };
    struct answer answer = answer_of("266-8228");

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(add(&answer, bad[i], -1), VN_CORRUPT);
    }
    assert_int_equal(answer.count, 0);
    for (unsigned i = 0; i < VN_CANDIDATES; i++) {
        assert_int_equal(add(&answer, "CONTACT", -1), VN_OK);
    }
    assert_int_equal(add(&answer, "CONTACT", -1), VN_CORRUPT);
    assert_int_equal(answer.count, VN_CANDIDATES);
}

/* Every candidate of a record, as the engine makes it, is read back. */
static enum vn_status compare(void *context, uint32_t first,
                              const struct vn_record *records, size_t count)
{
    unsigned *compared = context;

    for (size_t i = 0; i < count; i++) {
        struct answer spelled, read;
        const struct vn_number number = {.suffix = first + (uint32_t)i};

        answer_start(&spelled, &number);
        answer_start(&read, &number);
        assert_int_equal(answer_record(&spelled, &records[i], VN_CANDIDATES),
                         VN_OK);
        assert_int_equal(spelled.count, vn_record_count(&records[i]));
        for (unsigned at = 0; at < spelled.count; at++) {
            const struct vn_spelling *from = &spelled.spellings[at];

            assert_int_equal(add(&read, from->text, from->score), VN_OK);
            assert_string_equal(read.spellings[at].text, from->text);
            assert_int_equal(read.spellings[at].score, from->score);
            assert_int_equal(read.spellings[at].overdial, from->overdial);
            assert_int_equal(read.spellings[at].digits, from->digits);
            *compared += 1;
        }
    }
    return VN_OK;
}

static void reads_back_what_the_engine_spells(void **state)
{
    struct vn_lexicon *lexicon = NULL;
    struct vn_engine *engine = NULL;
    unsigned compared = 0;

    (void)state;
    assert_int_equal(vn_lexicon_open(NULL, &lexicon, NULL), VN_OK);
    assert_int_equal(vn_engine_new(lexicon, NULL, &engine, NULL), VN_OK);
    assert_int_equal(
        vn_engine_run(engine, 2660000, 10000, compare, &compared, NULL), VN_OK);
    assert_true(compared > 40000);
    vn_engine_free(engine);
    vn_lexicon_free(lexicon);
}

static void gives_no_more_than_asked_and_refuses_bad_codes(void **state)
{
    static const uint8_t ranks[VN_SUFFIX_DIGITS] = {3, 3, 3, 0, 0, 0, 0};
    struct vn_record record = {
        .codes = {vn_code_make(ranks, 1u << 2, false, -90),
                  vn_code_make(ranks, 1u << 2, false, -91)}};
    struct answer answer = answer_of("356-9377");

    (void)state;
    assert_int_equal(answer_record(&answer, &record, 1), VN_OK);
    assert_int_equal(answer.count, 1);
    assert_string_equal(answer.spellings[0].text, "FLO-9377");
    record.codes[1] = VN_CODE_OVERDIAL | 1;
    assert_int_equal(answer_record(&answer, &record, 5), VN_CORRUPT);
    assert_int_equal(answer.count, 1);
}

static void writes_the_body_of_a_look_up(void **state)
{
    struct answer answer = answer_of("1-800-356-9377");

    (void)state;
    assert_int_equal(add(&answer, "3-LOWERS", -58), VN_OK);
    assert_string_equal(
        WRITTEN(answer_body_json(&out, &answer)),
        "{\"phonenumber\":\"+18003569377\",\"VanityNumber1\":"
        "\"1-800-3-LOWERS\",\"VanityNumber2\":\"\",\"VanityNumber3\":\"\","
        "\"candidates\":[{\"spelling\":\"3-LOWERS\",\"display\":"
        "\"1-800-3-LOWERS\",\"words\":[\"LOWERS\"],\"score\":-58,"
        "\"overdial\":0}]}");
    answer = answer_of("100-1000");
    assert_string_equal(WRITTEN(answer_body_json(&out, &answer)),
                        "{\"phonenumber\":\"1001000\",\"VanityNumber1\":\"\","
                        "\"VanityNumber2\":\"\",\"VanityNumber3\":\"\","
                        "\"candidates\":[]}");
}

static void replies_to_amazon_connect(void **state)
{
    struct answer answer = answer_of("356-9377");

    (void)state;
    assert_int_equal(add(&answer, "FLOWERS", -3), VN_OK);
    assert_string_equal(
        WRITTEN(answer_connect_json(&out, &answer)),
        "{\"Count\":\"1\",\"VanityNumber1\":\"FLOWERS\","
        "\"VanityNumber2\":\"\",\"VanityNumber3\":\"\",\"Prompt\":"
        "\"" FLOWERS_PROMPT "\",\"Number\":\"3569377\"}");
    assert_non_null(strstr(WRITTEN(answer_connect_json(&out, NULL)),
                           "{\"Count\":\"0\",\"VanityNumber1\":\"\""));
    assert_non_null(strstr(memory, "Sorry, we cannot see your number"));
    assert_non_null(strstr(memory, ",\"Number\":\"\"}"));
}

static void counts_three_of_five(void **state)
{
    struct answer answer = answer_of("+442073569377");

    (void)state;
    for (unsigned i = 0; i < VN_CANDIDATES; i++) {
        assert_int_equal(add(&answer, "FLOWERS", -95), VN_OK);
    }
    WRITTEN(answer_connect_json(&out, &answer));
    assert_non_null(strstr(memory, "{\"Count\":\"3\","));
    assert_non_null(strstr(memory, "No word fits your number well. These are "
                                   "the best we found."));
    assert_non_null(strstr(memory, "\"VanityNumber3\":\"+44 207 FLOWERS\""));
}

static void says_letters_apart_and_numbers_the_spellings(void **state)
{
    struct answer answer = answer_of("356-9377");

    (void)state;
    assert_int_equal(add(&answer, "FLOWERS", -3), VN_OK);
    assert_int_equal(add(&answer, "FL-MYERS", -86), VN_OK);
    WRITTEN(speech_prompt(&out, &answer));
    assert_non_null(strstr(memory, "Number one: flowers, that is "));
    assert_non_null(strstr(memory, "Number two: F L myers, that is "));
    assert_null(strstr(memory, "three"));
}

static void masks_a_caller(void **state)
{
    const struct answer_caller caller = {.time = "2026-11-21T09:00:00.000Z",
                                         .number = "+18003569377",
                                         .count = 1,
                                         .spellings = {{"FLOWERS", 7}}};

    (void)state;
    assert_string_equal(WRITTEN(answer_caller_json(&out, &caller)),
                        "{\"time\":\"2026-11-21T09:00:00.000Z\",\"number\":"
                        "\"+*********77\",\"VanityNumber1\":\"FLOWERS\","
                        "\"VanityNumber2\":\"\",\"VanityNumber3\":\"\"}");
}

static void says_what_was_wrong(void **state)
{
    (void)state;
    assert_string_equal(WRITTEN(answer_error_json(&out, "no \"number\"")),
                        "{\"message\":\"no \\\"number\\\"\"}");
}

static void largest_replies_fit(void **state)
{
    struct answer answer = answer_of("+999999992222222");
    char message[VN_ERROR_MESSAGE_SIZE];
    char prompt[SPEECH_SIZE];

    (void)state;
    for (unsigned i = 0; i < VN_CANDIDATES; i++) {
        assert_int_equal(add(&answer, "2-A-2-A-2-A-B", -230), VN_OK);
    }
    WRITTEN(answer_connect_json(&out, &answer));
    WRITTEN(answer_body_json(&out, &answer));
    memset(message, 1, sizeof(message) - 1);
    message[sizeof(message) - 1] = '\0';
    WRITTEN(answer_error_json(&out, message));
    output_start(&out, OUTPUT_MEMORY, prompt, sizeof(prompt));
    speech_prompt(&out, &answer);
    assert_false(output_failed(&out));
}

static void too_small_a_memory_is_a_failure(void **state)
{
    struct answer answer = answer_of("356-9377");
    char whole[ANSWER_SIZE];

    (void)state;
    assert_int_equal(add(&answer, "FLOWERS", -3), VN_OK);
    memcpy(whole, WRITTEN(answer_body_json(&out, &answer)), sizeof(whole));
    for (size_t size = 0; size < strlen(whole); size++) {
        memset(memory, '#', sizeof(memory));
        output_start(&out, OUTPUT_MEMORY, memory, size);
        answer_body_json(&out, &answer);
        assert_int_equal(out.sys_errno, ENOSPC);
        assert_true(out.used <= size);
        assert_memory_equal(memory, whole, out.used);
        assert_int_equal(memory[size], '#');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_dials_the_suffix),
        cmocka_unit_test(refuses_what_does_not),
        cmocka_unit_test(reads_back_what_the_engine_spells),
        cmocka_unit_test(gives_no_more_than_asked_and_refuses_bad_codes),
        cmocka_unit_test(writes_the_body_of_a_look_up),
        cmocka_unit_test(replies_to_amazon_connect),
        cmocka_unit_test(counts_three_of_five),
        cmocka_unit_test(says_letters_apart_and_numbers_the_spellings),
        cmocka_unit_test(masks_a_caller),
        cmocka_unit_test(says_what_was_wrong),
        cmocka_unit_test(largest_replies_fit),
        cmocka_unit_test(too_small_a_memory_is_a_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
