/* dynamo_sign.h: a signature for a time other than the system's. */
#ifndef VN_DYNAMO_SIGN_H
#define VN_DYNAMO_SIGN_H

#include <stddef.h>
#include <stdint.h>

#include "aws.h"
#include "buf.h"

/*
 * libcurl 7.88 signs with the system's clock, and sends a given X-Amz-Date
 * twice. Where the clock is known to be wrong, the request is signed here
 * instead: AWS signature version 4 of a POST to "/" with these headers and no
 * others beginning with "x-amz-".
 */
struct dynamo_signed {
    const struct aws_credentials *credentials;
    const char *region;
    const char *host;   /* as the Host header says it, with its port */
    const char *target; /* X-Amz-Target */
    const char *body;
    size_t body_size;
    int64_t time_s; /* Unix time to sign for */
};

#define DYNAMO_CONTENT_TYPE "application/x-amz-json-1.0"
#define DYNAMO_STAMP_SIZE 17u /* "20261121T092123Z" and its end */

/*
 * Writes the whole header "Authorization: ..." to 'header' (emptied first; it
 * fails as a buf does) and the value of X-Amz-Date to 'stamp'.
 */
void dynamo_sign(const struct dynamo_signed *request, struct buf *header,
                 char stamp[DYNAMO_STAMP_SIZE]);

#endif
