/* load_plan.c: what a load would send, take and cost, as text and JSON. */
#include "load_plan.h"

#include "aws_options.h"
#include "cli.h"
#include "open.h"

#include "tools/answer/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PLANS_MAX 3
/* Writes per second of a new table on demand, and of a table's quota. */
#define RATE_NEW_TABLE 4000
#define RATE_QUOTA 40000
#define RATES_MAX 3

struct column {
    const char *name; /* of JSON */
    const char *head; /* of text */
    bool imports;     /* an import can do the same */
    struct vn_load_plan plan;
};

struct plans {
    const struct load_plan_options *options;
    struct column columns[PLANS_MAX];
    size_t count;
    double rates[RATES_MAX];
    size_t rate_count;
    struct output out;
};

static void add_rates(struct plans *plans)
{
    if (plans->options->max_wcu > 0) {
        plans->rates[plans->rate_count++] = plans->options->max_wcu;
    }
    plans->rates[plans->rate_count++] = RATE_NEW_TABLE;
    plans->rates[plans->rate_count++] = RATE_QUOTA;
}

static int add_column(struct plans *plans, const struct vn_load_source *source,
                      bool has_meta, struct column column)
{
    struct vn_error error = {0};
    const struct load_plan_options *options = plans->options;
    const enum vn_status status =
        vn_load_plan(source, has_meta, options->prices,
                     (uint64_t)plans->rates[0], &column.plan, &error);

    if (status != VN_OK) {
        return source->index_path == NULL
                   ? cli_error(status, &error)
                   : open_index_error(source->index_path, status, &error);
    }
    plans->columns[plans->count++] = column;
    return CLI_DONE;
}

static int add_columns(struct plans *plans)
{
    struct vn_load_source whole = *plans->options->source;

    whole.since = NULL;
    int code = add_column(plans, &whole, false,
                          (struct column){"new_table", "new table", true, {0}});

    /* An export holds no suffix that could be deleted. */
    if (code == CLI_DONE && whole.export_dir == NULL) {
        code = add_column(
            plans, &whole, true,
            (struct column){"loaded_table", "loaded before", false, {0}});
    }
    if (code == CLI_DONE && plans->options->source->since != NULL) {
        code = add_column(plans, plans->options->source, true,
                          (struct column){"since", "--since", false, {0}});
    }
    return code;
}

/* ---- Text -------------------------------------------------------------- */

#define LABEL_WIDTH 24
#define COLUMN_WIDTH 16

static void write_cell(struct output *out, const char *text)
{
    output_format(out, "%*s", COLUMN_WIDTH, text);
}

static void write_numbers(struct plans *plans, const char *label,
                          uint64_t (*number)(const struct vn_load_plan *))
{
    char grouped[CLI_GROUPED_SIZE];

    output_format(&plans->out, "%-*s", LABEL_WIDTH, label);
    for (size_t i = 0; i < plans->count; i++) {
        write_cell(&plans->out,
                   cli_grouped(number(&plans->columns[i].plan), grouped));
    }
    output_char(&plans->out, '\n');
}

static void write_dollars(struct plans *plans, const char *label,
                          double (*dollars)(const struct vn_load_plan *),
                          bool imports_only)
{
    char text[AWS_DOLLARS_SIZE];

    output_format(&plans->out, "%-*s", LABEL_WIDTH, label);
    for (size_t i = 0; i < plans->count; i++) {
        const struct column *column = &plans->columns[i];

        write_cell(&plans->out,
                   imports_only && !column->imports
                       ? "-"
                       : aws_dollars(dollars(&column->plan), text));
    }
    output_char(&plans->out, '\n');
}

static uint64_t get_puts(const struct vn_load_plan *plan)
{
    return plan->puts;
}

static uint64_t get_deletes(const struct vn_load_plan *plan)
{
    return plan->deletes;
}

static uint64_t get_bytes(const struct vn_load_plan *plan)
{
    return plan->item_bytes;
}

static uint64_t get_largest(const struct vn_load_plan *plan)
{
    return plan->largest_item;
}

static uint64_t get_units(const struct vn_load_plan *plan)
{
    return plan->write_units;
}

static uint64_t get_import_bytes(const struct vn_load_plan *plan)
{
    return plan->import_bytes;
}

static double get_on_demand(const struct vn_load_plan *plan)
{
    return plan->write_dollars;
}

static double get_provisioned(const struct vn_load_plan *plan)
{
    return plan->provisioned_dollars;
}

static double get_import(const struct vn_load_plan *plan)
{
    return plan->import_dollars;
}

static double get_storage(const struct vn_load_plan *plan)
{
    return plan->storage_dollars;
}

static void write_times(struct plans *plans, double rate)
{
    char label[LABEL_WIDTH + CLI_GROUPED_SIZE];
    char grouped[CLI_GROUPED_SIZE];

    snprintf(label, sizeof(label), "time at %s WCU/s",
             cli_grouped((uint64_t)rate, grouped));
    output_format(&plans->out, "%-*s", LABEL_WIDTH, label);
    for (size_t i = 0; i < plans->count; i++) {
        const double seconds =
            (double)plans->columns[i].plan.write_units / rate;
        char text[40];

        if (seconds >= 120) {
            snprintf(text, sizeof(text), "%.1f min", seconds / 60);
        } else if (seconds >= 0.05) {
            snprintf(text, sizeof(text), "%.1f s", seconds);
        } else {
            snprintf(text, sizeof(text), "under 0.1 s");
        }
        write_cell(&plans->out, text);
    }
    output_char(&plans->out, '\n');
}

static void write_text(struct plans *plans)
{
    char label[64];
    char grouped[CLI_GROUPED_SIZE];

    output_format(&plans->out, "%-*s", LABEL_WIDTH, "");
    for (size_t i = 0; i < plans->count; i++) {
        write_cell(&plans->out, plans->columns[i].head);
    }
    output_char(&plans->out, '\n');
    write_numbers(plans, "puts", get_puts);
    write_numbers(plans, "deletes", get_deletes);
    write_numbers(plans, "bytes of items", get_bytes);
    write_numbers(plans, "largest item, bytes", get_largest);
    write_numbers(plans, "write units", get_units);
    for (size_t i = 0; i < plans->rate_count; i++) {
        write_times(plans, plans->rates[i]);
    }
    write_dollars(plans, "writes on demand", get_on_demand, false);
    snprintf(label, sizeof(label), "%s WCU by the hour",
             cli_grouped((uint64_t)plans->rates[0], grouped));
    write_dollars(plans, label, get_provisioned, false);
    write_numbers(plans, "bytes to import", get_import_bytes);
    write_dollars(plans, "S3 import", get_import, true);
    write_dollars(plans, "storage a month", get_storage, true);
}

/* ---- JSON -------------------------------------------------------------- */

static void write_times_json(struct plans *plans,
                             const struct vn_load_plan *plan)
{
    struct output *out = &plans->out;

    json_key(out, "times");
    json_open(out, '[');
    for (size_t i = 0; i < plans->rate_count; i++) {
        json_open(out, '{');
        json_key(out, "wcu");
        json_double(out, plans->rates[i]);
        json_key(out, "seconds");
        json_double(out, (double)plan->write_units / plans->rates[i]);
        json_close(out, '}');
    }
    json_close(out, ']');
}

static void write_plan_json(struct plans *plans, const struct column *column)
{
    struct output *out = &plans->out;
    const struct vn_load_plan *plan = &column->plan;

    json_key(out, column->name);
    json_open(out, '{');
    json_key(out, "puts");
    json_int(out, (int64_t)plan->puts);
    json_key(out, "deletes");
    json_int(out, (int64_t)plan->deletes);
    json_key(out, "item_bytes");
    json_int(out, (int64_t)plan->item_bytes);
    json_key(out, "largest_item");
    json_int(out, (int64_t)plan->largest_item);
    json_key(out, "write_units");
    json_int(out, (int64_t)plan->write_units);
    write_times_json(plans, plan);
    json_key(out, "write_dollars");
    json_double(out, plan->write_dollars);
    json_key(out, "provisioned_wcu");
    json_double(out, plans->rates[0]);
    json_key(out, "provisioned_dollars");
    json_double(out, plan->provisioned_dollars);
    json_key(out, "import_bytes");
    json_int(out, (int64_t)plan->import_bytes);
    json_key(out, "import_dollars");
    if (column->imports) {
        json_double(out, plan->import_dollars);
    } else {
        json_none(out);
    }
    json_key(out, "storage_dollars");
    json_double(out, plan->storage_dollars);
    json_close(out, '}');
}

static void write_json(struct plans *plans)
{
    struct output *out = &plans->out;

    json_open(out, '{');
    json_key(out, "table");
    json_text(out, plans->options->table);
    for (size_t i = 0; i < plans->count; i++) {
        write_plan_json(plans, &plans->columns[i]);
    }
    json_close(out, '}');
    json_line_end(out);
}

int load_plan_print(const struct load_plan_options *options)
{
    struct plans *plans = calloc(1, sizeof(*plans));

    if (plans == NULL) {
        return cli_error(VN_NOMEM, NULL);
    }
    plans->options = options;
    add_rates(plans);
    int code = add_columns(plans);

    if (code == CLI_DONE) {
        cli_output_start(&plans->out);
        if (options->json) {
            write_json(plans);
        } else {
            write_text(plans);
        }
        code = cli_output_finish(&plans->out, CLI_DONE);
    }
    free(plans);
    return code;
}
