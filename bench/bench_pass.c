/* bench_pass.c: the passes of vanity-bench lookup: get, spell, sort. */
#include "bench_pass.h"

#include <string.h>

/* Bytes of a hash before the records of a block (index/FORMAT.md). */
#define HASH_SIZE 8u
#define RECORD_SIZE (VN_CANDIDATES * sizeof(uint32_t))

/* A digit of the radix sort; two digits hold every suffix (24 bits). */
#define DIGIT_BITS 12u
#define DIGITS_END (1u << DIGIT_BITS)

/* ---- Passes ------------------------------------------------------------ */

static void add_record(struct pass_worker *worker,
                       const struct vn_record *record)
{
    for (unsigned i = 0; i < VN_CANDIDATES; i++) {
        worker->codes += record->codes[i];
        worker->tails += record->tails[i];
    }
}

static bool get(struct pass_worker *worker, uint32_t suffix,
                struct vn_record *record)
{
    if (vn_reader_get(worker->reader, suffix, record, &worker->error) !=
        VN_OK) {
        return false;
    }
    add_record(worker, record);
    return true;
}

/* The 'i'-th key of this thread. */
static uint32_t key_at(const struct pass_worker *worker, const uint32_t *keys,
                       uint32_t i)
{
    const uint32_t count = worker->data->count;
    const uint32_t at = worker->first + i;

    return keys[at < count ? at : at - count];
}

static void get_keys(struct pass_worker *worker, const uint32_t *keys)
{
    const uint32_t count = worker->data->count;
    struct vn_record record;

    for (uint32_t i = 0;
         i < count && get(worker, key_at(worker, keys, i), &record); i++) {
    }
}

static void pass_random(struct pass_worker *worker)
{
    get_keys(worker, worker->data->keys);
}

static void pass_sorted(struct pass_worker *worker)
{
    get_keys(worker, worker->data->sorted);
}

static void spell_keys(struct pass_worker *worker, unsigned most)
{
    const uint32_t count = worker->data->count;
    struct vn_record record;
    struct vn_spelling spelling;

    for (uint32_t i = 0; i < count; i++) {
        const uint32_t suffix = key_at(worker, worker->data->keys, i);

        if (!get(worker, suffix, &record)) {
            return;
        }
        for (unsigned k = 0; k < most && record.codes[k] != 0; k++) {
            worker->wanted++;
            worker->spelled += vn_spell(suffix, record.codes[k],
                                        record.tails[k], &spelling) == VN_OK;
        }
    }
}

static void pass_spell_all(struct pass_worker *worker)
{
    spell_keys(worker, VN_CANDIDATES);
}

static void pass_spell_first(struct pass_worker *worker)
{
    spell_keys(worker, 1);
}

/* Stable counting sort of 'count' keys by the digit above 'shift'. */
static void sort_digit(const uint32_t *from, uint32_t *to, uint32_t count,
                       unsigned shift)
{
    uint32_t starts[DIGITS_END + 1] = {0};

    for (uint32_t i = 0; i < count; i++) {
        starts[(from[i] >> shift) % DIGITS_END + 1]++;
    }
    for (uint32_t i = 0; i < DIGITS_END; i++) {
        starts[i + 1] += starts[i];
    }
    for (uint32_t i = 0; i < count; i++) {
        to[starts[(from[i] >> shift) % DIGITS_END]++] = from[i];
    }
}

void pass_sort(const uint32_t *keys, uint32_t count, uint32_t *scratch,
               uint32_t *out)
{
    sort_digit(keys, scratch, count, 0);
    sort_digit(scratch, out, count, DIGIT_BITS);
}

static void pass_batch(struct pass_worker *worker)
{
    const struct pass_data *data = worker->data;

    pass_sort(data->keys, data->count, worker->scratch, worker->batch);
    get_keys(worker, worker->batch);
}

/* ---- Baselines --------------------------------------------------------- */

static void pass_array(struct pass_worker *worker)
{
    const struct pass_data *data = worker->data;
    const uint32_t first = vn_prefix_first(data->prefix);

    for (uint32_t i = 0; i < data->count; i++) {
        add_record(worker, &data->all[data->keys[i] - first]);
    }
}

static int get_plain(const struct pass_data *data, uint32_t suffix,
                     struct vn_record *record)
{
    uint32_t block = suffix / VN_BLOCK_SUFFIXES;
    MDB_val key = {sizeof(block), &block};
    MDB_val value;
    MDB_txn *txn = NULL;
    int rc = mdb_txn_begin(data->env, NULL, MDB_RDONLY, &txn);

    if (rc != 0) {
        return rc;
    }
    rc = mdb_get(txn, data->records, &key, &value);
    if (rc == 0) {
        memcpy(record->codes,
               (const uint8_t *)value.mv_data + HASH_SIZE +
                   suffix % VN_BLOCK_SUFFIXES * RECORD_SIZE,
               RECORD_SIZE);
    }
    mdb_txn_abort(txn);
    return rc;
}

static void pass_plain(struct pass_worker *worker)
{
    const struct pass_data *data = worker->data;
    struct vn_record record = {{0}, {0}};

    for (uint32_t i = 0; i < data->count; i++) {
        const int rc = get_plain(data, data->keys[i], &record);

        if (rc != 0) {
            (void)vn_error_set(&worker->error, VN_IO, "LMDB: %s",
                               mdb_strerror(rc));
            return;
        }
        add_record(worker, &record);
    }
    worker->tails = data->tails; // it does not read them
}

/* ---- All passes -------------------------------------------------------- */

const struct pass passes[PASS_COUNT] = {
    [PASS_SPELL_ALL] = {"random get, all spelled", pass_spell_all, false},
    [PASS_SPELL_FIRST] = {"random get, first spelled", pass_spell_first, false},
    [PASS_RANDOM] = {"random get", pass_random, false},
    [PASS_SORTED] = {"sorted get", pass_sorted, false},
    [PASS_BATCH] = {"batch: sort, then get", pass_batch, false},
    [PASS_ARRAY] = {"array in memory", pass_array, true},
    [PASS_PLAIN] = {"plain LMDB, new transaction", pass_plain, true},
};
