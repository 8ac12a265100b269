/* test_index_verify.c: damage of every kind is found. */
#include "fixture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xxhash.h>

#include "index/index_file.h"
#include "index/index_format.h"
#include "index/index_lmdb.h"

#define SEED 11
#define PREFIX "3569"
#define FLIPS 400

static bool count_steps(void *context, uint64_t done, uint64_t total)
{
    uint64_t *last = context;

    assert_true(done > *last && done <= total);
    *last = done == total ? UINT64_MAX : done;
    return true;
}

static bool stop_at_once(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    (void)done;
    (void)total;
    return false;
}

static bool stop_at_the_end(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    return done < total;
}

static void a_good_index_passes(void **state)
{
    struct vn_index *index = NULL;
    uint64_t last = 0;

    (void)state;
    assert_int_equal(fixture_build("a.mdb", SEED, "3", NULL), VN_OK);
    assert_int_equal(vn_index_check("a.mdb", count_steps, &last, NULL), VN_OK);
    assert_true(last == UINT64_MAX);
    last = 0;
    assert_int_equal(vn_index_open("a.mdb", &index, NULL), VN_OK);
    assert_int_equal(vn_index_verify(index, count_steps, &last, NULL), VN_OK);
    assert_true(last == UINT64_MAX);
    vn_index_close(index);
}

static void progress_may_stop_it(void **state)
{
    struct vn_index *index = NULL;

    (void)state;
    assert_int_equal(fixture_build("a.mdb", SEED, PREFIX, NULL), VN_OK);
    assert_int_equal(vn_index_check("a.mdb", stop_at_once, NULL, NULL),
                     VN_STOPPED);
    assert_int_equal(vn_index_open("a.mdb", &index, NULL), VN_OK);
    assert_int_equal(vn_index_verify(index, stop_at_once, NULL, NULL),
                     VN_STOPPED);
    assert_int_equal(vn_index_verify(index, stop_at_the_end, NULL, NULL),
                     VN_STOPPED);
    vn_index_close(index);
}

/* ---- Flipped bits ------------------------------------------------------- */

enum { FOUND, NOT_FOUND, WRONG };

static int check(void *context)
{
    (void)context;
    const enum vn_status status = vn_index_check("x", NULL, NULL, NULL);

    return status == VN_CORRUPT ? FOUND : NOT_FOUND;
}

static int verify(void *context)
{
    struct vn_index *index = NULL;

    (void)context;
    if (vn_index_open("x", &index, NULL) != VN_OK) {
        return FOUND;
    }
    return vn_index_verify(index, NULL, NULL, NULL) == VN_CORRUPT ? FOUND
                                                                  : NOT_FOUND;
}

/* Each look-up gives the right record or says that it cannot. */
static int look_up(void *context)
{
    const struct vn_prefix prefix = fixture_prefix(PREFIX);
    struct vn_index *index = NULL;
    struct vn_reader *reader = NULL;

    (void)context;
    if (vn_index_open("x", &index, NULL) != VN_OK ||
        vn_reader_new(index, &reader, NULL) != VN_OK) {
        return FOUND;
    }
    for (uint32_t i = 0; i < vn_prefix_count(prefix); i++) {
        const uint32_t suffix = vn_prefix_first(prefix) + i;
        struct vn_record expected;
        struct vn_record found;
        fixture_record(SEED, suffix, &expected);
        if (vn_reader_get(reader, suffix, &found, NULL) == VN_OK &&
            !vn_record_equal(&expected, &found)) {
            return WRONG;
        }
    }
    return FOUND;
}

/* What a program may die of when it opens a damaged index unchecked. */
static bool is_fault(int result)
{
    return result == FIXTURE_SIGNAL + SIGSEGV ||
           result == FIXTURE_SIGNAL + SIGBUS ||
           result == FIXTURE_SIGNAL + SIGABRT;
}

static void every_flipped_bit_is_found(void **state)
{
    size_t size = 0;
    uint64_t at = 12345;

    (void)state;
    assert_int_equal(fixture_build("a.mdb", SEED, PREFIX, NULL), VN_OK);
    uint8_t *file = fixture_load("a.mdb", &size);
    for (unsigned i = 0; i < FLIPS; i++) {
        at = at * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        const size_t bit = (size_t)(at >> 16) % (size * 8);
        file[bit / 8] ^= (uint8_t)(1u << bit % 8);
        fixture_store("x", file, size);
        file[bit / 8] ^= (uint8_t)(1u << bit % 8);
        const int checked = fixture_fork(check, NULL);
        const int verified = fixture_fork(verify, NULL);
        const int looked_up = fixture_fork(look_up, NULL);
        if (checked != FOUND || (verified != FOUND && !is_fault(verified)) ||
            (looked_up != FOUND && !is_fault(looked_up))) {
            fail_msg("bit %zu: check %d, verify %d, look-up %d", bit, checked,
                     verified, looked_up);
        }
    }
    free(file);
}

static void every_flipped_bit_of_head_and_footer_is_found(void **state)
{
    size_t size = 0;

    (void)state;
    assert_int_equal(fixture_build("a.mdb", SEED, PREFIX, NULL), VN_OK);
    uint8_t *file = fixture_load("a.mdb", &size);
    const size_t footer = size - INDEX_FOOTER_SIZE;
    for (size_t bit = 0; bit < 200 * 8; bit++) {
        const size_t places[] = {bit, 4096 * 8 + bit, footer * 8 + bit,
                                 size * 8 - 1 - bit};
        for (size_t i = 0; i < 4; i++) {
            file[places[i] / 8] ^= (uint8_t)(1u << places[i] % 8);
            fixture_store("x", file, size);
            file[places[i] / 8] ^= (uint8_t)(1u << places[i] % 8);
            struct vn_index *index = NULL;
            assert_int_equal(vn_index_open("x", &index, NULL), VN_CORRUPT);
            assert_int_equal(check(NULL), FOUND);
        }
    }
    free(file);
}

/* ---- Indexes with right hashes and wrong content ------------------------ */

typedef int (*change_fn)(MDB_txn *txn, const struct index_databases *databases);

static void write_footer(uint64_t size)
{
    struct index_footer footer = {
        .format = VN_INDEX_FORMAT, .page_size = 4096, .size = size};
    uint8_t page[INDEX_FOOTER_SIZE];
    FILE *file = fopen("x", "r+b");

    assert_non_null(file);
    assert_int_equal(ftruncate(fileno(file), (off_t)size), 0);
    assert_int_equal(
        index_file_hash(fileno(file), 2 * 4096, NULL, footer.head_hash), 0);
    assert_int_equal(
        index_file_hash(fileno(file), size, NULL, footer.file_hash), 0);
    index_footer_encode(&footer, page);
    assert_int_equal(index_file_write(fileno(file), page, sizeof page, size),
                     0);
    assert_int_equal(fclose(file), 0);
}

/* Makes 'x' a copy of 'a.mdb' that 'change' has changed through LMDB. */
static void make_changed(change_fn change)
{
    struct index_databases databases;
    size_t size = 0;
    MDB_env *env = NULL;
    MDB_txn *txn = NULL;
    MDB_envinfo info;
    uint8_t *file = fixture_load("a.mdb", &size);

    fixture_store("x", file, size - INDEX_FOOTER_SIZE);
    free(file);
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 4), 0);
    assert_int_equal(mdb_env_open(env, "x", MDB_NOSUBDIR | MDB_NOLOCK, 0644),
                     0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(index_databases_open(txn, 0, &databases), 0);
    assert_int_equal(change(txn, &databases), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    assert_int_equal(mdb_env_info(env, &info), 0);
    mdb_env_close(env);
    write_footer((info.me_last_pgno + 1) * 4096);
}

static int put(MDB_txn *txn, MDB_dbi dbi, uint32_t key, const void *value,
               size_t size)
{
    MDB_val name = index_val(&key, sizeof key);
    MDB_val data = index_val(value, size);

    return mdb_put(txn, dbi, &name, &data, 0);
}

static int put_meta(MDB_txn *txn, MDB_dbi dbi, const char *key,
                    const char *text)
{
    char value[100];
    const int size =
        snprintf(value, sizeof value, "%*s%s", (int)INDEX_HASH_SIZE, "", text);
    MDB_val name = index_val(key, strlen(key));
    MDB_val data = index_val(value, (size_t)size);

    index_seal((uint8_t *)value, data.mv_size, XXH3_64bits(key, strlen(key)));
    return mdb_put(txn, dbi, &name, &data, 0);
}

static int drop(MDB_txn *txn, MDB_dbi dbi, uint32_t key)
{
    MDB_val name = index_val(&key, sizeof key);

    return mdb_del(txn, dbi, &name, NULL);
}

static void block_records(uint32_t block,
                          struct vn_record records[VN_BLOCK_SUFFIXES])
{
    for (uint32_t i = 0; i < VN_BLOCK_SUFFIXES; i++) {
        fixture_record(SEED, block * VN_BLOCK_SUFFIXES + i, &records[i]);
    }
}

/* Writes block 35694 with one record replaced. */
static int put_record(MDB_txn *txn, const struct index_databases *databases,
                      uint32_t at, const struct vn_record *record)
{
    struct vn_record records[VN_BLOCK_SUFFIXES];
    uint8_t value[INDEX_BLOCK_SIZE];

    block_records(35694, records);
    records[at] = *record;
    index_block_encode(records, 35694, value);
    return put(txn, databases->records, 35694, value, sizeof value);
}

static int lose_a_block(MDB_txn *txn, const struct index_databases *databases)
{
    return drop(txn, databases->records, 35694);
}

static int lose_the_tails(MDB_txn *txn, const struct index_databases *databases)
{
    return drop(txn, databases->tails, 35694);
}

static int add_a_block(MDB_txn *txn, const struct index_databases *databases)
{
    static const struct vn_record records[VN_BLOCK_SUFFIXES];
    uint8_t value[INDEX_BLOCK_SIZE];

    index_block_encode(records, 35700, value);
    return put(txn, databases->records, 35700, value, sizeof value);
}

static int add_tails(MDB_txn *txn, const struct index_databases *databases)
{
    uint8_t value[INDEX_HASH_SIZE + 2] = {[INDEX_HASH_SIZE] = 19};

    index_seal(value, sizeof value, 35700);
    return put(txn, databases->tails, 35700, value, sizeof value);
}

static int cut_tails(MDB_txn *txn, const struct index_databases *databases)
{
    uint8_t value[INDEX_HASH_SIZE];

    index_seal(value, sizeof value, 35694);
    return put(txn, databases->tails, 35694, value, sizeof value);
}

static int lengthen_tails(MDB_txn *txn, const struct index_databases *databases)
{
    static uint8_t value[INDEX_HASH_SIZE + 499 * 2];

    memset(value, 1, sizeof value);
    for (size_t i = INDEX_HASH_SIZE + 1; i < sizeof value; i += 2) {
        value[i] = 0;
    }
    index_seal(value, sizeof value, 35694);
    return put(txn, databases->tails, 35694, value, sizeof value);
}

static int add_a_byte(MDB_txn *txn, const struct index_databases *databases)
{
    uint8_t value[INDEX_HASH_SIZE + 499 * 2 + 1] = {0};

    index_seal(value, sizeof value, 35694);
    return put(txn, databases->tails, 35694, value, sizeof value);
}

static int break_a_hash(MDB_txn *txn, const struct index_databases *databases)
{
    struct vn_record records[VN_BLOCK_SUFFIXES];
    uint8_t value[INDEX_BLOCK_SIZE];

    block_records(35694, records);
    index_block_encode(records, 35695, value);
    return put(txn, databases->records, 35694, value, sizeof value);
}

static int shorten_a_block(MDB_txn *txn,
                           const struct index_databases *databases)
{
    uint8_t value[INDEX_BLOCK_SIZE - 20] = {0};

    index_seal(value, sizeof value, 35694);
    return put(txn, databases->records, 35694, value, sizeof value);
}

/* A record of block 35694 with candidates and no overdial. */
static uint32_t find_plain(void)
{
    for (uint32_t at = 0; at < VN_BLOCK_SUFFIXES; at++) {
        struct vn_record record;
        uint32_t tails = 0;
        fixture_record(SEED, 3569400 + at, &record);
        for (unsigned i = 0; i < VN_CANDIDATES; i++) {
            tails += record.tails[i];
        }
        if (record.codes[0] != 0 && tails == 0) {
            return at;
        }
    }
    fail_msg("block 35694 has no plain record");
    return 0;
}

static uint32_t fine_code(void)
{
    const uint8_t ranks[VN_SUFFIX_DIGITS] = {1, 1, 1, 1, 0, 0, 0};

    return vn_code_make(ranks, 0, false, 0);
}

static int put_no_spelling(MDB_txn *txn,
                           const struct index_databases *databases)
{
    // More letters than seven keys have: no encoder makes this.
    return put_record(txn, databases, find_plain(),
                      &(struct vn_record){{0x0101ffff}, {0}});
}

static int put_a_gap(MDB_txn *txn, const struct index_databases *databases)
{
    return put_record(txn, databases, find_plain(),
                      &(struct vn_record){{0, fine_code()}, {0}});
}

static int put_another(MDB_txn *txn, const struct index_databases *databases)
{
    const uint32_t at = find_plain();
    struct vn_record record;

    fixture_record(SEED, 3569400 + at, &record);
    record.codes[0] = fine_code();
    return put_record(txn, databases, at, &record);
}

static int miscount(MDB_txn *txn, const struct index_databases *databases)
{
    return put_meta(txn, databases->meta, "candidates", "7");
}

static int widen(MDB_txn *txn, const struct index_databases *databases)
{
    return put_meta(txn, databases->meta, "prefix", "356");
}

static int write_no_number(MDB_txn *txn,
                           const struct index_databases *databases)
{
    return put_meta(txn, databases->meta, "words", "007");
}

static int raise_format(MDB_txn *txn, const struct index_databases *databases)
{
    return put_meta(txn, databases->meta, "format", "2");
}

static int add_meta(MDB_txn *txn, const struct index_databases *databases)
{
    return put_meta(txn, databases->meta, "colour", "red");
}

static int add_a_database(MDB_txn *txn, const struct index_databases *databases)
{
    MDB_dbi dbi = 0;

    (void)databases;
    return mdb_dbi_open(txn, "more", MDB_CREATE, &dbi);
}

struct changed_case {
    change_fn change;
    const char *message; /* of verify, or of open if 'status' is not VN_OK */
    enum vn_status opened;
};

static const struct changed_case changed_cases[] = {
    {lose_a_block, "blocks", VN_OK},
    {add_a_block, "blocks", VN_OK},
    {lose_the_tails, "no tails of block 35694", VN_OK},
    {add_tails, "tails of blocks that need none", VN_OK},
    {cut_tails, "wrong tails of block 35694", VN_OK},
    {lengthen_tails, "wrong tails of block 35694", VN_OK},
    {add_a_byte, "wrong tails of block 35694", VN_OK},
    {break_a_hash, "wrong records of block 35694", VN_OK},
    {shorten_a_block, "wrong records of block 35694", VN_OK},
    {put_no_spelling, "wrong record of suffix 35694", VN_OK},
    {put_a_gap, "wrong record of suffix 35694", VN_OK},
    {put_another, "records do not have the hash", VN_OK},
    {miscount, "not as many", VN_OK},
    {add_meta, "unknown entries", VN_OK},
    {add_a_database, "databases", VN_OK},
    {widen, "prefix and number", VN_CORRUPT},
    {write_no_number, "'words' of its description", VN_CORRUPT},
    {raise_format, "has format 2", VN_VERSION},
};

static void wrong_content_is_found(void **state)
{
    (void)state;
    assert_int_equal(fixture_build("a.mdb", SEED, PREFIX, NULL), VN_OK);
    for (size_t i = 0; i < sizeof changed_cases / sizeof changed_cases[0];
         i++) {
        const struct changed_case *one = &changed_cases[i];
        struct vn_index *index = NULL;
        struct vn_error error = {.status = VN_OK};
        make_changed(one->change);
        assert_int_equal(vn_index_check("x", NULL, NULL, NULL), VN_OK);
        assert_int_equal(vn_index_open("x", &index, &error), one->opened);
        if (one->opened == VN_OK) {
            assert_int_equal(vn_index_verify(index, NULL, NULL, &error),
                             VN_CORRUPT);
        }
        if (strstr(error.message, one->message) == NULL) {
            fail_msg("case %zu: '%s' is not in '%s'", i, one->message,
                     error.message);
        }
        vn_index_close(index);
    }
}

static void a_look_up_in_a_damaged_block_says_so(void **state)
{
    static const change_fn changes[] = {lose_a_block, break_a_hash,
                                        shorten_a_block};
    struct vn_record record;
    struct vn_error error;

    (void)state;
    assert_int_equal(fixture_build("a.mdb", SEED, PREFIX, NULL), VN_OK);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct vn_index *index = NULL;
        struct vn_reader *reader = NULL;
        make_changed(changes[i]);
        assert_int_equal(vn_index_open("x", &index, NULL), VN_OK);
        assert_int_equal(vn_reader_new(index, &reader, NULL), VN_OK);
        for (unsigned repeat = 0; repeat < 2; repeat++) {
            assert_int_equal(vn_reader_get(reader, 3569431, &record, &error),
                             VN_CORRUPT);
            assert_non_null(strstr(error.message, "block 35694"));
            assert_int_equal(vn_reader_get(reader, 3569531, &record, &error),
                             VN_OK);
        }
        vn_reader_free(reader);
        vn_index_close(index);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_index_passes),
        cmocka_unit_test(progress_may_stop_it),
        cmocka_unit_test(every_flipped_bit_is_found),
        cmocka_unit_test(every_flipped_bit_of_head_and_footer_is_found),
        cmocka_unit_test(wrong_content_is_found),
        cmocka_unit_test(a_look_up_in_a_damaged_block_says_so),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
