/* open.c: opens indexes, lexicons and engines for the commands. */
#include "open.h"

#include "cli.h"
#include "guard.h"
#include "language.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

bool refusals_add(struct refusals *refusals)
{
    refusals->count++;
    return refusals->count <= REFUSALS_SHOWN;
}

void refusals_end(const struct refusals *refusals)
{
    char grouped[CLI_GROUPED_SIZE];

    if (refusals->count > REFUSALS_SHOWN) {
        cli_message("and %s more bad lines",
                    cli_grouped(refusals->count - REFUSALS_SHOWN, grouped));
    }
}

static int report_open(const char *path, enum vn_status status,
                       const struct vn_error *error)
{
    if (status == VN_VERSION || status == VN_CORRUPT) {
        cli_message("%s; make it again with 'vanity build -o %s'",
                    error->message, path);
        return cli_exit_code(status);
    }
    return cli_error(status, error);
}

static bool is_missing(const char *path)
{
    return access(path, F_OK) != 0 && errno == ENOENT;
}

int open_index_find(const char *path)
{
    if (is_missing(path)) {
        cli_message("no index at '%s'; make one with 'vanity build' or name "
                    "it with -i or VANITY_INDEX",
                    path);
        return CLI_REFUSED;
    }
    return CLI_DONE;
}

static int open_found(struct open_index *open, const char *path)
{
    struct vn_error error = {0};

    guard_opening(path);
    enum vn_status status = vn_index_open(path, &open->index, &error);

    if (status != VN_OK) {
        return report_open(path, status, &error);
    }
    guard_opened(open->index);
    status = vn_reader_new(open->index, &open->reader, &error);
    if (status != VN_OK) {
        vn_index_close(open->index);
        open->index = NULL;
        return report_open(path, status, &error);
    }
    return CLI_DONE;
}

int open_index(struct open_index *open, const char *path)
{
    *open = (struct open_index){.path = path};
    const int code = open_index_find(path);

    return code == CLI_DONE ? open_found(open, path) : code;
}

int open_index_argument(struct open_index *open, const char *path)
{
    *open = (struct open_index){.path = path};
    if (is_missing(path)) {
        cli_message("no index at '%s'; make one with 'vanity build -o %s'",
                    path, path);
        return CLI_REFUSED;
    }
    return open_found(open, path);
}

void open_index_close(struct open_index *open)
{
    vn_reader_free(open->reader);
    vn_index_close(open->index);
    open->reader = NULL;
    open->index = NULL;
}

int open_index_error(const char *path, enum vn_status status,
                     const struct vn_error *error)
{
    if (status == VN_CORRUPT) {
        cli_message("%s; run 'vanity verify -i %s'", error->message, path);
        return CLI_FAILED;
    }
    return cli_error(status, error);
}

enum vn_status open_index_unspellable(const char *path, uint32_t suffix,
                                      struct vn_error *error)
{
    return vn_error_set(
        error, VN_CORRUPT,
        "'%s' is damaged: what it holds for %07u is no spelling", path,
        (unsigned)suffix);
}

static void report_bad_line(void *context, const struct vn_error *error)
{
    if (refusals_add(context)) {
        cli_message("skipped: %s", error->message);
    }
}

static int open_lexicon_at(const char *folder,
                           const struct options_lexicon *options,
                           struct vn_lexicon **lexicon)
{
    struct refusals skipped = {0};
    struct vn_error error = {0};
    const struct vn_lexicon_options lexicon_options = {
        .folder = folder,
        .word_paths = options->words,
        .word_path_count = options->word_count,
        .block_paths = options->blocks,
        .block_path_count = options->block_count,
        .model_path = options->model,
        .skip_bad = options->skip_bad,
        .bad_line = report_bad_line,
        .bad_line_context = &skipped,
    };
    const enum vn_status status =
        vn_lexicon_open(&lexicon_options, lexicon, &error);

    refusals_end(&skipped);
    return status == VN_OK ? CLI_DONE : cli_error(status, &error);
}

int open_lexicon(const struct options_lexicon *options,
                 struct vn_lexicon **lexicon)
{
    char *found = NULL;

    if (options->language == NULL) {
        return open_lexicon_at(options->folder, options, lexicon);
    }
    int code = language_find(options->language, &found);
    if (code == CLI_DONE) {
        code = open_lexicon_at(found, options, lexicon);
    }
    free(found);
    return code;
}

int open_engine(const struct vn_lexicon *lexicon, unsigned threads,
                struct vn_engine **engine)
{
    struct vn_error error = {0};
    const struct vn_engine_options options = {.threads = threads};
    const enum vn_status status =
        vn_engine_new(lexicon, &options, engine, &error);

    return status == VN_OK ? CLI_DONE : cli_error(status, &error);
}
