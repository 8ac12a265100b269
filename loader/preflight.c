/* preflight.c: what a load and a check ask of a table before they begin. */
#include "preflight.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dynamo.h"
#include "item.h"

/* What a new table on demand sustains (facts of the service, 2026-11). */
#define NEW_TABLE_WCU 4000.0
/* No ceiling: more than any table has. */
#define NO_CEILING 1e9

void notice_send(const struct notice *notice, const char *format, ...)
{
    char line[VN_ERROR_MESSAGE_SIZE];
    va_list arguments;

    if (notice->tell == NULL) {
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    notice->tell(notice->context, line);
}

enum vn_status preflight_table(struct vn_aws *aws, const char *table,
                               struct vn_table_info *info,
                               struct vn_error *error)
{
    const enum vn_status status = vn_table_describe(aws, table, info, error);

    if (status == VN_NOT_FOUND) {
        return vn_error_set(error, VN_INVALID,
                            "there is no table '%s' in %s (%s)", table,
                            vn_aws_region(aws), vn_aws_endpoint(aws));
    }
    if (status != VN_OK) {
        return status;
    }
    if (strcmp(info->status, "ACTIVE") != 0) {
        return vn_error_set(error, VN_INVALID,
                            "the table '%s' is %s, not ACTIVE", table,
                            info->status);
    }
    if (strcmp(info->key, ITEM_KEY) != 0) {
        return vn_error_set(error, VN_INVALID,
                            "the table '%s' must have the partition key '%s' "
                            "of type S and no sort key%s%s%s",
                            table, ITEM_KEY,
                            info->key[0] != '\0' ? ", but has '" : "",
                            info->key, info->key[0] != '\0' ? "'" : "");
    }
    return VN_OK;
}

static enum vn_status scan_one(struct dynamo *dynamo, const char *table,
                               bool *empty, struct vn_error *error)
{
    json_t *answer = NULL;
    json_t *request = json_pack("{s:s, s:i, s:b}", "TableName", table, "Limit",
                                1, "ConsistentRead", 1);
    if (request == NULL) {
        return vn_error_set(error, VN_NOMEM, "table %s: out of memory", table);
    }
    enum vn_status status = dynamo_ask(dynamo, "Scan", request, &answer, error);
    json_decref(request);
    if (status != VN_OK) {
        return status;
    }
    const json_t *count = json_object_get(answer, "Count");
    if (json_is_integer(count)) {
        *empty = json_integer_value(count) == 0 &&
                 json_object_get(answer, "LastEvaluatedKey") == NULL;
    } else {
        status = vn_error_set(error, VN_IO,
                              "Scan: the answer is not to what was asked");
    }
    json_decref(answer);
    return status;
}

enum vn_status preflight_empty(struct vn_aws *aws, const char *table,
                               bool *empty, struct vn_error *error)
{
    struct dynamo *dynamo = NULL;
    enum vn_status status = dynamo_open(aws, 1, &dynamo, error);

    if (status == VN_OK) {
        status = scan_one(dynamo, table, empty, error);
    }
    dynamo_close(dynamo);
    return status;
}

bool preflight_fits(const struct vn_table_info *info, uint64_t generation)
{
    return info->state == VN_TABLE_NO_META || info->generation == generation;
}

enum vn_status preflight_part(const struct vn_table_info *info,
                              uint64_t generation, const char *way_out,
                              struct vn_error *error)
{
    if (preflight_fits(info, generation)) {
        return VN_OK;
    }
    return vn_error_set(error, VN_INVALID,
                        "the table '%s' is %s with generation %016" PRIx64
                        ", this would mix a part of %016" PRIx64 " in; %s",
                        info->name,
                        info->state == VN_TABLE_LOADING ? "half loaded"
                                                        : "complete",
                        info->generation, generation, way_out);
}

/* What the table allows. */
static struct preflight_rate rate_of_table(const struct vn_table_info *info)
{
    const double most = (double)info->max_write_units;
    struct preflight_rate rate = {NEW_TABLE_WCU, NO_CEILING, "on demand"};

    if (!info->on_demand && info->write_units > 0) {
        rate.start = rate.ceiling = (double)info->write_units;
        rate.source = "provisioned";
    } else if (info->warm_write_units > 0) {
        rate.start = (double)info->warm_write_units;
        rate.source = "warm throughput";
    }
    if (most > 0 && most < rate.ceiling) {
        rate.ceiling = most;
        rate.source = rate.start > most ? "table maximum" : rate.source;
    }
    return rate;
}

struct preflight_rate preflight_rate(const struct vn_table_info *info,
                                     double max_wcu,
                                     const struct notice *notice)
{
    struct preflight_rate rate = rate_of_table(info);

    if (max_wcu > rate.ceiling) {
        notice_send(notice,
                    "--max-wcu %.0f is more than the table '%s' has %s: at "
                    "most %.0f are written a second",
                    max_wcu, info->name,
                    info->on_demand ? "as its maximum" : "provisioned",
                    rate.ceiling);
    } else if (max_wcu > 0) {
        rate.ceiling = max_wcu;
        rate.source = rate.start > max_wcu ? "--max-wcu" : rate.source;
    }
    return rate;
}

void preflight_indexes(const struct vn_table_info *info,
                       const struct notice *notice)
{
    if (info->indexes > 0) {
        notice_send(notice,
                    "the table '%s' has %" PRIu64
                    " secondary index%s: a write costs up to %" PRIu64
                    " times as many units",
                    info->name, info->indexes, info->indexes > 1 ? "es" : "",
                    info->indexes + 1);
    }
}
