/* index_create.c: the description of an index from its lexicon. */
#include "index_writer.h"

#include <stdio.h>

/* Texts of the lexicon that are longer are cut. */
static void copy_text(char *out, size_t size, const char *text)
{
    (void)snprintf(out, size, "%s", text);
}

enum vn_status vn_index_create(const char *path,
                               const struct vn_lexicon *lexicon,
                               struct vn_prefix prefix,
                               struct vn_index_writer **writer,
                               struct vn_error *error)
{
    struct vn_lexicon_info lexicon_info;

    vn_lexicon_info(lexicon, &lexicon_info);
    struct vn_index_info info = {
        .generation = vn_lexicon_generation(lexicon, prefix),
        .lexicon = lexicon_info.fingerprint,
        .prefix = prefix,
        .words = lexicon_info.words,
        .phrases = lexicon_info.phrases,
        .pairs = lexicon_info.pairs,
        .blocked_words = lexicon_info.blocked_words,
        .blocked_spans = lexicon_info.blocked_spans,
        .overlays = lexicon_info.overlays,
        .overlay_count = lexicon_info.overlay_count,
    };
    copy_text(info.lexicon_version, sizeof info.lexicon_version,
              lexicon_info.version);
    copy_text(info.model, sizeof info.model, lexicon_info.model);
    return index_writer_new(path, &info, writer, error);
}
