/* test_engine_memory.c: every allocation of lexicon and engine fails once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "engine/engine.h"
#include "engine/lexicon.h"

/* Allocations of the engine since arm(); the one with this number fails. */
static unsigned long calls;
static unsigned long fail_at; /* 0 = none */
static long live;             /* allocated and not freed */

static void arm(unsigned long number)
{
    calls = 0;
    live = 0;
    fail_at = number;
}

static bool fails(void)
{
    calls++;
    return calls == fail_at;
}

static void *counted(void *memory)
{
    live += memory != NULL;
    return memory;
}

/* ---- The linker sends the calls of the engine here (--wrap) ----------- */

// The linker's names.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_reallocarray(void *memory, size_t count, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *memory);
XXH3_state_t *__real_XXH3_createState(void);
XXH_errorcode __real_XXH3_freeState(XXH3_state_t *state);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_reallocarray(void *memory, size_t count, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *memory);
XXH3_state_t *__wrap_XXH3_createState(void);
XXH_errorcode __wrap_XXH3_freeState(XXH3_state_t *state);

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : counted(__real_calloc(count, size));
}

void *__wrap_realloc(void *memory, size_t size)
{
    if (fails()) {
        return NULL;
    }
    void *larger = __real_realloc(memory, size);
    return memory == NULL ? counted(larger) : larger;
}

void *__wrap_reallocarray(void *memory, size_t count, size_t size)
{
    if (fails()) {
        return NULL;
    }
    void *larger = __real_reallocarray(memory, count, size);
    return memory == NULL ? counted(larger) : larger;
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : counted(__real_aligned_alloc(alignment, size));
}

void __wrap_free(void *memory)
{
    live -= memory != NULL;
    __real_free(memory);
}

XXH3_state_t *__wrap_XXH3_createState(void)
{
    return fails() ? NULL : counted(__real_XXH3_createState());
}

XXH_errorcode __wrap_XXH3_freeState(XXH3_state_t *state)
{
    live -= state != NULL;
    return __real_XXH3_freeState(state);
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

/* ---- Lexicon ---------------------------------------------------------- */

static char folder[] = "/tmp/vanity_test_XXXXXX";
static char words_path[64], block_path[64], model_path[64];
static const char *const words[] = {words_path};
static const char *const blocks[] = {block_path};
static const struct vn_lexicon_options options = {
    .word_paths = words,
    .word_path_count = 1,
    .block_paths = blocks,
    .block_path_count = 1,
    .model_path = model_path,
};

static int write_file(char path[64], const char *name, const char *text)
{
    (void)snprintf(path, 64, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        return -1;
    }
    (void)fputs(text, file);
    return fclose(file);
}

static int write_files(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL &&
                   write_file(words_path, "words", "pet meds\nqxzqxz\t5\n") ==
                       0 &&
                   write_file(block_path, "block", "qxzqxzq\n") == 0 &&
                   write_file(model_path, "model", "vanity-model 1\n") == 0
               ? 0
               : -1;
}

static int remove_files(void **state)
{
    (void)state;
    (void)unlink(words_path);
    (void)unlink(block_path);
    (void)unlink(model_path);
    return rmdir(folder);
}

/* How many allocations a lexicon takes, all of which are freed. */
static unsigned long count_lexicon(void)
{
    struct vn_lexicon *lexicon = NULL;

    arm(0);
    assert_int_equal(vn_lexicon_open(&options, &lexicon, NULL), VN_OK);
    const unsigned long count = calls;
    assert_true(live > 0);
    vn_lexicon_free(lexicon);
    assert_int_equal(live, 0);
    return count;
}

static void every_allocation_of_a_lexicon_may_fail(void **state)
{
    const unsigned long count = count_lexicon();

    (void)state;
    print_message("%lu allocations\n", count);
    assert_true(count >= 10);
    for (unsigned long n = 1; n <= count; n++) {
        struct vn_lexicon *lexicon = NULL;
        struct vn_error error = {.status = VN_OK};
        arm(n);
        assert_int_equal(vn_lexicon_open(&options, &lexicon, &error), VN_NOMEM);
        assert_null(lexicon);
        assert_int_equal(error.status, VN_NOMEM);
        assert_true(error.message[0] != '\0');
        assert_int_equal(live, 0);
    }
    arm(0);
}

/* ---- Engine ----------------------------------------------------------- */

static struct vn_lexicon *open_lexicon(void)
{
    struct vn_lexicon *lexicon = NULL;

    arm(0);
    assert_int_equal(vn_lexicon_open(NULL, &lexicon, NULL), VN_OK);
    return lexicon;
}

/*
 * Leaves the first entries, the pairs among them, and the first terms: small
 * enough to make its engine once for each allocation.
 */
static void shrink(struct vn_lexicon *lexicon, uint32_t entries, uint32_t terms)
{
    uint32_t kept = 0;

    for (uint32_t e = 0; e < entries; e++) {
        const uint32_t first = lexicon->pair_start[e];
        const uint32_t end = lexicon->pair_start[e + 1];
        lexicon->pair_start[e] = kept;
        for (uint32_t p = first; p < end; p++) {
            if (lexicon->pair_right[p] < entries) {
                lexicon->pair_right[kept] = lexicon->pair_right[p];
                lexicon->pair_bonus[kept++] = lexicon->pair_bonus[p];
            }
        }
        if (e + 1 == entries) {
            lexicon->pair_start[entries] = kept;
        }
    }
    lexicon->entry_count = entries;
    lexicon->term_count = terms;
}

static unsigned long count_engine(const struct vn_lexicon *lexicon)
{
    struct vn_engine *engine = NULL;

    arm(0);
    assert_int_equal(vn_engine_new(lexicon, NULL, &engine, NULL), VN_OK);
    const unsigned long count = calls;
    assert_true(live > 0);
    vn_engine_free(engine);
    assert_int_equal(live, 0);
    return count;
}

static void assert_engine_fails(const struct vn_lexicon *lexicon,
                                unsigned long number)
{
    struct vn_engine *engine = NULL;
    struct vn_error error = {.status = VN_OK};

    arm(number);
    assert_int_equal(vn_engine_new(lexicon, NULL, &engine, &error), VN_NOMEM);
    assert_null(engine);
    assert_int_equal(error.status, VN_NOMEM);
    assert_true(error.message[0] != '\0');
    assert_int_equal(live, 0);
    arm(0);
}

static void every_allocation_of_a_small_engine_may_fail(void **state)
{
    struct vn_lexicon *lexicon = open_lexicon();

    (void)state;
    shrink(lexicon, 500, 100);
    const unsigned long count = count_engine(lexicon);
    print_message("%lu allocations\n", count);
    assert_true(count > 100);
    for (unsigned long n = 1; n <= count; n++) {
        assert_engine_fails(lexicon, n);
    }
    vn_lexicon_free(lexicon);
}

/* The tables grow here: some of the many allocations, the last among them. */
static void allocations_of_the_whole_engine_may_fail(void **state)
{
    struct vn_lexicon *lexicon = open_lexicon();
    const unsigned long count = count_engine(lexicon);
    const unsigned long step = count / 24 + 1;

    (void)state;
    print_message("%lu allocations\n", count);
    for (unsigned long n = 1; n < count; n += n < 12 ? 1 : step) {
        assert_engine_fails(lexicon, n);
    }
    assert_engine_fails(lexicon, count);
    vn_lexicon_free(lexicon);
}

static enum vn_status count_records(void *context, uint32_t first,
                                    const struct vn_record *records,
                                    size_t count)
{
    (void)first;
    (void)records;
    *(size_t *)context += count;
    return VN_OK;
}

static void a_run_without_memory_hands_nothing_on(void **state)
{
    struct vn_lexicon *lexicon = open_lexicon();
    struct vn_engine *engine = NULL;
    struct vn_error error;
    size_t records = 0;

    (void)state;
    assert_int_equal(vn_engine_new(lexicon, NULL, &engine, NULL), VN_OK);
    arm(1);
    assert_int_equal(
        vn_engine_run(engine, 0, 100, count_records, &records, &error),
        VN_NOMEM);
    assert_int_equal(error.status, VN_NOMEM);
    assert_int_equal(records, 0);
    assert_int_equal(live, 0);
    arm(0);
    assert_int_equal(
        vn_engine_run(engine, 0, 100, count_records, &records, &error), VN_OK);
    assert_int_equal(records, 100);
    assert_int_equal(calls, 1);
    assert_int_equal(live, 0);
    vn_engine_free(engine);
    vn_lexicon_free(lexicon);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_of_a_lexicon_may_fail),
        cmocka_unit_test(every_allocation_of_a_small_engine_may_fail),
        cmocka_unit_test(allocations_of_the_whole_engine_may_fail),
        cmocka_unit_test(a_run_without_memory_hands_nothing_on),
    };

    return cmocka_run_group_tests(tests, write_files, remove_files);
}
