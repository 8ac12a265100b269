/* target.c: tells names that an index can take from those it cannot. */
#include "target.h"

#include "cli.h"

#include <libgen.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* As many as the system follows. */
#define LINKS_MAX 40

static bool is_proc(const char *folder)
{
    struct statfs about;

    return statfs(folder, &about) == 0 && about.f_type == PROC_SUPER_MAGIC;
}

/* Puts what the link 'path' in 'folder' names into 'next'; false: no link. */
static bool follow(const char *path, const char *folder, char next[PATH_MAX])
{
    char link[PATH_MAX];
    const ssize_t size = readlink(path, link, sizeof(link) - 1);

    if (size < 0) {
        return false;
    }
    link[size] = '\0';
    const int used = link[0] == '/'
                         ? snprintf(next, PATH_MAX, "%s", link)
                         : snprintf(next, PATH_MAX, "%s/%s", folder, link);

    return used < PATH_MAX;
}

/* Whether a link on the way from 'path' to its file stands in /proc. */
static bool is_open_file(const char *path)
{
    char at[PATH_MAX];
    char folder[PATH_MAX];
    char next[PATH_MAX];

    if (snprintf(at, sizeof(at), "%s", path) >= PATH_MAX) {
        return false;
    }
    for (int i = 0; i < LINKS_MAX; i++) {
        char copy[PATH_MAX];

        memcpy(copy, at, sizeof(copy));
        snprintf(folder, sizeof(folder), "%s", dirname(copy));
        if (is_proc(folder)) {
            return true;
        }
        if (!follow(at, folder, next)) {
            return false;
        }
        memcpy(at, next, sizeof(at));
    }
    return false;
}

int target_check(const char *path)
{
    struct stat about;

    if (stat(path, &about) != 0) {
        return CLI_DONE; // new, or for vn_index_create() to say why not
    }
    if (S_ISDIR(about.st_mode)) {
        cli_message("'%s' is a directory", path);
        return CLI_REFUSED;
    }
    if (!S_ISREG(about.st_mode) || is_open_file(path)) {
        cli_message("'%s' is not a regular file", path);
        return CLI_REFUSED;
    }
    return CLI_DONE;
}
