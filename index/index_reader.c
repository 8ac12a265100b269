/* index_reader.c: records by suffix, by block, and all in order. */
#include "index_reader.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#define NO_BLOCK UINT32_MAX

/* Set around the calls of liblmdb that read pages; handlers ask for it. */
static _Thread_local const struct vn_index *volatile reading;

const struct vn_index *vn_index_reading(void)
{
    return reading;
}

/* ---- Readers ------------------------------------------------------------ */

enum vn_status vn_reader_new(struct vn_index *index, struct vn_reader **out,
                             struct vn_error *error)
{
    struct vn_reader *reader = calloc(1, sizeof *reader);

    if (reader == NULL) {
        return vn_error_system(error, ENOMEM, "cannot read '%s'", index->path);
    }
    reader->index = index;
    reader->block = NO_BLOCK;
    reading = index;
    int rc = mdb_txn_begin(index->env, NULL, MDB_RDONLY, &reader->txn);
    if (rc == 0) {
        rc = mdb_cursor_open(reader->txn, index->databases.records,
                             &reader->records);
    }
    if (rc == 0) {
        rc = mdb_cursor_open(reader->txn, index->databases.tails,
                             &reader->tails);
    }
    reading = NULL;
    if (rc != 0) {
        vn_reader_free(reader);
        return index_lmdb_error(error, rc, VN_CORRUPT, "read", index->path);
    }
    *out = reader;
    return VN_OK;
}

void vn_reader_free(struct vn_reader *reader)
{
    if (reader == NULL) {
        return;
    }
    if (reader->tails != NULL) {
        mdb_cursor_close(reader->tails);
    }
    if (reader->records != NULL) {
        mdb_cursor_close(reader->records);
    }
    mdb_txn_abort(reader->txn); // accepts NULL
    free(reader);
}

/* ---- Blocks ------------------------------------------------------------- */

enum vn_status index_block_error(const struct vn_index *index, uint32_t block,
                                 const char *what, struct vn_error *error)
{
    return vn_error_set(error, VN_CORRUPT, "'%s' is damaged: %s of block %05u",
                        index->path, what, block);
}

/* Looks up the value of a block; its hash is left to the caller. */
static enum vn_status find(const struct vn_reader *reader, MDB_cursor *cursor,
                           uint32_t block, MDB_val *value,
                           struct vn_error *error)
{
    const struct vn_index *index = reader->index;
    MDB_val key = index_val(&block, sizeof block);

    reading = index;
    const int rc = mdb_cursor_get(cursor, &key, value, MDB_SET);
    reading = NULL;
    if (rc == MDB_NOTFOUND) {
        return index_block_error(
            index, block, cursor == reader->tails ? "no tails" : "no records",
            error);
    }
    return rc == 0
               ? VN_OK
               : index_lmdb_error(error, rc, VN_CORRUPT, "read", index->path);
}

static struct index_place *place_of(const struct vn_index *index,
                                    uint32_t block)
{
    return &index->places[block - index->first_block];
}

/* Where the value lies in the map. */
static uint32_t place_in(const struct vn_index *index, const MDB_val *value)
{
    return (uint32_t)((const uint8_t *)value->mv_data - index->map);
}

static enum vn_status find_records(const struct vn_reader *reader,
                                   uint32_t block, struct vn_error *error)
{
    const struct vn_index *index = reader->index;
    MDB_val value;
    const enum vn_status status =
        find(reader, reader->records, block, &value, error);

    if (status != VN_OK) {
        return status;
    }
    if (value.mv_size != INDEX_BLOCK_SIZE ||
        !index_is_sealed(value.mv_data, value.mv_size, block)) {
        return index_block_error(index, block, "wrong records", error);
    }
    atomic_store_explicit(&place_of(index, block)->records,
                          place_in(index, &value), memory_order_relaxed);
    return VN_OK;
}

static enum vn_status find_tails(const struct vn_reader *reader,
                                 struct vn_error *error)
{
    const struct vn_index *index = reader->index;
    const uint32_t block = reader->block;
    const unsigned count =
        index_block_overdials(reader->records_at, 0, INDEX_BLOCK_CODES);
    MDB_val value;
    const enum vn_status status =
        find(reader, reader->tails, block, &value, error);

    if (status != VN_OK) {
        return status;
    }
    if (value.mv_size != INDEX_HASH_SIZE + count * INDEX_TAIL_SIZE ||
        !index_is_sealed(value.mv_data, value.mv_size, block)) {
        return index_block_error(index, block, "wrong tails", error);
    }
    atomic_store_explicit(&place_of(index, block)->tails,
                          place_in(index, &value), memory_order_relaxed);
    return VN_OK;
}

enum vn_status index_reader_fetch(struct vn_reader *reader, uint32_t block,
                                  struct vn_error *error)
{
    const struct vn_index *index = reader->index;
    const struct index_place *place = place_of(index, block);
    uint32_t at = atomic_load_explicit(&place->records, memory_order_relaxed);

    if (at == 0) {
        const enum vn_status status = find_records(reader, block, error);
        if (status != VN_OK) {
            return status;
        }
        at = atomic_load_explicit(&place->records, memory_order_relaxed);
    }
    reader->block = block;
    reader->records_at = index->map + at;
    reader->tails_at = NULL;
    reader->counted = 0;
    reader->tails_before = 0;
    return VN_OK;
}

enum vn_status index_reader_fetch_tails(struct vn_reader *reader,
                                        struct vn_error *error)
{
    const struct vn_index *index = reader->index;
    const struct index_place *place = place_of(index, reader->block);
    uint32_t at = atomic_load_explicit(&place->tails, memory_order_relaxed);

    if (at == 0) {
        const enum vn_status status = find_tails(reader, error);
        if (status != VN_OK) {
            return status;
        }
        at = atomic_load_explicit(&place->tails, memory_order_relaxed);
    }
    reader->tails_at = index->map + at;
    return VN_OK;
}

/* ---- Records ------------------------------------------------------------ */

/*
 * Number of overdials of the block before record 'at', counted on from where
 * the last question ended, so that suffixes in order cost nothing more.
 */
static unsigned tails_before(struct vn_reader *reader, unsigned at)
{
    const unsigned codes = at * VN_CANDIDATES;

    if (codes < reader->counted) {
        reader->counted = 0;
        reader->tails_before = 0;
    }
    reader->tails_before +=
        index_block_overdials(reader->records_at, reader->counted, codes);
    reader->counted = codes;
    return reader->tails_before;
}

static enum vn_status read_tails(struct vn_reader *reader, unsigned at,
                                 struct vn_record *record,
                                 struct vn_error *error)
{
    unsigned next = tails_before(reader, at);

    if (reader->tails_at == NULL) {
        const enum vn_status status = index_reader_fetch_tails(reader, error);
        if (status != VN_OK) {
            return status;
        }
    }
    for (unsigned i = 0; i < VN_CANDIDATES; i++) {
        if ((record->codes[i] & VN_CODE_OVERDIAL) != 0) {
            record->tails[i] = index_get_u16(
                reader->tails_at + INDEX_HASH_SIZE + next * INDEX_TAIL_SIZE);
            next++;
        }
    }
    return VN_OK;
}

/* Reads record 'at' of the block that 'reader' stands on. */
static enum vn_status read_record(struct vn_reader *reader, unsigned at,
                                  struct vn_record *record,
                                  struct vn_error *error)
{
    uint32_t any = 0;

    memset(record, 0, sizeof *record);
    memcpy(record->codes,
           reader->records_at + INDEX_HASH_SIZE + at * INDEX_RECORD_SIZE,
           INDEX_RECORD_SIZE);
    for (unsigned i = 0; i < VN_CANDIDATES; i++) {
        any |= record->codes[i];
    }
    return (any & VN_CODE_OVERDIAL) != 0 ? read_tails(reader, at, record, error)
                                         : VN_OK;
}

enum vn_status vn_reader_get(struct vn_reader *reader, uint32_t suffix,
                             struct vn_record *record, struct vn_error *error)
{
    const struct vn_index *index = reader->index;
    const uint32_t block = suffix / VN_BLOCK_SUFFIXES;
    struct vn_record found;
    enum vn_status status = VN_OK;

    // Unsigned: a suffix before the first is far behind the last.
    if (suffix - index->first_suffix >= index->info.suffixes) {
        return vn_error_set(error, VN_OUTSIDE,
                            "'%s' was not built for suffix %07u", index->path,
                            suffix);
    }
    if (block != reader->block) {
        status = index_reader_fetch(reader, block, error);
    }
    if (status == VN_OK) {
        status = read_record(reader, suffix % VN_BLOCK_SUFFIXES, &found, error);
    }
    if (status == VN_OK) {
        *record = found;
    }
    return status;
}

static enum vn_status read_block(struct vn_reader *reader, uint32_t block,
                                 struct vn_record records[VN_BLOCK_SUFFIXES],
                                 struct vn_error *error)
{
    enum vn_status status = VN_OK;

    if (block != reader->block) {
        status = index_reader_fetch(reader, block, error);
    }
    for (unsigned i = 0; status == VN_OK && i < VN_BLOCK_SUFFIXES; i++) {
        status = read_record(reader, i, &records[i], error);
    }
    return status;
}

/* VN_OUTSIDE for a block that the index has not. */
static enum vn_status check_block(const struct vn_index *index, uint32_t block,
                                  struct vn_error *error)
{
    // As above.
    if (block - index->first_block >= index->block_count) {
        return vn_error_set(error, VN_OUTSIDE,
                            "'%s' was not built for block %05u", index->path,
                            block);
    }
    return VN_OK;
}

enum vn_status vn_reader_block(struct vn_reader *reader, uint32_t block,
                               struct vn_record records[VN_BLOCK_SUFFIXES],
                               struct vn_error *error)
{
    const enum vn_status status = check_block(reader->index, block, error);

    return status == VN_OK ? read_block(reader, block, records, error) : status;
}

enum vn_status vn_reader_best(struct vn_reader *reader, uint32_t block,
                              uint32_t codes[VN_BLOCK_SUFFIXES],
                              struct vn_error *error)
{
    enum vn_status status = check_block(reader->index, block, error);

    if (status == VN_OK && block != reader->block) {
        status = index_reader_fetch(reader, block, error);
    }
    if (status != VN_OK) {
        return status;
    }
    for (unsigned i = 0; i < VN_BLOCK_SUFFIXES; i++) {
        codes[i] = index_get_u32(reader->records_at + INDEX_HASH_SIZE +
                                 i * INDEX_RECORD_SIZE);
    }
    return VN_OK;
}

/* ---- Scan --------------------------------------------------------------- */

/* Suffixes from 'first' to before 'end'. */
struct range {
    uint32_t first;
    uint32_t end;
};

static struct range range_of(struct vn_prefix prefix)
{
    const uint32_t first = vn_prefix_first(prefix);

    return (struct range){first, first + vn_prefix_count(prefix)};
}

static struct range range_meet(struct range a, struct range b)
{
    return (struct range){a.first > b.first ? a.first : b.first,
                          a.end < b.end ? a.end : b.end};
}

static enum vn_status scan_range(struct vn_reader *reader, struct range range,
                                 vn_record_sink_fn sink, void *context,
                                 struct vn_error *error)
{
    struct vn_record records[VN_BLOCK_SUFFIXES];
    enum vn_status status = VN_OK;

    assert(reader != NULL);
    while (status == VN_OK && range.first < range.end) {
        const uint32_t block = range.first / VN_BLOCK_SUFFIXES;
        const struct range whole = {block * VN_BLOCK_SUFFIXES,
                                    (block + 1) * VN_BLOCK_SUFFIXES};
        const struct range part = range_meet(range, whole);
        status = read_block(reader, block, records, error);
        if (status == VN_OK) {
            status =
                sink(context, part.first, records + (part.first - whole.first),
                     part.end - part.first);
        }
        range.first = part.end;
    }
    return status;
}

enum vn_status vn_index_scan(struct vn_index *index, struct vn_prefix prefix,
                             vn_record_sink_fn sink, void *context,
                             struct vn_error *error)
{
    const struct range range =
        range_meet(range_of(prefix), range_of(index->info.prefix));
    struct vn_reader *reader = NULL;

    if (range.first >= range.end) {
        return vn_error_set(error, VN_OUTSIDE,
                            "'%s' was not built for this prefix", index->path);
    }
    enum vn_status status = vn_reader_new(index, &reader, error);
    if (status == VN_OK) {
        status = scan_range(reader, range, sink, context, error);
    }
    vn_reader_free(reader);
    return status;
}
