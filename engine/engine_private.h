/* engine_private.h: the engine's inside, for the files of engine/. */
#ifndef VN_ENGINE_PRIVATE_H
#define VN_ENGINE_PRIVATE_H

#include "engine.h"
#include "rank.h"
#include "search.h"

/* Counters of one thread. */
struct rank_counts {
    uint64_t suffixes;
    uint64_t exact; /* of these, needed search_exact() */
};

struct vn_engine {
    struct search_tables tables;
    const struct search_ops *ops;
    unsigned threads;
    struct search_path *paths;  /* one for each thread */
    struct rank_counts *counts; /* one for each thread */
};

/* The choice of one suffix; 'path' is left standing there. */
void engine_choose(const struct vn_engine *engine, uint32_t suffix,
                   struct search_path *path, struct rank_choice *choice);

#endif
