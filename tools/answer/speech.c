/* speech.c: words as words, digits as digits, in one SSML element. */
#include "answer.h"

#include <ctype.h>
#include <string.h>

#define PAUSE "<break time=\"250ms\"/>"
#define LONG_PAUSE "<break time=\"500ms\"/>"

/* What separates the parts of a number in display form. */
#define SEPARATORS "+- "

static bool is_digits(struct vn_bytes part)
{
    return part.data[0] <= '9';
}

/* Takes the next part off '*text'; false if there is none. */
static bool next_part(const char **text, struct vn_bytes *part)
{
    *text += strspn(*text, SEPARATORS);
    part->data = *text;
    part->size = strcspn(*text, SEPARATORS);
    *text += part->size;
    return part->size > 0;
}

/* 3-4 for a suffix: groups of three, the last of up to four. */
static void say_digits(struct output *out, struct vn_bytes digits)
{
    while (digits.size > 0) {
        const size_t group = digits.size > 4 ? 3 : digits.size;

        output_text(out, "<say-as interpret-as=\"digits\">");
        output_bytes(out, digits.data, group);
        output_text(out, "</say-as>");
        digits.data += group;
        digits.size -= group;
        if (digits.size > 0) {
            output_text(out, PAUSE);
        }
    }
}

/* A voice would guess at one without a vowel: TV, MT, U. */
static bool is_spelled_out(struct vn_bytes word)
{
    for (size_t i = 0; i < word.size; i++) {
        if (strchr("AEIOUY", word.data[i]) != NULL) {
            return word.size == 1;
        }
    }
    return true;
}

/* Single letters are capitals, apart: "T V". */
static void say_word(struct output *out, struct vn_bytes word)
{
    const bool apart = is_spelled_out(word);

    for (size_t i = 0; i < word.size; i++) {
        if (apart && i > 0) {
            output_char(out, ' ');
        }
        output_char(out, apart ? word.data[i]
                               : (char)tolower((unsigned char)word.data[i]));
    }
}

/* A number in display form, with words or without. */
static void say_number(struct output *out, const struct vn_number *number,
                       const char *spelling)
{
    char display[VN_DISPLAY_SIZE];
    const char *text = display;
    struct vn_bytes part;
    bool first = true;
    bool after_word = false;

    vn_number_display(number, spelling, display);
    while (next_part(&text, &part)) {
        const bool word = !is_digits(part);

        if (!first) {
            output_text(out, after_word && word ? " " : PAUSE);
        }
        if (word) {
            say_word(out, part);
        } else {
            say_digits(out, part);
        }
        first = false;
        after_word = word;
    }
}

/* No full stop behind digits: some voices would say it. */
static void say_spellings(struct output *out, const struct answer *answer,
                          unsigned count)
{
    static const char *const names[ANSWER_SPOKEN] = {"one", "two", "three"};

    for (unsigned i = 0; i < count; i++) {
        output_text(out, LONG_PAUSE);
        if (count > 1) {
            output_text(out, "Number ");
            output_text(out, names[i]);
            output_text(out, ": ");
        }
        say_number(out, &answer->number, answer->spellings[i].text);
        output_text(out, ", that is ");
        say_number(out, &answer->number, NULL);
    }
}

static void say_opening(struct output *out, const struct answer *answer)
{
    const bool many = answer->count > 1;

    if (answer->spellings[0].score < SPEECH_PRAISED) {
        output_text(out, "No word fits your number well. ");
        output_text(out, many ? "These are the best we found."
                              : "This is the best we found.");
        return;
    }
    output_text(out, many ? "These are the best ways to say your number."
                          : "This is the best way to say your number.");
}

void speech_prompt(struct output *out, const struct answer *answer)
{
    output_text(out, "<speak>");
    if (answer == NULL) {
        output_text(out, "Sorry, we cannot see your number, so we cannot tell "
                         "what it spells.");
    } else if (answer->count == 0) {
        output_text(out, "Sorry, no word fits your number.");
    } else {
        say_opening(out, answer);
        say_spellings(out, answer, answer_spoken(answer));
    }
    output_text(out, "</speak>");
}

void speech_json(struct output *out, const struct answer *answer)
{
    char buffer[SPEECH_SIZE];
    struct output prompt;

    output_start(&prompt, OUTPUT_MEMORY, buffer, sizeof(buffer));
    speech_prompt(&prompt, answer);
    json_bytes(out, (struct vn_bytes){prompt.buffer, prompt.used});
}
