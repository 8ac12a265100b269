/* wire.c: transfers over HTTP that go on beside each other, on one thread. */
#include "wire.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define US_PER_MS 1000
/* There is nothing to do between two events: any time is right. */
#define WAIT_MOST_MS 60000
/* An answer that is larger leaves no memory behind. */
#define ANSWER_KEPT ((size_t)64 << 10)

static int64_t now_us(clockid_t clock)
{
    struct timespec now;

    (void)clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t wire_now_us(void)
{
    return now_us(CLOCK_MONOTONIC);
}

int64_t wire_unix_us(void)
{
    return now_us(CLOCK_REALTIME);
}

bool wire_open(struct wire *wire)
{
    wire->multi = curl_multi_init();
    return wire->multi != NULL;
}

void wire_close(struct wire *wire)
{
    curl_multi_cleanup(wire->multi);
    wire->multi = NULL;
}

/* ---- Calls ----------------------------------------------------------------
 */

static size_t take_body(char *data, size_t size, size_t count, void *context)
{
    struct wire_call *call = context;

    // All is taken, and what has no room dropped: the connection stays good.
    output_bytes(&call->answer, data, size * count);
    return size * count;
}

/* "Name: value\r\n"; a name has no case. */
static void take_value(struct wire_header *header, const char *line,
                       size_t size)
{
    const size_t name_size = strlen(header->name);

    if (size <= name_size || line[name_size] != ':' ||
        strncasecmp(line, header->name, name_size) != 0) {
        return;
    }
    struct vn_bytes value = {line + name_size + 1, size - name_size - 1};
    while (value.size > 0 && strchr("\r\n", value.data[value.size - 1])) {
        value.size--;
    }
    value = vn_text_trim(value);
    if (value.size < sizeof(header->value)) {
        memcpy(header->value, value.data, value.size);
        header->value[value.size] = '\0';
    }
}

static size_t take_header(char *line, size_t size, size_t count, void *context)
{
    struct wire_call *call = context;

    for (size_t i = 0; i < WIRE_HEADERS; i++) {
        if (call->headers[i].name != NULL) {
            take_value(&call->headers[i], line, size * count);
        }
    }
    return size * count;
}

static void forget_headers(struct wire_call *call)
{
    for (size_t i = 0; i < WIRE_HEADERS; i++) {
        call->headers[i].value[0] = '\0';
    }
}

bool wire_call_open(struct wire *wire, struct wire_call *call, size_t size)
{
    *call = (struct wire_call){.wire = wire, .answer_size = size};
    call->easy = curl_easy_init();
    CURL *easy = call->easy;
    return easy != NULL &&
           curl_easy_setopt(easy, CURLOPT_PRIVATE, call) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body) ==
               CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, call) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header) ==
               CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HEADERDATA, call) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") ==
               CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                            (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_USERAGENT,
                            "vanity/" VN_VERSION_TEXT) == CURLE_OK;
}

void wire_call_close(struct wire_call *call)
{
    if (call->easy != NULL) {
        wire_stop(call);
        curl_easy_cleanup(call->easy);
    }
    free(call->answer.buffer);
    *call = (struct wire_call){.wire = NULL};
}

/* Memory that no answer has written to takes no room in the machine. */
static bool empty_answer(struct wire_call *call)
{
    char *buffer = call->answer.buffer;

    if (call->answer.used > ANSWER_KEPT) {
        free(buffer);
        buffer = NULL;
    }
    if (buffer == NULL) {
        buffer = malloc(call->answer_size);
    }
    output_start(&call->answer, OUTPUT_MEMORY, buffer,
                 buffer != NULL ? call->answer_size : 0);
    return buffer != NULL;
}

void wire_start(struct wire_call *call)
{
    assert(!call->running);
    forget_headers(call);
    call->code = CURLE_OUT_OF_MEMORY;
    call->running =
        empty_answer(call) &&
        curl_multi_add_handle(call->wire->multi, call->easy) == CURLM_OK;
}

void wire_stop(struct wire_call *call)
{
    if (call->running) {
        (void)curl_multi_remove_handle(call->wire->multi, call->easy);
        call->running = false;
        call->code = CURLE_OPERATION_TIMEDOUT;
    }
}

/* ---- Waiting --------------------------------------------------------------
 */

static void take_finished(struct wire *wire)
{
    int left = 0;
    const CURLMsg *message = curl_multi_info_read(wire->multi, &left);

    while (message != NULL) {
        char *context = NULL;
        CURL *easy = message->easy_handle;
        const CURLcode code = message->data.result;
        if (curl_easy_getinfo(easy, CURLINFO_PRIVATE, &context) == CURLE_OK) {
            struct wire_call *call = (void *)context;
            (void)curl_multi_remove_handle(wire->multi, easy);
            call->running = false;
            call->code = code;
        }
        message = curl_multi_info_read(wire->multi, &left);
    }
}

void wire_push(struct wire *wire)
{
    int running = 0;

    (void)curl_multi_perform(wire->multi, &running);
    take_finished(wire);
}

/* Waits for something to do; false once the time has come. */
static bool wait_some(struct wire *wire, int64_t end_us)
{
    int64_t left_ms = WAIT_MOST_MS;

    if (end_us != WIRE_NEVER) {
        const int64_t left_us = end_us - wire_now_us();
        if (left_us <= 0) {
            return false;
        }
        left_ms = (left_us + US_PER_MS - 1) / US_PER_MS;
    }
    if (left_ms > WAIT_MOST_MS) {
        left_ms = WAIT_MOST_MS;
    }
    (void)curl_multi_poll(wire->multi, NULL, 0, (int)left_ms, NULL);
    return true;
}

bool wire_wait(struct wire_call *call, int64_t end_us)
{
    while (call->running) {
        wire_push(call->wire);
        if (call->running && !wait_some(call->wire, end_us)) {
            return false;
        }
    }
    return true;
}

void wire_pause(struct wire *wire, int64_t end_us)
{
    wire_push(wire);
    while (wait_some(wire, end_us)) {
        wire_push(wire);
    }
}
