/* cli.c: exit codes, messages, and small checks of the commands. */
#include "cli.h"

#include "engine/text.h"
#include "tools/answer/printable.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A message with a path of PATH_MAX bytes twice still fits. */
#define MESSAGE_SIZE 9000

static const char *program_name = "vanity";

void cli_name_set(const char *name)
{
    program_name = name;
}

const char *cli_name(void)
{
    return program_name;
}

VN_PRINTF(1, 0)
static void write_message(const char *format, va_list arguments)
{
    char text[MESSAGE_SIZE];
    size_t used = (size_t)snprintf(text, sizeof(text), "%s: ", program_name);
    const int more =
        vsnprintf(text + used, sizeof(text) - used, format, arguments);

    used += more > 0 ? (size_t)more : 0;
    if (used > sizeof(text) - 2) {
        used = sizeof(text) - 2;
    }
    used = printable_mask(text, used);
    text[used] = '\n';
    fwrite(text, 1, used + 1, stderr);
}

void cli_message(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_message(format, arguments);
    va_end(arguments);
}

void cli_refuse(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_message(format, arguments);
    va_end(arguments);
    exit(CLI_REFUSED);
}

int cli_exit_code(enum vn_status status)
{
    switch (status) {
    case VN_OK:
        return CLI_DONE;
    case VN_NOT_FOUND:
        return CLI_NO;
    case VN_INVALID:
    case VN_OUTSIDE:
    case VN_VERSION:
        return CLI_REFUSED;
    case VN_CORRUPT:
    case VN_IO:
    case VN_NOMEM:
    case VN_STOPPED:
        break;
    }
    return CLI_FAILED;
}

int cli_error(enum vn_status status, const struct vn_error *error)
{
    if (error != NULL && error->message[0] != '\0') {
        cli_message("%s", error->message);
    } else {
        cli_message("%s", vn_status_text(status));
    }
    return cli_exit_code(status);
}

long cli_int(const char *name, const char *text, long least, long most)
{
    const struct vn_bytes bytes = {text, strlen(text)};
    long value = 0;

    if (text[0] == '+' || !vn_text_int(bytes, least, most, &value)) {
        cli_refuse("%s takes a number from %ld to %ld, not '%s'", name, least,
                   most, text);
    }
    return value;
}

const char *cli_grouped(uint64_t value, char out[CLI_GROUPED_SIZE])
{
    char digits[CLI_GROUPED_SIZE];
    const int count =
        snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);
    size_t used = 0;

    for (int i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0) {
            out[used++] = ',';
        }
        out[used++] = digits[i];
    }
    out[used] = '\0';
    return out;
}

uint64_t cli_clock_ms(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void cli_output_start(struct output *out)
{
    // A pipe takes 64 kB at once.
    static char buffer[128 << 10];

    output_start(out, STDOUT_FILENO, buffer, sizeof(buffer));
}

int cli_output_finish(struct output *out, int code)
{
    output_flush(out);
    if (out->sys_errno != 0 && out->sys_errno != EPIPE) {
        cli_message("cannot write the output: %s", strerror(out->sys_errno));
        return CLI_FAILED;
    }
    return code;
}
