/* bench_tune_place.c: places of a word in a spelling, with own features. */
#include "bench_tune.h"

#include <string.h>

#define KEYS VN_SUFFIX_DIGITS

/* ---- Places ------------------------------------------------------------ */

/* It begins the spelling and does not reach the seventh key. */
static bool is_first(const struct tune_path *path, unsigned i)
{
    return i == 0 && path->ends[i] < KEYS;
}

/* It ends at the seventh key, or runs past it, and does not begin. */
static bool is_last(const struct tune_path *path, unsigned i)
{
    return i > 0 && path->ends[i] == KEYS;
}

/* No word has two places. */
static const struct {
    const char *prefix; /* of the names of its features */
    bool (*holds)(const struct tune_path *path, unsigned i);
} places[TUNE_PLACES] = {
    [TUNE_FIRST] = {"first:", is_first},
    [TUNE_LAST] = {"last:", is_last},
};

enum tune_place tune_place_of(const struct tune_path *path, unsigned i)
{
    unsigned place = 0;

    while (place < TUNE_PLACES && !places[place].holds(path, i)) {
        place++;
    }
    return (enum tune_place)place;
}

enum tune_place tune_place_of_name(struct vn_bytes name)
{
    unsigned place = 0;

    while (place < TUNE_PLACES) {
        const char *prefix = places[place].prefix;
        const size_t size = strlen(prefix);
        if (name.size > size && memcmp(name.data, prefix, size) == 0) {
            break;
        }
        place++;
    }
    return (enum tune_place)place;
}
