/* test_index_temp.c: builds that are refused, killed or run out of space. */
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "index/index_writer.h"

#define PREFIX "356"

static void two_builds_at_once_are_refused(void **state)
{
    const struct vn_prefix prefix = fixture_prefix(PREFIX);
    const struct vn_index_info info = fixture_info(prefix);
    struct vn_index_writer *first = NULL;
    struct vn_index_writer *second = NULL;
    struct vn_error error;

    (void)state;
    assert_int_equal(index_writer_new("a.mdb", &info, &first, NULL), VN_OK);
    assert_int_equal(index_writer_new("a.mdb", &info, &second, &error), VN_IO);
    assert_non_null(strstr(error.message, "another build"));
    assert_null(second);
    assert_int_equal(fixture_append(first, 1, prefix, 10000), VN_OK);
    assert_int_equal(index_writer_new("a.mdb", &info, &second, NULL), VN_IO);
    assert_int_equal(vn_index_publish(first, NULL), VN_OK);
    assert_true(fixture_holds("a.mdb", 1, PREFIX));
    assert_int_equal(fixture_build("a.mdb", 2, PREFIX, NULL), VN_OK);
    assert_true(fixture_holds("a.mdb", 2, PREFIX));
}

static void a_discarded_build_leaves_nothing(void **state)
{
    const struct vn_index_info info = fixture_info(fixture_prefix(PREFIX));
    struct vn_index_writer *writer = NULL;

    (void)state;
    assert_int_equal(fixture_build("a.mdb", 1, PREFIX, NULL), VN_OK);
    assert_int_equal(index_writer_new("a.mdb", &info, &writer, NULL), VN_OK);
    assert_true(fixture_exists("a.mdb.building"));
    vn_index_discard(writer);
    vn_index_discard(NULL);
    assert_false(fixture_exists("a.mdb.building"));
    assert_true(fixture_holds("a.mdb", 1, PREFIX));
}

/* Appends 'context' blocks and dies. */
static int die_after(void *context)
{
    static const struct vn_record records[VN_BLOCK_SUFFIXES];
    const uint32_t blocks = *(const uint32_t *)context;
    const struct vn_index_info info = fixture_info(fixture_prefix("3"));
    struct vn_index_writer *writer = NULL;

    if (index_writer_new("a.mdb", &info, &writer, NULL) != VN_OK) {
        return 1;
    }
    for (uint32_t i = 0; i < blocks; i++) {
        if (vn_index_append(writer, 3000000 + i * VN_BLOCK_SUFFIXES, records,
                            VN_BLOCK_SUFFIXES) != VN_OK) {
            return 2;
        }
    }
    (void)raise(SIGKILL);
    return 3;
}

static void a_killed_build_leaves_the_old_index(void **state)
{
    static const uint32_t moments[] = {0, 1, 1999, 2001, 4100, 10000};

    (void)state;
    assert_int_equal(fixture_build("a.mdb", 1, PREFIX, NULL), VN_OK);
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        uint32_t blocks = moments[i];
        assert_int_equal(fixture_fork(die_after, &blocks),
                         FIXTURE_SIGNAL + SIGKILL);
        assert_true(fixture_exists("a.mdb.building"));
        assert_true(fixture_holds("a.mdb", i, PREFIX) ||
                    fixture_holds("a.mdb", 1, PREFIX));
        assert_int_equal(fixture_build("a.mdb", i, PREFIX, NULL), VN_OK);
        assert_false(fixture_exists("a.mdb.building"));
        assert_true(fixture_holds("a.mdb", i, PREFIX));
        assert_int_equal(fixture_build("a.mdb", 1, PREFIX, NULL), VN_OK);
    }
}

static void any_left_over_is_cleaned(void **state)
{
    size_t expected_size = 0;
    size_t size = 0;

    (void)state;
    assert_int_equal(fixture_build("a.mdb", 1, PREFIX, NULL), VN_OK);
    uint8_t *expected = fixture_load("a.mdb", &expected_size);
    fixture_store("b.mdb.building", "not an index", 12);
    assert_int_equal(fixture_build("b.mdb", 1, PREFIX, NULL), VN_OK);
    uint8_t *found = fixture_load("b.mdb", &size);
    assert_int_equal(size, expected_size);
    assert_memory_equal(found, expected, size);
    free(found);
    free(expected);
}

static void a_link_in_place_of_the_left_over_is_refused(void **state)
{
    (void)state;
    fixture_store("precious", "precious", 8);
    assert_int_equal(symlink("precious", "d.mdb.building"), 0);
    assert_int_equal(fixture_build("d.mdb", 1, PREFIX, NULL), VN_IO);
    size_t size = 0;
    uint8_t *precious = fixture_load("precious", &size);
    assert_int_equal(size, 8);
    free(precious);
    assert_int_equal(unlink("d.mdb.building"), 0);
}

static void the_file_behind_a_link_is_replaced(void **state)
{
    struct stat file;

    (void)state;
    assert_int_equal(mkdir("real", 0755), 0);
    assert_int_equal(symlink("real/a.mdb", "link.mdb"), 0);
    assert_int_equal(fixture_build("link.mdb", 1, PREFIX, NULL), VN_INVALID);
    assert_int_equal(fixture_build("real/a.mdb", 1, PREFIX, NULL), VN_OK);
    assert_int_equal(fixture_build("link.mdb", 2, PREFIX, NULL), VN_OK);
    assert_true(fixture_holds("real/a.mdb", 2, PREFIX));
    assert_int_equal(lstat("link.mdb", &file), 0);
    assert_true(S_ISLNK(file.st_mode));
    assert_int_equal(unlink("real/a.mdb"), 0);
    assert_int_equal(rmdir("real"), 0);
    assert_int_equal(unlink("link.mdb"), 0);
}

static void what_is_no_file_is_refused(void **state)
{
    static const char *const wrong[] = {"",       "folder",    "folder/",
                                        "none/a", "/dev/null", "a.file/a"};

    (void)state;
    assert_int_equal(mkdir("folder", 0755), 0);
    fixture_store("a.file", "x", 1);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct vn_error error = {.status = VN_OK};
        assert_int_equal(fixture_build(wrong[i], 1, PREFIX, &error),
                         VN_INVALID);
        assert_int_equal(error.status, VN_INVALID);
        assert_string_not_equal(error.message, "");
    }
    assert_false(fixture_exists("folder.building"));
    assert_int_equal(rmdir("folder"), 0);
}

static int build_without_permission(void *context)
{
    struct vn_error error;

    (void)context;
    fixture_drop_rights();
    return fixture_build("locked/a.mdb", 1, PREFIX, &error) == VN_IO &&
                   error.sys_errno == EACCES
               ? 0
               : 1;
}

static void a_folder_without_permission_is_told(void **state)
{
    (void)state;
    assert_int_equal(mkdir("locked", 0555), 0);
    assert_int_equal(fixture_fork(build_without_permission, NULL), 0);
    assert_int_equal(rmdir("locked"), 0);
}

/* Builds where no file may grow past '*context' bytes. */
static int build_within(void *context)
{
    const rlim_t size = *(const rlim_t *)context;
    const struct rlimit limit = {size, size};
    struct vn_error error;

    (void)signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) {
        return 1;
    }
    const enum vn_status status = fixture_build("a.mdb", 2, "35693", &error);
    if (status == VN_OK) {
        return 2;
    }
    return status == VN_IO && error.sys_errno == EFBIG ? 0 : 3;
}

static void no_space_at_any_byte_leaves_the_old_index(void **state)
{
    size_t size = 0;

    (void)state;
    assert_int_equal(fixture_build("a.mdb", 2, "35693", NULL), VN_OK);
    free(fixture_load("a.mdb", &size));
    assert_int_equal(fixture_build("a.mdb", 1, "35693", NULL), VN_OK);
    for (rlim_t limit = 0; limit < size; limit += 1500) {
        assert_int_equal(fixture_fork(build_within, &limit), 0);
        assert_false(fixture_exists("a.mdb.building"));
        assert_true(fixture_holds("a.mdb", 1, "35693"));
    }
    rlim_t one_less = size - 1;
    assert_int_equal(fixture_fork(build_within, &one_less), 0);
    rlim_t enough = size;
    assert_int_equal(fixture_fork(build_within, &enough), 2);
    assert_true(fixture_holds("a.mdb", 2, "35693"));
}

/* Like build_within(), but past the first commits. */
static int build_large_within(void *context)
{
    const rlim_t size = *(const rlim_t *)context;
    const struct rlimit limit = {size, size};
    struct vn_error error;

    (void)signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) {
        return 1;
    }
    return fixture_build("a.mdb", 2, "3", &error) == VN_IO &&
                   error.sys_errno == EFBIG
               ? 0
               : 2;
}

static void no_space_while_appending_leaves_the_old_index(void **state)
{
    rlim_t limit = 9 * 1024 * 1024 + 123;

    (void)state;
    assert_int_equal(fixture_build("a.mdb", 1, PREFIX, NULL), VN_OK);
    assert_int_equal(fixture_fork(build_large_within, &limit), 0);
    assert_false(fixture_exists("a.mdb.building"));
    assert_true(fixture_holds("a.mdb", 1, PREFIX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_builds_at_once_are_refused),
        cmocka_unit_test(a_discarded_build_leaves_nothing),
        cmocka_unit_test(a_killed_build_leaves_the_old_index),
        cmocka_unit_test(any_left_over_is_cleaned),
        cmocka_unit_test(a_link_in_place_of_the_left_over_is_refused),
        cmocka_unit_test(the_file_behind_a_link_is_replaced),
        cmocka_unit_test(what_is_no_file_is_refused),
        cmocka_unit_test(a_folder_without_permission_is_told),
        cmocka_unit_test(no_space_at_any_byte_leaves_the_old_index),
        cmocka_unit_test(no_space_while_appending_leaves_the_old_index),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
