/* exchange.c: reads whole exchanges, and writes what is best in them. */
#include "exchange.h"

#include "tools/answer/output.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

/* The longest entry of the two lists, and what stands around them. */
#define ENTRY_SIZE 160u
#define FRAME_SIZE 160u
#define THREADS_MOST 64u
#define EXCHANGE_BLOCKS (VN_BLOCKS / EXCHANGES)
/* Places for the best of all parts. */
#define EXCHANGE_MORE                                                          \
    (EXCHANGE_TENTHS * EXCHANGE_TENTH_BEST +                                   \
     EXCHANGE_HUNDREDTHS * EXCHANGE_HUNDREDTH_BEST)

/* A suffix with its first candidate. */
struct best {
    uint64_t order; /* lower is better: score, digits, suffix */
    uint32_t code;
    uint16_t tail;
};

/* What is gathered of an exchange, or of a part of it. */
struct gathered {
    uint32_t count; /* suffixes with a spelling */
    int64_t scores; /* sum of their best ones */
    size_t wanted;  /* places of 'best' */
    size_t held;
    struct best *best; /* in order */
};

/* ---- Gathering ---------------------------------------------------------- */

/* Keys that stay digits: the places of the letters field that are 0. */
static unsigned code_digits(uint32_t code)
{
    uint32_t letters = code & ((1u << VN_CODE_CUTS_SHIFT) - 1);
    unsigned digits = 0;

    for (unsigned i = 0; i < VN_SUFFIX_DIGITS; i++) {
        digits += letters % 5 == 0 ? 1 : 0;
        letters /= 5;
    }
    return digits;
}

static uint64_t make_order(int score, unsigned digits, uint32_t suffix)
{
    return (uint64_t)(1000 - score) << 32 | (uint64_t)digits << 24 | suffix;
}

static uint32_t order_suffix(uint64_t order)
{
    return (uint32_t)(order & 0xffffff);
}

/* Puts 'entry' into its place; the last one falls out where all are taken. */
static void insert(struct gathered *gathered, const struct best *entry)
{
    size_t at = gathered->held;

    if (at == gathered->wanted) {
        at--;
    } else {
        gathered->held++;
    }
    while (at > 0 && gathered->best[at - 1].order > entry->order) {
        gathered->best[at] = gathered->best[at - 1];
        at--;
    }
    gathered->best[at] = *entry;
}

static void gather_one(struct gathered *gathered, uint32_t suffix,
                       uint32_t code)
{
    const int score = vn_code_score(code);
    const bool full = gathered->held == gathered->wanted;
    const uint64_t worst =
        full ? gathered->best[gathered->held - 1].order : UINT64_MAX;

    gathered->count++;
    gathered->scores += score;
    if (make_order(score, 0, suffix) > worst) {
        return; // without a look at its digits
    }
    const struct best entry = {
        .order = make_order(score, code_digits(code), suffix), .code = code};

    if (entry.order < worst) {
        insert(gathered, &entry);
    }
}

static void gather_block(struct gathered *gathered, uint32_t block,
                         const uint32_t codes[VN_BLOCK_SUFFIXES])
{
    for (uint32_t i = 0; i < VN_BLOCK_SUFFIXES; i++) {
        if (codes[i] != 0) {
            gather_one(gathered, block * VN_BLOCK_SUFFIXES + i, codes[i]);
        }
    }
}

static struct vn_prefix exchange_prefix(unsigned exchange)
{
    return (struct vn_prefix){.digits = exchange, .length = 3};
}

/* Only the best need their tails. */
static enum vn_status read_tails(struct vn_reader *reader,
                                 struct gathered *gathered,
                                 struct vn_error *error)
{
    enum vn_status status = VN_OK;

    for (size_t i = 0; status == VN_OK && i < gathered->held; i++) {
        struct best *best = &gathered->best[i];
        struct vn_record record;

        status =
            vn_reader_get(reader, order_suffix(best->order), &record, error);
        if (status == VN_OK) {
            best->tail = record.tails[0];
        }
    }
    return status;
}

/* Blocks outside of the prefix of the index have nothing to gather. */
static enum vn_status gather_blocks(struct vn_reader *reader, uint32_t first,
                                    uint32_t count, struct gathered *gathered,
                                    struct vn_error *error)
{
    for (uint32_t block = first; block < first + count; block++) {
        uint32_t codes[VN_BLOCK_SUFFIXES];
        const enum vn_status status =
            vn_reader_best(reader, block, codes, error);

        if (status == VN_OK) {
            gather_block(gathered, block, codes);
        } else if (status != VN_OUTSIDE) {
            return status;
        }
    }
    return VN_OK;
}

static enum vn_status gather_exchange(struct vn_reader *reader,
                                      unsigned exchange,
                                      struct gathered *gathered,
                                      struct vn_error *error)
{
    const enum vn_status status = gather_blocks(
        reader, exchange * EXCHANGE_BLOCKS, EXCHANGE_BLOCKS, gathered, error);

    return status == VN_OK ? read_tails(reader, gathered, error) : status;
}

bool exchange_is_held(const struct vn_index *index, unsigned exchange)
{
    const struct vn_prefix held = vn_index_info(index)->prefix;
    const struct vn_prefix asked = exchange_prefix(exchange);

    return vn_prefix_holds(held, vn_prefix_first(asked)) ||
           vn_prefix_holds(asked, vn_prefix_first(held));
}

/* ---- Writing ------------------------------------------------------------ */

static enum vn_status text_start(struct output *out, size_t size,
                                 struct vn_error *error)
{
    char *memory = malloc(size);

    if (memory == NULL) {
        return vn_error_system(error, errno, "cannot write the list");
    }
    output_start(out, OUTPUT_MEMORY, memory, size);
    return VN_OK;
}

static void write_generation(struct output *out, const struct vn_index *index)
{
    json_key(out, "generation");
    json_hex(out, vn_index_info(index)->generation);
}

static void write_digits(struct output *out, const char *key, unsigned value,
                         int length)
{
    char digits[VN_SUFFIX_DIGITS + 1];

    for (int i = length - 1; i >= 0; i--) {
        digits[i] = (char)('0' + value % 10);
        value /= 10;
    }
    digits[length] = '\0';
    json_key(out, key);
    json_text(out, digits);
}

static enum vn_status write_best(struct output *out, const struct best *best,
                                 struct vn_error *error)
{
    const uint32_t suffix = order_suffix(best->order);
    struct vn_spelling spelling;

    if (vn_spell(suffix, best->code, best->tail, &spelling) != VN_OK) {
        return vn_error_set(error, VN_CORRUPT,
                            "the index is damaged: what it holds for %07u is "
                            "no spelling",
                            (unsigned)suffix);
    }
    json_key(out, "suffix");
    json_suffix(out, suffix);
    json_key(out, "spelling");
    json_text(out, spelling.text);
    json_key(out, "score");
    json_int(out, spelling.score);
    return VN_OK;
}

static void write_no_best(struct output *out)
{
    static const char *const keys[] = {"suffix", "spelling", "score"};

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        json_key(out, keys[i]);
        json_none(out);
    }
}

/* The nearest integer; a half goes up. */
static int64_t mean_of(const struct gathered *gathered)
{
    const int64_t twice = 2 * (int64_t)gathered->count;
    const int64_t sum = 2 * gathered->scores + gathered->count;
    const int64_t mean = sum / twice;

    return sum % twice < 0 ? mean - 1 : mean;
}

static enum vn_status write_exchange(struct output *out, unsigned exchange,
                                     const struct gathered *gathered,
                                     struct vn_error *error)
{
    enum vn_status status = VN_OK;

    json_open(out, '{');
    write_digits(out, "exchange", exchange, 3);
    json_key(out, "count");
    json_int(out, gathered->count);
    json_key(out, "mean");
    if (gathered->count == 0) {
        json_none(out);
        write_no_best(out);
    } else {
        json_int(out, mean_of(gathered));
        status = write_best(out, &gathered->best[0], error);
    }
    json_close(out, '}');
    return status;
}

/* Hands the text over, or frees it after a failure. */
static enum vn_status text_end(struct output *out, enum vn_status status,
                               struct exchange_text *text,
                               struct vn_error *error)
{
    if (status == VN_OK && output_failed(out)) {
        status =
            vn_error_system(error, out->sys_errno, "cannot write the list");
    }
    if (status == VN_OK) {
        *text = (struct exchange_text){out->buffer, out->used};
    } else {
        free(out->buffer);
    }
    return status;
}

/* ---- The map ------------------------------------------------------------ */

/* One exchange of the map: a list of one. */
struct square {
    struct gathered gathered;
    struct best best;
};

/* What the threads share. */
struct survey {
    struct vn_index *index;
    struct square squares[EXCHANGES];
    atomic_uint next;
    atomic_bool failed;
    pthread_mutex_t lock;
    enum vn_status status; /* under 'lock': of the first failure */
    struct vn_error error; /* under 'lock' */
};

static void survey_failed(struct survey *survey, enum vn_status status,
                          const struct vn_error *error)
{
    pthread_mutex_lock(&survey->lock);
    if (survey->status == VN_OK) {
        survey->status = status;
        survey->error = *error;
    }
    pthread_mutex_unlock(&survey->lock);
    atomic_store(&survey->failed, true);
}

static enum vn_status survey_all(struct survey *survey,
                                 struct vn_reader *reader,
                                 struct vn_error *error)
{
    enum vn_status status = VN_OK;

    while (status == VN_OK && !atomic_load(&survey->failed)) {
        const unsigned exchange = atomic_fetch_add(&survey->next, 1);

        if (exchange >= EXCHANGES) {
            break;
        }
        struct square *square = &survey->squares[exchange];

        square->gathered =
            (struct gathered){.wanted = 1, .best = &square->best};
        status = gather_exchange(reader, exchange, &square->gathered, error);
    }
    return status;
}

static void *survey_work(void *context)
{
    struct survey *survey = context;
    struct vn_reader *reader = NULL;
    struct vn_error error = {0};
    enum vn_status status = vn_reader_new(survey->index, &reader, &error);

    if (status == VN_OK) {
        status = survey_all(survey, reader, &error);
    }
    if (status != VN_OK) {
        survey_failed(survey, status, &error);
    }
    vn_reader_free(reader);
    return NULL;
}

static unsigned survey_threads(unsigned threads)
{
    if (threads == 0) {
        const long online = sysconf(_SC_NPROCESSORS_ONLN);

        threads = online > 0 ? (unsigned)online : 1;
    }
    return threads < THREADS_MOST ? threads : THREADS_MOST;
}

/* The calling thread works too, so no thread at all is only slower. */
static enum vn_status survey_run(struct survey *survey, unsigned threads,
                                 struct vn_error *error)
{
    pthread_t others[THREADS_MOST];
    unsigned started = 0;

    while (started + 1 < threads &&
           pthread_create(&others[started], NULL, survey_work, survey) == 0) {
        started++;
    }
    survey_work(survey);
    while (started > 0) {
        pthread_join(others[--started], NULL);
    }
    if (survey->status != VN_OK && error != NULL) {
        *error = survey->error;
    }
    return survey->status;
}

static enum vn_status write_map(const struct survey *survey,
                                struct exchange_text *text,
                                struct vn_error *error)
{
    const struct vn_prefix prefix = vn_index_info(survey->index)->prefix;
    struct output out;
    enum vn_status status =
        text_start(&out, FRAME_SIZE + EXCHANGES * ENTRY_SIZE, error);

    if (status != VN_OK) {
        return status;
    }
    json_open(&out, '{');
    write_generation(&out, survey->index);
    write_digits(&out, "prefix", prefix.digits, (int)prefix.length);
    json_key(&out, "exchanges");
    json_open(&out, '[');
    for (unsigned i = 0; status == VN_OK && i < EXCHANGES; i++) {
        if (exchange_is_held(survey->index, i)) {
            status =
                write_exchange(&out, i, &survey->squares[i].gathered, error);
        }
    }
    json_close(&out, ']');
    json_close(&out, '}');
    return text_end(&out, status, text, error);
}

enum vn_status exchange_map(struct vn_index *index, unsigned threads,
                            struct exchange_text *text, struct vn_error *error)
{
    struct survey *survey = calloc(1, sizeof(*survey));

    if (survey == NULL) {
        return vn_error_system(error, errno, "cannot make the map");
    }
    survey->index = index;
    pthread_mutex_init(&survey->lock, NULL);
    enum vn_status status = survey_run(survey, survey_threads(threads), error);

    if (status == VN_OK) {
        status = write_map(survey, text, error);
    }
    pthread_mutex_destroy(&survey->lock);
    free(survey);
    return status;
}

/* ---- The best of one exchange ------------------------------------------- */

/* The list of an exchange, and of the best of its parts. */
struct top {
    struct gathered all;
    struct gathered more;
    struct best all_best[EXCHANGE_BEST];
    struct best more_best[EXCHANGE_MORE];
};

/* Adds the 'wanted' best of each of 'parts' to what there is of them. */
static enum vn_status gather_parts(struct vn_reader *reader, unsigned exchange,
                                   uint32_t parts, size_t wanted,
                                   struct gathered *more,
                                   struct vn_error *error)
{
    const uint32_t blocks = EXCHANGE_BLOCKS / parts;
    const uint32_t first = exchange * EXCHANGE_BLOCKS;
    enum vn_status status = VN_OK;

    for (uint32_t i = 0; status == VN_OK && i < parts; i++) {
        struct gathered part = {.wanted = wanted,
                                .best = more->best + more->held};

        status =
            gather_blocks(reader, first + i * blocks, blocks, &part, error);
        more->held += part.held;
    }
    return status;
}

static int compare_best(const void *left, const void *right)
{
    const struct best *a = left;
    const struct best *b = right;

    return (a->order > b->order) - (a->order < b->order);
}

/* Leaves each suffix once, and none that 'all' has. */
static void drop_known(struct gathered *more, const struct gathered *all)
{
    uint64_t last = all->held > 0 ? all->best[all->held - 1].order : 0;
    size_t kept = 0;

    qsort(more->best, more->held, sizeof(more->best[0]), compare_best);
    for (size_t i = 0; i < more->held; i++) {
        if (more->best[i].order > last) {
            last = more->best[i].order;
            more->best[kept++] = more->best[i];
        }
    }
    more->held = kept;
}

static enum vn_status gather_lists(struct vn_reader *reader, unsigned exchange,
                                   struct top *top, struct vn_error *error)
{
    enum vn_status status = gather_exchange(reader, exchange, &top->all, error);

    if (status == VN_OK) {
        status = gather_parts(reader, exchange, EXCHANGE_TENTHS,
                              EXCHANGE_TENTH_BEST, &top->more, error);
    }
    if (status == VN_OK) {
        status = gather_parts(reader, exchange, EXCHANGE_HUNDREDTHS,
                              EXCHANGE_HUNDREDTH_BEST, &top->more, error);
    }
    if (status != VN_OK) {
        return status;
    }
    drop_known(&top->more, &top->all);
    return read_tails(reader, &top->more, error);
}

static enum vn_status gather_top(struct vn_index *index, unsigned exchange,
                                 struct top *top, struct vn_error *error)
{
    struct vn_reader *reader = NULL;

    if (!exchange_is_held(index, exchange)) {
        return vn_error_set(error, VN_OUTSIDE,
                            "the index holds nothing of exchange %03u",
                            exchange);
    }
    enum vn_status status = vn_reader_new(index, &reader, error);

    if (status == VN_OK) {
        status = gather_lists(reader, exchange, top, error);
    }
    vn_reader_free(reader);
    return status;
}

static enum vn_status write_list(struct output *out, const char *key,
                                 const struct gathered *gathered,
                                 struct vn_error *error)
{
    enum vn_status status = VN_OK;

    json_key(out, key);
    json_open(out, '[');
    for (size_t i = 0; status == VN_OK && i < gathered->held; i++) {
        json_open(out, '{');
        status = write_best(out, &gathered->best[i], error);
        json_close(out, '}');
    }
    json_close(out, ']');
    return status;
}

enum vn_status exchange_top(struct vn_index *index, unsigned exchange,
                            struct exchange_text *text, struct vn_error *error)
{
    struct top top = {
        .all = {.wanted = EXCHANGE_BEST, .best = top.all_best},
        .more = {.best = top.more_best},
    };
    struct output out;
    enum vn_status status = gather_top(index, exchange, &top, error);

    if (status == VN_OK) {
        status = text_start(
            &out, FRAME_SIZE + (top.all.held + top.more.held) * ENTRY_SIZE,
            error);
    }
    if (status != VN_OK) {
        return status;
    }
    json_open(&out, '{');
    write_generation(&out, index);
    write_digits(&out, "exchange", exchange, 3);
    status = write_list(&out, "best", &top.all, error);
    if (status == VN_OK) {
        status = write_list(&out, "more", &top.more, error);
    }
    json_close(&out, '}');
    return text_end(&out, status, text, error);
}
