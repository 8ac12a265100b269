/* cmd_lookup.c: vanity lookup: numbers in, their spellings out. */
#include "candidate.h"
#include "cli.h"
#include "input.h"
#include "open.h"
#include "options.h"
#include "progress.h"

#include "index/index.h"
#include "tools/answer/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY_SSML = 0x200 };

struct lookup {
    struct options_common common;
    const char *path;
    unsigned top;
    char **numbers; /* the arguments */
    size_t number_count;
    struct open_index open;
    struct output out;
    struct progress progress;
    struct vn_error error;
    uint64_t answered;
    uint64_t refused;
    bool ssml;    /* what a caller hears */
    bool single;  /* one number: one candidate a line */
    bool spelled; /* the last number had a spelling */
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct lookup *lookup = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &lookup->path;
        state->child_inputs[1] = &lookup->common;
        return 0;
    case 'n':
        lookup->top = (unsigned)cli_int("--top", arg, 1, VN_CANDIDATES);
        return 0;
    case KEY_SSML:
        lookup->ssml = true;
        return 0;
    case ARGP_KEY_ARGS:
        lookup->numbers = state->argv + state->next;
        lookup->number_count = (size_t)(state->argc - state->next);
        return 0;
    case ARGP_KEY_NO_ARGS:
        cli_refuse("no number given; see 'vanity lookup --help'");
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "top",
     .key = 'n',
     .arg = "N",
     .doc = "At most N spellings of a number, 1 to 5 (default: 5)"},
    {.name = "ssml",
     .key = KEY_SSML,
     .doc = "What a caller hears of the best three, as SSML"},
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
    .args_doc = "NUMBER...\n-",
    .doc = "Spell telephone numbers, best first. With '-' they are read from "
           "standard input, one a line.\v"
           "Examples:\n"
           "  vanity lookup 1-800-356-9377\n"
           "  vanity lookup --top 1 --json +442073569377 3569377\n"
           "  vanity lookup - < numbers.txt",
};

/* A number that got no answer; the rest are still answered. */
static void refuse(struct lookup *lookup, struct vn_bytes input,
                   const char *sentence)
{
    char echo[CANDIDATE_ECHO_SIZE];
    const struct vn_bytes shown = candidate_echo(input, echo);
    struct output *out = &lookup->out;

    lookup->refused++;
    if (lookup->common.json) {
        json_open(out, '{');
        candidate_input_json(out, input);
        json_key(out, "error");
        json_text(out, sentence);
        json_close(out, '}');
        json_line_end(out);
    } else if (!lookup->single) {
        output_bytes(out, shown.data, shown.size);
        output_text(out, "\terror: ");
        output_text(out, sentence);
        output_char(out, '\n');
    }
    if (lookup->single) {
        cli_message("'%.*s': %s", (int)shown.size, shown.data, sentence);
    }
}

static void write_json(struct lookup *lookup, struct vn_bytes input,
                       const struct answer *answer)
{
    struct output *out = &lookup->out;

    json_open(out, '{');
    candidate_input_json(out, input);
    candidate_number_json(out, &answer->number);
    answer_candidates_json(out, answer);
    if (lookup->ssml) {
        json_key(out, "ssml");
        speech_json(out, answer);
    }
    json_close(out, '}');
    json_line_end(out);
}

/* One line for all candidates, or one for each where 'single'. */
static void write_text(struct lookup *lookup, struct vn_bytes input,
                       const struct answer *answer)
{
    struct output *out = &lookup->out;
    struct answer_front front;

    if (!lookup->single) {
        output_bytes(out, input.data, input.size);
    }
    if (answer->count > 0) {
        answer_front(&answer->number, &front);
    }
    for (unsigned i = 0; i < answer->count; i++) {
        if (!lookup->single) {
            output_char(out, '\t');
        }
        answer_display(out, &front, &answer->spellings[i]);
        output_char(out, '\t');
        output_int(out, answer->spellings[i].score);
        if (lookup->single) {
            output_char(out, '\n');
        }
    }
    if (!lookup->single) {
        output_char(out, '\n');
    }
}

/* One line: what a caller hears. */
static void write_ssml(struct lookup *lookup, struct vn_bytes input,
                       const struct answer *answer)
{
    struct output *out = &lookup->out;

    if (!lookup->single) {
        output_bytes(out, input.data, input.size);
        output_char(out, '\t');
    }
    speech_prompt(out, answer);
    output_char(out, '\n');
}

static enum vn_status spell(struct lookup *lookup, struct answer *answer)
{
    const uint32_t suffix = answer->number.suffix;
    struct vn_record record;
    const enum vn_status status =
        vn_reader_get(lookup->open.reader, suffix, &record, &lookup->error);

    if (status == VN_OK &&
        answer_record(answer, &record, lookup->top) != VN_OK) {
        return open_index_unspellable(lookup->open.path, suffix,
                                      &lookup->error);
    }
    return status;
}

static void refuse_outside(struct lookup *lookup, struct vn_bytes input)
{
    const struct vn_prefix prefix = vn_index_info(lookup->open.index)->prefix;
    char sentence[96];

    snprintf(sentence, sizeof(sentence),
             "outside this index, which holds suffixes that begin with %0*u",
             (int)prefix.length, (unsigned)prefix.digits);
    refuse(lookup, input, sentence);
}

/* Returns VN_OK for a number that was answered or refused. */
static enum vn_status answer_one(struct lookup *lookup, struct vn_bytes input)
{
    struct vn_number number;
    struct answer answer;

    lookup->answered++;
    if (candidate_parse(input, &number, &lookup->error) != VN_OK) {
        refuse(lookup, input, lookup->error.message);
        return VN_OK;
    }
    answer_start(&answer, &number);
    const enum vn_status status = spell(lookup, &answer);

    if (status == VN_OUTSIDE) {
        refuse_outside(lookup, input);
        return VN_OK;
    }
    if (status != VN_OK) {
        return status;
    }
    lookup->spelled = answer.count > 0;
    if (lookup->common.json) {
        write_json(lookup, input, &answer);
    } else if (lookup->ssml) {
        write_ssml(lookup, input, &answer);
    } else {
        write_text(lookup, input, &answer);
    }
    return VN_OK;
}

static enum vn_status answer_stream(struct lookup *lookup)
{
    struct input in;
    struct vn_bytes line;
    enum vn_status status = input_open(&in, "-", &lookup->out, &lookup->error);

    // On a terminal the answers show how far we are.
    progress_start(&lookup->progress, "numbers",
                   lookup->common.quiet || isatty(STDOUT_FILENO));
    while (status == VN_OK && !output_failed(&lookup->out) &&
           input_next(&in, &line)) {
        status = answer_one(lookup, line);
        if (lookup->answered % PROGRESS_STEP == 0) {
            progress_share(&lookup->progress, lookup->answered, input_done(&in),
                           in.size);
        }
    }
    progress_end(&lookup->progress);
    if (status == VN_OK) {
        status = input_status(&in, &lookup->error);
    }
    input_close(&in);
    return status;
}

static enum vn_status answer_arguments(struct lookup *lookup)
{
    enum vn_status status = VN_OK;

    for (size_t i = 0; status == VN_OK && i < lookup->number_count; i++) {
        const struct vn_bytes number = {lookup->numbers[i],
                                        strlen(lookup->numbers[i])};
        status = answer_one(lookup, number);
    }
    return status;
}

/* The exit code of a run in which every number was answered or refused. */
static int conclude(const struct lookup *lookup)
{
    char refused[CLI_GROUPED_SIZE];
    char answered[CLI_GROUPED_SIZE];

    if (lookup->refused > 0) {
        if (!lookup->single && !lookup->common.quiet) {
            cli_message("%s of %s numbers refused",
                        cli_grouped(lookup->refused, refused),
                        cli_grouped(lookup->answered, answered));
        }
        return CLI_REFUSED;
    }
    if (lookup->single && !lookup->spelled) {
        cli_message("no spelling");
        return CLI_NO;
    }
    return CLI_DONE;
}

static int run(struct lookup *lookup)
{
    const bool stream = strcmp(lookup->numbers[0], "-") == 0;
    int code;

    lookup->single = lookup->number_count == 1 && !stream;
    const enum vn_status status =
        stream ? answer_stream(lookup) : answer_arguments(lookup);

    output_flush(&lookup->out); // before any message
    if (status != VN_OK) {
        code = open_index_error(lookup->open.path, status, &lookup->error);
    } else if (output_failed(&lookup->out)) {
        code = CLI_DONE; // cli_output_finish() has the last word
    } else {
        code = conclude(lookup);
    }
    return cli_output_finish(&lookup->out, code);
}

static void check_arguments(const struct lookup *lookup)
{
    for (size_t i = 0; i < lookup->number_count; i++) {
        if (lookup->number_count > 1 && strcmp(lookup->numbers[i], "-") == 0) {
            cli_refuse("'-' reads all numbers from standard input: give it "
                       "alone");
        }
    }
}

int cmd_lookup(int argc, char **argv)
{
    struct lookup *lookup = calloc(1, sizeof(*lookup));

    if (lookup == NULL) {
        return cli_error(VN_NOMEM, NULL);
    }
    lookup->top = VN_CANDIDATES;
    options_parse(&parser, argc, argv, lookup);
    check_arguments(lookup);
    cli_output_start(&lookup->out);
    int code = open_index(&lookup->open, options_index_path(lookup->path));

    if (code == CLI_DONE) {
        code = run(lookup);
        open_index_close(&lookup->open);
    }
    free(lookup);
    return code;
}
