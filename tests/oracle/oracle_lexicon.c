/* oracle_lexicon.c: reads the lexicon of the oracle and finds words by keys. */
#include "oracle_lexicon.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/keypad.h"

/* Enough for any line of the data files; a longer one is a bad line. */
#define LINE_SIZE 256
#define BLOCK_LETTERS_MIN 2u

/* ---- Map -------------------------------------------------------------- */

static size_t map_slot(const struct oracle_map *map, uint64_t key)
{
    const size_t mask = ((size_t)1 << map->bits) - 1;
    size_t slot = (size_t)(key * 0x9E3779B97F4A7C15u >> (64 - map->bits));

    while (map->keys[slot] != 0 && map->keys[slot] != key) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

bool oracle_map_get(const struct oracle_map *map, uint64_t key, int32_t *value)
{
    if (map->bits == 0) {
        return false;
    }
    const size_t slot = map_slot(map, key);

    if (map->keys[slot] == 0) {
        return false;
    }
    *value = map->values[slot];
    return true;
}

static void map_free(struct oracle_map *map)
{
    free(map->keys);
    free(map->values);
    *map = (struct oracle_map){0};
}

static enum vn_status map_grow(struct oracle_map *map)
{
    struct oracle_map grown = {.bits = map->bits == 0 ? 8 : map->bits + 1};
    const size_t old_slots = map->bits == 0 ? 0 : (size_t)1 << map->bits;

    grown.keys = calloc((size_t)1 << grown.bits, sizeof(*grown.keys));
    grown.values = calloc((size_t)1 << grown.bits, sizeof(*grown.values));
    if (grown.keys == NULL || grown.values == NULL) {
        map_free(&grown);
        return VN_NOMEM;
    }
    for (size_t i = 0; i < old_slots; i++) {
        if (map->keys[i] != 0) {
            const size_t slot = map_slot(&grown, map->keys[i]);
            grown.keys[slot] = map->keys[i];
            grown.values[slot] = map->values[i];
        }
    }
    grown.count = map->count;
    map_free(map);
    *map = grown;
    return VN_OK;
}

/* At most half full, so that a search for what is not there ends soon. */
static enum vn_status map_put(struct oracle_map *map, uint64_t key,
                              int32_t value)
{
    if (map->bits == 0 || map->count >= (size_t)1 << (map->bits - 1)) {
        const enum vn_status status = map_grow(map);
        if (status != VN_OK) {
            return status;
        }
    }
    const size_t slot = map_slot(map, key);

    map->count += map->keys[slot] == 0;
    map->keys[slot] = key;
    map->values[slot] = value;
    return VN_OK;
}

/* ---- Entries ---------------------------------------------------------- */

/* Reads letters with single spaces or hyphens between them. */
static bool parse_phrase(const char *text, struct oracle_entry *entry)
{
    bool after_letter = false;

    *entry = (struct oracle_entry){0};
    for (; *text != '\0'; text++) {
        const char upper = (char)toupper((unsigned char)*text);
        if (upper >= 'A' && upper <= 'Z') {
            if (entry->length == ENTRY_LETTERS_MAX) {
                return false;
            }
            entry->letters[entry->length++] = upper;
            after_letter = true;
        } else if ((*text == ' ' || *text == '-') && after_letter) {
            entry->cuts |= (uint16_t)(1u << (entry->length - 1));
            after_letter = false;
        } else {
            return false;
        }
    }
    return after_letter;
}

static uint64_t pack_entry(const struct oracle_entry *entry)
{
    uint64_t packed = 0;

    for (unsigned i = 0; i < entry->length; i++) {
        packed = oracle_pack(packed, entry->letters[i]);
    }
    return packed | (uint64_t)entry->cuts << (5 * ENTRY_LETTERS_MAX);
}

/* Finds the entry of the same letters and cuts, or makes an absent one. */
static enum vn_status intern_entry(struct vn_oracle *oracle,
                                   const struct oracle_entry *entry,
                                   size_t *index)
{
    const uint64_t packed = pack_entry(entry);
    int32_t found;

    if (oracle_map_get(&oracle->by_text, packed, &found)) {
        *index = (size_t)found;
        return VN_OK;
    }
    if (oracle->entry_count == oracle->entry_room) {
        const size_t room = oracle->entry_room * 2 + 256;
        void *grown = realloc(oracle->entries, room * sizeof(*oracle->entries));
        if (grown == NULL) {
            return VN_NOMEM;
        }
        oracle->entries = grown;
        oracle->entry_room = room;
    }
    *index = oracle->entry_count;
    oracle->entries[oracle->entry_count++] = *entry;
    return map_put(&oracle->by_text, packed, (int32_t)*index);
}

/* Puts an entry in, of which 'made' has score and flags. */
static enum vn_status set_entry(struct vn_oracle *oracle, const char *phrase,
                                struct oracle_entry made)
{
    struct oracle_entry entry;
    size_t index;

    if (!parse_phrase(phrase, &entry)) {
        return VN_INVALID;
    }
    const enum vn_status status = intern_entry(oracle, &entry, &index);
    if (status != VN_OK) {
        return status;
    }
    oracle->entries[index].score = made.score;
    oracle->entries[index].present = true;
    oracle->entries[index].overlay = made.overlay;
    oracle->entries[index].common = made.common;
    oracle->entries[index].class = made.class;
    oracle->entries[index].first = made.first;
    oracle->entries[index].last = made.last;
    return VN_OK;
}

enum vn_status vn_oracle_add_words(struct vn_oracle *oracle, const char *phrase,
                                   int score)
{
    return set_entry(oracle, phrase,
                     (struct oracle_entry){.score = score, .overlay = true});
}

static enum vn_status set_block(struct vn_oracle *oracle, const char *term,
                                bool word, bool span)
{
    enum vn_status status = VN_OK;
    struct oracle_entry entry;

    if (!parse_phrase(term, &entry) || entry.cuts != 0 ||
        entry.length < BLOCK_LETTERS_MIN) {
        return VN_INVALID;
    }
    if (word) {
        status = map_put(&oracle->not_words, pack_entry(&entry), 1);
    }
    if (status == VN_OK && span) {
        status = map_put(&oracle->not_spans, pack_entry(&entry), 1);
    }
    return status;
}

enum vn_status vn_oracle_add_block(struct vn_oracle *oracle, const char *term)
{
    return set_block(oracle, term, true, true);
}

/* Two entries as one number that is never 0. */
static uint64_t pack_pair(size_t left, size_t right)
{
    return (uint64_t)(left + 1) << 32 | (uint64_t)(right + 1);
}

enum vn_status vn_oracle_add_pair(struct vn_oracle *oracle, const char *left,
                                  const char *right, int bonus)
{
    const char *const texts[2] = {left, right};
    size_t indices[2];

    for (int side = 0; side < 2; side++) {
        struct oracle_entry entry;
        if (!parse_phrase(texts[side], &entry) || entry.cuts != 0) {
            return VN_INVALID;
        }
        const enum vn_status status =
            intern_entry(oracle, &entry, &indices[side]);
        if (status != VN_OK) {
            return status;
        }
    }
    return map_put(&oracle->pairs, pack_pair(indices[0], indices[1]), bonus);
}

int oracle_pair_bonus(const struct vn_oracle *oracle,
                      const struct oracle_entry *left,
                      const struct oracle_entry *right)
{
    int32_t bonus = 0;

    if (left->cuts == 0 && right->cuts == 0) {
        oracle_map_get(&oracle->pairs,
                       pack_pair((size_t)(left - oracle->entries),
                                 (size_t)(right - oracle->entries)),
                       &bonus);
    }
    return bonus;
}

/* ---- Files ------------------------------------------------------------ */

/* Columns of a line of words, which has the most. */
#define COLUMNS 5

/* Takes one line, cut at its tabs; 'fields' past the last are "". */
typedef enum vn_status (*line_fn)(struct vn_oracle *oracle,
                                  char *const fields[COLUMNS]);

static bool parse_hundredths(const char *text, int *value)
{
    char *end;
    const long parsed = strtol(text, &end, 10);

    if (end == text || *end != '\0' || parsed < -100000 || parsed > 100000) {
        return false;
    }
    *value = (int)parsed;
    return true;
}

static enum vn_status take_word(struct vn_oracle *oracle,
                                char *const fields[COLUMNS])
{
    struct oracle_entry made = {
        .common = strchr(fields[2], 'c') != NULL,
        .class = fields[2][strcspn(fields[2], "nvf")],
    };
    const bool placed = fields[3][0] != '\0';

    if (!parse_hundredths(fields[1], &made.score) ||
        (placed && (!parse_hundredths(fields[3], &made.first) ||
                    !parse_hundredths(fields[4], &made.last)))) {
        return VN_INVALID;
    }
    return set_entry(oracle, fields[0], made);
}

static enum vn_status take_pair(struct vn_oracle *oracle,
                                char *const fields[COLUMNS])
{
    int bonus;

    if (!parse_hundredths(fields[2], &bonus)) {
        return VN_INVALID;
    }
    return vn_oracle_add_pair(oracle, fields[0], fields[1], bonus);
}

static enum vn_status take_block(struct vn_oracle *oracle,
                                 char *const fields[COLUMNS])
{
    return set_block(oracle, fields[0], strchr(fields[1], 'T') != NULL,
                     strchr(fields[1], 'S') != NULL);
}

static enum vn_status take_line(struct vn_oracle *oracle, char *line,
                                line_fn take)
{
    char *fields[COLUMNS];
    char *newline = strchr(line, '\n');

    if (newline == NULL) {
        return VN_INVALID;
    }
    *newline = '\0';
    for (int i = 0; i < COLUMNS; i++) {
        fields[i] = line;
        line += strcspn(line, "\t");
        if (*line != '\0') {
            *line++ = '\0';
        }
    }
    return take(oracle, fields);
}

static enum vn_status read_lines(struct vn_oracle *oracle, const char *path,
                                 line_fn take, struct vn_error *error)
{
    enum vn_status status = VN_OK;
    char line[LINE_SIZE];
    uint64_t number = 0;

    if (path == NULL) {
        return VN_OK;
    }
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return vn_error_system(error, errno, "cannot open %s", path);
    }
    while (status == VN_OK && fgets(line, sizeof(line), file) != NULL) {
        number++;
        status = take_line(oracle, line, take);
    }
    if (status == VN_INVALID) {
        vn_error_line(error, path, number, "bad line");
    } else if (status != VN_OK) {
        vn_error_set(error, status, "no memory for %s", path);
    } else if (ferror(file)) {
        status = vn_error_system(error, errno, "cannot read %s", path);
    }
    fclose(file);
    return status;
}

enum vn_status vn_oracle_open(const char *words_path, const char *pairs_path,
                              const char *block_path, struct vn_oracle **oracle,
                              struct vn_error *error)
{
    struct vn_oracle *opened = calloc(1, sizeof(*opened));

    if (opened == NULL) {
        return vn_error_set(error, VN_NOMEM, "no memory for the oracle");
    }
    opened->weights = oracle_weights_h;
    enum vn_status status = read_lines(opened, words_path, take_word, error);
    if (status == VN_OK) {
        status = read_lines(opened, pairs_path, take_pair, error);
    }
    if (status == VN_OK) {
        status = read_lines(opened, block_path, take_block, error);
    }
    if (status != VN_OK) {
        vn_oracle_free(opened);
        return status;
    }
    *oracle = opened;
    return VN_OK;
}

void vn_oracle_free(struct vn_oracle *oracle)
{
    if (oracle == NULL) {
        return;
    }
    free(oracle->entries);
    free(oracle->postings);
    map_free(&oracle->by_text);
    map_free(&oracle->by_keys);
    map_free(&oracle->pairs);
    map_free(&oracle->not_words);
    map_free(&oracle->not_spans);
    free(oracle);
}

/* ---- Postings --------------------------------------------------------- */

uint32_t oracle_key(uint32_t digits, unsigned length, bool overdial)
{
    uint32_t power = 1;

    for (unsigned i = 0; i < length; i++) {
        power *= 10;
    }
    /* power <= 10^7, so the sum without overdial stays below 2 * 10^7. */
    return power + digits + (overdial ? 2 * VN_SUFFIXES : 0);
}

static uint32_t dial(const struct oracle_entry *entry, unsigned keys)
{
    uint32_t digits = 0;

    for (unsigned i = 0; i < keys; i++) {
        digits = digits * 10 + (uint32_t)vn_keypad_key(entry->letters[i]);
    }
    return digits;
}

/* Keys before the last segment. */
static unsigned last_segment_start(const struct oracle_entry *entry)
{
    unsigned start = 0;

    for (unsigned i = 0; i < entry->length; i++) {
        if (entry->cuts >> i & 1) {
            start = i + 1;
        }
    }
    return start;
}

static void add_posting(struct vn_oracle *oracle, size_t index, unsigned keys,
                        bool overdial)
{
    const uint32_t digits = dial(&oracle->entries[index], keys);

    oracle->postings[oracle->posting_count++] = (struct oracle_posting){
        .key = oracle_key(digits, keys, overdial), .entry = (uint32_t)index};
}

/* Posts the entry whole, and overdial for each number of keys it may cover. */
static void post_entry(struct vn_oracle *oracle, size_t index)
{
    const struct oracle_entry *entry = &oracle->entries[index];
    const unsigned least = last_segment_start(entry) + OVERDIAL_KEYS_MIN;

    if (entry->length <= VN_SUFFIX_DIGITS) {
        add_posting(oracle, index, entry->length, false);
    }
    for (unsigned past = 1; past <= VN_TAIL_MAX; past++) {
        if (entry->length >= least + past &&
            entry->length - past <= VN_SUFFIX_DIGITS) {
            add_posting(oracle, index, entry->length - past, true);
        }
    }
}

static int compare_postings(const void *left, const void *right)
{
    const struct oracle_posting *a = left;
    const struct oracle_posting *b = right;

    if (a->key != b->key) {
        return a->key < b->key ? -1 : 1;
    }
    return (a->entry > b->entry) - (a->entry < b->entry);
}

static bool is_blocked_word(const struct vn_oracle *oracle,
                            const struct oracle_entry *entry)
{
    int32_t value;

    return entry->cuts == 0 && !entry->overlay &&
           oracle_map_get(&oracle->not_words, pack_entry(entry), &value);
}

enum vn_status vn_oracle_finish(struct vn_oracle *oracle)
{
    const size_t most = oracle->entry_count * (1 + VN_TAIL_MAX);

    oracle->postings = calloc(most + 1, sizeof(*oracle->postings));
    if (oracle->postings == NULL) {
        return VN_NOMEM;
    }
    for (size_t i = 0; i < oracle->entry_count; i++) {
        if (is_blocked_word(oracle, &oracle->entries[i])) {
            oracle->entries[i].present = false;
        }
        if (oracle->entries[i].present) {
            post_entry(oracle, i);
        }
    }
    qsort(oracle->postings, oracle->posting_count, sizeof(*oracle->postings),
          compare_postings);
    for (size_t i = oracle->posting_count; i > 0; i--) {
        const enum vn_status status = map_put(
            &oracle->by_keys, oracle->postings[i - 1].key, (int32_t)(i - 1));
        if (status != VN_OK) {
            return status;
        }
    }
    return VN_OK;
}
