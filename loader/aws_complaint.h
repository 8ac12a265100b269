/* aws_complaint.h: what a credential_process writes to standard error. */
#ifndef VN_AWS_COMPLAINT_H
#define VN_AWS_COMPLAINT_H

#include <stddef.h>

/* Room for a line of a message. */
#define AWS_COMPLAINT_SIZE 256u

/* The last bytes of it. Zeroed it is empty. */
struct aws_complaint {
    char text[AWS_COMPLAINT_SIZE];
    size_t size;
};

void aws_complaint_add(struct aws_complaint *complaint, const char *text,
                       size_t size);

/*
 * aws_complaint_line() writes the last line that is not empty to 'line', with
 * '?' for what no terminal should get. What could be a key or a token is
 * replaced by "***": 16 characters of base64 or more in a row, with a digit
 * among them or 32 in all.
 */
void aws_complaint_line(const struct aws_complaint *complaint,
                        char line[AWS_COMPLAINT_SIZE]);

#endif
