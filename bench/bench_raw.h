/* bench_raw.h: what LMDB and write(2) take for the bytes of an index. */
#ifndef VN_BENCH_RAW_H
#define VN_BENCH_RAW_H

#include "bench.h"

/* The blocks of a published index, read with LMDB alone (index/FORMAT.md). */
struct raw_source;

/*
 * raw_source_open() opens the databases "records" and "tails" of the index
 * 'path'. Returns VN_OK, VN_IO, VN_NOMEM.
 */
VN_NODISCARD enum vn_status raw_source_open(const char *path,
                                            struct raw_source **source,
                                            struct vn_error *error);
void raw_source_close(struct raw_source *source); /* accepts NULL */

/*
 * raw_lmdb() writes all blocks of 'source' to a new file 'path' as an index is
 * written: integer keys, MDB_APPEND, MDB_NOSYNC, a commit every 2,000 blocks,
 * and at the end a sync. '*time' gets the time of that; reading the blocks of
 * a transaction from 'source' beforehand does not count.
 */
VN_NODISCARD enum vn_status raw_lmdb(struct raw_source *source,
                                     const char *path, struct bench_time *time,
                                     struct vn_error *error);

/* raw_compare() checks that the file of raw_lmdb() has the same blocks. */
VN_NODISCARD enum vn_status raw_compare(struct raw_source *source,
                                        const char *path,
                                        struct vn_error *error);

/* raw_write() writes 'size' bytes to a new file 'path' and syncs it. */
VN_NODISCARD enum vn_status raw_write(const char *path, uint64_t size,
                                      struct bench_time *time,
                                      struct vn_error *error);

#endif
