/* index_verify.c: every byte of an index: first the file, then its meaning. */
#include "index_reader.h"

#include <errno.h>
#include <stdlib.h>

#include <xxhash.h>

#include "index_meta.h"

/*
 *  1. Footer and hash over the whole file, read and not mapped: what passes
 *     has the bytes that were published, and LMDB can walk it without fault.
 *  2. The databases and their numbers of entries.
 *  3. All blocks in order, with their tails: hashes, codes, counts. This
 *     finds what a writer did wrong, and files made by somebody else.
 */

struct verifier {
    struct vn_index *index;
    struct vn_reader *reader;
    struct index_counts counts;
    XXH3_state_t *hash; /* over the hashes of all values */
    size_t tails;       /* blocks that have tails */
    struct index_progress progress;
    struct vn_error *error;
};

static enum vn_status damaged(const struct verifier *v, const char *what)
{
    return vn_error_set(v->error, VN_CORRUPT, "'%s' is damaged: %s",
                        v->index->path, what);
}

/* Step 1, for a file that may not be open in LMDB. */
static enum vn_status check_file(struct vn_index *index,
                                 struct index_progress *progress,
                                 struct vn_error *error)
{
    uint8_t hash[INDEX_FILE_HASH_SIZE];
    const enum vn_status status = index_file_check(index, error);

    if (status != VN_OK) {
        return status;
    }
    progress->total += index->footer.size;
    const int failed =
        index_file_hash(index->fd, index->footer.size, progress, hash);
    if (failed == ECANCELED) {
        return vn_error_set(error, VN_STOPPED, "stopped");
    }
    if (failed != 0) {
        return vn_error_system(error, failed, "cannot read '%s'", index->path);
    }
    if (memcmp(hash, index->footer.file_hash, sizeof hash) != 0) {
        return vn_error_set(
            error, VN_CORRUPT,
            "'%s' is damaged: its bytes do not have the hash that it states",
            index->path);
    }
    return VN_OK;
}

static bool has_entries(MDB_txn *txn, MDB_dbi dbi, size_t entries)
{
    MDB_stat stat;

    return mdb_stat(txn, dbi, &stat) == 0 && stat.ms_entries == entries;
}

static enum vn_status check_databases(const struct verifier *v)
{
    const struct vn_index *index = v->index;
    MDB_txn *txn = v->reader->txn;
    MDB_stat stat;

    if (mdb_env_stat(index->env, &stat) != 0 ||
        stat.ms_entries != INDEX_DATABASES) {
        return damaged(v, "it has databases that are not of the format");
    }
    if (!has_entries(txn, index->databases.meta,
                     index_meta_entries(&index->info))) {
        return damaged(v, "its description has unknown entries");
    }
    // Each block is looked up by its key, so with this there are no others.
    if (!has_entries(txn, index->databases.records, index->block_count)) {
        return damaged(v, "it has too few or too many blocks");
    }
    return VN_OK;
}

/* Candidates of a suffix stand before the empty ones and can be spelled. */
static bool is_good(uint32_t suffix, const struct vn_record *record)
{
    struct vn_spelling spelling;
    bool ended = false;

    for (unsigned i = 0; i < VN_CANDIDATES; i++) {
        const uint32_t code = record->codes[i];
        ended = ended || code == 0;
        if (ended ? code != 0 || record->tails[i] != 0
                  : vn_spell(suffix, code, record->tails[i], &spelling) !=
                        VN_OK) {
            return false;
        }
    }
    return true;
}

static enum vn_status check_records(const struct verifier *v, uint32_t block,
                                    const struct vn_record *records)
{
    const struct vn_record none = {{0}, {0}};

    for (unsigned i = 0; i < VN_BLOCK_SUFFIXES; i++) {
        const uint32_t suffix = block * VN_BLOCK_SUFFIXES + i;
        const bool inside = vn_prefix_holds(v->index->info.prefix, suffix);
        if (inside ? !is_good(suffix, &records[i])
                   : !vn_record_equal(&records[i], &none)) {
            return vn_error_set(v->error, VN_CORRUPT,
                                "'%s' is damaged: wrong record of suffix %07u",
                                v->index->path, suffix);
        }
    }
    return VN_OK;
}

/* That they are as many as the overdials was checked when they were read. */
static void count_tails(struct verifier *v, uint64_t overdials)
{
    if (overdials > 0) {
        v->tails++;
        (void)XXH3_64bits_update(v->hash, v->reader->tails_at, INDEX_HASH_SIZE);
    }
}

static enum vn_status check_block(struct verifier *v, uint32_t block)
{
    struct vn_record records[VN_BLOCK_SUFFIXES];
    const uint64_t before = v->counts.overdials;
    const enum vn_status status =
        vn_reader_block(v->reader, block, records, v->error);

    if (status != VN_OK) {
        return status;
    }
    index_block_count(v->reader->records_at, &v->counts);
    (void)XXH3_64bits_update(v->hash, v->reader->records_at, INDEX_HASH_SIZE);
    count_tails(v, v->counts.overdials - before);
    return check_records(v, block, records);
}

static enum vn_status check_blocks(struct verifier *v)
{
    const struct vn_index *index = v->index;

    for (uint32_t i = 0; i < index->block_count; i++) {
        const enum vn_status status = check_block(v, index->first_block + i);
        if (status != VN_OK) {
            return status;
        }
        if (!index_progress_add(&v->progress, INDEX_BLOCK_SIZE)) {
            return vn_error_set(v->error, VN_STOPPED, "stopped");
        }
    }
    return VN_OK;
}

static enum vn_status check_totals(const struct verifier *v)
{
    const struct vn_index *index = v->index;
    const struct vn_index_info *info = &index->info;

    if (!has_entries(v->reader->txn, index->databases.tails, v->tails)) {
        return damaged(v, "it has tails of blocks that need none");
    }
    if (XXH3_64bits_digest(v->hash) != info->records_hash) {
        return damaged(v, "its records do not have the hash that it states");
    }
    if (v->counts.with_spelling != info->with_spelling ||
        v->counts.candidates != info->candidates ||
        v->counts.overdials != info->overdials) {
        return damaged(v, "its records are not as many as it states");
    }
    return VN_OK;
}

static enum vn_status verify(struct verifier *v)
{
    enum vn_status status = check_file(v->index, &v->progress, v->error);

    if (status == VN_OK) {
        status = vn_reader_new(v->index, &v->reader, v->error);
    }
    if (status == VN_OK) {
        status = check_databases(v);
    }
    if (status == VN_OK) {
        status = check_blocks(v);
    }
    if (status == VN_OK) {
        status = check_totals(v);
    }
    return status;
}

enum vn_status vn_index_verify(struct vn_index *index, vn_progress_fn progress,
                               void *context, struct vn_error *error)
{
    struct verifier v = {
        .index = index,
        .hash = XXH3_createState(),
        .progress = {.report = progress,
                     .context = context,
                     .total = (uint64_t)index->block_count * INDEX_BLOCK_SIZE},
        .error = error,
    };

    if (v.hash == NULL) {
        return vn_error_system(error, ENOMEM, "cannot verify '%s'",
                               index->path);
    }
    (void)XXH3_64bits_reset(v.hash);
    const enum vn_status status = verify(&v);
    vn_reader_free(v.reader);
    (void)XXH3_freeState(v.hash);
    return status;
}

enum vn_status vn_index_check(const char *path, vn_progress_fn progress,
                              void *context, struct vn_error *error)
{
    struct index_progress steps = {.report = progress, .context = context};
    struct vn_index *index = calloc(1, sizeof *index);

    if (index == NULL) {
        return vn_error_system(error, ENOMEM, "cannot verify '%s'", path);
    }
    enum vn_status status = index_file_open(index, path, error);
    if (status == VN_OK) {
        status = check_file(index, &steps, error);
    }
    vn_index_close(index);
    return status;
}
