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
    int fd;
    bool taken;             /* under the lock of the table */
    uint32_t next_free;     /* likewise */
    atomic_ullong since_ns; /* when it was opened, or last began or ended
                               the answer to a request */
    atomic_bool answering;  /* a request is read, its answer not yet sent */
    unsigned route;
    unsigned code;
    size_t size;        /* of the answer's body */
    const char *method; /* static */
    struct request_headers headers;
};

struct connections;

/* Room for 'most' connections. Returns VN_OK or VN_NOMEM. */
VN_NODISCARD enum vn_status connections_new(unsigned most,
                                            struct connections **out);
void connections_free(struct connections *table); /* accepts NULL */

/* Whether there is room for one more; the answer may be old at once. */
bool connections_have_room(struct connections *table);
/* Takes a place for the socket 'fd'; NULL if there is none. */
struct connection *connections_open(struct connections *table, int fd);
/* Gives the place back, before the socket is closed; accepts NULL. */
void connections_close(struct connections *table, struct connection *place);

unsigned connections_count(struct connections *table);
/* How many are being answered; since when nothing changed, in '*quiet_ns'. */
unsigned connections_answering(struct connections *table, uint64_t *quiet_ns);

/*
 * connections_cut() shuts down every connection on which, for longer than
 * 'most_ns', no request was completed, or an answer not taken. Returns how
 * many. Its server then sees their end, and closes them.
 */
unsigned connections_cut(struct connections *table, uint64_t most_ns);

/* The monotonic clock. */
uint64_t connections_now_ns(void);

#endif
