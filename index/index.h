/* index.h: all records in one immutable, checksummed LMDB file. */
#ifndef VN_INDEX_H
#define VN_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/engine.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The format is written down in index/FORMAT.md. */
#define VN_INDEX_FORMAT 1u
/* Name used where none is given. */
#define VN_INDEX_DEFAULT "vanity.mdb"

/* What an index says of itself. Plain data; 'overlays' is lent. */
struct vn_index_info {
    uint32_t format;     /* VN_INDEX_FORMAT */
    uint64_t generation; /* vn_lexicon_generation() of the build */
    uint64_t lexicon;    /* fingerprint of the lexicon */
    char lexicon_version[32];
    char model[32];
    struct vn_prefix prefix; /* length 0: all suffixes */
    uint64_t suffixes;       /* suffixes of the prefix */
    uint64_t with_spelling;  /* of these, those with a candidate */
    uint64_t candidates;     /* candidates in all */
    uint64_t overdials;      /* of these, with a tail */
    uint32_t words, phrases, pairs, blocked_words, blocked_spans;
    uint64_t records_hash; /* XXH3-64 over the hashes of all blocks */
    uint64_t size_bytes;   /* of the file with its footer */
    const struct vn_overlay *overlays;
    size_t overlay_count;
};

/* ---- Writing ---------------------------------------------------------- */

struct vn_index_writer;

/*
 * vn_index_create() begins an index for 'prefix' of the records of 'lexicon'
 * beside 'path', under the name "PATH.building"; a left-over of a killed build
 * is emptied and used, while a second build at the same time is refused. 'path'
 * itself is untouched until vn_index_publish(). If 'path' is a symbolic link,
 * the file that it leads to is replaced, and the temporary file stands beside
 * that one; the link stays.
 *
 * A program that limits the size of its files ignores SIGXFSZ: then the limit
 * is an error like a full disk.
 *
 * Memory: about 10 MB for any prefix. Threads: a writer belongs to one.
 *
 * Returns VN_OK; VN_INVALID if 'path' is a directory, a device or a link to
 * nothing, or its folder is not there; VN_IO (no permission, no space, another
 * build runs); VN_NOMEM.
 */
VN_NODISCARD enum vn_status vn_index_create(const char *path,
                                            const struct vn_lexicon *lexicon,
                                            struct vn_prefix prefix,
                                            struct vn_index_writer **writer,
                                            struct vn_error *error);

/*
 * vn_index_append() is a vn_record_sink_fn: 'context' is the writer. Records
 * must come in order, all suffixes of the prefix. After a failure the error is
 * kept: vn_index_writer_error().
 */
enum vn_status vn_index_append(void *context, uint32_t first,
                               const struct vn_record *records, size_t count);
const struct vn_error *
vn_index_writer_error(const struct vn_index_writer *writer);

/*
 * vn_index_publish() ends the index, syncs it, renames it over 'path', syncs
 * the folder, and frees the writer, whatever it returns. On failure 'path' is
 * as it was and the temporary file is gone, but for a failure to sync the
 * folder, whose message says that the index is complete.
 *
 * Returns VN_OK; VN_INVALID if records are missing; VN_IO; VN_NOMEM.
 */
VN_NODISCARD enum vn_status vn_index_publish(struct vn_index_writer *writer,
                                             struct vn_error *error);
/* vn_index_discard() removes the temporary file; accepts NULL. */
void vn_index_discard(struct vn_index_writer *writer);

/* ---- Reading ---------------------------------------------------------- */

/* An open index: the map, its description, which blocks were checked. */
struct vn_index;
/* One thread's way into an index. */
struct vn_reader;

/*
 * vn_index_open() maps the index 'path' read-only and checks footer and
 * description, not the records (each block is checked on its first use;
 * vn_index_verify() checks all). The file is immutable: a reader keeps what it
 * opened when a new one is published.
 *
 * Memory: 8 bytes per block, 800 kB for all suffixes, taken as they are used.
 *
 * liblmdb may fault (SIGSEGV, SIGBUS) or abort on a page that was damaged
 * after the build, here, where it reads the description, and in every look-up;
 * a program that must not die calls vn_index_check() before this, or handles
 * these signals (vn_index_reading(), vn_index_map()).
 *
 * Returns VN_OK; VN_INVALID if there is no such file, or it is a directory, or
 * no index at all; VN_CORRUPT if it is truncated or damaged; VN_VERSION;
 * VN_IO; VN_NOMEM.
 */
VN_NODISCARD enum vn_status vn_index_open(const char *path,
                                          struct vn_index **index,
                                          struct vn_error *error);
void vn_index_close(struct vn_index *index); /* accepts NULL */
/* Lent: lives as long as the index. */
const struct vn_index_info *vn_index_info(const struct vn_index *index);

/*
 * vn_reader_new() begins a read transaction that is kept until
 * vn_reader_free(). Threads: one reader belongs to one thread at a time; any
 * number of readers may share an index.
 */
VN_NODISCARD enum vn_status vn_reader_new(struct vn_index *index,
                                          struct vn_reader **reader,
                                          struct vn_error *error);
void vn_reader_free(struct vn_reader *reader); /* accepts NULL */

/*
 * vn_reader_get() copies the record of 'suffix' to '*record'. Cost: at the
 * first use of a block one key fetch, a second one if a candidate has a tail,
 * and a hash of 2 kB each; after that well below a microsecond warm, some 25
 * ns for suffixes in order. No allocation.
 *
 * Returns VN_OK (the record may have no candidate); VN_OUTSIDE; VN_CORRUPT
 * (a missing or damaged block, '*error' names it).
 */
VN_NODISCARD enum vn_status vn_reader_get(struct vn_reader *reader,
                                          uint32_t suffix,
                                          struct vn_record *record,
                                          struct vn_error *error);

/*
 * Like vn_reader_get(), but all records of 'block' (suffix / 100). Records
 * outside the prefix of the index are empty. VN_OUTSIDE only if the whole
 * block is.
 */
VN_NODISCARD enum vn_status
vn_reader_block(struct vn_reader *reader, uint32_t block,
                struct vn_record records[VN_BLOCK_SUFFIXES],
                struct vn_error *error);

/*
 * Like vn_reader_block(), but only the code of the best candidate of each
 * suffix, 0 where there is none: for scans of all suffixes. Cost: some 4 ns
 * each, tails are not read.
 */
VN_NODISCARD enum vn_status vn_reader_best(struct vn_reader *reader,
                                           uint32_t block,
                                           uint32_t codes[VN_BLOCK_SUFFIXES],
                                           struct vn_error *error);

/*
 * vn_index_scan() hands all records of the index that lie in 'prefix' to
 * 'sink' in order, a block at a time. Both prefixes apply: of an index of 356,
 * the prefix 3 gives all, 3569 a tenth.
 *
 * Returns VN_OK, VN_OUTSIDE if no suffix has both prefixes, VN_CORRUPT,
 * VN_NOMEM, or what the sink returned.
 */
VN_NODISCARD enum vn_status vn_index_scan(struct vn_index *index,
                                          struct vn_prefix prefix,
                                          vn_record_sink_fn sink, void *context,
                                          struct vn_error *error);

/* ---- Checking and comparing ------------------------------------------- */

/* Called now and then with the share done; true = go on, false = stop. */
typedef bool (*vn_progress_fn)(void *context, uint64_t done, uint64_t total);

/*
 * vn_index_check() reads the file 'path' and checks that it has the bytes that
 * were published: the footer, and its hash over all the rest. It finds every
 * flipped bit, and no damage can make it fault. 'progress' may be NULL.
 *
 * Cost: some 50 ms for a whole index in memory.
 *
 * Returns VN_OK, VN_STOPPED, or what vn_index_open() returns.
 */
VN_NODISCARD enum vn_status vn_index_check(const char *path,
                                           vn_progress_fn progress,
                                           void *context,
                                           struct vn_error *error);

/*
 * vn_index_verify() does the same for an open index before it follows any
 * page, and then checks what the bytes mean, too: that no block is missing or
 * too many, every block's hash, every candidate's code, the counts and hashes
 * of the description. 'progress' may be NULL.
 *
 * Cost: about a second for a whole index.
 *
 * Returns VN_OK, VN_CORRUPT (the first damage is named), VN_STOPPED, VN_NOMEM.
 */
VN_NODISCARD enum vn_status vn_index_verify(struct vn_index *index,
                                            vn_progress_fn progress,
                                            void *context,
                                            struct vn_error *error);

/* Called for each suffix that differs. VN_OK = go on. */
typedef enum vn_status (*vn_diff_fn)(void *context, uint32_t suffix,
                                     const struct vn_record *old_record,
                                     const struct vn_record *new_record);

struct vn_diff_counts {
    uint64_t compared; /* suffixes that both indexes cover */
    uint64_t changed;  /* have candidates in both, but other ones */
    uint64_t added;    /* have candidates only in the new one */
    uint64_t removed;  /* have candidates only in the old one */
};

/*
 * vn_index_diff() compares the records of two indexes of the same prefix.
 * 'each' may be NULL. Blocks of equal hash are passed over.
 *
 * Returns VN_OK, VN_INVALID for different prefixes, VN_CORRUPT, what 'each'
 * returned, VN_STOPPED.
 */
VN_NODISCARD enum vn_status vn_index_diff(struct vn_index *old_index,
                                          struct vn_index *new_index,
                                          vn_diff_fn each, void *context,
                                          struct vn_diff_counts *counts,
                                          struct vn_error *error);

/*
 * vn_index_reading() tells for which index the calling thread is inside
 * liblmdb, in vn_reader_new() or a look-up; NULL if it is in none. For a
 * handler of SIGSEGV, SIGBUS and SIGABRT: a signal from there is damage of
 * that index, whatever the address (a flag turned on a page leads liblmdb to a
 * null pointer). Async-signal-safe.
 */
const struct vn_index *vn_index_reading(void);

/*
 * vn_index_map() tells where the file is mapped, for a handler of SIGSEGV and
 * SIGBUS: an address in [start, start + size) is damage of the index. The map
 * runs on behind the end of the file, as far as damage can lead.
 */
void vn_index_map(const struct vn_index *index, const void **start,
                  size_t *size);

#ifdef __cplusplus
}
#endif

#endif
