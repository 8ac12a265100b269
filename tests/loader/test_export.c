/* test_export.c: exports are written, repeated, mended and read back. */
#include "tests/index/fixture.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "loader/export_file.h"
#include "loader/manifest.h"
#include "loader/source.h"

#define SEED 7
#define DIGITS "356"
#define PER_OBJECT 1000u

static struct vn_index *fixture_index;

static struct vn_load_source whole(void)
{
    return (struct vn_load_source){.index = fixture_index};
}

static struct vn_export_options options_of(const char *folder,
                                           enum vn_compression compression)
{
    return (struct vn_export_options){.directory = folder,
                                      .compression = compression,
                                      .items_per_object = PER_OBJECT,
                                      .threads = 2};
}

static struct vn_export_counts
export_ok(const struct vn_export_options *options)
{
    const struct vn_load_source source = whole();
    struct vn_export_counts counts = {0};
    struct vn_error error = {0};

    if (vn_export(&source, options, &counts, &error) != VN_OK) {
        fail_msg("%s", error.message);
    }
    return counts;
}

static void export_fails(const struct vn_export_options *options,
                         enum vn_status expected, const char *message)
{
    const struct vn_load_source source = whole();
    struct vn_export_counts counts = {0};
    struct vn_error error = {0};

    assert_int_equal(vn_export(&source, options, &counts, &error), expected);
    if (strstr(error.message, message) == NULL) {
        fail_msg("'%s' does not tell '%s'", error.message, message);
    }
}

/* ---- Files -------------------------------------------------------------- */

static int remove_entry(const char *path, const struct stat *file, int type,
                        struct FTW *place)
{
    (void)file;
    (void)type;
    (void)place;
    return remove(path);
}

static void remove_tree(const char *path)
{
    if (fixture_exists(path)) {
        assert_int_equal(nftw(path, remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
    }
}

static int remove_exports(void **state)
{
    (void)state;
    remove_tree("a");
    remove_tree("b");
    return 0;
}

static void same_file(const char *name)
{
    char paths[2][PATH_SIZE];
    uint8_t *data[2];
    size_t sizes[2];

    for (int i = 0; i < 2; i++) {
        (void)snprintf(paths[i], PATH_SIZE, "%c/%s", 'a' + i, name);
        data[i] = fixture_load(paths[i], &sizes[i]);
    }
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(data[0], data[1], sizes[0]);
    free(data[0]);
    free(data[1]);
}

/* The exports "a" and "b" are the same, byte for byte. */
static void same_exports(void)
{
    struct manifest manifest;

    same_file("manifest.json");
    same_file("import-table.json");
    same_file("start-bulk-put-items.json");
    assert_int_equal(manifest_read("a", MANIFEST_NAME, &manifest, NULL), VN_OK);
    for (uint32_t i = 0; i < manifest.object_count; i++) {
        char object[MANIFEST_NAME_SIZE];
        char name[PATH_SIZE];
        manifest_object_name(&manifest, i, object);
        (void)snprintf(name, sizeof name, "data/%s", object);
        same_file(name);
    }
    manifest_reset(&manifest);
}

/* Inverts the byte at 'at' of the file; negative: from the end. */
static void damage(const char *path, long at)
{
    size_t size = 0;
    uint8_t *data = fixture_load(path, &size);

    data[at >= 0 ? (size_t)at : size - (size_t)-at] ^= 0xff;
    fixture_store(path, data, size);
    free(data);
}

static void cut(const char *path, size_t by)
{
    size_t size = 0;

    free(fixture_load(path, &size));
    assert_int_equal(truncate(path, (off_t)(size - by)), 0);
}

/* ---- Writing ------------------------------------------------------------ */

static void any_number_of_threads_gives_the_same_bytes(void **state)
{
    static const enum vn_compression kinds[] = {
        VN_COMPRESS_ZSTD, VN_COMPRESS_GZIP, VN_COMPRESS_NONE};

    for (unsigned i = 0; i < 3; i++) {
        struct vn_export_options options = options_of("a", kinds[i]);
        options.threads = 1;
        (void)export_ok(&options);
        options.directory = "b";
        for (unsigned threads = 2; threads <= 3; threads++) {
            options.threads = threads;
            remove_tree("b");
            (void)export_ok(&options);
            same_exports();
        }
        (void)remove_exports(state);
    }
}

static void every_level_can_be_read(void **state)
{
    struct vn_export_options options = options_of("a", VN_COMPRESS_ZSTD);

    (void)state;
    options.items_per_object = 4000;
    for (options.level = 1; options.level <= 19; options.level++) {
        struct source *source = NULL;
        static struct source_op ops[SOURCE_UNIT_MAX];
        unsigned count = 0;
        assert_int_equal(export_ok(&options).skipped, 0);
        assert_int_equal(source_open_export("a", &source, NULL), VN_OK);
        assert_int_equal(
            source->fill(source, source->units - 1, ops, &count, NULL), VN_OK);
        source->close(source);
    }
}

static void objects_hold_as_many_items_as_asked_for(void **state)
{
    const struct vn_export_options options = options_of("a", VN_COMPRESS_ZSTD);
    const struct vn_export_counts counts = export_ok(&options);
    const uint64_t suffixes = vn_index_info(fixture_index)->with_spelling;
    struct manifest manifest;
    uint64_t raw = 0;

    (void)state;
    assert_int_equal(counts.items, suffixes + 1);
    assert_int_equal(counts.skipped, 0);
    assert_int_equal(manifest_read("a", MANIFEST_NAME, &manifest, NULL), VN_OK);
    assert_int_equal(manifest.object_count,
                     (suffixes + PER_OBJECT - 1) / PER_OBJECT);
    assert_int_equal(manifest.object_count, counts.objects);
    assert_int_equal(manifest.suffixes, suffixes);
    assert_true(manifest.meta);
    for (uint32_t i = 0; i + 1 < manifest.object_count; i++) {
        assert_int_equal(manifest.objects[i].items, PER_OBJECT);
        raw += manifest.objects[i].raw_bytes;
    }
    assert_int_equal(manifest.objects[manifest.object_count - 1].items,
                     suffixes % PER_OBJECT + 1);
    raw += manifest.objects[manifest.object_count - 1].raw_bytes;
    assert_int_equal(raw, counts.raw_bytes);
    assert_false(fixture_exists("a/" MANIFEST_PARTIAL_NAME));
    manifest_reset(&manifest);
}

/* The last line of the file. */
static void last_line(const char *path, char *line, size_t room)
{
    size_t size = 0;
    uint8_t *data = fixture_load(path, &size);
    size_t start = size - 1;

    assert_int_equal(data[start], '\n');
    while (start > 0 && data[start - 1] != '\n') {
        start--;
    }
    assert_true(size - start < room);
    memcpy(line, data + start, size - start);
    line[size - start] = '\0';
    free(data);
}

static void the_last_line_is_the_description(void **state)
{
    struct vn_export_options options = options_of("a", VN_COMPRESS_NONE);
    struct vn_load_source source = whole();
    struct vn_export_counts counts = {0};
    char expected[512];
    char line[512];

    (void)state;
    options.items_per_object = 0;
    (void)export_ok(&options);
    last_line("a/data/part-00000.json", line, sizeof line);
    (void)snprintf(
        expected, sizeof expected,
        "{\"Item\":{\"suffix\":{\"S\":\"#meta\"},"
        "\"state\":{\"S\":\"complete\"},"
        "\"generation\":{\"S\":\"00c0ffee00c0ffee\"},"
        "\"items\":{\"N\":\"%llu\"},\"format\":{\"N\":\"1\"}}}\n",
        (unsigned long long)vn_index_info(fixture_index)->with_spelling);
    assert_string_equal(line, expected);
    // A part of the index says nothing of the whole.
    source.prefix = fixture_prefix("3569");
    assert_int_equal(vn_export(&source, &options, &counts, NULL), VN_OK);
    last_line("a/data/part-00000.json", line, sizeof line);
    assert_null(strstr(line, "#meta"));
    assert_non_null(strstr(line, "{\"S\":\"3569"));
}

static void the_requests_name_table_and_compression(void **state)
{
    struct vn_export_options options = options_of("a", VN_COMPRESS_GZIP);
    const char *compression = NULL;
    const char *table = NULL;

    (void)state;
    options.table = "my-table";
    (void)export_ok(&options);
    json_t *request = json_load_file("a/import-table.json", 0, NULL);
    assert_int_equal(json_unpack(request, "{s:s, s:{s:s}}",
                                 "InputCompressionType", &compression,
                                 "TableCreationParameters", "TableName",
                                 &table),
                     0);
    assert_string_equal(compression, "GZIP");
    assert_string_equal(table, "my-table");
    json_decref(request);
    request = json_load_file("a/start-bulk-put-items.json", 0, NULL);
    assert_int_equal(json_unpack(request, "{s:{s:s}, s:s}",
                                 "InputS3Configuration", "InputCompressionType",
                                 &compression, "TableName", &table),
                     0);
    assert_string_equal(compression, "GZIP");
    assert_string_equal(table, "my-table");
    json_decref(request);
}

static void what_cannot_be_exported_is_refused(void **state)
{
    struct vn_load_source source = whole();
    struct vn_export_options options = options_of("a", VN_COMPRESS_ZSTD);
    struct vn_export_counts counts = {0};

    (void)state;
    options.items_per_object = 4000001;
    export_fails(&options, VN_INVALID, "at most 4000000 items");
    options = options_of("a", VN_COMPRESS_ZSTD);
    options.level = 20;
    export_fails(&options, VN_INVALID, "1 to 19");
    options = options_of("a", VN_COMPRESS_GZIP);
    options.level = 10;
    export_fails(&options, VN_INVALID, "1 to 9");
    options = options_of("", VN_COMPRESS_ZSTD);
    export_fails(&options, VN_INVALID, "name of a folder");
    options = options_of("no/folder", VN_COMPRESS_ZSTD);
    export_fails(&options, VN_INVALID, "is not there");
    options = options_of("i.mdb", VN_COMPRESS_ZSTD);
    export_fails(&options, VN_INVALID, "is no folder");
    options = options_of("a", VN_COMPRESS_ZSTD);
    source.since = fixture_index;
    assert_int_equal(vn_export(&source, &options, &counts, NULL), VN_INVALID);
    source = whole();
    source.prefix = fixture_prefix("4");
    assert_int_equal(vn_export(&source, &options, &counts, NULL), VN_OUTSIDE);
    assert_false(fixture_exists("a"));
}

/* ---- Once more ---------------------------------------------------------- */

static void a_second_run_writes_only_what_is_not_there(void **state)
{
    struct vn_export_options options = options_of("a", VN_COMPRESS_ZSTD);
    const struct vn_export_counts first = export_ok(&options);

    (void)state;
    options.threads = 1;
    struct vn_export_counts second = export_ok(&options);
    assert_int_equal(second.skipped, first.objects);
    assert_int_equal(second.stored_bytes, first.stored_bytes);
    damage("a/data/part-00001.json.zst", 100);
    cut("a/data/part-00002.json.zst", 1);
    assert_int_equal(unlink("a/data/part-00003.json.zst"), 0);
    second = export_ok(&options);
    assert_int_equal(second.skipped, first.objects - 3);
    assert_int_equal(second.raw_bytes, first.raw_bytes);
    options.directory = "b";
    (void)export_ok(&options);
    same_exports();
}

static void another_export_takes_the_place_of_the_first(void **state)
{
    struct vn_export_options options = options_of("a", VN_COMPRESS_ZSTD);

    (void)state;
    (void)export_ok(&options);
    options.compression = VN_COMPRESS_GZIP;
    options.items_per_object = 4000;
    assert_int_equal(export_ok(&options).skipped, 0);
    assert_false(fixture_exists("a/data/part-00000.json.zst"));
    assert_true(fixture_exists("a/data/part-00001.json.gz"));
    options.directory = "b";
    (void)export_ok(&options);
    same_exports();
    // Leftovers of a killed export, and a manifest that is none.
    fixture_store("a/part-00000.json.gz.writing", "x", 1);
    fixture_store("a/manifest.json", "x", 1);
    options.directory = "a";
    (void)export_ok(&options);
    assert_false(fixture_exists("a/part-00000.json.gz.writing"));
    same_exports();
}

static void a_file_of_somebody_else_is_refused(void **state)
{
    struct vn_export_options options = options_of("a", VN_COMPRESS_ZSTD);

    (void)state;
    (void)export_ok(&options);
    fixture_store("a/data/notes.txt", "x", 1);
    options.compression = VN_COMPRESS_NONE;
    export_fails(&options, VN_INVALID, "notes.txt");
    assert_true(fixture_exists("a/data/notes.txt"));
    assert_true(fixture_exists("a/data/part-00000.json.zst"));
    assert_true(fixture_exists("a/manifest.json"));
    // Objects without any manifest may be anybody's.
    assert_int_equal(unlink("a/data/notes.txt"), 0);
    assert_int_equal(unlink("a/manifest.json"), 0);
    export_fails(&options, VN_INVALID, "part-0000");
}

static void two_exports_into_one_folder_are_refused(void **state)
{
    const struct vn_export_options options = options_of("a", VN_COMPRESS_ZSTD);

    (void)state;
    (void)export_ok(&options);
    const int fd = open("a", O_RDONLY | O_DIRECTORY);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    export_fails(&options, VN_IO, "another export");
    assert_int_equal(close(fd), 0);
}

static int export_without_room(void *context)
{
    // Enough for a few objects of a thousand, but not for the long one.
    const struct rlimit limit = {40000, 40000};
    struct vn_export_options options = options_of("a", VN_COMPRESS_NONE);
    const struct vn_load_source source = whole();
    struct vn_export_counts counts = {0};

    (void)context;
    (void)signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) {
        return 99;
    }
    return (int)vn_export(&source, &options, &counts, NULL);
}

static void no_room_leaves_no_manifest_and_nothing_aside(void **state)
{
    const struct vn_export_options options = options_of("a", VN_COMPRESS_NONE);

    (void)state;
    assert_int_equal(fixture_fork(export_without_room, NULL), VN_IO);
    assert_false(fixture_exists("a/manifest.json"));
    assert_true(fixture_exists("a/manifest.partial.json"));
    assert_false(fixture_exists("a/part-00000.json.writing"));
    assert_false(fixture_exists("a/part-00001.json.writing"));
    assert_false(fixture_exists("a/data/part-00000.json"));
    (void)export_ok(&options);
    assert_false(fixture_exists("a/manifest.partial.json"));
}

static bool stop_at_once(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    assert_true(done <= total);
    return false;
}

static void a_stopped_export_goes_on_where_it_was(void **state)
{
    struct vn_export_options options = options_of("a", VN_COMPRESS_GZIP);
    const struct vn_load_source source = whole();
    struct vn_export_counts counts = {0};
    struct manifest partial;

    (void)state;
    options.level = 9;
    options.threads = 1;
    options.progress = stop_at_once;
    // A fast machine may be done before it is asked.
    const enum vn_status status = vn_export(&source, &options, &counts, NULL);
    options.progress = NULL;
    if (status == VN_STOPPED) {
        assert_false(fixture_exists("a/manifest.json"));
        assert_int_equal(
            manifest_read("a", MANIFEST_PARTIAL_NAME, &partial, NULL), VN_OK);
        uint64_t known = 0;
        for (uint32_t i = 0; i < partial.object_count; i++) {
            known += partial.objects[i].known;
        }
        assert_int_equal(export_ok(&options).skipped, known);
        manifest_reset(&partial);
    } else {
        assert_int_equal(status, VN_OK);
    }
    options.directory = "b";
    (void)export_ok(&options);
    same_exports();
}

/* ---- Reading back ------------------------------------------------------- */

/* The next operation of a source, unit by unit. */
struct walk {
    struct source *source;
    uint64_t unit;
    unsigned at, count;
    struct source_op ops[SOURCE_UNIT_MAX];
};

static const struct source_op *next_op(struct walk *walk)
{
    struct vn_error error = {0};

    while (walk->at == walk->count) {
        if (walk->unit == walk->source->units) {
            return NULL;
        }
        if (walk->source->fill(walk->source, walk->unit, walk->ops,
                               &walk->count, &error) != VN_OK) {
            fail_msg("%s", error.message);
        }
        walk->unit++;
        walk->at = 0;
    }
    return &walk->ops[walk->at++];
}

static void same_op(const struct source_op *a, const struct source_op *b)
{
    assert_int_equal(a->suffix, b->suffix);
    assert_int_equal(a->delete, b->delete);
    assert_int_equal(a->units, b->units);
    assert_int_equal(a->size, b->size);
    assert_memory_equal(a->json, b->json, a->size);
}

static void an_export_has_the_items_of_the_index_in_its_order(void **state)
{
    static struct walk index_walk;
    static struct walk export_walk;
    static const enum vn_compression kinds[] = {
        VN_COMPRESS_ZSTD, VN_COMPRESS_GZIP, VN_COMPRESS_NONE};

    for (unsigned i = 0; i < 3; i++) {
        const struct vn_export_options options = options_of("a", kinds[i]);
        const struct source_op *op = NULL;
        uint64_t count = 0;
        (void)export_ok(&options);
        index_walk = export_walk = (struct walk){.source = NULL};
        assert_int_equal(source_open_index(fixture_index, fixture_prefix(""),
                                           false, &index_walk.source, NULL),
                         VN_OK);
        assert_int_equal(source_open_export("a", &export_walk.source, NULL),
                         VN_OK);
        while ((op = next_op(&index_walk)) != NULL) {
            const struct source_op *read = next_op(&export_walk);
            assert_non_null(read);
            same_op(op, read);
            count++;
        }
        assert_null(next_op(&export_walk));
        assert_int_equal(count, export_walk.source->total);
        index_walk.source->close(index_walk.source);
        export_walk.source->close(export_walk.source);
        (void)remove_exports(state);
    }
}

static void units_can_be_read_in_any_order(void **state)
{
    static struct source_op first[SOURCE_UNIT_MAX];
    static struct source_op again[SOURCE_UNIT_MAX];
    struct vn_export_options options = options_of("a", VN_COMPRESS_ZSTD);
    struct source *source = NULL;
    unsigned counts[2] = {0, 0};

    (void)state;
    options.items_per_object = 250; // 3 units an object
    (void)export_ok(&options);
    assert_int_equal(source_open_export("a", &source, NULL), VN_OK);
    for (uint64_t i = 0; i < source->units; i++) {
        const uint64_t other = (i * 7 + 3) % source->units;
        assert_int_equal(source->fill(source, i, first, &counts[0], NULL),
                         VN_OK);
        assert_int_equal(source->fill(source, other, again, &counts[1], NULL),
                         VN_OK);
        assert_int_equal(source->fill(source, i, again, &counts[1], NULL),
                         VN_OK);
        assert_int_equal(counts[0], counts[1]);
        for (unsigned op = 0; op < counts[0]; op++) {
            same_op(&first[op], &again[op]);
        }
    }
    source->close(source);
}

static void the_fingerprint_tells_exports_apart(void **state)
{
    struct vn_export_options options = options_of("a", VN_COMPRESS_ZSTD);
    uint64_t fingerprints[3];

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        struct source *source = NULL;
        options.items_per_object = i < 2 ? PER_OBJECT : 2 * PER_OBJECT;
        (void)export_ok(&options);
        assert_int_equal(source_open_export("a", &source, NULL), VN_OK);
        fingerprints[i] = source->fingerprint;
        source->close(source);
    }
    assert_true(fingerprints[0] == fingerprints[1]);
    assert_true(fingerprints[1] != fingerprints[2]);
}

/* ---- Damage ------------------------------------------------------------- */

/* Reads until a unit fails; the sentence must hold 'message'. */
static void reading_fails(enum vn_status expected, const char *message)
{
    static struct source_op ops[SOURCE_UNIT_MAX];
    struct source *source = NULL;
    struct vn_error error = {0};
    unsigned count = 0;
    enum vn_status status = source_open_export("a", &source, &error);

    for (uint64_t i = 0; status == VN_OK && i < source->units; i++) {
        status = source->fill(source, i, ops, &count, &error);
    }
    assert_int_equal(status, expected);
    if (strstr(error.message, message) == NULL) {
        fail_msg("'%s' does not tell '%s'", error.message, message);
    }
    if (source != NULL) {
        source->close(source);
    }
}

static void damaged_objects_are_named(void **state)
{
    const struct vn_export_options options = options_of("a", VN_COMPRESS_ZSTD);

    (void)state;
    (void)export_ok(&options);
    damage("a/data/part-00002.json.zst", -1);
    reading_fails(VN_CORRUPT, "a/data/part-00002.json.zst");
    (void)export_ok(&options);
    cut("a/data/part-00000.json.zst", 10);
    reading_fails(VN_CORRUPT, "a/data/part-00000.json.zst");
    assert_int_equal(unlink("a/data/part-00000.json.zst"), 0);
    reading_fails(VN_INVALID, "a/data/part-00000.json.zst");
}

static void a_folder_without_manifest_is_no_export(void **state)
{
    struct vn_export_options options = options_of("a", VN_COMPRESS_ZSTD);

    (void)state;
    reading_fails(VN_INVALID, "no finished export");
    (void)export_ok(&options);
    assert_int_equal(rename("a/manifest.json", "a/manifest.partial.json"), 0);
    reading_fails(VN_INVALID, "no finished export");
    fixture_store("a/manifest.json", "{}", 2);
    reading_fails(VN_INVALID, "no manifest");
    fixture_store("a/manifest.json", "{\"manifest\":2}", 14);
    reading_fails(VN_VERSION, "version 2");
    fixture_store("a/manifest.json", "{\"manifest\":1}", 14);
    reading_fails(VN_CORRUPT, "damaged");
}

/* An export "a" of one object with these bytes, whose hashes are right. */
static void forge(const char *text, uint64_t items)
{
    struct manifest manifest;
    struct export_file file;

    assert_int_equal(manifest_init(&manifest, 1, NULL), VN_OK);
    manifest.compression = VN_COMPRESS_NONE;
    manifest.level = 1;
    manifest.items_per_object = PER_OBJECT;
    manifest.suffixes = items;
    assert_int_equal(
        export_file_open("a", "data", "part-00000.json", &file, NULL), VN_OK);
    assert_int_equal(export_file_write(&file, text, strlen(text), NULL), VN_OK);
    assert_int_equal(export_file_publish(&file, &manifest.objects[0], NULL),
                     VN_OK);
    export_file_close(&file);
    manifest.objects[0].known = true;
    manifest.objects[0].items = items;
    assert_int_equal(manifest_write(&manifest, "a", MANIFEST_NAME, NULL),
                     VN_OK);
    manifest_reset(&manifest);
}

#define GOOD                                                                   \
    "{\"Item\":{\"suffix\":{\"S\":\"3569377\"},\"spellings\":{\"L\":[{\"S\":"  \
    "\"FLOWERS\"}]},\"scores\":{\"L\":[{\"N\":\"-3\"}]}}}"

static void a_line_that_is_no_item_is_named(void **state)
{
    static const char *const lines[] = {
        "",
        "{}",
        "{\"Item\":{}}",
        GOOD " ",
        "{\"Item\":{\"suffix\":{\"S\":\"#meta\"}}}",
        "{\"Item\":{\"suffix\":{\"S\":\"356937\"},\"spellings\":{\"L\":[{\"S\":"
        "\"FLOWERS\"}]},\"scores\":{\"L\":[{\"N\":\"-3\"}]}}}",
        "{\"Item\":{\"suffix\":{\"S\":\"3569377\"},\"spellings\":{\"L\":[]},"
        "\"scores\":{\"L\":[]}}}",
        "{\"Item\":{\"suffix\":{\"S\":\"3569377\"},\"spellings\":{\"L\":[{"
        "\"S\":"
        "\"FLOWERS\"}]},\"scores\":{\"L\":[{\"N\":\"-3\"},{\"N\":\"-4\"}]}}}",
    };

    (void)state;
    assert_int_equal(mkdir("a", 0755), 0);
    assert_int_equal(mkdir("a/data", 0755), 0);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char text[1024];
        (void)snprintf(text, sizeof text, GOOD "\n%s\n" GOOD "\n", lines[i]);
        forge(text, 3);
        reading_fails(VN_CORRUPT, "a/data/part-00000.json:2: this is no item");
    }
    forge(GOOD "\n" GOOD "\n", 3);
    reading_fails(VN_CORRUPT, "part-00000.json:2: lines are missing");
    forge(GOOD "\n" GOOD, 2);
    reading_fails(VN_CORRUPT, "part-00000.json:2: the last line has no end");
}

/* ---- The index ---------------------------------------------------------- */

static int setup(void **state)
{
    return fixture_setup(state) == 0 &&
                   fixture_build("i.mdb", SEED, DIGITS, NULL) == VN_OK &&
                   vn_index_open("i.mdb", &fixture_index, NULL) == VN_OK
               ? 0
               : -1;
}

static int teardown(void **state)
{
    vn_index_close(fixture_index);
    return fixture_teardown(state);
}

#define EXPORT_TEST(function)                                                  \
    cmocka_unit_test_teardown(function, remove_exports)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXPORT_TEST(any_number_of_threads_gives_the_same_bytes),
        EXPORT_TEST(every_level_can_be_read),
        EXPORT_TEST(objects_hold_as_many_items_as_asked_for),
        EXPORT_TEST(the_last_line_is_the_description),
        EXPORT_TEST(the_requests_name_table_and_compression),
        EXPORT_TEST(what_cannot_be_exported_is_refused),
        EXPORT_TEST(a_second_run_writes_only_what_is_not_there),
        EXPORT_TEST(another_export_takes_the_place_of_the_first),
        EXPORT_TEST(a_file_of_somebody_else_is_refused),
        EXPORT_TEST(two_exports_into_one_folder_are_refused),
        EXPORT_TEST(no_room_leaves_no_manifest_and_nothing_aside),
        EXPORT_TEST(a_stopped_export_goes_on_where_it_was),
        EXPORT_TEST(an_export_has_the_items_of_the_index_in_its_order),
        EXPORT_TEST(units_can_be_read_in_any_order),
        EXPORT_TEST(the_fingerprint_tells_exports_apart),
        EXPORT_TEST(damaged_objects_are_named),
        EXPORT_TEST(a_folder_without_manifest_is_no_export),
        EXPORT_TEST(a_line_that_is_no_item_is_named),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
