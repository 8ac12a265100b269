/* index_reader.h: an open index and its readers, inside this folder. */
#ifndef INDEX_READER_H
#define INDEX_READER_H

#include <stdatomic.h>

#include "index_file.h"
#include "index_format.h"
#include "index_lmdb.h"

/*
 * Where the values of a block lie in the map, 0 = not yet fetched. They are
 * noted when LMDB has found them and their hash was right, so that a block is
 * checked once, and later look-ups cost no descent of the tree: that halves
 * the time of a random one. Readers of all threads share the places without
 * order, since the file does not change: two may fetch the same block.
 */
struct index_place {
    _Atomic uint32_t records;
    _Atomic uint32_t tails;
};

struct vn_index {
    char *path; /* as it was given, for messages */
    int fd;     /* the same file as LMDB's */
    MDB_env *env;
    struct index_databases databases;
    struct index_footer footer;
    struct vn_index_info info;
    struct vn_overlay *overlays; /* what 'info' points at */
    const uint8_t *map;
    size_t map_size;
    uint32_t first_suffix;
    uint32_t first_block;
    uint32_t block_count;
    struct index_place *places; /* of each block */
};

struct vn_reader {
    struct vn_index *index;
    MDB_txn *txn;
    MDB_cursor *records;
    MDB_cursor *tails;
    uint32_t block;            /* that was fetched last, or NO_BLOCK */
    const uint8_t *records_at; /* its value */
    const uint8_t *tails_at;   /* its tails, NULL = not fetched */
    unsigned counted;          /* codes of the block that were looked at */
    unsigned tails_before;     /* overdials among them */
};

/*
 * index_file_open() opens the file of a zeroed '*index', for
 * vn_index_close() whatever it returns.
 */
enum vn_status index_file_open(struct vn_index *index, const char *path,
                               struct vn_error *error);

/* index_file_check() checks kind, footer and first pages of 'index->fd'. */
enum vn_status index_file_check(struct vn_index *index, struct vn_error *error);

/*
 * index_reader_fetch() points 'reader' at the records of a block of the index,
 * checked. index_reader_fetch_tails() does so for the tails of that block,
 * which has overdials: they are as many as these.
 */
enum vn_status index_reader_fetch(struct vn_reader *reader, uint32_t block,
                                  struct vn_error *error);
enum vn_status index_reader_fetch_tails(struct vn_reader *reader,
                                        struct vn_error *error);

/* "'PATH' is damaged: WHAT of block N". */
enum vn_status index_block_error(const struct vn_index *index, uint32_t block,
                                 const char *what, struct vn_error *error);

#endif
