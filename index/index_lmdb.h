/* index_lmdb.h: what writer and reader share in their use of LMDB. */
#ifndef INDEX_LMDB_H
#define INDEX_LMDB_H

#include <stddef.h>
#include <stdint.h>

#include <lmdb.h>

#include "index/index.h"

/* Handles of the named databases. */
struct index_databases {
    MDB_dbi records;
    MDB_dbi tails;
    MDB_dbi meta;
};

/*
 * index_databases_open() opens the named databases in 'txn', with MDB_CREATE
 * in 'flags' creates them. Returns 0 or a code of LMDB; MDB_INCOMPATIBLE if
 * their flags are not those of the format.
 */
int index_databases_open(MDB_txn *txn, unsigned flags,
                         struct index_databases *databases);

/* LMDB's MDB_val does not know const. */
static inline MDB_val index_val(const void *data, size_t size)
{
    return (MDB_val){.mv_size = size, .mv_data = (void *)(uintptr_t)data};
}

/*
 * index_lmdb_error() fills '*error' with "cannot WHAT 'PATH': reason" for the
 * code 'rc' of LMDB: a system error as vn_error_system() does, LMDB's own
 * (negative) ones with 'status'.
 */
enum vn_status index_lmdb_error(struct vn_error *error, int rc,
                                enum vn_status status, const char *what,
                                const char *path);

#endif
