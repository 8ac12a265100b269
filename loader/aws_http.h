/* aws_http.h: one question to a server of credentials. */
#ifndef VN_AWS_HTTP_H
#define VN_AWS_HTTP_H

#include "aws_keys.h"

struct aws_question {
    const char *method;
    const char *url;
    const char *header; /* NULL if none */
    long timeout_ms;    /* of one try */
};

/*
 * aws_http_ask() asks up to three times while there is no answer or one with a
 * status of 500 and above; no proxy, no redirect. '*answer' comes from
 * aws_answer_init(), '*code' is the HTTP status, 0 if nobody answers.
 *
 * Returns VN_OK or VN_NOMEM.
 */
VN_NODISCARD enum vn_status aws_http_ask(const struct aws_question *question,
                                         struct buf *answer, long *code,
                                         struct vn_error *error);

/* Reads the credentials in an answer; VN_IO where there is none with 200. */
VN_NODISCARD enum vn_status aws_http_keys(const char *source, long code,
                                          const struct buf *answer,
                                          struct aws_keys *keys,
                                          struct vn_error *error);

enum vn_status aws_http_no_memory(struct vn_error *error);

#endif
