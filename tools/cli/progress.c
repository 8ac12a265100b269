/* progress.c: percent, bar, rate and remaining time on standard error. */
#include "progress.h"

#include "cli.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define INTERVAL_MS 100
#define BAR_CELLS 24

void progress_start(struct progress *progress, const char *unit, bool quiet)
{
    *progress = (struct progress){.enabled = !quiet && isatty(STDERR_FILENO),
                                  .unit = unit};
    progress->started_ms = cli_clock_ms();
    progress->drawn_ms = progress->started_ms;
}

static void draw(const struct progress *progress, uint64_t done, uint64_t total,
                 uint64_t elapsed_ms)
{
    const unsigned cells = (unsigned)(done * BAR_CELLS / total);
    const uint64_t left_s = elapsed_ms * (total - done) / done / 1000;
    char bar[BAR_CELLS + 1];
    char rate[64] = "";
    char grouped[CLI_GROUPED_SIZE];

    memset(bar, '#', cells);
    memset(bar + cells, '.', BAR_CELLS - cells);
    bar[BAR_CELLS] = '\0';
    if (progress->unit != NULL) {
        snprintf(rate, sizeof(rate), "  %s %s/s",
                 cli_grouped(done * 1000 / elapsed_ms, grouped),
                 progress->unit);
    }
    fprintf(stderr, "\r\033[K%s: %3u %% [%s]%s  %u:%02u left", cli_name(),
            (unsigned)(done * 100 / total), bar, rate, (unsigned)(left_s / 60),
            (unsigned)(left_s % 60));
}

void progress_update(struct progress *progress, uint64_t done, uint64_t total)
{
    if (!progress->enabled || done == 0 || done > total) {
        return;
    }
    const uint64_t now_ms = cli_clock_ms();

    if (now_ms - progress->drawn_ms < INTERVAL_MS) {
        return;
    }
    draw(progress, done, total, now_ms - progress->started_ms);
    progress->drawn_ms = now_ms;
    progress->drawn = true;
}

void progress_end(struct progress *progress)
{
    if (progress->drawn) {
        fputs("\r\033[K", stderr);
    }
    progress->enabled = false;
    progress->drawn = false;
}
