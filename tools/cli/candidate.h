/* candidate.h: how numbers and inputs are read and written. */
#ifndef VN_CANDIDATE_H
#define VN_CANDIDATE_H

#include "engine/number.h"
#include "tools/answer/answer.h"

/* The keys "e164", "suffix" and "dialable" with their values. */
void candidate_number_json(struct output *out, const struct vn_number *number);

/*
 * candidate_parse() is vn_number_parse() for a line of input.h: one that was
 * cut is refused without a count of its bytes, which nobody knows.
 */
VN_NODISCARD enum vn_status candidate_parse(struct vn_bytes input,
                                            struct vn_number *number,
                                            struct vn_error *error);

/*
 * The text of an input for a line of output: at most VN_NUMBER_INPUT_MAX
 * bytes, then an ellipsis; control characters as '?'.
 */
#define CANDIDATE_ECHO_SIZE (VN_NUMBER_INPUT_MAX + 4)
struct vn_bytes candidate_echo(struct vn_bytes input,
                               char echo[CANDIDATE_ECHO_SIZE]);

/* The key "input" with 'input', cut like candidate_echo() but not masked. */
void candidate_input_json(struct output *out, struct vn_bytes input);

#endif
