/* lexicon_source.h: the texts that a lexicon is made of: embedded or files. */
#ifndef VN_LEXICON_SOURCE_H
#define VN_LEXICON_SOURCE_H

#include <stdbool.h>

#include "error.h"
#include "text.h"

/* Longest name of a version with its end, as an index keeps it. */
#define LEXICON_VERSION_SIZE 32u

struct lexicon_text {
    const char *path; /* for messages */
    struct vn_bytes text;
};

struct lexicon_source {
    struct lexicon_text words, pairs, block;
    struct lexicon_text built_in; /* the built-in weights */
    struct lexicon_text model;    /* of the folder; path NULL: it has none */
    /* The name of the folder and a hash of its texts: "en-1b2c3d4e" */
    char version[LEXICON_VERSION_SIZE];
    bool is_read; /* texts and paths are of the source, not lent */
};

/*
 * lexicon_source_open() lends the embedded texts, or reads words.tsv,
 * pairs.tsv, block.tsv and, if there is one, model of 'folder'. A failed one
 * can be reset too.
 *
 * Returns VN_OK; VN_INVALID if a file is not there or is no file; VN_IO;
 * VN_NOMEM.
 */
VN_NODISCARD enum vn_status lexicon_source_open(const char *folder,
                                                struct lexicon_source *source,
                                                struct vn_error *error);
void lexicon_source_reset(struct lexicon_source *source); /* accepts zeros */

#endif
