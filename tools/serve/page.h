/* page.h: the files of the page, as they stand in the program. */
#ifndef VN_PAGE_H
#define VN_PAGE_H

#include "engine/text.h"

#define PAGE_FILES 5u

struct page_file {
    const char *name; /* "index.html" */
    const char *type; /* media type */
    struct vn_bytes bytes;
};

/* page_files() lists them, index.html first. All is static. */
void page_files(struct page_file files[PAGE_FILES]);

#endif
