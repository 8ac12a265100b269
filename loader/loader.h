/* loader.h: an index into DynamoDB: load, export, check, table. */
#ifndef VN_LOADER_H
#define VN_LOADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "engine/engine.h"
#include "index/index.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * One item of the table is one suffix:
 *   {"suffix":{"S":"3569377"},"spellings":{"L":[{"S":"FLOWERS"},...]},
 *    "scores":{"L":[{"N":"-3"},...]}}
 * best first; a suffix without candidate has no item. Partition key "suffix".
 * The item "#meta" says what the table holds (vn_table_describe()).
 *
 * Nothing here prints, exits, or reads the environment: what it needs comes in
 * by options and functions. All calls of one connection belong to one thread.
 */

/*
 * Takes a line that the user should read once, without line feed: of a limit
 * that is not what was asked for, of costs, of what is left to be done.
 */
typedef void (*vn_notice_fn)(void *context, const char *line);

/* ---- Connection ------------------------------------------------------- */

/* All may be NULL or 0: then as the AWS CLI would find it. */
struct vn_aws_options {
    const char *region;       /* --region */
    const char *profile;      /* --profile */
    const char *endpoint_url; /* --endpoint-url */
    /* Reads an environment variable, as getenv(); NULL: there are none. */
    const char *(*environment)(const char *name);
    /* Lines of --debug, without line feed and without any secret; or NULL. */
    void (*debug)(void *context, const char *line);
    void *debug_context;
};

/* Region, endpoint and credentials, and the connections that use them. */
struct vn_aws;

/*
 * vn_aws_open() finds region, endpoint and the first credentials. Endpoint:
 * options, AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL, profile, region's.
 * Credentials: environment (unless a profile is named), shared credentials and
 * config files, credential_process, container endpoint, IMDSv2.
 *
 * Returns VN_OK; VN_INVALID where something is missing or cannot be used, with
 * the way out in the sentence; VN_IO; VN_NOMEM.
 */
VN_NODISCARD enum vn_status vn_aws_open(const struct vn_aws_options *options,
                                        struct vn_aws **aws,
                                        struct vn_error *error);
void vn_aws_close(struct vn_aws *aws);                 /* accepts NULL */
const char *vn_aws_region(const struct vn_aws *aws);   /* lent */
const char *vn_aws_endpoint(const struct vn_aws *aws); /* lent */

/* ---- Table ------------------------------------------------------------ */

/* The "#meta" item. */
enum vn_table_state { VN_TABLE_NO_META, VN_TABLE_LOADING, VN_TABLE_COMPLETE };
/*
 * As 'previous': what a table held before is of more than one generation; as
 * 'generation': of loads that ran at the same time.
 */
#define VN_GENERATIONS_MIXED UINT64_MAX

struct vn_table_info {
    char name[256];
    char arn[512];
    char id[64];     /* TableId */
    char status[32]; /* "ACTIVE", ... */
    char key[256];   /* name of the partition key; "" if there is a sort key
                        or the key is no string */
    bool on_demand;
    uint64_t write_units;      /* provisioned WCU/s; 0 on demand */
    uint64_t max_write_units;  /* OnDemandThroughput, 0 = none */
    uint64_t warm_write_units; /* WarmThroughput, 0 = unknown */
    uint64_t indexes;          /* global and local secondary indexes */
    bool stream;
    bool deletion_protected;
    uint64_t item_count; /* as DescribeTable says: hours old */
    uint64_t size_bytes;
    enum vn_table_state state;
    uint64_t generation; /* of "#meta"; 0 without */
    uint64_t previous;   /* 0 = nothing, VN_GENERATIONS_MIXED */
    uint64_t meta_items;
    char loaded_at[32]; /* RFC 3339 UTC */
};

struct vn_table_create {
    uint64_t write_units; /* provisioned WCU and ... */
    uint64_t read_units;  /* ... RCU; 0 write_units: on demand */
    bool point_in_time_recovery;
    bool deletion_protection;
    const char *const *tags; /* "key=value" */
    size_t tag_count;
    unsigned wait_s; /* how long to wait for ACTIVE; 0 = 300 */
};

/* VN_INVALID if there is one already: says whether its key fits a load. */
VN_NODISCARD enum vn_status
vn_table_create(struct vn_aws *aws, const char *table,
                const struct vn_table_create *options, struct vn_error *error);
/* VN_NOT_FOUND if there is no such table. */
VN_NODISCARD enum vn_status vn_table_describe(struct vn_aws *aws,
                                              const char *table,
                                              struct vn_table_info *info,
                                              struct vn_error *error);
VN_NODISCARD enum vn_status vn_table_drop(struct vn_aws *aws, const char *table,
                                          struct vn_error *error);

/* ---- What is loaded --------------------------------------------------- */

/*
 * What a load sends or an export writes: the whole 'index', or its 'prefix',
 * or what differs from 'since' (deletes included).
 */
struct vn_load_source {
    struct vn_index *index;
    const char *index_path;
    struct vn_index *since; /* NULL: not a load of what changed */
    const char *since_path;
    struct vn_prefix prefix; /* length 0: all */
    const char *export_dir;  /* load an export instead; index NULL */
};

/* ---- Cost ------------------------------------------------------------- */

/* US dollars. Defaults: us-east-1, looked up 2026-11. */
struct vn_prices {
    double write_per_million;    /* on demand, 0.625 */
    double provisioned_per_hour; /* one WCU for an hour, 0.00065 */
    double import_per_gb;        /* S3 import, uncompressed, 0.15 */
    double storage_per_gb_month; /* 0.25 */
};
extern const struct vn_prices vn_prices_default;

/* What a load would send, without network. */
struct vn_load_plan {
    uint64_t puts, deletes; /* of these, deletes cost a unit each, too */
    uint64_t item_bytes;    /* as DynamoDB counts them, of the puts */
    uint64_t largest_item;  /* bytes */
    uint64_t write_units;
    uint64_t import_bytes;      /* DynamoDB JSON lines, uncompressed */
    double write_dollars;       /* on demand */
    double provisioned_dollars; /* at the rate of 'wcu', whole hours */
    double import_dollars;
    double storage_dollars; /* a month */
};

/* 'has_meta': the table was loaded before (a whole load then deletes, too). */
VN_NODISCARD enum vn_status
vn_load_plan(const struct vn_load_source *source, bool has_meta,
             const struct vn_prices *prices, uint64_t wcu,
             struct vn_load_plan *plan, struct vn_error *error);

/* ---- Load ------------------------------------------------------------- */

/* Where a load stands. Always acknowledged + dead + pending == total. */
struct vn_load_counts {
    uint64_t total; /* operations: puts and deletes; 0 = not known */
    uint64_t acknowledged;
    uint64_t dead; /* refused, in the dead-letter file */
    uint64_t pending;
    uint64_t puts, deletes; /* of the acknowledged */
    uint64_t attempts;      /* operations sent, repeats included */
    uint64_t requests;
    uint64_t unprocessed; /* operations that came back */
    uint64_t throttled;   /* requests refused for throughput */
    uint64_t failed;      /* requests: 5xx, broken, timed out */
    uint64_t crc_failures;
    uint64_t connections;
    uint64_t credential_refreshes;
    double consumed_units; /* as the service counted */
    uint64_t resumed;      /* operations done before this run */
    uint64_t resent_bound; /* at most so many are sent again by a resume */
    double rate_limit;     /* WCU/s now */
    char rate_source[32];  /* where the limit comes from: "--max-wcu", ... */
    double rate;           /* acknowledged operations per second, last 30 s */
    double elapsed_s, remaining_s; /* remaining < 0: unknown, stalled */
    unsigned in_flight;
    double latency_p50_ms, latency_p95_ms, latency_p99_ms;
};

struct vn_load_options {
    const char *table;
    double max_wcu;               /* 0: what the table says */
    unsigned in_flight;           /* most requests at once; 0 = 64 */
    const char *checkpoint_path;  /* NULL: INDEX.TABLE.load */
    bool resume;                  /* go on with the checkpoint */
    bool restart;                 /* throw a checkpoint away */
    bool force;                   /* mix generations: see vn_load() */
    bool keep;                    /* hard link INDEX.loaded-TABLE at the end */
    const char *dead_letter_path; /* NULL: CHECKPOINT.dead */
    uint64_t max_dead;            /* more refused operations end the load */
    unsigned stall_s;             /* without one acknowledgement; 0 = 900 */
    FILE *metrics;                /* JSON lines, or NULL */
    const char *metrics_path;     /* of 'metrics', or NULL: for the check */
    const char *prometheus_path;  /* rewritten every 10 s, or NULL */
    /* Called about four times a second; false = drain, save, stop. */
    bool (*progress)(void *context, const struct vn_load_counts *counts);
    void *progress_context;
    vn_notice_fn notice; /* or NULL */
    void *notice_context;
};

/*
 * vn_load_check() says whether the files that a load writes can be written,
 * and destroy nothing: checkpoint, dead letters, metrics, Prometheus. None may
 * be another one of them, nor an index, by whatever name or link, nor lie in
 * the export; what is replaced may not be a file of another kind. Uses no
 * network and writes nothing; vn_load() begins with it. Returns VN_OK;
 * VN_INVALID, naming file and option; VN_NOMEM.
 */
VN_NODISCARD enum vn_status vn_load_check(const struct vn_load_source *source,
                                          const struct vn_load_options *options,
                                          struct vn_error *error);

/*
 * vn_load() sends the operations of 'source' to the table, each until it is
 * acknowledged or refused for good. Acknowledged at least once: puts and
 * deletes are idempotent, so the table ends up exact.
 *
 * A whole load leaves "#meta" complete: every suffix of the index is as the
 * index says (keys that are no suffixes are left alone). A table that has items
 * but no "#meta" is treated like one that was loaded before. "#meta" stays
 * loading where operations are dead (the checkpoint is kept, and a resume sends
 * their blocks again), and where an export, which deletes nothing, went into a
 * table that held something else. A part (prefix, export of a prefix) leaves
 * "#meta" alone; onto another generation it is refused, or with 'force' leaves
 * it loading. With 'force' a load of what changed does not ask what the table
 * holds either.
 *
 * Returns VN_OK (dead may be above 0: look); VN_INVALID (table missing, not
 * ACTIVE, other key; "--since" without the right "#meta", a part of another
 * generation; a checkpoint of something else; files that cannot be written; no
 * permission or credentials); VN_STOPPED (progress said so, or nothing was
 * acknowledged for stall_s: resumable); VN_IO; VN_CORRUPT; VN_NOMEM.
 */
VN_NODISCARD enum vn_status vn_load(struct vn_aws *aws,
                                    const struct vn_load_source *source,
                                    const struct vn_load_options *options,
                                    struct vn_load_counts *counts,
                                    struct vn_error *error);

/* ---- Export ----------------------------------------------------------- */

enum vn_compression { VN_COMPRESS_ZSTD, VN_COMPRESS_GZIP, VN_COMPRESS_NONE };

struct vn_export_options {
    const char *directory;
    enum vn_compression compression;
    int level;                 /* 0 = 1 */
    uint64_t items_per_object; /* 0 = 1,000,000; at most 4,000,000 */
    unsigned threads;          /* 0 = one per processor */
    const char *table;         /* name in import-table.json; NULL = "vanity" */
    vn_progress_fn progress;
    void *progress_context;
};

struct vn_export_counts {
    uint64_t items, objects, skipped; /* skipped: were there, hash equal */
    uint64_t raw_bytes, stored_bytes;
};

/*
 * vn_export() writes the items as DynamoDB JSON lines to DIR/data/, and
 * DIR/manifest.json, import-table.json, start-bulk-put-items.json. The same
 * source and options give the same bytes, for any number of threads: the item
 * "#meta", last line of the last object, has no "loaded_at". An export of a
 * prefix has no "#meta".
 *
 * Objects that an earlier run of the same export finished are kept if their
 * hashes are right. Objects of another export are removed, for all that lies
 * below an imported prefix is read; any other file in DIR/data/ is refused.
 * manifest.json is written last: without it the export is not finished.
 *
 * Memory: below 64 MB, whatever the options. A program that limits the size of
 * its files ignores SIGXFSZ.
 *
 * Returns VN_OK; VN_INVALID; VN_OUTSIDE; VN_STOPPED; VN_CORRUPT (the index);
 * VN_IO (no space, another export runs in DIR); VN_NOMEM.
 */
VN_NODISCARD enum vn_status vn_export(const struct vn_load_source *source,
                                      const struct vn_export_options *options,
                                      struct vn_export_counts *counts,
                                      struct vn_error *error);

/* ---- Check ------------------------------------------------------------ */

enum vn_check_mode { VN_CHECK_SAMPLE, VN_CHECK_COUNT, VN_CHECK_FULL };

struct vn_check_options {
    const char *table;
    enum vn_check_mode mode;
    uint64_t sample; /* suffixes; 0 = 1000 */
    uint64_t seed;
    bool repair;       /* send what differs, delete what is too much */
    unsigned segments; /* of a parallel Scan; 0 = 16 */
    double max_wcu;    /* of a repair */
    /* Called for each item that differs, up to 'report_max'. */
    void (*report)(void *context, uint32_t suffix, const char *what);
    /* The same for an item whose key, UTF-8, is no suffix; or NULL. */
    void (*report_foreign)(void *context, const char *key);
    void *report_context;
    uint64_t report_max;
    vn_progress_fn progress;
    void *progress_context;
    vn_notice_fn notice; /* or NULL */
    void *notice_context;
};

struct vn_check_counts {
    uint64_t compared, equal, missing, different, surplus, repaired;
    uint64_t foreign; /* of 'surplus': left alone, their keys are no suffixes */
    uint64_t expected_items, found_items;
    uint64_t expected_hash, found_hash; /* order-independent sums (full) */
    double consumed_units;              /* RCU */
};

/*
 * vn_check() reads from the table, consistently, a sample (BatchGetItem), the
 * number of items, or all of them (parallel Scan), and compares with the
 * index. A suffix without candidate must have no item. Only keys that begin
 * with the prefix, or with that of the index, are looked at. "#meta" is passed
 * over; an item whose key is no suffix is reported and counted as surplus by a
 * full check, but never deleted.
 *
 * A repair by a whole check ('full', no prefix) sets "#meta" to loading before
 * its first write and leaves it complete, of the index's generation. Any other
 * repair leaves it alone, and is refused on a table of another generation.
 *
 * Memory: 4 MB, and some 25 MB for the pages of a Scan.
 *
 * Returns VN_OK if all is equal (or repaired), VN_NOT_FOUND if not; VN_INVALID
 * (no such table, not ACTIVE, other key, no permission, wrong use); VN_OUTSIDE;
 * VN_STOPPED; VN_CORRUPT (the index); VN_IO; VN_NOMEM.
 */
VN_NODISCARD enum vn_status vn_check(struct vn_aws *aws,
                                     const struct vn_load_source *source,
                                     const struct vn_check_options *options,
                                     struct vn_check_counts *counts,
                                     struct vn_error *error);

#ifdef __cplusplus
}
#endif

#endif
