/* serve.h: a server from its start to its end. */
#ifndef VN_SERVE_H
#define VN_SERVE_H

#include <stdbool.h>
#include <stddef.h>

#include "calls.h"

#define SERVE_LISTEN "127.0.0.1:8080"
#define SERVE_THREADS_MAX 64u
/* Some 20 kB each at most, and one open file. */
#define SERVE_CONNECTIONS 1024u
#define SERVE_CONNECTIONS_MAX 1000000u
#define SERVE_TIMEOUT_S 30u
#define SERVE_TIMEOUT_MAX_S 3600u
#define SERVE_HOSTS_MAX 64u

/* All fields of 0 or NULL take their default. */
struct serve_options {
    const char *index_path;
    const char *listen;   /* ADDRESS:PORT */
    unsigned threads;     /* 0: one per online processor */
    unsigned connections; /* at a time */
    unsigned timeout_s;   /* to send a request, to take an answer */
    const char *hosts[SERVE_HOSTS_MAX];
    size_t host_count;
    const char *log_path; /* NULL: beside the index */
    unsigned kept;        /* calls */
    bool no_log;
    const char *access_log; /* file, "-" for standard error; NULL: none */
    bool json;              /* the URL as an object */
    bool quiet;
};

/*
 * serve_run() serves until SIGINT or SIGTERM, then answers what was asked and
 * returns CLI_DONE; a second signal ends it at once. SIGHUP, or a new file at
 * the path of the index, is a new index. Prints its URL on standard output
 * when it is ready, reports failures, and returns the exit code.
 */
int serve_run(const struct serve_options *options);

#endif
