/* cmd_explain.c: vanity explain: each score term by term. */
#include "candidate.h"
#include "cli.h"
#include "open.h"
#include "options.h"

#include "engine/engine.h"
#include "tools/answer/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct explain {
    struct options_common common;
    struct options_lexicon files;
    const char *text; /* the number as given */
    struct vn_number number;
    struct vn_explanation candidates[VN_CANDIDATES];
    unsigned count;
    struct output out;
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct explain *explain = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &explain->files;
        state->child_inputs[1] = &explain->common;
        return 0;
    case ARGP_KEY_ARG:
        if (explain->text != NULL) {
            cli_refuse("takes one number, but got '%s' too", arg);
        }
        explain->text = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        cli_refuse("no number given; see 'vanity explain --help'");
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {.argp = &options_lexicon_argp},
    {.argp = &options_common_argp},
    {0},
};

static const struct argp parser = {
    .parser = parse_option,
    .children = children,
    .args_doc = "NUMBER",
    .doc = "Show how the score of each spelling comes about, in nat. Needs no "
           "index; give the --words, --block and --model of your build.\v"
           "Examples:\n"
           "  vanity explain 1-800-GOT-JUNK\n"
           "  vanity explain --words brands.txt 3569377",
};

/* Writes hundredths as "-12.34", at least 'width' wide. */
static void write_nat(struct output *out, int hundredths, int width)
{
    const int size = abs(hundredths);
    char text[16];

    snprintf(text, sizeof(text), "%s%d.%02d", hundredths < 0 ? "-" : "",
             size / 100, size % 100);
    output_format(out, "%*s", width, text);
}

static void write_row(struct output *out, const char *name, const char *token,
                      int hundredths)
{
    output_format(out, "     %-10s %-18s ", name, token);
    write_nat(out, hundredths, 7);
    output_char(out, '\n');
}

static void write_table(struct explain *explain)
{
    struct output *out = &explain->out;
    struct answer_front front;

    answer_front(&explain->number, &front);
    for (unsigned i = 0; i < explain->count; i++) {
        const struct vn_explanation *candidate = &explain->candidates[i];

        output_format(out, "%u  ", i + 1);
        answer_display(out, &front, &candidate->spelling);
        output_char(out, '\n');
        for (unsigned k = 0; k < candidate->term_count; k++) {
            const struct vn_term *term = &candidate->terms[k];

            write_row(out, term->name, term->token, term->hundredths);
        }
        write_row(out, "S", "", candidate->hundredths);
        if (candidate->penalty != 0) {
            write_row(out, "penalty", "like a better one", candidate->penalty);
        }
    }
}

static void write_terms(struct output *out,
                        const struct vn_explanation *candidate)
{
    json_key(out, "terms");
    json_open(out, '[');
    for (unsigned i = 0; i < candidate->term_count; i++) {
        json_open(out, '{');
        json_key(out, "name");
        json_text(out, candidate->terms[i].name);
        json_key(out, "token");
        json_text(out, candidate->terms[i].token);
        json_key(out, "hundredths");
        json_int(out, candidate->terms[i].hundredths);
        json_close(out, '}');
    }
    json_close(out, ']');
}

static void write_json(struct explain *explain)
{
    struct output *out = &explain->out;
    const struct vn_bytes input = {explain->text, strlen(explain->text)};
    struct answer_front front;

    answer_front(&explain->number, &front);
    json_open(out, '{');
    candidate_input_json(out, input);
    candidate_number_json(out, &explain->number);
    json_key(out, "candidates");
    json_open(out, '[');
    for (unsigned i = 0; i < explain->count; i++) {
        const struct vn_explanation *candidate = &explain->candidates[i];

        json_open(out, '{');
        answer_candidate_json(out, &front, &candidate->spelling);
        json_key(out, "hundredths");
        json_int(out, candidate->hundredths);
        json_key(out, "penalty");
        json_int(out, candidate->penalty);
        write_terms(out, candidate);
        json_close(out, '}');
    }
    json_close(out, ']');
    json_close(out, '}');
    json_line_end(out);
}

static void parse_number(struct explain *explain)
{
    struct vn_error error = {0};

    if (vn_number_parse(explain->text, strlen(explain->text), &explain->number,
                        &error) != VN_OK) {
        cli_refuse("'%s': %s", explain->text, error.message);
    }
}

static int compute(struct explain *explain)
{
    struct vn_lexicon *lexicon = NULL;
    struct vn_engine *engine = NULL;
    int code = open_lexicon(&explain->files, &lexicon);

    if (code == CLI_DONE) {
        code = open_engine(lexicon, 1, &engine);
    }
    if (code == CLI_DONE) {
        vn_engine_explain(engine, explain->number.suffix, explain->candidates,
                          &explain->count);
    }
    vn_engine_free(engine);
    vn_lexicon_free(lexicon);
    return code;
}

static int print(struct explain *explain)
{
    int code = CLI_DONE;

    cli_output_start(&explain->out);
    if (explain->common.json) {
        write_json(explain);
    } else {
        write_table(explain);
    }
    if (explain->count == 0) {
        cli_message("no spelling");
        code = CLI_NO;
    }
    return cli_output_finish(&explain->out, code);
}

int cmd_explain(int argc, char **argv)
{
    struct explain *explain = calloc(1, sizeof(*explain));

    if (explain == NULL) {
        return cli_error(VN_NOMEM, NULL);
    }
    options_parse(&parser, argc, argv, explain);
    parse_number(explain);
    int code = compute(explain);

    if (code == CLI_DONE) {
        code = print(explain);
    }
    free(explain);
    return code;
}
