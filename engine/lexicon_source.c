/* lexicon_source.c: the texts of a lexicon, embedded or from a folder. */
#include "lexicon_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xxhash.h>

#include "embedded.h"

static enum vn_status read_text(const char *folder, const char *name,
                                bool optional, struct lexicon_text *out,
                                struct vn_error *error)
{
    char *path = NULL;

    if (asprintf(&path, "%s/%s", folder, name) < 0) {
        return vn_error_set(error, VN_NOMEM, "out of memory");
    }
    if (access(path, F_OK) != 0) {
        free(path);
        return optional
                   ? VN_OK
                   : vn_error_set(error, VN_INVALID,
                                  "'%s' is no folder of a lexicon: it has no "
                                  "%s (and needs words.tsv, pairs.tsv and "
                                  "block.tsv)",
                                  folder, name);
    }
    out->path = path;
    return vn_text_read(path, &out->text, error);
}

/* The last part of 'folder' in plain characters, and its length. */
static const char *name_of(const char *folder, size_t *length)
{
    size_t end = strlen(folder);

    while (end > 0 && folder[end - 1] == '/') {
        end--;
    }
    size_t start = end;
    while (start > 0 && folder[start - 1] != '/') {
        start--;
    }
    *length = end - start;
    return folder + start;
}

static uint64_t hash_text(const struct lexicon_text *text, uint64_t seed)
{
    return XXH3_64bits_withSeed(text->text.data, text->text.size, seed);
}

/* The built-in model counts only where there is no other. */
static void name_version(const char *folder, struct lexicon_source *source)
{
    size_t length = 0;
    const char *name = name_of(folder, &length);
    uint64_t hash = hash_text(&source->words, 0);

    hash = hash_text(&source->pairs, hash);
    hash = hash_text(&source->block, hash);
    hash = hash_text(
        source->model.path != NULL ? &source->model : &source->built_in, hash);
    // A hyphen and eight digits must fit behind the name.
    if (length > sizeof source->version - 10) {
        length = sizeof source->version - 10;
    }
    (void)snprintf(source->version, sizeof source->version, "%.*s-%08x",
                   (int)length, name, (unsigned)(hash >> 32));
    for (char *c = source->version; *c != '\0'; c++) {
        const bool plain = (*c >= 'a' && *c <= 'z') ||
                           (*c >= 'A' && *c <= 'Z') ||
                           (*c >= '0' && *c <= '9') || *c == '.' || *c == '_';
        *c = plain || *c == '-' ? *c : '_';
    }
}

static struct lexicon_source embedded_source(void)
{
    struct lexicon_source source = {
        .words = {"words-en.tsv", embedded_words()},
        .pairs = {"pairs-en.tsv", embedded_pairs()},
        .block = {"block-en.tsv", embedded_block()},
        .built_in = {"model-en", embedded_model()},
    };

    name_version(EMBEDDED_NAME, &source);
    return source;
}

enum vn_status lexicon_source_open(const char *folder,
                                   struct lexicon_source *source,
                                   struct vn_error *error)
{
    if (folder == NULL) {
        *source = embedded_source();
        return VN_OK;
    }
    *source = (struct lexicon_source){
        .built_in = {"model-en", embedded_model()},
        .is_read = true,
    };
    enum vn_status status =
        read_text(folder, "words.tsv", false, &source->words, error);

    if (status == VN_OK) {
        status = read_text(folder, "pairs.tsv", false, &source->pairs, error);
    }
    if (status == VN_OK) {
        status = read_text(folder, "block.tsv", false, &source->block, error);
    }
    if (status == VN_OK) {
        status = read_text(folder, "model", true, &source->model, error);
    }
    if (status == VN_OK) {
        name_version(folder, source);
    }
    return status;
}

static void free_text(struct lexicon_text *text)
{
    free((void *)(uintptr_t)text->path);
    vn_text_free(&text->text);
}

void lexicon_source_reset(struct lexicon_source *source)
{
    if (source->is_read) {
        free_text(&source->words);
        free_text(&source->pairs);
        free_text(&source->block);
        free_text(&source->model);
    }
    *source = (struct lexicon_source){.is_read = false};
}
