/* fault.c: the handler of SIGBUS. */
#include "fault.h"

#include "tools/answer/printable.h"
#include "tools/cli/cli.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Made beforehand: handlers cannot format. */
static char message[PATH_MAX + 256];
static size_t length;

static void on_signal(int number)
{
    const ssize_t ignored = write(STDERR_FILENO, message, length);

    (void)number;
    (void)ignored;
    _exit(CLI_FAILED);
}

void fault_guard(const char *path)
{
    struct sigaction action = {.sa_handler = on_signal};

    snprintf(message, sizeof(message) - 1,
             "%s: a file in use was cut or written over; put a new index at "
             "'%.*s' by renaming, as 'vanity build' does",
             cli_name(), PATH_MAX, path);
    length = printable_mask(message, strlen(message));
    message[length++] = '\n';
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, NULL);
}
