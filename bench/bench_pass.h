/* bench_pass.h: the passes of vanity-bench lookup over the random suffixes. */
#ifndef VN_BENCH_PASS_H
#define VN_BENCH_PASS_H

#include "bench.h"

#include <lmdb.h>

#include "index/index.h"

/* What all passes read. */
struct pass_data {
    uint32_t count;   /* of 'keys' */
    uint32_t *keys;   /* suffixes in random order */
    uint32_t *sorted; /* the same in ascending order */
    struct vn_prefix prefix;
    struct vn_record *all; /* every record of the prefix */
    MDB_env *env;          /* the index, for plain LMDB */
    MDB_dbi records;
    uint64_t codes, tails; /* sums over the records of 'keys' */
};

/* One thread, and what it got. */
struct pass_worker {
    const struct pass_data *data;
    struct vn_reader *reader;
    uint32_t first;            /* place of its first key */
    uint32_t *batch, *scratch; /* room for 'count' keys each */
    uint64_t codes, tails;     /* sums of what it got */
    uint32_t wanted, spelled;  /* candidates */
    struct vn_error error;
};

struct pass {
    const char *name;
    void (*run)(struct pass_worker *worker);
    bool baseline; /* without an index: on one thread */
};

enum pass_id {
    PASS_SPELL_ALL,
    PASS_SPELL_FIRST,
    PASS_RANDOM,
    PASS_SORTED,
    PASS_BATCH,
    PASS_ARRAY, /* a random access to an array of all records */
    PASS_PLAIN, /* LMDB, neither checked nor with tails */
    PASS_COUNT
};

extern const struct pass passes[PASS_COUNT];

/* pass_sort() writes 'keys' in ascending order to 'out'; radix sort. */
void pass_sort(const uint32_t *keys, uint32_t count, uint32_t *scratch,
               uint32_t *out);

#endif
