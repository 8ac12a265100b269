/* table.c: a table: created, described, dropped. */
#include "loader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "dynamo.h"
#include "dynamo_loop.h"
#include "item.h"
#include "meta.h"

#define WAIT_DEFAULT_S 300u
/* A table of the service takes ten to thirty seconds to become ACTIVE. */
#define WAIT_STEP_MS 1000
#define WAIT_FIRST_MS 100

static enum vn_status no_memory(const char *table, struct vn_error *error)
{
    return vn_error_set(error, VN_NOMEM, "table %s: out of memory", table);
}

/* Like dynamo_ask(), but takes the request, which may be NULL, over. */
static enum vn_status ask(struct dynamo *dynamo, const char *table,
                          const char *operation, json_t *request,
                          json_t **answer, struct vn_error *error)
{
    if (request == NULL) {
        return no_memory(table, error);
    }
    const enum vn_status status =
        dynamo_ask(dynamo, operation, request, answer, error);
    json_decref(request);
    return status;
}

/* ---- Describe --------------------------------------------------------- */

static void copy_text(char *to, size_t size, const json_t *object,
                      const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    (void)snprintf(to, size, "%s", text != NULL ? text : "");
}

static uint64_t number_of(const json_t *object, const char *name)
{
    const json_t *number = json_object_get(object, name);
    const double value = json_number_value(number);

    if (json_is_integer(number)) {
        return json_integer_value(number) > 0
                   ? (uint64_t)json_integer_value(number)
                   : 0;
    }
    return value > 0 && value < 1e18 ? (uint64_t)value : 0;
}

static bool is_text(const json_t *object, const char *name, const char *text)
{
    const char *value = json_string_value(json_object_get(object, name));

    return value != NULL && strcmp(value, text) == 0;
}

/* Whether the attribute 'name' is defined as a string. */
static bool is_string(const json_t *table, const char *name)
{
    const json_t *list = json_object_get(table, "AttributeDefinitions");
    size_t i = 0;
    const json_t *one = NULL;

    json_array_foreach(list, i, one)
    {
        if (is_text(one, "AttributeName", name)) {
            return is_text(one, "AttributeType", "S");
        }
    }
    return false;
}

static void read_key(const json_t *table, struct vn_table_info *info)
{
    const json_t *list = json_object_get(table, "KeySchema");
    const json_t *first = json_array_get(list, 0);

    if (json_array_size(list) != 1 || !is_text(first, "KeyType", "HASH")) {
        return;
    }
    copy_text(info->key, sizeof info->key, first, "AttributeName");
    if (!is_string(table, info->key)) {
        info->key[0] = '\0';
    }
}

/* A table without a summary of its billing was always provisioned. */
static void read_capacity(const json_t *table, struct vn_table_info *info)
{
    const json_t *billing = json_object_get(table, "BillingModeSummary");
    const json_t *most = json_object_get(table, "OnDemandThroughput");

    info->on_demand = is_text(billing, "BillingMode", "PAY_PER_REQUEST");
    if (info->on_demand) {
        info->max_write_units = number_of(most, "MaxWriteRequestUnits");
    } else {
        info->write_units =
            number_of(json_object_get(table, "ProvisionedThroughput"),
                      "WriteCapacityUnits");
    }
    info->warm_write_units = number_of(json_object_get(table, "WarmThroughput"),
                                       "WriteUnitsPerSecond");
}

static void read_table(const json_t *table, struct vn_table_info *info)
{
    *info = (struct vn_table_info){.state = VN_TABLE_NO_META};
    copy_text(info->name, sizeof info->name, table, "TableName");
    copy_text(info->arn, sizeof info->arn, table, "TableArn");
    copy_text(info->id, sizeof info->id, table, "TableId");
    copy_text(info->status, sizeof info->status, table, "TableStatus");
    read_key(table, info);
    read_capacity(table, info);
    info->indexes =
        json_array_size(json_object_get(table, "GlobalSecondaryIndexes")) +
        json_array_size(json_object_get(table, "LocalSecondaryIndexes"));
    info->stream = json_is_true(json_object_get(
        json_object_get(table, "StreamSpecification"), "StreamEnabled"));
    info->deletion_protected =
        json_is_true(json_object_get(table, "DeletionProtectionEnabled"));
    info->item_count = number_of(table, "ItemCount");
    info->size_bytes = number_of(table, "TableSizeBytes");
}

static enum vn_status describe(struct dynamo *dynamo, const char *table,
                               struct vn_table_info *info,
                               struct vn_error *error)
{
    json_t *answer = NULL;
    enum vn_status status =
        ask(dynamo, table, "DescribeTable",
            json_pack("{s:s}", "TableName", table), &answer, error);

    if (status == VN_NOT_FOUND) {
        return vn_error_set(error, VN_NOT_FOUND, "there is no table %s", table);
    }
    if (status == VN_OK) {
        read_table(json_object_get(answer, "Table"), info);
    }
    json_decref(answer);
    return status;
}

static enum vn_status describe_meta(struct dynamo *dynamo, const char *table,
                                    struct vn_table_info *info,
                                    struct vn_error *error)
{
    struct meta meta;
    // Other tables have no such item, and none can be read before ACTIVE.
    if (strcmp(info->key, ITEM_KEY) != 0 ||
        strcmp(info->status, "CREATING") == 0 ||
        strcmp(info->status, "DELETING") == 0) {
        return VN_OK;
    }
    const enum vn_status status = meta_read(dynamo, table, &meta, error);
    if (status != VN_OK) {
        return status;
    }
    info->state = meta.state;
    info->generation = meta.generation;
    info->previous = meta.previous;
    info->meta_items = meta.items;
    (void)snprintf(info->loaded_at, sizeof info->loaded_at, "%s",
                   meta.loaded_at);
    return VN_OK;
}

enum vn_status vn_table_describe(struct vn_aws *aws, const char *table,
                                 struct vn_table_info *info,
                                 struct vn_error *error)
{
    struct dynamo *dynamo = NULL;
    struct vn_table_info found;
    enum vn_status status = dynamo_open(aws, 1, &dynamo, error);

    if (status == VN_OK) {
        status = describe(dynamo, table, &found, error);
    }
    if (status == VN_OK) {
        status = describe_meta(dynamo, table, &found, error);
    }
    dynamo_close(dynamo);
    if (status == VN_OK) {
        *info = found;
    }
    return status;
}

/* ---- Waiting ---------------------------------------------------------- */

/*
 * Asks once; '*reached' tells whether the table is ACTIVE, or for 'gone' is no
 * more. A new table may not be found at first: descriptions lag behind.
 */
static enum vn_status look(struct dynamo *dynamo, const char *table, bool gone,
                           struct vn_table_info *info, bool *reached,
                           struct vn_error *error)
{
    const enum vn_status status = describe(dynamo, table, info, error);

    if (status == VN_NOT_FOUND) {
        *reached = gone;
        return VN_OK;
    }
    *reached = !gone && strcmp(info->status, "ACTIVE") == 0;
    return status;
}

static enum vn_status wait_for(struct dynamo *dynamo, const char *table,
                               bool gone, unsigned wait_s,
                               struct vn_error *error)
{
    const int64_t end_ms = dynamo_loop_now_ms() + (int64_t)wait_s * 1000;
    struct vn_table_info info = {.status = "not there"};
    int step_ms = WAIT_FIRST_MS;
    bool reached = false;
    enum vn_status status = look(dynamo, table, gone, &info, &reached, error);

    while (status == VN_OK && !reached && dynamo_loop_now_ms() < end_ms) {
        status = dynamo_poll(dynamo, step_ms, error);
        step_ms = step_ms * 2 < WAIT_STEP_MS ? step_ms * 2 : WAIT_STEP_MS;
        if (status == VN_OK) {
            status = look(dynamo, table, gone, &info, &reached, error);
        }
    }
    if (status == VN_OK && !reached) {
        return vn_error_set(error, VN_IO,
                            "table %s: still %s after %u s; 'vanity table "
                            "describe' tells when it is %s",
                            table, info.status, wait_s,
                            gone ? "gone" : "ACTIVE");
    }
    return status;
}

/* ---- Create ----------------------------------------------------------- */

static bool add_tags(json_t *request, const struct vn_table_create *options)
{
    json_t *tags = json_array();

    for (size_t i = 0; i < options->tag_count; i++) {
        const char *tag = options->tags[i];
        const char *equals = strchr(tag, '=');
        const size_t size =
            equals != NULL ? (size_t)(equals - tag) : strlen(tag);
        json_t *one = json_pack("{s:s%, s:s}", "Key", tag, size, "Value",
                                equals != NULL ? equals + 1 : "");
        if (json_array_append_new(tags, one) != 0) {
            json_decref(tags);
            return false;
        }
    }
    return json_object_set_new(request, "Tags", tags) == 0;
}

static bool add_capacity(json_t *request, const struct vn_table_create *options)
{
    if (options->write_units == 0) {
        return json_object_set_new(request, "BillingMode",
                                   json_string("PAY_PER_REQUEST")) == 0;
    }
    const json_int_t read =
        (json_int_t)(options->read_units > 0 ? options->read_units : 1);
    json_t *units =
        json_pack("{s:I, s:I}", "ReadCapacityUnits", read, "WriteCapacityUnits",
                  (json_int_t)options->write_units);
    return json_object_set_new(request, "BillingMode",
                               json_string("PROVISIONED")) == 0 &&
           json_object_set_new(request, "ProvisionedThroughput", units) == 0;
}

static json_t *create_request(const char *table,
                              const struct vn_table_create *options)
{
    json_t *request = json_pack(
        "{s:s, s:[{s:s, s:s}], s:[{s:s, s:s}]}", "TableName", table,
        "AttributeDefinitions", "AttributeName", ITEM_KEY, "AttributeType", "S",
        "KeySchema", "AttributeName", ITEM_KEY, "KeyType", "HASH");
    bool done = request != NULL && add_capacity(request, options);

    // Left out where it is not wanted: older emulators do not know it.
    if (done && options->deletion_protection) {
        done = json_object_set_new(request, "DeletionProtectionEnabled",
                                   json_true()) == 0;
    }
    if (done && options->tag_count > 0) {
        done = add_tags(request, options);
    }
    if (!done) {
        json_decref(request);
        return NULL;
    }
    return request;
}

static enum vn_status keep_backups(struct dynamo *dynamo, const char *table,
                                   struct vn_error *error)
{
    json_t *answer = NULL;
    struct vn_error why = {0};
    const enum vn_status status =
        ask(dynamo, table, "UpdateContinuousBackups",
            json_pack("{s:s, s:{s:b}}", "TableName", table,
                      "PointInTimeRecoverySpecification",
                      "PointInTimeRecoveryEnabled", 1),
            &answer, &why);

    json_decref(answer);
    if (status == VN_OK) {
        return VN_OK;
    }
    return vn_error_set(error, status,
                        "the table '%s' is made, but without point-in-time "
                        "recovery: %.300s",
                        table, why.message);
}

/* VN_OK if there is none yet; else says what is there. */
static enum vn_status expect_none(struct dynamo *dynamo, const char *table,
                                  struct vn_error *error)
{
    struct vn_table_info info;
    const enum vn_status status = describe(dynamo, table, &info, error);

    if (status == VN_NOT_FOUND) {
        return VN_OK;
    }
    if (status != VN_OK) {
        return status;
    }
    if (strcmp(info.key, ITEM_KEY) == 0) {
        return vn_error_set(error, VN_INVALID,
                            "there is a table '%s' already (%s), with the key "
                            "that a load needs: load into it, or drop it first",
                            table, info.status);
    }
    return vn_error_set(error, VN_INVALID,
                        "there is a table '%s' already (%s), and its key is "
                        "not '%s' of type S alone: choose another name",
                        table, info.status, ITEM_KEY);
}

enum vn_status vn_table_create(struct vn_aws *aws, const char *table,
                               const struct vn_table_create *options,
                               struct vn_error *error)
{
    struct dynamo *dynamo = NULL;
    json_t *answer = NULL;
    const unsigned wait_s =
        options->wait_s > 0 ? options->wait_s : WAIT_DEFAULT_S;
    enum vn_status status = dynamo_open(aws, 1, &dynamo, error);

    if (status == VN_OK) {
        status = expect_none(dynamo, table, error);
    }
    if (status == VN_OK) {
        status = ask(dynamo, table, "CreateTable",
                     create_request(table, options), &answer, error);
    }
    if (status == VN_OK) {
        status = wait_for(dynamo, table, false, wait_s, error);
    }
    if (status == VN_OK && options->point_in_time_recovery) {
        status = keep_backups(dynamo, table, error);
    }
    json_decref(answer);
    dynamo_close(dynamo);
    return status;
}

/* ---- Drop ------------------------------------------------------------- */

enum vn_status vn_table_drop(struct vn_aws *aws, const char *table,
                             struct vn_error *error)
{
    struct dynamo *dynamo = NULL;
    json_t *answer = NULL;
    enum vn_status status = dynamo_open(aws, 1, &dynamo, error);

    if (status == VN_OK) {
        status = ask(dynamo, table, "DeleteTable",
                     json_pack("{s:s}", "TableName", table), &answer, error);
    }
    if (status == VN_NOT_FOUND) {
        status =
            vn_error_set(error, VN_NOT_FOUND, "there is no table %s", table);
    }
    if (status == VN_OK) {
        status = wait_for(dynamo, table, true, WAIT_DEFAULT_S, error);
    }
    json_decref(answer);
    dynamo_close(dynamo);
    return status;
}
