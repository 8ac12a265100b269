/* store.c: snapshots of the index, counted by their holders. */
#include "store.h"

#include "connections.h"
#include "exchange.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define JSON "application/json"
/* A file may be replaced while it is checked: then it is checked anew. */
#define OPEN_ATTEMPTS 5

struct snapshot {
    struct vn_index *index;
    unsigned holders;        /* leases and the store; under its lock */
    unsigned idle_count;     /* under the store's lock */
    struct vn_reader **idle; /* under the store's lock: a stack */
    struct asset *map;
    uint64_t map_ns;
    _Atomic(struct asset *) tops[EXCHANGES];
};

/* What tells a file from another one at the same path. */
struct identity {
    bool is_there;
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed;
};

struct store {
    const char *path;
    unsigned threads;
    struct identity seen; /* the file taken or refused last */
    pthread_mutex_t lock;
    struct snapshot *current;   /* under 'lock' */
    struct store_status status; /* under 'lock' */
};

/* ---- Identity ----------------------------------------------------------- */

static struct identity identify(const char *path)
{
    struct stat file;

    if (stat(path, &file) != 0) {
        return (struct identity){.is_there = false};
    }
    return (struct identity){true, file.st_dev, file.st_ino, file.st_size,
                             file.st_mtim};
}

static bool is_same(const struct identity *a, const struct identity *b)
{
    return a->is_there == b->is_there && a->device == b->device &&
           a->inode == b->inode && a->size == b->size &&
           a->changed.tv_sec == b->changed.tv_sec &&
           a->changed.tv_nsec == b->changed.tv_nsec;
}

/* ---- Snapshots ---------------------------------------------------------- */

static void snapshot_free(struct snapshot *snapshot)
{
    if (snapshot == NULL) {
        return;
    }
    for (unsigned i = 0; i < EXCHANGES; i++) {
        asset_release(atomic_load(&snapshot->tops[i]));
    }
    asset_release(snapshot->map);
    for (unsigned i = 0; i < snapshot->idle_count; i++) {
        vn_reader_free(snapshot->idle[i]);
    }
    free((void *)snapshot->idle);
    vn_index_close(snapshot->index);
    free(snapshot);
}

static enum vn_status make_asset(struct exchange_text *text,
                                 struct asset **asset, struct vn_error *error)
{
    const enum vn_status status = asset_new(
        (struct vn_bytes){text->data, text->size}, JSON, false, asset);

    free(text->data);
    return status == VN_OK
               ? VN_OK
               : vn_error_system(error, ENOMEM, "cannot keep the list");
}

static enum vn_status open_readers(struct snapshot *snapshot, unsigned threads,
                                   struct vn_error *error)
{
    snapshot->idle =
        (struct vn_reader **)calloc(threads, sizeof(struct vn_reader *));
    if (snapshot->idle == NULL) {
        return vn_error_system(error, errno, "cannot read the index");
    }
    while (snapshot->idle_count < threads) {
        const enum vn_status status = vn_reader_new(
            snapshot->index, &snapshot->idle[snapshot->idle_count], error);

        if (status != VN_OK) {
            return status;
        }
        snapshot->idle_count++;
    }
    return VN_OK;
}

static enum vn_status make_map(struct snapshot *snapshot,
                               struct vn_error *error)
{
    const uint64_t start = connections_now_ns();
    struct exchange_text text;
    enum vn_status status = exchange_map(snapshot->index, 0, &text, error);

    if (status == VN_OK) {
        status = make_asset(&text, &snapshot->map, error);
    }
    snapshot->map_ns = connections_now_ns() - start;
    return status;
}

static enum vn_status snapshot_open(const char *path, unsigned threads,
                                    struct snapshot **out,
                                    struct vn_error *error)
{
    struct snapshot *snapshot = calloc(1, sizeof(*snapshot));

    if (snapshot == NULL) {
        return vn_error_system(error, errno, "cannot open '%s'", path);
    }
    snapshot->holders = 1;
    // Every byte first: a damaged page could end the whole program.
    enum vn_status status = vn_index_check(path, NULL, NULL, error);

    if (status == VN_OK) {
        status = vn_index_open(path, &snapshot->index, error);
    }
    if (status == VN_OK) {
        status = open_readers(snapshot, threads, error);
    }
    if (status == VN_OK) {
        status = make_map(snapshot, error);
    }
    if (status != VN_OK) {
        snapshot_free(snapshot);
        return status;
    }
    *out = snapshot;
    return VN_OK;
}

/* Opens the file at the path, and what it is called in '*identity'. */
static enum vn_status open_file(struct store *store, struct snapshot **snapshot,
                                struct identity *identity,
                                struct vn_error *error)
{
    for (unsigned i = 0; i < OPEN_ATTEMPTS; i++) {
        *identity = identify(store->path);
        const enum vn_status status =
            snapshot_open(store->path, store->threads, snapshot, error);
        const struct identity after = identify(store->path);

        if (is_same(identity, &after)) {
            return status;
        }
        if (status == VN_OK) {
            snapshot_free(*snapshot);
        }
    }
    return vn_error_set(error, VN_IO, "'%s' changes all the time", store->path);
}

/* ---- The store ---------------------------------------------------------- */

static void describe(struct store *store, const struct snapshot *snapshot)
{
    const struct vn_index_info *info = vn_index_info(snapshot->index);

    store->status.generation = info->generation;
    store->status.suffixes = info->suffixes;
    store->status.map_ns = snapshot->map_ns;
    store->status.is_stale = false;
}

enum vn_status store_open(const char *path, unsigned threads,
                          struct store **out, struct vn_error *error)
{
    struct store *store = calloc(1, sizeof(*store));

    if (store == NULL) {
        return vn_error_system(error, errno, "cannot open '%s'", path);
    }
    store->path = path;
    store->threads = threads;
    const enum vn_status status =
        open_file(store, &store->current, &store->seen, error);

    if (status != VN_OK) {
        free(store);
        return status;
    }
    pthread_mutex_init(&store->lock, NULL);
    describe(store, store->current);
    *out = store;
    return VN_OK;
}

void store_close(struct store *store)
{
    if (store == NULL) {
        return;
    }
    snapshot_free(store->current);
    pthread_mutex_destroy(&store->lock);
    free(store);
}

void store_lease(struct store *store, struct lease *lease)
{
    pthread_mutex_lock(&store->lock);
    struct snapshot *snapshot = store->current;

    snapshot->holders++;
    snapshot->idle_count--;
    lease->snapshot = snapshot;
    lease->reader = snapshot->idle[snapshot->idle_count];
    pthread_mutex_unlock(&store->lock);
}

/* Under the lock; the snapshot to free after it, or NULL. */
static struct snapshot *let_go(struct snapshot *snapshot)
{
    snapshot->holders--;
    return snapshot->holders == 0 ? snapshot : NULL;
}

void store_return(struct store *store, struct lease *lease)
{
    struct snapshot *snapshot = lease->snapshot;

    pthread_mutex_lock(&store->lock);
    snapshot->idle[snapshot->idle_count++] = lease->reader;
    struct snapshot *unused = let_go(snapshot);

    pthread_mutex_unlock(&store->lock);
    snapshot_free(unused);
}

static void take(struct store *store, struct snapshot *snapshot)
{
    pthread_mutex_lock(&store->lock);
    struct snapshot *unused = let_go(store->current);

    store->current = snapshot;
    store->status.reloads++;
    describe(store, snapshot);
    pthread_mutex_unlock(&store->lock);
    snapshot_free(unused);
}

static void refuse(struct store *store)
{
    pthread_mutex_lock(&store->lock);
    store->status.failures++;
    store->status.is_stale = true;
    pthread_mutex_unlock(&store->lock);
}

enum vn_status store_refresh(struct store *store, bool force,
                             struct vn_error *error)
{
    const struct identity found = identify(store->path);
    struct snapshot *snapshot = NULL;

    if (!force && is_same(&found, &store->seen)) {
        return VN_NOT_FOUND;
    }
    const enum vn_status status =
        open_file(store, &snapshot, &store->seen, error);

    if (status == VN_OK && snapshot != NULL) {
        take(store, snapshot);
    } else {
        refuse(store);
    }
    return status;
}

void store_status(struct store *store, struct store_status *status)
{
    pthread_mutex_lock(&store->lock);
    *status = store->status;
    pthread_mutex_unlock(&store->lock);
}

struct asset *store_map(const struct lease *lease)
{
    return lease->snapshot->map;
}

enum vn_status store_top(const struct lease *lease, unsigned exchange,
                         struct asset **out, struct vn_error *error)
{
    _Atomic(struct asset *) *place = &lease->snapshot->tops[exchange];
    struct asset *known = atomic_load(place);
    struct asset *made = NULL;
    struct exchange_text text;

    if (known != NULL) {
        *out = known;
        return VN_OK;
    }
    enum vn_status status =
        exchange_top(lease->snapshot->index, exchange, &text, error);

    if (status == VN_OK) {
        status = make_asset(&text, &made, error);
    }
    if (status != VN_OK) {
        return status;
    }
    // Another thread may have been faster: its list is the same.
    if (atomic_compare_exchange_strong(place, &known, made)) {
        *out = made;
    } else {
        asset_release(made);
        *out = known;
    }
    return VN_OK;
}
