/* open.h: opens what a command works on, and reports what goes wrong. */
#ifndef VN_OPEN_H
#define VN_OPEN_H

#include <stdbool.h>
#include <stdint.h>

#include "index/index.h"
#include "options.h"

/* An index in use, with one reader. */
struct open_index {
    const char *path;
    struct vn_index *index;
    struct vn_reader *reader;
};

/*
 * open_index_find() returns CLI_DONE if there is anything at 'path', else
 * CLI_REFUSED after saying how to get an index.
 */
int open_index_find(const char *path);

/*
 * open_index() opens the index 'path' under the guard (guard.h), with a
 * reader. Returns CLI_DONE, or reports the failure and returns its exit code.
 */
int open_index(struct open_index *open, const char *path);
/* Like open_index(), but for a command that takes 'path' as an argument. */
int open_index_argument(struct open_index *open, const char *path);
void open_index_close(struct open_index *open);

/*
 * open_index_error() reports a failure while reading 'path', with the way out,
 * and returns its exit code.
 */
int open_index_error(const char *path, enum vn_status status,
                     const struct vn_error *error);

/*
 * open_index_unspellable() fills '*error' for a record of 'suffix' that holds
 * what vn_spell() refuses, and returns VN_CORRUPT.
 */
enum vn_status open_index_unspellable(const char *path, uint32_t suffix,
                                      struct vn_error *error);

/*
 * open_lexicon() opens the embedded lexicon, or that of a folder or language,
 * with the overlays of 'options'.
 * Lines passed over are reported, the first ten one by one.
 */
int open_lexicon(const struct options_lexicon *options,
                 struct vn_lexicon **lexicon);

/* open_engine() makes the engine of 'lexicon'; 0 threads: one per processor. */
int open_engine(const struct vn_lexicon *lexicon, unsigned threads,
                struct vn_engine **engine);

/* Lines that are reported one by one before only their number is. */
#define REFUSALS_SHOWN 10

/* What was refused in a file or stream. */
struct refusals {
    uint64_t count;
};

/* refusals_add() counts a line and tells whether it is still to be shown. */
bool refusals_add(struct refusals *refusals);
/* refusals_end() says how many lines were not shown. */
void refusals_end(const struct refusals *refusals);

#endif
