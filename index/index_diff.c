/* index_diff.c: what differs between the records of two indexes. */
#include "index_reader.h"

struct differ {
    struct vn_reader *old_reader;
    struct vn_reader *new_reader;
    vn_diff_fn each;
    void *context;
    struct vn_diff_counts counts;
    struct vn_error *error;
};

/* Tails of the block that 'reader' stands on; '*tails' is NULL for none. */
static enum vn_status fetch_tails(struct vn_reader *reader,
                                  const uint8_t **tails, struct vn_error *error)
{
    enum vn_status status = VN_OK;

    if (index_block_overdials(reader->records_at, 0, INDEX_BLOCK_CODES) > 0) {
        status = index_reader_fetch_tails(reader, error);
    }
    *tails = reader->tails_at;
    return status;
}

/* Whether records and tails of the block both have equal hashes. */
static enum vn_status block_equal(struct differ *d, bool *equal)
{
    const uint8_t *old_tails = NULL;
    const uint8_t *new_tails = NULL;

    *equal = false;
    if (memcmp(d->old_reader->records_at, d->new_reader->records_at,
               INDEX_HASH_SIZE) != 0) {
        return VN_OK;
    }
    enum vn_status status = fetch_tails(d->old_reader, &old_tails, d->error);
    if (status == VN_OK) {
        status = fetch_tails(d->new_reader, &new_tails, d->error);
    }
    // Equal records have tails in both indexes or in neither.
    *equal =
        status == VN_OK && (old_tails == NULL ||
                            memcmp(old_tails, new_tails, INDEX_HASH_SIZE) == 0);
    return status;
}

static enum vn_status diff_record(struct differ *d, uint32_t suffix,
                                  const struct vn_record *old_record,
                                  const struct vn_record *new_record)
{
    if (vn_record_equal(old_record, new_record)) {
        return VN_OK;
    }
    if (old_record->codes[0] == 0) {
        d->counts.added++;
    } else if (new_record->codes[0] == 0) {
        d->counts.removed++;
    } else {
        d->counts.changed++;
    }
    return d->each == NULL
               ? VN_OK
               : d->each(d->context, suffix, old_record, new_record);
}

static enum vn_status diff_records(struct differ *d, uint32_t block)
{
    struct vn_record old_records[VN_BLOCK_SUFFIXES];
    struct vn_record new_records[VN_BLOCK_SUFFIXES];
    enum vn_status status =
        vn_reader_block(d->old_reader, block, old_records, d->error);

    if (status == VN_OK) {
        status = vn_reader_block(d->new_reader, block, new_records, d->error);
    }
    for (unsigned i = 0; status == VN_OK && i < VN_BLOCK_SUFFIXES; i++) {
        status = diff_record(d, block * VN_BLOCK_SUFFIXES + i, &old_records[i],
                             &new_records[i]);
    }
    return status;
}

static enum vn_status diff_block(struct differ *d, uint32_t block)
{
    bool equal = false;
    enum vn_status status = index_reader_fetch(d->old_reader, block, d->error);

    if (status == VN_OK) {
        status = index_reader_fetch(d->new_reader, block, d->error);
    }
    if (status == VN_OK) {
        status = block_equal(d, &equal);
    }
    if (status == VN_OK && !equal) {
        status = diff_records(d, block);
    }
    return status;
}

static enum vn_status diff_blocks(struct differ *d,
                                  const struct vn_index *index)
{
    enum vn_status status = VN_OK;

    for (uint32_t i = 0; status == VN_OK && i < index->block_count; i++) {
        status = diff_block(d, index->first_block + i);
    }
    d->counts.compared = index->info.suffixes;
    return status;
}

static bool prefix_equal(struct vn_prefix a, struct vn_prefix b)
{
    return a.length == b.length && a.digits == b.digits;
}

enum vn_status vn_index_diff(struct vn_index *old_index,
                             struct vn_index *new_index, vn_diff_fn each,
                             void *context, struct vn_diff_counts *counts,
                             struct vn_error *error)
{
    struct differ d = {.each = each, .context = context, .error = error};

    if (!prefix_equal(old_index->info.prefix, new_index->info.prefix)) {
        return vn_error_set(error, VN_INVALID,
                            "'%s' and '%s' were built for different prefixes",
                            old_index->path, new_index->path);
    }
    enum vn_status status = vn_reader_new(old_index, &d.old_reader, error);
    if (status == VN_OK) {
        status = vn_reader_new(new_index, &d.new_reader, error);
    }
    if (status == VN_OK) {
        status = diff_blocks(&d, old_index);
    }
    if (status == VN_OK) {
        *counts = d.counts;
    }
    vn_reader_free(d.new_reader);
    vn_reader_free(d.old_reader);
    return status;
}
