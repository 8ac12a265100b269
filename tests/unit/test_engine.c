/* test_engine.c: pieces, ranges, stops and threads of a run. */
#include "engine_fixture.h"

#include <stdlib.h>
#include <string.h>

#define PIECE 10000u
/* Some more than two batches of the engine, so that all buffers come round. */
#define LONG_RUN 350000u

static struct vn_lexicon *lexicon;

/* What a sink was handed. */
struct seen {
    uint32_t first, next; /* suffixes; next is the one expected */
    unsigned calls;
    unsigned stop_after;    /* calls; 0 = never */
    uint64_t hash;          /* FNV-1a of the fields */
    struct vn_record *keep; /* NULL, or room for all records */
};

static uint64_t add_number(uint64_t hash, uint64_t number, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        hash = (hash ^ (number >> (8 * i) & 0xff)) * 0x100000001b3u;
    }
    return hash;
}

static uint64_t add_record(uint64_t hash, const struct vn_record *record)
{
    for (unsigned i = 0; i < VN_CANDIDATES; i++) {
        hash = add_number(hash, record->codes[i], 4);
        hash = add_number(hash, record->tails[i], 2);
    }
    return hash;
}

static enum vn_status take(void *context, uint32_t first,
                           const struct vn_record *records, size_t count)
{
    struct seen *seen = context;

    assert_int_equal(first, seen->next);
    assert_true(count > 0 && count <= PIECE);
    assert_true(first == seen->first || first % PIECE == 0);
    assert_true(first / PIECE == (first + count - 1) / PIECE);
    for (size_t i = 0; i < count; i++) {
        seen->hash = add_record(seen->hash, &records[i]);
        if (seen->keep != NULL) {
            seen->keep[first - seen->first + i] = records[i];
        }
    }
    seen->next += (uint32_t)count;
    seen->calls++;
    return seen->calls == seen->stop_after ? VN_STOPPED : VN_OK;
}

static struct seen seen_from(uint32_t first)
{
    return (struct seen){
        .first = first, .next = first, .hash = 0xcbf29ce484222325u};
}

static struct seen run(struct vn_engine *engine, uint32_t first, uint32_t count)
{
    struct seen seen = seen_from(first);

    assert_int_equal(vn_engine_run(engine, first, count, take, &seen, NULL),
                     VN_OK);
    assert_int_equal(seen.next, first + count);
    return seen;
}

/* ---- Making ----------------------------------------------------------- */

/* By enum vn_engine_path; the later of two is the faster one. */
static const char *const path_names[VN_PATHS] = {NULL,   "scalar", "sse4",
                                                 "avx2", "avx512", "neon"};

static const char *fastest_path(void)
{
    unsigned path = VN_PATHS - 1;

    while (!vn_engine_has_path((enum vn_engine_path)path)) {
        path--;
    }
    return path_names[path];
}

static void an_engine_tells_its_threads_and_path(void **state)
{
    struct vn_engine *engine = NULL;

    (void)state;
    assert_int_equal(vn_engine_new(lexicon, NULL, &engine, NULL), VN_OK);
    assert_true(vn_engine_threads(engine) >= 1);
    assert_string_equal(vn_engine_path_text(engine), fastest_path());
    vn_engine_free(engine);
    engine = fixture_engine(lexicon, VN_PATH_SCALAR, 3);
    assert_int_equal(vn_engine_threads(engine), 3);
    assert_string_equal(vn_engine_path_text(engine), "scalar");
    vn_engine_free(engine);
    vn_engine_free(NULL);
}

static void threads_out_of_range_are_refused(void **state)
{
    const struct vn_engine_options most = {.threads = 1024};
    const struct vn_engine_options over = {.threads = 1025};
    const struct vn_engine_options none = {.threads = 0};
    struct vn_engine *engine = NULL;
    struct vn_error error;

    (void)state;
    assert_int_equal(vn_engine_new(lexicon, &over, &engine, &error),
                     VN_INVALID);
    assert_null(engine);
    assert_int_equal(error.status, VN_INVALID);
    assert_non_null(strstr(error.message, "1025"));
    assert_int_equal(vn_engine_new(lexicon, &over, &engine, NULL), VN_INVALID);
    assert_int_equal(vn_engine_new(lexicon, &most, &engine, NULL), VN_OK);
    assert_int_equal(vn_engine_threads(engine), 1024);
    vn_engine_free(engine);
    assert_int_equal(vn_engine_new(lexicon, &none, &engine, NULL), VN_OK);
    assert_true(vn_engine_threads(engine) >= 1);
    vn_engine_free(engine);
}

static void every_processor_has_the_scalar_path(void **state)
{
    (void)state;
    assert_true(vn_engine_has_path(VN_PATH_AUTO));
    assert_true(vn_engine_has_path(VN_PATH_SCALAR));
    assert_false(vn_engine_has_path((enum vn_engine_path)VN_PATHS));
}

static void a_path_is_taken_or_refused_by_its_name(void **state)
{
    (void)state;
    for (unsigned p = VN_PATH_SCALAR; p < VN_PATHS; p++) {
        const struct vn_engine_options options = {.path =
                                                      (enum vn_engine_path)p};
        struct vn_engine *engine = NULL;
        struct vn_error error;
        const enum vn_status status =
            vn_engine_new(lexicon, &options, &engine, &error);
        if (vn_engine_has_path(options.path)) {
            assert_int_equal(status, VN_OK);
            assert_string_equal(vn_engine_path_text(engine), path_names[p]);
        } else {
            assert_int_equal(status, VN_INVALID);
            assert_non_null(strstr(error.message, path_names[p]));
        }
        vn_engine_free(engine);
    }
}

static void a_path_that_there_is_not_is_refused(void **state)
{
    const struct vn_engine_options options = {
        .path = (enum vn_engine_path)VN_PATHS};
    struct vn_engine *engine = NULL;
    struct vn_error error;

    (void)state;
    assert_int_equal(vn_engine_new(lexicon, &options, &engine, &error),
                     VN_INVALID);
    assert_non_null(strstr(error.message, "path"));
}

/* ---- Ranges ----------------------------------------------------------- */

struct range {
    uint32_t first, count;
    unsigned calls;
};

static void any_range_is_handed_on_in_order_and_in_pieces(void **state)
{
    static const struct range ranges[] = {
        {0, 1, 1},        {0, 10000, 1},       {0, 10001, 2},
        {4685860, 7, 1},  {4689999, 2, 2},     {3569377, 1, 1},
        {20003, 9997, 1}, {20003, 9998, 2},    {29999, 20002, 4},
        {9999999, 1, 1},  {9990000, 10000, 1}, {9985003, 14997, 2},
        {2222220, 10, 1}, {2222221, 98, 1},    {5, 0, 0},
        {0, 0, 0},        {10000000, 0, 0},    {9999999, 0, 0},
    };
    struct vn_engine *engine = fixture_engine(lexicon, VN_PATH_AUTO, 2);

    (void)state;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        const struct seen seen = run(engine, ranges[i].first, ranges[i].count);
        assert_int_equal(seen.calls, ranges[i].calls);
    }
    vn_engine_free(engine);
}

static void a_range_past_the_end_is_refused(void **state)
{
    static const struct range ranges[] = {
        {0, 10000001, 0},           {9999999, 2, 0},    {10000000, 1, 0},
        {10000001, 0, 0},           {1, UINT32_MAX, 0}, {UINT32_MAX, 1, 0},
        {UINT32_MAX, UINT32_MAX, 0}};
    struct vn_engine *engine = fixture_engine(lexicon, VN_PATH_AUTO, 1);

    (void)state;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        struct seen seen = seen_from(ranges[i].first);
        struct vn_error error;
        assert_int_equal(vn_engine_run(engine, ranges[i].first, ranges[i].count,
                                       take, &seen, &error),
                         VN_INVALID);
        assert_int_equal(error.status, VN_INVALID);
        assert_int_equal(seen.calls, 0);
    }
    vn_engine_free(engine);
}

static void any_part_of_a_run_is_as_in_the_whole(void **state)
{
    static const uint32_t begin = 4675000, whole_count = 20000;
    struct vn_record *whole = calloc(whole_count, sizeof *whole);
    struct vn_record *part = calloc(whole_count, sizeof *part);
    struct vn_engine *engine = fixture_engine(lexicon, VN_PATH_AUTO, 2);
    struct seen seen = seen_from(begin);

    (void)state;
    assert_true(whole != NULL && part != NULL);
    seen.keep = whole;
    assert_int_equal(
        vn_engine_run(engine, begin, whole_count, take, &seen, NULL), VN_OK);
    for (int n = 0; n < 20; n++) {
        const uint32_t skip = fixture_random(whole_count);
        const uint32_t left = whole_count - skip;
        const uint32_t count = fixture_random(2) == 0
                                   ? fixture_random(left)
                                   : fixture_random(left % 200 + 1);
        seen = seen_from(begin + skip);
        seen.keep = part;
        assert_int_equal(
            vn_engine_run(engine, begin + skip, count, take, &seen, NULL),
            VN_OK);
        for (uint32_t i = 0; i < count; i++) {
            fixture_same_records(begin + skip + i, &whole[skip + i], &part[i]);
        }
    }
    vn_engine_free(engine);
    free(whole);
    free(part);
}

static void rank_gives_the_records_of_a_run(void **state)
{
    static const uint32_t firsts[] = {0, 3569377, 4685800, 9999900, 2222200};
    static struct vn_record records[100];

    (void)state;
    for (unsigned p = VN_PATH_AUTO; p <= VN_PATH_SCALAR; p++) {
        struct vn_engine *engine =
            fixture_engine(lexicon, (enum vn_engine_path)p, 1);
        for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++) {
            struct seen seen = seen_from(firsts[i]);
            seen.keep = records;
            assert_int_equal(
                vn_engine_run(engine, firsts[i], 100, take, &seen, NULL),
                VN_OK);
            for (uint32_t k = 0; k < 100; k++) {
                struct vn_record record;
                memset(&record, 0x5a, sizeof record);
                vn_engine_rank(engine, firsts[i] + k, &record);
                fixture_same_records(firsts[i] + k, &records[k], &record);
            }
        }
        vn_engine_free(engine);
    }
}

static void no_letters_no_candidates(void **state)
{
    struct vn_engine *engine = fixture_engine(lexicon, VN_PATH_AUTO, 1);
    static const uint32_t suffixes[] = {0, 1111111, 1010101, 1100110};
    struct vn_record record;

    (void)state;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        memset(&record, 0x5a, sizeof record);
        vn_engine_rank(engine, suffixes[i], &record);
        assert_int_equal(vn_record_count(&record), 0);
        for (unsigned k = 0; k < VN_CANDIDATES; k++) {
            assert_int_equal(record.codes[k], 0);
            assert_int_equal(record.tails[k], 0);
        }
    }
    vn_engine_free(engine);
}

/* ---- Stops ------------------------------------------------------------ */

static void a_sink_that_stops_ends_the_run(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 3; threads++) {
        struct vn_engine *engine =
            fixture_engine(lexicon, VN_PATH_AUTO, threads);
        for (unsigned calls = 1; calls <= 3; calls++) {
            struct seen seen = seen_from(4680005);
            struct vn_error error;
            seen.stop_after = calls;
            assert_int_equal(
                vn_engine_run(engine, 4680005, 30000, take, &seen, &error),
                VN_STOPPED);
            assert_int_equal(error.status, VN_STOPPED);
            assert_int_equal(seen.calls, calls);
            assert_int_equal(seen.next, 4680000 + calls * PIECE);
        }
        (void)run(engine, 4680005, 100); // the engine is as good as before
        vn_engine_free(engine);
    }
}

static enum vn_status refuse(void *context, uint32_t first,
                             const struct vn_record *records, size_t count)
{
    (void)first;
    (void)records;
    (void)count;
    return *(const enum vn_status *)context;
}

static void a_run_returns_what_its_sink_returned(void **state)
{
    static const enum vn_status results[] = {VN_IO, VN_NOMEM, VN_NOT_FOUND,
                                             VN_CORRUPT};
    struct vn_engine *engine = fixture_engine(lexicon, VN_PATH_AUTO, 2);

    (void)state;
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        enum vn_status result = results[i];
        assert_int_equal(vn_engine_run(engine, 0, 100, refuse, &result, NULL),
                         result);
    }
    vn_engine_free(engine);
}

/* ---- Threads ---------------------------------------------------------- */

static void run_gives_the_same_bytes_for_any_thread_count(void **state)
{
    static const unsigned threads[] = {1, 2, 3, 7};
    uint64_t hash = 0;

    (void)state;
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        struct vn_engine *engine =
            fixture_engine(lexicon, VN_PATH_AUTO, threads[i]);
        const uint64_t this = run(engine, 4500017, 60000).hash;
        hash = i == 0 ? this : hash;
        assert_true(this == hash);
        assert_true(run(engine, 4500017, 60000).hash == hash);
        vn_engine_free(engine);
    }
}

static void every_path_gives_the_same_bytes(void **state)
{
    uint64_t hash = 0;

    (void)state;
    for (unsigned p = VN_PATH_SCALAR; p < VN_PATHS; p++) {
        if (!vn_engine_has_path((enum vn_engine_path)p)) {
            continue;
        }
        struct vn_engine *engine =
            fixture_engine(lexicon, (enum vn_engine_path)p, 2);
        const uint64_t this = run(engine, 7300000, 20000).hash;
        hash = p == VN_PATH_SCALAR ? this : hash;
        assert_true(this == hash);
        vn_engine_free(engine);
    }
}

static void a_long_run_is_the_same_on_one_thread_and_on_more(void **state)
{
    struct vn_engine *one = fixture_engine(lexicon, VN_PATH_AUTO, 1);
    struct vn_engine *three = fixture_engine(lexicon, VN_PATH_AUTO, 3);

    (void)state;
    const struct seen expected = run(one, 2000, LONG_RUN);
    const struct seen got = run(three, 2000, LONG_RUN);
    assert_int_equal(expected.calls, LONG_RUN / PIECE + 1);
    assert_int_equal(got.calls, expected.calls);
    assert_true(got.hash == expected.hash);
    vn_engine_free(one);
    vn_engine_free(three);
}

static void an_engine_counts_what_it_did(void **state)
{
    struct vn_engine *engine = fixture_engine(lexicon, VN_PATH_AUTO, 2);
    struct vn_engine_counts counts;

    (void)state;
    vn_engine_counts(engine, &counts);
    assert_int_equal(counts.suffixes, 0);
    assert_int_equal(counts.exact, 0);
    assert_true(counts.tokens > 61171);
    assert_true(counts.rows > 0 && counts.rows <= counts.tokens);
    assert_true(counts.block_states > 802);
    (void)run(engine, 4680000, 20000);
    vn_engine_counts(engine, &counts);
    assert_int_equal(counts.suffixes, 20000);
    assert_true(counts.exact < counts.suffixes);
    vn_engine_free(engine);
}

static int open_lexicon(void **state)
{
    const int result = fixture_setup(state);

    if (result == 0) {
        lexicon = fixture_lexicon(NULL, NULL);
    }
    return result;
}

static int close_lexicon(void **state)
{
    vn_lexicon_free(lexicon);
    return fixture_teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_engine_tells_its_threads_and_path),
        cmocka_unit_test(threads_out_of_range_are_refused),
        cmocka_unit_test(every_processor_has_the_scalar_path),
        cmocka_unit_test(a_path_is_taken_or_refused_by_its_name),
        cmocka_unit_test(a_path_that_there_is_not_is_refused),
        cmocka_unit_test(any_range_is_handed_on_in_order_and_in_pieces),
        cmocka_unit_test(a_range_past_the_end_is_refused),
        cmocka_unit_test(any_part_of_a_run_is_as_in_the_whole),
        cmocka_unit_test(rank_gives_the_records_of_a_run),
        cmocka_unit_test(no_letters_no_candidates),
        cmocka_unit_test(a_sink_that_stops_ends_the_run),
        cmocka_unit_test(a_run_returns_what_its_sink_returned),
        cmocka_unit_test(run_gives_the_same_bytes_for_any_thread_count),
        cmocka_unit_test(every_path_gives_the_same_bytes),
        cmocka_unit_test(a_long_run_is_the_same_on_one_thread_and_on_more),
        cmocka_unit_test(an_engine_counts_what_it_did),
    };

    return cmocka_run_group_tests(tests, open_lexicon, close_lexicon);
}
