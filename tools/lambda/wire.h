/* wire.h: transfers over HTTP that go on beside each other, on one thread. */
#ifndef VN_LAMBDA_WIRE_H
#define VN_LAMBDA_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include <curl/curl.h>

#include "tools/answer/output.h"

/* All transfers of a process: they share connections. Zeroed it is closed. */
struct wire {
    CURLM *multi;
};

/* A header of answers that is wanted; "" if it is not there or too long. */
#define WIRE_VALUE_SIZE 257u
#define WIRE_HEADERS 3u
struct wire_header {
    const char *name; /* NULL: none */
    char value[WIRE_VALUE_SIZE];
};

/* One transfer after the other with the same options. Zeroed it is closed. */
struct wire_call {
    struct wire *wire;
    CURL *easy;
    bool running;
    CURLcode code;        /* of the last one */
    struct output answer; /* its body; failed if there was no room */
    size_t answer_size;
    struct wire_header headers[WIRE_HEADERS]; /* names set by the user */
};

bool wire_open(struct wire *wire);
void wire_close(struct wire *wire);

/* wire_call_open() makes a call whose answers have 'size' bytes at most. The
 * memory is taken when there is an answer, and given back by the next. */
bool wire_call_open(struct wire *wire, struct wire_call *call, size_t size);
void wire_call_close(struct wire_call *call);

/* Begins the transfer; nothing is sent before wire_wait(). */
void wire_start(struct wire_call *call);

/*
 * wire_wait() goes on with all transfers until this one is done, and returns
 * true, or until 'end_us' (wire_now_us(); WIRE_NEVER). A call that is not
 * running is done.
 */
#define WIRE_NEVER INT64_MAX
bool wire_wait(struct wire_call *call, int64_t end_us);

/* Goes on with all transfers as far as that goes without waiting. */
void wire_push(struct wire *wire);

/* Goes on with all transfers until that time. */
void wire_pause(struct wire *wire, int64_t end_us);

/* Gives the transfer up, with its connection. */
void wire_stop(struct wire_call *call);

int64_t wire_now_us(void);  /* CLOCK_MONOTONIC */
int64_t wire_unix_us(void); /* CLOCK_REALTIME */

#endif
