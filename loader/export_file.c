/* export_file.c: files written aside, hashed, and published by rename. */
#include "export_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_SIZE ((size_t)128 << 10)

static enum vn_status no_memory(struct vn_error *error)
{
    return vn_error_system(error, ENOMEM, "cannot write the export");
}

/* ---- Hashes ------------------------------------------------------------- */

static EVP_MD_CTX *start_hash(const EVP_MD *kind)
{
    EVP_MD_CTX *hash = EVP_MD_CTX_new();

    if (hash != NULL && EVP_DigestInit_ex(hash, kind, NULL) != 1) {
        EVP_MD_CTX_free(hash);
        return NULL;
    }
    return hash;
}

static bool end_sha256(EVP_MD_CTX *hash, char text[MANIFEST_SHA256_SIZE])
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    if (EVP_DigestFinal_ex(hash, bytes, &size) != 1) {
        return false;
    }
    for (unsigned i = 0; i < size; i++) {
        (void)snprintf(text + (size_t)2 * i, 3, "%02x", bytes[i]);
    }
    return true;
}

static bool end_md5(EVP_MD_CTX *hash, char text[MANIFEST_MD5_SIZE])
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    if (EVP_DigestFinal_ex(hash, bytes, &size) != 1) {
        return false;
    }
    (void)EVP_EncodeBlock((unsigned char *)text, bytes, (int)size);
    return true;
}

/* ---- Writing ------------------------------------------------------------ */

static bool make_names(const char *folder, const char *sub, const char *name,
                       struct export_file *file)
{
    if (asprintf(&file->aside, "%s/%s%s", folder, name, EXPORT_FILE_ASIDE) <
        0) {
        file->aside = NULL;
        return false;
    }
    const int length =
        sub != NULL ? asprintf(&file->path, "%s/%s/%s", folder, sub, name)
                    : asprintf(&file->path, "%s/%s", folder, name);
    if (length < 0) {
        file->path = NULL;
        return false;
    }
    return true;
}

enum vn_status export_file_open(const char *folder, const char *sub,
                                const char *name, struct export_file *file,
                                struct vn_error *error)
{
    *file = (struct export_file){.fd = -1};
    if (!make_names(folder, sub, name, file)) {
        goto nomem;
    }
    file->sha256 = start_hash(EVP_sha256());
    file->md5 = start_hash(EVP_md5());
    if (file->sha256 == NULL || file->md5 == NULL) {
        goto nomem;
    }
    file->fd =
        open(file->aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
             0666);
    if (file->fd < 0) {
        const enum vn_status status =
            vn_error_system(error, errno, "cannot create '%s'", file->aside);
        export_file_close(file);
        return status;
    }
    return VN_OK;
nomem:
    export_file_close(file);
    return no_memory(error);
}

enum vn_status export_file_write(struct export_file *file, const void *data,
                                 size_t size, struct vn_error *error)
{
    const char *at = data;
    size_t left = size;

    while (left > 0) {
        const ssize_t written = write(file->fd, at, left);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return vn_error_system(error, errno, "cannot write '%s'",
                                   file->aside);
        }
        at += written;
        left -= (size_t)written;
    }
    file->size += size;
    if (EVP_DigestUpdate(file->sha256, data, size) != 1 ||
        EVP_DigestUpdate(file->md5, data, size) != 1) {
        return no_memory(error);
    }
    return VN_OK;
}

enum vn_status export_file_publish(struct export_file *file,
                                   struct manifest_object *object,
                                   struct vn_error *error)
{
    if (object != NULL) {
        object->stored_bytes = file->size;
        if (!end_sha256(file->sha256, object->sha256) ||
            !end_md5(file->md5, object->md5)) {
            return no_memory(error);
        }
    }
    // The bytes must be on the disk before the name leads to them.
    if (fdatasync(file->fd) != 0) {
        return vn_error_system(error, errno, "cannot write '%s'", file->aside);
    }
    if (rename(file->aside, file->path) != 0) {
        return vn_error_system(error, errno, "cannot replace '%s'", file->path);
    }
    free(file->aside);
    file->aside = NULL;
    return VN_OK;
}

void export_file_close(struct export_file *file)
{
    if (file->path == NULL && file->aside == NULL) {
        return; // never opened: 'fd' may be that of standard input
    }
    if (file->fd >= 0) {
        if (file->aside != NULL) {
            (void)unlink(file->aside);
        }
        (void)close(file->fd);
    }
    free(file->aside);
    free(file->path);
    EVP_MD_CTX_free(file->sha256);
    EVP_MD_CTX_free(file->md5);
    *file = (struct export_file){.fd = -1};
}

enum vn_status export_file_text(const char *folder, const char *name,
                                const char *text, struct vn_error *error)
{
    struct export_file file;
    enum vn_status status = export_file_open(folder, NULL, name, &file, error);

    if (status == VN_OK) {
        status = export_file_write(&file, text, strlen(text), error);
    }
    if (status == VN_OK) {
        status = export_file_write(&file, "\n", 1, error);
    }
    if (status == VN_OK) {
        status = export_file_publish(&file, NULL, error);
    }
    export_file_close(&file);
    return status;
}

enum vn_status export_sync_folder(const char *path, struct vn_error *error)
{
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    // Some file systems cannot sync a folder and say EINVAL.
    const bool failed = fd < 0 || (fsync(fd) != 0 && errno != EINVAL);
    const int reason = errno;
    if (fd >= 0) {
        (void)close(fd);
    }
    return failed ? vn_error_system(error, reason, "cannot sync '%s'", path)
                  : VN_OK;
}

/* ---- Comparing ---------------------------------------------------------- */

/* Hashes what is left of 'fd'; an errno, or 0. */
static int hash_rest(int fd, EVP_MD_CTX *hash, uint64_t *size)
{
    unsigned char *data = malloc(READ_SIZE);
    int failed = data != NULL ? 0 : ENOMEM;
    ssize_t count = 1;

    *size = 0;
    while (failed == 0 && count > 0) {
        count = read(fd, data, READ_SIZE);
        if (count < 0) {
            failed = errno == EINTR ? 0 : errno;
            count = failed == 0 ? 1 : 0;
        } else if (EVP_DigestUpdate(hash, data, (size_t)count) != 1) {
            failed = ENOMEM;
        } else {
            *size += (uint64_t)count;
        }
    }
    free(data);
    return failed;
}

static int hash_file(int fd, uint64_t *size, char text[MANIFEST_SHA256_SIZE])
{
    EVP_MD_CTX *hash = start_hash(EVP_sha256());
    int failed = hash != NULL ? hash_rest(fd, hash, size) : ENOMEM;

    if (failed == 0 && !end_sha256(hash, text)) {
        failed = ENOMEM;
    }
    EVP_MD_CTX_free(hash);
    return failed;
}

enum vn_status export_file_matches(const char *path,
                                   const struct manifest_object *object,
                                   bool *matches, struct vn_error *error)
{
    char sha256[MANIFEST_SHA256_SIZE] = "";
    uint64_t size = 0;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 && errno == ENOENT) {
        *matches = false;
        return VN_OK;
    }
    const int failed = fd >= 0 ? hash_file(fd, &size, sha256) : errno;
    if (fd >= 0) {
        (void)close(fd);
    }
    if (failed != 0) {
        return vn_error_system(error, failed, "cannot read '%s'", path);
    }
    *matches =
        size == object->stored_bytes && strcmp(sha256, object->sha256) == 0;
    return VN_OK;
}
