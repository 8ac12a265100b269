/* source_index.c: the operations of an index, and of what changed in it. */
#include "source.h"

#include <errno.h>
#include <stdlib.h>

#include <xxhash.h>

/* Bytes of an item that cost one write unit. */
#define UNIT_BYTES 1024u
/* What a fingerprint begins with: kinds of sources never share one. */
#define KIND_INDEX 1u
#define KIND_DIFF 2u

struct index_source {
    struct source source;
    struct vn_reader *reader;
    struct vn_reader *since; /* NULL: not what changed */
    struct vn_prefix prefix; /* only these suffixes */
    bool deletes;
    uint32_t *blocks; /* of each unit */
};

/* ---- Operations --------------------------------------------------------- */

static void make_put(uint32_t suffix, const struct vn_record *record,
                     struct source_op *op)
{
    op->suffix = suffix;
    op->delete = false;
    op->size = (uint16_t)item_write(suffix, record, op->json);
    op->units =
        (uint16_t)((item_size(suffix, record) + UNIT_BYTES - 1) / UNIT_BYTES);
}

static void make_delete(uint32_t suffix, struct source_op *op)
{
    op->suffix = suffix;
    op->delete = true;
    op->size = (uint16_t)item_write_key(suffix, op->json);
    op->units = 1;
}

/* The put or delete that makes the table say what 'record' says. */
static enum vn_status make_op(uint32_t suffix, const struct vn_record *record,
                              struct source_op *op, struct vn_error *error)
{
    if (record->codes[0] == 0) {
        make_delete(suffix, op);
        return VN_OK;
    }
    make_put(suffix, record, op);
    return op->size > 0
               ? VN_OK
               : vn_error_set(error, VN_CORRUPT,
                              "the record of suffix %07u is damaged", suffix);
}

/* Whether the unit has an operation for the suffix. */
static bool is_wanted(const struct index_source *self, uint32_t suffix,
                      const struct vn_record *record,
                      const struct vn_record *since)
{
    if (!vn_prefix_holds(self->prefix, suffix)) {
        return false;
    }
    if (self->since != NULL) {
        return !vn_record_equal(record, since);
    }
    return record->codes[0] != 0 || self->deletes;
}

static enum vn_status fill(struct source *source, uint64_t unit,
                           struct source_op ops[SOURCE_UNIT_MAX],
                           unsigned *count, struct vn_error *error)
{
    struct index_source *self = (struct index_source *)source;
    const uint32_t block = self->blocks[unit];
    struct vn_record records[VN_BLOCK_SUFFIXES];
    struct vn_record since[VN_BLOCK_SUFFIXES];
    enum vn_status status =
        vn_reader_block(self->reader, block, records, error);
    unsigned made = 0;

    if (status == VN_OK && self->since != NULL) {
        status = vn_reader_block(self->since, block, since, error);
    }
    for (unsigned i = 0; status == VN_OK && i < VN_BLOCK_SUFFIXES; i++) {
        const uint32_t suffix = block * VN_BLOCK_SUFFIXES + i;
        if (is_wanted(self, suffix, &records[i], &since[i])) {
            status = make_op(suffix, &records[i], &ops[made++], error);
        }
    }
    if (status == VN_OK) {
        *count = made;
    }
    return status;
}

static void close_source(struct source *source)
{
    struct index_source *self = (struct index_source *)source;

    vn_reader_free(self->since);
    vn_reader_free(self->reader);
    free(self->blocks);
    free(self);
}

/* ---- Order -------------------------------------------------------------- */

/* A flag for each block of all suffixes. */
struct block_set {
    bool holds[VN_BLOCKS];
};

static uint32_t block_at(uint32_t i)
{
    return (uint32_t)((uint64_t)i * SOURCE_STRIDE % VN_BLOCKS);
}

/* Puts the blocks of the set into the order in which they are sent. */
static enum vn_status order(struct index_source *self,
                            const struct block_set *set, struct vn_error *error)
{
    uint64_t units = 0;

    for (uint32_t i = 0; i < VN_BLOCKS; i++) {
        units += set->holds[i];
    }
    self->blocks = calloc(units > 0 ? units : 1, sizeof *self->blocks);
    if (self->blocks == NULL) {
        return vn_error_system(error, ENOMEM, "cannot read the index");
    }
    for (uint32_t i = 0; i < VN_BLOCKS; i++) {
        const uint32_t block = block_at(i);
        if (set->holds[block]) {
            self->blocks[self->source.units++] = block;
        }
    }
    return VN_OK;
}

static struct index_source *new_source(struct block_set **set,
                                       struct vn_error *error)
{
    struct index_source *self = calloc(1, sizeof *self);

    *set = calloc(1, sizeof **set);
    if (self == NULL || *set == NULL) {
        free(*set);
        free(self);
        (void)vn_error_system(error, ENOMEM, "cannot read the index");
        return NULL;
    }
    self->source.fill = fill;
    self->source.close = close_source;
    return self;
}

/* Ends opening: hands the source on, or closes it. */
static enum vn_status finish(struct index_source *self, struct block_set *set,
                             enum vn_status status, struct source **out,
                             struct vn_error *error)
{
    if (status == VN_OK) {
        status = order(self, set, error);
    }
    free(set);
    if (status == VN_OK) {
        *out = &self->source;
    } else {
        close_source(&self->source);
    }
    return status;
}

/* ---- A whole index, or a prefix of it ----------------------------------- */

struct counter {
    struct block_set *set;
    uint64_t suffixes;
    uint64_t with_spelling;
};

static enum vn_status count_records(void *context, uint32_t first,
                                    const struct vn_record *records,
                                    size_t count)
{
    struct counter *counter = context;

    counter->set->holds[first / VN_BLOCK_SUFFIXES] = true;
    counter->suffixes += count;
    for (size_t i = 0; i < count; i++) {
        counter->with_spelling += records[i].codes[0] != 0;
    }
    return VN_OK;
}

/* Marks the blocks of 'prefix' in 'index' and counts its suffixes. */
static enum vn_status count(struct vn_index *index, struct vn_prefix prefix,
                            struct counter *counter, struct vn_error *error)
{
    const struct vn_index_info *info = vn_index_info(index);

    if (prefix.length > info->prefix.length) {
        return vn_index_scan(index, prefix, count_records, counter, error);
    }
    // All of the index: it knows its numbers.
    const uint32_t first = vn_prefix_first(info->prefix);
    const uint32_t end = first + vn_prefix_count(info->prefix);
    if (!vn_prefix_holds(prefix, first)) {
        return vn_error_set(error, VN_OUTSIDE,
                            "the index was not built for this prefix");
    }
    for (uint32_t i = first; i < end; i++) {
        counter->set->holds[i / VN_BLOCK_SUFFIXES] = true;
    }
    counter->suffixes = info->suffixes;
    counter->with_spelling = info->with_spelling;
    return VN_OK;
}

static uint64_t fingerprint_of(const uint64_t *facts, size_t size)
{
    return XXH3_64bits(facts, size);
}

enum vn_status source_open_index(struct vn_index *index,
                                 struct vn_prefix prefix, bool deletes,
                                 struct source **out, struct vn_error *error)
{
    const struct vn_index_info *info = vn_index_info(index);
    const uint64_t facts[] = {KIND_INDEX,
                              info->generation,
                              info->records_hash,
                              info->prefix.length,
                              prefix.length,
                              prefix.digits,
                              deletes};
    struct counter counter = {0};
    struct index_source *self = new_source(&counter.set, error);

    if (self == NULL) {
        return VN_NOMEM;
    }
    // Outside the index, records are empty, and say nothing.
    self->prefix = prefix.length > info->prefix.length ? prefix : info->prefix;
    self->deletes = deletes;
    enum vn_status status = count(index, prefix, &counter, error);
    if (status == VN_OK) {
        status = vn_reader_new(index, &self->reader, error);
    }
    self->source.total = deletes ? counter.suffixes : counter.with_spelling;
    self->source.fingerprint = fingerprint_of(facts, sizeof facts);
    return finish(self, counter.set, status, out, error);
}

/* ---- What changed ------------------------------------------------------- */

static enum vn_status mark_changed(void *context, uint32_t suffix,
                                   const struct vn_record *old_record,
                                   const struct vn_record *new_record)
{
    struct block_set *set = context;

    (void)old_record;
    (void)new_record;
    set->holds[suffix / VN_BLOCK_SUFFIXES] = true;
    return VN_OK;
}

enum vn_status source_open_diff(struct vn_index *since, struct vn_index *index,
                                struct source **out, struct vn_error *error)
{
    const struct vn_index_info *before = vn_index_info(since);
    const struct vn_index_info *after = vn_index_info(index);
    const uint64_t facts[] = {KIND_DIFF, before->generation,
                              before->records_hash, after->generation,
                              after->records_hash};
    struct vn_diff_counts counts = {0};
    struct block_set *set = NULL;
    struct index_source *self = new_source(&set, error);

    if (self == NULL) {
        return VN_NOMEM;
    }
    self->prefix = after->prefix;
    enum vn_status status =
        vn_index_diff(since, index, mark_changed, set, &counts, error);
    if (status == VN_OK) {
        status = vn_reader_new(index, &self->reader, error);
    }
    if (status == VN_OK) {
        status = vn_reader_new(since, &self->since, error);
    }
    self->source.total = counts.changed + counts.added + counts.removed;
    self->source.fingerprint = fingerprint_of(facts, sizeof facts);
    return finish(self, set, status, out, error);
}
