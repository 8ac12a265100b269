/* dynamo_answer.c: error answers: read, classified, cleaned of secrets. */
#include "dynamo_answer.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

struct known_type {
    const char *type;
    enum dynamo_class class;
};

/*
 * What is not listed is judged by its HTTP status. The throttling names are
 * those that botocore retries.
 */
static const struct known_type known_types[] = {
    {"ProvisionedThroughputExceededException", DYNAMO_THROTTLED},
    {"ThrottlingException", DYNAMO_THROTTLED},
    {"RequestLimitExceeded", DYNAMO_THROTTLED},
    {"Throttling", DYNAMO_THROTTLED},
    {"ThrottledException", DYNAMO_THROTTLED},
    {"RequestThrottled", DYNAMO_THROTTLED},
    {"RequestThrottledException", DYNAMO_THROTTLED},
    {"TooManyRequestsException", DYNAMO_THROTTLED},
    {"BandwidthLimitExceeded", DYNAMO_THROTTLED},
    {"SlowDown", DYNAMO_THROTTLED},
    {"LimitExceededException", DYNAMO_AGAIN}, // of the control plane
    {"InternalServerError", DYNAMO_AGAIN},
    {"InternalFailure", DYNAMO_AGAIN},
    {"ServiceUnavailable", DYNAMO_AGAIN},
    {"RequestTimeout", DYNAMO_AGAIN},
    {"RequestTimeoutException", DYNAMO_AGAIN},
    {"PriorRequestNotComplete", DYNAMO_AGAIN},
    {"TransactionInProgressException", DYNAMO_AGAIN},
    {"ReplicatedWriteConflictException", DYNAMO_AGAIN},
    {"ValidationException", DYNAMO_REFUSED},
    {"SerializationException", DYNAMO_REFUSED},
    {"ItemCollectionSizeLimitExceededException", DYNAMO_REFUSED},
    {"RequestTooLarge", DYNAMO_REFUSED},
};

static const char *const credential_types[] = {
    "ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException"};

static const char *const signature_types[] = {
    "InvalidSignatureException", "RequestTimeTooSkewed", "RequestExpired",
    "RequestInTheFuture", "SignatureDoesNotMatch"};

static bool is_one_of(const char *type, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(type, list[i]) == 0) {
            return true;
        }
    }
    return false;
}

enum dynamo_mend dynamo_mendable(const char *type)
{
    if (is_one_of(type, credential_types,
                  sizeof credential_types / sizeof *credential_types)) {
        return DYNAMO_MEND_CREDENTIALS;
    }
    if (is_one_of(type, signature_types,
                  sizeof signature_types / sizeof *signature_types)) {
        return DYNAMO_MEND_SIGNATURE;
    }
    return DYNAMO_MEND_NOT;
}

static enum dynamo_class class_of_status(long http_status)
{
    if (http_status == 429) {
        return DYNAMO_THROTTLED;
    }
    if (http_status == 413) {
        return DYNAMO_REFUSED;
    }
    // A redirect is no answer of DynamoDB: something stands in between.
    if (http_status >= 500 || http_status < 400 || http_status == 408) {
        return DYNAMO_AGAIN;
    }
    return DYNAMO_FATAL;
}

enum dynamo_class dynamo_classify(long http_status, const char *type)
{
    for (size_t i = 0; i < sizeof known_types / sizeof *known_types; i++) {
        if (strcmp(type, known_types[i].type) == 0) {
            return known_types[i].class;
        }
    }
    return class_of_status(http_status);
}

static void copy_text(char *to, size_t size, const json_t *text)
{
    const char *value = json_string_value(text);

    (void)snprintf(to, size, "%s", value != NULL ? value : "");
}

/* "com.amazonaws.dynamodb.v20120810#Type", or "Type:http://...". */
static void read_type(const json_t *root, struct dynamo_error *error)
{
    const char *full = json_string_value(json_object_get(root, "__type"));

    if (full == NULL) {
        return;
    }
    const char *hash = strrchr(full, '#');
    const char *type = hash != NULL ? hash + 1 : full;
    (void)snprintf(error->type, sizeof error->type, "%.*s",
                   (int)strcspn(type, ":"), type);
}

void dynamo_error_read(const char *body, size_t size,
                       struct dynamo_error *error)
{
    json_t *root = json_loadb(body, size, 0, NULL);

    *error = (struct dynamo_error){{0}, {0}, {0}};
    read_type(root, error);
    copy_text(error->message, sizeof error->message,
              json_object_get(root, "message"));
    if (error->message[0] == '\0') {
        copy_text(error->message, sizeof error->message,
                  json_object_get(root, "Message"));
    }
    const json_t *reasons = json_object_get(root, "ThrottlingReasons");
    copy_text(error->reason, sizeof error->reason,
              json_object_get(json_array_get(reasons, 0), "reason"));
    json_decref(root);
}

void dynamo_hide(char *text, const char *secret)
{
    if (secret == NULL || secret[0] == '\0') {
        return;
    }
    const size_t size = strlen(secret);
    for (char *at = strstr(text, secret); at != NULL;
         at = strstr(at + size, secret)) {
        memset(at, '*', size);
    }
}

void dynamo_hide_token(char *text)
{
    static const char name[] = "x-amz-security-token:";
    char *at = strstr(text, name);

    while (at != NULL) {
        at += sizeof name - 1;
        memset(at, '*', strcspn(at, "\n"));
        at = strstr(at, name);
    }
}

void dynamo_first_line(char *text)
{
    text[strcspn(text, "\r\n")] = '\0';
}
