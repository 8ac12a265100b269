/* bench_source.h: whatever gives records: index, model, lexicon, program. */
#ifndef VN_BENCH_SOURCE_H
#define VN_BENCH_SOURCE_H

#include "bench.h"
#include "bench_reader.h"

/* Name of the built-in lexicon and model. */
#define SOURCE_DEFAULT "default"

enum source_kind {
    SOURCE_LEXICON, /* a folder, or the built-in one */
    SOURCE_MODEL,   /* a file of weights */
    SOURCE_INDEX,
    SOURCE_PROGRAM /* an executable 'vanity', whose build is asked */
};

struct source_options {
    const char *lexicon; /* folder of a model's words; NULL = built in */
    const char *model;   /* weights of a lexicon; NULL = its own */
    const char *folder;  /* for the indexes that programs build */
    unsigned threads;    /* of engines and programs */
};

/* Plain; zero before source_open(). */
struct bench_source {
    const char *path;
    enum source_kind kind;
    const struct source_options *options;
    struct vn_lexicon *lexicon;
    struct vn_engine *engine;
    struct bench_reader reader;
    char *built; /* path of the index of a program */
};

/*
 * source_open() finds out what 'path' (kept) is and opens it.
 * source_prepare() then lets a program build its index of 'prefix'.
 * source_close() accepts what was never opened, and removes that index.
 *
 * Return VN_OK; VN_INVALID if there is no such file, or a prefix that an index
 * has nothing of; VN_IO, also for a program that fails; what opening a lexicon
 * or an index returns.
 */
VN_NODISCARD enum vn_status source_open(struct bench_source *source,
                                        const char *path,
                                        const struct source_options *options,
                                        struct vn_error *error);
VN_NODISCARD enum vn_status source_prepare(struct bench_source *source,
                                           struct vn_prefix prefix,
                                           struct vn_error *error);
void source_close(struct bench_source *source);

/* "lexicon", "model", "index", "program". */
const char *source_kind_text(const struct bench_source *source);

/*
 * source_narrow() makes '*prefix' that of the source's index if it is longer;
 * VN_INVALID if no suffix has both.
 */
VN_NODISCARD enum vn_status source_narrow(const struct bench_source *source,
                                          struct vn_prefix *prefix,
                                          struct vn_error *error);

/* The records of the suffixes 'first' .. 'first' + 'count' - 1. */
VN_NODISCARD enum vn_status source_records(struct bench_source *source,
                                           uint32_t first, uint32_t count,
                                           struct vn_record *records,
                                           struct vn_error *error);
VN_NODISCARD enum vn_status source_record(struct bench_source *source,
                                          uint32_t suffix,
                                          struct vn_record *record,
                                          struct vn_error *error);

/* ---- Times ------------------------------------------------------------- */

/* What is timed: the same for both sources. */
struct source_work {
    struct vn_prefix prefix;
    uint32_t suffixes;    /* of an engine, in ten pieces; a multiple of ten */
    const uint32_t *keys; /* looked up in an index, one by one */
    uint32_t key_count;
};

/* Whether the times of 'a' and 'b' are times of the same thing. */
bool source_timed_alike(const struct bench_source *a,
                        const struct bench_source *b);
/* Fills an empty series with name, unit and operations. */
void source_series(const struct bench_source *source,
                   const struct source_work *work, const char *name,
                   struct bench_series *series);
/* Does the work once. */
VN_NODISCARD enum vn_status source_time(struct bench_source *source,
                                        const struct source_work *work,
                                        struct bench_time *time,
                                        struct vn_error *error);

#endif
