/* fuzz_lexicon.c: any bytes as lines of words, pairs and block lists. */
#include <stdbool.h>
#include <string.h>

#include "engine/lexicon_read.h"
#include "fuzz.h"

/* Room for a phrase with hyphens, a tab and a score. */
#define FORM_SIZE 40

static void check_letters(const char letters[VN_WORD_LETTERS_MAX],
                          unsigned length)
{
    FUZZ_CHECK(length >= 1 && length <= VN_WORD_LETTERS_MAX);
    for (unsigned i = 0; i < VN_WORD_LETTERS_MAX; i++) {
        FUZZ_CHECK(i < length ? letters[i] >= 'A' && letters[i] <= 'Z'
                              : letters[i] == '\0');
    }
}

static bool same_entry(const struct entry *a, const struct entry *b)
{
    return memcmp(a->letters, b->letters, sizeof a->letters) == 0 &&
           a->length == b->length && a->cuts == b->cuts &&
           a->score == b->score && a->overlay == b->overlay &&
           a->common == b->common && a->class == b->class;
}

/* Written out again it is the same entry. */
static void check_reads_back(const struct entry *entry)
{
    static const char *const classes[MODEL_CLASSES] = {"", "n", "v", "f"};
    char form[FORM_SIZE];
    struct entry again;
    size_t used = 0;

    for (unsigned i = 0; i < entry->length; i++) {
        form[used++] = entry->letters[i];
        if ((entry->cuts >> i & 1) != 0) {
            form[used++] = i % 2 == 0 ? ' ' : '-';
        }
    }
    const bool flags = entry->common != 0 || entry->class != MODEL_NO_CLASS;
    used +=
        (size_t)snprintf(form + used, sizeof form - used, "\t%d%s%s%s",
                         entry->score, flags ? "\t" : "",
                         entry->common != 0 ? "c" : "", classes[entry->class]);
    FUZZ_CHECK(lexicon_read_word((struct vn_bytes){form, used}, &again) ==
               NULL);
    FUZZ_CHECK(same_entry(entry, &again));
}

static void check_word(struct vn_bytes line)
{
    struct entry before, entry;

    memset(&before, 0x5a, sizeof before);
    entry = before;
    const char *wrong = lexicon_read_word(line, &entry);
    if (wrong != NULL) {
        FUZZ_CHECK(wrong[0] != '\0');
        FUZZ_CHECK(same_entry(&entry, &before));
        return;
    }
    check_letters(entry.letters, entry.length);
    FUZZ_CHECK(entry.overlay == 0);
    FUZZ_CHECK(entry.cuts >> (entry.length - 1) == 0);
    FUZZ_CHECK(entry.score >= VN_WORD_SCORE_MIN &&
               entry.score <= VN_WORD_SCORE_MAX);
    check_reads_back(&entry);
}

static void check_pair(struct vn_bytes line)
{
    struct entry left, right;
    int16_t bonus;

    if (lexicon_read_pair(line, &left, &right, &bonus) == NULL) {
        check_letters(left.letters, left.length);
        check_letters(right.letters, right.length);
        FUZZ_CHECK(left.cuts == 0 && right.cuts == 0);
        FUZZ_CHECK(bonus > 0);
    }
}

static void check_term(struct vn_bytes line)
{
    struct block_term term;

    if (lexicon_read_term(line, &term) == NULL) {
        check_letters(term.letters, term.length);
        FUZZ_CHECK((term.flags & ~(BLOCK_TOKEN | BLOCK_SPAN)) == 0);
    }
}

/* What is a term is a word as well. */
static void check_block(struct vn_bytes line)
{
    struct block_term term;
    struct entry entry;

    if (lexicon_read_block(line, &term) == NULL) {
        check_letters(term.letters, term.length);
        FUZZ_CHECK(term.flags == (BLOCK_TOKEN | BLOCK_SPAN));
        FUZZ_CHECK(lexicon_read_word(line, &entry) == NULL);
        FUZZ_CHECK(entry.length == term.length && entry.cuts == 0);
        FUZZ_CHECK(memcmp(entry.letters, term.letters, term.length) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vn_lines lines;
    struct vn_bytes line;

    vn_lines_start(&lines, (struct vn_bytes){(const char *)data, size});
    while (vn_lines_next(&lines, &line)) {
        check_word(line);
        check_pair(line);
        check_term(line);
        check_block(line);
    }
    return 0;
}
