/* aws_ini.h: the AWS CLI's two files: sections, settings, nested settings. */
#ifndef VN_AWS_INI_H
#define VN_AWS_INI_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/text.h"

/*
 * One setting. 'parent' is the setting that a deeper indented one belongs to,
 * empty for the others; an entry without key says that the section is there.
 * All point into the text of the file.
 */
struct aws_ini_entry {
    struct vn_bytes section, parent, key, value;
};

/* Zeroed it is an empty file. */
struct aws_ini {
    struct vn_bytes text;
    struct aws_ini_entry *entries;
    size_t count, capacity;
};

/* "[kind name]", or "[name]" for kind ""; 'parent' is "" or a setting. */
struct aws_ini_place {
    const char *kind, *name, *parent;
};

/*
 * aws_ini_read() reads the file 'path'; there need not be one. What follows is
 * as Python's configparser has it, which reads these files for the AWS CLI:
 * '#' and ';' begin comments at the start of a line only, names of settings
 * have no case, the last of several settings counts.
 *
 * Returns VN_OK; VN_INVALID for a line that is neither section nor setting
 * (the sentence does not show it: it may be a secret); VN_IO; VN_NOMEM.
 */
VN_NODISCARD enum vn_status aws_ini_read(const char *path, struct aws_ini *ini,
                                         struct vn_error *error);
void aws_ini_reset(
    struct aws_ini *ini); /* wipes, frees; accepts a zeroed one */

bool aws_ini_has(const struct aws_ini *ini, const char *kind, const char *name);
/* The value, lent; data NULL if it is not there or empty. */
struct vn_bytes aws_ini_get(const struct aws_ini *ini,
                            const struct aws_ini_place *place, const char *key);

#endif
