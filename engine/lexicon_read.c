/* lexicon_read.c: reading of one line of each kind. */
#include "lexicon_read.h"

#include <string.h>

static int letter(char c)
{
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 'A';
    }
    return c >= 'A' && c <= 'Z' ? c : 0;
}

/* The letters of 'text' and, where a separator may stand, the cuts. */
static const char *read_letters(struct vn_bytes text, bool cuts_allowed,
                                char letters[VN_WORD_LETTERS_MAX],
                                uint8_t *length, uint16_t *cuts)
{
    unsigned count = 0, cut_bits = 0;
    bool separated = false;

    memset(letters, 0, VN_WORD_LETTERS_MAX);
    for (size_t i = 0; i < text.size; i++) {
        const int c = letter(text.data[i]);
        if (c == 0) {
            if (!cuts_allowed || (text.data[i] != ' ' && text.data[i] != '-')) {
                return cuts_allowed
                           ? "a word has letters A to Z only, a space or a "
                             "hyphen between the words of a phrase"
                           : "a term has letters A to Z only";
            }
            separated = true;
            continue;
        }
        if (count == VN_WORD_LETTERS_MAX) {
            return "more than 10 letters";
        }
        if (separated && count > 0) {
            cut_bits |= 1u << (count - 1);
        }
        separated = false;
        letters[count++] = (char)c;
    }
    if (count == 0) {
        return "no letters";
    }
    *length = (uint8_t)count;
    *cuts = (uint16_t)cut_bits;
    return NULL;
}

/* The flags of the third column. */
static const char *read_flags(struct vn_bytes flags, struct entry *entry)
{
    static const char classes[] = {
        [MODEL_NOUN] = 'n', [MODEL_VERB] = 'v', [MODEL_FUNCTION] = 'f'};
    const char *wrong =
        "after the score and a second tab stand c, for a common word, and n, "
        "v or f, for a noun, a verb or a function word, or one of them";

    for (size_t i = 0; i < flags.size; i++) {
        const char *class = memchr(classes, flags.data[i], sizeof classes);
        if (flags.data[i] == 'c' && !entry->common) {
            entry->common = 1;
        } else if (class > classes && entry->class == MODEL_NO_CLASS) {
            entry->class = (uint8_t)(class - classes);
        } else {
            return wrong;
        }
    }
    return flags.size > 0 ? NULL : wrong;
}

static bool read_place(struct vn_bytes text, int16_t *place)
{
    long value;

    if (!vn_text_int(vn_text_trim(text), -VN_PLACE_SCORE_MAX,
                     VN_PLACE_SCORE_MAX, &value)) {
        return false;
    }
    *place = (int16_t)value;
    return true;
}

/* The columns behind the score, which are of a word, not of a phrase. */
static const char *read_columns(struct vn_bytes columns, struct entry *entry)
{
    struct vn_bytes flags = columns, first, last;
    const bool placed = vn_text_split(columns, '\t', &flags, &first);

    flags = vn_text_trim(flags);
    if (placed && (!vn_text_split(first, '\t', &first, &last) ||
                   !read_place(first, &entry->first) ||
                   !read_place(last, &entry->last))) {
        return "after the flags and a third tab stand what the word earns as "
               "first and as last one, integers from -300 to 300 with a tab "
               "between them";
    }
    return placed && flags.size == 0 ? NULL : read_flags(flags, entry);
}

const char *lexicon_read_word(struct vn_bytes line, struct entry *entry)
{
    struct vn_bytes phrase = line, number, columns;
    const char *wrong = NULL;
    struct entry read = {.score = VN_WORD_SCORE_DEFAULT};
    bool more = false;
    long score;

    if (vn_text_split(line, '\t', &phrase, &number)) {
        more = vn_text_split(number, '\t', &number, &columns);
        wrong = more ? read_columns(columns, &read) : NULL;
        if (wrong != NULL) {
            return wrong;
        }
        if (!vn_text_int(vn_text_trim(number), VN_WORD_SCORE_MIN,
                         VN_WORD_SCORE_MAX, &score)) {
            return "the score after the tab must be an integer from -1500 to "
                   "800 (hundredths of a nat)";
        }
        read.score = (int16_t)score;
    }
    wrong = read_letters(vn_text_trim(phrase), true, read.letters, &read.length,
                         &read.cuts);
    if (wrong == NULL && read.cuts != 0 && more) {
        wrong = "a third column stands behind words only, not behind a phrase";
    }
    if (wrong == NULL) {
        *entry = read;
    }
    return wrong;
}

static const char *read_pair_word(struct vn_bytes text, struct entry *entry)
{
    memset(entry, 0, sizeof *entry);
    return read_letters(text, false, entry->letters, &entry->length,
                        &entry->cuts);
}

const char *lexicon_read_pair(struct vn_bytes line, struct entry *left,
                              struct entry *right, int16_t *bonus)
{
    struct vn_bytes first, second, number;
    long value;

    if (!vn_text_split(line, '\t', &first, &second) ||
        !vn_text_split(second, '\t', &second, &number) ||
        !vn_text_int(number, 1, 1000, &value)) {
        return "expected two words and a bonus from 1 to 1000, with tabs "
               "between them";
    }
    *bonus = (int16_t)value;
    const char *wrong = read_pair_word(first, left);
    return wrong != NULL ? wrong : read_pair_word(second, right);
}

const char *lexicon_read_term(struct vn_bytes line, struct block_term *term)
{
    struct vn_bytes text, flags, source;

    if (!vn_text_split(line, '\t', &text, &flags) ||
        !vn_text_split(flags, '\t', &flags, &source)) {
        return "expected term, flags and source, with tabs between them";
    }
    const char *wrong = lexicon_read_block(text, term);
    if (wrong != NULL) {
        return wrong;
    }
    term->flags = 0;
    for (size_t i = 0; i < flags.size; i++) {
        if (flags.data[i] != 'T' && flags.data[i] != 'S') {
            return "flags are T and S";
        }
        term->flags |= flags.data[i] == 'T' ? BLOCK_TOKEN : BLOCK_SPAN;
    }
    return NULL;
}

const char *lexicon_read_block(struct vn_bytes line, struct block_term *term)
{
    struct block_term read = {.flags = BLOCK_TOKEN | BLOCK_SPAN};
    uint16_t cuts;
    const char *wrong = read_letters(vn_text_trim(line), false, read.letters,
                                     &read.length, &cuts);

    if (wrong == NULL) {
        *term = read;
    }
    return wrong;
}
