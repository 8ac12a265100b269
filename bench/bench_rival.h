/* bench_rival.h: times of what runs beside the loader and exports. */
#ifndef VN_BENCH_RIVAL_H
#define VN_BENCH_RIVAL_H

#include <stdio.h>

#include "bench.h"

/* A program that is measured: time passed and processor time of an item. */
struct bench_rival {
    struct bench_series wall, cpu;
};

/* Begins empty series, "NAME" and "NAME, CPU"; 40 bytes of the name count. */
void bench_rival_start(struct bench_rival *rival, const char *name,
                       unsigned threads);
/* Adds the time of 'items'; all are counted in the items of the first time. */
void bench_rival_add(struct bench_rival *rival, uint64_t items,
                     struct bench_time time);
/*
 * Adds what a program of popen() prints to 'output', which is closed: items,
 * seconds, processor seconds. False if the program fails.
 */
VN_NODISCARD bool bench_rival_read(struct bench_rival *rival, FILE *output);

/* Removes a folder and all that is in it; a message tells of a failure. */
void bench_remove_tree(const char *path);

#endif
