/* aws_metadata.c: credentials of a container (ECS, EKS) or an instance. */
#include "aws_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <curl/curl.h>

#define CONTAINER_HOST "http://169.254.170.2"
#define INSTANCE_HOST "http://169.254.169.254"
#define INSTANCE_HOST_6 "http://[fd00:ec2::254]"
/* How long the instance's token lives, in seconds: the longest it may. */
#define TOKEN_TTL "X-aws-ec2-metadata-token-ttl-seconds: 21600"
#define TOKEN_HEADER "X-aws-ec2-metadata-token: "
#define ROLES "/latest/meta-data/iam/security-credentials/"

/*
 * Both answer from the same machine in a few milliseconds. Three tries of a
 * second bridge a restart; where nothing answers at all, three seconds are
 * what a user waits for "no credentials".
 */
#define INSTANCE_TIMEOUT_MS 1000L
#define CONTAINER_TIMEOUT_MS 2000L
#define TRIES 3u
#define PAUSE_NS (100L * 1000 * 1000)

struct question {
    const char *method;
    const char *url;
    const char *header; /* NULL if none */
    long timeout_ms;
};

/* ---- One question ------------------------------------------------------- */

static size_t take_piece(char *data, size_t size, size_t count, void *context)
{
    struct buf *answer = context;

    buf_add(answer, data, size * count);
    return answer->failed ? 0 : size * count;
}

/*
 * What the user's environment says to libcurl about proxies does not count:
 * these addresses are of this machine, and the answers are secrets.
 */
static bool set_up(CURL *curl, const struct question *question,
                   struct curl_slist *headers, struct buf *answer)
{
    return curl_easy_setopt(curl, CURLOPT_URL, question->url) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, question->method) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, question->timeout_ms) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_piece) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer) == CURLE_OK;
}

/* Returns the HTTP status, 0 if there was no whole answer. */
static long ask_once(CURL *curl, struct buf *answer)
{
    long code = 0;

    buf_clear(answer);
    if (curl_easy_perform(curl) != CURLE_OK ||
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code) != CURLE_OK) {
        return 0;
    }
    return code;
}

static void free_headers(struct curl_slist *headers)
{
    for (struct curl_slist *at = headers; at != NULL; at = at->next) {
        explicit_bzero(at->data, strlen(at->data));
    }
    curl_slist_free_all(headers);
}

/*
 * Asks up to three times while there is no answer or one of 500 and above.
 * Returns VN_OK with the HTTP status (0: no answer), or VN_NOMEM.
 */
static enum vn_status ask(const struct question *question, struct buf *answer,
                          long *code, struct vn_error *error)
{
    const struct timespec pause = {.tv_nsec = PAUSE_NS};
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = question->header != NULL
                                     ? curl_slist_append(NULL, question->header)
                                     : NULL;
    enum vn_status status = VN_OK;

    if (curl == NULL || (question->header != NULL && headers == NULL) ||
        !set_up(curl, question, headers, answer)) {
        status = vn_error_system(error, ENOMEM, "cannot ask for credentials");
        goto out;
    }
    *code = ask_once(curl, answer);
    for (unsigned i = 1; i < TRIES && (*code == 0 || *code >= 500); i++) {
        (void)nanosleep(&pause, NULL);
        *code = ask_once(curl, answer);
    }
out:
    curl_easy_cleanup(curl);
    free_headers(headers);
    return status;
}

static enum vn_status no_memory(struct vn_error *error)
{
    return vn_error_system(error, ENOMEM, "cannot ask for credentials");
}

/* ---- Container ---------------------------------------------------------- */

/* Loopback, and the addresses at which ECS and EKS answer. */
static bool is_local(const char *host)
{
    struct in_addr address;
    char bare[64];

    if (inet_pton(AF_INET, host, &address) == 1) {
        return ntohl(address.s_addr) >> 24 == 127 ||
               strcmp(host, "169.254.170.2") == 0 ||
               strcmp(host, "169.254.170.23") == 0;
    }
    const size_t length = strlen(host);
    if (host[0] == '[' && length < sizeof bare) {
        (void)snprintf(bare, sizeof bare, "%.*s", (int)length - 2, host + 1);
        return strcmp(bare, "::1") == 0 || strcmp(bare, "fd00:ec2::23") == 0;
    }
    return strcmp(host, "localhost") == 0;
}

/* Whether a token may be sent there. */
static bool is_trusted(const char *text)
{
    CURLU *url = curl_url();
    char *scheme = NULL;
    char *host = NULL;
    bool trusted = false;

    if (url != NULL &&
        curl_url_set(url, CURLUPART_URL, text, CURLU_DISALLOW_USER) ==
            CURLUE_OK &&
        curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK) {
        trusted = strcmp(scheme, "https") == 0 ||
                  (strcmp(scheme, "http") == 0 && is_local(host));
    }
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(url);
    return trusted;
}

static enum vn_status container_url(const struct vn_aws *aws, char **url,
                                    struct vn_error *error)
{
    const char *relative =
        aws_variable(aws, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const char *full = aws_variable(aws, "AWS_CONTAINER_CREDENTIALS_FULL_URI");

    if (relative == NULL && full == NULL) {
        return VN_NOT_FOUND;
    }
    if (relative != NULL && relative[0] != '/') {
        return vn_error_set(error, VN_INVALID,
                            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not "
                            "begin with /");
    }
    if (relative == NULL && !is_trusted(full)) {
        return vn_error_set(error, VN_INVALID,
                            "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither "
                            "https nor an address of this machine, "
                            "169.254.170.2 or 169.254.170.23");
    }
    if (asprintf(url, "%s%s", relative != NULL ? CONTAINER_HOST : "",
                 relative != NULL ? relative : full) < 0) {
        *url = NULL;
        return no_memory(error);
    }
    return VN_OK;
}

/* Makes the header of 'token'; it may end in a line feed, as in a file. */
static enum vn_status make_authorization(struct vn_bytes token, char **header,
                                         struct vn_error *error)
{
    while (token.size > 0 && (token.data[token.size - 1] == '\n' ||
                              token.data[token.size - 1] == '\r')) {
        token.size--;
    }
    for (size_t i = 0; i < token.size; i++) {
        if (token.data[i] < ' ' || token.data[i] > '~') {
            return vn_error_set(error, VN_INVALID,
                                "the container authorization token has a "
                                "character that cannot be sent");
        }
    }
    if (asprintf(header, "Authorization: %.*s", (int)token.size, token.data) <
        0) {
        *header = NULL;
        return no_memory(error);
    }
    return VN_OK;
}

static enum vn_status container_header(const struct vn_aws *aws, char **header,
                                       struct vn_error *error)
{
    const char *path =
        aws_variable(aws, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    const char *token = aws_variable(aws, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
    struct vn_bytes text = {NULL, 0};

    if (path == NULL) {
        if (token == NULL) {
            return VN_OK;
        }
        text = (struct vn_bytes){token, strlen(token)};
        return make_authorization(text, header, error);
    }
    enum vn_status status = vn_text_read(path, &text, error);
    if (status == VN_OK && text.size > AWS_ANSWER_MAX) {
        status = vn_error_set(error, VN_INVALID, "%s is no token", path);
    }
    if (status == VN_OK) {
        status = make_authorization(text, header, error);
    }
    if (text.data != NULL) {
        explicit_bzero((void *)(uintptr_t)text.data, text.size);
    }
    vn_text_free(&text);
    return status;
}

static enum vn_status parse_answer(const char *source, long code,
                                   const struct buf *answer,
                                   struct aws_keys *keys,
                                   struct vn_error *error)
{
    if (code == 0) {
        return vn_error_set(error, VN_IO, "%s does not answer", source);
    }
    if (code != 200) {
        return vn_error_set(error, VN_IO, "%s answers with HTTP status %ld",
                            source, code);
    }
    return aws_keys_parse(keys, AWS_KEYS_ENDPOINT, answer, source, error);
}

enum vn_status aws_container_keys(const struct vn_aws *aws,
                                  struct aws_keys *keys, struct vn_error *error)
{
    char *url = NULL;
    char *header = NULL;
    struct buf answer = {0};
    long code = 0;

    // An address has an id in it that opens the credentials: never shown.
    enum vn_status status = container_url(aws, &url, error);
    if (status == VN_OK) {
        status = container_header(aws, &header, error);
    }
    if (status == VN_OK && !aws_answer_init(&answer)) {
        status = no_memory(error);
    }
    if (status == VN_OK) {
        const struct question question = {"GET", url, header,
                                          CONTAINER_TIMEOUT_MS};
        status = ask(&question, &answer, &code, error);
    }
    if (status == VN_OK) {
        status =
            parse_answer("the container endpoint", code, &answer, keys, error);
    }
    aws_wipe(url);
    aws_wipe(header);
    aws_answer_reset(&answer);
    return status;
}

/* ---- Instance ----------------------------------------------------------- */

static const char *instance_host(const struct vn_aws *aws)
{
    const char *host = aws_variable(aws, "AWS_EC2_METADATA_SERVICE_ENDPOINT");
    const char *mode =
        aws_variable(aws, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");

    if (host != NULL) {
        return host;
    }
    return mode != NULL && (mode[0] == 'I' || mode[0] == 'i') &&
                   mode[strlen(mode) - 1] == '6'
               ? INSTANCE_HOST_6
               : INSTANCE_HOST;
}

/* Asks the instance for HOST + path + name. */
static enum vn_status ask_instance(const struct vn_aws *aws, const char *path,
                                   const struct question *form,
                                   struct buf *answer, long *code,
                                   struct vn_error *error)
{
    const char *host = instance_host(aws);
    const size_t length = strlen(host);
    const bool has_slash = length > 0 && host[length - 1] == '/';
    struct question question = *form;
    char *url = NULL;

    if (asprintf(&url, "%.*s%s", (int)(length - (has_slash ? 1 : 0)), host,
                 path) < 0) {
        return no_memory(error);
    }
    question.url = url;
    question.timeout_ms = INSTANCE_TIMEOUT_MS;
    const enum vn_status status = ask(&question, answer, code, error);
    free(url);
    return status;
}

/* The header with the token that the instance wants to see. */
static enum vn_status instance_token(const struct vn_aws *aws,
                                     struct buf *answer, char **header,
                                     const char **why, struct vn_error *error)
{
    const struct question form = {.method = "PUT", .header = TOKEN_TTL};
    long code = 0;

    const enum vn_status status =
        ask_instance(aws, "/latest/api/token", &form, answer, &code, error);
    if (status != VN_OK) {
        return status;
    }
    if (code == 0) {
        *why = "no answer";
        return VN_NOT_FOUND;
    }
    if (code != 200 || answer->size == 0 ||
        strpbrk(answer->data, "\r\n") != NULL) {
        *why = "no token of IMDSv2";
        return VN_NOT_FOUND;
    }
    if (asprintf(header, TOKEN_HEADER "%s", answer->data) < 0) {
        *header = NULL;
        return no_memory(error);
    }
    return VN_OK;
}

/* The path of the role's credentials: the first line that the list has. */
static enum vn_status instance_role(const struct vn_aws *aws,
                                    const char *header, struct buf *answer,
                                    char **path, const char **why,
                                    struct vn_error *error)
{
    static const char role_characters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+=,.@_-";
    const struct question form = {.method = "GET", .header = header};
    long code = 0;

    const enum vn_status status =
        ask_instance(aws, ROLES, &form, answer, &code, error);
    if (status != VN_OK) {
        return status;
    }
    const size_t length = code == 200 && answer->data != NULL
                              ? strspn(answer->data, role_characters)
                              : 0;
    if (length == 0) {
        *why = code == 0 ? "no answer" : "no role";
        return VN_NOT_FOUND;
    }
    if (asprintf(path, ROLES "%.*s", (int)length, answer->data) < 0) {
        *path = NULL;
        return no_memory(error);
    }
    return VN_OK;
}

enum vn_status aws_instance_keys(const struct vn_aws *aws,
                                 struct aws_keys *keys, const char **why,
                                 struct vn_error *error)
{
    char *header = NULL;
    char *path = NULL;
    struct buf answer = {0};
    long code = 0;

    if (aws_variable_true(aws, "AWS_EC2_METADATA_DISABLED")) {
        *why = "AWS_EC2_METADATA_DISABLED";
        return VN_NOT_FOUND;
    }
    enum vn_status status = aws_answer_init(&answer) ? VN_OK : no_memory(error);
    if (status == VN_OK) {
        status = instance_token(aws, &answer, &header, why, error);
    }
    if (status == VN_OK) {
        status = instance_role(aws, header, &answer, &path, why, error);
    }
    if (status == VN_OK) {
        const struct question form = {.method = "GET", .header = header};
        status = ask_instance(aws, path, &form, &answer, &code, error);
    }
    if (status == VN_OK) {
        status =
            parse_answer("the instance metadata", code, &answer, keys, error);
    }
    aws_wipe(header);
    free(path);
    aws_answer_reset(&answer);
    return status;
}
