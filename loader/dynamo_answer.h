/* dynamo_answer.h: what an error answer of DynamoDB means. */
#ifndef VN_DYNAMO_ANSWER_H
#define VN_DYNAMO_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "dynamo.h"

/* What can be mended by sending the call again, signed anew. */
enum dynamo_mend {
    DYNAMO_MEND_NOT,
    DYNAMO_MEND_CREDENTIALS, /* expired, or not known to the service */
    DYNAMO_MEND_SIGNATURE,   /* wrong, or its time is too far off */
    DYNAMO_MENDS
};

/* An error as the body of the answer names it. */
struct dynamo_error {
    char type[80];   /* after '#' or ':'; "" if the body names none */
    char reason[80]; /* first of ThrottlingReasons */
    char message[4096];
};

/* Reads 'body' (any order of members, "message" or "Message"). */
void dynamo_error_read(const char *body, size_t size,
                       struct dynamo_error *error);

/* The class of an answer that is not 200, by type, then by HTTP status. */
enum dynamo_class dynamo_classify(long http_status, const char *type);
enum dynamo_mend dynamo_mendable(const char *type);

/*
 * Writes '*' over each 'secret' in 'text' (NULL and "" are none), and over
 * the line of a canonical string that holds a session token.
 */
void dynamo_hide(char *text, const char *secret);
void dynamo_hide_token(char *text);

/* Cuts 'text' at its first line. */
void dynamo_first_line(char *text);

#endif
