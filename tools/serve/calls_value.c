/* calls_value.c: a call as the bytes that are kept of it. */
#include "calls_value.h"

#include <string.h>

/*
 * Version, count of spellings, time (8 bytes, little endian), then number and
 * spellings, each its size in one byte and its text.
 */
#define VALUE_VERSION 1u
#define VALUE_HEAD CALLS_VALUE_HEAD
/* The last millisecond whose year has four digits. */
#define TIME_MS_LAST 253402300799999u

static size_t put_text(unsigned char *out, const char *text)
{
    const struct vn_bytes bytes = {text, strlen(text)};

    out[0] = (unsigned char)bytes.size;
    memcpy(out + 1, bytes.data, bytes.size);
    return 1 + bytes.size;
}

size_t calls_value_encode(const struct call *call,
                          unsigned char out[CALLS_VALUE_MAX])
{
    size_t used = VALUE_HEAD;

    out[0] = VALUE_VERSION;
    out[1] = (unsigned char)call->count;
    for (unsigned i = 0; i < 8; i++) {
        out[2 + i] = (unsigned char)((uint64_t)call->time_ms >> (8 * i));
    }
    used += put_text(out + used, call->number);
    for (unsigned i = 0; i < call->count; i++) {
        used += put_text(out + used, call->spellings[i]);
    }
    return used;
}

/* Reads one text to 'out' of 'room' bytes; returns its bytes, 0 if bad. */
static size_t get_text(const unsigned char *at, size_t left, char *out,
                       size_t room)
{
    if (left == 0 || at[0] >= left || at[0] >= room) {
        return 0;
    }
    for (size_t i = 1; i <= at[0]; i++) {
        if (at[i] < ' ' || at[i] > '~') {
            return 0;
        }
    }
    memcpy(out, at + 1, at[0]);
    out[at[0]] = '\0';
    return 1 + (size_t)at[0];
}

bool calls_value_decode(const unsigned char *bytes, size_t size,
                        struct call *call)
{
    size_t used = VALUE_HEAD;
    uint64_t time_ms = 0;

    if (size < VALUE_HEAD || bytes[0] != VALUE_VERSION ||
        bytes[1] > ANSWER_SPOKEN) {
        return false;
    }
    for (unsigned i = 0; i < 8; i++) {
        time_ms |= (uint64_t)bytes[2 + i] << (8 * i);
    }
    if (time_ms > TIME_MS_LAST) {
        return false;
    }
    *call = (struct call){.time_ms = (int64_t)time_ms, .count = bytes[1]};
    size_t part =
        get_text(bytes + used, size - used, call->number, sizeof(call->number));

    for (unsigned i = 0; part > 0 && i < call->count; i++) {
        used += part;
        part = get_text(bytes + used, size - used, call->spellings[i],
                        VN_DISPLAY_SIZE);
    }
    return part > 0;
}
