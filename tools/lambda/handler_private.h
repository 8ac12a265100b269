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

/* Each writes a question whose answer does not matter. */
void first_lookup(const struct handler *handler, struct output *out);
void first_callers(const struct handler *handler, struct output *out);

/* An HTTP reply with this status and {"message"}. */
void handling_refuse(struct handling *handling, unsigned status,
                     const char *outcome, const char *message);

/* An error of the invocation, or an HTTP reply of this status. */
void handling_fail(struct handling *handling, unsigned status,
                   const char *error_type, const char *message);

/* Asks the table; the answer is lent until the next question. */
void handling_send(struct handling *handling, enum table_operation operation,
                   const struct output *request, struct table_answer *answer);

/*
 * Reads that answer. True with '*root', which is the caller's, or with NULL
 * where the condition is not met; else the fault has been told.
 */
bool handling_read(struct handling *handling, const struct table_answer *answer,
                   json_t **root);

/* The two above as one. */
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
#define TIME_LENGTH 24u
#define DAY_SIZE 16u
void write_time(int64_t time_us, char out[TIME_SIZE]);
/* "2026-11-21", 'days' before that time. */
void write_day(int64_t time_us, int days, char out[DAY_SIZE]);

/* Partition of the calls of one number on the day of that time:
 * "2026-11-21#+12065550100". */
#define CALLER_DAY_SIZE (DAY_SIZE + VN_E164_DIGITS + 2)
void write_caller_day(int64_t time_us, const struct vn_number *number,
                      char out[CALLER_DAY_SIZE]);

#define US_PER_S 1000000
#define US_PER_DAY (INT64_C(86400) * US_PER_S)

#endif
