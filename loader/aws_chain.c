/* aws_chain.c: where credentials are looked for, one place after the other. */
#include "aws_private.h"

#include "aws_process.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The order is that of the AWS CLI: environment, what we leave to the CLI
 * (roles, web identity, SSO), credentials file, credential_process, config
 * file, container, instance. Files are read anew at every refresh: another
 * program may have renewed them.
 */
struct chain {
    const struct vn_aws *aws;
    struct aws_config config;
    const char *instance_why; /* why the instance has none */
};

typedef enum vn_status (*provider_fn)(struct chain *chain,
                                      struct aws_keys *keys,
                                      struct vn_error *error);

static struct vn_bytes bytes_of(const char *text)
{
    return (struct vn_bytes){text, text != NULL ? strlen(text) : 0};
}

/* ---- Environment -------------------------------------------------------- */

static enum vn_status environment_keys(struct chain *chain,
                                       struct aws_keys *keys,
                                       struct vn_error *error)
{
    const struct vn_aws *aws = chain->aws;
    const char *expiration = aws_variable(aws, "AWS_CREDENTIAL_EXPIRATION");
    const char *token = aws_variable(aws, "AWS_SESSION_TOKEN");
    const struct aws_keys_text text = {
        bytes_of(aws_variable(aws, "AWS_ACCESS_KEY_ID")),
        bytes_of(aws_variable(aws, "AWS_SECRET_ACCESS_KEY")),
        bytes_of(token != NULL ? token
                               : aws_variable(aws, "AWS_SECURITY_TOKEN"))};
    int64_t expires_s = 0;

    if (aws->profile_asked || text.access_key_id.data == NULL) {
        return VN_NOT_FOUND;
    }
    if (expiration != NULL && !aws_keys_time(expiration, &expires_s)) {
        return vn_error_set(error, VN_INVALID,
                            "AWS_CREDENTIAL_EXPIRATION is no time of RFC 3339");
    }
    const enum vn_status status =
        aws_keys_set(keys, &text, "the environment", error);
    if (status == VN_OK) {
        keys->expires_s = expires_s;
    }
    return status;
}

/* ---- What the AWS CLI has to do ----------------------------------------- */

static enum vn_status refuse_web_identity(struct chain *chain,
                                          struct aws_keys *keys,
                                          struct vn_error *error)
{
    (void)keys;
    if (chain->aws->profile_asked ||
        aws_variable(chain->aws, "AWS_WEB_IDENTITY_TOKEN_FILE") == NULL) {
        return VN_NOT_FOUND;
    }
    return vn_error_set(
        error, VN_INVALID,
        "web identity (AWS_WEB_IDENTITY_TOKEN_FILE) is left to the AWS CLI: "
        "give --profile NAME of a profile with the line credential_process = "
        "aws configure export-credentials --format process");
}

static enum vn_status refuse_profile(struct chain *chain, struct aws_keys *keys,
                                     struct vn_error *error)
{
    static const struct {
        const char *key, *what;
    } refused[] = {{"web_identity_token_file", "web identity"},
                   {"role_arn", "assuming a role"},
                   {"sso_session", "SSO"},
                   {"sso_start_url", "SSO"},
                   {"sso_account_id", "SSO"}};
    const char *profile = chain->config.profile;

    (void)keys;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        if (aws_config_get(&chain->config, refused[i].key).data == NULL) {
            continue;
        }
        return vn_error_set(
            error, VN_INVALID,
            "profile %.64s: %s (%s) is left to the AWS CLI: give --profile "
            "NAME of another profile with the line credential_process = aws "
            "configure export-credentials --profile %.64s --format process",
            profile, refused[i].what, refused[i].key, profile);
    }
    return VN_NOT_FOUND;
}

/* ---- Profile ------------------------------------------------------------ */

typedef struct vn_bytes (*setting_fn)(const struct aws_config *config,
                                      const char *key);

static enum vn_status profile_keys(const struct aws_config *config,
                                   setting_fn setting, struct aws_keys *keys,
                                   struct vn_error *error)
{
    const struct aws_keys_text text = {setting(config, "aws_access_key_id"),
                                       setting(config, "aws_secret_access_key"),
                                       setting(config, "aws_session_token")};
    char source[AWS_SOURCE_SIZE];

    if (text.access_key_id.data == NULL) {
        return VN_NOT_FOUND;
    }
    (void)snprintf(source, sizeof source, "profile %.64s", config->profile);
    return aws_keys_set(keys, &text, source, error);
}

static enum vn_status credentials_file_keys(struct chain *chain,
                                            struct aws_keys *keys,
                                            struct vn_error *error)
{
    return profile_keys(&chain->config, aws_config_credentials, keys, error);
}

static enum vn_status config_file_keys(struct chain *chain,
                                       struct aws_keys *keys,
                                       struct vn_error *error)
{
    return profile_keys(&chain->config, aws_config_setting, keys, error);
}

static enum vn_status run_process(const char *command, const char *profile,
                                  struct aws_keys *keys, struct vn_error *error)
{
    char source[AWS_SOURCE_SIZE];
    struct buf answer;
    enum vn_status status = VN_NOMEM;

    (void)snprintf(source, sizeof source, "credential_process of profile %.64s",
                   profile);
    if (aws_answer_init(&answer)) {
        status =
            aws_process_run(command, AWS_PROCESS_TIMEOUT_MS, &answer, error);
    } else {
        (void)vn_error_system(error, ENOMEM, "cannot run credential_process");
    }
    if (status == VN_OK) {
        status = aws_keys_parse(keys, AWS_KEYS_PROCESS, &answer, source, error);
    }
    aws_answer_reset(&answer);
    return status;
}

static enum vn_status process_keys(struct chain *chain, struct aws_keys *keys,
                                   struct vn_error *error)
{
    const struct vn_bytes setting =
        aws_config_get(&chain->config, "credential_process");

    if (setting.data == NULL) {
        return VN_NOT_FOUND;
    }
    char *command = strndup(setting.data, setting.size);
    if (command == NULL) {
        return vn_error_system(error, ENOMEM, "cannot run credential_process");
    }
    const enum vn_status status =
        run_process(command, chain->config.profile, keys, error);
    aws_wipe(command);
    return status;
}

/* ---- The machine -------------------------------------------------------- */

static enum vn_status container_keys(struct chain *chain, struct aws_keys *keys,
                                     struct vn_error *error)
{
    return aws_container_keys(chain->aws, keys, error);
}

static enum vn_status instance_keys(struct chain *chain, struct aws_keys *keys,
                                    struct vn_error *error)
{
    return aws_instance_keys(chain->aws, keys, &chain->instance_why, error);
}

static enum vn_status none_found(struct chain *chain, struct aws_keys *keys,
                                 struct vn_error *error)
{
    char places[AWS_PLACES_SIZE];

    (void)keys;
    aws_config_places(&chain->config, places);
    return vn_error_set(
        error, VN_INVALID,
        "there are no AWS credentials: not in the environment "
        "(AWS_ACCESS_KEY_ID%s), no container endpoint "
        "(AWS_CONTAINER_CREDENTIALS_FULL_URI or _RELATIVE_URI), no instance "
        "metadata (%s), not in profile %.64s of %s",
        chain->aws->profile_asked ? ", not asked because of --profile" : "",
        chain->instance_why, chain->config.profile, places);
}

enum vn_status aws_find_keys(const struct vn_aws *aws, struct aws_keys *keys,
                             struct vn_error *error)
{
    static const provider_fn providers[] = {
        environment_keys,      refuse_web_identity, refuse_profile,
        credentials_file_keys, process_keys,        config_file_keys,
        container_keys,        instance_keys,       none_found};
    struct chain chain = {.aws = aws, .instance_why = ""};

    enum vn_status status = aws_config_read(aws, &chain.config, error);
    if (status != VN_OK) {
        return status;
    }
    status = VN_NOT_FOUND;
    for (size_t i = 0; status == VN_NOT_FOUND; i++) {
        status = providers[i](&chain, keys, error);
    }
    aws_config_reset(&chain.config);
    return status;
}
