/* bench_tune_read.c: a folder of features: words, pairs, terms, block list. */
#include "bench_tune.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

/* A piece that is read at once. */
#define PIECE ((size_t)1 << 20)
#define PATH_SIZE 4096u
/* Features of the frequency of a word: one of them in each row. */
#define FREQUENCY_PREFIX "lp_"

/* What is held while a folder is read. */
struct reader {
    struct tune_data *data;
    struct hsearch_data names; /* of the words: their place */
    char path[PATH_SIZE];      /* of the file being read */
    struct vn_error *error;
};

static enum vn_status no_memory(struct reader *reader)
{
    return vn_error_set(reader->error, VN_NOMEM, "out of memory");
}

static enum vn_status set_path(struct reader *reader, const char *name)
{
    const int size = snprintf(reader->path, sizeof reader->path, "%s/%s",
                              reader->data->folder, name);

    return size < 0 || (size_t)size >= sizeof reader->path
               ? vn_error_set(reader->error, VN_INVALID,
                              "the path of the features is too long")
               : VN_OK;
}

/* ---- Rows of features -------------------------------------------------- */

/* Where the features of a row go. */
struct target {
    struct tune_features *features;
    struct tune_features *places; /* TUNE_PLACES of them; NULL: no places */
};

static bool add_feature(const struct target *target, struct vn_bytes name,
                        unsigned term, double value)
{
    const enum tune_place place =
        target->places != NULL ? tune_place_of_name(name) : TUNE_PLACES;

    return tune_features_add(place == TUNE_PLACES ? target->features
                                                  : &target->places[place],
                             term, value);
}

static bool end_row(const struct target *target)
{
    bool ended = tune_features_end_row(target->features);

    for (unsigned i = 0; target->places != NULL && i < TUNE_PLACES; i++) {
        ended = ended && tune_features_end_row(&target->places[i]);
    }
    return ended;
}

/* One "name" or "name=value"; NULL, or what is wrong with it. */
static const char *read_feature(struct tune_terms *terms,
                                const struct target *target,
                                struct vn_bytes text)
{
    struct vn_bytes name = text;
    struct vn_bytes number = {NULL, 0};
    double value = 1;

    if (vn_text_split(text, '=', &name, &number) &&
        !tune_number(number, &value)) {
        return "the value of a feature is a decimal number";
    }
    const uint32_t term = tune_terms_add(terms, name);
    if (term == TUNE_NO_TERM) {
        return "the name of a feature has 1 to 63 characters, and there are "
               "8192 names at most";
    }
    if (term < TUNE_STRUCTURE_COUNT) {
        return "a feature has the name of a weight of the model";
    }
    terms->list[term].uses++;
    return add_feature(target, name, term, value) ? NULL : "out of memory";
}

/* Features with blanks between them, as one row. */
static const char *read_features(struct tune_terms *terms,
                                 const struct target *target,
                                 struct vn_bytes text)
{
    const char *wrong = NULL;

    text = vn_text_trim(text);
    while (wrong == NULL && text.size > 0) {
        struct vn_bytes head = text;
        struct vn_bytes tail = {NULL, 0};

        (void)vn_text_split(text, ' ', &head, &tail);
        wrong = read_feature(terms, target, head);
        text = vn_text_trim(tail);
    }
    if (wrong == NULL && !end_row(target)) {
        return "out of memory";
    }
    return wrong;
}

/* ---- Files ------------------------------------------------------------- */

static enum vn_status inflate_file(struct reader *reader, gzFile file,
                                   struct vn_bytes *out)
{
    size_t size = 0, room = 0;
    char *text = NULL;

    for (;;) {
        if (size + PIECE > room) {
            room = 2 * room + PIECE;
            char *larger = room > VN_TEXT_FILE_MAX ? NULL : realloc(text, room);
            if (larger == NULL) {
                free(text);
                return vn_error_set(reader->error, VN_INVALID,
                                    "%s: more than 256 MiB, or no memory",
                                    reader->path);
            }
            text = larger;
        }
        const int got = gzread(file, text + size, PIECE);
        int code = Z_OK;
        if (got < 0 || (got == 0 && (gzerror(file, &code), code != Z_OK))) {
            free(text);
            return vn_error_set(reader->error, VN_INVALID,
                                "%s: damaged or cut short", reader->path);
        }
        if (got == 0) {
            *out = (struct vn_bytes){text, size};
            return VN_OK;
        }
        size += (size_t)got;
    }
}

static enum vn_status read_gz(struct reader *reader, const char *name,
                              struct vn_bytes *out)
{
    enum vn_status status = set_path(reader, name);

    if (status != VN_OK) {
        return status;
    }
    gzFile file = gzopen(reader->path, "rb");
    if (file == NULL) {
        return errno == ENOENT
                   ? vn_error_set(reader->error, VN_INVALID,
                                  "there is no file %s", reader->path)
                   : vn_error_system(reader->error, errno, "cannot read %s",
                                     reader->path);
    }
    status = inflate_file(reader, file, out);
    (void)gzclose(file);
    return status;
}

/* Takes one line; NULL, or what is wrong with it. */
typedef const char *(*take_fn)(struct reader *reader, struct vn_bytes line);

static enum vn_status take_lines(struct reader *reader, struct vn_bytes text,
                                 take_fn take)
{
    struct vn_lines lines;
    struct vn_bytes line = {NULL, 0};
    uint64_t byte = 0;

    vn_lines_start(&lines, text);
    while (vn_lines_next(&lines, &line)) {
        const char *wrong = vn_text_check(line, &byte);
        if (wrong == NULL) {
            wrong = take(reader, line);
        }
        if (wrong != NULL) {
            return vn_error_line(reader->error, reader->path, lines.line, "%s",
                                 wrong);
        }
    }
    return VN_OK;
}

static size_t count_lines(struct vn_bytes text)
{
    size_t count = 1;

    for (size_t i = 0; i < text.size; i++) {
        count += text.data[i] == '\n';
    }
    return count;
}

/* ---- Words ------------------------------------------------------------- */

/* The letters in lower case; false if they are no word. */
static bool read_letters(struct vn_bytes text, struct tune_word *word)
{
    if (text.size == 0 || text.size > VN_WORD_LETTERS_MAX) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        const char c = text.data[i];
        const char small = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
        if (small < 'a' || small > 'z') {
            return false;
        }
        word->letters[i] = small;
    }
    word->letters[text.size] = '\0';
    word->length = (uint8_t)text.size;
    return true;
}

/* UINT32_MAX if there is no such word. */
static uint32_t find_word(struct reader *reader, struct tune_word *word)
{
    ENTRY *found = NULL;

    return hsearch_r((ENTRY){.key = word->letters}, FIND, &found,
                     &reader->names) == 0
               ? UINT32_MAX
               : (uint32_t)(uintptr_t)found->data;
}

static const char *take_word(struct reader *reader, struct vn_bytes line)
{
    struct tune_data *data = reader->data;
    struct tune_word *word = &data->words[data->word_count];
    struct vn_bytes letters = line;
    struct vn_bytes features = {NULL, 0};
    ENTRY *entered = NULL;

    (void)vn_text_split(line, '\t', &letters, &features);
    if (!read_letters(letters, word)) {
        return "a word has 1 to 10 letters a to z, then a tab and its features";
    }
    if (find_word(reader, word) != UINT32_MAX) {
        return "the word stands twice";
    }
    const ENTRY entry = {.key = word->letters,
                         .data = (void *)(uintptr_t)data->word_count};
    if (hsearch_r(entry, ENTER, &entered, &reader->names) == 0) {
        return "out of memory";
    }
    data->word_count++;
    const struct target target = {&data->word_features, data->place_features};
    return read_features(&data->terms, &target, features);
}

static enum vn_status read_words(struct reader *reader)
{
    struct tune_data *data = reader->data;
    struct vn_bytes text = {NULL, 0};
    enum vn_status status = read_gz(reader, "words.features.gz", &text);

    if (status != VN_OK) {
        return status;
    }
    const size_t most = count_lines(text);
    data->words = calloc(most, sizeof data->words[0]);
    // A quarter of the places stays free.
    if (data->words == NULL ||
        hcreate_r(most + most / 3, &reader->names) == 0) {
        status = no_memory(reader);
    } else {
        status = take_lines(reader, text, take_word);
    }
    if (status == VN_OK && data->word_count == 0) {
        status = vn_error_line(reader->error, reader->path, 1, "has no word");
    }
    if (status == VN_OK && data->word_count > VN_LEXICON_ENTRIES_MAX) {
        status =
            vn_error_set(reader->error, VN_INVALID, "%s: more than %u words",
                         reader->path, VN_LEXICON_ENTRIES_MAX);
    }
    vn_text_free(&text);
    return status;
}

/* Marks the word by its feature 'name': common, or of a class. */
static void mark_word(struct tune_word *word, const char *name, double value)
{
    static const char *const classes[TUNE_CLASSES] = {
        [TUNE_NOUN] = "class_n",
        [TUNE_VERB] = "class_v",
        [TUNE_FUNCTION] = "class_f",
    };

    if (strncmp(name, FREQUENCY_PREFIX, strlen(FREQUENCY_PREFIX)) == 0 &&
        value >= TUNE_COMMON_LEAST) {
        word->common = true;
    }
    for (unsigned class = TUNE_NOUN; class < TUNE_CLASSES; class ++) {
        if (strcmp(name, classes[class]) == 0) {
            word->class = (uint8_t) class;
        }
    }
}

static void mark_words(struct tune_data *data)
{
    const struct tune_features *features = &data->word_features;

    for (uint32_t word = 0; word < data->word_count; word++) {
        for (size_t i = features->start[word]; i < features->start[word + 1];
             i++) {
            mark_word(&data->words[word],
                      data->terms.list[features->terms[i]].name,
                      features->values[i]);
        }
    }
}

/* ---- Pairs ------------------------------------------------------------- */

/* A pair of which a word is not there is passed over. */
static const char *take_pair(struct reader *reader, struct vn_bytes line)
{
    struct tune_data *data = reader->data;
    struct vn_bytes first, second, features = {NULL, 0};
    struct tune_word left, right;

    if (!vn_text_split(line, '\t', &first, &second)) {
        return "expected two words and features with tabs between them";
    }
    (void)vn_text_split(second, '\t', &second, &features);
    if (!read_letters(first, &left) || !read_letters(second, &right)) {
        return "a word has 1 to 10 letters a to z";
    }
    const struct tune_pair pair = {
        .left = find_word(reader, &left),
        .right = find_word(reader, &right),
        .row = (uint32_t)data->pair_features.rows,
    };
    if (pair.left != UINT32_MAX && pair.right != UINT32_MAX) {
        data->pairs[data->pair_count++] = pair;
    }
    const struct target target = {.features = &data->pair_features};
    return read_features(&data->terms, &target, features);
}

static int compare_pairs(const void *a, const void *b)
{
    const struct tune_pair *left = a, *right = b;

    if (left->left != right->left) {
        return left->left < right->left ? -1 : 1;
    }
    if (left->right != right->right) {
        return left->right < right->right ? -1 : 1;
    }
    return left->row < right->row ? -1 : left->row > right->row;
}

/* Sorts the pairs, keeps the first of equal ones, finds those of each word. */
static enum vn_status order_pairs(struct reader *reader)
{
    struct tune_data *data = reader->data;
    uint32_t kept = 0, next = 0;

    if (data->pair_count > 0) {
        qsort(data->pairs, data->pair_count, sizeof data->pairs[0],
              compare_pairs);
    }
    for (uint32_t i = 0; i < data->pair_count; i++) {
        const struct tune_pair *last = kept > 0 ? &data->pairs[kept - 1] : NULL;
        if (last == NULL || last->left != data->pairs[i].left ||
            last->right != data->pairs[i].right) {
            data->pairs[kept++] = data->pairs[i];
        }
    }
    data->pair_count = kept;
    data->pair_start =
        calloc((size_t)data->word_count + 1, sizeof data->pair_start[0]);
    if (data->pair_start == NULL) {
        return no_memory(reader);
    }
    for (uint32_t word = 0; word <= data->word_count; word++) {
        while (next < kept && data->pairs[next].left < word) {
            next++;
        }
        data->pair_start[word] = next;
    }
    return VN_OK;
}

static enum vn_status read_pairs(struct reader *reader)
{
    struct tune_data *data = reader->data;
    struct vn_bytes text = {NULL, 0};
    enum vn_status status = read_gz(reader, "pairs.features.gz", &text);

    if (status != VN_OK) {
        return status;
    }
    data->pairs = calloc(count_lines(text), sizeof data->pairs[0]);
    if (data->pairs == NULL) {
        status = no_memory(reader);
    } else {
        status = take_lines(reader, text, take_pair);
    }
    vn_text_free(&text);
    return status == VN_OK ? order_pairs(reader) : status;
}

/* ---- Block list -------------------------------------------------------- */

static const char *take_term(struct reader *reader, struct vn_bytes line)
{
    struct vn_bytes term, flags, source;
    struct tune_word word;

    if (!vn_text_split(line, '\t', &term, &flags) ||
        !vn_text_split(flags, '\t', &flags, &source) ||
        !read_letters(term, &word)) {
        return "expected term, flags and source, with tabs between them";
    }
    for (size_t i = 0; i < flags.size; i++) {
        if (flags.data[i] != 'T' && flags.data[i] != 'S') {
            return "flags are T and S";
        }
        const uint32_t found =
            flags.data[i] == 'T' ? find_word(reader, &word) : UINT32_MAX;
        if (found != UINT32_MAX) {
            reader->data->words[found].blocked = true;
        }
    }
    return NULL;
}

static enum vn_status read_block(struct reader *reader)
{
    enum vn_status status = set_path(reader, "block.tsv");

    if (status == VN_OK) {
        status =
            vn_text_read(reader->path, &reader->data->block, reader->error);
    }
    return status == VN_OK ? take_lines(reader, reader->data->block, take_term)
                           : status;
}

/* ---- All --------------------------------------------------------------- */

static enum vn_status read_all(struct reader *reader)
{
    enum vn_status status = set_path(reader, "terms.tsv");

    if (status == VN_OK) {
        status =
            tune_terms_read(&reader->data->terms, reader->path, reader->error);
    }
    if (status == VN_OK) {
        status = read_words(reader);
    }
    if (status == VN_OK) {
        mark_words(reader->data);
        status = read_pairs(reader);
    }
    return status == VN_OK ? read_block(reader) : status;
}

static bool join_rows(struct tune_data *data)
{
    bool joined = tune_features_join(&data->word_features) &&
                  tune_features_join(&data->pair_features);

    for (unsigned i = 0; i < TUNE_PLACES; i++) {
        joined = joined && tune_features_join(&data->place_features[i]);
    }
    return joined;
}

enum vn_status tune_data_read(struct tune_data *data, const char *folder,
                              struct vn_error *error)
{
    struct reader reader = {.data = data, .error = error};

    data->folder = folder;
    if (!tune_terms_init(&data->terms)) {
        return no_memory(&reader);
    }
    enum vn_status status = read_all(&reader);
    if (status == VN_OK && (!join_rows(data) || !tune_search_init(data))) {
        status = no_memory(&reader);
    }
    if (reader.names.table != NULL) {
        hdestroy_r(&reader.names);
    }
    return status;
}

void tune_data_reset(struct tune_data *data)
{
    tune_terms_reset(&data->terms);
    tune_features_reset(&data->word_features);
    for (unsigned i = 0; i < TUNE_PLACES; i++) {
        tune_features_reset(&data->place_features[i]);
    }
    tune_features_reset(&data->pair_features);
    vn_text_free(&data->block);
    free(data->words);
    free(data->pairs);
    free(data->pair_start);
    free(data->whole_start);
    free(data->whole);
    free(data->over_start);
    free(data->over);
    *data = (struct tune_data){.word_count = 0};
}
