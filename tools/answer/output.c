/* output.c: gathered output with hand-written numbers and JSON. */
#include "output.h"

#include "printable.h"

#include "engine/number.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/* Longest text of one output_format(). */
#define FORMAT_SIZE 1024
/* U+FFFD, the replacement character. */
#define REPLACEMENT "\xef\xbf\xbd"

void output_start(struct output *out, int fd, char *buffer, size_t size)
{
    out->fd = fd;
    out->sys_errno = 0;
    out->comma = false;
    out->used = 0;
    out->size = size;
    out->buffer = buffer;
}

static void write_all(struct output *out, const char *data, size_t size)
{
    while (size > 0 && out->sys_errno == 0) {
        const ssize_t done = write(out->fd, data, size);

        if (done >= 0) {
            data += done;
            size -= (size_t)done;
        } else if (errno != EINTR) {
            out->sys_errno = errno;
        }
    }
}

void output_flush(struct output *out)
{
    write_all(out, out->buffer, out->used);
    out->used = 0;
}

void output_spill(struct output *out, const char *data, size_t size)
{
    if (out->fd == OUTPUT_MEMORY) {
        out->sys_errno = ENOSPC;
        out->size = out->used; // no shorter piece gets in behind the gap
        return;
    }
    output_flush(out);
    if (size >= out->size) {
        write_all(out, data, size);
        return;
    }
    memcpy(out->buffer, data, size);
    out->used = size;
}

static void write_large(struct output *out, int64_t value)
{
    char digits[20];
    size_t at = sizeof(digits);
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0) {
        digits[--at] = '-';
    }
    output_bytes(out, digits + at, sizeof(digits) - at);
}

/* Scores are written by the million: they have no loop and no long division. */
void output_int(struct output *out, int64_t value)
{
    if (value < -999 || value > 999) {
        write_large(out, value);
        return;
    }
    const unsigned size = (unsigned)(value < 0 ? -value : value);
    char text[4];
    size_t used = 0;

    if (value < 0) {
        text[used++] = '-';
    }
    if (size >= 100) {
        text[used++] = (char)('0' + size / 100);
    }
    if (size >= 10) {
        text[used++] = (char)('0' + size / 10 % 10);
    }
    text[used++] = (char)('0' + size % 10);
    output_bytes(out, text, used);
}

void output_suffix(struct output *out, uint32_t suffix)
{
    char digits[VN_SUFFIX_DIGITS];

    for (size_t at = sizeof(digits); at > 0; suffix /= 10) {
        digits[--at] = (char)('0' + suffix % 10);
    }
    output_bytes(out, digits, sizeof(digits));
}

void output_format(struct output *out, const char *format, ...)
{
    char text[FORMAT_SIZE];
    va_list arguments;

    va_start(arguments, format);
    const int size = vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (size > 0) {
        const size_t kept =
            (size_t)size < sizeof(text) ? (size_t)size : sizeof(text) - 1;
        output_bytes(out, text, kept);
    }
}

void output_printable(struct output *out, const char *text)
{
    char copy[FORMAT_SIZE];
    size_t left = strlen(text);

    while (left > 0) {
        size_t size = left < sizeof(copy) ? left : sizeof(copy);

        // A character of several bytes is not split.
        while (size < left && size > 1 &&
               ((uint8_t)text[size] & 0xc0) == 0x80) {
            size--;
        }
        memcpy(copy, text, size);
        output_bytes(out, copy, printable_mask(copy, size));
        text += size;
        left -= size;
    }
}

static void begin_value(struct output *out)
{
    if (out->comma) {
        output_char(out, ',');
    }
    out->comma = true;
}

void json_open(struct output *out, char bracket)
{
    begin_value(out);
    output_char(out, bracket);
    out->comma = false;
}

void json_close(struct output *out, char bracket)
{
    output_char(out, bracket);
    out->comma = true;
}

void json_key(struct output *out, const char *key)
{
    if (out->comma) {
        output_char(out, ',');
    }
    output_char(out, '"');
    output_text(out, key);
    output_bytes(out, "\":", 2);
    out->comma = false;
}

static void write_escape(struct output *out, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    const char escape[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};

    if (c == '"' || c == '\\') {
        const char pair[2] = {'\\', (char)c};

        output_bytes(out, pair, sizeof(pair));
        return;
    }
    output_bytes(out, escape, sizeof(escape));
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* One character that is not plain; returns the bytes it takes. */
static size_t write_special(struct output *out, const unsigned char *text,
                            size_t left)
{
    const size_t size = printable_utf8_size(text, left);

    if (size == 0) {
        output_text(out, REPLACEMENT);
        return 1;
    }
    if (size == 1) {
        write_escape(out, text[0]);
    } else {
        output_bytes(out, (const char *)text, size);
    }
    return size;
}

void json_bytes(struct output *out, struct vn_bytes text)
{
    const unsigned char *data = (const unsigned char *)text.data;

    begin_value(out);
    output_char(out, '"');
    for (size_t i = 0; i < text.size;) {
        size_t end = i;

        while (end < text.size && is_plain(data[end])) {
            end++;
        }
        output_bytes(out, text.data + i, end - i);
        i = end;
        if (i < text.size) {
            i += write_special(out, data + i, text.size - i);
        }
    }
    output_char(out, '"');
}

void json_text(struct output *out, const char *text)
{
    const struct vn_bytes bytes = {text, strlen(text)};

    json_bytes(out, bytes);
}

void json_int(struct output *out, int64_t value)
{
    begin_value(out);
    output_int(out, value);
}

void json_double(struct output *out, double value)
{
    begin_value(out);
    output_format(out, "%.10g", value);
}

void json_bool(struct output *out, bool value)
{
    begin_value(out);
    output_text(out, value ? "true" : "false");
}

void json_none(struct output *out)
{
    begin_value(out);
    output_text(out, "null");
}

void json_hex(struct output *out, uint64_t value)
{
    begin_value(out);
    output_format(out, "\"%016llx\"", (unsigned long long)value);
}

void json_suffix(struct output *out, uint32_t suffix)
{
    begin_value(out);
    output_char(out, '"');
    output_suffix(out, suffix);
    output_char(out, '"');
}

void json_line_end(struct output *out)
{
    output_char(out, '\n');
    out->comma = false;
}
