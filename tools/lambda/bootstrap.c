/* bootstrap.c: the program that AWS Lambda starts. */
#include "handler.h"
#include "lambda_table.h"
#include "runtime.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_SIZE 1024u
#define QUESTION_SIZE 1024u
#define TRACE_NAME "_X_AMZN_TRACE_ID"

struct bootstrap {
    struct wire wire;
    struct runtime runtime;
    struct lambda_table table;
    struct handler handler;
    char *memory;                                        /* of replies */
    char trace[sizeof(TRACE_NAME) + RUNTIME_TRACE_SIZE]; /* "NAME=value" */
};

/* ---- Messages -------------------------------------------------------------
 */

/* One line, whole, also beside the lines of others. */
static void write_line(void *context, struct vn_bytes line)
{
    (void)context;
    while (line.size > 0) {
        const ssize_t written = write(STDERR_FILENO, line.data, line.size);
        if (written <= 0) {
            return;
        }
        line.data += written;
        line.size -= (size_t)written;
    }
}

/* A failure that belongs to no invocation, or that its reply cannot tell. */
static void complain(const char *request_id, const struct vn_error *error)
{
    char line[LINE_SIZE];
    struct output out;

    output_start(&out, OUTPUT_MEMORY, line, sizeof(line));
    json_open(&out, '{');
    json_key(&out, "level");
    json_text(&out, "error");
    json_key(&out, "request");
    json_text(&out, request_id);
    json_key(&out, "error");
    json_text(&out, error->message);
    json_close(&out, '}');
    json_line_end(&out);
    write_line(NULL, (struct vn_bytes){line, out.used});
}

/* ---- Beginning ------------------------------------------------------------
 */

static const char *environment(const char *name)
{
    return getenv(name);
}

static int64_t unix_us(void *context)
{
    (void)context;
    return wire_unix_us();
}

/* _HANDLER may come with a file before it: "bootstrap.lookup". */
static enum vn_status choose_handler(struct bootstrap *bootstrap,
                                     struct vn_error *error)
{
    struct handler *handler = &bootstrap->handler;
    const char *name = getenv("_HANDLER");
    const char *dot = name != NULL ? strrchr(name, '.') : NULL;

    if (name == NULL ||
        !handler_find(dot != NULL ? dot + 1 : name, &handler->kind)) {
        return vn_error_set(error, VN_INVALID,
                            "_HANDLER is not lookup, call-log or callers");
    }
    const char *variable =
        handler->kind == HANDLER_LOOKUP ? "INDEX_TABLE" : "CALLS_TABLE";
    handler->table = getenv(variable);
    if (handler->table == NULL || handler->table[0] == '\0' ||
        strlen(handler->table) > 255) {
        return vn_error_set(error, VN_INVALID,
                            "set %s to the name of the table", variable);
    }
    handler->outside = (struct handler_outside){
        .context = &bootstrap->table,
        .ask = lambda_table_ask,
        .now_us = unix_us,
        .log = write_line,
    };
    return VN_OK;
}

static enum vn_status open_all(struct bootstrap *bootstrap,
                               struct vn_error *error)
{
    const enum vn_status status = choose_handler(bootstrap, error);

    if (status != VN_OK) {
        return status;
    }
    bootstrap->memory = malloc(HANDLER_MEMORY);
    if (bootstrap->memory == NULL) {
        return vn_error_set(error, VN_NOMEM, "out of memory");
    }
    return lambda_table_open(&bootstrap->table, &bootstrap->wire, environment,
                             error);
}

/* Lambda is told, and so is the log: this process cannot begin. */
static void refuse_start(struct bootstrap *bootstrap,
                         const struct vn_error *error)
{
    char memory[LINE_SIZE];
    struct output body;
    struct vn_error second;

    complain("", error);
    output_start(&body, OUTPUT_MEMORY, memory, sizeof(memory));
    handler_error(&body, "Runtime.InvalidConfiguration", error->message);
    if (runtime_refuse(&bootstrap->runtime, "Runtime.InvalidConfiguration",
                       (struct vn_bytes){memory, body.used},
                       &second) != VN_OK) {
        complain("", &second);
    }
}

/*
 * The runtime API is asked first: it begins to count there. The connection to
 * the table is made while the event comes.
 */
static void begin(struct bootstrap *bootstrap)
{
    char memory[QUESTION_SIZE];
    struct output question;
    enum table_operation operation;

    runtime_start(&bootstrap->runtime);
    wire_push(&bootstrap->wire);
    output_start(&question, OUTPUT_MEMORY, memory, sizeof(memory));
    if (handler_first_question(&bootstrap->handler, &operation, &question)) {
        lambda_table_warm(&bootstrap->table, operation,
                          (struct vn_bytes){memory, question.used});
    }
}

/* ---- Events ---------------------------------------------------------------
 */

/* The environment holds our own memory: setenv() would leave some behind for
 * every trace there ever was. */
static void set_trace(struct bootstrap *bootstrap, const char *trace)
{
    (void)snprintf(bootstrap->trace, sizeof(bootstrap->trace), "%s=%s",
                   TRACE_NAME, trace);
    (void)putenv(bootstrap->trace);
}

static void answer(struct bootstrap *bootstrap,
                   const struct runtime_invocation *invocation, bool cold)
{
    const struct handler_request request = {
        .event = invocation->event,
        .too_large = invocation->too_large,
        .request_id = invocation->request_id,
        .trace = invocation->trace,
        .deadline_ms = invocation->deadline_ms,
        .cold = cold,
    };
    struct handler_reply reply;
    struct vn_error error;

    set_trace(bootstrap, invocation->trace);
    lambda_table_trace(&bootstrap->table, invocation->trace);
    handler_run(&bootstrap->handler, &request, bootstrap->memory, &reply);
    if (runtime_reply(&bootstrap->runtime, invocation->request_id,
                      reply.error_type, reply.body, &error) != VN_OK) {
        complain(invocation->request_id, &error);
    }
}

/* For as long as the runtime API has events: that is, until we are killed. */
static void serve(struct bootstrap *bootstrap, struct vn_error *error)
{
    struct runtime_invocation invocation;
    bool cold = true;

    while (runtime_next(&bootstrap->runtime, &invocation, error) == VN_OK) {
        answer(bootstrap, &invocation, cold);
        cold = false;
    }
}

int main(void)
{
    struct bootstrap bootstrap = {.memory = NULL};
    struct vn_error error = {.status = VN_OK};
    const char *address = getenv("AWS_LAMBDA_RUNTIME_API");

    if (address == NULL) {
        (void)fputs("bootstrap: AWS_LAMBDA_RUNTIME_API is not set: this "
                    "program is started by AWS Lambda (README, \"On AWS\")\n",
                    stderr);
        return 2;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
        !wire_open(&bootstrap.wire)) {
        (void)fputs("bootstrap: out of memory\n", stderr);
        return 3;
    }
    if (runtime_open(&bootstrap.runtime, &bootstrap.wire, address, &error) !=
        VN_OK) {
        complain("", &error);
    } else if (open_all(&bootstrap, &error) != VN_OK) {
        refuse_start(&bootstrap, &error);
    } else {
        begin(&bootstrap);
        serve(&bootstrap, &error);
        complain("", &error);
    }
    lambda_table_close(&bootstrap.table);
    runtime_close(&bootstrap.runtime);
    wire_close(&bootstrap.wire);
    free(bootstrap.memory);
    return 1;
}
