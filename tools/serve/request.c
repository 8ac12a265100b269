/* request.c: strict reading of what libmicrohttpd took from the wire. */
#include "request.h"

#include <string.h>
#include <strings.h>
#include <sys/socket.h>

/* Between two lines of a request. */
#define LINE_END_SIZE 2u
/* Memory for more is short, and libmicrohttpd 0.9.75 then answers nothing. */
#define PARAMETERS_MOST 64u

/* ---- Headers ------------------------------------------------------------ */

/* The state of one walk over all headers. */
struct walk {
    struct request_headers *headers;
    const char *end; /* of the line before, without its line end */
    const char *wrong;
    unsigned hosts;
};

static bool is_token(const char *text, size_t size)
{
    static const char others[] = "!#$%&'*+-.^_`|~";

    for (size_t i = 0; i < size; i++) {
        const char c = text[i];
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

        if (!letter && (c < '0' || c > '9') &&
            (c == '\0' || strchr(others, c) == NULL)) {
            return false;
        }
    }
    return size > 0;
}

/*
 * libmicrohttpd cuts the lines where they lie, so name and value still stand
 * behind each other: where they do not, it joined or skipped something.
 */
static bool is_in_place(const struct walk *walk, const char *key,
                        size_t key_size, const char *value)
{
    const char *at = key + key_size + 1; // behind the colon

    if (key != walk->end + LINE_END_SIZE || value < at) {
        return false;
    }
    while (at < value && (*at == ' ' || *at == '\t')) {
        at++;
    }
    return at == value;
}

static bool is_name(const char *key, size_t size, const char *name)
{
    return strlen(name) == size && strncasecmp(key, name, size) == 0;
}

static void note(struct walk *walk, const char *key, size_t key_size,
                 struct vn_bytes value)
{
    struct request_headers *headers = walk->headers;

    if (is_name(key, key_size, "Host")) {
        headers->host = value;
        walk->hosts++;
    } else if (is_name(key, key_size, "Accept-Encoding")) {
        headers->accept_encoding = value;
    } else if (is_name(key, key_size, "If-None-Match")) {
        headers->if_none_match = value;
    } else if (is_name(key, key_size, "Sec-Fetch-Site")) {
        headers->fetch_site = value;
    } else if (is_name(key, key_size, "Transfer-Encoding") ||
               (is_name(key, key_size, "Content-Length") &&
                (value.size != 1 || value.data[0] != '0'))) {
        walk->wrong = "a request here has no body";
    }
}

static enum MHD_Result take_header(void *context, enum MHD_ValueKind kind,
                                   const char *key, size_t key_size,
                                   const char *value, size_t value_size)
{
    struct walk *walk = context;

    (void)kind;
    if (value == NULL || !is_token(key, key_size) ||
        !is_in_place(walk, key, key_size, value) ||
        memchr(value, '\r', value_size) != NULL) {
        walk->wrong = "a header line is malformed";
        return MHD_NO;
    }
    walk->end = value + value_size;
    note(walk, key, key_size, (struct vn_bytes){value, value_size});
    return walk->wrong == NULL ? MHD_YES : MHD_NO;
}

/* Whether the last line ends where the headers do: no NUL cut it short. */
static bool is_whole(struct MHD_Connection *connection, const char *method,
                     const char *end)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(
        connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

    // An empty line follows the last one.
    return info != NULL &&
           (size_t)(end - method) + LINE_END_SIZE * 2 == info->header_size;
}

const char *request_read(struct MHD_Connection *connection,
                         const struct request_line *line,
                         struct request_headers *headers)
{
    struct walk walk = {.headers = headers,
                        .end = line->version + strlen(line->version)};

    *headers = (struct request_headers){.host = {NULL, 0}};
    if (line->target_end == NULL || line->target_end + 1 != line->version) {
        return "the request line is malformed";
    }
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, take_header,
                                &walk);
    if (walk.wrong != NULL) {
        return walk.wrong;
    }
    if (walk.hosts > 1) {
        return "there is more than one Host header";
    }
    if (walk.hosts == 0 && strcmp(line->version, "HTTP/1.0") != 0) {
        return "there is no Host header";
    }
    return is_whole(connection, line->method, walk.end)
               ? NULL
               : "a header line is malformed";
}

/* ---- Host --------------------------------------------------------------- */

/* Without the port; what is behind the last colon outside of brackets. */
static struct vn_bytes host_name(struct vn_bytes host)
{
    size_t size = host.size;

    while (size > 0 && host.data[size - 1] >= '0' &&
           host.data[size - 1] <= '9') {
        size--;
    }
    if (size > 0 && host.data[size - 1] == ':') {
        const struct vn_bytes name = {host.data, size - 1};

        if (memchr(name.data, ':', name.size) == NULL ||
            name.data[name.size - 1] == ']') {
            return name;
        }
    }
    return host;
}

static bool is_loopback(struct vn_bytes name)
{
    if (is_name(name.data, name.size, "localhost") ||
        is_name(name.data, name.size, "[::1]")) {
        return true;
    }
    if (name.size < 4 || memcmp(name.data, "127.", 4) != 0) {
        return false;
    }
    for (size_t i = 4; i < name.size; i++) {
        const char c = name.data[i];

        if (c != '.' && (c < '0' || c > '9')) {
            return false;
        }
    }
    return true;
}

bool request_host_is_ours(const struct request_hosts *hosts,
                          struct vn_bytes host)
{
    const struct vn_bytes name = host_name(host);

    // Browsers always send one.
    if (hosts->any || host.data == NULL) {
        return true;
    }
    for (size_t i = 0; i < hosts->count; i++) {
        if (is_name(name.data, name.size, hosts->names[i])) {
            return true;
        }
    }
    return hosts->loopback && is_loopback(name);
}

const char *request_path(const char *target, struct request_headers *headers)
{
    static const char scheme[] = "http://";

    if (strncasecmp(target, scheme, sizeof(scheme) - 1) != 0) {
        return target;
    }
    const char *host = target + sizeof(scheme) - 1;
    const size_t size = strcspn(host, "/");

    headers->host = (struct vn_bytes){host, size};
    return host[size] == '\0' ? "/" : host + size;
}

/* ---- Lists -------------------------------------------------------------- */

/* Cuts the next element off the list 'rest'; false at its end. */
static bool next_element(struct vn_bytes *rest, struct vn_bytes *element)
{
    struct vn_bytes behind = {NULL, 0};

    if (rest->size == 0) {
        return false;
    }
    if (!vn_text_split(*rest, ',', element, &behind)) {
        *element = *rest;
    }
    *element = vn_text_trim(*element);
    *rest = behind;
    return true;
}

/* Whether the weight of an element, "q=0.000", is nothing. */
static bool is_refused(struct vn_bytes parameters)
{
    const struct vn_bytes weight = vn_text_trim(parameters);

    if (weight.size < 3 || strncasecmp(weight.data, "q=0", 3) != 0) {
        return false;
    }
    for (size_t i = 3; i < weight.size; i++) {
        if (weight.data[i] != '.' && weight.data[i] != '0') {
            return false;
        }
    }
    return true;
}

bool request_takes_gzip(struct vn_bytes accept_encoding)
{
    struct vn_bytes rest = accept_encoding;
    struct vn_bytes element;

    while (next_element(&rest, &element)) {
        struct vn_bytes coding = element;
        struct vn_bytes parameters = {NULL, 0};

        if (vn_text_split(element, ';', &coding, &parameters)) {
            coding = vn_text_trim(coding);
        }
        if (is_name(coding.data, coding.size, "gzip")) {
            return !is_refused(parameters);
        }
    }
    return false;
}

bool request_has_tag(struct vn_bytes if_none_match, const char *etag)
{
    struct vn_bytes rest = if_none_match;
    struct vn_bytes element;

    while (next_element(&rest, &element)) {
        if (element.size > 2 && memcmp(element.data, "W/", 2) == 0) {
            element.data += 2;
            element.size -= 2;
        }
        if ((element.size == 1 && element.data[0] == '*') ||
            (element.size == strlen(etag) &&
             memcmp(element.data, etag, element.size) == 0)) {
            return true;
        }
    }
    return false;
}

/* ---- Query -------------------------------------------------------------- */

/* The state of one walk over all parameters. */
struct query {
    const char *name;
    char *memory;
    struct vn_bytes value;
    bool found;
    const char *wrong;
};

/* The value of a hexadecimal digit, 16 or more for another character. */
static unsigned hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return (unsigned)(c - '0');
    }
    if (c >= 'A' && c <= 'F') {
        return (unsigned)(c - 'A') + 10;
    }
    return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
}

/* Decodes percent signs; libmicrohttpd made spaces of the pluses. */
static const char *decode(struct vn_bytes raw, char out[REQUEST_VALUE_MAX],
                          size_t *size)
{
    size_t used = 0;

    for (size_t i = 0; i < raw.size; i++) {
        char c = raw.data[i];

        if (c == '%') {
            const unsigned high =
                i + 2 < raw.size ? hex_value(raw.data[i + 1]) : 16;
            const unsigned low =
                i + 2 < raw.size ? hex_value(raw.data[i + 2]) : 16;

            if (high > 15 || low > 15) {
                return "a percent sign is not followed by two hexadecimal "
                       "digits";
            }
            c = (char)(high << 4 | low);
            i += 2;
        }
        if (c == '\0') {
            return "there is a NUL in the query";
        }
        if (used == REQUEST_VALUE_MAX) {
            return "a parameter is too long";
        }
        out[used++] = c;
    }
    *size = used;
    return NULL;
}

static enum MHD_Result take_parameter(void *context, enum MHD_ValueKind kind,
                                      const char *key, size_t key_size,
                                      const char *value, size_t value_size)
{
    struct query *query = context;
    char name[REQUEST_VALUE_MAX];
    size_t size = 0;

    (void)kind;
    query->wrong = decode((struct vn_bytes){key, key_size}, name, &size);
    if (query->wrong != NULL) {
        return MHD_NO;
    }
    if (size != strlen(query->name) || memcmp(name, query->name, size) != 0) {
        return MHD_YES;
    }
    if (query->found) {
        query->wrong = "a parameter is given twice";
        return MHD_NO;
    }
    query->found = true;
    query->value.data = query->memory;
    query->wrong = decode((struct vn_bytes){value, value_size}, query->memory,
                          &query->value.size);
    return query->wrong == NULL ? MHD_YES : MHD_NO;
}

const char *request_parameter(struct MHD_Connection *connection,
                              const char *name, char memory[REQUEST_VALUE_MAX],
                              struct vn_bytes *value, bool *found)
{
    struct query query = {.name = name, .memory = memory};

    MHD_get_connection_values_n(connection, MHD_GET_ARGUMENT_KIND,
                                take_parameter, &query);
    *value = query.value;
    *found = query.found;
    return query.wrong;
}

size_t request_keep_escapes(void *context, struct MHD_Connection *connection,
                            char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

static bool has_many_parameters(const char *target)
{
    size_t count = 0;

    for (const char *at = strchr(target, '&'); at != NULL;
         at = strchr(at + 1, '&')) {
        count++;
    }
    return count >= PARAMETERS_MOST;
}

/* Answers at once, before libmicrohttpd cuts the target, and ends. */
static void refuse_target(struct MHD_Connection *connection)
{
    static const char answer[] =
        "HTTP/1.1 414 URI Too Long\r\n"
        "Content-Type: application/json\r\n"
        "Content-Length: 47\r\n"
        "Connection: close\r\n\r\n"
        "{\"message\":\"the query has too many parameters\"}";
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    (void)!send(info->connect_fd, answer, sizeof(answer) - 1,
                MSG_NOSIGNAL | MSG_DONTWAIT);
    shutdown(info->connect_fd, SHUT_RDWR);
}

void *request_note_target(void *context, const char *target,
                          struct MHD_Connection *connection)
{
    union {
        const char *end;
        void *result;
    } note = {.end = NULL};

    (void)context;
    // libmicrohttpd ends it at the last blank of the line, HTTP at the first.
    if (target == NULL || strchr(target, ' ') != NULL) {
        return note.result;
    }
    if (has_many_parameters(target)) {
        refuse_target(connection);
    } else {
        note.end = target + strlen(target);
    }
    return note.result;
}
