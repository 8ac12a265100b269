/* export_encode.c: bytes compressed as a stream. */
#include "export_encode.h"

#include <errno.h>
#include <stdlib.h>

#define ZLIB_CONST // input is not written to
#include <zlib.h>
#include <zstd.h>

/* zstd gives a block of at most 128 kB; more saves nothing. */
#define OUT_SIZE ((size_t)128 << 10)
/* Bits of zlib's window, with a gzip header. */
#define GZIP_WINDOW (MAX_WBITS + 16)
#define GZIP_MEMORY_LEVEL 8
/* What zlib.h states for this window and memory level. */
#define GZIP_MEMORY ((size_t)272 << 10)

/* Above it zstd takes ten times the time for 1 %. */
#define ZSTD_LEVEL 19
/* From here on, the memory of a level is bounded by us. */
#define LARGE_LEVEL 9

struct encoder {
    enum vn_compression compression;
    encode_sink_fn sink;
    void *context;
    ZSTD_CCtx *zstd;
    z_stream gzip;
    bool gzip_ready;
    unsigned char out[OUT_SIZE];
};

static enum vn_status no_memory(struct vn_error *error)
{
    return vn_error_system(error, ENOMEM, "cannot prepare the compression");
}

static bool set(ZSTD_CCtx *zstd, ZSTD_cParameter parameter, int value)
{
    return !ZSTD_isError(ZSTD_CCtx_setParameter(zstd, parameter, value));
}

/*
 * What the levels take is made for texts of any kind. Our lines repeat within
 * a few kB, in pieces of six bytes and more: at level 1, the first choice
 * takes 12 % less time and gives 4 % fewer bytes (vanity-bench export). From
 * level 9 on, windows and tables of 1 MB in the place of up to 64 save memory
 * and lose nothing.
 */
static bool tune_zstd(ZSTD_CCtx *zstd, int level)
{
    if (level == 1) {
        return set(zstd, ZSTD_c_windowLog, 17) && set(zstd, ZSTD_c_minMatch, 6);
    }
    return level < LARGE_LEVEL ||
           (set(zstd, ZSTD_c_windowLog, 20) && set(zstd, ZSTD_c_hashLog, 20) &&
            set(zstd, ZSTD_c_chainLog, 20));
}

static bool open_zstd(struct encoder *encoder, int level)
{
    encoder->zstd = ZSTD_createCCtx();
    return encoder->zstd != NULL &&
           set(encoder->zstd, ZSTD_c_compressionLevel, level) &&
           tune_zstd(encoder->zstd, level);
}

static bool open_gzip(struct encoder *encoder, int level)
{
    encoder->gzip_ready =
        deflateInit2(&encoder->gzip, level, Z_DEFLATED, GZIP_WINDOW,
                     GZIP_MEMORY_LEVEL, Z_DEFAULT_STRATEGY) == Z_OK;
    return encoder->gzip_ready;
}

enum vn_status encode_new(enum vn_compression compression, int level,
                          struct encoder **encoder, struct vn_error *error)
{
    struct encoder *made = calloc(1, sizeof *made);

    if (made == NULL) {
        return no_memory(error);
    }
    made->compression = compression;
    if ((compression == VN_COMPRESS_ZSTD && !open_zstd(made, level)) ||
        (compression == VN_COMPRESS_GZIP && !open_gzip(made, level))) {
        encode_free(made);
        return no_memory(error);
    }
    *encoder = made;
    return VN_OK;
}

void encode_free(struct encoder *encoder)
{
    if (encoder == NULL) {
        return;
    }
    ZSTD_freeCCtx(encoder->zstd);
    if (encoder->gzip_ready) {
        (void)deflateEnd(&encoder->gzip);
    }
    free(encoder);
}

enum vn_status encode_start(struct encoder *encoder, encode_sink_fn sink,
                            void *context, struct vn_error *error)
{
    encoder->sink = sink;
    encoder->context = context;
    if ((encoder->zstd != NULL &&
         ZSTD_isError(
             ZSTD_CCtx_reset(encoder->zstd, ZSTD_reset_session_only))) ||
        (encoder->gzip_ready && deflateReset(&encoder->gzip) != Z_OK)) {
        return no_memory(error);
    }
    return VN_OK;
}

static enum vn_status write_zstd(struct encoder *encoder, const void *data,
                                 size_t size, bool last, struct vn_error *error)
{
    const ZSTD_EndDirective mode = last ? ZSTD_e_end : ZSTD_e_continue;
    ZSTD_inBuffer in = {data, size, 0};
    enum vn_status status = VN_OK;
    bool more = true;

    while (status == VN_OK && more) {
        ZSTD_outBuffer out = {encoder->out, OUT_SIZE, 0};
        const size_t left =
            ZSTD_compressStream2(encoder->zstd, &out, &in, mode);
        if (ZSTD_isError(left)) {
            return vn_error_set(error, VN_NOMEM, "cannot compress: %s",
                                ZSTD_getErrorName(left));
        }
        status = encoder->sink(encoder->context, encoder->out, out.pos);
        more = last ? left > 0 : in.pos < in.size;
    }
    return status;
}

static enum vn_status write_gzip(struct encoder *encoder, const void *data,
                                 size_t size, bool last)
{
    z_stream *gzip = &encoder->gzip;
    enum vn_status status = VN_OK;
    bool more = true;

    gzip->next_in = data;
    gzip->avail_in = (uInt)size;
    while (status == VN_OK && more) {
        gzip->next_out = encoder->out;
        gzip->avail_out = (uInt)OUT_SIZE;
        // Cannot fail: the stream is sound, and there is room for output.
        const int result = deflate(gzip, last ? Z_FINISH : Z_NO_FLUSH);
        status = encoder->sink(encoder->context, encoder->out,
                               OUT_SIZE - gzip->avail_out);
        more = last ? result == Z_OK : gzip->avail_in > 0;
    }
    return status;
}

enum vn_status encode_write(struct encoder *encoder, const void *data,
                            size_t size, bool last, struct vn_error *error)
{
    if (encoder->compression == VN_COMPRESS_ZSTD) {
        return write_zstd(encoder, data, size, last, error);
    }
    if (encoder->compression == VN_COMPRESS_GZIP) {
        return write_gzip(encoder, data, size, last);
    }
    return encoder->sink(encoder->context, data, size);
}

size_t encode_memory(enum vn_compression compression, int level)
{
    // Tables and window of zstd 1.5 in MiB, rounded up.
    static const size_t small[LARGE_LEVEL] = {1, 1, 2, 4, 5, 6, 6, 9, 9};
    const size_t large = 11;

    if (compression != VN_COMPRESS_ZSTD) {
        return sizeof(struct encoder) + GZIP_MEMORY;
    }
    return sizeof(struct encoder) +
           ((level < LARGE_LEVEL ? small[level] : large) << 20);
}

int encode_level_max(enum vn_compression compression)
{
    return compression == VN_COMPRESS_GZIP ? Z_BEST_COMPRESSION : ZSTD_LEVEL;
}
