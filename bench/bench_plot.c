/* bench_plot.c: pictures of results and of an index, drawn by gnuplot. */
#include "bench_plot_data.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * 1. Results that are not given are measured: this program again, --json.
 * 2. The data of the picture and a job, variables for the script, are written
 *    into a folder beside the picture.
 * 3. gnuplot runs there, with the scripts of VN_BENCH_PLOT_DIR.
 * 4. The picture is renamed to its place; the folder goes.
 */

#define DATA "data"
#define JOB "job.gp"
#define PICTURE "picture"
#define RESULTS "results.json"

enum { KEY_BENCHMARK = 0x200, KEY_FORCE };

/* A kind of picture. */
struct kind {
    const char *name;
    plot_write_fn write;
    int wide, high;             /* of the picture; high: for each input */
    size_t inputs;              /* at most */
    bool index;                 /* the input is an index, and must be given */
    const char *self;           /* the command whose results it shows */
    const char *const *options; /* of that command */
};

static const char *const no_options[] = {NULL};
static const char *const speed_options[] = {
    "--suffixes", "2000000", "--sample", "1000", "--repeat", "10", NULL};
static const char *const build_options[] = {"--dir", ".", NULL};

static const struct kind kinds[] = {
    {"recall", plot_write_recall, 960, 440, PLOT_INPUTS_MAX, false, "quality",
     no_options},
    {"scores", plot_write_scores, 960, 540, 1, true, NULL, NULL},
    {"speed", plot_write_speed, 960, 540, 1, false, "engine", speed_options},
    {"build", plot_write_build, 960, 480, 1, false, "index", build_options},
    {"map", plot_write_map, 1200, 1120, 1, true, NULL, NULL},
    {"exchanges", plot_write_exchanges, 1600, 720, 1, true, NULL, NULL},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

struct plot_bench {
    const struct kind *kind;
    const char *output;
    const char *terminal; /* "svg" or "png" */
    bool force;
    const char *paths[PLOT_INPUTS_MAX];
    const char *names[PLOT_INPUTS_MAX]; /* without folders */
    struct plot_input input;
    char *folder;
    char *measured[PLOT_INPUTS_MAX]; /* results of this run */
    struct vn_error error;
};

/* ---- Options ----------------------------------------------------------- */

static void add_argument(struct plot_bench *bench, const char *text)
{
    if (bench->kind != NULL) {
        if (bench->input.count == bench->kind->inputs) {
            bench_refuse("%s takes at most %zu %s", bench->kind->name,
                         bench->kind->inputs,
                         bench->kind->inputs == 1 ? "file" : "files");
        }
        const char *slash = strrchr(text, '/');

        bench->names[bench->input.count] = slash != NULL ? slash + 1 : text;
        bench->paths[bench->input.count++] = text;
        return;
    }
    for (size_t i = 0; i < KINDS; i++) {
        if (strcmp(kinds[i].name, text) == 0) {
            bench->kind = &kinds[i];
        }
    }
    if (bench->kind == NULL) {
        bench_refuse("no picture '%s': recall, scores, speed, build, map or "
                     "exchanges",
                     text);
    }
}

static bool ends_with(const char *text, const char *end)
{
    const size_t size = strlen(text);

    return size > strlen(end) && strcmp(text + size - strlen(end), end) == 0;
}

static void check_output(struct plot_bench *bench)
{
    struct stat there;

    if (bench->output == NULL) {
        bench_refuse("name the file to write: -o FILE.svg or -o FILE.png");
    }
    if (ends_with(bench->output, ".svg")) {
        bench->terminal = "svg";
    } else if (ends_with(bench->output, ".png")) {
        bench->terminal = "png";
    } else {
        bench_refuse("'%s' ends neither in .svg nor in .png", bench->output);
    }
    if (lstat(bench->output, &there) != 0) {
        return;
    }
    if (S_ISDIR(there.st_mode)) {
        bench_refuse("'%s' is a folder: name the file to write", bench->output);
    }
    if (!bench->force) {
        bench_refuse("'%s' is there already: --force replaces it",
                     bench->output);
    }
}

static void check_arguments(struct plot_bench *bench)
{
    if (bench->kind == NULL) {
        bench_refuse("name the picture: recall, scores, speed, build, map or "
                     "exchanges");
    }
    if (bench->kind->index && bench->input.count == 0) {
        bench_refuse("name the index that %s shows", bench->kind->name);
    }
    if (bench->kind->write == plot_write_recall && bench->input.count == 0) {
        bench_refuse("name a file of phrases, or results of 'vanity-bench "
                     "quality --json'");
    }
    if (bench->input.benchmark != NULL &&
        bench->kind->write != plot_write_scores) {
        bench_refuse("--benchmark goes with scores");
    }
    check_output(bench);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct plot_bench *bench = state->input;

    switch (key) {
    case 'o':
        bench->output = arg;
        return 0;
    case KEY_BENCHMARK:
        bench->input.benchmark = arg;
        return 0;
    case KEY_FORCE:
        bench->force = true;
        return 0;
    case ARGP_KEY_ARG:
        add_argument(bench, arg);
        return 0;
    case ARGP_KEY_END:
        check_arguments(bench);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "output",
     .key = 'o',
     .arg = "FILE",
     .doc = "The picture: FILE.svg or FILE.png"},
    {.name = "benchmark",
     .key = KEY_BENCHMARK,
     .arg = "FILE",
     .doc = "Advertised phrases whose numbers scores shows beside all"},
    {.name = "force",
     .key = KEY_FORCE,
     .doc = "Replace a picture that is there already"},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "recall PHRASES|RESULTS...\nspeed [RESULTS]\nbuild [RESULTS]\n"
                "scores INDEX\nmap INDEX\nexchanges INDEX",
    .doc = "Draw a picture with gnuplot: recall by shape, time of a suffix by "
           "path and threads, stages of a build, distribution of scores, the "
           "best scores over all numbers or by exchange. RESULTS come from "
           "quality, engine or index with --json; without them speed and "
           "build measure now.\v"
           "Examples:\n"
           "  vanity-bench plot map vanity.mdb -o map.png\n"
           "  vanity-bench plot recall bench/data/real-vanity-dev.tsv -o "
           "recall.svg\n"
           "  vanity-bench engine --json > engine.json && vanity-bench plot "
           "speed engine.json -o speed.svg",
};

/* ---- Files ------------------------------------------------------------- */

/* The path of 'name' in the folder, to be freed; NULL without memory. */
static char *path_in(const char *folder, const char *name)
{
    char *path = NULL;

    return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

static enum vn_status make_folder(struct plot_bench *bench)
{
    const char *slash = strrchr(bench->output, '/');
    const size_t size = slash == NULL ? 0 : (size_t)(slash - bench->output) + 1;

    if (asprintf(&bench->folder, "%.*s.vanity-plot-XXXXXX", (int)size,
                 bench->output) < 0) {
        bench->folder = NULL;
        return vn_error_set(&bench->error, VN_NOMEM, "out of memory");
    }
    if (mkdtemp(bench->folder) == NULL) {
        vn_error_system(&bench->error, errno, "cannot write '%s'",
                        bench->output);
        free(bench->folder);
        bench->folder = NULL;
        return VN_INVALID;
    }
    return VN_OK;
}

static void remove_folder(struct plot_bench *bench)
{
    static const char *const names[] = {DATA, JOB, PICTURE};

    for (size_t i = 0; i < PLOT_INPUTS_MAX; i++) {
        if (bench->measured[i] != NULL) {
            unlink(bench->measured[i]);
            free(bench->measured[i]);
        }
    }
    for (size_t i = 0;
         bench->folder != NULL && i < sizeof(names) / sizeof(names[0]); i++) {
        char *path = path_in(bench->folder, names[i]);

        if (path != NULL) {
            unlink(path);
        }
        free(path);
    }
    if (bench->folder != NULL) {
        rmdir(bench->folder);
    }
    free(bench->folder);
}

/* ---- Programs ---------------------------------------------------------- */

/* How a program is run; what is NULL is left as it is. */
struct program {
    const char *const *argv; /* ends in NULL */
    const char *folder;
    const char *output;
};

/* Runs a program to its end; ENOENT as errno if there is none. */
static enum vn_status run(const struct program *program, struct vn_error *error)
{
    posix_spawn_file_actions_t actions;
    pid_t process = 0;
    int state = 0;

    posix_spawn_file_actions_init(&actions);
    if (program->output != NULL) {
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO,
                                         program->output,
                                         O_WRONLY | O_CREAT | O_TRUNC, 0600);
    }
    if (program->folder != NULL) {
        posix_spawn_file_actions_addchdir_np(&actions, program->folder);
    }
    const int failed =
        posix_spawnp(&process, program->argv[0], &actions, NULL,
                     (char *const *)(uintptr_t)program->argv, environ);

    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) {
        return vn_error_system(error, failed, "cannot run '%s'",
                               program->argv[0]);
    }
    while (waitpid(process, &state, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(state) || WEXITSTATUS(state) != 0) {
        const bool refused =
            WIFEXITED(state) && WEXITSTATUS(state) == BENCH_REFUSED;

        return vn_error_set(error, refused ? VN_INVALID : VN_IO,
                            "'%s' failed; its message stands above",
                            program->argv[0]);
    }
    return VN_OK;
}

/* ---- 1. Results -------------------------------------------------------- */

#define ARGUMENTS 16u

/* Measures with 'input' (NULL = none); results into bench->measured[at]. */
static enum vn_status measure(struct plot_bench *bench, size_t at,
                              const char *input)
{
    const char *argv[ARGUMENTS] = {"/proc/self/exe", bench->kind->self,
                                   "--json"};
    size_t count = 3;
    char name[32];

    for (size_t i = 0; bench->kind->options[i] != NULL; i++) {
        argv[count++] = bench->kind->options[i];
    }
    argv[count] = input;
    snprintf(name, sizeof(name), "%zu-" RESULTS, at);
    bench->measured[at] = path_in(bench->folder, name);
    if (bench->measured[at] == NULL) {
        return vn_error_set(&bench->error, VN_NOMEM, "out of memory");
    }
    const struct program self = {.argv = argv, .output = bench->measured[at]};

    return run(&self, &bench->error);
}

/* Whether the file begins as results do; one that is not there does. */
static bool is_results(const char *path)
{
    FILE *file = fopen(path, "re");
    const int first = file == NULL ? '{' : getc(file);

    if (file != NULL) {
        fclose(file);
    }
    return first == '{';
}

static enum vn_status find_results(struct plot_bench *bench)
{
    enum vn_status status = VN_OK;

    if (bench->kind->self != NULL && bench->input.count == 0) {
        status = measure(bench, 0, NULL);
        bench->paths[0] = bench->measured[0];
        bench->input.count = 1;
        return status;
    }
    for (size_t i = 0; status == VN_OK && i < bench->input.count; i++) {
        if (bench->kind->write == plot_write_recall &&
            !is_results(bench->paths[i])) {
            status = measure(bench, i, bench->paths[i]);
        }
    }
    return status;
}

/* ---- 2. Data ----------------------------------------------------------- */

static enum vn_status write_files(struct plot_bench *bench, FILE *data,
                                  FILE *job)
{
    struct plot_input input = bench->input;
    const char *paths[PLOT_INPUTS_MAX];

    fprintf(job, "type = '%s'\nwide = %d\nhigh = %d\ndata = '" DATA "'\n",
            bench->terminal, bench->kind->wide,
            bench->kind->high * (int)input.count);
    for (size_t i = 0; i < input.count; i++) {
        paths[i] =
            bench->measured[i] != NULL ? bench->measured[i] : bench->paths[i];
    }
    input.paths = paths;
    const enum vn_status status =
        bench->kind->write(&input, data, job, &bench->error);

    if (status == VN_OK && (ferror(data) != 0 || ferror(job) != 0)) {
        return vn_error_set(&bench->error, VN_IO, "cannot write into '%s'",
                            bench->folder);
    }
    return status;
}

static FILE *create(const struct plot_bench *bench, const char *name)
{
    char *path = path_in(bench->folder, name);
    FILE *file = path == NULL ? NULL : fopen(path, "we");

    free(path);
    return file;
}

static enum vn_status write_data(struct plot_bench *bench)
{
    FILE *data = create(bench, DATA);
    FILE *job = create(bench, JOB);
    enum vn_status status = VN_IO;

    if (data == NULL || job == NULL) {
        status = vn_error_system(&bench->error, errno, "cannot write into '%s'",
                                 bench->folder);
    } else {
        status = write_files(bench, data, job);
    }
    const bool data_failed = data != NULL && fclose(data) != 0;
    const bool job_failed = job != NULL && fclose(job) != 0;

    if (status == VN_OK && (data_failed || job_failed)) {
        status = vn_error_system(&bench->error, errno, "cannot write into '%s'",
                                 bench->folder);
    }
    return status;
}

/* ---- 3. and 4. --------------------------------------------------------- */

/* Told before anything is measured. */
static enum vn_status find_gnuplot(struct plot_bench *bench)
{
    static const char *const argv[] = {"gnuplot", "--version", NULL};
    const struct program gnuplot = {.argv = argv, .output = "/dev/null"};
    const enum vn_status status = run(&gnuplot, &bench->error);

    if (status != VN_OK && bench->error.sys_errno == ENOENT) {
        return vn_error_set(&bench->error, VN_INVALID,
                            "gnuplot is missing: apt-get install gnuplot-nox");
    }
    return status;
}

static enum vn_status draw(struct plot_bench *bench)
{
    char script[PATH_MAX];
    static const char common[] = VN_BENCH_PLOT_DIR "/common.gp";
    const char *const argv[] = {
        "gnuplot", "--default-settings", JOB, common, script, NULL};
    const struct program gnuplot = {.argv = argv, .folder = bench->folder};

    snprintf(script, sizeof(script), "%s/%s.gp", VN_BENCH_PLOT_DIR,
             bench->kind->name);
    return run(&gnuplot, &bench->error);
}

static enum vn_status publish(struct plot_bench *bench)
{
    char *picture = path_in(bench->folder, PICTURE);
    enum vn_status status = VN_OK;

    if (picture == NULL) {
        return vn_error_set(&bench->error, VN_NOMEM, "out of memory");
    }
    if (rename(picture, bench->output) != 0) {
        status = vn_error_system(&bench->error, errno, "cannot write '%s'",
                                 bench->output);
    }
    free(picture);
    return status;
}

static enum vn_status make_picture(struct plot_bench *bench)
{
    enum vn_status status = find_gnuplot(bench);

    if (status == VN_OK) {
        status = make_folder(bench);
    }
    if (status == VN_OK) {
        status = find_results(bench);
    }
    if (status == VN_OK) {
        status = write_data(bench);
    }
    if (status == VN_OK) {
        status = draw(bench);
    }
    return status == VN_OK ? publish(bench) : status;
}

int bench_plot(int argc, char **argv)
{
    struct plot_bench bench = {.kind = NULL};

    bench.input.paths = bench.paths;
    bench.input.names = bench.names;
    argp_parse(&parser, argc, argv, 0, NULL, &bench);
    const enum vn_status status = make_picture(&bench);

    remove_folder(&bench);
    return status == VN_OK ? BENCH_DONE : bench_error(status, &bench.error);
}
