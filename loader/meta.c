/* meta.c: reads and writes the item "#meta". */
#include "meta.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "item.h"

#define GENERATION_SIZE 17u
#define TERM_SIZE 40u

/* The value of the attribute 'name' if it has the type 'type', or NULL. */
static const char *attribute(const json_t *item, const char *name,
                             const char *type)
{
    return json_string_value(
        json_object_get(json_object_get(item, name), type));
}

static bool read_generation(const json_t *item, const char *name,
                            uint64_t *generation)
{
    const char *text = attribute(item, name, "S");

    if (text == NULL || strlen(text) != GENERATION_SIZE - 1 ||
        strspn(text, "0123456789abcdef") != GENERATION_SIZE - 1) {
        return false;
    }
    *generation = strtoull(text, NULL, 16);
    return true;
}

static bool read_number(const json_t *item, const char *name, uint64_t *number)
{
    const char *text = attribute(item, name, "N");

    if (text == NULL || text[0] == '\0' || strlen(text) > 18 ||
        strspn(text, "0123456789") != strlen(text)) {
        return false;
    }
    *number = strtoull(text, NULL, 10);
    return true;
}

static bool read_state(const json_t *item, enum vn_table_state *state)
{
    const char *text = attribute(item, "state", "S");

    if (text == NULL) {
        return false;
    }
    if (strcmp(text, "complete") == 0) {
        *state = VN_TABLE_COMPLETE;
        return true;
    }
    *state = VN_TABLE_LOADING;
    return strcmp(text, "loading") == 0;
}

static enum vn_status read_item(const json_t *item, const char *table,
                                struct meta *out, struct vn_error *error)
{
    struct meta meta = {.state = VN_TABLE_NO_META};
    uint64_t format = 0;
    const char *loaded_at = attribute(item, "loaded_at", "S");

    if (!read_number(item, "format", &format) || format == META_FORMAT) {
        if (format == 0 || !read_state(item, &meta.state) ||
            !read_generation(item, "generation", &meta.generation) ||
            !read_number(item, "items", &meta.items)) {
            return vn_error_set(error, VN_INVALID,
                                "table %s: the item \"" ITEM_META
                                "\" is not as vanity writes it; delete that "
                                "item, then load all",
                                table);
        }
        (void)read_generation(item, "previous", &meta.previous);
        (void)snprintf(meta.loaded_at, sizeof meta.loaded_at, "%s",
                       loaded_at != NULL ? loaded_at : "");
        *out = meta;
        return VN_OK;
    }
    return vn_error_set(error, VN_VERSION,
                        "table %s: the item \"" ITEM_META
                        "\" has format %" PRIu64
                        "; this vanity knows format %d: take the one that "
                        "wrote it, or delete that item, then load all",
                        table, format, META_FORMAT);
}

enum vn_status meta_read(struct dynamo *dynamo, const char *table,
                         struct meta *meta, struct vn_error *error)
{
    json_t *answer = NULL;
    json_t *request =
        json_pack("{s:s, s:{s:{s:s}}, s:b}", "TableName", table, "Key",
                  ITEM_KEY, "S", ITEM_META, "ConsistentRead", 1);
    if (request == NULL) {
        return vn_error_set(error, VN_NOMEM, "table %s: out of memory", table);
    }
    enum vn_status status =
        dynamo_ask(dynamo, "GetItem", request, &answer, error);
    json_decref(request);
    if (status != VN_OK) {
        return status;
    }
    const json_t *item = json_object_get(answer, "Item");
    if (item == NULL) {
        *meta = (struct meta){.state = VN_TABLE_NO_META};
    } else {
        status = read_item(item, table, meta, error);
    }
    json_decref(answer);
    return status;
}

static void write_now(char text[META_TIME_SIZE])
{
    const time_t now = time(NULL);
    struct tm tm;

    gmtime_r(&now, &tm);
    (void)strftime(text, META_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static void write_generation(uint64_t generation, char text[GENERATION_SIZE])
{
    (void)snprintf(text, GENERATION_SIZE, "%016" PRIx64, generation);
}

static json_t *make_item(const struct meta *meta)
{
    char generation[GENERATION_SIZE];
    char previous[GENERATION_SIZE];
    char items[24];
    char format[8];
    char loaded_at[META_TIME_SIZE];

    write_generation(meta->generation, generation);
    write_generation(meta->previous, previous);
    (void)snprintf(items, sizeof items, "%" PRIu64, meta->items);
    (void)snprintf(format, sizeof format, "%d", META_FORMAT);
    write_now(loaded_at);
    json_t *item =
        json_pack("{s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}}",
                  ITEM_KEY, "S", ITEM_META, "state", "S",
                  meta->state == VN_TABLE_COMPLETE ? "complete" : "loading",
                  "generation", "S", generation, "items", "N", items, "format",
                  "N", format, "loaded_at", "S", loaded_at);
    if (item != NULL && meta->previous != 0 &&
        json_object_set_new(item, "previous",
                            json_pack("{s:s}", "S", previous)) != 0) {
        json_decref(item);
        return NULL;
    }
    return item;
}

/* ---- Writing ------------------------------------------------------------ */

/*
 * Adds the value 'name' of a generation, and writes to 'text' when an attribute
 * has it; 0 is an attribute that is not there.
 */
static bool add_term(json_t *values, const char *attribute_name,
                     const char *name, uint64_t generation,
                     char text[TERM_SIZE])
{
    char digits[GENERATION_SIZE];

    if (generation == 0) {
        (void)snprintf(text, TERM_SIZE, "attribute_not_exists(%s)",
                       attribute_name);
        return true;
    }
    (void)snprintf(text, TERM_SIZE, "%s = %s", attribute_name, name);
    write_generation(generation, digits);
    return json_object_set_new(values, name, json_pack("{s:s}", "S", digits)) ==
           0;
}

/* The item is as one of the two is. */
static bool add_condition(json_t *request, const struct meta *found,
                          const struct meta *meta)
{
    char terms[4][TERM_SIZE];
    char text[5 * TERM_SIZE];
    json_t *values = json_object();
    json_t *names =
        json_pack("{s:s, s:s}", "#g", "generation", "#p", "previous");
    const bool made =
        add_term(values, "#g", ":g", found->generation, terms[0]) &&
        add_term(values, "#p", ":p", found->previous, terms[1]) &&
        add_term(values, "#g", ":h", meta->generation, terms[2]) &&
        add_term(values, "#p", ":q", meta->previous, terms[3]);

    (void)snprintf(text, sizeof text, "(%s AND %s) OR (%s AND %s)", terms[0],
                   terms[1], terms[2], terms[3]);
    // Both are taken over, whatever becomes of them.
    const bool named =
        json_object_set_new(request, "ExpressionAttributeNames", names) == 0;
    const bool valued =
        json_object_set_new(request, "ExpressionAttributeValues", values) == 0;
    return made && named && valued &&
           json_object_set_new(request, "ConditionExpression",
                               json_string(text)) == 0;
}

/* 'found' may be NULL: whatever is there. */
static enum vn_status put_item(struct dynamo *dynamo, const char *table,
                               const struct meta *found,
                               const struct meta *meta, struct vn_error *error)
{
    json_t *answer = NULL;
    // json_pack() takes the item over, and fails where there is none.
    json_t *request =
        json_pack("{s:s, s:o}", "TableName", table, "Item", make_item(meta));
    if (request == NULL ||
        (found != NULL && !add_condition(request, found, meta))) {
        json_decref(request);
        return vn_error_set(error, VN_NOMEM, "table %s: out of memory", table);
    }
    const enum vn_status status =
        dynamo_ask(dynamo, "PutItem", request, &answer, error);
    json_decref(request);
    json_decref(answer);
    return status;
}

enum vn_status meta_write(struct dynamo *dynamo, const char *table,
                          const struct meta *meta, struct vn_error *error)
{
    return put_item(dynamo, table, NULL, meta, error);
}

/* Neither this load nor the other one may say that the table is complete. */
static enum vn_status be_overtaken(struct dynamo *dynamo, const char *table,
                                   uint64_t items, struct vn_error *error)
{
    const struct meta mixed = {.state = VN_TABLE_LOADING,
                               .generation = VN_GENERATIONS_MIXED,
                               .previous = VN_GENERATIONS_MIXED,
                               .items = items};
    const enum vn_status status = put_item(dynamo, table, NULL, &mixed, error);

    if (status != VN_OK) {
        return status;
    }
    return vn_error_set(error, VN_INVALID,
                        "another load or repair wrote to the table '%s' at "
                        "the same time: it may hold either, and stays half "
                        "loaded; let the other one end, then load all again "
                        "with --restart",
                        table);
}

enum vn_status meta_replace(struct dynamo *dynamo, const char *table,
                            const struct meta *found, const struct meta *meta,
                            struct vn_error *error)
{
    const enum vn_status status = put_item(dynamo, table, found, meta, error);

    return status == VN_STOPPED
               ? be_overtaken(dynamo, table, meta->items, error)
               : status;
}

enum vn_status meta_check(struct dynamo *dynamo, const char *table,
                          uint64_t generation, struct vn_error *error)
{
    struct meta now = {.state = VN_TABLE_NO_META};
    const enum vn_status status = meta_read(dynamo, table, &now, error);

    if (status != VN_OK || now.state == VN_TABLE_NO_META ||
        now.generation == generation) {
        return status;
    }
    return be_overtaken(dynamo, table, now.items, error);
}

uint64_t meta_previous(const struct vn_table_info *table, uint64_t generation,
                       bool resumed)
{
    const bool ours = table->generation == generation;

    switch (table->state) {
    case VN_TABLE_NO_META:
        break;
    case VN_TABLE_LOADING:
        // Of two loads that were both broken off, the table may hold either.
        return ours ? table->previous : VN_GENERATIONS_MIXED;
    case VN_TABLE_COMPLETE:
        return ours && resumed ? table->previous : table->generation;
    }
    return 0;
}
