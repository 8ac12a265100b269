/* status.h: the result codes of every module, one list of code and text. */
#ifndef VN_STATUS_H
#define VN_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

#define VN_NODISCARD __attribute__((warn_unused_result))
#define VN_PRINTF(text, first) __attribute__((format(printf, text, first)))

/*
 * A code stands here only if some caller acts on it. The text is a clause for
 * a message; where more is known, struct vn_error (error.h) says it.
 *
 * VN_NOT_FOUND is an answer, not a failure: the suffix has no spelling, the
 * word no entry. VN_OUTSIDE: the suffix lies outside the prefix that the index
 * was built for. VN_INVALID: bad input of the user (a number, a line, an
 * option, a file that is no index). VN_VERSION: an index or model of another
 * format version. VN_CORRUPT: a file that was ours and is damaged.
 * VN_STOPPED: a sink or a progress function asked to stop.
 */
#define VN_STATUS_MAP(X)                                                       \
    X(VN_OK, "done")                                                           \
    X(VN_NOT_FOUND, "not found")                                               \
    X(VN_OUTSIDE, "outside the prefix of this index")                          \
    X(VN_INVALID, "invalid input")                                             \
    X(VN_VERSION, "another format version")                                    \
    X(VN_CORRUPT, "damaged file")                                              \
    X(VN_IO, "input or output failed")                                         \
    X(VN_NOMEM, "out of memory")                                               \
    X(VN_STOPPED, "stopped")

enum vn_status {
#define VN_STATUS_CODE(code, text) code,
    VN_STATUS_MAP(VN_STATUS_CODE)
#undef VN_STATUS_CODE
};

/*
 * vn_status_text() returns the text of 'status' from VN_STATUS_MAP, a static
 * string; "unknown status" for a value outside the enumeration.
 */
const char *vn_status_text(enum vn_status status);

#ifdef __cplusplus
}
#endif

#endif
