/* test_lexicon_source.c: a folder in place of the embedded lexicon. */
#include "engine_fixture.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/lexicon.h"

static struct vn_lexicon_info info_of(const struct vn_lexicon *lexicon)
{
    struct vn_lexicon_info info;

    vn_lexicon_info(lexicon, &info);
    return info;
}

static uint32_t index_of(const struct vn_lexicon *lexicon, const char *letters)
{
    const uint32_t index =
        lexicon_find(lexicon, letters, (unsigned)strlen(letters), 0);

    assert_true(index != LEXICON_NONE);
    return index;
}

/* Makes the folder with those files that have a text; returns its name. */
static const char *write_folder(const char *name, const char *words,
                                const char *pairs, const char *block)
{
    const char *const names[] = {"words.tsv", "pairs.tsv", "block.tsv"};
    const char *const texts[] = {words, pairs, block};
    char path[64];

    if (mkdir(fixture_path(name), 0700) != 0) {
        assert_int_equal(errno, EEXIST);
    }
    for (unsigned i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", name, names[i]);
        if (texts[i] != NULL) {
            (void)fixture_write_text(path, texts[i]);
        }
    }
    return name;
}

static struct vn_lexicon *must_open_folder(const char *folder,
                                           const char *model)
{
    return fixture_open(&(struct vn_lexicon_options){
        .folder = fixture_path(folder), .model_path = model});
}

static void a_folder_replaces_the_embedded_lexicon(void **state)
{
    const char *folder = write_folder("es", "flores\t-12\nrojas\t5\ntaco\t9\n",
                                      "flores\trojas\t77\n", "taco\tTS\tx\n");
    struct vn_lexicon *lexicon = must_open_folder(folder, NULL);
    const struct vn_lexicon_info info = info_of(lexicon);

    (void)state;
    assert_int_equal(info.words, 2);
    assert_int_equal(info.pairs, 1);
    assert_int_equal(info.blocked_words, 1);
    assert_int_equal(lexicon->entries[index_of(lexicon, "FLORES")].score, -12);
    assert_int_equal(lexicon_pair(lexicon, index_of(lexicon, "FLORES"),
                                  index_of(lexicon, "ROJAS")),
                     77);
    struct vn_lexicon *embedded = fixture_open(NULL);
    assert_string_equal(info.model, info_of(embedded).model);
    vn_lexicon_free(embedded);
    assert_memory_equal(info.version, "es-", 3);
    assert_int_equal(strlen(info.version), 3 + 8);
    assert_int_equal(info.overlay_count, 0);
    vn_lexicon_free(lexicon);
}

static void the_model_of_a_folder_yields_to_one_that_is_named(void **state)
{
    const char *folder = write_folder("with_model", "flores\n", "", "");
    const char *other = fixture_write_text("other", "vanity-model 1\nname O\n");

    (void)state;
    struct vn_lexicon *without = must_open_folder(folder, NULL);
    (void)fixture_write_text("with_model/model",
                             "vanity-model 1\nname F\nmiddle 7\n");
    struct vn_lexicon *own = must_open_folder(folder, NULL);
    struct vn_lexicon *named = must_open_folder(folder, other);
    assert_string_equal(info_of(own).model, "F");
    assert_int_equal(own->model.middle, 7);
    assert_string_equal(info_of(named).model, "O");
    assert_int_equal(named->model.middle, without->model.middle);
    assert_string_not_equal(info_of(own).version, info_of(without).version);
    assert_true(info_of(own).fingerprint != info_of(without).fingerprint);
    assert_true(info_of(named).fingerprint == info_of(without).fingerprint);
    vn_lexicon_free(without);
    vn_lexicon_free(own);
    vn_lexicon_free(named);
}

static void a_bad_folder_is_refused_with_file_and_line(void **state)
{
    const struct {
        const char *folder, *sentence;
        uint64_t line;
    } bad[] = {
        {write_folder("no_pairs", "a\n", NULL, ""), "has no pairs.tsv", 0},
        {"nowhere", "has no words.tsv", 0},
        {write_folder("bad_words", "a\nb\t9999\n", "", ""),
         "bad_words/words.tsv:2: ", 2},
        {write_folder("bad_pairs", "a\n", "a\ta\t0\n", ""),
         "bad_pairs/pairs.tsv:1: ", 1},
        {write_folder("bad_block", "a\n", "", "a\tX\ty\n"),
         "bad_block/block.tsv:1: ", 1},
        {write_folder("no_word", "a\n", "", "a\tT\ty\n"), "no word left", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const struct vn_lexicon_options options = {
            .folder = fixture_path(bad[i].folder), .skip_bad = true};
        struct vn_lexicon *lexicon = NULL;
        struct vn_error error = {0};
        assert_int_equal(vn_lexicon_open(&options, &lexicon, &error),
                         VN_INVALID);
        assert_int_equal(error.line, bad[i].line);
        if (strstr(error.message, bad[i].sentence) == NULL) {
            fail_msg("'%s' is not in: %s", bad[i].sentence, error.message);
        }
    }
}

static void the_same_data_from_a_folder_has_the_same_fingerprint(void **state)
{
    static const char *const names[] = {"words", "pairs", "block"};
    char from[512], to[64];

    (void)state;
    const char *folder = write_folder("copy name", NULL, NULL, NULL);
    for (unsigned i = 0; i < 3; i++) {
        struct vn_bytes text = {NULL, 0};
        snprintf(from, sizeof from, "%s/%s-en.tsv", VN_DATA_DIR, names[i]);
        snprintf(to, sizeof to, "copy name/%s.tsv", names[i]);
        assert_int_equal(vn_text_read(from, &text, NULL), VN_OK);
        (void)fixture_write(to, text.data, text.size);
        vn_text_free(&text);
    }
    struct vn_lexicon *embedded = fixture_open(NULL);
    struct vn_lexicon *copy = must_open_folder(folder, NULL);
    assert_true(info_of(embedded).fingerprint == info_of(copy).fingerprint);
    assert_memory_equal(info_of(copy).version, "copy_name-", 10);
    vn_lexicon_free(embedded);
    vn_lexicon_free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_replaces_the_embedded_lexicon),
        cmocka_unit_test(the_model_of_a_folder_yields_to_one_that_is_named),
        cmocka_unit_test(a_bad_folder_is_refused_with_file_and_line),
        cmocka_unit_test(the_same_data_from_a_folder_has_the_same_fingerprint),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
