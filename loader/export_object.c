/* export_object.c: one object of an export, written. */
#include "export_object.h"

#include "export_file.h"
#include "item.h"
#include "meta.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A block of the longest lines must fit; twice as much is not faster. */
#define RAW_SIZE ((size_t)256 << 10)
#define OPEN_SIZE (sizeof EXPORT_LINE_OPEN - 1)
#define CLOSE_SIZE (sizeof EXPORT_LINE_CLOSE - 1)
#define LINE_SIZE_MAX (OPEN_SIZE + ITEM_JSON_MAX + CLOSE_SIZE)

static_assert(RAW_SIZE > 2 * VN_BLOCK_SUFFIXES * LINE_SIZE_MAX,
              "a piece holds a block");

struct export_writer {
    struct export_shared *shared;
    struct vn_reader *reader;
    struct encoder *encoder;
    struct export_file file;
    struct vn_error *error; /* of the run */
    uint64_t raw_bytes;     /* of the object, but for what is in 'raw' */
    size_t raw_size;
    char raw[RAW_SIZE];
    struct vn_record records[VN_BLOCK_SUFFIXES];
};

enum vn_status export_writer_new(struct export_shared *shared,
                                 struct export_writer **writer,
                                 struct vn_error *error)
{
    struct export_writer *made = calloc(1, sizeof *made);

    if (made == NULL) {
        return vn_error_system(error, ENOMEM, "cannot export");
    }
    made->shared = shared;
    enum vn_status status =
        encode_new(shared->manifest->compression, shared->manifest->level,
                   &made->encoder, error);
    if (status == VN_OK) {
        status = vn_reader_new(shared->index, &made->reader, error);
    }
    if (status != VN_OK) {
        export_writer_free(made);
        return status;
    }
    *writer = made;
    return VN_OK;
}

void export_writer_free(struct export_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    vn_reader_free(writer->reader);
    encode_free(writer->encoder);
    free(writer);
}

size_t export_writer_memory(enum vn_compression compression, int level)
{
    return sizeof(struct export_writer) + encode_memory(compression, level);
}

/* ---- Lines -------------------------------------------------------------- */

static enum vn_status store(void *context, const void *data, size_t size)
{
    struct export_writer *writer = context;

    return export_file_write(&writer->file, data, size, writer->error);
}

static enum vn_status flush_raw(struct export_writer *writer, bool last)
{
    const size_t size = writer->raw_size;

    writer->raw_size = 0;
    writer->raw_bytes += size;
    return encode_write(writer->encoder, writer->raw, size, last,
                        writer->error);
}

/* Room for a line; where the item goes. */
static char *begin_line(struct export_writer *writer)
{
    char *at = writer->raw + writer->raw_size;

    memcpy(at, EXPORT_LINE_OPEN, OPEN_SIZE);
    return at + OPEN_SIZE;
}

static void end_line(struct export_writer *writer, size_t item_size)
{
    writer->raw_size += OPEN_SIZE + item_size;
    memcpy(writer->raw + writer->raw_size, EXPORT_LINE_CLOSE, CLOSE_SIZE);
    writer->raw_size += CLOSE_SIZE;
}

/*
 * Adds the items of a block: passes over '*skip' of them, then takes at most
 * '*left'; both count down.
 */
static enum vn_status add_block(struct export_writer *writer, uint32_t block,
                                uint32_t *skip, uint64_t *left)
{
    const struct export_plan *plan = writer->shared->plan;
    const uint32_t base = block * VN_BLOCK_SUFFIXES;

    for (uint32_t i = 0; i<VN_BLOCK_SUFFIXES && * left> 0; i++) {
        const struct vn_record *record = &writer->records[i];
        if (record->codes[0] == 0 || base + i < plan->first ||
            base + i >= plan->end) {
            continue;
        }
        if (*skip > 0) {
            (*skip)--;
            continue;
        }
        const size_t size = item_write(base + i, record, begin_line(writer));
        if (size == 0) {
            return vn_error_set(writer->error, VN_CORRUPT,
                                "the record of suffix %07" PRIu32 " is damaged",
                                base + i);
        }
        end_line(writer, size);
        (*left)--;
    }
    return VN_OK;
}

static enum vn_status add_items(struct export_writer *writer, uint32_t number)
{
    struct export_shared *shared = writer->shared;
    const struct export_plan *plan = shared->plan;
    uint32_t position = plan->starts[number].position;
    uint32_t skip = plan->starts[number].skip;
    uint64_t left = export_plan_items(plan, number);
    enum vn_status status = VN_OK;

    for (; status == VN_OK && left > 0; position++) {
        const uint64_t before = left;
        if (atomic_load_explicit(&shared->stop, memory_order_relaxed)) {
            return vn_error_set(writer->error, VN_STOPPED, "stopped");
        }
        status = vn_reader_block(writer->reader, plan->blocks[position],
                                 writer->records, writer->error);
        if (status == VN_OK) {
            status = add_block(writer, plan->blocks[position], &skip, &left);
        }
        if (status == VN_OK && writer->raw_size > RAW_SIZE / 2) {
            status = flush_raw(writer, false);
        }
        atomic_fetch_add_explicit(&shared->items, before - left,
                                  memory_order_relaxed);
    }
    return status;
}

/*
 * The item "#meta" as a finished load leaves it, but for "loaded_at": the time
 * would make every export another one.
 */
static void add_meta(struct export_writer *writer)
{
    const struct manifest *manifest = writer->shared->manifest;
    const int size =
        snprintf(begin_line(writer), ITEM_JSON_MAX,
                 "{\"" ITEM_KEY "\":{\"S\":\"" ITEM_META "\"},"
                 "\"state\":{\"S\":\"complete\"},"
                 "\"generation\":{\"S\":\"%016" PRIx64 "\"},"
                 "\"items\":{\"N\":\"%" PRIu64 "\"},\"format\":{\"N\":\"%d\"}}",
                 manifest->generation, manifest->suffixes, META_FORMAT);

    end_line(writer, (size_t)size);
}

/* ---- Objects ------------------------------------------------------------ */

static enum vn_status write_lines(struct export_writer *writer, uint32_t number,
                                  struct manifest_object *object)
{
    const struct export_shared *shared = writer->shared;
    enum vn_status status =
        encode_start(writer->encoder, store, writer, writer->error);

    writer->raw_size = 0;
    writer->raw_bytes = 0;
    if (status == VN_OK) {
        status = add_items(writer, number);
    }
    if (status != VN_OK) {
        return status;
    }
    object->items = export_plan_items(shared->plan, number);
    if (shared->manifest->meta && number + 1 == shared->plan->object_count) {
        add_meta(writer);
        object->items++;
    }
    status = flush_raw(writer, true);
    object->raw_bytes = writer->raw_bytes;
    return status;
}

static enum vn_status write_object(struct export_writer *writer,
                                   uint32_t number, const char *name,
                                   struct manifest_object *object)
{
    struct manifest_object written = {.known = true};
    enum vn_status status =
        export_file_open(writer->shared->folder, MANIFEST_DATA, name,
                         &writer->file, writer->error);

    if (status == VN_OK) {
        status = write_lines(writer, number, &written);
    }
    if (status == VN_OK) {
        status = export_file_publish(&writer->file, &written, writer->error);
    }
    export_file_close(&writer->file);
    if (status == VN_OK) {
        *object = written;
    }
    return status;
}

static enum vn_status is_there(const struct export_writer *writer,
                               uint32_t number, const char *name, bool *there)
{
    const struct manifest_object *known =
        &writer->shared->manifest->objects[number];
    char *path = NULL;

    *there = false;
    if (!known->known) {
        return VN_OK;
    }
    if (asprintf(&path, "%s/" MANIFEST_DATA "/%s", writer->shared->folder,
                 name) < 0) {
        return vn_error_system(writer->error, ENOMEM, "cannot export");
    }
    const enum vn_status status =
        export_file_matches(path, known, there, writer->error);
    free(path);
    return status;
}

enum vn_status export_writer_run(struct export_writer *writer, uint32_t number,
                                 struct manifest_object *object, bool *skipped,
                                 struct vn_error *error)
{
    char name[MANIFEST_NAME_SIZE];

    writer->error = error;
    manifest_object_name(writer->shared->manifest, number, name);
    const enum vn_status status = is_there(writer, number, name, skipped);
    if (status != VN_OK) {
        return status;
    }
    if (!*skipped) {
        return write_object(writer, number, name, object);
    }
    *object = writer->shared->manifest->objects[number];
    atomic_fetch_add(&writer->shared->items,
                     export_plan_items(writer->shared->plan, number));
    return VN_OK;
}
