/* embedded.c: the text files of engine/data as read-only bytes. */
#include "embedded.h"

/*
 * The assembler takes the files in whole: no generated source, no limit on the
 * length of a literal. VN_DATA_DIR is the folder, set by the build.
 */
#define EMBED(name, file)                                                      \
    __asm__(".section .rodata\n"                                               \
            ".balign 16\n" #name "_start:\n"                                   \
            ".incbin \"" VN_DATA_DIR "/" file "\"\n" #name "_end:\n"           \
            ".byte 0\n"                                                        \
            ".text\n");                                                        \
    extern const char name##_start[] __attribute__((visibility("hidden")));    \
    extern const char name##_end[] __attribute__((visibility("hidden")));      \
    struct vn_bytes name(void)                                                 \
    {                                                                          \
        return (struct vn_bytes){name##_start,                                 \
                                 (size_t)(name##_end - name##_start)};         \
    }

EMBED(embedded_words, "words-en.tsv")
EMBED(embedded_pairs, "pairs-en.tsv")
EMBED(embedded_block, "block-en.tsv")
EMBED(embedded_model, "model-en")
