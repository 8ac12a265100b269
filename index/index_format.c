/* index_format.c: encoding and checking of values, blocks and the footer. */
#include "index_format.h"

#include <xxhash.h>

/* Line ends and an end-of-file mark: a conversion of text destroys it. */
static const uint8_t footer_magic[16] = {'V',  'A',  'N',  'I', 'T', 'Y',
                                         ' ',  'I',  'N',  'D', 'E', 'X',
                                         '\r', '\n', 0x1a, 0};

enum footer_field {
    FOOTER_MAGIC = 0,
    FOOTER_FORMAT = 16,
    FOOTER_PAGE_SIZE = 20,
    FOOTER_SIZE = 24,
    FOOTER_FILE_HASH = 32,
    FOOTER_HEAD_HASH = 48,
    FOOTER_ZEROS = 64,
    FOOTER_HASH = INDEX_FOOTER_SIZE - INDEX_HASH_SIZE
};

void index_seal(uint8_t *value, size_t size, uint64_t seed)
{
    const uint64_t hash = XXH3_64bits_withSeed(value + INDEX_HASH_SIZE,
                                               size - INDEX_HASH_SIZE, seed);

    memcpy(value, &hash, sizeof hash);
}

bool index_is_sealed(const uint8_t *value, size_t size, uint64_t seed)
{
    return size >= INDEX_HASH_SIZE &&
           index_get_u64(value) == XXH3_64bits_withSeed(value + INDEX_HASH_SIZE,
                                                        size - INDEX_HASH_SIZE,
                                                        seed);
}

void index_block_encode(const struct vn_record records[VN_BLOCK_SUFFIXES],
                        uint32_t key, uint8_t out[INDEX_BLOCK_SIZE])
{
    uint8_t *at = out + INDEX_HASH_SIZE;

    for (unsigned i = 0; i < VN_BLOCK_SUFFIXES; i++) {
        memcpy(at, records[i].codes, INDEX_RECORD_SIZE);
        at += INDEX_RECORD_SIZE;
    }
    index_seal(out, INDEX_BLOCK_SIZE, key);
}

unsigned index_tails_gather(const struct vn_record records[VN_BLOCK_SUFFIXES],
                            uint16_t out[INDEX_BLOCK_CODES])
{
    unsigned count = 0;

    // Every tail is stored and kept only if it counts: no branch to mispredict.
    for (unsigned i = 0; i < VN_BLOCK_SUFFIXES; i++) {
        for (unsigned k = 0; k < VN_CANDIDATES; k++) {
            out[count] = records[i].tails[k];
            count += (records[i].codes[k] & VN_CODE_OVERDIAL) != 0;
        }
    }
    return count;
}

void index_block_count(const uint8_t *block, struct index_counts *counts)
{
    const uint8_t *codes = block + INDEX_HASH_SIZE;
    unsigned candidates = 0;
    unsigned with_spelling = 0;

    for (unsigned i = 0; i < INDEX_BLOCK_CODES; i++) {
        candidates += index_get_u32(codes + i * INDEX_CODE_SIZE) != 0;
    }
    for (unsigned i = 0; i < VN_BLOCK_SUFFIXES; i++) {
        with_spelling += index_get_u32(codes + i * INDEX_RECORD_SIZE) != 0;
    }
    counts->candidates += candidates;
    counts->with_spelling += with_spelling;
    counts->overdials += index_block_overdials(block, 0, INDEX_BLOCK_CODES);
}

unsigned index_block_overdials(const uint8_t *block, unsigned from,
                               unsigned end)
{
    const uint8_t *at = block + INDEX_HASH_SIZE;
    unsigned count = 0;

    for (unsigned i = from; i < end; i++) {
        count +=
            (index_get_u32(at + i * INDEX_CODE_SIZE) & VN_CODE_OVERDIAL) != 0;
    }
    return count;
}

void index_footer_encode(const struct index_footer *footer,
                         uint8_t out[INDEX_FOOTER_SIZE])
{
    memset(out, 0, INDEX_FOOTER_SIZE);
    memcpy(out + FOOTER_MAGIC, footer_magic, sizeof footer_magic);
    memcpy(out + FOOTER_FORMAT, &footer->format, sizeof footer->format);
    memcpy(out + FOOTER_SIZE, &footer->size, sizeof footer->size);
    memcpy(out + FOOTER_FILE_HASH, footer->file_hash, INDEX_FILE_HASH_SIZE);
    memcpy(out + FOOTER_HEAD_HASH, footer->head_hash, INDEX_FILE_HASH_SIZE);
    memcpy(out + FOOTER_PAGE_SIZE, &footer->page_size,
           sizeof footer->page_size);
    const uint64_t hash = XXH3_64bits(out, FOOTER_HASH);
    memcpy(out + FOOTER_HASH, &hash, sizeof hash);
}

static bool zeros_are_zero(const uint8_t in[INDEX_FOOTER_SIZE])
{
    for (unsigned i = FOOTER_ZEROS; i < FOOTER_HASH; i++) {
        if (in[i] != 0) {
            return false;
        }
    }
    return true;
}

enum vn_status index_footer_decode(const uint8_t in[INDEX_FOOTER_SIZE],
                                   struct index_footer *footer)
{
    if (memcmp(in + FOOTER_MAGIC, footer_magic, sizeof footer_magic) != 0) {
        return VN_NOT_FOUND;
    }
    // The hash has this place in every version, so damage is told from age.
    if (index_get_u64(in + FOOTER_HASH) != XXH3_64bits(in, FOOTER_HASH)) {
        return VN_CORRUPT;
    }
    footer->format = index_get_u32(in + FOOTER_FORMAT);
    if (footer->format != VN_INDEX_FORMAT) {
        return VN_VERSION;
    }
    if (!zeros_are_zero(in)) {
        return VN_CORRUPT;
    }
    footer->page_size = index_get_u32(in + FOOTER_PAGE_SIZE);
    footer->size = index_get_u64(in + FOOTER_SIZE);
    memcpy(footer->file_hash, in + FOOTER_FILE_HASH, INDEX_FILE_HASH_SIZE);
    memcpy(footer->head_hash, in + FOOTER_HEAD_HASH, INDEX_FILE_HASH_SIZE);
    return VN_OK;
}
