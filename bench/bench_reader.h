/* bench_reader.h: an index that is opened for one thread. */
#ifndef VN_BENCH_READER_H
#define VN_BENCH_READER_H

#include "index/index.h"

struct bench_reader {
    struct vn_index *index;
    struct vn_reader *reader;
};

/*
 * bench_reader_open() checks the whole file, so that damage is told before
 * LMDB follows a page of it, and opens it. bench_reader_close() accepts what
 * was never opened.
 *
 * Returns what vn_index_check(), vn_index_open() and vn_reader_new() return.
 */
VN_NODISCARD enum vn_status bench_reader_open(struct bench_reader *reader,
                                              const char *path,
                                              struct vn_error *error);
void bench_reader_close(struct bench_reader *reader);

#endif
