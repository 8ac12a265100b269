/* load_units.c: units that were begun, and what is still owed of each. */
#include "load_units.h"

#include <assert.h>
#include <stdlib.h>

#define NONE UINT32_MAX

struct letter {
    struct letter *next;
    char *line;
};

struct place {
    uint64_t unit;
    uint16_t operations;
    uint16_t owed;
    uint16_t puts, deletes; /* acknowledged */
    uint32_t next_free;
    struct letter *letters; /* newest first */
};

struct load_units {
    struct place *places;
    uint32_t room;
    uint32_t free;
    uint64_t owed;
    uint64_t held;
};

struct load_units *load_units_new(uint32_t room)
{
    struct load_units *units = calloc(1, sizeof *units);

    if (units == NULL) {
        return NULL;
    }
    units->places = calloc(room, sizeof *units->places);
    if (units->places == NULL) {
        free(units);
        return NULL;
    }
    units->room = room;
    for (uint32_t i = 0; i < room; i++) {
        units->places[i].next_free = i + 1 < room ? i + 1 : NONE;
    }
    return units;
}

/* Writes the letters of a place, oldest first (if 'dead'), and frees them. */
static void send_letters(struct place *place, struct load_dead *dead)
{
    struct letter *oldest = NULL;

    while (place->letters != NULL) {
        struct letter *letter = place->letters;
        place->letters = letter->next;
        letter->next = oldest;
        oldest = letter;
    }
    while (oldest != NULL) {
        struct letter *letter = oldest;
        oldest = letter->next;
        if (dead != NULL) {
            load_dead_write(dead, letter->line);
        }
        free(letter->line);
        free(letter);
    }
}

void load_units_free(struct load_units *units)
{
    if (units == NULL) {
        return;
    }
    for (uint32_t i = 0; i < units->room; i++) {
        send_letters(&units->places[i], NULL);
    }
    free(units->places);
    free(units);
}

uint32_t load_units_begin(struct load_units *units,
                          struct checkpoint *checkpoint, uint64_t unit,
                          unsigned operations)
{
    const uint32_t at = units->free;

    assert(at != NONE && operations <= SOURCE_UNIT_MAX);
    if (operations == 0) {
        checkpoint_mark(checkpoint, unit);
        return at;
    }
    units->free = units->places[at].next_free;
    units->places[at] = (struct place){
        .unit = unit,
        .operations = (uint16_t)operations,
        .owed = (uint16_t)operations,
    };
    units->owed += operations;
    units->held += operations;
    return at;
}

uint64_t load_units_owed(const struct load_units *units)
{
    return units->owed;
}

uint64_t load_units_held(const struct load_units *units)
{
    return units->held;
}

/*
 * Nothing is owed any more. All acknowledged: the unit counts in the checkpoint
 * from here on. With dead operations it stays unmarked, and is held, so that a
 * resume sends it again.
 */
static void complete(struct load_units *units, struct checkpoint *checkpoint,
                     struct load_dead *dead, uint32_t at)
{
    struct place *place = &units->places[at];
    struct checkpoint_state *state = &checkpoint->state;

    if (place->puts + place->deletes == place->operations) {
        checkpoint_mark(checkpoint, place->unit);
        state->acknowledged += place->operations;
        state->puts += place->puts;
        state->deletes += place->deletes;
        units->held -= place->operations;
    }
    send_letters(place, dead);
    place->next_free = units->free;
    units->free = at;
}

static void settle(struct load_units *units, struct checkpoint *checkpoint,
                   struct load_dead *dead, uint32_t at)
{
    assert(units->places[at].owed > 0);
    units->owed--;
    units->places[at].owed--;
    if (units->places[at].owed == 0) {
        complete(units, checkpoint, dead, at);
    }
}

void load_units_acknowledge(struct load_units *units,
                            struct checkpoint *checkpoint,
                            struct load_dead *dead, uint32_t place, bool delete)
{
    units->places[place].puts += !delete;
    units->places[place].deletes += delete;
    settle(units, checkpoint, dead, place);
}

void load_units_bury(struct load_units *units, struct checkpoint *checkpoint,
                     struct load_dead *dead, uint32_t place, char *line)
{
    struct letter *letter = malloc(sizeof *letter);

    if (letter == NULL || line == NULL) {
        load_dead_fail(dead);
        free(letter);
        free(line);
    } else {
        *letter = (struct letter){units->places[place].letters, line};
        units->places[place].letters = letter;
    }
    settle(units, checkpoint, dead, place);
}

void load_units_flush(struct load_units *units, struct load_dead *dead)
{
    for (uint32_t i = 0; i < units->room; i++) {
        send_letters(&units->places[i], dead);
    }
}
