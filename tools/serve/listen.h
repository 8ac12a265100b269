/* listen.h: the socket that a server listens on. */
#ifndef VN_LISTEN_H
#define VN_LISTEN_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/error.h"

/* "http://[" address "]:65535/" and the end. */
#define LISTEN_URL_SIZE 80u

struct listen_socket {
    int fd; /* non-blocking */
    bool is_loopback;
    char url[LISTEN_URL_SIZE];
};

/*
 * listen_open() binds 'text', "ADDRESS:PORT" with a numeric address or
 * localhost, IPv6 in brackets, port 0 for any that is free, and listens.
 *
 * Returns VN_OK; VN_INVALID for another text, an address that is not this
 * machine's, a port that is taken or not allowed; VN_IO.
 */
VN_NODISCARD enum vn_status listen_open(const char *text,
                                        struct listen_socket *out,
                                        struct vn_error *error);

/*
 * listen_raise_files() lets the program open 'files' files at a time. Returns
 * VN_OK, or VN_INVALID if the limit of the system forbids it.
 */
VN_NODISCARD enum vn_status listen_raise_files(unsigned files,
                                               struct vn_error *error);

#endif
