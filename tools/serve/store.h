/* store.h: the index in use, and its exchange for a newer one. */
#ifndef VN_STORE_H
#define VN_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "asset.h"

#include "index/index.h"

struct store;
/* An open index with all that was computed of it. */
struct snapshot;

/* A thread's hold on the index: it stays what it is until it is returned. */
struct lease {
    struct snapshot *snapshot;
    struct vn_reader *reader;
};

struct store_status {
    uint64_t generation;
    uint64_t suffixes;
    uint64_t map_ns;   /* how long its map took */
    uint64_t reloads;  /* new indexes taken since the start */
    uint64_t failures; /* new files that were refused */
    bool is_stale;     /* the file at the path is not what is answered from */
};

/*
 * store_open() checks every byte of the index 'path', opens it and computes
 * its map, for 'threads' threads that answer at the same time. 'path' is lent.
 *
 * Returns VN_OK, or what vn_index_check() and vn_index_open() return.
 */
VN_NODISCARD enum vn_status store_open(const char *path, unsigned threads,
                                       struct store **out,
                                       struct vn_error *error);
void store_close(struct store *store); /* accepts NULL; no lease is out */

/* Never fails: there are as many readers as threads. Cost: one lock. */
void store_lease(struct store *store, struct lease *lease);
void store_return(struct store *store, struct lease *lease);

/*
 * store_refresh() takes the file at the path if it is another one than that in
 * use and than the last one refused; with 'force' in any case. It is checked
 * and opened beside the old index, which is answered from until the new one is
 * ready, and closed with its last lease. One thread at a time.
 *
 * Returns VN_OK if a new index was taken, VN_NOT_FOUND if there is none, else
 * the failure, once for each file: the old index stays.
 */
VN_NODISCARD enum vn_status store_refresh(struct store *store, bool force,
                                          struct vn_error *error);

void store_status(struct store *store, struct store_status *status);

/* The map; lent as long as the lease. */
struct asset *store_map(const struct lease *lease);

/*
 * store_top() points '*asset' at the list of 'exchange', made at its first use
 * and lent as long as the lease. Returns what exchange_top() returns.
 */
VN_NODISCARD enum vn_status store_top(const struct lease *lease,
                                      unsigned exchange, struct asset **asset,
                                      struct vn_error *error);

#endif
