/* accept.c: the thread that accepts connections. */
#include "accept.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Without files or memory: until others may have given some back. */
#define PAUSE_NS 10000000L

struct acceptor {
    int listen_fd;
    int stop_fd; /* readable when it is time to end */
    struct MHD_Daemon *daemon;
    struct connections *connections;
    pthread_t thread;
};

/* Best effort: a client that sent something already may see a reset. */
static void turn_away(int fd)
{
    static const char answer[] =
        "HTTP/1.1 503 Service Unavailable\r\n"
        "Content-Type: application/json\r\n"
        "Content-Length: 44\r\n"
        "Retry-After: 1\r\n"
        "Connection: close\r\n\r\n"
        "{\"message\":\"there are too many connections\"}";

    (void)!send(fd, answer, sizeof(answer) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    shutdown(fd, SHUT_WR);
    close(fd);
}

/* Takes one connection; false if there is none. */
static bool accept_one(struct acceptor *acceptor)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof(address);
    struct sockaddr *const any = (struct sockaddr *)&address;
    const int fd =
        accept4(acceptor->listen_fd, any, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd < 0) {
        return errno == ECONNABORTED || errno == EINTR;
    }
    if (!connections_open(acceptor->connections, fd)) {
        turn_away(fd);
        return true;
    }
    // It closes the socket where it fails, and then tells nobody.
    if (MHD_add_connection(acceptor->daemon, fd, any, size) != MHD_YES) {
        connections_close(acceptor->connections, fd);
    }
    return true;
}

static void accept_all(struct acceptor *acceptor)
{
    const struct timespec pause = {.tv_nsec = PAUSE_NS};

    while (accept_one(acceptor)) {
    }
    if (errno != EAGAIN) {
        nanosleep(&pause, NULL);
    }
}

static void *run(void *context)
{
    struct acceptor *acceptor = context;
    struct pollfd waits[] = {{.fd = acceptor->listen_fd, .events = POLLIN},
                             {.fd = acceptor->stop_fd, .events = POLLIN}};

    while (waits[1].revents == 0) {
        if (poll(waits, 2, -1) > 0) {
            accept_all(acceptor);
        }
    }
    return NULL;
}

static void release(struct acceptor *acceptor)
{
    if (acceptor->stop_fd >= 0) {
        close(acceptor->stop_fd);
    }
    close(acceptor->listen_fd);
    free(acceptor);
}

enum vn_status acceptor_start(int fd, struct MHD_Daemon *daemon,
                              struct connections *connections,
                              struct acceptor **out, struct vn_error *error)
{
    struct acceptor *acceptor = calloc(1, sizeof(*acceptor));

    if (acceptor == NULL) {
        close(fd);
        return vn_error_system(error, ENOMEM, "cannot accept connections");
    }
    acceptor->listen_fd = fd;
    acceptor->daemon = daemon;
    acceptor->connections = connections;
    acceptor->stop_fd = eventfd(0, EFD_CLOEXEC);
    const int failed =
        acceptor->stop_fd < 0
            ? errno
            : pthread_create(&acceptor->thread, NULL, run, acceptor);

    if (failed != 0) {
        release(acceptor);
        return vn_error_system(error, failed, "cannot accept connections");
    }
    *out = acceptor;
    return VN_OK;
}

void acceptor_stop(struct acceptor *acceptor)
{
    if (acceptor == NULL) {
        return;
    }
    eventfd_write(acceptor->stop_fd, 1);
    pthread_join(acceptor->thread, NULL);
    release(acceptor);
}
