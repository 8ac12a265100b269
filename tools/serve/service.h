/* service.h: what a running server holds; its threads share it. */
#ifndef VN_SERVICE_H
#define VN_SERVICE_H

#include <microhttpd.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "asset.h"
#include "calls.h"
#include "connections.h"
#include "metrics.h"
#include "page.h"
#include "request.h"
#include "store.h"

/* A file of the page, ready to be answered. */
struct service_page {
    const char *name;
    struct asset *asset;
};

struct service {
    struct store *store;
    struct calls *calls; /* NULL: none are kept */
    struct connections *connections;
    struct metrics *metrics;
    struct request_hosts hosts;
    struct service_page pages[PAGE_FILES];
    atomic_bool stopping; /* every answer ends its connection */
    int access_log;       /* a file descriptor, -1: none */
};

/* service_answer() is the MHD_AccessHandlerCallback; 'context': the service. */
enum MHD_Result service_answer(void *context, struct MHD_Connection *connection,
                               const char *url, const char *method,
                               const char *version, const char *upload,
                               size_t *upload_size, void **data);

/* service_answered() is the MHD_RequestCompletedCallback. */
void service_answered(void *context, struct MHD_Connection *connection,
                      void **data, enum MHD_RequestTerminationCode code);

#endif
