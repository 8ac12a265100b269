/* buf.c: growing bytes with a maximum. */
#include "buf.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* First allocation: most answers and requests of the control plane fit. */
#define FIRST_CAPACITY 1024u

void buf_init(struct buf *buf, size_t max)
{
    *buf = (struct buf){.max = max};
}

void buf_reset(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf){.max = buf->max};
}

void buf_clear(struct buf *buf)
{
    buf->size = 0;
    buf->failed = false;
    if (buf->data != NULL) {
        buf->data[0] = '\0';
    }
}

/* Doubles the memory until 'needed' bytes fit; false without change. */
static bool grow(struct buf *buf, size_t needed)
{
    size_t capacity = buf->capacity > 0 ? buf->capacity : FIRST_CAPACITY;

    while (capacity < needed) {
        capacity = capacity > needed / 2 ? needed : capacity * 2;
    }
    char *data = realloc(buf->data, capacity);
    if (data == NULL) {
        return false;
    }
    buf->data = data;
    buf->capacity = capacity;
    return true;
}

char *buf_reserve(struct buf *buf, size_t size)
{
    if (buf->failed || size > buf->max - buf->size) {
        buf->failed = true;
        return NULL;
    }
    const size_t needed = buf->size + size + 1; // the NUL
    if (needed > buf->capacity && !grow(buf, needed)) {
        buf->failed = true;
        return NULL;
    }
    return buf->data + buf->size;
}

void buf_take(struct buf *buf, size_t size)
{
    assert(size < buf->capacity - buf->size);
    buf->size += size;
    buf->data[buf->size] = '\0';
}

void buf_add(struct buf *buf, const void *data, size_t size)
{
    char *room = buf_reserve(buf, size);

    if (room == NULL) {
        return;
    }
    if (size > 0) {
        memcpy(room, data, size);
    }
    buf_take(buf, size);
}

void buf_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}
