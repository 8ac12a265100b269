/* reply.h: answers on their way out. */
#ifndef VN_REPLY_H
#define VN_REPLY_H

#include "service.h"

/* A request in hand. */
struct request {
    struct service *service;
    struct MHD_Connection *connection;
    struct connection *place; /* what is noted of it */
};

/* A JSON body that no cache may keep; it is copied. */
enum MHD_Result reply_json(struct request *request, unsigned code,
                           struct vn_bytes body);
/* {"message":...}; 405 gets its Allow header. */
enum MHD_Result reply_error(struct request *request, unsigned code,
                            const char *message);
/* Text of 'type' that no cache may keep; it is copied. */
enum MHD_Result reply_text(struct request *request, const char *type,
                           struct vn_bytes body);
/* An asset: whole, compressed where that is taken, or 304. */
enum MHD_Result reply_asset(struct request *request, struct asset *asset);

#endif
