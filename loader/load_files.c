/* load_files.c: the files that a load writes, named and looked at. */
#include "load_files.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum vn_status load_files_name(const struct vn_load_source *source,
                               const struct vn_load_options *options,
                               struct load_files *files, struct vn_error *error)
{
    const char *path =
        source->export_dir != NULL ? source->export_dir : source->index_path;
    struct load_files named = {NULL, NULL};
    int made = 0;

    if (options->checkpoint_path != NULL) {
        made = asprintf(&named.checkpoint, "%s", options->checkpoint_path);
    } else {
        made = asprintf(&named.checkpoint, "%s.%s.load",
                        path != NULL ? path : VN_INDEX_DEFAULT, options->table);
    }
    if (made < 0) {
        return vn_error_system(error, ENOMEM, "cannot begin a load");
    }
    if (options->dead_letter_path != NULL) {
        made = asprintf(&named.dead, "%s", options->dead_letter_path);
    } else {
        made = asprintf(&named.dead, "%s.dead", named.checkpoint);
    }
    if (made < 0) {
        free(named.checkpoint);
        return vn_error_system(error, ENOMEM, "cannot begin a load");
    }
    *files = named;
    return VN_OK;
}

void load_files_reset(struct load_files *files)
{
    free(files->checkpoint);
    free(files->dead);
    *files = (struct load_files){NULL, NULL};
}

/* ---- Whether they can be written ---------------------------------------- */

/* 0 if files can be made in the folder of 'path', else errno. */
static int try_folder(const char *path)
{
    char *copy = strdup(path); // dirname() writes into it

    if (copy == NULL) {
        return ENOMEM;
    }
    const int failed = access(dirname(copy), W_OK | X_OK) == 0 ? 0 : errno;
    free(copy);
    return failed;
}

/*
 * 0 if the file can be made or replaced, else errno. All of them are replaced
 * by another file: nothing but a file must stand there.
 */
static int try_path(const char *path)
{
    const size_t size = strlen(path);
    struct stat found;

    if (size == 0) {
        return ENOENT;
    }
    if (lstat(path, &found) == 0) {
        if (S_ISDIR(found.st_mode)) {
            return EISDIR;
        }
        return S_ISREG(found.st_mode) ? try_folder(path) : EINVAL;
    }
    if (errno != ENOENT) {
        return errno;
    }
    return path[size - 1] == '/' ? EISDIR : try_folder(path);
}

static enum vn_status check_path(const char *path, const char *option,
                                 struct vn_error *error)
{
    const int failed = path != NULL ? try_path(path) : 0;

    if (failed == 0) {
        return VN_OK;
    }
    return vn_error_set(
        error, VN_INVALID, "cannot write '%s': %s; name another file with %s",
        path, failed == EINVAL ? "It is no regular file" : strerror(failed),
        option);
}

enum vn_status vn_load_check(const struct vn_load_source *source,
                             const struct vn_load_options *options,
                             struct vn_error *error)
{
    struct load_files files = {NULL, NULL};
    enum vn_status status = load_files_name(source, options, &files, error);

    if (status == VN_OK) {
        status = check_path(files.checkpoint, "--checkpoint", error);
    }
    if (status == VN_OK) {
        status = check_path(files.dead, "--dead-letters", error);
    }
    if (status == VN_OK) {
        status = check_path(options->prometheus_path, "--prometheus", error);
    }
    load_files_reset(&files);
    return status;
}
