/* dynamo.h: requests to DynamoDB: signed, checked, classified. */
#ifndef VN_DYNAMO_H
#define VN_DYNAMO_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "aws.h"
#include "buf.h"

/*
 * libcurl, multi interface, one thread, HTTP/1.1, keep-alive, signed by
 * CURLOPT_AWS_SIGV4. TLS is always verified; redirects are not followed. The
 * answer's x-amz-crc32 is checked where there is one. The clock of the
 * signature follows the answer's Date where a signature was out of time: from
 * then on requests are signed by dynamo_sign.h, as libcurl knows the system's
 * clock only and 7.88 sends an X-Amz-Date of ours twice.
 *
 * libcurl sends a request again by itself where a kept connection closes
 * without an answer, so the service may count more than 'requests'.
 */
enum dynamo_class {
    DYNAMO_OK,
    DYNAMO_THROTTLED, /* throughput: wait, cut the rate */
    DYNAMO_AGAIN,     /* 5xx, broken or late answer, wrong CRC: wait */
    DYNAMO_REFUSED,   /* the request is bad (Validation, Serialization, 413) */
    DYNAMO_FATAL      /* no later attempt can succeed (permission, no table) */
};

/* Lent for the call of the function. */
struct dynamo_answer {
    enum dynamo_class class;
    long http_status;    /* 0: no answer */
    bool unreachable;    /* FATAL, as nothing answers at the endpoint */
    const char *type;    /* error type after '#', "" if none */
    const char *message; /* of the service or of libcurl, no secrets */
    const char *reason;  /* first of ThrottlingReasons, "" if none */
    const char *body;    /* of a 200; NUL-terminated */
    size_t body_size;
    double elapsed_ms;
};

struct dynamo;      /* the connections */
struct dynamo_call; /* one request, from begin to its answer */

typedef void (*dynamo_done_fn)(void *context, struct dynamo_call *call,
                               const struct dynamo_answer *answer);

struct dynamo_stats {
    uint64_t requests, connections, crc_failures, resigned;
};

/* At most 'in_flight' calls at once (1..256). 'aws' must outlive it. */
VN_NODISCARD enum vn_status dynamo_open(struct vn_aws *aws, unsigned in_flight,
                                        struct dynamo **dynamo,
                                        struct vn_error *error);
void dynamo_close(struct dynamo *dynamo); /* accepts NULL; drops calls */
/* How long a call may take, answer included; 30 s unless told. */
void dynamo_set_timeout(struct dynamo *dynamo, long timeout_ms);

/* A free call, or NULL if all are in flight. Its body is empty. A call is
 * free again when its 'done' has returned. */
struct dynamo_call *dynamo_begin(struct dynamo *dynamo);
struct buf *dynamo_body(struct dynamo_call *call);
/* An index 0 .. in_flight - 1 of the call, for tables of the caller. */
unsigned dynamo_slot(const struct dynamo_call *call);
/*
 * Sends the body as 'operation' ("BatchWriteItem"). 'done' is called once, out
 * of dynamo_poll(). An expired token or a skewed clock is mended and the call
 * sent again, without the caller seeing it (at most twice for each).
 */
VN_NODISCARD enum vn_status dynamo_send(struct dynamo_call *call,
                                        const char *operation,
                                        dynamo_done_fn done, void *context,
                                        struct vn_error *error);
unsigned dynamo_in_flight(const struct dynamo *dynamo);
/* Works on the calls for at most 'timeout_ms', less if one is answered. */
VN_NODISCARD enum vn_status dynamo_poll(struct dynamo *dynamo, int timeout_ms,
                                        struct vn_error *error);
void dynamo_stats(const struct dynamo *dynamo, struct dynamo_stats *stats);

/*
 * dynamo_ask() is for the control plane: sends, waits, tries again with
 * backoff (10 attempts) while the class is THROTTLED or AGAIN. '*answer' gets
 * the parsed body (to be freed with json_decref()). Returns VN_OK;
 * VN_NOT_FOUND for ResourceNotFoundException; VN_STOPPED for
 * ConditionalCheckFailedException; VN_INVALID for what the user must mend;
 * VN_IO where nothing answers, or nothing that helps.
 */
VN_NODISCARD enum vn_status dynamo_ask(struct dynamo *dynamo,
                                       const char *operation,
                                       const json_t *request, json_t **answer,
                                       struct vn_error *error);

#endif
