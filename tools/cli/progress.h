/* progress.h: one line on the terminal that says how far a command is. */
#ifndef VN_PROGRESS_H
#define VN_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* For work of which a step takes less than to read the clock. */
#define PROGRESS_STEP 64

struct progress {
    bool enabled;
    bool drawn;
    const char *unit; /* what is counted, "suffixes" */
    uint64_t started_ms, drawn_ms;
};

/* Nothing is ever written if 'quiet' or standard error is no terminal. */
void progress_start(struct progress *progress, const char *unit, bool quiet);

/*
 * progress_update() says that 'done' of 'total' are done: draws percent, bar,
 * rate and remaining time, or with a total of 0 (unknown) count and rate. Draws
 * ten times a second at most, however often it is called. The line fits the
 * width that the terminal has at that moment; below 20 columns it is the
 * percentage alone.
 */
void progress_update(struct progress *progress, uint64_t done, uint64_t total);

/*
 * Like progress_update(), but 'done' and 'total' (bytes of a file) give only
 * the share and the time, and 'count' is what was counted.
 */
void progress_share(struct progress *progress, uint64_t count, uint64_t done,
                    uint64_t total);

/* Takes the line away, for a message, until the next update. */
void progress_hide(struct progress *progress);

/* Takes the line away for good. */
void progress_end(struct progress *progress);

#endif
