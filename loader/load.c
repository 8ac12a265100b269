/* load.c: a load from its pre-flight to its last word. */
#include "load_private.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "metrics.h"

#define TICK_NS (RATE_SECOND_NS / 4)
#define DRAIN_NS (5 * RATE_SECOND_NS)
#define QUIET_NS (10 * RATE_SECOND_NS)
#define PROMETHEUS_NS (10 * RATE_SECOND_NS)
/* Units that may be begun before the next checkpoint, at least. */
#define AHEAD_LEAST 16u
/* Answers before the latency says how many requests are needed. */
#define ANSWERS_LEAST 16u

int64_t load_now_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * RATE_SECOND_NS + now.tv_nsec;
}

bool load_fail(struct load *load, enum vn_status status)
{
    if (load->status == VN_OK) {
        load->status = status;
        // What comes later is not the reason.
        load->error = NULL;
    }
    load->stopping = true;
    return false;
}

/* ---- Checkpoint --------------------------------------------------------- */

/*
 * Nothing at or past the horizon is begun before the next checkpoint is
 * written: it lies two seconds ahead, at the pace since the last one.
 */
static uint64_t find_horizon(const struct load *load)
{
    const uint64_t pace = 2 * (load->begun_units - load->saved_units);
    uint64_t horizon = load->next_unit;

    if (!load->stopping) {
        horizon += pace > AHEAD_LEAST ? pace : AHEAD_LEAST;
    }
    if (horizon < load->checkpoint.state.horizon && load->checkpoint.found) {
        // What the run before has begun may have been sent, too.
        horizon = load->checkpoint.state.horizon;
    }
    return horizon < load->source->units ? horizon : load->source->units;
}

/* Operations of units that are begun, or may be before the next checkpoint. */
static uint64_t find_bound(const struct load *load, uint64_t horizon)
{
    uint64_t bound = load_units_held(load->units);

    for (uint64_t unit = load->next_unit; unit < horizon; unit++) {
        if (!checkpoint_has(&load->checkpoint, unit)) {
            bound += SOURCE_UNIT_MAX;
        }
    }
    return bound;
}

enum vn_status load_save(struct load *load)
{
    struct checkpoint_state *state = &load->checkpoint.state;
    const enum vn_status status = load_dead_sync(&load->dead, load->error);

    if (status != VN_OK) {
        return status;
    }
    state->horizon = find_horizon(load);
    state->bound = find_bound(load, state->horizon);
    state->consumed_units = load->counts.consumed_units;
    load->counts.resent_bound = state->bound;
    load->saved_units = load->begun_units;
    return checkpoint_save(&load->checkpoint, load->error);
}

/* ---- Telling ------------------------------------------------------------ */

static void count_connections(struct load *load)
{
    struct vn_load_counts *counts = &load->counts;
    struct dynamo_stats stats = {0};

    if (load->dynamo == NULL) {
        return;
    }
    dynamo_stats(load->dynamo, &stats);
    counts->connections = stats.connections;
    counts->crc_failures = stats.crc_failures;
    counts->in_flight = dynamo_in_flight(load->dynamo);
    counts->credential_refreshes =
        aws_refreshes(load->aws) - load->credential_base;
}

static void estimate_rest(struct load *load, int64_t now_ns)
{
    struct vn_load_counts *counts = &load->counts;
    const bool stalled = now_ns - load->acknowledged_ns > QUIET_NS;

    counts->rate = load->meter.rate;
    counts->remaining_s = -1;
    if (counts->pending == 0 && counts->total > 0) {
        counts->remaining_s = 0;
    } else if (!stalled && counts->total > 0 && counts->rate > 0) {
        counts->remaining_s = (double)counts->pending / counts->rate;
    }
}

/*
 * Every operation is acknowledged, dead, owed by a unit that was begun, or not
 * begun: two ledgers that were kept apart must agree.
 */
static bool balances(const struct load *load)
{
    const struct vn_load_counts *counts = &load->counts;
    const uint64_t done = counts->acknowledged + counts->dead;

    return load->units == NULL ||
           (done + load_units_owed(load->units) ==
                counts->resumed + load->begun &&
            (load->source->total == 0 || done <= load->source->total));
}

static void count_up(struct load *load, int64_t now_ns)
{
    struct vn_load_counts *counts = &load->counts;
    const uint64_t done = counts->acknowledged + counts->dead;

    if (load->source != NULL && load->units != NULL) {
        counts->total = load->source->total > 0
                            ? load->source->total
                            : done + load_units_owed(load->units);
    }
    counts->pending = counts->total - done;
    counts->rate_limit = load->rate.limit;
    counts->elapsed_s =
        (double)(now_ns - load->start_ns) / (double)RATE_SECOND_NS;
    counts->latency_p50_ms = load->meter.p50_ms;
    counts->latency_p95_ms = load->meter.p95_ms;
    counts->latency_p99_ms = load->meter.p99_ms;
    count_connections(load);
    estimate_rest(load, now_ns);
    assert(counts->acknowledged + counts->dead + counts->pending ==
           counts->total);
}

/* 'failed' is an errno. The load does not depend on its metrics. */
static void note_metrics(struct load *load, int failed)
{
    if (failed != 0 && !load->metrics_failed) {
        load->metrics_failed = true;
        notice_send(&load->notice,
                    "cannot write the metrics: %s; the load goes on",
                    strerror(failed));
    }
}

static enum vn_status tell_machines(struct load *load, int64_t now_ns,
                                    const char *event)
{
    const struct vn_load_options *options = load->options;

    if (options->metrics != NULL) {
        note_metrics(load, metrics_line(options->metrics, event, options->table,
                                        &load->counts));
    }
    if (options->prometheus_path != NULL &&
        (now_ns - load->prometheus_ns >= PROMETHEUS_NS || event[0] == 'e')) {
        load->prometheus_ns = now_ns;
        return metrics_prometheus(options->prometheus_path, options->table,
                                  &load->counts, load->error);
    }
    return VN_OK;
}

/* ---- The loop ----------------------------------------------------------- */

static void check_stall(struct load *load, int64_t now_ns)
{
    const unsigned stall_s = load->options->stall_s > 0 ? load->options->stall_s
                                                        : LOAD_STALL_DEFAULT_S;

    if (now_ns - load->acknowledged_ns > stall_s * RATE_SECOND_NS) {
        (void)load_fail(
            load, vn_error_set(load->error, VN_STOPPED,
                               "nothing was acknowledged for %u s; --resume "
                               "goes on",
                               stall_s));
    }
}

static void ask_progress(struct load *load)
{
    const struct vn_load_options *options = load->options;

    if (options->progress != NULL && !load->stopping &&
        !options->progress(options->progress_context, &load->counts)) {
        (void)load_fail(load, vn_error_set(load->error, VN_STOPPED,
                                           "stopped; --resume goes on"));
    }
}

/* By the slow answers: a few of them must not leave the rate unused. */
static void choose_in_flight(struct load *load)
{
    if (load->meter.answers >= ANSWERS_LEAST) {
        load->in_flight_wanted =
            rate_in_flight(load->rate.limit, rate_batch(&load->rate, BATCH_MAX),
                           load->meter.p95_ms, load->in_flight_most);
    }
}

/* Every second: the checkpoint, and what machines read. */
static void save_and_tell(struct load *load, int64_t now_ns)
{
    if (now_ns - load->saved_ns >= RATE_SECOND_NS && !load->stopping) {
        load->saved_ns = now_ns;
        const enum vn_status status = load_save(load);
        if (status != VN_OK) {
            (void)load_fail(load, status);
        }
    }
    if (now_ns - load->metrics_ns >= RATE_SECOND_NS) {
        load->metrics_ns = now_ns;
        const enum vn_status status = tell_machines(load, now_ns, "progress");
        if (status != VN_OK) {
            (void)load_fail(load, status);
        }
    }
}

static void tick(struct load *load, int64_t now_ns)
{
    load->progress_ns = now_ns;
    meter_sample(&load->meter, now_ns, load->counts.acknowledged);
    count_up(load, now_ns);
    if (!balances(load)) {
        (void)load_fail(load, vn_error_set(load->error, VN_CORRUPT,
                                           "the accounts of the load do not "
                                           "balance"));
    }
    choose_in_flight(load);
    check_stall(load, now_ns);
    save_and_tell(load, now_ns);
    ask_progress(load);
}

/* Waits for answers until there is something else to do. */
static void poll_answers(struct load *load, int64_t wait_ns)
{
    const int64_t now_ns = load_now_ns();
    int64_t until_ns = load->progress_ns + TICK_NS - now_ns;

    until_ns = wait_ns < until_ns ? wait_ns : until_ns;
    const int timeout_ms =
        until_ns <= 0 ? 0 : (int)((until_ns + 999999) / 1000000);
    const enum vn_status status =
        dynamo_poll(load->dynamo, timeout_ms, load->error);
    if (status != VN_OK) {
        (void)load_fail(load, status);
    }
}

static void run(struct load *load)
{
    while (!load->stopping && !load_is_done(load)) {
        const int64_t now_ns = load_now_ns();
        if (now_ns - load->progress_ns >= TICK_NS) {
            tick(load, now_ns);
        }
        poll_answers(load, load_send(load, now_ns));
    }
}

/* Takes the answers that are under way, for a while. */
static void drain(struct load *load)
{
    const int64_t end_ns = load_now_ns() + DRAIN_NS;

    load->stopping = true;
    while (dynamo_in_flight(load->dynamo) > 0 && load_now_ns() < end_ns) {
        const int64_t now_ns = load_now_ns();
        if (now_ns - load->progress_ns >= TICK_NS) {
            tick(load, now_ns);
        }
        poll_answers(load, TICK_NS);
    }
}

/* ---- Beginning and end -------------------------------------------------- */

static enum vn_status begin(struct load *load)
{
    if (load->options->metrics != NULL) {
        note_metrics(load,
                     metrics_table(load->options->metrics, &load->table,
                                   load->rate.limit, load->counts.rate_source));
    }
    // Before "#meta": a table that is half loaded has a checkpoint.
    const uint64_t bound = load->counts.resent_bound;
    enum vn_status status = load_save(load);
    load->counts.resent_bound = bound;
    if (status == VN_OK) {
        status = load_begin_meta(load);
    }
    load->acknowledged_ns = load_now_ns();
    load->saved_ns = load->acknowledged_ns;
    return status;
}

/* A file that was named may hold letters of a load of something else. */
static bool owns_letters(const struct vn_load_options *options)
{
    return options->dead_letter_path == NULL || options->resume ||
           options->restart;
}

static enum vn_status finish(struct load *load)
{
    const enum vn_status status = load_end_meta(load);

    if (status != VN_OK) {
        return status;
    }
    load_keep(load);
    // With refused operations a resume has something to do.
    if (load->counts.dead == 0) {
        checkpoint_remove(&load->checkpoint);
        if (owns_letters(load->options)) {
            load_dead_remove(&load->dead);
        }
    }
    return VN_OK;
}

static enum vn_status work(struct load *load)
{
    enum vn_status status = begin(load);

    if (status != VN_OK) {
        return status;
    }
    tick(load, load_now_ns());
    run(load);
    drain(load);
    status = load_save(load);
    if (load->status != VN_OK) {
        load_units_flush(load->units, &load->dead);
        return load->status;
    }
    return status == VN_OK ? finish(load) : status;
}

static void close_load(struct load *load)
{
    dynamo_close(load->dynamo);
    if (load->source != NULL) {
        load->source->close(load->source);
    }
    load_units_free(load->units);
    retry_free(load->retry);
    load_dead_close(&load->dead);
    checkpoint_close(&load->checkpoint);
    free(load->slots);
    free(load->fresh);
    load_files_reset(&load->files);
    free(load);
}

static void seed(struct load *load)
{
    if (getrandom(&load->random, sizeof load->random, GRND_NONBLOCK) < 0) {
        load->random = (uint64_t)load->start_ns;
    }
}

enum vn_status vn_load(struct vn_aws *aws, const struct vn_load_source *source,
                       const struct vn_load_options *options,
                       struct vn_load_counts *counts, struct vn_error *error)
{
    struct load *load = calloc(1, sizeof *load);

    if (load == NULL) {
        return vn_error_system(error, ENOMEM, "cannot begin a load");
    }
    load->aws = aws;
    load->from = source;
    load->options = options;
    load->error = error;
    load->notice = (struct notice){options->notice, options->notice_context};
    load->start_ns = load_now_ns();
    load->credential_base = aws_refreshes(aws);
    load->dead.fd = -1;
    load->checkpoint.lock_fd = -1;
    seed(load);
    enum vn_status status = load_open(load);
    if (status == VN_OK) {
        status = work(load);
    }
    count_up(load, load_now_ns());
    if (load->dynamo != NULL) {
        const enum vn_status told = tell_machines(load, load_now_ns(), "end");
        status = status == VN_OK ? told : status;
    }
    *counts = load->counts;
    close_load(load);
    return status;
}
