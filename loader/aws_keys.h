/* aws_keys.h: a set of credentials that is wiped when it goes. */
#ifndef VN_AWS_KEYS_H
#define VN_AWS_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "engine/text.h"

#define AWS_SOURCE_SIZE 160u
/* Most bytes of an answer that holds credentials: tokens take 1 to 4 kB. */
#define AWS_ANSWER_MAX ((size_t)64 << 10)

/* Owned texts; zeroed it is empty. */
struct aws_keys {
    char *access_key_id, *secret_access_key;
    char *session_token; /* NULL if none */
    int64_t expires_s;   /* 0 = never */
    char source[AWS_SOURCE_SIZE];
};

/* The same, lent; an empty token is none. */
struct aws_keys_text {
    struct vn_bytes access_key_id, secret_access_key, session_token;
};

/*
 * aws_keys_set() copies 'text' into '*keys', which is empty. Returns VN_OK;
 * VN_INVALID if one is missing or has a byte that no header can carry;
 * VN_NOMEM.
 */
VN_NODISCARD enum vn_status aws_keys_set(struct aws_keys *keys,
                                         const struct aws_keys_text *text,
                                         const char *source,
                                         struct vn_error *error);
void aws_keys_reset(struct aws_keys *keys); /* wipes, frees, empties */

/* The two forms of credentials in JSON. */
enum aws_keys_form {
    AWS_KEYS_PROCESS, /* "Version":1, "SessionToken" */
    AWS_KEYS_ENDPOINT /* "Token"; "Code", if there, is "Success" */
};

/* Like aws_keys_set(), but of an answer in JSON. */
VN_NODISCARD enum vn_status aws_keys_parse(struct aws_keys *keys,
                                           enum aws_keys_form form,
                                           const struct buf *answer,
                                           const char *source,
                                           struct vn_error *error);

/* aws_keys_time() reads a time of RFC 3339; without a zone it is UTC. */
bool aws_keys_time(const char *text, int64_t *time_s);

/* Overwrites and frees a text; accepts NULL. */
void aws_wipe(char *text);

/* An empty buffer for secrets: it never moves, so that it can be wiped. */
VN_NODISCARD bool aws_answer_init(struct buf *answer);
void aws_answer_reset(struct buf *answer); /* wipes, frees */

#endif
