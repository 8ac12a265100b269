/* fault.h: one line and exit 3 where a map loses its file. */
#ifndef VN_FAULT_H
#define VN_FAULT_H

/*
 * fault_guard() catches SIGBUS from then on: a file in use, such as the index
 * at 'path', was cut or written over in place.
 */
void fault_guard(const char *path);

#endif
