/* dynamo_auth.c: credentials, clock and signature of the calls. */
#include "dynamo_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dynamo_sign.h"

/* A signature is good for five minutes; a clock that is less than this away
 * from the service's is not to blame for a wrong one. */
#define SKEW_LEAST_S 30
#define MENDS_MAX 2u
#define HEADER_MAX ((size_t)64 << 10)
#define TARGET "DynamoDB_20120810."

static int64_t now_s(void)
{
    return (int64_t)time(NULL);
}

void dynamo_forget_credentials(struct aws_credentials *credentials)
{
    const char *const secrets[] = {credentials->access_key_id,
                                   credentials->secret_access_key,
                                   credentials->session_token};

    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        // Ours since strdup(); the struct lends them out as const.
        char *secret = (char *)(uintptr_t)secrets[i];
        if (secret != NULL) {
            explicit_bzero(secret, strlen(secret));
            free(secret);
        }
    }
    *credentials = (struct aws_credentials){0};
}

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool same_credentials(const struct aws_credentials *a,
                             const struct aws_credentials *b)
{
    return same_text(a->access_key_id, b->access_key_id) &&
           same_text(a->secret_access_key, b->secret_access_key) &&
           same_text(a->session_token, b->session_token);
}

static enum vn_status copy_credentials(struct dynamo *dynamo,
                                       const struct aws_credentials *from,
                                       struct vn_error *error)
{
    struct aws_credentials copy = {
        .access_key_id = strdup(from->access_key_id),
        .secret_access_key = strdup(from->secret_access_key),
        .session_token =
            from->session_token != NULL ? strdup(from->session_token) : NULL,
    };

    if (copy.access_key_id == NULL || copy.secret_access_key == NULL ||
        (from->session_token != NULL && copy.session_token == NULL)) {
        dynamo_forget_credentials(&copy);
        return vn_error_set(error, VN_NOMEM, "credentials: out of memory");
    }
    dynamo_forget_credentials(&dynamo->credentials);
    dynamo->credentials = copy;
    dynamo->generation++;
    return VN_OK;
}

/* Asks at most once a second, unless they are to be renewed. */
enum vn_status dynamo_fresh_credentials(struct dynamo *dynamo, bool renew,
                                        struct vn_error *error)
{
    const int64_t now = now_s();
    struct aws_credentials lent = {0};

    if (!renew && now == dynamo->credentials_at_s) {
        return VN_OK;
    }
    const enum vn_status status =
        aws_credentials(dynamo->aws, now, renew, &lent, error);
    if (status != VN_OK) {
        return status;
    }
    dynamo->credentials_at_s = now;
    if (renew || !same_credentials(&lent, &dynamo->credentials)) {
        return copy_credentials(dynamo, &lent, error);
    }
    return VN_OK;
}

/*
 * Compares the service's clock with ours. True if the call was signed for a
 * time that is too far from it; the calls to come are signed for the right.
 */
static bool follow_clock(struct dynamo_call *call)
{
    struct dynamo *dynamo = call->dynamo;
    const time_t theirs = curl_getdate(call->date, NULL);

    if (theirs == (time_t)-1) {
        return false;
    }
    const int64_t offset_s = (int64_t)theirs - now_s();
    if (llabs(offset_s - call->offset_s) < SKEW_LEAST_S) {
        return false;
    }
    dynamo->offset_s = llabs(offset_s) < SKEW_LEAST_S ? 0 : offset_s;
    aws_debug(dynamo->aws,
              "the clock of this machine is %lld s %s that of the service: "
              "signing for the service's",
              llabs((long long)offset_s), offset_s > 0 ? "behind" : "before");
    return true;
}

/* True if the call is to be sent again. May turn '*answer' into AGAIN. */
bool dynamo_mend(struct dynamo_call *call, struct dynamo_answer *answer)
{
    struct dynamo *dynamo = call->dynamo;

    if (call->mend == DYNAMO_MEND_SIGNATURE && follow_clock(call)) {
        // Still a matter of time after all the mends: worth another attempt.
        answer->class = DYNAMO_AGAIN;
    }
    // A clock that jumps leaves the credentials their chances.
    if (call->mend == DYNAMO_MEND_NOT || call->mends[call->mend] == MENDS_MAX) {
        return false;
    }
    call->mends[call->mend]++;
    dynamo->stats.resigned++;
    if (call->mend == DYNAMO_MEND_CREDENTIALS &&
        call->generation == dynamo->generation) {
        struct vn_error error = {0};
        // The old ones get their second chance where there are no new ones.
        if (dynamo_fresh_credentials(dynamo, true, &error) != VN_OK) {
            aws_debug(dynamo->aws, "credentials: %s", error.message);
        }
    }
    return true;
}

static bool add_line(struct curl_slist **list, const char *name,
                     const char *value)
{
    struct buf line;

    buf_init(&line, HEADER_MAX);
    buf_text(&line, name);
    buf_text(&line, value);
    struct curl_slist *more =
        line.failed ? NULL : curl_slist_append(*list, line.data);
    if (line.data != NULL) {
        explicit_bzero(line.data, line.size);
    }
    buf_reset(&line);
    if (more == NULL) {
        return false;
    }
    *list = more;
    return true;
}

/* The headers that do not change from request to request. */
static struct curl_slist *make_headers(const struct dynamo *dynamo,
                                       const char *operation)
{
    const char *token = dynamo->credentials.session_token;
    struct curl_slist *list = NULL;

    if (!add_line(&list, "Content-Type: ", DYNAMO_CONTENT_TYPE) ||
        !add_line(&list, "X-Amz-Target: " TARGET, operation) ||
        (token != NULL && !add_line(&list, "X-Amz-Security-Token: ", token))) {
        curl_slist_free_all(list);
        return NULL;
    }
    return list;
}

/* Signs for the service's clock, by headers of our own. */
static bool sign_for_offset(struct dynamo_call *call, struct curl_slist **list)
{
    const struct dynamo *dynamo = call->dynamo;
    char target[128];
    char stamp[DYNAMO_STAMP_SIZE];
    struct buf header;

    (void)snprintf(target, sizeof target, TARGET "%s", call->operation);
    const struct dynamo_signed request = {
        .credentials = &dynamo->credentials,
        .region = dynamo->region,
        .host = dynamo->host,
        .target = target,
        .body = call->body.data != NULL ? call->body.data : "",
        .body_size = call->body.size,
        .time_s = now_s() + dynamo->offset_s,
    };
    buf_init(&header, HEADER_MAX);
    dynamo_sign(&request, &header, stamp);
    const bool done = !header.failed && add_line(list, header.data, "") &&
                      add_line(list, "X-Amz-Date: ", stamp);
    buf_reset(&header);
    return done;
}

/* Headers, name and secret, where they differ from the last request's. */
bool dynamo_set_signature(struct dynamo_call *call)
{
    const struct dynamo *dynamo = call->dynamo;
    const bool by_curl = dynamo->offset_s == 0;

    if (by_curl && call->offset_s == 0 && call->headers != NULL &&
        call->generation == dynamo->generation &&
        strcmp(call->operation, call->headers_of) == 0) {
        return true;
    }
    struct curl_slist *list = make_headers(dynamo, call->operation);
    call->offset_s = dynamo->offset_s;
    call->generation = dynamo->generation;
    (void)snprintf(call->headers_of, sizeof call->headers_of, "%s",
                   call->operation);
    if (list == NULL || (!by_curl && !sign_for_offset(call, &list))) {
        curl_slist_free_all(list);
        return false;
    }
    const struct aws_credentials *credentials = &dynamo->credentials;
    const bool done =
        curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, list) == CURLE_OK &&
        curl_easy_setopt(call->easy, CURLOPT_AWS_SIGV4,
                         by_curl ? dynamo->sigv4 : NULL) == CURLE_OK &&
        curl_easy_setopt(call->easy, CURLOPT_USERNAME,
                         by_curl ? credentials->access_key_id : NULL) ==
            CURLE_OK &&
        curl_easy_setopt(call->easy, CURLOPT_PASSWORD,
                         by_curl ? credentials->secret_access_key : NULL) ==
            CURLE_OK;
    curl_slist_free_all(call->headers);
    call->headers = list;
    return done;
}
