/* service.c: from a request to its answer. */
#include "service.h"

#include "reply.h"

#include "tools/cli/cli.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define NUMBER_PATH "/vanitynumbers"
#define TOP_PATH "/top/"
#define PROMETHEUS "text/plain; version=0.0.4; charset=utf-8"
#define ACCESS_LINE_SIZE 256

/* ---- Numbers ------------------------------------------------------------ */

/* What the query of a look-up asks. */
struct wish {
    struct vn_number number;
    bool is_call; /* to be kept among the callers */
};

static bool is_text(struct vn_bytes value, const char *text)
{
    return value.size == strlen(text) &&
           memcmp(value.data, text, value.size) == 0;
}

/* Reads "caller"; NULL, or what is wrong. */
static const char *read_caller(struct request *request, struct wish *wish)
{
    char memory[REQUEST_VALUE_MAX];
    struct vn_bytes value;
    bool found = false;
    const char *wrong = request_parameter(request->connection, "caller", memory,
                                          &value, &found);

    if (wrong != NULL) {
        return wrong;
    }
    wish->is_call = found && is_text(value, "1");
    return found && !wish->is_call && !is_text(value, "0")
               ? "caller is neither 0 nor 1"
               : NULL;
}

/* Reads the query; NULL, or what is wrong, which may lie in '*error'. */
static const char *read_wish(struct request *request, struct wish *wish,
                             struct vn_error *error)
{
    char memory[REQUEST_VALUE_MAX];
    struct vn_bytes value;
    bool found = false;
    const char *wrong = request_parameter(request->connection, "phonenumber",
                                          memory, &value, &found);

    if (wrong != NULL) {
        return wrong;
    }
    if (!found) {
        return "the parameter phonenumber is missing";
    }
    if (value.size > 0 && memory[0] == ' ') {
        memory[0] = '+'; // as it was typed, before it became a query
    }
    if (vn_number_parse(memory, value.size, &wish->number, error) != VN_OK) {
        return error->message;
    }
    return read_caller(request, wish);
}

static enum vn_status look_up(struct service *service,
                              const struct vn_number *number,
                              struct answer *answer, struct vn_error *error)
{
    struct lease lease;
    struct vn_record record;

    store_lease(service->store, &lease);
    enum vn_status status =
        vn_reader_get(lease.reader, number->suffix, &record, error);

    store_return(service->store, &lease);
    if (status != VN_OK) {
        return status;
    }
    answer_start(answer, number);
    status = answer_record(answer, &record, VN_CANDIDATES);
    return status == VN_OK
               ? VN_OK
               : vn_error_set(error, status,
                              "the index is damaged: what it holds for %07u "
                              "is no spelling",
                              (unsigned)number->suffix);
}

/* A failure to read the index; damage is told to the operator too. */
static enum MHD_Result reply_failure(struct request *request,
                                     enum vn_status status,
                                     const struct vn_error *error)
{
    if (status == VN_OUTSIDE) {
        return reply_error(request, MHD_HTTP_NOT_FOUND,
                           "this index was not built for that number");
    }
    cli_message("%s", error->message);
    return reply_error(request, MHD_HTTP_INTERNAL_SERVER_ERROR,
                       "the index cannot be read");
}

static enum MHD_Result answer_number(struct request *request)
{
    struct service *service = request->service;
    struct vn_error error = {0};
    struct wish wish = {.is_call = false};
    struct answer answer;
    char memory[ANSWER_SIZE];
    struct output out;
    const char *wrong = read_wish(request, &wish, &error);

    if (wrong != NULL) {
        return reply_error(request, MHD_HTTP_BAD_REQUEST, wrong);
    }
    if (wish.is_call &&
        is_text(request->place->headers.fetch_site, "cross-site")) {
        return reply_error(request, MHD_HTTP_FORBIDDEN,
                           "another site cannot log a call");
    }
    const enum vn_status status =
        look_up(service, &wish.number, &answer, &error);

    if (status != VN_OK) {
        return reply_failure(request, status, &error);
    }
    if (wish.is_call && service->calls != NULL) {
        calls_add(service->calls, &answer);
    }
    output_start(&out, OUTPUT_MEMORY, memory, sizeof(memory));
    answer_body_json(&out, &answer);
    return reply_json(request, MHD_HTTP_OK,
                      (struct vn_bytes){out.buffer, out.used});
}

static enum MHD_Result answer_callers(struct request *request)
{
    char memory[ANSWER_SIZE];
    struct output out;

    if (request->service->calls == NULL) {
        return reply_error(request, MHD_HTTP_NOT_FOUND,
                           "this server keeps no calls");
    }
    output_start(&out, OUTPUT_MEMORY, memory, sizeof(memory));
    calls_json(&out, request->service->calls);
    return reply_json(request, MHD_HTTP_OK,
                      (struct vn_bytes){out.buffer, out.used});
}

/* ---- Map and lists ------------------------------------------------------ */

static enum MHD_Result answer_map(struct request *request)
{
    struct lease lease;

    store_lease(request->service->store, &lease);
    const enum MHD_Result result = reply_asset(request, store_map(&lease));

    store_return(request->service->store, &lease);
    return result;
}

/* Reads "/top/NNN.json"; false for anything else. */
static bool read_exchange(const char *path, unsigned *exchange)
{
    const char *digits = path + strlen(TOP_PATH);

    *exchange = 0;
    for (unsigned i = 0; i < 3; i++) {
        if (digits[i] < '0' || digits[i] > '9') {
            return false;
        }
        *exchange = *exchange * 10 + (unsigned)(digits[i] - '0');
    }
    return strcmp(digits + 3, ".json") == 0;
}

static enum MHD_Result reply_not_found(struct request *request)
{
    return reply_error(request, MHD_HTTP_NOT_FOUND, "there is no such page");
}

static enum MHD_Result answer_top(struct request *request, const char *path)
{
    struct service *service = request->service;
    struct vn_error error = {0};
    struct asset *asset = NULL;
    struct lease lease;
    unsigned exchange;
    enum MHD_Result result;

    if (!read_exchange(path, &exchange)) {
        return reply_not_found(request);
    }
    store_lease(service->store, &lease);
    const enum vn_status status = store_top(&lease, exchange, &asset, &error);

    if (status == VN_OK) {
        result = reply_asset(request, asset);
    } else {
        result = reply_failure(request, status, &error);
    }
    store_return(service->store, &lease);
    return result;
}

/* ---- Health ------------------------------------------------------------- */

static enum MHD_Result answer_health(struct request *request)
{
    char memory[ANSWER_SIZE];
    struct store_status status;
    struct output out;

    store_status(request->service->store, &status);
    output_start(&out, OUTPUT_MEMORY, memory, sizeof(memory));
    json_open(&out, '{');
    json_key(&out, "status");
    json_text(&out, status.is_stale ? "stale" : "ok");
    json_key(&out, "generation");
    json_hex(&out, status.generation);
    json_key(&out, "suffixes");
    json_int(&out, (int64_t)status.suffixes);
    json_close(&out, '}');
    return reply_json(request, MHD_HTTP_OK,
                      (struct vn_bytes){out.buffer, out.used});
}

static void write_store(struct output *out, struct store *store)
{
    struct store_status status;

    store_status(store, &status);
    metrics_write_value(out, "vanity_index_suffixes", "gauge",
                        "Suffixes that the index was built for.",
                        status.suffixes);
    metrics_write_value(out, "vanity_index_stale", "gauge",
                        "1 while the file at the path could not be taken.",
                        status.is_stale ? 1 : 0);
    metrics_write_value(out, "vanity_index_reloads_total", "counter",
                        "New indexes taken.", status.reloads);
    metrics_write_value(out, "vanity_index_reload_failures_total", "counter",
                        "New files refused.", status.failures);
    metrics_write_time(out, "vanity_index_map_seconds",
                       "How long the map of the index took.", status.map_ns);
    output_format(out,
                  "# HELP vanity_index_info The index in use.\n"
                  "# TYPE vanity_index_info gauge\n"
                  "vanity_index_info{generation=\"%016llx\"} 1\n",
                  (unsigned long long)status.generation);
}

static void write_calls(struct output *out, struct calls *calls)
{
    struct calls_counts counts;

    calls_count(calls, &counts);
    metrics_write_value(out, "vanity_calls_written_total", "counter",
                        "Calls that are on disk.", counts.written);
    metrics_write_value(out, "vanity_calls_dropped_total", "counter",
                        "Calls that could not be kept.", counts.dropped);
}

static enum MHD_Result answer_metrics(struct request *request)
{
    struct service *service = request->service;
    char memory[METRICS_SIZE];
    struct output out;

    output_start(&out, OUTPUT_MEMORY, memory, sizeof(memory));
    metrics_write(&out, service->metrics);
    metrics_write_value(&out, "vanity_connections", "gauge",
                        "Connections that are open.",
                        connections_count(service->connections));
    metrics_write_value(&out, "vanity_connections_refused_total", "counter",
                        "Connections above the limit.",
                        connections_refused(service->connections));
    write_store(&out, service->store);
    if (service->calls != NULL) {
        write_calls(&out, service->calls);
    }
    if (output_failed(&out)) {
        return reply_error(request, MHD_HTTP_INTERNAL_SERVER_ERROR,
                           "the metrics are too long");
    }
    return reply_text(request, PROMETHEUS,
                      (struct vn_bytes){out.buffer, out.used});
}

/* ---- Routes ------------------------------------------------------------- */

/* The file of the page at 'path', NULL if none is. */
static struct asset *find_page(const struct service *service, const char *path)
{
    if (strcmp(path, "/") == 0) {
        return service->pages[0].asset;
    }
    for (unsigned i = 0; i < PAGE_FILES; i++) {
        if (path[0] == '/' && strcmp(path + 1, service->pages[i].name) == 0) {
            return service->pages[i].asset;
        }
    }
    return NULL;
}

/* Paths are compared as they came: no percent sign stands for anything. */
static enum route find_route(const char *path)
{
    static const struct {
        const char *path;
        enum route route;
    } routes[] = {
        {NUMBER_PATH, ROUTE_VANITYNUMBERS}, {"/callers", ROUTE_CALLERS},
        {"/map.json", ROUTE_MAP},           {"/healthz", ROUTE_HEALTHZ},
        {"/metrics", ROUTE_METRICS},
    };

    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        if (strcmp(path, routes[i].path) == 0) {
            return routes[i].route;
        }
    }
    return strncmp(path, TOP_PATH, strlen(TOP_PATH)) == 0 ? ROUTE_TOP
                                                          : ROUTE_OTHER;
}

static enum MHD_Result answer_page(struct request *request, const char *path)
{
    struct asset *asset = find_page(request->service, path);

    if (asset == NULL) {
        return reply_not_found(request);
    }
    request->place->route = ROUTE_PAGE;
    return reply_asset(request, asset);
}

static enum MHD_Result answer_route(struct request *request, const char *path)
{
    const enum route route = find_route(path);

    request->place->route = route;
    switch (route) {
    case ROUTE_VANITYNUMBERS:
        return answer_number(request);
    case ROUTE_CALLERS:
        return answer_callers(request);
    case ROUTE_MAP:
        return answer_map(request);
    case ROUTE_TOP:
        return answer_top(request, path);
    case ROUTE_HEALTHZ:
        return answer_health(request);
    case ROUTE_METRICS:
        return answer_metrics(request);
    case ROUTE_PAGE:
    case ROUTE_OTHER:
    case ROUTE_COUNT:
        break;
    }
    return answer_page(request, path);
}

/* For the access log, which repeats nothing that a client wrote. */
static const char *method_name(const char *method)
{
    if (strcmp(method, "GET") == 0) {
        return "GET";
    }
    return strcmp(method, "HEAD") == 0 ? "HEAD" : "other";
}

/*
 * The first look at a request, before its body: what is refused here ends the
 * connection, as libmicrohttpd does with every early answer.
 */
static enum MHD_Result check_request(struct request *request,
                                     const struct request_line *line)
{
    struct connection *place = request->place;

    place->method = method_name(line->method);
    if (strcmp(place->method, "other") == 0) {
        return reply_error(request, MHD_HTTP_METHOD_NOT_ALLOWED,
                           "only GET and HEAD are answered");
    }
    const char *wrong =
        request_read(request->connection, line, &place->headers);

    return wrong == NULL ? MHD_YES
                         : reply_error(request, MHD_HTTP_BAD_REQUEST, wrong);
}

static enum MHD_Result answer_request(struct request *request,
                                      const char *target)
{
    const char *path = request_path(target, &request->place->headers);

    if (!request_host_is_ours(&request->service->hosts,
                              request->place->headers.host)) {
        return reply_error(request, MHD_HTTP_MISDIRECTED_REQUEST,
                           "this server is not called by that name; "
                           "see vanity serve --host");
    }
    return answer_route(request, path);
}

/* ---- Requests ----------------------------------------------------------- */

static struct connection *place_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info->socket_context;
}

static void begin(struct connection *place)
{
    place->route = ROUTE_OTHER;
    place->code = 0;
    place->size = 0;
    place->method = "other";
    atomic_store_explicit(&place->since_ns, connections_now_ns(),
                          memory_order_relaxed);
    atomic_store_explicit(&place->answering, true, memory_order_relaxed);
}

// NOLINTNEXTLINE(readability-function-size): the callback has eight parameters
enum MHD_Result service_answer(void *context, struct MHD_Connection *connection,
                               const char *url, const char *method,
                               const char *version, const char *upload,
                               size_t *upload_size, void **data)
{
    struct request request = {.service = context,
                              .connection = connection,
                              .place = place_of(connection)};
    const struct request_line line = {method, *data, version};

    (void)upload;
    (void)upload_size;
    if (atomic_load_explicit(&request.place->answering, memory_order_relaxed)) {
        return answer_request(&request, url);
    }
    begin(request.place);
    return check_request(&request, &line);
}

/* One line in one write, so that threads do not mix theirs. */
static void log_access(const struct service *service,
                       const struct connection *place, uint64_t elapsed_ns)
{
    char memory[ACCESS_LINE_SIZE];
    struct output out;
    struct timespec now;
    struct tm utc;
    char text[sizeof("2026-11-21T11:15:00Z") + 8];

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
    output_start(&out, OUTPUT_MEMORY, memory, sizeof(memory));
    json_open(&out, '{');
    json_key(&out, "time");
    json_text(&out, text);
    json_key(&out, "method");
    json_text(&out, place->method);
    json_key(&out, "route");
    json_text(&out, route_name(place->route));
    json_key(&out, "status");
    json_int(&out, place->code);
    json_key(&out, "bytes");
    json_int(&out, place->method[0] == 'H' ? 0 : (int64_t)place->size);
    json_key(&out, "us");
    json_int(&out, (int64_t)(elapsed_ns / 1000));
    json_close(&out, '}');
    json_line_end(&out);
    const ssize_t ignored = write(service->access_log, out.buffer, out.used);

    (void)ignored; // a full disk must not stop the service
}

void service_answered(void *context, struct MHD_Connection *connection,
                      void **data, enum MHD_RequestTerminationCode code)
{
    struct service *service = context;
    struct connection *place = place_of(connection);

    (void)data;
    (void)code;
    if (!atomic_load(&place->answering)) {
        return; // libmicrohttpd refused it by itself
    }
    const uint64_t now = connections_now_ns();
    const uint64_t elapsed =
        now - atomic_load_explicit(&place->since_ns, memory_order_relaxed);

    metrics_add(service->metrics, place->route, place->code, elapsed);
    if (service->access_log >= 0) {
        log_access(service, place, elapsed);
    }
    atomic_store_explicit(&place->since_ns, now, memory_order_relaxed);
    atomic_store_explicit(&place->answering, false, memory_order_relaxed);
}
