/* lambda_table.h: questions to DynamoDB on a connection that is kept. */
#ifndef VN_LAMBDA_TABLE_H
#define VN_LAMBDA_TABLE_H

#include "engine/error.h"
#include "handler.h"
#include "wire.h"

/*
 * The roots that are trusted, PEM: those of the file that the build names, a
 * part of the program; without one, those of the system.
 */
#ifdef VN_LAMBDA_ROOTS
extern const char lambda_roots[], lambda_roots_end[];
#endif

/* Zeroed it is closed. */
struct lambda_table {
    struct wire_call call;
    const char *token; /* of the session, or NULL; lent by the environment */
    char url[256];
    char sigv4[96];
    char trace[257]; /* header of all questions; "" if none */
    struct curl_slist *headers;
    char question_memory[4096]; /* of the one under way */
    char reason[96];            /* as in struct table_answer */
};

/*
 * lambda_table_open() takes region, credentials and endpoint from
 * 'environment' (as getenv()): AWS_REGION or AWS_DEFAULT_REGION,
 * AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN,
 * AWS_ENDPOINT_URL_DYNAMODB or AWS_ENDPOINT_URL. What it returns is lent to
 * the table. Returns VN_OK, VN_INVALID with a sentence, or VN_NOMEM.
 */
VN_NODISCARD enum vn_status
lambda_table_open(struct lambda_table *table, struct wire *wire,
                  const char *(*environment)(const char *name),
                  struct vn_error *error);
void lambda_table_close(struct lambda_table *table); /* accepts a zeroed one */

/*
 * lambda_table_warm() begins a question whose answer nobody reads: by the time
 * of the first that counts, there is a connection. It goes on while others
 * wait (wire.h).
 */
void lambda_table_warm(struct lambda_table *table,
                       enum table_operation operation,
                       struct vn_bytes question);

/* Whose invocation the next questions belong to; not passed on if it has
 * other characters than such a header has. */
void lambda_table_trace(struct lambda_table *table, const char *trace);

/*
 * The function of struct handler_outside; 'context' is the table. It asks twice
 * at most, and never beyond 'end_ms': what is being made by lambda_table_warm()
 * gets the first quarter of the time, a first try ends with the first half.
 */
void lambda_table_ask(void *context, enum table_operation operation,
                      struct vn_bytes question, int64_t end_ms,
                      struct table_answer *answer);

#endif
