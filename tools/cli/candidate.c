/* candidate.c: numbers and candidates as text and JSON. */
#include "candidate.h"

#include <string.h>

#define ELLIPSIS "\xe2\x80\xa6"

void candidate_front(const struct vn_number *number,
                     struct candidate_front *front)
{
    vn_number_display(number, "", front->text);
    front->size = strlen(front->text);
}

void candidate_display(struct output *out, const struct candidate_front *front,
                       const struct vn_spelling *spelling)
{
    output_bytes(out, front->text, front->size);
    output_text(out, spelling->text);
}

void candidate_number_json(struct output *out, const struct vn_number *number)
{
    json_key(out, "e164");
    if (number->e164[0] != '\0') {
        json_text(out, number->e164);
    } else {
        json_null(out);
    }
    json_key(out, "suffix");
    json_suffix(out, number->suffix);
    json_key(out, "dialable");
    if (number->dialable == VN_DIALABLE_UNKNOWN) {
        json_null(out);
    } else {
        json_bool(out, number->dialable == VN_DIALABLE_YES);
    }
}

static void write_words(struct output *out, const char *spelling)
{
    json_open(out, '[');
    while (*spelling != '\0') {
        const struct vn_bytes segment = {spelling, strcspn(spelling, "-")};

        if (segment.data[0] >= 'A') {
            json_bytes(out, segment);
        }
        spelling += segment.size;
        spelling += *spelling == '-' ? 1 : 0;
    }
    json_close(out, ']');
}

static void write_nulls(struct output *out)
{
    static const char *const keys[] = {"spelling", "display", "words", "score",
                                       "overdial"};

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        json_key(out, keys[i]);
        json_null(out);
    }
}

void candidate_json(struct output *out, const struct candidate_front *front,
                    const struct vn_spelling *spelling)
{
    if (spelling == NULL) {
        write_nulls(out);
        return;
    }
    json_key(out, "spelling");
    json_text(out, spelling->text);
    json_key(out, "display");
    output_char(out, '"'); // no character of a display needs an escape
    candidate_display(out, front, spelling);
    output_char(out, '"');
    out->comma = true;
    json_key(out, "words");
    write_words(out, spelling->text);
    json_key(out, "score");
    json_int(out, spelling->score);
    json_key(out, "overdial");
    json_int(out, spelling->overdial);
}

enum vn_status candidate_parse(struct vn_bytes input, struct vn_number *number,
                               struct vn_error *error)
{
    if (input.size > VN_NUMBER_INPUT_MAX) {
        return vn_error_set(error, VN_INVALID,
                            "longer than %u bytes; give one number a line",
                            VN_NUMBER_INPUT_MAX);
    }
    return vn_number_parse(input.data, input.size, number, error);
}

/* Length to which a long input is cut: before the character that is split. */
static size_t cut_size(struct vn_bytes input)
{
    size_t size = VN_NUMBER_INPUT_MAX;

    while (size > VN_NUMBER_INPUT_MAX - 3 &&
           ((unsigned char)input.data[size] & 0xc0) == 0x80) {
        size--;
    }
    return size;
}

static struct vn_bytes cut(struct vn_bytes input,
                           char echo[CANDIDATE_ECHO_SIZE])
{
    if (input.size <= VN_NUMBER_INPUT_MAX) {
        return input;
    }
    const size_t size = cut_size(input);

    memcpy(echo, input.data, size);
    memcpy(echo + size, ELLIPSIS, sizeof(ELLIPSIS) - 1);
    return (struct vn_bytes){echo, size + sizeof(ELLIPSIS) - 1};
}

struct vn_bytes candidate_echo(struct vn_bytes input,
                               char echo[CANDIDATE_ECHO_SIZE])
{
    const struct vn_bytes shown = cut(input, echo);

    for (size_t i = 0; i < shown.size; i++) {
        const unsigned char c = (unsigned char)shown.data[i];

        echo[i] = c < 0x20 || c == 0x7f ? '?' : shown.data[i];
    }
    return (struct vn_bytes){echo, shown.size};
}

void candidate_input_json(struct output *out, struct vn_bytes input)
{
    char echo[CANDIDATE_ECHO_SIZE];

    json_key(out, "input");
    json_bytes(out, cut(input, echo));
}
