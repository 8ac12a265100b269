/* aws_config.c: the profile in the AWS CLI's credentials and config files. */
#include "aws_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The path in 'variable', else 'file' below the home; NULL without a home. */
static enum vn_status find_path(const struct vn_aws *aws, const char *variable,
                                const char *file, char **path,
                                struct vn_error *error)
{
    const char *named = aws_variable(aws, variable);
    const char *home = aws_variable(aws, "HOME");
    int length = 0;

    *path = NULL;
    if (named != NULL && (named[0] != '~' || named[1] != '/' || home == NULL)) {
        *path = strdup(named);
        length = *path != NULL ? 0 : -1;
    } else if (home != NULL) {
        length = asprintf(path, "%s/%s", home,
                          named != NULL ? named + strlen("~/") : file);
    }
    if (length < 0) {
        *path = NULL;
        return vn_error_system(error, ENOMEM, "cannot read %s", file);
    }
    return VN_OK;
}

static bool has_profile(const struct aws_config *config)
{
    return aws_ini_has(&config->credentials, "", config->profile) ||
           aws_ini_has(&config->config, "profile", config->profile) ||
           (strcmp(config->profile, "default") == 0 &&
            aws_ini_has(&config->config, "", config->profile));
}

/* Finds and reads one file. */
static enum vn_status read_file(const struct vn_aws *aws, const char *variable,
                                const char *file, char **path,
                                struct aws_ini *ini, struct vn_error *error)
{
    struct aws_ini result = {0};

    enum vn_status status = find_path(aws, variable, file, path, error);
    if (status == VN_OK && *path != NULL) {
        status = aws_ini_read(*path, &result, error);
    }
    if (status == VN_OK) {
        *ini = result;
    }
    return status;
}

static enum vn_status read_files(const struct vn_aws *aws,
                                 struct aws_config *config,
                                 struct vn_error *error)
{
    const enum vn_status status =
        read_file(aws, "AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials",
                  &config->credentials_path, &config->credentials, error);

    return status == VN_OK
               ? read_file(aws, "AWS_CONFIG_FILE", ".aws/config",
                           &config->config_path, &config->config, error)
               : status;
}

enum vn_status aws_config_read(const struct vn_aws *aws,
                               struct aws_config *config,
                               struct vn_error *error)
{
    struct aws_config result = {.profile = aws->profile};

    enum vn_status status = read_files(aws, &result, error);
    if (status == VN_OK && aws->profile_named && !has_profile(&result)) {
        char places[AWS_PLACES_SIZE];
        aws_config_places(&result, places);
        status = vn_error_set(error, VN_INVALID,
                              "there is no profile \"%.64s\" in %s",
                              aws->profile, places);
    }
    if (status != VN_OK) {
        aws_config_reset(&result);
        return status;
    }
    *config = result;
    return VN_OK;
}

void aws_config_reset(struct aws_config *config)
{
    aws_ini_reset(&config->credentials);
    aws_ini_reset(&config->config);
    free(config->credentials_path);
    free(config->config_path);
    *config = (struct aws_config){0};
}

struct vn_bytes aws_config_credentials(const struct aws_config *config,
                                       const char *key)
{
    const struct aws_ini_place place = {"", config->profile, ""};

    return aws_ini_get(&config->credentials, &place, key);
}

/* "[profile default]" goes before "[default]". */
struct vn_bytes aws_config_setting(const struct aws_config *config,
                                   const char *key)
{
    const struct aws_ini_place place = {"profile", config->profile, ""};
    const struct aws_ini_place plain = {"", config->profile, ""};
    const bool is_default = strcmp(config->profile, "default") == 0;
    const struct vn_bytes value = aws_ini_get(&config->config, &place, key);

    return value.data == NULL && is_default
               ? aws_ini_get(&config->config, &plain, key)
               : value;
}

struct vn_bytes aws_config_get(const struct aws_config *config, const char *key)
{
    const struct vn_bytes value = aws_config_credentials(config, key);

    return value.data != NULL ? value : aws_config_setting(config, key);
}

void aws_config_places(const struct aws_config *config,
                       char out[AWS_PLACES_SIZE])
{
    if (config->credentials_path == NULL && config->config_path == NULL) {
        (void)snprintf(out, AWS_PLACES_SIZE, "any file (HOME is not set)");
    } else if (config->credentials_path == NULL ||
               config->config_path == NULL) {
        (void)snprintf(out, AWS_PLACES_SIZE, "%s (HOME is not set)",
                       config->credentials_path != NULL
                           ? config->credentials_path
                           : config->config_path);
    } else {
        (void)snprintf(out, AWS_PLACES_SIZE, "%s and %s",
                       config->credentials_path, config->config_path);
    }
}
