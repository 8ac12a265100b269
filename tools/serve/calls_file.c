/* calls_file.c: calls in LMDB, under numbers that only grow. */
#include "calls_file.h"

#include "calls_check.h"
#include "calls_value.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of the map: room for each call thrice, as pages are freed a step later. */
#define MAP_BYTES_LEAST ((size_t)4 << 20)
#define MAP_BYTES_CALL ((size_t)1 << 10)
#define OWNER_ONLY 0600
/* What liblmdb takes for its locks, with its own number of readers. */
#define LOCK_BYTES 8192

struct calls_file {
    const char *path;
    unsigned kept;
    MDB_env *env;
    MDB_dbi calls;
};

static enum vn_status file_error(const struct calls_file *file, int rc,
                                 const char *what, struct vn_error *error)
{
    switch (rc) {
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
    case MDB_CORRUPTED:
    case MDB_INCOMPATIBLE:
        return vn_error_set(error, VN_INVALID,
                            "'%s' is no log of calls, or damaged; move it "
                            "away, or name another one with --log",
                            file->path);
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case EACCES:
    case EROFS:
    case ENODEV:
        return vn_error_set(error, VN_INVALID,
                            "cannot %s '%s': %s; name another file with "
                            "--log, or keep no calls with --no-log",
                            what, file->path, strerror(rc));
    default:
        break;
    }
    if (rc > 0) {
        return vn_error_system(error, rc, "cannot %s '%s'", what, file->path);
    }
    return vn_error_set(error, VN_IO, "cannot %s '%s': %s", what, file->path,
                        mdb_strerror(rc));
}

/* ---- Writing ------------------------------------------------------------ */

/* The number under which the next call is kept. */
static int next_number(MDB_cursor *cursor, size_t *number)
{
    MDB_val key;
    MDB_val value;
    const int rc = mdb_cursor_get(cursor, &key, &value, MDB_LAST);

    *number = 1;
    if (rc == MDB_NOTFOUND) {
        return 0;
    }
    if (rc == 0) {
        memcpy(number, key.mv_data, sizeof(*number));
        (*number)++;
    }
    return rc;
}

static int append(MDB_cursor *cursor, const struct call *calls, size_t count)
{
    unsigned char bytes[CALLS_VALUE_MAX];
    size_t number;
    int rc = next_number(cursor, &number);

    for (size_t i = 0; rc == 0 && i < count; i++) {
        MDB_val key = {sizeof(number), &number};
        MDB_val value = {calls_value_encode(&calls[i], bytes), bytes};

        rc = mdb_cursor_put(cursor, &key, &value, MDB_APPEND);
        number++;
    }
    return rc;
}

static int trim(MDB_txn *txn, const struct calls_file *file, MDB_cursor *cursor)
{
    MDB_stat stat;
    int rc = mdb_stat(txn, file->calls, &stat);

    while (rc == 0 && stat.ms_entries > file->kept) {
        MDB_val key;
        MDB_val value;

        rc = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
        if (rc == 0) {
            rc = mdb_cursor_del(cursor, 0);
        }
        stat.ms_entries--;
    }
    return rc;
}

enum vn_status calls_file_add(struct calls_file *file, const struct call *calls,
                              size_t count, struct vn_error *error)
{
    MDB_txn *txn = NULL;
    MDB_cursor *cursor = NULL;
    int rc = mdb_txn_begin(file->env, NULL, 0, &txn);

    if (rc == 0) {
        rc = mdb_cursor_open(txn, file->calls, &cursor);
    }
    if (rc == 0) {
        rc = append(cursor, calls, count);
    }
    if (rc == 0) {
        rc = trim(txn, file, cursor);
    }
    if (cursor != NULL) {
        mdb_cursor_close(cursor);
    }
    if (rc == 0) {
        rc = mdb_txn_commit(txn);
    } else {
        mdb_txn_abort(txn); // accepts NULL
    }
    return rc == 0 ? VN_OK : file_error(file, rc, "write", error);
}

/* ---- Reading ------------------------------------------------------------ */

static int read_newest(MDB_cursor *cursor, struct call *calls, size_t most,
                       size_t *count)
{
    MDB_val key;
    MDB_val value;
    int rc = mdb_cursor_get(cursor, &key, &value, MDB_LAST);

    *count = 0;
    while (rc == 0 && *count < most) {
        if (!calls_value_decode(value.mv_data, value.mv_size, &calls[*count])) {
            return MDB_CORRUPTED;
        }
        (*count)++;
        rc = mdb_cursor_get(cursor, &key, &value, MDB_PREV);
    }
    return rc == MDB_NOTFOUND ? 0 : rc;
}

enum vn_status calls_file_read(struct calls_file *file, struct call *calls,
                               size_t most, size_t *count,
                               struct vn_error *error)
{
    MDB_txn *txn = NULL;
    MDB_cursor *cursor = NULL;
    int rc = mdb_txn_begin(file->env, NULL, MDB_RDONLY, &txn);

    if (rc == 0) {
        rc = mdb_cursor_open(txn, file->calls, &cursor);
    }
    if (rc == 0) {
        rc = read_newest(cursor, calls, most, count);
        mdb_cursor_close(cursor);
    }
    mdb_txn_abort(txn); // accepts NULL
    return rc == 0 ? VN_OK : file_error(file, rc, "read", error);
}

/* ---- Opening ------------------------------------------------------------ */

static int open_database(struct calls_file *file)
{
    MDB_txn *txn = NULL;
    int rc = mdb_txn_begin(file->env, NULL, 0, &txn);

    if (rc == 0) {
        rc = mdb_dbi_open(txn, "calls", MDB_CREATE | MDB_INTEGERKEY,
                          &file->calls);
    }
    if (rc == 0) {
        return mdb_txn_commit(txn);
    }
    mdb_txn_abort(txn); // accepts NULL
    return rc;
}

/* liblmdb maps its file of locks with holes: a full disk would end us. */
static int reserve_locks(const char *path)
{
    char name[PATH_MAX];
    int rc = 0;

    if (snprintf(name, sizeof(name), "%s-lock", path) >= (int)sizeof(name)) {
        return ENAMETOOLONG;
    }
    const int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, OWNER_ONLY);

    // What cannot be opened or reserved at all is liblmdb's to tell.
    if (fd >= 0) {
        rc =
            fallocate(fd, 0, 0, LOCK_BYTES) == 0 || errno != ENOSPC ? 0 : errno;
        close(fd);
    }
    return rc;
}

/* Nothing is made beside what cannot be a log. */
static int check_kind(const char *path)
{
    struct stat found;

    if (stat(path, &found) != 0 || S_ISREG(found.st_mode)) {
        return 0;
    }
    return S_ISDIR(found.st_mode) ? EISDIR : ENODEV;
}

static int open_environment(struct calls_file *file)
{
    int rc = check_kind(file->path);

    if (rc == 0) {
        rc = reserve_locks(file->path);
    }
    if (rc == 0 && !calls_check(file->path)) {
        rc = MDB_CORRUPTED;
    }
    if (rc == 0) {
        rc = mdb_env_create(&file->env);
    }
    if (rc == 0) {
        rc = mdb_env_set_maxdbs(file->env, 1);
    }
    if (rc == 0) {
        rc = mdb_env_set_mapsize(file->env,
                                 MAP_BYTES_LEAST + file->kept * MAP_BYTES_CALL);
    }
    if (rc == 0) {
        rc = mdb_env_open(file->env, file->path, MDB_NOSUBDIR | MDB_NOTLS,
                          OWNER_ONLY);
    }
    return rc == 0 ? open_database(file) : rc;
}

enum vn_status calls_file_open(const char *path, unsigned kept,
                               struct calls_file **out, struct vn_error *error)
{
    struct calls_file *file = calloc(1, sizeof(*file));

    if (file == NULL) {
        return vn_error_set(error, VN_NOMEM, "no memory for '%s'", path);
    }
    file->path = path;
    file->kept = kept;
    const int rc = open_environment(file);

    if (rc != 0) {
        const enum vn_status status = file_error(file, rc, "open", error);

        calls_file_close(file);
        return status;
    }
    *out = file;
    return VN_OK;
}

void calls_file_close(struct calls_file *file)
{
    if (file == NULL) {
        return;
    }
    mdb_env_close(file->env); // accepts NULL
    free(file);
}
