/* connections.h: who is connected, what each is doing, who is too slow. */
#ifndef VN_CONNECTIONS_H
#define VN_CONNECTIONS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "request.h"

/*
 * One connection. The atomic fields may be read by anyone; the rest belongs to
 * the thread that serves the connection, and speaks of the request in hand.
 */
struct connection {
    bool taken;             /* under the lock of the table */
    atomic_ullong since_ns; /* when it was opened, or last began or ended
                               the answer to a request */
    atomic_bool answering;  /* a request is read, its answer not yet sent */
    unsigned route;
    unsigned code;
    size_t size;        /* of the answer's body */
    const char *method; /* static */
    struct request_headers headers;
};

/* All connections, by the number of their socket. */
struct connections;

/*
 * Room for 'most' connections, whose sockets have numbers below 'files'.
 * Returns VN_OK or VN_NOMEM.
 */
VN_NODISCARD enum vn_status connections_new(unsigned most, unsigned files,
                                            struct connections **out);
void connections_free(struct connections *table); /* accepts NULL */

/* Takes the place of the socket 'fd'; false if there is no room. */
bool connections_open(struct connections *table, int fd);
/* Gives the place back, before the socket is closed. */
void connections_close(struct connections *table, int fd);
/* The place of an open connection. */
struct connection *connections_find(struct connections *table, int fd);

unsigned connections_count(struct connections *table);
/* How many found no room. */
uint64_t connections_refused(struct connections *table);
/* How many are being answered; since when nothing changed, in '*quiet_ns'. */
unsigned connections_answering(struct connections *table, uint64_t *quiet_ns);

/*
 * connections_cut() shuts down every connection on which, for longer than
 * 'most_ns', no request was completed, or an answer not taken, and those whose
 * client has ended. Returns how many. Its server then sees their end, and
 * closes them.
 */
unsigned connections_cut(struct connections *table, uint64_t most_ns);

/* The monotonic clock. */
uint64_t connections_now_ns(void);

#endif
