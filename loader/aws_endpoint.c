/* aws_endpoint.c: the region, the address of its DynamoDB, whom to trust. */
#include "aws_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <curl/curl.h>

/* A region is a label of a host name (RFC 1123). */
#define REGION_MAX 63u

/* A value and where it was found. */
struct finding {
    struct vn_bytes value; /* data NULL: nowhere */
    const char *source;
};

static struct finding from_text(const char *text, const char *source)
{
    const size_t size = text != NULL ? strlen(text) : 0;

    return (struct finding){{size > 0 ? text : NULL, size}, source};
}

/* The first of some variables that is set; 'names' ends in NULL. */
static struct finding from_environment(const struct vn_aws *aws,
                                       const char *const *names)
{
    for (; *names != NULL; names++) {
        const struct finding found =
            from_text(aws_variable(aws, *names), *names);
        if (found.value.data != NULL) {
            return found;
        }
    }
    return (struct finding){{NULL, 0}, NULL};
}

/* ---- Region ------------------------------------------------------------- */

static bool is_region(struct vn_bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        const char c = text.data[i];
        const bool is_hyphen = c == '-' && i > 0 && i + 1 < text.size;
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !is_hyphen) {
            return false;
        }
    }
    return text.size > 0 && text.size <= REGION_MAX;
}

enum vn_status aws_find_region(struct vn_aws *aws,
                               const struct aws_config *config,
                               const char *asked, struct vn_error *error)
{
    static const char *const names[] = {"AWS_REGION", "AWS_DEFAULT_REGION",
                                        NULL};
    struct finding found = from_text(asked, "--region");

    if (found.value.data == NULL) {
        found = from_environment(aws, names);
    }
    if (found.value.data == NULL) {
        found = (struct finding){aws_config_get(config, "region"), "profile"};
    }
    if (found.value.data == NULL) {
        return vn_error_set(error, VN_INVALID,
                            "there is no region: give --region, or set "
                            "AWS_REGION, or region in profile %.64s",
                            config->profile);
    }
    if (!is_region(found.value)) {
        return vn_error_set(
            error, VN_INVALID, "the region of %s is no name of a region: %.*s",
            found.source, (int)found.value.size, found.value.data);
    }
    aws->region = strndup(found.value.data, found.value.size);
    if (aws->region == NULL) {
        return vn_error_system(error, ENOMEM, "cannot keep the region");
    }
    aws_debug(aws, "region %s from %s", aws->region, found.source);
    return VN_OK;
}

/* ---- Endpoint ----------------------------------------------------------- */

static bool is_ignored(const struct vn_aws *aws,
                       const struct aws_config *config)
{
    const struct vn_bytes setting =
        aws_config_get(config, "ignore_configured_endpoint_urls");

    if (aws_variable(aws, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") != NULL) {
        return aws_variable_true(aws, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    }
    return setting.size == strlen("true") &&
           strncasecmp(setting.data, "true", setting.size) == 0;
}

/* endpoint_url of dynamodb in the services section that the profile names. */
static enum vn_status from_services(const struct aws_config *config,
                                    struct finding *found,
                                    struct vn_error *error)
{
    const struct vn_bytes services = aws_config_setting(config, "services");

    if (services.data == NULL) {
        return VN_OK;
    }
    char *name = strndup(services.data, services.size);
    if (name == NULL) {
        return vn_error_system(error, ENOMEM, "cannot read services");
    }
    const struct aws_ini_place place = {"services", name, "dynamodb"};
    enum vn_status status = VN_OK;
    if (!aws_ini_has(&config->config, place.kind, place.name)) {
        status = vn_error_set(error, VN_INVALID,
                              "profile %.64s names services %.64s, but %s has "
                              "no section [services %.64s]",
                              config->profile, name, config->config_path, name);
    } else {
        *found = (struct finding){
            aws_ini_get(&config->config, &place, "endpoint_url"), "services"};
    }
    free(name);
    return status;
}

static enum vn_status from_settings(const struct vn_aws *aws,
                                    const struct aws_config *config,
                                    struct finding *found,
                                    struct vn_error *error)
{
    static const char *const names[] = {"AWS_ENDPOINT_URL_DYNAMODB",
                                        "AWS_ENDPOINT_URL", NULL};

    if (is_ignored(aws, config)) {
        return VN_OK;
    }
    *found = from_environment(aws, names);
    if (found->value.data == NULL) {
        const enum vn_status status = from_services(config, found, error);
        if (status != VN_OK) {
            return status;
        }
    }
    if (found->value.data == NULL) {
        *found =
            (struct finding){aws_config_get(config, "endpoint_url"), "profile"};
    }
    return VN_OK;
}

/* A part of the address; NULL if it has none. To be freed with curl_free(). */
static char *part_of(CURLU *url, CURLUPart part)
{
    char *text = NULL;

    return curl_url_get(url, part, &text, CURLU_NO_DEFAULT_PORT) == CURLUE_OK
               ? text
               : NULL;
}

/* Whether the address has no part but a scheme, a host and a port. */
static bool is_plain(CURLU *url, const char *scheme)
{
    static const CURLUPart others[] = {CURLUPART_USER, CURLUPART_PASSWORD,
                                       CURLUPART_QUERY, CURLUPART_FRAGMENT};
    char *path = part_of(url, CURLUPART_PATH);
    bool plain = path != NULL && strcmp(path, "/") == 0 && scheme != NULL &&
                 (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);

    curl_free(path);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        char *other = part_of(url, others[i]);
        plain = plain && other == NULL;
        curl_free(other);
    }
    return plain;
}

/* Writes it as "http(s)://host[:port]"; VN_INVALID if it is more than that. */
static enum vn_status write_address(CURLU *url, char **address)
{
    char *scheme = part_of(url, CURLUPART_SCHEME);
    char *host = part_of(url, CURLUPART_HOST);
    char *port = part_of(url, CURLUPART_PORT);
    enum vn_status status = VN_INVALID;

    if (is_plain(url, scheme) && host != NULL) {
        const int length =
            asprintf(address, "%s://%s%s%s", scheme, host,
                     port != NULL ? ":" : "", port != NULL ? port : "");
        status = length >= 0 ? VN_OK : VN_NOMEM;
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    return status;
}

static enum vn_status read_address(struct vn_bytes value, char **address)
{
    char *text = strndup(value.data, value.size);
    CURLU *url = curl_url();
    enum vn_status status = VN_NOMEM;

    if (text != NULL && url != NULL) {
        status = curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK
                     ? write_address(url, address)
                     : VN_INVALID;
    }
    curl_url_cleanup(url);
    aws_wipe(text); // a user and a password may stand in it
    return status;
}

/* Takes the endpoint that was found, if it is one. */
static enum vn_status take_endpoint(struct vn_aws *aws,
                                    const struct finding *found,
                                    struct vn_error *error)
{
    const struct vn_bytes value = found->value;
    char *address = NULL;

    const enum vn_status status = read_address(value, &address);
    if (status == VN_OK) {
        aws->endpoint = address;
        aws_debug(aws, "endpoint %s from %s", aws->endpoint, found->source);
        return VN_OK;
    }
    if (status == VN_NOMEM) {
        return vn_error_system(error, ENOMEM, "cannot keep the endpoint");
    }
    // A user and a password, or a token, may stand in it.
    const bool is_shown = memchr(value.data, '@', value.size) == NULL;
    const char *query = memchr(value.data, '?', value.size);
    const size_t shown =
        query != NULL ? (size_t)(query - value.data) : value.size;
    return vn_error_set(error, VN_INVALID,
                        "the endpoint of %s is not of the form "
                        "https://HOST[:PORT] or http://HOST[:PORT]%s%.*s",
                        found->source, is_shown ? ": " : "",
                        is_shown ? (int)shown : 0, value.data);
}

static enum vn_status take_default(struct vn_aws *aws, struct vn_error *error)
{
    const char *china = strncmp(aws->region, "cn-", 3) == 0 ? ".cn" : "";

    if (asprintf(&aws->endpoint, "https://dynamodb.%s.amazonaws.com%s",
                 aws->region, china) < 0) {
        aws->endpoint = NULL;
        return vn_error_system(error, ENOMEM, "cannot keep the endpoint");
    }
    aws_debug(aws, "endpoint %s of the region", aws->endpoint);
    return VN_OK;
}

enum vn_status aws_find_endpoint(struct vn_aws *aws,
                                 const struct aws_config *config,
                                 const char *asked, struct vn_error *error)
{
    struct finding found = from_text(asked, "--endpoint-url");
    enum vn_status status = VN_OK;

    if (found.value.data == NULL) {
        status = from_settings(aws, config, &found, error);
    }
    if (status == VN_OK && found.value.data == NULL) {
        return take_default(aws, error);
    }
    if (status == VN_OK) {
        status = take_endpoint(aws, &found, error);
    }
    if (status == VN_OK && strncmp(aws->endpoint, "http:", 5) == 0) {
        aws_debug(aws, "the endpoint has no TLS: nothing sent is hidden");
    }
    return status;
}

/* ---- Certificates ------------------------------------------------------- */

enum vn_status aws_find_ca_bundle(struct vn_aws *aws,
                                  const struct aws_config *config,
                                  struct vn_error *error)
{
    struct finding found =
        from_text(aws_variable(aws, "AWS_CA_BUNDLE"), "AWS_CA_BUNDLE");

    if (found.value.data == NULL) {
        found = (struct finding){aws_config_get(config, "ca_bundle"),
                                 "ca_bundle of the profile"};
    }
    if (found.value.data == NULL) {
        return VN_OK;
    }
    aws->ca_bundle = strndup(found.value.data, found.value.size);
    if (aws->ca_bundle == NULL) {
        return vn_error_system(error, ENOMEM, "cannot keep the CA bundle");
    }
    if (access(aws->ca_bundle, R_OK) != 0) {
        return vn_error_set(error, VN_INVALID, "%s: cannot read '%s': %s",
                            found.source, aws->ca_bundle, strerror(errno));
    }
    aws_debug(aws, "certificates of %s from %s", aws->ca_bundle, found.source);
    return VN_OK;
}
