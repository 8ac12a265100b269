/* calls_file.c: calls in LMDB, under numbers that only grow. */
#include "calls_file.h"

#include <errno.h>
#include <lmdb.h>
#include <stdlib.h>
#include <string.h>

/*
 * A value: version, count of spellings, time (8 bytes, little endian), then
 * number and spellings, each its size in one byte and its text.
 */
#define VALUE_VERSION 1u
#define VALUE_HEAD 10u
#define VALUE_MAX                                                              \
    (VALUE_HEAD + 1 + VN_E164_DIGITS + 2 +                                     \
     ANSWER_SPOKEN * (1 + VN_DISPLAY_SIZE))
/* Of the map: room for each call thrice, as pages are freed a step later. */
#define MAP_BYTES_LEAST ((size_t)4 << 20)
#define MAP_BYTES_CALL ((size_t)1 << 10)
#define OWNER_ONLY 0600
/* The last millisecond whose year has four digits. */
#define TIME_MS_LAST 253402300799999u

struct calls_file {
    const char *path;
    unsigned kept;
    MDB_env *env;
    MDB_dbi calls;
};

static enum vn_status file_error(const struct calls_file *file, int rc,
                                 const char *what, struct vn_error *error)
{
    if (rc == MDB_INVALID || rc == MDB_VERSION_MISMATCH ||
        rc == MDB_CORRUPTED || rc == MDB_INCOMPATIBLE) {
        return vn_error_set(error, VN_INVALID,
                            "'%s' is no log of calls, or damaged; move it "
                            "away, or name another one with --log",
                            file->path);
    }
    if (rc == ENOENT || rc == ENOTDIR || rc == EISDIR) {
        return vn_error_set(error, VN_INVALID, "cannot %s '%s': %s", what,
                            file->path, strerror(rc));
    }
    if (rc > 0) {
        return vn_error_system(error, rc, "cannot %s '%s'", what, file->path);
    }
    return vn_error_set(error, VN_IO, "cannot %s '%s': %s", what, file->path,
                        mdb_strerror(rc));
}

/* ---- Values ------------------------------------------------------------- */

static size_t put_text(unsigned char *out, const char *text)
{
    const struct vn_bytes bytes = {text, strlen(text)};

    out[0] = (unsigned char)bytes.size;
    memcpy(out + 1, bytes.data, bytes.size);
    return 1 + bytes.size;
}

static size_t encode(const struct call *call, unsigned char out[VALUE_MAX])
{
    size_t used = VALUE_HEAD;

    out[0] = VALUE_VERSION;
    out[1] = (unsigned char)call->count;
    for (unsigned i = 0; i < 8; i++) {
        out[2 + i] = (unsigned char)((uint64_t)call->time_ms >> (8 * i));
    }
    used += put_text(out + used, call->number);
    for (unsigned i = 0; i < call->count; i++) {
        used += put_text(out + used, call->spellings[i]);
    }
    return used;
}

/* Reads one text to 'out' of 'room' bytes; returns its bytes, 0 if bad. */
static size_t get_text(const unsigned char *at, size_t left, char *out,
                       size_t room)
{
    if (left == 0 || at[0] >= left || at[0] >= room) {
        return 0;
    }
    memcpy(out, at + 1, at[0]);
    out[at[0]] = '\0';
    return 1 + (size_t)at[0];
}

static bool decode(const MDB_val *value, struct call *call)
{
    const unsigned char *bytes = value->mv_data;
    size_t used = VALUE_HEAD;
    uint64_t time_ms = 0;

    if (value->mv_size < VALUE_HEAD || bytes[0] != VALUE_VERSION ||
        bytes[1] > ANSWER_SPOKEN) {
        return false;
    }
    for (unsigned i = 0; i < 8; i++) {
        time_ms |= (uint64_t)bytes[2 + i] << (8 * i);
    }
    if (time_ms > TIME_MS_LAST) {
        return false;
    }
    *call = (struct call){.time_ms = (int64_t)time_ms, .count = bytes[1]};
    size_t size = get_text(bytes + used, value->mv_size - used, call->number,
                           sizeof(call->number));

    for (unsigned i = 0; size > 0 && i < call->count; i++) {
        used += size;
        size = get_text(bytes + used, value->mv_size - used, call->spellings[i],
                        VN_DISPLAY_SIZE);
    }
    return size > 0;
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
    unsigned char bytes[VALUE_MAX];
    size_t number;
    int rc = next_number(cursor, &number);

    for (size_t i = 0; rc == 0 && i < count; i++) {
        MDB_val key = {sizeof(number), &number};
        MDB_val value = {encode(&calls[i], bytes), bytes};

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
        if (!decode(&value, &calls[*count])) {
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

static int open_environment(struct calls_file *file)
{
    int rc = mdb_env_create(&file->env);

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
