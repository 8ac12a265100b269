/* oracle.c: tries every cut and every word of a suffix, and ranks them. */
#include "oracle.h"

#include <assert.h>
#include <string.h>

#include "engine/keypad.h"
#include "oracle_lexicon.h"

/*
 * The outline, for one suffix:
 *  1. find the entries for every stretch of keys;
 *  2. put entries and runs of digits beside each other in every way
 *     (enumerate), adding up the terms;
 *  3. offer each complete spelling to a list that keeps the best 20 with
 *     different characters, leaving out those with a blocked span;
 *  4. choose five of the list (diversity).
 */

#define KEYS VN_SUFFIX_DIGITS
#define RUN_MAX 4u
/* A text with its tail, in characters; border bits reach one further. */
#define CHARACTERS_MAX (KEYS + VN_TAIL_MAX)
/* Entries that cover so many keys at most are short words. */
#define SHORT_KEYS 2u
/* Blocked terms below this length count only between borders. */
#define FREE_SPAN_MIN 4u

/* An entry, or a run of digits, on the keys 'start' to 'end' - 1. */
struct piece {
    const struct oracle_entry *entry; /* NULL for a run */
    unsigned start;
    unsigned end;
};

/* A complete spelling with all that the total order looks at. */
struct spelling {
    int score;
    unsigned digits;
    unsigned segments;
    char keys[KEYS + 1];
    unsigned tail_length;
    char tail[VN_TAIL_MAX + 1];
    uint8_t lengths[KEYS]; /* covered keys of each segment */
    unsigned borders;      /* bit p: a border before character p */
};

struct postings {
    const struct oracle_posting *first;
    const struct oracle_posting *end;
};

/* One suffix being ranked. */
struct search {
    const struct vn_oracle *oracle;
    uint8_t digits[KEYS];
    struct postings whole[KEYS][KEYS + 1]; /* by start and end */
    struct postings overdial[KEYS];        /* by start */
    struct piece pieces[KEYS];             /* of the spelling being made */
    unsigned depth;
    struct spelling list[VN_ORACLE_LIST + 1]; /* best first; one spare */
    unsigned count;
};

/* ---- Step 1: entries by keys ------------------------------------------ */

static struct postings find_postings(const struct search *search,
                                     unsigned start, unsigned end,
                                     bool overdial)
{
    const struct vn_oracle *oracle = search->oracle;
    struct postings found = {NULL, NULL};
    uint32_t digits = 0;
    int32_t first;

    for (unsigned i = start; i < end; i++) {
        digits = digits * 10 + search->digits[i];
    }
    const uint32_t key = oracle_key(digits, end - start, overdial);
    if (oracle_map_get(&oracle->by_keys, key, &first)) {
        const struct oracle_posting *last =
            oracle->postings + oracle->posting_count;
        found.first = oracle->postings + first;
        found.end = found.first;
        while (found.end < last && found.end->key == key) {
            found.end++;
        }
    }
    return found;
}

static void find_entries(struct search *search)
{
    for (unsigned start = 0; start < KEYS; start++) {
        for (unsigned end = start + 1; end <= KEYS; end++) {
            search->whole[start][end] =
                find_postings(search, start, end, false);
        }
        search->overdial[start] = find_postings(search, start, KEYS, true);
    }
}

/* ---- Step 2: the terms, and every way --------------------------------- */

static int entry_terms(const struct search *search, const struct piece *piece)
{
    const struct oracle_weights *weights = &search->oracle->weights;
    const unsigned covered = piece->end - piece->start;
    const int past = (int)piece->entry->length - (int)covered;
    int score = piece->entry->score + weights->start[piece->start];

    if (piece->start > 0 && piece->end < KEYS) {
        score += weights->middle;
    } else if (piece->start == 0 && piece->end < KEYS) {
        score += piece->entry->first;
    } else if (piece->start > 0) {
        score += piece->entry->last;
    }
    if (past > 0) {
        score += weights->overdial + weights->overdial_letter * past;
        score += piece->start == 0 ? weights->overdial_whole : 0;
    }
    return score;
}

static bool is_lone_four(const struct search *search, const struct piece *piece)
{
    return piece->end - piece->start == 1 && search->digits[piece->start] == 4;
}

/* What the digits of a run mean together. */
static int digits_terms(const struct search *search, const struct piece *run)
{
    static const char up[] = "0123456789", down[] = "9876543210";
    const struct oracle_weights *weights = &search->oracle->weights;
    const unsigned length = run->end - run->start;
    char text[RUN_MAX + 1] = "";

    for (unsigned i = 0; i < length; i++) {
        text[i] = (char)('0' + search->digits[run->start + i]);
    }
    if (strcmp(text, "4") == 0) {
        return weights->lone_4;
    }
    if (strcmp(text, "2") == 0) {
        return weights->lone_2[run->start == 0 ? 0 : run->end < KEYS ? 1 : 2];
    }
    if (length > 1 && strspn(text, (char[]){text[0], '\0'}) == length) {
        return length == 2 ? weights->run_equal_2 : weights->run_equal_3;
    }
    const bool row = strstr(up, text) != NULL || strstr(down, text) != NULL;
    return row && length > 2 ? weights->run_sequence : 0;
}

static int run_terms(const struct search *search, const struct piece *piece)
{
    const struct oracle_weights *weights = &search->oracle->weights;
    const unsigned length = piece->end - piece->start;
    int score = digits_terms(search, piece);

    assert(length >= 1 && length <= RUN_MAX);
    for (unsigned i = piece->start; i < piece->end; i++) {
        score +=
            search->digits[i] <= 1 ? weights->digit_01 : weights->digit_other;
    }
    if (piece->start == 0) {
        return score + weights->run_start[length];
    }
    return score + (piece->end == KEYS ? weights->run_end[length]
                                       : weights->run_middle[length]);
}

/* What a lone 4 earns or pays by the class of the entry behind it. */
static int class_terms(const struct oracle_weights *weights, char class)
{
    switch (class) {
    case 'n':
        return weights->lone_4_noun;
    case 'v':
        return weights->lone_4_verb;
    case 'f':
        return weights->lone_4_function;
    default:
        return 0;
    }
}

/* What an entry earns or pays because it stands behind a run. */
static int behind_run_terms(const struct search *search,
                            const struct piece *run, const struct piece *word)
{
    const struct oracle_weights *weights = &search->oracle->weights;
    const unsigned covered = word->end - word->start;

    assert(run->entry == NULL && word->entry != NULL);
    const bool whole_spelling =
        run->start == 0 && word->end == KEYS && word->entry->length == covered;
    int score = 0;

    if (is_lone_four(search, run)) {
        score += class_terms(weights, word->entry->class);
    }
    if (whole_spelling) {
        score += weights->run_word[covered > 5 ? 5 : covered];
    }
    return score;
}

/* What two neighbours earn or pay. */
static int join_terms(const struct search *search, const struct piece *left,
                      const struct piece *right)
{
    if (left->entry != NULL && right->entry != NULL) {
        const int bonus =
            oracle_pair_bonus(search->oracle, left->entry, right->entry);
        const bool common = left->entry->common && right->entry->common;
        return bonus == 0 && common ? search->oracle->weights.common : bonus;
    }
    const struct piece *run = left->entry == NULL ? left : right;
    const struct piece *word = left->entry == NULL ? right : left;
    const int behind = run == left ? behind_run_terms(search, run, word) : 0;

    if (word->end - word->start > SHORT_KEYS ||
        (run->start == 0 && is_lone_four(search, run))) {
        return behind;
    }
    return behind + search->oracle->weights.short_beside_run;
}

static void enumerate(struct search *search, unsigned at, int score);

static void place(struct search *search, const struct oracle_entry *entry,
                  unsigned start, unsigned end, int score)
{
    struct piece *piece = &search->pieces[search->depth];

    *piece = (struct piece){.entry = entry, .start = start, .end = end};
    score +=
        entry == NULL ? run_terms(search, piece) : entry_terms(search, piece);
    if (search->depth > 0) {
        score += join_terms(search, piece - 1, piece);
    }
    search->depth++;
    enumerate(search, end, score);
    search->depth--;
}

static void place_each(struct search *search, struct postings found,
                       unsigned start, unsigned end, int score)
{
    for (const struct oracle_posting *posting = found.first;
         posting < found.end; posting++) {
        place(search, &search->oracle->entries[posting->entry], start, end,
              score);
    }
}

static void offer(struct search *search, int score);

/*
 * Two runs never touch and a run has four digits at most, so seven keys cannot
 * be filled without an entry.
 */
static void enumerate(struct search *search, unsigned at, int score)
{
    if (at == KEYS) {
        offer(search, score);
        return;
    }
    for (unsigned end = at + 1; end <= KEYS; end++) {
        place_each(search, search->whole[at][end], at, end, score);
    }
    place_each(search, search->overdial[at], at, KEYS, score);
    if (search->depth > 0 && search->pieces[search->depth - 1].entry == NULL) {
        return;
    }
    for (unsigned end = at + 1; end <= KEYS && end - at <= RUN_MAX; end++) {
        place(search, NULL, at, end, score);
    }
}

/* ---- Step 3: the list ------------------------------------------------- */

/* The total order: negative if 'a' comes before 'b'; the scores are given. */
static int compare(const struct spelling *a, int a_score,
                   const struct spelling *b, int b_score)
{
    if (a_score != b_score) {
        return a_score > b_score ? -1 : 1;
    }
    if (a->digits != b->digits) {
        return a->digits < b->digits ? -1 : 1;
    }
    if (a->segments != b->segments) {
        return a->segments < b->segments ? -1 : 1;
    }
    const int keys = strcmp(a->keys, b->keys);
    if (keys != 0) {
        return keys;
    }
    if (a->tail_length != b->tail_length) {
        return a->tail_length < b->tail_length ? -1 : 1;
    }
    const int tail = strcmp(a->tail, b->tail);
    if (tail != 0) {
        return tail;
    }
    return memcmp(b->lengths, a->lengths, sizeof(a->lengths));
}

static bool comes_before(const struct spelling *a, const struct spelling *b)
{
    return compare(a, a->score, b, b->score) < 0;
}

/* The letter that a character reads as; '\0' for a digit that is none. */
static char read_as_letter(char character)
{
    static const char letters[] = "OI\0EAS\0T";

    if (character >= 'A') {
        return character;
    }
    return character <= '7' ? letters[character - '0'] : '\0';
}

/* Whether a blocked term of characters 'start' .. 'end' - 1 would count. */
static bool span_counts(const struct spelling *spelling, unsigned start,
                        unsigned end)
{
    const unsigned up_to_end = (1u << end) - 1;
    const unsigned up_to_start = (2u << start) - 1;
    const bool over_border =
        (spelling->borders & up_to_end & ~up_to_start) != 0;
    const bool whole_segments = (spelling->borders >> start & 1) != 0 &&
                                (spelling->borders >> end & 1) != 0;

    return over_border && (end - start >= FREE_SPAN_MIN || whole_segments);
}

static bool has_blocked_span(const struct vn_oracle *oracle,
                             const struct spelling *spelling)
{
    const unsigned length = KEYS + spelling->tail_length;
    char text[CHARACTERS_MAX + 1];
    int32_t value;

    memcpy(text, spelling->keys, KEYS);
    memcpy(text + KEYS, spelling->tail, sizeof(spelling->tail));
    for (unsigned start = 0; start < length; start++) {
        uint64_t packed = 0;
        for (unsigned end = start; end < length; end++) {
            const char letter = read_as_letter(text[end]);
            if (letter == '\0') {
                break;
            }
            packed = oracle_pack(packed, letter);
            if (span_counts(spelling, start, end + 1) &&
                oracle_map_get(&oracle->not_spans, packed, &value)) {
                return true;
            }
        }
    }
    return false;
}

static void end_segment(struct spelling *spelling, unsigned *start,
                        unsigned end)
{
    spelling->lengths[spelling->segments++] = (uint8_t)(end - *start);
    spelling->borders |= 1u << end;
    *start = end;
}

static void write_entry(struct spelling *spelling, const struct piece *piece)
{
    const unsigned covered = piece->end - piece->start;
    unsigned start = piece->start;

    memcpy(spelling->keys + piece->start, piece->entry->letters, covered);
    for (unsigned i = 0; i + 1 < covered; i++) {
        if (piece->entry->cuts >> i & 1) {
            end_segment(spelling, &start, piece->start + i + 1);
        }
    }
    end_segment(spelling, &start, piece->end);
    if (piece->entry->length > covered) {
        spelling->tail_length = piece->entry->length - covered;
        memcpy(spelling->tail, piece->entry->letters + covered,
               spelling->tail_length);
    }
}

static void write_run(struct spelling *spelling, const struct piece *piece,
                      const uint8_t digits[KEYS])
{
    unsigned start = piece->start;

    for (unsigned i = piece->start; i < piece->end; i++) {
        spelling->keys[i] = (char)('0' + digits[i]);
    }
    spelling->digits += piece->end - piece->start;
    end_segment(spelling, &start, piece->end);
}

static void write_spelling(const struct search *search, int score,
                           struct spelling *spelling)
{
    *spelling = (struct spelling){.score = score, .borders = 1};
    for (unsigned i = 0; i < search->depth; i++) {
        const struct piece *piece = &search->pieces[i];
        if (piece->entry == NULL) {
            write_run(spelling, piece, search->digits);
        } else {
            write_entry(spelling, piece);
        }
    }
    /* The border at the end stands behind the tail, not behind key seven. */
    spelling->borders &= ~(1u << KEYS);
    spelling->borders |= 1u << (KEYS + spelling->tail_length);
}

/* Place in the list of the spelling with the same characters, or 'count'. */
static unsigned find_same(const struct search *search,
                          const struct spelling *spelling)
{
    unsigned i = 0;

    while (i < search->count &&
           memcmp(search->list[i].keys, spelling->keys, KEYS) != 0) {
        i++;
    }
    return i;
}

/*
 * Puts the spelling into the list if it is among the best 20 so far, or better
 * than the split of the same characters that is there.
 */
static void offer(struct search *search, int score)
{
    struct spelling spelling;

    if (search->oracle->shortcut && search->count == VN_ORACLE_LIST &&
        score < search->list[VN_ORACLE_LIST - 1].score) {
        return;
    }
    write_spelling(search, score, &spelling);
    unsigned at = find_same(search, &spelling);
    if (at < search->count && !comes_before(&spelling, &search->list[at])) {
        return;
    }
    if (has_blocked_span(search->oracle, &spelling)) {
        return;
    }
    search->count += at == search->count;
    while (at > 0 && comes_before(&spelling, &search->list[at - 1])) {
        search->list[at] = search->list[at - 1];
        at--;
    }
    search->list[at] = spelling;
    if (search->count > VN_ORACLE_LIST) {
        search->count = VN_ORACLE_LIST;
    }
}

static void run_search(const struct vn_oracle *oracle, uint32_t suffix,
                       struct search *search)
{
    search->oracle = oracle;
    search->depth = 0;
    search->count = 0;
    for (unsigned i = KEYS; i > 0; i--) {
        search->digits[i - 1] = (uint8_t)(suffix % 10);
        suffix /= 10;
    }
    find_entries(search);
    enumerate(search, 0, 0);
}

/* ---- Step 4: diversity ------------------------------------------------ */

static bool are_twins(const struct spelling *a, const struct spelling *b)
{
    unsigned different = 0;

    for (unsigned i = 0; i < KEYS; i++) {
        different += a->keys[i] != b->keys[i];
    }
    return different <= 1;
}

/* Index of the next to be chosen; 'count' if none is left. */
static unsigned choose_next(const struct search *search, const bool *taken,
                            const int *scores)
{
    unsigned best = search->count;

    for (unsigned i = 0; i < search->count; i++) {
        if (!taken[i] && (best == search->count ||
                          compare(&search->list[i], scores[i],
                                  &search->list[best], scores[best]) < 0)) {
            best = i;
        }
    }
    return best;
}

static unsigned choose_diverse(const struct search *search,
                               unsigned chosen[VN_CANDIDATES])
{
    bool taken[VN_ORACLE_LIST] = {false};
    int scores[VN_ORACLE_LIST];
    unsigned count = 0;

    for (unsigned i = 0; i < search->count; i++) {
        scores[i] = search->list[i].score;
    }
    while (count < VN_CANDIDATES && count < search->count) {
        const unsigned next = choose_next(search, taken, scores);
        taken[next] = true;
        chosen[count++] = next;
        for (unsigned i = 0; i < search->count; i++) {
            if (are_twins(&search->list[i], &search->list[next])) {
                scores[i] =
                    search->list[i].score - search->oracle->weights.twin;
            }
        }
    }
    return count;
}

/* ---- Results ---------------------------------------------------------- */

static uint32_t make_code(const struct spelling *spelling)
{
    uint8_t ranks[KEYS];

    for (unsigned i = 0; i < KEYS; i++) {
        ranks[i] = (uint8_t)vn_keypad_rank(spelling->keys[i]);
    }
    /* Border bit p is the cut after key p: cut bit p - 1. */
    const unsigned cuts = spelling->borders >> 1 & ((1u << (KEYS - 1)) - 1);
    return vn_code_make(ranks, cuts, spelling->tail_length > 0,
                        vn_score_tenths(spelling->score));
}

void vn_oracle_shortcut(struct vn_oracle *oracle, bool taken)
{
    oracle->shortcut = taken;
}

void vn_oracle_rank(const struct vn_oracle *oracle, uint32_t suffix,
                    struct vn_record *record)
{
    unsigned chosen[VN_CANDIDATES];
    struct search search;

    run_search(oracle, suffix, &search);
    *record = (struct vn_record){0};
    const unsigned count = choose_diverse(&search, chosen);
    for (unsigned i = 0; i < count; i++) {
        const struct spelling *spelling = &search.list[chosen[i]];
        record->codes[i] = make_code(spelling);
        record->tails[i] = vn_tail_make(spelling->tail, spelling->tail_length);
    }
}

static void write_text(const struct spelling *spelling,
                       char text[VN_SPELLING_SIZE])
{
    for (unsigned i = 0; i < KEYS; i++) {
        if (i > 0 && (spelling->borders >> i & 1) != 0) {
            *text++ = '-';
        }
        *text++ = spelling->keys[i];
    }
    memcpy(text, spelling->tail, sizeof(spelling->tail));
}

unsigned vn_oracle_list(const struct vn_oracle *oracle, uint32_t suffix,
                        struct vn_oracle_spelling list[VN_ORACLE_LIST])
{
    struct search search;

    run_search(oracle, suffix, &search);
    for (unsigned i = 0; i < search.count; i++) {
        write_text(&search.list[i], list[i].text);
        memcpy(list[i].keys, search.list[i].keys, sizeof(list[i].keys));
        list[i].hundredths = search.list[i].score;
    }
    return search.count;
}
