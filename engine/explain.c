/* explain.c: the terms of the score of each candidate. */
#include <stdio.h>
#include <string.h>

#include "engine_private.h"
#include "split.h"

static const char *const names[SPLIT_TERMS] = {
    [SPLIT_WORD] = "word",
    [SPLIT_START] = "start",
    [SPLIT_MIDDLE] = "middle",
    [SPLIT_OVERDIAL] = "overdial",
    [SPLIT_PLACE] = "place",
    [SPLIT_PAIR] = "pair",
    [SPLIT_COMMON] = "common words",
    [SPLIT_BEHIND_4] = "word behind lone 4",
    [SPLIT_RUN_WORD] = "run and one word",
    [SPLIT_DIGITS] = "digits",
    [SPLIT_LONE_4] = "lone 4",
    [SPLIT_LONE_2] = "lone 2",
    [SPLIT_EQUAL] = "equal digits",
    [SPLIT_SEQUENCE] = "digits in sequence",
    [SPLIT_RUN] = "run",
    [SPLIT_BESIDE] = "short word beside run",
};

struct wanted {
    int64_t key;
    struct vn_explanation *out;
};

/* Terms of two neighbours. */
static bool is_joint(enum split_term term)
{
    return term == SPLIT_PAIR || term == SPLIT_COMMON ||
           term == SPLIT_BEHIND_4 || term == SPLIT_RUN_WORD;
}

/* A token as text: "GOT", "PET-MEDS", "468", with its tail. */
static void token_text(const struct split *split, unsigned i, char *out)
{
    const struct split_token *token = &split->tokens[i];

    if (token->entry == LEXICON_NONE) {
        for (unsigned k = token->start; k < token->end; k++) {
            *out++ = split->text[k];
        }
    } else {
        const struct entry *entry = &split->lexicon->entries[token->entry];
        for (unsigned k = 0; k < entry->length; k++) {
            *out++ = entry->letters[k];
            if ((entry->cuts >> k & 1) != 0) {
                *out++ = '-';
            }
        }
    }
    *out = '\0';
}

static void add_terms(const struct split *split, unsigned i,
                      struct vn_explanation *out)
{
    int terms[SPLIT_TERMS];

    (void)split_terms(split, i, terms);
    for (unsigned t = 0; t < SPLIT_TERMS; t++) {
        if (terms[t] == 0 && t != SPLIT_WORD) {
            continue;
        }
        if (t == SPLIT_WORD && split->tokens[i].entry == LEXICON_NONE) {
            continue;
        }
        struct vn_term *term = &out->terms[out->term_count++];
        term->name = names[t];
        term->hundredths = terms[t];
        token_text(split, i, term->token);
        if (is_joint(t)) {
            char right[sizeof term->token];
            token_text(split, i, right);
            token_text(split, i - 1, term->token);
            const size_t used = strlen(term->token);
            (void)snprintf(term->token + used, sizeof term->token - used, "-%s",
                           right);
        }
    }
}

/* Two ways to the same key (a phrase, its words) are as good: the first. */
static void explain_split(void *context, const struct split *split)
{
    const struct wanted *wanted = context;

    if (split->key != wanted->key || wanted->out->term_count > 0) {
        return;
    }
    for (unsigned i = 0; i < split->count; i++) {
        add_terms(split, i, wanted->out);
    }
}

void vn_engine_explain(const struct vn_engine *engine, uint32_t suffix,
                       struct vn_explanation out[VN_CANDIDATES],
                       unsigned *count)
{
    struct search_path path;
    struct rank_choice choice;
    struct vn_record record;

    engine_choose(engine, suffix, &path, &choice);
    rank_pack(&choice, &record);
    for (unsigned i = 0; i < choice.count; i++) {
        struct wanted wanted = {.key = choice.keys[i], .out = &out[i]};
        memset(&out[i], 0, sizeof out[i]);
        if (vn_spell(suffix, record.codes[i], record.tails[i],
                     &out[i].spelling) != VN_OK) {
            break; /* cannot be: the record was packed here */
        }
        out[i].hundredths = key_hundredths(choice.keys[i]);
        out[i].penalty =
            key_hundredths(choice.adjusted[i]) - key_hundredths(choice.keys[i]);
        split_all(engine->tables.lexicon, path.digits,
                  key_letters(choice.keys[i]), explain_split, &wanted);
    }
    *count = choice.count;
}
