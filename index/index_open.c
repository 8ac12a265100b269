/* index_open.c: opening of an index: footer, map, description. */
#include "index_reader.h"

#include "index_meta.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A new index may be published between our open and LMDB's: open both anew. */
#define OPEN_ATTEMPTS 100u

/*
 * Map behind the end of the file. A damaged page leads at most two times
 * 64 KiB past it, so every stray access of LMDB faults inside the map.
 */
#define MAP_BYTES_BEHIND ((size_t)1 << 20)

/* Magic number of LMDB in the first page, behind the page's header. */
#define LMDB_MAGIC 0xbeefc0deu
#define LMDB_MAGIC_OFFSET 16u
#define LMDB_PAGE_SIZE_MAX 65536u

/* ---- The file ----------------------------------------------------------- */

static bool is_lmdb(int fd)
{
    uint8_t magic[4];

    return index_file_read(fd, magic, sizeof magic, LMDB_MAGIC_OFFSET) == 0 &&
           index_get_u32(magic) == LMDB_MAGIC;
}

static enum vn_status no_footer(const struct vn_index *index,
                                struct vn_error *error)
{
    if (is_lmdb(index->fd)) {
        return vn_error_set(error, VN_CORRUPT,
                            "'%s' is truncated, or not a vanity index",
                            index->path);
    }
    return vn_error_set(error, VN_INVALID, "'%s' is not a vanity index",
                        index->path);
}

static enum vn_status damaged(const struct vn_index *index, const char *what,
                              struct vn_error *error)
{
    return vn_error_set(error, VN_CORRUPT, "'%s' is damaged: %s", index->path,
                        what);
}

static enum vn_status check_kind(const struct vn_index *index, uint64_t *size,
                                 struct vn_error *error)
{
    struct stat file;

    if (fstat(index->fd, &file) != 0) {
        return vn_error_system(error, errno, "cannot read '%s'", index->path);
    }
    if (!S_ISREG(file.st_mode)) {
        return vn_error_set(error, VN_INVALID, "'%s' is %s", index->path,
                            S_ISDIR(file.st_mode) ? "a directory"
                                                  : "not a regular file");
    }
    if (file.st_size == 0) {
        return vn_error_set(error, VN_INVALID,
                            "'%s' is empty, not a vanity index", index->path);
    }
    *size = (uint64_t)file.st_size;
    return VN_OK;
}

static enum vn_status check_footer(struct vn_index *index, uint64_t size,
                                   struct vn_error *error)
{
    uint8_t page[INDEX_FOOTER_SIZE];

    if (size < sizeof page) {
        return no_footer(index, error);
    }
    const int failed =
        index_file_read(index->fd, page, sizeof page, size - sizeof page);
    if (failed != 0) {
        return vn_error_system(error, failed, "cannot read '%s'", index->path);
    }
    const enum vn_status status = index_footer_decode(page, &index->footer);
    if (status == VN_NOT_FOUND) {
        return no_footer(index, error);
    }
    if (status == VN_VERSION) {
        return vn_error_set(error, VN_VERSION,
                            "'%s' has format %u, this program reads %u",
                            index->path, index->footer.format, VN_INDEX_FORMAT);
    }
    const uint32_t page_size = index->footer.page_size;
    if (status != VN_OK || index->footer.size + sizeof page != size ||
        page_size == 0 || page_size > LMDB_PAGE_SIZE_MAX ||
        index->footer.size < (uint64_t)page_size * 2 ||
        index->footer.size > UINT32_MAX) {
        return damaged(index, "its last page is broken", error);
    }
    return VN_OK;
}

/* Before LMDB sees them: it takes sizes and roots from the first two pages. */
static enum vn_status check_head(const struct vn_index *index,
                                 struct vn_error *error)
{
    uint8_t hash[INDEX_FILE_HASH_SIZE];
    const int failed = index_file_hash(
        index->fd, (uint64_t)index->footer.page_size * 2, NULL, hash);

    if (failed != 0) {
        return vn_error_system(error, failed, "cannot read '%s'", index->path);
    }
    if (memcmp(hash, index->footer.head_hash, sizeof hash) != 0) {
        return damaged(index, "its first pages are broken", error);
    }
    return VN_OK;
}

enum vn_status index_file_check(struct vn_index *index, struct vn_error *error)
{
    uint64_t size = 0;
    enum vn_status status = check_kind(index, &size, error);

    if (status == VN_OK) {
        status = check_footer(index, size, error);
    }
    if (status == VN_OK) {
        status = check_head(index, error);
    }
    return status;
}

enum vn_status index_file_open(struct vn_index *index, const char *path,
                               struct vn_error *error)
{
    index->fd = -1;
    index->path = strdup(path);
    if (index->path == NULL) {
        return vn_error_system(error, ENOMEM, "cannot open '%s'", path);
    }
    // O_NONBLOCK: a pipe in place of the file must not make us wait.
    index->fd = open(index->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (index->fd >= 0) {
        return VN_OK;
    }
    const int failed = errno;
    if (failed == ENOENT || failed == ENOTDIR) {
        return vn_error_set(error, VN_INVALID, "there is no index '%s'",
                            index->path);
    }
    return vn_error_system(error, failed, "cannot open '%s'", index->path);
}

/* ---- LMDB --------------------------------------------------------------- */

/* LMDB would print before it aborts; what to say is for the program. */
static void on_assert(MDB_env *env, const char *message)
{
    (void)env;
    (void)message;
    abort();
}

static int open_env(struct vn_index *index)
{
    int rc = mdb_env_create(&index->env);

    if (rc != 0) {
        index->env = NULL;
        return rc;
    }
    index->map_size = (size_t)index->footer.size + MAP_BYTES_BEHIND;
    rc = mdb_env_set_maxdbs(index->env, INDEX_DATABASES);
    if (rc == 0) {
        rc = mdb_env_set_assert(index->env, on_assert);
    }
    if (rc == 0) {
        rc = mdb_env_set_mapsize(index->env, index->map_size);
    }
    if (rc == 0) {
        rc =
            mdb_env_open(index->env, index->path,
                         MDB_NOSUBDIR | MDB_RDONLY | MDB_NOLOCK | MDB_NOTLS, 0);
    }
    return rc;
}

/* Whether LMDB opened the very file whose footer we checked. */
static bool is_same_file(const struct vn_index *index)
{
    mdb_filehandle_t theirs = -1;
    struct stat a;
    struct stat b;

    return mdb_env_get_fd(index->env, &theirs) == 0 && fstat(theirs, &a) == 0 &&
           fstat(index->fd, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

static bool is_of_size(const struct vn_index *index)
{
    MDB_envinfo info;
    MDB_stat stat;

    return mdb_env_info(index->env, &info) == 0 &&
           mdb_env_stat(index->env, &stat) == 0 &&
           stat.ms_psize == index->footer.page_size &&
           (uint64_t)(info.me_last_pgno + 1) * stat.ms_psize ==
               index->footer.size;
}

/*
 * LMDB does not tell where its map is. A value lies on a leaf page, which
 * begins with its number; that the file has the same page there is checked,
 * for the number may be damaged.
 */
static bool find_map(struct vn_index *index, MDB_txn *txn)
{
    MDB_val key = index_val("format", strlen("format"));
    MDB_val value;
    const size_t size = index->footer.page_size;

    if (mdb_get(txn, index->databases.meta, &key, &value) != 0) {
        return false;
    }
    const uintptr_t inside = (uintptr_t)value.mv_data % size;
    const uint8_t *page = (const uint8_t *)value.mv_data - inside;
    const uint64_t number = index_get_u64(page);
    uint8_t *copy = malloc(size);
    const bool found =
        copy != NULL && number < index->footer.size / size &&
        index_file_read(index->fd, copy, size, number * size) == 0 &&
        memcmp(copy, page, size) == 0;
    free(copy);
    if (found) {
        index->map = page - number * size;
    }
    return found;
}

static enum vn_status read_meta(struct vn_index *index, struct vn_error *error)
{
    MDB_txn *txn = NULL;
    enum vn_status status = VN_OK;
    int rc = mdb_txn_begin(index->env, NULL, MDB_RDONLY, &txn);

    if (rc == 0) {
        rc = index_databases_open(txn, 0, &index->databases);
    }
    if (rc != 0) {
        mdb_txn_abort(txn);
        return index_lmdb_error(error, rc, VN_CORRUPT, "read", index->path);
    }
    status = index_meta_read(txn, index->databases.meta, index->path,
                             &index->info, &index->overlays, error);
    if (status == VN_OK && !find_map(index, txn)) {
        status = damaged(index, "a page has a wrong number", error);
    }
    (void)mdb_txn_commit(txn); // keeps the handles of the databases
    return status;
}

static enum vn_status prepare(struct vn_index *index, struct vn_error *error)
{
    const struct vn_prefix prefix = index->info.prefix;
    const uint32_t first = vn_prefix_first(prefix);
    const uint32_t last = first + vn_prefix_count(prefix) - 1;

    if (index->info.suffixes != vn_prefix_count(prefix)) {
        return damaged(index, "prefix and number of suffixes differ", error);
    }
    index->info.size_bytes = index->footer.size + INDEX_FOOTER_SIZE;
    index->first_suffix = first;
    index->first_block = first / VN_BLOCK_SUFFIXES;
    index->block_count = last / VN_BLOCK_SUFFIXES - index->first_block + 1;
    index->places = calloc(index->block_count, sizeof *index->places);
    if (index->places == NULL) {
        return vn_error_system(error, ENOMEM, "cannot open '%s'", index->path);
    }
    return VN_OK;
}

/* ---- Opening ------------------------------------------------------------ */

static enum vn_status open_once(struct vn_index *index, const char *path,
                                bool *replaced, struct vn_error *error)
{
    enum vn_status status = index_file_open(index, path, error);

    if (status == VN_OK) {
        status = index_file_check(index, error);
    }
    if (status != VN_OK) {
        return status;
    }
    const int rc = open_env(index);
    *replaced = rc != 0 ? false : !is_same_file(index);
    if (rc != 0) {
        return index_lmdb_error(error, rc, VN_CORRUPT, "open", index->path);
    }
    if (*replaced) {
        return vn_error_set(error, VN_IO,
                            "'%s' is replaced faster than it can be opened",
                            index->path);
    }
    if (!is_of_size(index)) {
        return damaged(index, "its size is not what its pages say", error);
    }
    status = read_meta(index, error);
    if (status == VN_OK) {
        status = prepare(index, error);
    }
    return status;
}

enum vn_status vn_index_open(const char *path, struct vn_index **out,
                             struct vn_error *error)
{
    enum vn_status status = VN_IO;
    bool replaced = true;

    for (unsigned i = 0; i < OPEN_ATTEMPTS && replaced; i++) {
        struct vn_index *index = calloc(1, sizeof *index);
        replaced = false;
        if (index == NULL) {
            return vn_error_system(error, ENOMEM, "cannot open '%s'", path);
        }
        status = open_once(index, path, &replaced, error);
        if (status == VN_OK) {
            *out = index;
            return VN_OK;
        }
        vn_index_close(index);
    }
    return status;
}

void vn_index_close(struct vn_index *index)
{
    if (index == NULL) {
        return;
    }
    if (index->env != NULL) {
        mdb_env_close(index->env);
    }
    if (index->fd >= 0) {
        (void)close(index->fd);
    }
    free(index->places);
    free(index->overlays);
    free(index->path);
    free(index);
}

const struct vn_index_info *vn_index_info(const struct vn_index *index)
{
    return &index->info;
}

void vn_index_map(const struct vn_index *index, const void **start,
                  size_t *size)
{
    *start = index->map;
    *size = index->map_size;
}
