/* load_open.c: what a load checks before it begins, and says at its end. */
#include "load_private.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "manifest.h"
#include "meta.h"

/* What a new table on demand sustains (facts of the service, 2026-11). */
#define NEW_TABLE_WCU 4000.0
/* Taken for the latency until it is known. */
#define FIRST_LATENCY_MS 20.0
/* No ceiling: more than any table has. */
#define NO_CEILING 1e9

/* ---- Options ------------------------------------------------------------ */

static enum vn_status check_options(const struct load *load)
{
    const struct vn_load_source *from = load->from;
    const struct vn_load_options *options = load->options;

    if (options->table == NULL || options->table[0] == '\0') {
        return vn_error_set(load->error, VN_INVALID, "no table is named");
    }
    if (strspn(options->table, "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") !=
        strlen(options->table)) {
        return vn_error_set(load->error, VN_INVALID,
                            "'%s' is no name of a table", options->table);
    }
    if ((from->index == NULL) == (from->export_dir == NULL)) {
        return vn_error_set(load->error, VN_INVALID,
                            "a load needs an index or an export");
    }
    if (from->since != NULL &&
        (from->prefix.length > 0 || from->export_dir != NULL)) {
        return vn_error_set(load->error, VN_INVALID,
                            "a load of what changed takes the whole index");
    }
    if (options->max_wcu < 0 || options->in_flight > LOAD_IN_FLIGHT_MOST) {
        return vn_error_set(load->error, VN_INVALID,
                            "the rate must not be negative, nor more than %u "
                            "requests in flight",
                            LOAD_IN_FLIGHT_MOST);
    }
    return VN_OK;
}

/* ---- The table ---------------------------------------------------------- */

static enum vn_status check_table(struct load *load)
{
    struct vn_table_info *table = &load->table;
    enum vn_status status =
        vn_table_describe(load->aws, load->options->table, table, load->error);

    if (status == VN_NOT_FOUND) {
        return vn_error_set(load->error, VN_INVALID,
                            "there is no table '%s' in %s (%s)",
                            load->options->table, vn_aws_region(load->aws),
                            vn_aws_endpoint(load->aws));
    }
    if (status != VN_OK) {
        return status;
    }
    if (strcmp(table->status, "ACTIVE") != 0) {
        return vn_error_set(load->error, VN_INVALID,
                            "the table '%s' is %s, not ACTIVE",
                            load->options->table, table->status);
    }
    if (strcmp(table->key, ITEM_KEY) != 0) {
        return vn_error_set(load->error, VN_INVALID,
                            "the table '%s' must have the partition key '%s' "
                            "of type S and no sort key%s%s%s",
                            load->options->table, ITEM_KEY,
                            table->key[0] != '\0' ? ", but has '" : "",
                            table->key, table->key[0] != '\0' ? "'" : "");
    }
    return VN_OK;
}

/* The rate to begin with, the most it may become, and where that is from. */
static void choose_rate(struct load *load)
{
    const struct vn_table_info *table = &load->table;
    const char *from = "on demand";
    double start = NEW_TABLE_WCU;
    double ceiling = NO_CEILING;

    if (!table->on_demand && table->write_units > 0) {
        start = ceiling = (double)table->write_units;
        from = "provisioned";
    } else if (table->warm_write_units > 0) {
        start = (double)table->warm_write_units;
        from = "warm throughput";
    }
    if (table->max_write_units > 0 &&
        (double)table->max_write_units < ceiling) {
        ceiling = (double)table->max_write_units;
        from = start > ceiling ? "table maximum" : from;
    }
    if (load->options->max_wcu > 0 && load->options->max_wcu < ceiling) {
        ceiling = load->options->max_wcu;
        from = start > ceiling ? "--max-wcu" : from;
    }
    rate_init(&load->rate, start, ceiling, load->start_ns);
    (void)snprintf(load->counts.rate_source, sizeof load->counts.rate_source,
                   "%s", from);
    load->counts.rate_limit = load->rate.limit;
    load->in_flight_wanted =
        rate_in_flight(load->rate.limit, rate_batch(&load->rate, BATCH_MAX),
                       FIRST_LATENCY_MS, load->in_flight_most);
}

/* ---- "#meta" ------------------------------------------------------------ */

/*
 * The generation that the table may still hold items of, 0 for a new table. A
 * load that is resumed must find what it has found at its beginning.
 */
static uint64_t find_previous(const struct load *load)
{
    const struct vn_table_info *table = &load->table;
    const bool ours = table->generation == load->meta.generation;

    switch (table->state) {
    case VN_TABLE_NO_META:
        break;
    case VN_TABLE_LOADING:
        // Of two loads that were both broken off, the table may hold either.
        return ours || table->previous != 0 ? table->previous
                                            : table->generation;
    case VN_TABLE_COMPLETE:
        return ours && load->options->resume ? table->previous
                                             : table->generation;
    }
    return 0;
}

static enum vn_status plan_export_meta(struct load *load)
{
    struct manifest manifest = {0};
    enum vn_status status = manifest_read(load->from->export_dir, MANIFEST_NAME,
                                          &manifest, load->error);

    if (status == VN_NOT_FOUND) {
        return vn_error_set(load->error, VN_INVALID,
                            "'%s' is no finished export: it has no %s",
                            load->from->export_dir, MANIFEST_NAME);
    }
    if (status == VN_OK) {
        load->meta = (struct load_meta){
            .keep = manifest.meta,
            .generation = manifest.generation,
            .items = manifest.suffixes,
        };
        load->meta.previous = find_previous(load);
    }
    manifest_reset(&manifest);
    return status;
}

static enum vn_status plan_meta(struct load *load)
{
    const struct vn_load_source *from = load->from;

    if (from->export_dir != NULL) {
        return plan_export_meta(load);
    }
    const struct vn_index_info *info = vn_index_info(from->index);
    load->meta = (struct load_meta){
        .keep = from->prefix.length == 0,
        .generation = info->generation,
        .items = info->with_spelling,
    };
    load->meta.previous = from->since != NULL
                              ? vn_index_info(from->since)->generation
                              : find_previous(load);
    return VN_OK;
}

static const char *state_text(enum vn_table_state state)
{
    switch (state) {
    case VN_TABLE_NO_META:
        return "without #meta";
    case VN_TABLE_LOADING:
        return "half loaded";
    case VN_TABLE_COMPLETE:
        break;
    }
    return "complete";
}

/* A load of what changed needs a table that holds the old index. */
static enum vn_status check_since(const struct load *load)
{
    const struct vn_table_info *table = &load->table;
    const uint64_t old = vn_index_info(load->from->since)->generation;
    const bool complete = table->state == VN_TABLE_COMPLETE;
    const bool going_on =
        (load->checkpoint.found || load->options->restart) &&
        ((complete && table->generation == load->meta.generation) ||
         (table->state == VN_TABLE_LOADING &&
          table->generation == load->meta.generation &&
          table->previous == old));

    if ((complete && table->generation == old) || going_on ||
        load->options->force) {
        return VN_OK;
    }
    return vn_error_set(load->error, VN_INVALID,
                        "the table '%s' is %s with generation %016" PRIx64
                        ", but --since needs it complete with %016" PRIx64
                        "; load all, or --force",
                        load->options->table, state_text(table->state),
                        table->generation, old);
}

static struct meta meta_of(const struct load *load, enum vn_table_state state)
{
    return (struct meta){
        .state = state,
        .generation = load->meta.generation,
        .previous = load->meta.previous,
        .items = load->meta.items,
    };
}

enum vn_status load_begin_meta(struct load *load)
{
    if (!load->meta.keep) {
        return VN_OK;
    }
    const struct meta item = meta_of(load, VN_TABLE_LOADING);
    return meta_write(load->dynamo, load->options->table, &item, load->error);
}

enum vn_status load_end_meta(struct load *load)
{
    // With refused operations the table is not what the generation says.
    if (!load->meta.keep || load->counts.dead > 0) {
        return VN_OK;
    }
    const struct meta item = meta_of(load, VN_TABLE_COMPLETE);
    return meta_write(load->dynamo, load->options->table, &item, load->error);
}

/* ---- Source and checkpoint ---------------------------------------------- */

static enum vn_status open_source(struct load *load)
{
    const struct vn_load_source *from = load->from;

    if (from->export_dir != NULL) {
        return source_open_export(from->export_dir, &load->source, load->error);
    }
    if (from->since != NULL) {
        return source_open_diff(from->since, from->index, &load->source,
                                load->error);
    }
    // What a load before has put may be gone from this index.
    const bool deletes = load->meta.keep && load->meta.previous != 0;
    return source_open_index(from->index, from->prefix, deletes, &load->source,
                             load->error);
}

static const char *path_of_source(const struct load *load)
{
    return load->from->export_dir != NULL ? load->from->export_dir
                                          : load->from->index_path;
}

static enum vn_status name_files(struct load *load)
{
    const struct vn_load_options *options = load->options;
    const char *path = path_of_source(load);
    int made = 0;

    if (options->checkpoint_path != NULL) {
        made = asprintf(&load->checkpoint_path, "%s", options->checkpoint_path);
    } else {
        made = asprintf(&load->checkpoint_path, "%s.%s.load",
                        path != NULL ? path : VN_INDEX_DEFAULT, options->table);
    }
    if (made < 0) {
        load->checkpoint_path = NULL;
        return vn_error_system(load->error, ENOMEM, "cannot begin a load");
    }
    if (options->dead_letter_path != NULL) {
        made = asprintf(&load->dead_path, "%s", options->dead_letter_path);
    } else {
        made = asprintf(&load->dead_path, "%s.dead", load->checkpoint_path);
    }
    if (made < 0) {
        load->dead_path = NULL;
        return vn_error_system(load->error, ENOMEM, "cannot begin a load");
    }
    return VN_OK;
}

static enum checkpoint_mode mode_of(const struct vn_load_options *options)
{
    if (options->restart) {
        return CHECKPOINT_RESTART;
    }
    return options->resume ? CHECKPOINT_RESUME : CHECKPOINT_NEW;
}

static enum vn_status open_checkpoint(struct load *load)
{
    const struct checkpoint_identity identity = {
        .fingerprint = load->source->fingerprint,
        .units = load->source->units,
        .table = load->options->table,
        .table_id = load->table.id,
        .endpoint = vn_aws_endpoint(load->aws),
        .region = vn_aws_region(load->aws),
    };
    enum vn_status status =
        checkpoint_open(&load->checkpoint, load->checkpoint_path, &identity,
                        mode_of(load->options), load->error);

    if (status == VN_OK) {
        status = load_dead_open(&load->dead, load->dead_path,
                                load->checkpoint.state.dead_bytes, load->error);
    }
    return status;
}

static void take_over(struct load *load)
{
    const struct checkpoint_state *state = &load->checkpoint.state;
    struct vn_load_counts *counts = &load->counts;

    counts->total = load->source->total;
    counts->acknowledged = state->acknowledged;
    counts->dead = state->dead;
    counts->puts = state->puts;
    counts->deletes = state->deletes;
    counts->consumed_units = state->consumed_units;
    counts->resumed = state->acknowledged + state->dead;
    counts->resent_bound = state->bound;
}

static enum vn_status open_work(struct load *load)
{
    load->in_flight_most = load->options->in_flight > 0
                               ? load->options->in_flight
                               : LOAD_IN_FLIGHT_DEFAULT;
    load->retry = retry_new(LOAD_PENDING_MOST);
    load->units = load_units_new(LOAD_PENDING_MOST + 1);
    load->slots = calloc(load->in_flight_most, sizeof *load->slots);
    load->fresh = calloc(SOURCE_UNIT_MAX, sizeof *load->fresh);
    if (load->retry == NULL || load->units == NULL || load->slots == NULL ||
        load->fresh == NULL) {
        return vn_error_system(load->error, ENOMEM, "cannot begin a load");
    }
    return dynamo_open(load->aws, load->in_flight_most, &load->dynamo,
                       load->error);
}

enum vn_status load_open(struct load *load)
{
    enum vn_status status = check_options(load);

    if (status == VN_OK) {
        status = name_files(load);
    }
    if (status == VN_OK) {
        status = check_table(load);
    }
    if (status == VN_OK) {
        status = plan_meta(load);
    }
    if (status == VN_OK) {
        status = open_source(load);
    }
    if (status == VN_OK) {
        status = open_checkpoint(load);
    }
    if (status == VN_OK && load->from->since != NULL) {
        status = check_since(load);
    }
    if (status == VN_OK) {
        status = open_work(load);
    }
    if (status == VN_OK) {
        take_over(load);
        choose_rate(load);
    }
    return status;
}

/* ---- The kept index ----------------------------------------------------- */

static bool replace_link(const char *path, const char *temp, const char *kept)
{
    (void)unlink(temp);
    const bool good = link(path, temp) == 0 && rename(temp, kept) == 0;
    const int failed = errno;

    // rename() leaves the name where both lead to the same file.
    (void)unlink(temp);
    errno = failed;
    return good;
}

enum vn_status load_keep(struct load *load)
{
    const char *path = load->from->index_path;
    char *kept = NULL;
    char *temp = NULL;
    enum vn_status status = VN_OK;

    if (!load->options->keep || !load->meta.keep || load->counts.dead > 0 ||
        path == NULL) {
        return VN_OK;
    }
    if (asprintf(&kept, "%s.loaded-%s", path, load->options->table) < 0) {
        return vn_error_system(load->error, ENOMEM, "cannot keep '%s'", path);
    }
    if (asprintf(&temp, "%s.new", kept) < 0) {
        free(kept);
        return vn_error_system(load->error, ENOMEM, "cannot keep '%s'", path);
    }
    if (!replace_link(path, temp, kept)) {
        status = vn_error_system(load->error, errno,
                                 "the load is complete, but cannot keep '%s' "
                                 "as '%s'",
                                 path, kept);
    }
    free(temp);
    free(kept);
    return status;
}
