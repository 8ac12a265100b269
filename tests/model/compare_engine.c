/* compare_engine.c: the records of the engine against those of the oracle. */
#include <getopt.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/engine.h"
#include "engine/keypad.h"
#include "engine/text.h"
#include "tests/oracle/oracle.h"

#define KEYS VN_SUFFIX_DIGITS
#define SEED_DEFAULT 20240607u
/* Requests and overlay files of one call. */
#define ARGUMENTS_MAX 16u
#define JOBS_MAX 64u
/* Suffixes that a thread compares at a time. */
#define CHUNK 1000u
/* Differences that a thread prints in full. */
#define PRINTED_MAX 3u
/* Suffixes made for each place of an overlay phrase. */
#define AROUND 8u

static const char usage[] =
    "usage: compare-engine [--words FILE]... [--block FILE]... [--jobs N]\n"
    "           [--seed N] MODE...\n"
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

enum mode { RANDOM, LETTERS, ZEROS, PREFIX, DEV, AROUND_WORDS };

struct request {
    enum mode mode;
    const char *value;
};

struct arguments {
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

static void die(const char *message)
{
    fprintf(stderr, "compare-engine: %s\n", message);
    exit(2);
}

static void expect_ok(enum vn_status status, const struct vn_error *error)
{
    if (status != VN_OK) {
        die(error->message);
    }
}

/* ---- Suffixes --------------------------------------------------------- */

static void add_suffix(struct suffixes *suffixes, uint32_t suffix)
{
    if (suffixes->count == suffixes->room) {
        suffixes->room = suffixes->room * 2 + CHUNK;
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

/* Reads a file and hands its lines on. */
typedef void (*line_fn)(void *context, struct vn_bytes line);

static void each_line(const char *path, line_fn take, void *context)
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

/* One line of an overlay of words, as text with its end. */
struct phrase {
    char text[VN_TEXT_LINE_MAX + 1];
    long score;
};

static void copy_text(struct vn_bytes from, char *to)
{
    memcpy(to, from.data, from.size);
    to[from.size] = '\0';
}

static void parse_phrase(struct vn_bytes line, struct phrase *phrase)
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

static void give_phrase(void *context, struct vn_bytes line)
{
    struct phrase phrase;

    parse_phrase(line, &phrase);
    if (vn_oracle_add_words(context, phrase.text, (int)phrase.score) != VN_OK) {
        die("a bad phrase in an overlay");
    }
}

static void give_term(void *context, struct vn_bytes line)
{
    char term[VN_TEXT_LINE_MAX + 1];

    copy_text(line, term);
    if (vn_oracle_add_block(context, term) != VN_OK) {
        die("a bad term in an overlay");
    }
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

static void make_suffixes(const struct arguments *arguments,
                          struct suffixes *suffixes)
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
}

/* ---- Comparison ------------------------------------------------------- */

#define PATHS 2u
static const enum vn_engine_path engine_paths[PATHS] = {VN_PATH_SCALAR,
                                                        VN_PATH_AVX512};

/* One thread: its engines and what it found. */
struct worker {
    const struct vn_oracle *oracle;
    const struct suffixes *suffixes;
    struct vn_engine *engines[PATHS]; /* NULL: not on this processor */
    size_t first_chunk;
    size_t chunk_step;
    uint64_t oracle_ns;
    uint64_t differences;
};

static uint64_t thread_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void print_record(const char *name, uint32_t suffix,
                         const struct vn_record *record)
{
    printf("  %-12s", name);
    for (unsigned i = 0; i < VN_CANDIDATES && record->codes[i] != 0; i++) {
        struct vn_spelling spelling;
        if (vn_spell(suffix, record->codes[i], record->tails[i], &spelling) ==
            VN_OK) {
            printf(" %s %d;", spelling.text, spelling.score);
        } else {
            printf(" bad code %08x tail %u;", record->codes[i],
                   record->tails[i]);
        }
    }
    printf("\n");
}

static void print_difference(const struct worker *worker, const char *name,
                             uint32_t suffix, const struct vn_record *expected,
                             const struct vn_record *got)
{
    struct vn_oracle_spelling list[VN_ORACLE_LIST];
    const unsigned count = vn_oracle_list(worker->oracle, suffix, list);

    flockfile(stdout);
    printf("%07u differs\n", suffix);
    print_record("oracle", suffix, expected);
    print_record(name, suffix, got);
    printf("  %-12s", "before:");
    for (unsigned i = 0; i < count; i++) {
        printf(" %s %d;", list[i].text, list[i].hundredths);
    }
    printf("\n");
    funlockfile(stdout);
}

static void compare_records(struct worker *worker, const char *name,
                            const uint32_t *suffixes, size_t count,
                            const struct vn_record *expected,
                            const struct vn_record *got)
{
    for (size_t i = 0; i < count; i++) {
        if (memcmp(&expected[i].codes, &got[i].codes, sizeof(got[i].codes)) ==
                0 &&
            memcmp(&expected[i].tails, &got[i].tails, sizeof(got[i].tails)) ==
                0) {
            continue;
        }
        if (worker->differences++ < PRINTED_MAX) {
            print_difference(worker, name, suffixes[i], &expected[i], &got[i]);
        }
    }
}

struct landing {
    uint32_t first;
    struct vn_record *records;
};

static enum vn_status land(void *context, uint32_t first,
                           const struct vn_record *records, size_t count)
{
    const struct landing *landing = context;

    memcpy(landing->records + (first - landing->first), records,
           count * sizeof(*records));
    return VN_OK;
}

/* Runs the engine over each stretch of neighbouring suffixes. */
static void run_engine(struct vn_engine *engine, const uint32_t *suffixes,
                       size_t count, struct vn_record *records)
{
    struct vn_error error;
    size_t start = 0;

    for (size_t i = 1; i <= count; i++) {
        if (i < count && suffixes[i] == suffixes[i - 1] + 1) {
            continue;
        }
        struct landing landing = {suffixes[start], records + start};
        expect_ok(vn_engine_run(engine, suffixes[start], (uint32_t)(i - start),
                                land, &landing, &error),
                  &error);
        start = i;
    }
}

static void compare_chunk(struct worker *worker, const uint32_t *suffixes,
                          size_t count)
{
    struct vn_record expected[CHUNK], got[CHUNK];
    const uint64_t started_ns = thread_ns();

    for (size_t i = 0; i < count; i++) {
        vn_oracle_rank(worker->oracle, suffixes[i], &expected[i]);
    }
    worker->oracle_ns += thread_ns() - started_ns;
    for (size_t i = 0; i < count; i++) {
        vn_engine_rank(worker->engines[0], suffixes[i], &got[i]);
    }
    compare_records(worker, "rank", suffixes, count, expected, got);
    for (unsigned path = 0; path < PATHS; path++) {
        if (worker->engines[path] != NULL) {
            run_engine(worker->engines[path], suffixes, count, got);
            compare_records(worker, vn_engine_path_text(worker->engines[path]),
                            suffixes, count, expected, got);
        }
    }
}

static void *work(void *context)
{
    struct worker *worker = context;
    const struct suffixes *suffixes = worker->suffixes;

    for (size_t chunk = worker->first_chunk; chunk * CHUNK < suffixes->count;
         chunk += worker->chunk_step) {
        const size_t left = suffixes->count - chunk * CHUNK;
        compare_chunk(worker, suffixes->list + chunk * CHUNK,
                      left < CHUNK ? left : CHUNK);
    }
    return NULL;
}

static void make_engines(const struct vn_lexicon *lexicon,
                         struct worker *worker)
{
    struct vn_error error;

    for (unsigned path = 0; path < PATHS; path++) {
        const struct vn_engine_options options = {.threads = 1,
                                                  .path = engine_paths[path]};
        if (vn_engine_has_path(engine_paths[path])) {
            expect_ok(vn_engine_new(lexicon, &options, &worker->engines[path],
                                    &error),
                      &error);
        }
    }
}

/* Returns the number of differences. */
static uint64_t compare_all(const struct arguments *arguments,
                            const struct vn_lexicon *lexicon,
                            const struct vn_oracle *oracle,
                            const struct suffixes *suffixes)
{
    struct worker workers[JOBS_MAX] = {0};
    pthread_t threads[JOBS_MAX];
    uint64_t differences = 0, oracle_ns = 0;

    for (unsigned i = 0; i < arguments->jobs; i++) {
        workers[i] = (struct worker){.oracle = oracle,
                                     .suffixes = suffixes,
                                     .first_chunk = i,
                                     .chunk_step = arguments->jobs};
        make_engines(lexicon, &workers[i]);
        if (pthread_create(&threads[i], NULL, work, &workers[i]) != 0) {
            die("cannot start a thread");
        }
    }
    for (unsigned i = 0; i < arguments->jobs; i++) {
        pthread_join(threads[i], NULL);
        differences += workers[i].differences;
        oracle_ns += workers[i].oracle_ns;
        for (unsigned path = 0; path < PATHS; path++) {
            vn_engine_free(workers[i].engines[path]);
        }
    }
    printf("%zu suffixes, %llu differences, oracle %llu ns per suffix%s\n",
           suffixes->count, (unsigned long long)differences,
           (unsigned long long)(oracle_ns / suffixes->count),
           vn_engine_has_path(VN_PATH_AVX512) ? "" : ", no avx512 here");
    return differences;
}

/* ---- Command line ----------------------------------------------------- */

static unsigned long parse_number(const char *text)
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

static void parse_arguments(int argc, char **argv, struct arguments *arguments)
{
    static const struct option options[] = {
        {"random", required_argument, NULL, RANDOM},
        {"letters", required_argument, NULL, LETTERS},
        {"zeros", required_argument, NULL, ZEROS},
        {"prefix", required_argument, NULL, PREFIX},
        {"dev", required_argument, NULL, DEV},
        {"overlay-words", no_argument, NULL, AROUND_WORDS},
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

static struct vn_oracle *open_oracle(const struct arguments *arguments)
{
    struct vn_oracle *oracle = NULL;
    struct vn_error error;

    expect_ok(vn_oracle_open(VN_DATA_DIR "/words-en.tsv",
                             VN_DATA_DIR "/pairs-en.tsv",
                             VN_DATA_DIR "/block-en.tsv", &oracle, &error),
              &error);
    for (size_t i = 0; i < arguments->word_count; i++) {
        each_line(arguments->words[i], give_phrase, oracle);
    }
    for (size_t i = 0; i < arguments->block_count; i++) {
        each_line(arguments->blocks[i], give_term, oracle);
    }
    if (vn_oracle_finish(oracle) != VN_OK) {
        die("no memory for the oracle");
    }
    return oracle;
}

static struct vn_lexicon *open_lexicon(const struct arguments *arguments)
{
    const struct vn_lexicon_options options = {
        .word_paths = arguments->words,
        .word_path_count = arguments->word_count,
        .block_paths = arguments->blocks,
        .block_path_count = arguments->block_count,
    };
    struct vn_lexicon *lexicon = NULL;
    struct vn_error error;

    expect_ok(vn_lexicon_open(&options, &lexicon, &error), &error);
    return lexicon;
}

int main(int argc, char **argv)
{
    const char *seed = getenv("VN_SEED");
    struct arguments arguments = {
        .seed = seed != NULL ? parse_number(seed) : SEED_DEFAULT, .jobs = 1};
    struct suffixes suffixes = {0};

    parse_arguments(argc, argv, &arguments);
    printf("VN_SEED=%llu\n", (unsigned long long)arguments.seed);
    make_suffixes(&arguments, &suffixes);
    if (suffixes.count == 0) {
        die("no suffixes to compare");
    }
    struct vn_oracle *oracle = open_oracle(&arguments);
    struct vn_lexicon *lexicon = open_lexicon(&arguments);
    const uint64_t differences =
        compare_all(&arguments, lexicon, oracle, &suffixes);

    vn_lexicon_free(lexicon);
    vn_oracle_free(oracle);
    free(suffixes.list);
    return differences == 0 ? 0 : 1;
}
