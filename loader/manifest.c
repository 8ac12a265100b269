/* manifest.c: what an export holds, written beside its data. */
#include "manifest.h"

#include "export_file.h"
#include "export_plan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#define HASH_SIZE 17u /* 64 bits in hexadecimal, with the end */

static const char *const compression_names[] = {
    [VN_COMPRESS_ZSTD] = "ZSTD",
    [VN_COMPRESS_GZIP] = "GZIP",
    [VN_COMPRESS_NONE] = "NONE",
};
static const char *const extensions[] = {
    [VN_COMPRESS_ZSTD] = ".zst",
    [VN_COMPRESS_GZIP] = ".gz",
    [VN_COMPRESS_NONE] = "",
};
#define COMPRESSION_COUNT                                                      \
    (sizeof compression_names / sizeof compression_names[0])

static enum vn_status no_memory(struct vn_error *error)
{
    return vn_error_system(error, ENOMEM, "cannot hold the manifest");
}

enum vn_status manifest_init(struct manifest *manifest, uint32_t object_count,
                             struct vn_error *error)
{
    *manifest = (struct manifest){.object_count = object_count};
    manifest->objects = calloc(object_count, sizeof manifest->objects[0]);
    return manifest->objects != NULL ? VN_OK : no_memory(error);
}

void manifest_reset(struct manifest *manifest)
{
    free(manifest->objects);
    *manifest = (struct manifest){.object_count = 0};
}

const char *manifest_compression(const struct manifest *manifest)
{
    return compression_names[manifest->compression];
}

void manifest_object_name(const struct manifest *manifest, uint32_t object,
                          char name[MANIFEST_NAME_SIZE])
{
    (void)snprintf(name, MANIFEST_NAME_SIZE, "part-%05" PRIu32 ".json%s",
                   object, extensions[manifest->compression]);
}

bool manifest_same(const struct manifest *a, const struct manifest *b)
{
    return a->generation == b->generation &&
           a->records_hash == b->records_hash &&
           a->prefix.digits == b->prefix.digits &&
           a->prefix.length == b->prefix.length &&
           a->compression == b->compression && a->level == b->level &&
           a->items_per_object == b->items_per_object &&
           a->suffixes == b->suffixes && a->meta == b->meta &&
           a->object_count == b->object_count;
}

bool manifest_complete(const struct manifest *manifest)
{
    for (uint32_t i = 0; i < manifest->object_count; i++) {
        if (!manifest->objects[i].known) {
            return false;
        }
    }
    return true;
}

/* ---- Writing ------------------------------------------------------------ */

static json_t *hash_text(uint64_t hash)
{
    char text[HASH_SIZE];

    (void)snprintf(text, sizeof text, "%016" PRIx64, hash);
    return json_string(text);
}

static json_t *prefix_text(struct vn_prefix prefix)
{
    char text[VN_SUFFIX_DIGITS + 1] = "";

    if (prefix.length > 0) {
        (void)snprintf(text, sizeof text, "%0*" PRIu32, (int)prefix.length,
                       prefix.digits % VN_SUFFIXES);
    }
    return json_string(text);
}

static json_t *pack_object(const struct manifest *manifest, uint32_t number)
{
    const struct manifest_object *object = &manifest->objects[number];
    char name[MANIFEST_NAME_SIZE];

    manifest_object_name(manifest, number, name);
    return json_pack("{s:s, s:I, s:I, s:I, s:s, s:s}", "name", name, "items",
                     (json_int_t)object->items, "raw_bytes",
                     (json_int_t)object->raw_bytes, "stored_bytes",
                     (json_int_t)object->stored_bytes, "sha256", object->sha256,
                     "content_md5", object->md5);
}

/* The known objects, and the sums over them. */
static json_t *pack_objects(const struct manifest *manifest,
                            struct manifest_object *sums)
{
    json_t *list = json_array();

    for (uint32_t i = 0; list != NULL && i < manifest->object_count; i++) {
        const struct manifest_object *object = &manifest->objects[i];
        if (!object->known) {
            continue;
        }
        sums->items += object->items;
        sums->raw_bytes += object->raw_bytes;
        sums->stored_bytes += object->stored_bytes;
        if (json_array_append_new(list, pack_object(manifest, i)) != 0) {
            json_decref(list);
            list = NULL;
        }
    }
    return list;
}

static json_t *pack_manifest(const struct manifest *manifest)
{
    struct manifest_object sums = {.items = 0};
    json_t *objects = pack_objects(manifest, &sums);

    // Steals the parts, and fails if one is missing.
    return json_pack(
        "{s:i, s:s, s:s, s:i, s:o, s:o, s:o, s:I, s:I, s:b, s:i, s:I, s:I, "
        "s:I, s:s, s:o}",
        "manifest", (int)MANIFEST_VERSION, "format", "DYNAMODB_JSON",
        "compression", compression_names[manifest->compression], "level",
        manifest->level, "generation", hash_text(manifest->generation),
        "records_hash", hash_text(manifest->records_hash), "prefix",
        prefix_text(manifest->prefix), "items_per_object",
        (json_int_t)manifest->items_per_object, "suffixes",
        (json_int_t)manifest->suffixes, "meta", (int)manifest->meta,
        "object_count", (int)manifest->object_count, "items",
        (json_int_t)sums.items, "raw_bytes", (json_int_t)sums.raw_bytes,
        "stored_bytes", (json_int_t)sums.stored_bytes, "folder", MANIFEST_DATA,
        "objects", objects);
}

enum vn_status manifest_write(const struct manifest *manifest,
                              const char *folder, const char *name,
                              struct vn_error *error)
{
    json_t *root = pack_manifest(manifest);
    char *text = root != NULL ? json_dumps(root, JSON_INDENT(1)) : NULL;
    const enum vn_status status =
        text != NULL ? export_file_text(folder, name, text, error)
                     : no_memory(error);

    free(text);
    json_decref(root);
    return status;
}

/* ---- Reading ------------------------------------------------------------ */

static bool read_hash(const json_t *value, uint64_t *hash)
{
    const char *text = json_string_value(value);
    char *end = NULL;

    if (text == NULL || strlen(text) != HASH_SIZE - 1) {
        return false;
    }
    *hash = strtoull(text, &end, 16);
    return *end == '\0';
}

static bool read_count(const json_t *value, uint64_t least, uint64_t most,
                       uint64_t *count)
{
    const json_int_t number = json_integer_value(value);

    if (!json_is_integer(value) || number < 0 || (uint64_t)number < least ||
        (uint64_t)number > most) {
        return false;
    }
    *count = (uint64_t)number;
    return true;
}

static bool read_text(const json_t *value, size_t size, char *text)
{
    if (json_string_length(value) != size - 1) {
        return false;
    }
    memcpy(text, json_string_value(value), size);
    return true;
}

static bool read_compression(const json_t *value,
                             enum vn_compression *compression)
{
    const char *text = json_string_value(value);

    for (unsigned i = 0; text != NULL && i < COMPRESSION_COUNT; i++) {
        if (strcmp(text, compression_names[i]) == 0) {
            *compression = (enum vn_compression)i;
            return true;
        }
    }
    return false;
}

static bool read_head(const json_t *root, struct manifest *manifest)
{
    const char *prefix = json_string_value(json_object_get(root, "prefix"));
    const json_t *meta = json_object_get(root, "meta");
    const char *format = json_string_value(json_object_get(root, "format"));
    uint64_t level = 0;
    uint64_t count = 0;

    if (format == NULL || strcmp(format, "DYNAMODB_JSON") != 0 ||
        prefix == NULL || !json_is_boolean(meta) ||
        vn_prefix_parse(prefix, &manifest->prefix, NULL) != VN_OK ||
        !read_compression(json_object_get(root, "compression"),
                          &manifest->compression) ||
        !read_hash(json_object_get(root, "generation"),
                   &manifest->generation) ||
        !read_hash(json_object_get(root, "records_hash"),
                   &manifest->records_hash) ||
        !read_count(json_object_get(root, "level"), 1, INT16_MAX, &level) ||
        !read_count(json_object_get(root, "items_per_object"), 1, UINT32_MAX,
                    &manifest->items_per_object) ||
        !read_count(json_object_get(root, "suffixes"), 0, VN_SUFFIXES,
                    &manifest->suffixes) ||
        !read_count(json_object_get(root, "object_count"), 1,
                    EXPORT_OBJECTS_MAX, &count)) {
        return false;
    }
    manifest->level = (int)level;
    manifest->meta = json_is_true(meta);
    manifest->object_count = (uint32_t)count;
    return true;
}

uint32_t manifest_find_object(const struct manifest *manifest, const char *name)
{
    char expected[MANIFEST_NAME_SIZE];
    uint32_t number = 0;

    if (name == NULL || sscanf(name, "part-%5" SCNu32, &number) != 1 ||
        number >= manifest->object_count) {
        return manifest->object_count;
    }
    manifest_object_name(manifest, number, expected);
    return strcmp(name, expected) == 0 ? number : manifest->object_count;
}

static bool read_object(const json_t *value, struct manifest *manifest)
{
    const uint32_t number = manifest_find_object(
        manifest, json_string_value(json_object_get(value, "name")));
    struct manifest_object object = {.known = true};

    if (number == manifest->object_count || manifest->objects[number].known ||
        !read_count(json_object_get(value, "items"), 0, VN_SUFFIXES + 1,
                    &object.items) ||
        !read_count(json_object_get(value, "raw_bytes"), 0, INT64_MAX,
                    &object.raw_bytes) ||
        !read_count(json_object_get(value, "stored_bytes"), 0, INT64_MAX,
                    &object.stored_bytes) ||
        !read_text(json_object_get(value, "sha256"), MANIFEST_SHA256_SIZE,
                   object.sha256) ||
        !read_text(json_object_get(value, "content_md5"), MANIFEST_MD5_SIZE,
                   object.md5)) {
        return false;
    }
    manifest->objects[number] = object;
    return true;
}

static bool read_objects(const json_t *list, struct manifest *manifest)
{
    if (!json_is_array(list)) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!read_object(json_array_get(list, i), manifest)) {
            return false;
        }
    }
    return true;
}

static enum vn_status read_root(const json_t *root, const char *path,
                                struct manifest *manifest,
                                struct vn_error *error)
{
    const json_t *version = json_object_get(root, "manifest");
    struct manifest read = {.object_count = 0};

    if (!json_is_integer(version)) {
        return vn_error_set(error, VN_INVALID,
                            "'%s' is no manifest of an export", path);
    }
    if (json_integer_value(version) != MANIFEST_VERSION) {
        return vn_error_set(
            error, VN_VERSION, "'%s' has version %lld, this program reads %u",
            path, (long long)json_integer_value(version), MANIFEST_VERSION);
    }
    enum vn_status status = read_head(root, &read) ? VN_OK : VN_CORRUPT;
    if (status == VN_OK) {
        read.objects = calloc(read.object_count, sizeof read.objects[0]);
        if (read.objects == NULL) {
            return no_memory(error);
        }
        status = read_objects(json_object_get(root, "objects"), &read)
                     ? VN_OK
                     : VN_CORRUPT;
    }
    if (status != VN_OK) {
        manifest_reset(&read);
        return vn_error_set(error, status, "'%s' is damaged", path);
    }
    *manifest = read;
    return VN_OK;
}

enum vn_status manifest_read(const char *folder, const char *name,
                             struct manifest *manifest, struct vn_error *error)
{
    enum vn_status status = VN_OK;
    json_error_t reason;
    char *path = NULL;

    if (asprintf(&path, "%s/%s", folder, name) < 0) {
        return no_memory(error);
    }
    errno = 0;
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        status =
            errno == ENOENT || errno == ENOTDIR
                ? vn_error_set(error, VN_NOT_FOUND, "there is no '%s'", path)
                : vn_error_system(error, errno, "cannot read '%s'", path);
        goto out;
    }
    json_t *root = json_loadf(file, JSON_REJECT_DUPLICATES, &reason);
    status = root != NULL ? read_root(root, path, manifest, error)
                          : vn_error_set(error, VN_INVALID, "%s:%d: %s", path,
                                         reason.line, reason.text);
    json_decref(root);
    (void)fclose(file);
out:
    free(path);
    return status;
}
