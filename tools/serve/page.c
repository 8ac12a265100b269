/* page.c: the files of tools/web as read-only bytes of the program. */
#include "page.h"

#include <string.h>

/*
 * The assembler takes the files in whole. VN_WEB_DIR is their folder, set by
 * the build.
 */
#define EMBED(name, file)                                                      \
    __asm__(".section .rodata\n" #name "_start:\n"                             \
            ".incbin \"" VN_WEB_DIR "/" file "\"\n" #name "_end:\n"            \
            ".byte 0\n"                                                        \
            ".text\n");                                                        \
    extern const char name##_start[] __attribute__((visibility("hidden")));    \
    extern const char name##_end[] __attribute__((visibility("hidden")));

EMBED(page_index, "index.html")
EMBED(page_app, "app.js")
EMBED(page_explore, "explore.js")
EMBED(page_style, "app.css")
EMBED(page_icon, "favicon.svg")

#define SCRIPT "text/javascript; charset=utf-8"
#define FILE_OF(symbol, file, media)                                           \
    {                                                                          \
        .name = (file), .type = (media), .bytes = {                            \
            symbol##_start,                                                    \
            (size_t)(symbol##_end - symbol##_start)                            \
        }                                                                      \
    }

void page_files(struct page_file files[PAGE_FILES])
{
    const struct page_file all[PAGE_FILES] = {
        FILE_OF(page_index, "index.html", "text/html; charset=utf-8"),
        FILE_OF(page_app, "app.js", SCRIPT),
        FILE_OF(page_explore, "explore.js", SCRIPT),
        FILE_OF(page_style, "app.css", "text/css; charset=utf-8"),
        FILE_OF(page_icon, "favicon.svg", "image/svg+xml"),
    };

    memcpy(files, all, sizeof(all));
}
