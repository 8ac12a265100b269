/* dynamo_judge.c: what came back of a call: class, type, message. */
#include "dynamo_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <zlib.h>

size_t dynamo_take_body(char *data, size_t size, size_t count, void *context)
{
    struct dynamo_call *call = context;

    buf_add(&call->answer, data, size * count);
    return call->answer.failed ? 0 : size * count;
}

/* The value of the header 'name' (lower case, with its colon), or NULL. */
static const char *value_of(const char *line, size_t size, const char *name,
                            size_t name_size)
{
    if (size <= name_size || strncasecmp(line, name, name_size) != 0) {
        return NULL;
    }
    return line + name_size + strspn(line + name_size, " \t");
}

/* libcurl ends each line with CR LF and a NUL behind it. */
size_t dynamo_take_header(char *line, size_t size, size_t count, void *context)
{
    struct dynamo_call *call = context;
    const char *value = NULL;

    size *= count;
    if (size < 6 || (line[0] | 0x20) == 'c') {
        return size;
    }
    value = value_of(line, size, "x-amz-crc32:", 12);
    if (value != NULL) {
        call->crc = strtoul(value, NULL, 10);
        call->has_crc = true;
        return size;
    }
    value = value_of(line, size, "date:", 5);
    if (value != NULL) {
        (void)snprintf(call->date, sizeof call->date, "%.*s",
                       (int)strcspn(value, "\r\n"), value);
        return size;
    }
    value = value_of(line, size, "x-amzn-requestid:", 17);
    if (value != NULL) {
        (void)snprintf(call->request_id, sizeof call->request_id, "%.*s",
                       (int)strcspn(value, "\r\n"), value);
    }
    return size;
}

void dynamo_clear_answer(struct dynamo_call *call)
{
    buf_clear(&call->answer);
    call->has_crc = false;
    call->date[0] = '\0';
    call->request_id[0] = '\0';
    call->curl_error[0] = '\0';
}

static bool crc_is_right(const struct dynamo_call *call)
{
    if (!call->has_crc) {
        return true;
    }
    const char *data = call->answer.data != NULL ? call->answer.data : "";
    return crc32_z(0, (const unsigned char *)data, call->answer.size) ==
           call->crc;
}

static bool was_connected(const struct dynamo_call *call)
{
    curl_off_t time_us = 0;

    (void)curl_easy_getinfo(call->easy, CURLINFO_CONNECT_TIME_T, &time_us);
    return time_us > 0;
}

/* Errors of libcurl for which the user must mend something. */
static bool is_misused(CURLcode code)
{
    switch ((int)code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return true;
    default:
        return false;
    }
}

/* Nothing is there; after an answer it may come back. */
static bool is_unreachable(const struct dynamo_call *call, CURLcode code)
{
    if (call->dynamo->reached) {
        return false;
    }
    switch ((int)code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
        return true;
    case CURLE_OPERATION_TIMEDOUT:
        return !was_connected(call);
    default:
        return false;
    }
}

static void hide_secrets(const struct dynamo *dynamo, char *text)
{
    dynamo_hide_token(text);
    dynamo_hide(text, dynamo->credentials.session_token);
    dynamo_hide(text, dynamo->credentials.secret_access_key);
    dynamo_hide(text, dynamo->credentials.access_key_id);
}

void dynamo_debug(const struct dynamo_call *call,
                  const struct dynamo_answer *answer)
{
    aws_debug(call->dynamo->aws,
              "%s: HTTP %ld %s in %.1f ms, %zu bytes sent, %zu received, "
              "request id %s %s",
              call->operation, answer->http_status,
              answer->type[0] != '\0' ? answer->type : "-", answer->elapsed_ms,
              call->body.size, call->answer.size,
              call->request_id[0] != '\0' ? call->request_id : "-",
              answer->message);
}

/* The canonical string that the service expected, line by line. */
static void debug_canonical(const struct dynamo_call *call, const char *text)
{
    while (*text != '\0') {
        const int size = (int)strcspn(text, "\n");
        if (size > 0) {
            aws_debug(call->dynamo->aws, "%s: | %.*s", call->operation, size,
                      text);
        }
        text += text[size] != '\0' ? size + 1 : size;
    }
}

/* No HTTP answer, or one that did not come whole. */
static void judge_broken(struct dynamo_call *call, CURLcode code,
                         struct dynamo_answer *answer)
{
    struct dynamo_error *error = &call->dynamo->error;

    answer->http_status = 0;
    answer->unreachable = is_unreachable(call, code);
    answer->class =
        answer->unreachable || is_misused(code) ? DYNAMO_FATAL : DYNAMO_AGAIN;
    (void)snprintf(error->message, sizeof error->message, "%s: %s",
                   call->dynamo->endpoint,
                   call->curl_error[0] != '\0' ? call->curl_error
                                               : curl_easy_strerror(code));
}

static void judge_error(struct dynamo_call *call, struct dynamo_answer *answer)
{
    struct dynamo *dynamo = call->dynamo;
    struct dynamo_error *error = &dynamo->error;

    dynamo_error_read(call->answer.data != NULL ? call->answer.data : "",
                      call->answer.size, error);
    answer->class = dynamo_classify(answer->http_status, error->type);
    call->mend = dynamo_mendable(error->type);
    hide_secrets(dynamo, error->message);
    if (call->mend == DYNAMO_MEND_SIGNATURE) {
        debug_canonical(call, error->message);
    }
    dynamo_first_line(error->message);
    if (error->message[0] == '\0') {
        (void)snprintf(error->message, sizeof error->message,
                       answer->http_status < 400
                           ? "%s answers with a redirect (HTTP %ld), which is "
                             "not followed"
                           : "%s answers HTTP %ld",
                       dynamo->endpoint, answer->http_status);
    }
}

void dynamo_judge(struct dynamo_call *call, CURLcode code,
                  struct dynamo_answer *answer)
{
    struct dynamo *dynamo = call->dynamo;
    struct dynamo_error *error = &dynamo->error;

    error->type[0] = error->reason[0] = error->message[0] = '\0';
    call->mend = DYNAMO_MEND_NOT;
    *answer =
        (struct dynamo_answer){.class = DYNAMO_OK,
                               .type = error->type,
                               .message = error->message,
                               .reason = error->reason,
                               .body = "",
                               .elapsed_ms = dynamo_now_ms() - call->sent_ms};
    (void)curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE,
                            &answer->http_status);
    if (code != CURLE_OK) {
        judge_broken(call, code, answer);
        return;
    }
    dynamo->reached = true;
    if (!crc_is_right(call)) {
        dynamo->stats.crc_failures++;
        answer->class = DYNAMO_AGAIN;
        (void)snprintf(error->message, sizeof error->message,
                       "wrong checksum of the answer");
    } else if (answer->http_status != 200) {
        judge_error(call, answer);
    } else if (call->answer.size > 0) {
        answer->body = call->answer.data;
        answer->body_size = call->answer.size;
    }
}
