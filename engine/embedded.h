/* embedded.h: the default lexicon, compiled into the program. */
#ifndef VN_EMBEDDED_H
#define VN_EMBEDDED_H

#include "text.h"

/* Name of the data as a whole; raised when any of the files changes. */
#define EMBEDDED_VERSION "en-1"

/* engine/data/words-en.tsv, pairs-en.tsv and block-en.tsv, as they are. */
struct vn_bytes embedded_words(void);
struct vn_bytes embedded_pairs(void);
struct vn_bytes embedded_block(void);

#endif
