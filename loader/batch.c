/* batch.c: the body of a BatchWriteItem, and what its answer says. */
#include "batch.h"

#include <assert.h>
#include <string.h>

#include <jansson.h>

#define OPEN "{\"ReturnConsumedCapacity\":\"TOTAL\",\"RequestItems\":{\""
#define PUT_OPEN "{\"PutRequest\":{\"Item\":"
#define DELETE_OPEN "{\"DeleteRequest\":{\"Key\":"
#define REQUEST_CLOSE "}},"
#define CLOSE "]}}"
#define LITERAL_SIZE(text) (sizeof(text) - 1)

static_assert(BATCH_MAX <= 32, "the operations of a batch are bits");

/* ---- Body --------------------------------------------------------------- */

void batch_open(struct buf *body, const char *table)
{
    buf_clear(body);
    buf_add(body, OPEN, LITERAL_SIZE(OPEN));
    buf_text(body, table);
    buf_add(body, "\":[", 3);
}

static char *append(char *at, const char *text, size_t size)
{
    memcpy(at, text, size);
    return at + size;
}

void batch_add(struct buf *body, const struct source_op *op)
{
    const size_t most =
        LITERAL_SIZE(DELETE_OPEN) + op->size + LITERAL_SIZE(REQUEST_CLOSE);
    char *start = buf_reserve(body, most);

    if (start == NULL) {
        return; // the buffer has failed; whoever sends it asks
    }
    char *at = op->delete
                   ? append(start, DELETE_OPEN, LITERAL_SIZE(DELETE_OPEN))
                   : append(start, PUT_OPEN, LITERAL_SIZE(PUT_OPEN));
    at = append(at, op->json, op->size);
    at = append(at, REQUEST_CLOSE, LITERAL_SIZE(REQUEST_CLOSE));
    buf_take(body, (size_t)(at - start));
}

void batch_close(struct buf *body)
{
    if (body->failed) {
        return;
    }
    body->size--; // over the last comma
    buf_add(body, CLOSE, LITERAL_SIZE(CLOSE));
}

/* ---- Usual answers ------------------------------------------------------ */

#define NOTHING_BACK "\"UnprocessedItems\":{}"
#define CAPACITY "\"CapacityUnits\":"

static bool starts_with(const char *text, size_t size, const char *start)
{
    const size_t length = strlen(start);

    return size >= length && memcmp(text, start, length) == 0;
}

/*
 * The member stands first, or last: behind a last "}}" there is no way for it
 * to be anything but a member of the outermost object.
 */
static bool is_all_done(const char *body, size_t size)
{
    const size_t last = LITERAL_SIZE("," NOTHING_BACK "}");

    if (starts_with(body, size, "{" NOTHING_BACK ",") ||
        (size == last && starts_with(body, size, "{" NOTHING_BACK "}"))) {
        return body[size - 1] == '}';
    }
    return size > last && body[0] == '{' &&
           memcmp(body + size - last, "," NOTHING_BACK "}", last) == 0;
}

/* Reads "25.0" without regard to the locale. */
static double read_units(const char *at, const char *end)
{
    double value = 0;
    double place = 1;

    for (; at < end && *at >= '0' && *at <= '9'; at++) {
        value = value * 10 + (*at - '0');
    }
    if (at < end && *at == '.') {
        at++;
    }
    for (; at < end && *at >= '0' && *at <= '9'; at++) {
        place /= 10;
        value += place * (*at - '0');
    }
    return value;
}

/* The first CapacityUnits: of the table, since TOTAL was asked for. */
static double find_units(const char *body, size_t size)
{
    const char *at = memmem(body, size, CAPACITY, LITERAL_SIZE(CAPACITY));

    return at == NULL ? 0
                      : read_units(at + LITERAL_SIZE(CAPACITY), body + size);
}

/* ---- All other answers -------------------------------------------------- */

static const json_t *key_of(const json_t *request)
{
    const json_t *put = json_object_get(request, "PutRequest");
    const json_t *attributes =
        put != NULL
            ? json_object_get(put, "Item")
            : json_object_get(json_object_get(request, "DeleteRequest"), "Key");

    return json_object_get(json_object_get(attributes, ITEM_KEY), "S");
}

/* The suffix that a request is about; false if it is none of ours. */
static bool suffix_of(const json_t *request, uint32_t *suffix)
{
    const char *text = json_string_value(key_of(request));
    uint32_t value = 0;

    if (text == NULL || strlen(text) != VN_SUFFIX_DIGITS) {
        return false;
    }
    for (; *text >= '0' && *text <= '9'; text++) {
        value = value * 10 + (uint32_t)(*text - '0');
    }
    *suffix = value;
    return *text == '\0';
}

static bool mark(const json_t *request, const uint32_t *suffixes,
                 unsigned count, unsigned *marked)
{
    uint32_t suffix = 0;

    if (!suffix_of(request, &suffix)) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        if (suffixes[i] == suffix && (*marked >> i & 1) == 0) {
            *marked |= 1u << i;
            return true;
        }
    }
    return false;
}

static bool mark_all(const json_t *unprocessed, const uint32_t *suffixes,
                     unsigned count, unsigned *marked)
{
    // jansson wants an object that it could change; it is only read.
    json_t *tables = json_object_get(unprocessed, "UnprocessedItems");
    const char *table = NULL;
    const json_t *requests = NULL;

    if (!json_is_object(tables)) {
        return false;
    }
    json_object_foreach(tables, table, requests)
    {
        if (!json_is_array(requests)) {
            return false;
        }
        for (size_t i = 0; i < json_array_size(requests); i++) {
            if (!mark(json_array_get(requests, i), suffixes, count, marked)) {
                return false;
            }
        }
    }
    return true;
}

static double consumed(const json_t *answer)
{
    const json_t *tables = json_object_get(answer, "ConsumedCapacity");
    double units = 0;

    for (size_t i = 0; i < json_array_size(tables); i++) {
        units += json_number_value(
            json_object_get(json_array_get(tables, i), "CapacityUnits"));
    }
    return units;
}

static bool parse(const char *body, size_t size, const uint32_t *suffixes,
                  unsigned count, struct batch_answer *answer)
{
    json_t *json = json_loadb(body, size, 0, NULL);
    unsigned marked = 0;
    const bool good = mark_all(json, suffixes, count, &marked);

    if (good) {
        *answer = (struct batch_answer){.consumed_units = consumed(json),
                                        .unprocessed = marked};
    }
    json_decref(json);
    return good;
}

bool batch_read(const char *body, size_t size, const uint32_t *suffixes,
                unsigned count, struct batch_answer *answer)
{
    assert(count <= BATCH_MAX);
    if (!is_all_done(body, size)) {
        return parse(body, size, suffixes, count, answer);
    }
    *answer = (struct batch_answer){.consumed_units = find_units(body, size)};
    return true;
}
