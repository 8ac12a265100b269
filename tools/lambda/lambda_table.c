/* lambda_table.c: questions to DynamoDB on a connection that is kept. */
#include "lambda_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <zlib.h>

/* Name, TCP and TLS within a region take below 20 ms. */
#define CONNECT_MS 300
/* An item has 400 kB at most, of which the JSON is less than twice. */
#define ANSWER_SIZE ((size_t)1 << 20)
/* After a refusal for lack of throughput: 10 to 50 ms, so that those who were
 * refused together do not come back together. */
#define PAUSE_LEAST_US 10000
#define PAUSE_RANGE_US 40000
/* With less time than this a try is not worth its costs. */
#define TRY_LEAST_US 2000

static const char *const targets[] = {
    [TABLE_GET_ITEM] = "X-Amz-Target: DynamoDB_20120810.GetItem",
    [TABLE_PUT_ITEM] = "X-Amz-Target: DynamoDB_20120810.PutItem",
    [TABLE_QUERY] = "X-Amz-Target: DynamoDB_20120810.Query",
};

/* ---- Opening --------------------------------------------------------------
 */

static const char *variable(const char *(*environment)(const char *name),
                            const char *first, const char *second)
{
    const char *value = environment(first);

    if ((value == NULL || value[0] == '\0') && second != NULL) {
        value = environment(second);
    }
    return value != NULL && value[0] != '\0' ? value : NULL;
}

static enum vn_status find_place(struct lambda_table *table,
                                 const char *(*environment)(const char *name),
                                 struct vn_error *error)
{
    const char *region =
        variable(environment, "AWS_REGION", "AWS_DEFAULT_REGION");
    const char *endpoint =
        variable(environment, "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL");

    if (region == NULL || strlen(region) > 40) {
        return vn_error_set(error, VN_INVALID,
                            "there is no region: set AWS_REGION");
    }
    (void)snprintf(table->sigv4, sizeof(table->sigv4), "aws:amz:%s:dynamodb",
                   region);
    const int size =
        endpoint != NULL
            ? snprintf(table->url, sizeof(table->url), "%s", endpoint)
            : snprintf(table->url, sizeof(table->url),
                       "https://dynamodb.%s.amazonaws.com%s", region,
                       strncmp(region, "cn-", 3) == 0 ? ".cn" : "");
    if (size >= (int)sizeof(table->url)) {
        return vn_error_set(error, VN_INVALID,
                            "AWS_ENDPOINT_URL_DYNAMODB is too long");
    }
    return VN_OK;
}

static bool set_roots(CURL *easy)
{
#ifdef VN_LAMBDA_ROOTS
    struct curl_blob blob = {
        .data = (char *)(uintptr_t)lambda_roots, // libcurl only reads it
        .len = (size_t)(lambda_roots_end - lambda_roots),
        .flags = CURL_BLOB_NOCOPY,
    };

    return curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob) == CURLE_OK;
#else
    (void)easy;
    return true;
#endif
}

static bool set_options(struct lambda_table *table, const char *key,
                        const char *secret)
{
    CURL *easy = table->call.easy;

    return curl_easy_setopt(easy, CURLOPT_URL, table->url) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_AWS_SIGV4, table->sigv4) ==
               CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_USERNAME, key) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PASSWORD, secret) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                            (long)CONNECT_MS) == CURLE_OK &&
           set_roots(easy);
}

enum vn_status lambda_table_open(struct lambda_table *table, struct wire *wire,
                                 const char *(*environment)(const char *name),
                                 struct vn_error *error)
{
    const char *key = variable(environment, "AWS_ACCESS_KEY_ID", NULL);
    const char *secret = variable(environment, "AWS_SECRET_ACCESS_KEY", NULL);
    const enum vn_status status = find_place(table, environment, error);

    if (status != VN_OK) {
        return status;
    }
    if (key == NULL || secret == NULL) {
        return vn_error_set(error, VN_INVALID,
                            "there are no credentials: Lambda sets "
                            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    }
    table->token = variable(environment, "AWS_SESSION_TOKEN", NULL);
    if (!wire_call_open(wire, &table->call, ANSWER_SIZE) ||
        !set_options(table, key, secret)) {
        lambda_table_close(table);
        return vn_error_set(error, VN_NOMEM, "out of memory");
    }
    table->call.headers[0].name = "x-amz-crc32";
    return VN_OK;
}

void lambda_table_close(struct lambda_table *table)
{
    wire_call_close(&table->call);
    curl_slist_free_all(table->headers);
    table->headers = NULL;
}

/* ---- Questions ------------------------------------------------------------
 */

static bool add_header(struct curl_slist **list, const char *name,
                       const char *value)
{
    const size_t size = strlen(name) + strlen(value) + 1;
    char *line = malloc(size);

    if (line == NULL) {
        return false;
    }
    (void)snprintf(line, size, "%s%s", name, value);
    struct curl_slist *more = curl_slist_append(*list, line);
    free(line);
    if (more == NULL) {
        return false;
    }
    *list = more;
    return true;
}

/* libcurl 7.88 signs a header without value and does not send it: none here. */
static bool set_headers(struct lambda_table *table,
                        enum table_operation operation)
{
    struct curl_slist *list = NULL;

    const bool made =
        add_header(&list, "Content-Type: application/x-amz-json-1.0", "") &&
        add_header(&list, targets[operation], "") &&
        (table->token == NULL ||
         add_header(&list, "X-Amz-Security-Token: ", table->token)) &&
        (table->trace[0] == '\0' ||
         add_header(&list, "X-Amzn-Trace-Id: ", table->trace));
    if (!made || curl_easy_setopt(table->call.easy, CURLOPT_HTTPHEADER, list) !=
                     CURLE_OK) {
        curl_slist_free_all(list);
        return false;
    }
    curl_slist_free_all(table->headers);
    table->headers = list;
    return true;
}

static bool set_question(struct lambda_table *table,
                         enum table_operation operation,
                         struct vn_bytes question)
{
    CURL *easy = table->call.easy;

    if (question.size > sizeof(table->question_memory)) {
        return false;
    }
    memcpy(table->question_memory, question.data, question.size);
    return set_headers(table, operation) &&
           curl_easy_setopt(easy, CURLOPT_POSTFIELDS, table->question_memory) ==
               CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)question.size) ==
               CURLE_OK;
}

static void set_limits(struct lambda_table *table, long timeout_ms, bool fresh)
{
    (void)curl_easy_setopt(table->call.easy, CURLOPT_TIMEOUT_MS, timeout_ms);
    (void)curl_easy_setopt(table->call.easy, CURLOPT_FRESH_CONNECT,
                           fresh ? 1L : 0L);
}

void lambda_table_warm(struct lambda_table *table,
                       enum table_operation operation, struct vn_bytes question)
{
    if (set_question(table, operation, question)) {
        set_limits(table, 2L * CONNECT_MS, false);
        wire_start(&table->call);
    }
}

void lambda_table_trace(struct lambda_table *table, const char *trace)
{
    static const char known[] = "0123456789abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ=;:-_.,|";
    const size_t size = strspn(trace, known);

    table->trace[0] = '\0';
    if (trace[size] == '\0' && size < sizeof(table->trace)) {
        memcpy(table->trace, trace, size + 1);
    }
}

/* ---- Answers --------------------------------------------------------------
 */

/* "com.amazonaws.dynamodb.v20120810#Type", or "Type:http://...". */
static void read_type(struct vn_bytes body, char *type, size_t type_size)
{
    json_t *root = json_loadb(body.data, body.size, 0, NULL);
    const char *full = json_string_value(json_object_get(root, "__type"));

    if (full != NULL) {
        const char *hash = strrchr(full, '#');
        const char *name = hash != NULL ? hash + 1 : full;
        (void)snprintf(type, type_size, "%.*s", (int)strcspn(name, ":"), name);
    }
    json_decref(root);
}

static enum table_outcome judge_type(long status, const char *type)
{
    static const char *const throttled[] = {
        "ProvisionedThroughputExceededException", "ThrottlingException",
        "RequestLimitExceeded", "TooManyRequestsException"};

    if (strcmp(type, "ConditionalCheckFailedException") == 0) {
        return TABLE_CONDITION;
    }
    for (size_t i = 0; i < sizeof(throttled) / sizeof(throttled[0]); i++) {
        if (strcmp(type, throttled[i]) == 0) {
            return TABLE_THROTTLED;
        }
    }
    return status >= 400 && status < 500 ? TABLE_REFUSED : TABLE_UNREACHABLE;
}

/* The service's checksum, where it sends one. */
static bool checksum_is_right(const struct wire_call *call)
{
    const char *sent = call->headers[0].value;
    const uLong crc =
        crc32_z(0, (const Bytef *)call->answer.buffer, call->answer.used);

    return sent[0] == '\0' || strtoul(sent, NULL, 10) == crc;
}

static enum table_outcome judge(struct lambda_table *table)
{
    struct wire_call *call = &table->call;
    long status = 0;

    table->reason[0] = '\0';
    if (call->code == CURLE_OPERATION_TIMEDOUT) {
        return TABLE_LATE;
    }
    if (call->code != CURLE_OK) {
        (void)snprintf(table->reason, sizeof(table->reason), "%s",
                       curl_easy_strerror(call->code));
        return TABLE_UNREACHABLE;
    }
    if (output_failed(&call->answer) || !checksum_is_right(call) ||
        curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status) !=
            CURLE_OK) {
        (void)snprintf(table->reason, sizeof(table->reason),
                       "the answer is damaged");
        return TABLE_UNREACHABLE;
    }
    if (status == 200) {
        return TABLE_ANSWERED;
    }
    (void)snprintf(table->reason, sizeof(table->reason), "HTTP status %ld",
                   status);
    read_type((struct vn_bytes){call->answer.buffer, call->answer.used},
              table->reason, sizeof(table->reason));
    return judge_type(status, table->reason);
}

/* ---- Asking ---------------------------------------------------------------
 */

/* One try, until 'end_us'. */
static enum table_outcome try_once(struct lambda_table *table, int64_t end_us,
                                   bool fresh)
{
    set_limits(table, (long)((end_us - wire_now_us()) / 1000) + 1, fresh);
    wire_start(&table->call);
    if (!wire_wait(&table->call, end_us)) {
        wire_stop(&table->call);
    }
    return judge(table);
}

/* A connection that is being made is the one to use, if it is soon there. */
static void end_warming(struct lambda_table *table, int64_t end_us)
{
    if (!wire_wait(&table->call, end_us)) {
        wire_stop(&table->call);
    }
}

static void pause_before_retry(struct lambda_table *table, int64_t end_us)
{
    const int64_t now_us = wire_now_us();
    const int64_t until_us = now_us + PAUSE_LEAST_US + now_us % PAUSE_RANGE_US;

    wire_pause(table->call.wire, until_us < end_us ? until_us : end_us);
}

/* The first try ends at 'first_end_us' at the latest. */
static enum table_outcome try_twice(struct lambda_table *table,
                                    int64_t first_end_us, int64_t end_us,
                                    unsigned *tries)
{
    if (first_end_us - wire_now_us() < TRY_LEAST_US) {
        return TABLE_LATE;
    }
    enum table_outcome outcome = try_once(table, first_end_us, false);
    *tries = 1;
    if (outcome == TABLE_THROTTLED) {
        pause_before_retry(table, end_us);
    } else if (outcome != TABLE_LATE && outcome != TABLE_UNREACHABLE) {
        return outcome;
    }
    if (end_us - wire_now_us() >= TRY_LEAST_US) {
        outcome = try_once(table, end_us, outcome != TABLE_THROTTLED);
        *tries = 2;
    }
    return outcome;
}

/*
 * A question has two tries. The first ends with the first half of the time, so
 * that the other has as much: half of 800 ms is many times what the slowest
 * answers take. Of that half, a connection that is still being made gets one
 * half at most before it is given up for another.
 */
void lambda_table_ask(void *context, enum table_operation operation,
                      struct vn_bytes question, int64_t end_ms,
                      struct table_answer *answer)
{
    struct lambda_table *table = context;
    const int64_t start_us = wire_now_us();
    const int64_t end_us = start_us + end_ms * 1000 - wire_unix_us();
    const int64_t half_us = (end_us - start_us) / 2;
    enum table_outcome outcome = TABLE_UNREACHABLE;
    unsigned tries = 0;

    end_warming(table, start_us + half_us / 2);
    (void)snprintf(table->reason, sizeof(table->reason), "out of memory");
    if (set_question(table, operation, question)) {
        table->reason[0] = '\0';
        outcome = try_twice(table, start_us + half_us, end_us, &tries);
    }
    *answer = (struct table_answer){
        .outcome = outcome,
        .body = {table->call.answer.buffer, table->call.answer.used},
        .retries = tries > 1 ? tries - 1 : 0,
        .spent_us = wire_now_us() - start_us,
    };
    memcpy(answer->reason, table->reason, sizeof(answer->reason));
}
