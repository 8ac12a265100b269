/* export_folder.h: the folder of an export: lock, old objects, requests. */
#ifndef VN_EXPORT_FOLDER_H
#define VN_EXPORT_FOLDER_H

#include "manifest.h"

/* Zeroed it is closed. */
struct export_folder {
    char *path;
    char *data; /* PATH/data */
    int fd;     /* holds the lock */
};

/*
 * export_folder_open() makes the folder and its "data" where they are not
 * there, and locks it: a second export into it at the same time is refused.
 */
VN_NODISCARD enum vn_status export_folder_open(const char *path,
                                               struct export_folder *folder,
                                               struct vn_error *error);
void export_folder_close(struct export_folder *folder);

/*
 * export_folder_prepare() makes the folder ready for 'manifest': objects that
 * an earlier run of the same export finished become known in it. Of a
 * different export that stands there, the manifest and all objects are
 * removed: every file under the prefix is read as data. Any other file in
 * "data" is refused, and then nothing is touched.
 */
VN_NODISCARD enum vn_status
export_folder_prepare(const struct export_folder *folder,
                      struct manifest *manifest, struct vn_error *error);

/* Writes requests and manifest once all objects are there. */
VN_NODISCARD enum vn_status
export_folder_finish(const struct export_folder *folder,
                     const struct manifest *manifest, const char *table,
                     struct vn_error *error);

#endif
