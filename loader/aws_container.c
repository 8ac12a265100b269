/* aws_container.c: credentials of a container (ECS, EKS). */
#include "aws_private.h"

#include "aws_http.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <curl/curl.h>

#define CONTAINER_HOST "http://169.254.170.2"
/* It answers from the same machine; a busy agent takes its time. */
#define TIMEOUT_MS 2000L

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
        return aws_http_no_memory(error);
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
        return aws_http_no_memory(error);
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
        status = aws_http_no_memory(error);
    }
    if (status == VN_OK) {
        const struct aws_question question = {"GET", url, header, TIMEOUT_MS};
        status = aws_http_ask(&question, &answer, &code, error);
    }
    if (status == VN_OK) {
        status =
            aws_http_keys("the container endpoint", code, &answer, keys, error);
    }
    aws_wipe(url);
    aws_wipe(header);
    aws_answer_reset(&answer);
    return status;
}
