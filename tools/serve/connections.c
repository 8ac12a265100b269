/* connections.c: a table of all connections. */
#include "connections.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#define NO_PLACE UINT32_MAX

struct connections {
    unsigned most;
    pthread_mutex_t lock;
    uint32_t first_free; /* under 'lock' */
    unsigned count;      /* under 'lock' */
    struct connection places[];
};

uint64_t connections_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

enum vn_status connections_new(unsigned most, struct connections **out)
{
    struct connections *table =
        calloc(1, sizeof(*table) + most * sizeof(table->places[0]));

    if (table == NULL) {
        return VN_NOMEM;
    }
    table->most = most;
    for (uint32_t i = 0; i < most; i++) {
        table->places[i].next_free = i + 1 < most ? i + 1 : NO_PLACE;
    }
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

bool connections_have_room(struct connections *table)
{
    return connections_count(table) < table->most;
}

struct connection *connections_open(struct connections *table, int fd)
{
    struct connection *place = NULL;

    pthread_mutex_lock(&table->lock);
    if (table->first_free != NO_PLACE) {
        place = &table->places[table->first_free];
        table->first_free = place->next_free;
        table->count++;
        place->fd = fd;
        place->taken = true;
        atomic_store(&place->answering, false);
        atomic_store(&place->since_ns, connections_now_ns());
    }
    pthread_mutex_unlock(&table->lock);
    return place;
}

void connections_close(struct connections *table, struct connection *place)
{
    if (place == NULL) {
        return;
    }
    // Under the lock: connections_cut() must not meet the next user of 'fd'.
    pthread_mutex_lock(&table->lock);
    place->taken = false;
    place->next_free = table->first_free;
    table->first_free = (uint32_t)(place - table->places);
    table->count--;
    pthread_mutex_unlock(&table->lock);
}

unsigned connections_answering(struct connections *table, uint64_t *quiet_ns)
{
    const uint64_t now = connections_now_ns();
    uint64_t quiet = UINT64_MAX;
    unsigned answering = 0;

    pthread_mutex_lock(&table->lock);
    for (unsigned i = 0; i < table->most; i++) {
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

unsigned connections_cut(struct connections *table, uint64_t most_ns)
{
    const uint64_t now = connections_now_ns();
    unsigned cut = 0;

    pthread_mutex_lock(&table->lock);
    for (unsigned i = 0; i < table->most; i++) {
        struct connection *place = &table->places[i];

        if (place->taken && now > atomic_load(&place->since_ns) + most_ns) {
            shutdown(place->fd, SHUT_RDWR);
            // Not again at the next tick: the end may take a moment.
            atomic_store(&place->since_ns, now);
            cut++;
        }
    }
    pthread_mutex_unlock(&table->lock);
    return cut;
}
