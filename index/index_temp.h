/* index_temp.h: the temporary file of a build, and its publishing. */
#ifndef INDEX_TEMP_H
#define INDEX_TEMP_H

#include "index/index.h"

/* Stands behind the name of the target while an index is built. */
#define INDEX_TEMP_SUFFIX ".building"

struct index_temp {
    char *target; /* absolute, links followed */
    char *path;   /* target with INDEX_TEMP_SUFFIX */
    int fd;       /* of 'path', holds its lock; -1 = none */
    int folder;   /* of both; -1 = none */
};

/*
 * index_temp_open() makes the empty, locked temporary file beside 'path'. A
 * left-over that nobody has locked is emptied and used. '*temp' is all unset
 * on failure.
 */
enum vn_status index_temp_open(const char *path, struct index_temp *temp,
                               struct vn_error *error);

/*
 * index_temp_publish() syncs the file, renames it over its target and syncs
 * the folder. On failure, index_temp_close() is still due.
 */
enum vn_status index_temp_publish(struct index_temp *temp,
                                  struct vn_error *error);

/* index_temp_close() removes the file unless it was published. */
void index_temp_close(struct index_temp *temp);

#endif
