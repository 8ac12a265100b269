/* test_index_writer.c: what is written is read back, and always the same. */
#include "fixture.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "index/index_writer.h"

static void all_records_of_a_prefix_are_read_back(void **state)
{
    static const char *const prefixes[] = {"356", "3569", "01234", "356937",
                                           "3569377"};

    (void)state;
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        assert_int_equal(fixture_build("a.mdb", 7, prefixes[i], NULL), VN_OK);
        assert_true(fixture_holds("a.mdb", 7, prefixes[i]));
        assert_false(fixture_holds("a.mdb", 8, prefixes[i]));
        assert_false(fixture_exists("a.mdb.building"));
    }
}

static void get(struct vn_reader *reader, uint64_t seed, uint32_t suffix)
{
    struct vn_record expected;
    struct vn_record found;

    fixture_record(seed, suffix, &expected);
    assert_int_equal(vn_reader_get(reader, suffix, &found, NULL), VN_OK);
    assert_true(vn_record_equal(&expected, &found));
}

static void suffixes_are_read_in_any_order(void **state)
{
    struct vn_index *index = NULL;
    struct vn_reader *readers[2] = {NULL, NULL};
    uint32_t at = 1;

    (void)state;
    assert_int_equal(fixture_build("a.mdb", 3, "4", NULL), VN_OK);
    assert_int_equal(vn_index_open("a.mdb", &index, NULL), VN_OK);
    assert_int_equal(vn_reader_new(index, &readers[0], NULL), VN_OK);
    assert_int_equal(vn_reader_new(index, &readers[1], NULL), VN_OK);
    for (unsigned i = 0; i < 300000; i++) {
        at = at * 1664525u + 1013904223u;
        const uint32_t suffix = 4000000 + at / 4096 % 1000000;
        get(readers[at / 2048 % 2], 3, suffix);
    }
    for (uint32_t suffix = 4000500; suffix > 4000000; suffix--) {
        get(readers[0], 3, suffix);
    }
    vn_reader_free(readers[0]);
    vn_reader_free(readers[1]);
    vn_index_close(index);
}

/* Reads all suffixes of prefix 4567 with a reader of its own. */
static void *read_all(void *context)
{
    struct vn_index *index = context;
    struct vn_reader *reader = NULL;
    struct vn_record expected;
    struct vn_record found;
    uintptr_t wrong = 0;

    if (vn_reader_new(index, &reader, NULL) != VN_OK) {
        return context;
    }
    for (uint32_t suffix = 4567000; suffix < 4568000; suffix++) {
        fixture_record(3, suffix, &expected);
        wrong |= vn_reader_get(reader, suffix, &found, NULL) != VN_OK ||
                 !vn_record_equal(&expected, &found);
    }
    vn_reader_free(reader);
    return wrong != 0 ? context : NULL;
}

static void threads_share_an_index(void **state)
{
    struct vn_index *index = NULL;
    pthread_t threads[4];

    (void)state;
    assert_int_equal(fixture_build("a.mdb", 3, "4567", NULL), VN_OK);
    assert_int_equal(vn_index_open("a.mdb", &index, NULL), VN_OK);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, read_all, index), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        void *wrong = NULL;
        assert_int_equal(pthread_join(threads[i], &wrong), 0);
        assert_null(wrong);
    }
    vn_index_close(index);
}

static void count(const struct vn_record *record, struct vn_index_info *info)
{
    info->with_spelling += record->codes[0] != 0;
    info->candidates += vn_record_count(record);
    for (unsigned i = 0; i < VN_CANDIDATES; i++) {
        info->overdials += record->tails[i] != 0;
    }
}

static void the_description_is_read_back(void **state)
{
    struct vn_index_info expected = fixture_info(fixture_prefix("0356"));
    struct vn_index *index = NULL;
    struct vn_record record;
    size_t size = 0;

    (void)state;
    assert_int_equal(fixture_build("a.mdb", 5, "0356", NULL), VN_OK);
    assert_int_equal(vn_index_open("a.mdb", &index, NULL), VN_OK);
    const struct vn_index_info *info = vn_index_info(index);
    for (uint32_t i = 0; i < 1000; i++) {
        fixture_record(5, 356000 + i, &record);
        count(&record, &expected);
    }
    free(fixture_load("a.mdb", &size));
    assert_int_equal(info->format, VN_INDEX_FORMAT);
    assert_int_equal(info->generation, expected.generation);
    assert_int_equal(info->lexicon, expected.lexicon);
    assert_string_equal(info->lexicon_version, expected.lexicon_version);
    assert_string_equal(info->model, expected.model);
    assert_int_equal(info->prefix.length, 4);
    assert_int_equal(info->prefix.digits, 356);
    assert_int_equal(info->suffixes, 1000);
    assert_int_equal(info->with_spelling, expected.with_spelling);
    assert_int_equal(info->candidates, expected.candidates);
    assert_int_equal(info->overdials, expected.overdials);
    assert_int_equal(info->words, expected.words);
    assert_int_equal(info->phrases, expected.phrases);
    assert_int_equal(info->pairs, expected.pairs);
    assert_int_equal(info->blocked_words, expected.blocked_words);
    assert_int_equal(info->blocked_spans, expected.blocked_spans);
    assert_int_equal(info->size_bytes, size);
    assert_int_equal(info->overlay_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct vn_overlay *found = &info->overlays[i];
        assert_string_equal(found->kind, expected.overlays[i].kind);
        assert_string_equal(found->name, expected.overlays[i].name);
        assert_int_equal(found->hash, expected.overlays[i].hash);
        assert_int_equal(found->lines, expected.overlays[i].lines);
        assert_int_equal(found->skipped, expected.overlays[i].skipped);
    }
    vn_index_close(index);
}

static void many_overlays_are_kept(void **state)
{
    struct vn_overlay many[VN_OVERLAYS_MAX];
    const struct vn_prefix prefix = fixture_prefix("35693");
    struct vn_index_info info = fixture_info(prefix);
    struct vn_index_writer *writer = NULL;
    struct vn_index *index = NULL;

    (void)state;
    memset(many, 0, sizeof many);
    for (size_t i = 0; i < VN_OVERLAYS_MAX; i++) {
        memcpy(many[i].kind, "block", 6);
        memset(many[i].name, 'a' + (int)(i % 26), sizeof many[i].name - 1);
        many[i].lines = many[i].skipped = many[i].hash = UINT64_MAX - i;
    }
    info.overlays = many;
    info.overlay_count = VN_OVERLAYS_MAX;
    assert_int_equal(index_writer_new("a.mdb", &info, &writer, NULL), VN_OK);
    assert_int_equal(fixture_append(writer, 1, prefix, 100), VN_OK);
    assert_int_equal(vn_index_publish(writer, NULL), VN_OK);
    assert_int_equal(vn_index_open("a.mdb", &index, NULL), VN_OK);
    assert_int_equal(vn_index_verify(index, NULL, NULL, NULL), VN_OK);
    assert_int_equal(vn_index_info(index)->overlay_count, VN_OVERLAYS_MAX);
    for (size_t i = 0; i < VN_OVERLAYS_MAX; i++) {
        assert_memory_equal(&vn_index_info(index)->overlays[i], &many[i],
                            sizeof many[i]);
    }
    vn_index_close(index);
}

static void build_in_pieces(const char *path, uint32_t piece)
{
    const struct vn_prefix prefix = fixture_prefix("2");
    const struct vn_index_info info = fixture_info(prefix);
    struct vn_index_writer *writer = NULL;

    assert_int_equal(index_writer_new(path, &info, &writer, NULL), VN_OK);
    assert_int_equal(fixture_append(writer, 9, prefix, piece), VN_OK);
    assert_int_equal(vn_index_publish(writer, NULL), VN_OK);
}

static void the_bytes_do_not_depend_on_the_pieces(void **state)
{
    static const uint32_t pieces[] = {10000, 100, 77, 1000000};
    size_t expected_size = 0;

    (void)state;
    build_in_pieces("a.mdb", 10000);
    uint8_t *expected = fixture_load("a.mdb", &expected_size);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        size_t size = 0;
        build_in_pieces("b.mdb", pieces[i]);
        uint8_t *found = fixture_load("b.mdb", &size);
        assert_int_equal(size, expected_size);
        assert_memory_equal(found, expected, size);
        free(found);
    }
    free(expected);
}

static void records_out_of_order_are_refused(void **state)
{
    static const uint32_t wrong[] = {0, 3559999, 3560001, 3570000, 9999999};
    const struct vn_prefix prefix = fixture_prefix("356");
    const struct vn_index_info info = fixture_info(prefix);
    const struct vn_record record = {{0}, {0}};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct vn_index_writer *writer = NULL;
        struct vn_error error;
        assert_int_equal(index_writer_new("c.mdb", &info, &writer, NULL),
                         VN_OK);
        assert_int_equal(vn_index_append(writer, wrong[i], &record, 1),
                         VN_INVALID);
        assert_int_equal(vn_index_writer_error(writer)->status, VN_INVALID);
        assert_int_equal(vn_index_append(writer, 3560000, &record, 1),
                         VN_INVALID);
        assert_int_equal(vn_index_publish(writer, &error), VN_INVALID);
        assert_non_null(strstr(error.message, "3560000"));
        assert_false(fixture_exists("c.mdb"));
        assert_false(fixture_exists("c.mdb.building"));
    }
}

static void too_many_records_are_refused(void **state)
{
    static const struct vn_record records[101];
    const struct vn_index_info info = fixture_info(fixture_prefix("35693"));
    struct vn_index_writer *writer = NULL;

    (void)state;
    assert_int_equal(index_writer_new("c.mdb", &info, &writer, NULL), VN_OK);
    assert_int_equal(vn_index_append(writer, 3569300, records, 101),
                     VN_INVALID);
    vn_index_discard(writer);
    assert_false(fixture_exists("c.mdb.building"));
}

static void missing_records_are_refused(void **state)
{
    static const struct vn_record records[99];
    const struct vn_index_info info = fixture_info(fixture_prefix("35693"));
    struct vn_index_writer *writer = NULL;
    struct vn_error error;

    (void)state;
    assert_int_equal(index_writer_new("c.mdb", &info, &writer, NULL), VN_OK);
    assert_int_equal(vn_index_append(writer, 3569300, records, 99), VN_OK);
    assert_int_equal(vn_index_publish(writer, &error), VN_INVALID);
    assert_non_null(strstr(error.message, "3569399"));
    assert_false(fixture_exists("c.mdb"));
}

static void a_suffix_outside_the_prefix_is_told(void **state)
{
    static const uint32_t outside[] = {0,       3569369,  3569380,
                                       9999999, 10000000, UINT32_MAX};
    struct vn_index *index = NULL;
    struct vn_reader *reader = NULL;
    struct vn_record record;
    struct vn_error error;
    struct vn_record block[VN_BLOCK_SUFFIXES];
    uint32_t best[VN_BLOCK_SUFFIXES];

    (void)state;
    assert_int_equal(fixture_build("a.mdb", 2, "356937", NULL), VN_OK);
    assert_int_equal(vn_index_open("a.mdb", &index, NULL), VN_OK);
    assert_int_equal(vn_reader_new(index, &reader, NULL), VN_OK);
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        assert_int_equal(vn_reader_get(reader, outside[i], &record, &error),
                         VN_OUTSIDE);
        assert_int_equal(error.status, VN_OUTSIDE);
    }
    assert_int_equal(vn_reader_block(reader, 35692, block, NULL), VN_OUTSIDE);
    assert_int_equal(vn_reader_block(reader, 35694, block, NULL), VN_OUTSIDE);
    assert_int_equal(vn_reader_block(reader, 35693, block, NULL), VN_OK);
    assert_int_equal(vn_reader_best(reader, 35692, best, NULL), VN_OUTSIDE);
    assert_int_equal(vn_reader_best(reader, 35694, best, NULL), VN_OUTSIDE);
    assert_int_equal(vn_reader_best(reader, 35693, best, NULL), VN_OK);
    for (uint32_t i = 0; i < VN_BLOCK_SUFFIXES; i++) {
        struct vn_record expected = {{0}, {0}};
        if (i / 10 == 7) {
            fixture_record(2, 3569300 + i, &expected);
        }
        assert_true(vn_record_equal(&block[i], &expected));
        assert_int_equal(best[i], expected.codes[0]);
    }
    vn_reader_free(reader);
    vn_index_close(index);
}

static void a_reader_keeps_the_index_that_it_opened(void **state)
{
    struct vn_index *index = NULL;
    struct vn_reader *reader = NULL;

    (void)state;
    assert_int_equal(fixture_build("a.mdb", 1, "3569", NULL), VN_OK);
    assert_int_equal(vn_index_open("a.mdb", &index, NULL), VN_OK);
    assert_int_equal(vn_reader_new(index, &reader, NULL), VN_OK);
    assert_int_equal(fixture_build("a.mdb", 2, "3569", NULL), VN_OK);
    for (uint32_t i = 0; i < 1000; i++) {
        get(reader, 1, 3569000 + i);
    }
    assert_true(fixture_holds("a.mdb", 2, "3569"));
    vn_reader_free(reader);
    vn_index_close(index);
}

static void the_map_covers_the_file(void **state)
{
    struct vn_index *index = NULL;
    const void *start = NULL;
    size_t map_size = 0;
    size_t size = 0;

    (void)state;
    assert_int_equal(fixture_build("a.mdb", 1, "356", NULL), VN_OK);
    assert_int_equal(vn_index_open("a.mdb", &index, NULL), VN_OK);
    vn_index_map(index, &start, &map_size);
    uint8_t *file = fixture_load("a.mdb", &size);
    assert_true(map_size >= size);
    assert_memory_equal(start, file, size);
    free(file);
    vn_index_close(index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_records_of_a_prefix_are_read_back),
        cmocka_unit_test(suffixes_are_read_in_any_order),
        cmocka_unit_test(threads_share_an_index),
        cmocka_unit_test(the_description_is_read_back),
        cmocka_unit_test(many_overlays_are_kept),
        cmocka_unit_test(the_bytes_do_not_depend_on_the_pieces),
        cmocka_unit_test(records_out_of_order_are_refused),
        cmocka_unit_test(too_many_records_are_refused),
        cmocka_unit_test(missing_records_are_refused),
        cmocka_unit_test(a_suffix_outside_the_prefix_is_told),
        cmocka_unit_test(a_reader_keeps_the_index_that_it_opened),
        cmocka_unit_test(the_map_covers_the_file),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
