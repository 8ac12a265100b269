/* cmd_rank.c: vanity rank: which of these numbers is the best to buy. */
#include "candidate.h"
#include "cli.h"
#include "input.h"
#include "open.h"
#include "options.h"
#include "progress.h"

#include "index/index.h"
#include "tools/answer/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * 1. Read all numbers into entries of 16 bytes.
 * 2. Fetch the first candidate of each, in the order of the blocks: so each
 *    page of the index is read once, whatever the order of the input.
 * 3. Order by place and print. Both orders are made by counting, in one pass,
 *    stable: 20 bytes a number in all, 200 MB for ten million.
 */

/* The place of an entry: 8 bits score, 3 bits digits, 1 bit overdial. */
#define PLACES 4096u
#define PLACE_NONE (PLACES - 1)

/* Entries of the first allocation; it doubles. */
#define ENTRIES_START 4096u

/* A number, and its first candidate once that is known. */
struct entry {
    uint64_t digits : 56; /* E.164 as an integer, or the suffix */
    uint64_t length : 8;  /* digits of the E.164 number, 0 = bare suffix */
    uint32_t code;
    uint16_t tail;
    uint16_t place; /* 0 = best */
};

struct rank {
    struct options_common common;
    const char *path;
    const char *file;
    uint64_t limit;
    struct open_index open;
    struct entry *entries;
    uint32_t *order;
    size_t count, room;
    struct progress progress;
    struct refusals refused;
    struct vn_error error;
    struct output out;
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct rank *rank = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &rank->path;
        state->child_inputs[1] = &rank->common;
        return 0;
    case 'n':
        rank->limit = (uint64_t)cli_int("--limit", arg, 1, UINT32_MAX);
        return 0;
    case ARGP_KEY_ARG:
        if (rank->file != NULL) {
            cli_refuse("takes one file, but got '%s' too", arg);
        }
        rank->file = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        cli_refuse("no file given ('-' is standard input); see 'vanity rank "
                   "--help'");
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "limit",
     .key = 'n',
     .arg = "N",
     .doc = "Print the best N numbers only"},
    {0},
};

static const struct argp_child children[] = {
    {.argp = &options_index_argp},
    {.argp = &options_common_argp},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .children = children,
    .args_doc = "FILE\n-",
    .doc = "Order the numbers of FILE (one a line, '-' for standard input) by "
           "their best spelling, best first: score, spelling, number.\v"
           "Examples:\n"
           "  vanity rank for-sale.txt -n 10\n"
           "  vanity rank --json - < for-sale.txt",
};

/* ---- 1. Read ---------------------------------------------------------- */

static enum vn_status reserve(struct rank *rank)
{
    if (rank->count < rank->room) {
        return VN_OK;
    }
    const size_t room = rank->room == 0 ? ENTRIES_START : rank->room * 2;
    struct entry *grown =
        room > UINT32_MAX
            ? NULL
            : realloc(rank->entries, room * sizeof(rank->entries[0]));

    if (grown == NULL) {
        return vn_error_set(&rank->error, VN_NOMEM,
                            "out of memory after %zu numbers", rank->count);
    }
    rank->entries = grown;
    rank->room = room;
    return VN_OK;
}

static void set_number(struct entry *entry, const struct vn_number *number)
{
    uint64_t digits = number->suffix;
    size_t length = 0;

    if (number->e164[0] != '\0') {
        digits = 0;
        for (const char *c = number->e164 + 1; *c != '\0'; c++) {
            digits = digits * 10 + (uint64_t)(*c - '0');
            length++;
        }
    }
    *entry = (struct entry){.digits = digits & 0xffffffffffffff,
                            .length = length & 0xff,
                            .place = PLACE_NONE};
}

static void refuse(struct rank *rank, const struct input *in,
                   const char *sentence)
{
    if (refusals_add(&rank->refused)) {
        progress_hide(&rank->progress);
        cli_message("%s:%llu: %s", in->name, (unsigned long long)in->line,
                    sentence);
    }
}

static enum vn_status add_line(struct rank *rank, const struct input *in,
                               struct vn_bytes line)
{
    const struct vn_prefix prefix = vn_index_info(rank->open.index)->prefix;
    struct vn_number number;

    if (vn_number_parse(line.data, line.size, &number, &rank->error) != VN_OK) {
        refuse(rank, in, rank->error.message);
        return VN_OK;
    }
    if (!vn_prefix_holds(prefix, number.suffix)) {
        char sentence[96];

        snprintf(sentence, sizeof(sentence),
                 "outside this index, which holds suffixes that begin with "
                 "%0*u",
                 (int)prefix.length, (unsigned)prefix.digits);
        refuse(rank, in, sentence);
        return VN_OK;
    }
    const enum vn_status status = reserve(rank);

    if (status == VN_OK) {
        set_number(&rank->entries[rank->count++], &number);
    }
    return status;
}

static enum vn_status read_numbers(struct rank *rank)
{
    struct input in;
    struct vn_bytes line;
    enum vn_status status = input_open(&in, rank->file, NULL, &rank->error);

    progress_start(&rank->progress, "numbers", rank->common.quiet);
    while (status == VN_OK && input_next(&in, &line)) {
        status = add_line(rank, &in, line);
        if (in.line % PROGRESS_STEP == 0) {
            progress_share(&rank->progress, in.line, input_done(&in), in.size);
        }
    }
    progress_end(&rank->progress);
    if (status == VN_OK) {
        status = input_status(&in, &rank->error);
    }
    input_close(&in);
    return status;
}

/* ---- 2. and 3. Order -------------------------------------------------- */

static uint32_t entry_suffix(const struct entry *entry)
{
    return (uint32_t)(entry->digits % VN_SUFFIXES);
}

static uint32_t entry_block(const struct entry *entry)
{
    return entry_suffix(entry) / VN_BLOCK_SUFFIXES;
}

static uint32_t entry_place(const struct entry *entry)
{
    return entry->place;
}

/*
 * Fills 'order' with the entries by ascending 'key' (below 'keys'), equal ones
 * in the order of the input.
 */
static enum vn_status make_order(struct rank *rank,
                                 uint32_t (*key)(const struct entry *),
                                 uint32_t keys)
{
    uint32_t *starts = calloc((size_t)keys + 1, sizeof(starts[0]));

    if (starts == NULL) {
        return vn_error_set(&rank->error, VN_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < rank->count; i++) {
        starts[key(&rank->entries[i]) + 1]++;
    }
    for (uint32_t i = 0; i < keys; i++) {
        starts[i + 1] += starts[i];
    }
    for (size_t i = 0; i < rank->count; i++) {
        rank->order[starts[key(&rank->entries[i])]++] = (uint32_t)i;
    }
    free(starts);
    return VN_OK;
}

/* Score, higher first; fewer literal digits; no overdial first. */
static uint16_t make_place(const struct vn_spelling *spelling, uint32_t code)
{
    const unsigned badness = 255 - (code >> VN_CODE_SCORE_SHIFT);

    return (uint16_t)(badness << 4 | spelling->digits << 1 |
                      (spelling->overdial > 0 ? 1u : 0u));
}

static enum vn_status fetch_one(struct rank *rank, struct entry *entry)
{
    const uint32_t suffix = entry_suffix(entry);
    struct vn_record record;
    struct vn_spelling spelling;
    const enum vn_status status =
        vn_reader_get(rank->open.reader, suffix, &record, &rank->error);

    if (status != VN_OK || record.codes[0] == 0) {
        return status;
    }
    if (vn_spell(suffix, record.codes[0], record.tails[0], &spelling) !=
        VN_OK) {
        return open_index_unspellable(rank->open.path, suffix, &rank->error);
    }
    entry->code = record.codes[0];
    entry->tail = record.tails[0];
    entry->place = make_place(&spelling, entry->code);
    return VN_OK;
}

static enum vn_status fetch_all(struct rank *rank)
{
    enum vn_status status = make_order(rank, entry_block, VN_BLOCKS);

    progress_start(&rank->progress, "numbers", rank->common.quiet);
    for (size_t i = 0; status == VN_OK && i < rank->count; i++) {
        status = fetch_one(rank, &rank->entries[rank->order[i]]);
        if (i % PROGRESS_STEP == 0) {
            progress_update(&rank->progress, i, rank->count);
        }
    }
    progress_end(&rank->progress);
    return status;
}

/* ---- Print ------------------------------------------------------------ */

static void get_number(const struct entry *entry, struct vn_number *number)
{
    char text[1 + VN_E164_DIGITS] = "+";
    const bool bare = entry->length == 0;
    const size_t start = bare ? 0 : 1;
    const size_t size = bare ? VN_SUFFIX_DIGITS : start + entry->length;
    uint64_t rest = entry->digits;

    for (size_t at = size; at > start; rest /= 10) {
        text[--at] = (char)('0' + rest % 10);
    }
    // It was read from such a text: this cannot fail.
    if (vn_number_parse(text, size, number, NULL) != VN_OK) {
        *number = (struct vn_number){.suffix = entry_suffix(entry)};
    }
}

static void write_json(struct output *out, const struct vn_number *number,
                       const struct answer_front *front,
                       const struct vn_spelling *spelling)
{
    json_open(out, '{');
    candidate_number_json(out, number);
    answer_candidate_json(out, front, spelling);
    json_close(out, '}');
    json_line_end(out);
}

static void write_text(struct output *out, const struct vn_number *number,
                       const struct answer_front *front,
                       const struct vn_spelling *spelling)
{
    if (spelling != NULL) {
        output_int(out, spelling->score);
    }
    output_char(out, '\t');
    if (spelling != NULL) {
        answer_display(out, front, spelling);
    }
    output_char(out, '\t');
    if (number->e164[0] != '\0') {
        output_text(out, number->e164);
    } else {
        output_suffix(out, number->suffix);
    }
    output_char(out, '\n');
}

static void print_one(struct rank *rank, const struct entry *entry)
{
    struct vn_number number;
    struct answer_front front;
    struct vn_spelling spelling;
    const bool spelled = vn_spell(entry_suffix(entry), entry->code, entry->tail,
                                  &spelling) == VN_OK;

    get_number(entry, &number);
    answer_front(&number, &front);
    if (rank->common.json) {
        write_json(&rank->out, &number, &front, spelled ? &spelling : NULL);
    } else {
        write_text(&rank->out, &number, &front, spelled ? &spelling : NULL);
    }
}

static int print(struct rank *rank)
{
    const size_t wanted =
        rank->limit < rank->count ? (size_t)rank->limit : rank->count;

    cli_output_start(&rank->out);
    for (size_t i = 0; i < wanted && !output_failed(&rank->out); i++) {
        print_one(rank, &rank->entries[rank->order[i]]);
    }
    return cli_output_finish(&rank->out,
                             rank->refused.count > 0 ? CLI_REFUSED : CLI_DONE);
}

static int run(struct rank *rank)
{
    enum vn_status status = read_numbers(rank);

    refusals_end(&rank->refused);
    if (status == VN_OK) {
        rank->order = malloc((rank->count + 1) * sizeof(rank->order[0]));
        status = rank->order == NULL
                     ? vn_error_set(&rank->error, VN_NOMEM, "out of memory")
                     : fetch_all(rank);
    }
    if (status == VN_OK) {
        status = make_order(rank, entry_place, PLACES);
    }
    return status == VN_OK
               ? print(rank)
               : open_index_error(rank->open.path, status, &rank->error);
}

int cmd_rank(int argc, char **argv)
{
    struct rank *rank = calloc(1, sizeof(*rank));

    if (rank == NULL) {
        return cli_error(VN_NOMEM, NULL);
    }
    rank->limit = UINT64_MAX;
    options_parse(&parser, argc, argv, rank);
    int code = open_index(&rank->open, options_index_path(rank->path));

    if (code == CLI_DONE) {
        code = run(rank);
        open_index_close(&rank->open);
    }
    free(rank->order);
    free(rank->entries);
    free(rank);
    return code;
}
