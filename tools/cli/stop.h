/* stop.h: SIGINT, SIGTERM and SIGHUP as a wish to stop in order. */
#ifndef VN_STOP_H
#define VN_STOP_H

/*
 * After stop_watch() the first SIGINT, SIGTERM or SIGHUP (unless that one is
 * ignored) is only noted, and so is any within a second after it; a later one
 * ends the program at once, as if it had never been watched.
 */
void stop_watch(void);

/* The signal that asked to stop, 0 if none did. The exit code is 128 + it. */
int stop_wanted(void);

#endif
