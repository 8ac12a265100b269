/* bench_rival.c: times of what runs beside the loader and exports. */
#include "bench_rival.h"

#include <assert.h>
#include <ftw.h>

void bench_rival_start(struct bench_rival *rival, const char *name,
                       unsigned threads)
{
    char text[sizeof(rival->cpu.name)];

    bench_series_ns(&rival->wall, name, "ns/item", 1, threads);
    snprintf(text, sizeof(text), "%.40s, CPU", name);
    bench_series_ns(&rival->cpu, text, "ns/item", 1, threads);
}

void bench_rival_add(struct bench_rival *rival, uint64_t items,
                     struct bench_time time)
{
    assert(items > 0);
    if (rival->wall.count == 0) {
        rival->wall.operations = items;
        rival->cpu.operations = items;
    }
    const double scale = (double)rival->wall.operations / (double)items;
    const double wall_s = time.wall_s * scale;
    const double cpu_s = time.cpu_s * scale;

    bench_series_add(&rival->wall, (struct bench_time){wall_s, cpu_s});
    bench_series_add(&rival->cpu, (struct bench_time){cpu_s, cpu_s});
}

bool bench_rival_read(struct bench_rival *rival, FILE *output)
{
    struct bench_time time = {0, 0};
    unsigned long items = 0;
    const int fields =
        fscanf(output, "%lu %lf %lf", &items, &time.wall_s, &time.cpu_s);

    if (pclose(output) != 0 || fields != 3 || items == 0) {
        return false;
    }
    bench_rival_add(rival, items, time);
    return true;
}

static int remove_entry(const char *path, const struct stat *file, int type,
                        struct FTW *place)
{
    (void)file;
    (void)type;
    (void)place;
    return remove(path);
}

void bench_remove_tree(const char *path)
{
    if (nftw(path, remove_entry, 8, FTW_DEPTH | FTW_PHYS) != 0) {
        bench_message("cannot remove '%s'", path);
    }
}
