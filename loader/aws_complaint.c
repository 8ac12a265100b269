/* aws_complaint.c: what a credential_process writes to standard error. */
#include "aws_complaint.h"

#include <stdbool.h>
#include <string.h>

/* An access key has 20 characters, a secret key 40, a token hundreds. */
#define SECRET_LEAST 16u
/* No word of a language is that long. */
#define SECRET_SURELY 32u
#define HIDDEN "***"

void aws_complaint_add(struct aws_complaint *complaint, const char *text,
                       size_t size)
{
    if (size > AWS_COMPLAINT_SIZE) {
        text += size - AWS_COMPLAINT_SIZE;
        size = AWS_COMPLAINT_SIZE;
    }
    const size_t room = AWS_COMPLAINT_SIZE - complaint->size;
    if (size > room) {
        const size_t gone = size - room;
        memmove(complaint->text, complaint->text + gone,
                complaint->size - gone);
        complaint->size -= gone;
    }
    memcpy(complaint->text + complaint->size, text, size);
    complaint->size += size;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_base64(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c != '\0' && strchr("+/=_-", c) != NULL);
}

/* The length of the run that begins at 'at', if it could be a secret. */
static size_t find_secret(const char *at, const char *end, bool cut)
{
    bool digit = false;
    size_t size = 0;

    while (at + size < end && is_base64(at[size])) {
        digit = digit || is_digit(at[size]);
        size++;
    }
    if (cut && size > 0) {
        return size; // its beginning is lost: it may be the rest of one
    }
    return size >= SECRET_SURELY || (size >= SECRET_LEAST && digit) ? size : 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

void aws_complaint_line(const struct aws_complaint *complaint,
                        char line[AWS_COMPLAINT_SIZE])
{
    const char *end = complaint->text + complaint->size;
    const bool full = complaint->size == AWS_COMPLAINT_SIZE;
    size_t size = 0;

    while (end > complaint->text && is_blank(end[-1])) {
        end--;
    }
    const char *at = end;
    while (at > complaint->text && at[-1] != '\n') {
        at--;
    }
    bool cut = full && at == complaint->text;
    while (at < end && size + sizeof HIDDEN < AWS_COMPLAINT_SIZE) {
        const size_t secret = find_secret(at, end, cut);
        cut = false;
        if (secret > 0) {
            memcpy(line + size, HIDDEN, strlen(HIDDEN));
            size += strlen(HIDDEN);
            at += secret;
            continue;
        }
        // A run that is no secret is copied whole.
        do {
            line[size++] = *at >= ' ' && *at <= '~' ? *at : '?';
        } while (is_base64(*at++) && at < end && is_base64(*at) &&
                 size + 1 < AWS_COMPLAINT_SIZE);
    }
    line[size] = '\0';
}
