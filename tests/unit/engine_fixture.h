/* engine_fixture.h: lexicons, overlay files, and random numbers for tests. */
#ifndef ENGINE_FIXTURE_H
#define ENGINE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/engine.h"

/* A text as bytes: NUL may stand inside. */
#define BYTES(literal) ((struct vn_bytes){(literal), sizeof(literal) - 1})

/*
 * fixture_setup() seeds the random numbers (from VN_SEED, which it prints) and
 * makes a folder; fixture_teardown() removes the folder with its files: for
 * cmocka_run_group_tests().
 */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/* xorshift64*: 0 .. end - 1. */
uint32_t fixture_random(uint32_t end);

/* The folder, and the path of the file 'name' in it (lent, a few at once). */
const char *fixture_folder(void);
const char *fixture_path(const char *name);
/* Writes a file into the folder; returns its path like fixture_path(). */
const char *fixture_write(const char *name, const char *data, size_t size);
const char *fixture_write_text(const char *name, const char *text);

/* A lexicon that must come to be. */
struct vn_lexicon *fixture_open(const struct vn_lexicon_options *options);

/*
 * The lexicon of tests/reference with these texts as overlays; NULL or "" for
 * none.
 */
struct vn_lexicon *fixture_lexicon(const char *words, const char *block);

/* Like fixture_lexicon(), but with a text of words and one of weights. */
struct vn_lexicon *fixture_weighed(const char *words, const char *weights);

/* An engine that must come to be. */
struct vn_engine *fixture_engine(const struct vn_lexicon *lexicon,
                                 enum vn_engine_path path, unsigned threads);

/* The suffix that seven letters or digits dial, and its digits. */
uint32_t fixture_dial(const char *keys);
void fixture_digits(uint32_t suffix, unsigned digits[VN_SUFFIX_DIGITS]);

/* Fails, with both records spelled, unless they are the same. */
void fixture_same_records(uint32_t suffix, const struct vn_record *expected,
                          const struct vn_record *got);

#endif
