/* cmd_table.c: vanity table: create, describe and drop a DynamoDB table. */
#include "aws_options.h"
#include "cli.h"
#include "options.h"

#include "loader/loader.h"
#include "tools/answer/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    KEY_WCU = 0x200,
    KEY_RCU,
    KEY_PITR,
    KEY_PROTECT,
    KEY_TAG,
    KEY_YES,
};

#define UNITS_MOST 1000000
/* The service takes no more. */
#define TAGS_MAX 50
/* Reading is not in vn_prices: a provisioned RCU is a fifth of a WCU. */
#define READ_PRICE_SHARE 0.2
/* A GB of point-in-time recovery for a month, us-east-1, 2026-11. */
#define RECOVERY_PER_GB_MONTH 0.20
#define HOURS_PER_MONTH 730

struct table {
    struct options_common common;
    struct aws_options aws_options;
    struct vn_prices prices;
    const char *action;
    struct vn_table_create create;
    const char *tags[TAGS_MAX];
    bool create_option; /* one that only create takes was given */
    bool yes;
    struct vn_aws *aws;
};

static void add_tag(struct table *table, const char *text)
{
    const char *equals = strchr(text, '=');

    if (equals == NULL || equals == text) {
        cli_refuse("--tag takes KEY=VALUE, not '%s'", text);
    }
    if (table->create.tag_count == TAGS_MAX) {
        cli_refuse("--tag can be given %d times at most", TAGS_MAX);
    }
    table->tags[table->create.tag_count++] = text;
    table->create.tags = table->tags;
}

static error_t parse_create(int key, const char *arg, struct table *table)
{
    switch (key) {
    case KEY_WCU:
        table->create.write_units =
            (uint64_t)cli_int("--wcu", arg, 1, UNITS_MOST);
        break;
    case KEY_RCU:
        table->create.read_units =
            (uint64_t)cli_int("--rcu", arg, 1, UNITS_MOST);
        break;
    case KEY_PITR:
        table->create.point_in_time_recovery = true;
        break;
    case KEY_PROTECT:
        table->create.deletion_protection = true;
        break;
    case KEY_TAG:
        add_tag(table, arg);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    table->create_option = true;
    return 0;
}

static void check_options(const struct table *table)
{
    const char *action = table->action;

    if (action == NULL) {
        cli_refuse("takes create, describe or drop; see 'vanity table --help'");
    }
    if (table->create_option && strcmp(action, "create") != 0) {
        cli_refuse("--wcu, --rcu, --pitr, --deletion-protection and --tag are "
                   "for 'vanity table create'");
    }
    if (table->yes && strcmp(action, "drop") != 0) {
        cli_refuse("--yes is for 'vanity table drop'");
    }
    if ((table->create.write_units == 0) != (table->create.read_units == 0)) {
        cli_refuse("--wcu and --rcu go together; without them the table is "
                   "paid by request");
    }
}

static void set_action(struct table *table, const char *text)
{
    if (table->action != NULL) {
        cli_refuse("takes one of create, describe and drop, but got '%s' too",
                   text);
    }
    if (strcmp(text, "create") != 0 && strcmp(text, "describe") != 0 &&
        strcmp(text, "drop") != 0) {
        cli_refuse("takes create, describe or drop, not '%s'; name the table "
                   "with --table",
                   text);
    }
    table->action = text;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct table *table = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &table->aws_options;
        state->child_inputs[1] = &table->prices;
        state->child_inputs[2] = &table->common;
        return 0;
    case KEY_YES:
        table->yes = true;
        return 0;
    case ARGP_KEY_ARG:
        set_action(table, arg);
        return 0;
    case ARGP_KEY_END:
        check_options(table);
        return 0;
    default:
        return parse_create(key, arg, table);
    }
}

static const struct argp_option options[] = {
    {.name = "wcu",
     .key = KEY_WCU,
     .arg = "N",
     .doc = "create: provision N writes a second (default: on demand)"},
    {.name = "rcu",
     .key = KEY_RCU,
     .arg = "N",
     .doc = "create: and N reads a second"},
    {.name = "pitr",
     .key = KEY_PITR,
     .doc = "create: with point-in-time recovery"},
    {.name = "deletion-protection",
     .key = KEY_PROTECT,
     .doc = "create: refuse to drop it until that is switched off"},
    {.name = "tag",
     .key = KEY_TAG,
     .arg = "KEY=VALUE",
     .doc = "create: with this tag (repeatable)"},
    {.name = "yes", .key = KEY_YES, .doc = "drop: do not ask"},
    {0},
};

static const struct argp_child children[] = {
    {.argp = &aws_options_argp},
    {.argp = &aws_prices_argp},
    {.argp = &options_common_argp},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .children = children,
    .args_doc = "create|describe|drop",
    .doc = "Create a DynamoDB table of the right shape and wait until it can "
           "be used; describe one; drop one.\v"
           "Examples:\n"
           "  vanity table create --table phones --region eu-central-1\n"
           "  vanity table create --table phones --wcu 4000 --rcu 10 --pitr\n"
           "  vanity table describe --table phones --json\n"
           "  vanity table drop --table phones",
};

/* ---- What it costs ------------------------------------------------------ */

struct costs {
    double load;     /* of all suffixes, on demand; 0 if provisioned */
    double by_month; /* provisioned, used or not; 0 on demand */
};

static struct costs compute_costs(const struct table *table)
{
    const struct vn_prices *prices = &table->prices;
    const struct vn_table_create *create = &table->create;

    if (create->write_units == 0) {
        return (struct costs){.load = (double)VN_SUFFIXES / 1e6 *
                                      prices->write_per_million};
    }
    return (struct costs){.by_month =
                              prices->provisioned_per_hour * HOURS_PER_MONTH *
                              ((double)create->write_units +
                               (double)create->read_units * READ_PRICE_SHARE)};
}

static void print_costs(const struct table *table)
{
    const struct vn_table_create *create = &table->create;
    const struct costs costs = compute_costs(table);
    char first[AWS_DOLLARS_SIZE];
    char second[AWS_DOLLARS_SIZE];
    char third[CLI_GROUPED_SIZE];

    if (create->write_units == 0) {
        cli_message("it costs %s for a million writes, at most %s for a load "
                    "of all suffixes",
                    aws_dollars(table->prices.write_per_million, first),
                    aws_dollars(costs.load, second));
    } else {
        cli_message(
            "it costs %s a month, used or not; a load of all suffixes "
            "takes at least %s min",
            aws_dollars(costs.by_month, first),
            cli_grouped(VN_SUFFIXES / create->write_units / 60 + 1, third));
    }
    cli_message("what it holds costs %s for a GB and month%s%s",
                aws_dollars(table->prices.storage_per_gb_month, first),
                create->point_in_time_recovery ? ", its recovery "
                                                 "another "
                                               : "",
                create->point_in_time_recovery
                    ? aws_dollars(RECOVERY_PER_GB_MONTH, second)
                    : "");
}

/* ---- The three actions -------------------------------------------------- */

static const char *state_text(enum vn_table_state state)
{
    switch (state) {
    case VN_TABLE_NO_META:
        return "never loaded";
    case VN_TABLE_LOADING:
        return "loading";
    case VN_TABLE_COMPLETE:
        break;
    }
    return "complete";
}

static void write_line(struct output *out, const char *name, const char *value)
{
    output_format(out, "%-20s%s\n", name, value);
}

static void write_number(struct output *out, const char *name, uint64_t value)
{
    char grouped[CLI_GROUPED_SIZE];

    write_line(out, name, cli_grouped(value, grouped));
}

static void write_generation(struct output *out, const char *name,
                             uint64_t value)
{
    output_format(out, "%-20s%016llx\n", name, (unsigned long long)value);
}

static void write_capacity(struct output *out, const struct vn_table_info *info)
{
    if (!info->on_demand) {
        write_line(out, "billing", "provisioned");
        write_number(out, "WCU", info->write_units);
        return;
    }
    write_line(out, "billing", "on demand");
    if (info->max_write_units > 0) {
        write_number(out, "most writes a second", info->max_write_units);
    }
    if (info->warm_write_units > 0) {
        write_number(out, "warm for writes", info->warm_write_units);
    }
}

static void write_text(struct output *out, const struct vn_table_info *info)
{
    write_line(out, "table", info->name);
    write_line(out, "ARN", info->arn);
    if (info->id[0] != '\0') {
        write_line(out, "id", info->id);
    }
    write_line(out, "status", info->status);
    write_line(out, "partition key",
               info->key[0] != '\0' ? info->key : "not one string");
    write_capacity(out, info);
    write_number(out, "secondary indexes", info->indexes);
    write_line(out, "stream", info->stream ? "yes" : "no");
    write_line(out, "protected", info->deletion_protected ? "yes" : "no");
    write_number(out, "items, hours ago", info->item_count);
    write_number(out, "bytes, hours ago", info->size_bytes);
    write_line(out, "state", state_text(info->state));
    if (info->state == VN_TABLE_NO_META) {
        return;
    }
    write_generation(out, "generation", info->generation);
    write_generation(out, "previous", info->previous);
    write_number(out, "items loaded", info->meta_items);
    write_line(out, "loaded at", info->loaded_at);
}

static void write_text_json(struct output *out, const char *key,
                            const char *value)
{
    json_key(out, key);
    json_text(out, value);
}

static void write_int_json(struct output *out, const char *key, uint64_t value)
{
    json_key(out, key);
    json_int(out, (int64_t)value);
}

static void write_bool_json(struct output *out, const char *key, bool value)
{
    json_key(out, key);
    json_bool(out, value);
}

static void write_meta_json(struct output *out,
                            const struct vn_table_info *info)
{
    json_key(out, "state");
    if (info->state == VN_TABLE_NO_META) {
        json_none(out);
        return;
    }
    json_text(out, state_text(info->state));
    json_key(out, "generation");
    json_hex(out, info->generation);
    json_key(out, "previous");
    json_hex(out, info->previous);
    write_int_json(out, "items_loaded", info->meta_items);
    write_text_json(out, "loaded_at", info->loaded_at);
}

static void write_json(struct output *out, const struct vn_table_info *info)
{
    json_open(out, '{');
    write_text_json(out, "table", info->name);
    write_text_json(out, "arn", info->arn);
    write_text_json(out, "id", info->id);
    write_text_json(out, "status", info->status);
    write_text_json(out, "partition_key", info->key);
    write_bool_json(out, "on_demand", info->on_demand);
    write_int_json(out, "write_units", info->write_units);
    write_int_json(out, "max_write_units", info->max_write_units);
    write_int_json(out, "warm_write_units", info->warm_write_units);
    write_int_json(out, "indexes", info->indexes);
    write_bool_json(out, "stream", info->stream);
    write_bool_json(out, "deletion_protected", info->deletion_protected);
    write_int_json(out, "item_count", info->item_count);
    write_int_json(out, "size_bytes", info->size_bytes);
    write_meta_json(out, info);
    json_close(out, '}');
    json_line_end(out);
}

static int describe(const struct table *table)
{
    struct vn_table_info info;
    struct vn_error error = {0};
    struct output out;
    const enum vn_status status =
        vn_table_describe(table->aws, table->aws_options.table, &info, &error);

    if (status != VN_OK) {
        return cli_error(status, &error);
    }
    cli_output_start(&out);
    if (table->common.json) {
        write_json(&out, &info);
    } else {
        write_text(&out, &info);
    }
    return cli_output_finish(&out, CLI_DONE);
}

static int create(const struct table *table)
{
    struct vn_error error = {0};
    const enum vn_status status = vn_table_create(
        table->aws, table->aws_options.table, &table->create, &error);

    if (status != VN_OK) {
        return cli_error(status, &error);
    }
    if (!table->common.quiet) {
        cli_message("created '%s' in %s; it can be used",
                    table->aws_options.table, vn_aws_region(table->aws));
        print_costs(table);
    }
    return table->common.json ? describe(table) : CLI_DONE;
}

/* True if the name of the table was typed. */
static bool ask(const struct table *table)
{
    const char *name = table->aws_options.table;
    char answer[300];

    if (isatty(STDIN_FILENO) != 1) {
        cli_refuse("drop asks, and standard input is no terminal; give --yes");
    }
    fprintf(stderr,
            "Drop the table '%s' in %s and all that it holds? Type its "
            "name: ",
            name, vn_aws_region(table->aws));
    if (fgets(answer, sizeof(answer), stdin) == NULL) {
        return false;
    }
    answer[strcspn(answer, "\n")] = '\0';
    return strcmp(answer, name) == 0;
}

static int drop(const struct table *table)
{
    struct vn_error error = {0};

    if (!table->yes && !ask(table)) {
        cli_message("not dropped");
        return CLI_NO;
    }
    const enum vn_status status =
        vn_table_drop(table->aws, table->aws_options.table, &error);

    if (status != VN_OK) {
        return cli_error(status, &error);
    }
    if (!table->common.quiet) {
        cli_message("dropped '%s'", table->aws_options.table);
    }
    return CLI_DONE;
}

int cmd_table(int argc, char **argv)
{
    struct table table = {0};

    options_parse(&parser, argc, argv, &table);
    int code = aws_options_open(&table.aws_options, &table.aws);

    if (code != CLI_DONE) {
        return code;
    }
    if (strcmp(table.action, "create") == 0) {
        code = create(&table);
    } else if (strcmp(table.action, "describe") == 0) {
        code = describe(&table);
    } else {
        code = drop(&table);
    }
    vn_aws_close(table.aws);
    return code;
}
