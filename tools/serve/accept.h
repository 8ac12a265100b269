/* accept.h: takes new connections and shares them out among the threads. */
#ifndef VN_ACCEPT_H
#define VN_ACCEPT_H

#include <microhttpd.h>

#include "connections.h"
#include "engine/error.h"

/*
 * A thread that accepts. Threads that all listen themselves take as many as
 * they can get: of 64 connections that come at once, one has most.
 */
struct acceptor;

/*
 * acceptor_start() hands every connection to 'fd', which it takes, to 'daemon',
 * if there is room in 'connections'; others are told 503 and closed.
 *
 * Returns VN_OK or VN_IO, VN_NOMEM: then 'fd' is closed.
 */
VN_NODISCARD enum vn_status acceptor_start(int fd, struct MHD_Daemon *daemon,
                                           struct connections *connections,
                                           struct acceptor **out,
                                           struct vn_error *error);

/* Takes those that are already connected, then nobody; accepts NULL. */
void acceptor_stop(struct acceptor *acceptor);

#endif
