/* net_fixture.h: the stub of DynamoDB as a child, and a client's credentials
 * that a test sets. */
#ifndef NET_FIXTURE_H
#define NET_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "loader/aws.h"

/*
 * Stands in for loader/aws.c: a test says what the client is given. The
 * functions of loader/aws.h and vn_aws_region(), vn_aws_endpoint() look here.
 */
struct vn_aws {
    char endpoint[64];
    const char *region;
    struct aws_credentials credentials;
    struct aws_credentials renewed; /* given after 'renew'; NULLs: the same */
    enum vn_status renewal;         /* what a renewal returns */
    uint64_t renewals;
    char debug[1 << 16]; /* the lines of aws_debug() */
    size_t debug_size;
};

/* Starts tests/net/stub.py, with --tls FOLDER if 'tls' is not NULL; fills
 * '*aws' with what it accepts. Fails the test if it does not start. */
struct net_stub;
struct net_stub *net_stub_start(const char *tls, struct vn_aws *aws);
void net_stub_stop(struct net_stub *stub);

/* POST /__control; 'order' is JSON. */
void net_stub_order(struct net_stub *stub, const char *order);
/* GET /__state: to be freed. */
json_t *net_stub_state(struct net_stub *stub);
/* A count of the state's "counts", or of a member of the state itself. */
long net_stub_count(struct net_stub *stub, const char *name);
/* The items of the table, as JSON lines: to be freed. */
char *net_stub_items(struct net_stub *stub, const char *table);

#endif
