/* calls_check.c: reads a log of calls where a fault harms nobody. */
#include "calls_check.h"

#include "calls_value.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define DATABASE "calls"
/* liblmdb's own: the pages that are free. */
#define FREE_PAGES 0
/* Below it are the two heads of the file. */
#define FIRST_PAGE 2u
/* Damage can lead in circles. */
#define MOST_S 10u

/* ---- What must hold ----------------------------------------------------- */

/* One entry, given those before it; false if it is damaged. */
typedef bool (*entry_fn)(MDB_val key, MDB_val value, size_t last_page);

/* The only database in the file is that of the calls. */
static bool is_database(MDB_val key, MDB_val value, size_t last_page)
{
    (void)value;
    (void)last_page;
    return key.mv_size == strlen(DATABASE) &&
           memcmp(key.mv_data, DATABASE, key.mv_size) == 0;
}

static bool is_call(MDB_val key, MDB_val value, size_t last_page)
{
    struct call call;

    (void)last_page;
    return key.mv_size == sizeof(size_t) &&
           calls_value_decode(value.mv_data, value.mv_size, &call);
}

static size_t number_at(MDB_val value, size_t place)
{
    const char *bytes = value.mv_data;
    size_t number;

    memcpy(&number, bytes + place * sizeof(number), sizeof(number));
    return number;
}

/* A list of free pages: how many, then each, the last one first. */
static bool is_free_list(MDB_val key, MDB_val value, size_t last_page)
{
    const size_t places = value.mv_size / sizeof(size_t);
    size_t before = last_page + 1;

    if (key.mv_size != sizeof(size_t) || places == 0 ||
        number_at(value, 0) >= places) {
        return false;
    }
    for (size_t i = 1; i <= number_at(value, 0); i++) {
        const size_t page = number_at(value, i);

        if (page < FIRST_PAGE || page >= before) {
            return false;
        }
        before = page;
    }
    return true;
}

/* ---- Reading ------------------------------------------------------------ */

static int check_entries(MDB_txn *txn, MDB_dbi database, entry_fn is_right)
{
    MDB_cursor *cursor = NULL;
    MDB_envinfo info;
    MDB_val key;
    MDB_val value;
    int rc = mdb_env_info(mdb_txn_env(txn), &info);

    if (rc == 0) {
        rc = mdb_cursor_open(txn, database, &cursor);
    }
    while (rc == 0) {
        rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
        if (rc == 0 && !is_right(key, value, info.me_last_pgno)) {
            rc = MDB_CORRUPTED;
        }
    }
    mdb_cursor_close(cursor); // accepts NULL
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static int check_all(MDB_txn *txn)
{
    MDB_dbi database;
    int rc = mdb_dbi_open(txn, NULL, 0, &database);

    if (rc == 0) {
        rc = check_entries(txn, database, is_database);
    }
    if (rc == 0) {
        rc = check_entries(txn, FREE_PAGES, is_free_list);
    }
    if (rc == 0) {
        rc = mdb_dbi_open(txn, DATABASE, MDB_INTEGERKEY, &database);
        // One that was made and never used.
        rc = rc == MDB_NOTFOUND ? 0 : check_entries(txn, database, is_call);
    }
    return rc;
}

static int check_file(const char *path)
{
    MDB_env *env = NULL;
    MDB_txn *txn = NULL;
    int rc = mdb_env_create(&env);

    if (rc == 0) {
        rc = mdb_env_set_maxdbs(env, 1);
    }
    if (rc == 0) {
        rc = mdb_env_open(env, path, MDB_NOSUBDIR | MDB_NOTLS | MDB_RDONLY, 0);
    }
    if (rc == 0) {
        rc = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
    }
    if (rc == 0) {
        rc = check_all(txn);
    }
    mdb_txn_abort(txn); // accepts NULL
    mdb_env_close(env); // accepts NULL
    return rc;
}

/* ---- The process -------------------------------------------------------- */

/* Ends the process: 1 for damage, which is what liblmdb says below 0. */
static void check_apart(const char *path)
{
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

    // Neither a sanitizer's report nor a core: damage is no defect.
    dup2(nowhere, STDERR_FILENO);
    prctl(PR_SET_DUMPABLE, 0);
    alarm(MOST_S);
    _exit(check_file(path) < 0 ? 1 : 0);
}

bool calls_check(const char *path)
{
    struct stat file;
    int ended = 0;

    if (stat(path, &file) != 0 || file.st_size == 0) {
        return true;
    }
    const pid_t child = fork();

    if (child == 0) {
        check_apart(path);
    }
    if (child < 0) {
        return false;
    }
    while (waitpid(child, &ended, 0) < 0) {
        if (errno != EINTR) {
            return false;
        }
    }
    return WIFEXITED(ended) && WEXITSTATUS(ended) == 0;
}
