/* load_plan.h: what a load would send, take and cost, as text and JSON. */
#ifndef VN_LOAD_PLAN_H
#define VN_LOAD_PLAN_H

#include <stdbool.h>

#include "loader/loader.h"

struct load_plan_options {
    const struct vn_load_source *source; /* 'since' may be NULL */
    const struct vn_prices *prices;
    const char *table;
    double max_wcu; /* of --max-wcu, 0 = not given */
    bool json;
};

/*
 * load_plan_print() prints the plans of a whole load into a new table and into
 * one that was loaded before, and of what changed if there is a 'since'.
 * Returns the exit code. No network.
 */
int load_plan_print(const struct load_plan_options *options);

#endif
