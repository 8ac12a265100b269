/* export.c: an index as DynamoDB JSON in objects, ready for S3. */
#include "loader.h"

#include "export_folder.h"
#include "export_object.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#define ITEMS_PER_OBJECT 1000000u
/* What AWS advises for items below 1 KB. */
#define ITEMS_PER_OBJECT_MAX 4000000u
#define LEVEL 1
#define TABLE "vanity"
/*
 * Threads take no more than this together; the rest of the 64 MB is for plan
 * and manifest. At level 1 it is enough for 34 threads.
 */
#define WRITERS_MEMORY ((size_t)48 << 20)
#define THREADS_MAX ((size_t)64)
/* How often progress is told, and what is finished is noted. */
#define PROGRESS_NS 100000000L
#define SAVE_S 1

struct run {
    struct export_shared shared;
    struct manifest *manifest;
    atomic_uint_least32_t next; /* object */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* Below: read and written under 'lock', the objects of 'manifest' too. */
    unsigned running; /* threads */
    bool unsaved;     /* objects that no manifest on the disk knows */
    uint64_t skipped;
    enum vn_status status; /* of the first that failed */
    struct vn_error error;
};

/* ---- Threads ------------------------------------------------------------ */

static void note_object(struct run *run, uint32_t number,
                        const struct manifest_object *object, bool skipped)
{
    pthread_mutex_lock(&run->lock);
    run->manifest->objects[number] = *object;
    run->skipped += skipped;
    run->unsaved = run->unsaved || !skipped;
    pthread_mutex_unlock(&run->lock);
}

/* The last that a thread does. */
static void note_end(struct run *run, enum vn_status status,
                     const struct vn_error *error)
{
    pthread_mutex_lock(&run->lock);
    if (status != VN_OK && run->status == VN_OK) {
        run->status = status;
        run->error = *error;
        atomic_store(&run->shared.stop, true);
    }
    run->running--;
    pthread_cond_signal(&run->changed);
    pthread_mutex_unlock(&run->lock);
}

static enum vn_status write_objects(struct run *run, struct vn_error *error)
{
    struct export_writer *writer = NULL;
    enum vn_status status = export_writer_new(&run->shared, &writer, error);

    while (status == VN_OK) {
        const uint32_t number = atomic_fetch_add(&run->next, 1);
        struct manifest_object object = {.known = false};
        bool skipped = false;
        if (number >= run->manifest->object_count) {
            break;
        }
        status = export_writer_run(writer, number, &object, &skipped, error);
        if (status == VN_OK) {
            note_object(run, number, &object, skipped);
        }
    }
    export_writer_free(writer);
    return status;
}

static void *work(void *context)
{
    struct run *run = context;
    struct vn_error error = {.status = VN_OK};

    const enum vn_status status = write_objects(run, &error);
    note_end(run, status, &error);
    return NULL;
}

static size_t choose_threads(const struct manifest *manifest, unsigned wanted)
{
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    const size_t most =
        WRITERS_MEMORY /
        export_writer_memory(manifest->compression, manifest->level);
    size_t threads = wanted > 0 ? wanted : online > 0 ? (size_t)online : 1;

    if (threads > most) {
        threads = most;
    }
    if (threads > THREADS_MAX) {
        threads = THREADS_MAX;
    }
    if (threads > manifest->object_count) {
        threads = manifest->object_count;
    }
    return threads;
}

/* Starts up to 'wanted' threads; returns how many there are. */
static size_t start_threads(struct run *run, pthread_t *threads, size_t wanted)
{
    size_t count = 0;

    pthread_mutex_lock(&run->lock);
    while (count < wanted &&
           pthread_create(&threads[count], NULL, work, run) == 0) {
        count++;
    }
    run->running = (unsigned)count;
    pthread_mutex_unlock(&run->lock);
    return count;
}

/* ---- The thread that waits ---------------------------------------------- */

static enum vn_status save(struct run *run, struct vn_error *error)
{
    pthread_mutex_lock(&run->lock);
    const enum vn_status status =
        run->unsaved ? manifest_write(run->manifest, run->shared.folder,
                                      MANIFEST_PARTIAL_NAME, error)
                     : VN_OK;
    run->unsaved = false;
    pthread_mutex_unlock(&run->lock);
    return status;
}

/* Waits a moment, or until a thread ends; false once all have. */
static bool wait_a_moment(struct run *run)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += PROGRESS_NS;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_mutex_lock(&run->lock);
    if (run->running > 0) {
        (void)pthread_cond_timedwait(&run->changed, &run->lock, &until);
    }
    const bool running = run->running > 0;
    pthread_mutex_unlock(&run->lock);
    return running;
}

static void stop(struct run *run, enum vn_status status, const char *why)
{
    pthread_mutex_lock(&run->lock);
    if (run->status == VN_OK) {
        run->status = status;
        (void)vn_error_set(&run->error, status, "%s", why);
    }
    pthread_mutex_unlock(&run->lock);
    atomic_store(&run->shared.stop, true);
}

static void watch(struct run *run, const struct vn_export_options *options)
{
    const uint64_t total = run->shared.plan->items;
    time_t saved = time(NULL);
    struct vn_error error = {.status = VN_OK};
    bool running = true;

    while (running) {
        running = wait_a_moment(run);
        if (options->progress != NULL &&
            !options->progress(options->progress_context,
                               atomic_load(&run->shared.items), total) &&
            running) {
            stop(run, VN_STOPPED, "stopped");
        }
        if (time(NULL) - saved >= SAVE_S) {
            const enum vn_status status = save(run, &error);
            if (status != VN_OK) {
                stop(run, status, error.message);
            }
            saved = time(NULL);
        }
    }
}

static enum vn_status run_threads(struct run *run,
                                  const struct vn_export_options *options,
                                  struct vn_error *error)
{
    const size_t wanted = choose_threads(run->manifest, options->threads);
    pthread_t threads[THREADS_MAX];
    const size_t count = start_threads(run, threads, wanted);

    if (count == 0) {
        return vn_error_system(error, EAGAIN, "cannot start a thread");
    }
    watch(run, options);
    for (size_t i = 0; i < count; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    // What is finished need not be written again, whatever failed.
    const enum vn_status saved = save(run, run->status == VN_OK ? error : NULL);
    if (run->status != VN_OK && error != NULL) {
        *error = run->error;
    }
    return run->status != VN_OK ? run->status : saved;
}

static enum vn_status write_all(struct export_shared shared,
                                struct manifest *manifest,
                                const struct vn_export_options *options,
                                uint64_t *skipped, struct vn_error *error)
{
    struct run run = {.shared = shared, .manifest = manifest};
    pthread_condattr_t clock;

    if (pthread_mutex_init(&run.lock, NULL) != 0 ||
        pthread_condattr_init(&clock) != 0) {
        return vn_error_system(error, ENOMEM, "cannot export");
    }
    (void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    const bool ready = pthread_cond_init(&run.changed, &clock) == 0;
    (void)pthread_condattr_destroy(&clock);
    enum vn_status status = VN_NOMEM;
    if (ready) {
        status = run_threads(&run, options, error);
        *skipped = run.skipped;
        (void)pthread_cond_destroy(&run.changed);
    }
    (void)pthread_mutex_destroy(&run.lock);
    return status;
}

/* ---- The export --------------------------------------------------------- */

static enum vn_status check_options(const struct vn_load_source *source,
                                    const struct vn_export_options *options,
                                    struct vn_error *error)
{
    if (source->index == NULL || source->export_dir != NULL) {
        return vn_error_set(error, VN_INVALID, "an export is of an index");
    }
    if (source->since != NULL) {
        return vn_error_set(error, VN_INVALID,
                            "an export cannot hold what changed: an import "
                            "deletes nothing");
    }
    if (options->directory == NULL || options->directory[0] == '\0') {
        return vn_error_set(error, VN_INVALID,
                            "an export needs the name of a folder");
    }
    if (options->items_per_object > ITEMS_PER_OBJECT_MAX) {
        return vn_error_set(error, VN_INVALID,
                            "an object holds at most %u items",
                            ITEMS_PER_OBJECT_MAX);
    }
    const int level_max = encode_level_max(options->compression);
    if (options->level < 0 || options->level > level_max) {
        return vn_error_set(error, VN_INVALID,
                            "the level of compression is 1 to %d", level_max);
    }
    return VN_OK;
}

static enum vn_status describe(const struct vn_load_source *source,
                               const struct vn_export_options *options,
                               const struct export_plan *plan,
                               struct manifest *manifest,
                               struct vn_error *error)
{
    const struct vn_index_info *info = vn_index_info(source->index);
    const bool whole = source->prefix.length <= info->prefix.length;
    const enum vn_status status =
        manifest_init(manifest, plan->object_count, error);

    manifest->generation = info->generation;
    manifest->records_hash = info->records_hash;
    manifest->prefix = whole ? info->prefix : source->prefix;
    manifest->compression = options->compression;
    // Without compression there are no levels.
    manifest->level =
        options->level == 0 || options->compression == VN_COMPRESS_NONE
            ? LEVEL
            : options->level;
    manifest->items_per_object = plan->items_per_object;
    manifest->suffixes = plan->items;
    // As a load does: what is a part says nothing of the whole table.
    manifest->meta = source->prefix.length == 0;
    return status;
}

static void count_all(const struct manifest *manifest, uint64_t skipped,
                      struct vn_export_counts *counts)
{
    *counts = (struct vn_export_counts){.objects = manifest->object_count,
                                        .skipped = skipped};
    for (uint32_t i = 0; i < manifest->object_count; i++) {
        counts->items += manifest->objects[i].items;
        counts->raw_bytes += manifest->objects[i].raw_bytes;
        counts->stored_bytes += manifest->objects[i].stored_bytes;
    }
}

/*
 * 1. What is in which object. 2. The folder: what stands there. 3. The
 * objects. 4. Requests and, last, the manifest.
 */
enum vn_status vn_export(const struct vn_load_source *source,
                         const struct vn_export_options *options,
                         struct vn_export_counts *counts,
                         struct vn_error *error)
{
    struct export_plan plan = {.first = 0};
    struct manifest manifest = {.object_count = 0};
    struct export_folder folder = {.fd = -1};
    const uint64_t per_object = options->items_per_object > 0
                                    ? options->items_per_object
                                    : ITEMS_PER_OBJECT;
    uint64_t skipped = 0;
    enum vn_status status = check_options(source, options, error);

    if (status != VN_OK) {
        return status;
    }
    status = export_plan_make(source->index, source->prefix, per_object, &plan,
                              error);
    if (status == VN_OK) {
        status = describe(source, options, &plan, &manifest, error);
    }
    if (status == VN_OK) {
        status = export_folder_open(options->directory, &folder, error);
    }
    if (status == VN_OK) {
        status = export_folder_prepare(&folder, &manifest, error);
    }
    if (status == VN_OK) {
        status = write_all((struct export_shared){.index = source->index,
                                                  .folder = folder.path,
                                                  .plan = &plan,
                                                  .manifest = &manifest},
                           &manifest, options, &skipped, error);
    }
    if (status == VN_OK) {
        status = export_folder_finish(
            &folder, &manifest, options->table != NULL ? options->table : TABLE,
            error);
    }
    if (status == VN_OK) {
        count_all(&manifest, skipped, counts);
    }
    export_folder_close(&folder);
    manifest_reset(&manifest);
    export_plan_reset(&plan);
    return status;
}
