/* bench_choose.c: draws suffixes, prints their best spellings to choose from.
 */
#include "bench_choose.h"

#include <stdio.h>
#include <stdlib.h>

#include "bench_sheet.h"

/* No number of the North American plan has an exchange below 200. */
#define SUFFIX_FIRST 2000000u

/* Which suffixes may be drawn. */
struct urn {
    bool *in; /* of each suffix from SUFFIX_FIRST on */
    uint32_t left;
    int at_least;
};

static enum vn_status fill(void *context, uint32_t first,
                           const struct vn_record *records, size_t count)
{
    struct urn *urn = context;

    for (size_t i = 0; i < count; i++) {
        const uint32_t code = records[i].codes[0];
        const bool in = code != 0 && vn_code_score(code) >= urn->at_least;

        urn->in[first - SUFFIX_FIRST + i] = in;
        urn->left += in;
    }
    return VN_OK;
}

/* One suffix that was not drawn before; there is one. */
static uint32_t draw(struct urn *urn, uint64_t *state)
{
    uint32_t at = 0;

    do {
        at = bench_random_below(state, VN_SUFFIXES - SUFFIX_FIRST);
    } while (!urn->in[at]);
    urn->in[at] = false;
    return SUFFIX_FIRST + at;
}

static void print_suffix(const struct vn_engine *engine, uint32_t suffix,
                         uint64_t *state)
{
    struct vn_spelling list[CHOOSE_SPELLINGS];
    const unsigned count =
        vn_engine_list(engine, suffix, CHOOSE_SPELLINGS, list);

    printf("%07u", suffix);
    for (unsigned i = 0; i < CHOOSE_SPELLINGS; i++) {
        if (i >= count) {
            putchar('\t');
            continue;
        }
        const unsigned other = i + bench_random_below(state, count - i);
        const struct vn_spelling chosen = list[other];

        list[other] = list[i];
        printf("\t%s", chosen.text);
    }
    printf("\t\t\n");
}

static enum vn_status print_sheet(const struct choose_options *options,
                                  struct vn_engine *engine, struct urn *urn,
                                  struct vn_error *error)
{
    uint64_t state = options->seed;
    enum vn_status status = vn_engine_run(
        engine, SUFFIX_FIRST, VN_SUFFIXES - SUFFIX_FIRST, fill, urn, error);

    if (status != VN_OK) {
        return status;
    }
    if (options->suffixes > urn->left) {
        return vn_error_set(error, VN_INVALID,
                            "only %u suffixes have such a spelling: --random "
                            "takes at most as many",
                            urn->left);
    }
    printf(CHOOSE_TITLE
           ", %u suffixes of %u, seed %llu; bench/JUDGING.md tells how to "
           "choose\n" SHEET_MARKER "\n" CHOOSE_COLUMNS "\n",
           options->suffixes, urn->left, (unsigned long long)options->seed);
    for (uint32_t i = 0; i < options->suffixes; i++) {
        print_suffix(engine, draw(urn, &state), &state);
    }
    return VN_OK;
}

enum vn_status bench_choose_print(const struct choose_options *options,
                                  struct vn_error *error)
{
    struct urn urn = {.in =
                          calloc(VN_SUFFIXES - SUFFIX_FIRST, sizeof urn.in[0]),
                      .at_least = options->at_least};
    struct vn_lexicon *lexicon = NULL;
    struct vn_engine *engine = NULL;
    enum vn_status status =
        urn.in == NULL ? vn_error_set(error, VN_NOMEM, "out of memory")
                       : vn_lexicon_open(options->lexicon, &lexicon, error);

    if (status == VN_OK) {
        status = vn_engine_new(lexicon, NULL, &engine, error);
    }
    if (status == VN_OK) {
        status = print_sheet(options, engine, &urn, error);
    }
    vn_engine_free(engine);
    vn_lexicon_free(lexicon);
    free(urn.in);
    return status;
}
