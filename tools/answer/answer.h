/* answer.h: what is said of one number, the same in every program. */
#ifndef VN_ANSWER_H
#define VN_ANSWER_H

#include "engine/number.h"
#include "engine/record.h"
#include "output.h"
#include "speech.h"

/* Spellings that a caller hears, and that stand in VanityNumber1..3. */
#define ANSWER_SPOKEN 3u

/* No reply written here is larger, in bytes: of a memory for one. */
#define ANSWER_SIZE ((size_t)8 << 10)

/* A number and its spellings, best first. Plain data. */
struct answer {
    struct vn_number number;
    unsigned count; /* 0..VN_CANDIDATES */
    struct vn_spelling spellings[VN_CANDIDATES];
};

/* answer_start() is the answer without any spelling yet. */
void answer_start(struct answer *answer, const struct vn_number *number);

/*
 * answer_record() gives the answer the spellings of 'record', at most 'top' of
 * them. Returns VN_OK, or VN_CORRUPT for a candidate that no encoder makes.
 */
VN_NODISCARD enum vn_status answer_record(struct answer *answer,
                                          const struct vn_record *record,
                                          unsigned top);

/*
 * answer_add() adds one spelling in text form, as an item of the table holds
 * it, behind those that are there. Returns VN_OK, or VN_CORRUPT if 'text' is
 * no spelling of the suffix or there are VN_CANDIDATES already.
 */
VN_NODISCARD enum vn_status answer_add(struct answer *answer,
                                       struct vn_bytes text, int score);

/* How many of the spellings are spoken: min(count, ANSWER_SPOKEN). */
static inline unsigned answer_spoken(const struct answer *answer)
{
    return answer->count < ANSWER_SPOKEN ? answer->count : ANSWER_SPOKEN;
}

/* What stands before the spelling in the display form of one number. */
struct answer_front {
    char text[VN_DISPLAY_SIZE];
    size_t size;
};

void answer_front(const struct vn_number *number, struct answer_front *front);

/* Writes the display form: the front, then the spelling. */
void answer_display(struct output *out, const struct answer_front *front,
                    const struct vn_spelling *spelling);

/*
 * The keys "spelling", "display", "words", "score" and "overdial" with their
 * values, inside an object that the caller opens and closes; all null if
 * 'spelling' is NULL.
 */
void answer_candidate_json(struct output *out, const struct answer_front *front,
                           const struct vn_spelling *spelling);

/* The key "candidates" with the array of all candidates. */
void answer_candidates_json(struct output *out, const struct answer *answer);

/*
 * The body of GET /vanitynumbers: {"phonenumber" (E.164, or the seven digits
 * of a bare suffix),"VanityNumber1".."VanityNumber3" (display; "" where there
 * is none),"candidates":[...]}.
 */
void answer_body_json(struct output *out, const struct answer *answer);

/*
 * The reply to Amazon Connect, a flat object of strings: Count ("0".."3"),
 * VanityNumber1..3 (display, "" where there is none), Prompt (SSML)
 * and Number (as "phonenumber" above). 'answer' is NULL for a number that is
 * withheld or cannot be used: Count "0", Number "".
 */
void answer_connect_json(struct output *out, const struct answer *answer);

/* The body of a refusal: {"message":"..."}. */
void answer_error_json(struct output *out, const char *message);

/* One call of the list of callers. Texts are lent. */
struct answer_caller {
    const char *time;   /* RFC 3339 */
    const char *number; /* E.164; it is masked here */
    unsigned count;     /* of the spellings, 0..ANSWER_SPOKEN */
    struct vn_bytes spellings[ANSWER_SPOKEN];
};

/*
 * An entry of GET /callers: {"time","number":"+*********77","VanityNumber1"..
 * "VanityNumber3"}, the spellings as they are given.
 */
void answer_caller_json(struct output *out, const struct answer_caller *caller);

#endif
