/* options.h: options that several commands take, as children of their argp. */
#ifndef VN_OPTIONS_H
#define VN_OPTIONS_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>

#include "engine/engine.h"

/* --json and --quiet; the input of options_common_argp. */
struct options_common {
    bool json;
    bool quiet;
};

/*
 * --lexicon, --language, --words, --block, --model, --skip-bad; the input of
 * options_lexicon_argp.
 */
struct options_lexicon {
    const char *folder;
    const char *language;
    const char *words[VN_OVERLAYS_MAX];
    size_t word_count;
    const char *blocks[VN_OVERLAYS_MAX];
    size_t block_count;
    const char *model;
    bool skip_bad;
};

extern const struct argp options_common_argp;
/* -i; its input is a 'const char *', NULL if not given. */
extern const struct argp options_index_argp;
extern const struct argp options_lexicon_argp;

/*
 * options_parse() is argp_parse() for a parser that has options_common_argp as
 * a child; a wrong option ends the program after one line.
 */
void options_parse(const struct argp *parser, int argc, char **argv,
                   void *input);

/* The number of threads of "--threads TEXT"; ends the program if bad. */
unsigned options_threads(const char *text);

/* The prefix of "--prefix TEXT"; ends the program if bad. */
struct vn_prefix options_prefix(const char *text);

/* Path of the index: 'given', else VANITY_INDEX, else VN_INDEX_DEFAULT. */
const char *options_index_path(const char *given);

#endif
