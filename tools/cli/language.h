/* language.h: the folder of the lexicon of a language. */
#ifndef VN_LANGUAGE_H
#define VN_LANGUAGE_H

/* The language of the embedded lexicon. */
#define LANGUAGE_EMBEDDED "en"

/*
 * language_find() sets '*folder' to NAME under VANITY_LEXICONS, else under
 * XDG_DATA_HOME/vanity/lexicons (~/.local/share/vanity/lexicons), the first
 * that is there; the caller frees it. NULL for LANGUAGE_EMBEDDED.
 *
 * Returns CLI_DONE, or reports the failure and returns its exit code.
 */
int language_find(const char *name, char **folder);

#endif
