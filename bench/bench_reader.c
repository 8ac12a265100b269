/* bench_reader.c: opens and closes an index. */
#include "bench_reader.h"

enum vn_status bench_reader_open(struct bench_reader *reader, const char *path,
                                 struct vn_error *error)
{
    enum vn_status status = vn_index_check(path, NULL, NULL, error);

    if (status == VN_OK) {
        status = vn_index_open(path, &reader->index, error);
    }
    if (status == VN_OK) {
        status = vn_reader_new(reader->index, &reader->reader, error);
    }
    return status;
}

void bench_reader_close(struct bench_reader *reader)
{
    vn_reader_free(reader->reader);
    vn_index_close(reader->index);
    reader->reader = NULL;
    reader->index = NULL;
}
