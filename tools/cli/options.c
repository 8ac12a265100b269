/* options.c: options that several commands take. */
#include "options.h"

#include "cli.h"

#include "index/index.h"

#include <stdlib.h>

enum {
    KEY_JSON = 0x100,
    KEY_LEXICON,
    KEY_LANGUAGE,
    KEY_WORDS,
    KEY_BLOCK,
    KEY_MODEL,
    KEY_SKIP_BAD
};

static error_t parse_common(int key, char *arg, struct argp_state *state)
{
    struct options_common *options = state->input;

    (void)arg;
    switch (key) {
    case ARGP_KEY_INIT:
        /* getopt says what is wrong in one line; argp would add another. */
        state->err_stream = NULL;
        return 0;
    case KEY_JSON:
        options->json = true;
        return 0;
    case 'q':
        options->quiet = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option common_options[] = {
    {.name = "json", .key = KEY_JSON, .doc = "Print JSON"},
    {.name = "quiet",
     .key = 'q',
     .doc = "No progress and no summary on standard error"},
    {0},
};

const struct argp options_common_argp = {.options = common_options,
                                         .parser = parse_common};

static error_t parse_index(int key, char *arg, struct argp_state *state)
{
    const char **path = state->input;

    if (key != 'i') {
        return ARGP_ERR_UNKNOWN;
    }
    *path = arg;
    return 0;
}

static const struct argp_option index_options[] = {
    {.name = "index",
     .key = 'i',
     .arg = "INDEX",
     .doc = "The index to read (default: $VANITY_INDEX, else vanity.mdb)"},
    {0},
};

const struct argp options_index_argp = {.options = index_options,
                                        .parser = parse_index};

static void add_path(const char *name, const char *path, const char **paths,
                     size_t *count)
{
    if (*count == VN_OVERLAYS_MAX) {
        cli_refuse("%s can be given %u times at most", name, VN_OVERLAYS_MAX);
    }
    paths[(*count)++] = path;
}

static error_t parse_lexicon(int key, char *arg, struct argp_state *state)
{
    struct options_lexicon *options = state->input;

    switch (key) {
    case KEY_LEXICON:
        options->folder = arg;
        return 0;
    case KEY_LANGUAGE:
        options->language = arg;
        return 0;
    case KEY_WORDS:
        add_path("--words", arg, options->words, &options->word_count);
        return 0;
    case KEY_BLOCK:
        add_path("--block", arg, options->blocks, &options->block_count);
        return 0;
    case KEY_MODEL:
        options->model = arg;
        return 0;
    case KEY_SKIP_BAD:
        options->skip_bad = true;
        return 0;
    case ARGP_KEY_END:
        if (options->folder != NULL && options->language != NULL) {
            cli_refuse("--lexicon and --language both name a lexicon: give "
                       "one of them");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option lexicon_options[] = {
    {.name = "lexicon",
     .key = KEY_LEXICON,
     .arg = "DIR",
     .doc = "Take words, pairs, block list and, if there is one, model from "
            "DIR in place of the built-in lexicon"},
    {.name = "language",
     .key = KEY_LANGUAGE,
     .arg = "NAME",
     .doc = "Take the lexicon NAME of $VANITY_LEXICONS or of "
            "~/.local/share/vanity/lexicons (en: the built-in one)"},
    {.name = "words",
     .key = KEY_WORDS,
     .arg = "FILE",
     .doc = "Add words or phrases, one a line: phrase[TAB]score (repeatable)"},
    {.name = "block",
     .key = KEY_BLOCK,
     .arg = "FILE",
     .doc = "Never spell these terms, one a line (repeatable)"},
    {.name = "model",
     .key = KEY_MODEL,
     .arg = "FILE",
     .doc = "Take the weights of the score from FILE"},
    {.name = "skip-bad",
     .key = KEY_SKIP_BAD,
     .doc = "Report and pass over bad lines of words and block lists"},
    {0},
};

const struct argp options_lexicon_argp = {.options = lexicon_options,
                                          .parser = parse_lexicon};

unsigned options_threads(const char *text)
{
    return (unsigned)cli_int("--threads", text, 1, VN_THREADS_MAX);
}

struct vn_prefix options_prefix(const char *text)
{
    struct vn_prefix prefix = {0};
    struct vn_error error = {0};
    const enum vn_status status = vn_prefix_parse(text, &prefix, &error);

    if (status != VN_OK) {
        cli_refuse("--prefix: %s", error.message);
    }
    return prefix;
}

const char *options_index_path(const char *given)
{
    if (given != NULL) {
        return given;
    }
    const char *named = getenv("VANITY_INDEX");

    return named != NULL && named[0] != '\0' ? named : VN_INDEX_DEFAULT;
}

void options_parse(const struct argp *parser, int argc, char **argv,
                   void *input)
{
    if (argp_parse(parser, argc, argv, 0, NULL, input) != 0) {
        exit(CLI_REFUSED);
    }
}
