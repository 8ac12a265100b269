/* compare_input.h: what compare-engine is asked to compare. */
#ifndef VN_COMPARE_INPUT_H
#define VN_COMPARE_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include "engine/error.h"
#include "engine/text.h"

/* Modes and overlay files of one call, each. */
#define ARGUMENTS_MAX 16u
#define JOBS_MAX 64u

enum mode { RANDOM, LETTERS, ZEROS, PREFIX, DEV, AROUND_WORDS };

struct request {
    enum mode mode;
    const char *value;
};

struct arguments {
    const char *lexicon; /* folder; NULL = the built-in one */
    const char *words[ARGUMENTS_MAX];
    size_t word_count;
    const char *blocks[ARGUMENTS_MAX];
    size_t block_count;
    struct request requests[ARGUMENTS_MAX];
    size_t request_count;
    uint64_t seed;
    unsigned jobs;
};

struct suffixes {
    uint32_t *list;
    size_t count;
    size_t room;
};

/* One line of an overlay of words, as text with its end. */
struct phrase {
    char text[VN_TEXT_LINE_MAX + 1];
    long score;
};

/* Takes one line of a text file; it is lent for the call. */
typedef void (*line_fn)(void *context, struct vn_bytes line);

/* Ends the program with one line on standard error and exit code 2. */
void die(const char *message) __attribute__((noreturn));
void expect_ok(enum vn_status status, const struct vn_error *error);

/* 'arguments' holds the defaults before; its texts are those of 'argv'. */
void parse_arguments(int argc, char **argv, struct arguments *arguments);
/* A whole number, decimal or with 0x. */
unsigned long parse_number(const char *text);

/* Rising, each once, at least one; the caller frees the list. */
void make_suffixes(const struct arguments *arguments,
                   struct suffixes *suffixes);

/* Hands on the lines of a file that say something. */
void each_line(const char *path, line_fn take, void *context);
/* 'to' has room for VN_TEXT_LINE_MAX + 1 bytes. */
void copy_text(struct vn_bytes from, char *to);
void parse_phrase(struct vn_bytes line, struct phrase *phrase);

#endif
