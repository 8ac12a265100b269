/* candidate.c: numbers and inputs as text and JSON. */
#include "candidate.h"

#include <string.h>

#define ELLIPSIS "\xe2\x80\xa6"

void candidate_number_json(struct output *out, const struct vn_number *number)
{
    json_key(out, "e164");
    if (number->e164[0] != '\0') {
        json_text(out, number->e164);
    } else {
        json_none(out);
    }
    json_key(out, "suffix");
    json_suffix(out, number->suffix);
    json_key(out, "dialable");
    if (number->dialable == VN_DIALABLE_UNKNOWN) {
        json_none(out);
    } else {
        json_bool(out, number->dialable == VN_DIALABLE_YES);
    }
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
