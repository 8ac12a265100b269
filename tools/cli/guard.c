/* guard.c: the handler of SIGSEGV, SIGBUS and SIGABRT. */
#include "guard.h"

#include "cli.h"

#include "tools/answer/printable.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Twice the longest path, and the words around it. */
#define MESSAGE_SIZE 8400
struct guarded {
    char message[MESSAGE_SIZE]; /* made beforehand: handlers cannot format */
    size_t length;
    const struct vn_index *index; /* NULL while it is being opened */
    uintptr_t start, end;         /* of the map */
};

static struct guarded files[GUARD_FILES_MAX];
static volatile sig_atomic_t file_count;

/* The file to blame for a signal, NULL if none is. */
static const struct guarded *find_blamed(const void *address)
{
    const uintptr_t at = (uintptr_t)address;
    const struct vn_index *reading = vn_index_reading();

    for (int i = file_count - 1; i >= 0; i--) {
        const struct guarded *file = &files[i];

        if (file->index == reading || (at >= file->start && at < file->end)) {
            return file;
        }
    }
    return NULL;
}

static void on_signal(int number, siginfo_t *info, void *context)
{
    const struct guarded *file = find_blamed(info->si_addr);

    (void)context;
    if (file != NULL) {
        const ssize_t ignored =
            write(STDERR_FILENO, file->message, file->length);

        (void)ignored;
        _exit(CLI_FAILED);
    }
    // Ours to die of: the handler is gone (SA_RESETHAND).
    raise(number);
}

static void install(void)
{
    struct sigaction action = {.sa_sigaction = on_signal,
                               .sa_flags = SA_SIGINFO | SA_RESETHAND};

    sigemptyset(&action.sa_mask);
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGABRT, &action, NULL);
}

void guard_opening(const char *path)
{
    assert(file_count < GUARD_FILES_MAX);
    struct guarded *file = &files[file_count];

    snprintf(file->message, sizeof(file->message) - 1,
             "%s: the index '%s' is damaged; run 'vanity verify -i %s'",
             cli_name(), path, path);
    file->length = printable_mask(file->message, strlen(file->message));
    file->message[file->length++] = '\n';
    file->index = NULL;
    file->start = 0;
    file->end = 0;
    file_count++;
    install();
}

void guard_opened(const struct vn_index *index)
{
    struct guarded *file = &files[file_count - 1];
    const void *start = NULL;
    size_t size = 0;

    vn_index_map(index, &start, &size);
    file->index = index;
    file->start = (uintptr_t)start;
    file->end = (uintptr_t)start + size;
}
