/* handle_lookup.c: number -> spellings, by one key fetch. */
#include "handler_private.h"

#include <stdio.h>
#include <string.h>

#define REQUEST_SIZE 1024u
/* As index/FORMAT.md bounds a score. */
#define SCORE_LEAST (-229)
#define SCORE_MOST 25

static void write_get(const struct handler *handler, const char *key,
                      struct output *out)
{
    json_open(out, '{');
    json_key(out, "TableName");
    json_text(out, handler->table);
    json_key(out, "Key");
    json_open(out, '{');
    json_key(out, "suffix");
    write_typed(out, "S", (struct vn_bytes){key, strlen(key)});
    json_close(out, '}');
    json_close(out, '}');
}

void first_lookup(const struct handler *handler, struct output *out)
{
    write_get(handler, "#meta", out);
}

static const json_t *list_of(const json_t *item, const char *name)
{
    const json_t *value = json_object_get(item, name);

    return json_object_size(value) == 1 ? json_object_get(value, "L") : NULL;
}

static bool read_score(const json_t *value, long *score)
{
    const struct vn_bytes text = typed_text(value, "N");

    return text.data != NULL &&
           vn_text_int(text, SCORE_LEAST, SCORE_MOST, score);
}

/* False where the item has another shape than a load gives it. */
static bool read_item(const json_t *item, struct answer *answer)
{
    const json_t *spellings = list_of(item, "spellings");
    const json_t *scores = list_of(item, "scores");
    const size_t count = json_array_size(spellings);

    if (count == 0 || json_array_size(scores) != count) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct vn_bytes text =
            typed_text(json_array_get(spellings, i), "S");
        long score = 0;
        if (text.data == NULL ||
            !read_score(json_array_get(scores, i), &score) ||
            answer_add(answer, text, (int)score) != VN_OK) {
            return false;
        }
    }
    return true;
}

/* False if a fault was told. */
static bool fetch(struct handling *handling, struct answer *answer)
{
    char key[VN_SUFFIX_DIGITS + 4];
    char memory[REQUEST_SIZE];
    struct output request;
    json_t *root = NULL;

    (void)snprintf(key, sizeof(key), "%07u", (unsigned)answer->number.suffix);
    output_start(&request, OUTPUT_MEMORY, memory, sizeof(memory));
    write_get(handling->handler, key, &request);
    if (!handling_ask(handling, TABLE_GET_ITEM, &request, &root)) {
        return false;
    }
    const json_t *item = json_object_get(root, "Item");
    const bool known = item == NULL || read_item(item, answer);
    json_decref(root);
    if (!known) {
        handling_damaged(handling);
    }
    return known;
}

static const char *outcome_of(const struct answer *answer)
{
    return answer->count > 0 ? "found" : "no_spelling";
}

/* A caller whose number says nothing hears so: no fault. */
static void answer_call(struct handling *handling)
{
    struct vn_number number;
    struct answer answer;

    if (!handling_caller(handling, &number)) {
        answer_connect_json(&handling->out, NULL);
        handling->outcome =
            handling->event.number.size == 0 ? "withheld" : "bad_number";
        return;
    }
    answer_start(&answer, &number);
    if (fetch(handling, &answer)) {
        answer_connect_json(&handling->out, &answer);
        handling->outcome = outcome_of(&answer);
    }
}

/* In a query '+' is a blank: one before the number was a plus. */
static struct vn_bytes with_plus(struct vn_bytes text,
                                 char memory[VN_NUMBER_INPUT_MAX])
{
    if (text.data == NULL || text.size == 0 || text.data[0] != ' ' ||
        text.size > VN_NUMBER_INPUT_MAX) {
        return text;
    }
    memcpy(memory, text.data, text.size);
    memory[0] = '+';
    return (struct vn_bytes){memory, text.size};
}

static void answer_http(struct handling *handling)
{
    char memory[VN_NUMBER_INPUT_MAX];
    struct vn_bytes text = handling->event.phonenumber;
    struct vn_error error = {.status = VN_OK};
    struct vn_number number;
    struct answer answer;

    if (text.data == NULL || handling->event.repeated) {
        handling_refuse(handling, 400, "bad_number",
                        "give one number: ?phonenumber=...");
        return;
    }
    text = with_plus(text, memory);
    if (!handling_number(handling, text, &number, &error)) {
        handling_refuse(handling, 400, "bad_number", error.message);
        return;
    }
    answer_start(&answer, &number);
    if (fetch(handling, &answer)) {
        answer_body_json(&handling->out, &answer);
        handling->outcome = outcome_of(&answer);
    }
}

void handle_lookup(struct handling *handling)
{
    if (handling->event.kind == EVENT_CONNECT) {
        answer_call(handling);
    } else {
        answer_http(handling);
    }
}
