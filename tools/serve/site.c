/* site.c: the page, the map and the lists as files. */
#include "site.h"

#include "exchange.h"
#include "page.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TOP_FOLDER "top"
#define MAP_FILE "map.json"
/* What a map begins with. */
#define MAP_START "{\"generation\":\""
#define PART_SUFFIX ".part"
/* "000.json.part" or a file of the page, and the end. */
#define NAME_SIZE 32
#define FOLDER_MODE 0777
#define FILE_MODE 0666

/* Where one folder is written. */
struct site {
    struct vn_index *index;
    const char *folder;
    int fd;     /* of the folder */
    int top_fd; /* of its folder of lists */
    vn_progress_fn progress;
    void *context;
    struct site_counts *counts;
    struct vn_error *error;
};

static enum vn_status write_error(const struct site *site, const char *name)
{
    return vn_error_system(site->error, errno, "cannot write '%s/%s'",
                           site->folder, name);
}

static bool write_all(int fd, struct vn_bytes bytes)
{
    while (bytes.size > 0) {
        const ssize_t written = write(fd, bytes.data, bytes.size);

        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        bytes.data += written;
        bytes.size -= (size_t)written;
    }
    return true;
}

/* Writes 'name' in the folder 'fd' under another name, then renames it. */
static enum vn_status write_file(struct site *site, int fd, const char *name,
                                 struct vn_bytes bytes)
{
    char part[NAME_SIZE];

    snprintf(part, sizeof(part), "%s" PART_SUFFIX, name);
    const int file =
        openat(fd, part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);

    if (file < 0) {
        return write_error(site, name);
    }
    bool done = write_all(file, bytes);

    done = close(file) == 0 && done;
    if (!done || renameat(fd, part, fd, name) != 0) {
        const enum vn_status status = write_error(site, name);

        unlinkat(fd, part, 0);
        return status;
    }
    site->counts->files++;
    site->counts->bytes += bytes.size;
    if (site->progress != NULL &&
        !site->progress(site->context, site->counts->files,
                        PAGE_FILES + 1 + EXCHANGES)) {
        return vn_error_set(site->error, VN_STOPPED, "stopped");
    }
    return VN_OK;
}

static enum vn_status write_text(struct site *site, int fd, const char *name,
                                 struct exchange_text *text)
{
    const enum vn_status status =
        write_file(site, fd, name, (struct vn_bytes){text->data, text->size});

    free(text->data);
    return status;
}

static enum vn_status write_page(struct site *site)
{
    struct page_file files[PAGE_FILES];
    enum vn_status status = VN_OK;

    page_files(files);
    for (unsigned i = 0; status == VN_OK && i < PAGE_FILES; i++) {
        status = write_file(site, site->fd, files[i].name, files[i].bytes);
    }
    return status;
}

static enum vn_status write_map(struct site *site)
{
    struct exchange_text text;
    const enum vn_status status =
        exchange_map(site->index, 0, &text, site->error);

    return status == VN_OK ? write_text(site, site->fd, MAP_FILE, &text)
                           : status;
}

static enum vn_status write_top(struct site *site, unsigned exchange)
{
    char name[NAME_SIZE];
    struct exchange_text text;

    snprintf(name, sizeof(name), "%03u.json", exchange);
    if (!exchange_is_held(site->index, exchange)) {
        return unlinkat(site->top_fd, name, 0) == 0 || errno == ENOENT
                   ? VN_OK
                   : write_error(site, name);
    }
    const enum vn_status status =
        exchange_top(site->index, exchange, &text, site->error);

    return status == VN_OK ? write_text(site, site->top_fd, name, &text)
                           : status;
}

static enum vn_status write_tops(struct site *site)
{
    enum vn_status status = VN_OK;

    for (unsigned i = 0; status == VN_OK && i < EXCHANGES; i++) {
        status = write_top(site, i);
    }
    return status;
}

/* ---- The folder --------------------------------------------------------- */

/* Whether a site was written to the folder, or begun. */
static bool holds_site(int fd)
{
    char start[sizeof(MAP_START) - 1];
    const int file = openat(fd, MAP_FILE, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (file < 0) {
        return false;
    }
    const ssize_t size = read(file, start, sizeof(start));

    close(file);
    return size == (ssize_t)sizeof(start) &&
           memcmp(start, MAP_START, sizeof(start)) == 0;
}

/* What may stand in a folder before its first file does. */
static bool is_beginning(const char *name)
{
    static const char *const names[] = {".", "..", TOP_FOLDER,
                                        MAP_FILE PART_SUFFIX};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_empty(DIR *folder)
{
    const struct dirent *entry = readdir(folder);

    while (entry != NULL && is_beginning(entry->d_name)) {
        entry = readdir(folder);
    }
    return entry == NULL;
}

/* Nobody's files are overwritten: the folder is new, or a site's. */
static enum vn_status check_folder(const struct site *site)
{
    const int fd = openat(site->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = fd < 0 ? NULL : fdopendir(fd);

    if (folder == NULL) {
        if (fd >= 0) {
            close(fd);
        }
        return write_error(site, ".");
    }
    const bool is_ours = is_empty(folder) || holds_site(site->fd);

    closedir(folder);
    return is_ours ? VN_OK
                   : vn_error_set(site->error, VN_INVALID,
                                  "'%s' holds other files and no site; name a "
                                  "new or empty folder",
                                  site->folder);
}

/* Opens the folder 'name' in 'at', made if it is not there; -1: errno. */
static int open_folder(int at, const char *name)
{
    if (mkdirat(at, name, FOLDER_MODE) != 0 && errno != EEXIST) {
        return -1;
    }
    return openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static enum vn_status folder_error(const struct site *site)
{
    const int failed = errno;

    if (failed == ENOENT || failed == ENOTDIR) {
        return vn_error_set(site->error, VN_INVALID,
                            "cannot write to the folder '%s': %s", site->folder,
                            strerror(failed));
    }
    return vn_error_system(site->error, failed,
                           "cannot write to the folder '%s'", site->folder);
}

static enum vn_status write_site(struct site *site)
{
    // First, as the folder is known by it.
    enum vn_status status = write_map(site);

    if (status == VN_OK) {
        status = write_page(site);
    }
    if (status == VN_OK) {
        status = write_tops(site);
    }
    // Once for all: a thousand files, synced one by one, take seconds.
    if (status == VN_OK && syncfs(site->fd) != 0) {
        status = write_error(site, TOP_FOLDER);
    }
    return status;
}

static enum vn_status open_site(struct site *site)
{
    site->fd = open_folder(AT_FDCWD, site->folder);
    if (site->fd < 0) {
        return folder_error(site);
    }
    const enum vn_status status = check_folder(site);

    if (status != VN_OK) {
        return status;
    }
    site->top_fd = open_folder(site->fd, TOP_FOLDER);
    return site->top_fd < 0 ? folder_error(site) : VN_OK;
}

enum vn_status site_write(struct vn_index *index, const char *folder,
                          vn_progress_fn progress, void *context,
                          struct site_counts *counts, struct vn_error *error)
{
    struct site site = {.index = index,
                        .folder = folder,
                        .fd = -1,
                        .top_fd = -1,
                        .progress = progress,
                        .context = context,
                        .counts = counts,
                        .error = error};

    *counts = (struct site_counts){0};
    enum vn_status status = open_site(&site);

    if (status == VN_OK) {
        status = write_site(&site);
    }
    if (site.top_fd >= 0) {
        close(site.top_fd);
    }
    if (site.fd >= 0) {
        close(site.fd);
    }
    return status;
}
