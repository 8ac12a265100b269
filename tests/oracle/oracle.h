/* oracle.h: the plain enumerator: every cut, every word, the bare rules. */
#ifndef VN_ORACLE_H
#define VN_ORACLE_H

#include <stdbool.h>

#include "engine/error.h"
#include "engine/record.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The oracle gives the record of a suffix as vn_engine_run() defines it, by
 * trying every spelling on its own. It shares no code with the search of the
 * engine (only the shapes of record.h and keypad.h), so that where both agree,
 * both are right. It is also the baseline of the benchmark: some 75 us for a
 * random suffix.
 *
 * Life: open, read a model, add as many overlays as wanted, finish, rank.
 */
struct vn_oracle;

/* Spellings of which the five of a record are chosen. */
#define VN_ORACLE_LIST 20u

/* A spelling before diversity. Plain data. */
struct vn_oracle_spelling {
    char text[VN_SPELLING_SIZE];     /* "GOT-JUNK", "CONTACTS" */
    char keys[VN_SUFFIX_DIGITS + 1]; /* the seven characters: "GOTJUNK" */
    int hundredths;                  /* S */
};

/*
 * vn_oracle_open() reads words ("word TAB score", and behind another tab "c" if
 * it is common, "n", "v" or "f" for its class), pairs ("left TAB right TAB
 * bonus") and block list ("term TAB flags ...", flags of the letters T and S)
 * from text files; a path that is NULL stands for an empty file. The caller
 * frees '*oracle'.
 *
 * Returns VN_OK, VN_INVALID for a bad line, VN_IO, VN_NOMEM.
 */
VN_NODISCARD enum vn_status vn_oracle_open(const char *words_path,
                                           const char *pairs_path,
                                           const char *block_path,
                                           struct vn_oracle **oracle,
                                           struct vn_error *error);
void vn_oracle_free(struct vn_oracle *oracle); /* accepts NULL */

/*
 * vn_oracle_read_model() reads the weights of a model file, one "name value"
 * a line, in any order; those that the first models had not may be left out
 * and stay as they are. Without a file they are those of model H of the
 * ranking study, which stand in oracle_weights.c.
 *
 * Returns VN_OK, VN_INVALID if a weight is not there or unknown, VN_IO.
 */
VN_NODISCARD enum vn_status vn_oracle_read_model(struct vn_oracle *oracle,
                                                 const char *path,
                                                 struct vn_error *error);

/*
 * vn_oracle_add_words() adds one line of an overlay of words: 'phrase' is one
 * word or several with a space or hyphen between, of either case, at most ten
 * letters; 'score' is its U in hundredths of a nat. It replaces an entry of
 * the same letters and cuts, and no block list removes it.
 *
 * vn_oracle_add_block() adds one term (2 to 10 letters) of a block overlay:
 * neither a word of the lexicon nor a span over a border.
 *
 * vn_oracle_add_pair() lists a pair of words; they need not be there yet.
 *
 * All to be called before vn_oracle_finish(). Return VN_OK, VN_INVALID for
 * text that is no such phrase, term or word, VN_NOMEM.
 */
VN_NODISCARD enum vn_status vn_oracle_add_words(struct vn_oracle *oracle,
                                                const char *phrase, int score);
VN_NODISCARD enum vn_status vn_oracle_add_block(struct vn_oracle *oracle,
                                                const char *term);
VN_NODISCARD enum vn_status vn_oracle_add_pair(struct vn_oracle *oracle,
                                               const char *left,
                                               const char *right, int bonus);

/*
 * vn_oracle_finish() makes the look-up tables; to be called once, after the
 * last addition and before the first ranking. Returns VN_OK or VN_NOMEM.
 */
VN_NODISCARD enum vn_status vn_oracle_finish(struct vn_oracle *oracle);

/*
 * vn_oracle_shortcut() lets an oracle leave a spelling at once whose score is
 * below that of the 20th so far, before it is written out and looked at. The
 * records are the same, in a third of the time: for comparing many suffixes.
 * Off at first: the plain enumerator treats every spelling alike.
 */
void vn_oracle_shortcut(struct vn_oracle *oracle, bool taken);

/*
 * vn_oracle_rank() computes the record of 'suffix' (0..9,999,999).
 * Threads: any number at once. No allocation.
 */
void vn_oracle_rank(const struct vn_oracle *oracle, uint32_t suffix,
                    struct vn_record *record);

/*
 * Like vn_oracle_rank(), but the spellings that the record is chosen from, in
 * the total order. Returns how many there are, 0..VN_ORACLE_LIST.
 */
unsigned vn_oracle_list(const struct vn_oracle *oracle, uint32_t suffix,
                        struct vn_oracle_spelling list[VN_ORACLE_LIST]);

#ifdef __cplusplus
}
#endif

#endif
