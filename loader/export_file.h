/* export_file.h: files written aside, hashed, and published by rename. */
#ifndef VN_EXPORT_FILE_H
#define VN_EXPORT_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include <openssl/evp.h>

#include "manifest.h"

/* End of the name of a file that is being written. */
#define EXPORT_FILE_ASIDE ".writing"

/* A file on its way. Set up by export_file_open(). */
struct export_file {
    int fd;
    char *aside, *path; /* names before and after */
    uint64_t size;
    EVP_MD_CTX *sha256, *md5;
};

/*
 * export_file_open() begins "FOLDER/NAME.writing", which export_file_publish()
 * will sync and rename to "FOLDER/SUB/NAME" ('sub' may be NULL): what is
 * unfinished never lies in the folder of the data.
 */
VN_NODISCARD enum vn_status export_file_open(const char *folder,
                                             const char *sub, const char *name,
                                             struct export_file *file,
                                             struct vn_error *error);
VN_NODISCARD enum vn_status export_file_write(struct export_file *file,
                                              const void *data, size_t size,
                                              struct vn_error *error);
/* Ends the file; size and hashes go to '*object' (NULL allowed). */
VN_NODISCARD enum vn_status export_file_publish(struct export_file *file,
                                                struct manifest_object *object,
                                                struct vn_error *error);
/* Removes what was not published; accepts a zeroed one. */
void export_file_close(struct export_file *file);

/* Publishes a whole small file. */
VN_NODISCARD enum vn_status export_file_text(const char *folder,
                                             const char *name, const char *text,
                                             struct vn_error *error);

/* Makes the names of a folder durable. */
VN_NODISCARD enum vn_status export_sync_folder(const char *path,
                                               struct vn_error *error);

/*
 * export_file_matches() tells whether the file 'path' has the size and the
 * SHA-256 of 'object'; a file that is not there has not.
 */
VN_NODISCARD enum vn_status
export_file_matches(const char *path, const struct manifest_object *object,
                    bool *matches, struct vn_error *error);

#endif
