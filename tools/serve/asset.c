/* asset.c: bytes with their compressed form and their tag. */
#include "asset.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>
#include <zlib.h>

/* zlib's number for the gzip format with the largest window. */
#define GZIP_WINDOW (15 + 16)
#define GZIP_MEMORY 9

struct held_asset {
    struct asset asset; /* first: an asset is the address of its holder */
    atomic_uint holders;
};

/* The size of the result, 0 if it is not smaller or cannot be had. */
static size_t compress_into(struct vn_bytes bytes, unsigned char *out)
{
    z_stream stream = {0};

    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW,
                     GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK) {
        return 0;
    }
    // zlib does not write there; its type is from before const.
    memcpy(&stream.next_in, &bytes.data, sizeof(stream.next_in));
    stream.avail_in = (uInt)bytes.size;
    stream.next_out = out;
    stream.avail_out = (uInt)bytes.size;
    const bool fits = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    const size_t size = stream.total_out;

    deflateEnd(&stream);
    return fits ? size : 0;
}

static void make_tag(struct asset *asset)
{
    const XXH128_hash_t hash =
        XXH3_128bits(asset->plain.data, asset->plain.size);

    snprintf(asset->etag, sizeof(asset->etag), "\"%016llx%016llx\"",
             (unsigned long long)hash.high64, (unsigned long long)hash.low64);
}

enum vn_status asset_new(struct vn_bytes bytes, const char *type, bool is_page,
                         struct asset **out)
{
    struct held_asset *held = calloc(1, sizeof(*held));
    // Both forms beside each other; malloc(0) may be NULL.
    char *memory = malloc(2 * bytes.size + 1);

    if (held == NULL || memory == NULL) {
        free(memory);
        free(held);
        return VN_NOMEM;
    }
    char *compressed = memory + bytes.size;

    memcpy(memory, bytes.data, bytes.size);
    held->asset.plain = (struct vn_bytes){memory, bytes.size};
    held->asset.gzip = (struct vn_bytes){
        compressed, compress_into(bytes, (unsigned char *)compressed)};
    held->asset.type = type;
    held->asset.is_page = is_page;
    make_tag(&held->asset);
    atomic_init(&held->holders, 1);
    *out = &held->asset;
    return VN_OK;
}

static struct held_asset *holder_of(struct asset *asset)
{
    return (struct held_asset *)asset;
}

void asset_hold(struct asset *asset)
{
    atomic_fetch_add(&holder_of(asset)->holders, 1);
}

void asset_release(struct asset *asset)
{
    if (asset == NULL || atomic_fetch_sub(&holder_of(asset)->holders, 1) != 1) {
        return;
    }
    vn_text_free(&asset->plain);
    free(holder_of(asset));
}
