/* test_index_open.c: files that are no index, or one no longer. */
#include "fixture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <lmdb.h>
#include <xxhash.h>

#define FOOTER_SIZE 4096u

static void assert_open_fails(const char *path, enum vn_status status,
                              const char *message)
{
    struct vn_index *index = NULL;
    struct vn_error error = {.status = VN_OK};

    assert_int_equal(vn_index_open(path, &index, &error), status);
    assert_null(index);
    assert_int_equal(error.status, status);
    if (strstr(error.message, message) == NULL) {
        fail_msg("'%s' is not in '%s'", message, error.message);
    }
    assert_int_equal(vn_index_open(path, &index, NULL), status);
    assert_int_equal(vn_index_check(path, NULL, NULL, &error), status);
}

static void a_missing_file_is_told(void **state)
{
    (void)state;
    assert_open_fails("none.mdb", VN_INVALID, "there is no index 'none.mdb'");
    assert_open_fails("", VN_INVALID, "there is no index ''");
}

static void what_is_no_file_is_told(void **state)
{
    (void)state;
    assert_int_equal(mkdir("folder", 0755), 0);
    assert_open_fails("folder", VN_INVALID, "is a directory");
    assert_int_equal(rmdir("folder"), 0);
    assert_int_equal(mkfifo("pipe", 0644), 0);
    assert_open_fails("pipe", VN_INVALID, "not a regular file");
}

static void foreign_files_are_told(void **state)
{
    static uint8_t zeros[3 * FOOTER_SIZE];

    (void)state;
    fixture_store("x", "", 0);
    assert_open_fails("x", VN_INVALID, "is empty");
    fixture_store("x", "x", 1);
    assert_open_fails("x", VN_INVALID, "not a vanity index");
    fixture_store("x", zeros, sizeof zeros);
    assert_open_fails("x", VN_INVALID, "not a vanity index");
}

static int open_without_permission(void *context)
{
    struct vn_index *index = NULL;
    struct vn_error error;

    (void)context;
    fixture_drop_rights();
    return vn_index_open("a.mdb", &index, &error) == VN_IO &&
                   error.sys_errno == EACCES
               ? 0
               : 1;
}

static void a_file_without_permission_is_told(void **state)
{
    (void)state;
    assert_int_equal(fixture_build("a.mdb", 1, "35693", NULL), VN_OK);
    assert_int_equal(chmod("a.mdb", 0), 0);
    assert_int_equal(fixture_fork(open_without_permission, NULL), 0);
}

static void a_truncated_index_is_told(void **state)
{
    size_t size = 0;

    (void)state;
    assert_int_equal(fixture_build("a.mdb", 1, "3569", NULL), VN_OK);
    uint8_t *file = fixture_load("a.mdb", &size);
    for (size_t left = 20; left < size; left += 509) {
        fixture_store("x", file, left);
        assert_open_fails("x", VN_CORRUPT, "is truncated");
    }
    fixture_store("x", file, size - 1);
    assert_open_fails("x", VN_CORRUPT, "is truncated");
    free(file);
}

static void an_index_with_a_gap_or_more_is_told(void **state)
{
    size_t size = 0;

    (void)state;
    assert_int_equal(fixture_build("a.mdb", 1, "3569", NULL), VN_OK);
    uint8_t *file = fixture_load("a.mdb", &size);
    uint8_t *more = calloc(1, size + FOOTER_SIZE);
    assert_non_null(more);
    memcpy(more, file, size);
    fixture_store("x", more, size + FOOTER_SIZE);
    assert_open_fails("x", VN_CORRUPT, "is truncated");
    memcpy(more + size, file + size - FOOTER_SIZE, FOOTER_SIZE);
    fixture_store("x", more, size + FOOTER_SIZE);
    assert_open_fails("x", VN_CORRUPT, "last page");
    memcpy(more + size - 2 * FOOTER_SIZE, file + size - FOOTER_SIZE,
           FOOTER_SIZE);
    fixture_store("x", more, size - FOOTER_SIZE);
    assert_open_fails("x", VN_CORRUPT, "last page");
    free(more);
    free(file);
}

/* Seals a changed footer again. */
static void seal_footer(uint8_t *footer)
{
    const uint64_t hash = XXH3_64bits(footer, FOOTER_SIZE - sizeof hash);

    memcpy(footer + FOOTER_SIZE - sizeof hash, &hash, sizeof hash);
}

static void other_versions_are_told(void **state)
{
    size_t size = 0;

    (void)state;
    assert_int_equal(fixture_build("a.mdb", 1, "3569", NULL), VN_OK);
    uint8_t *file = fixture_load("a.mdb", &size);
    uint8_t *footer = file + size - FOOTER_SIZE;
    footer[16] += 6;
    fixture_store("x", file, size);
    assert_open_fails("x", VN_CORRUPT, "last page");
    seal_footer(footer);
    fixture_store("x", file, size);
    assert_open_fails("x", VN_VERSION, "format 7");
    footer[16] -= 6;
    footer[1000] = 1;
    seal_footer(footer);
    fixture_store("x", file, size);
    assert_open_fails("x", VN_CORRUPT, "last page");
    free(file);
}

static void a_foreign_lmdb_file_is_told(void **state)
{
    MDB_env *env = NULL;

    (void)state;
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(
        mdb_env_open(env, "foreign", MDB_NOSUBDIR | MDB_NOLOCK, 0644), 0);
    mdb_env_close(env);
    assert_open_fails("foreign", VN_CORRUPT,
                      "is truncated, or not a vanity index");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_file_is_told),
        cmocka_unit_test(what_is_no_file_is_told),
        cmocka_unit_test(foreign_files_are_told),
        cmocka_unit_test(a_file_without_permission_is_told),
        cmocka_unit_test(a_truncated_index_is_told),
        cmocka_unit_test(an_index_with_a_gap_or_more_is_told),
        cmocka_unit_test(other_versions_are_told),
        cmocka_unit_test(a_foreign_lmdb_file_is_told),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
