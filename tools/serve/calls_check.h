/* calls_check.h: whether a file is a whole log of calls. */
#ifndef VN_CALLS_CHECK_H
#define VN_CALLS_CHECK_H

#include <stdbool.h>

/*
 * calls_check() reads all of the file in a process of its own, as liblmdb
 * faults on damaged pages, and writes nothing to it. False if it is no log of
 * calls, holds anything else, or is damaged. A file that is not there, is
 * empty, or cannot be opened passes: opening it tells what is wrong. To be
 * called while there is one thread only.
 */
bool calls_check(const char *path);

#endif
