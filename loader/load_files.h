/* load_files.h: the files that a load writes, named and looked at. */
#ifndef VN_LOAD_FILES_H
#define VN_LOAD_FILES_H

#include "loader.h"

struct load_files {
    char *checkpoint;
    char *dead; /* letters */
    char *kept; /* INDEX.loaded-TABLE; NULL for an export */
};

/* Names the files, by the options or by the source. VN_OK or VN_NOMEM. */
VN_NODISCARD enum vn_status
load_files_name(const struct vn_load_source *source,
                const struct vn_load_options *options, struct load_files *files,
                struct vn_error *error);
void load_files_reset(struct load_files *files); /* accepts a zeroed one */

#endif
