/* batch.h: the body of a BatchWriteItem, and what its answer says. */
#ifndef VN_BATCH_H
#define VN_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "source.h"

/* Operations of one request, by the service's rule. */
#define BATCH_MAX 25u

/* batch_open(), then batch_add() for each operation, then batch_close(). */
void batch_open(struct buf *body, const char *table);
void batch_add(struct buf *body, const struct source_op *op);
void batch_close(struct buf *body);

struct batch_answer {
    double consumed_units; /* 0 if the answer does not say */
    unsigned unprocessed;  /* bits of the operations that came back */
};

/*
 * batch_read() reads the body of a 200 that answers the operations 'suffixes'
 * ('count' of them). The usual forms of "nothing came back" are known by exact
 * comparison, the rest is parsed. Returns false if the body is no answer to
 * these operations: then nothing may be taken for acknowledged.
 */
bool batch_read(const char *body, size_t size, const uint32_t *suffixes,
                unsigned count, struct batch_answer *answer);

#endif
