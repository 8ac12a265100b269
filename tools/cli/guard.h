/* guard.h: one line and exit 3 where a damaged index page would kill us. */
#ifndef VN_GUARD_H
#define VN_GUARD_H

#include "index/index.h"

/*
 * liblmdb faults (SIGSEGV, SIGBUS) or aborts on pages that were damaged after
 * the build. guard_opening() is called before vn_index_open(): from then to
 * guard_opened() every such signal is taken for damage of 'path'. After it
 * only one inside liblmdb on behalf of the index is, and a fault inside its
 * map. A caught signal writes one line that names 'vanity verify' and ends the
 * program with CLI_FAILED; all others do what they always did.
 *
 * At most GUARD_FILES_MAX indexes; the guard stays until the program ends.
 */
#define GUARD_FILES_MAX 2

void guard_opening(const char *path);
void guard_opened(const struct vn_index *index);

#endif
