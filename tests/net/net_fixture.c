/* net_fixture.c: starts, orders and asks the stub; fake credentials. */
#include "net_fixture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <curl/curl.h>

struct net_stub {
    pid_t pid;
    int input; /* the stub ends when this is closed */
    char url[64];
    CURL *easy;
};

/* ---- Credentials ------------------------------------------------------ */

const char *vn_aws_region(const struct vn_aws *aws)
{
    return aws->region;
}

const char *vn_aws_endpoint(const struct vn_aws *aws)
{
    return aws->endpoint;
}

enum vn_status aws_credentials(struct vn_aws *aws, int64_t now_s, bool renew,
                               struct aws_credentials *out,
                               struct vn_error *error)
{
    (void)now_s;
    if (renew) {
        aws->renewals++;
        if (aws->renewal != VN_OK) {
            return vn_error_set(error, aws->renewal, "nothing to renew from");
        }
        if (aws->renewed.access_key_id != NULL) {
            aws->credentials = aws->renewed;
        }
    }
    *out = aws->credentials;
    return VN_OK;
}

uint64_t aws_refreshes(const struct vn_aws *aws)
{
    return aws->renewals;
}

const char *aws_ca_bundle(const struct vn_aws *aws)
{
    (void)aws;
    return NULL;
}

void aws_debug(const struct vn_aws *aws, const char *format, ...)
{
    struct vn_aws *mine = (struct vn_aws *)(uintptr_t)aws;
    const size_t left = sizeof mine->debug - mine->debug_size;
    va_list list;

    if (left < 8192) {
        return;
    }
    va_start(list, format);
    const int size =
        vsnprintf(mine->debug + mine->debug_size, left - 1, format, list);
    va_end(list);
    assert_true(size >= 0 && (size_t)size < left - 1);
    mine->debug_size += (size_t)size;
    mine->debug[mine->debug_size++] = '\n';
    mine->debug[mine->debug_size] = '\0';
}

/* ---- The stub --------------------------------------------------------- */

static void run_stub(const int input[2], const int output[2], const char *tls)
{
    if (dup2(input[0], 0) < 0 || dup2(output[1], 1) < 0) {
        _exit(126);
    }
    (void)close(input[1]);
    (void)close(output[0]);
    if (tls != NULL) {
        (void)execl("/usr/bin/python3", "python3", VN_STUB,
                    "--until-stdin-ends", "--tls", tls, (char *)NULL);
    } else {
        (void)execl("/usr/bin/python3", "python3", VN_STUB,
                    "--until-stdin-ends", (char *)NULL);
    }
    _exit(127);
}

static int read_port(int fd)
{
    FILE *stream = fdopen(fd, "r");
    char line[32] = "";

    assert_non_null(stream);
    if (fgets(line, sizeof line, stream) == NULL) {
        fail_msg("the stub did not start");
    }
    (void)fclose(stream);
    return (int)strtol(line, NULL, 10);
}

struct net_stub *net_stub_start(const char *tls, struct vn_aws *aws)
{
    struct net_stub *stub = calloc(1, sizeof *stub);
    int input[2];
    int output[2];

    assert_non_null(stub);
    assert_int_equal(pipe(input), 0);
    assert_int_equal(pipe(output), 0);
    stub->pid = fork();
    if (stub->pid == 0) {
        run_stub(input, output, tls);
    }
    assert_true(stub->pid > 0);
    (void)close(input[0]);
    (void)close(output[1]);
    stub->input = input[1];
    const int port = read_port(output[0]);
    (void)snprintf(stub->url, sizeof stub->url, "http%s://127.0.0.1:%d",
                   tls != NULL ? "s" : "", port);
    stub->easy = curl_easy_init();
    assert_non_null(stub->easy);
    *aws = (struct vn_aws){.region = "us-east-1",
                           .credentials = {.access_key_id = "AKIDEXAMPLE",
                                           .secret_access_key = "not/a+secret",
                                           .source = "test"},
                           .renewal = VN_OK};
    (void)snprintf(aws->endpoint, sizeof aws->endpoint, "%s", stub->url);
    return stub;
}

void net_stub_stop(struct net_stub *stub)
{
    int status = 0;

    curl_easy_cleanup(stub->easy);
    (void)close(stub->input);
    assert_int_equal(waitpid(stub->pid, &status, 0), stub->pid);
    assert_int_equal(status, 0);
    free(stub);
}

struct reply {
    char *data;
    size_t size;
};

static size_t take(char *data, size_t size, size_t count, void *context)
{
    struct reply *reply = context;
    char *more = realloc(reply->data, reply->size + size * count + 1);

    if (more == NULL) {
        return 0;
    }
    memcpy(more + reply->size, data, size * count);
    reply->data = more;
    reply->size += size * count;
    reply->data[reply->size] = '\0';
    return size * count;
}

/* GET, or POST of 'body'; the answer's body, to be freed. */
static char *fetch(struct net_stub *stub, const char *path, const char *body)
{
    struct reply reply = {NULL, 0};
    char url[160];
    long status = 0;

    (void)snprintf(url, sizeof url, "%s%s", stub->url, path);
    curl_easy_reset(stub->easy);
    (void)curl_easy_setopt(stub->easy, CURLOPT_URL, url);
    (void)curl_easy_setopt(stub->easy, CURLOPT_WRITEFUNCTION, take);
    (void)curl_easy_setopt(stub->easy, CURLOPT_WRITEDATA, &reply);
    // The certificate of the stub is its own.
    (void)curl_easy_setopt(stub->easy, CURLOPT_SSL_VERIFYPEER, 0L);
    if (body != NULL) {
        (void)curl_easy_setopt(stub->easy, CURLOPT_POSTFIELDS, body);
    }
    assert_int_equal(curl_easy_perform(stub->easy), CURLE_OK);
    (void)curl_easy_getinfo(stub->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) {
        fail_msg("%s: %s", path, reply.data);
    }
    return reply.data;
}

void net_stub_order(struct net_stub *stub, const char *order)
{
    free(fetch(stub, "/__control", order));
}

json_t *net_stub_state(struct net_stub *stub)
{
    char *text = fetch(stub, "/__state", NULL);
    json_t *state = json_loads(text, 0, NULL);

    assert_non_null(state);
    free(text);
    return state;
}

long net_stub_count(struct net_stub *stub, const char *name)
{
    json_t *state = net_stub_state(stub);
    const json_t *number = json_object_get(state, name);

    if (number == NULL) {
        number = json_object_get(json_object_get(state, "counts"), name);
    }
    const long count = (long)json_integer_value(number);
    json_decref(state);
    return count;
}

char *net_stub_items(struct net_stub *stub, const char *table)
{
    char path[64];

    (void)snprintf(path, sizeof path, "/__items?%s", table);
    return fetch(stub, path, NULL);
}
