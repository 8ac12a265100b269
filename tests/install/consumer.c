/* consumer.c: a program of somebody else that uses the installed libraries. */
#include <stdio.h>

#include <engine/engine.h>
#include <index/index.h>

int main(void)
{
    struct vn_number number;
    struct vn_error error;
    struct vn_lexicon *lexicon = NULL;
    struct vn_engine *engine = NULL;
    struct vn_index *index = NULL;
    struct vn_record record;
    struct vn_spelling spelling;

    if (vn_number_parse("1-800-356-9377", 14, &number, &error) != VN_OK ||
        vn_lexicon_open(NULL, &lexicon, &error) != VN_OK ||
        vn_engine_new(lexicon, NULL, &engine, &error) != VN_OK) {
        (void)fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    vn_engine_rank(engine, number.suffix, &record);
    if (vn_spell(number.suffix, record.codes[0], record.tails[0], &spelling) !=
        VN_OK) {
        return 1;
    }
    (void)printf("%s\n", spelling.text);
    vn_engine_free(engine);
    vn_lexicon_free(lexicon);
    // Links the index too: there is none in a folder.
    return vn_index_open(".", &index, &error) == VN_INVALID ? 0 : 1;
}
