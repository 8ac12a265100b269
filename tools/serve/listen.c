/* listen.c: binds an address, with one clear line where it cannot be had. */
#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* Connections that wait to be accepted; the system cuts it to its own limit. */
#define BACKLOG 4096
#define HOST_SIZE 64u
#define PORT_LAST 65535u

struct address {
    char host[HOST_SIZE];
    const char *port;
};

static enum vn_status refuse_text(const char *text, struct vn_error *error)
{
    return vn_error_set(error, VN_INVALID,
                        "cannot listen on '%s': give ADDRESS:PORT, such as "
                        "127.0.0.1:8080 or [::1]:8080",
                        text);
}

static bool is_port(const char *text)
{
    unsigned value = 0;

    if (text[0] == '\0' || strlen(text) > 5) {
        return false;
    }
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9') {
            return false;
        }
        value = value * 10 + (unsigned)(*text - '0');
    }
    return value <= PORT_LAST;
}

static bool split(const char *text, struct address *out)
{
    const char *colon = strrchr(text, ':');

    if (colon == NULL || colon == text || !is_port(colon + 1)) {
        return false;
    }
    size_t size = (size_t)(colon - text);

    if (text[0] == '[' && text[size - 1] == ']') {
        text++;
        size -= 2;
    } else if (memchr(text, ':', size) != NULL) {
        return false;
    }
    if (size == 0 || size >= sizeof(out->host)) {
        return false;
    }
    memcpy(out->host, text, size);
    out->host[size] = '\0';
    if (strcmp(out->host, "localhost") == 0) {
        strcpy(out->host, "127.0.0.1");
    }
    out->port = colon + 1;
    return true;
}

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 six;

        memcpy(&six, address, sizeof(six));
        return IN6_IS_ADDR_LOOPBACK(&six.sin6_addr);
    }
    struct sockaddr_in four;

    memcpy(&four, address, sizeof(four));
    return ntohl(four.sin_addr.s_addr) >> 24 == 127;
}

/* Fills in what became of the address: the port may have been 0. */
static int describe(struct listen_socket *socket)
{
    struct sockaddr_storage bound = {0};
    socklen_t size = sizeof(bound);
    struct sockaddr *address = (struct sockaddr *)&bound;
    char host[HOST_SIZE];
    char port[8];

    if (getsockname(socket->fd, address, &size) != 0 ||
        getnameinfo(address, size, host, sizeof(host), port, sizeof(port),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        return -1;
    }
    socket->is_loopback = is_loopback(address);
    snprintf(socket->url, sizeof(socket->url),
             bound.ss_family == AF_INET6 ? "http://[%s]:%s/" : "http://%s:%s/",
             host, port);
    return 0;
}

static int bind_address(const struct addrinfo *info,
                        struct listen_socket *socket_out)
{
    const int on = 1;
    const int fd =
        socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    socket_out->fd = fd;
    if (fd < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        bind(fd, info->ai_addr, info->ai_addrlen) != 0 ||
        listen(fd, BACKLOG) != 0) {
        return -1;
    }
    return describe(socket_out);
}

/* What the user can mend is VN_INVALID. */
static enum vn_status bind_error(const char *text, int sys_errno,
                                 struct vn_error *error)
{
    switch (sys_errno) {
    case EADDRINUSE:
        return vn_error_set(error, VN_INVALID,
                            "cannot listen on '%s': the port is taken; give "
                            "another one with --listen, 0 for any",
                            text);
    case EACCES:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
        return vn_error_set(error, VN_INVALID, "cannot listen on '%s': %s",
                            text, strerror(sys_errno));
    default:
        return vn_error_system(error, sys_errno, "cannot listen on '%s'", text);
    }
}

enum vn_status listen_open(const char *text, struct listen_socket *out,
                           struct vn_error *error)
{
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
                                   .ai_socktype = SOCK_STREAM};
    struct listen_socket made = {.fd = -1};
    struct addrinfo *info = NULL;
    struct address address;

    if (!split(text, &address) ||
        getaddrinfo(address.host, address.port, &hints, &info) != 0) {
        return refuse_text(text, error);
    }
    const int failed = bind_address(info, &made) == 0 ? 0 : errno;

    freeaddrinfo(info);
    if (failed != 0) {
        if (made.fd >= 0) {
            close(made.fd);
        }
        return bind_error(text, failed, error);
    }
    *out = made;
    return VN_OK;
}

enum vn_status listen_raise_files(unsigned files, struct vn_error *error)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return vn_error_system(error, errno, "cannot count open files");
    }
    if (limit.rlim_cur >= files) {
        return VN_OK;
    }
    if (limit.rlim_max < files) {
        return vn_error_set(error, VN_INVALID,
                            "so many connections need %u open files, but the "
                            "limit is %llu; raise it (ulimit -n, LimitNOFILE=) "
                            "or give less with --max-connections",
                            files, (unsigned long long)limit.rlim_max);
    }
    limit.rlim_cur = files;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0
               ? VN_OK
               : vn_error_system(error, errno, "cannot open %u files", files);
}
