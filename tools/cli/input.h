/* input.h: the lines of a file or of standard input, in bounded memory. */
#ifndef VN_INPUT_H
#define VN_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/number.h"
#include "engine/text.h"
#include "tools/answer/output.h"

/* Bytes read at once. */
#define INPUT_SIZE ((size_t)1 << 20)
/*
 * A longer line is handed out cut to this size, which vn_number_parse()
 * refuses as too long; the rest of it is passed over.
 */
#define INPUT_LINE_MAX (VN_NUMBER_INPUT_MAX + 1)

struct input {
    int fd;
    const char *name; /* for messages: the path, "standard input" */
    char *buffer;
    size_t start, end; /* what is read and not handed out yet */
    bool at_end;
    bool skipping;      /* the rest of a line that was too long */
    uint64_t taken;     /* bytes read so far */
    uint64_t size;      /* bytes of a file, 0 if that cannot be known */
    int sys_errno;      /* of the failed read, 0 if none */
    uint64_t line;      /* 1-based number of the line last handed out */
    struct output *out; /* flushed before a read that would wait */
};

/*
 * input_open() opens the file 'path', "-" for standard input. 'out' is lent
 * and may be NULL. input_close() accepts what input_open() failed on.
 *
 * Returns VN_OK; VN_INVALID if there is no such file or it is a directory;
 * VN_IO; VN_NOMEM.
 */
VN_NODISCARD enum vn_status input_open(struct input *in, const char *path,
                                       struct output *out,
                                       struct vn_error *error);
void input_close(struct input *in);

/*
 * input_next() points '*line' at the next line, without its line feed and a
 * carriage return before that; lent until the next call. A byte order mark at
 * the beginning is passed over. Returns false at the end or after a failed
 * read: input_status() tells which.
 */
bool input_next(struct input *in, struct vn_bytes *line);

/* Bytes of 'in->size' that were handed out. */
static inline uint64_t input_done(const struct input *in)
{
    return in->taken - (in->end - in->start);
}

VN_NODISCARD enum vn_status input_status(const struct input *in,
                                         struct vn_error *error);

#endif
