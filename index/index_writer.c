/* index_writer.c: records in order to a new index, published whole. */
#include "index_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

#include "index_file.h"
#include "index_format.h"
#include "index_lmdb.h"
#include "index_meta.h"
#include "index_temp.h"

/*
 * A build in outline:
 *  1. a locked temporary file beside the target (index_temp.h), LMDB over it;
 *  2. blocks appended in order by one cursor per database, COMMIT_BLOCKS to a
 *     transaction, each commit handed to the disk at once;
 *  3. the description, the last commit, LMDB closed;
 *  4. the footer behind the last page of LMDB;
 *  5. sync, rename, sync of the folder.
 * Nothing is synced before step 5: until then nobody can see the file.
 */

/*
 * About 4 MB of blocks. Dirty pages of a transaction are on the heap and are
 * used again by the next, so twice as many leave the cache, and half as many
 * write the inner pages twice as often. A number of blocks, not a time: the
 * pages that a commit touches are part of the bytes of the file.
 */
#define COMMIT_BLOCKS 2000u

/*
 * Address space for LMDB. A block takes 2,048 bytes of its leaf page and, if
 * all its candidates are overdials, 1,024 of another; inner pages add less
 * than 1 in 100. The rest is for the pages that commits leave free.
 */
#define MAP_BYTES_PER_BLOCK ((size_t)3200)
#define MAP_BYTES_MORE ((size_t)16 << 20)

struct vn_index_writer {
    struct index_temp temp;
    MDB_env *env;
    MDB_txn *txn;
    MDB_cursor *records;
    MDB_cursor *tails;
    struct index_databases databases;
    struct vn_index_info info;
    struct vn_overlay *overlays; /* what 'info' points at */
    struct index_counts counts;
    XXH3_state_t *hash; /* over the hashes of all values */
    uint32_t next;      /* suffix that must come next */
    uint32_t end;
    uint32_t blocks_in_txn;
    off_t handed_over; /* bytes of the file that the disk was told of */
    struct vn_record block[VN_BLOCK_SUFFIXES]; /* of a part of a block */
    struct vn_error error;                     /* of the first failure */
};

static enum vn_status failed(struct vn_index_writer *writer, int rc)
{
    return index_lmdb_error(&writer->error, rc, VN_IO, "write",
                            writer->temp.target);
}

/* ---- Transactions ------------------------------------------------------- */

static enum vn_status begin(struct vn_index_writer *writer, unsigned flags)
{
    int rc = mdb_txn_begin(writer->env, NULL, 0, &writer->txn);

    if (rc != 0) {
        writer->txn = NULL;
        return failed(writer, rc);
    }
    if (flags != 0) {
        rc = index_databases_open(writer->txn, flags, &writer->databases);
    }
    if (rc == 0) {
        rc = mdb_cursor_open(writer->txn, writer->databases.records,
                             &writer->records);
    }
    if (rc == 0) {
        rc = mdb_cursor_open(writer->txn, writer->databases.tails,
                             &writer->tails);
    }
    return rc == 0 ? VN_OK : failed(writer, rc);
}

/* LMDB says EIO or ENOSPC for any write cut short: ask for the reason. */
static int reason_of(const struct vn_index_writer *writer, int rc)
{
    static const uint8_t page[INDEX_FOOTER_SIZE];
    struct stat file;

    if ((rc != EIO && rc != ENOSPC) || fstat(writer->temp.fd, &file) != 0) {
        return rc;
    }
    const int reason = index_file_write(writer->temp.fd, page, sizeof page,
                                        (uint64_t)file.st_size);
    return reason != 0 ? reason : rc;
}

static enum vn_status commit(struct vn_index_writer *writer)
{
    struct stat file;
    const int rc = mdb_txn_commit(writer->txn);

    writer->txn = NULL; // gone, and its cursors, whatever the result
    writer->blocks_in_txn = 0;
    if (rc != 0) {
        return failed(writer, reason_of(writer, rc));
    }
    // A hint only: the disk writes while the engine computes.
    if (fstat(writer->temp.fd, &file) == 0) {
        (void)sync_file_range(writer->temp.fd, writer->handed_over, 0,
                              SYNC_FILE_RANGE_WRITE);
        writer->handed_over = file.st_size;
    }
    return VN_OK;
}

/* ---- Blocks ------------------------------------------------------------- */

static int put_tails(struct vn_index_writer *writer, uint32_t key,
                     const struct vn_record *records)
{
    struct {
        uint64_t hash;
        uint16_t tails[INDEX_BLOCK_CODES];
    } value;
    const unsigned count = index_tails_gather(records, value.tails);

    if (count == 0) {
        return 0;
    }
    MDB_val name = index_val(&key, sizeof key);
    MDB_val data = index_val(&value, INDEX_HASH_SIZE + count * INDEX_TAIL_SIZE);
    index_seal((uint8_t *)&value, data.mv_size, key);
    (void)XXH3_64bits_update(writer->hash, &value.hash, INDEX_HASH_SIZE);
    return mdb_cursor_put(writer->tails, &name, &data, MDB_APPEND);
}

static int put_records(struct vn_index_writer *writer, uint32_t key,
                       const struct vn_record *records)
{
    MDB_val name = index_val(&key, sizeof key);
    MDB_val data = {.mv_size = INDEX_BLOCK_SIZE, .mv_data = NULL};
    const int rc =
        mdb_cursor_put(writer->records, &name, &data, MDB_APPEND | MDB_RESERVE);

    if (rc == 0) {
        index_block_encode(records, key, data.mv_data);
        index_block_count(data.mv_data, &writer->counts);
        (void)XXH3_64bits_update(writer->hash, data.mv_data, INDEX_HASH_SIZE);
    }
    return rc;
}

static enum vn_status put_block(struct vn_index_writer *writer, uint32_t key,
                                const struct vn_record *records)
{
    if (writer->blocks_in_txn == COMMIT_BLOCKS) {
        enum vn_status status = commit(writer);
        if (status == VN_OK) {
            status = begin(writer, 0);
        }
        if (status != VN_OK) {
            return status;
        }
    }
    int rc = put_records(writer, key, records);
    if (rc == 0) {
        rc = put_tails(writer, key, records);
    }
    writer->blocks_in_txn++;
    return rc == 0 ? VN_OK : failed(writer, reason_of(writer, rc));
}

/* Takes as many of the records as lie in one block; '*taken' of them. */
static enum vn_status take(struct vn_index_writer *writer,
                           const struct vn_record *records, size_t count,
                           size_t *taken)
{
    const uint32_t key = writer->next / VN_BLOCK_SUFFIXES;
    const uint32_t at = writer->next % VN_BLOCK_SUFFIXES;
    const size_t room = VN_BLOCK_SUFFIXES - at;
    enum vn_status status = VN_OK;

    *taken = count < room ? count : room;
    writer->next += (uint32_t)*taken;
    if (*taken == VN_BLOCK_SUFFIXES) {
        return put_block(writer, key, records);
    }
    memcpy(writer->block + at, records, *taken * sizeof *records);
    if (*taken == room || writer->next == writer->end) {
        status = put_block(writer, key, writer->block);
        memset(writer->block, 0, sizeof writer->block);
    }
    return status;
}

enum vn_status vn_index_append(void *context, uint32_t first,
                               const struct vn_record *records, size_t count)
{
    struct vn_index_writer *writer = context;
    size_t taken = 0;

    if (writer->error.status != VN_OK) {
        return writer->error.status;
    }
    if (first != writer->next || count > writer->end - writer->next) {
        return vn_error_set(&writer->error, VN_INVALID,
                            "records %07u and on do not follow on %07u", first,
                            writer->next);
    }
    for (size_t i = 0; i < count; i += taken) {
        const enum vn_status status =
            take(writer, records + i, count - i, &taken);
        if (status != VN_OK) {
            return status;
        }
    }
    return VN_OK;
}

const struct vn_error *
vn_index_writer_error(const struct vn_index_writer *writer)
{
    return &writer->error;
}

/* ---- Beginning ---------------------------------------------------------- */

static int open_env(struct vn_index_writer *writer)
{
    const size_t blocks =
        vn_prefix_count(writer->info.prefix) / VN_BLOCK_SUFFIXES + 1;
    int rc = mdb_env_create(&writer->env);

    if (rc != 0) {
        writer->env = NULL;
        return rc;
    }
    rc = mdb_env_set_maxdbs(writer->env, INDEX_DATABASES);
    if (rc == 0) {
        rc = mdb_env_set_mapsize(writer->env,
                                 blocks * MAP_BYTES_PER_BLOCK + MAP_BYTES_MORE);
    }
    if (rc == 0) {
        rc = mdb_env_open(writer->env, writer->temp.path,
                          MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOSYNC, 0666);
    }
    return rc;
}

static enum vn_status copy_info(struct vn_index_writer *writer,
                                const struct vn_index_info *info)
{
    writer->info = *info;
    writer->info.format = VN_INDEX_FORMAT;
    writer->overlays = calloc(info->overlay_count + 1, sizeof *info->overlays);
    writer->hash = XXH3_createState();
    if (writer->overlays == NULL || writer->hash == NULL) {
        return vn_error_system(&writer->error, ENOMEM, "cannot begin an index");
    }
    if (info->overlay_count > 0) {
        memcpy(writer->overlays, info->overlays,
               info->overlay_count * sizeof *info->overlays);
    }
    writer->info.overlays = writer->overlays;
    (void)XXH3_64bits_reset(writer->hash);
    writer->next = vn_prefix_first(info->prefix);
    writer->end = writer->next + vn_prefix_count(info->prefix);
    writer->info.suffixes = vn_prefix_count(info->prefix);
    return VN_OK;
}

enum vn_status index_writer_new(const char *path,
                                const struct vn_index_info *info,
                                struct vn_index_writer **out,
                                struct vn_error *error)
{
    struct vn_index_writer *writer = calloc(1, sizeof *writer);

    if (writer == NULL) {
        return vn_error_system(error, ENOMEM, "cannot begin an index");
    }
    writer->temp = (struct index_temp){.fd = -1, .folder = -1};
    enum vn_status status = copy_info(writer, info);
    if (status == VN_OK) {
        status = index_temp_open(path, &writer->temp, &writer->error);
    }
    if (status == VN_OK) {
        const int rc = open_env(writer);
        status = rc == 0 ? begin(writer, MDB_CREATE)
                         : failed(writer, reason_of(writer, rc));
    }
    if (status != VN_OK) {
        if (error != NULL) {
            *error = writer->error;
        }
        vn_index_discard(writer);
        return status;
    }
    *out = writer;
    return VN_OK;
}

/* ---- Ending ------------------------------------------------------------- */

static enum vn_status put_meta(struct vn_index_writer *writer)
{
    writer->info.with_spelling = writer->counts.with_spelling;
    writer->info.candidates = writer->counts.candidates;
    writer->info.overdials = writer->counts.overdials;
    writer->info.records_hash = XXH3_64bits_digest(writer->hash);
    const int rc =
        index_meta_write(writer->txn, writer->databases.meta, &writer->info);
    return rc == 0 ? VN_OK : failed(writer, rc);
}

/* Closes LMDB and tells how long its part of the file is. */
static enum vn_status close_env(struct vn_index_writer *writer,
                                struct index_footer *footer)
{
    MDB_envinfo info;
    MDB_stat stat;
    int rc = mdb_env_info(writer->env, &info);

    if (rc == 0) {
        rc = mdb_env_stat(writer->env, &stat);
    }
    if (rc != 0) {
        return failed(writer, rc);
    }
    mdb_env_close(writer->env);
    writer->env = NULL;
    footer->format = VN_INDEX_FORMAT;
    footer->page_size = stat.ms_psize;
    footer->size = (uint64_t)(info.me_last_pgno + 1) * stat.ms_psize;
    // The last page may have been taken and never written.
    if (ftruncate(writer->temp.fd, (off_t)footer->size) != 0) {
        return failed(writer, errno);
    }
    return VN_OK;
}

static enum vn_status put_footer(struct vn_index_writer *writer,
                                 struct index_footer *footer)
{
    uint8_t page[INDEX_FOOTER_SIZE];
    const int fd = writer->temp.fd;
    int error = index_file_hash(fd, (uint64_t)footer->page_size * 2, NULL,
                                footer->head_hash);

    if (error == 0) {
        error = index_file_hash(fd, footer->size, NULL, footer->file_hash);
    }
    if (error == 0) {
        index_footer_encode(footer, page);
        error = index_file_write(fd, page, sizeof page, footer->size);
    }
    return error == 0 ? VN_OK : failed(writer, error);
}

static enum vn_status finish(struct vn_index_writer *writer)
{
    struct index_footer footer = {0};

    if (writer->error.status != VN_OK) {
        return writer->error.status;
    }
    if (writer->next != writer->end) {
        return vn_error_set(&writer->error, VN_INVALID,
                            "records are missing from %07u on", writer->next);
    }
    enum vn_status status = put_meta(writer);
    if (status == VN_OK) {
        status = commit(writer);
    }
    if (status == VN_OK) {
        status = close_env(writer, &footer);
    }
    if (status == VN_OK) {
        status = put_footer(writer, &footer);
    }
    if (status == VN_OK) {
        status = index_temp_publish(&writer->temp, &writer->error);
    }
    return status;
}

enum vn_status vn_index_publish(struct vn_index_writer *writer,
                                struct vn_error *error)
{
    const enum vn_status status = finish(writer);

    if (status != VN_OK && error != NULL) {
        *error = writer->error;
    }
    vn_index_discard(writer);
    return status;
}

void vn_index_discard(struct vn_index_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    mdb_txn_abort(writer->txn); // accepts NULL
    if (writer->env != NULL) {
        mdb_env_close(writer->env);
    }
    index_temp_close(&writer->temp);
    (void)XXH3_freeState(writer->hash);
    free(writer->overlays);
    free(writer);
}
