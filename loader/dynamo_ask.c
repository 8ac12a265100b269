/* dynamo_ask.c: one call of the control plane, waited for and repeated. */
#include "dynamo_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ATTEMPTS 10u
/* Delays: anything from 0 to 50 ms, 100 ms, ... 5 s: 12 s in the mean. */
#define DELAY_FIRST_MS 50u
#define DELAY_MOST_MS 5000u

struct question {
    bool answered;
    bool unreachable;
    enum dynamo_class class;
    char type[80];
    char message[VN_ERROR_MESSAGE_SIZE];
    json_t *body;
};

static void take_answer(void *context, struct dynamo_call *call,
                        const struct dynamo_answer *answer)
{
    struct question *question = context;

    (void)call;
    question->answered = true;
    question->unreachable = answer->unreachable;
    question->class = answer->class;
    (void)snprintf(question->type, sizeof question->type, "%s", answer->type);
    (void)snprintf(question->message, sizeof question->message, "%.400s",
                   answer->message);
    if (answer->class != DYNAMO_OK) {
        return;
    }
    question->body = json_loadb(answer->body, answer->body_size, 0, NULL);
    if (question->body == NULL) {
        question->class = DYNAMO_AGAIN;
        (void)snprintf(question->message, sizeof question->message,
                       "the answer is no JSON");
    }
}

/* Sends once and waits, whatever the answer is. */
static enum vn_status ask_once(struct dynamo *dynamo, const char *operation,
                               const char *text, struct question *question,
                               struct vn_error *error)
{
    struct dynamo_call *call = dynamo_begin(dynamo);
    enum vn_status status = VN_OK;

    *question = (struct question){.answered = false};
    while (call == NULL && status == VN_OK) {
        status = dynamo_poll(dynamo, 1000, error);
        call = dynamo_begin(dynamo);
    }
    if (status != VN_OK) {
        return status;
    }
    buf_text(dynamo_body(call), text);
    status = dynamo_send(call, operation, take_answer, question, error);
    while (status == VN_OK && !question->answered) {
        status = dynamo_poll(dynamo, 1000, error);
    }
    return status;
}

/* Full jitter, so that many loaders do not come back at once. */
static int delay_ms(unsigned attempt)
{
    unsigned most = DELAY_FIRST_MS << attempt;
    double random = 0;

    if (most > DELAY_MOST_MS) {
        most = DELAY_MOST_MS;
    }
    unsigned short seed[3];
    const uint64_t now = (uint64_t)(dynamo_now_ms() * 1e6);
    memcpy(seed, &now, sizeof seed);
    random = erand48(seed);
    return (int)(random * most);
}

static enum vn_status pause_for(struct dynamo *dynamo, int wait_ms,
                                struct vn_error *error)
{
    const int64_t end_ms = dynamo_loop_now_ms() + wait_ms;
    int64_t left_ms = wait_ms;
    enum vn_status status = VN_OK;

    while (status == VN_OK && left_ms > 0) {
        status = dynamo_poll(dynamo, (int)left_ms, error);
        left_ms = end_ms - dynamo_loop_now_ms();
    }
    return status;
}

static enum vn_status refuse(const char *operation,
                             const struct question *question,
                             struct vn_error *error)
{
    enum vn_status status = VN_IO;

    if (strcmp(question->type, "ResourceNotFoundException") == 0) {
        status = VN_NOT_FOUND;
    } else if (strcmp(question->type, "ConditionalCheckFailedException") == 0) {
        status = VN_STOPPED;
    } else if (question->class == DYNAMO_REFUSED ||
               (question->class == DYNAMO_FATAL && !question->unreachable)) {
        status = VN_INVALID;
    }
    return vn_error_set(error, status, "%s: %s%s%s", operation, question->type,
                        question->type[0] != '\0' ? ": " : "",
                        question->message);
}

enum vn_status dynamo_ask(struct dynamo *dynamo, const char *operation,
                          const json_t *request, json_t **answer,
                          struct vn_error *error)
{
    struct question question = {.answered = false};
    char *text = json_dumps(request, JSON_COMPACT);
    enum vn_status status = VN_OK;

    if (text == NULL) {
        return vn_error_set(error, VN_NOMEM, "%s: out of memory", operation);
    }
    for (unsigned attempt = 0; attempt < ATTEMPTS; attempt++) {
        status = ask_once(dynamo, operation, text, &question, error);
        if (status != VN_OK || (question.class != DYNAMO_THROTTLED &&
                                question.class != DYNAMO_AGAIN)) {
            break;
        }
        if (attempt + 1 < ATTEMPTS) {
            status = pause_for(dynamo, delay_ms(attempt), error);
        }
        if (status != VN_OK) {
            break;
        }
    }
    free(text);
    if (status != VN_OK) {
        return status;
    }
    if (question.class != DYNAMO_OK) {
        return refuse(operation, &question, error);
    }
    *answer = question.body;
    return VN_OK;
}
