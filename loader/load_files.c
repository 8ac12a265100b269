/* load_files.c: the files that a load writes, named and looked at. */
#include "load_files.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checkpoint.h"
#include "load_dead.h"
#include "metrics.h"

/* ---- Names -------------------------------------------------------------- */

/*
 * The name that default names are made of: "DIR/" is the same folder as "DIR",
 * and what stands beside "." has to have a name. NULL: no memory.
 */
static char *name_of_folder(const char *path)
{
    char *name = strdup(path);

    if (name == NULL) {
        return NULL;
    }
    for (size_t size = strlen(name); size > 1 && name[size - 1] == '/';) {
        name[--size] = '\0';
    }
    const char *slash = strrchr(name, '/');
    const char *last = slash != NULL ? slash + 1 : name;
    if (strcmp(last, ".") != 0 && strcmp(last, "..") != 0) {
        return name;
    }
    char *whole = realpath(name, NULL);
    if (whole == NULL) {
        return name; // it is not there, which others find out
    }
    free(name);
    return whole;
}

static char *name_of_source(const struct vn_load_source *source)
{
    if (source->export_dir != NULL) {
        return name_of_folder(source->export_dir);
    }
    return strdup(source->index_path != NULL ? source->index_path
                                             : VN_INDEX_DEFAULT);
}

/* A copy of 'given', or else what is made by the format; NULL: no memory. */
VN_PRINTF(2, 3)
static char *name_file(const char *given, const char *format, ...)
{
    va_list arguments;
    char *name = NULL;

    if (given != NULL) {
        return strdup(given);
    }
    va_start(arguments, format);
    const int length = vasprintf(&name, format, arguments);
    va_end(arguments);
    return length < 0 ? NULL : name;
}

enum vn_status load_files_name(const struct vn_load_source *source,
                               const struct vn_load_options *options,
                               struct load_files *files, struct vn_error *error)
{
    struct load_files named = {NULL, NULL, NULL};
    char *base = name_of_source(source);
    bool good = base != NULL;

    if (good) {
        named.checkpoint = name_file(options->checkpoint_path, "%s.%s.load",
                                     base, options->table);
        good = named.checkpoint != NULL;
    }
    if (good) {
        named.dead =
            name_file(options->dead_letter_path, "%s.dead", named.checkpoint);
        good = named.dead != NULL;
    }
    if (good && source->index_path != NULL) {
        named.kept = name_file(NULL, "%s.loaded-%s", base, options->table);
        good = named.kept != NULL;
    }
    free(base);
    if (!good) {
        load_files_reset(&named);
        return vn_error_system(error, ENOMEM, "cannot begin a load");
    }
    *files = named;
    return VN_OK;
}

void load_files_reset(struct load_files *files)
{
    free(files->checkpoint);
    free(files->dead);
    free(files->kept);
    *files = (struct load_files){NULL, NULL, NULL};
}

/* ---- The same file ------------------------------------------------------ */

static bool same_inode(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* To be freed; NULL: no memory. */
static char *folder_of(const char *path)
{
    char *copy = strdup(path); // dirname() writes into it
    char *folder = copy != NULL ? strdup(dirname(copy)) : NULL;

    free(copy);
    return folder;
}

static bool stat_folder(const char *path, struct stat *found)
{
    char *folder = folder_of(path);
    const bool good = folder != NULL && stat(folder, found) == 0;

    free(folder);
    return good;
}

static const char *last_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/* Whether two paths lead to the same file, or would once it is made. */
static bool same_file(const char *a, const char *b)
{
    struct stat one;
    struct stat other;
    const bool exists = stat(a, &one) == 0;

    if (exists != (stat(b, &other) == 0)) {
        return false;
    }
    if (!exists && (strcmp(last_name(a), last_name(b)) != 0 ||
                    !stat_folder(a, &one) || !stat_folder(b, &other))) {
        return false;
    }
    return same_inode(&one, &other);
}

/* Whether the file stands, or would stand, in the folder. */
static bool lies_in(const char *path, const char *folder)
{
    struct stat own;
    struct stat other;

    return stat_folder(path, &own) && stat(folder, &other) == 0 &&
           same_inode(&own, &other);
}

/* ---- Whether they can be written ---------------------------------------- */

/* A file of a load. */
struct place {
    char *path;
    const char *what;
    const char *option; /* that names it; NULL: it is only read */
    const char *begins; /* an old one that may be replaced; NULL: any */
    bool appended;      /* else replaced: nothing but a file may stand there */
};

/* Two indexes, the kept one, the export's data; checkpoint, its two helpers,
 * dead letters, Prometheus and its helper, metrics. */
#define PLACES_MOST 10u

struct places {
    struct place list[PLACES_MOST];
    unsigned count;
    bool failed; /* no memory */
};

/* Adds PATH or PATH.ENDING; nothing where there is no path. */
static void add(struct places *places, const char *path, const char *ending,
                struct place place)
{
    if (path == NULL || places->failed) {
        return;
    }
    if (asprintf(&place.path, "%s%s", path, ending) < 0) {
        places->failed = true;
        return;
    }
    places->list[places->count++] = place;
}

static void list_places(const struct vn_load_source *source,
                        const struct vn_load_options *options,
                        const struct load_files *files, struct places *places)
{
    const char *state = "--checkpoint";
    const char *prometheus = "--prometheus";

    add(places, source->index_path, "", (struct place){.what = "the index"});
    add(places, source->since_path, "",
        (struct place){.what = "the index of --since"});
    add(places, files->kept, "", (struct place){.what = "the kept index"});
    add(places, files->checkpoint, "",
        (struct place){.what = "the checkpoint",
                       .option = state,
                       .begins = CHECKPOINT_BEGINS});
    add(places, files->checkpoint, CHECKPOINT_LOCK,
        (struct place){.what = "the checkpoint's lock", .option = state});
    add(places, files->checkpoint, CHECKPOINT_TEMP,
        (struct place){.what = "the next checkpoint", .option = state});
    add(places, files->dead, "",
        (struct place){.what = "the dead-letter file",
                       .option = "--dead-letters",
                       .begins = LOAD_DEAD_BEGINS});
    add(places, options->prometheus_path, "",
        (struct place){.what = "that of --prometheus",
                       .option = prometheus,
                       .begins = METRICS_PROMETHEUS_BEGINS});
    add(places, options->prometheus_path, METRICS_PROMETHEUS_TEMP,
        (struct place){.what = "the next of --prometheus",
                       .option = prometheus});
    add(places, options->metrics_path, "",
        (struct place){.what = "that of --metrics",
                       .option = "--metrics",
                       .appended = true});
}

/* 0 if files can be made in the folder of 'path', else errno. */
static int try_folder(const char *path)
{
    char *folder = folder_of(path);

    if (folder == NULL) {
        return ENOMEM;
    }
    const int failed = access(folder, W_OK | X_OK) == 0 ? 0 : errno;
    free(folder);
    return failed;
}

/* NULL if the file is empty or begins so, else what is wrong. */
static const char *try_begin(const char *path, const char *begins)
{
    const size_t size = strlen(begins);
    char found[64];
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);

    if (fd < 0) {
        return strerror(errno);
    }
    const ssize_t got = read(fd, found, size);
    const int failed = errno;
    (void)close(fd);
    if (got < 0) {
        return strerror(failed);
    }
    return memcmp(found, begins, (size_t)got) == 0
               ? NULL
               : "It is there and is something else";
}

/* NULL if the file can be made or replaced, else what is wrong. */
static const char *try_replace(const struct place *place)
{
    const char *path = place->path;
    const size_t size = strlen(path);
    struct stat found;
    int failed = 0;

    if (size == 0) {
        failed = ENOENT;
    } else if (lstat(path, &found) != 0) {
        failed = errno;
        if (failed == ENOENT) {
            failed = path[size - 1] == '/' ? EISDIR : try_folder(path);
        }
    } else if (S_ISDIR(found.st_mode)) {
        failed = EISDIR;
    } else if (!S_ISREG(found.st_mode)) {
        return "It is no regular file";
    } else {
        failed = try_folder(path);
        if (failed == 0 && place->begins != NULL) {
            return try_begin(path, place->begins);
        }
    }
    return failed == 0 ? NULL : strerror(failed);
}

/* NULL if the file can be appended to; opening it tells the rest. */
static const char *try_append(const struct place *place)
{
    struct stat found;

    // Opening would make a file whose name was compared with none.
    return lstat(place->path, &found) == 0 && stat(place->path, &found) != 0
               ? "It is a link to nothing"
               : NULL;
}

static enum vn_status refuse(const struct place *place, const char *is,
                             const char *what, struct vn_error *error)
{
    return vn_error_set(error, VN_INVALID,
                        "cannot write '%s': %s%s; name another file with %s",
                        place->path, is, what, place->option);
}

/* An export is read from two folders, all of them: nothing is put there. */
static enum vn_status check_export(const char *directory,
                                   const struct place *place,
                                   struct vn_error *error)
{
    char *data = NULL;

    if (directory == NULL) {
        return VN_OK;
    }
    if (asprintf(&data, "%s/data", directory) < 0) {
        return vn_error_system(error, ENOMEM, "cannot begin a load");
    }
    const bool inside =
        lies_in(place->path, directory) || lies_in(place->path, data);
    free(data);
    return inside ? refuse(place, "It lies in ", "the export", error) : VN_OK;
}

/* Of a place that is written: what it would destroy. */
static enum vn_status check_others(const struct places *places,
                                   const struct place *place,
                                   struct vn_error *error)
{
    for (unsigned i = 0; i < places->count; i++) {
        const struct place *other = &places->list[i];
        if (other != place && same_file(place->path, other->path)) {
            return refuse(place, "It is also ", other->what, error);
        }
    }
    return VN_OK;
}

static enum vn_status check_place(const struct vn_load_source *source,
                                  const struct places *places,
                                  const struct place *place,
                                  struct vn_error *error)
{
    enum vn_status status = check_others(places, place, error);

    if (status == VN_OK) {
        status = check_export(source->export_dir, place, error);
    }
    if (status != VN_OK) {
        return status;
    }
    const char *wrong =
        place->appended ? try_append(place) : try_replace(place);
    return wrong == NULL ? VN_OK : refuse(place, wrong, "", error);
}

static enum vn_status check_places(const struct vn_load_source *source,
                                   const struct places *places,
                                   struct vn_error *error)
{
    enum vn_status status = VN_OK;

    if (places->failed) {
        return vn_error_system(error, ENOMEM, "cannot begin a load");
    }
    for (unsigned i = 0; status == VN_OK && i < places->count; i++) {
        const struct place *place = &places->list[i];
        if (place->option != NULL) {
            status = check_place(source, places, place, error);
        }
    }
    return status;
}

enum vn_status vn_load_check(const struct vn_load_source *source,
                             const struct vn_load_options *options,
                             struct vn_error *error)
{
    struct load_files files = {NULL, NULL, NULL};
    struct places places = {.count = 0};
    enum vn_status status = load_files_name(source, options, &files, error);

    if (status == VN_OK) {
        list_places(source, options, &files, &places);
        status = check_places(source, &places, error);
    }
    for (unsigned i = 0; i < places.count; i++) {
        free(places.list[i].path);
    }
    load_files_reset(&files);
    return status;
}
