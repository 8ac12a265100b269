/* bench_memory.c: the most memory that a piece of work takes. */
#include "bench.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How often the memory of the child is looked at. */
#define WATCH_NS 1000000L

_Noreturn static void work_in_child(bench_work_fn work, void *context,
                                    struct vn_error *error)
{
    signal(SIGINT, SIG_DFL); // the parent removes the files
    signal(SIGTERM, SIG_DFL);
    _exit(work(context, error) == VN_OK ? BENCH_DONE : BENCH_FAILED);
}

/* The memory beside mapped files that the process 'child' has now. */
static uint64_t anonymous_kb(pid_t child)
{
    char path[64];
    char line[256];
    uint64_t kilobytes = 0;

    snprintf(path, sizeof(path), "/proc/%d/status", (int)child);
    FILE *file = fopen(path, "re");

    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        if (strncmp(line, "RssAnon:", 8) == 0) {
            kilobytes = strtoull(line + 8, NULL, 10);
            break;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return kilobytes;
}

/* Waits for the child; returns how it ended, as waitpid() tells it. */
static int watch(pid_t child, struct bench_memory *memory)
{
    const struct timespec pause = {.tv_nsec = WATCH_NS};
    struct rusage usage;
    int ending = 0;

    memory->beside_kb = 0;
    while (wait4(child, &ending, WNOHANG, &usage) == 0) {
        const uint64_t now_kb = anonymous_kb(child);

        if (now_kb > memory->beside_kb) {
            memory->beside_kb = now_kb;
        }
        nanosleep(&pause, NULL);
    }
    memory->whole_kb = (uint64_t)usage.ru_maxrss;
    return ending;
}

static enum vn_status fork_work(bench_work_fn work, void *context,
                                struct bench_memory *memory,
                                struct vn_error *shared, struct vn_error *error)
{
    const pid_t child = fork();

    if (child < 0) {
        return vn_error_system(error, errno, "cannot fork");
    }
    if (child == 0) {
        work_in_child(work, context, shared);
    }
    const int ending = watch(child, memory);

    if (WIFSIGNALED(ending)) {
        return vn_error_set(error, VN_IO, "the child died by signal %d",
                            WTERMSIG(ending));
    }
    if (WEXITSTATUS(ending) != BENCH_DONE) {
        *error = *shared;
        return shared->status;
    }
    return VN_OK;
}

enum vn_status bench_memory_of(bench_work_fn work, void *context,
                               struct bench_memory *memory,
                               struct vn_error *error)
{
    struct vn_error *shared =
        mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (shared == MAP_FAILED) {
        return vn_error_system(error, errno, "cannot share memory");
    }
    const enum vn_status status =
        fork_work(work, context, memory, shared, error);

    munmap(shared, sizeof(*shared));
    return status;
}
