/* aws_instance.c: credentials of an instance (EC2), by IMDSv2. */
#include "aws_private.h"

#include "aws_http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INSTANCE_HOST "http://169.254.169.254"
#define INSTANCE_HOST_6 "http://[fd00:ec2::254]"
/* How long the instance's token lives, in seconds: the longest it may. */
#define TOKEN_TTL "X-aws-ec2-metadata-token-ttl-seconds: 21600"
#define TOKEN_HEADER "X-aws-ec2-metadata-token: "
#define ROLES "/latest/meta-data/iam/security-credentials/"
/*
 * It answers in a few milliseconds. Where there is none, three tries of this
 * are what a user waits for "no credentials".
 */
#define TIMEOUT_MS 1000L

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
                                   const struct aws_question *form,
                                   struct buf *answer, long *code,
                                   struct vn_error *error)
{
    const char *host = instance_host(aws);
    const size_t length = strlen(host);
    const bool has_slash = length > 0 && host[length - 1] == '/';
    struct aws_question question = *form;
    char *url = NULL;

    if (asprintf(&url, "%.*s%s", (int)(length - (has_slash ? 1 : 0)), host,
                 path) < 0) {
        return aws_http_no_memory(error);
    }
    question.url = url;
    question.timeout_ms = TIMEOUT_MS;
    const enum vn_status status = aws_http_ask(&question, answer, code, error);
    free(url);
    return status;
}

/* The header with the token that the instance wants to see. */
static enum vn_status instance_token(const struct vn_aws *aws,
                                     struct buf *answer, char **header,
                                     const char **why, struct vn_error *error)
{
    const struct aws_question form = {.method = "PUT", .header = TOKEN_TTL};
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
        return aws_http_no_memory(error);
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
    const struct aws_question form = {.method = "GET", .header = header};
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
        return aws_http_no_memory(error);
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
    enum vn_status status =
        aws_answer_init(&answer) ? VN_OK : aws_http_no_memory(error);
    if (status == VN_OK) {
        status = instance_token(aws, &answer, &header, why, error);
    }
    if (status == VN_OK) {
        status = instance_role(aws, header, &answer, &path, why, error);
    }
    if (status == VN_OK) {
        const struct aws_question form = {.method = "GET", .header = header};
        status = ask_instance(aws, path, &form, &answer, &code, error);
    }
    if (status == VN_OK) {
        status =
            aws_http_keys("the instance metadata", code, &answer, keys, error);
    }
    aws_wipe(header);
    free(path);
    aws_answer_reset(&answer);
    return status;
}
