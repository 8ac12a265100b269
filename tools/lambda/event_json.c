/* event_json.c: the JSON of an event, in little memory. */
#include "event_json.h"

#include <string.h>

#define NUL_ESCAPE "\\u0000"
#define REPLACEMENT "\\ufffd"
#define ESCAPE_SIZE (sizeof(NUL_ESCAPE) - 1)

/* The place of the quote that ends a string; 'at' is behind its first one. */
static size_t string_end(struct vn_bytes text, size_t at)
{
    while (at < text.size && text.data[at] != '"') {
        at += text.data[at] == '\\' ? 2 : 1;
    }
    return at < text.size ? at : text.size;
}

/*
 * Counts what the parser would have to hold, without a stack: brackets that
 * are open, and the values, of which each but the first of its container has
 * a comma. Whether it is JSON at all is for the parser to say.
 */
static const char *check_bounds(struct vn_bytes text)
{
    size_t depth = 0;
    size_t values = 0;

    for (size_t at = 0; at < text.size; at++) {
        const char c = text.data[at];
        if (c == '"') {
            at = string_end(text, at + 1);
        } else if (c == '{' || c == '[') {
            depth++;
            values++;
        } else if (c == '}' || c == ']') {
            depth -= depth > 0 ? 1 : 0;
        } else if (c == ',') {
            values++;
        }
        if (depth > EVENT_DEPTH_MAX) {
            return "the event is nested too deep";
        }
        if (values > EVENT_VALUES_MAX) {
            return "the event holds too many values";
        }
    }
    return NULL;
}

/* ---- What the parser gets -------------------------------------------------
 */

struct feed {
    struct vn_bytes text;
    size_t at;
    bool in_string;
    bool nul_seen;
};

/* Steps over the string that begins here, but for its quotes, if it is long. */
static void begin_string(struct feed *feed)
{
    const size_t end = string_end(feed->text, feed->at);

    feed->in_string = true;
    if (end - feed->at > EVENT_TEXT_MAX) {
        feed->at = end;
    }
}

/* The escape here; returns the bytes of it that the parser gets. */
static size_t take_escape(struct feed *feed, char out[ESCAPE_SIZE])
{
    const char *escape = feed->text.data + feed->at;
    const size_t left = feed->text.size - feed->at;
    size_t size = left < 2 ? left : 2;

    if (left >= ESCAPE_SIZE && memcmp(escape, NUL_ESCAPE, ESCAPE_SIZE) == 0) {
        feed->nul_seen = true;
        escape = REPLACEMENT;
        size = ESCAPE_SIZE;
    }
    memcpy(out, escape, size);
    feed->at += size;
    return size;
}

/* The next byte or escape. */
static size_t take_piece(struct feed *feed, char out[ESCAPE_SIZE])
{
    const char c = feed->text.data[feed->at];

    if (feed->in_string && c == '\\') {
        return take_escape(feed, out);
    }
    feed->at++;
    out[0] = c;
    if (c == '"' && feed->in_string) {
        feed->in_string = false;
    } else if (c == '"') {
        begin_string(feed);
    }
    return 1;
}

/* A json_load_callback_t. */
static size_t feed_parser(void *buffer, size_t size, void *context)
{
    struct feed *feed = context;
    char *out = buffer;
    size_t used = 0;

    while (feed->at < feed->text.size && size - used >= ESCAPE_SIZE) {
        used += take_piece(feed, out + used);
    }
    return used;
}

/*
 * Two names that differ in a NUL alone may be the same without it: that is
 * the client's joke, and no reason to call the event bad.
 */
static json_t *parse(struct vn_bytes text, json_error_t *problem)
{
    struct feed feed = {.text = text};
    json_t *root =
        json_load_callback(feed_parser, &feed, JSON_REJECT_DUPLICATES, problem);

    if (root == NULL && feed.nul_seen &&
        json_error_code(problem) == json_error_duplicate_key) {
        feed = (struct feed){.text = text};
        root = json_load_callback(feed_parser, &feed, 0, problem);
    }
    return root;
}

enum vn_status event_json(struct vn_bytes text, json_t **root,
                          struct vn_error *error)
{
    const char *wrong = check_bounds(text);
    json_error_t problem;

    if (wrong != NULL) {
        return vn_error_set(error, VN_INVALID, "%s", wrong);
    }
    json_t *result = parse(text, &problem);
    if (result != NULL) {
        *root = result;
        return VN_OK;
    }
    if (json_error_code(&problem) == json_error_out_of_memory) {
        return vn_error_set(error, VN_NOMEM, "out of memory");
    }
    return vn_error_set(error, VN_INVALID,
                        "the event is not JSON, or says something twice: near "
                        "byte %d, long texts not counted",
                        problem.position);
}
