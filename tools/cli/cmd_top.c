/* cmd_top.c: vanity top: the best suffixes of an index. */
#include "candidate.h"
#include "cli.h"
#include "open.h"
#include "options.h"
#include "progress.h"

#include "index/index.h"
#include "tools/answer/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TOP_DEFAULT 20

/* No exchange of the North American plan begins with 0 or 1. */
#define EXCHANGES_FIRST 2000000u

enum { KEY_PREFIX = 0x200, KEY_ALL };

/* A suffix with its first candidate. */
struct best {
    uint64_t order; /* lower is better: score, digits, suffix */
    uint32_t code;
    uint16_t tail;
};

struct top {
    struct options_common common;
    const char *path;
    struct vn_prefix prefix;
    bool all;       /* those that begin with 0 or 1 too */
    uint32_t first; /* suffixes below it are left out */
    size_t wanted;
    struct best *heap; /* the worst one first */
    size_t count;
    struct open_index open;
    struct progress progress;
    uint64_t scanned, to_scan; /* suffixes */
    struct vn_error error;
    struct output out;
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct top *top = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &top->path;
        state->child_inputs[1] = &top->common;
        return 0;
    case 'n':
        top->wanted = (size_t)cli_int("--limit", arg, 1, VN_SUFFIXES);
        return 0;
    case KEY_PREFIX:
        top->prefix = options_prefix(arg);
        return 0;
    case KEY_ALL:
        top->all = true;
        return 0;
    case ARGP_KEY_ARG:
        cli_refuse("takes no argument, but got '%s'", arg);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "limit",
     .key = 'n',
     .arg = "N",
     .doc = "How many suffixes (default: 20)"},
    {.name = "prefix",
     .key = KEY_PREFIX,
     .arg = "DIGITS",
     .doc = "Only suffixes that begin with these digits"},
    {.name = "all",
     .key = KEY_ALL,
     .doc = "Also suffixes that begin with 0 or 1, as no exchange of the North "
            "American plan does"},
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
    .doc = "List the best suffixes, best first: score, spelling, suffix.\v"
           "Examples:\n"
           "  vanity top\n"
           "  vanity top --prefix 356 -n 100",
};

static uint64_t make_order(int score, unsigned digits, uint32_t suffix)
{
    const uint64_t badness = (uint64_t)(1000 - score);

    return badness << 32 | (uint64_t)digits << 24 | suffix;
}

static uint32_t best_suffix(const struct best *best)
{
    return (uint32_t)(best->order & 0xffffff);
}

/* Moves the entry at 'at' down to its place in the heap. */
static void sift_down(struct top *top, size_t at)
{
    struct best *heap = top->heap;
    const struct best moved = heap[at];

    for (size_t child = 2 * at + 1; child < top->count; child = 2 * at + 1) {
        if (child + 1 < top->count &&
            heap[child + 1].order > heap[child].order) {
            child++;
        }
        if (heap[child].order <= moved.order) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moved;
}

static void make_heap(struct top *top)
{
    for (size_t i = top->count / 2; i-- > 0;) {
        sift_down(top, i);
    }
}

static void add(struct top *top, const struct best *best)
{
    if (top->count < top->wanted) {
        top->heap[top->count++] = *best;
        if (top->count == top->wanted) {
            make_heap(top);
        }
        return;
    }
    if (best->order < top->heap[0].order) {
        top->heap[0] = *best;
        sift_down(top, 0);
    }
}

static enum vn_status take_records(void *context, uint32_t first,
                                   const struct vn_record *records,
                                   size_t count)
{
    struct top *top = context;
    const bool full = top->count == top->wanted;
    const uint64_t worst = full ? top->heap[0].order : UINT64_MAX;

    for (size_t i = 0; i < count; i++) {
        const uint32_t code = records[i].codes[0];
        const uint32_t suffix = first + (uint32_t)i;

        if (code == 0 || suffix < top->first ||
            make_order(vn_code_score(code), 0, suffix) > worst) {
            continue;
        }
        const uint16_t tail = records[i].tails[0];
        struct vn_spelling spelling;

        if (vn_spell(suffix, code, tail, &spelling) != VN_OK) {
            return open_index_unspellable(top->open.path, suffix, &top->error);
        }
        const struct best best = {
            make_order(spelling.score, spelling.digits, suffix), code, tail};

        add(top, &best);
    }
    top->scanned += count;
    progress_update(&top->progress, top->scanned, top->to_scan);
    return VN_OK;
}

static int compare(const void *a, const void *b)
{
    const struct best *left = a;
    const struct best *right = b;

    return left->order < right->order ? -1 : left->order > right->order;
}

static void print_one(struct top *top, const struct best *best)
{
    struct output *out = &top->out;
    const struct vn_number number = {.suffix = best_suffix(best)};
    const struct answer_front front = {.size = 0};
    struct vn_spelling spelling;

    if (vn_spell(number.suffix, best->code, best->tail, &spelling) != VN_OK) {
        return; // spelled before: cannot fail
    }
    if (top->common.json) {
        json_open(out, '{');
        candidate_number_json(out, &number);
        answer_candidate_json(out, &front, &spelling);
        json_close(out, '}');
        json_line_end(out);
        return;
    }
    output_int(out, spelling.score);
    output_char(out, '\t');
    output_text(out, spelling.text);
    output_char(out, '\t');
    output_suffix(out, number.suffix);
    output_char(out, '\n');
}

static int print(struct top *top)
{
    qsort(top->heap, top->count, sizeof(top->heap[0]), compare);
    cli_output_start(&top->out);
    for (size_t i = 0; i < top->count && !output_failed(&top->out); i++) {
        print_one(top, &top->heap[i]);
    }
    return cli_output_finish(&top->out, CLI_DONE);
}

/* Whether the index holds any suffix of the prefix that was asked for. */
static bool is_covered(struct vn_prefix index, struct vn_prefix asked)
{
    return vn_prefix_holds(index, vn_prefix_first(asked)) ||
           vn_prefix_holds(asked, vn_prefix_first(index));
}

static int scan(struct top *top)
{
    const struct vn_prefix held = vn_index_info(top->open.index)->prefix;

    if (!is_covered(held, top->prefix)) {
        cli_message("prefix %0*u is outside this index, which holds suffixes "
                    "that begin with %0*u",
                    (int)top->prefix.length, (unsigned)top->prefix.digits,
                    (int)held.length, (unsigned)held.digits);
        return CLI_REFUSED;
    }
    const uint64_t in_index = vn_prefix_count(held);
    const uint64_t asked = vn_prefix_count(top->prefix);

    // A prefix says which are wanted, with 0 and 1 too.
    top->first = top->all || held.length > 0 || top->prefix.length > 0
                     ? 0
                     : EXCHANGES_FIRST;
    top->to_scan = in_index < asked ? in_index : asked;
    progress_start(&top->progress, "suffixes", top->common.quiet);
    const enum vn_status status = vn_index_scan(top->open.index, top->prefix,
                                                take_records, top, &top->error);

    progress_end(&top->progress);
    if (status != VN_OK) {
        return open_index_error(top->open.path, status, &top->error);
    }
    return print(top);
}

static int run(struct top *top)
{
    const uint32_t most = vn_prefix_count(top->prefix);

    top->wanted = top->wanted < most ? top->wanted : most;
    top->heap = malloc(top->wanted * sizeof(top->heap[0]));
    if (top->heap == NULL) {
        return cli_error(VN_NOMEM, NULL);
    }
    int code = open_index(&top->open, options_index_path(top->path));

    if (code == CLI_DONE) {
        code = scan(top);
        open_index_close(&top->open);
    }
    free(top->heap);
    return code;
}

int cmd_top(int argc, char **argv)
{
    struct top *top = calloc(1, sizeof(*top));

    if (top == NULL) {
        return cli_error(VN_NOMEM, NULL);
    }
    top->wanted = TOP_DEFAULT;
    options_parse(&parser, argc, argv, top);
    const int code = run(top);

    free(top);
    return code;
}
