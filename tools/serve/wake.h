/* wake.h: wakes threads that wait for events. */
#ifndef VN_WAKE_H
#define VN_WAKE_H

#include "engine/status.h"

/*
 * The threads of libmicrohttpd 0.9.75 take 128 events at a time; where it is
 * exactly that many, they wait for the next one before they handle any. So they
 * are interrupted now and then, by SIGURG, whose handler does nothing.
 */
struct wake;

/* For up to 'most' threads. Returns VN_OK or VN_NOMEM. */
VN_NODISCARD enum vn_status wake_new(unsigned most, struct wake **out);
void wake_free(struct wake *wake); /* accepts NULL */

/* The calling thread is one of them, until wake_free(). */
void wake_join(struct wake *wake);
/* Interrupts all that have joined. */
void wake_all(struct wake *wake);

#endif
