/* preflight.h: what a load and a check ask of a table before they begin. */
#ifndef VN_PREFLIGHT_H
#define VN_PREFLIGHT_H

#include <stdint.h>

#include "loader.h"

/* Whom to tell; 'tell' may be NULL. */
struct notice {
    vn_notice_fn tell;
    void *context;
};
void notice_send(const struct notice *notice, const char *format, ...)
    VN_PRINTF(2, 3);

/*
 * preflight_table() describes the table, which must be ACTIVE and have the
 * partition key ITEM_KEY alone. VN_INVALID where it is not so, or not there.
 */
VN_NODISCARD enum vn_status preflight_table(struct vn_aws *aws,
                                            const char *table,
                                            struct vn_table_info *info,
                                            struct vn_error *error);

/*
 * preflight_empty() says whether the table has no item at all, by a Scan of one
 * (ItemCount is hours old). VN_OK, or as dynamo_ask().
 */
VN_NODISCARD enum vn_status preflight_empty(struct vn_aws *aws,
                                            const char *table, bool *empty,
                                            struct vn_error *error);

/* Whether a part of 'generation' can go into the table, and "#meta" stays. */
bool preflight_fits(const struct vn_table_info *info, uint64_t generation);
/*
 * VN_INVALID where it does not fit: the table would hold two generations, and
 * "#meta" would name one. 'way_out' is what can be done instead.
 */
VN_NODISCARD enum vn_status preflight_part(const struct vn_table_info *info,
                                           uint64_t generation,
                                           const char *way_out,
                                           struct vn_error *error);

/* Write units per second: to begin with, and at most. */
struct preflight_rate {
    double start, ceiling;
    const char *source; /* where the limit comes from */
};
/* The lower of 'max_wcu' (0: none) and what the table says; tells if both. */
struct preflight_rate preflight_rate(const struct vn_table_info *info,
                                     double max_wcu,
                                     const struct notice *notice);
/* Tells that secondary indexes make writes dearer. */
void preflight_indexes(const struct vn_table_info *info,
                       const struct notice *notice);

#endif
