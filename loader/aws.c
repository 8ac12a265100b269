/* aws.c: region, endpoint and credentials, and their refresh. */
#include "aws_private.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <curl/curl.h>

#define DEBUG_LINE_SIZE 1024u
/* Credentials are renewed when they have less than five minutes left. */
#define REFRESH_BEFORE_S 300
/*
 * How long a refresh that failed, or gave some that end as soon, is not tried
 * again while the old ones are valid: each may take seconds.
 */
#define REFRESH_PAUSE_S 10
/* Ids of AWS have 20 characters; of one much shorter no part is shown. */
#define SHOWN_ID_MIN 16u
#define SHOWN_ID_CHARACTERS 4u
#define TIME_SIZE 32u

/* ---- What all parts use ------------------------------------------------- */

void aws_debug(const struct vn_aws *aws, const char *format, ...)
{
    char line[DEBUG_LINE_SIZE];
    va_list args;

    if (aws->debug == NULL) {
        return;
    }
    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    aws->debug(aws->debug_context, line);
}

const char *aws_variable(const struct vn_aws *aws, const char *name)
{
    const char *value =
        aws->environment != NULL ? aws->environment(name) : NULL;

    return value != NULL && value[0] != '\0' ? value : NULL;
}

bool aws_variable_true(const struct vn_aws *aws, const char *name)
{
    const char *value = aws_variable(aws, name);

    return value != NULL && strcasecmp(value, "true") == 0;
}

/* ---- Credentials -------------------------------------------------------- */

static void write_time(int64_t time_s, char out[TIME_SIZE])
{
    const time_t seconds = (time_t)time_s;
    struct tm parts;

    if (gmtime_r(&seconds, &parts) == NULL ||
        strftime(out, TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) {
        (void)snprintf(out, TIME_SIZE, "never");
    }
}

static void show_keys(const struct vn_aws *aws)
{
    const char *id = aws->keys.access_key_id;
    const size_t length = strlen(id);
    char until[TIME_SIZE] = "no end is known";

    if (aws->keys.expires_s != 0) {
        write_time(aws->keys.expires_s, until);
    }
    aws_debug(aws, "credentials from %s, key ...%s, valid until: %s",
              aws->keys.source,
              length >= SHOWN_ID_MIN ? id + length - SHOWN_ID_CHARACTERS : "",
              until);
}

static bool is_over(const struct aws_keys *keys, int64_t now_s)
{
    return keys->expires_s != 0 && keys->expires_s <= now_s;
}

static bool is_due(const struct vn_aws *aws, int64_t now_s, bool renew)
{
    const int64_t expires_s = aws->keys.expires_s;

    // Many requests in flight hear of the same end: one renewal a second.
    if ((renew && now_s != aws->renewed_s) || is_over(&aws->keys, now_s)) {
        return true;
    }
    const bool has_paused =
        now_s - aws->tried_s >= REFRESH_PAUSE_S || now_s < aws->tried_s;
    return expires_s != 0 && expires_s - now_s < REFRESH_BEFORE_S && has_paused;
}

/* Finds new credentials; the old ones stay if that fails. */
static enum vn_status find_keys(struct vn_aws *aws, int64_t now_s,
                                struct vn_error *error)
{
    struct aws_keys keys = {0};

    aws->tried_s = now_s;
    const enum vn_status status = aws_find_keys(aws, &keys, error);
    if (status != VN_OK) {
        return status;
    }
    if (is_over(&keys, now_s)) {
        char end[TIME_SIZE];
        write_time(keys.expires_s, end);
        (void)vn_error_set(error, VN_INVALID,
                           "the credentials of %s expired at %s", keys.source,
                           end);
        aws_keys_reset(&keys);
        return VN_INVALID;
    }
    aws_keys_reset(&aws->keys);
    aws->keys = keys;
    show_keys(aws);
    return VN_OK;
}

static enum vn_status refresh(struct vn_aws *aws, int64_t now_s, bool renew,
                              struct vn_error *error)
{
    struct vn_error reason = {0};

    if (renew) {
        aws->renewed_s = now_s;
    }
    const enum vn_status status = find_keys(aws, now_s, &reason);
    if (status == VN_OK) {
        aws->refreshes++;
        return VN_OK;
    }
    if (is_over(&aws->keys, now_s)) {
        return vn_error_set(error, status, "%s", reason.message);
    }
    aws_debug(aws, "the old credentials stay: %s", reason.message);
    return VN_OK;
}

enum vn_status aws_credentials(struct vn_aws *aws, int64_t now_s, bool renew,
                               struct aws_credentials *out,
                               struct vn_error *error)
{
    if (is_due(aws, now_s, renew)) {
        const enum vn_status status = refresh(aws, now_s, renew, error);
        if (status != VN_OK) {
            return status;
        }
    }
    *out = (struct aws_credentials){.access_key_id = aws->keys.access_key_id,
                                    .secret_access_key =
                                        aws->keys.secret_access_key,
                                    .session_token = aws->keys.session_token,
                                    .expires_s = aws->keys.expires_s,
                                    .source = aws->keys.source};
    return VN_OK;
}

uint64_t aws_refreshes(const struct vn_aws *aws)
{
    return aws->refreshes;
}

/* ---- Opening ------------------------------------------------------------ */

/* Option, AWS_PROFILE, the older AWS_DEFAULT_PROFILE, "default". */
static enum vn_status choose_profile(struct vn_aws *aws, const char *asked,
                                     struct vn_error *error)
{
    const char *profile = asked;

    aws->profile_asked = asked != NULL && asked[0] != '\0';
    if (!aws->profile_asked) {
        profile = aws_variable(aws, "AWS_PROFILE");
    }
    if (profile == NULL) {
        profile = aws_variable(aws, "AWS_DEFAULT_PROFILE");
    }
    aws->profile_named = profile != NULL;
    aws->profile = strdup(profile != NULL ? profile : "default");
    return aws->profile != NULL
               ? VN_OK
               : vn_error_system(error, ENOMEM, "cannot keep the profile");
}

static enum vn_status set_up(struct vn_aws *aws,
                             const struct vn_aws_options *options,
                             struct vn_error *error)
{
    struct aws_config config = {0};

    enum vn_status status = choose_profile(aws, options->profile, error);
    if (status == VN_OK) {
        status = aws_config_read(aws, &config, error);
    }
    if (status == VN_OK) {
        status = aws_find_region(aws, &config, options->region, error);
    }
    if (status == VN_OK) {
        status = aws_find_endpoint(aws, &config, options->endpoint_url, error);
    }
    if (status == VN_OK) {
        status = aws_find_ca_bundle(aws, &config, error);
    }
    aws_config_reset(&config);
    if (status == VN_OK) {
        status = find_keys(aws, (int64_t)time(NULL), error);
    }
    return status;
}

enum vn_status vn_aws_open(const struct vn_aws_options *options,
                           struct vn_aws **aws, struct vn_error *error)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return vn_error_set(error, VN_IO, "cannot set up libcurl");
    }
    struct vn_aws *result = calloc(1, sizeof *result);
    if (result == NULL) {
        curl_global_cleanup();
        return vn_error_system(error, ENOMEM, "cannot set up credentials");
    }
    result->environment = options->environment;
    result->debug = options->debug;
    result->debug_context = options->debug_context;
    const enum vn_status status = set_up(result, options, error);
    if (status != VN_OK) {
        vn_aws_close(result);
        return status;
    }
    *aws = result;
    return VN_OK;
}

void vn_aws_close(struct vn_aws *aws)
{
    if (aws == NULL) {
        return;
    }
    aws_keys_reset(&aws->keys);
    free(aws->profile);
    free(aws->region);
    free(aws->endpoint);
    free(aws->ca_bundle);
    free(aws);
    curl_global_cleanup();
}

const char *vn_aws_region(const struct vn_aws *aws)
{
    return aws->region;
}

const char *vn_aws_endpoint(const struct vn_aws *aws)
{
    return aws->endpoint;
}

const char *aws_ca_bundle(const struct vn_aws *aws)
{
    return aws->ca_bundle;
}
