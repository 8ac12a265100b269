/* engine_fixture.c: lexicons, overlay files, and random numbers for tests. */
#include "engine_fixture.h"

#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/keypad.h"

#define DEFAULT_SEED 20240711u
#define PATHS 16u

static uint64_t random_state;
static char folder[] = "/tmp/vanity_test_XXXXXX";

/* ---- Random numbers --------------------------------------------------- */

static void seed_random(void)
{
    const char *text = getenv("VN_SEED");

    random_state = text != NULL ? strtoull(text, NULL, 10) : DEFAULT_SEED;
    if (random_state == 0) {
        random_state = DEFAULT_SEED;
    }
    print_message("VN_SEED=%" PRIu64 "\n", random_state);
}

uint32_t fixture_random(uint32_t end)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (uint32_t)((random_state * 0x2545f4914f6cdd1du) >> 33) % end;
}

/* ---- Files ------------------------------------------------------------ */

int fixture_setup(void **state)
{
    (void)state;
    seed_random();
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *about, int kind,
                      struct FTW *place)
{
    (void)about;
    (void)kind;
    (void)place;
    return remove(path);
}

int fixture_teardown(void **state)
{
    (void)state;
    return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *fixture_folder(void)
{
    return folder;
}

const char *fixture_path(const char *name)
{
    static char paths[PATHS][512];
    static unsigned next;
    char *path = paths[next++ % PATHS];

    (void)snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

const char *fixture_write(const char *name, const char *data, size_t size)
{
    const char *path = fixture_path(name);
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return path;
}

const char *fixture_write_text(const char *name, const char *text)
{
    return fixture_write(name, text, strlen(text));
}

/* ---- Lexicon and engine ----------------------------------------------- */

struct vn_lexicon *fixture_open(const struct vn_lexicon_options *options)
{
    struct vn_lexicon *lexicon = NULL;
    struct vn_error error;

    if (vn_lexicon_open(options, &lexicon, &error) != VN_OK) {
        fail_msg("%s", error.message);
    }
    return lexicon;
}

static const char *write_given(const char *name, const char *text)
{
    return text != NULL && text[0] != '\0' ? fixture_write_text(name, text)
                                           : NULL;
}

static struct vn_lexicon *open_reference(const char *words, const char *block,
                                         const char *weights)
{
    const char *word_path = write_given("fixture-words", words);
    const char *block_path = write_given("fixture-block", block);

    return fixture_open(&(struct vn_lexicon_options){
        .folder = VN_REFERENCE_DIR,
        .word_paths = &word_path,
        .word_path_count = word_path != NULL,
        .block_paths = &block_path,
        .block_path_count = block_path != NULL,
        .model_path = write_given("fixture-model", weights),
    });
}

struct vn_lexicon *fixture_lexicon(const char *words, const char *block)
{
    return open_reference(words, block, NULL);
}

struct vn_lexicon *fixture_weighed(const char *words, const char *weights)
{
    return open_reference(words, NULL, weights);
}

struct vn_engine *fixture_engine(const struct vn_lexicon *lexicon,
                                 enum vn_engine_path path, unsigned threads)
{
    const struct vn_engine_options options = {.threads = threads, .path = path};
    struct vn_engine *engine = NULL;
    struct vn_error error;

    if (vn_engine_new(lexicon, &options, &engine, &error) != VN_OK) {
        fail_msg("%s", error.message);
    }
    return engine;
}

/* ---- Suffixes and records --------------------------------------------- */

uint32_t fixture_dial(const char *keys)
{
    uint32_t suffix = 0;

    for (unsigned i = 0; i < VN_SUFFIX_DIGITS; i++) {
        suffix = suffix * 10 + (uint32_t)vn_keypad_key(keys[i]);
    }
    return suffix;
}

void fixture_digits(uint32_t suffix, unsigned digits[VN_SUFFIX_DIGITS])
{
    for (unsigned i = VN_SUFFIX_DIGITS; i-- > 0; suffix /= 10) {
        digits[i] = suffix % 10;
    }
}

static void print_record(const char *name, uint32_t suffix,
                         const struct vn_record *record)
{
    print_error("%07" PRIu32 " %s:", suffix, name);
    for (unsigned i = 0; i < VN_CANDIDATES && record->codes[i] != 0; i++) {
        struct vn_spelling spelling;
        if (vn_spell(suffix, record->codes[i], record->tails[i], &spelling) ==
            VN_OK) {
            print_error(" %s %d", spelling.text, spelling.score);
        } else {
            print_error(" bad code %08" PRIx32, record->codes[i]);
        }
    }
    print_error("\n");
}

void fixture_same_records(uint32_t suffix, const struct vn_record *expected,
                          const struct vn_record *got)
{
    if (!vn_record_equal(expected, got)) {
        print_record("expected", suffix, expected);
        print_record("got", suffix, got);
        fail();
    }
}
