/* block.c: the automaton of blocked spans. */
#include "block.h"

#include <stdlib.h>
#include <string.h>

#include "key.h"
#include "keypad.h"

/* Terms of up to this length are blocked only from border to border. */
#define ALIGNED_MAX 3u

/* A pattern in the trie: a list at the state where it ends. */
struct node_pattern {
    struct block_pattern pattern;
    uint32_t next; /* index + 1 */
};

struct builder {
    struct block_state *states;
    uint32_t *heads; /* of each state's list: index + 1 */
    uint32_t *fails;
    uint32_t state_count, state_capacity;
    struct node_pattern *nodes;
    uint32_t node_count, node_capacity;
    bool failed;
};

/* The digit that reads as 'letter', or -1. */
static int digit_of(char letter)
{
    static const char letters[] = "OIEAST";
    static const char digits[] = "013457";
    const char *found = strchr(letters, letter);

    return found != NULL ? digits[found - letters] - '0' : -1;
}

/* ---- The trie --------------------------------------------------------- */

static uint32_t new_state(struct builder *builder)
{
    if (builder->state_count == builder->state_capacity) {
        const uint32_t capacity = builder->state_capacity * 2 + 1024;
        struct block_state *states =
            reallocarray(builder->states, capacity, sizeof *states);
        uint32_t *heads =
            states == NULL
                ? NULL
                : reallocarray(builder->heads, capacity, sizeof *heads);
        if (states != NULL) {
            builder->states = states;
        }
        if (heads == NULL) {
            builder->failed = true;
            return 0;
        }
        builder->heads = heads;
        builder->state_capacity = capacity;
    }
    memset(&builder->states[builder->state_count], 0, sizeof *builder->states);
    builder->heads[builder->state_count] = 0;
    return builder->state_count++;
}

static void add_pattern(struct builder *builder, uint32_t state,
                        const struct block_pattern *pattern)
{
    if (builder->node_count == builder->node_capacity) {
        const uint32_t capacity = builder->node_capacity * 2 + 1024;
        struct node_pattern *nodes =
            reallocarray(builder->nodes, capacity, sizeof *nodes);
        if (nodes == NULL) {
            builder->failed = true;
            return;
        }
        builder->nodes = nodes;
        builder->node_capacity = capacity;
    }
    builder->nodes[builder->node_count] = (struct node_pattern){
        .pattern = *pattern, .next = builder->heads[state]};
    builder->heads[state] = ++builder->node_count;
}

/*
 * Writes letter 'at' of the term as a letter and, where there is one, as a
 * digit; at the end of the keys adds the pattern.
 */
static void write_term(struct builder *builder, const char *letters,
                       unsigned at, uint32_t state,
                       struct block_pattern *pattern)
{
    if (builder->failed) {
        return;
    }
    if (at == pattern->length) {
        add_pattern(builder, state, pattern);
        return;
    }
    const unsigned choices[][2] = {
        {(unsigned)vn_keypad_key(letters[at]), vn_keypad_rank(letters[at])},
        {(unsigned)digit_of(letters[at]), 0},
    };
    const uint32_t before = pattern->letters;
    const unsigned count = digit_of(letters[at]) < 0 ? 1 : 2;
    for (unsigned i = 0; i < count; i++) {
        uint32_t next = builder->states[state].next[choices[i][0]];
        if (next == 0) {
            next = new_state(builder);
            builder->states[state].next[choices[i][0]] = next;
        }
        pattern->letters = before << KEY_LETTER_BITS | choices[i][1];
        write_term(builder, letters, at + 1, next, pattern);
    }
    pattern->letters = before;
}

/*
 * The whole term on the keys, and for long ones the forms that end in the
 * tail: the last word covers at least MODEL_OVERDIAL_COVER keys and the term
 * begins before it.
 */
static void write_forms(struct builder *builder, const struct block_term *term)
{
    for (unsigned rest = 0; rest <= VN_TAIL_MAX && rest < term->length;
         rest++) {
        struct block_pattern pattern = {
            .length = (uint8_t)(term->length - rest),
            .aligned = term->length <= ALIGNED_MAX,
            .rest_length = (uint8_t)rest,
        };
        if (pattern.length < 2 || pattern.length > VN_SUFFIX_DIGITS ||
            (rest > 0 && pattern.length <= MODEL_OVERDIAL_COVER)) {
            continue;
        }
        memcpy(pattern.rest, term->letters + pattern.length, rest);
        write_term(builder, term->letters, 0, 0, &pattern);
    }
}

/* ---- The automaton ---------------------------------------------------- */

/* Visits the states breadth first: links to the longest other suffix. */
static bool link_states(struct builder *builder, uint32_t *queue)
{
    uint32_t head = 0, tail = 0;

    queue[tail++] = 0;
    while (head < tail) {
        const uint32_t state = queue[head++];
        const uint32_t fail = builder->fails[state];
        for (unsigned digit = 0; digit < 10; digit++) {
            const uint32_t next = builder->states[state].next[digit];
            const uint32_t other =
                state == 0 ? 0 : builder->states[fail].next[digit];
            if (next == 0) {
                builder->states[state].next[digit] = other;
            } else {
                builder->fails[next] = other;
                queue[tail++] = next;
            }
        }
    }
    return tail == builder->state_count;
}

/* Lists the patterns of each state and of all states on its fail chain. */
static uint32_t list_patterns(struct builder *builder,
                              struct block_pattern *patterns)
{
    uint32_t total = 0;

    for (uint32_t state = 0; state < builder->state_count; state++) {
        const uint32_t first = total;
        for (uint32_t s = state; s != 0; s = builder->fails[s]) {
            for (uint32_t n = builder->heads[s]; n != 0;
                 n = builder->nodes[n - 1].next, total++) {
                if (patterns != NULL) {
                    patterns[total] = builder->nodes[n - 1].pattern;
                }
            }
        }
        builder->states[state].first = first;
        builder->states[state].count = total - first;
    }
    return total;
}

/*
 * Moves the states without patterns to the front, so that a state's number
 * tells whether it has any. 'places' is scratch for their new numbers.
 */
static void order_states(const struct builder *builder, uint32_t *places,
                         struct block_set *set)
{
    uint32_t next = 0;

    for (unsigned loud = 0; loud < 2; loud++) {
        for (uint32_t s = 0; s < builder->state_count; s++) {
            if ((builder->states[s].count > 0) == loud) {
                places[s] = next++;
            }
        }
        set->silent_count = loud ? set->silent_count : next;
    }
    for (uint32_t s = 0; s < builder->state_count; s++) {
        set->states[places[s]] = builder->states[s];
        for (unsigned digit = 0; digit < 10; digit++) {
            set->states[places[s]].next[digit] =
                places[builder->states[s].next[digit]];
        }
    }
    set->state_count = builder->state_count;
}

static bool finish(struct builder *builder, struct block_set *set)
{
    uint32_t *queue = calloc(builder->state_count, sizeof *queue);
    struct block_pattern *patterns = NULL;

    builder->fails = calloc(builder->state_count, sizeof *builder->fails);
    if (queue != NULL && builder->fails != NULL &&
        link_states(builder, queue)) {
        patterns = calloc(list_patterns(builder, NULL) + 1, sizeof *patterns);
    }
    set->states = calloc(builder->state_count, sizeof *set->states);
    if (patterns == NULL || set->states == NULL) {
        free(queue);
        free(patterns);
        free(set->states);
        set->states = NULL;
        return false;
    }
    (void)list_patterns(builder, patterns);
    set->patterns = patterns;
    order_states(builder, queue, set);
    free(queue);
    return true;
}

bool block_set_init(struct block_set *set, const struct vn_lexicon *lexicon)
{
    struct builder builder = {.state_count = 0};

    (void)new_state(&builder);
    for (uint32_t i = 0; i < lexicon->term_count && !builder.failed; i++) {
        if ((lexicon->terms[i].flags & BLOCK_SPAN) != 0) {
            write_forms(&builder, &lexicon->terms[i]);
        }
    }
    const bool made = !builder.failed && finish(&builder, set);
    free(builder.states);
    free(builder.heads);
    free(builder.fails);
    free(builder.nodes);
    return made;
}

void block_set_reset(struct block_set *set)
{
    free(set->states);
    free(set->patterns);
    memset(set, 0, sizeof *set);
}

/* ---- Matching --------------------------------------------------------- */

/* Whether a segment of the candidate ends before key 'border' (0..7). */
static bool is_border(unsigned cuts, unsigned border, bool overdial)
{
    if (border == 0) {
        return true;
    }
    return border == VN_SUFFIX_DIGITS ? !overdial
                                      : (cuts >> (6 - border) & 1) != 0;
}

static bool tail_begins(int64_t key, const struct block_pattern *pattern)
{
    char tail[VN_TAIL_MAX];
    const unsigned length = key_tail_text(key_tail(key), tail);

    return length >= pattern->rest_length &&
           memcmp(tail, pattern->rest, pattern->rest_length) == 0;
}

bool block_pattern_hits(const struct block_pattern *pattern, unsigned end,
                        int64_t key)
{
    const unsigned start = end - pattern->length;
    const uint32_t mask = (1u << (KEY_LETTER_BITS * pattern->length)) - 1;
    const unsigned cuts = key_cuts(key);

    if ((key_letters(key) >> (KEY_LETTER_BITS * (VN_SUFFIX_DIGITS - end)) &
         mask) != pattern->letters ||
        (cuts & block_pattern_inside(pattern, end)) == 0) {
        return false;
    }
    if (pattern->rest_length > 0) {
        return end == VN_SUFFIX_DIGITS && tail_begins(key, pattern);
    }
    const bool overdial = key_tail(key) != 0;
    return !pattern->aligned ||
           (is_border(cuts, start, overdial) && is_border(cuts, end, overdial));
}

bool block_hits(const struct block_set *set, const struct block_trace *trace,
                int64_t key)
{
    for (unsigned end = 2; end <= VN_SUFFIX_DIGITS; end++) {
        const struct block_state *state = &set->states[trace->states[end]];
        for (uint32_t i = 0; i < state->count; i++) {
            if (block_pattern_hits(&set->patterns[state->first + i], end,
                                   key)) {
                return true;
            }
        }
    }
    return false;
}
