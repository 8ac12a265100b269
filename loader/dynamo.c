/* dynamo.c: calls to DynamoDB over libcurl: begun, sent, answered. */
#include "dynamo.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "dynamo_private.h"

double dynamo_now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

static enum vn_status start(struct dynamo_call *call, struct vn_error *error)
{
    struct dynamo *dynamo = call->dynamo;

    dynamo_clear_answer(call);
    if (call->body.failed || !dynamo_set_signature(call)) {
        return vn_error_set(error, VN_NOMEM, "%s: out of memory",
                            call->operation);
    }
    (void)curl_easy_setopt(call->easy, CURLOPT_POSTFIELDSIZE_LARGE,
                           (curl_off_t)call->body.size);
    (void)curl_easy_setopt(call->easy, CURLOPT_POSTFIELDS,
                           call->body.data != NULL ? call->body.data : "");
    call->sent_ms = dynamo_now_ms();
    const CURLMcode code =
        curl_multi_add_handle(dynamo->loop.multi, call->easy);
    if (code != CURLM_OK) {
        return vn_error_set(error, VN_NOMEM, "libcurl: %s",
                            curl_multi_strerror(code));
    }
    dynamo->stats.requests++;
    return VN_OK;
}

static enum vn_status finish(struct dynamo_call *call, CURLcode code,
                             struct vn_error *error)
{
    struct dynamo *dynamo = call->dynamo;
    struct dynamo_answer answer;
    long connections = 0;

    (void)curl_easy_getinfo(call->easy, CURLINFO_NUM_CONNECTS, &connections);
    dynamo->stats.connections += (uint64_t)connections;
    (void)curl_multi_remove_handle(dynamo->loop.multi, call->easy);
    dynamo_judge(call, code, &answer);
    dynamo_debug(call, &answer);
    if (dynamo_mend(call, &answer)) {
        return start(call, error);
    }
    call->done(call->context, call, &answer);
    dynamo->free_calls[dynamo->free_count++] = call;
    return VN_OK;
}

struct dynamo_call *dynamo_begin(struct dynamo *dynamo)
{
    if (dynamo->free_count == 0) {
        return NULL;
    }
    struct dynamo_call *call = dynamo->free_calls[--dynamo->free_count];
    buf_clear(&call->body);
    return call;
}

struct buf *dynamo_body(struct dynamo_call *call)
{
    return &call->body;
}

unsigned dynamo_slot(const struct dynamo_call *call)
{
    return (unsigned)(call - call->dynamo->calls);
}

enum vn_status dynamo_send(struct dynamo_call *call, const char *operation,
                           dynamo_done_fn done, void *context,
                           struct vn_error *error)
{
    struct dynamo *dynamo = call->dynamo;

    (void)snprintf(call->operation, sizeof call->operation, "%s", operation);
    call->done = done;
    call->context = context;
    memset(call->mends, 0, sizeof call->mends);
    enum vn_status status = dynamo_fresh_credentials(dynamo, false, error);
    if (status == VN_OK) {
        status = start(call, error);
    }
    if (status != VN_OK) {
        dynamo->free_calls[dynamo->free_count++] = call;
    }
    return status;
}

unsigned dynamo_in_flight(const struct dynamo *dynamo)
{
    return dynamo->count - dynamo->free_count;
}

/* Hands on what is answered; '*answered' is set if there was something. */
static enum vn_status finish_all(struct dynamo *dynamo, bool *answered,
                                 struct vn_error *error)
{
    int left = 0;
    CURLMsg *message = curl_multi_info_read(dynamo->loop.multi, &left);
    enum vn_status status = VN_OK;

    while (message != NULL && status == VN_OK) {
        char *owner = NULL;
        // The message is gone once its transfer is removed.
        const CURLcode code = message->data.result;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner);
        *answered = true;
        status = finish((struct dynamo_call *)(void *)owner, code, error);
        message = curl_multi_info_read(dynamo->loop.multi, &left);
    }
    return status;
}

enum vn_status dynamo_poll(struct dynamo *dynamo, int timeout_ms,
                           struct vn_error *error)
{
    const int64_t end_ms = dynamo_loop_now_ms() + timeout_ms;
    int64_t left_ms = timeout_ms;
    bool answered = false;
    bool interrupted = false;
    enum vn_status status = VN_OK;

    do {
        status =
            dynamo_loop_run(&dynamo->loop, (int)left_ms, &interrupted, error);
        if (status == VN_OK) {
            status = finish_all(dynamo, &answered, error);
        }
        left_ms = end_ms - dynamo_loop_now_ms();
    } while (status == VN_OK && !answered && !interrupted && left_ms > 0);
    return status;
}

void dynamo_stats(const struct dynamo *dynamo, struct dynamo_stats *stats)
{
    *stats = dynamo->stats;
}
