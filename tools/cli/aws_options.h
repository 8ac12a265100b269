/* aws_options.h: what all commands that talk to DynamoDB take. */
#ifndef VN_AWS_OPTIONS_H
#define VN_AWS_OPTIONS_H

#include <argp.h>
#include <stdbool.h>

#include "loader/loader.h"

/* Name used where none is given. */
#define AWS_TABLE_DEFAULT "vanity"

/*
 * --table, --region, --profile, --endpoint-url, --debug; the input of
 * aws_options_argp, which leaves 'table' with a name in any case.
 */
struct aws_options {
    const char *table;
    const char *region;
    const char *profile;
    const char *endpoint_url;
    bool debug;
};

extern const struct argp aws_options_argp;
/* --table alone, for what needs no network; its input is a 'const char *'. */
extern const struct argp aws_table_argp;

/* The four price flags; the input of aws_prices_argp. */
extern const struct argp aws_prices_argp;

/*
 * aws_options_open() finds region, endpoint and credentials. Returns CLI_DONE,
 * or reports the failure and returns its exit code.
 */
int aws_options_open(const struct aws_options *options, struct vn_aws **aws);

/* "$6.25", "$0.20", "$0.625", "under $0.0001". */
#define AWS_DOLLARS_SIZE 40
const char *aws_dollars(double dollars, char out[AWS_DOLLARS_SIZE]);

#endif
