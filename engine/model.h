/* model.h: the weights of the ranking, as model files name them. */
#ifndef VN_MODEL_H
#define VN_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "number.h"
#include "text.h"

/*
 * The score of a spelling, in hundredths of a nat, is
 *
 *   S = sum over entries  of word score + start + middle + overdial terms,
 *                         and what the word earns as first or last one
 *     + sum over pairs    of neighbouring words that are listed
 *     + sum over borders  between two common words that are not listed
 *     + sum over runs     of digit costs + run term by place and length
 *                         + what its digits add: lone 2 or 4, equal, sequence
 *     + sum over borders  between a run and an entry that covers 1 or 2 keys,
 *                         between a lone 4 and the entry behind it, by class
 *     + what one run and one entry earn that make up the whole
 *
 * Keys are counted from 0; an entry covers keys start .. end - 1. All terms
 * depend on one token and its place, or on two neighbours, which is what makes
 * the shared-prefix search exact.
 */

/* Longest run of digits that stands in a spelling. */
#define MODEL_RUN_MAX 4u
/* Entries that cover at most this many keys are short. */
#define MODEL_SHORT_MAX 2u
/* Keys that the last word of an overdial entry covers at the least. */
#define MODEL_OVERDIAL_COVER 3u
/* Weights are at most this far from zero: a sum must fit the key (key.h). */
#define MODEL_WEIGHT_MAX 300
/* Penalty of a twin: 0 to this. */
#define MODEL_TWIN_MAX 1000
/* Two common words pay at most this: six borders must fit the key. */
#define MODEL_COMMON_MAX 200
/* One run and one entry: the fewest keys that the entry can cover, and those
   from which on all count alike. */
#define MODEL_RUN_WORD_MIN 3u
#define MODEL_RUN_WORD_MAX 5u
/* Format version of a model file. */
#define MODEL_VERSION 1
#define MODEL_NAME_SIZE 32u

/* Classes of words, which words files may tell; most words have none. */
enum model_class {
    MODEL_NO_CLASS,
    MODEL_NOUN,
    MODEL_VERB,
    MODEL_FUNCTION, /* the, for, my */
    MODEL_CLASSES
};

/* All values in hundredths of a nat. */
struct model {
    char name[MODEL_NAME_SIZE];
    int start[VN_SUFFIX_DIGITS]; /* entry begins at key 0..6 */
    int middle;                  /* entry begins after key 0, ends before 7 */
    int overdial;                /* entry runs past the seventh key */
    int overdial_letter;         /* for each letter past it */
    int overdial_whole;          /* such an entry begins at key 0 */
    int digit_01;                /* a 0 or 1 of a run */
    int digit_other;             /* a 2..9 of a run: it could be a letter */
    int lone_4;                  /* run that is just 4: reads "for" */
    int lone_2_start;            /* run that is just 2 ("to"), at key 0 */
    int lone_2_middle;           /* neither at key 0 nor at the end */
    int lone_2_end;              /* that ends at the seventh key */
    int run_start[MODEL_RUN_MAX + 1];  /* run at key 0, by length 1..4 */
    int run_middle[MODEL_RUN_MAX + 1]; /* neither at key 0 nor at the end */
    int run_end[MODEL_RUN_MAX + 1];    /* run that ends at the seventh key */
    int run_equal[4]; /* run of equal digits: [2] of two, [3] of three or four
                       */
    int run_sequence; /* run of three digits or more, each one above the digit
                         before it, or each one below */
    int short_beside_run; /* border of a short entry and a run, but for a lone
                             4 at key 0 */
    int common; /* 0 or below: two words side by side that are both common and
                   no listed pair */
    int lone_4_class[MODEL_CLASSES]; /* lone 4 and the class of the entry behind
                                        it; 0 for none */
    /* 0 or above: a run at key 0 and one entry up to the seventh key, but not
       past it, by the keys that it covers; [5] of five or six. */
    int run_word[MODEL_RUN_WORD_MAX + 1];
    int twin; /* positive: paid once by a candidate that differs in at most one
                 of the seven characters from one already chosen */
};

/*
 * model_read() reads the weights of a model file: a first line
 * "vanity-model 1", then "name value" or "name.index value" lines, into
 * '*model'; weights that are not named stay as they are, the name becomes
 * "unnamed" without one. 'text' is the file's bytes, 'path' its name for
 * messages.
 *
 * Returns VN_OK, VN_INVALID with file and line, VN_VERSION.
 */
VN_NODISCARD enum vn_status model_read(const char *path, struct vn_bytes text,
                                       struct model *model,
                                       struct vn_error *error);

/* model_hash() is the XXH3-64 of all weights, without the name. */
uint64_t model_hash(const struct model *model);

/* The terms of the score, by place. */
int model_entry(const struct model *model, unsigned start, unsigned end);
int model_overdial(const struct model *model, unsigned start, unsigned past);
int model_run(const struct model *model, unsigned start, unsigned length);

/* The term of a run at key 0 and one entry that ends at the seventh key. */
int model_run_word(const struct model *model, unsigned covered);

/* The terms of a run by its digits, of which 'run' is the first. */
int model_lone(const struct model *model, unsigned start, unsigned digit);
int model_equal(const struct model *model, const unsigned *run,
                unsigned length);
int model_sequence(const struct model *model, const unsigned *run,
                   unsigned length);
/* All of them together. */
int model_run_digits(const struct model *model, const unsigned *run,
                     unsigned start, unsigned length);

#endif
