/* match.c: making of the token tables from the lexicon. */
#include "match.h"

#include <stdlib.h>
#include <string.h>

#include "keypad.h"

/* A token with its group in the table, and its lane. */
struct token {
    int64_t key;
    uint32_t place; /* group * MATCH_LANES + lane */
};

/* The tokens of one table while they are collected. */
struct pile {
    struct token *tokens;
    uint32_t count, capacity;
};

/*
 * The cuts of a chain stand in the order of the key's cuts, so that placing
 * them is one shift: what falls off lies at or past the seventh key.
 */
#define CUT_TOP 16u

/* A chain while it grows; offsets and bits count from its first letter. */
struct chain {
    unsigned count;                        /* entries */
    unsigned offsets[VN_WORD_LETTERS_MAX]; /* of the entries */
    unsigned lengths[VN_WORD_LETTERS_MAX];
    unsigned length;       /* letters in all */
    unsigned segments;     /* words in all */
    unsigned last_segment; /* where the last word begins */
    uint32_t cuts;         /* bit CUT_TOP - b: a segment ends after b letters */
    uint32_t digits;       /* base 8 */
    uint32_t letters;      /* three bits a letter */
    int score;             /* words and bonuses */
    uint32_t first, last;  /* entries */
    struct block_trace trace;
};

struct builder {
    const struct vn_lexicon *lexicon;
    const struct block_set *blocks;
    /* model_entry() by first key and by end, past the seventh included. */
    int entry_terms[VN_SUFFIX_DIGITS][VN_SUFFIX_DIGITS + VN_WORD_LETTERS_MAX];
    unsigned kinds; /* of struct match */
    struct pile piles[VN_SUFFIX_DIGITS][VN_SUFFIX_DIGITS + 1][MATCH_KINDS];
    struct pile after_4[VN_SUFFIX_DIGITS][VN_SUFFIX_DIGITS + 1][MATCH_KINDS];
    struct pile alone[VN_SUFFIX_DIGITS];
    bool behind_runs; /* of struct match */
    bool failed;
};

/* ---- Collecting ------------------------------------------------------- */

static void add_token(struct builder *builder, struct pile *pile,
                      uint32_t place, int64_t key)
{
    if (pile->count == pile->capacity) {
        const uint32_t capacity = pile->capacity * 2 + 1024;
        struct token *tokens =
            reallocarray(pile->tokens, capacity, sizeof *tokens);
        if (tokens == NULL) {
            builder->failed = true;
            return;
        }
        pile->tokens = tokens;
        pile->capacity = capacity;
    }
    pile->tokens[pile->count++] = (struct token){.key = key, .place = place};
}

/* All terms of the chain at this place; 'past' letters run on. */
static int place_score(const struct builder *builder, const struct chain *chain,
                       unsigned start, unsigned past)
{
    int score = chain->score;

    for (unsigned i = 0; i < chain->count; i++) {
        const unsigned begin = start + chain->offsets[i];
        score += builder->entry_terms[begin][begin + chain->lengths[i]];
    }
    score += lexicon_place(&builder->lexicon->entries[chain->first], start,
                           start + chain->lengths[0]);
    if (chain->count > 1) {
        score += lexicon_place(&builder->lexicon->entries[chain->last],
                               start + chain->offsets[chain->count - 1],
                               start + chain->length);
    }
    if (past > 0) {
        score += model_overdial(&builder->lexicon->model,
                                start + chain->offsets[chain->count - 1], past);
    }
    return score;
}

/* The tail field of the chain: the last 'past' letters of its last entry. */
static uint32_t place_tail(const struct builder *builder,
                           const struct chain *chain, unsigned past)
{
    const struct entry *last = &builder->lexicon->entries[chain->last];

    if (past == 0) {
        return 0;
    }
    return key_tail_make(last->letters + last->length - past, past);
}

static unsigned place_cuts(const struct chain *chain, unsigned start)
{
    return key_cut(start) | (chain->cuts >> (CUT_TOP - 6 + start));
}

static unsigned kind(const struct builder *builder, uint32_t entry,
                     unsigned covered)
{
    const bool common = builder->kinds > MATCH_COMMON &&
                        builder->lexicon->entries[entry].common != 0;

    return (covered <= MODEL_SHORT_MAX ? MATCH_SHORT : MATCH_LONG) |
           (common ? MATCH_COMMON : 0);
}

static unsigned count_covered(const struct chain *chain, unsigned start)
{
    const unsigned room = VN_SUFFIX_DIGITS - start;

    return chain->length < room ? chain->length : room;
}

static unsigned last_kind(const struct builder *builder,
                          const struct chain *chain, unsigned start)
{
    return start + chain->length >= VN_SUFFIX_DIGITS
               ? MATCH_LONG
               : kind(builder, chain->last, chain->lengths[chain->count - 1]);
}

/* What a lone 4 before the chain adds to its key. */
static int64_t lone_4(const struct builder *builder, const struct chain *chain,
                      unsigned start)
{
    const struct model *model = &builder->lexicon->model;
    const unsigned class = builder->lexicon->entries[chain->first].class;

    return key_score(model->digit_other + model_run(model, start - 1, 1) +
                     model->lone_4 + model->lone_4_class[class]) +
           key_fields(1, 1, 0, 0, key_cut(start - 1));
}

/* Puts the chain, of which 'plain' is the token, behind runs. */
static void place_behind_runs(struct builder *builder,
                              const struct chain *chain, unsigned start,
                              struct token plain)
{
    const struct model *model = &builder->lexicon->model;
    const unsigned end = start + chain->length;
    const bool is_short = chain->lengths[0] <= MODEL_SHORT_MAX;
    const bool is_word = chain->count == 1 && end == VN_SUFFIX_DIGITS;
    const int64_t beside = key_score(is_short ? model->short_beside_run : 0);
    const int64_t whole =
        key_score(is_word ? model_run_word(model, chain->length) : 0);

    add_token(builder,
              &builder->after_4[start][count_covered(chain, start)]
                               [last_kind(builder, chain, start)],
              plain.place,
              plain.key + lone_4(builder, chain, start) +
                  (start == 1 ? whole : beside));
    if (start <= MODEL_RUN_MAX && end >= VN_SUFFIX_DIGITS) {
        add_token(builder, &builder->alone[start], plain.place,
                  plain.key + whole + beside);
    }
}

static void place_chain(struct builder *builder, const struct chain *chain,
                        unsigned start)
{
    const unsigned covered = count_covered(chain, start);
    const unsigned past = chain->length - covered;
    const uint32_t letters =
        chain->letters >>
        (KEY_LETTER_BITS * past)
            << (KEY_LETTER_BITS * (VN_SUFFIX_DIGITS - start - covered));
    const int64_t key =
        key_score(place_score(builder, chain, start, past)) +
        key_fields(0, chain->segments, letters,
                   place_tail(builder, chain, past), place_cuts(chain, start));
    const unsigned first_kind = kind(builder, chain->first, chain->lengths[0]);
    const uint32_t digits = chain->digits >> (3 * past);
    const uint32_t group = digits / MATCH_LANES * builder->kinds + first_kind;

    add_token(builder,
              &builder->piles[start][covered][last_kind(builder, chain, start)],
              group * MATCH_LANES + digits % MATCH_LANES, key);
    if (builder->behind_runs && start > 0) {
        place_behind_runs(builder, chain, start,
                          (struct token){.key = key, .place = digits});
    }
}

/* Places the chain wherever it fits, and where its last word may run on. */
static void place_everywhere(struct builder *builder, const struct chain *chain)
{
    for (unsigned start = 0; start < VN_SUFFIX_DIGITS; start++) {
        const unsigned end = start + chain->length;
        const bool fits = end <= VN_SUFFIX_DIGITS;
        const bool runs_on =
            end > VN_SUFFIX_DIGITS && end <= VN_SUFFIX_DIGITS + VN_TAIL_MAX &&
            start + chain->last_segment + MODEL_OVERDIAL_COVER <=
                VN_SUFFIX_DIGITS;
        if (fits || runs_on) {
            place_chain(builder, chain, start);
        }
    }
}

/* ---- Chains ----------------------------------------------------------- */

/* Puts 'entry' behind the chain. */
static void extend(const struct builder *builder, struct chain *chain,
                   uint32_t index, int bonus)
{
    const struct entry *entry = &builder->lexicon->entries[index];

    if (chain->length > 0) {
        chain->cuts |= 1u << (CUT_TOP - chain->length);
    }
    chain->last_segment = chain->length;
    for (unsigned i = 0; i < entry->length; i++) {
        const unsigned digit = (unsigned)vn_keypad_key(entry->letters[i]);
        if (chain->length < VN_SUFFIX_DIGITS) {
            block_trace_step(builder->blocks, &chain->trace, chain->length,
                             digit);
        }
        chain->digits = chain->digits << 3 | (digit - 2);
        chain->letters = chain->letters << KEY_LETTER_BITS |
                         vn_keypad_rank(entry->letters[i]);
        chain->length++;
        if ((entry->cuts >> i & 1) != 0) {
            chain->cuts |= 1u << (CUT_TOP - chain->length);
            chain->last_segment = chain->length;
            chain->segments++;
        }
    }
    chain->segments++;
    chain->offsets[chain->count] = chain->length - entry->length;
    chain->lengths[chain->count++] = entry->length;
    chain->score += entry->score + bonus;
    chain->first = chain->count == 1 ? index : chain->first;
    chain->last = index;
}

/*
 * Whether the chain is blocked whatever stands around it. Such chains, and all
 * that they begin, are left out here: it saves the search from finding them.
 */
static bool is_blocked(const struct builder *builder, const struct chain *chain)
{
    if (chain->segments < 2 || chain->length > VN_SUFFIX_DIGITS ||
        !chain->trace.active[chain->length]) {
        return false;
    }
    struct block_trace trace = chain->trace;
    for (unsigned d = chain->length + 1; d <= VN_SUFFIX_DIGITS; d++) {
        trace.states[d] = 0;
    }
    const unsigned cuts =
        place_cuts(chain, 0) |
        (chain->length < VN_SUFFIX_DIGITS ? key_cut(chain->length) : 0);
    const uint32_t letters = chain->letters
                             << (KEY_LETTER_BITS *
                                 (VN_SUFFIX_DIGITS - chain->length));
    return block_hits(builder->blocks, &trace,
                      KEY_EMPTY + key_fields(0, 1, letters, 0, cuts));
}

/* Whether an entry of 'length' letters can follow the chain at any place. */
static bool can_follow(const struct chain *chain, unsigned length)
{
    if (chain->length + length <= VN_SUFFIX_DIGITS) {
        return true;
    }
    return chain->length + length <= VN_SUFFIX_DIGITS + VN_TAIL_MAX &&
           chain->length + MODEL_OVERDIAL_COVER <= VN_SUFFIX_DIGITS;
}

/* Depth first over all chains that begin with this one. */
static void grow_chain(struct builder *builder, const struct chain *chain)
{
    const struct vn_lexicon *lexicon = builder->lexicon;

    if (is_blocked(builder, chain) || builder->failed) {
        return;
    }
    place_everywhere(builder, chain);
    for (uint32_t p = lexicon->pair_start[chain->last];
         p < lexicon->pair_start[chain->last + 1]; p++) {
        const uint32_t right = lexicon->pair_right[p];
        if (!can_follow(chain, lexicon->entries[right].length)) {
            break; /* the words behind it are no shorter */
        }
        struct chain longer = *chain;
        extend(builder, &longer, right, lexicon->pair_bonus[p]);
        grow_chain(builder, &longer);
    }
}

static void collect(struct builder *builder)
{
    for (uint32_t i = 0; i < builder->lexicon->entry_count; i++) {
        struct chain chain = {.count = 0};
        block_trace_start(&chain.trace);
        extend(builder, &chain, i, 0);
        grow_chain(builder, &chain);
    }
}

/* ---- Tables ----------------------------------------------------------- */

/* By lane, then best first. */
static int compare_tokens(const void *a, const void *b)
{
    const struct token *left = a, *right = b;

    if (left->place != right->place) {
        return left->place < right->place ? -1 : 1;
    }
    return left->key > right->key ? -1 : left->key < right->key;
}

/* Most groups have few tokens: insertion sort, qsort for the others. */
static void sort_group(struct token *tokens, uint32_t count)
{
    if (count > 32) {
        qsort(tokens, count, sizeof *tokens, compare_tokens);
        return;
    }
    for (uint32_t i = 1; i < count; i++) {
        const struct token token = tokens[i];
        uint32_t k = i;
        for (; k > 0 && compare_tokens(&tokens[k - 1], &token) > 0; k--) {
            tokens[k] = tokens[k - 1];
        }
        tokens[k] = token;
    }
}

/*
 * Keeps the best token of equal letters in a sorted group, and returns how
 * many are left; '*rows' gets the longest lane. (What is dropped could matter
 * only if the kept one is blocked by its surroundings; rank.c then looks at
 * all splits of these letters.)
 */
static uint32_t thin_group(struct token *tokens, uint32_t count, uint32_t *rows)
{
    uint32_t kept = 0, lane_first = 0;

    *rows = 0;
    for (uint32_t i = 0; i < count; i++) {
        bool twice = false;
        if (kept > 0 && tokens[kept - 1].place != tokens[i].place) {
            lane_first = kept;
        }
        /* Fields can be compared in whole keys only, not in differences. */
        const int64_t key = KEY_EMPTY + tokens[i].key;
        for (uint32_t k = lane_first; k < kept && !twice; k++) {
            twice = key_same_letters(KEY_EMPTY + tokens[k].key, key);
        }
        if (!twice) {
            tokens[kept++] = tokens[i];
            const uint32_t depth = kept - lane_first;
            *rows = depth > *rows ? depth : *rows;
        }
    }
    return kept;
}

/* Orders the tokens by group; 'starts' is groups + 1 zeros at first. */
static void order_groups(const struct pile *pile, struct token *ordered,
                         uint32_t *starts, uint32_t groups)
{
    for (uint32_t i = 0; i < pile->count; i++) {
        starts[pile->tokens[i].place / MATCH_LANES + 1]++;
    }
    for (uint32_t g = 0; g < groups; g++) {
        starts[g + 1] += starts[g];
    }
    for (uint32_t i = 0; i < pile->count; i++) {
        ordered[starts[pile->tokens[i].place / MATCH_LANES]++] =
            pile->tokens[i];
    }
    memmove(starts + 1, starts, groups * sizeof *starts);
    starts[0] = 0;
}

static void fill_group(int64_t *rows, const struct token *tokens,
                       uint32_t count)
{
    uint32_t depth[MATCH_LANES] = {0};

    for (uint32_t i = 0; i < count; i++) {
        const uint32_t lane = tokens[i].place % MATCH_LANES;
        rows[depth[lane]++ * MATCH_LANES + lane] = tokens[i].key;
    }
}

/* Sorts and thins all groups; 'kept' and 'offsets' get their new sizes. */
static void thin_groups(struct token *ordered, const uint32_t *starts,
                        uint32_t groups, uint32_t *kept, uint32_t *offsets)
{
    offsets[0] = 0;
    for (uint32_t g = 0; g < groups; g++) {
        uint32_t rows = 0;
        const uint32_t count = starts[g + 1] - starts[g];
        sort_group(ordered + starts[g], count);
        kept[g] = thin_group(ordered + starts[g], count, &rows);
        offsets[g + 1] = offsets[g] + rows;
    }
}

static bool make_groups(struct match *match, struct match_table *table,
                        const struct pile *pile, uint32_t groups)
{
    struct token *ordered = calloc(pile->count, sizeof *ordered);
    uint32_t *starts = calloc(groups + 1, sizeof *starts);
    uint32_t *kept = calloc(groups, sizeof *kept);
    bool made = false;

    table->offsets = calloc(groups + 1, sizeof *table->offsets);
    if (ordered == NULL || starts == NULL || kept == NULL ||
        table->offsets == NULL) {
        goto out;
    }
    order_groups(pile, ordered, starts, groups);
    thin_groups(ordered, starts, groups, kept, table->offsets);
    const size_t lanes = (size_t)table->offsets[groups] * MATCH_LANES;
    table->rows = aligned_alloc(64, lanes * sizeof *table->rows);
    if (table->rows == NULL) {
        goto out;
    }
    for (size_t i = 0; i < lanes; i++) {
        table->rows[i] = KEY_NONE;
    }
    for (uint32_t g = 0; g < groups; g++) {
        fill_group(table->rows + (size_t)table->offsets[g] * MATCH_LANES,
                   ordered + starts[g], kept[g]);
        match->token_count += kept[g];
    }
    match->row_count += table->offsets[groups];
    made = true;
out:
    free(ordered);
    free(starts);
    free(kept);
    return made;
}

/* Frees the pile; an empty one makes no table. */
static bool make_table(struct match *match, struct match_table *table,
                       struct pile *pile, uint32_t groups)
{
    const bool made =
        pile->count == 0 || make_groups(match, table, pile, groups);

    free(pile->tokens);
    *pile = (struct pile){.tokens = NULL};
    return made;
}

/* Those of one start; false as soon as one fails. */
static bool make_tables(struct match *match, struct builder *builder,
                        unsigned start)
{
    const unsigned room = VN_SUFFIX_DIGITS - start;

    for (unsigned n = 1; n <= room; n++) {
        const uint32_t groups = 1u << (3 * (n - 1));
        for (unsigned kind = 0; kind < match->kinds; kind++) {
            if (!make_table(match, &match->tables[start][n][kind],
                            &builder->piles[start][n][kind],
                            groups * match->kinds) ||
                !make_table(match, &match->after_4[start][n][kind],
                            &builder->after_4[start][n][kind], groups)) {
                return false;
            }
        }
    }
    return make_table(match, &match->alone[start], &builder->alone[start],
                      1u << (3 * (room - 1)));
}

static bool make_all_tables(struct match *match, struct builder *builder)
{
    bool made = !builder->failed;

    for (unsigned start = 0; made && start < VN_SUFFIX_DIGITS; start++) {
        made = make_tables(match, builder, start);
    }
    return made;
}

/* Common words matter where the model makes a difference of them. */
static unsigned count_kinds(const struct vn_lexicon *lexicon)
{
    bool any = false;

    for (uint32_t i = 0; i < lexicon->entry_count; i++) {
        any = any || lexicon->entries[i].common != 0;
    }
    return any && lexicon->model.common != 0 ? MATCH_KINDS : MATCH_COMMON;
}

/* What stands behind a run matters where the model makes a difference of it. */
static bool has_behind_runs(const struct model *model)
{
    bool any = false;

    for (unsigned class = 0; class < MODEL_CLASSES; class ++) {
        any = any || model->lone_4_class[class] != 0;
    }
    for (unsigned n = MODEL_RUN_WORD_MIN; n <= MODEL_RUN_WORD_MAX; n++) {
        any = any || model->run_word[n] != 0;
    }
    return any;
}

static void free_piles(struct pile *piles, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(piles[i].tokens);
    }
}

static void free_builder(struct builder *builder)
{
    const size_t count = sizeof builder->piles / sizeof(struct pile);

    free_piles(&builder->piles[0][0][0], count);
    free_piles(&builder->after_4[0][0][0], count);
    free_piles(builder->alone, VN_SUFFIX_DIGITS);
    free(builder);
}

bool match_init(struct match *match, const struct vn_lexicon *lexicon,
                const struct block_set *blocks)
{
    struct builder *builder = calloc(1, sizeof *builder);
    bool made = false;

    memset(match, 0, sizeof *match);
    if (builder == NULL) {
        return false;
    }
    builder->lexicon = lexicon;
    builder->blocks = blocks;
    builder->kinds = match->kinds = count_kinds(lexicon);
    builder->behind_runs = match->behind_runs =
        has_behind_runs(&lexicon->model);
    for (unsigned start = 0; start < VN_SUFFIX_DIGITS; start++) {
        for (unsigned n = 1; n <= VN_WORD_LETTERS_MAX; n++) {
            builder->entry_terms[start][start + n] =
                model_entry(&lexicon->model, start, start + n);
        }
    }
    collect(builder);
    made = make_all_tables(match, builder);
    free_builder(builder);
    if (!made) {
        match_reset(match);
    }
    return made;
}

static void free_tables(struct match_table *tables, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(tables[i].offsets);
        free(tables[i].rows);
    }
}

void match_reset(struct match *match)
{
    const size_t count = sizeof match->tables / sizeof(struct match_table);

    free_tables(&match->tables[0][0][0], count);
    free_tables(&match->after_4[0][0][0], count);
    free_tables(match->alone, VN_SUFFIX_DIGITS);
    memset(match, 0, sizeof *match);
}
