/* aws_http.c: one question to a server of credentials. */
#include "aws_http.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include <curl/curl.h>

/* Three tries bridge a restart of the server. */
#define TRIES 3u
#define PAUSE_NS (100L * 1000 * 1000)

enum vn_status aws_http_no_memory(struct vn_error *error)
{
    return vn_error_system(error, ENOMEM, "cannot ask for credentials");
}

static size_t take_piece(char *data, size_t size, size_t count, void *context)
{
    struct buf *answer = context;

    buf_add(answer, data, size * count);
    return answer->failed ? 0 : size * count;
}

/*
 * What the user's environment says to libcurl about proxies does not count:
 * these addresses are of this machine, and the answers are secrets.
 */
static bool set_up(CURL *curl, const struct aws_question *question,
                   struct curl_slist *headers, struct buf *answer)
{
    return curl_easy_setopt(curl, CURLOPT_URL, question->url) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, question->method) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, question->timeout_ms) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_piece) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer) == CURLE_OK;
}

/* Returns the HTTP status, 0 if there was no whole answer. */
static long ask_once(CURL *curl, struct buf *answer)
{
    long code = 0;

    buf_clear(answer);
    if (curl_easy_perform(curl) != CURLE_OK ||
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code) != CURLE_OK) {
        return 0;
    }
    return code;
}

static void free_headers(struct curl_slist *headers)
{
    for (struct curl_slist *at = headers; at != NULL; at = at->next) {
        explicit_bzero(at->data, strlen(at->data));
    }
    curl_slist_free_all(headers);
}

enum vn_status aws_http_ask(const struct aws_question *question,
                            struct buf *answer, long *code,
                            struct vn_error *error)
{
    const struct timespec pause = {.tv_nsec = PAUSE_NS};
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = question->header != NULL
                                     ? curl_slist_append(NULL, question->header)
                                     : NULL;
    enum vn_status status = VN_OK;

    if (curl == NULL || (question->header != NULL && headers == NULL) ||
        !set_up(curl, question, headers, answer)) {
        status = aws_http_no_memory(error);
        goto out;
    }
    *code = ask_once(curl, answer);
    for (unsigned i = 1; i < TRIES && (*code == 0 || *code >= 500); i++) {
        (void)nanosleep(&pause, NULL);
        *code = ask_once(curl, answer);
    }
out:
    curl_easy_cleanup(curl);
    free_headers(headers);
    return status;
}

enum vn_status aws_http_keys(const char *source, long code,
                             const struct buf *answer, struct aws_keys *keys,
                             struct vn_error *error)
{
    if (code == 0) {
        return vn_error_set(error, VN_IO, "%s does not answer", source);
    }
    if (code != 200) {
        return vn_error_set(error, VN_IO, "%s answers with HTTP status %ld",
                            source, code);
    }
    return aws_keys_parse(keys, AWS_KEYS_ENDPOINT, answer, source, error);
}
