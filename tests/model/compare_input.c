/* compare_input.c: arguments of compare-engine, and its suffixes. */
#include "compare_input.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "engine/keypad.h"

#define KEYS VN_SUFFIX_DIGITS
/* The list of suffixes grows by this at first. */
#define ROOM_MIN 1000u
/* Suffixes made for each place of an overlay phrase. */
#define AROUND 2u

static const char usage[] =
    "usage: compare-engine [--lexicon DIR] [--words FILE]... [--block "
    "FILE]...\n"
    "           [--jobs N] [--seed N] MODE...\n"
    "Compares the records of the engine, on every path that this processor\n"
    "has, with those of the plain enumerator. Modes, of which several may be\n"
    "given:\n"
    "  --random N       suffixes of any digits\n"
    "  --letters N      suffixes of the digits 2 to 9\n"
    "  --zeros N        suffixes with many 0 and 1\n"
    "  --prefix DIGITS  all suffixes of a prefix\n"
    "  --dev FILE       third column of a file with one line of names\n"
    "  --overlay-words  suffixes that hold the phrases of the overlays\n"
    "The seed is taken from --seed, else from VN_SEED.\n";

void die(const char *message)
{
    fprintf(stderr, "compare-engine: %s\n", message);
    exit(2);
}

void expect_ok(enum vn_status status, const struct vn_error *error)
{
    if (status != VN_OK) {
        die(error->message);
    }
}

/* ---- Suffixes --------------------------------------------------------- */

static void add_suffix(struct suffixes *suffixes, uint32_t suffix)
{
    if (suffixes->count == suffixes->room) {
        suffixes->room = suffixes->room * 2 + ROOM_MIN;
        suffixes->list =
            realloc(suffixes->list, suffixes->room * sizeof(*suffixes->list));
        if (suffixes->list == NULL) {
            die("no memory");
        }
    }
    suffixes->list[suffixes->count++] = suffix;
}

/* splitmix64, a step of which is one random number. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static uint32_t random_digit(enum mode mode, uint64_t *state)
{
    const uint32_t number = (uint32_t)(next_random(state) >> 32);

    if (mode == LETTERS) {
        return 2 + number % 8;
    }
    if (mode == ZEROS && number % 2 == 0) {
        return number / 2 % 2;
    }
    return number / 4 % 10;
}

static void add_random(struct suffixes *suffixes, enum mode mode,
                       const char *value, uint64_t *state)
{
    long count;

    if (!vn_text_int((struct vn_bytes){value, strlen(value)}, 1, 100000000,
                     &count)) {
        die("not a number of suffixes");
    }
    for (long i = 0; i < count; i++) {
        uint32_t suffix = 0;
        for (unsigned key = 0; key < KEYS; key++) {
            suffix = suffix * 10 + random_digit(mode, state);
        }
        add_suffix(suffixes, suffix);
    }
}

static void add_prefix(struct suffixes *suffixes, const char *value)
{
    struct vn_prefix prefix;
    struct vn_error error;

    expect_ok(vn_prefix_parse(value, &prefix, &error), &error);
    for (uint32_t i = 0; i < vn_prefix_count(prefix); i++) {
        add_suffix(suffixes, vn_prefix_first(prefix) + i);
    }
}

void each_line(const char *path, line_fn take, void *context)
{
    struct vn_bytes text, line;
    struct vn_error error;
    struct vn_lines lines;

    expect_ok(vn_text_read(path, &text, &error), &error);
    vn_lines_start(&lines, text);
    while (vn_lines_next(&lines, &line)) {
        take(context, line);
    }
    vn_text_free(&text);
}

static void add_dev_row(void *context, struct vn_bytes line)
{
    struct vn_bytes field, rest;
    long suffix;

    if (!vn_text_split(line, '\t', &field, &rest) ||
        !vn_text_split(rest, '\t', &field, &rest) ||
        !vn_text_split(rest, '\t', &field, &rest)) {
        die("a row of less than four columns");
    }
    if (vn_text_int(field, 0, VN_SUFFIXES - 1, &suffix)) {
        add_suffix(context, (uint32_t)suffix);
    }
}

/* ---- Overlays --------------------------------------------------------- */

void copy_text(struct vn_bytes from, char *to)
{
    memcpy(to, from.data, from.size);
    to[from.size] = '\0';
}

void parse_phrase(struct vn_bytes line, struct phrase *phrase)
{
    struct vn_bytes text, score;

    phrase->score = VN_WORD_SCORE_DEFAULT;
    if (!vn_text_split(line, '\t', &text, &score)) {
        text = line;
    } else if (!vn_text_int(score, VN_WORD_SCORE_MIN, VN_WORD_SCORE_MAX,
                            &phrase->score)) {
        die("a bad score in an overlay");
    }
    copy_text(text, phrase->text);
}

struct around {
    struct suffixes *suffixes;
    uint64_t *state;
};

/* Adds suffixes with the phrase at each place, its end cut off or not. */
static void add_around(void *context, struct vn_bytes line)
{
    const struct around *around = context;
    unsigned keys[VN_WORD_LETTERS_MAX];
    struct phrase phrase;
    unsigned length = 0;

    parse_phrase(line, &phrase);
    for (const char *at = phrase.text; *at != '\0'; at++) {
        const int key = vn_keypad_key(*at);
        if (key >= 0 && length < VN_WORD_LETTERS_MAX) {
            keys[length++] = (unsigned)key;
        }
    }
    for (unsigned i = 0; i < KEYS * AROUND; i++) {
        uint32_t suffix = 0;
        for (unsigned key = 0; key < KEYS; key++) {
            const bool inside = key >= i % KEYS && key - i % KEYS < length;
            suffix =
                suffix * 10 + (inside ? keys[key - i % KEYS]
                                      : random_digit(RANDOM, around->state));
        }
        add_suffix(around->suffixes, suffix);
    }
}

static int compare_numbers(const void *left, const void *right)
{
    const uint32_t a = *(const uint32_t *)left;
    const uint32_t b = *(const uint32_t *)right;

    return (a > b) - (a < b);
}

static void sort_suffixes(struct suffixes *suffixes)
{
    size_t kept = 0;

    if (suffixes->count == 0) {
        die("no suffixes to compare");
    }
    qsort(suffixes->list, suffixes->count, sizeof(*suffixes->list),
          compare_numbers);
    for (size_t i = 0; i < suffixes->count; i++) {
        if (i == 0 || suffixes->list[i] != suffixes->list[kept - 1]) {
            suffixes->list[kept++] = suffixes->list[i];
        }
    }
    suffixes->count = kept;
}

void make_suffixes(const struct arguments *arguments, struct suffixes *suffixes)
{
    uint64_t state = arguments->seed;
    struct around around = {.suffixes = suffixes, .state = &state};

    for (size_t i = 0; i < arguments->request_count; i++) {
        const struct request *request = &arguments->requests[i];
        switch (request->mode) {
        case RANDOM:
        case LETTERS:
        case ZEROS:
            add_random(suffixes, request->mode, request->value, &state);
            break;
        case PREFIX:
            add_prefix(suffixes, request->value);
            break;
        case DEV:
            each_line(request->value, add_dev_row, suffixes);
            break;
        case AROUND_WORDS:
            for (size_t file = 0; file < arguments->word_count; file++) {
                each_line(arguments->words[file], add_around, &around);
            }
            break;
        }
    }
    sort_suffixes(suffixes);
}

/* ---- Command line ----------------------------------------------------- */

unsigned long parse_number(const char *text)
{
    char *end;
    const unsigned long number = strtoul(text, &end, 0);

    if (end == text || *end != '\0') {
        die("not a number");
    }
    return number;
}

static void keep(const char **list, size_t *count, const char *value)
{
    if (*count == ARGUMENTS_MAX) {
        die("too many arguments");
    }
    list[(*count)++] = value;
}

static void keep_request(struct arguments *arguments, enum mode mode)
{
    if (arguments->request_count == ARGUMENTS_MAX) {
        die("too many modes");
    }
    arguments->requests[arguments->request_count++] =
        (struct request){mode, optarg};
}

void parse_arguments(int argc, char **argv, struct arguments *arguments)
{
    static const struct option options[] = {
        {"random", required_argument, NULL, RANDOM},
        {"letters", required_argument, NULL, LETTERS},
        {"zeros", required_argument, NULL, ZEROS},
        {"prefix", required_argument, NULL, PREFIX},
        {"dev", required_argument, NULL, DEV},
        {"overlay-words", no_argument, NULL, AROUND_WORDS},
        {"lexicon", required_argument, NULL, 'l'},
        {"words", required_argument, NULL, 'w'},
        {"block", required_argument, NULL, 'b'},
        {"seed", required_argument, NULL, 's'},
        {"jobs", required_argument, NULL, 'j'},
        {0},
    };

    for (;;) {
        const int option = getopt_long(argc, argv, "", options, NULL);
        if (option == -1) {
            break;
        }
        if (option == 'w') {
            keep(arguments->words, &arguments->word_count, optarg);
        } else if (option == 'b') {
            keep(arguments->blocks, &arguments->block_count, optarg);
        } else if (option == 'l') {
            arguments->lexicon = optarg;
        } else if (option == 's') {
            arguments->seed = parse_number(optarg);
        } else if (option == 'j') {
            arguments->jobs = (unsigned)parse_number(optarg);
        } else if (option == '?') {
            die(usage);
        } else {
            keep_request(arguments, (enum mode)option);
        }
    }
    if (optind < argc || arguments->request_count == 0 || arguments->jobs < 1 ||
        arguments->jobs > JOBS_MAX) {
        die(usage);
    }
}
