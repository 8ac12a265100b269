/* bench_sheet_read.c: lines, columns and spellings of a marked sheet. */
#include "bench_sheet_read.h"

#include <stdio.h>
#include <string.h>

#include "engine/keypad.h"
#include "engine/record.h"

#define KEYS VN_SUFFIX_DIGITS

bool sheet_starts_with(struct vn_bytes text, const char *head)
{
    return text.size >= strlen(head) &&
           memcmp(text.data, head, strlen(head)) == 0;
}

bool sheet_equals(struct vn_bytes text, const char *other)
{
    return text.size == strlen(other) && sheet_starts_with(text, other);
}

void sheet_text_start(struct sheet_text *sheet, struct vn_bytes text)
{
    *sheet = (struct sheet_text){.rest = text};
    if (sheet_starts_with(text, "\xef\xbb\xbf")) {
        sheet->rest.data += 3;
        sheet->rest.size -= 3;
    }
}

bool sheet_next_line(struct sheet_text *sheet, struct vn_bytes *line)
{
    if (sheet->rest.size == 0) {
        return false;
    }
    if (!vn_text_split(sheet->rest, '\n', line, &sheet->rest)) {
        *line = sheet->rest;
        sheet->rest.size = 0;
    }
    if (line->size > 0 && line->data[line->size - 1] == '\r') {
        line->size--;
    }
    sheet->line++;
    return true;
}

bool sheet_split(struct vn_bytes line, struct vn_bytes *columns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct vn_bytes rest = {line.data + line.size, 0};

        if (!vn_text_split(line, '\t', &columns[i], &rest)) {
            columns[i] = line;
        }
        columns[i] = vn_text_trim(columns[i]);
        line = rest;
    }
    return line.size == 0;
}

bool sheet_suffix(struct vn_bytes text, uint32_t *suffix)
{
    *suffix = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        *suffix = *suffix * 10 + (uint32_t)(text.data[i] - '0');
    }
    return text.size == KEYS;
}

bool sheet_dials(struct vn_bytes text, uint32_t suffix,
                 char keys[VN_SUFFIX_DIGITS + 1])
{
    char digits[KEYS + 1], own[KEYS + 1] = "";
    unsigned count = 0;

    if (text.size >= VN_SPELLING_SIZE) {
        return false;
    }
    snprintf(digits, sizeof(digits), "%07u", suffix);
    for (size_t i = 0; i < text.size; i++) {
        const char c = text.data[i];
        const int key = vn_keypad_key(c);

        if (c == '-') {
            continue;
        }
        if (key < 0 || c > 'Z' ||
            (count < KEYS && key != digits[count] - '0')) {
            return false;
        }
        if (count < KEYS) {
            own[count] = c;
        }
        count++;
    }
    if (keys != NULL) {
        memcpy(keys, own, sizeof own);
    }
    return count >= KEYS && count <= KEYS + VN_TAIL_MAX;
}
