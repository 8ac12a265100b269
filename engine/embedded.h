/* embedded.h: the default lexicon, compiled into the program. */
#ifndef VN_EMBEDDED_H
#define VN_EMBEDDED_H

#include "text.h"

/* Name of the data as a whole. */
#define EMBEDDED_NAME "en"

/* engine/data/words-en.tsv, pairs-en.tsv, block-en.tsv, model-en: as they are.
 */
struct vn_bytes embedded_words(void);
struct vn_bytes embedded_pairs(void);
struct vn_bytes embedded_block(void);
struct vn_bytes embedded_model(void);

#endif
