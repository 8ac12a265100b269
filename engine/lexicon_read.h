/* lexicon_read.h: the text formats of words, pairs and block lists. */
#ifndef VN_LEXICON_READ_H
#define VN_LEXICON_READ_H

#include "lexicon.h"
#include "text.h"

/*
 * Each reads one line that vn_lines_next() gave and returns NULL, or what is
 * wrong with it as a static sentence that says how it should look.
 */

/*
 * "phrase[TAB score[TAB flags[TAB first TAB last]]]": words-en.tsv and overlays
 * of words; a phrase of several words has no columns behind the score.
 */
const char *lexicon_read_word(struct vn_bytes line, struct entry *entry);

/* "word TAB word TAB bonus": pairs-en.tsv. */
const char *lexicon_read_pair(struct vn_bytes line, struct entry *left,
                              struct entry *right, int16_t *bonus);

/* "term TAB flags TAB source": block-en.tsv. */
const char *lexicon_read_term(struct vn_bytes line, struct block_term *term);

/* "term": a block list of the user, both flags. */
const char *lexicon_read_block(struct vn_bytes line, struct block_term *term);

#endif
