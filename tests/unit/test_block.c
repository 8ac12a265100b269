/* test_block.c: blocked spans against a plain search of the text. */
#include "engine_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "engine/block.h"
#include "engine/key.h"
#include "engine/keypad.h"

#define KEYS VN_SUFFIX_DIGITS
#define TEXT_MAX (KEYS + VN_TAIL_MAX)
#define TERMS_MAX 64u

/* A spelling as text with borders; letters past the seventh key are tail. */
struct spelling {
    char text[TEXT_MAX + 1];
    bool border[TEXT_MAX + 1]; /* a segment begins or ends before this one */
};

static struct block_term terms[TERMS_MAX];

/* ---- The definition --------------------------------------------------- */

static char as_letter(char c)
{
    static const char digits[] = "013457", letters[] = "OIEAST";
    const char *found = c != '\0' ? strchr(digits, c) : NULL;

    return found != NULL ? letters[found - digits] : c;
}

static bool stands_at(const struct spelling *spelling,
                      const struct block_term *term, size_t at)
{
    bool across = false;

    for (size_t i = 0; i < term->length; i++) {
        if (as_letter(spelling->text[at + i]) != term->letters[i]) {
            return false;
        }
        across |= i > 0 && spelling->border[at + i];
    }
    const bool aligned =
        spelling->border[at] && spelling->border[at + term->length];
    return across && (term->length >= 4 || aligned);
}

static bool is_blocked(const struct spelling *spelling,
                       const struct block_term *term)
{
    const size_t length = strlen(spelling->text);

    for (size_t at = 0; at + term->length <= length; at++) {
        if (stands_at(spelling, term, at)) {
            return true;
        }
    }
    return false;
}

/* ---- The engine ------------------------------------------------------- */

static int64_t key_of(const struct spelling *spelling)
{
    const unsigned length = (unsigned)strlen(spelling->text);
    unsigned digits = 0, segments = 1, cuts = 0;
    uint32_t letters = 0;

    for (unsigned i = 0; i < KEYS; i++) {
        const unsigned rank = vn_keypad_rank(spelling->text[i]);
        letters |= rank << KEY_LETTER_SHIFT(i);
        digits += rank == 0;
        if (i > 0 && spelling->border[i]) {
            cuts |= key_cut(i);
            segments++;
        }
    }
    return KEY_EMPTY + key_score(-500) +
           key_fields(digits, segments, letters,
                      key_tail_make(spelling->text + KEYS, length - KEYS),
                      cuts);
}

static struct block_trace trace_of(const struct block_set *set,
                                   const struct spelling *spelling)
{
    struct block_trace trace;

    block_trace_start(&trace);
    for (unsigned i = 0; i < KEYS; i++) {
        block_trace_step(set, &trace, i,
                         (unsigned)vn_keypad_key(spelling->text[i]));
    }
    return trace;
}

static bool hits(const struct block_set *set, const struct spelling *spelling)
{
    const struct block_trace trace = trace_of(set, spelling);
    const bool hit = block_hits(set, &trace, key_of(spelling));

    assert_true(!hit || trace.active[KEYS]);
    return hit;
}

static struct block_set make_set(uint32_t count)
{
    static struct vn_lexicon lexicon;
    struct block_set set;

    lexicon.terms = terms;
    lexicon.term_count = count;
    assert_true(block_set_init(&set, &lexicon));
    return set;
}

static void set_term(struct block_term *term, const char *letters)
{
    memset(term, 0, sizeof *term);
    term->length = (uint8_t)strlen(letters);
    memcpy(term->letters, letters, term->length);
    term->flags = BLOCK_SPAN;
}

/* ---- Examples --------------------------------------------------------- */

static struct spelling read_spelling(const char *form)
{
    struct spelling spelling = {.border = {true}};
    size_t length = 0;

    for (; *form != '\0'; form++) {
        if (*form == '-') {
            spelling.border[length] = true;
        } else {
            spelling.text[length++] = *form;
        }
    }
    spelling.border[length] = true;
    return spelling;
}

struct example {
    const char *term;
    const char *form;
    bool blocked;
};

static const struct example examples[] = {
    // four letters or more: anywhere across a border
    {"PLOVER", "AP-LOVER", true},
    {"PLOVER", "P-LOVERS", true},
    {"PLOVER", "PLO-VERY", true},
    {"PLOVER", "P-L-O-V-E-R-S", true},
    {"LOVE", "XL-OVENS", true},
    {"LOVE", "ABC-LOVE", false}, // inside one word
    {"LOVE", "LOVE-YOU", false}, // up to the border
    {"LOVE", "GLOVE-UP", false},
    {"PLOVER", "PL-OVENS", false},
    // three letters or less: from border to border
    {"LOB", "L-OB-ABCD", true},
    {"LOB", "AB-LO-B-CD", true},
    {"LOB", "ABCD-L-OB", true},
    {"LOB", "SLO-B-ABC", false},
    {"LOB", "LO-BE-ABC", false},
    {"LOB", "LOB-ABCD", false},
    {"OB", "ABCDE-O-B", true},
    {"OB", "SO-BIGGY", false},
    // digits read as letters
    {"LOVE", "XL-0-VENS", true},
    {"LOVE", "L-0-V-3-ABC", true},
    {"LOVE", "ABCL-0-V-3", true},
    {"SOTA", "5074-BEN", false}, // one run
    {"SOTA", "BEN-S-074", true},
    {"SIT", "ABCD-5-I-7", true},
    {"LOBE", "LO-8-EARS", false}, // 8 is no letter
    {"LOB", "L-0-BOXES", false},
    // letters past the seventh key
    {"PLOVER", "ABCP-LOVER", true},
    {"PLOVER", "ABC-PLOVER", false},
    {"PLOVERS", "ABCP-LOVERS", true},
    {"LOB", "ABC-L-OBX", false},
    {"LOVE", "ABCL-OVE", true},
    {"LOVE", "ABCL-OVEN", true},
    {"DOVETAILS", "DO-VETAILS", true},
    {"DOVETAIL", "DO-VETAILS", true},
    {"DOVETAILED", "D-OVETAILED", true},
    {"DOVETAIL", "DO-VETAIN", false},
};

static void spans_are_blocked_as_defined(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const struct example *example = &examples[i];
        const struct spelling spelling = read_spelling(example->form);
        set_term(&terms[0], example->term);
        if (strlen(spelling.text) < KEYS || strlen(spelling.text) > TEXT_MAX ||
            is_blocked(&spelling, &terms[0]) != example->blocked) {
            fail_msg("%s in %s: a bad example", example->term, example->form);
        }
        struct block_set set = make_set(1);
        const bool hit = hits(&set, &spelling);
        block_set_reset(&set);
        if (hit != example->blocked) {
            fail_msg("%s in %s: %d", example->term, example->form, hit);
        }
    }
}

static void a_term_without_the_span_flag_blocks_nothing(void **state)
{
    const struct spelling spelling = read_spelling("P-LOVERS");

    (void)state;
    set_term(&terms[0], "PLOVER");
    terms[0].flags = BLOCK_TOKEN;
    struct block_set set = make_set(1);
    assert_false(hits(&set, &spelling));
    assert_false(trace_of(&set, &spelling).active[KEYS]);
    block_set_reset(&set);
    block_set_reset(&set);
}

static void no_terms_block_nothing(void **state)
{
    struct block_set set = make_set(0);
    const struct spelling spelling = read_spelling("P-LOVERS");

    (void)state;
    assert_false(hits(&set, &spelling));
    block_set_reset(&set);
}

static void a_trace_is_active_from_the_end_of_a_match_on(void **state)
{
    (void)state;
    set_term(&terms[0], "LOVE");
    struct block_set set = make_set(1);
    const struct spelling spelling = read_spelling("PLOVERS");
    const struct block_trace trace = trace_of(&set, &spelling);
    for (unsigned d = 0; d <= KEYS; d++) {
        assert_int_equal(trace.active[d], d >= 5);
    }
    block_set_reset(&set);
}

/* ---- Random spellings ------------------------------------------------- */

static const char alphabet[] = "AEIOSTBLNM";

static char random_letter(void)
{
    return alphabet[fixture_random(sizeof alphabet - 1)];
}

static void random_terms(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        char letters[VN_WORD_LETTERS_MAX + 1] = "";
        const unsigned length = 2 + fixture_random(9);
        for (unsigned k = 0; k < length; k++) {
            letters[k] = random_letter();
        }
        set_term(&terms[i], letters);
    }
}

/* Writes a term, or a part of it, somewhere over the text. */
static void plant(const struct block_term *term, char *text, unsigned length)
{
    const unsigned at = fixture_random(length);

    for (unsigned i = 0; i < term->length && at + i < length; i++) {
        text[at + i] = term->letters[i];
    }
}

/*
 * Some letters become the digits that read or dial like them; the last three
 * of the seven stay letters if there is a tail.
 */
static void place_digits(char *text, unsigned end)
{
    for (unsigned i = 0; i < end; i++) {
        const char *found = strchr("OIEAST", text[i]);
        const unsigned choice = fixture_random(12);
        if (choice < 2 && found != NULL) {
            text[i] = "013457"[found - "OIEAST"];
        } else if (choice == 2) {
            text[i] = (char)('0' + vn_keypad_key(text[i]));
        }
    }
}

/* Borders stand where letters meet digits, and at random within letters. */
static void place_borders(struct spelling *spelling, unsigned length)
{
    const unsigned last = length > KEYS ? KEYS - 3 : KEYS - 1;

    spelling->border[0] = true;
    spelling->border[length] = true;
    for (unsigned i = 1; i < KEYS; i++) {
        const bool left = vn_keypad_rank(spelling->text[i - 1]) > 0;
        const bool right = vn_keypad_rank(spelling->text[i]) > 0;
        spelling->border[i] = left != right || (left && right && i <= last &&
                                                fixture_random(3) == 0);
    }
}

static struct spelling random_spelling(uint32_t term_count)
{
    struct spelling spelling = {.text = ""};
    const unsigned past = fixture_random(2) * fixture_random(VN_TAIL_MAX + 1);
    const unsigned length = KEYS + past;

    for (unsigned i = 0; i < length; i++) {
        spelling.text[i] = random_letter();
    }
    if (fixture_random(4) != 0) {
        plant(&terms[fixture_random(term_count)], spelling.text, length);
    }
    if (fixture_random(2) == 0) {
        place_digits(spelling.text, past > 0 ? KEYS - 3 : KEYS);
    }
    place_borders(&spelling, length);
    return spelling;
}

static bool is_blocked_by_any(const struct spelling *spelling, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (is_blocked(spelling, &terms[i])) {
            return true;
        }
    }
    return false;
}

/* A form that prints: with hyphens. */
static void write_form(const struct spelling *spelling, char *out)
{
    for (size_t i = 0; spelling->text[i] != '\0'; i++) {
        if (i > 0 && spelling->border[i]) {
            *out++ = '-';
        }
        *out++ = spelling->text[i];
    }
    *out = '\0';
}

static void random_spellings_are_blocked_as_a_plain_search_says(void **state)
{
    unsigned blocked = 0, free_ones = 0, with_tail = 0;

    (void)state;
    for (unsigned round = 0; round < 60; round++) {
        const uint32_t count = 1 + fixture_random(TERMS_MAX - 1);
        random_terms(count);
        struct block_set set = make_set(count);
        for (unsigned n = 0; n < 4000; n++) {
            const struct spelling spelling = random_spelling(count);
            const bool expected = is_blocked_by_any(&spelling, count);
            if (hits(&set, &spelling) != expected) {
                char form[2 * TEXT_MAX + 1];
                write_form(&spelling, form);
                fail_msg("%s: %d expected", form, expected);
            }
            blocked += expected;
            free_ones += !expected;
            with_tail += expected && spelling.text[KEYS] != '\0';
        }
        block_set_reset(&set);
    }
    print_message("%u blocked (%u with a tail), %u not\n", blocked, with_tail,
                  free_ones);
    assert_true(blocked > 20000 && with_tail > 2000 && free_ones > 20000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_are_blocked_as_defined),
        cmocka_unit_test(a_term_without_the_span_flag_blocks_nothing),
        cmocka_unit_test(no_terms_block_nothing),
        cmocka_unit_test(a_trace_is_active_from_the_end_of_a_match_on),
        cmocka_unit_test(random_spellings_are_blocked_as_a_plain_search_says),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
