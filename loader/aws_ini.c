/* aws_ini.c: the AWS CLI's two files: sections, settings, nested settings. */
#include "aws_ini.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define FIRST_ENTRIES 64u

struct parser {
    struct aws_ini *ini;
    const char *path;
    struct vn_bytes section;
    struct vn_bytes setting; /* the last one; data NULL: none in the section */
    size_t indent;           /* of that one */
};

/* ---- Reading ------------------------------------------------------------ */

static bool add_entry(struct aws_ini *ini, const struct aws_ini_entry *entry)
{
    if (ini->count == ini->capacity) {
        const size_t capacity =
            ini->capacity > 0 ? 2 * ini->capacity : FIRST_ENTRIES;
        struct aws_ini_entry *entries =
            realloc(ini->entries, capacity * sizeof *entries);
        if (entries == NULL) {
            return false;
        }
        ini->entries = entries;
        ini->capacity = capacity;
    }
    ini->entries[ini->count++] = *entry;
    return true;
}

static enum vn_status no_memory(const char *path, struct vn_error *error)
{
    return vn_error_system(error, ENOMEM, "cannot read %s", path);
}

/* Blanks before 'line', which lies in 'text'. */
static size_t indent_of(struct vn_bytes text, struct vn_bytes line)
{
    size_t indent = 0;

    while (line.data - indent > text.data &&
           (line.data[-1 - (ptrdiff_t)indent] == ' ' ||
            line.data[-1 - (ptrdiff_t)indent] == '\t')) {
        indent++;
    }
    return indent;
}

static enum vn_status read_section(struct parser *parser, struct vn_bytes line,
                                   uint64_t number, struct vn_error *error)
{
    const char *end = memrchr(line.data, ']', line.size);

    if (end == NULL) {
        return vn_error_line(error, parser->path, number,
                             "a section is [NAME]");
    }
    const struct vn_bytes name = {line.data + 1, (size_t)(end - line.data) - 1};
    parser->section = vn_text_trim(name);
    parser->setting = (struct vn_bytes){NULL, 0};
    const struct aws_ini_entry entry = {.section = parser->section};
    return add_entry(parser->ini, &entry) ? VN_OK
                                          : no_memory(parser->path, error);
}

/* A setting has '=' or ':', a nested one '=' alone. */
static bool split_setting(struct vn_bytes line, bool is_nested,
                          struct aws_ini_entry *entry)
{
    struct vn_bytes head;
    struct vn_bytes tail;
    bool found = vn_text_split(line, '=', &entry->key, &entry->value);

    if (!is_nested && vn_text_split(line, ':', &head, &tail) &&
        (!found || head.size < entry->key.size)) {
        entry->key = head;
        entry->value = tail;
        found = true;
    }
    entry->key = vn_text_trim(entry->key);
    entry->value = vn_text_trim(entry->value);
    return found;
}

static enum vn_status read_setting(struct parser *parser, struct vn_bytes line,
                                   uint64_t number, struct vn_error *error)
{
    const size_t indent = indent_of(parser->ini->text, line);
    const bool is_nested =
        parser->setting.data != NULL && indent > parser->indent;
    struct aws_ini_entry entry = {.section = parser->section};

    if (!split_setting(line, is_nested, &entry)) {
        // A value that runs over several lines; none of ours does.
        return is_nested ? VN_OK
                         : vn_error_line(error, parser->path, number,
                                         "a setting is NAME = VALUE");
    }
    if (is_nested) {
        entry.parent = parser->setting;
    } else {
        parser->setting = entry.key;
        parser->indent = indent;
    }
    return add_entry(parser->ini, &entry) ? VN_OK
                                          : no_memory(parser->path, error);
}

static enum vn_status read_line(struct parser *parser, struct vn_bytes line,
                                uint64_t number, struct vn_error *error)
{
    if (line.data[0] == ';') {
        return VN_OK;
    }
    if (line.data[0] == '[') {
        return read_section(parser, line, number, error);
    }
    if (parser->section.data == NULL) {
        return vn_error_line(error, parser->path, number,
                             "a setting stands below a [SECTION]");
    }
    return read_setting(parser, line, number, error);
}

static enum vn_status read_lines(const char *path, struct aws_ini *ini,
                                 struct vn_error *error)
{
    struct parser parser = {.ini = ini, .path = path};
    struct vn_lines lines;
    struct vn_bytes line;
    enum vn_status status = VN_OK;

    vn_lines_start(&lines, ini->text);
    while (status == VN_OK && vn_lines_next(&lines, &line)) {
        status = read_line(&parser, line, lines.line, error);
    }
    return status;
}

enum vn_status aws_ini_read(const char *path, struct aws_ini *ini,
                            struct vn_error *error)
{
    struct aws_ini result = {0};
    struct stat about;

    if (stat(path, &about) != 0 && (errno == ENOENT || errno == ENOTDIR)) {
        *ini = result;
        return VN_OK;
    }
    enum vn_status status = vn_text_read(path, &result.text, error);
    if (status == VN_OK) {
        status = read_lines(path, &result, error);
    }
    if (status != VN_OK) {
        aws_ini_reset(&result);
        return status;
    }
    *ini = result;
    return VN_OK;
}

void aws_ini_reset(struct aws_ini *ini)
{
    if (ini->text.data != NULL) {
        explicit_bzero((void *)(uintptr_t)ini->text.data, ini->text.size);
    }
    vn_text_free(&ini->text);
    free(ini->entries);
    *ini = (struct aws_ini){0};
}

/* ---- Asking ------------------------------------------------------------- */

static bool is_text(struct vn_bytes bytes, const char *text)
{
    return bytes.size == strlen(text) &&
           (bytes.size == 0 || memcmp(bytes.data, text, bytes.size) == 0);
}

/* The same without case, as names of settings are compared. */
static bool is_name(struct vn_bytes bytes, const char *text)
{
    return bytes.size == strlen(text) &&
           (bytes.size == 0 || strncasecmp(bytes.data, text, bytes.size) == 0);
}

/* "x" and 'x' are x. */
static struct vn_bytes unquoted(struct vn_bytes text)
{
    if (text.size >= 2 && (text.data[0] == '"' || text.data[0] == '\'') &&
        text.data[text.size - 1] == text.data[0]) {
        return (struct vn_bytes){text.data + 1, text.size - 2};
    }
    return text;
}

static bool is_section(struct vn_bytes section, const char *kind,
                       const char *name)
{
    const size_t length = strlen(kind);

    if (length == 0) {
        return is_text(section, name);
    }
    if (section.size <= length || memcmp(section.data, kind, length) != 0 ||
        (section.data[length] != ' ' && section.data[length] != '\t')) {
        return false;
    }
    const struct vn_bytes rest = {section.data + length, section.size - length};
    return is_text(unquoted(vn_text_trim(rest)), name);
}

bool aws_ini_has(const struct aws_ini *ini, const char *kind, const char *name)
{
    for (size_t i = 0; i < ini->count; i++) {
        if (is_section(ini->entries[i].section, kind, name)) {
            return true;
        }
    }
    return false;
}

struct vn_bytes aws_ini_get(const struct aws_ini *ini,
                            const struct aws_ini_place *place, const char *key)
{
    for (size_t i = ini->count; i > 0; i--) {
        const struct aws_ini_entry *entry = &ini->entries[i - 1];
        if (is_name(entry->key, key) && is_name(entry->parent, place->parent) &&
            is_section(entry->section, place->kind, place->name)) {
            return entry->value.size > 0 ? entry->value
                                         : (struct vn_bytes){NULL, 0};
        }
    }
    return (struct vn_bytes){NULL, 0};
}
