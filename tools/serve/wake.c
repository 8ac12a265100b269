/* wake.c: the threads that wait, and a signal to each. */
#include "wake.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

struct wake {
    pthread_mutex_t lock;
    unsigned most;
    unsigned count;      /* under 'lock' */
    pthread_t threads[]; /* under 'lock' */
};

static _Thread_local bool has_joined;

static void do_nothing(int number)
{
    (void)number;
}

enum vn_status wake_new(unsigned most, struct wake **out)
{
    struct wake *wake =
        calloc(1, sizeof(*wake) + most * sizeof(wake->threads[0]));
    // What is restarted may be: a wait for events never is.
    struct sigaction action = {.sa_handler = do_nothing,
                               .sa_flags = SA_RESTART};

    if (wake == NULL) {
        return VN_NOMEM;
    }
    wake->most = most;
    pthread_mutex_init(&wake->lock, NULL);
    sigemptyset(&action.sa_mask);
    sigaction(SIGURG, &action, NULL);
    *out = wake;
    return VN_OK;
}

void wake_free(struct wake *wake)
{
    if (wake != NULL) {
        pthread_mutex_destroy(&wake->lock);
        free(wake);
    }
}

void wake_join(struct wake *wake)
{
    if (has_joined) {
        return;
    }
    pthread_mutex_lock(&wake->lock);
    if (wake->count < wake->most) {
        wake->threads[wake->count++] = pthread_self();
    }
    pthread_mutex_unlock(&wake->lock);
    has_joined = true;
}

void wake_all(struct wake *wake)
{
    pthread_mutex_lock(&wake->lock);
    for (unsigned i = 0; i < wake->count; i++) {
        pthread_kill(wake->threads[i], SIGURG);
    }
    pthread_mutex_unlock(&wake->lock);
}
