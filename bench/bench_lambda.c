/* bench_lambda.c: start, invocation and memory of the Lambda's bootstrap. */
#include "bench.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * The runtime API is played here, by one thread that waits for bytes and
 * writes bytes. The table is DynamoDB Local (lambda_peer.py). A bare GetItem
 * is what libcurl needs for the same key on a connection that is kept; it is
 * asked in turns with the invocations.
 */

#define STARTS_DEFAULT 50u
#define INVOCATIONS_DEFAULT 500u
/* Before anything counts: DynamoDB Local compiles itself meanwhile. */
#define WARM_UP 500u
#define MESSAGE_MAX 65536u
/* Without a byte for so long there will be none. */
#define PATIENCE_S 10
#define ACCESS_KEY "AKIDEXAMPLE"
#define SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define ITEM                                                                   \
    "{\"suffix\":{\"S\":\"3569377\"},\"spellings\":{\"L\":[{\"S\":"            \
    "\"FLOWERS\"},{\"S\":\"FLOWER-7\"},{\"S\":\"3-LOWERS\"}]},\"scores\":"     \
    "{\"L\":[{\"N\":\"-3\"},{\"N\":\"-51\"},{\"N\":\"-58\"}]}}"
#define QUESTION                                                               \
    "{\"TableName\":\"bench\",\"Key\":{\"suffix\":{\"S\":\"3569377\"}}}"
#define EVENT                                                                  \
    "{\"Name\":\"ContactFlowEvent\",\"Details\":{\"ContactData\":{"            \
    "\"Attributes\":{},\"Channel\":\"VOICE\",\"ContactId\":"                   \
    "\"4a573372-1f28-4e26-b97b-0123456789ab\",\"CustomerEndpoint\":{"          \
    "\"Address\":\"+18003569377\",\"Type\":\"TELEPHONE_NUMBER\"},"             \
    "\"InitialContactId\":\"4a573372-1f28-4e26-b97b-0123456789ab\","           \
    "\"InitiationMethod\":\"INBOUND\",\"InstanceARN\":\"arn:aws:connect\","    \
    "\"PreviousContactId\":\"\",\"Queue\":null,\"SystemEndpoint\":{"           \
    "\"Address\":\"+18005550100\",\"Type\":\"TELEPHONE_NUMBER\"},"             \
    "\"MediaStreams\":{\"Customer\":{\"Audio\":null}}},\"Parameters\":{}}}"

enum { KEY_BOOTSTRAP = 0x200, KEY_INVOCATIONS };

struct lambda_bench {
    struct bench_runs runs;
    unsigned invocations;
    char program[4096];
    char table_url[128];
    int listener;
    unsigned port;
    FILE *peer;
    CURL *easy;
    struct curl_slist *headers;
    size_t answer_size;
    struct vn_error error;
};

/* A running bootstrap, and the connection on which it asks. */
struct lambda {
    pid_t pid;
    int connection;
    char message[MESSAGE_MAX]; /* the last request, ended by NUL */
    size_t size;
};

/* ---- The runtime API --------------------------------------------------- */

static bool be_patient(int socket)
{
    const struct timeval patience = {.tv_sec = PATIENCE_S};

    return setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience,
                      sizeof(patience)) == 0;
}

static enum vn_status listen_on_loopback(struct lambda_bench *bench)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);

    bench->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bench->listener < 0 || !be_patient(bench->listener) ||
        bind(bench->listener, (struct sockaddr *)&address, size) != 0 ||
        listen(bench->listener, 8) != 0 ||
        getsockname(bench->listener, (struct sockaddr *)&address, &size) != 0) {
        return vn_error_system(&bench->error, errno, "cannot listen");
    }
    bench->port = ntohs(address.sin_port);
    return VN_OK;
}

/* Whether head and body of a request are there. */
static bool is_whole(const struct lambda *lambda)
{
    const char *end = strstr(lambda->message, "\r\n\r\n");
    const char *length = strcasestr(lambda->message, "\r\nContent-Length:");

    if (end == NULL) {
        return false;
    }
    const size_t body =
        length != NULL && length < end ? strtoul(length + 17, NULL, 10) : 0;
    return lambda->size >= (size_t)(end + 4 - lambda->message) + body;
}

/* Reads the next request, which begins with 'what'. */
static bool read_request(struct lambda_bench *bench, struct lambda *lambda,
                         const char *what)
{
    lambda->size = 0;
    lambda->message[0] = '\0';
    while (!is_whole(lambda)) {
        if (lambda->connection < 0) {
            lambda->connection =
                accept4(bench->listener, NULL, 0, SOCK_CLOEXEC);
        }
        if (lambda->connection < 0 || !be_patient(lambda->connection)) {
            return false;
        }
        const ssize_t got =
            recv(lambda->connection, lambda->message + lambda->size,
                 sizeof(lambda->message) - 1 - lambda->size, 0);
        if (got <= 0) {
            return false;
        }
        lambda->size += (size_t)got;
        lambda->message[lambda->size] = '\0';
    }
    return strncmp(lambda->message, what, strlen(what)) == 0;
}

static bool send_text(const struct lambda *lambda, const char *text)
{
    const size_t size = strlen(text);

    return send(lambda->connection, text, size, MSG_NOSIGNAL) == (ssize_t)size;
}

/* ---- The program ------------------------------------------------------- */

#define NEXT "GET /2018-06-01/runtime/invocation/next "
#define REPLY "POST /2018-06-01/runtime/invocation/1-2-3/response "

static enum vn_status start_lambda(struct lambda_bench *bench,
                                   struct lambda *lambda)
{
    char address[64];
    char endpoint[192];
    char handler[] = "_HANDLER=lookup";
    char table[] = "INDEX_TABLE=bench";
    char region[] = "AWS_REGION=us-east-1";
    char key[] = "AWS_ACCESS_KEY_ID=" ACCESS_KEY;
    char secret[] = "AWS_SECRET_ACCESS_KEY=" SECRET;
    char *const environment[] = {address, endpoint, handler, table,
                                 region,  key,      secret,  NULL};
    char *const arguments[] = {bench->program, NULL};

    snprintf(address, sizeof(address), "AWS_LAMBDA_RUNTIME_API=127.0.0.1:%u",
             bench->port);
    snprintf(endpoint, sizeof(endpoint), "AWS_ENDPOINT_URL_DYNAMODB=%s",
             bench->table_url);
    lambda->connection = -1;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
                                     O_WRONLY, 0);
    const int failed = posix_spawn(&lambda->pid, bench->program, &actions, NULL,
                                   arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) {
        lambda->pid = 0;
        return vn_error_system(&bench->error, failed, "cannot start %s",
                               bench->program);
    }
    if (!read_request(bench, lambda, NEXT)) {
        return vn_error_set(&bench->error, VN_IO, "%s asks for no event",
                            bench->program);
    }
    return VN_OK;
}

static void stop_lambda(struct lambda *lambda)
{
    if (lambda->pid > 0) {
        kill(lambda->pid, SIGTERM);
        waitpid(lambda->pid, NULL, 0);
    }
    if (lambda->connection >= 0) {
        close(lambda->connection);
    }
    *lambda = (struct lambda){.connection = -1};
}

/* From the event's first byte to the reply's last. */
static enum vn_status invoke(struct lambda_bench *bench, struct lambda *lambda,
                             struct bench_series *series)
{
    static const char answer[] =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        "Lambda-Runtime-Aws-Request-Id: 1-2-3\r\n"
        "Lambda-Runtime-Trace-Id: Root=1-6b016293-bd862e3fe1be46a994272793\r\n"
        "Content-Length: %zu\r\n\r\n%s";
    char text[4096];

    snprintf(text, sizeof(text), answer, strlen(EVENT), EVENT);
    const struct bench_time start = bench_now();
    const bool done =
        send_text(lambda, text) && read_request(bench, lambda, REPLY);
    const struct bench_time time = bench_since(start);

    if (!done || strstr(lambda->message, "1-800-FLOWERS") == NULL) {
        return vn_error_set(&bench->error, VN_CORRUPT,
                            "the reply is not the one that is due");
    }
    bench_series_add(series, time);
    if (!send_text(lambda,
                   "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n") ||
        !read_request(bench, lambda, NEXT)) {
        return vn_error_set(&bench->error, VN_IO, "there is no next question");
    }
    return VN_OK;
}

static uint64_t peak_kb(const struct lambda *lambda)
{
    char path[64];
    char line[256];
    unsigned long peak = 0;

    snprintf(path, sizeof(path), "/proc/%d/status", (int)lambda->pid);
    FILE *status = fopen(path, "r");
    while (status != NULL && fgets(line, sizeof(line), status) != NULL) {
        if (strncmp(line, "VmHWM:", 6) == 0) {
            peak = strtoul(line + 6, NULL, 10);
        }
    }
    if (status != NULL) {
        fclose(status);
    }
    return peak;
}

/* ---- The table --------------------------------------------------------- */

/* The peer dies with this process, and takes its server along. */
static enum vn_status start_table(struct lambda_bench *bench)
{
    bench->peer = popen(
        "exec /usr/bin/python3 '" VN_BENCH_LAMBDA_PEER "' '" ITEM "'", "r");
    if (bench->peer == NULL ||
        fgets(bench->table_url, (int)sizeof(bench->table_url), bench->peer) ==
            NULL) {
        return vn_error_set(&bench->error, VN_IO,
                            "DynamoDB Local does not start");
    }
    bench->table_url[strcspn(bench->table_url, "\n")] = '\0';
    return VN_OK;
}

static size_t count_bytes(char *data, size_t size, size_t count, void *context)
{
    struct lambda_bench *bench = context;

    (void)data;
    bench->answer_size += size * count;
    return size * count;
}

static enum vn_status open_bare(struct lambda_bench *bench)
{
    bench->headers = curl_slist_append(
        curl_slist_append(NULL, "Content-Type: application/x-amz-json-1.0"),
        "X-Amz-Target: DynamoDB_20120810.GetItem");
    bench->easy = curl_easy_init();
    CURL *easy = bench->easy;

    if (easy == NULL ||
        curl_easy_setopt(easy, CURLOPT_URL, bench->table_url) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_PROXY, "") != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, bench->headers) !=
            CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_AWS_SIGV4,
                         "aws:amz:us-east-1:dynamodb") != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_USERNAME, ACCESS_KEY) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_PASSWORD, SECRET) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, QUESTION) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, count_bytes) !=
            CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, bench) != CURLE_OK) {
        return vn_error_set(&bench->error, VN_NOMEM, "out of memory");
    }
    return VN_OK;
}

static enum vn_status ask_bare(struct lambda_bench *bench,
                               struct bench_series *series)
{
    long status = 0;

    bench->answer_size = 0;
    const struct bench_time start = bench_now();
    const CURLcode code = curl_easy_perform(bench->easy);
    const struct bench_time time = bench_since(start);

    if (code != CURLE_OK ||
        curl_easy_getinfo(bench->easy, CURLINFO_RESPONSE_CODE, &status) !=
            CURLE_OK ||
        status != 200 || bench->answer_size < strlen(ITEM)) {
        return vn_error_set(&bench->error, VN_CORRUPT,
                            "the bare GetItem has another answer");
    }
    bench_series_add(series, time);
    return VN_OK;
}

/* ---- Rounds ------------------------------------------------------------ */

struct lambda_series {
    struct bench_series start, invocation, bare;
};

static enum vn_status time_starts(struct lambda_bench *bench,
                                  struct lambda *lambda,
                                  struct bench_series *series)
{
    enum vn_status status = VN_OK;

    for (unsigned i = 0; status == VN_OK && i < bench->runs.repeats; i++) {
        const struct bench_time start = bench_now();
        status = start_lambda(bench, lambda);
        if (status == VN_OK) {
            bench_series_add(series, bench_since(start));
        }
        stop_lambda(lambda);
    }
    return status;
}

static enum vn_status ask_both(struct lambda_bench *bench,
                               struct lambda *lambda,
                               struct lambda_series *series, unsigned times)
{
    enum vn_status status = VN_OK;

    series->invocation.count = 0;
    series->bare.count = 0;
    for (unsigned i = 0; status == VN_OK && i < times; i++) {
        status = ask_bare(bench, &series->bare);
        if (status == VN_OK) {
            status = invoke(bench, lambda, &series->invocation);
        }
    }
    return status;
}

static void print_all(const struct lambda_bench *bench,
                      const struct lambda_series *series, uint64_t peak)
{
    const struct bench_report report = {
        .bench = "lambda", .json = bench->runs.json, .threads = 1};

    bench_print_head(&report);
    bench_print_columns(&report);
    bench_print_series(&report, &series->start);
    bench_print_series(&report, &series->invocation);
    bench_print_series(&report, &series->bare);
    bench_print_ratio_columns(&report);
    bench_print_ratio(&report, "invocation / bare GetItem", &series->invocation,
                      &series->bare);
    bench_print_count_columns(&report);
    bench_print_count(&report, "peak memory", peak, "kB");
}

static enum vn_status run_all(struct lambda_bench *bench, struct lambda *lambda,
                              struct lambda_series *series)
{
    enum vn_status status = start_table(bench);

    bench_series_ms(&series->start, "exec to first next", 1);
    bench_series_ms(&series->invocation, "invocation", 1);
    bench_series_ms(&series->bare, "bare GetItem", 1);
    if (status == VN_OK) {
        status = listen_on_loopback(bench);
    }
    if (status == VN_OK) {
        status = open_bare(bench);
    }
    if (status == VN_OK) {
        status = time_starts(bench, lambda, &series->start);
    }
    if (status == VN_OK) {
        status = start_lambda(bench, lambda);
    }
    if (status == VN_OK) {
        status = ask_both(bench, lambda, series, WARM_UP);
    }
    if (status == VN_OK) {
        status = ask_both(bench, lambda, series, bench->invocations);
    }
    if (status == VN_OK) {
        print_all(bench, series, peak_kb(lambda));
    }
    return status;
}

/* ---- Options ----------------------------------------------------------- */

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct lambda_bench *bench = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &bench->runs;
        return 0;
    case KEY_BOOTSTRAP:
        snprintf(bench->program, sizeof(bench->program), "%s", arg);
        return 0;
    case KEY_INVOCATIONS:
        bench->invocations =
            (unsigned)bench_int("--invocations", arg, 1, BENCH_REPEATS_MAX);
        return 0;
    case ARGP_KEY_ARG:
        bench_refuse("'%s' is one argument too many", arg);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "bootstrap",
     .key = KEY_BOOTSTRAP,
     .arg = "FILE",
     .doc = "The program that is measured (default: the one of "
            "tools/lambda/package for this processor)"},
    {.name = "invocations",
     .key = KEY_INVOCATIONS,
     .arg = "N",
     .doc = "Invocations that are timed, 1 to 1000 (default: 500)"},
    {0},
};

static const struct argp_child children[] = {{.argp = &bench_runs_argp}, {0}};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .doc = "Time the bootstrap of AWS Lambda: exec to its first question for "
           "an event, --repeat times; invocations, in turns with the bare "
           "GetItem by libcurl; and its peak of memory. DynamoDB Local is the "
           "table (tools/packages installs it)."
           "\vExamples:\n"
           "  tools/lambda/package && vanity-bench lambda\n"
           "  vanity-bench lambda --bootstrap build/release/bootstrap\n",
    .children = children,
};

int bench_lambda(int argc, char **argv)
{
    static struct lambda lambda = {.connection = -1};
    static struct lambda_series series;
    struct lambda_bench bench = {.runs = {.repeats = STARTS_DEFAULT},
                                 .invocations = INVOCATIONS_DEFAULT,
                                 .program = VN_BENCH_BOOTSTRAP,
                                 .listener = -1};

    argp_parse(&parser, argc, argv, 0, NULL, &bench);
    if (access(bench.program, X_OK) != 0) {
        bench_refuse("there is no program '%s': make it with "
                     "tools/lambda/package, or name one by --bootstrap",
                     bench.program);
    }
    const enum vn_status status = run_all(&bench, &lambda, &series);
    stop_lambda(&lambda);
    curl_easy_cleanup(bench.easy);
    curl_slist_free_all(bench.headers);
    if (bench.listener >= 0) {
        close(bench.listener);
    }
    return status == VN_OK ? BENCH_DONE : bench_error(status, &bench.error);
}
