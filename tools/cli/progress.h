/* progress.h: one line on the terminal that says how far a command is. */
#ifndef VN_PROGRESS_H
#define VN_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool enabled;
    bool drawn;
    const char *unit; /* what is counted, NULL = no rate */
    uint64_t started_ms, drawn_ms;
};

/* Nothing is ever written if 'quiet' or standard error is no terminal. */
void progress_start(struct progress *progress, const char *unit, bool quiet);

/* Draws ten times a second at most, however often it is called. */
void progress_update(struct progress *progress, uint64_t done, uint64_t total);

/* Takes the line away. */
void progress_end(struct progress *progress);

#endif
