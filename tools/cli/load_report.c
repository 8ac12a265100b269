/* load_report.c: how far a load is, and the account at its end. */
#include "load_report.h"

#include "cli.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define TERMINAL_MS 500
#define LINE_MS 10000
#define JSON_MS 1000
/* WCU/s is counted over this: a bucket's bursts would make it jump. */
#define SAMPLE_MS 3000

#define LINE_SIZE 320
#define FIELD_SIZE 64
/* Blanks between two fields. */
#define GAP 2
/* Bytes of JSON gathered before a write: more than one line has. */
#define JSON_SIZE 4096

/* Objects begin at once, with what a resume starts from. */
static uint64_t first_ms(enum load_report_mode mode)
{
    return mode == LOAD_REPORT_JSON ? 0 : cli_clock_ms();
}

void load_report_start(struct load_report *report, enum load_report_mode mode)
{
    *report = (struct load_report){.mode = mode,
                                   .terminal = isatty(STDERR_FILENO) == 1,
                                   .drawn_ms = first_ms(mode),
                                   .sampled_ms = cli_clock_ms()};
}

static void sample_units(struct load_report *report, uint64_t now_ms,
                         double units)
{
    const uint64_t passed_ms = now_ms - report->sampled_ms;

    if (passed_ms < SAMPLE_MS && report->units_per_s > 0) {
        return;
    }
    if (passed_ms > 0) {
        report->units_per_s =
            (units - report->sampled_units) * 1000 / (double)passed_ms;
    }
    if (passed_ms >= SAMPLE_MS) {
        report->sampled_ms = now_ms;
        report->sampled_units = units;
    }
}

/* "1:02:03 left", "12:34 left" */
static void write_remaining(char *out, size_t size, double remaining_s)
{
    if (remaining_s < 0) {
        snprintf(out, size, "stalled");
        return;
    }
    const unsigned long seconds = (unsigned long)(remaining_s + 0.5);

    if (seconds >= 3600) {
        snprintf(out, size, "%lu:%02lu:%02lu left", seconds / 3600,
                 seconds / 60 % 60, seconds % 60);
    } else {
        snprintf(out, size, "%lu:%02lu left", seconds / 60, seconds % 60);
    }
}

/* What is told, the most important first. */
enum { SHARE, DONE, RATE, UNITS, LIMIT, IN_FLIGHT, THROTTLED, RETRIED, FIELDS };

/* What a line consists of; 'remaining' is its end, whatever has room. */
struct fields {
    char text[FIELDS][FIELD_SIZE];
    char remaining[FIELD_SIZE];
};

static double percent(uint64_t part, uint64_t whole)
{
    return whole > 0 ? 100.0 * (double)part / (double)whole : 0;
}

static void write_fields(struct fields *fields,
                         const struct load_report *report,
                         const struct vn_load_counts *counts)
{
    char a[CLI_GROUPED_SIZE];
    char b[CLI_GROUPED_SIZE];
    const uint64_t settled = counts->acknowledged + counts->dead;

    snprintf(fields->text[SHARE], FIELD_SIZE, "%5.1f %%",
             percent(settled, counts->total));
    snprintf(fields->text[DONE], FIELD_SIZE, "%s of %s",
             cli_grouped(settled, a), cli_grouped(counts->total, b));
    snprintf(fields->text[RATE], FIELD_SIZE, "%s items/s",
             cli_grouped((uint64_t)counts->rate, a));
    snprintf(fields->text[UNITS], FIELD_SIZE, "%s WCU/s",
             cli_grouped((uint64_t)report->units_per_s, a));
    snprintf(fields->text[LIMIT], FIELD_SIZE, "limit %s (%s)",
             cli_grouped((uint64_t)counts->rate_limit, a), counts->rate_source);
    snprintf(fields->text[IN_FLIGHT], FIELD_SIZE, "%u in flight",
             counts->in_flight);
    snprintf(fields->text[THROTTLED], FIELD_SIZE, "%.1f %% throttled",
             percent(counts->throttled, counts->requests));
    snprintf(fields->text[RETRIED], FIELD_SIZE, "%s retried",
             cli_grouped(counts->unprocessed, a));
    write_remaining(fields->remaining, FIELD_SIZE, counts->remaining_s);
}

/* As many fields as fit into 'columns', and the time that remains. */
static void write_line(char line[LINE_SIZE], const struct fields *fields,
                       size_t columns)
{
    size_t used = 0;

    line[0] = '\0';
    for (size_t i = 0; i < FIELDS; i++) {
        const size_t more = strlen(fields->text[i]) + GAP;
        if (used + more + strlen(fields->remaining) > columns) {
            break;
        }
        snprintf(line + used, LINE_SIZE - used, "%s%*s", fields->text[i], GAP,
                 "");
        used += more;
    }
    snprintf(line + used, LINE_SIZE - used, "%s", fields->remaining);
}

/* A line longer than the terminal is wide could not be taken away again. */
static size_t terminal_columns(void)
{
    struct winsize size = {0};

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
        return 80;
    }
    return size.ws_col;
}

static void draw(const struct load_report *report,
                 const struct vn_load_counts *counts)
{
    struct fields fields;
    char line[LINE_SIZE];

    write_fields(&fields, report, counts);
    if (!report->terminal) {
        write_line(line, &fields, LINE_SIZE - 1);
        cli_message("%s", line);
        return;
    }
    char whole[LINE_SIZE + 40];
    const size_t room = terminal_columns() - 1;
    const size_t head = strlen(cli_name()) + 2;

    write_line(line, &fields, room > head ? room - head : 0);
    snprintf(whole, sizeof(whole), "%s: %s", cli_name(), line);
    // Where the name leaves no room for the time, the time alone.
    fprintf(stderr, "\r\033[K%.*s", (int)room,
            strlen(whole) > room ? line : whole);
}

static void print_json_line(const struct vn_load_counts *counts)
{
    char buffer[JSON_SIZE];
    struct output out;

    output_start(&out, STDERR_FILENO, buffer, sizeof(buffer));
    json_open(&out, '{');
    load_report_json(&out, counts);
    json_close(&out, '}');
    json_line_end(&out);
    output_flush(&out);
}

static uint64_t interval_ms(const struct load_report *report)
{
    if (report->mode == LOAD_REPORT_JSON) {
        return JSON_MS;
    }
    return report->terminal ? TERMINAL_MS : LINE_MS;
}

void load_report_update(struct load_report *report,
                        const struct vn_load_counts *counts)
{
    const uint64_t now_ms = cli_clock_ms();

    sample_units(report, now_ms, counts->consumed_units);
    if (report->mode == LOAD_REPORT_NONE ||
        now_ms - report->drawn_ms < interval_ms(report)) {
        return;
    }
    report->drawn_ms = now_ms;
    report->drawn = true;
    if (report->mode == LOAD_REPORT_JSON) {
        print_json_line(counts);
    } else {
        draw(report, counts);
    }
}

void load_report_end(struct load_report *report)
{
    if (report->drawn && report->terminal && report->mode == LOAD_REPORT_LINE) {
        fputs("\r\033[K", stderr);
    }
    report->drawn = false;
}

void load_report_account(const struct vn_load_counts *counts)
{
    char acknowledged[CLI_GROUPED_SIZE];
    char dead[CLI_GROUPED_SIZE];
    char pending[CLI_GROUPED_SIZE];
    char total[CLI_GROUPED_SIZE];
    char puts[CLI_GROUPED_SIZE];
    char deletes[CLI_GROUPED_SIZE];
    char units[CLI_GROUPED_SIZE];
    char attempts[CLI_GROUPED_SIZE];

    cli_message(
        "%s acknowledged + %s dead + %s pending = %s; %s puts, "
        "%s deletes, %s sent, %s WCU, %.1f s",
        cli_grouped(counts->acknowledged, acknowledged),
        cli_grouped(counts->dead, dead), cli_grouped(counts->pending, pending),
        cli_grouped(counts->total, total), cli_grouped(counts->puts, puts),
        cli_grouped(counts->deletes, deletes),
        cli_grouped(counts->attempts, attempts),
        cli_grouped((uint64_t)(counts->consumed_units + 0.5), units),
        counts->elapsed_s);
}

static void write_counts(struct output *out,
                         const struct vn_load_counts *counts)
{
    const struct {
        const char *name;
        uint64_t value;
    } list[] = {
        {"total", counts->total},
        {"acknowledged", counts->acknowledged},
        {"dead", counts->dead},
        {"pending", counts->pending},
        {"puts", counts->puts},
        {"deletes", counts->deletes},
        {"attempts", counts->attempts},
        {"requests", counts->requests},
        {"unprocessed", counts->unprocessed},
        {"throttled", counts->throttled},
        {"failed", counts->failed},
        {"crc_failures", counts->crc_failures},
        {"connections", counts->connections},
        {"credential_refreshes", counts->credential_refreshes},
        {"resumed", counts->resumed},
        {"resent_bound", counts->resent_bound},
        {"in_flight", counts->in_flight},
    };

    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        json_key(out, list[i].name);
        json_int(out, (int64_t)list[i].value);
    }
}

static void write_figures(struct output *out,
                          const struct vn_load_counts *counts)
{
    const struct {
        const char *name;
        double value;
    } list[] = {
        {"consumed_units", counts->consumed_units},
        {"rate_limit", counts->rate_limit},
        {"rate", counts->rate},
        {"elapsed_s", counts->elapsed_s},
        {"latency_p50_ms", counts->latency_p50_ms},
        {"latency_p95_ms", counts->latency_p95_ms},
        {"latency_p99_ms", counts->latency_p99_ms},
    };

    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        json_key(out, list[i].name);
        json_double(out, list[i].value);
    }
}

void load_report_json(struct output *out, const struct vn_load_counts *counts)
{
    write_counts(out, counts);
    write_figures(out, counts);
    json_key(out, "remaining_s");
    if (counts->remaining_s < 0) {
        json_none(out);
    } else {
        json_double(out, counts->remaining_s);
    }
    json_key(out, "rate_source");
    json_text(out, counts->rate_source);
}
