/* number.c: reads, normalises and displays telephone numbers. */
#include "number.h"

#include <assert.h>
#include <string.h>

#include "number_country.h"

#define NANP_DIGITS 10u
#define OTHER_DIGITS_MIN 8u
#define OVERDIAL_MAX 3u

#define ANY_FORM                                                               \
    "a number has 7 (bare suffix), 10 or 11 keys (NANP), or + and 8 to 15"

/* What a byte is: a key (its digit in the low four bits), dropped, or '+'. */
#define KEY 0x20
#define LETTER (KEY | 0x10)
#define DROPPED 0x40
#define PLUS 0x80
#define DIGIT_MASK 0x0f

#define LETTERS(a, b, c, key)                                                  \
    [(a)] = LETTER | (key), [(b)] = LETTER | (key), [(c)] = LETTER | (key)

/*
 * vn_keypad_key() as a table with the rest of the input's alphabet, since
 * reading is one look-up a byte. 0 = refused.
 */
static const uint8_t kinds[256] = {
    ['0'] = KEY | 0,
    ['1'] = KEY | 1,
    ['2'] = KEY | 2,
    ['3'] = KEY | 3,
    ['4'] = KEY | 4,
    ['5'] = KEY | 5,
    ['6'] = KEY | 6,
    ['7'] = KEY | 7,
    ['8'] = KEY | 8,
    ['9'] = KEY | 9,
    LETTERS('A', 'B', 'C', 2),
    LETTERS('D', 'E', 'F', 3),
    LETTERS('G', 'H', 'I', 4),
    LETTERS('J', 'K', 'L', 5),
    LETTERS('M', 'N', 'O', 6),
    LETTERS('P', 'Q', 'R', 7),
    ['S'] = LETTER | 7,
    LETTERS('T', 'U', 'V', 8),
    LETTERS('W', 'X', 'Y', 9),
    ['Z'] = LETTER | 9,
    LETTERS('a', 'b', 'c', 2),
    LETTERS('d', 'e', 'f', 3),
    LETTERS('g', 'h', 'i', 4),
    LETTERS('j', 'k', 'l', 5),
    LETTERS('m', 'n', 'o', 6),
    LETTERS('p', 'q', 'r', 7),
    ['s'] = LETTER | 7,
    LETTERS('t', 'u', 'v', 8),
    LETTERS('w', 'x', 'y', 9),
    ['z'] = LETTER | 9,
    [' '] = DROPPED,
    ['-'] = DROPPED,
    ['.'] = DROPPED,
    ['('] = DROPPED,
    [')'] = DROPPED,
    ['/'] = DROPPED,
    ['+'] = PLUS,
};

/* The keys of an input, as entries of kinds[], and what stood before them. */
struct keys {
    uint8_t kinds[VN_NUMBER_INPUT_MAX];
    size_t count;
    bool plus;
};

/* Which of the keys make the number. */
struct shape {
    size_t first;  /* keys before it are the NANP's leading 1 */
    size_t length; /* keys of the number from there */
    bool nanp;
    bool bare;
    bool runs_on; /* letters may follow */
};

static enum vn_status refuse_byte(const char *text, size_t at,
                                  struct vn_error *error)
{
    const char *problem = "is not part of a number; use digits, letters, "
                          "space - . ( ) / and a leading +";
    const char c = text[at];

    if (c == '+') {
        problem = "is a + inside the number; one + may stand before the "
                  "first digit";
    } else if (c == '\0') {
        problem = "is NUL, which is not part of a number; give text";
    }
    (void)vn_error_set(error, VN_INVALID, "byte %zu %s", at + 1, problem);
    if (error != NULL) {
        error->byte = at + 1;
    }
    return VN_INVALID;
}

/* Fills 'keys', without branches that depend on how a number is written. */
static enum vn_status read_keys(const char *text, size_t length,
                                struct keys *keys, struct vn_error *error)
{
    size_t count = 0;

    keys->plus = false;
    for (size_t i = 0; i < length; i++) {
        const uint8_t kind = kinds[(unsigned char)text[i]];
        if ((kind & (KEY | DROPPED)) == 0) {
            if (kind != PLUS || keys->plus || count > 0) {
                return refuse_byte(text, i, error);
            }
            keys->plus = true;
        }
        keys->kinds[count] = kind;
        count += (kind & KEY) != 0;
    }
    keys->count = count;
    return VN_OK;
}

static struct shape find_shape(const struct keys *keys)
{
    const bool begins_with_1 = keys->count > 0 && keys->kinds[0] == (KEY | 1);

    if (begins_with_1 && (keys->plus || keys->count > NANP_DIGITS)) {
        return (struct shape){
            .first = 1, .length = NANP_DIGITS, .nanp = true, .runs_on = true};
    }
    if (keys->plus) {
        const size_t length =
            keys->count < VN_E164_DIGITS ? keys->count : VN_E164_DIGITS;
        return (struct shape){.length = length};
    }
    if (keys->count >= NANP_DIGITS) {
        return (struct shape){
            .length = NANP_DIGITS, .nanp = true, .runs_on = true};
    }
    return (struct shape){
        .length = VN_SUFFIX_DIGITS, .bare = true, .runs_on = true};
}

static enum vn_status refuse_count(const char *what, size_t count,
                                   const char *fix, struct vn_error *error)
{
    (void)vn_error_set(error, VN_INVALID, "%s: %zu; %s", what, count, fix);
    return VN_INVALID;
}

static enum vn_status refuse_few(const struct keys *keys, struct shape shape,
                                 struct vn_error *error)
{
    const char *fix = ANY_FORM;

    if (keys->count == 0) {
        (void)vn_error_set(error, VN_INVALID, "there is no number; " ANY_FORM);
        return VN_INVALID;
    }
    if (shape.nanp) {
        fix = "a number with +1 has 11, the 1 included";
    } else if (keys->plus) {
        fix = "a number with + has 8 to 15, with +1 it has 11";
    }
    return refuse_count("too few keys", keys->count, fix, error);
}

/* Keys past the number: none without overdial, else letters only, at most 3. */
static enum vn_status check_past(const struct keys *keys, struct shape shape,
                                 struct vn_error *error)
{
    const size_t end = shape.first + shape.length;
    bool digit = false;

    for (size_t i = end; i < keys->count; i++) {
        digit |= (keys->kinds[i] & LETTER) != LETTER;
    }
    if (!shape.runs_on) {
        return refuse_count("too many keys", keys->count,
                            "a number with + has 8 to 15, and no extension",
                            error);
    }
    if (digit && shape.bare) {
        return refuse_count("wrong number of keys", keys->count, ANY_FORM,
                            error);
    }
    if (digit || keys->count - end > OVERDIAL_MAX) {
        return refuse_count("too many keys", keys->count,
                            "a NANP number has 10, or 11 with the 1; at most "
                            "3 letters may follow, and no extension",
                            error);
    }
    return VN_OK;
}

static enum vn_status check_count(const struct keys *keys, struct shape shape,
                                  struct vn_error *error)
{
    const size_t end = shape.first + shape.length;

    if (keys->count < end ||
        (!shape.nanp && !shape.bare && keys->count < OTHER_DIGITS_MIN)) {
        return refuse_few(keys, shape, error);
    }
    return keys->count > end ? check_past(keys, shape, error) : VN_OK;
}

/* A word behind the plus ("+anonymous") dials a code that exists. */
static enum vn_status check_country(const struct keys *keys,
                                    struct vn_error *error)
{
    const uint8_t first = keys->kinds[0];

    if (keys->plus && (first == (KEY | 0) || (first & LETTER) == LETTER)) {
        return vn_error_set(error, VN_INVALID,
                            "no country code begins so; a digit from 1 to 9 "
                            "comes after the +");
    }
    return VN_OK;
}

static unsigned digit_of(uint8_t kind)
{
    return kind & DIGIT_MASK;
}

/* Area code or exchange: NXX with N = 2..9, and not N11. */
static bool is_nxx(const uint8_t kind[3])
{
    return digit_of(kind[0]) >= 2 &&
           !(digit_of(kind[1]) == 1 && digit_of(kind[2]) == 1);
}

static void fill(const uint8_t *kind, struct shape shape,
                 struct vn_number *number)
{
    struct vn_number result = {.dialable = VN_DIALABLE_UNKNOWN};
    char *out = result.e164;

    for (size_t i = shape.length - VN_SUFFIX_DIGITS; i < shape.length; i++) {
        result.suffix = result.suffix * 10 + digit_of(kind[i]);
    }
    if (!shape.bare) {
        *out++ = '+';
    }
    if (shape.nanp) {
        *out++ = '1';
        result.dialable =
            is_nxx(kind) && is_nxx(kind + 3) ? VN_DIALABLE_YES : VN_DIALABLE_NO;
    }
    for (size_t i = 0; !shape.bare && i < shape.length; i++) {
        *out++ = (char)('0' + digit_of(kind[i]));
    }
    *number = result;
}

enum vn_status vn_number_parse(const char *text, size_t length,
                               struct vn_number *number, struct vn_error *error)
{
    struct keys keys;

    if (length > VN_NUMBER_INPUT_MAX) {
        return vn_error_set(error, VN_INVALID,
                            "%zu bytes are no number; give one number of at "
                            "most %u bytes",
                            length, VN_NUMBER_INPUT_MAX);
    }
    enum vn_status status = read_keys(text, length, &keys, error);
    if (status != VN_OK) {
        return status;
    }
    const struct shape shape = find_shape(&keys);
    status = check_count(&keys, shape, error);
    if (status == VN_OK) {
        status = check_country(&keys, error);
    }
    if (status == VN_OK) {
        fill(keys.kinds + shape.first, shape, number);
    }
    return status;
}

static char *append(char *out, const char *text, size_t length)
{
    memcpy(out, text, length);
    return out + length;
}

/* Country code 1: "1-800-"; others "+44 207 ", "+44 ", "+4420 ". */
static char *append_front(char *out, const char *e164)
{
    const char *digits = e164 + 1;
    const size_t length = strlen(digits) - VN_SUFFIX_DIGITS;

    if (digits[0] == '1') {
        out = append(out, "1-", 2);
        out = append(out, digits + 1, length - 1);
        return append(out, "-", 1);
    }
    size_t country = number_country_length(digits, length);
    if (country == 0) {
        country = length;
    }
    *out++ = '+';
    out = append(out, digits, country);
    *out++ = ' ';
    if (country < length) {
        out = append(out, digits + country, length - country);
        *out++ = ' ';
    }
    return out;
}

static void write_digits(uint32_t value, char *out, size_t count)
{
    for (size_t i = count; i > 0; i--) {
        out[i - 1] = (char)('0' + value % 10);
        value /= 10;
    }
}

void vn_number_display(const struct vn_number *number, const char *spelling,
                       char out[VN_DISPLAY_SIZE])
{
    char digits[VN_SUFFIX_DIGITS];
    char *end = out;

    if (number->e164[0] != '\0') {
        end = append_front(end, number->e164);
    }
    if (spelling == NULL) {
        write_digits(number->suffix, digits, sizeof digits);
        end = append(end, digits, sizeof digits);
    } else {
        end = append(end, spelling, strnlen(spelling, VN_SPELLING_SIZE - 1));
    }
    *end = '\0';
}

static const uint32_t powers[VN_SUFFIX_DIGITS + 1] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};

enum vn_status vn_prefix_parse(const char *text, struct vn_prefix *prefix,
                               struct vn_error *error)
{
    const size_t length = strlen(text);
    uint32_t digits = 0;

    if (length > VN_SUFFIX_DIGITS) {
        return vn_error_set(error, VN_INVALID,
                            "a prefix has at most %u digits, not %zu",
                            VN_SUFFIX_DIGITS, length);
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return vn_error_set(error, VN_INVALID,
                                "byte %zu of the prefix is no digit; give 0 "
                                "to %u digits",
                                i + 1, VN_SUFFIX_DIGITS);
        }
        digits = digits * 10 + (uint32_t)(text[i] - '0');
    }
    *prefix = (struct vn_prefix){digits, (unsigned)length};
    return VN_OK;
}

uint32_t vn_prefix_count(struct vn_prefix prefix)
{
    assert(prefix.length <= VN_SUFFIX_DIGITS);
    return powers[VN_SUFFIX_DIGITS - prefix.length];
}

uint32_t vn_prefix_first(struct vn_prefix prefix)
{
    return prefix.digits * vn_prefix_count(prefix);
}

bool vn_prefix_holds(struct vn_prefix prefix, uint32_t suffix)
{
    return suffix / vn_prefix_count(prefix) == prefix.digits;
}
