/* test_loader_aws_ini.c: the files of the AWS CLI, line by line. */
#include "aws_fixture.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "loader/aws_ini.h"

static void check_value(const struct aws_ini *ini, const char *kind,
                        const char *name, const char *key, const char *expected)
{
    const struct aws_ini_place place = {kind, name, ""};
    const struct vn_bytes value = aws_ini_get(ini, &place, key);

    if (expected == NULL) {
        assert_null(value.data);
        return;
    }
    assert_int_equal(value.size, strlen(expected));
    assert_memory_equal(value.data, expected, value.size);
}

static struct aws_ini read_text(const char *text)
{
    struct aws_ini ini;
    struct vn_error error;

    write_text("file", text);
    if (aws_ini_read("file", &ini, &error) != VN_OK) {
        fail_msg("%s", error.message);
    }
    return ini;
}

static void sections_settings_and_comments_are_told_apart(void **state)
{
    struct aws_ini ini = read_text("\xef\xbb\xbf# first\n"
                                   "; second\r\n"
                                   "[default]\r\n"
                                   "region = eu-west-1\r\n"
                                   "  # third\n"
                                   "Output=json # not a comment\n"
                                   "\n"
                                   "[ other ] ; behind\n"
                                   "region\t=\tus-east-1\t\n"
                                   "empty =\n"
                                   "twice = 1\n"
                                   "twice = 2=3\n"
                                   "colon: a=b\n"
                                   "[nothing]");

    (void)state;
    check_value(&ini, "", "default", "region", "eu-west-1");
    check_value(&ini, "", "default", "output", "json # not a comment");
    check_value(&ini, "", "other", "region", "us-east-1");
    check_value(&ini, "", "other", "empty", NULL);
    check_value(&ini, "", "other", "twice", "2=3");
    check_value(&ini, "", "other", "colon", "a=b");
    check_value(&ini, "", "Other", "region", NULL);
    assert_true(aws_ini_has(&ini, "", "nothing"));
    assert_false(aws_ini_has(&ini, "", "else"));
    aws_ini_reset(&ini);
}

static void a_section_can_have_a_kind_and_quotes(void **state)
{
    struct aws_ini ini = read_text("[profile a]\nk = 1\n"
                                   "[profile \"b c\"]\nk = 2\n"
                                   "[profile\t'd']\nk = 3\n"
                                   "[profiles e]\nk = 4\n"
                                   "[profile]\nk = 5\n"
                                   "[f]\nk = 6\n");

    (void)state;
    check_value(&ini, "profile", "a", "k", "1");
    check_value(&ini, "profile", "b c", "k", "2");
    check_value(&ini, "profile", "d", "k", "3");
    check_value(&ini, "profile", "e", "k", NULL);
    check_value(&ini, "profile", "f", "k", NULL);
    check_value(&ini, "profile", "", "k", NULL);
    check_value(&ini, "", "f", "k", "6");
    check_value(&ini, "", "a", "k", NULL);
    aws_ini_reset(&ini);
}

static void deeper_indented_settings_belong_to_the_one_above(void **state)
{
    struct aws_ini ini = read_text("[services s]\n"
                                   "s3 =\n"
                                   "  endpoint_url = http://a\n"
                                   "dynamodb =\n"
                                   "\n"
                                   "  # between\n"
                                   "  endpoint_url = http://b\n"
                                   "  words that are no setting\n"
                                   "endpoint_url = http://c\n"
                                   "[all indented]\n"
                                   "   one = 1\n"
                                   "   two = 2\n"
                                   "     three = 3\n");
    const struct aws_ini_place s3 = {"services", "s", "s3"};
    const struct aws_ini_place dynamodb = {"services", "s", "dynamodb"};

    (void)state;
    assert_memory_equal(aws_ini_get(&ini, &s3, "endpoint_url").data, "http://a",
                        8);
    assert_memory_equal(aws_ini_get(&ini, &dynamodb, "endpoint_url").data,
                        "http://b", 8);
    check_value(&ini, "services", "s", "endpoint_url", "http://c");
    check_value(&ini, "", "all indented", "one", "1");
    check_value(&ini, "", "all indented", "two", "2");
    check_value(&ini, "", "all indented", "three", NULL);
    aws_ini_reset(&ini);
}

static void a_bad_line_is_named_but_not_shown(void **state)
{
    static const struct {
        const char *text;
        uint64_t line;
    } cases[] = {{"[default]\n\nregion\nhush\n", 3},
                 {"[default]\nhushhush\n", 2},
                 {"hush = 1\n", 1},
                 {"[a]\n[hush\n", 2}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct aws_ini ini = {0};
        struct vn_error error = {0};
        write_text("file", cases[i].text);
        assert_int_equal(aws_ini_read("file", &ini, &error), VN_INVALID);
        assert_int_equal(error.line, cases[i].line);
        assert_null(strstr(error.message, "hush"));
        assert_null(ini.entries);
    }
}

static void there_need_not_be_a_file(void **state)
{
    struct aws_ini ini = {0};
    struct vn_error error = {0};

    (void)state;
    assert_int_equal(aws_ini_read("missing", &ini, &error), VN_OK);
    assert_int_equal(ini.count, 0);
    assert_int_equal(aws_ini_read("file/missing", &ini, &error), VN_OK);
    assert_int_equal(aws_ini_read(".", &ini, &error), VN_INVALID);
    write_text("empty", "");
    assert_int_equal(aws_ini_read("empty", &ini, &error), VN_OK);
    assert_int_equal(ini.count, 0);
    aws_ini_reset(&ini);
}

static int read_closed_file(void *context)
{
    struct aws_ini ini;
    struct vn_error error;

    (void)context;
    fixture_drop_rights();
    const enum vn_status status = aws_ini_read("closed", &ini, &error);
    return status == VN_IO && strstr(error.message, "closed") != NULL ? 0 : 1;
}

static void a_file_without_permission_is_a_failure(void **state)
{
    (void)state;
    write_text("closed", "[default]\n");
    assert_int_equal(chmod("closed", 0), 0);
    assert_int_equal(fixture_fork(read_closed_file, NULL), 0);
}

static void many_settings_are_kept(void **state)
{
    char text[20000] = "";
    char name[32];
    size_t used = 0;

    (void)state;
    for (unsigned i = 0; i < 500; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "[p%u]\nkey = v%u\n", i, i);
    }
    struct aws_ini ini = read_text(text);
    for (unsigned i = 0; i < 500; i++) {
        char value[32];
        (void)snprintf(name, sizeof name, "p%u", i);
        (void)snprintf(value, sizeof value, "v%u", i);
        check_value(&ini, "", name, "key", value);
    }
    aws_ini_reset(&ini);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCHED(sections_settings_and_comments_are_told_apart),
        WATCHED(a_section_can_have_a_kind_and_quotes),
        WATCHED(deeper_indented_settings_belong_to_the_one_above),
        WATCHED(a_bad_line_is_named_but_not_shown),
        WATCHED(there_need_not_be_a_file),
        WATCHED(a_file_without_permission_is_a_failure),
        WATCHED(many_settings_are_kept),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
