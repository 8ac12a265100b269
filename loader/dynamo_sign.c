/* dynamo_sign.c: AWS signature version 4 of one kind of request. */
#include "dynamo_sign.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#define HASH_SIZE SHA256_DIGEST_LENGTH
#define HEX_SIZE (2 * HASH_SIZE + 1)
#define SCOPE_END "dynamodb/aws4_request"

static void to_hex(const unsigned char hash[HASH_SIZE], char hex[HEX_SIZE])
{
    for (size_t i = 0; i < HASH_SIZE; i++) {
        (void)snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    }
}

static void hash_hex(const char *data, size_t size, char hex[HEX_SIZE])
{
    unsigned char hash[HASH_SIZE];

    SHA256((const unsigned char *)data, size, hash);
    to_hex(hash, hex);
}

/* hash = HMAC(key = hash, text). */
static void chain(unsigned char hash[HASH_SIZE], const char *text)
{
    unsigned char key[HASH_SIZE];

    memcpy(key, hash, HASH_SIZE);
    HMAC(EVP_sha256(), key, HASH_SIZE, (const unsigned char *)text,
         strlen(text), hash, NULL);
}

/* The names of the signed headers, in their order. */
static const char *signed_names(const struct dynamo_signed *request)
{
    return request->credentials->session_token != NULL
               ? "content-type;host;x-amz-date;x-amz-security-token;"
                 "x-amz-target"
               : "content-type;host;x-amz-date;x-amz-target";
}

static void add_header(struct buf *buf, const char *name, const char *value)
{
    buf_text(buf, name);
    buf_text(buf, ":");
    buf_text(buf, value);
    buf_text(buf, "\n");
}

static void hash_request(const struct dynamo_signed *request, const char *stamp,
                         struct buf *text, char hex[HEX_SIZE])
{
    char body_hex[HEX_SIZE];

    hash_hex(request->body, request->body_size, body_hex);
    buf_clear(text);
    buf_text(text, "POST\n/\n\n");
    add_header(text, "content-type", DYNAMO_CONTENT_TYPE);
    add_header(text, "host", request->host);
    add_header(text, "x-amz-date", stamp);
    if (request->credentials->session_token != NULL) {
        add_header(text, "x-amz-security-token",
                   request->credentials->session_token);
    }
    add_header(text, "x-amz-target", request->target);
    buf_text(text, "\n");
    buf_text(text, signed_names(request));
    buf_text(text, "\n");
    buf_text(text, body_hex);
    hash_hex(text->data != NULL ? text->data : "", text->size, hex);
}

static void sign_text(const struct dynamo_signed *request, const char *day,
                      struct buf *text, char hex[HEX_SIZE])
{
    unsigned char key[HASH_SIZE];

    struct buf secret;
    buf_init(&secret, 4096);
    buf_text(&secret, "AWS4");
    buf_text(&secret, request->credentials->secret_access_key);
    if (secret.failed) {
        text->failed = true;
        buf_reset(&secret);
        return;
    }
    HMAC(EVP_sha256(), secret.data, (int)secret.size,
         (const unsigned char *)day, strlen(day), key, NULL);
    OPENSSL_cleanse(secret.data, secret.size);
    buf_reset(&secret);
    chain(key, request->region);
    chain(key, "dynamodb");
    chain(key, "aws4_request");
    chain(key, text->data);
    to_hex(key, hex);
}

void dynamo_sign(const struct dynamo_signed *request, struct buf *header,
                 char stamp[DYNAMO_STAMP_SIZE])
{
    const time_t time_s = (time_t)request->time_s;
    struct tm tm;
    char day[9];
    char scope[128];
    char hex[HEX_SIZE];

    gmtime_r(&time_s, &tm);
    (void)strftime(stamp, DYNAMO_STAMP_SIZE, "%Y%m%dT%H%M%SZ", &tm);
    (void)snprintf(day, sizeof day, "%.8s", stamp);
    (void)snprintf(scope, sizeof scope, "%s/%s/" SCOPE_END, day,
                   request->region);
    hash_request(request, stamp, header, hex);
    buf_clear(header);
    buf_text(header, "AWS4-HMAC-SHA256\n");
    buf_text(header, stamp);
    buf_text(header, "\n");
    buf_text(header, scope);
    buf_text(header, "\n");
    buf_text(header, hex);
    if (header->failed) {
        return;
    }
    sign_text(request, day, header, hex);
    if (header->failed) {
        return;
    }
    buf_clear(header);
    buf_text(header, "Authorization: AWS4-HMAC-SHA256 Credential=");
    buf_text(header, request->credentials->access_key_id);
    buf_text(header, "/");
    buf_text(header, scope);
    buf_text(header, ", SignedHeaders=");
    buf_text(header, signed_names(request));
    buf_text(header, ", Signature=");
    buf_text(header, hex);
}
