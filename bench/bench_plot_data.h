/* bench_plot_data.h: figures as the data files that gnuplot reads. */
#ifndef VN_BENCH_PLOT_DATA_H
#define VN_BENCH_PLOT_DATA_H

#include <stdio.h>

#include "bench.h"

/* Files side by side in one picture. */
#define PLOT_INPUTS_MAX 4u

/* What a picture is made of. */
struct plot_input {
    const char *const *paths; /* results (JSON), or one index */
    const char *const *names; /* of the files, as pictures show them */
    size_t count;
    const char *benchmark; /* phrases that scores shows too; NULL = none */
};

/*
 * Each writes the data of one kind of picture to 'to', columns in the comment
 * above its function, and gnuplot variables for its script to 'job'.
 *
 * Return VN_OK; VN_INVALID for a file that is not there, has no such results,
 * with file and line if it is no JSON; what opening an index returns; VN_IO;
 * VN_NOMEM.
 */
typedef enum vn_status (*plot_write_fn)(const struct plot_input *input,
                                        FILE *to, FILE *job,
                                        struct vn_error *error);

enum vn_status plot_write_recall(const struct plot_input *input, FILE *to,
                                 FILE *job, struct vn_error *error);
enum vn_status plot_write_speed(const struct plot_input *input, FILE *to,
                                FILE *job, struct vn_error *error);
enum vn_status plot_write_build(const struct plot_input *input, FILE *to,
                                FILE *job, struct vn_error *error);
enum vn_status plot_write_scores(const struct plot_input *input, FILE *to,
                                 FILE *job, struct vn_error *error);
/* 1,000 x 1,000 floats, row by row. */
enum vn_status plot_write_map(const struct plot_input *input, FILE *to,
                              FILE *job, struct vn_error *error);
enum vn_status plot_write_exchanges(const struct plot_input *input, FILE *to,
                                    FILE *job, struct vn_error *error);

/* A line "name = 'text'" of gnuplot; what is no UTF-8 is left out. */
void plot_set_text(FILE *job, const char *name, const char *text);

#endif
