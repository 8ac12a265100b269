/* runtime.c: the runtime API of AWS Lambda: events in, replies out. */
#include "runtime.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VERSION_PATH "/2018-06-01/runtime/"
#define ATTEMPTS 10u
#define PAUSE_FIRST_MS 10
/* Ten attempts take 5 s then. */
#define PAUSE_MOST_MS 1000
/* The API is a process beside us. */
#define POST_TIMEOUT_MS 5000L
#define POST_ANSWER_SIZE 4096u
#define URL_SIZE 768u

enum header { HEADER_REQUEST, HEADER_TRACE, HEADER_DEADLINE };

static const char *const header_names[] = {
    [HEADER_REQUEST] = "Lambda-Runtime-Aws-Request-Id",
    [HEADER_TRACE] = "Lambda-Runtime-Trace-Id",
    [HEADER_DEADLINE] = "Lambda-Runtime-Deadline-Ms",
};
static_assert(sizeof(header_names) / sizeof(header_names[0]) <= WIRE_HEADERS,
              "there is room for all headers");

enum vn_status runtime_open(struct runtime *runtime, struct wire *wire,
                            const char *address, struct vn_error *error)
{
    const bool scheme = strstr(address, "://") != NULL;
    size_t size = strlen(address);
    char url[URL_SIZE];

    while (size > 0 && address[size - 1] == '/') {
        size--;
    }
    const int written =
        snprintf(runtime->base, sizeof(runtime->base), "%s%.*s" VERSION_PATH,
                 scheme ? "" : "http://", (int)size, address);
    if (size == 0 || written >= (int)sizeof(runtime->base)) {
        return vn_error_set(error, VN_INVALID,
                            "AWS_LAMBDA_RUNTIME_API is no address");
    }
    (void)snprintf(url, sizeof(url), "%sinvocation/next", runtime->base);
    if (!wire_call_open(wire, &runtime->next, RUNTIME_EVENT_MAX) ||
        curl_easy_setopt(runtime->next.easy, CURLOPT_URL, url) != CURLE_OK) {
        runtime_close(runtime);
        return vn_error_set(error, VN_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < sizeof(header_names) / sizeof(header_names[0]);
         i++) {
        runtime->next.headers[i].name = header_names[i];
    }
    return VN_OK;
}

void runtime_close(struct runtime *runtime)
{
    wire_call_close(&runtime->next);
    wire_call_close(&runtime->post);
    curl_slist_free_all(runtime->headers);
    runtime->headers = NULL;
}

void runtime_start(struct runtime *runtime)
{
    wire_start(&runtime->next);
}

/* ---- Events ---------------------------------------------------------------
 */

/* The value of a header; "" if it has other characters, or is too long. */
static void read_header(const struct wire_header *header, const char *known,
                        char *out, size_t size)
{
    const size_t length = strlen(header->value);

    out[0] = '\0';
    if (length < size && strspn(header->value, known) == length) {
        memcpy(out, header->value, length + 1);
    }
}

static bool read_invocation(const struct wire_call *call,
                            struct runtime_invocation *invocation)
{
    static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_=;:.,|";
    char deadline[24];
    long status = 0;

    if (call->code != CURLE_OK ||
        curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status) !=
            CURLE_OK ||
        status != 200) {
        return false;
    }
    read_header(&call->headers[HEADER_REQUEST], letters, invocation->request_id,
                sizeof(invocation->request_id));
    read_header(&call->headers[HEADER_TRACE], letters, invocation->trace,
                sizeof(invocation->trace));
    read_header(&call->headers[HEADER_DEADLINE], "0123456789", deadline,
                sizeof(deadline));
    invocation->deadline_ms = strtoll(deadline, NULL, 10);
    invocation->event =
        (struct vn_bytes){call->answer.buffer, call->answer.used};
    invocation->too_large = output_failed(&call->answer);
    return invocation->request_id[0] != '\0';
}

enum vn_status runtime_next(struct runtime *runtime,
                            struct runtime_invocation *invocation,
                            struct vn_error *error)
{
    struct wire_call *call = &runtime->next;
    int pause_ms = PAUSE_FIRST_MS;

    for (unsigned attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (attempt > 0) {
            wire_pause(call->wire, wire_now_us() + (int64_t)pause_ms * 1000);
            pause_ms =
                pause_ms * 2 < PAUSE_MOST_MS ? pause_ms * 2 : PAUSE_MOST_MS;
        }
        if (!call->running) {
            wire_start(call);
        }
        (void)wire_wait(call, WIRE_NEVER);
        if (read_invocation(call, invocation)) {
            return VN_OK;
        }
    }
    return vn_error_set(error, VN_IO, "the runtime API gives no event: %s",
                        curl_easy_strerror(call->code));
}

/* ---- Replies --------------------------------------------------------------
 */

/* Opened by the first reply: the first event is not to wait for it. */
static bool open_post(struct runtime *runtime)
{
    return runtime->post.easy != NULL ||
           (wire_call_open(runtime->next.wire, &runtime->post,
                           POST_ANSWER_SIZE) &&
            curl_easy_setopt(runtime->post.easy, CURLOPT_TIMEOUT_MS,
                             POST_TIMEOUT_MS) == CURLE_OK);
}

static bool set_headers(struct runtime *runtime, const char *error_type)
{
    struct curl_slist *list =
        curl_slist_append(NULL, "Content-Type: application/json");
    char line[128];

    if (list != NULL && error_type != NULL) {
        (void)snprintf(line, sizeof(line),
                       "Lambda-Runtime-Function-Error-Type: %s", error_type);
        (void)curl_slist_append(list, line);
    }
    if (list == NULL || curl_easy_setopt(runtime->post.easy, CURLOPT_HTTPHEADER,
                                         list) != CURLE_OK) {
        curl_slist_free_all(list);
        return false;
    }
    curl_slist_free_all(runtime->headers);
    runtime->headers = list;
    return true;
}

static enum vn_status send_once(struct runtime *runtime, struct vn_error *error)
{
    struct wire_call *call = &runtime->post;
    long status = 0;

    wire_start(call);
    (void)wire_wait(call, WIRE_NEVER);
    if (call->code != CURLE_OK) {
        return vn_error_set(error, VN_IO, "the runtime API takes no reply: %s",
                            curl_easy_strerror(call->code));
    }
    (void)curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status != 202) {
        return vn_error_set(error, VN_IO,
                            "the runtime API refuses a reply: status %ld",
                            status);
    }
    return VN_OK;
}

static enum vn_status post(struct runtime *runtime, const char *url,
                           const char *error_type, struct vn_bytes body,
                           struct vn_error *error)
{
    if (!open_post(runtime) || !set_headers(runtime, error_type) ||
        curl_easy_setopt(runtime->post.easy, CURLOPT_URL, url) != CURLE_OK ||
        curl_easy_setopt(runtime->post.easy, CURLOPT_POSTFIELDS, body.data) !=
            CURLE_OK ||
        curl_easy_setopt(runtime->post.easy, CURLOPT_POSTFIELDSIZE,
                         (long)body.size) != CURLE_OK) {
        return vn_error_set(error, VN_NOMEM, "out of memory");
    }
    const enum vn_status status = send_once(runtime, error);
    return status == VN_OK ? status : send_once(runtime, error);
}

enum vn_status runtime_reply(struct runtime *runtime, const char *request_id,
                             const char *error_type, struct vn_bytes body,
                             struct vn_error *error)
{
    char url[URL_SIZE];

    (void)snprintf(url, sizeof(url), "%sinvocation/%s/%s", runtime->base,
                   request_id, error_type != NULL ? "error" : "response");
    return post(runtime, url, error_type, body, error);
}

enum vn_status runtime_refuse(struct runtime *runtime, const char *error_type,
                              struct vn_bytes body, struct vn_error *error)
{
    char url[URL_SIZE];

    (void)snprintf(url, sizeof(url), "%sinit/error", runtime->base);
    return post(runtime, url, error_type, body, error);
}
