/* index_meta.h: the description of an index, in its database 'meta'. */
#ifndef INDEX_META_H
#define INDEX_META_H

#include <lmdb.h>

#include "index/index.h"

/* index_meta_write() writes '*info'; returns 0 or a code of LMDB. */
int index_meta_write(MDB_txn *txn, MDB_dbi dbi,
                     const struct vn_index_info *info);

/*
 * index_meta_read() reads the description, but for 'size_bytes', and checks
 * the hash and the form of every value. '*overlays' is what '*info' points at,
 * to be freed by the caller.
 *
 * Returns VN_OK, VN_CORRUPT, VN_VERSION, VN_NOMEM; the messages name 'path'.
 */
enum vn_status index_meta_read(MDB_txn *txn, MDB_dbi dbi, const char *path,
                               struct vn_index_info *info,
                               struct vn_overlay **overlays,
                               struct vn_error *error);

/* How many entries the database has for this description. */
size_t index_meta_entries(const struct vn_index_info *info);

#endif
