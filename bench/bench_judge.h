/* bench_judge.h: scores sheets that people have marked. */
#ifndef VN_BENCH_JUDGE_H
#define VN_BENCH_JUDGE_H

#include "bench.h"

/* Sheets, and markers, of one run. */
#define JUDGE_FILES_MAX 64u

struct judge_options {
    const char *const *files; /* 1..JUDGE_FILES_MAX */
    size_t file_count;
    const char *index; /* count only lists that it gives; NULL = all */
    bool json;
};

/*
 * bench_judge_print() reads marked sheets (JUDGING.md, data/README.md), of
 * which several may be of one marker, and prints how many lists are good and
 * embarrassing by each marker, by all, and by any, how far each two markers
 * agree, and the embarrassing lists.
 *
 * Returns VN_OK; VN_INVALID, with file and line, for a sheet that is not as it
 * must be; what opening and reading an index returns; VN_IO; VN_NOMEM.
 */
VN_NODISCARD enum vn_status
bench_judge_print(const struct judge_options *options, struct vn_error *error);

#endif
