/* dynamo_setup.c: connections: opened, set up, closed. */
#include "dynamo_private.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_TIMEOUT_MS 10000L
/* DynamoDB answers within milliseconds; a batch that takes longer than this
 * is lost. Half would cut off slow emulators. */
#define TOTAL_TIMEOUT_MS 30000L
/* The service's limit of a request. */
#define BODY_MAX ((size_t)16 << 20)
/* The longest page of a Scan is 1 MB of items, less than 16 MB of JSON. */
#define ANSWER_MAX ((size_t)32 << 20)
/* One send() takes a batch of 25 of our items; libcurl's default of 64 KB
 * would cost 16 MB of 256 calls. */
#define UPLOAD_BUFFER 16384L

static bool open_call(struct dynamo *dynamo, struct dynamo_call *call)
{
    call->dynamo = dynamo;
    buf_init(&call->body, BODY_MAX);
    buf_init(&call->answer, ANSWER_MAX);
    call->easy = curl_easy_init();
    CURL *easy = call->easy;
    // A header without a value must never be given to libcurl 7.88: it signs
    // "Expect:" and does not send it.
    return easy != NULL &&
           curl_easy_setopt(easy, CURLOPT_URL, dynamo->url) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") ==
               CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                            (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_USERAGENT,
                            "vanity/" VN_VERSION_TEXT) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, UPLOAD_BUFFER) ==
               CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                            CONNECT_TIMEOUT_MS) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, TOTAL_TIMEOUT_MS) ==
               CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->curl_error) ==
               CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PRIVATE, call) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, dynamo_take_body) ==
               CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, call) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, dynamo_take_header) ==
               CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HEADERDATA, call) == CURLE_OK;
}

/* No bundle: libcurl takes the system's. */
static bool set_trust(const struct dynamo_call *call)
{
    const char *bundle = aws_ca_bundle(call->dynamo->aws);

    return bundle == NULL ||
           curl_easy_setopt(call->easy, CURLOPT_CAINFO, bundle) == CURLE_OK;
}

static void close_call(struct dynamo_call *call)
{
    struct dynamo *dynamo = call->dynamo;

    if (call->easy != NULL) {
        if (dynamo->loop.multi != NULL) {
            (void)curl_multi_remove_handle(dynamo->loop.multi, call->easy);
        }
        curl_easy_cleanup(call->easy);
    }
    curl_slist_free_all(call->headers);
    buf_reset(&call->body);
    buf_reset(&call->answer);
}

static enum vn_status open_calls(struct dynamo *dynamo, unsigned count,
                                 struct vn_error *error)
{
    dynamo->calls = calloc(count, sizeof *dynamo->calls);
    dynamo->free_calls = calloc(count, sizeof(struct dynamo_call *));
    if (dynamo->calls == NULL || dynamo->free_calls == NULL) {
        return vn_error_set(error, VN_NOMEM, "connections: out of memory");
    }
    for (unsigned i = 0; i < count; i++) {
        struct dynamo_call *call = &dynamo->calls[i];
        dynamo->count++;
        if (!open_call(dynamo, call) || !set_trust(call)) {
            return vn_error_set(error, VN_NOMEM, "libcurl: cannot set up");
        }
        dynamo->free_calls[count - 1 - i] = call;
        dynamo->free_count++;
    }
    return VN_OK;
}

/* URL of the requests and their Host header, from the endpoint. */
static bool split_endpoint(struct dynamo *dynamo)
{
    char *scheme = NULL;
    char *host = NULL;
    char *port = NULL;
    char *path = NULL;
    CURLU *url = curl_url();

    const bool usable =
        url != NULL &&
        curl_url_set(url, CURLUPART_URL, dynamo->endpoint, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
        (strcmp(scheme, "https") == 0 || strcmp(scheme, "http") == 0) &&
        curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_PATH, &path, 0) == CURLUE_OK &&
        strcmp(path, "/") == 0;
    if (usable) {
        // No port where it is the scheme's own, as libcurl sends it.
        (void)curl_url_get(url, CURLUPART_PORT, &port, CURLU_NO_DEFAULT_PORT);
        dynamo->loop.guard_pipe = strcmp(scheme, "https") == 0;
        (void)snprintf(dynamo->host, sizeof dynamo->host, "%s%s%s", host,
                       port != NULL ? ":" : "", port != NULL ? port : "");
        (void)snprintf(dynamo->url, sizeof dynamo->url, "%s://%s/", scheme,
                       dynamo->host);
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_free(path);
    curl_url_cleanup(url);
    return usable;
}

enum vn_status dynamo_open(struct vn_aws *aws, unsigned in_flight,
                           struct dynamo **out, struct vn_error *error)
{
    assert(in_flight >= 1 && in_flight <= 256);
    struct dynamo *dynamo = calloc(1, sizeof *dynamo);
    if (dynamo == NULL) {
        return vn_error_set(error, VN_NOMEM, "connections: out of memory");
    }
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(dynamo);
        return vn_error_set(error, VN_IO, "libcurl: cannot be initialised");
    }
    dynamo->aws = aws;
    dynamo->region = vn_aws_region(aws);
    dynamo->endpoint = vn_aws_endpoint(aws);
    dynamo->credentials_at_s = -1;
    (void)snprintf(dynamo->sigv4, sizeof dynamo->sigv4, "aws:amz:%s:dynamodb",
                   dynamo->region);
    enum vn_status status = dynamo_loop_open(&dynamo->loop, in_flight, error);
    if (status == VN_OK && !split_endpoint(dynamo)) {
        status = vn_error_set(error, VN_INVALID,
                              "%s: no endpoint (expected http://HOST:PORT or "
                              "https://HOST)",
                              dynamo->endpoint);
    }
    if (status == VN_OK) {
        status = open_calls(dynamo, in_flight, error);
    }
    if (status != VN_OK) {
        dynamo_close(dynamo);
        return status;
    }
    *out = dynamo;
    return VN_OK;
}

void dynamo_set_timeout(struct dynamo *dynamo, long timeout_ms)
{
    for (unsigned i = 0; i < dynamo->count; i++) {
        (void)curl_easy_setopt(dynamo->calls[i].easy, CURLOPT_TIMEOUT_MS,
                               timeout_ms);
    }
}

void dynamo_close(struct dynamo *dynamo)
{
    if (dynamo == NULL) {
        return;
    }
    for (unsigned i = 0; i < dynamo->count; i++) {
        close_call(&dynamo->calls[i]);
    }
    dynamo_loop_close(&dynamo->loop);
    free(dynamo->calls);
    free(dynamo->free_calls);
    dynamo_forget_credentials(&dynamo->credentials);
    free(dynamo);
    curl_global_cleanup();
}
