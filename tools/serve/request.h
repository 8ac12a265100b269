/* request.h: what is asked: the headers, the host, the query. */
#ifndef VN_REQUEST_H
#define VN_REQUEST_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>

#include "engine/text.h"

/* Longest value of a parameter that is read, in bytes after decoding. */
#define REQUEST_VALUE_MAX 512u

/* The names that a request may call the server by. */
struct request_hosts {
    bool any;      /* no check */
    bool loopback; /* localhost, 127.x.x.x, [::1] */
    const char *const *names;
    size_t count;
};

/* The first line, as libmicrohttpd cut it where it lies. */
struct request_line {
    const char *method;
    const char *target_end; /* what request_note_target() returned */
    const char *version;
};

/* The headers that matter; empty where there is none. Lent. */
struct request_headers {
    struct vn_bytes host;
    struct vn_bytes accept_encoding;
    struct vn_bytes if_none_match;
    struct vn_bytes fetch_site;
};

/*
 * request_read() reads the headers and refuses every request that another
 * server on the way could read differently: one with a body or a length, two
 * hosts, a name that is none, a folded line, a NUL, a line that ends in a line
 * feed alone. Returns NULL, or what is wrong, as a static sentence; then the
 * connection is to be closed.
 */
const char *request_read(struct MHD_Connection *connection,
                         const struct request_line *line,
                         struct request_headers *headers);

/*
 * The path of a target; in absolute form, "http://HOST/path", it stands behind
 * a host, which becomes that of the request.
 */
const char *request_path(const char *target, struct request_headers *headers);

/* Whether the host of the request, or that it has none, is allowed. */
bool request_host_is_ours(const struct request_hosts *hosts,
                          struct vn_bytes host);

/* Whether a list of encodings takes gzip. */
bool request_takes_gzip(struct vn_bytes accept_encoding);

/* Whether 'etag' is in a list of tags, or that is "*". */
bool request_has_tag(struct vn_bytes if_none_match, const char *etag);

/*
 * request_parameter() decodes the parameter 'name' of the query to '*value',
 * which lies in 'memory'. Returns NULL, or what is wrong, as a static sentence:
 * given twice, a bad percent sign, a NUL, too long. '*found' tells whether it
 * is there.
 */
const char *request_parameter(struct MHD_Connection *connection,
                              const char *name, char memory[REQUEST_VALUE_MAX],
                              struct vn_bytes *value, bool *found);

/* A MHD_UnescapeCallback that leaves all as it came, for the above. */
size_t request_keep_escapes(void *context, struct MHD_Connection *connection,
                            char *text);

/*
 * For MHD_OPTION_URI_LOG_CALLBACK: where the target ends before it is cut, NULL
 * for one that is none. Refuses one with too many parameters by itself.
 */
void *request_note_target(void *context, const char *target,
                          struct MHD_Connection *connection);

#endif
