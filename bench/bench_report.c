/* bench_report.c: clocks, series of times, and how they are printed. */
#include "bench.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "bench_stats.h"

/* ---- Times ------------------------------------------------------------- */

static double clock_s(clockid_t id)
{
    struct timespec now = {0};

    clock_gettime(id, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

struct bench_time bench_now(void)
{
    return (struct bench_time){.wall_s = clock_s(CLOCK_MONOTONIC),
                               .cpu_s = clock_s(CLOCK_PROCESS_CPUTIME_ID)};
}

struct bench_time bench_since(struct bench_time start)
{
    const struct bench_time now = bench_now();

    return (struct bench_time){.wall_s = now.wall_s - start.wall_s,
                               .cpu_s = now.cpu_s - start.cpu_s};
}

struct bench_time bench_sum(struct bench_time a, struct bench_time b)
{
    return (struct bench_time){.wall_s = a.wall_s + b.wall_s,
                               .cpu_s = a.cpu_s + b.cpu_s};
}

void bench_series_ns(struct bench_series *series, const char *name,
                     const char *unit, uint64_t operations, unsigned threads)
{
    snprintf(series->name, sizeof(series->name), "%s", name);
    series->unit = unit;
    series->per_second = 1e9;
    series->operations = operations;
    series->threads = threads;
    series->count = 0;
}

void bench_series_ms(struct bench_series *series, const char *name,
                     unsigned threads)
{
    bench_series_ns(series, name, "ms", 1, threads);
    series->per_second = 1e3;
}

void bench_series_add(struct bench_series *series, struct bench_time time)
{
    series->times[series->count++] = time;
}

/* ---- Statistics -------------------------------------------------------- */

struct summary {
    double min, median, max;
};

/* Sorts 'values', of which there is at least one. */
static struct summary summarize(double *values, unsigned count)
{
    const double median = bench_median(values, count).value;

    return (struct summary){
        .min = values[0],
        .median = median,
        .max = values[count - 1],
    };
}

static double operation_s(const struct bench_series *series, unsigned i)
{
    return series->times[i].wall_s / (double)series->operations;
}

static struct summary summarize_series(const struct bench_series *series,
                                       bool cpu)
{
    double values[BENCH_REPEATS_MAX];
    const double scale = series->per_second / (double)series->operations;

    for (unsigned i = 0; i < series->count; i++) {
        const struct bench_time time = series->times[i];

        values[i] = scale * (cpu ? time.cpu_s : time.wall_s);
    }
    return summarize(values, series->count);
}

/* ---- Where it was measured --------------------------------------------- */

static void read_processor(char *out, size_t size)
{
    FILE *file = fopen("/proc/cpuinfo", "re");
    char line[256];
    struct utsname system;

    // A processor without a model name is told by its architecture.
    snprintf(out, size, "%s", uname(&system) == 0 ? system.machine : "unknown");
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        const char *value = strchr(line, ':');

        if (value != NULL && strncmp(line, "model name", 10) == 0) {
            line[strcspn(line, "\n")] = '\0';
            snprintf(out, size, "%s", value + 1 + strspn(value + 1, " "));
            break;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
}

void bench_print_head(const struct bench_report *report)
{
    char processor[128];

    if (report->json) {
        return;
    }
    read_processor(processor, sizeof(processor));
    printf("vanity-bench %s %s, commit %s, %s %s\n%s, %u online\n",
           report->bench, VN_VERSION_TEXT, VN_BENCH_COMMIT, VN_BENCH_COMPILER,
           VN_BENCH_BUILD, processor, bench_threads(0));
}

/* ---- JSON -------------------------------------------------------------- */

void bench_json_text(const char *text)
{
    putchar('"');
    for (; *text != '\0'; text++) {
        const unsigned char c = (unsigned char)*text;

        if (c < 0x20 || c == '"' || c == '\\') {
            printf("\\u%04x", c);
        } else {
            putchar(c);
        }
    }
    putchar('"');
}

void bench_json_start(const struct bench_report *report, const char *result,
                      const char *kind)
{
    printf("{\"bench\":\"%s\",\"result\":", report->bench);
    bench_json_text(result);
    printf(",\"kind\":\"%s\",", kind);
}

static void write_field(const char *name, const char *text)
{
    printf(",\"%s\":", name);
    bench_json_text(text);
}

void bench_json_end(const struct bench_report *report)
{
    char processor[128];

    read_processor(processor, sizeof(processor));
    printf("\"max_threads\":%u", report->threads);
    write_field("version", VN_VERSION_TEXT);
    write_field("commit", VN_BENCH_COMMIT);
    write_field("compiler", VN_BENCH_COMPILER);
    write_field("build", VN_BENCH_BUILD);
    write_field("processor", processor);
    printf(",\"processors\":%u}\n", bench_threads(0));
}

static void write_summary(const char *name, struct summary summary)
{
    printf("\"%s\":{\"min\":%.6g,\"median\":%.6g,\"max\":%.6g},", name,
           summary.min, summary.median, summary.max);
}

/* ---- Results ----------------------------------------------------------- */

void bench_print_columns(const struct bench_report *report)
{
    if (!report->json) {
        printf("\n%-32s %7s %10s %10s %10s %10s  %s\n", "", "threads", "min",
               "median", "max", "CPU min", "unit");
    }
}

void bench_print_series(const struct bench_report *report,
                        const struct bench_series *series)
{
    const struct summary wall = summarize_series(series, false);
    const struct summary cpu = summarize_series(series, true);

    if (!report->json) {
        printf("%-32s %7u %10.1f %10.1f %10.1f %10.1f  %s\n", series->name,
               series->threads, wall.min, wall.median, wall.max, cpu.min,
               series->unit);
        return;
    }
    bench_json_start(report, series->name, "time");
    printf("\"threads\":%u,\"unit\":\"%s\",\"operations\":%llu,\"repeats\":%u,",
           series->threads, series->unit,
           (unsigned long long)series->operations, series->count);
    write_summary("wall", wall);
    write_summary("cpu", cpu);
    bench_json_end(report);
}

void bench_print_ratio_columns(const struct bench_report *report)
{
    if (!report->json) {
        printf("\n%-40s %10s %10s\n", "ratio", "of minima", "median");
    }
}

void bench_print_count_columns(const struct bench_report *report)
{
    if (!report->json) {
        putchar('\n');
    }
}

void bench_print_ratio(const struct bench_report *report, const char *name,
                       const struct bench_series *slow,
                       const struct bench_series *fast)
{
    double ratios[BENCH_REPEATS_MAX];
    double slow_min = operation_s(slow, 0);
    double fast_min = operation_s(fast, 0);

    for (unsigned i = 0; i < slow->count; i++) {
        const double a = operation_s(slow, i);
        const double b = operation_s(fast, i);

        slow_min = a < slow_min ? a : slow_min;
        fast_min = b < fast_min ? b : fast_min;
        ratios[i] = a / b;
    }
    const struct summary each = summarize(ratios, slow->count);

    if (!report->json) {
        printf("%-40s %10.2f %10.2f\n", name, slow_min / fast_min, each.median);
        return;
    }
    bench_json_start(report, name, "ratio");
    printf("\"value\":%.6g,", slow_min / fast_min);
    write_summary("each", each);
    bench_json_end(report);
}

void bench_print_count(const struct bench_report *report, const char *name,
                       uint64_t value, const char *unit)
{
    if (!report->json) {
        printf("%-40s %10llu  %s\n", name, (unsigned long long)value, unit);
        return;
    }
    bench_json_start(report, name, "count");
    printf("\"value\":%llu,\"unit\":\"%s\",", (unsigned long long)value, unit);
    bench_json_end(report);
}
