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

/* The key that dials the place 'place' (0..6) of a suffix. */
static int suffix_key(uint32_t suffix, unsigned place)
{
    while (++place < VN_SUFFIX_DIGITS) {
        suffix /= 10;
    }
    return (int)(suffix % 10);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Whether 'c' may follow 'before': segments are of letters or of digits. */
static bool may_follow(char before, char c)
{
    if (c == '-' || before == '-') {
        return c != before;
    }
    return is_digit(c) == is_digit(before);
}

/* Takes one character of a spelling, of which 'keys' came before it. */
static bool take_key(struct vn_spelling *spelling, uint32_t suffix,
                     unsigned keys, char c)
{
    if (keys >= VN_SUFFIX_DIGITS) {
        spelling->overdial++;
        return c >= 'A' && c <= 'Z' && spelling->overdial <= VN_TAIL_MAX;
    }
    spelling->digits += is_digit(c) ? 1 : 0;
    return c <= 'Z' && vn_keypad_key(c) == suffix_key(suffix, keys);
}

/* Reads 'text' into '*spelling', which has its score and nothing else. */
static bool read_spelling(uint32_t suffix, struct vn_bytes text,
                          struct vn_spelling *spelling)
{
    unsigned keys = 0;
    char before = '-';

    if (text.size >= sizeof(spelling->text)) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        const char c = text.data[i];

        if (!may_follow(before, c) ||
            (c != '-' && !take_key(spelling, suffix, keys++, c))) {
            return false;
        }
        before = c;
    }
    memcpy(spelling->text, text.data, text.size);
    return before != '-' && keys >= VN_SUFFIX_DIGITS &&
           spelling->digits < VN_SUFFIX_DIGITS;
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
