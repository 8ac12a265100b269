/* test_lexicon.c: embedded data, overlays, errors, fingerprints. */
#include "engine_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/embedded.h"
#include "engine/lexicon.h"

#define WORDS_MAX 70u

/* Files of one lexicon. */
struct files {
    const char *words[WORDS_MAX];
    size_t word_count;
    const char *blocks[WORDS_MAX];
    size_t block_count;
    const char *model;
    bool skip_bad;
};

/* Bad lines that were passed over. */
struct heard {
    unsigned count;
    struct vn_error last;
};

static void hear(void *context, const struct vn_error *error)
{
    struct heard *heard = context;

    heard->count++;
    heard->last = *error;
}

/* They point into 'files'. */
static struct vn_lexicon_options options_of(const struct files *files,
                                            struct heard *heard)
{
    return (struct vn_lexicon_options){
        .folder = VN_REFERENCE_DIR,
        .word_paths = files->words,
        .word_path_count = files->word_count,
        .block_paths = files->blocks,
        .block_path_count = files->block_count,
        .model_path = files->model,
        .skip_bad = files->skip_bad,
        .bad_line = heard != NULL ? hear : NULL,
        .bad_line_context = heard,
    };
}

static enum vn_status open_files(const struct files *files, struct heard *heard,
                                 struct vn_lexicon **lexicon,
                                 struct vn_error *error)
{
    const struct vn_lexicon_options options = options_of(files, heard);

    return vn_lexicon_open(&options, lexicon, error);
}

static struct vn_lexicon *must_open(const struct files *files)
{
    const struct vn_lexicon_options options = options_of(files, NULL);

    return fixture_open(&options);
}

static struct vn_lexicon_info info_of(const struct vn_lexicon *lexicon)
{
    struct vn_lexicon_info info;

    vn_lexicon_info(lexicon, &info);
    return info;
}

static const struct entry *find(const struct vn_lexicon *lexicon,
                                const char *letters, unsigned cuts)
{
    const uint32_t index =
        lexicon_find(lexicon, letters, (unsigned)strlen(letters), cuts);

    return index == LEXICON_NONE ? NULL : &lexicon->entries[index];
}

static int pair_of(const struct vn_lexicon *lexicon, const char *left,
                   const char *right)
{
    const uint32_t first =
        lexicon_find(lexicon, left, (unsigned)strlen(left), 0);
    const uint32_t second =
        lexicon_find(lexicon, right, (unsigned)strlen(right), 0);

    assert_true(first != LEXICON_NONE && second != LEXICON_NONE);
    return lexicon_pair(lexicon, first, second);
}

static bool has_term(const struct vn_lexicon *lexicon, const char *letters,
                     unsigned flags)
{
    for (uint32_t i = 0; i < lexicon->term_count; i++) {
        const struct block_term *term = &lexicon->terms[i];
        if (term->length == strlen(letters) &&
            memcmp(term->letters, letters, term->length) == 0) {
            return term->flags == flags;
        }
    }
    return false;
}

/* ---- Embedded data ---------------------------------------------------- */

/* Lines of a file of engine/data that hold 'part'; NULL = all. */
static unsigned count_lines(const char *name, const char *part)
{
    char path[256], line[256];
    unsigned count = 0;

    (void)snprintf(path, sizeof path, VN_DATA_DIR "/%s", name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        count += part == NULL || strstr(line, part) != NULL;
    }
    fclose(file);
    return count;
}

static void the_embedded_data_is_complete(void **state)
{
    struct vn_lexicon *lexicon = fixture_open(NULL);
    const struct vn_lexicon_info info = info_of(lexicon);

    (void)state;
    assert_int_equal(info.words, count_lines("words-en.tsv", NULL));
    assert_int_equal(info.phrases, 0);
    assert_int_equal(info.pairs, count_lines("pairs-en.tsv", NULL));
    assert_int_equal(lexicon->term_count, count_lines("block-en.tsv", NULL));
    assert_int_equal(info.blocked_words,
                     count_lines("block-en.tsv", "\tT\t") +
                         count_lines("block-en.tsv", "\tTS\t"));
    assert_int_equal(info.blocked_spans,
                     count_lines("block-en.tsv", "\tS\t") +
                         count_lines("block-en.tsv", "\tTS\t"));
    assert_true(info.words > 50000 && info.pairs >= 50000);
    assert_memory_equal(info.version, "en-", 3);
    assert_int_equal(strlen(info.version), 3 + 8);
    assert_int_equal(info.skipped, 0);
    assert_int_equal(info.overlay_count, 0);
    vn_lexicon_free(lexicon);
}

static void no_options_are_no_overlays(void **state)
{
    static const struct vn_lexicon_options none;
    struct vn_lexicon *plain = fixture_open(&none);
    struct vn_lexicon *lexicon = fixture_open(NULL);

    (void)state;
    assert_true(info_of(lexicon).fingerprint == info_of(plain).fingerprint);
    vn_lexicon_free(lexicon);
    vn_lexicon_free(plain);
    vn_lexicon_free(NULL);
}

static void words_and_pairs_are_found_with_their_scores(void **state)
{
    struct vn_lexicon *lexicon = fixture_lexicon(NULL, NULL);

    (void)state;
    assert_non_null(find(lexicon, "FLOWERS", 0));
    assert_int_equal(find(lexicon, "FLOWERS", 0)->score, -28);
    assert_null(find(lexicon, "FLOWERS", 1));
    assert_null(find(lexicon, "QXZQXZ", 0));
    assert_int_equal(pair_of(lexicon, "HELP", "PAY"), 203);
    assert_int_equal(pair_of(lexicon, "FLOWERS", "FLOWERS"), 0);
    vn_lexicon_free(lexicon);
}

static void entries_are_sorted_and_each_is_found(void **state)
{
    struct vn_lexicon *lexicon =
        fixture_lexicon("pet meds\npetmeds\np etmeds\nzz zz\na\n", NULL);

    (void)state;
    for (uint32_t i = 0; i < lexicon->entry_count; i++) {
        const struct entry *entry = &lexicon->entries[i];
        assert_int_equal(
            lexicon_find(lexicon, entry->letters, entry->length, entry->cuts),
            i);
        if (i > 0) {
            const int order = memcmp(entry[-1].letters, entry->letters,
                                     sizeof entry->letters);
            assert_true(order < 0 ||
                        (order == 0 && entry[-1].cuts < entry->cuts));
        }
    }
    vn_lexicon_free(lexicon);
}

static void the_lower_bound_is_the_first_entry_not_below(void **state)
{
    static const char *const texts[] = {"A",          "AA",        "FLOWER",
                                        "FLOWERSZZZ", "QX",        "ZZZZZZZ",
                                        "PETMED",     "ZZZZZZZZZZ"};
    struct vn_lexicon *lexicon = fixture_lexicon("pet meds\n", NULL);

    (void)state;
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        char key[VN_WORD_LETTERS_MAX] = {0};
        uint32_t expected = 0;
        memcpy(key, texts[t], strlen(texts[t]));
        while (expected < lexicon->entry_count &&
               memcmp(lexicon->entries[expected].letters, key, sizeof key) <
                   0) {
            expected++;
        }
        assert_int_equal(
            lexicon_lower_bound(lexicon, texts[t], (unsigned)strlen(texts[t])),
            expected);
    }
    vn_lexicon_free(lexicon);
}

/* ---- Overlays --------------------------------------------------------- */

static void an_overlay_replaces_and_adds_words(void **state)
{
    struct vn_lexicon *lexicon =
        fixture_lexicon("Flowers\t-777\nqxzqxz\nqxzqxzq\t5\n", NULL);

    (void)state;
    assert_int_equal(info_of(lexicon).words, 61171 + 2);
    assert_int_equal(find(lexicon, "FLOWERS", 0)->score, -777);
    assert_int_equal(find(lexicon, "QXZQXZ", 0)->score, -100);
    assert_int_equal(find(lexicon, "QXZQXZQ", 0)->score, 5);
    assert_int_equal(info_of(lexicon).pairs, 50000);
    vn_lexicon_free(lexicon);
}

static void a_phrase_is_an_entry_with_cuts_beside_the_word(void **state)
{
    struct vn_lexicon *lexicon = fixture_lexicon(
        "flow ers\t20\nflo-wers\t30\npet meds\t150\nPET-MEDS\t160\n", NULL);

    (void)state;
    assert_int_equal(info_of(lexicon).words, 61171);
    assert_int_equal(info_of(lexicon).phrases, 3);
    assert_int_equal(find(lexicon, "FLOWERS", 0)->score, -28);
    assert_int_equal(find(lexicon, "FLOWERS", 1u << 3)->score, 20);
    assert_int_equal(find(lexicon, "FLOWERS", 1u << 2)->score, 30);
    assert_int_equal(find(lexicon, "PETMEDS", 1u << 2)->score, 160);
    vn_lexicon_free(lexicon);
}

static void a_later_file_replaces_an_earlier_one(void **state)
{
    const struct files files = {
        .words = {fixture_write_text("first", "qxzqxz\t1\n"),
                  fixture_write_text("second", "qxzqxz\t2\n")},
        .word_count = 2,
    };
    struct vn_lexicon *lexicon = must_open(&files);
    const struct vn_lexicon_info info = info_of(lexicon);

    (void)state;
    assert_int_equal(find(lexicon, "QXZQXZ", 0)->score, 2);
    assert_int_equal(info.overlay_count, 2);
    assert_string_equal(info.overlays[0].name, "first");
    assert_string_equal(info.overlays[1].name, "second");
    assert_string_equal(info.overlays[0].kind, "words");
    vn_lexicon_free(lexicon);
}

static void a_block_list_removes_words_and_their_pairs(void **state)
{
    struct vn_lexicon *lexicon = fixture_lexicon(NULL, "Call\nqxzqxz\n");
    const struct vn_lexicon_info info = info_of(lexicon);

    (void)state;
    assert_null(find(lexicon, "CALL", 0));
    assert_non_null(find(lexicon, "CALLS", 0));
    assert_int_equal(info.words, 61171 - 1);
    assert_true(info.pairs < 50000 && info.pairs > 49000);
    assert_int_equal(info.blocked_words, 1811 + 2);
    assert_int_equal(info.blocked_spans, 802 + 2);
    assert_true(has_term(lexicon, "CALL", BLOCK_TOKEN | BLOCK_SPAN));
    vn_lexicon_free(lexicon);
}

static void a_term_that_stands_twice_is_one_term(void **state)
{
    struct vn_lexicon *lexicon = fixture_lexicon(NULL, "call\ncall\nCALL\n");

    (void)state;
    assert_int_equal(lexicon->term_count, 1815 + 1);
    assert_int_equal(info_of(lexicon).blocked_words, 1811 + 1);
    vn_lexicon_free(lexicon);
}

static void a_word_of_the_user_stays_though_a_block_list_has_it(void **state)
{
    struct vn_lexicon *lexicon =
        fixture_lexicon("call\t-5\nqxzqxz\n", "call\nqxzqxz\nnow\n");

    (void)state;
    assert_int_equal(find(lexicon, "CALL", 0)->score, -5);
    assert_non_null(find(lexicon, "QXZQXZ", 0));
    assert_null(find(lexicon, "NOW", 0));
    assert_true(has_term(lexicon, "CALL", BLOCK_TOKEN | BLOCK_SPAN));
    assert_int_equal(info_of(lexicon).blocked_spans, 802 + 3);
    vn_lexicon_free(lexicon);
}

/* The embedded terms were read before the words of the user. */
static void a_word_of_the_user_overrides_the_embedded_block_list(void **state)
{
    struct vn_lexicon *plain = fixture_lexicon(NULL, NULL);
    char word[VN_WORD_LETTERS_MAX + 1] = "";

    (void)state;
    for (uint32_t i = 0; i < plain->term_count && word[0] == '\0'; i++) {
        if (plain->terms[i].flags == (BLOCK_TOKEN | BLOCK_SPAN)) {
            memcpy(word, plain->terms[i].letters, sizeof word - 1);
        }
    }
    vn_lexicon_free(plain);
    struct vn_lexicon *lexicon = fixture_lexicon(word, NULL);
    assert_non_null(find(lexicon, word, 0));
    assert_int_equal(info_of(lexicon).words, 61171 + 1);
    assert_int_equal(info_of(lexicon).blocked_words, 1811);
    assert_int_equal(info_of(lexicon).blocked_spans, 802);
    vn_lexicon_free(lexicon);
}

static void every_overlay_is_described(void **state)
{
    const struct files files = {
        .words = {fixture_write_text("w.tsv", "# x\nqxzqxz\n\nqxz9\nvet\n")},
        .word_count = 1,
        .blocks = {fixture_write_text("b.txt", "qxzqxzq\n")},
        .block_count = 1,
        .model = fixture_write_text("m.txt", "vanity-model 1\nname M 2\n"),
        .skip_bad = true,
    };
    struct vn_lexicon *lexicon = must_open(&files);
    const struct vn_lexicon_info info = info_of(lexicon);

    (void)state;
    assert_int_equal(info.overlay_count, 3);
    assert_string_equal(info.overlays[0].kind, "words");
    assert_string_equal(info.overlays[0].name, "w.tsv");
    assert_int_equal(info.overlays[0].lines, 2);
    assert_int_equal(info.overlays[0].skipped, 1);
    assert_string_equal(info.overlays[1].kind, "block");
    assert_string_equal(info.overlays[1].name, "b.txt");
    assert_int_equal(info.overlays[1].lines, 1);
    assert_string_equal(info.overlays[2].kind, "model");
    assert_string_equal(info.overlays[2].name, "m.txt");
    assert_string_equal(info.model, "M 2");
    assert_int_equal(info.skipped, 1);
    vn_lexicon_free(lexicon);
}

static void odd_forms_of_text_mean_the_same(void **state)
{
    static const char *const texts[] = {
        "qxzqxz\t7\npet meds\n",
        "\xef\xbb\xbfqxzqxz\t7\npet meds\n",
        "qxzqxz\t7\r\npet meds\r\n",
        "qxzqxz\t7\npet meds",
        "# caf\xe9\n\n \t\n  qxzqxz\t7  \n#x\nPet-Meds\t-100\n\n",
        "\xef\xbb\xbf# x\r\n\r\nqxzqxz\t7\r\npet meds",
        "pet meds\nqxzqxz\t7\n",
        "qxzqxz\t9\npet meds\t1\nqxzqxz\t7\npet meds\n",
    };
    uint64_t fingerprint = 0;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct vn_lexicon *lexicon = fixture_lexicon(texts[i], NULL);
        const struct vn_lexicon_info info = info_of(lexicon);
        assert_int_equal(info.words, 61172);
        assert_int_equal(info.phrases, 1);
        fingerprint = i == 0 ? info.fingerprint : fingerprint;
        assert_true(info.fingerprint == fingerprint);
        vn_lexicon_free(lexicon);
    }
}

/* ---- Errors ----------------------------------------------------------- */

static void assert_refused(const struct files *files, enum vn_status status,
                           uint64_t line, const char *reason)
{
    struct vn_lexicon *lexicon = NULL;
    struct vn_error error;

    assert_int_equal(open_files(files, NULL, &lexicon, &error), status);
    assert_null(lexicon);
    assert_int_equal(error.status, status);
    assert_int_equal(error.line, line);
    if (strstr(error.message, reason) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", error.message, reason);
    }
    assert_int_equal(open_files(files, NULL, &lexicon, NULL), status);
}

/* A line that is bad in a list of words and, mostly, of terms. */
struct bad_line {
    struct vn_bytes line;
    const char *word_reason; /* NULL: a good word */
    const char *term_reason;
    uint64_t byte;
};

static const struct bad_line bad_lines[] = {
    {{"pl4umber", 8}, "letters A to Z", "letters A to Z", 0},
    {{"a_b", 3}, "letters A to Z", "letters A to Z", 0},
    {{"caf\xc3\xa9", 5}, "letters A to Z", "letters A to Z", 0},
    {{"caf\xe9", 4}, "UTF-8", "UTF-8", 4},
    {{"ab\0cd", 5}, "NUL", "NUL", 3},
    {{"abcdefghijk", 11}, "10 letters", "10 letters", 0},
    {{"-", 1}, "no letters", "letters A to Z", 0},
    {{"vet\tx", 5}, "score", "letters A to Z", 0},
    {{"vet\t801", 7}, "score", "letters A to Z", 0},
    {{"vet\t-1501", 9}, "score", "letters A to Z", 0},
    {{"two words", 9}, NULL, "letters A to Z", 0},
};

#define BAD_LINES (sizeof bad_lines / sizeof *bad_lines)

static size_t put(char *text, size_t used, const void *data, size_t size)
{
    memcpy(text + used, data, size);
    return used + size;
}

/* The line as the third of its file. */
static const char *write_bad_file(const char *name, struct vn_bytes line)
{
    char text[64];
    size_t used = put(text, 0, "# x\nvet\n", 8);

    used = put(text, used, line.data, line.size);
    used = put(text, used, "\nqxz\n", 5);
    return fixture_write(name, text, used);
}

static void a_bad_line_is_named_with_file_and_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < BAD_LINES; i++) {
        const struct bad_line *bad = &bad_lines[i];
        const char *path = write_bad_file("bad", bad->line);
        const struct files words = {.words = {path}, .word_count = 1};
        const struct files blocks = {.blocks = {path}, .block_count = 1};
        if (bad->word_reason != NULL) {
            assert_refused(&words, VN_INVALID, 3, bad->word_reason);
            assert_refused(&words, VN_INVALID, 3, "/bad:3: ");
        }
        assert_refused(&blocks, VN_INVALID, 3, bad->term_reason);
        assert_refused(&blocks, VN_INVALID, 3, "/bad:3: ");
    }
}

static void bad_bytes_are_named_by_their_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < BAD_LINES; i++) {
        const struct files files = {
            .words = {write_bad_file("bad", bad_lines[i].line)},
            .word_count = 1};
        struct vn_lexicon *lexicon = NULL;
        struct vn_error error;
        if (bad_lines[i].word_reason != NULL) {
            assert_int_equal(open_files(&files, NULL, &lexicon, &error),
                             VN_INVALID);
            assert_int_equal(error.byte, bad_lines[i].byte);
        }
    }
}

static void a_line_past_the_limit_is_refused(void **state)
{
    static char text[VN_TEXT_LINE_MAX + 1];

    (void)state;
    memset(text, 'x', sizeof text);
    const struct files files = {
        .words = {fixture_write("long", text, sizeof text)}, .word_count = 1};
    assert_refused(&files, VN_INVALID, 1, "too long");
}

static void bad_lines_are_passed_over_and_counted_if_wanted(void **state)
{
    char text[1024];
    size_t used = put(text, 0, "qxzqxz\n", 7);
    struct heard heard = {.count = 0};
    struct vn_lexicon *lexicon = NULL;
    unsigned bad = 0;

    (void)state;
    for (size_t i = 0; i < BAD_LINES; i++) {
        used = put(text, used, bad_lines[i].line.data, bad_lines[i].line.size);
        used = put(text, used, "\r\n", 2);
        bad += bad_lines[i].word_reason != NULL;
    }
    used = put(text, used, "qxzqxzq\nx_y", 11);
    const struct files files = {.words = {fixture_write("bad", text, used)},
                                .word_count = 1,
                                .blocks = {fixture_write("terms", text, used)},
                                .block_count = 1,
                                .skip_bad = true};
    assert_int_equal(open_files(&files, &heard, &lexicon, NULL), VN_OK);
    const struct vn_lexicon_info info = info_of(lexicon);
    assert_int_equal(info.overlays[0].skipped, bad + 1);
    assert_int_equal(info.overlays[0].lines, 3);
    assert_int_equal(info.overlays[1].skipped, BAD_LINES + 1);
    assert_int_equal(info.overlays[1].lines, 2);
    assert_int_equal(info.skipped, bad + BAD_LINES + 2);
    assert_int_equal(heard.count, bad + BAD_LINES + 2);
    assert_int_equal(heard.last.line, BAD_LINES + 3);
    assert_int_equal(heard.last.status, VN_INVALID);
    assert_non_null(strstr(heard.last.message, "/terms:14: "));
    assert_int_equal(info.words, 61171 + 2);
    assert_int_equal(info.phrases, 1);
    vn_lexicon_free(lexicon);
    assert_int_equal(open_files(&files, NULL, &lexicon, NULL), VN_OK);
    vn_lexicon_free(lexicon);
}

static void a_missing_file_or_a_directory_is_refused(void **state)
{
    const char *missing = fixture_path("none");
    const struct files files[] = {
        {.words = {missing}, .word_count = 1},
        {.blocks = {missing}, .block_count = 1},
        {.model = missing},
        {.words = {fixture_folder()}, .word_count = 1},
        {.blocks = {fixture_folder()}, .block_count = 1},
        {.model = fixture_folder()},
    };

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        assert_refused(&files[i], VN_INVALID, 0,
                       i < 3 ? "there is no file" : "is a directory");
        assert_refused(&files[i], VN_INVALID, 0, fixture_folder());
    }
}

static void a_bad_model_is_refused_even_if_bad_lines_are_skipped(void **state)
{
    const struct files bad = {
        .model = fixture_write_text("model", "vanity-model 1\nwidth 3\n"),
        .skip_bad = true};
    const struct files later = {
        .model = fixture_write_text("later", "vanity-model 2\n")};

    (void)state;
    assert_refused(&bad, VN_INVALID, 2, "/model:2: ");
    assert_refused(&later, VN_VERSION, 0, "version 2");
}

static void sixty_four_overlays_and_a_model_are_the_most(void **state)
{
    struct files files = {
        .word_count = 40,
        .block_count = 24,
        .model = fixture_write_text("model", "vanity-model 1\nname M\n")};
    const char *word = fixture_write_text("word", "qxzqxz\n");
    const char *term = fixture_write_text("term", "qxzqxzq\n");

    (void)state;
    for (size_t i = 0; i < WORDS_MAX; i++) {
        files.words[i] = word;
        files.blocks[i] = term;
    }
    struct vn_lexicon *lexicon = must_open(&files);
    const struct vn_lexicon_info info = info_of(lexicon);
    assert_int_equal(info.overlay_count, VN_OVERLAYS_MAX + 1);
    assert_string_equal(info.overlays[VN_OVERLAYS_MAX].kind, "model");
    assert_string_equal(info.overlays[VN_OVERLAYS_MAX].name, "model");
    assert_int_equal(info.words, 61171 + 1);
    vn_lexicon_free(lexicon);
    files.block_count = 25;
    assert_refused(&files, VN_INVALID, 0, "more than 64 overlay files");
}

/* "zzq" and five letters: none of them is in the embedded data. */
static const char *write_many_words(const char *name, uint32_t count)
{
    char *text = malloc((size_t)count * 9);
    char *at = text;

    assert_non_null(text);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t rest = i;
        memcpy(at, "zzq", 3);
        for (unsigned k = 3; k < 8; k++, rest /= 26) {
            at[k] = (char)('a' + rest % 26);
        }
        at[8] = '\n';
        at += 9;
    }
    const char *path = fixture_write(name, text, (size_t)count * 9);
    free(text);
    return path;
}

static void a_million_words_are_the_most(void **state)
{
    const uint32_t room = VN_LEXICON_ENTRIES_MAX - 61171;
    const struct files full = {.words = {write_many_words("many", room)},
                               .word_count = 1};
    const struct files over = {.words = {write_many_words("more", room + 1)},
                               .word_count = 1};
    struct vn_lexicon *lexicon = must_open(&full);

    (void)state;
    assert_int_equal(info_of(lexicon).words, VN_LEXICON_ENTRIES_MAX);
    vn_lexicon_free(lexicon);
    assert_refused(&over, VN_INVALID, room + 1, "/more:938830: ");
    assert_refused(&over, VN_INVALID, room + 1, "more than 1000000 words");
}

/* A block list of all words. */
static const char *write_all_words(void)
{
    static char text[1u << 20];
    char line[64];
    size_t used = 0;
    FILE *words = fopen(VN_REFERENCE_DIR "/words.tsv", "r");

    assert_non_null(words);
    while (fgets(line, sizeof line, words) != NULL) {
        const size_t length = strcspn(line, "\t");
        assert_true(used + length + 1 <= sizeof text);
        used = put(text, used, line, length);
        used = put(text, used, "\n", 1);
    }
    (void)fclose(words);
    return fixture_write("all", text, used);
}

static void a_lexicon_without_any_word_is_refused(void **state)
{
    struct files files = {.blocks = {write_all_words()}, .block_count = 1};

    (void)state;
    assert_refused(&files, VN_INVALID, 0, "no word");
    files.words[0] = fixture_write_text("one", "qxzqxz\n");
    files.word_count = 1;
    struct vn_lexicon *lexicon = must_open(&files);
    assert_int_equal(info_of(lexicon).words, 1);
    assert_int_equal(info_of(lexicon).pairs, 0);
    vn_lexicon_free(lexicon);
}

/* ---- Fingerprints ----------------------------------------------------- */

static uint64_t fingerprint_of(const struct files *files)
{
    struct vn_lexicon *lexicon = must_open(files);
    const uint64_t fingerprint = info_of(lexicon).fingerprint;

    vn_lexicon_free(lexicon);
    return fingerprint;
}

static void overlays_of_the_same_effect_have_the_same_fingerprint(void **state)
{
    const char *both = fixture_write_text("both", "qxz\t1\npet meds\t2\n");
    const struct files one = {.words = {both}, .word_count = 1};
    const struct files two = {
        .words = {fixture_write_text("second", "pet-meds\t2\n"),
                  fixture_write_text("first", "# x\nQXZ\t1\n")},
        .word_count = 2};
    const struct files again = {.words = {both, both}, .word_count = 2};
    const struct files none = {.word_count = 0};
    const struct files nothing = {
        .words = {fixture_write_text("same", "flowers\t-28\n")},
        .word_count = 1,
        .blocks = {fixture_write_text("empty", "# x\n")},
        .block_count = 1,
        .model = VN_REFERENCE_DIR "/model"};

    (void)state;
    assert_true(fingerprint_of(&one) == fingerprint_of(&two));
    assert_true(fingerprint_of(&one) == fingerprint_of(&again));
    assert_true(fingerprint_of(&none) == fingerprint_of(&nothing));
}

static void whatever_decides_records_changes_the_fingerprint(void **state)
{
    const struct files files[] = {
        {.word_count = 0},
        {.words = {fixture_write_text("f1", "qxzqxz\n")}, .word_count = 1},
        {.words = {fixture_write_text("f2", "qxzqxz\t-99\n")}, .word_count = 1},
        {.words = {fixture_write_text("f3", "qxz qxz\n")}, .word_count = 1},
        {.words = {fixture_write_text("f4", "flowers\t-27\n")},
         .word_count = 1},
        {.blocks = {fixture_write_text("f5", "flowers\n")}, .block_count = 1},
        {.blocks = {fixture_write_text("f6", "qxzqxz\n")}, .block_count = 1},
        {.model = fixture_write_text("f7", "vanity-model 1\nmiddle -56\n")},
        {.model = fixture_write_text("f8", "vanity-model 1\ncommon -1\n")},
        {.words = {fixture_write_text("f9", "qxzqxz\t-99\tc\n")},
         .word_count = 1},
        {.words = {fixture_write_text("f10", "qxzqxz\t-99\tc\t1\t0\n")},
         .word_count = 1},
        {.words = {fixture_write_text("f11", "qxzqxz\t-99\tc\t0\t1\n")},
         .word_count = 1},
    };
    uint64_t seen[sizeof files / sizeof *files];

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        seen[i] = fingerprint_of(&files[i]);
        for (size_t k = 0; k < i; k++) {
            assert_true(seen[i] != seen[k]);
        }
    }
}

static uint64_t generation_of(const struct vn_lexicon *lexicon,
                              const char *digits)
{
    struct vn_prefix prefix;

    assert_int_equal(vn_prefix_parse(digits, &prefix, NULL), VN_OK);
    return vn_lexicon_generation(lexicon, prefix);
}

static void the_generation_tells_lexicon_and_prefix(void **state)
{
    static const char *const prefixes[] = {"", "0", "1", "00", "468", "4680"};
    struct vn_lexicon *lexicon = fixture_lexicon(NULL, NULL);
    struct vn_lexicon *same = fixture_lexicon(NULL, NULL);
    struct vn_lexicon *other = fixture_lexicon("qxzqxz\n", NULL);
    uint64_t seen[sizeof prefixes / sizeof *prefixes];

    (void)state;
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        seen[i] = generation_of(lexicon, prefixes[i]);
        assert_true(seen[i] == generation_of(same, prefixes[i]));
        assert_true(seen[i] != generation_of(other, prefixes[i]));
        for (size_t k = 0; k < i; k++) {
            assert_true(seen[i] != seen[k]);
        }
    }
    vn_lexicon_free(lexicon);
    vn_lexicon_free(same);
    vn_lexicon_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_embedded_data_is_complete),
        cmocka_unit_test(no_options_are_no_overlays),
        cmocka_unit_test(words_and_pairs_are_found_with_their_scores),
        cmocka_unit_test(entries_are_sorted_and_each_is_found),
        cmocka_unit_test(the_lower_bound_is_the_first_entry_not_below),
        cmocka_unit_test(an_overlay_replaces_and_adds_words),
        cmocka_unit_test(a_phrase_is_an_entry_with_cuts_beside_the_word),
        cmocka_unit_test(a_later_file_replaces_an_earlier_one),
        cmocka_unit_test(a_block_list_removes_words_and_their_pairs),
        cmocka_unit_test(a_term_that_stands_twice_is_one_term),
        cmocka_unit_test(a_word_of_the_user_stays_though_a_block_list_has_it),
        cmocka_unit_test(a_word_of_the_user_overrides_the_embedded_block_list),
        cmocka_unit_test(every_overlay_is_described),
        cmocka_unit_test(odd_forms_of_text_mean_the_same),
        cmocka_unit_test(a_bad_line_is_named_with_file_and_line),
        cmocka_unit_test(bad_bytes_are_named_by_their_place),
        cmocka_unit_test(a_line_past_the_limit_is_refused),
        cmocka_unit_test(bad_lines_are_passed_over_and_counted_if_wanted),
        cmocka_unit_test(a_missing_file_or_a_directory_is_refused),
        cmocka_unit_test(a_bad_model_is_refused_even_if_bad_lines_are_skipped),
        cmocka_unit_test(sixty_four_overlays_and_a_model_are_the_most),
        cmocka_unit_test(a_million_words_are_the_most),
        cmocka_unit_test(a_lexicon_without_any_word_is_refused),
        cmocka_unit_test(overlays_of_the_same_effect_have_the_same_fingerprint),
        cmocka_unit_test(whatever_decides_records_changes_the_fingerprint),
        cmocka_unit_test(the_generation_tells_lexicon_and_prefix),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
