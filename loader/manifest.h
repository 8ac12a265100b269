/* manifest.h: what an export holds, written beside its data. */
#ifndef VN_MANIFEST_H
#define VN_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>

#include "loader.h"

#define MANIFEST_VERSION 1u
/* Of a finished export; and of one that is not finished. */
#define MANIFEST_NAME "manifest.json"
#define MANIFEST_PARTIAL_NAME "manifest.partial.json"
/* The objects, and nothing else, lie in this folder of the export. */
#define MANIFEST_DATA "data"

/* Room for "part-00000.json.zst", and a SHA-256 and MD5 with their ends. */
#define MANIFEST_NAME_SIZE 32u
#define MANIFEST_SHA256_SIZE 65u /* hexadecimal, as sha256sum prints it */
#define MANIFEST_MD5_SIZE 25u    /* base 64, as S3's Content-MD5 takes it */

struct manifest_object {
    bool known;     /* else the fields below are empty */
    uint64_t items; /* lines, with that of "#meta" */
    uint64_t raw_bytes, stored_bytes;
    char sha256[MANIFEST_SHA256_SIZE];
    char md5[MANIFEST_MD5_SIZE];
};

struct manifest {
    uint64_t generation;   /* of the index */
    uint64_t records_hash; /* of the index */
    struct vn_prefix prefix;
    enum vn_compression compression;
    int level;
    uint64_t items_per_object;
    uint64_t suffixes; /* with an item */
    bool meta;         /* whether "#meta" is the last line */
    uint32_t object_count;
    struct manifest_object *objects; /* by number */
};

/* Takes the memory of 'object_count' unknown objects. */
VN_NODISCARD enum vn_status manifest_init(struct manifest *manifest,
                                          uint32_t object_count,
                                          struct vn_error *error);
void manifest_reset(struct manifest *manifest); /* accepts a zeroed one */

/* As AWS names it: "ZSTD". */
const char *manifest_compression(const struct manifest *manifest);
/* "part-00000.json.zst". */
void manifest_object_name(const struct manifest *manifest, uint32_t object,
                          char name[MANIFEST_NAME_SIZE]);

/* Which object has this name (NULL allowed); 'object_count' if none. */
uint32_t manifest_find_object(const struct manifest *manifest,
                              const char *name);

/* Whether both are of the same export: the same objects, byte for byte. */
bool manifest_same(const struct manifest *a, const struct manifest *b);
/* Whether every object is known. */
bool manifest_complete(const struct manifest *manifest);

/*
 * manifest_write() writes the known objects to 'name' in the folder, aside,
 * synced and renamed. The bytes depend on 'manifest' alone.
 */
VN_NODISCARD enum vn_status manifest_write(const struct manifest *manifest,
                                           const char *folder, const char *name,
                                           struct vn_error *error);
/*
 * manifest_read() reads 'name' in the folder. Returns VN_OK; VN_NOT_FOUND if
 * there is no such file; VN_INVALID if it is no manifest; VN_VERSION;
 * VN_CORRUPT if it does not hold together; VN_IO; VN_NOMEM.
 */
VN_NODISCARD enum vn_status manifest_read(const char *folder, const char *name,
                                          struct manifest *manifest,
                                          struct vn_error *error);

#endif
