/* index_lmdb.c: named databases and error codes of LMDB. */
#include "index_lmdb.h"

#include "index_format.h"

static int open_database(MDB_txn *txn, const char *name, unsigned flags,
                         unsigned wanted, MDB_dbi *dbi)
{
    unsigned found = 0;
    int rc = mdb_dbi_open(txn, name, flags, dbi);

    if (rc == 0) {
        rc = mdb_dbi_flags(txn, *dbi, &found);
    }
    if (rc == 0 && found != wanted) {
        rc = MDB_INCOMPATIBLE;
    }
    return rc;
}

int index_databases_open(MDB_txn *txn, unsigned flags,
                         struct index_databases *databases)
{
    const unsigned integer = (flags & MDB_CREATE) != 0 ? MDB_INTEGERKEY : 0;
    int rc = open_database(txn, INDEX_RECORDS, flags | integer, MDB_INTEGERKEY,
                           &databases->records);

    if (rc == 0) {
        rc = open_database(txn, INDEX_TAILS, flags | integer, MDB_INTEGERKEY,
                           &databases->tails);
    }
    if (rc == 0) {
        rc = open_database(txn, INDEX_META, flags, 0, &databases->meta);
    }
    return rc;
}

enum vn_status index_lmdb_error(struct vn_error *error, int rc,
                                enum vn_status status, const char *what,
                                const char *path)
{
    if (rc > 0) {
        return vn_error_system(error, rc, "cannot %s '%s'", what, path);
    }
    return vn_error_set(error, status, "cannot %s '%s': %s", what, path,
                        mdb_strerror(rc));
}
