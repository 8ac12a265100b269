/* index_format.h: the bytes of an index: names, values, blocks, footer. */
#ifndef INDEX_FORMAT_H
#define INDEX_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "index/index.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error                                                                         \
    "LMDB's integer keys have the machine's byte order, the format's is little"
#endif

/* The names are part of the format (FORMAT.md), as is every number here. */
#define INDEX_RECORDS "records"
#define INDEX_TAILS "tails"
#define INDEX_META "meta"
#define INDEX_DATABASES 3u

/* Every value begins with the XXH3-64 of the rest of it. */
#define INDEX_HASH_SIZE 8u
#define INDEX_CODE_SIZE 4u
#define INDEX_TAIL_SIZE 2u
#define INDEX_RECORD_SIZE (VN_CANDIDATES * INDEX_CODE_SIZE)
#define INDEX_BLOCK_CODES (VN_BLOCK_SUFFIXES * VN_CANDIDATES)
#define INDEX_BLOCK_SIZE                                                       \
    (INDEX_HASH_SIZE + VN_BLOCK_SUFFIXES * INDEX_RECORD_SIZE)

/* ---- Values ------------------------------------------------------------- */

static inline uint16_t index_get_u16(const uint8_t *at)
{
    uint16_t value;

    memcpy(&value, at, sizeof value);
    return value;
}

static inline uint32_t index_get_u32(const uint8_t *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof value);
    return value;
}

static inline uint64_t index_get_u64(const uint8_t *at)
{
    uint64_t value;

    memcpy(&value, at, sizeof value);
    return value;
}

/* index_seal() writes the hash of a value of 'size' bytes before its rest. */
void index_seal(uint8_t *value, size_t size, uint64_t seed);
/* Whether the value is long enough for a hash and the hash is right. */
bool index_is_sealed(const uint8_t *value, size_t size, uint64_t seed);

/* ---- Blocks ------------------------------------------------------------- */

/* What the description of an index counts. */
struct index_counts {
    uint64_t with_spelling;
    uint64_t candidates;
    uint64_t overdials;
};

/* index_block_encode() writes the sealed value of block 'key'. */
void index_block_encode(const struct vn_record records[VN_BLOCK_SUFFIXES],
                        uint32_t key, uint8_t out[INDEX_BLOCK_SIZE]);

/*
 * index_tails_gather() writes the tails of all overdial candidates of a block
 * in record order to 'out' and returns their number.
 */
unsigned index_tails_gather(const struct vn_record records[VN_BLOCK_SUFFIXES],
                            uint16_t out[INDEX_BLOCK_CODES]);

/* index_block_count() adds the candidates of a block value to '*counts'. */
void index_block_count(const uint8_t *block, struct index_counts *counts);

/* How many of the candidates 'from' to before 'end' of a block are overdials.
 */
unsigned index_block_overdials(const uint8_t *block, unsigned from,
                               unsigned end);

/* ---- Footer ------------------------------------------------------------- */

#define INDEX_FOOTER_SIZE 4096u
#define INDEX_FILE_HASH_SIZE 16u

struct index_footer {
    uint32_t format;
    uint32_t page_size;                      /* of LMDB, in bytes */
    uint64_t size;                           /* of the file before the footer */
    uint8_t file_hash[INDEX_FILE_HASH_SIZE]; /* of those 'size' bytes */
    uint8_t head_hash[INDEX_FILE_HASH_SIZE]; /* of the first two pages */
};

void index_footer_encode(const struct index_footer *footer,
                         uint8_t out[INDEX_FOOTER_SIZE]);

/*
 * index_footer_decode() returns VN_OK; VN_NOT_FOUND if this is no footer at
 * all; VN_CORRUPT if it is damaged; VN_VERSION, with 'format' alone filled in,
 * for another format. Magic, format and hash have their places in all formats.
 */
enum vn_status index_footer_decode(const uint8_t in[INDEX_FOOTER_SIZE],
                                   struct index_footer *footer);

#endif
