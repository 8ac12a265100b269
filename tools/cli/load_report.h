/* load_report.h: how far a load is, and the account at its end. */
#ifndef VN_LOAD_REPORT_H
#define VN_LOAD_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "loader/loader.h"
#include "tools/answer/output.h"

enum load_report_mode {
    LOAD_REPORT_LINE, /* one on a terminal, else one every ten seconds */
    LOAD_REPORT_JSON, /* an object every second, on standard error */
    LOAD_REPORT_NONE,
};

struct load_report {
    enum load_report_mode mode;
    bool terminal;
    bool drawn;
    uint64_t drawn_ms;
    /* Of the WCU/s shown: where the count stood some seconds ago. */
    uint64_t sampled_ms;
    double sampled_units;
    double units_per_s;
};

void load_report_start(struct load_report *report, enum load_report_mode mode);
/* May be called as often as wanted. */
void load_report_update(struct load_report *report,
                        const struct vn_load_counts *counts);
/* Takes the line of a terminal away. */
void load_report_end(struct load_report *report);

/* "A acknowledged + D dead + P pending = T", always written at the end. */
void load_report_account(const struct vn_load_counts *counts);

/* All counts as keys and values of an object that the caller opens. */
void load_report_json(struct output *out, const struct vn_load_counts *counts);

#endif
