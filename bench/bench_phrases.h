/* bench_phrases.h: files of advertised phrases, and the share that is found. */
#ifndef VN_BENCH_PHRASES_H
#define VN_BENCH_PHRASES_H

#include "bench.h"

#include "engine/text.h"

/*
 * A phrase is found at the rank of the first candidate whose seven characters
 * are its own: cuts do not count, and letters past the seventh key are not
 * compared. Two phrases of the same digits are two right readings: either
 * counts for both.
 */

#define PHRASE_SHAPE_SIZE 16u
#define RECALL_RANKS 3u
#define RECALL_GROUPS_MAX 32u

struct bench_phrase {
    struct vn_bytes display; /* as it is advertised */
    char letters[VN_SUFFIX_DIGITS + 1];
    char shape[PHRASE_SHAPE_SIZE];
    bool overdial;
    uint32_t suffix;
    unsigned rank; /* from 1; 0 = not found */
    struct vn_record record;
};

struct bench_phrases {
    const char *path;
    struct vn_bytes text;
    struct bench_phrase *list;
    size_t count;
};

/* Phrases that are counted together. */
struct recall_group {
    char name[PHRASE_SHAPE_SIZE];
    unsigned rows;
    unsigned hits[RECALL_RANKS];
};

/* All, each shape, overdials and others. */
struct bench_recall {
    struct recall_group groups[RECALL_GROUPS_MAX];
    size_t count;
};

/* The ranks that hits are counted for: 1, 3, 5. */
extern const unsigned recall_ranks[RECALL_RANKS];

/*
 * bench_phrases_read() reads the file 'path' (bench/data/README.md), whose
 * name is kept. bench_phrases_free() accepts what was never read.
 *
 * Returns VN_OK, VN_INVALID with file and line, VN_IO, VN_NOMEM.
 */
VN_NODISCARD enum vn_status bench_phrases_read(struct bench_phrases *phrases,
                                               const char *path,
                                               struct vn_error *error);
void bench_phrases_free(struct bench_phrases *phrases);

/* Fills the records by an engine of the lexicon of 'options'. */
VN_NODISCARD enum vn_status
bench_phrases_compute(struct bench_phrases *phrases,
                      const struct vn_lexicon_options *options,
                      struct vn_error *error);

/* Whether some phrase dials 'suffix'. */
bool bench_phrases_dial(const struct bench_phrases *phrases, uint32_t suffix);

/* Whether some phrase of 'suffix' has these seven characters. */
bool bench_phrases_has(const struct bench_phrases *phrases, uint32_t suffix,
                       const char *letters);

/* Finds the ranks from the records; VN_CORRUPT if one cannot be spelled. */
VN_NODISCARD enum vn_status bench_phrases_find(struct bench_phrases *phrases,
                                               struct vn_error *error);

/* Counts the ranks; VN_INVALID for a file of too many shapes. */
VN_NODISCARD enum vn_status
bench_recall_count(const struct bench_phrases *phrases,
                   struct bench_recall *recall, struct vn_error *error);

/*
 * bench_recall_print() prints shares and their 95 % intervals, as JSON with
 * the given 'kind', else as a table below the line 'title' ("" for none).
 */
void bench_recall_print(const struct bench_report *report, const char *kind,
                        const char *title, const struct bench_recall *recall);

#endif
