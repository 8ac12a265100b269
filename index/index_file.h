/* index_file.h: whole reads, whole writes and the hash of a file. */
#ifndef INDEX_FILE_H
#define INDEX_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "index_format.h"

/* A vn_progress_fn with its context and what all steps together come to. */
struct index_progress {
    vn_progress_fn report; /* may be NULL */
    void *context;
    uint64_t done;
    uint64_t total;
};

/* index_progress_add() reports 'amount' more; false = stop. */
bool index_progress_add(struct index_progress *progress, uint64_t amount);

/*
 * index_file_read() reads exactly 'size' bytes at 'offset'. Returns 0, an
 * errno, or ENODATA if the file ends before.
 */
int index_file_read(int fd, void *out, size_t size, uint64_t offset);

/* index_file_write() writes all 'size' bytes at 'offset'; 0 or an errno. */
int index_file_write(int fd, const void *data, size_t size, uint64_t offset);

/*
 * index_file_hash() computes the XXH3-128, in its canonical form, of the first
 * 'size' bytes of the file. It reads and does not map: a bad sector or a file
 * that shrinks gives an error, not a signal. Returns 0; an errno; ECANCELED if
 * 'progress' (may be NULL) said stop.
 */
int index_file_hash(int fd, uint64_t size, struct index_progress *progress,
                    uint8_t out[INDEX_FILE_HASH_SIZE]);

#endif
