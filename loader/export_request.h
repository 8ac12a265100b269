/* export_request.h: ready requests for the AWS CLI (private to loader/). */
#ifndef VN_EXPORT_REQUEST_H
#define VN_EXPORT_REQUEST_H

#include "manifest.h"

/*
 * export_request_write() writes import-table.json (makes the table 'table')
 * and start-bulk-put-items.json (into the table 'table') for --cli-input-json
 * of "aws dynamodb import-table" and "start-bulk-put-items". Bucket and
 * prefix are placeholders: edit them, or name the option of the CLI as well,
 * which goes before the file:
 *
 *   aws s3 cp --recursive DIR/data s3://my-bucket/vanity/data/
 *   aws dynamodb import-table --cli-input-json file://DIR/import-table.json \
 *       --s3-bucket-source S3Bucket=my-bucket,S3KeyPrefix=vanity/data/
 *
 * There is no ClientToken in them: within eight hours the same token would
 * give back a failed import instead of a new one.
 */
VN_NODISCARD enum vn_status export_request_write(const char *folder,
                                                 const struct manifest *of,
                                                 const char *table,
                                                 struct vn_error *error);

#endif
