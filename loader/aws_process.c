/* aws_process.c: a program that prints credentials. */
#include "aws_process.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- Words -------------------------------------------------------------- */

/* The words of a command, one after the other in 'text'. */
struct words {
    char *text;
    size_t size; /* of 'text', all words together */
    char **list; /* ends in NULL */
    size_t count;
};

static void words_free(struct words *words)
{
    if (words->text != NULL) {
        explicit_bzero(words->text, words->size);
    }
    free(words->text);
    free(words->list);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Copies one word to '*to', without its quotes; false if one stays open. */
static bool read_word(const char **from, char **to)
{
    char quote = '\0';

    for (; **from != '\0' && (quote != '\0' || !is_blank(**from)); ++*from) {
        const char c = **from;
        const char next = (*from)[1];
        if (c == '\\' && (quote == '\0' ||
                          (quote == '"' && (next == '"' || next == '\\')))) {
            if (next == '\0') {
                return false;
            }
            *(*to)++ = next;
            ++*from;
        } else if (quote == '\0' && (c == '"' || c == '\'')) {
            quote = c;
        } else if (quote != '\0' && c == quote) {
            quote = '\0';
        } else {
            *(*to)++ = c;
        }
    }
    *(*to)++ = '\0';
    return quote == '\0';
}

static enum vn_status words_split(const char *command, struct words *words,
                                  struct vn_error *error)
{
    const char *from = command;

    words->size = strlen(command) + 1;
    words->text = calloc(1, words->size);
    words->list = calloc(words->size / 2 + 2, sizeof *words->list);
    if (words->text == NULL || words->list == NULL) {
        return vn_error_system(error, ENOMEM, "cannot run credential_process");
    }
    char *to = words->text;
    while (true) {
        while (is_blank(*from)) {
            from++;
        }
        if (*from == '\0') {
            break;
        }
        words->list[words->count++] = to;
        if (!read_word(&from, &to)) {
            return vn_error_set(error, VN_INVALID,
                                "credential_process has an open quote or ends "
                                "in a backslash");
        }
    }
    if (words->count == 0 || words->list[0][0] == '\0') {
        return vn_error_set(error, VN_INVALID,
                            "credential_process names no program");
    }
    return VN_OK;
}

/* ---- The program -------------------------------------------------------- */

static int64_t clock_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * Starts the program with 'output' as its standard output and nowhere to
 * complain: what it says there may hold a secret. Signals that we block or
 * ignore are its own business again.
 */
static int start(char *const *words, int output, pid_t *child)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigset_t defaults;

    (void)sigemptyset(&none);
    (void)sigemptyset(&defaults);
    (void)sigaddset(&defaults, SIGPIPE);
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawnattr_init(&attributes);
    int code = posix_spawn_file_actions_adddup2(&actions, output, 1);
    if (code == 0) {
        code = posix_spawn_file_actions_addopen(&actions, 2, "/dev/null",
                                                O_WRONLY, 0);
    }
    if (code == 0) {
        (void)posix_spawnattr_setsigmask(&attributes, &none);
        (void)posix_spawnattr_setsigdefault(&attributes, &defaults);
        (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK |
                                                        POSIX_SPAWN_SETSIGDEF);
        code = posix_spawnp(child, words[0], &actions, &attributes, words,
                            environ);
    }
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&actions);
    return code;
}

/* Reads to the end. Returns 0, ETIMEDOUT, E2BIG or another error number. */
static int read_output(int input, int64_t end_ms, struct buf *out)
{
    char piece[4096];
    int code = 0;

    while (code == 0) {
        struct pollfd wait = {.fd = input, .events = POLLIN};
        const int64_t left_ms = end_ms - clock_ms();
        if (left_ms <= 0) {
            code = ETIMEDOUT;
            break;
        }
        if (poll(&wait, 1, (int)left_ms) <= 0) {
            continue; // the clock decides
        }
        const ssize_t got = read(input, piece, sizeof piece);
        if (got == 0) {
            break;
        }
        if (got > 0) {
            buf_add(out, piece, (size_t)got);
            code = out->failed ? E2BIG : 0;
        } else if (errno != EINTR) {
            code = errno;
        }
    }
    explicit_bzero(piece, sizeof piece);
    return code;
}

/* Waits for the end of a program that has closed its output. */
static int wait_until(pid_t child, int64_t end_ms, int *result)
{
    const struct timespec pause = {.tv_nsec = 2 * 1000 * 1000};

    while (true) {
        const pid_t ended = waitpid(child, result, WNOHANG);
        if (ended == child) {
            return 0;
        }
        if (ended < 0 && errno != EINTR) {
            *result = 0; // SIGCHLD is ignored: the output has to speak
            return 0;
        }
        if (clock_ms() >= end_ms) {
            return ETIMEDOUT;
        }
        (void)nanosleep(&pause, NULL);
    }
}

static enum vn_status judge(const char *program, int code, int result,
                            struct vn_error *error)
{
    if (code == ETIMEDOUT) {
        return vn_error_set(error, VN_INVALID,
                            "credential_process: %s did not end in time",
                            program);
    }
    if (code == E2BIG) {
        return vn_error_set(error, VN_INVALID,
                            "credential_process: %s printed too much", program);
    }
    if (code != 0) {
        return vn_error_system(
            error, code, "credential_process: cannot read from %s", program);
    }
    if (WIFSIGNALED(result)) {
        return vn_error_set(error, VN_INVALID,
                            "credential_process: %s was ended by signal %d",
                            program, WTERMSIG(result));
    }
    if (WEXITSTATUS(result) != 0) {
        return vn_error_set(
            error, VN_INVALID,
            "credential_process: %s ended with exit code %d; run "
            "it by hand to see why",
            program, WEXITSTATUS(result));
    }
    return VN_OK;
}

static enum vn_status run(char *const *words, int timeout_ms, struct buf *out,
                          struct vn_error *error)
{
    const int64_t end_ms = clock_ms() + timeout_ms;
    int ends[2];
    pid_t child = 0;
    int result = 0;

    assert(words[0] != NULL);
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return vn_error_system(error, errno, "cannot run credential_process");
    }
    int code = start(words, ends[1], &child);
    (void)close(ends[1]);
    if (code != 0) {
        (void)close(ends[0]);
        return vn_error_set(error, VN_INVALID,
                            "credential_process: cannot start %s: %s", words[0],
                            strerror(code));
    }
    code = read_output(ends[0], end_ms, out);
    (void)close(ends[0]);
    if (code == 0) {
        code = wait_until(child, end_ms, &result);
    }
    if (code != 0) {
        (void)kill(child, SIGKILL);
        while (waitpid(child, &result, 0) < 0 && errno == EINTR) {
        }
    }
    return judge(words[0], code, result, error);
}

enum vn_status aws_process_run(const char *command, int timeout_ms,
                               struct buf *out, struct vn_error *error)
{
    struct words words = {0};

    enum vn_status status = words_split(command, &words, error);
    if (status == VN_OK) {
        status = run(words.list, timeout_ms, out, error);
    }
    words_free(&words);
    return status;
}
