/* load_dead.c: the dead-letter file: operations that were refused for good. */
#include "load_dead.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

void load_dead_init(struct load_dead *dead, const char *path)
{
    *dead = (struct load_dead){.path = path, .fd = -1};
}

static bool write_piece(struct load_dead *dead, const char *text, size_t size)
{
    while (size > 0) {
        const ssize_t written = write(dead->fd, text, size);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        text += written;
        size -= (size_t)written;
    }
    return true;
}

void load_dead_write(struct load_dead *dead, const char *line)
{
    if (dead->failed != 0) {
        return;
    }
    if (dead->fd < 0) {
        dead->fd =
            open(dead->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    }
    if (dead->fd < 0 || !write_piece(dead, line, strlen(line)) ||
        !write_piece(dead, "\n", 1)) {
        dead->failed = errno;
    }
    dead->unsynced = true;
}

void load_dead_fail(struct load_dead *dead)
{
    dead->failed = ENOMEM;
}

enum vn_status load_dead_sync(struct load_dead *dead, struct vn_error *error)
{
    if (dead->failed == 0 && dead->unsynced && fsync(dead->fd) != 0) {
        dead->failed = errno;
    }
    dead->unsynced = false;
    return dead->failed == 0 ? VN_OK
                             : vn_error_system(error, dead->failed,
                                               "cannot write '%s'", dead->path);
}

void load_dead_remove(const struct load_dead *dead)
{
    struct stat found;

    if (lstat(dead->path, &found) == 0 && found.st_size > 0) {
        (void)unlink(dead->path);
    }
}

void load_dead_close(struct load_dead *dead)
{
    if (dead->fd >= 0) {
        (void)close(dead->fd);
        dead->fd = -1;
    }
}

char *load_dead_line(const struct source_op *op, const char *type,
                     const char *message)
{
    char suffix[16];

    (void)snprintf(suffix, sizeof suffix, "%07u", op->suffix);
    json_t *item = json_loadb(op->json, op->size, 0, NULL);
    json_t *line = json_pack("{ss, ss, ss, so}", "suffix", suffix, "operation",
                             op->delete ? "delete" : "put", "error", type,
                             "item", item != NULL ? item : json_null());
    if (line != NULL) {
        // A text that is not UTF-8 is left out.
        (void)json_object_set_new(line, "message", json_string(message));
    }
    char *text = line != NULL ? json_dumps(line, JSON_COMPACT) : NULL;
    json_decref(line);
    return text;
}
