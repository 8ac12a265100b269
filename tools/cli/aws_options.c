/* aws_options.c: what all commands that talk to DynamoDB take. */
#include "aws_options.h"

#include "cli.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEY_TABLE = 0x300,
    KEY_REGION,
    KEY_PROFILE,
    KEY_ENDPOINT,
    KEY_DEBUG,
    KEY_PRICE_WRITE,
    KEY_PRICE_PROVISIONED,
    KEY_PRICE_IMPORT,
    KEY_PRICE_STORAGE,
};

/* The service's own rule. The name becomes part of file names, too. */
#define TABLE_NAME_LEAST 3
#define TABLE_NAME_MOST 255
#define TABLE_NAME_LETTERS                                                     \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"

static const char *check_table(const char *from, const char *name)
{
    const size_t length = strlen(name);

    if (length < TABLE_NAME_LEAST || length > TABLE_NAME_MOST ||
        strspn(name, TABLE_NAME_LETTERS) != length) {
        cli_refuse("%s takes the name of a table, %d to %d of the letters "
                   "A-Z a-z 0-9 _ . -, not '%s'",
                   from, TABLE_NAME_LEAST, TABLE_NAME_MOST, name);
    }
    return name;
}

static const char *default_table(void)
{
    const char *named = getenv("VANITY_TABLE");

    if (named == NULL || named[0] == '\0') {
        return AWS_TABLE_DEFAULT;
    }
    return check_table("VANITY_TABLE", named);
}

static error_t parse_table(int key, char *arg, struct argp_state *state)
{
    const char **table = state->input;

    switch (key) {
    case KEY_TABLE:
        *table = check_table("--table", arg);
        return 0;
    case ARGP_KEY_END:
        if (*table == NULL) {
            *table = default_table();
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option table_options[] = {
    {.name = "table",
     .key = KEY_TABLE,
     .arg = "NAME",
     .doc = "The table (default: $VANITY_TABLE, else vanity)"},
    {0},
};

const struct argp aws_table_argp = {.options = table_options,
                                    .parser = parse_table};

static error_t parse_aws(int key, char *arg, struct argp_state *state)
{
    struct aws_options *options = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->table;
        return 0;
    case KEY_REGION:
        options->region = arg;
        return 0;
    case KEY_PROFILE:
        options->profile = arg;
        return 0;
    case KEY_ENDPOINT:
        options->endpoint_url = arg;
        return 0;
    case KEY_DEBUG:
        options->debug = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option aws_option_list[] = {
    {.name = "region",
     .key = KEY_REGION,
     .arg = "REGION",
     .doc = "The region (default: as the AWS CLI finds it)"},
    {.name = "profile",
     .key = KEY_PROFILE,
     .arg = "NAME",
     .doc = "The profile of the AWS configuration"},
    {.name = "endpoint-url",
     .key = KEY_ENDPOINT,
     .arg = "URL",
     .doc = "Another address than the region's"},
    {.name = "debug",
     .key = KEY_DEBUG,
     .doc = "Tell of every request; secrets are never shown"},
    {0},
};

static const struct argp_child aws_children[] = {
    {.argp = &aws_table_argp},
    {0},
};

const struct argp aws_options_argp = {
    .options = aws_option_list, .parser = parse_aws, .children = aws_children};

static double parse_price(const char *name, const char *text)
{
    char *end = NULL;
    const double price = strtod(text, &end);

    if (end == text || *end != '\0' || !isfinite(price) || price < 0) {
        cli_refuse("%s takes a price in dollars, not '%s'", name, text);
    }
    return price;
}

static error_t parse_prices(int key, char *arg, struct argp_state *state)
{
    struct vn_prices *prices = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        *prices = vn_prices_default;
        return 0;
    case KEY_PRICE_WRITE:
        prices->write_per_million = parse_price("--price-write", arg);
        return 0;
    case KEY_PRICE_PROVISIONED:
        prices->provisioned_per_hour = parse_price("--price-provisioned", arg);
        return 0;
    case KEY_PRICE_IMPORT:
        prices->import_per_gb = parse_price("--price-import", arg);
        return 0;
    case KEY_PRICE_STORAGE:
        prices->storage_per_gb_month = parse_price("--price-storage", arg);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option price_options[] = {
    {.name = "price-write",
     .key = KEY_PRICE_WRITE,
     .arg = "DOLLARS",
     .doc = "A million writes on demand (default 0.625: us-east-1, 2026-11)"},
    {.name = "price-provisioned",
     .key = KEY_PRICE_PROVISIONED,
     .arg = "DOLLARS",
     .doc = "A provisioned WCU for an hour (default 0.00065)"},
    {.name = "price-import",
     .key = KEY_PRICE_IMPORT,
     .arg = "DOLLARS",
     .doc = "A GB of S3 import, uncompressed (default 0.15)"},
    {.name = "price-storage",
     .key = KEY_PRICE_STORAGE,
     .arg = "DOLLARS",
     .doc = "A GB in the table for a month (default 0.25)"},
    {0},
};

const struct argp aws_prices_argp = {.options = price_options,
                                     .parser = parse_prices};

static void print_debug(void *context, const char *line)
{
    (void)context;
    cli_message("debug: %s", line);
}

/* The library asks for variables by this, it never reads them itself. */
static const char *read_environment(const char *name)
{
    return getenv(name);
}

int aws_options_open(const struct aws_options *options, struct vn_aws **aws)
{
    struct vn_error error = {0};
    const struct vn_aws_options wanted = {
        .region = options->region,
        .profile = options->profile,
        .endpoint_url = options->endpoint_url,
        .environment = read_environment,
        .debug = options->debug ? print_debug : NULL,
    };
    const enum vn_status status = vn_aws_open(&wanted, aws, &error);

    return status == VN_OK ? CLI_DONE : cli_error(status, &error);
}

/* "0.2" becomes "0.20": an amount has two places at least. */
static void pad_cents(char *text, size_t size)
{
    const char *point = strchr(text, '.');
    const size_t length = strlen(text);

    if (point != NULL && strlen(point) == 2 && length + 1 < size) {
        text[length] = '0';
        text[length + 1] = '\0';
    }
}

const char *aws_dollars(double dollars, char out[AWS_DOLLARS_SIZE])
{
    if (dollars > 0 && dollars < 0.0001) {
        snprintf(out, AWS_DOLLARS_SIZE, "under $0.0001");
    } else if (dollars > 0 && dollars < 0.9995) {
        snprintf(out, AWS_DOLLARS_SIZE, "$%.3g", dollars);
        pad_cents(out, AWS_DOLLARS_SIZE);
    } else {
        snprintf(out, AWS_DOLLARS_SIZE, "$%.2f", dollars);
    }
    return out;
}
