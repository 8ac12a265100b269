/* site.h: what a server answers beside numbers and callers, as files. */
#ifndef VN_SITE_H
#define VN_SITE_H

#include <stdint.h>

#include "index/index.h"

struct site_counts {
    uint64_t files;
    uint64_t bytes;
};

/*
 * site_write() writes the page, map.json and top/NNN.json of 'index' to
 * 'folder', which it makes if it is not there, and which must be empty or hold
 * a site; there, lists of exchanges that the index does not hold are deleted,
 * other files left alone. Each file is written beside its place and renamed, so
 * that no reader finds half of one; all are synced at the end. The bytes follow
 * from index and program alone. 'progress' may be NULL.
 *
 * Returns VN_OK; VN_INVALID if 'folder' cannot be one; VN_IO; VN_CORRUPT;
 * VN_NOMEM; VN_STOPPED.
 */
VN_NODISCARD enum vn_status
site_write(struct vn_index *index, const char *folder, vn_progress_fn progress,
           void *context, struct site_counts *counts, struct vn_error *error);

#endif
