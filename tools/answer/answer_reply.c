/* answer_reply.c: the replies to the API's clients and to Amazon Connect. */
#include "answer.h"

#include <string.h>

static const char *const vanity_keys[ANSWER_SPOKEN] = {
    "VanityNumber1", "VanityNumber2", "VanityNumber3"};

/* The value of "phonenumber" and "Number". */
static void write_number(struct output *out, const struct vn_number *number)
{
    if (number->e164[0] != '\0') {
        json_text(out, number->e164);
    } else {
        json_suffix(out, number->suffix);
    }
}

static void write_vanity_numbers(struct output *out,
                                 const struct answer *answer)
{
    for (unsigned i = 0; i < ANSWER_SPOKEN; i++) {
        char display[VN_DISPLAY_SIZE] = "";

        if (answer != NULL && i < answer->count) {
            vn_number_display(&answer->number, answer->spellings[i].text,
                              display);
        }
        json_key(out, vanity_keys[i]);
        json_text(out, display);
    }
}

void answer_body_json(struct output *out, const struct answer *answer)
{
    json_open(out, '{');
    json_key(out, "phonenumber");
    write_number(out, &answer->number);
    write_vanity_numbers(out, answer);
    answer_candidates_json(out, answer);
    json_close(out, '}');
}

void answer_connect_json(struct output *out, const struct answer *answer)
{
    const unsigned spoken = answer != NULL ? answer_spoken(answer) : 0;
    const char count[2] = {(char)('0' + spoken), '\0'};

    json_open(out, '{');
    json_key(out, "Count");
    json_text(out, count);
    write_vanity_numbers(out, answer);
    json_key(out, "Prompt");
    speech_json(out, answer);
    json_key(out, "Number");
    if (answer != NULL) {
        write_number(out, &answer->number);
    } else {
        json_text(out, "");
    }
    json_close(out, '}');
}

void answer_error_json(struct output *out, const char *message)
{
    json_open(out, '{');
    json_key(out, "message");
    json_text(out, message);
    json_close(out, '}');
}

/* The plus and the last two digits stay: "+*********77". */
static void write_masked(struct output *out, const char *number)
{
    const size_t size = strnlen(number, VN_E164_DIGITS + 1);
    char masked[VN_E164_DIGITS + 1];

    for (size_t i = 0; i < size; i++) {
        const bool shown = number[i] == '+' || i + 2 >= size;

        masked[i] = '*';
        if (shown) {
            masked[i] = number[i];
        }
    }
    json_bytes(out, (struct vn_bytes){masked, size});
}

void answer_caller_json(struct output *out, const struct answer_caller *caller)
{
    json_open(out, '{');
    json_key(out, "time");
    json_text(out, caller->time);
    json_key(out, "number");
    write_masked(out, caller->number);
    for (unsigned i = 0; i < ANSWER_SPOKEN; i++) {
        static const struct vn_bytes none = {"", 0};

        json_key(out, vanity_keys[i]);
        json_bytes(out, i < caller->count ? caller->spellings[i] : none);
    }
    json_close(out, '}');
}
