/* export_decode.c: an object of an export, read as lines. */
#include "export_decode.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ZLIB_CONST // input is not written to
#include <zlib.h>
#include <zstd.h>

#define IN_SIZE ((size_t)128 << 10)
#define OUT_SIZE ((size_t)256 << 10)
#define GZIP_WINDOW (MAX_WBITS + 16)

struct decoder {
    int fd;
    enum vn_compression compression;
    ZSTD_DCtx *zstd;
    z_stream gzip;
    bool gzip_ready;
    bool file_ended;
    bool frame_ended;
    uint64_t line;
    char *path;
    size_t in_at, in_size;   /* bytes of 'in' that are not decoded */
    size_t out_at, out_size; /* bytes of 'out' that are no lines yet */
    unsigned char in[IN_SIZE];
    char out[OUT_SIZE];
};

/* ---- Opening ------------------------------------------------------------ */

static bool open_stream(struct decoder *decoder)
{
    if (decoder->compression == VN_COMPRESS_ZSTD) {
        decoder->zstd = ZSTD_createDCtx();
        return decoder->zstd != NULL;
    }
    if (decoder->compression == VN_COMPRESS_GZIP) {
        decoder->gzip_ready = inflateInit2(&decoder->gzip, GZIP_WINDOW) == Z_OK;
        return decoder->gzip_ready;
    }
    return true;
}

enum vn_status decode_open(const char *path, enum vn_compression compression,
                           struct decoder **decoder, struct vn_error *error)
{
    struct decoder *made = calloc(1, sizeof *made);
    enum vn_status status = VN_OK;

    if (made != NULL) {
        made->fd = -1;
        made->compression = compression;
        made->path = strdup(path);
    }
    if (made == NULL || made->path == NULL || !open_stream(made)) {
        status = vn_error_system(error, ENOMEM, "cannot read '%s'", path);
        goto out;
    }
    made->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (made->fd < 0) {
        status = errno == ENOENT
                     ? vn_error_set(error, VN_INVALID,
                                    "'%s' is missing from the export", path)
                     : vn_error_system(error, errno, "cannot read '%s'", path);
    }
out:
    if (status != VN_OK) {
        decode_close(made);
        return status;
    }
    *decoder = made;
    return VN_OK;
}

void decode_close(struct decoder *decoder)
{
    if (decoder == NULL) {
        return;
    }
    ZSTD_freeDCtx(decoder->zstd);
    if (decoder->gzip_ready) {
        (void)inflateEnd(&decoder->gzip);
    }
    if (decoder->fd >= 0) {
        (void)close(decoder->fd);
    }
    free(decoder->path);
    free(decoder);
}

uint64_t decode_line_number(const struct decoder *decoder)
{
    return decoder->line;
}

/* ---- Bytes -------------------------------------------------------------- */

static enum vn_status damaged(const struct decoder *decoder, const char *what,
                              struct vn_error *error)
{
    return vn_error_set(error, VN_CORRUPT, "%s:%llu: %s", decoder->path,
                        (unsigned long long)decoder->line + 1, what);
}

static enum vn_status read_more(struct decoder *decoder, struct vn_error *error)
{
    ssize_t count = -1;

    do {
        count = read(decoder->fd, decoder->in, IN_SIZE);
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
        return vn_error_system(error, errno, "cannot read '%s'", decoder->path);
    }
    decoder->in_at = 0;
    decoder->in_size = (size_t)count;
    decoder->file_ended = count == 0;
    return VN_OK;
}

static bool decode_zstd(struct decoder *decoder)
{
    ZSTD_inBuffer in = {decoder->in, decoder->in_size, decoder->in_at};
    ZSTD_outBuffer out = {decoder->out, OUT_SIZE, decoder->out_size};
    const size_t left = ZSTD_decompressStream(decoder->zstd, &out, &in);

    decoder->in_at = in.pos;
    decoder->out_size = out.pos;
    decoder->frame_ended = left == 0;
    return !ZSTD_isError(left);
}

static bool decode_gzip(struct decoder *decoder)
{
    z_stream *gzip = &decoder->gzip;

    gzip->next_in = decoder->in + decoder->in_at;
    gzip->avail_in = (uInt)(decoder->in_size - decoder->in_at);
    gzip->next_out = (Bytef *)decoder->out + decoder->out_size;
    gzip->avail_out = (uInt)(OUT_SIZE - decoder->out_size);
    const int result = inflate(gzip, Z_NO_FLUSH);
    decoder->in_at = decoder->in_size - gzip->avail_in;
    decoder->out_size = OUT_SIZE - gzip->avail_out;
    decoder->frame_ended = result == Z_STREAM_END;
    return result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR;
}

static bool decode_plain(struct decoder *decoder)
{
    const size_t there = decoder->in_size - decoder->in_at;
    const size_t room = OUT_SIZE - decoder->out_size;
    const size_t size = there < room ? there : room;

    memcpy(decoder->out + decoder->out_size, decoder->in + decoder->in_at,
           size);
    decoder->in_at += size;
    decoder->out_size += size;
    return true;
}

static bool decode_some(struct decoder *decoder)
{
    if (decoder->compression == VN_COMPRESS_ZSTD) {
        return decode_zstd(decoder);
    }
    return decoder->compression == VN_COMPRESS_GZIP ? decode_gzip(decoder)
                                                    : decode_plain(decoder);
}

/* Decodes what there is; '*ended' is set at the proper end. */
static enum vn_status step(struct decoder *decoder, bool *ended,
                           struct vn_error *error)
{
    const size_t before = decoder->out_size;

    if (decoder->frame_ended ||
        (decoder->compression == VN_COMPRESS_NONE && decoder->file_ended)) {
        *ended = decoder->file_ended;
        return decoder->in_at == decoder->in_size
                   ? VN_OK
                   : damaged(decoder, "bytes stand behind the end", error);
    }
    if (!decode_some(decoder)) {
        return damaged(decoder, "the object is damaged", error);
    }
    // Without more bytes a decoder may still hand out what it holds.
    return decoder->file_ended && !decoder->frame_ended &&
                   decoder->out_size == before
               ? damaged(decoder, "the object is cut off", error)
               : VN_OK;
}

/* Adds at least a byte to 'out', unless '*ended'. */
static enum vn_status fill_out(struct decoder *decoder, bool *ended,
                               struct vn_error *error)
{
    memmove(decoder->out, decoder->out + decoder->out_at,
            decoder->out_size - decoder->out_at);
    decoder->out_size -= decoder->out_at;
    decoder->out_at = 0;
    const size_t before = decoder->out_size;
    while (decoder->out_size == before && !*ended) {
        enum vn_status status = VN_OK;
        if (decoder->in_at == decoder->in_size && !decoder->file_ended) {
            status = read_more(decoder, error);
        }
        if (status == VN_OK) {
            status = step(decoder, ended, error);
        }
        if (status != VN_OK) {
            return status;
        }
    }
    return VN_OK;
}

/* ---- Lines -------------------------------------------------------------- */

enum vn_status decode_line(struct decoder *decoder, struct vn_bytes *line,
                           struct vn_error *error)
{
    bool ended = false;

    for (;;) {
        const char *start = decoder->out + decoder->out_at;
        const size_t size = decoder->out_size - decoder->out_at;
        const char *end = memchr(start, '\n', size);
        if (end != NULL && (size_t)(end - start) <= DECODE_LINE_MAX) {
            *line = (struct vn_bytes){start, (size_t)(end - start)};
            decoder->out_at += line->size + 1;
            decoder->line++;
            return VN_OK;
        }
        if (size > DECODE_LINE_MAX) {
            return damaged(decoder, "the line is too long", error);
        }
        if (ended) {
            return size == 0
                       ? VN_NOT_FOUND
                       : damaged(decoder, "the last line has no end", error);
        }
        const enum vn_status status = fill_out(decoder, &ended, error);
        if (status != VN_OK) {
            return status;
        }
    }
}
