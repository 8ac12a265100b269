/* progress.c: percent, bar, rate and remaining time on standard error. */
#include "progress.h"

#include "cli.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define INTERVAL_MS 100
/* The bar shrinks where the line has no room, down to this. */
#define BAR_CELLS_MAX 24
#define BAR_CELLS_MIN 4
#define BAR_FRAME 3 // a blank and two brackets
#define LINE_SIZE 256
/* Columns below which only the percentage is shown. */
#define COLUMNS_MIN 20
#define COLUMNS_UNKNOWN 80

/* How far the work is. */
struct state {
    uint64_t count, done, total, elapsed_ms;
};

void progress_start(struct progress *progress, const char *unit, bool quiet)
{
    *progress = (struct progress){.enabled = !quiet && isatty(STDERR_FILENO),
                                  .unit = unit};
    progress->started_ms = cli_clock_ms();
    progress->drawn_ms = progress->started_ms;
}

/* Asked each time: a window changes its size. */
static size_t find_columns(void)
{
    struct winsize size = {0};

    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0
               ? size.ws_col
               : COLUMNS_UNKNOWN;
}

static unsigned make_percent(const struct state *state)
{
    return (unsigned)(state->done * 100 / state->total);
}

/* "  1,234 numbers/s"; returns its length. */
static size_t write_rate(char *line, size_t size,
                         const struct progress *progress,
                         const struct state *state)
{
    char grouped[CLI_GROUPED_SIZE];
    const int used =
        snprintf(line, size, "  %s %s/s",
                 cli_grouped(state->count * 1000 / state->elapsed_ms, grouped),
                 progress->unit);

    return (size_t)used;
}

static void write_bar(char *line, size_t cells, const struct state *state)
{
    const size_t full = (size_t)(state->done * cells / state->total);

    line[0] = ' ';
    line[1] = '[';
    memset(line + 2, '#', full);
    memset(line + 2 + full, '.', cells - full);
    line[2 + cells] = ']';
    line[3 + cells] = '\0';
}

/* Percent, bar, rate and remaining time. */
static void write_share(char line[LINE_SIZE], size_t columns,
                        const struct progress *progress,
                        const struct state *state)
{
    const uint64_t left_s =
        state->elapsed_ms * (state->total - state->done) / state->done / 1000;
    char bar[BAR_FRAME + BAR_CELLS_MAX + 1] = "";
    char tail[LINE_SIZE / 2];
    size_t used = write_rate(tail, sizeof(tail) / 2, progress, state);

    used += (size_t)snprintf(tail + used, sizeof(tail) - used, "  %u:%02u left",
                             (unsigned)(left_s / 60), (unsigned)(left_s % 60));
    used += (size_t)snprintf(line, LINE_SIZE, "%s: %3u %%", cli_name(),
                             make_percent(state));
    if (used + BAR_FRAME + BAR_CELLS_MIN < columns) {
        const size_t room = columns - 1 - BAR_FRAME - used;

        write_bar(bar, room < BAR_CELLS_MAX ? room : BAR_CELLS_MAX, state);
    }
    const size_t head = strlen(line);

    snprintf(line + head, LINE_SIZE - head, "%s%s", bar, tail);
}

static void write_count(char line[LINE_SIZE], const struct progress *progress,
                        const struct state *state)
{
    char grouped[CLI_GROUPED_SIZE];
    const size_t used =
        (size_t)snprintf(line, LINE_SIZE / 2, "%s: %s %s", cli_name(),
                         cli_grouped(state->count, grouped), progress->unit);

    write_rate(line + used, LINE_SIZE - used, progress, state);
}

static void draw(const struct progress *progress, const struct state *state)
{
    const size_t columns = find_columns();
    char line[LINE_SIZE];

    if (columns >= COLUMNS_MIN && state->total > 0) {
        write_share(line, columns, progress, state);
    } else if (columns >= COLUMNS_MIN) {
        write_count(line, progress, state);
    } else if (state->total > 0) {
        snprintf(line, sizeof(line), "%u %%", make_percent(state));
    } else {
        cli_grouped(state->count, line);
    }
    // A line as wide as the terminal would wrap and could not be taken away.
    fprintf(stderr, "\r\033[K%.*s", (int)columns - 1, line);
}

void progress_share(struct progress *progress, uint64_t count, uint64_t done,
                    uint64_t total)
{
    if (!progress->enabled || done == 0 || (total > 0 && done > total)) {
        return;
    }
    const uint64_t now_ms = cli_clock_ms();

    if (now_ms - progress->drawn_ms < INTERVAL_MS) {
        return;
    }
    const struct state state = {
        .count = count,
        .done = done,
        .total = total,
        .elapsed_ms = now_ms - progress->started_ms,
    };

    draw(progress, &state);
    progress->drawn_ms = now_ms;
    progress->drawn = true;
}

void progress_update(struct progress *progress, uint64_t done, uint64_t total)
{
    progress_share(progress, done, done, total);
}

void progress_hide(struct progress *progress)
{
    if (progress->drawn) {
        fputs("\r\033[K", stderr);
    }
    progress->drawn = false;
}

void progress_end(struct progress *progress)
{
    progress_hide(progress);
    progress->enabled = false;
}
