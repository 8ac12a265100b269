/* answer.c: numbers, their candidates, and the replies that hold them. */
#include "answer.h"

#include "engine/keypad.h"

#include <string.h>

void answer_start(struct answer *answer, const struct vn_number *number)
{
    answer->number = *number;
    answer->count = 0;
}

enum vn_status answer_record(struct answer *answer,
                             const struct vn_record *record, unsigned top)
{
    enum vn_status status = VN_OK;
    unsigned count = 0;

    while (status == VN_OK && count < top && count < VN_CANDIDATES &&
           record->codes[count] != 0) {
        status = vn_spell(answer->number.suffix, record->codes[count],
                          record->tails[count], &answer->spellings[count]);
        count++;
    }
    if (status == VN_OK) {
        answer->count = count;
    }
    return status;
}

/* The seven digits of a suffix, most significant first. */
static void suffix_keys(uint32_t suffix, int keys[VN_SUFFIX_DIGITS])
{
    for (unsigned at = VN_SUFFIX_DIGITS; at > 0; suffix /= 10) {
        keys[--at] = (int)(suffix % 10);
    }
}

/*
 * Reads 'text' into '*spelling': upper-case letters and digits that dial the
 * suffix, single hyphens between them, up to VN_TAIL_MAX letters behind.
 */
static bool read_spelling(uint32_t suffix, struct vn_bytes text,
                          struct vn_spelling *spelling)
{
    int keys[VN_SUFFIX_DIGITS];
    unsigned used = 0;
    char before = '-';

    suffix_keys(suffix, keys);
    if (text.size >= sizeof(spelling->text)) {
        return false;
    }
    for (size_t i = 0; i < text.size; before = text.data[i++]) {
        const char c = text.data[i];
        const bool digit = c >= '0' && c <= '9';
        const bool key = digit || (c >= 'A' && c <= 'Z');

        if (c == '-' ? before == '-' : !key) {
            return false;
        }
        if (!key) {
            continue;
        }
        if (used < VN_SUFFIX_DIGITS ? vn_keypad_key(c) != keys[used] : digit) {
            return false;
        }
        spelling->digits += digit;
        used++;
    }
    if (before == '-' || used < VN_SUFFIX_DIGITS ||
        used > VN_SUFFIX_DIGITS + VN_TAIL_MAX ||
        spelling->digits == VN_SUFFIX_DIGITS) {
        return false;
    }
    spelling->overdial = used - VN_SUFFIX_DIGITS;
    memcpy(spelling->text, text.data, text.size);
    return true;
}

enum vn_status answer_add(struct answer *answer, struct vn_bytes text,
                          int score)
{
    struct vn_spelling spelling = {.score = score};

    if (answer->count == VN_CANDIDATES ||
        !read_spelling(answer->number.suffix, text, &spelling)) {
        return VN_CORRUPT;
    }
    answer->spellings[answer->count++] = spelling;
    return VN_OK;
}

void answer_front(const struct vn_number *number, struct answer_front *front)
{
    vn_number_display(number, "", front->text);
    front->size = strlen(front->text);
}

void answer_display(struct output *out, const struct answer_front *front,
                    const struct vn_spelling *spelling)
{
    output_bytes(out, front->text, front->size);
    output_text(out, spelling->text);
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
        json_none(out);
    }
}

void answer_candidate_json(struct output *out, const struct answer_front *front,
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
    answer_display(out, front, spelling);
    output_char(out, '"');
    out->comma = true;
    json_key(out, "words");
    write_words(out, spelling->text);
    json_key(out, "score");
    json_int(out, spelling->score);
    json_key(out, "overdial");
    json_int(out, spelling->overdial);
}

void answer_candidates_json(struct output *out, const struct answer *answer)
{
    struct answer_front front;

    answer_front(&answer->number, &front);
    json_key(out, "candidates");
    json_open(out, '[');
    for (unsigned i = 0; i < answer->count; i++) {
        json_open(out, '{');
        answer_candidate_json(out, &front, &answer->spellings[i]);
        json_close(out, '}');
    }
    json_close(out, ']');
}
