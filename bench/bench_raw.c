/* bench_raw.c: what LMDB and write(2) take for the bytes of an index. */
#include "bench_raw.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lmdb.h>

/* Blocks of a transaction, as the index has it. */
#define BATCH_BLOCKS 2000u
/* Two databases with one value of at most a page for each block. */
#define BATCH_VALUES (BATCH_BLOCKS * 2)
#define VALUE_MAX ((size_t)2048)
#define DATABASES 2u
/* Address space for each block; a third of it is used. */
#define MAP_BYTES_PER_BLOCK ((size_t)8192)
#define MAP_BYTES_MORE ((size_t)64 << 20)
/* Bytes of one write(2): more gain nothing. */
#define WRITE_SIZE ((size_t)1 << 20)

static const char *const names[DATABASES] = {"records", "tails"};

/* An environment with both databases, and a cursor in each. */
struct raw {
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi databases[DATABASES];
    MDB_cursor *cursors[DATABASES];
};

/* A value, and the database where it belongs. */
struct value {
    unsigned database;
    uint32_t key;
    size_t size;
    uint8_t *data; /* in 'bytes' of the batch */
};

/* The values of one transaction, in the order in which they are written. */
struct batch {
    size_t count;
    size_t used; /* of 'bytes' */
    struct value values[BATCH_VALUES];
    uint8_t bytes[BATCH_VALUES * VALUE_MAX];
};

struct raw_source {
    struct raw raw;
    size_t block_count;
    bool ended[DATABASES];
    MDB_val key[DATABASES]; /* where the cursors stand */
    MDB_val data[DATABASES];
    struct batch batch;
};

static enum vn_status failed(struct vn_error *error, int rc, const char *path)
{
    if (rc > 0) {
        return vn_error_system(error, rc, "LMDB fails on '%s'", path);
    }
    return vn_error_set(error, VN_IO, "LMDB fails on '%s': %s", path,
                        mdb_strerror(rc));
}

/* ---- Environments ------------------------------------------------------ */

static int begin(struct raw *raw, unsigned txn_flags, unsigned dbi_flags)
{
    int rc = mdb_txn_begin(raw->env, NULL, txn_flags, &raw->txn);

    if (rc != 0) {
        raw->txn = NULL;
    }
    for (unsigned i = 0; rc == 0 && i < DATABASES; i++) {
        rc = mdb_dbi_open(raw->txn, names[i], dbi_flags, &raw->databases[i]);
        if (rc == 0) {
            rc = mdb_cursor_open(raw->txn, raw->databases[i], &raw->cursors[i]);
        }
    }
    return rc;
}

static int open_env(struct raw *raw, const char *path, size_t map_size,
                    unsigned flags)
{
    int rc = mdb_env_create(&raw->env);

    if (rc != 0) {
        raw->env = NULL;
        return rc;
    }
    rc = mdb_env_set_maxdbs(raw->env, DATABASES + 1);
    if (rc == 0 && map_size > 0) {
        rc = mdb_env_set_mapsize(raw->env, map_size);
    }
    return rc == 0 ? mdb_env_open(raw->env, path,
                                  MDB_NOSUBDIR | MDB_NOLOCK | flags, 0666)
                   : rc;
}

static void close_raw(struct raw *raw)
{
    for (unsigned i = 0; i < DATABASES; i++) {
        if (raw->cursors[i] != NULL) {
            mdb_cursor_close(raw->cursors[i]); // an end leaves those of reads
            raw->cursors[i] = NULL;
        }
    }
    mdb_txn_abort(raw->txn); // accepts NULL
    raw->txn = NULL;
    if (raw->env != NULL) {
        mdb_env_close(raw->env);
        raw->env = NULL;
    }
}

/* ---- The source -------------------------------------------------------- */

static int move(struct raw_source *source, unsigned database, MDB_cursor_op op)
{
    const int rc =
        mdb_cursor_get(source->raw.cursors[database], &source->key[database],
                       &source->data[database], op);

    source->ended[database] = rc != 0;
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static int rewind_source(struct raw_source *source)
{
    int rc = 0;

    for (unsigned i = 0; rc == 0 && i < DATABASES; i++) {
        rc = move(source, i, MDB_FIRST);
    }
    return rc;
}

enum vn_status raw_source_open(const char *path, struct raw_source **out,
                               struct vn_error *error)
{
    struct raw_source *source = calloc(1, sizeof(*source));
    MDB_stat stat = {0};

    if (source == NULL) {
        return vn_error_set(error, VN_NOMEM, "out of memory");
    }
    int rc = open_env(&source->raw, path, 0, MDB_RDONLY);
    if (rc == 0) {
        rc = begin(&source->raw, MDB_RDONLY, 0);
    }
    if (rc == 0) {
        rc = mdb_stat(source->raw.txn, source->raw.databases[0], &stat);
    }
    if (rc != 0) {
        raw_source_close(source);
        return failed(error, rc, path);
    }
    source->block_count = stat.ms_entries;
    *out = source;
    return VN_OK;
}

void raw_source_close(struct raw_source *source)
{
    if (source != NULL) {
        close_raw(&source->raw);
        free(source);
    }
}

static uint32_t key_of(MDB_val key)
{
    uint32_t number = 0;

    memcpy(&number, key.mv_data, sizeof(number));
    return number;
}

/* Copies the value where the cursor stands to the batch, and goes on. */
static int take_value(struct raw_source *source, unsigned database)
{
    struct batch *batch = &source->batch;
    const MDB_val data = source->data[database];

    if (data.mv_size > VALUE_MAX) {
        return MDB_BAD_VALSIZE;
    }
    uint8_t *copy = batch->bytes + batch->used;

    memcpy(copy, data.mv_data, data.mv_size);
    batch->values[batch->count++] =
        (struct value){.database = database,
                       .key = key_of(source->key[database]),
                       .size = data.mv_size,
                       .data = copy};
    batch->used += data.mv_size;
    return move(source, database, MDB_NEXT);
}

/* The values of the next blocks; none at the end. */
static int next_batch(struct raw_source *source)
{
    int rc = 0;

    source->batch.count = 0;
    source->batch.used = 0;
    for (unsigned i = 0; rc == 0 && i < BATCH_BLOCKS && !source->ended[0];
         i++) {
        const uint32_t block = key_of(source->key[0]);

        rc = take_value(source, 0);
        if (rc == 0 && !source->ended[1] && key_of(source->key[1]) == block) {
            rc = take_value(source, 1);
        }
    }
    return rc;
}

/* ---- LMDB -------------------------------------------------------------- */

static int put_batch(struct raw *raw, struct batch *batch)
{
    int rc = begin(raw, 0, MDB_CREATE | MDB_INTEGERKEY);

    for (size_t i = 0; rc == 0 && i < batch->count; i++) {
        struct value *value = &batch->values[i];
        MDB_val key = {sizeof(value->key), &value->key};
        MDB_val data = {value->size, value->data};

        rc = mdb_cursor_put(raw->cursors[value->database], &key, &data,
                            MDB_APPEND);
    }
    if (rc == 0) {
        rc = mdb_txn_commit(raw->txn);
        raw->txn = NULL; // gone, and its cursors, whatever the result
        memset(raw->cursors, 0, sizeof(raw->cursors));
    }
    return rc;
}

static int put_all(struct raw_source *source, struct raw *raw,
                   struct bench_time *time)
{
    int rc = rewind_source(source);

    while (rc == 0) {
        rc = next_batch(source);
        if (rc != 0 || source->batch.count == 0) {
            break;
        }
        const struct bench_time start = bench_now();

        rc = put_batch(raw, &source->batch);
        *time = bench_sum(*time, bench_since(start));
    }
    return rc;
}

enum vn_status raw_lmdb(struct raw_source *source, const char *path,
                        struct bench_time *time, struct vn_error *error)
{
    struct raw raw = {.env = NULL};
    struct bench_time sum = {0};
    struct bench_time start = bench_now();
    int rc = open_env(
        &raw, path, source->block_count * MAP_BYTES_PER_BLOCK + MAP_BYTES_MORE,
        MDB_NOSYNC);

    sum = bench_since(start);
    if (rc == 0) {
        rc = put_all(source, &raw, &sum);
    }
    start = bench_now();
    if (rc == 0) {
        rc = mdb_env_sync(raw.env, 1);
    }
    close_raw(&raw);
    *time = bench_sum(sum, bench_since(start));
    return rc == 0 ? VN_OK : failed(error, rc, path);
}

static bool batches_equal(const struct batch *a, const struct batch *b)
{
    bool equal = a->count == b->count && a->used == b->used &&
                 memcmp(a->bytes, b->bytes, a->used) == 0;

    for (size_t i = 0; equal && i < a->count; i++) {
        equal = a->values[i].database == b->values[i].database &&
                a->values[i].key == b->values[i].key &&
                a->values[i].size == b->values[i].size;
    }
    return equal;
}

enum vn_status raw_compare(struct raw_source *source, const char *path,
                           struct vn_error *error)
{
    struct raw_source *written = NULL;
    enum vn_status status = raw_source_open(path, &written, error);
    bool equal = true;

    if (status != VN_OK) {
        return status;
    }
    assert(written != NULL);
    int rc = rewind_source(source);
    if (rc == 0) {
        rc = rewind_source(written);
    }
    do {
        if (rc == 0) {
            rc = next_batch(source);
        }
        if (rc == 0) {
            rc = next_batch(written);
        }
        equal = rc != 0 || batches_equal(&source->batch, &written->batch);
    } while (rc == 0 && equal && source->batch.count > 0);
    if (rc != 0) {
        status = failed(error, rc, path);
    } else if (!equal) {
        status =
            vn_error_set(error, VN_CORRUPT, "the raw append has other blocks");
    }
    raw_source_close(written);
    return status;
}

/* ---- write(2) ---------------------------------------------------------- */

static int write_all(int fd, const uint8_t *buffer, uint64_t size)
{
    while (size > 0) {
        const ssize_t done =
            write(fd, buffer, size < WRITE_SIZE ? (size_t)size : WRITE_SIZE);

        if (done < 0 && errno != EINTR) {
            return errno;
        }
        size -= done > 0 ? (uint64_t)done : 0;
    }
    return fsync(fd) == 0 ? 0 : errno;
}

enum vn_status raw_write(const char *path, uint64_t size,
                         struct bench_time *time, struct vn_error *error)
{
    uint8_t *buffer = malloc(WRITE_SIZE);
    uint64_t state = 1;

    if (buffer == NULL) {
        return vn_error_set(error, VN_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < WRITE_SIZE; i += sizeof(state)) {
        const uint64_t random = bench_random(&state);

        memcpy(buffer + i, &random, sizeof(random));
    }
    const struct bench_time start = bench_now();
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    int failure = fd < 0 ? errno : write_all(fd, buffer, size);

    if (fd >= 0 && close(fd) != 0 && failure == 0) {
        failure = errno;
    }
    *time = bench_since(start);
    free(buffer);
    return failure == 0
               ? VN_OK
               : vn_error_system(error, failure, "cannot write '%s'", path);
}
