/* input.c: lines by read(2) into one large buffer. */
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum vn_status open_file(struct input *in, const char *path,
                                struct vn_error *error)
{
    struct stat about;

    in->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (in->fd < 0) {
        if (errno == ENOENT || errno == ENOTDIR) {
            return vn_error_set(error, VN_INVALID, "no such file: '%s'", path);
        }
        return vn_error_system(error, errno, "cannot open '%s'", path);
    }
    if (fstat(in->fd, &about) == 0 && S_ISDIR(about.st_mode)) {
        return vn_error_set(error, VN_INVALID,
                            "'%s' is a directory, not a file of numbers", path);
    }
    return VN_OK;
}

/* Bytes from here to the end of a regular file, 0 for anything else. */
static uint64_t find_size(int fd)
{
    struct stat about;

    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
        return 0;
    }
    const off_t at = lseek(fd, 0, SEEK_CUR);

    return at >= 0 && at < about.st_size ? (uint64_t)(about.st_size - at) : 0;
}

enum vn_status input_open(struct input *in, const char *path,
                          struct output *out, struct vn_error *error)
{
    *in = (struct input){.fd = STDIN_FILENO, .name = path, .out = out};
    in->buffer = malloc(INPUT_SIZE);
    if (in->buffer == NULL) {
        return vn_error_set(error, VN_NOMEM, "out of memory");
    }
    enum vn_status status = VN_OK;

    if (strcmp(path, "-") == 0) {
        in->name = "standard input";
    } else {
        status = open_file(in, path, error);
    }
    if (status == VN_OK) {
        in->size = find_size(in->fd);
    }
    return status;
}

void input_close(struct input *in)
{
    free(in->buffer);
    in->buffer = NULL;
    if (in->fd > STDIN_FILENO) {
        close(in->fd);
    }
    in->fd = -1;
}

static bool would_wait(int fd)
{
    struct pollfd ask = {.fd = fd, .events = POLLIN};

    return poll(&ask, 1, 0) == 0;
}

/* Reads more behind what is there; false at the end or on failure. */
static bool fill(struct input *in)
{
    if (in->at_end) {
        return false;
    }
    if (in->start > 0) {
        memmove(in->buffer, in->buffer + in->start, in->end - in->start);
        in->end -= in->start;
        in->start = 0;
    }
    if (in->out != NULL && would_wait(in->fd)) {
        output_flush(in->out);
    }
    ssize_t size;
    do {
        size = read(in->fd, in->buffer + in->end, INPUT_SIZE - in->end);
    } while (size < 0 && errno == EINTR);
    if (size <= 0) {
        in->sys_errno = size < 0 ? errno : 0;
        in->at_end = true;
        return false;
    }
    in->end += (size_t)size;
    in->taken += (uint64_t)size;
    return true;
}

static void skip_rest(struct input *in)
{
    while (in->skipping) {
        const size_t left = in->end - in->start;
        const char *begin = in->buffer + in->start;
        const char *feed = memchr(begin, '\n', left);

        in->start =
            feed == NULL ? in->end : in->start + (size_t)(feed - begin) + 1;
        in->skipping = feed == NULL && fill(in);
    }
}

static void skip_mark(struct input *in)
{
    static const char mark[3] = "\xef\xbb\xbf";

    for (size_t i = 0; i < sizeof(mark); i++) {
        if (in->end - in->start == i && !fill(in)) {
            return;
        }
        if (in->buffer[in->start + i] != mark[i]) {
            return;
        }
    }
    in->start += sizeof(mark);
}

static struct vn_bytes hand_out(struct input *in, size_t size, size_t passed)
{
    struct vn_bytes line = {in->buffer + in->start, size};

    if (size > 0 && line.data[size - 1] == '\r') {
        line.size--;
    }
    in->start += passed;
    in->line++;
    return line;
}

bool input_next(struct input *in, struct vn_bytes *line)
{
    size_t seen = 0; // bytes of the line known to hold no line feed

    skip_rest(in);
    if (in->line == 0) {
        skip_mark(in);
    }
    for (;;) {
        const char *begin = in->buffer + in->start;
        const size_t left = in->end - in->start;
        const char *feed =
            left > seen ? memchr(begin + seen, '\n', left - seen) : NULL;

        if (feed != NULL) {
            const size_t size = (size_t)(feed - begin);

            *line = hand_out(in, size, size + 1);
            return true;
        }
        // Longer than any number with its carriage return.
        if (left > INPUT_LINE_MAX) {
            *line = hand_out(in, INPUT_LINE_MAX, left);
            line->size = INPUT_LINE_MAX;
            in->skipping = true;
            return true;
        }
        seen = left;
        if (!fill(in)) {
            if (left == 0 || in->sys_errno != 0) {
                return false;
            }
            *line = hand_out(in, left, left);
            return true;
        }
    }
}

enum vn_status input_status(const struct input *in, struct vn_error *error)
{
    if (in->sys_errno == EISDIR) {
        return vn_error_set(error, VN_INVALID, "%s is a directory", in->name);
    }
    if (in->sys_errno != 0) {
        return vn_error_system(error, in->sys_errno, "cannot read %s",
                               in->name);
    }
    return VN_OK;
}
