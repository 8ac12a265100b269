/* metrics.c: what a load counts, for machines: JSON lines and Prometheus. */
#include "metrics.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* One number of the counts; its name in both formats. */
struct metric {
    const char *name;
    const char *kind; /* of Prometheus */
    const char *help;
    double value;
};

#define METRICS 26u

/* Numbers up to 2^53 are exact as doubles. */
static void list_metrics(const struct vn_load_counts *c,
                         struct metric out[METRICS])
{
#define COUNTER "counter"
#define GAUGE "gauge"
    const struct metric all[METRICS] = {
        {"total", GAUGE, "Operations of the load.", (double)c->total},
        {"acknowledged", COUNTER, "Operations acknowledged.",
         (double)c->acknowledged},
        {"dead", COUNTER, "Operations refused for good.", (double)c->dead},
        {"pending", GAUGE, "Operations not yet done.", (double)c->pending},
        {"puts", COUNTER, "Puts acknowledged.", (double)c->puts},
        {"deletes", COUNTER, "Deletes acknowledged.", (double)c->deletes},
        {"attempts", COUNTER, "Operations sent, repeats included.",
         (double)c->attempts},
        {"requests", COUNTER, "Requests; libcurl may repeat one unseen.",
         (double)c->requests},
        {"unprocessed", COUNTER, "Operations that came back.",
         (double)c->unprocessed},
        {"throttled", COUNTER, "Requests refused for throughput.",
         (double)c->throttled},
        {"failed", COUNTER, "Requests that failed.", (double)c->failed},
        {"crc_failures", COUNTER, "Answers with a wrong checksum.",
         (double)c->crc_failures},
        {"connections", COUNTER, "Connections opened.", (double)c->connections},
        {"credential_refreshes", COUNTER, "Credentials fetched anew.",
         (double)c->credential_refreshes},
        {"consumed_units", COUNTER, "Write units, as the service counts.",
         c->consumed_units},
        {"resumed", GAUGE, "Operations done before this run.",
         (double)c->resumed},
        {"resent_bound", GAUGE, "Most operations that a resume sends again.",
         (double)c->resent_bound},
        {"rate_limit", GAUGE, "Write units per second allowed now.",
         c->rate_limit},
        {"rate", GAUGE, "Acknowledged per second, last 30 s.", c->rate},
        {"elapsed_s", GAUGE, "Seconds since the start.", c->elapsed_s},
        {"remaining_s", GAUGE, "Seconds to go, -1 if unknown.", c->remaining_s},
        {"in_flight", GAUGE, "Requests in flight.", (double)c->in_flight},
        {"latency_p50_ms", GAUGE, "Median latency.", c->latency_p50_ms},
        {"latency_p95_ms", GAUGE, "95th percentile.", c->latency_p95_ms},
        {"latency_p99_ms", GAUGE, "99th percentile.", c->latency_p99_ms},
        {"time_s", GAUGE, "Unix time of these numbers.", (double)time(NULL)},
    };
#undef COUNTER
#undef GAUGE

    for (unsigned i = 0; i < METRICS; i++) {
        out[i] = all[i];
    }
}

/* Three places at most; a point whatever the locale says. */
static void print_number(FILE *out, double value)
{
    const int64_t thousandths = (int64_t)llround(fabs(value) * 1000);

    (void)fprintf(out, "%s%" PRId64, value < 0 ? "-" : "", thousandths / 1000);
    if (thousandths % 1000 != 0) {
        (void)fprintf(out, ".%03" PRId64, thousandths % 1000);
    }
}

/* ---- JSON lines --------------------------------------------------------- */

/* What was written may only fail now. Returns 0 or errno. */
static int end_line(FILE *out, const char *rate_source)
{
    errno = 0;
    (void)fprintf(out, ",\"rate_source\":\"%s\"}\n", rate_source);
    if (fflush(out) == 0 && ferror(out) == 0) {
        return 0;
    }
    clearerr(out);
    return errno != 0 ? errno : EIO;
}

int metrics_line(FILE *out, const char *event, const char *table,
                 const struct vn_load_counts *counts)
{
    struct metric metrics[METRICS];

    list_metrics(counts, metrics);
    (void)fprintf(out, "{\"event\":\"%s\",\"table\":\"%s\"", event, table);
    for (unsigned i = 0; i < METRICS; i++) {
        (void)fprintf(out, ",\"%s\":", metrics[i].name);
        print_number(out, metrics[i].value);
    }
    return end_line(out, counts->rate_source);
}

int metrics_table(FILE *out, const struct vn_table_info *table,
                  double rate_limit, const char *rate_source)
{
    (void)fprintf(out,
                  "{\"event\":\"start\",\"table\":\"%s\",\"table_id\":\"%s\","
                  "\"on_demand\":%s,\"indexes\":%" PRIu64 ",\"stream\":%s,"
                  "\"rate_limit\":",
                  table->name, table->id, table->on_demand ? "true" : "false",
                  table->indexes, table->stream ? "true" : "false");
    print_number(out, rate_limit);
    return end_line(out, rate_source);
}

/* ---- Prometheus --------------------------------------------------------- */

static void print_prometheus(FILE *out, const char *table,
                             const struct vn_load_counts *counts)
{
    struct metric metrics[METRICS];

    list_metrics(counts, metrics);
    for (unsigned i = 0; i < METRICS; i++) {
        const struct metric *m = &metrics[i];
        const char *end = m->kind[0] == 'c' ? "_total" : "";
        (void)fprintf(out,
                      "# HELP vanity_load_%s%s %s\n"
                      "# TYPE vanity_load_%s%s %s\n"
                      "vanity_load_%s%s{table=\"%s\"} ",
                      m->name, end, m->help, m->name, end, m->kind, m->name,
                      end, table);
        print_number(out, m->value);
        (void)fputc('\n', out);
    }
}

enum vn_status metrics_prometheus(const char *path, const char *table,
                                  const struct vn_load_counts *counts,
                                  struct vn_error *error)
{
    char *temp = NULL;

    if (asprintf(&temp, "%s" METRICS_PROMETHEUS_TEMP, path) < 0) {
        return vn_error_system(error, ENOMEM, "cannot write '%s'", path);
    }
    FILE *out = fopen(temp, "we");
    bool good = out != NULL;
    if (good) {
        print_prometheus(out, table, counts);
        good = ferror(out) == 0;
        good = fclose(out) == 0 && good && rename(temp, path) == 0;
    }
    const int failed = errno;
    if (!good) {
        (void)unlink(temp);
    }
    free(temp);
    return good ? VN_OK
                : vn_error_system(error, failed, "cannot write '%s'", path);
}
