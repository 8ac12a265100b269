/* aws_process.h: a program that prints credentials. */
#ifndef VN_AWS_PROCESS_H
#define VN_AWS_PROCESS_H

#include "buf.h"
#include "engine/error.h"

/* A login in a browser or a code typed in take their time. */
#define AWS_PROCESS_TIMEOUT_MS 60000

/*
 * aws_process_run() starts the program of 'command', cut into words as a POSIX
 * shell would (quotes and backslashes, nothing else), and reads its standard
 * output into 'out' (aws_answer_init()). Its input is ours, so that it can be
 * answered; its standard error is dropped, for it may hold a secret: a program
 * that asks does so on the terminal. After 'timeout_ms' it is killed.
 *
 * Returns VN_OK; VN_INVALID with a sentence about "credential_process" that
 * names the program alone: arguments may be secrets; VN_NOMEM.
 */
VN_NODISCARD enum vn_status aws_process_run(const char *command, int timeout_ms,
                                            struct buf *out,
                                            struct vn_error *error);

#endif
