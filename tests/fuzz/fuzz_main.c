/* fuzz_main.c: runs a fuzz program once over each file of its corpus. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/text.h"
#include "fuzz.h"

/* A copy of exactly the size lets a sanitizer see a read past the end. */
static void run_bytes(struct vn_bytes text)
{
    uint8_t *data = malloc(text.size + (text.size == 0));

    FUZZ_CHECK(data != NULL);
    for (size_t i = 0; i < text.size; i++) {
        data[i] = (uint8_t)text.data[i];
    }
    (void)LLVMFuzzerTestOneInput(data, text.size);
    free(data);
}

static void run_file(const char *folder, const char *name)
{
    char path[4096];
    struct vn_bytes text;
    struct vn_error error;

    const int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    FUZZ_CHECK(length > 0 && (size_t)length < sizeof path);
    if (vn_text_read(path, &text, &error) != VN_OK) {
        (void)fprintf(stderr, "%s\n", error.message);
        abort();
    }
    run_bytes(text);
    vn_text_free(&text);
}

int main(int argc, char **argv)
{
    unsigned count = 0;

    if (argc != 2) {
        (void)fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    DIR *folder = opendir(argv[1]);
    if (folder == NULL) {
        (void)fprintf(stderr, "cannot open %s\n", argv[1]);
        return 2;
    }
    for (;;) {
        const struct dirent *entry = readdir(folder);
        if (entry == NULL) {
            break;
        }
        if (entry->d_name[0] != '.') {
            run_file(argv[1], entry->d_name);
            count++;
        }
    }
    (void)closedir(folder);
    (void)printf("%u inputs\n", count);
    return count > 0 ? 0 : 1; // an empty corpus tests nothing
}
