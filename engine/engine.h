/* engine.h: the ranked best spellings of every seven-digit suffix. */
#ifndef VN_ENGINE_H
#define VN_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "number.h"
#include "record.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The model and the exact result are described in README.md ("The model") and
 * defined step by step at vn_engine_run(). All scores inside the engine are
 * integers in hundredths of a nat; there is no floating point, so the same
 * lexicon gives the same bytes on every machine and for any number of threads.
 */

/* ---- Lexicon ---------------------------------------------------------- */

/* Letters of an entry; score of an overlay line in hundredths of a nat. */
#define VN_WORD_LETTERS_MAX 10u
#define VN_WORD_SCORE_MIN (-1500)
#define VN_WORD_SCORE_MAX 800
#define VN_WORD_SCORE_DEFAULT (-100)
/* A word that begins or ends a spelling earns or pays at most this. */
#define VN_PLACE_SCORE_MAX 300
/* Entries of a lexicon, overlays included; lines past it are an error. */
#define VN_LEXICON_ENTRIES_MAX 1000000u
/* Overlay files of one lexicon, words and block lists together. */
#define VN_OVERLAYS_MAX 64u

/* Words, pairs of words, block list and weights. Immutable once opened. */
struct vn_lexicon;

/* All fields may be zero: the embedded default lexicon and model. */
struct vn_lexicon_options {
    /*
     * A folder in place of the embedded lexicon: words.tsv, pairs.tsv and
     * block.tsv as data/README.md has them, words.tsv with a third column where
     * a word is common, "c", or a noun, verb or function word, "n", "v" or "f",
     * with a fourth and fifth where it earns or pays something as first and as
     * last word of a spelling (engine/model.h), and, if there is one, model (as
     * 'model_path'). Its lines are never passed over.
     */
    const char *folder;
    /*
     * Overlays of words, read in this order. A line is "phrase[TAB]score"
     * (VN_WORD_SCORE_MIN..MAX, VN_WORD_SCORE_DEFAULT if left out); letters of
     * either case, a space or a hyphen between the words of a phrase, at most
     * VN_WORD_LETTERS_MAX letters in all. It replaces an entry of the same
     * letters and cuts (which without the further columns of 'folder' is no
     * common word, of no class, and earns nothing by its place), and is kept
     * even if a block list forbids the word.
     */
    const char *const *word_paths;
    size_t word_path_count;
    /*
     * Block lists: one term a line (letters only, at most 10): never a word
     * of the lexicon, never across a border.
     */
    const char *const *block_paths;
    size_t block_path_count;
    /* Weights (engine/model.h); NULL = those of 'folder', else built in. */
    const char *model_path;
    bool skip_bad; /* pass over bad lines of overlays and count them */
    /* Called for every line passed over; NULL allowed. 'error' is lent. */
    void (*bad_line)(void *context, const struct vn_error *error);
    void *bad_line_context;
};

/* One overlay or model file as it was read. */
struct vn_overlay {
    char kind[8];   /* "words", "block" or "model" */
    char name[256]; /* its file name without folders */
    uint64_t hash;  /* XXH3-64 of its bytes */
    uint64_t lines; /* lines taken */
    uint64_t skipped;
};

struct vn_lexicon_info {
    uint64_t fingerprint;   /* of everything below but the names */
    const char *version;    /* name and hash of the texts, "en-1b2c3d4e" */
    const char *model;      /* name of the model, "H" */
    uint32_t words;         /* entries of one word */
    uint32_t phrases;       /* entries with cuts */
    uint32_t pairs;         /* listed pairs whose words are both there */
    uint32_t blocked_words; /* terms with flag T */
    uint32_t blocked_spans; /* terms with flag S */
    uint64_t skipped;       /* bad lines passed over */
    const struct vn_overlay *overlays;
    size_t overlay_count;
};

/*
 * vn_lexicon_open() reads the embedded data, or the folder, and the overlays
 * of 'options' (NULL = none) into a new lexicon that the caller frees.
 *
 * Cost: about 30 ms and 10 MB for the embedded data.
 *
 * Returns VN_OK; VN_INVALID for a bad line (file, line and what is wrong are
 * in '*error'), a file that is not there, a lexicon without any word;
 * VN_VERSION for a model file of another version; VN_IO; VN_NOMEM.
 */
VN_NODISCARD enum vn_status
vn_lexicon_open(const struct vn_lexicon_options *options,
                struct vn_lexicon **lexicon, struct vn_error *error);
void vn_lexicon_free(struct vn_lexicon *lexicon); /* accepts NULL */

/* What the pointers of '*info' point at lives as long as the lexicon. */
void vn_lexicon_info(const struct vn_lexicon *lexicon,
                     struct vn_lexicon_info *info);

/*
 * vn_lexicon_generation() is the 64-bit fingerprint of all that decides the
 * records of an index: lexicon, overlays, weights, codec and prefix. Overlays
 * count by their effect, not by their names.
 */
uint64_t vn_lexicon_generation(const struct vn_lexicon *lexicon,
                               struct vn_prefix prefix);

/* ---- Engine ----------------------------------------------------------- */

/* Tables made of one lexicon for fast search. Immutable once made. */
struct vn_engine;

/* Most threads that may be asked for. */
#define VN_THREADS_MAX 1024u

/* How the search is computed. Every path gives the same bytes. */
enum vn_engine_path {
    VN_PATH_AUTO,   /* the fastest that this processor has */
    VN_PATH_SCALAR, /* one suffix at a time, any processor */
    VN_PATH_SSE4,   /* two at a time, x86-64 with SSE4.1 */
    VN_PATH_AVX2,   /* four at a time, x86-64 with AVX2, BMI1 and 2 */
    VN_PATH_AVX512, /* eight at a time, x86-64 with AVX-512 F and DQ */
    VN_PATH_NEON    /* two at a time, 64-bit ARM */
};
/* One past the last of them. */
#define VN_PATHS ((unsigned)VN_PATH_NEON + 1)

struct vn_engine_options {
    unsigned threads; /* 1..VN_THREADS_MAX; 0 = one per online processor */
    enum vn_engine_path path;
};

/*
 * vn_engine_new() makes the search tables of 'lexicon', which must outlive the
 * engine.
 *
 * Cost: about 0.1 s and 40 MB for the embedded data.
 *
 * Returns VN_OK; VN_INVALID for a number of threads out of range or a path
 * that this processor has not; VN_IO if the threads cannot be started;
 * VN_NOMEM.
 */
VN_NODISCARD enum vn_status
vn_engine_new(const struct vn_lexicon *lexicon,
              const struct vn_engine_options *options,
              struct vn_engine **engine, struct vn_error *error);
void vn_engine_free(struct vn_engine *engine); /* accepts NULL */

/* The path that vn_engine_run() takes, by its name. */
const char *vn_engine_path_text(const struct vn_engine *engine);
/* "scalar", "sse4", "avx2", "avx512", "neon"; VN_PATH_AUTO: "auto". */
const char *vn_engine_path_name(enum vn_engine_path path);
/* Whether this processor can take 'path'. */
bool vn_engine_has_path(enum vn_engine_path path);
unsigned vn_engine_threads(const struct vn_engine *engine);

/*
 * vn_engine_run() hands the records of the suffixes 'first' .. 'first' +
 * 'count' - 1 to 'sink', in order, from the calling thread, in pieces that
 * begin at a multiple of 10,000 (but for the first) and have at most 10,000.
 *
 * The record of a suffix is defined thus:
 *  1. All spellings: entries of the lexicon (a listed pair of neighbours earns
 *     its bonus), runs of 1 to 4 digits, no two runs adjacent, an overdial
 *     entry only last (its last word covers at least 3 keys and runs 1 to 3
 *     letters past the seventh), at least one entry. S is the sum of the terms
 *     of model.h.
 *  2. Dropped: those with a blocked span over a border (block.h).
 *  3. Per seven characters the best split is kept.
 *  4. Total order: S, higher first; fewer literal digits; fewer segments; the
 *     seven characters in ASCII; shorter tail; tail in ASCII; longer first
 *     segment, then second, and so on.
 *  5. Of the first 20, five are chosen greedily: each time the first in the
 *     total order, where a candidate that differs in at most one of the seven
 *     characters from one already chosen has `twin` less S (once; 0.30).
 * The score of a candidate is its S before step 5.
 *
 * Memory: about 10 MB beside the tables, for any count.
 * Threads: one run at a time per engine.
 *
 * Returns VN_OK, VN_INVALID for a range past VN_SUFFIXES, VN_NOMEM, or what
 * the sink returned.
 */
VN_NODISCARD enum vn_status vn_engine_run(struct vn_engine *engine,
                                          uint32_t first, uint32_t count,
                                          vn_record_sink_fn sink, void *context,
                                          struct vn_error *error);

/*
 * vn_engine_rank() computes one record, on the calling thread. Threads: any
 * number at once. Cost: some 20 us, no allocation, 64 kB of stack.
 */
void vn_engine_rank(const struct vn_engine *engine, uint32_t suffix,
                    struct vn_record *record);

/* Most spellings of vn_engine_list(). */
#define VN_LIST_MAX 20u

/*
 * Like vn_engine_rank(), but the first 'most' (at most VN_LIST_MAX) spellings
 * in the total order, before five of them are chosen. Returns how many.
 */
unsigned vn_engine_list(const struct vn_engine *engine, uint32_t suffix,
                        unsigned most, struct vn_spelling *list);

/* What an engine is made of, and what it did. */
struct vn_engine_counts {
    uint64_t tokens;       /* placed words and chains of listed pairs */
    uint64_t rows;         /* of eight keys that hold them */
    uint64_t block_states; /* of the automaton of blocked spans */
    uint64_t suffixes;     /* computed by vn_engine_run() so far */
    uint64_t exact;        /* of these, searched again with longer lists */
};

void vn_engine_counts(const struct vn_engine *engine,
                      struct vn_engine_counts *counts);

/* ---- Explanation ------------------------------------------------------ */

#define VN_TERMS_MAX 40u

/* One summand of a score. */
struct vn_term {
    const char *name; /* "word", "pair", "start", "run", ...: static */
    char token[24];   /* what it is about: "GOT", "GOT-JUNK", "468" */
    int hundredths;   /* its value */
};

struct vn_explanation {
    struct vn_spelling spelling;
    int hundredths; /* S: the sum of the terms */
    int penalty;    /* paid in step 5, 0 or -100 */
    unsigned term_count;
    struct vn_term terms[VN_TERMS_MAX];
};

/*
 * vn_engine_explain() computes the record of 'suffix' and splits the score of
 * each candidate into its terms, in the order of the spelling. '*count' gets
 * the number of candidates, 0..5. Cost: some 100 us.
 */
void vn_engine_explain(const struct vn_engine *engine, uint32_t suffix,
                       struct vn_explanation out[VN_CANDIDATES],
                       unsigned *count);

#ifdef __cplusplus
}
#endif

#endif
