/* language.c: where the lexicons of languages lie. */
#include "language.h"

#include "cli.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME_MAX_BYTES 32u
#define PLACES 2u

static const char *from_environment(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* A name goes into a path and into a command that is shown. */
static bool is_name(const char *name)
{
    const size_t length = strlen(name);

    for (size_t i = 0; i < length; i++) {
        if (!isalnum((unsigned char)name[i]) && name[i] != '-' &&
            name[i] != '_') {
            return false;
        }
    }
    return length > 0 && length <= NAME_MAX_BYTES;
}

/* Each place is NULL if the environment does not name it; false: no memory. */
static bool find_places(const char *name, char *places[PLACES])
{
    const char *own = from_environment("VANITY_LEXICONS");
    const char *data = from_environment("XDG_DATA_HOME");
    const char *home = from_environment("HOME");
    int length = 0;

    if (own != NULL) {
        length = asprintf(&places[0], "%s/%s", own, name);
    }
    if (length >= 0 && data != NULL) {
        length = asprintf(&places[1], "%s/vanity/lexicons/%s", data, name);
    } else if (length >= 0 && home != NULL) {
        length = asprintf(&places[1], "%s/.local/share/vanity/lexicons/%s",
                          home, name);
    }
    return length >= 0;
}

static int report_missing(const char *name, char *const places[PLACES])
{
    const bool both = places[0] != NULL && places[1] != NULL;
    const char *first = places[0] != NULL ? places[0] : places[1];

    cli_message("there is no lexicon '%s' at %s%s%s; make it with "
                "'tools/lexicon/build %s'",
                name, first != NULL ? first : "$VANITY_LEXICONS",
                both ? " or " : "", both ? places[1] : "", name);
    return CLI_REFUSED;
}

int language_find(const char *name, char **folder)
{
    char *places[PLACES] = {NULL, NULL};
    int code = CLI_DONE;

    if (strcmp(name, LANGUAGE_EMBEDDED) == 0) {
        return CLI_DONE;
    }
    if (!is_name(name)) {
        cli_refuse("--language takes a name such as es, not '%s'; a folder is "
                   "given with --lexicon",
                   name);
    }
    if (!find_places(name, places)) {
        cli_message("out of memory");
        return CLI_FAILED;
    }
    unsigned found = 0;
    while (found < PLACES &&
           (places[found] == NULL || access(places[found], F_OK) != 0)) {
        found++;
    }
    if (found < PLACES) {
        *folder = places[found];
        places[found] = NULL;
    } else {
        code = report_missing(name, places);
    }
    for (unsigned i = 0; i < PLACES; i++) {
        free(places[i]);
    }
    return code;
}
