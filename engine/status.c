/* status.c: texts of the result codes. */
#include "status.h"

const char *vn_status_text(enum vn_status status)
{
    switch (status) {
#define VN_STATUS_CASE(code, text)                                             \
    case code:                                                                 \
        return text;
        VN_STATUS_MAP(VN_STATUS_CASE)
#undef VN_STATUS_CASE
    }
    return "unknown status";
}
