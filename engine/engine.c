/* engine.c: all suffixes in order, on all threads. */
#include "engine.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "engine_private.h"

/* Suffixes of a chunk: an exchange, so that no chunk shares a deep prefix. */
#define CHUNK_SUFFIXES 10000u
#define CHUNK_DIGITS 3u
/*
 * Chunks of a batch. A batch is computed while the one before it is handed to
 * the sink; 16 leave each of two threads eight pieces to even out, and two
 * batches take 10 MB, which stays in the cache that is shared. Twice as many
 * gain nothing; half as many let a thread wait at the end of each batch.
 */
#define BATCH_CHUNKS 16u
/*
 * Pieces of a chunk that threads take: chunks of letters take ten times as
 * long as those of many 0 and 1, and whole ones would leave a thread waiting
 * at the end of a batch. Each piece walks down the first digits again.
 */
#define CHUNK_PIECES 5u

/* A run over a range of suffixes. */
struct run {
    struct vn_engine *engine;
    uint32_t first, end;       /* suffixes */
    uint32_t chunk, chunk_end; /* still to be computed */
    vn_record_sink_fn sink;
    void *context;
    enum vn_status status;
};

/* The chunks that are computed, or handed on, together. */
struct batch {
    struct vn_record *records;
    uint32_t first_chunk, count;
};

static const struct search_ops *const paths[VN_PATHS] = {
    [VN_PATH_SCALAR] = &search_scalar, [VN_PATH_SSE4] = &search_sse4,
    [VN_PATH_AVX2] = &search_avx2,     [VN_PATH_AVX512] = &search_avx512,
    [VN_PATH_NEON] = &search_neon,
};

/* The path, or the last one that this processor has; NULL if it has it not. */
static const struct search_ops *ops_of(enum vn_engine_path path)
{
    const struct search_ops *ops = NULL;

    for (unsigned i = VN_PATH_SCALAR; i < VN_PATHS; i++) {
        if ((path == VN_PATH_AUTO || path == i) && paths[i]->has != NULL &&
            paths[i]->has()) {
            ops = paths[i];
        }
    }
    return ops;
}

bool vn_engine_has_path(enum vn_engine_path path)
{
    return ops_of(path) != NULL;
}

const char *vn_engine_path_name(enum vn_engine_path path)
{
    return path == VN_PATH_AUTO ? "auto" : paths[path]->name;
}

static unsigned default_threads(void)
{
#ifdef _OPENMP
    const long online = sysconf(_SC_NPROCESSORS_ONLN);

    return online < 1                ? 1
           : online > VN_THREADS_MAX ? VN_THREADS_MAX
                                     : (unsigned)online;
#else
    return 1;
#endif
}

#ifdef _OPENMP
static void *wait_for_all(void *gate)
{
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

/*
 * OpenMP ends the program where it cannot start a thread. So as many are held
 * at once beforehand: returns 0, or why the last one could not be started.
 */
static int try_threads(unsigned threads)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_t *started = calloc(threads, sizeof *started);
    unsigned count = 0;
    int failure = started == NULL ? ENOMEM : 0;

    pthread_mutex_lock(&gate);
    while (failure == 0 && count + 1 < threads) {
        failure = pthread_create(&started[count], NULL, wait_for_all, &gate);
        count += failure == 0;
    }
    pthread_mutex_unlock(&gate);
    while (count > 0) {
        (void)pthread_join(started[--count], NULL);
    }
    free(started);
    return failure;
}
#else
static int try_threads(unsigned threads)
{
    (void)threads;
    return 0;
}
#endif

enum vn_status vn_engine_new(const struct vn_lexicon *lexicon,
                             const struct vn_engine_options *options,
                             struct vn_engine **engine, struct vn_error *error)
{
    static const struct vn_engine_options none;
    const struct vn_engine_options *chosen = options != NULL ? options : &none;

    if (chosen->threads > VN_THREADS_MAX) {
        return vn_error_set(error, VN_INVALID, "threads: 1 to %u, not %u",
                            VN_THREADS_MAX, chosen->threads);
    }
    if (chosen->path >= VN_PATHS) {
        return vn_error_set(error, VN_INVALID, "no such path of the engine");
    }
    if (!vn_engine_has_path(chosen->path)) {
        return vn_error_set(error, VN_INVALID, "this processor has no %s",
                            vn_engine_path_name(chosen->path));
    }
    const unsigned threads =
        chosen->threads != 0 ? chosen->threads : default_threads();
    const int failure = try_threads(threads);
    if (failure != 0) {
        return vn_error_system(error, failure,
                               "cannot start %u threads at once (fewer may do)",
                               threads);
    }
    struct vn_engine *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return vn_error_set(error, VN_NOMEM, "out of memory");
    }
    made->tables.lexicon = lexicon;
    made->ops = ops_of(chosen->path);
    made->threads = threads;
    made->counts = calloc(made->threads, sizeof *made->counts);
    made->paths = calloc(made->threads, sizeof *made->paths);
    if (made->counts == NULL || made->paths == NULL ||
        !block_set_init(&made->tables.blocks, lexicon) ||
        !match_init(&made->tables.match, lexicon, &made->tables.blocks)) {
        vn_engine_free(made);
        return vn_error_set(error, VN_NOMEM, "out of memory");
    }
    *engine = made;
    return VN_OK;
}

void vn_engine_free(struct vn_engine *engine)
{
    if (engine == NULL) {
        return;
    }
    match_reset(&engine->tables.match);
    block_set_reset(&engine->tables.blocks);
    free(engine->paths);
    free(engine->counts);
    free(engine);
}

const char *vn_engine_path_text(const struct vn_engine *engine)
{
    return engine->ops->name;
}

unsigned vn_engine_threads(const struct vn_engine *engine)
{
    return engine->threads;
}

/* ---- One chunk -------------------------------------------------------- */

/*
 * All suffixes below the node where 'path' stands, which begin at 'base', as
 * far as the run wants them.
 */
static void rank_below(const struct run *run, struct search_path *path,
                       struct rank_counts *counts, uint32_t base,
                       struct vn_record *records)
{
    static const uint32_t below[] = {10000000, 1000000, 100000,
                                     10000,    1000,    100};
    const uint32_t step = below[path->depth] / 10;

    if (base >= run->end || base + below[path->depth] <= run->first) {
        return;
    }
    if (step == 10) {
        counts->exact += run->engine->ops->hundred(path, records);
        counts->suffixes += 100;
        return;
    }
    run->engine->ops->expand(path);
    for (unsigned digit = 0; digit < 10; digit++) {
        search_enter(path, digit);
        rank_below(run, path, counts, base + digit * step,
                   records + (size_t)digit * step);
        search_leave(path);
    }
}

/* Goes down from the root along 'count' digits of 'number'. */
static void descend(const struct vn_engine *engine, struct search_path *path,
                    uint32_t number, unsigned count)
{
    unsigned digits[VN_SUFFIX_DIGITS];

    search_start(path, &engine->tables);
    for (unsigned i = count; i-- > 0; number /= 10) {
        digits[i] = number % 10;
    }
    for (unsigned i = 0; i < count; i++) {
        engine->ops->expand(path);
        search_enter(path, digits[i]);
    }
}

/* The suffixes of a piece: some of the ten fourth digits of a chunk. */
static void rank_piece(const struct run *run, const struct batch *batch,
                       uint32_t piece, unsigned thread)
{
    const uint32_t step = CHUNK_SUFFIXES / 10;
    const uint32_t digits = 10 / CHUNK_PIECES;
    const uint32_t chunk = piece / CHUNK_PIECES;
    const uint32_t first = piece % CHUNK_PIECES * digits;
    const uint32_t base = (batch->first_chunk + chunk) * CHUNK_SUFFIXES;
    struct search_path *path = &run->engine->paths[thread];

    descend(run->engine, path, batch->first_chunk + chunk, CHUNK_DIGITS);
    run->engine->ops->expand(path);
    for (uint32_t digit = first; digit < first + digits; digit++) {
        search_enter(path, digit);
        rank_below(run, path, &run->engine->counts[thread], base + digit * step,
                   batch->records + (size_t)chunk * CHUNK_SUFFIXES +
                       (size_t)digit * step);
        search_leave(path);
    }
}

void vn_engine_rank(const struct vn_engine *engine, uint32_t suffix,
                    struct vn_record *record)
{
    struct search_path path;
    struct rank_choice choice;

    memset(record, 0, sizeof *record);
    engine_choose(engine, suffix, &path, &choice);
    rank_pack(&choice, record);
}

/* Goes down to a suffix. */
static void stand_at(const struct vn_engine *engine, uint32_t suffix,
                     struct search_path *path)
{
    descend(engine, path, suffix / 10, VN_SUFFIX_DIGITS - 1);
    search_enter(path, suffix % 10);
}

void engine_choose(const struct vn_engine *engine, uint32_t suffix,
                   struct search_path *path, struct rank_choice *choice)
{
    stand_at(engine, suffix, path);
    choice->count = 0;
    rank_choose_exactly(path, choice);
}

/* The spelling of one key. */
static bool spell(uint32_t suffix, int64_t key, struct vn_spelling *out)
{
    const struct rank_choice choice = {.keys = {key}, .count = 1};
    struct vn_record record;

    rank_pack(&choice, &record);
    return vn_spell(suffix, record.codes[0], record.tails[0], out) == VN_OK;
}

unsigned vn_engine_list(const struct vn_engine *engine, uint32_t suffix,
                        unsigned most, struct vn_spelling *list)
{
    struct search_path path;
    struct search_exact exact;
    unsigned count = 0;

    stand_at(engine, suffix, &path);
    search_exact(&path, 0, &exact);
    while (count < most && count < exact.count &&
           spell(suffix, exact.keys[count], &list[count])) {
        count++;
    }
    return count;
}

/* ---- All chunks ------------------------------------------------------- */

/* Hands a batch to the sink, cut to the range of the run. */
static void hand_on(struct run *run, const struct batch *batch)
{
    for (uint32_t i = 0; i < batch->count && run->status == VN_OK; i++) {
        const uint32_t start = (batch->first_chunk + i) * CHUNK_SUFFIXES;
        const uint32_t first = start > run->first ? start : run->first;
        const uint32_t end = start + CHUNK_SUFFIXES < run->end
                                 ? start + CHUNK_SUFFIXES
                                 : run->end;
        run->status = run->sink(run->context, first,
                                batch->records + (size_t)i * CHUNK_SUFFIXES +
                                    (first - start),
                                end - first);
    }
}

/* Takes the next chunks of the run. */
static void next_batch(struct run *run, struct batch *batch)
{
    const uint32_t left = run->chunk_end - run->chunk;

    batch->first_chunk = run->chunk;
    batch->count = left < BATCH_CHUNKS ? left : BATCH_CHUNKS;
    run->chunk += batch->count;
}

/*
 * Computes 'next' on all threads while the calling one first hands 'done' to
 * the sink: it then helps with what is left. The sink's input and output thus
 * stand inside the region, but on the calling thread alone.
 */
static void overlap(struct run *run, const struct batch *done,
                    const struct batch *next)
{
#ifdef _OPENMP
#pragma omp parallel num_threads(run->engine->threads) default(none)           \
    shared(run, done, next)
    {
#pragma omp master
        hand_on(run, done);
#pragma omp for schedule(dynamic, 1)
        for (uint32_t i = 0; i < next->count * CHUNK_PIECES; i++) {
            rank_piece(run, next, i, (unsigned)omp_get_thread_num());
        }
    }
#else
    hand_on(run, done);
    for (uint32_t i = 0; i < next->count * CHUNK_PIECES; i++) {
        rank_piece(run, next, i, 0);
    }
#endif
}

enum vn_status vn_engine_run(struct vn_engine *engine, uint32_t first,
                             uint32_t count, vn_record_sink_fn sink,
                             void *context, struct vn_error *error)
{
    if (first > VN_SUFFIXES || count > VN_SUFFIXES - first) {
        return vn_error_set(error, VN_INVALID, "suffixes end at %u",
                            VN_SUFFIXES - 1);
    }
    if (count == 0) {
        return VN_OK;
    }
    struct run run = {
        .engine = engine,
        .first = first,
        .end = first + count,
        .chunk = first / CHUNK_SUFFIXES,
        .chunk_end = (first + count + CHUNK_SUFFIXES - 1) / CHUNK_SUFFIXES,
        .sink = sink,
        .context = context,
        .status = VN_OK,
    };
    const size_t batch_size = (size_t)BATCH_CHUNKS * CHUNK_SUFFIXES;
    struct batch batches[2] = {{.count = 0}, {.count = 0}};
    struct vn_record *records = malloc(2 * batch_size * sizeof *records);
    if (records == NULL) {
        return vn_error_set(error, VN_NOMEM, "out of memory");
    }
    batches[0].records = records;
    batches[1].records = records + batch_size;
    for (unsigned turn = 0; run.status == VN_OK; turn ^= 1) {
        next_batch(&run, &batches[turn]);
        if (batches[turn].count == 0 && batches[turn ^ 1].count == 0) {
            break;
        }
        overlap(&run, &batches[turn ^ 1], &batches[turn]);
    }
    free(records);
    return run.status == VN_OK ? VN_OK
                               : vn_error_set(error, run.status, "%s",
                                              vn_status_text(run.status));
}

void vn_engine_counts(const struct vn_engine *engine,
                      struct vn_engine_counts *counts)
{
    *counts = (struct vn_engine_counts){
        .tokens = engine->tables.match.token_count,
        .rows = engine->tables.match.row_count,
        .block_states = engine->tables.blocks.state_count,
    };
    for (unsigned i = 0; i < engine->threads; i++) {
        counts->suffixes += engine->counts[i].suffixes;
        counts->exact += engine->counts[i].exact;
    }
}
