/* index_temp.c: the temporary file of a build, and its publishing. */
#include "index_temp.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file may be published or removed between open and lock: try anew. */
#define LOCK_ATTEMPTS 100u

static enum vn_status no_memory(struct vn_error *error)
{
    return vn_error_system(error, ENOMEM, "cannot prepare a build");
}

static enum vn_status no_folder(struct vn_error *error, int failed,
                                const char *path)
{
    if (failed == ENOENT || failed == ENOTDIR) {
        return vn_error_set(error, VN_INVALID,
                            "the folder of '%s' is not there", path);
    }
    return vn_error_system(error, failed, "cannot open the folder of '%s'",
                           path);
}

/* ---- The target --------------------------------------------------------- */

static enum vn_status resolve_old(const char *path, const struct stat *link,
                                  char **target, struct vn_error *error)
{
    struct stat file;
    char *real = realpath(path, NULL);

    if (real == NULL && errno == ENOENT && S_ISLNK(link->st_mode)) {
        return vn_error_set(error, VN_INVALID,
                            "'%s' is a symbolic link to nothing", path);
    }
    if (real == NULL || stat(real, &file) != 0) {
        const int failed = errno;
        free(real);
        return vn_error_system(error, failed, "cannot find '%s'", path);
    }
    if (!S_ISREG(file.st_mode)) {
        free(real);
        return vn_error_set(error, VN_INVALID, "'%s' is %s", path,
                            S_ISDIR(file.st_mode) ? "a directory"
                                                  : "not a regular file");
    }
    *target = real;
    return VN_OK;
}

static enum vn_status join(const char *folder, const char *path, char **target,
                           struct vn_error *error)
{
    char *copy = strdup(path);
    const char *front = strcmp(folder, "/") == 0 ? "" : folder;

    if (copy == NULL || asprintf(target, "%s/%s", front, basename(copy)) < 0) {
        free(copy);
        *target = NULL;
        return no_memory(error);
    }
    free(copy);
    return VN_OK;
}

static enum vn_status resolve_new(const char *path, char **target,
                                  struct vn_error *error)
{
    char *copy = strdup(path);

    if (copy == NULL) {
        return no_memory(error);
    }
    char *folder = realpath(dirname(copy), NULL);
    const int failed = errno;
    free(copy);
    if (folder == NULL) {
        return no_folder(error, failed, path);
    }
    const enum vn_status status = join(folder, path, target, error);
    free(folder);
    return status;
}

static enum vn_status resolve(const char *path, char **target,
                              struct vn_error *error)
{
    const size_t length = strlen(path);
    struct stat link;

    if (length == 0 || path[length - 1] == '/') {
        return vn_error_set(error, VN_INVALID, "'%s' is no name of a file",
                            path);
    }
    if (lstat(path, &link) == 0) {
        return resolve_old(path, &link, target, error);
    }
    return resolve_new(path, target, error);
}

/* ---- The lock ----------------------------------------------------------- */

static bool is_same_file(int fd, const char *path)
{
    struct stat opened;
    struct stat named;

    return fstat(fd, &opened) == 0 && lstat(path, &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

static int open_temp(const char *path)
{
    struct stat file;
    const int fd = open(
        path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);

    if (fd >= 0 && fstat(fd, &file) == 0 && !S_ISREG(file.st_mode)) {
        (void)close(fd);
        errno = EEXIST;
        return -1;
    }
    return fd;
}

/* Returns 0; ESTALE if the name leads to another file by now; an errno. */
static int try_lock(struct index_temp *temp)
{
    temp->fd = open_temp(temp->path);
    if (temp->fd < 0) {
        return errno;
    }
    int failed = flock(temp->fd, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
    // What was locked may have just become the index of another build.
    if (failed == 0 && !is_same_file(temp->fd, temp->path)) {
        failed = ESTALE;
    }
    if (failed != 0) {
        (void)close(temp->fd);
        temp->fd = -1;
    }
    return failed;
}

static enum vn_status lock_temp(struct index_temp *temp, const char *path,
                                struct vn_error *error)
{
    int failed = ESTALE;

    for (unsigned i = 0; i < LOCK_ATTEMPTS && failed == ESTALE; i++) {
        failed = try_lock(temp);
    }
    if (failed == 0) {
        return VN_OK;
    }
    if (failed == EWOULDBLOCK || failed == ESTALE) {
        return vn_error_set(error, VN_IO, "another build of '%s' is running",
                            path);
    }
    return vn_error_system(error, failed, "cannot create '%s%s'", path,
                           INDEX_TEMP_SUFFIX);
}

/* ---- Opening, publishing, closing --------------------------------------- */

static enum vn_status open_folder(struct index_temp *temp, const char *path,
                                  struct vn_error *error)
{
    char *copy = strdup(temp->target);

    if (copy == NULL) {
        return no_memory(error);
    }
    temp->folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const int failed = errno;
    free(copy);
    return temp->folder >= 0 ? VN_OK : no_folder(error, failed, path);
}

enum vn_status index_temp_open(const char *path, struct index_temp *temp,
                               struct vn_error *error)
{
    *temp = (struct index_temp){.fd = -1, .folder = -1};
    enum vn_status status = resolve(path, &temp->target, error);

    if (status != VN_OK) {
        goto out;
    }
    if (asprintf(&temp->path, "%s%s", temp->target, INDEX_TEMP_SUFFIX) < 0) {
        temp->path = NULL;
        status = no_memory(error);
        goto out;
    }
    status = open_folder(temp, path, error);
    if (status == VN_OK) {
        status = lock_temp(temp, path, error);
    }
    if (status == VN_OK && ftruncate(temp->fd, 0) != 0) {
        status = vn_error_system(error, errno, "cannot empty '%s%s'", path,
                                 INDEX_TEMP_SUFFIX);
    }
out:
    if (status != VN_OK) {
        index_temp_close(temp);
    }
    return status;
}

enum vn_status index_temp_publish(struct index_temp *temp,
                                  struct vn_error *error)
{
    // The bytes must be on the disk before the name leads to them.
    if (fdatasync(temp->fd) != 0) {
        return vn_error_system(error, errno, "cannot write '%s'", temp->path);
    }
    if (rename(temp->path, temp->target) != 0) {
        return vn_error_system(error, errno, "cannot replace '%s'",
                               temp->target);
    }
    free(temp->path);
    temp->path = NULL;
    // Some file systems cannot sync a folder and say EINVAL.
    if (fsync(temp->folder) != 0 && errno != EINVAL) {
        return vn_error_system(error, errno,
                               "'%s' is complete, but cannot sync its folder",
                               temp->target);
    }
    return VN_OK;
}

void index_temp_close(struct index_temp *temp)
{
    // Removed while the lock is held: it cannot be the file of another build.
    if (temp->fd >= 0 && temp->path != NULL) {
        (void)unlink(temp->path);
    }
    if (temp->fd >= 0) {
        (void)close(temp->fd);
    }
    if (temp->folder >= 0) {
        (void)close(temp->folder);
    }
    free(temp->path);
    free(temp->target);
    *temp = (struct index_temp){.fd = -1, .folder = -1};
}
