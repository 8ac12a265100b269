/* checkpoint.c: how far a load has come, on disk, for one that goes on. */
#include "checkpoint.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

#include "engine/text.h"

#define MAGIC_SIZE 8u
#define NUMBER_SIZE 8u
#define STATE_NUMBERS 6u
#define TEXT_MAX 4096u

/* CHECKPOINT_BEGINS, and which version. */
static const uint8_t magic[MAGIC_SIZE] = {'V', 'N', 'L', 'O',
                                          'A', 'D', '2', '\n'};

/* ---- Fields ------------------------------------------------------------- */

static uint8_t *put_number(uint8_t *at, uint64_t value)
{
    for (unsigned i = 0; i < NUMBER_SIZE; i++) {
        *at++ = (uint8_t)(value >> (8 * i));
    }
    return at;
}

static uint64_t get_number(const uint8_t *at)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < NUMBER_SIZE; i++) {
        value |= (uint64_t)at[i] << (8 * i);
    }
    return value;
}

static size_t text_size(const char *text)
{
    return strnlen(text, TEXT_MAX);
}

static uint8_t *put_text(uint8_t *at, const char *text)
{
    const size_t size = text_size(text);

    *at++ = (uint8_t)size;
    *at++ = (uint8_t)(size >> 8);
    for (size_t i = 0; i < size; i++) {
        *at++ = (uint8_t)text[i];
    }
    return at;
}

static size_t bits_size(uint64_t units)
{
    return (size_t)((units + 7) / 8);
}

static void list_texts(const struct checkpoint_identity *identity,
                       const char *texts[CHECKPOINT_TEXTS])
{
    texts[0] = identity->table;
    texts[1] = identity->table_id;
    texts[2] = identity->endpoint;
    texts[3] = identity->region;
}

static size_t file_size(const struct checkpoint_identity *identity)
{
    const char *texts[CHECKPOINT_TEXTS];
    size_t size = MAGIC_SIZE + (2 + STATE_NUMBERS + 1) * NUMBER_SIZE +
                  bits_size(identity->units);

    list_texts(identity, texts);
    for (unsigned i = 0; i < CHECKPOINT_TEXTS; i++) {
        size += 2 + text_size(texts[i]);
    }
    return size;
}

static void list_state(struct checkpoint_state *state,
                       uint64_t *numbers[STATE_NUMBERS - 1])
{
    numbers[0] = &state->horizon;
    numbers[1] = &state->acknowledged;
    numbers[2] = &state->puts;
    numbers[3] = &state->deletes;
    numbers[4] = &state->bound;
}

/* ---- Writing ------------------------------------------------------------ */

static void encode(const struct checkpoint *checkpoint, uint8_t *out,
                   size_t size)
{
    struct checkpoint_state state = checkpoint->state;
    uint64_t *numbers[STATE_NUMBERS - 1];
    const char *texts[CHECKPOINT_TEXTS];
    uint8_t *at = out;

    memcpy(at, magic, MAGIC_SIZE);
    at = put_number(at + MAGIC_SIZE, checkpoint->identity.fingerprint);
    at = put_number(at, checkpoint->identity.units);
    list_texts(&checkpoint->identity, texts);
    for (unsigned i = 0; i < CHECKPOINT_TEXTS; i++) {
        at = put_text(at, texts[i]);
    }
    list_state(&state, numbers);
    for (unsigned i = 0; i < STATE_NUMBERS - 1; i++) {
        at = put_number(at, *numbers[i]);
    }
    at = put_number(at, (uint64_t)(state.consumed_units * 1000));
    memcpy(at, checkpoint->bits, bits_size(checkpoint->identity.units));
    at += bits_size(checkpoint->identity.units);
    at = put_number(at, XXH3_64bits(out, size - NUMBER_SIZE));
    assert(at == out + size);
}

static bool write_all(int fd, const uint8_t *data, size_t size)
{
    while (size > 0) {
        const ssize_t written = write(fd, data, size);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        data += written;
        size -= (size_t)written;
    }
    return true;
}

static enum vn_status write_file(const char *path, const uint8_t *data,
                                 size_t size, struct vn_error *error)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

    if (fd < 0) {
        return vn_error_system(error, errno, "cannot create '%s'", path);
    }
    // The bytes must be on the disk before the name leads to them.
    const bool good = write_all(fd, data, size) && fsync(fd) == 0;
    const int failed = errno;
    if (close(fd) != 0 || !good) {
        (void)unlink(path);
        return vn_error_system(error, good ? errno : failed,
                               "cannot write '%s'", path);
    }
    return VN_OK;
}

static void sync_folder(const char *path)
{
    char *copy = strdup(path);

    if (copy == NULL) {
        return;
    }
    const int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(copy);
    if (fd >= 0) {
        // A name that is lost leads to the file before, which is valid, too.
        (void)fsync(fd);
        (void)close(fd);
    }
}

enum vn_status checkpoint_save(const struct checkpoint *checkpoint,
                               struct vn_error *error)
{
    const size_t size = file_size(&checkpoint->identity);
    uint8_t *data = malloc(size);

    if (data == NULL) {
        return vn_error_system(error, ENOMEM, "cannot save the load");
    }
    encode(checkpoint, data, size);
    enum vn_status status =
        write_file(checkpoint->temp_path, data, size, error);
    free(data);
    if (status == VN_OK &&
        rename(checkpoint->temp_path, checkpoint->path) != 0) {
        status = vn_error_system(error, errno, "cannot replace '%s'",
                                 checkpoint->path);
    }
    if (status == VN_OK) {
        sync_folder(checkpoint->path);
    }
    return status;
}

/* ---- Reading ------------------------------------------------------------ */

/* What is left to read; 'size' of it. */
struct input {
    const uint8_t *at;
    size_t size;
};

static bool take(struct input *input, size_t size, const uint8_t **out)
{
    if (input->size < size) {
        return false;
    }
    *out = input->at;
    input->at += size;
    input->size -= size;
    return true;
}

static bool take_number(struct input *input, uint64_t *value)
{
    const uint8_t *at = NULL;

    if (!take(input, NUMBER_SIZE, &at)) {
        return false;
    }
    *value = get_number(at);
    return true;
}

static bool take_text(struct input *input, struct vn_bytes *text)
{
    const uint8_t *at = NULL;

    if (!take(input, 2, &at)) {
        return false;
    }
    text->size = (size_t)at[0] | (size_t)at[1] << 8;
    if (!take(input, text->size, &at)) {
        return false;
    }
    text->data = (const char *)at;
    return true;
}

static enum vn_status damaged(const struct checkpoint *checkpoint,
                              struct vn_error *error)
{
    return vn_error_set(error, VN_CORRUPT,
                        "the checkpoint '%s' is damaged; --restart begins the "
                        "load again",
                        checkpoint->path);
}

static enum vn_status other(const struct checkpoint *checkpoint,
                            const char *what, struct vn_bytes theirs,
                            const char *ours, struct vn_error *error)
{
    return vn_error_set(
        error, VN_INVALID,
        "the checkpoint '%s' is of another %s: '%.*s', not "
        "'%s'; --restart begins again, --checkpoint names another file",
        checkpoint->path, what, (int)theirs.size, theirs.data, ours);
}

static enum vn_status check_texts(const struct checkpoint *checkpoint,
                                  struct input *input, struct vn_error *error)
{
    static const char *const names[CHECKPOINT_TEXTS] = {"table", "TableId",
                                                        "endpoint", "region"};
    const char *texts[CHECKPOINT_TEXTS];
    struct vn_bytes text = {0};

    list_texts(&checkpoint->identity, texts);
    for (unsigned i = 0; i < CHECKPOINT_TEXTS; i++) {
        if (!take_text(input, &text)) {
            return damaged(checkpoint, error);
        }
        if (text.size != text_size(texts[i]) ||
            memcmp(text.data, texts[i], text.size) != 0) {
            return other(checkpoint, names[i], text, texts[i], error);
        }
    }
    return VN_OK;
}

static enum vn_status check_identity(const struct checkpoint *checkpoint,
                                     struct input *input,
                                     struct vn_error *error)
{
    uint64_t fingerprint = 0;
    uint64_t units = 0;

    if (!take_number(input, &fingerprint) || !take_number(input, &units)) {
        return damaged(checkpoint, error);
    }
    const enum vn_status status = check_texts(checkpoint, input, error);
    if (status != VN_OK) {
        return status;
    }
    if (fingerprint != checkpoint->identity.fingerprint ||
        units != checkpoint->identity.units) {
        return vn_error_set(
            error, VN_INVALID,
            "the checkpoint '%s' is of another index, prefix or --since, or "
            "another load has overtaken it (source %016" PRIx64
            ", not %016" PRIx64 "); --restart begins again",
            checkpoint->path, fingerprint, checkpoint->identity.fingerprint);
    }
    return VN_OK;
}

static enum vn_status read_state(struct checkpoint *checkpoint,
                                 struct input *input, struct vn_error *error)
{
    const size_t size = bits_size(checkpoint->identity.units);
    uint64_t *numbers[STATE_NUMBERS - 1];
    uint64_t thousandths = 0;
    const uint8_t *bits = NULL;

    list_state(&checkpoint->state, numbers);
    for (unsigned i = 0; i < STATE_NUMBERS - 1; i++) {
        if (!take_number(input, numbers[i])) {
            return damaged(checkpoint, error);
        }
    }
    if (!take_number(input, &thousandths) || !take(input, size, &bits) ||
        input->size != 0 ||
        checkpoint->state.horizon > checkpoint->identity.units) {
        return damaged(checkpoint, error);
    }
    checkpoint->state.consumed_units = (double)thousandths / 1000;
    memcpy(checkpoint->bits, bits, size);
    return VN_OK;
}

static enum vn_status decode(struct checkpoint *checkpoint,
                             struct vn_bytes file, struct vn_error *error)
{
    struct input input = {(const uint8_t *)file.data, file.size};

    if (input.size < MAGIC_SIZE + NUMBER_SIZE ||
        memcmp(input.at, magic, MAGIC_SIZE) != 0) {
        return damaged(checkpoint, error);
    }
    input.size -= NUMBER_SIZE;
    if (get_number(input.at + input.size) !=
        XXH3_64bits(input.at, input.size)) {
        return damaged(checkpoint, error);
    }
    input.at += MAGIC_SIZE;
    input.size -= MAGIC_SIZE;
    const enum vn_status status = check_identity(checkpoint, &input, error);
    return status == VN_OK ? read_state(checkpoint, &input, error) : status;
}

static enum vn_status read_file(struct checkpoint *checkpoint,
                                struct vn_error *error)
{
    struct vn_bytes file = {0};
    enum vn_status status = vn_text_read(checkpoint->path, &file, error);

    if (status == VN_OK) {
        status = decode(checkpoint, file, error);
        vn_text_free(&file);
    }
    checkpoint->found = status == VN_OK;
    return status;
}

/* ---- Opening and closing ------------------------------------------------ */

/* The lock may be removed between open and lock: whether it still is it. */
static bool is_named(int fd, const char *path)
{
    struct stat opened;
    struct stat named;

    return fstat(fd, &opened) == 0 && lstat(path, &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

static enum vn_status lock(struct checkpoint *checkpoint,
                           struct vn_error *error)
{
    const char *path = checkpoint->lock_path;
    const int fd =
        open(path, O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);

    if (fd < 0) {
        return vn_error_system(error, errno, "cannot create '%s'", path);
    }
    int failed = flock(fd, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
    if (failed == 0 && !is_named(fd, path)) {
        failed = EWOULDBLOCK;
    }
    if (failed != 0) {
        (void)close(fd);
        return failed == EWOULDBLOCK
                   ? vn_error_set(error, VN_INVALID,
                                  "another load holds the checkpoint '%s'",
                                  checkpoint->path)
                   : vn_error_system(error, failed, "cannot lock '%s'", path);
    }
    checkpoint->lock_fd = fd;
    return VN_OK;
}

static enum vn_status allocate(struct checkpoint *checkpoint, const char *path,
                               struct vn_error *error)
{
    const size_t size = bits_size(checkpoint->identity.units);

    checkpoint->bits = calloc(size > 0 ? size : 1, 1);
    checkpoint->path = strdup(path);
    if (asprintf(&checkpoint->temp_path, "%s" CHECKPOINT_TEMP, path) < 0) {
        checkpoint->temp_path = NULL;
    }
    if (asprintf(&checkpoint->lock_path, "%s" CHECKPOINT_LOCK, path) < 0) {
        checkpoint->lock_path = NULL;
    }
    if (checkpoint->bits == NULL || checkpoint->path == NULL ||
        checkpoint->temp_path == NULL || checkpoint->lock_path == NULL) {
        (void)vn_error_system(error, ENOMEM, "cannot open '%s'", path);
        return VN_NOMEM;
    }
    return VN_OK;
}

static enum vn_status meet_file(struct checkpoint *checkpoint,
                                enum checkpoint_mode mode,
                                struct vn_error *error)
{
    const bool exists = access(checkpoint->path, F_OK) == 0;

    if (mode == CHECKPOINT_RESTART || (mode == CHECKPOINT_NEW && !exists)) {
        return VN_OK;
    }
    if (!exists) {
        return vn_error_set(error, VN_INVALID,
                            "there is no load to resume: no checkpoint '%s'",
                            checkpoint->path);
    }
    // What cannot be resumed is told before anyone is sent to --resume.
    const enum vn_status status = read_file(checkpoint, error);
    if (status != VN_OK || mode == CHECKPOINT_RESUME) {
        return status;
    }
    return vn_error_set(error, VN_INVALID,
                        "a load was not finished (checkpoint '%s'): --resume "
                        "goes on, --restart begins again",
                        checkpoint->path);
}

enum vn_status checkpoint_open(struct checkpoint *checkpoint, const char *path,
                               const struct checkpoint_identity *identity,
                               enum checkpoint_mode mode,
                               struct vn_error *error)
{
    *checkpoint = (struct checkpoint){.identity = *identity, .lock_fd = -1};
    enum vn_status status = allocate(checkpoint, path, error);

    if (status == VN_OK) {
        status = lock(checkpoint, error);
    }
    if (status == VN_OK) {
        status = meet_file(checkpoint, mode, error);
    }
    return status;
}

bool checkpoint_has(const struct checkpoint *checkpoint, uint64_t unit)
{
    return (checkpoint->bits[unit / 8] >> (unit % 8) & 1) != 0;
}

void checkpoint_mark(struct checkpoint *checkpoint, uint64_t unit)
{
    checkpoint->bits[unit / 8] |= (uint8_t)(1u << (unit % 8));
}

void checkpoint_remove(const struct checkpoint *checkpoint)
{
    (void)unlink(checkpoint->path);
}

void checkpoint_close(struct checkpoint *checkpoint)
{
    if (checkpoint->lock_fd >= 0) {
        // Removed while it is held: it cannot be the lock of another load.
        (void)unlink(checkpoint->lock_path);
        (void)close(checkpoint->lock_fd);
    }
    free(checkpoint->bits);
    free(checkpoint->path);
    free(checkpoint->temp_path);
    free(checkpoint->lock_path);
    *checkpoint = (struct checkpoint){.lock_fd = -1};
}
