/* reply.c: answers of libmicrohttpd with their headers. */
#include "reply.h"

#include <string.h>

#define JSON "application/json"

/*
 * Nothing from elsewhere, nothing inline: what does not come from here as a
 * file is not run. Scripts may still set styles of elements.
 */
#define POLICY                                                                 \
    "default-src 'none'; script-src 'self'; style-src 'self'; "                \
    "img-src 'self'; connect-src 'self'; manifest-src 'self'; "                \
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

static void add(struct MHD_Response *response, const char *name,
                const char *value)
{
    // Fails only without memory; an answer without a header is still one.
    (void)MHD_add_response_header(response, name, value);
}

/* Sends 'response' and lets it go; without one the connection is closed. */
static enum MHD_Result send_reply(struct request *request, unsigned code,
                                  struct MHD_Response *response, size_t size)
{
    if (response == NULL) {
        return MHD_NO;
    }
    if (atomic_load(&request->service->stopping)) {
        add(response, "Connection", "close");
    }
    request->place->code = code;
    request->place->size = size;
    const enum MHD_Result result =
        MHD_queue_response(request->connection, code, response);

    MHD_destroy_response(response);
    return result;
}

static struct MHD_Response *copy_of(struct vn_bytes body)
{
    // libmicrohttpd only reads it; its type is from before const.
    return MHD_create_response_from_buffer(
        body.size, (void *)(uintptr_t)body.data, MHD_RESPMEM_MUST_COPY);
}

static struct MHD_Response *fresh(const char *type, struct vn_bytes body)
{
    struct MHD_Response *response = copy_of(body);

    if (response != NULL) {
        add(response, "Content-Type", type);
        add(response, "Cache-Control", "no-store");
        add(response, "X-Content-Type-Options", "nosniff");
    }
    return response;
}

enum MHD_Result reply_text(struct request *request, const char *type,
                           struct vn_bytes body)
{
    return send_reply(request, MHD_HTTP_OK, fresh(type, body), body.size);
}

enum MHD_Result reply_json(struct request *request, unsigned code,
                           struct vn_bytes body)
{
    return send_reply(request, code, fresh(JSON, body), body.size);
}

enum MHD_Result reply_error(struct request *request, unsigned code,
                            const char *message)
{
    char memory[ANSWER_SIZE];
    struct output out;

    output_start(&out, OUTPUT_MEMORY, memory, sizeof(memory));
    answer_error_json(&out, message);
    struct MHD_Response *response =
        fresh(JSON, (struct vn_bytes){out.buffer, out.used});

    if (response != NULL && code == MHD_HTTP_METHOD_NOT_ALLOWED) {
        add(response, "Allow", "GET, HEAD");
    }
    return send_reply(request, code, response, out.used);
}

/* ---- Assets ------------------------------------------------------------- */

static void release(void *asset)
{
    asset_release(asset);
}

/* A response that holds the asset until it is sent. */
static struct MHD_Response *lend(struct asset *asset, struct vn_bytes body)
{
    asset_hold(asset);
    struct MHD_Response *response =
        MHD_create_response_from_buffer_with_free_callback_cls(
            body.size, (void *)(uintptr_t)body.data, release, asset);

    if (response == NULL) {
        asset_release(asset);
    }
    return response;
}

static void add_page_headers(struct MHD_Response *response)
{
    add(response, "Content-Security-Policy", POLICY);
    add(response, "Cross-Origin-Opener-Policy", "same-origin");
    add(response, "Referrer-Policy", "no-referrer");
    add(response, "X-Frame-Options", "DENY");
}

/* What a 304 says too. */
static void add_asset_headers(struct MHD_Response *response,
                              const struct asset *asset)
{
    add(response, "ETag", asset->etag);
    add(response, "Cache-Control", "no-cache");
    add(response, "Vary", "Accept-Encoding");
    add(response, "X-Content-Type-Options", "nosniff");
    add(response, "Cross-Origin-Resource-Policy", "same-origin");
    if (asset->is_page) {
        add_page_headers(response);
    }
}

static enum MHD_Result reply_unchanged(struct request *request,
                                       const struct asset *asset)
{
    struct MHD_Response *response = copy_of((struct vn_bytes){"", 0});

    if (response != NULL) {
        add_asset_headers(response, asset);
    }
    return send_reply(request, MHD_HTTP_NOT_MODIFIED, response, 0);
}

enum MHD_Result reply_asset(struct request *request, struct asset *asset)
{
    if (request_has_tag(request->place->headers.if_none_match, asset->etag)) {
        return reply_unchanged(request, asset);
    }
    const bool compressed =
        asset->gzip.size > 0 &&
        request_takes_gzip(request->place->headers.accept_encoding);
    const struct vn_bytes body = compressed ? asset->gzip : asset->plain;
    struct MHD_Response *response = lend(asset, body);

    if (response != NULL) {
        add(response, "Content-Type", asset->type);
        add_asset_headers(response, asset);
        if (compressed) {
            add(response, "Content-Encoding", "gzip");
        }
    }
    return send_reply(request, MHD_HTTP_OK, response, body.size);
}
