/* buf.h: growing bytes with a maximum (private to loader/). */
#ifndef VN_BUF_H
#define VN_BUF_H

#include <stdbool.h>
#include <stddef.h>

/* Zeroed it is empty. 'failed' stays set once memory or room ran out. */
struct buf {
    char *data; /* ends in NUL where there is any */
    size_t size, capacity, max;
    bool failed;
};

void buf_init(struct buf *buf, size_t max);
void buf_reset(struct buf *buf); /* frees; accepts a zeroed one */
void buf_clear(struct buf *buf); /* keeps the memory */
void buf_add(struct buf *buf, const void *data, size_t size);
void buf_text(struct buf *buf, const char *text);
/* Room for 'size' more bytes at the returned place; NULL if none. */
char *buf_reserve(struct buf *buf, size_t size);
/* Takes 'size' of the reserved bytes. */
void buf_take(struct buf *buf, size_t size);

#endif
