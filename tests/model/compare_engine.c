/* compare_engine.c: the records of the engine against those of the oracle. */
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compare_input.h"
#include "engine/engine.h"
#include "tests/oracle/oracle.h"

#define SEED_DEFAULT 20240607u
/*
 * The engine computes this many neighbours together, so that a thread compares
 * all suffixes of such a piece at a time.
 */
#define PIECE 10000u
/* Differences that a thread prints in full. */
#define PRINTED_MAX 3u

/* ---- Opening ---------------------------------------------------------- */

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

/* Opens four files of a folder, named by kind and 'ending'. */
static struct vn_oracle *open_texts(const char *folder, const char *ending)
{
    static const char *const kinds[4] = {"words", "pairs", "block", "model"};
    struct vn_oracle *oracle = NULL;
    struct vn_error error;
    char paths[4][PATH_MAX];

    for (size_t i = 0; i < 4; i++) {
        (void)snprintf(paths[i], sizeof(paths[i]), "%s/%s%s%s", folder,
                       kinds[i], ending, i < 3 ? ".tsv" : "");
    }
    expect_ok(vn_oracle_open(paths[0], paths[1], paths[2], &oracle, &error),
              &error);
    expect_ok(vn_oracle_read_model(oracle, paths[3], &error), &error);
    return oracle;
}

static struct vn_oracle *open_oracle(const struct arguments *arguments)
{
    struct vn_oracle *oracle = arguments->lexicon != NULL
                                   ? open_texts(arguments->lexicon, "")
                                   : open_texts(VN_DATA_DIR, "-en");

    for (size_t i = 0; i < arguments->word_count; i++) {
        each_line(arguments->words[i], give_phrase, oracle);
    }
    for (size_t i = 0; i < arguments->block_count; i++) {
        each_line(arguments->blocks[i], give_term, oracle);
    }
    if (vn_oracle_finish(oracle) != VN_OK) {
        die("no memory for the oracle");
    }
    vn_oracle_shortcut(oracle, true);
    return oracle;
}

static struct vn_lexicon *open_lexicon(const struct arguments *arguments)
{
    const struct vn_lexicon_options options = {
        .folder = arguments->lexicon,
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

/* ---- Comparison ------------------------------------------------------- */

/* One thread: its engines and what it found. */
struct worker {
    const struct vn_oracle *oracle;
    const struct suffixes *suffixes;
    struct vn_engine *engines[VN_PATHS]; /* NULL: not on this processor */
    unsigned job; /* takes the pieces with this remainder by 'jobs' */
    unsigned jobs;
    uint64_t oracle_ns;
    uint64_t differences;
    struct vn_record expected[PIECE];
    struct vn_record got[PIECE];
    struct vn_record run[PIECE];
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
                            const uint32_t *suffixes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct vn_record *expected = &worker->expected[i];
        const struct vn_record *got = &worker->got[i];
        if (memcmp(expected->codes, got->codes, sizeof(got->codes)) == 0 &&
            memcmp(expected->tails, got->tails, sizeof(got->tails)) == 0) {
            continue;
        }
        if (worker->differences++ < PRINTED_MAX) {
            print_difference(worker, name, suffixes[i], expected, got);
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

/* Runs from the first suffix to the last, and keeps those asked for. */
static void run_engine(struct worker *worker, struct vn_engine *engine,
                       const uint32_t *suffixes, size_t count)
{
    const uint32_t first = suffixes[0];
    struct landing landing = {first, worker->run};
    struct vn_error error;

    expect_ok(vn_engine_run(engine, first, suffixes[count - 1] - first + 1,
                            land, &landing, &error),
              &error);
    for (size_t i = 0; i < count; i++) {
        worker->got[i] = worker->run[suffixes[i] - first];
    }
}

static void compare_piece(struct worker *worker, const uint32_t *suffixes,
                          size_t count)
{
    const uint64_t started_ns = thread_ns();

    for (size_t i = 0; i < count; i++) {
        vn_oracle_rank(worker->oracle, suffixes[i], &worker->expected[i]);
    }
    worker->oracle_ns += thread_ns() - started_ns;
    for (size_t i = 0; i < count; i++) {
        vn_engine_rank(worker->engines[VN_PATH_SCALAR], suffixes[i],
                       &worker->got[i]);
    }
    compare_records(worker, "rank", suffixes, count);
    for (unsigned path = VN_PATH_SCALAR; path < VN_PATHS; path++) {
        if (worker->engines[path] != NULL) {
            run_engine(worker, worker->engines[path], suffixes, count);
            compare_records(worker, vn_engine_path_text(worker->engines[path]),
                            suffixes, count);
        }
    }
}

/* The suffixes rise: those of a piece stand beside each other. */
static void *work(void *context)
{
    struct worker *worker = context;
    const uint32_t *list = worker->suffixes->list;
    const size_t count = worker->suffixes->count;
    size_t start = 0;

    for (size_t end = 1; end <= count; end++) {
        const uint32_t piece = list[start] / PIECE;
        if (end < count && list[end] / PIECE == piece) {
            continue;
        }
        if (piece % worker->jobs == worker->job) {
            compare_piece(worker, list + start, end - start);
        }
        start = end;
    }
    return NULL;
}

static void make_engines(const struct vn_lexicon *lexicon,
                         struct worker *worker)
{
    struct vn_error error;

    for (unsigned path = VN_PATH_SCALAR; path < VN_PATHS; path++) {
        const struct vn_engine_options options = {
            .threads = 1, .path = (enum vn_engine_path)path};
        if (vn_engine_has_path((enum vn_engine_path)path)) {
            expect_ok(vn_engine_new(lexicon, &options, &worker->engines[path],
                                    &error),
                      &error);
        }
    }
}

static void print_paths(void)
{
    printf("paths:");
    for (unsigned path = VN_PATH_SCALAR; path < VN_PATHS; path++) {
        if (vn_engine_has_path((enum vn_engine_path)path)) {
            printf(" %s", vn_engine_path_name((enum vn_engine_path)path));
        }
    }
    printf("\n");
}

/* Returns the number of differences. */
static uint64_t compare_all(const struct arguments *arguments,
                            const struct vn_lexicon *lexicon,
                            const struct vn_oracle *oracle,
                            const struct suffixes *suffixes)
{
    struct worker *workers = calloc(arguments->jobs, sizeof(*workers));
    pthread_t threads[JOBS_MAX];
    uint64_t differences = 0, oracle_ns = 0;

    if (workers == NULL) {
        die("no memory");
    }
    for (unsigned i = 0; i < arguments->jobs; i++) {
        workers[i].oracle = oracle;
        workers[i].suffixes = suffixes;
        workers[i].job = i;
        workers[i].jobs = arguments->jobs;
        make_engines(lexicon, &workers[i]);
        if (pthread_create(&threads[i], NULL, work, &workers[i]) != 0) {
            die("cannot start a thread");
        }
    }
    for (unsigned i = 0; i < arguments->jobs; i++) {
        pthread_join(threads[i], NULL);
        differences += workers[i].differences;
        oracle_ns += workers[i].oracle_ns;
        for (unsigned path = VN_PATH_SCALAR; path < VN_PATHS; path++) {
            vn_engine_free(workers[i].engines[path]);
        }
    }
    free(workers);
    printf("%zu suffixes, %llu differences, oracle %llu ns per suffix\n",
           suffixes->count, (unsigned long long)differences,
           (unsigned long long)(oracle_ns / suffixes->count));
    print_paths();
    return differences;
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
    struct vn_oracle *oracle = open_oracle(&arguments);
    struct vn_lexicon *lexicon = open_lexicon(&arguments);
    const uint64_t differences =
        compare_all(&arguments, lexicon, oracle, &suffixes);

    vn_lexicon_free(lexicon);
    vn_oracle_free(oracle);
    free(suffixes.list);
    return differences == 0 ? 0 : 1;
}
