/* connections.c: a table of all connections. */
#include "connections.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

struct connections {
    unsigned most;
    unsigned files;
    pthread_mutex_t lock;
    unsigned count;   /* under 'lock' */
    uint64_t refused; /* under 'lock' */
    struct connection places[];
};

uint64_t connections_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

enum vn_status connections_new(unsigned most, unsigned files,
                               struct connections **out)
{
    struct connections *table =
        calloc(1, sizeof(*table) + files * sizeof(table->places[0]));

    if (table == NULL) {
        return VN_NOMEM;
    }
    table->most = most;
    table->files = files;
    pthread_mutex_init(&table->lock, NULL);
    *out = table;
    return VN_OK;
}

void connections_free(struct connections *table)
{
    if (table != NULL) {
        pthread_mutex_destroy(&table->lock);
        free(table);
    }
}

unsigned connections_count(struct connections *table)
{
    pthread_mutex_lock(&table->lock);
    const unsigned count = table->count;

    pthread_mutex_unlock(&table->lock);
    return count;
}

uint64_t connections_refused(struct connections *table)
{
    pthread_mutex_lock(&table->lock);
    const uint64_t refused = table->refused;

    pthread_mutex_unlock(&table->lock);
    return refused;
}

bool connections_open(struct connections *table, int fd)
{
    bool opened = false;

    pthread_mutex_lock(&table->lock);
    if (table->count < table->most && (unsigned)fd < table->files) {
        struct connection *place = &table->places[fd];

        // A taken one was closed by a server that had no memory to say so.
        table->count += place->taken ? 0 : 1;
        place->taken = true;
        atomic_store(&place->answering, false);
        atomic_store(&place->since_ns, connections_now_ns());
        opened = true;
    } else {
        table->refused++;
    }
    pthread_mutex_unlock(&table->lock);
    return opened;
}

void connections_close(struct connections *table, int fd)
{
    // Under the lock: connections_cut() must not meet the next user of 'fd'.
    pthread_mutex_lock(&table->lock);
    table->places[fd].taken = false;
    table->count--;
    pthread_mutex_unlock(&table->lock);
}

struct connection *connections_find(struct connections *table, int fd)
{
    return &table->places[fd];
}

unsigned connections_answering(struct connections *table, uint64_t *quiet_ns)
{
    const uint64_t now = connections_now_ns();
    uint64_t quiet = UINT64_MAX;
    unsigned answering = 0;

    pthread_mutex_lock(&table->lock);
    for (unsigned i = 0; i < table->files; i++) {
        const struct connection *place = &table->places[i];

        if (!place->taken) {
            continue;
        }
        const uint64_t since = atomic_load(&place->since_ns);
        const uint64_t age = now > since ? now - since : 0;

        answering += atomic_load(&place->answering) ? 1 : 0;
        quiet = age < quiet ? age : quiet;
    }
    pthread_mutex_unlock(&table->lock);
    *quiet_ns = quiet;
    return answering;
}

/*
 * Whether the client sent its last byte, all of which is read. An edge of epoll
 * can announce both, the byte and the end, and then only the byte is seen.
 */
static bool has_ended(int fd)
{
    char next;

    return recv(fd, &next, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

unsigned connections_cut(struct connections *table, uint64_t most_ns)
{
    const uint64_t now = connections_now_ns();
    unsigned cut = 0;

    pthread_mutex_lock(&table->lock);
    for (unsigned i = 0; i < table->files; i++) {
        struct connection *place = &table->places[i];

        if (!place->taken) {
            continue;
        }
        const bool late = now > atomic_load(&place->since_ns) + most_ns;

        if (!late && (atomic_load(&place->answering) || !has_ended((int)i))) {
            continue;
        }
        // Who has ended may still take an answer that begins just now.
        shutdown((int)i, late ? SHUT_RDWR : SHUT_RD);
        // Not again at the next tick: the end may take a moment.
        atomic_store(&place->since_ns, now);
        cut++;
    }
    pthread_mutex_unlock(&table->lock);
    return cut;
}
