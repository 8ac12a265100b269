/* export_folder.c: the folder of an export: lock, old objects, requests. */
#include "export_folder.h"

#include "export_file.h"
#include "export_request.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static enum vn_status no_memory(struct vn_error *error)
{
    return vn_error_system(error, ENOMEM, "cannot prepare the export");
}

/* ---- Opening ------------------------------------------------------------ */

static enum vn_status make_folder(const char *path, struct vn_error *error)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST) {
        return VN_OK;
    }
    if (errno == ENOENT || errno == ENOTDIR) {
        return vn_error_set(error, VN_INVALID,
                            "the folder of '%s' is not there", path);
    }
    return vn_error_system(error, errno, "cannot create '%s'", path);
}

static enum vn_status lock_folder(struct export_folder *folder,
                                  struct vn_error *error)
{
    folder->fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder->fd < 0 && errno == ENOTDIR) {
        return vn_error_set(error, VN_INVALID, "'%s' is no folder",
                            folder->path);
    }
    if (folder->fd < 0) {
        return vn_error_system(error, errno, "cannot open '%s'", folder->path);
    }
    if (flock(folder->fd, LOCK_EX | LOCK_NB) == 0) {
        return VN_OK;
    }
    return errno == EWOULDBLOCK
               ? vn_error_set(error, VN_IO,
                              "another export into '%s' is running",
                              folder->path)
               : vn_error_system(error, errno, "cannot lock '%s'",
                                 folder->path);
}

enum vn_status export_folder_open(const char *path,
                                  struct export_folder *folder,
                                  struct vn_error *error)
{
    *folder = (struct export_folder){.fd = -1, .path = strdup(path)};
    if (folder->path == NULL ||
        asprintf(&folder->data, "%s/" MANIFEST_DATA, path) < 0) {
        folder->data = NULL;
        export_folder_close(folder);
        return no_memory(error);
    }
    enum vn_status status = make_folder(path, error);
    if (status == VN_OK) {
        status = lock_folder(folder, error);
    }
    if (status == VN_OK) {
        status = make_folder(folder->data, error);
    }
    if (status != VN_OK) {
        export_folder_close(folder);
    }
    return status;
}

void export_folder_close(struct export_folder *folder)
{
    if (folder->path != NULL && folder->fd >= 0) {
        (void)close(folder->fd);
    }
    free(folder->path);
    free(folder->data);
    *folder = (struct export_folder){.fd = -1};
}

/* ---- What stands there -------------------------------------------------- */

static enum vn_status remove_file(const char *folder, const char *name,
                                  struct vn_error *error)
{
    char *path = NULL;

    if (asprintf(&path, "%s/%s", folder, name) < 0) {
        return no_memory(error);
    }
    const bool gone = unlink(path) == 0 || errno == ENOENT;
    const enum vn_status status =
        gone ? VN_OK
             : vn_error_system(error, errno, "cannot remove '%s'", path);
    free(path);
    return status;
}

/* Takes over what 'name' knows of the same export. */
static enum vn_status read_earlier(const struct export_folder *folder,
                                   const char *name, struct manifest *manifest,
                                   bool *same, bool *there,
                                   struct vn_error *error)
{
    struct manifest earlier = {.object_count = 0};
    const enum vn_status status =
        manifest_read(folder->path, name, &earlier, error);

    *same = false;
    if (status == VN_NOT_FOUND) {
        return VN_OK;
    }
    *there = true;
    if (status == VN_INVALID || status == VN_VERSION || status == VN_CORRUPT) {
        return VN_OK; // as good as another export
    }
    if (status == VN_OK && manifest_same(&earlier, manifest)) {
        memcpy(manifest->objects, earlier.objects,
               manifest->object_count * sizeof manifest->objects[0]);
        *same = true;
    }
    manifest_reset(&earlier);
    return status;
}

/* Which file of a folder stays. */
struct sieve {
    const struct manifest *manifest;
    bool there; /* an earlier export: its objects may be removed */
};

enum verdict { KEEP, REMOVE, REFUSE };

static bool ends_in(const char *name, const char *end)
{
    const size_t length = strlen(name);
    const size_t end_length = strlen(end);

    return length >= end_length && strcmp(name + length - end_length, end) == 0;
}

static bool is_object_name(const char *name)
{
    return strncmp(name, "part-", 5) == 0 &&
           (ends_in(name, ".json") || ends_in(name, ".json.zst") ||
            ends_in(name, ".json.gz"));
}

static enum verdict judge_data(const struct sieve *sieve, const char *name)
{
    const struct manifest *manifest = sieve->manifest;

    if (!sieve->there || !is_object_name(name)) {
        return REFUSE;
    }
    const uint32_t number = manifest_find_object(manifest, name);
    return number < manifest->object_count && manifest->objects[number].known
               ? KEEP
               : REMOVE;
}

/* Beside the data only what a killed export left is removed. */
static enum verdict judge_aside(const struct sieve *sieve, const char *name)
{
    (void)sieve;
    return ends_in(name, EXPORT_FILE_ASIDE) ? REMOVE : KEEP;
}

typedef enum verdict (*judge_fn)(const struct sieve *sieve, const char *name);

static enum vn_status act(enum verdict verdict, bool removing,
                          const char *folder, const char *name,
                          struct vn_error *error)
{
    if (verdict == REFUSE) {
        return vn_error_set(error, VN_INVALID,
                            "'%s/%s' is not of an export that stands there, "
                            "and would be imported with it: move it, or "
                            "choose another folder",
                            folder, name);
    }
    return verdict == REMOVE && removing ? remove_file(folder, name, error)
                                         : VN_OK;
}

/* Judges each file of the folder; removes only if 'removing'. */
static enum vn_status sift(const char *folder, judge_fn judge,
                           const struct sieve *sieve, bool removing,
                           struct vn_error *error)
{
    enum vn_status status = VN_OK;
    DIR *entries = opendir(folder);
    const struct dirent *entry = NULL;

    if (entries == NULL) {
        return vn_error_system(error, errno, "cannot read '%s'", folder);
    }
    while (status == VN_OK && (entry = readdir(entries)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 &&
            strcmp(entry->d_name, "..") != 0) {
            status = act(judge(sieve, entry->d_name), removing, folder,
                         entry->d_name, error);
        }
    }
    (void)closedir(entries);
    return status;
}

/*
 * 1. The partial manifest, which says that the folder is an export of ours
 * and of which. 2. The old manifest goes: it would vouch for what goes next.
 * 3. The objects that are not known.
 */
static enum vn_status clean(const struct export_folder *folder,
                            const struct sieve *sieve, bool complete,
                            struct vn_error *error)
{
    enum vn_status status = VN_OK;

    if (!complete) {
        status = manifest_write(sieve->manifest, folder->path,
                                MANIFEST_PARTIAL_NAME, error);
        if (status == VN_OK) {
            status = remove_file(folder->path, MANIFEST_NAME, error);
        }
        if (status == VN_OK) {
            status = export_sync_folder(folder->path, error);
        }
    }
    if (status == VN_OK) {
        status = sift(folder->data, judge_data, sieve, true, error);
    }
    if (status == VN_OK) {
        status = sift(folder->path, judge_aside, sieve, true, error);
    }
    return status;
}

enum vn_status export_folder_prepare(const struct export_folder *folder,
                                     struct manifest *manifest,
                                     struct vn_error *error)
{
    struct sieve sieve = {.manifest = manifest};
    bool complete = false;
    bool partial = false;
    enum vn_status status = read_earlier(folder, MANIFEST_NAME, manifest,
                                         &complete, &sieve.there, error);

    if (status == VN_OK && !complete) {
        status = read_earlier(folder, MANIFEST_PARTIAL_NAME, manifest, &partial,
                              &sieve.there, error);
    }
    if (status == VN_OK) {
        status = sift(folder->data, judge_data, &sieve, false, error);
    }
    if (status == VN_OK) {
        status = clean(folder, &sieve, complete, error);
    }
    return status;
}

/* ---- The end ------------------------------------------------------------ */

enum vn_status export_folder_finish(const struct export_folder *folder,
                                    const struct manifest *manifest,
                                    const char *table, struct vn_error *error)
{
    enum vn_status status = export_sync_folder(folder->data, error);

    if (status == VN_OK) {
        status = export_request_write(folder->path, manifest, table, error);
    }
    if (status == VN_OK) {
        status = manifest_write(manifest, folder->path, MANIFEST_NAME, error);
    }
    if (status == VN_OK) {
        status = remove_file(folder->path, MANIFEST_PARTIAL_NAME, error);
    }
    if (status == VN_OK) {
        status = export_sync_folder(folder->path, error);
    }
    return status;
}
