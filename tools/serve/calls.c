/* calls.c: calls in memory, and the thread that writes them. */
#include "calls.h"

#include "calls_file.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* "2026-11-21T11:15:00.123Z" with its end, for any year of four digits. */
#define TIME_SIZE 40

struct calls {
    struct calls_file *file;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    /* All below is under 'lock'. */
    bool stopping;
    size_t shown_count;
    struct call shown[CALLS_SHOWN]; /* newest first */
    size_t waiting_count;
    struct call waiting[CALLS_WAITING]; /* oldest first */
    struct calls_counts counts;
    enum vn_status failed; /* not yet told */
    struct vn_error error;
    /* The thread's own. */
    struct call writing[CALLS_WAITING];
};

/* ---- The thread --------------------------------------------------------- */

/* Waits for calls and takes them all; 0 if it is time to end. */
static size_t take_waiting(struct calls *calls)
{
    pthread_mutex_lock(&calls->lock);
    while (calls->waiting_count == 0 && !calls->stopping) {
        pthread_cond_wait(&calls->wake, &calls->lock);
    }
    const size_t count = calls->waiting_count;

    memcpy(calls->writing, calls->waiting, count * sizeof(calls->waiting[0]));
    calls->waiting_count = 0;
    pthread_mutex_unlock(&calls->lock);
    return count;
}

static void write_taken(struct calls *calls, size_t count)
{
    struct vn_error error = {0};
    const enum vn_status status =
        calls_file_add(calls->file, calls->writing, count, &error);

    pthread_mutex_lock(&calls->lock);
    if (status == VN_OK) {
        calls->counts.written += count;
    } else {
        calls->counts.dropped += count;
        calls->failed = status;
        calls->error = error;
    }
    pthread_mutex_unlock(&calls->lock);
}

static void *write_calls(void *context)
{
    struct calls *calls = context;

    for (;;) {
        const size_t count = take_waiting(calls);

        if (count == 0) {
            return NULL;
        }
        write_taken(calls, count);
    }
}

/* ---- Opening ------------------------------------------------------------ */

static enum vn_status start(struct calls *calls, struct vn_error *error)
{
    pthread_mutex_init(&calls->lock, NULL);
    pthread_cond_init(&calls->wake, NULL);
    const int failed = pthread_create(&calls->thread, NULL, write_calls, calls);

    if (failed != 0) {
        pthread_cond_destroy(&calls->wake);
        pthread_mutex_destroy(&calls->lock);
        return vn_error_system(error, failed, "cannot start a thread");
    }
    return VN_OK;
}

enum vn_status calls_open(const char *path, unsigned kept, struct calls **out,
                          struct vn_error *error)
{
    struct calls *calls = calloc(1, sizeof(*calls));

    if (calls == NULL) {
        return vn_error_set(error, VN_NOMEM, "no memory for '%s'", path);
    }
    enum vn_status status = calls_file_open(path, kept, &calls->file, error);

    if (status == VN_OK) {
        status = calls_file_read(calls->file, calls->shown, CALLS_SHOWN,
                                 &calls->shown_count, error);
    }
    if (status == VN_OK) {
        status = start(calls, error);
    }
    if (status != VN_OK) {
        calls_file_close(calls->file);
        free(calls);
        return status;
    }
    *out = calls;
    return VN_OK;
}

void calls_close(struct calls *calls)
{
    if (calls == NULL) {
        return;
    }
    pthread_mutex_lock(&calls->lock);
    calls->stopping = true;
    pthread_cond_signal(&calls->wake);
    pthread_mutex_unlock(&calls->lock);
    pthread_join(calls->thread, NULL);
    pthread_cond_destroy(&calls->wake);
    pthread_mutex_destroy(&calls->lock);
    calls_file_close(calls->file);
    free(calls);
}

/* ---- Calls -------------------------------------------------------------- */

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void make_call(const struct answer *answer, struct call *call)
{
    const struct vn_number *number = &answer->number;

    *call = (struct call){.time_ms = now_ms()};
    if (number->e164[0] != '\0') {
        memcpy(call->number, number->e164, sizeof(call->number));
    } else {
        snprintf(call->number, sizeof(call->number), "%07u",
                 (unsigned)number->suffix);
    }
    call->count = answer->count < ANSWER_SPOKEN ? answer->count : ANSWER_SPOKEN;
    for (unsigned i = 0; i < call->count; i++) {
        vn_number_display(number, answer->spellings[i].text,
                          call->spellings[i]);
    }
}

void calls_add(struct calls *calls, const struct answer *answer)
{
    struct call call;

    make_call(answer, &call);
    pthread_mutex_lock(&calls->lock);
    if (calls->shown_count < CALLS_SHOWN) {
        calls->shown_count++;
    }
    memmove(&calls->shown[1], &calls->shown[0],
            (calls->shown_count - 1) * sizeof(calls->shown[0]));
    calls->shown[0] = call;
    if (calls->waiting_count < CALLS_WAITING) {
        calls->waiting[calls->waiting_count++] = call;
    } else {
        calls->counts.dropped++;
    }
    pthread_cond_signal(&calls->wake);
    pthread_mutex_unlock(&calls->lock);
}

static void write_call(struct output *out, const struct call *call)
{
    const time_t seconds = (time_t)(call->time_ms / 1000);
    struct answer_caller caller = {.number = call->number,
                                   .count = call->count};
    char text[TIME_SIZE];
    struct tm utc;

    gmtime_r(&seconds, &utc);
    const size_t size = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc);

    snprintf(text + size, sizeof(text) - size, ".%03uZ",
             (unsigned)(call->time_ms % 1000));
    caller.time = text;
    for (unsigned i = 0; i < call->count; i++) {
        caller.spellings[i] =
            (struct vn_bytes){call->spellings[i], strlen(call->spellings[i])};
    }
    answer_caller_json(out, &caller);
}

void calls_json(struct output *out, struct calls *calls)
{
    struct call shown[CALLS_SHOWN];

    pthread_mutex_lock(&calls->lock);
    const size_t count = calls->shown_count;

    memcpy(shown, calls->shown, sizeof(shown));
    pthread_mutex_unlock(&calls->lock);
    json_open(out, '{');
    json_key(out, "callers");
    json_open(out, '[');
    for (size_t i = 0; i < count; i++) {
        write_call(out, &shown[i]);
    }
    json_close(out, ']');
    json_close(out, '}');
}

void calls_count(struct calls *calls, struct calls_counts *counts)
{
    pthread_mutex_lock(&calls->lock);
    *counts = calls->counts;
    pthread_mutex_unlock(&calls->lock);
}

enum vn_status calls_failure(struct calls *calls, struct vn_error *error)
{
    pthread_mutex_lock(&calls->lock);
    const enum vn_status failed = calls->failed;

    if (failed != VN_OK) {
        *error = calls->error;
        calls->failed = VN_OK;
    }
    pthread_mutex_unlock(&calls->lock);
    return failed;
}
