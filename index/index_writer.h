/* index_writer.h: a writer that needs no lexicon, for vn_index_create(). */
#ifndef INDEX_WRITER_H
#define INDEX_WRITER_H

#include "index/index.h"

/*
 * index_writer_new() is vn_index_create() for the description '*info': all of
 * it but format, counts, hash and size, which the writer finds itself. What
 * 'info->overlays' points at is copied.
 */
enum vn_status index_writer_new(const char *path,
                                const struct vn_index_info *info,
                                struct vn_index_writer **out,
                                struct vn_error *error);

#endif
