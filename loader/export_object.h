/* export_object.h: one object of an export, written (private to loader/). */
#ifndef VN_EXPORT_OBJECT_H
#define VN_EXPORT_OBJECT_H

#include <stdatomic.h>

#include "export_encode.h"
#include "export_plan.h"
#include "manifest.h"

/* Longest line: {"Item":...} and a line feed. */
#define EXPORT_LINE_OPEN "{\"Item\":"
#define EXPORT_LINE_CLOSE "}\n"

/* What the threads of an export share, and only read, but for the atomics. */
struct export_shared {
    struct vn_index *index;
    const char *folder;
    const struct export_plan *plan;
    const struct manifest *manifest;
    atomic_uint_least64_t items; /* written so far */
    atomic_bool stop;
};

/* What one thread needs to write objects. */
struct export_writer;

VN_NODISCARD enum vn_status export_writer_new(struct export_shared *shared,
                                              struct export_writer **writer,
                                              struct vn_error *error);
void export_writer_free(struct export_writer *writer); /* accepts NULL */

/*
 * export_writer_run() writes the object 'number', unless it is there and its
 * hash is the one that the manifest knows: then '*skipped' is set. '*object'
 * is what it holds now. Returns VN_STOPPED if shared->stop was set.
 */
VN_NODISCARD enum vn_status export_writer_run(struct export_writer *writer,
                                              uint32_t number,
                                              struct manifest_object *object,
                                              bool *skipped,
                                              struct vn_error *error);

/* Bytes of memory of a writer, at most. */
size_t export_writer_memory(enum vn_compression compression, int level);

#endif
