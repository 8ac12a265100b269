/* index_meta.c: the description of an index, one text value per field. */
#include "index_meta.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "index_format.h"
#include "index_lmdb.h"

/* Longest value: an overlay, 3 numbers, 256 bytes of name, its hash. */
#define VALUE_MAX 512u

enum field_kind {
    FIELD_U32, /* decimal */
    FIELD_U64, /* decimal */
    FIELD_HEX, /* u64 as 16 hexadecimal digits */
    FIELD_TEXT /* char[FIELD_TEXT_SIZE] */
};

#define FIELD_TEXT_SIZE 32u

/* A plain field of struct vn_index_info. */
struct field {
    const char *key;
    enum field_kind kind;
    size_t offset;
};

#define FIELD(key, kind, member)                                               \
    {                                                                          \
        key, kind, offsetof(struct vn_index_info, member)                      \
    }

static const struct field fields[] = {
    FIELD("blocked-spans", FIELD_U32, blocked_spans),
    FIELD("blocked-words", FIELD_U32, blocked_words),
    FIELD("candidates", FIELD_U64, candidates),
    FIELD("format", FIELD_U32, format),
    FIELD("generation", FIELD_HEX, generation),
    FIELD("lexicon", FIELD_HEX, lexicon),
    FIELD("lexicon-version", FIELD_TEXT, lexicon_version),
    FIELD("model", FIELD_TEXT, model),
    FIELD("overdials", FIELD_U64, overdials),
    FIELD("pairs", FIELD_U32, pairs),
    FIELD("phrases", FIELD_U32, phrases),
    FIELD("records-hash", FIELD_HEX, records_hash),
    FIELD("suffixes", FIELD_U64, suffixes),
    FIELD("with-spelling", FIELD_U64, with_spelling),
    FIELD("words", FIELD_U32, words),
};

#define FIELD_COUNT (sizeof fields / sizeof fields[0])
/* These two are no plain fields, an overlay has one of its own. */
#define KEY_OVERLAYS "overlays"
#define KEY_PREFIX "prefix"
#define KEY_OVERLAY_SIZE 16u

/* A value without its hash. */
struct value {
    char text[VALUE_MAX];
    size_t size;
};

size_t index_meta_entries(const struct vn_index_info *info)
{
    return FIELD_COUNT + 2 + info->overlay_count;
}

/* ---- Text of a field ---------------------------------------------------- */

static void field_format(const struct field *field,
                         const struct vn_index_info *info, struct value *value)
{
    const char *at = (const char *)info + field->offset;
    uint64_t number = 0;
    int size = 0;

    if (field->kind == FIELD_TEXT) {
        size = snprintf(value->text, sizeof value->text, "%.*s",
                        (int)FIELD_TEXT_SIZE - 1, at);
    } else {
        memcpy(&number, at, field->kind == FIELD_U32 ? 4 : 8);
        size =
            field->kind == FIELD_HEX
                ? snprintf(value->text, sizeof value->text, "%016" PRIx64,
                           number)
                : snprintf(value->text, sizeof value->text, "%" PRIu64, number);
    }
    value->size = (size_t)size;
}

static bool value_equal(const struct value *a, const struct value *b)
{
    return a->size == b->size && memcmp(a->text, b->text, a->size) == 0;
}

/* What is written again must be what was read: so the form is checked. */
static bool field_parse(const struct field *field, const struct value *value,
                        struct vn_index_info *info)
{
    char *at = (char *)info + field->offset;
    struct value again;

    if (field->kind == FIELD_TEXT) {
        (void)snprintf(at, FIELD_TEXT_SIZE, "%.*s", (int)FIELD_TEXT_SIZE - 1,
                       value->text);
    } else {
        const int base = field->kind == FIELD_HEX ? 16 : 10;
        const uint64_t number = strtoull(value->text, NULL, base);
        memcpy(at, &number, field->kind == FIELD_U32 ? 4 : 8);
    }
    field_format(field, info, &again);
    return value_equal(value, &again);
}

static void prefix_format(const struct vn_prefix *prefix, struct value *value)
{
    value->size = 0;
    value->text[0] = '\0';
    if (prefix->length > 0) {
        value->size =
            (size_t)snprintf(value->text, sizeof value->text, "%0*" PRIu32,
                             (int)prefix->length, prefix->digits);
    }
}

static bool prefix_parse(const struct value *value, struct vn_prefix *prefix)
{
    return strlen(value->text) == value->size &&
           vn_prefix_parse(value->text, prefix, NULL) == VN_OK;
}

/* ---- Overlays ----------------------------------------------------------- */

static void overlay_key(size_t number, char out[KEY_OVERLAY_SIZE])
{
    (void)snprintf(out, KEY_OVERLAY_SIZE, "overlay-%02u", (unsigned)number);
}

/* The name stands last, it may have any character but a slash. */
static void overlay_format(const struct vn_overlay *overlay,
                           struct value *value)
{
    value->size =
        (size_t)snprintf(value->text, sizeof value->text,
                         "%.*s\t%016" PRIx64 "\t%" PRIu64 "\t%" PRIu64 "\t%.*s",
                         (int)sizeof overlay->kind - 1, overlay->kind,
                         overlay->hash, overlay->lines, overlay->skipped,
                         (int)sizeof overlay->name - 1, overlay->name);
}

static bool overlay_parse(const struct value *value, struct vn_overlay *overlay)
{
    int name = 0;
    struct value again;

    memset(overlay, 0, sizeof *overlay);
    if (sscanf(value->text, "%7[a-z]\t%" SCNx64 "\t%" SCNu64 "\t%" SCNu64 "%n",
               overlay->kind, &overlay->hash, &overlay->lines,
               &overlay->skipped, &name) != 4 ||
        value->text[name] != '\t') {
        return false;
    }
    (void)snprintf(overlay->name, sizeof overlay->name, "%s",
                   value->text + name + 1);
    overlay_format(overlay, &again);
    return value_equal(value, &again);
}

/* ---- Writing ------------------------------------------------------------ */

/* The seed ties a value to its key. */
static uint64_t value_seed(const char *key)
{
    return XXH3_64bits(key, strlen(key));
}

static int put(MDB_txn *txn, MDB_dbi dbi, const char *key,
               const struct value *value)
{
    uint8_t bytes[INDEX_HASH_SIZE + VALUE_MAX];
    MDB_val name = index_val(key, strlen(key));
    MDB_val data = index_val(bytes, INDEX_HASH_SIZE + value->size);

    memcpy(bytes + INDEX_HASH_SIZE, value->text, value->size);
    index_seal(bytes, data.mv_size, value_seed(key));
    return mdb_put(txn, dbi, &name, &data, MDB_NOOVERWRITE);
}

static int put_overlays(MDB_txn *txn, MDB_dbi dbi,
                        const struct vn_index_info *info)
{
    struct value value;
    char key[KEY_OVERLAY_SIZE];

    value.size = (size_t)snprintf(value.text, sizeof value.text, "%zu",
                                  info->overlay_count);
    int rc = put(txn, dbi, KEY_OVERLAYS, &value);
    for (size_t i = 0; rc == 0 && i < info->overlay_count; i++) {
        overlay_key(i, key);
        overlay_format(&info->overlays[i], &value);
        rc = put(txn, dbi, key, &value);
    }
    return rc;
}

int index_meta_write(MDB_txn *txn, MDB_dbi dbi,
                     const struct vn_index_info *info)
{
    struct value value;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < FIELD_COUNT; i++) {
        field_format(&fields[i], info, &value);
        rc = put(txn, dbi, fields[i].key, &value);
    }
    if (rc == 0) {
        prefix_format(&info->prefix, &value);
        rc = put(txn, dbi, KEY_PREFIX, &value);
    }
    return rc == 0 ? put_overlays(txn, dbi, info) : rc;
}

/* ---- Reading ------------------------------------------------------------ */

/* Where to look for a value, and what to say of it. */
struct source {
    MDB_txn *txn;
    MDB_dbi dbi;
    const char *path;
    struct vn_error *error;
};

static enum vn_status damaged(const struct source *source, const char *key)
{
    (void)vn_error_set(source->error, VN_CORRUPT,
                       "'%s' is damaged: '%s' of its description", source->path,
                       key);
    return VN_CORRUPT;
}

static enum vn_status get(const struct source *source, const char *key,
                          struct value *value)
{
    MDB_val name = index_val(key, strlen(key));
    MDB_val data;

    if (mdb_get(source->txn, source->dbi, &name, &data) != 0 ||
        data.mv_size >= INDEX_HASH_SIZE + VALUE_MAX ||
        !index_is_sealed(data.mv_data, data.mv_size, value_seed(key))) {
        return damaged(source, key);
    }
    value->size = data.mv_size - INDEX_HASH_SIZE;
    memcpy(value->text, (const char *)data.mv_data + INDEX_HASH_SIZE,
           value->size);
    value->text[value->size] = '\0';
    return VN_OK;
}

static enum vn_status get_format(const struct source *source)
{
    struct value value;
    const enum vn_status status = get(source, "format", &value);

    if (status != VN_OK) {
        return status;
    }
    const unsigned long format = strtoul(value.text, NULL, 10);
    if (format != VN_INDEX_FORMAT) {
        return vn_error_set(source->error, VN_VERSION,
                            "'%s' has format %lu, this program reads %u",
                            source->path, format, VN_INDEX_FORMAT);
    }
    return VN_OK;
}

static enum vn_status get_fields(const struct source *source,
                                 struct vn_index_info *info)
{
    struct value value;

    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const enum vn_status status = get(source, fields[i].key, &value);
        if (status != VN_OK) {
            return status;
        }
        if (!field_parse(&fields[i], &value, info)) {
            return damaged(source, fields[i].key);
        }
    }
    const enum vn_status status = get(source, KEY_PREFIX, &value);
    if (status == VN_OK && !prefix_parse(&value, &info->prefix)) {
        return damaged(source, KEY_PREFIX);
    }
    return status;
}

static enum vn_status get_overlay_count(const struct source *source,
                                        size_t *count)
{
    struct value value;
    const enum vn_status status = get(source, KEY_OVERLAYS, &value);

    if (status != VN_OK) {
        return status;
    }
    *count = strtoul(value.text, NULL, 10);
    return *count <= VN_OVERLAYS_MAX + 1 ? VN_OK
                                         : damaged(source, KEY_OVERLAYS);
}

static enum vn_status get_overlays(const struct source *source,
                                   struct vn_overlay *overlays, size_t count)
{
    struct value value;
    char key[KEY_OVERLAY_SIZE];

    for (size_t i = 0; i < count; i++) {
        overlay_key(i, key);
        const enum vn_status status = get(source, key, &value);
        if (status != VN_OK) {
            return status;
        }
        if (!overlay_parse(&value, &overlays[i])) {
            return damaged(source, key);
        }
    }
    return VN_OK;
}

enum vn_status index_meta_read(MDB_txn *txn, MDB_dbi dbi, const char *path,
                               struct vn_index_info *info,
                               struct vn_overlay **overlays,
                               struct vn_error *error)
{
    const struct source source = {txn, dbi, path, error};
    size_t count = 0;
    enum vn_status status = get_format(&source);

    if (status == VN_OK) {
        status = get_fields(&source, info);
    }
    if (status == VN_OK) {
        status = get_overlay_count(&source, &count);
    }
    if (status != VN_OK) {
        return status;
    }
    struct vn_overlay *list = calloc(count + 1, sizeof *list);
    if (list == NULL) {
        return vn_error_system(error, ENOMEM, "cannot open '%s'", path);
    }
    status = get_overlays(&source, list, count);
    if (status != VN_OK) {
        free(list);
        return status;
    }
    info->overlays = list;
    info->overlay_count = count;
    *overlays = list;
    return VN_OK;
}
