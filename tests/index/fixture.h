/* fixture.h: synthetic records, indexes of them, and a folder to work in. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "index/index.h"

#define PATH_SIZE 256u

/*
 * fixture_setup() makes a new folder and goes there, fixture_teardown() leaves
 * and removes it with its files: for cmocka_run_group_tests().
 */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/* The record of 'suffix' that 'seed' gives: 0 to 5 candidates, some overdials.
 */
void fixture_record(uint64_t seed, uint32_t suffix, struct vn_record *record);

/* A description of 'prefix' with two overlays. */
struct vn_index_info fixture_info(struct vn_prefix prefix);

struct vn_prefix fixture_prefix(const char *digits);

/* Appends all records of 'prefix' in pieces of 'piece'; the first failure. */
enum vn_status fixture_append(struct vn_index_writer *writer, uint64_t seed,
                              struct vn_prefix prefix, uint32_t piece);

/* Builds the index 'path' of the prefix 'digits' in one go. */
enum vn_status fixture_build(const char *path, uint64_t seed,
                             const char *digits, struct vn_error *error);

bool fixture_exists(const char *path);
/* Whether the index holds exactly the records of 'seed' and 'digits'. */
bool fixture_holds(const char *path, uint64_t seed, const char *digits);

/* Whole files; fixture_load() allocates. */
uint8_t *fixture_load(const char *path, size_t *size);
void fixture_store(const char *path, const void *data, size_t size);

/*
 * fixture_fork() runs 'function' in a child and returns its result (0..99), or
 * 100 + the signal that killed it.
 */
#define FIXTURE_SIGNAL 100
int fixture_fork(int (*function)(void *context), void *context);

/* In a child: the rights of an ordinary user, if they were those of root. */
void fixture_drop_rights(void);

#endif
