/* check_private.h: what the parts of a check share (private to loader/). */
#ifndef VN_CHECK_PRIVATE_H
#define VN_CHECK_PRIVATE_H

#include "check_lanes.h"
#include "item.h"
#include "preflight.h"

/* A bit for each suffix: 1.25 MB. */
struct check_bits {
    uint64_t words[(VN_SUFFIXES + 63) / 64];
};

/* The state of a check. Three sets of bits are what makes it large. */
struct check {
    const struct vn_check_options *options;
    struct vn_check_counts *counts;
    struct vn_error *error;
    struct vn_table_info table;
    struct notice notice;
    struct dynamo *dynamo;
    struct vn_reader *reader;
    unsigned segments;   /* of a scan */
    uint32_t first, end; /* suffixes that are compared */
    uint64_t goal;       /* of the progress */
    uint64_t done;
    struct check_bits asked; /* a sample: these; else unused */
    struct check_bits found; /* have an item in the table */
    struct check_bits wrong; /* have an item, but another one; then all that
                                a repair has to send */
};

static inline bool check_bit(const struct check_bits *bits, uint32_t at)
{
    return (bits->words[at / 64] >> at % 64 & 1) != 0;
}

static inline void check_set(struct check_bits *bits, uint32_t at)
{
    bits->words[at / 64] |= UINT64_C(1) << at % 64;
}

/* Tells progress; false = stop. */
bool check_progress(void *context);

/* The sum of ConsumedCapacity: an object or an array of them; 0 if none. */
double check_consumed(const json_t *answer);

/*
 * check_note() notes that the table has 'item' ('found' and 'wrong'). Items
 * with another key than a suffix in question are passed over: "#meta", and
 * what is outside the prefix; or told, what is no suffix at all.
 */
VN_NODISCARD enum vn_status check_note(struct check *check, const json_t *item);

/* Reads the suffixes that were 'asked'. */
VN_NODISCARD enum vn_status check_sample(struct check *check);
/* Reads the whole table, or counts it. */
VN_NODISCARD enum vn_status check_scan(struct check *check);
/* Sends what makes the suffixes right that are 'wrong'. */
VN_NODISCARD enum vn_status check_repair(struct check *check);

#endif
