/* handler.h: the Lambda functions, bytes in, bytes out. */
#ifndef VN_LAMBDA_HANDLER_H
#define VN_LAMBDA_HANDLER_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/answer/output.h"

/*
 * lookup    number -> spellings: calls of Amazon Connect, GET /vanitynumbers.
 * call-log  a call of Amazon Connect -> two items of the table of calls: one
 *           that counts for this number and day, and the call itself.
 * callers   the last five calls: GET /callers. Of Amazon Connect: how often
 *           this number called today.
 *
 * Nothing here reads the environment, a clock or a file: all that lies outside
 * comes in by 'struct handler_outside'.
 *
 * The item "#meta" of the index is never asked for: a table without one, or
 * one that is being loaded, is served as it is. An item that is no item of
 * this format (loader/loader.h) is a fault, whatever "#meta" says.
 */
enum handler_kind { HANDLER_LOOKUP, HANDLER_CALL_LOG, HANDLER_CALLERS };

/* Longest reply, and room for it: Amazon Connect takes 32 kB. */
#define HANDLER_REPLY_SIZE ((size_t)32 << 10)
/* How long a call is kept, and how far back callers are looked for. */
#define HANDLER_KEPT_DAYS 30
/* The calls of one caller on one day are counted up to here. */
#define HANDLER_COUNTED_CALLS 100u
/* How long a call counts: longer than its day. */
#define HANDLER_COUNTED_DAYS 2

/* ---- What lies outside ----------------------------------------------------
 */

enum table_operation { TABLE_GET_ITEM, TABLE_PUT_ITEM, TABLE_QUERY };

enum table_outcome {
    TABLE_ANSWERED,
    TABLE_CONDITION,   /* ConditionalCheckFailedException */
    TABLE_LATE,        /* no answer in time */
    TABLE_THROTTLED,   /* too much asked, also after a retry */
    TABLE_UNREACHABLE, /* no connection, or it broke; 5xx */
    TABLE_REFUSED      /* no such table, no permission, ... */
};

struct table_answer {
    enum table_outcome outcome;
    struct vn_bytes body; /* lent until the next question */
    char reason[96];      /* of a fault, in a few words; or "" */
    unsigned retries;
    int64_t spent_us;
};

struct handler_outside {
    void *context;
    /* Asks DynamoDB, until Unix time 'end_ms' at most. */
    void (*ask)(void *context, enum table_operation operation,
                struct vn_bytes request, int64_t end_ms,
                struct table_answer *answer);
    int64_t (*now_us)(void *context); /* Unix time */
    /* Takes a line of JSON with its line feed. */
    void (*log)(void *context, struct vn_bytes line);
};

/* ---- Functions ------------------------------------------------------------
 */

struct handler {
    enum handler_kind kind;
    const char *table; /* of the index for lookup, else of the calls */
    struct handler_outside outside;
};

/* One invocation. Texts are never NULL. */
struct handler_request {
    struct vn_bytes event;
    bool too_large; /* the event is cut, and not read */
    const char *request_id;
    const char *trace;   /* Lambda-Runtime-Trace-Id, or "" */
    int64_t deadline_ms; /* Unix time; 0: none */
    bool cold;           /* the first of this process */
};

/* What to send: the reply, or the error with its type. */
struct handler_reply {
    const char *error_type; /* static; NULL: a reply */
    struct vn_bytes body;   /* lent until the next invocation */
};

/* handler_find() gives the kind of the name; false if there is none. */
bool handler_find(const char *name, enum handler_kind *kind);
const char *handler_name(enum handler_kind kind);

/*
 * handler_run() answers one event and writes one line to the log, without
 * personal data: of a number the last two digits.
 *
 * Faults (a table that does not answer, an event that cannot be read) are
 * errors to Amazon Connect, which may then repeat, and a status of 500 and
 * above to API Gateway. All else are replies: Count "0" for a number without
 * spelling or none at all, 400, 404 and 405 for requests that are wrong.
 *
 * '*reply' is in 'memory' (HANDLER_MEMORY bytes).
 */
#define HANDLER_MEMORY (2 * HANDLER_REPLY_SIZE)
void handler_run(const struct handler *handler,
                 const struct handler_request *request, char *memory,
                 struct handler_reply *reply);

/*
 * handler_first_question() writes a question to the table whose answer does
 * not matter: to be asked before there is an event, for the sake of the
 * connection. False for a handler for which nobody waits.
 */
bool handler_first_question(const struct handler *handler,
                            enum table_operation *operation,
                            struct output *out);

/*
 * handler_error() writes the body of an error, of an invocation or of the
 * start: {"errorMessage","errorType","stackTrace":[]}.
 */
void handler_error(struct output *out, const char *type, const char *message);

#endif
