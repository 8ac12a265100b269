/* index_file.c: whole reads, whole writes and the hash of a file. */
#include "index_file.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <xxhash.h>

/* Fits the second-level cache, so that the hash finds what was just read. */
#define HASH_CHUNK ((size_t)256 << 10)

bool index_progress_add(struct index_progress *progress, uint64_t amount)
{
    progress->done += amount;
    return progress->report == NULL ||
           progress->report(progress->context, progress->done, progress->total);
}

int index_file_read(int fd, void *out, size_t size, uint64_t offset)
{
    uint8_t *to = out;

    while (size > 0) {
        const ssize_t got = pread(fd, to, size, (off_t)offset);
        if (got == 0) {
            return ENODATA;
        }
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return errno;
        }
        to += got;
        size -= (size_t)got;
        offset += (uint64_t)got;
    }
    return 0;
}

int index_file_write(int fd, const void *data, size_t size, uint64_t offset)
{
    const uint8_t *from = data;

    while (size > 0) {
        const ssize_t put = pwrite(fd, from, size, (off_t)offset);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return errno;
        }
        from += put;
        size -= (size_t)put;
        offset += (uint64_t)put;
    }
    return 0;
}

static int hash_chunks(int fd, uint64_t size, struct index_progress *progress,
                       XXH3_state_t *state, uint8_t *chunk)
{
    uint64_t at = 0;

    while (at < size) {
        const size_t length =
            size - at < HASH_CHUNK ? (size_t)(size - at) : HASH_CHUNK;
        const int failed = index_file_read(fd, chunk, length, at);
        if (failed != 0) {
            return failed;
        }
        (void)XXH3_128bits_update(state, chunk, length);
        at += length;
        if (progress != NULL && !index_progress_add(progress, length)) {
            return ECANCELED;
        }
    }
    return 0;
}

int index_file_hash(int fd, uint64_t size, struct index_progress *progress,
                    uint8_t out[INDEX_FILE_HASH_SIZE])
{
    XXH3_state_t *state = XXH3_createState();
    uint8_t *chunk = malloc(HASH_CHUNK);
    int failed = ENOMEM;

    if (state == NULL || chunk == NULL) {
        goto out;
    }
    (void)XXH3_128bits_reset(state);
    failed = hash_chunks(fd, size, progress, state, chunk);
    if (failed == 0) {
        XXH128_canonical_t canonical;
        XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state));
        memcpy(out, canonical.digest, INDEX_FILE_HASH_SIZE);
    }
out:
    free(chunk);
    (void)XXH3_freeState(state);
    return failed;
}
