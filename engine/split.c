/* split.c: splits of given characters, and their terms. */
#include "split.h"

#include <string.h>

#include "key.h"
#include "keypad.h"

struct walk {
    struct split split;
    const uint8_t *ends; /* split_some() */
    split_fn each;
    void *context;
};

/* ---- Terms ------------------------------------------------------------ */

static bool is_run(const struct split_token *token)
{
    return token->entry == LEXICON_NONE;
}

static bool is_lone_4(const struct split *split,
                      const struct split_token *token)
{
    return is_run(token) && token->end - token->start == 1 &&
           split->digits[token->start] == 4;
}

/* The term between a run and the entry beside it. */
static int beside(const struct split *split, const struct split_token *left,
                  const struct split_token *right)
{
    const struct split_token *word = is_run(left) ? right : left;
    const bool leading_4 = left->start == 0 && is_lone_4(split, left);

    if (is_run(left) == is_run(right) || leading_4 ||
        word->end - word->start > MODEL_SHORT_MAX) {
        return 0;
    }
    return split->lexicon->model.short_beside_run;
}

static void run_terms(const struct split *split,
                      const struct split_token *token, int terms[SPLIT_TERMS])
{
    const struct model *model = &split->lexicon->model;
    const unsigned *run = split->digits + token->start;
    const unsigned length = token->end - token->start;

    for (unsigned i = token->start; i < token->end; i++) {
        terms[SPLIT_DIGITS] +=
            split->digits[i] < 2 ? model->digit_01 : model->digit_other;
    }
    terms[SPLIT_RUN] = model_run(model, token->start, length);
    if (length == 1) {
        terms[*run == 4 ? SPLIT_LONE_4 : SPLIT_LONE_2] =
            model_lone(model, token->start, *run);
    }
    terms[SPLIT_EQUAL] = model_equal(model, run, length);
    terms[SPLIT_SEQUENCE] = model_sequence(model, run, length);
}

static void entry_terms(const struct split *split,
                        const struct split_token *token, int terms[SPLIT_TERMS])
{
    const struct model *model = &split->lexicon->model;
    const struct entry *entry = &split->lexicon->entries[token->entry];
    const unsigned end = token->end + token->past;

    terms[SPLIT_WORD] = entry->score;
    terms[SPLIT_START] = model->start[token->start];
    terms[SPLIT_MIDDLE] =
        model_entry(model, token->start, end) - terms[SPLIT_START];
    if (token->past > 0) {
        terms[SPLIT_OVERDIAL] =
            model_overdial(model, token->start, token->past);
    }
    terms[SPLIT_PLACE] = lexicon_place(entry, token->start, end);
}

/* The terms between two entries. */
static void neighbour_terms(const struct vn_lexicon *lexicon, uint32_t left,
                            uint32_t right, int terms[SPLIT_TERMS])
{
    const bool common =
        lexicon->entries[left].common && lexicon->entries[right].common;

    terms[SPLIT_PAIR] = lexicon_pair(lexicon, left, right);
    if (terms[SPLIT_PAIR] == 0 && common) {
        terms[SPLIT_COMMON] = lexicon->model.common;
    }
}

/* The terms of the entry 'token' behind a run. */
static void behind_run_terms(const struct split *split,
                             const struct split_token *token,
                             int terms[SPLIT_TERMS])
{
    const struct vn_lexicon *lexicon = split->lexicon;
    const struct split_token *run = token - 1;

    if (is_lone_4(split, run)) {
        terms[SPLIT_BEHIND_4] =
            lexicon->model.lone_4_class[lexicon->entries[token->entry].class];
    }
    if (run->start == 0 && token->end == VN_SUFFIX_DIGITS && token->past == 0) {
        terms[SPLIT_RUN_WORD] =
            model_run_word(&lexicon->model, token->end - token->start);
    }
}

int split_terms(const struct split *split, unsigned i, int terms[SPLIT_TERMS])
{
    const struct split_token *token = &split->tokens[i];
    int sum = 0;

    memset(terms, 0, SPLIT_TERMS * sizeof *terms);
    if (is_run(token)) {
        run_terms(split, token, terms);
    } else {
        entry_terms(split, token, terms);
    }
    if (i > 0) {
        const struct split_token *before = token - 1;
        terms[SPLIT_BESIDE] = beside(split, before, token);
        if (!is_run(before) && !is_run(token)) {
            neighbour_terms(split->lexicon, before->entry, token->entry, terms);
        }
        if (is_run(before) && !is_run(token)) {
            behind_run_terms(split, token, terms);
        }
    }
    for (unsigned t = 0; t < SPLIT_TERMS; t++) {
        sum += terms[t];
    }
    return sum;
}

/* ---- Walk ------------------------------------------------------------- */

/* The fields below the score that the token adds to the key. */
static int64_t token_fields(const struct split *split,
                            const struct split_token *token)
{
    uint32_t letters = 0;
    unsigned cuts = key_cut(token->start), segments = 1;

    if (is_run(token)) {
        return key_fields(token->end - token->start, 1, 0, 0, cuts);
    }
    const struct entry *entry = &split->lexicon->entries[token->entry];
    for (unsigned i = token->start; i < token->end; i++) {
        letters |= vn_keypad_rank(split->text[i]) << KEY_LETTER_SHIFT(i);
    }
    for (unsigned i = 0; i + 1 < entry->length; i++) {
        if ((entry->cuts >> i & 1) != 0) {
            cuts |= key_cut(token->start + i + 1);
            segments++;
        }
    }
    return key_fields(
        0, segments, letters,
        key_tail_make(entry->letters + entry->length - token->past,
                      token->past),
        cuts);
}

static void continue_at(struct walk *walk, unsigned start);

static void take_token(struct walk *walk, uint32_t entry, unsigned start,
                       unsigned end, unsigned past)
{
    struct split *split = &walk->split;
    const int64_t before = split->key;
    int terms[SPLIT_TERMS];

    split->tokens[split->count] = (struct split_token){
        .entry = entry, .start = start, .end = end, .past = past};
    split->key += key_score(split_terms(split, split->count, terms)) +
                  token_fields(split, &split->tokens[split->count]);
    split->count++;
    continue_at(walk, end);
    split->count--;
    split->key = before;
}

/* How many letters stand from 'start' on. */
static unsigned count_letters(const struct split *split, unsigned start)
{
    unsigned end = start;

    while (end < VN_SUFFIX_DIGITS && vn_keypad_rank(split->text[end]) > 0) {
        end++;
    }
    return end - start;
}

/* Whether an overdial entry here covers enough with its last word. */
static bool covers_enough(const struct entry *entry, unsigned start)
{
    unsigned last_word = 0;

    for (unsigned i = 0; i + 1 < entry->length; i++) {
        if ((entry->cuts >> i & 1) != 0) {
            last_word = i + 1;
        }
    }
    return start + last_word + MODEL_OVERDIAL_COVER <= VN_SUFFIX_DIGITS;
}

/* All entries that begin with the 'length' letters at 'start'. */
static void take_entries(struct walk *walk, unsigned start, unsigned length,
                         bool run_on)
{
    const struct vn_lexicon *lexicon = walk->split.lexicon;
    const char *letters = walk->split.text + start;

    for (uint32_t i = lexicon_lower_bound(lexicon, letters, length);
         i < lexicon->entry_count; i++) {
        const struct entry *entry = &lexicon->entries[i];
        if (entry->length < length ||
            memcmp(entry->letters, letters, length) != 0) {
            break;
        }
        const unsigned past = entry->length - length;
        if (past == 0) {
            take_token(walk, i, start, start + length, 0);
        } else if (!run_on) {
            break;
        } else if (past <= VN_TAIL_MAX && covers_enough(entry, start)) {
            take_token(walk, i, start, start + length, past);
        }
    }
}

static void continue_at(struct walk *walk, unsigned start)
{
    const struct split *split = &walk->split;

    if (start == VN_SUFFIX_DIGITS) {
        walk->each(walk->context, split);
        return;
    }
    const unsigned letters = count_letters(split, start);
    if (letters == 0) {
        unsigned end = start;
        while (end < VN_SUFFIX_DIGITS && count_letters(split, end) == 0) {
            end++;
        }
        if (end - start <= MODEL_RUN_MAX) {
            take_token(walk, LEXICON_NONE, start, end, 0);
        }
        return;
    }
    for (unsigned length = 1; length <= letters; length++) {
        const bool may_run_on = start + length == VN_SUFFIX_DIGITS &&
                                length >= MODEL_OVERDIAL_COVER;
        if ((walk->ends[start] >> (start + length) & 1) != 0) {
            take_entries(walk, start, length, may_run_on);
        }
    }
}

void split_some(const struct vn_lexicon *lexicon,
                const unsigned digits[VN_SUFFIX_DIGITS], uint32_t letters,
                const uint8_t ends[VN_SUFFIX_DIGITS], split_fn each,
                void *context)
{
    struct walk walk = {
        .split = {.lexicon = lexicon, .digits = digits, .key = KEY_EMPTY},
        .ends = ends,
        .each = each,
        .context = context,
    };

    for (unsigned i = 0; i < VN_SUFFIX_DIGITS; i++) {
        walk.split.text[i] =
            vn_keypad_char(digits[i], letters >> KEY_LETTER_SHIFT(i) & 7);
    }
    continue_at(&walk, 0);
}

void split_all(const struct vn_lexicon *lexicon,
               const unsigned digits[VN_SUFFIX_DIGITS], uint32_t letters,
               split_fn each, void *context)
{
    uint8_t ends[VN_SUFFIX_DIGITS];

    memset(ends, UINT8_MAX, sizeof ends);
    split_some(lexicon, digits, letters, ends, each, context);
}
