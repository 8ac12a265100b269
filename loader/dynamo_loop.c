/* dynamo_loop.c: sockets and timer of libcurl, by epoll. */
#include "dynamo_loop.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

/* Events taken by one wait; what is ready beyond them comes with the next. */
#define EVENTS_MAX 64

int64_t dynamo_loop_now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* libcurl tells what it waits for on a socket; 'known': it is in the set. */
static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *context,
                        void *known)
{
    struct dynamo_loop *loop = context;
    struct epoll_event event = {.data = {.fd = fd}};

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        // It may be closed already, and so out of the set.
        (void)epoll_ctl(loop->epoll, EPOLL_CTL_DEL, fd, NULL);
        return 0;
    }
    if ((what & CURL_POLL_IN) != 0) {
        event.events |= EPOLLIN;
    }
    if ((what & CURL_POLL_OUT) != 0) {
        event.events |= EPOLLOUT;
    }
    if (epoll_ctl(loop->epoll, known != NULL ? EPOLL_CTL_MOD : EPOLL_CTL_ADD,
                  fd, &event) != 0) {
        loop->failed = true;
    }
    (void)curl_multi_assign(loop->multi, fd, loop);
    return 0;
}

static int set_timer(CURLM *multi, long timeout_ms, void *context)
{
    struct dynamo_loop *loop = context;

    (void)multi;
    loop->timer_ms = timeout_ms < 0 ? -1 : dynamo_loop_now_ms() + timeout_ms;
    return 0;
}

enum vn_status dynamo_loop_open(struct dynamo_loop *loop, unsigned connections,
                                struct vn_error *error)
{
    *loop = (struct dynamo_loop){.epoll = -1, .timer_ms = -1};
    loop->multi = curl_multi_init();
    if (loop->multi == NULL) {
        return vn_error_set(error, VN_NOMEM, "libcurl: out of memory");
    }
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epoll < 0) {
        const int code = errno;
        dynamo_loop_close(loop);
        return vn_error_system(error, code, "epoll");
    }
    // Without room for all of them, connections would be closed and opened
    // again all the time.
    (void)curl_multi_setopt(loop->multi, CURLMOPT_MAXCONNECTS,
                            (long)connections);
    (void)curl_multi_setopt(loop->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
    (void)curl_multi_setopt(loop->multi, CURLMOPT_SOCKETDATA, loop);
    (void)curl_multi_setopt(loop->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    (void)curl_multi_setopt(loop->multi, CURLMOPT_TIMERDATA, loop);
    return VN_OK;
}

void dynamo_loop_close(struct dynamo_loop *loop)
{
    if (loop->multi != NULL) {
        (void)curl_multi_cleanup(loop->multi);
    }
    if (loop->epoll >= 0) {
        (void)close(loop->epoll);
    }
    *loop = (struct dynamo_loop){.epoll = -1, .timer_ms = -1};
}

static enum vn_status act(struct dynamo_loop *loop, curl_socket_t fd, int mask,
                          struct vn_error *error)
{
    int running = 0;
    const CURLMcode code =
        curl_multi_socket_action(loop->multi, fd, mask, &running);

    if (code != CURLM_OK || loop->failed) {
        return vn_error_set(error,
                            code == CURLM_OUT_OF_MEMORY ? VN_NOMEM : VN_IO,
                            "libcurl: %s", curl_multi_strerror(code));
    }
    return VN_OK;
}

static bool is_timer_due(const struct dynamo_loop *loop)
{
    return loop->timer_ms >= 0 && dynamo_loop_now_ms() >= loop->timer_ms;
}

static enum vn_status act_on_timer(struct dynamo_loop *loop,
                                   struct vn_error *error)
{
    if (!is_timer_due(loop)) {
        return VN_OK;
    }
    loop->timer_ms = -1;
    const enum vn_status status = act(loop, CURL_SOCKET_TIMEOUT, 0, error);
    long left_ms = -1;
    // Our clock counts whole milliseconds, libcurl's does not: called a little
    // early it does nothing, and does not set the same timer again.
    if (loop->timer_ms < 0 &&
        curl_multi_timeout(loop->multi, &left_ms) == CURLM_OK) {
        (void)set_timer(loop->multi, left_ms, loop);
    }
    return status;
}

static int mask_of(uint32_t events)
{
    int mask = 0;

    if ((events & (EPOLLIN | EPOLLHUP)) != 0) {
        mask |= CURL_CSELECT_IN;
    }
    if ((events & EPOLLOUT) != 0) {
        mask |= CURL_CSELECT_OUT;
    }
    if ((events & EPOLLERR) != 0) {
        mask |= CURL_CSELECT_ERR;
    }
    return mask;
}

static int wait_of(const struct dynamo_loop *loop, int timeout_ms)
{
    if (loop->timer_ms < 0) {
        return timeout_ms;
    }
    const int64_t left = loop->timer_ms - dynamo_loop_now_ms();
    if (left <= 0) {
        return 0;
    }
    return left < timeout_ms ? (int)left : timeout_ms;
}

static enum vn_status run_unguarded(struct dynamo_loop *loop, int timeout_ms,
                                    bool *interrupted, struct vn_error *error)
{
    struct epoll_event events[EVENTS_MAX];
    // A near server may have answered already when a call is begun: then there
    // is nothing to wait for.
    const bool begun = is_timer_due(loop);
    enum vn_status status = act_on_timer(loop, error);

    if (status != VN_OK) {
        return status;
    }
    const int count = epoll_wait(loop->epoll, events, EVENTS_MAX,
                                 begun ? 0 : wait_of(loop, timeout_ms));
    if (count < 0 && errno != EINTR) {
        return vn_error_system(error, errno, "epoll");
    }
    *interrupted = count < 0;
    for (int i = 0; i < count && status == VN_OK; i++) {
        status = act(loop, events[i].data.fd, mask_of(events[i].events), error);
    }
    return status == VN_OK ? act_on_timer(loop, error) : status;
}

/*
 * OpenSSL writes to a socket that the server has closed with write(), which
 * raises SIGPIPE; with CURLOPT_NOSIGNAL libcurl leaves it to us. It is held
 * back in this thread, and taken away if it came.
 */
enum vn_status dynamo_loop_run(struct dynamo_loop *loop, int timeout_ms,
                               bool *interrupted, struct vn_error *error)
{
    const struct timespec no_time = {0, 0};
    sigset_t pipe_set;
    sigset_t old;
    sigset_t pending;

    if (!loop->guard_pipe) {
        return run_unguarded(loop, timeout_ms, interrupted, error);
    }
    (void)sigemptyset(&pipe_set);
    (void)sigaddset(&pipe_set, SIGPIPE);
    (void)sigpending(&pending);
    const bool was_pending = sigismember(&pending, SIGPIPE) == 1;
    (void)pthread_sigmask(SIG_BLOCK, &pipe_set, &old);
    const enum vn_status status =
        run_unguarded(loop, timeout_ms, interrupted, error);
    if (!was_pending) {
        (void)sigtimedwait(&pipe_set, NULL, &no_time);
    }
    (void)pthread_sigmask(SIG_SETMASK, &old, NULL);
    return status;
}
