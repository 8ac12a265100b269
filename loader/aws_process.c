/* aws_process.c: a program that prints credentials. */
#include "aws_process.h"

#include "aws_complaint.h"

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

/* A pipe of ours: the program writes into 'theirs'. */
struct channel {
    int ours, theirs; /* -1: closed */
};

static void channel_close(int *end)
{
    if (*end >= 0) {
        (void)close(*end);
    }
    *end = -1;
}

static bool channel_open(struct channel *channel, int flags)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0) {
        return false;
    }
    *channel = (struct channel){ends[0], ends[1]};
    return fcntl(ends[0], F_SETFL, flags) == 0;
}

/*
 * Starts the program on both channels. Signals that we block or ignore are its
 * own business again.
 */
static int start(char *const *words, const struct channel *output,
                 const struct channel *complaint, pid_t *child)
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
    int code = posix_spawn_file_actions_adddup2(&actions, output->theirs, 1);
    if (code == 0) {
        code = posix_spawn_file_actions_adddup2(&actions, complaint->theirs, 2);
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

/* A program that runs. */
struct process {
    struct channel output, complaint;
    struct aws_complaint said;
    pid_t child;
    int64_t end_ms;
};

/* Takes what it complains of now, without waiting. */
static void hear(struct process *process)
{
    char piece[1024];
    ssize_t got = 1;

    // A program that never stops complaining has a time limit.
    while (process->complaint.ours >= 0 && got != 0 &&
           clock_ms() < process->end_ms) {
        got = read(process->complaint.ours, piece, sizeof piece);
        if (got > 0) {
            aws_complaint_add(&process->said, piece, (size_t)got);
        } else if (got == 0) {
            channel_close(&process->complaint.ours);
        } else if (errno != EINTR) {
            break;
        }
    }
    explicit_bzero(piece, sizeof piece);
}

/* Waits for output, hearing complaints. Returns 0 or ETIMEDOUT. */
static int await_output(struct process *process)
{
    while (true) {
        struct pollfd wait[] = {
            {.fd = process->output.ours, .events = POLLIN},
            {.fd = process->complaint.ours, .events = POLLIN},
        };
        const int64_t left_ms = process->end_ms - clock_ms();
        if (left_ms <= 0) {
            return ETIMEDOUT;
        }
        if (poll(wait, 2, (int)left_ms) <= 0) {
            continue; // the clock decides
        }
        if (wait[1].revents != 0) {
            hear(process);
        }
        if (wait[0].revents != 0) {
            return 0;
        }
    }
}

/* Reads to the end. Returns 0, ETIMEDOUT, E2BIG or another error number. */
static int read_output(struct process *process, struct buf *out)
{
    char piece[4096];
    int code = 0;

    while (code == 0) {
        code = await_output(process);
        if (code != 0) {
            break;
        }
        const ssize_t got = read(process->output.ours, piece, sizeof piece);
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
static int wait_until(struct process *process, int *result)
{
    const struct timespec pause = {.tv_nsec = 2 * 1000 * 1000};

    while (true) {
        const pid_t ended = waitpid(process->child, result, WNOHANG);
        hear(process);
        if (ended == process->child) {
            return 0;
        }
        if (ended < 0 && errno != EINTR) {
            *result = 0; // SIGCHLD is ignored: the output has to speak
            return 0;
        }
        if (clock_ms() >= process->end_ms) {
            return ETIMEDOUT;
        }
        (void)nanosleep(&pause, NULL);
    }
}

/* Of a program that did not do what it should. */
static enum vn_status fail(const char *program, const struct process *process,
                           const char *how, int number, struct vn_error *error)
{
    char line[AWS_COMPLAINT_SIZE];

    aws_complaint_line(&process->said, line);
    if (line[0] == '\0') {
        return vn_error_set(error, VN_INVALID,
                            "credential_process: %s %s %d; run it by hand to "
                            "see why",
                            program, how, number);
    }
    return vn_error_set(error, VN_INVALID, "credential_process: %s %s %d: %s",
                        program, how, number, line);
}

static enum vn_status judge(const char *program, const struct process *process,
                            int code, int result, struct vn_error *error)
{
    if (code == ETIMEDOUT) {
        return fail(program, process, "did not end in time, but by signal",
                    SIGKILL, error);
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
        return fail(program, process, "was ended by signal", WTERMSIG(result),
                    error);
    }
    if (WEXITSTATUS(result) != 0) {
        return fail(program, process, "ended with exit code",
                    WEXITSTATUS(result), error);
    }
    return VN_OK;
}

/* Runs what was started to its end, or ends it. */
static enum vn_status attend(const char *program, struct process *process,
                             struct buf *out, struct vn_error *error)
{
    int result = 0;
    int code = read_output(process, out);

    channel_close(&process->output.ours);
    if (code == 0) {
        code = wait_until(process, &result);
    }
    if (code != 0) {
        (void)kill(process->child, SIGKILL);
        while (waitpid(process->child, &result, 0) < 0 && errno == EINTR) {
        }
    }
    return judge(program, process, code, result, error);
}

static enum vn_status run(char *const *words, int timeout_ms, struct buf *out,
                          struct vn_error *error)
{
    struct process process = {
        .output = {-1, -1},
        .complaint = {-1, -1},
        .end_ms = clock_ms() + timeout_ms,
    };
    enum vn_status status = VN_OK;

    assert(words[0] != NULL);
    if (!channel_open(&process.output, 0) ||
        !channel_open(&process.complaint, O_NONBLOCK)) {
        status = vn_error_system(error, errno, "cannot run credential_process");
        goto out;
    }
    const int code =
        start(words, &process.output, &process.complaint, &process.child);
    channel_close(&process.output.theirs);
    channel_close(&process.complaint.theirs);
    if (code != 0) {
        status = vn_error_set(error, VN_INVALID,
                              "credential_process: cannot start %s: %s",
                              words[0], strerror(code));
        goto out;
    }
    status = attend(words[0], &process, out, error);
out:
    channel_close(&process.output.ours);
    channel_close(&process.output.theirs);
    channel_close(&process.complaint.ours);
    channel_close(&process.complaint.theirs);
    explicit_bzero(&process.said, sizeof process.said);
    return status;
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
