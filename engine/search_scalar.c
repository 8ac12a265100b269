/* search_scalar.c: the search one suffix at a time, for any processor. */
#include <string.h>

#include "rank.h"
#include "search.h"

#define LANES 1
typedef int64_t lanes_t; /* the kernel's names; vectors need some too */
typedef bool lanes_mask;

static inline lanes_t lanes_load(const int64_t *keys)
{
    return *keys;
}

static inline lanes_t lanes_all(int64_t key)
{
    return key;
}

static inline lanes_t lanes_put(lanes_t a, unsigned lane, int64_t key)
{
    (void)a;
    (void)lane;
    return key;
}

static inline lanes_t lanes_add_to_keys(lanes_t a, lanes_t b)
{
    return a != 0 ? a + b : 0;
}

static inline lanes_mask lanes_above(lanes_t a, lanes_t b)
{
    return a > b;
}

static inline bool lanes_any(lanes_mask mask)
{
    return mask;
}

static inline void lanes_store(int64_t *keys, lanes_t a)
{
    *keys = a;
}

static inline void lanes_insert(lanes_t list[SEARCH_KEEP], lanes_t key,
                                lanes_mask gains)
{
    unsigned at = 0, end;

    (void)gains;
    for (; list[at] >= key; at++) {
        if (key_same_letters(list[at], key)) {
            return;
        }
    }
    for (end = at; end < SEARCH_KEEP - 1; end++) {
        if (key_same_letters(list[end], key)) {
            break;
        }
    }
    memmove(list + at + 1, list + at, (end - at) * sizeof *list);
    list[at] = key;
}

#include "search_kernel.h"

/* The records of the ten suffixes below a node of depth 6. */
static unsigned leaves(struct search_path *path, struct vn_record *records)
{
    struct search_runs runs;
    const int64_t penalty = key_score(path->tables->lexicon->model.twin);
    unsigned exact = 0;

    search_run_lists(path, true, &runs);
    for (unsigned digit = 0; digit < 10; digit++) {
        struct rank_choice choice;
        lanes_t list[SEARCH_KEEP];
        if (digit < 2) {
            memcpy(list, runs.lists[runs.list_of[digit]], sizeof list);
        } else {
            leaf_list(path, digit - 2, penalty, &runs, list);
        }
        search_enter(path, digit);
        exact += rank_choose(path, list, rank_blocked(path, list), &choice);
        rank_pack(&choice, &records[digit]);
        search_leave(path);
    }
    return exact;
}

static unsigned hundred(struct search_path *path, struct vn_record *records)
{
    unsigned exact = 0;

    expand(path);
    for (unsigned digit = 0; digit < 10; digit++) {
        search_enter(path, digit);
        exact += leaves(path, records + (size_t)digit * 10);
        search_leave(path);
    }
    return exact;
}

static bool has_scalar(void)
{
    return true;
}

const struct search_ops search_scalar = {
    .name = "scalar",
    .has = has_scalar,
    .expand = expand,
    .hundred = hundred,
};
