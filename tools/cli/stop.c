/* stop.c: SIGINT, SIGTERM and SIGHUP as a wish to stop in order. */
#include "stop.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/*
 * Supervisors send a signal to the process and to its group, and terminals
 * may repeat a key: what comes so soon belongs to the first wish.
 */
#define SAME_WISH_MS 1000

static volatile sig_atomic_t noted;
static atomic_int_fast64_t noted_ms; /* 0: not yet; written by the handler */

static int64_t now_ms(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    // Never 0, which stands for no signal.
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + 1;
}

static void note_signal(int number)
{
    const int_fast64_t at_ms = now_ms();
    int_fast64_t first_ms = 0;

    if (atomic_compare_exchange_strong(&noted_ms, &first_ms, at_ms)) {
        noted = number;
    } else if (at_ms - first_ms >= SAME_WISH_MS) {
        // Comes when this handler returns: until then it is blocked.
        (void)signal(number, SIG_DFL);
        (void)raise(number);
    }
}

void stop_watch(void)
{
    struct sigaction action = {.sa_handler = note_signal,
                               .sa_flags = SA_RESTART};

    struct sigaction hangup;

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    // Under nohup it stays ignored.
    if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN) {
        sigaction(SIGHUP, &action, NULL);
    }
}

int stop_wanted(void)
{
    return noted;
}
