/* load_meta.c: "#meta" before, during and after a load. */
#include "load_private.h"

#include <inttypes.h>
#include <stdio.h>

#include "manifest.h"
#include "meta.h"

/* ---- What the load is of ------------------------------------------------ */

static enum vn_status plan_export(struct load *load)
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
            .whole = manifest.meta,
            .generation = manifest.generation,
            .items = manifest.suffixes,
        };
    }
    manifest_reset(&manifest);
    return status;
}

static void plan_index(struct load *load)
{
    const struct vn_load_source *from = load->from;
    const struct vn_index_info *info = vn_index_info(from->index);

    load->meta = (struct load_meta){
        .whole = from->prefix.length == 0,
        .generation = info->generation,
        .items = info->with_spelling,
    };
}

/*
 * Without "#meta" a table is new, or holds a part, an import or what others
 * have put there: then it is treated like one that held other generations.
 */
static enum vn_status plan_previous(struct load *load)
{
    const struct vn_table_info *table = &load->table;
    bool empty = true;

    load->meta.previous =
        meta_previous(table, load->meta.generation, load->options->resume);
    if (table->state != VN_TABLE_NO_META) {
        return VN_OK;
    }
    const enum vn_status status =
        preflight_empty(load->aws, load->options->table, &empty, load->error);
    if (status == VN_OK && !empty) {
        load->meta.previous = VN_GENERATIONS_MIXED;
        load->meta.found = true;
    }
    return status;
}

enum vn_status load_plan_meta(struct load *load)
{
    const struct vn_load_source *from = load->from;
    enum vn_status status = VN_OK;

    if (from->export_dir != NULL) {
        status = plan_export(load);
    } else {
        plan_index(load);
    }
    if (status != VN_OK) {
        return status;
    }
    struct load_meta *meta = &load->meta;
    if (from->since != NULL) {
        meta->previous = vn_index_info(from->since)->generation;
    } else if (meta->whole) {
        status = plan_previous(load);
    } else {
        meta->mixes = !preflight_fits(&load->table, meta->generation);
        meta->previous = VN_GENERATIONS_MIXED;
    }
    return status;
}

#define STATE_SIZE 64u

/* ---- Whether the table is as it must be --------------------------------- */

static const char *state_text(const struct vn_table_info *table,
                              char text[STATE_SIZE])
{
    if (table->state == VN_TABLE_NO_META) {
        return "without #meta";
    }
    (void)snprintf(text, STATE_SIZE, "%s with generation %016" PRIx64,
                   table->state == VN_TABLE_LOADING ? "half loaded"
                                                    : "complete",
                   table->generation);
    return text;
}

/* A load of what changed needs a table that holds the old index. */
static bool holds_old(const struct load *load)
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

    return (complete && table->generation == old) || going_on;
}

/* What is forced may meet anything: then the table is never complete. */
static enum vn_status check_since(struct load *load)
{
    const struct vn_table_info *table = &load->table;
    const uint64_t old = vn_index_info(load->from->since)->generation;

    if (holds_old(load)) {
        return VN_OK;
    }
    if (load->options->force) {
        load->meta.mixes = true;
        load->meta.previous = VN_GENERATIONS_MIXED;
        return VN_OK;
    }
    return vn_error_set(load->error, VN_INVALID,
                        "the table '%s' is %s, but --since needs it complete "
                        "with generation %016" PRIx64 "; load all, or --force",
                        load->options->table,
                        state_text(table, (char[STATE_SIZE]){0}), old);
}

/* What the checkpoint has marked must still be in the table. */
static enum vn_status check_resumed(const struct load *load)
{
    const struct vn_table_info *table = &load->table;

    if (load->checkpoint.state.acknowledged == 0 ||
        (table->state != VN_TABLE_NO_META &&
         table->generation == load->meta.generation)) {
        return VN_OK;
    }
    return vn_error_set(load->error, VN_INVALID,
                        "the table '%s' is %s, no longer half loaded with "
                        "generation %016" PRIx64 "; --restart begins again",
                        load->options->table,
                        state_text(table, (char[STATE_SIZE]){0}),
                        load->meta.generation);
}

enum vn_status load_check_meta(struct load *load)
{
    if (load->meta.mixes && !load->options->force) {
        return preflight_part(&load->table, load->meta.generation,
                              "load all of it, or --force", load->error);
    }
    const enum vn_status status =
        load->meta.whole ? check_resumed(load) : VN_OK;
    return status == VN_OK && load->from->since != NULL ? check_since(load)
                                                        : status;
}

/* ---- What is written ---------------------------------------------------- */

static struct meta make_meta(const struct load *load, enum vn_table_state state)
{
    return (struct meta){
        .state = state,
        .generation = load->meta.generation,
        .previous = load->meta.previous,
        .items = load->meta.items,
    };
}

/* Only what this load has begun can it end. */
static enum vn_status end_state(const struct load *load,
                                enum vn_table_state state)
{
    const struct meta item = make_meta(load, state);

    return meta_replace(load->dynamo, load->options->table, &item, &item,
                        load->error);
}

enum vn_status load_begin_meta(const struct load *load)
{
    if (load->meta.found && load->from->export_dir == NULL) {
        notice_send(&load->notice,
                    "the table '%s' is not empty and has no #meta: suffixes "
                    "without a spelling are deleted, too; keys that are no "
                    "suffixes are left alone ('vanity check --full' names "
                    "them)",
                    load->options->table);
    }
    const struct meta item = make_meta(load, VN_TABLE_LOADING);
    return load->meta.whole || load->meta.mixes
               ? meta_write(load->dynamo, load->options->table, &item,
                            load->error)
               : VN_OK;
}

/* An export deletes nothing of what another generation had more. */
static bool leaves_rest(const struct load *load)
{
    return load->from->export_dir != NULL && load->meta.previous != 0 &&
           load->meta.previous != load->meta.generation;
}

static void tell_part(const struct load *load)
{
    const char *table = load->options->table;

    if (load->meta.mixes) {
        notice_send(&load->notice,
                    "the table '%s' holds more than one generation; --since "
                    "needs a load of all before",
                    table);
    } else if (load->table.state == VN_TABLE_LOADING) {
        notice_send(&load->notice,
                    "the part is loaded, but the table '%s' is still half "
                    "loaded: load all, or --resume the load that was stopped",
                    table);
    }
}

static enum vn_status end_part(const struct load *load)
{
    const enum vn_status status =
        load->meta.mixes ? end_state(load, VN_TABLE_LOADING)
                         : meta_check(load->dynamo, load->options->table,
                                      load->meta.generation, load->error);

    if (status == VN_OK) {
        tell_part(load);
    }
    return status;
}

enum vn_status load_end_meta(const struct load *load)
{
    if (!load->meta.whole || load->meta.mixes) {
        return end_part(load);
    }
    // With refused operations the table is not what the generation says.
    const bool complete = load->counts.dead == 0 && !leaves_rest(load);
    const enum vn_status status =
        end_state(load, complete ? VN_TABLE_COMPLETE : VN_TABLE_LOADING);

    if (status == VN_OK && load->counts.dead == 0 && !complete) {
        notice_send(&load->notice,
                    "an export deletes nothing, so the table '%s' stays half "
                    "loaded: 'vanity check --full --repair' completes it",
                    load->options->table);
    }
    return status;
}
