/* stop.c: SIGINT and SIGTERM as a wish to stop in order. */
#include "stop.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t noted;

static void note_signal(int number)
{
    noted = number;
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
}

void stop_watch(void)
{
    struct sigaction action = {.sa_handler = note_signal,
                               .sa_flags = SA_RESTART};

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

int stop_wanted(void)
{
    return noted;
}
