/* handler_private.h: what the functions of the Lambda share. */
#ifndef VN_LAMBDA_HANDLER_PRIVATE_H
#define VN_LAMBDA_HANDLER_PRIVATE_H

#include "event.h"
#include "handler.h"

#include "tools/answer/answer.h"

/* One invocation under way. */
struct handling {
    const struct handler *handler;
    const struct handler_request *request;
    struct event event;
    int64_t start_us;
    struct output out; /* the reply, or the body of an HTTP reply */
    /* For the log. */
    const char *outcome;    /* static */
    const char *error_type; /* static; an error of the invocation */
    unsigned status;        /* of HTTP, 200 before anything is known */
    struct vn_error error;
    char digits[3];     /* the last two of the number, or "" */
    unsigned questions; /* to the table */
    unsigned retries;
    int64_t table_us;
};

/* Each writes the body of the reply to 'out', or calls a handling_...(). */
void handle_lookup(struct handling *handling);
void handle_call_log(struct handling *handling);
void handle_callers(struct handling *handling);

/* An HTTP reply with this status and {"message"}. */
void handling_refuse(struct handling *handling, unsigned status,
                     const char *outcome, const char *message);

/* An error of the invocation, or an HTTP reply of this status. */
void handling_fail(struct handling *handling, unsigned status,
                   const char *error_type, const char *message);

/*
 * Asks the table; the request is 'writer's buffer. True with the answer read
 * ('*root' is the caller's) or the condition not met ('*root' NULL); else the
 * fault has been told.
 */
bool handling_ask(struct handling *handling, enum table_operation operation,
                  const struct output *request, json_t **root);

/* The item or answer of the table is of no format that is known. */
void handling_damaged(struct handling *handling);

/* Reads a number; false if it is none. Notes its last two digits. */
bool handling_number(struct handling *handling, struct vn_bytes text,
                     struct vn_number *number, struct vn_error *error);

/* Reads the number of the caller, E.164; false if it is withheld. */
bool handling_caller(struct handling *handling, struct vn_number *number);

/* {"S":"..."} and {"N":"..."}. */
void write_typed(struct output *out, const char *type, struct vn_bytes text);
/* The text of such a value; data NULL for anything else. */
struct vn_bytes typed_text(const json_t *value, const char *type);

/* RFC 3339, UTC, with milliseconds: "2026-11-21T09:21:23.000Z". */
#define TIME_SIZE 32u
#define DAY_SIZE 16u
void write_time(int64_t time_us, char out[TIME_SIZE]);
/* "2026-11-21", 'days' before that time. */
void write_day(int64_t time_us, int days, char out[DAY_SIZE]);

#define US_PER_S 1000000

#endif
