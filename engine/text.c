/* text.c: whole text files, their lines, and small readers. */
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* First piece read of a file that does not tell its size, such as a pipe. */
#define FIRST_READ ((size_t)64 << 10)

struct text_buffer {
    char *data;
    size_t size;
    size_t capacity;
};

/* Makes room for at least one more byte; one byte past the limit is kept. */
static bool grow(struct text_buffer *buffer)
{
    size_t capacity = buffer->capacity * 2;

    if (buffer->size < buffer->capacity) {
        return true;
    }
    if (capacity > VN_TEXT_FILE_MAX + 1) {
        capacity = VN_TEXT_FILE_MAX + 1;
    }
    char *data = realloc(buffer->data, capacity);
    if (data == NULL) {
        return false;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

static enum vn_status too_large(const char *path, struct vn_error *error)
{
    return vn_error_set(error, VN_INVALID, "%s is larger than %zu MiB", path,
                        VN_TEXT_FILE_MAX >> 20);
}

static enum vn_status read_all(int file, const char *path,
                               struct text_buffer *buffer,
                               struct vn_error *error)
{
    while (grow(buffer)) {
        const ssize_t got = read(file, buffer->data + buffer->size,
                                 buffer->capacity - buffer->size);
        if (got == 0) {
            return VN_OK;
        }
        if (got < 0 && errno != EINTR) {
            return vn_error_system(error, errno, "cannot read %s", path);
        }
        buffer->size += got > 0 ? (size_t)got : 0;
        if (buffer->size > VN_TEXT_FILE_MAX) {
            return too_large(path, error);
        }
    }
    return vn_error_system(error, ENOMEM, "cannot read %s", path);
}

static enum vn_status open_file(const char *path, int *file,
                                struct vn_error *error)
{
    *file = open(path, O_RDONLY | O_CLOEXEC);
    if (*file >= 0) {
        return VN_OK;
    }
    if (errno == ENOENT || errno == ENOTDIR) {
        return vn_error_set(error, VN_INVALID, "there is no file %s", path);
    }
    return vn_error_system(error, errno, "cannot open %s", path);
}

/* Refuses what cannot be a text file; sets the memory for a known size. */
static enum vn_status check_file(int file, const char *path, size_t *capacity,
                                 struct vn_error *error)
{
    struct stat about;

    if (fstat(file, &about) != 0) {
        return vn_error_system(error, errno, "cannot read %s", path);
    }
    if (S_ISDIR(about.st_mode)) {
        return vn_error_set(error, VN_INVALID, "%s is a directory, not a file",
                            path);
    }
    if (about.st_size > (off_t)VN_TEXT_FILE_MAX) {
        return too_large(path, error);
    }
    // One byte more, so that the end shows without a second allocation.
    if (about.st_size > 0) {
        *capacity = (size_t)about.st_size + 1;
    }
    return VN_OK;
}

enum vn_status vn_text_read(const char *path, struct vn_bytes *out,
                            struct vn_error *error)
{
    struct text_buffer buffer = {.capacity = FIRST_READ};
    int file = -1;

    enum vn_status status = open_file(path, &file, error);
    if (status != VN_OK) {
        return status;
    }
    status = check_file(file, path, &buffer.capacity, error);
    if (status != VN_OK) {
        goto out;
    }
    buffer.data = malloc(buffer.capacity);
    if (buffer.data == NULL) {
        status = vn_error_system(error, ENOMEM, "cannot read %s", path);
        goto out;
    }
    status = read_all(file, path, &buffer, error);
    if (status == VN_OK) {
        *out = (struct vn_bytes){buffer.data, buffer.size};
        buffer.data = NULL;
    }
out:
    free(buffer.data);
    (void)close(file);
    return status;
}

void vn_text_free(struct vn_bytes *text)
{
    free((void *)(uintptr_t)text->data); // lent to readers as const
    *text = (struct vn_bytes){NULL, 0};
}

static struct vn_bytes skip(struct vn_bytes text, size_t count)
{
    return (struct vn_bytes){text.data + count, text.size - count};
}

void vn_lines_start(struct vn_lines *lines, struct vn_bytes text)
{
    static const char mark[3] = "\xef\xbb\xbf";
    const bool marked =
        text.size >= sizeof mark && memcmp(text.data, mark, sizeof mark) == 0;

    lines->rest = marked ? skip(text, sizeof mark) : text;
    lines->line = 0;
}

/* Cuts the first line off '*rest', which is not empty. */
static struct vn_bytes take_line(struct vn_bytes *rest)
{
    struct vn_bytes line = *rest;
    const char *feed = memchr(line.data, '\n', line.size);

    if (feed == NULL) {
        *rest = skip(*rest, line.size);
    } else {
        line.size = (size_t)(feed - line.data);
        *rest = skip(*rest, line.size + 1);
    }
    if (line.size > 0 && line.data[line.size - 1] == '\r') {
        line.size--;
    }
    return line;
}

bool vn_lines_next_any(struct vn_lines *lines, struct vn_bytes *line)
{
    if (lines->rest.size == 0) {
        return false;
    }
    *line = take_line(&lines->rest);
    lines->line++;
    return true;
}

bool vn_lines_next(struct vn_lines *lines, struct vn_bytes *line)
{
    struct vn_bytes any;

    while (vn_lines_next_any(lines, &any)) {
        const struct vn_bytes text = vn_text_trim(any);
        if (text.size > 0 && text.data[0] != '#') {
            *line = text;
            return true;
        }
    }
    return false;
}

/* The well-formed characters past ASCII by their first byte: RFC 3629, 4. */
struct utf8_form {
    unsigned char first, first_last;
    unsigned char second, second_last; /* those after it are 80..BF */
    size_t length;
};

static const struct utf8_form utf8_forms[] = {
    {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
    {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3},
    {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
    {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4}};

static bool has_form(const unsigned char *text, size_t size,
                     const struct utf8_form *form)
{
    if (size < form->length || text[0] < form->first ||
        text[0] > form->first_last || text[1] < form->second ||
        text[1] > form->second_last) {
        return false;
    }
    for (size_t i = 2; i < form->length; i++) {
        if ((text[i] & 0xc0) != 0x80) {
            return false;
        }
    }
    return true;
}

/* Bytes of the UTF-8 character that 'text' begins with, 0 if there is none. */
static size_t utf8_length(const unsigned char *text, size_t size)
{
    if (text[0] < 0x80) {
        return 1;
    }
    for (size_t i = 0; i < sizeof utf8_forms / sizeof utf8_forms[0]; i++) {
        if (has_form(text, size, &utf8_forms[i])) {
            return utf8_forms[i].length;
        }
    }
    return 0;
}

const char *vn_text_check(struct vn_bytes line, uint64_t *byte)
{
    const unsigned char *text = (const unsigned char *)line.data;
    size_t length = 0;

    if (line.size > VN_TEXT_LINE_MAX) {
        *byte = VN_TEXT_LINE_MAX + 1;
        return "the line is too long (at most 4096 bytes)";
    }
    for (size_t i = 0; i < line.size; i += length) {
        if (text[i] == '\0') {
            *byte = i + 1;
            return "there is a NUL byte";
        }
        length = utf8_length(text + i, line.size - i);
        if (length == 0) {
            *byte = i + 1;
            return "this is not UTF-8";
        }
    }
    return NULL;
}

bool vn_text_split(struct vn_bytes line, char separator, struct vn_bytes *head,
                   struct vn_bytes *tail)
{
    const char *found =
        line.size > 0 ? memchr(line.data, separator, line.size) : NULL;

    if (found == NULL) {
        return false;
    }
    const size_t size = (size_t)(found - line.data);
    *head = (struct vn_bytes){line.data, size};
    *tail = skip(line, size + 1);
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct vn_bytes vn_text_trim(struct vn_bytes text)
{
    while (text.size > 0 && is_blank(text.data[0])) {
        text = skip(text, 1);
    }
    while (text.size > 0 && is_blank(text.data[text.size - 1])) {
        text.size--;
    }
    return text;
}

bool vn_text_int(struct vn_bytes text, long least, long most, long *value)
{
    const bool has_sign =
        text.size > 0 && (text.data[0] == '-' || text.data[0] == '+');
    const bool negative = has_sign && text.data[0] == '-';
    const struct vn_bytes digits = has_sign ? skip(text, 1) : text;
    long sum = 0; // below zero, where there is room for LONG_MIN too

    if (digits.size == 0) {
        return false;
    }
    for (size_t i = 0; i < digits.size; i++) {
        const char c = digits.data[i];
        if (c < '0' || c > '9' || sum < (LONG_MIN + (c - '0')) / 10) {
            return false;
        }
        sum = sum * 10 - (c - '0');
    }
    if (!negative && sum == LONG_MIN) {
        return false;
    }
    const long result = negative ? sum : -sum;
    if (result < least || result > most) {
        return false;
    }
    *value = result;
    return true;
}
