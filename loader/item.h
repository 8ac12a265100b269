/* item.h: a record as a DynamoDB item: JSON, size, hash. */
#ifndef VN_ITEM_H
#define VN_ITEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "engine/record.h"

/* Longest item as JSON, without end. */
#define ITEM_JSON_MAX 384u
#define ITEM_KEY "suffix"
#define ITEM_META "#meta"

/*
 * item_write() writes the attributes of 'suffix' as JSON, from "{" to "}", to
 * 'out' (ITEM_JSON_MAX bytes) and returns how many; 0 for a record without
 * candidate or a damaged one. Hand-written: it is the fast path.
 */
size_t item_write(uint32_t suffix, const struct vn_record *record, char *out);

/* {"suffix":{"S":"3569377"}}: a key; returns the bytes written. */
size_t item_write_key(uint32_t suffix, char *out);

/*
 * Size as DynamoDB counts it (names, values, 3 + 1 per element of a list), an
 * upper bound: see item.c on numbers. 0 where item_write() returns 0.
 */
size_t item_size(uint32_t suffix, const struct vn_record *record);

/*
 * item_hash() is the XXH3-64 of the canonical text of the item; of all items a
 * wrapping sum makes an order-independent hash. item_hash_json() is the same
 * of an item that came back (any order of members); false if its key is no
 * suffix. '*suffix' is its key. An item of a suffix that has more, less or
 * other attributes than item_write() makes has a hash that no record has.
 * item_hash() of a record without candidate, or a damaged one, is 0.
 */
uint64_t item_hash(uint32_t suffix, const struct vn_record *record);
bool item_hash_json(const json_t *item, uint32_t *suffix, uint64_t *hash);

#endif
