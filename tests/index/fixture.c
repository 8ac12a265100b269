/* fixture.c: synthetic records, indexes of them, and a folder to work in. */
#include "fixture.h"

#include <dirent.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/keypad.h"
#include "index/index_writer.h"

#define NOBODY 65534u

static char folder[PATH_SIZE];

/* ---- A folder ----------------------------------------------------------- */

int fixture_setup(void **state)
{
    const char *parent = getenv("TMPDIR");

    (void)state;
    (void)snprintf(folder, sizeof folder, "%s/vanity-index-XXXXXX",
                   parent != NULL ? parent : "/tmp");
    if (mkdtemp(folder) == NULL || chmod(folder, 0755) != 0) {
        return -1;
    }
    return chdir(folder);
}

int fixture_teardown(void **state)
{
    DIR *entries = opendir(folder);
    const struct dirent *entry = NULL;

    (void)state;
    if (entries == NULL) {
        return -1;
    }
    while ((entry = readdir(entries)) != NULL) {
        if (entry->d_name[0] != '.') {
            (void)remove(entry->d_name);
        }
    }
    (void)closedir(entries);
    return chdir("/") == 0 ? rmdir(folder) : -1;
}

/* ---- Records ------------------------------------------------------------ */

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t next_random(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static unsigned below(uint64_t *state, unsigned end)
{
    return (unsigned)(next_random(state) % end);
}

static unsigned letters_of(unsigned key)
{
    unsigned count = 0;

    while (count < 4 && vn_keypad_char(key, count + 1) != '\0') {
        count++;
    }
    return count;
}

static uint16_t make_tail(uint64_t *state)
{
    char letters[VN_TAIL_MAX];
    const unsigned length = 1 + below(state, VN_TAIL_MAX);

    for (unsigned i = 0; i < length; i++) {
        letters[i] = (char)('A' + below(state, 26));
    }
    return vn_tail_make(letters, length);
}

/* False if the dice (or a suffix of 0 and 1) gave no letter. */
static bool make_candidate(uint64_t *state, uint32_t suffix, uint32_t *code,
                           uint16_t *tail)
{
    uint8_t ranks[VN_SUFFIX_DIGITS];
    unsigned letters = 0;

    for (unsigned i = VN_SUFFIX_DIGITS; i-- > 0;) {
        ranks[i] = (uint8_t)below(state, letters_of(suffix % 10) + 1);
        letters += ranks[i] != 0;
        suffix /= 10;
    }
    if (letters == 0) {
        return false;
    }
    const bool overdial = below(state, 6) == 0;
    *tail = overdial ? make_tail(state) : 0;
    *code = vn_code_make(ranks, below(state, 64), overdial,
                         (int)below(state, 256) - VN_SCORE_BIAS);
    return true;
}

void fixture_record(uint64_t seed, uint32_t suffix, struct vn_record *record)
{
    uint64_t state = seed * VN_SUFFIXES + suffix;
    const unsigned wanted = below(&state, VN_CANDIDATES + 1);

    memset(record, 0, sizeof *record);
    for (unsigned i = 0; i < wanted; i++) {
        if (!make_candidate(&state, suffix, &record->codes[i],
                            &record->tails[i])) {
            return;
        }
    }
}

/* ---- Indexes ------------------------------------------------------------ */

static const struct vn_overlay overlays[] = {
    {"words", "my\twords\n.tsv", 0x0123456789abcdef, 12, 3},
    {"block", "rude.txt", 0xfedcba9876543210, 1, 0},
};

struct vn_index_info fixture_info(struct vn_prefix prefix)
{
    return (struct vn_index_info){
        .generation = 0x00c0ffee00c0ffee,
        .lexicon = UINT64_MAX,
        .lexicon_version = "en-1",
        .model = "H",
        .prefix = prefix,
        .words = 61171,
        .phrases = 2,
        .pairs = 50000,
        .blocked_words = 7,
        .blocked_spans = UINT32_MAX,
        .overlays = overlays,
        .overlay_count = sizeof overlays / sizeof overlays[0],
    };
}

struct vn_prefix fixture_prefix(const char *digits)
{
    struct vn_prefix prefix;

    if (vn_prefix_parse(digits, &prefix, NULL) != VN_OK) {
        abort();
    }
    return prefix;
}

enum vn_status fixture_append(struct vn_index_writer *writer, uint64_t seed,
                              struct vn_prefix prefix, uint32_t piece)
{
    struct vn_record *records = calloc(piece, sizeof *records);
    uint32_t at = vn_prefix_first(prefix);
    const uint32_t end = at + vn_prefix_count(prefix);
    enum vn_status status = records != NULL ? VN_OK : VN_NOMEM;

    while (status == VN_OK && at < end) {
        const uint32_t count = end - at < piece ? end - at : piece;
        for (uint32_t i = 0; i < count; i++) {
            fixture_record(seed, at + i, &records[i]);
        }
        status = vn_index_append(writer, at, records, count);
        at += count;
    }
    free(records);
    return status;
}

enum vn_status fixture_build(const char *path, uint64_t seed,
                             const char *digits, struct vn_error *error)
{
    const struct vn_prefix prefix = fixture_prefix(digits);
    const struct vn_index_info info = fixture_info(prefix);
    struct vn_index_writer *writer = NULL;
    enum vn_status status = index_writer_new(path, &info, &writer, error);

    if (status != VN_OK) {
        return status;
    }
    status = fixture_append(writer, seed, prefix, 10000);
    if (status != VN_OK) {
        if (error != NULL) {
            *error = *vn_index_writer_error(writer);
        }
        vn_index_discard(writer);
        return status;
    }
    return vn_index_publish(writer, error);
}

bool fixture_exists(const char *path)
{
    struct stat file;

    return lstat(path, &file) == 0;
}

static bool reader_holds(struct vn_reader *reader, uint64_t seed,
                         struct vn_prefix prefix)
{
    const uint32_t first = vn_prefix_first(prefix);

    for (uint32_t i = 0; i < vn_prefix_count(prefix); i++) {
        struct vn_record expected;
        struct vn_record found;
        fixture_record(seed, first + i, &expected);
        if (vn_reader_get(reader, first + i, &found, NULL) != VN_OK ||
            !vn_record_equal(&expected, &found)) {
            return false;
        }
    }
    return true;
}

bool fixture_holds(const char *path, uint64_t seed, const char *digits)
{
    struct vn_index *index = NULL;
    struct vn_reader *reader = NULL;
    const bool holds = vn_index_open(path, &index, NULL) == VN_OK &&
                       vn_index_verify(index, NULL, NULL, NULL) == VN_OK &&
                       vn_reader_new(index, &reader, NULL) == VN_OK &&
                       reader_holds(reader, seed, fixture_prefix(digits));

    vn_reader_free(reader);
    vn_index_close(index);
    return holds;
}

/* ---- Files and processes ------------------------------------------------ */

uint8_t *fixture_load(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;

    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *size = (size_t)ftell(file);
    rewind(file);
    data = malloc(*size + 1);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, *size, file), *size);
    (void)fclose(file);
    return data;
}

void fixture_store(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

int fixture_fork(int (*function)(void *context), void *context)
{
    int result = 0;
    const pid_t child = fork();

    if (child == 0) {
        _exit(function(context));
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &result, 0), child);
    return WIFSIGNALED(result) ? FIXTURE_SIGNAL + WTERMSIG(result)
                               : WEXITSTATUS(result);
}

void fixture_drop_rights(void)
{
    if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 ||
                           setuid(NOBODY) != 0)) {
        _exit(FIXTURE_SIGNAL - 1);
    }
}
