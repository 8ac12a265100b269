/* item.c: a record as a DynamoDB item: JSON, size, hash. */
#include "item.h"

#include "engine/text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

/*
 * The item is a few fixed pieces with texts between them. Texts are copied
 * with their full field, 16 bytes, and overwritten by what follows: a copy of
 * fixed size costs less than one of the exact length.
 */
#define KEY_OPEN "{\"" ITEM_KEY "\":{\"S\":\""
#define KEY_CLOSE "\"}"
#define SPELLINGS ",\"spellings\":{\"L\":["
#define SCORES "]},\"scores\":{\"L\":["
#define STRING_OPEN "{\"S\":\""
#define NUMBER_OPEN "{\"N\":\""
#define VALUE_CLOSE "\"},"
#define ITEM_CLOSE "]}}"

#define TEXT_MAX (VN_SPELLING_SIZE - 1)
/* Longest score as text: "-229". */
#define NUMBER_MAX 4u
#define LITERAL_SIZE(text) (sizeof(text) - 1)

static_assert(LITERAL_SIZE(KEY_OPEN SPELLINGS SCORES ITEM_CLOSE KEY_CLOSE) +
                      VN_SUFFIX_DIGITS +
                      VN_CANDIDATES *
                          (LITERAL_SIZE(STRING_OPEN VALUE_CLOSE) + TEXT_MAX) +
                      VN_CANDIDATES *
                          (LITERAL_SIZE(NUMBER_OPEN VALUE_CLOSE) + NUMBER_MAX) +
                      TEXT_MAX <
                  ITEM_JSON_MAX,
              "an item and the overhang of its last text fit");

/*
 * The texts of an item, as they came from a record or from a table. All are
 * spelled before the first is copied: a copy of bytes that were written one by
 * one just before has to wait for them.
 */
struct item_texts {
    char suffix[VN_SUFFIX_DIGITS];
    unsigned count;
    unsigned text_sizes[VN_CANDIDATES], number_sizes[VN_CANDIDATES];
    struct vn_spelling spellings[VN_CANDIDATES]; // their texts alone
    char numbers[VN_CANDIDATES][NUMBER_MAX];
};

#define ADD_LITERAL(at, literal)                                               \
    ((char *)memcpy((at), (literal), LITERAL_SIZE(literal)) +                  \
     LITERAL_SIZE(literal))

static void write_suffix(uint32_t suffix, char out[VN_SUFFIX_DIGITS])
{
    assert(suffix < VN_SUFFIXES);
    for (unsigned i = VN_SUFFIX_DIGITS; i > 0; i--) {
        out[i - 1] = (char)('0' + suffix % 10);
        suffix /= 10;
    }
}

static unsigned write_number(int number, char out[NUMBER_MAX])
{
    const unsigned value = (unsigned)abs(number);
    unsigned size = 0;

    assert(value < 1000);
    if (number < 0) {
        out[size++] = '-';
    }
    if (value >= 100) {
        out[size++] = (char)('0' + value / 100);
    }
    if (value >= 10) {
        out[size++] = (char)('0' + value / 10 % 10);
    }
    out[size++] = (char)('0' + value % 10);
    return size;
}

/* Seven keys, a hyphen at each of the six places that is cut, the overdial. */
static unsigned text_size(uint32_t code, unsigned overdial)
{
    unsigned cuts = code >> VN_CODE_CUTS_SHIFT & 0x3fu;

    cuts -= cuts >> 1 & 0x15u; // the count of each pair of bits
    return VN_SUFFIX_DIGITS + (cuts & 3u) + (cuts >> 2 & 3u) + (cuts >> 4) +
           overdial;
}

/* False for a record without candidate or a damaged one. */
static bool texts_of_record(uint32_t suffix, const struct vn_record *record,
                            struct item_texts *texts)
{
    texts->count = vn_record_count(record);
    for (unsigned i = 0; i < texts->count; i++) {
        struct vn_spelling *spelling = &texts->spellings[i];
        const uint32_t code = record->codes[i];
        if (vn_spell(suffix, code, record->tails[i], spelling) != VN_OK) {
            return false;
        }
        texts->text_sizes[i] = text_size(code, spelling->overdial);
        assert(texts->text_sizes[i] == strlen(spelling->text));
        texts->number_sizes[i] =
            write_number(spelling->score, texts->numbers[i]);
    }
    write_suffix(suffix, texts->suffix);
    return texts->count > 0;
}

static char *write_key(const char suffix[VN_SUFFIX_DIGITS], char *at)
{
    at = ADD_LITERAL(at, KEY_OPEN);
    memcpy(at, suffix, VN_SUFFIX_DIGITS);
    return ADD_LITERAL(at + VN_SUFFIX_DIGITS, KEY_CLOSE);
}

static size_t write_texts(const struct item_texts *texts, char *out)
{
    char *at = ADD_LITERAL(write_key(texts->suffix, out), SPELLINGS);

    for (unsigned i = 0; i < texts->count; i++) {
        at = ADD_LITERAL(at, STRING_OPEN);
        memcpy(at, texts->spellings[i].text, TEXT_MAX);
        at = ADD_LITERAL(at + texts->text_sizes[i], VALUE_CLOSE);
    }
    at = ADD_LITERAL(at - 1, SCORES); // over the last comma
    for (unsigned i = 0; i < texts->count; i++) {
        at = ADD_LITERAL(at, NUMBER_OPEN);
        memcpy(at, texts->numbers[i], NUMBER_MAX);
        at = ADD_LITERAL(at + texts->number_sizes[i], VALUE_CLOSE);
    }
    at = ADD_LITERAL(at - 1, ITEM_CLOSE);
    return (size_t)(at - out);
}

size_t item_write(uint32_t suffix, const struct vn_record *record, char *out)
{
    struct item_texts texts;

    return texts_of_record(suffix, record, &texts) ? write_texts(&texts, out)
                                                   : 0;
}

size_t item_write_key(uint32_t suffix, char *out)
{
    char digits[VN_SUFFIX_DIGITS];

    write_suffix(suffix, digits);
    char *at = write_key(digits, out);
    *at++ = '}';
    return (size_t)(at - out);
}

/*
 * A number takes 1 byte and one for every two significant digits, a negative
 * one another byte; trailing zeros are not significant, but count here: the
 * size is an upper bound, at most a byte an element too high.
 */
static size_t number_size(const char *number, unsigned size)
{
    const unsigned sign = number[0] == '-' ? 1 : 0;

    return 1 + sign + (size - sign + 1) / 2;
}

size_t item_size(uint32_t suffix, const struct vn_record *record)
{
    struct item_texts texts;
    size_t size = LITERAL_SIZE(ITEM_KEY) + VN_SUFFIX_DIGITS +
                  LITERAL_SIZE("spellings") + 3 + LITERAL_SIZE("scores") + 3;

    if (!texts_of_record(suffix, record, &texts)) {
        return 0;
    }
    for (unsigned i = 0; i < texts.count; i++) {
        size += 1 + texts.text_sizes[i];
        size += 1 + number_size(texts.numbers[i], texts.number_sizes[i]);
    }
    return size;
}

uint64_t item_hash(uint32_t suffix, const struct vn_record *record)
{
    char text[ITEM_JSON_MAX];
    const size_t size = item_write(suffix, record, text);

    return size > 0 ? XXH3_64bits(text, size) : 0;
}

/* ---- Items that came back ----------------------------------------------- */

/* The text of {"S":"..."} or {"N":"..."}; data NULL for anything else. */
static struct vn_bytes typed_text(const json_t *value, const char *type)
{
    const json_t *text = json_object_get(value, type);

    if (json_object_size(value) != 1 || !json_is_string(text)) {
        return (struct vn_bytes){NULL, 0};
    }
    return (struct vn_bytes){json_string_value(text), json_string_length(text)};
}

static bool read_suffix(const json_t *item, char digits[VN_SUFFIX_DIGITS],
                        uint32_t *suffix)
{
    const struct vn_bytes key =
        typed_text(json_object_get(item, ITEM_KEY), "S");
    uint32_t value = 0;

    if (key.data == NULL || key.size != VN_SUFFIX_DIGITS) {
        return false;
    }
    for (size_t i = 0; i < key.size; i++) {
        if (key.data[i] < '0' || key.data[i] > '9') {
            return false;
        }
        value = value * 10 + (uint32_t)(key.data[i] - '0');
    }
    memcpy(digits, key.data, VN_SUFFIX_DIGITS);
    *suffix = value;
    return true;
}

static bool is_spelled(struct vn_bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        const char c = text.data[i];
        if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '-') {
            return false;
        }
    }
    return true;
}

/* Takes a text of a list; false if it cannot be ours. */
static bool read_text(const json_t *list, size_t index, const char *type,
                      size_t max, char *out, unsigned *size)
{
    const struct vn_bytes text = typed_text(json_array_get(list, index), type);

    if (text.data == NULL || text.size > max || !is_spelled(text)) {
        return false;
    }
    memcpy(out, text.data, text.size);
    *size = (unsigned)text.size;
    return true;
}

static const json_t *list_of(const json_t *item, const char *name)
{
    const json_t *value = json_object_get(item, name);

    return json_object_size(value) == 1 ? json_object_get(value, "L") : NULL;
}

/* False where the item has not the shape that item_write() makes. */
static bool texts_of_json(const json_t *item, struct item_texts *texts)
{
    const json_t *spellings = list_of(item, "spellings");
    const json_t *scores = list_of(item, "scores");
    const size_t count = json_array_size(spellings);

    if (json_object_size(item) != 3 || count == 0 || count > VN_CANDIDATES ||
        json_array_size(scores) != count) {
        return false;
    }
    *texts = (struct item_texts){.count = (unsigned)count};
    for (size_t i = 0; i < count; i++) {
        if (!read_text(spellings, i, "S", TEXT_MAX, texts->spellings[i].text,
                       &texts->text_sizes[i]) ||
            !read_text(scores, i, "N", NUMBER_MAX, texts->numbers[i],
                       &texts->number_sizes[i])) {
            return false;
        }
    }
    return true;
}

/* The hash of an item of another shape, which no record has. */
static bool hash_foreign(const json_t *item, uint64_t *hash)
{
    char *text = json_dumps(item, JSON_COMPACT | JSON_SORT_KEYS);

    if (text == NULL) {
        return false;
    }
    *hash = XXH3_64bits(text, strlen(text));
    free(text);
    return true;
}

bool item_hash_json(const json_t *item, uint32_t *suffix, uint64_t *hash)
{
    char digits[VN_SUFFIX_DIGITS];
    struct item_texts texts;
    char text[ITEM_JSON_MAX];

    if (!read_suffix(item, digits, suffix)) {
        return false;
    }
    if (!texts_of_json(item, &texts)) {
        return hash_foreign(item, hash);
    }
    memcpy(texts.suffix, digits, sizeof digits);
    *hash = XXH3_64bits(text, write_texts(&texts, text));
    return true;
}
