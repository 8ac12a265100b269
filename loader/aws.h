/* aws.h: region, endpoint and credentials, and their refresh. */
#ifndef VN_AWS_H
#define VN_AWS_H

#include <stdint.h>

#include "loader.h"

/* Lent until the next call of aws_credentials(). Never printed. */
struct aws_credentials {
    const char *access_key_id;
    const char *secret_access_key;
    const char *session_token; /* NULL if none */
    int64_t expires_s;         /* Unix time; 0 = never */
    const char *source;        /* "environment", "profile x", ... */
};

/*
 * aws_credentials() gives valid credentials: refreshed when less than five
 * minutes are left ('now_s' is Unix time) or 'renew' is set (the service said
 * that they expired). A refresh that fails while the old ones are valid gives
 * the old ones. Blocking, seconds at the most.
 */
VN_NODISCARD enum vn_status aws_credentials(struct vn_aws *aws, int64_t now_s,
                                            bool renew,
                                            struct aws_credentials *out,
                                            struct vn_error *error);
uint64_t aws_refreshes(const struct vn_aws *aws);
/* File of the certificates that are trusted, lent; NULL: the system's. */
const char *aws_ca_bundle(const struct vn_aws *aws);

/* Writes a line of --debug, if there is a function for it. */
void aws_debug(const struct vn_aws *aws, const char *format, ...)
    VN_PRINTF(2, 3);

#endif
