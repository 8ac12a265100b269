/* lexicon.c: the lexicon in memory: its data, overlays, look-up. */
#include "lexicon.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "lexicon_read.h"
#include "lexicon_source.h"

/* A pair as read, before its place in the tables is known. */
struct pair {
    uint32_t left, right;
    uint8_t right_length;
    int16_t bonus;
};

/* What is held while a lexicon is made. */
struct builder {
    struct vn_lexicon *lexicon;
    const struct vn_lexicon_options *options;
    struct lexicon_source source;
    uint32_t entry_capacity, term_capacity;
    struct vn_error *error;
};

static uint64_t entry_hash(const char *letters, unsigned length, unsigned cuts)
{
    char key[VN_WORD_LETTERS_MAX] = {0};

    memcpy(key, letters, length);
    return XXH3_64bits_withSeed(key, sizeof key, cuts);
}

/* The slot of the entry, or the free slot where it belongs. */
static uint32_t find_slot(const struct vn_lexicon *lexicon, const char *letters,
                          unsigned length, unsigned cuts)
{
    uint32_t slot =
        (uint32_t)entry_hash(letters, length, cuts) & lexicon->slot_mask;

    for (;; slot = (slot + 1) & lexicon->slot_mask) {
        if (lexicon->slots[slot] == 0) {
            return slot;
        }
        const struct entry *entry = &lexicon->entries[lexicon->slots[slot] - 1];
        if (entry->length == length && entry->cuts == cuts &&
            memcmp(entry->letters, letters, length) == 0) {
            return slot;
        }
    }
}

uint32_t lexicon_find(const struct vn_lexicon *lexicon, const char *letters,
                      unsigned length, unsigned cuts)
{
    return lexicon->slots[find_slot(lexicon, letters, length, cuts)] - 1;
}

/* Places of three letters, "" first, in the order of the entries. */
#define HEADS (27u * 27u * 27u)

static uint32_t head_of(const char letters[VN_WORD_LETTERS_MAX])
{
    uint32_t head = 0;

    for (unsigned i = 0; i < 3; i++) {
        head = head * 27 +
               (letters[i] == '\0' ? 0 : (uint32_t)(letters[i] - 'A' + 1));
    }
    return head;
}

uint32_t lexicon_lower_bound(const struct vn_lexicon *lexicon,
                             const char *letters, unsigned length)
{
    char key[VN_WORD_LETTERS_MAX] = {0};

    memcpy(key, letters, length);
    const uint32_t head = head_of(key);
    uint32_t low = lexicon->heads[head], high = lexicon->heads[head + 1];
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (memcmp(lexicon->entries[middle].letters, key, sizeof key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The order of the pairs of one entry: below, at or above zero. */
static int compare_rights(unsigned a_length, uint32_t a, unsigned b_length,
                          uint32_t b)
{
    if (a_length != b_length) {
        return a_length < b_length ? -1 : 1;
    }
    return a < b ? -1 : a > b;
}

int lexicon_pair(const struct vn_lexicon *lexicon, uint32_t left,
                 uint32_t right)
{
    const unsigned length = lexicon->entries[right].length;
    uint32_t low = lexicon->pair_start[left];
    uint32_t high = lexicon->pair_start[left + 1];

    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const uint32_t other = lexicon->pair_right[middle];
        const int order = compare_rights(lexicon->entries[other].length, other,
                                         length, right);
        if (order == 0) {
            return lexicon->pair_bonus[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return 0;
}

/* ---- Making: entries and terms ---------------------------------------- */

static void *grow(void *array, uint32_t *capacity, size_t item_size)
{
    const uint32_t wanted = *capacity == 0 ? 1u << 16 : *capacity * 2;
    void *larger = reallocarray(array, wanted, item_size);

    if (larger != NULL) {
        *capacity = wanted;
    }
    return larger;
}

/* Makes the slots anew, for at least twice as many entries. */
static bool rehash(struct vn_lexicon *lexicon, uint32_t capacity)
{
    uint32_t size = 1u << 10;

    while (size < 2 * capacity) {
        size *= 2;
    }
    uint32_t *slots = calloc(size, sizeof *slots);
    if (slots == NULL) {
        return false;
    }
    free(lexicon->slots);
    lexicon->slots = slots;
    lexicon->slot_mask = size - 1;
    for (uint32_t i = 0; i < lexicon->entry_count; i++) {
        const struct entry *entry = &lexicon->entries[i];
        slots[find_slot(lexicon, entry->letters, entry->length, entry->cuts)] =
            i + 1;
    }
    return true;
}

static enum vn_status no_memory(struct builder *builder)
{
    return vn_error_set(builder->error, VN_NOMEM, "out of memory");
}

/* VN_INVALID: there are VN_LEXICON_ENTRIES_MAX already. */
static enum vn_status add_entry(struct builder *builder,
                                const struct entry *entry)
{
    struct vn_lexicon *lexicon = builder->lexicon;

    if (lexicon->entry_count == builder->entry_capacity) {
        void *larger = grow(lexicon->entries, &builder->entry_capacity,
                            sizeof *lexicon->entries);
        if (larger == NULL) {
            return no_memory(builder);
        }
        lexicon->entries = larger;
        if (!rehash(lexicon, builder->entry_capacity)) {
            return no_memory(builder);
        }
    }
    const uint32_t slot =
        find_slot(lexicon, entry->letters, entry->length, entry->cuts);
    if (lexicon->slots[slot] != 0) {
        lexicon->entries[lexicon->slots[slot] - 1] = *entry;
        return VN_OK;
    }
    if (lexicon->entry_count == VN_LEXICON_ENTRIES_MAX) {
        return VN_INVALID;
    }
    lexicon->entries[lexicon->entry_count++] = *entry;
    lexicon->slots[slot] = lexicon->entry_count;
    return VN_OK;
}

static enum vn_status add_term(struct builder *builder,
                               const struct block_term *term)
{
    struct vn_lexicon *lexicon = builder->lexicon;

    if (lexicon->term_count == builder->term_capacity) {
        void *larger = grow(lexicon->terms, &builder->term_capacity,
                            sizeof *lexicon->terms);
        if (larger == NULL) {
            return no_memory(builder);
        }
        lexicon->terms = larger;
    }
    lexicon->terms[lexicon->term_count++] = *term;
    return VN_OK;
}

/* ---- Making: files of lines ------------------------------------------- */

/* Takes one line; '*wrong' is set instead of a status if the line is bad. */
typedef enum vn_status (*take_fn)(struct builder *builder, struct vn_bytes line,
                                  const char **wrong);

static enum vn_status take_word(struct builder *builder, struct vn_bytes line,
                                const char **wrong)
{
    struct entry entry;

    *wrong = lexicon_read_word(line, &entry);
    return *wrong != NULL ? VN_INVALID : add_entry(builder, &entry);
}

static enum vn_status take_overlay(struct builder *builder,
                                   struct vn_bytes line, const char **wrong)
{
    struct entry entry;

    *wrong = lexicon_read_word(line, &entry);
    entry.overlay = 1;
    return *wrong != NULL ? VN_INVALID : add_entry(builder, &entry);
}

static enum vn_status take_term(struct builder *builder, struct vn_bytes line,
                                const char **wrong)
{
    struct block_term term;

    *wrong = lexicon_read_term(line, &term);
    return *wrong != NULL ? VN_INVALID : add_term(builder, &term);
}

static enum vn_status take_block(struct builder *builder, struct vn_bytes line,
                                 const char **wrong)
{
    struct block_term term;

    *wrong = lexicon_read_block(line, &term);
    return *wrong != NULL ? VN_INVALID : add_term(builder, &term);
}

static enum vn_status too_many(struct builder *builder, const char *path,
                               uint64_t line)
{
    return vn_error_line(builder->error, path, line,
                         "more than %u words in the lexicon",
                         VN_LEXICON_ENTRIES_MAX);
}

/* A line and where it stands. */
struct line_at {
    const char *path;
    uint64_t number;
    struct vn_bytes line;
};

/* Checks and takes one line; false if it is bad, then '*bad' says why. */
static bool take_line(struct builder *builder, const struct line_at *at,
                      take_fn take, struct vn_error *bad,
                      enum vn_status *status)
{
    uint64_t byte = 0;
    const char *wrong = vn_text_check(at->line, &byte);

    if (wrong != NULL) {
        (void)vn_error_line(bad, at->path, at->number, "%s (byte %llu)", wrong,
                            (unsigned long long)byte);
        bad->byte = byte;
        return false;
    }
    *status = take(builder, at->line, &wrong);
    if (wrong != NULL) {
        (void)vn_error_line(bad, at->path, at->number, "%s", wrong);
    } else if (*status == VN_INVALID) {
        *status = too_many(builder, at->path, at->number);
    }
    return wrong == NULL;
}

/* A bad line ends the reading, or, in an overlay, is reported and counted. */
static enum vn_status pass_over(const struct builder *builder,
                                const struct vn_error *bad,
                                struct vn_overlay *overlay)
{
    const struct vn_lexicon_options *options = builder->options;

    if (!options->skip_bad || overlay == NULL) {
        if (builder->error != NULL) {
            *builder->error = *bad;
        }
        return VN_INVALID;
    }
    overlay->skipped++;
    if (options->bad_line != NULL) {
        options->bad_line(options->bad_line_context, bad);
    }
    return VN_OK;
}

/*
 * Hands every line of 'text' to 'take', and counts them in 'overlay', which is
 * NULL for the lexicon itself.
 */
static enum vn_status take_lines(struct builder *builder,
                                 const struct lexicon_text *text, take_fn take,
                                 struct vn_overlay *overlay)
{
    enum vn_status status = VN_OK;
    struct vn_lines lines;
    struct vn_bytes line;
    struct vn_error bad;
    uint64_t taken = 0;

    vn_lines_start(&lines, text->text);
    while (status == VN_OK && vn_lines_next(&lines, &line)) {
        const struct line_at at = {text->path, lines.line, line};
        if (take_line(builder, &at, take, &bad, &status)) {
            taken++;
        } else {
            status = pass_over(builder, &bad, overlay);
        }
    }
    if (overlay != NULL) {
        overlay->lines = taken;
    }
    return status;
}

static struct vn_overlay *new_overlay(struct builder *builder, const char *kind,
                                      const char *path, struct vn_bytes text)
{
    struct vn_lexicon_info *info = &builder->lexicon->info;
    struct vn_overlay *overlay =
        &builder->lexicon->overlays[info->overlay_count++];
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;

    strncpy(overlay->kind, kind, sizeof overlay->kind - 1);
    strncpy(overlay->name, name, sizeof overlay->name - 1);
    overlay->hash = XXH3_64bits(text.data, text.size);
    return overlay;
}

static enum vn_status read_overlay(struct builder *builder, const char *kind,
                                   const char *path, take_fn take)
{
    struct lexicon_text text = {.path = path};

    if (builder->lexicon->info.overlay_count == VN_OVERLAYS_MAX) {
        return vn_error_set(builder->error, VN_INVALID,
                            "more than %u overlay files", VN_OVERLAYS_MAX);
    }
    enum vn_status status = vn_text_read(path, &text.text, builder->error);
    if (status != VN_OK) {
        return status;
    }
    struct vn_overlay *overlay = new_overlay(builder, kind, path, text.text);
    status = take_lines(builder, &text, take, overlay);
    builder->lexicon->info.skipped += overlay->skipped;
    vn_text_free(&text.text);
    return status;
}

static enum vn_status read_weights(struct builder *builder,
                                   const struct lexicon_text *text)
{
    return text->path == NULL
               ? VN_OK
               : model_read(text->path, text->text, &builder->lexicon->model,
                            builder->error);
}

/* The built-in weights, and over them the user's, or else the folder's. */
static enum vn_status read_model(struct builder *builder)
{
    struct lexicon_text own = {.path = builder->options->model_path};
    enum vn_status status = read_weights(builder, &builder->source.built_in);

    if (status != VN_OK || own.path == NULL) {
        return status == VN_OK ? read_weights(builder, &builder->source.model)
                               : status;
    }
    status = vn_text_read(own.path, &own.text, builder->error);
    if (status != VN_OK) {
        return status;
    }
    (void)new_overlay(builder, "model", own.path, own.text);
    status = read_weights(builder, &own);
    vn_text_free(&own.text);
    return status;
}

static enum vn_status read_texts(struct builder *builder)
{
    const struct vn_lexicon_options *options = builder->options;
    enum vn_status status =
        take_lines(builder, &builder->source.words, take_word, NULL);

    if (status == VN_OK) {
        status = take_lines(builder, &builder->source.block, take_term, NULL);
    }
    for (size_t i = 0; status == VN_OK && i < options->word_path_count; i++) {
        status = read_overlay(builder, "words", options->word_paths[i],
                              take_overlay);
    }
    for (size_t i = 0; status == VN_OK && i < options->block_path_count; i++) {
        status =
            read_overlay(builder, "block", options->block_paths[i], take_block);
    }
    return status == VN_OK ? read_model(builder) : status;
}

/* ---- Making: canonical order ------------------------------------------ */

static int compare_terms(const void *a, const void *b)
{
    const struct block_term *left = a, *right = b;

    return memcmp(left->letters, right->letters, sizeof left->letters);
}

/* Sorts the terms and makes one of those that stand twice. */
static void order_terms(struct vn_lexicon *lexicon)
{
    struct block_term *terms = lexicon->terms;
    uint32_t kept = 0;

    if (lexicon->term_count > 0) {
        qsort(terms, lexicon->term_count, sizeof *terms, compare_terms);
    }
    for (uint32_t i = 0; i < lexicon->term_count; i++) {
        if (kept > 0 && compare_terms(&terms[kept - 1], &terms[i]) == 0) {
            terms[kept - 1].flags |= terms[i].flags;
        } else {
            terms[kept++] = terms[i];
        }
    }
    lexicon->term_count = kept;
    for (uint32_t i = 0; i < kept; i++) {
        lexicon->info.blocked_words += (terms[i].flags & BLOCK_TOKEN) != 0;
        lexicon->info.blocked_spans += (terms[i].flags & BLOCK_SPAN) != 0;
    }
}

static bool is_blocked_word(const struct vn_lexicon *lexicon,
                            const struct entry *entry)
{
    struct block_term key = {.flags = 0};

    if (entry->overlay || entry->cuts != 0 || lexicon->term_count == 0) {
        return false;
    }
    memcpy(key.letters, entry->letters, sizeof key.letters);
    const struct block_term *term =
        bsearch(&key, lexicon->terms, lexicon->term_count,
                sizeof *lexicon->terms, compare_terms);
    return term != NULL && (term->flags & BLOCK_TOKEN) != 0;
}

static int compare_entries(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;
    const int order =
        memcmp(left->letters, right->letters, sizeof left->letters);

    return order != 0 ? order : (int)left->cuts - (int)right->cuts;
}

static bool index_heads(struct vn_lexicon *lexicon)
{
    uint32_t next = 0;

    lexicon->heads = calloc(HEADS + 1, sizeof *lexicon->heads);
    if (lexicon->heads == NULL) {
        return false;
    }
    for (uint32_t head = 0; head <= HEADS; head++) {
        lexicon->heads[head] = next;
        while (next < lexicon->entry_count &&
               head_of(lexicon->entries[next].letters) == head) {
            next++;
        }
    }
    return true;
}

/* Drops blocked words, sorts what is left, counts it. */
static enum vn_status order_entries(struct builder *builder)
{
    struct vn_lexicon *lexicon = builder->lexicon;
    uint32_t kept = 0;

    for (uint32_t i = 0; i < lexicon->entry_count; i++) {
        if (!is_blocked_word(lexicon, &lexicon->entries[i])) {
            lexicon->entries[kept++] = lexicon->entries[i];
        }
    }
    lexicon->entry_count = kept;
    if (kept == 0) {
        return vn_error_set(builder->error, VN_INVALID,
                            "the lexicon has no word left: the block lists "
                            "forbid them all");
    }
    qsort(lexicon->entries, kept, sizeof *lexicon->entries, compare_entries);
    for (uint32_t i = 0; i < kept; i++) {
        if (lexicon->entries[i].cuts == 0) {
            lexicon->info.words++;
        } else {
            lexicon->info.phrases++;
        }
    }
    if (!rehash(lexicon, kept)) {
        return no_memory(builder);
    }
    return index_heads(lexicon) ? VN_OK : no_memory(builder);
}

/* ---- Making: pairs ---------------------------------------------------- */

static int compare_pairs(const void *a, const void *b)
{
    const struct pair *left = a, *right = b;

    if (left->left != right->left) {
        return left->left < right->left ? -1 : 1;
    }
    return compare_rights(left->right_length, left->right, right->right_length,
                          right->right);
}

static enum vn_status read_pairs(struct builder *builder, struct pair *pairs,
                                 uint32_t *count)
{
    const struct vn_lexicon *lexicon = builder->lexicon;
    const struct lexicon_text *text = &builder->source.pairs;
    struct vn_lines lines;
    struct vn_bytes line;

    vn_lines_start(&lines, text->text);
    for (*count = 0; vn_lines_next(&lines, &line);) {
        struct entry left, right;
        struct pair *pair = &pairs[*count];
        const char *wrong =
            lexicon_read_pair(line, &left, &right, &pair->bonus);
        if (wrong != NULL) {
            return vn_error_line(builder->error, text->path, lines.line, "%s",
                                 wrong);
        }
        pair->left = lexicon_find(lexicon, left.letters, left.length, 0);
        pair->right = lexicon_find(lexicon, right.letters, right.length, 0);
        pair->right_length = right.length;
        *count += pair->left != LEXICON_NONE && pair->right != LEXICON_NONE;
    }
    return VN_OK;
}

/* Fills the tables from the sorted pairs; of equal ones the first counts. */
static void place_pairs(struct vn_lexicon *lexicon, const struct pair *pairs,
                        uint32_t count)
{
    uint32_t kept = 0, next = 0;

    for (uint32_t entry = 0; entry < lexicon->entry_count; entry++) {
        lexicon->pair_start[entry] = kept;
        for (; next < count && pairs[next].left == entry; next++) {
            if (kept > lexicon->pair_start[entry] &&
                lexicon->pair_right[kept - 1] == pairs[next].right) {
                continue;
            }
            lexicon->pair_right[kept] = pairs[next].right;
            lexicon->pair_bonus[kept++] = pairs[next].bonus;
        }
    }
    lexicon->pair_start[lexicon->entry_count] = kept;
    lexicon->info.pairs = kept;
}

static size_t count_line_feeds(struct vn_bytes text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.size; i++) {
        count += text.data[i] == '\n';
    }
    return count;
}

static enum vn_status make_pairs(struct builder *builder)
{
    struct vn_lexicon *lexicon = builder->lexicon;
    const size_t most = count_line_feeds(builder->source.pairs.text) + 1;
    struct pair *pairs = malloc(most * sizeof *pairs);
    enum vn_status status = VN_NOMEM;
    uint32_t count;

    lexicon->pair_start =
        calloc(lexicon->entry_count + 1, sizeof *lexicon->pair_start);
    lexicon->pair_right = calloc(most, sizeof *lexicon->pair_right);
    lexicon->pair_bonus = calloc(most, sizeof *lexicon->pair_bonus);
    if (pairs == NULL || lexicon->pair_start == NULL ||
        lexicon->pair_right == NULL || lexicon->pair_bonus == NULL) {
        (void)no_memory(builder);
        goto out;
    }
    status = read_pairs(builder, pairs, &count);
    if (status == VN_OK) {
        if (count > 0) {
            qsort(pairs, count, sizeof *pairs, compare_pairs);
        }
        place_pairs(lexicon, pairs, count);
    }
out:
    free(pairs);
    return status;
}

/* ---- Fingerprint ------------------------------------------------------ */

/* Adds a number to the hash in a fixed byte order. */
static void hash_number(XXH3_state_t *state, uint64_t number)
{
    unsigned char bytes[8];

    for (unsigned i = 0; i < sizeof bytes; i++) {
        bytes[i] = (unsigned char)(number >> (8 * i));
    }
    (void)XXH3_64bits_update(state, bytes, sizeof bytes);
}

static void hash_entry(XXH3_state_t *state, const struct entry *entry)
{
    const bool placed = entry->first != 0 || entry->last != 0;

    (void)XXH3_64bits_update(state, entry->letters, sizeof entry->letters);
    hash_number(state, (uint64_t)placed << 56 | (uint64_t)entry->class << 48 |
                           (uint64_t)entry->common << 40 |
                           (uint64_t)entry->length << 32 |
                           (uint64_t)entry->cuts << 16 |
                           (uint16_t)entry->score);
    if (placed) {
        hash_number(state, (uint64_t)(uint16_t)entry->first << 16 |
                               (uint16_t)entry->last);
    }
}

static void hash_entries(XXH3_state_t *state, const struct vn_lexicon *lexicon)
{
    for (uint32_t i = 0; i < lexicon->entry_count; i++) {
        const struct entry *entry = &lexicon->entries[i];
        hash_entry(state, entry);
        for (uint32_t p = lexicon->pair_start[i];
             p < lexicon->pair_start[i + 1]; p++) {
            hash_number(state, (uint64_t)lexicon->pair_right[p] << 16 |
                                   (uint16_t)lexicon->pair_bonus[p]);
        }
    }
}

/* Terms count as spans only: the words that T removed are gone already. */
static enum vn_status fingerprint(struct builder *builder)
{
    struct vn_lexicon *lexicon = builder->lexicon;
    XXH3_state_t *state = XXH3_createState();

    if (state == NULL) {
        return no_memory(builder);
    }
    (void)XXH3_64bits_reset(state);
    hash_number(state, lexicon->entry_count);
    hash_entries(state, lexicon);
    for (uint32_t i = 0; i < lexicon->term_count; i++) {
        if ((lexicon->terms[i].flags & BLOCK_SPAN) != 0) {
            (void)XXH3_64bits_update(state, lexicon->terms[i].letters,
                                     sizeof lexicon->terms[i].letters);
        }
    }
    hash_number(state, model_hash(&lexicon->model));
    lexicon->info.fingerprint = XXH3_64bits_digest(state);
    XXH3_freeState(state);
    return VN_OK;
}

/* ---- Public ----------------------------------------------------------- */

static enum vn_status make(struct builder *builder)
{
    enum vn_status status = read_texts(builder);

    if (status == VN_OK) {
        order_terms(builder->lexicon);
        status = order_entries(builder);
    }
    if (status == VN_OK) {
        status = make_pairs(builder);
    }
    return status == VN_OK ? fingerprint(builder) : status;
}

static void describe(struct builder *builder)
{
    struct vn_lexicon *lexicon = builder->lexicon;

    memcpy(lexicon->version, builder->source.version, sizeof lexicon->version);
    lexicon->info.version = lexicon->version;
    lexicon->info.model = lexicon->model.name;
    lexicon->info.overlays = lexicon->overlays;
}

enum vn_status vn_lexicon_open(const struct vn_lexicon_options *options,
                               struct vn_lexicon **lexicon,
                               struct vn_error *error)
{
    static const struct vn_lexicon_options none;
    struct builder builder = {
        .options = options != NULL ? options : &none,
        .error = error,
        .lexicon = calloc(1, sizeof **lexicon),
    };

    if (builder.lexicon == NULL) {
        return no_memory(&builder);
    }
    enum vn_status status =
        lexicon_source_open(builder.options->folder, &builder.source, error);
    if (status == VN_OK) {
        status = make(&builder);
    }
    if (status == VN_OK) {
        describe(&builder);
        *lexicon = builder.lexicon;
    } else {
        vn_lexicon_free(builder.lexicon);
    }
    lexicon_source_reset(&builder.source);
    return status;
}

void vn_lexicon_free(struct vn_lexicon *lexicon)
{
    if (lexicon == NULL) {
        return;
    }
    free(lexicon->entries);
    free(lexicon->slots);
    free(lexicon->heads);
    free(lexicon->pair_start);
    free(lexicon->pair_right);
    free(lexicon->pair_bonus);
    free(lexicon->terms);
    free(lexicon);
}

void vn_lexicon_info(const struct vn_lexicon *lexicon,
                     struct vn_lexicon_info *info)
{
    *info = lexicon->info;
}

uint64_t vn_lexicon_generation(const struct vn_lexicon *lexicon,
                               struct vn_prefix prefix)
{
    /* Raised when the same lexicon comes to give other records. */
    enum { CODEC_VERSION = 1 };
    const uint64_t parts[] = {lexicon->info.fingerprint, CODEC_VERSION,
                              prefix.digits, prefix.length};
    unsigned char bytes[sizeof parts];

    for (unsigned i = 0; i < sizeof bytes; i++) {
        bytes[i] = (unsigned char)(parts[i / 8] >> (8 * (i % 8)));
    }
    return XXH3_64bits(bytes, sizeof bytes);
}
