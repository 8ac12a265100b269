/* export_request.c: ready requests for the AWS CLI. */
#include "export_request.h"

#include "export_file.h"
#include "item.h"

#include <errno.h>
#include <stdlib.h>

#include <jansson.h>

#define BUCKET "YOUR-BUCKET"
#define PREFIX "YOUR-PREFIX/" MANIFEST_DATA "/"
#define ERRORS "YOUR-PREFIX/errors/"

static json_t *pack_import(const struct manifest *of, const char *table)
{
    return json_pack(
        "{s:{s:s, s:s}, s:s, s:s, s:{s:s, s:[{s:s, s:s}], s:[{s:s, s:s}], "
        "s:s}}",
        "S3BucketSource", "S3Bucket", BUCKET, "S3KeyPrefix", PREFIX,
        "InputFormat", "DYNAMODB_JSON", "InputCompressionType",
        manifest_compression(of), "TableCreationParameters", "TableName", table,
        "AttributeDefinitions", "AttributeName", ITEM_KEY, "AttributeType", "S",
        "KeySchema", "AttributeName", ITEM_KEY, "KeyType", "HASH",
        "BillingMode", "PAY_PER_REQUEST");
}

static json_t *pack_bulk_put(const struct manifest *of, const char *table)
{
    return json_pack("{s:{s:s, s:s, s:s, s:s}, s:{s:s, s:s, s:[s]}, s:s}",
                     "InputS3Configuration", "S3Bucket", BUCKET, "S3KeyPrefix",
                     PREFIX, "InputFormat", "DYNAMODB_JSON",
                     "InputCompressionType", manifest_compression(of),
                     "OutputS3Configuration", "S3Bucket", BUCKET, "S3KeyPrefix",
                     ERRORS, "OutputType", "ERROR", "TableName", table);
}

/* Takes 'request', NULL if there was no memory for it. */
static enum vn_status write_request(const char *folder, const char *name,
                                    json_t *request, struct vn_error *error)
{
    char *text = request != NULL ? json_dumps(request, JSON_INDENT(2)) : NULL;
    const enum vn_status status =
        text != NULL
            ? export_file_text(folder, name, text, error)
            : vn_error_system(error, ENOMEM, "cannot write '%s'", name);

    free(text);
    json_decref(request);
    return status;
}

enum vn_status export_request_write(const char *folder,
                                    const struct manifest *of,
                                    const char *table, struct vn_error *error)
{
    const enum vn_status status = write_request(folder, "import-table.json",
                                                pack_import(of, table), error);

    return status != VN_OK ? status
                           : write_request(folder, "start-bulk-put-items.json",
                                           pack_bulk_put(of, table), error);
}
