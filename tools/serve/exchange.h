/* exchange.h: the exchanges of an index: the map, and the best of each. */
#ifndef VN_EXCHANGE_H
#define VN_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "index/index.h"

#define EXCHANGES 1000u
/* Suffixes of /top/NNN.json: what fits a page of a browser, a second long. */
#define EXCHANGE_BEST 100u
/* What it holds at least of each of its parts: four, five digits. */
#define EXCHANGE_TENTHS 10u
#define EXCHANGE_TENTH_BEST 10u
#define EXCHANGE_HUNDREDTHS 100u
#define EXCHANGE_HUNDREDTH_BEST 3u

/* Text that its owner frees. */
struct exchange_text {
    char *data;
    size_t size;
};

/* Whether 'index' holds any suffix of 'exchange'. */
bool exchange_is_held(const struct vn_index *index, unsigned exchange);

/*
 * exchange_map() writes the body of /map.json: generation and prefix of the
 * index, and of each exchange that it holds how many suffixes have a spelling,
 * the mean score of their best ones, and the best of all. 'threads' share the
 * work (0: one per processor). The bytes follow from the index alone.
 *
 * Cost: every record is read once; 0.1 s of two processors for a whole index.
 *
 * Returns VN_OK, VN_CORRUPT, VN_NOMEM or VN_IO (no thread).
 */
VN_NODISCARD enum vn_status exchange_map(struct vn_index *index,
                                         unsigned threads,
                                         struct exchange_text *out,
                                         struct vn_error *error);

/*
 * exchange_top() writes the body of /top/NNN.json: the EXCHANGE_BEST best
 * suffixes of 'exchange' (0..999), in the order of 'vanity top', and as 'more'
 * in the same order what is not among them of the EXCHANGE_TENTH_BEST best of
 * each four digits and the EXCHANGE_HUNDREDTH_BEST best of each five. So the
 * two lists, cut to any prefix of three to five digits, begin with its best.
 *
 * Returns VN_OK, VN_OUTSIDE if the index holds none of it, VN_CORRUPT,
 * VN_NOMEM.
 */
VN_NODISCARD enum vn_status exchange_top(struct vn_index *index,
                                         unsigned exchange,
                                         struct exchange_text *out,
                                         struct vn_error *error);

#endif
