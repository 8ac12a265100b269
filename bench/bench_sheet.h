/* bench_sheet.h: sheets of random spellings for people to mark. */
#ifndef VN_BENCH_SHEET_H
#define VN_BENCH_SHEET_H

#include "bench.h"

/* Spellings of a line; lines are marked as a whole (JUDGING.md). */
#define SHEET_SPELLINGS 3u
/* Most suffixes of a sheet, and indexes that are mixed in one. */
#define SHEET_SUFFIXES_MAX 100000u
#define SHEET_INDEXES_MAX 8u

/* The first lines of a sheet; a marker writes a name behind the second. */
#define SHEET_TITLE "# vanity judging sheet 1"
#define SHEET_MARKER "# marker"
#define SHEET_COLUMNS "suffix\tfirst\tsecond\tthird\tmark\tnote"

/* The first spellings of a suffix, the missing ones "". */
struct sheet_list {
    uint32_t suffix;
    char texts[SHEET_SPELLINGS][VN_SPELLING_SIZE];
};

struct sheet_options {
    const char *const *indexes; /* 1..SHEET_INDEXES_MAX, of one prefix */
    size_t index_count;
    uint32_t suffixes; /* 1..SHEET_SUFFIXES_MAX */
    uint64_t seed;
    bool blind; /* shuffle the lines, lists of one suffix apart */
};

/*
 * bench_sheet_print() draws suffixes at random, each once, from the prefix of
 * the indexes, and prints the different lists that the indexes give for them
 * as a sheet. The same options give the same bytes.
 *
 * Returns VN_OK, VN_INVALID for indexes of several prefixes or more suffixes
 * than there are, or what opening and reading an index returns.
 */
VN_NODISCARD enum vn_status
bench_sheet_print(const struct sheet_options *options, struct vn_error *error);

/* Spells the first candidates of 'record'; VN_CORRUPT if that fails. */
VN_NODISCARD enum vn_status sheet_spell(uint32_t suffix,
                                        const struct vn_record *record,
                                        struct sheet_list *list,
                                        struct vn_error *error);

/* In the order of suffix and spellings, as strcmp(). */
int sheet_compare(const struct sheet_list *a, const struct sheet_list *b);

#endif
