/* speech.h: what a caller hears, as SSML. */
#ifndef VN_SPEECH_H
#define VN_SPEECH_H

#include "output.h"

struct answer;

/* No prompt is larger, in bytes; those of real numbers have up to 2,200. */
#define SPEECH_SIZE ((size_t)4 << 10)

/* Below this score of its best spelling, a number has none worth praising. */
#define SPEECH_PRAISED (-90)

/*
 * speech_prompt() writes one <speak> element with the first ANSWER_SPOKEN
 * spellings of 'answer': words as lower-case words, digits in groups with
 * pauses, then "that is" and the plain digits. An answer without spelling has
 * its own sentence, and so has NULL: a number that is withheld or cannot be
 * used. Several are called number one, two and three: the keys of a menu.
 *
 * Tags: speak, break, say-as, nothing else; no character that XML escapes.
 */
void speech_prompt(struct output *out, const struct answer *answer);

/* The same as a JSON string. */
void speech_json(struct output *out, const struct answer *answer);

#endif
