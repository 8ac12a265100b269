/* printable.h: text that others wrote, made fit for a terminal. */
#ifndef VN_PRINTABLE_H
#define VN_PRINTABLE_H

#include <stddef.h>

/*
 * printable_utf8_size() returns the bytes of the UTF-8 character (RFC 3629) at
 * 'text', of which 'left' bytes are there, at least one; 0 if it is none.
 */
size_t printable_utf8_size(const unsigned char *text, size_t left);

/*
 * printable_mask() writes '?' over each control character of 'text' (C0, DEL,
 * C1) and each byte that is not UTF-8. Returns the new size, at most 'size': a
 * C1 control has two bytes.
 */
size_t printable_mask(char *text, size_t size);

#endif
