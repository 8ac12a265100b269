/* serve.c: opens all that a server needs, runs it, and ends it in order. */
#include "serve.h"

#include "accept.h"
#include "fault.h"
#include "listen.h"
#include "service.h"
#include "wake.h"

#include "tools/cli/cli.h"
#include "tools/cli/open.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * Memory of a connection: request line, headers and the head of the answer.
 * Half of it is read into at first; browsers send 1 to 2 kB.
 */
#define CONNECTION_BYTES ((size_t)16 << 10)
/* Open files beside the connections: index, logs, epoll, standard ones. */
#define OTHER_FILES 64u
/* How often the file of the index and slow connections are looked at. */
#define TICK_S 1
/* At the end: how long answers may take, and how long nothing must come. */
#define DRAIN_TICK_NS 10000000L
#define DRAIN_MOST_NS 10000000000u
#define DRAIN_QUIET_NS 100000000u
#define ACCESS_LOG_MODE 0640

struct server {
    const struct serve_options *options;
    unsigned threads;
    unsigned connections;
    uint64_t timeout_ns;
    struct listen_socket socket;
    struct MHD_Daemon *daemon;
    struct acceptor *acceptor;
    struct wake *wake;
    struct service service;
    char log_path[PATH_MAX];
    struct vn_error error;
};

/* ---- What libmicrohttpd calls ------------------------------------------- */

static void note_connection(void *context, struct MHD_Connection *connection,
                            void **place,
                            enum MHD_ConnectionNotificationCode code)
{
    struct server *server = context;
    struct connections *connections = server->service.connections;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        connections_close(connections, info->connect_fd);
    } else {
        *place = connections_find(connections, info->connect_fd);
        wake_join(server->wake);
    }
}

/* ---- Opening ------------------------------------------------------------ */

static int open_pages(struct service *service)
{
    struct page_file files[PAGE_FILES];

    page_files(files);
    for (unsigned i = 0; i < PAGE_FILES; i++) {
        service->pages[i].name = files[i].name;
        const enum vn_status status = asset_new(files[i].bytes, files[i].type,
                                                true, &service->pages[i].asset);

        if (status != VN_OK) {
            return cli_error(status, NULL);
        }
    }
    return CLI_DONE;
}

static int open_store(struct server *server)
{
    const char *path = server->options->index_path;
    const int code = open_index_find(path);

    if (code != CLI_DONE) {
        return code;
    }
    const enum vn_status status = store_open(
        path, server->threads, &server->service.store, &server->error);

    if (status == VN_CORRUPT || status == VN_VERSION) {
        cli_message("%s; make it again with 'vanity build -o %s'",
                    server->error.message, path);
        return cli_exit_code(status);
    }
    return status == VN_OK ? CLI_DONE : cli_error(status, &server->error);
}

static int open_calls(struct server *server)
{
    const struct serve_options *options = server->options;
    const char *path = options->log_path;

    if (options->no_log) {
        return CLI_DONE;
    }
    if (path == NULL) {
        if (snprintf(server->log_path, sizeof(server->log_path), "%s.calls",
                     options->index_path) >= (int)sizeof(server->log_path)) {
            cli_message("the path of the index is too long");
            return CLI_REFUSED;
        }
        path = server->log_path;
    }
    const enum vn_status status =
        calls_open(path, options->kept == 0 ? CALLS_KEPT : options->kept,
                   &server->service.calls, &server->error);

    return status == VN_OK ? CLI_DONE : cli_error(status, &server->error);
}

static int open_access_log(struct server *server)
{
    const char *path = server->options->access_log;

    server->service.access_log = -1;
    if (path == NULL) {
        return CLI_DONE;
    }
    const int fd = strcmp(path, "-") == 0
                       ? dup(STDERR_FILENO)
                       : open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
                              ACCESS_LOG_MODE);

    if (fd < 0) {
        cli_message("cannot write '%s': %s", path, strerror(errno));
        return CLI_REFUSED;
    }
    server->service.access_log = fd;
    return CLI_DONE;
}

static int open_tables(struct server *server)
{
    struct service *service = &server->service;
    const unsigned files = server->connections + server->threads + OTHER_FILES;
    enum vn_status status = listen_raise_files(files, &server->error);

    if (status == VN_OK) {
        status =
            connections_new(server->connections, files, &service->connections);
    }
    if (status == VN_OK) {
        status = metrics_new(&service->metrics);
    }
    if (status == VN_OK) {
        status = wake_new(server->threads, &server->wake);
    }
    return status == VN_OK ? CLI_DONE : cli_error(status, &server->error);
}

static int open_socket(struct server *server)
{
    const struct serve_options *options = server->options;
    struct service *service = &server->service;
    const enum vn_status status =
        listen_open(options->listen == NULL ? SERVE_LISTEN : options->listen,
                    &server->socket, &server->error);

    if (status != VN_OK) {
        return cli_error(status, &server->error);
    }
    service->hosts = (struct request_hosts){
        .any = !server->socket.is_loopback && options->host_count == 0,
        .loopback = server->socket.is_loopback,
        .names = options->hosts,
        .count = options->host_count};
    if (!server->socket.is_loopback && !options->quiet) {
        cli_message("anyone who reaches %s can look numbers up%s; put TLS and "
                    "access control in front of it",
                    server->socket.url,
                    service->calls == NULL ? "" : " and read the last callers");
    }
    return CLI_DONE;
}

/* A pool of one thread is none: libmicrohttpd has another option for it. */
static int start_daemon(struct server *server)
{
    // Each thread has its share of the limit; ours is that of all.
    const unsigned limit = server->connections * server->threads;
    const struct MHD_OptionItem pool[] = {
        {server->threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END,
         (intptr_t)server->threads, NULL},
        {MHD_OPTION_END, 0, NULL}};
    struct service *service = &server->service;

    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_NO_LISTEN_SOCKET,
        0, NULL, NULL, service_answer, service, MHD_OPTION_CONNECTION_LIMIT,
        limit, MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES,
        MHD_OPTION_NOTIFY_CONNECTION, note_connection, server,
        MHD_OPTION_NOTIFY_COMPLETED, service_answered, service,
        MHD_OPTION_URI_LOG_CALLBACK, request_note_target, service,
        MHD_OPTION_UNESCAPE_CALLBACK, request_keep_escapes, service,
        MHD_OPTION_ARRAY, pool, MHD_OPTION_END);
    if (server->daemon == NULL) {
        cli_message("cannot start the server: %s", strerror(errno));
        return CLI_FAILED;
    }
    return CLI_DONE;
}

static int start_acceptor(struct server *server)
{
    const enum vn_status status = acceptor_start(
        server->socket.fd, server->daemon, server->service.connections,
        &server->acceptor, &server->error);

    server->socket.fd = -1; // the acceptor's now
    return status == VN_OK ? CLI_DONE : cli_error(status, &server->error);
}

static int open_server(struct server *server)
{
    static int (*const steps[])(struct server *) = {
        open_tables, open_store,   open_calls,    open_access_log,
        open_socket, start_daemon, start_acceptor};
    int code = open_pages(&server->service);

    for (size_t i = 0; code == CLI_DONE && i < sizeof(steps) / sizeof(steps[0]);
         i++) {
        code = steps[i](server);
    }
    return code;
}

/* ---- Running ------------------------------------------------------------ */

static void block_signals(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGHUP);
    // Before any thread is started: all of them inherit it.
    pthread_sigmask(SIG_BLOCK, signals, NULL);
}

static void refresh(struct server *server, bool force)
{
    struct store_status now;
    const enum vn_status status =
        store_refresh(server->service.store, force, &server->error);

    if (status == VN_NOT_FOUND) {
        return;
    }
    if (status != VN_OK) {
        cli_message("%s; the index in use stays", server->error.message);
        return;
    }
    store_status(server->service.store, &now);
    if (!server->options->quiet) {
        cli_message("took the index of generation %016llx",
                    (unsigned long long)now.generation);
    }
}

static void report_calls(struct server *server)
{
    if (server->service.calls != NULL &&
        calls_failure(server->service.calls, &server->error) != VN_OK) {
        cli_message("%s; calls are lost", server->error.message);
    }
}

static void serve_until_stopped(struct server *server, const sigset_t *signals)
{
    const struct timespec tick = {.tv_sec = TICK_S};

    for (;;) {
        const int number = sigtimedwait(signals, NULL, &tick);

        if (number == SIGINT || number == SIGTERM) {
            return;
        }
        wake_all(server->wake);
        refresh(server, number == SIGHUP);
        connections_cut(server->service.connections, server->timeout_ns);
        report_calls(server);
    }
}

/*
 * Waits until nobody is being answered and nothing was asked for a moment:
 * requests on their way when the signal came are answered too, and each answer
 * ends its connection. Another signal, or ten seconds, end the wait.
 */
static void drain(struct server *server, const sigset_t *signals)
{
    const struct timespec tick = {.tv_nsec = DRAIN_TICK_NS};
    const uint64_t start = connections_now_ns();
    uint64_t quiet_ns = 0;
    unsigned answering;

    do {
        const int number = sigtimedwait(signals, NULL, &tick);

        if (number == SIGINT || number == SIGTERM) {
            return;
        }
        wake_all(server->wake);
        answering =
            connections_answering(server->service.connections, &quiet_ns);
    } while ((answering > 0 || quiet_ns < DRAIN_QUIET_NS) &&
             connections_now_ns() - start < DRAIN_MOST_NS);
}

static void stop_server(struct server *server, const sigset_t *signals)
{
    atomic_store(&server->service.stopping, true);
    acceptor_stop(server->acceptor);
    server->acceptor = NULL;
    drain(server, signals);
}

/* Takes back all that was opened, in whatever state it is. */
static void close_server(struct server *server)
{
    struct service *service = &server->service;

    acceptor_stop(server->acceptor); // accepts NULL
    MHD_stop_daemon(server->daemon); // accepts NULL
    if (server->socket.fd >= 0) {
        close(server->socket.fd);
    }
    if (service->access_log >= 0) {
        close(service->access_log);
    }
    calls_close(service->calls);
    store_close(service->store);
    connections_free(service->connections);
    metrics_free(service->metrics);
    wake_free(server->wake);
    for (unsigned i = 0; i < PAGE_FILES; i++) {
        asset_release(service->pages[i].asset);
    }
}

static unsigned online_processors(void)
{
    const long online = sysconf(_SC_NPROCESSORS_ONLN);

    return online < 1 ? 1
                      : (unsigned)(online < (long)SERVE_THREADS_MAX
                                       ? online
                                       : (long)SERVE_THREADS_MAX);
}

static int announce(const struct server *server)
{
    printf(server->options->json ? "{\"url\":\"%s\"}\n" : "%s\n",
           server->socket.url);
    if (fflush(stdout) != 0) {
        cli_message("cannot write to standard output: %s", strerror(errno));
        return CLI_FAILED;
    }
    return CLI_DONE;
}

static void set_limits(struct server *server)
{
    const struct serve_options *options = server->options;
    const unsigned timeout_s =
        options->timeout_s == 0 ? SERVE_TIMEOUT_S : options->timeout_s;

    server->threads =
        options->threads == 0 ? online_processors() : options->threads;
    server->connections =
        options->connections == 0 ? SERVE_CONNECTIONS : options->connections;
    server->timeout_ns = (uint64_t)timeout_s * 1000000000u;
}

int serve_run(const struct serve_options *options)
{
    struct server *server = calloc(1, sizeof(*server));
    sigset_t signals;

    if (server == NULL) {
        return cli_error(VN_NOMEM, NULL);
    }
    server->options = options;
    server->socket.fd = -1;
    server->service.access_log = -1;
    set_limits(server);
    block_signals(&signals);
    int code = open_server(server);

    if (code == CLI_DONE) {
        fault_guard(options->index_path);
        code = announce(server);
    }
    if (code == CLI_DONE) {
        serve_until_stopped(server, &signals);
        stop_server(server, &signals);
    }
    close_server(server);
    free(server);
    return code;
}
