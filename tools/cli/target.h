/* target.h: whether a path can be the name of a new index. */
#ifndef VN_TARGET_H
#define VN_TARGET_H

/*
 * target_check() returns CLI_DONE if nothing stands at 'path', or a regular
 * file or a symbolic link to one; else CLI_REFUSED after one line. Names of
 * open files (/dev/stdout, /proc/self/fd/1) are refused, whatever they lead to:
 * a rename over that file would not reach who holds it open.
 */
int target_check(const char *path);

#endif
