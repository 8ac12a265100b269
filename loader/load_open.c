/* load_open.c: what a load checks before it begins, and keeps at its end. */
#include "load_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Taken for the latency until it is known. */
#define FIRST_LATENCY_MS 20.0

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

/* ---- The rate ----------------------------------------------------------- */

static void choose_rate(struct load *load)
{
    const struct preflight_rate chosen =
        preflight_rate(&load->table, load->options->max_wcu, &load->notice);

    rate_init(&load->rate, chosen.start, chosen.ceiling, load->start_ns);
    (void)snprintf(load->counts.rate_source, sizeof load->counts.rate_source,
                   "%s", chosen.source);
    load->counts.rate_limit = load->rate.limit;
    load->in_flight_wanted =
        rate_in_flight(load->rate.limit, rate_batch(&load->rate, BATCH_MAX),
                       FIRST_LATENCY_MS, load->in_flight_most);
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
    const bool deletes = load->meta.whole && load->meta.previous != 0;
    return source_open_index(from->index, from->prefix, deletes, &load->source,
                             load->error);
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
        checkpoint_open(&load->checkpoint, load->files.checkpoint, &identity,
                        mode_of(load->options), load->error);

    if (status == VN_OK) {
        status = load_check_meta(load);
    }
    load_dead_init(&load->dead, load->files.dead);
    return status;
}

static void take_over(struct load *load)
{
    const struct checkpoint_state *state = &load->checkpoint.state;
    struct vn_load_counts *counts = &load->counts;

    counts->total = load->source->total;
    counts->acknowledged = state->acknowledged;
    counts->puts = state->puts;
    counts->deletes = state->deletes;
    counts->consumed_units = state->consumed_units;
    counts->resumed = state->acknowledged;
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
        status = vn_load_check(load->from, load->options, load->error);
    }
    if (status == VN_OK) {
        status = load_files_name(load->from, load->options, &load->files,
                                 load->error);
    }
    if (status == VN_OK) {
        status = preflight_table(load->aws, load->options->table, &load->table,
                                 load->error);
    }
    if (status == VN_OK) {
        status = load_plan_meta(load);
    }
    if (status == VN_OK) {
        status = open_source(load);
    }
    if (status == VN_OK) {
        status = open_checkpoint(load);
    }
    if (status == VN_OK) {
        status = open_work(load);
    }
    if (status == VN_OK) {
        take_over(load);
        choose_rate(load);
        preflight_indexes(&load->table, &load->notice);
    }
    return status;
}

/* ---- The kept index ----------------------------------------------------- */

/* Whether 'path' holds what was loaded; another file may have its name now. */
static bool is_loaded(const struct load *load, const char *path)
{
    const struct vn_index_info *ours = vn_index_info(load->from->index);
    struct vn_index *index = NULL;

    if (vn_index_open(path, &index, NULL) != VN_OK) {
        return false;
    }
    const struct vn_index_info *info = vn_index_info(index);
    const bool same = info->generation == ours->generation &&
                      info->records_hash == ours->records_hash &&
                      info->suffixes == ours->suffixes;
    vn_index_close(index);
    return same;
}

/* Links the file that 'path' leads to; NULL, or why it is not kept. */
static const char *replace_link(const struct load *load, const char *path,
                                const char *temp)
{
    const char *wrong = NULL;

    (void)unlink(temp);
    if (linkat(AT_FDCWD, path, AT_FDCWD, temp, AT_SYMLINK_FOLLOW) != 0) {
        return strerror(errno);
    }
    if (!is_loaded(load, temp)) {
        wrong = "it was replaced during the load";
    } else if (rename(temp, load->files.kept) != 0) {
        wrong = strerror(errno);
    }
    // rename() leaves the name where both lead to the same file.
    (void)unlink(temp);
    return wrong;
}

void load_keep(const struct load *load)
{
    const char *path = load->from->index_path;
    const char *wrong = NULL;
    char *temp = NULL;

    if (!load->options->keep || !load->meta.whole || load->meta.mixes ||
        load->counts.dead > 0 || path == NULL) {
        return;
    }
    if (asprintf(&temp, "%s.new", load->files.kept) < 0) {
        temp = NULL;
        wrong = strerror(ENOMEM);
    } else {
        wrong = replace_link(load, path, temp);
    }
    if (wrong != NULL) {
        notice_send(&load->notice, "cannot keep '%s' as '%s' for --since: %s",
                    path, load->files.kept, wrong);
    }
    free(temp);
}
