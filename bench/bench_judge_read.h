/* bench_judge_read.h: the marks of sheets, read and checked. */
#ifndef VN_BENCH_JUDGE_READ_H
#define VN_BENCH_JUDGE_READ_H

#include "bench_judge.h"
#include "bench_sheet.h"

#include "engine/text.h"

#define MARKER_SIZE 32u

/* The first three are those that BENCH_MARKS counts. */
enum mark { MARK_GOOD, MARK_POOR, MARK_EMBARRASSING, MARK_NONE, MARK_EMPTY };
#define MARK_KINDS 5u

/* What one marker says of one list. */
struct judgement {
    struct sheet_list list;
    unsigned marker;
    enum mark mark;
    struct vn_bytes note; /* lent by the text of its sheet */
    const char *path;
    uint64_t line;
};

struct judgements {
    char markers[JUDGE_FILES_MAX][MARKER_SIZE];
    size_t marker_count;
    struct vn_bytes texts[JUDGE_FILES_MAX];
    size_t text_count;
    struct judgement *list; /* by list, then by marker */
    size_t count, room;
};

/*
 * judge_read() adds the sheet 'path' (the name is kept); judge_sort() puts all
 * in order and refuses a list that one marker has marked twice. judge_free()
 * accepts what was never read.
 */
VN_NODISCARD enum vn_status judge_read(struct judgements *judgements,
                                       const char *path,
                                       struct vn_error *error);
VN_NODISCARD enum vn_status judge_sort(struct judgements *judgements,
                                       struct vn_error *error);
void judge_free(struct judgements *judgements);

#endif
