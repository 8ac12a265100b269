/* source_export.c: the operations of an export: a put of each line. */
#include "source.h"

#include "export_decode.h"
#include "export_file.h"
#include "export_object.h"
#include "manifest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xxhash.h>

/* What a fingerprint begins with: kinds of sources never share one. */
#define KIND_EXPORT 3u

struct object_state {
    uint64_t first_unit;
    bool verified; /* its hash was checked */
};

struct export_source {
    struct source source;
    char *folder;
    struct manifest manifest;
    struct object_state *states; /* of each object, and of the end */
    struct decoder *decoder;     /* NULL: none is open */
    char *path;                  /* of the open object */
    uint32_t object;             /* that is open */
};

static enum vn_status no_memory(struct vn_error *error)
{
    return vn_error_system(error, ENOMEM, "cannot read the export");
}

/* ---- Lines -------------------------------------------------------------- */

/* What is left of a line that is being read; data NULL once it is wrong. */
struct scan {
    const char *at, *end;
};

static bool take(struct scan *scan, const char *text)
{
    const size_t size = strlen(text);

    if ((size_t)(scan->end - scan->at) < size ||
        memcmp(scan->at, text, size) != 0) {
        return false;
    }
    scan->at += size;
    return true;
}

/* Characters of a spelling or of a score up to the next quote. */
static bool take_word(struct scan *scan, size_t most)
{
    const char *start = scan->at;

    while (scan->at < scan->end &&
           ((*scan->at >= 'A' && *scan->at <= 'Z') ||
            (*scan->at >= '0' && *scan->at <= '9') || *scan->at == '-')) {
        scan->at++;
    }
    return scan->at > start && (size_t)(scan->at - start) <= most;
}

/* A list of 1 to 5 words; '*count' is how many. */
static bool take_list(struct scan *scan, const char *open, size_t most,
                      unsigned *count)
{
    *count = 0;
    do {
        if (!take(scan, open) || !take_word(scan, most) || !take(scan, "\"}")) {
            return false;
        }
        (*count)++;
    } while (take(scan, ","));
    return *count <= VN_CANDIDATES;
}

static bool take_suffix(struct scan *scan, uint32_t *suffix)
{
    uint32_t value = 0;

    if (scan->end - scan->at < (ptrdiff_t)VN_SUFFIX_DIGITS) {
        return false;
    }
    for (unsigned i = 0; i < VN_SUFFIX_DIGITS; i++) {
        const char c = *scan->at++;
        if (c < '0' || c > '9') {
            return false;
        }
        value = value * 10 + (uint32_t)(c - '0');
    }
    *suffix = value;
    return true;
}

/* Whether the line is one that an export writes, byte for byte. */
static bool is_item(struct vn_bytes line, struct source_op *op)
{
    struct scan scan = {line.data, line.data + line.size};
    unsigned spellings = 0;
    unsigned scores = 0;

    if (!take(&scan, EXPORT_LINE_OPEN)) {
        return false;
    }
    const char *item = scan.at;
    if (!take(&scan, "{\"" ITEM_KEY "\":{\"S\":\"") ||
        !take_suffix(&scan, &op->suffix) ||
        !take(&scan, "\"},\"spellings\":{\"L\":[") ||
        !take_list(&scan, "{\"S\":\"", VN_SPELLING_SIZE - 1, &spellings) ||
        !take(&scan, "]},\"scores\":{\"L\":[") ||
        !take_list(&scan, "{\"N\":\"", 4, &scores) || !take(&scan, "]}}") ||
        spellings != scores) {
        return false;
    }
    const size_t size = (size_t)(scan.at - item);
    if (!take(&scan, "}") || scan.at != scan.end || size > ITEM_JSON_MAX) {
        return false;
    }
    memcpy(op->json, item, size);
    op->size = (uint16_t)size;
    op->units = 1; // ITEM_JSON_MAX is well below 1 KB
    op->delete = false;
    return true;
}

/* The last line of the last object; the load writes its own. */
static bool is_meta(const struct export_source *self, uint64_t line)
{
    const struct manifest *manifest = &self->manifest;

    return manifest->meta && self->object + 1 == manifest->object_count &&
           line == manifest->objects[self->object].items;
}

static enum vn_status wrong_line(const struct export_source *self,
                                 const char *what, struct vn_error *error)
{
    const uint64_t line = decode_line_number(self->decoder);

    (void)vn_error_line(error, self->path, line, "%s", what);
    if (error != NULL) {
        error->status = VN_CORRUPT;
    }
    return VN_CORRUPT;
}

/* ---- Objects ------------------------------------------------------------ */

static void close_object(struct export_source *self)
{
    decode_close(self->decoder);
    self->decoder = NULL;
    free(self->path);
    self->path = NULL;
}

/*
 * The whole object is hashed before the first of its lines is handed out:
 * nothing of a damaged one is ever sent.
 */
static enum vn_status verify(struct export_source *self, uint32_t object,
                             struct vn_error *error)
{
    bool matches = false;

    if (self->states[object].verified) {
        return VN_OK;
    }
    const enum vn_status status = export_file_matches(
        self->path, &self->manifest.objects[object], &matches, error);
    if (status != VN_OK) {
        return status;
    }
    if (!matches) {
        return vn_error_set(error, VN_CORRUPT,
                            "'%s' is missing or damaged: its SHA-256 is not "
                            "that of the manifest",
                            self->path);
    }
    self->states[object].verified = true;
    return VN_OK;
}

/* Closes what is open, and puts the path of 'object' in its place. */
static bool name_object(struct export_source *self, uint32_t object)
{
    char name[MANIFEST_NAME_SIZE];

    close_object(self);
    self->object = object;
    manifest_object_name(&self->manifest, object, name);
    if (asprintf(&self->path, "%s/" MANIFEST_DATA "/%s", self->folder, name) <
        0) {
        self->path = NULL;
    }
    return self->path != NULL;
}

/* Before anything is sent; what is in them is seen when it is their turn. */
static enum vn_status find_objects(struct export_source *self,
                                   struct vn_error *error)
{
    enum vn_status status = VN_OK;

    for (uint32_t i = 0; status == VN_OK && i < self->manifest.object_count;
         i++) {
        if (!name_object(self, i)) {
            return no_memory(error);
        }
        if (access(self->path, R_OK) != 0) {
            status = vn_error_set(error, VN_INVALID,
                                  "cannot read '%s': %s; export again",
                                  self->path, strerror(errno));
        }
    }
    close_object(self);
    return status;
}

static enum vn_status open_object(struct export_source *self, uint32_t object,
                                  struct vn_error *error)
{
    if (!name_object(self, object)) {
        return no_memory(error);
    }
    enum vn_status status = verify(self, object, error);
    if (status == VN_OK) {
        status = decode_open(self->path, self->manifest.compression,
                             &self->decoder, error);
    }
    if (status != VN_OK) {
        close_object(self);
    }
    return status;
}

static enum vn_status next_line(struct export_source *self,
                                struct vn_bytes *line, struct vn_error *error)
{
    const enum vn_status status = decode_line(self->decoder, line, error);

    return status == VN_NOT_FOUND
               ? wrong_line(self, "lines are missing behind this one", error)
               : status;
}

/* Makes 'line' the next line of 'object'. */
static enum vn_status seek(struct export_source *self, uint32_t object,
                           uint64_t line, struct vn_error *error)
{
    enum vn_status status = VN_OK;
    struct vn_bytes passed;

    if (self->decoder == NULL || self->object != object ||
        decode_line_number(self->decoder) >= line) {
        status = open_object(self, object, error);
    }
    while (status == VN_OK && decode_line_number(self->decoder) + 1 < line) {
        status = next_line(self, &passed, error);
    }
    return status;
}

/* ---- Units -------------------------------------------------------------- */

static uint32_t object_of(const struct export_source *self, uint64_t unit)
{
    uint32_t low = 0;
    uint32_t high = self->manifest.object_count - 1;

    while (low < high) {
        const uint32_t middle = low + (high - low + 1) / 2;
        if (self->states[middle].first_unit <= unit) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

static enum vn_status fill(struct source *source, uint64_t unit,
                           struct source_op ops[SOURCE_UNIT_MAX],
                           unsigned *count, struct vn_error *error)
{
    struct export_source *self = (struct export_source *)source;
    const uint32_t object = object_of(self, unit);
    const uint64_t before =
        (unit - self->states[object].first_unit) * SOURCE_UNIT_MAX;
    const uint64_t left = self->manifest.objects[object].items - before;
    const uint64_t lines = left < SOURCE_UNIT_MAX ? left : SOURCE_UNIT_MAX;
    enum vn_status status = seek(self, object, before + 1, error);
    unsigned made = 0;

    for (uint64_t i = 1; status == VN_OK && i <= lines; i++) {
        struct vn_bytes line;
        status = next_line(self, &line, error);
        if (status != VN_OK || is_meta(self, before + i)) {
            continue;
        }
        if (!is_item(line, &ops[made])) {
            status = wrong_line(self, "this is no item of an export", error);
        }
        made++;
    }
    if (status != VN_OK) {
        close_object(self); // where it stands is not known
        return status;
    }
    *count = made;
    return VN_OK;
}

static void close_source(struct source *source)
{
    struct export_source *self = (struct export_source *)source;

    close_object(self);
    manifest_reset(&self->manifest);
    free(self->states);
    free(self->folder);
    free(self);
}

/* ---- Opening ------------------------------------------------------------ */

/* Units, total and fingerprint, as the manifest says. */
static enum vn_status count_units(struct export_source *self,
                                  struct vn_error *error)
{
    const struct manifest *manifest = &self->manifest;
    uint64_t fingerprint = KIND_EXPORT;
    uint64_t items = 0;

    self->states =
        calloc((size_t)manifest->object_count + 1, sizeof *self->states);
    if (self->states == NULL) {
        return no_memory(error);
    }
    for (uint32_t i = 0; i < manifest->object_count; i++) {
        const struct manifest_object *object = &manifest->objects[i];
        const uint64_t units =
            (object->items + SOURCE_UNIT_MAX - 1) / SOURCE_UNIT_MAX;
        self->states[i + 1].first_unit = self->states[i].first_unit + units;
        items += object->items;
        fingerprint = XXH3_64bits_withSeed(
            object->sha256, MANIFEST_SHA256_SIZE - 1, fingerprint);
    }
    if (items != manifest->suffixes + manifest->meta) {
        return vn_error_set(error, VN_CORRUPT,
                            "'%s/" MANIFEST_NAME "' does not hold together",
                            self->folder);
    }
    self->source.units = self->states[manifest->object_count].first_unit;
    self->source.total = manifest->suffixes;
    self->source.fingerprint = fingerprint;
    return VN_OK;
}

static enum vn_status read_manifest(struct export_source *self,
                                    struct vn_error *error)
{
    const enum vn_status status =
        manifest_read(self->folder, MANIFEST_NAME, &self->manifest, error);

    if (status == VN_NOT_FOUND) {
        return vn_error_set(error, VN_INVALID,
                            "'%s' is no finished export: it has no "
                            "'" MANIFEST_NAME "'",
                            self->folder);
    }
    if (status == VN_OK && !manifest_complete(&self->manifest)) {
        return vn_error_set(error, VN_CORRUPT,
                            "'%s/" MANIFEST_NAME "' does not name all objects",
                            self->folder);
    }
    return status;
}

enum vn_status source_open_export(const char *directory, struct source **out,
                                  struct vn_error *error)
{
    struct export_source *self = calloc(1, sizeof *self);

    if (self == NULL) {
        return no_memory(error);
    }
    self->source.fill = fill;
    self->source.close = close_source;
    self->folder = strdup(directory);
    enum vn_status status =
        self->folder != NULL ? read_manifest(self, error) : no_memory(error);
    if (status == VN_OK) {
        status = count_units(self, error);
    }
    if (status == VN_OK) {
        status = find_objects(self, error);
    }
    if (status != VN_OK) {
        close_source(&self->source);
        return status;
    }
    *out = &self->source;
    return VN_OK;
}
