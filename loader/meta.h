/* meta.h: the item "#meta", which says what a table holds. */
#ifndef VN_META_H
#define VN_META_H

#include <stdint.h>

#include "dynamo.h"
#include "loader.h"

/*
 * Attributes of the item whose key is ITEM_META:
 *   state       S  "loading" or "complete"
 *   generation  S  16 hex digits: of the index that is, or was, loaded;
 *                  sixteen f: of more than one at the same time
 *   previous    S  the same of what the table held before; absent: nothing;
 *                  sixteen f: of more than one generation
 *   items       N  items of the index, "#meta" not counted
 *   format      N  META_FORMAT; another number is a newer vanity
 *   loaded_at   S  when the item was written, RFC 3339, UTC, whole seconds;
 *                  absent in an export
 */
#define META_FORMAT 1
#define META_TIME_SIZE 32u

struct meta {
    enum vn_table_state state;
    uint64_t generation, previous, items; /* previous 0: absent */
    char loaded_at[META_TIME_SIZE];       /* read; "" if absent */
};

/*
 * meta_read() reads the item, consistently; without one the state is
 * VN_TABLE_NO_META and all else 0. VN_VERSION for another format, VN_INVALID
 * for an item that is none of ours; else as dynamo_ask().
 */
VN_NODISCARD enum vn_status meta_read(struct dynamo *dynamo, const char *table,
                                      struct meta *meta,
                                      struct vn_error *error);

/* meta_write() puts the item, with the time of now. */
VN_NODISCARD enum vn_status meta_write(struct dynamo *dynamo, const char *table,
                                       const struct meta *meta,
                                       struct vn_error *error);

/*
 * meta_replace() is like meta_write(), but only where the item still has the
 * generation and the previous one of 'found', or those of 'meta', as it has
 * when it is asked again. Else another load or repair writes to the table, too:
 * then the item says loading, of mixed generations, which none of the two takes
 * for its own; VN_INVALID.
 */
VN_NODISCARD enum vn_status
meta_replace(struct dynamo *dynamo, const char *table, const struct meta *found,
             const struct meta *meta, struct vn_error *error);

/*
 * meta_check() is for what wrote a part and leaves the item alone: VN_INVALID,
 * as meta_replace(), where it is of another one than 'generation' by now.
 */
VN_NODISCARD enum vn_status meta_check(struct dynamo *dynamo, const char *table,
                                       uint64_t generation,
                                       struct vn_error *error);

/*
 * meta_previous() is what a load or repair of 'generation' notes as the
 * generation that the table may still hold items of, 0 for a new table.
 * 'resumed' finds what the run before found.
 */
uint64_t meta_previous(const struct vn_table_info *table, uint64_t generation,
                       bool resumed);

#endif
