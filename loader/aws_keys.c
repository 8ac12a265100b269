/* aws_keys.c: a set of credentials that is wiped when it goes. */
#include "aws_keys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

/* ---- Texts -------------------------------------------------------------- */

void aws_wipe(char *text)
{
    if (text != NULL) {
        explicit_bzero(text, strlen(text));
        free(text);
    }
}

void aws_keys_reset(struct aws_keys *keys)
{
    aws_wipe(keys->access_key_id);
    aws_wipe(keys->secret_access_key);
    aws_wipe(keys->session_token);
    *keys = (struct aws_keys){0};
}

/* All that AWS gives out is ASCII without blanks. */
static bool can_be_sent(struct vn_bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] <= ' ' || text.data[i] > '~') {
            return false;
        }
    }
    return true;
}

static enum vn_status check(const struct aws_keys_text *text,
                            const char *source, struct vn_error *error)
{
    const struct {
        const char *name;
        struct vn_bytes text;
        bool needed;
    } parts[] = {{"access key id", text->access_key_id, true},
                 {"secret access key", text->secret_access_key, true},
                 {"session token", text->session_token, false}};

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].needed && parts[i].text.size == 0) {
            return vn_error_set(error, VN_INVALID,
                                "the credentials of %s have no %s", source,
                                parts[i].name);
        }
        if (!can_be_sent(parts[i].text)) {
            return vn_error_set(error, VN_INVALID,
                                "the %s of %s has a blank or another "
                                "character that cannot be sent",
                                parts[i].name, source);
        }
    }
    return VN_OK;
}

enum vn_status aws_keys_set(struct aws_keys *keys,
                            const struct aws_keys_text *text,
                            const char *source, struct vn_error *error)
{
    const enum vn_status status = check(text, source, error);

    if (status != VN_OK) {
        return status;
    }
    const struct vn_bytes token = text->session_token;
    struct aws_keys result = {
        .access_key_id =
            strndup(text->access_key_id.data, text->access_key_id.size),
        .secret_access_key =
            strndup(text->secret_access_key.data, text->secret_access_key.size),
        .session_token =
            token.size > 0 ? strndup(token.data, token.size) : NULL};
    if (result.access_key_id == NULL || result.secret_access_key == NULL ||
        (token.size > 0 && result.session_token == NULL)) {
        aws_keys_reset(&result);
        return vn_error_system(error, ENOMEM, "cannot keep credentials");
    }
    (void)snprintf(result.source, sizeof result.source, "%s", source);
    *keys = result;
    return VN_OK;
}

/* ---- Time --------------------------------------------------------------- */

bool aws_keys_time(const char *text, int64_t *time_s)
{
    struct tm parts = {0};
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &parts);

    if (rest == NULL) {
        return false;
    }
    if (rest[0] == '.') {
        rest += 1 + strspn(rest + 1, "0123456789");
    }
    if (rest[0] != '\0') {
        rest = strptime(rest, "%z", &parts); // "Z", "+hh:mm", "+hhmm"
    }
    if (rest == NULL || rest[0] != '\0') {
        return false;
    }
    const int64_t offset_s = parts.tm_gmtoff; // timegm() sets it
    *time_s = (int64_t)timegm(&parts) - offset_s;
    return true;
}

/* ---- JSON --------------------------------------------------------------- */

static struct vn_bytes member(const json_t *json, const char *name)
{
    const json_t *value = json_object_get(json, name);

    return (struct vn_bytes){json_string_value(value),
                             json_string_length(value)};
}

static enum vn_status check_form(const json_t *json, enum aws_keys_form form,
                                 const char *source, struct vn_error *error)
{
    if (!json_is_object(json)) {
        return vn_error_set(error, VN_INVALID,
                            "the answer of %s is no JSON object", source);
    }
    if (form == AWS_KEYS_PROCESS &&
        json_integer_value(json_object_get(json, "Version")) != 1) {
        return vn_error_set(error, VN_INVALID,
                            "the answer of %s has no \"Version\": 1", source);
    }
    const char *code = json_string_value(json_object_get(json, "Code"));
    if (form == AWS_KEYS_ENDPOINT && code != NULL &&
        strcmp(code, "Success") != 0) {
        return vn_error_set(error, VN_INVALID, "%s answers %.64s, not Success",
                            source, code);
    }
    return VN_OK;
}

static enum vn_status take_json(struct aws_keys *keys, const json_t *json,
                                enum aws_keys_form form, const char *source,
                                struct vn_error *error)
{
    const struct aws_keys_text text = {
        member(json, "AccessKeyId"), member(json, "SecretAccessKey"),
        member(json, form == AWS_KEYS_PROCESS ? "SessionToken" : "Token")};
    const struct vn_bytes expiration = member(json, "Expiration");
    int64_t expires_s = 0;

    enum vn_status status = check_form(json, form, source, error);
    if (status != VN_OK) {
        return status;
    }
    if (expiration.size > 0 && !aws_keys_time(expiration.data, &expires_s)) {
        return vn_error_set(error, VN_INVALID,
                            "the Expiration of %s is no time of RFC 3339",
                            source);
    }
    status = aws_keys_set(keys, &text, source, error);
    if (status == VN_OK) {
        keys->expires_s = expires_s;
    }
    return status;
}

static void wipe_strings(json_t *json)
{
    const char *name;
    json_t *value;

    json_object_foreach(json, name, value)
    {
        if (json_is_string(value)) {
            explicit_bzero((void *)(uintptr_t)json_string_value(value),
                           json_string_length(value));
        }
    }
}

enum vn_status aws_keys_parse(struct aws_keys *keys, enum aws_keys_form form,
                              const struct buf *answer, const char *source,
                              struct vn_error *error)
{
    // The parser's own message may show a piece of the answer: not used.
    json_t *json = json_loadb(answer->data, answer->size, 0, NULL);
    const enum vn_status status = take_json(keys, json, form, source, error);

    wipe_strings(json);
    json_decref(json);
    return status;
}

/* ---- Answers ------------------------------------------------------------ */

bool aws_answer_init(struct buf *answer)
{
    buf_init(answer, AWS_ANSWER_MAX);
    if (buf_reserve(answer, AWS_ANSWER_MAX) == NULL) {
        return false;
    }
    buf_clear(answer);
    return true;
}

void aws_answer_reset(struct buf *answer)
{
    if (answer->data != NULL) {
        explicit_bzero(answer->data, answer->capacity);
    }
    buf_reset(answer);
}
