/* jumping_clock.c: preloaded, it lets a second pass between two looks. */
#include <stdatomic.h>
#include <time.h>

// The names of the parameters in <time.h> are reserved ones.
// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name)
int clock_gettime(clockid_t clock, struct timespec *now)
{
    static atomic_long looks;

    (void)clock;
    *now = (struct timespec){.tv_sec = 1000 + atomic_fetch_add(&looks, 1)};
    return 0;
}
