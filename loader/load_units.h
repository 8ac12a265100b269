/* load_units.h: units that were begun, and what is still owed of each. */
#ifndef VN_LOAD_UNITS_H
#define VN_LOAD_UNITS_H

#include <stdbool.h>
#include <stdint.h>

#include "checkpoint.h"
#include "load_dead.h"
#include "source.h"

/*
 * A unit has a place from its beginning until its every operation is
 * acknowledged or dead. If all are acknowledged it is then marked in the
 * checkpoint, with its numbers; else nothing of it counts there, ever.
 */
struct load_units;

/* Room for 'room' units. NULL: no memory. */
struct load_units *load_units_new(uint32_t room);
void load_units_free(struct load_units *units); /* accepts NULL */

/*
 * Gives 'unit' a place; there must be room. A unit without operations is
 * complete at once: then the place means nothing.
 */
uint32_t load_units_begin(struct load_units *units,
                          struct checkpoint *checkpoint, uint64_t unit,
                          unsigned operations);

/* Operations of the units that were begun: not done; and all those of units
 * that are not marked. */
uint64_t load_units_owed(const struct load_units *units);
uint64_t load_units_held(const struct load_units *units);

void load_units_acknowledge(struct load_units *units,
                            struct checkpoint *checkpoint,
                            struct load_dead *dead, uint32_t place,
                            bool delete);
/* 'line' is text of malloc(), taken over. */
void load_units_bury(struct load_units *units, struct checkpoint *checkpoint,
                     struct load_dead *dead, uint32_t place, char *line);
/* Writes the dead letters of the units that are not complete, at the end. */
void load_units_flush(struct load_units *units, struct load_dead *dead);

#endif
