/* block.h: spans that must not arise across the borders of a spelling. */
#ifndef VN_BLOCK_H
#define VN_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "lexicon.h"

/*
 * A spelling is blocked if its joined characters, tail included, hold an S
 * term of the block list over a border of segments: a term of four letters or
 * more anywhere across one, a shorter one only if it also begins and ends on
 * borders (the ends of the spelling are borders). Inside one word it is
 * allowed. Digits read as letters: 0=O 1=I 3=E 4=A 5=S 7=T.
 *
 * How: every way to write a term on the keys (a letter, or its digit) is a
 * pattern of digits, found by an Aho-Corasick automaton over the suffix, with
 * the letters that it needs at these keys. A suffix without a match, most of
 * them, needs no look at its candidates; else a match is one masked compare
 * of the letters field of the key, and one of its cuts.
 *
 * Source: Aho and Corasick, "Efficient string matching", CACM 18(6), 1975.
 */

/* A way to write a term, ending at the key where the automaton found it. */
struct block_pattern {
    uint32_t letters;    /* three bits a key, the last key lowest */
    uint8_t length;      /* keys, 2..7 */
    uint8_t aligned;     /* must begin and end on a border */
    uint8_t rest_length; /* letters of the term past the seventh key */
    char rest[VN_TAIL_MAX];
};

/* A state of the automaton; state 0 has seen nothing. */
struct block_state {
    uint32_t next[10];
    uint32_t first, count; /* its patterns */
};

struct block_set {
    struct block_state *states; /* those without patterns first */
    struct block_pattern *patterns;
    uint32_t state_count;
    uint32_t silent_count; /* states without patterns */
};

/*
 * block_set_init() makes the automaton of the S terms of 'lexicon'; false if
 * memory is short. block_set_reset() frees it; accepts an empty one.
 */
bool block_set_init(struct block_set *set, const struct vn_lexicon *lexicon);
void block_set_reset(struct block_set *set);

/* The matches of one suffix: the states after each of its keys. */
struct block_trace {
    uint32_t states[VN_SUFFIX_DIGITS + 1]; /* states[d]: after d keys */
    bool active[VN_SUFFIX_DIGITS + 1];     /* any pattern after up to d keys */
};

static inline void block_trace_start(struct block_trace *trace)
{
    trace->states[0] = 0;
    trace->active[0] = false;
}

static inline void block_trace_step(const struct block_set *set,
                                    struct block_trace *trace, unsigned depth,
                                    unsigned digit)
{
    const uint32_t state = set->states[trace->states[depth]].next[digit];

    trace->states[depth + 1] = state;
    trace->active[depth + 1] =
        trace->active[depth] || state >= set->silent_count;
}

/* The borders inside the pattern, as bits of the cuts field of a key. */
static inline unsigned block_pattern_inside(const struct block_pattern *pattern,
                                            unsigned end)
{
    return (1u << (6 - (end - pattern->length))) - (1u << (7 - end));
}

/*
 * Whether 'key' is blocked by this pattern, whose last key is before 'end'.
 * (For those who compare the letters of many keys first.)
 */
bool block_pattern_hits(const struct block_pattern *pattern, unsigned end,
                        int64_t key);

/* Whether 'key', a candidate of the traced suffix, is blocked. */
bool block_hits(const struct block_set *set, const struct block_trace *trace,
                int64_t key);

#endif
