/* export_encode.h: bytes compressed as a stream (private to loader/). */
#ifndef VN_EXPORT_ENCODE_H
#define VN_EXPORT_ENCODE_H

#include <stdbool.h>
#include <stddef.h>

#include "loader.h"

/* Takes compressed bytes, which are lent; what it returns ends the stream. */
typedef enum vn_status (*encode_sink_fn)(void *context, const void *data,
                                         size_t size);

struct encoder;

/*
 * encode_new() makes an encoder of 'compression' with 'level' (1 to
 * encode_level_max()). The same pieces give the same bytes: no name and no time
 * is in them.
 */
VN_NODISCARD enum vn_status encode_new(enum vn_compression compression,
                                       int level, struct encoder **encoder,
                                       struct vn_error *error);
void encode_free(struct encoder *encoder); /* accepts NULL */

/* Begins a new frame, whatever became of the one before. */
VN_NODISCARD enum vn_status encode_start(struct encoder *encoder,
                                         encode_sink_fn sink, void *context,
                                         struct vn_error *error);
/* 'last' ends the frame. */
VN_NODISCARD enum vn_status encode_write(struct encoder *encoder,
                                         const void *data, size_t size,
                                         bool last, struct vn_error *error);

/* Highest level, at least 1. */
int encode_level_max(enum vn_compression compression);

/* Bytes of memory that an encoder takes, at most. */
size_t encode_memory(enum vn_compression compression, int level);

#endif
