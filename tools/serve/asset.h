/* asset.h: bytes that are answered many times: the page, the map, the lists. */
#ifndef VN_ASSET_H
#define VN_ASSET_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/text.h"

/* A strong entity tag with its quotes and its end: 128 bits. */
#define ASSET_ETAG_SIZE 35u

/* Plain data but for the count of its holders. Immutable once made. */
struct asset {
    struct vn_bytes plain;
    struct vn_bytes gzip; /* empty where it would not be smaller */
    const char *type;     /* static */
    bool is_page;         /* a browser shows it: it gets the page's policy */
    char etag[ASSET_ETAG_SIZE];
};

/*
 * asset_new() makes an asset of 'bytes', which it copies, held once. 'type' is
 * its media type, a static string. Returns VN_OK or VN_NOMEM.
 */
VN_NODISCARD enum vn_status asset_new(struct vn_bytes bytes, const char *type,
                                      bool is_page, struct asset **asset);

/* Threads: any number may hold and release an asset. */
void asset_hold(struct asset *asset);
void asset_release(struct asset *asset); /* the last one frees; accepts NULL */

#endif
