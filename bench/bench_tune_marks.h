/* bench_tune_marks.h: what people chose on sheets, as rows for the fit. */
#ifndef VN_BENCH_TUNE_MARKS_H
#define VN_BENCH_TUNE_MARKS_H

#include "bench_phrases.h"
#include "bench_tune.h"

struct tune_marks {
    struct tune_row *rows; /* of numbers that no phrase has */
    size_t count, room;
    size_t dropped; /* chosen for a number of the phrases */
    size_t unfit;   /* "-": nothing is fit */
    size_t open;    /* not decided */
};

/*
 * tune_marks_read() adds the choice sheet 'path' (bench_choose.h). Each row
 * gets the given weight and rivals; tune_marks_free() accepts what was never
 * read.
 *
 * Returns VN_OK, VN_INVALID with file and line, VN_IO, VN_NOMEM.
 */
VN_NODISCARD enum vn_status tune_marks_read(struct tune_marks *marks,
                                            const char *path,
                                            const struct bench_phrases *phrases,
                                            const struct tune_choice *like,
                                            struct vn_error *error);
void tune_marks_free(struct tune_marks *marks);

#endif
