/* test_paths.c: the records of all suffixes are the same on every path. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <xxhash.h>

#include "engine/engine.h"

static enum vn_status hash_records(void *context, uint32_t first,
                                   const struct vn_record *records,
                                   size_t count)
{
    (void)first;
    for (size_t i = 0; i < count; i++) {
        (void)XXH3_64bits_update(context, records[i].codes,
                                 sizeof(records[i].codes));
        (void)XXH3_64bits_update(context, records[i].tails,
                                 sizeof(records[i].tails));
    }
    return VN_OK;
}

static uint64_t hash_of(const struct vn_lexicon *lexicon,
                        enum vn_engine_path path)
{
    const struct vn_engine_options options = {.path = path};
    XXH3_state_t *hash = XXH3_createState();
    struct vn_engine *engine = NULL;

    assert_non_null(hash);
    (void)XXH3_64bits_reset(hash);
    assert_int_equal(vn_engine_new(lexicon, &options, &engine, NULL), VN_OK);
    assert_int_equal(
        vn_engine_run(engine, 0, VN_SUFFIXES, hash_records, hash, NULL), VN_OK);
    const uint64_t digest = XXH3_64bits_digest(hash);
    print_message("%s %016" PRIx64 "\n", vn_engine_path_text(engine), digest);
    vn_engine_free(engine);
    (void)XXH3_freeState(hash);
    return digest;
}

/* 'folder': NULL = the built-in lexicon. */
static void assert_same_records(const char *folder)
{
    const struct vn_lexicon_options options = {.folder = folder};
    struct vn_lexicon *lexicon = NULL;

    assert_int_equal(vn_lexicon_open(&options, &lexicon, NULL), VN_OK);
    const uint64_t expected = hash_of(lexicon, VN_PATH_SCALAR);
    for (unsigned p = VN_PATH_SCALAR + 1; p < VN_PATHS; p++) {
        const enum vn_engine_path path = (enum vn_engine_path)p;
        if (vn_engine_has_path(path)) {
            assert_true(hash_of(lexicon, path) == expected);
        }
    }
    vn_lexicon_free(lexicon);
}

static void every_path_gives_the_same_ten_million_records(void **state)
{
    (void)state;
    assert_same_records(NULL);
}

static void they_do_where_common_words_pay(void **state)
{
    (void)state;
    assert_same_records(VN_COMMON_LEXICON);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_path_gives_the_same_ten_million_records),
        cmocka_unit_test(they_do_where_common_words_pay),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
