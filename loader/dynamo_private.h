/* dynamo_private.h: what the files of the client share (dynamo*.c). */
#ifndef VN_DYNAMO_PRIVATE_H
#define VN_DYNAMO_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include <curl/curl.h>

#include "dynamo.h"
#include "dynamo_answer.h"
#include "dynamo_loop.h"

struct dynamo_call {
    struct dynamo *dynamo;
    CURL *easy;
    struct buf body, answer;
    char operation[48];
    dynamo_done_fn done;
    void *context;
    double sent_ms;
    unsigned mends[DYNAMO_MENDS]; /* how often it was sent again for each */
    enum dynamo_mend mend;
    /* The headers stay from request to request; signed with ... */
    struct curl_slist *headers;
    char headers_of[48]; /* ... for this operation, */
    uint64_t generation; /* these credentials, */
    int64_t offset_s;    /* and this offset of the clock. */
    /* Of the answer. */
    unsigned long crc;
    bool has_crc;
    char date[40];
    char request_id[80];
    char curl_error[CURL_ERROR_SIZE];
};

struct dynamo {
    struct vn_aws *aws;
    const char *region; /* lent by 'aws', as the endpoint is */
    const char *endpoint;
    char url[640];
    char host[600];  /* as the Host header says it */
    char sigv4[160]; /* of CURLOPT_AWS_SIGV4 */
    struct dynamo_loop loop;
    struct dynamo_call *calls;
    struct dynamo_call **free_calls; /* a stack */
    unsigned count, free_count;
    struct aws_credentials credentials; /* copies of ours */
    uint64_t generation;                /* of the credentials; 0 = none yet */
    int64_t credentials_at_s;           /* when last asked for */
    int64_t offset_s; /* the service's clock is ahead; 0: libcurl signs */
    bool reached;     /* there was an HTTP answer */
    struct dynamo_error error; /* of the answer that is judged */
    struct dynamo_stats stats;
};

double dynamo_now_ms(void); /* CLOCK_MONOTONIC */

/* dynamo_judge.c */
size_t dynamo_take_body(char *data, size_t size, size_t count, void *context);
size_t dynamo_take_header(char *line, size_t size, size_t count, void *context);
void dynamo_clear_answer(struct dynamo_call *call);
void dynamo_judge(struct dynamo_call *call, CURLcode code,
                  struct dynamo_answer *answer);
void dynamo_debug(const struct dynamo_call *call,
                  const struct dynamo_answer *answer);

/* dynamo_auth.c. Credentials are asked for at most once a second, unless they
 * are to be renewed. */
VN_NODISCARD enum vn_status dynamo_fresh_credentials(struct dynamo *dynamo,
                                                     bool renew,
                                                     struct vn_error *error);
void dynamo_forget_credentials(struct aws_credentials *credentials);
/* Sets headers and signature where they differ from the last request's. */
bool dynamo_set_signature(struct dynamo_call *call);
/* True if the call is to be sent again; may turn '*answer' into AGAIN. */
bool dynamo_mend(struct dynamo_call *call, struct dynamo_answer *answer);

#endif
