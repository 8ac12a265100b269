#!/bin/sh
# check_includes.sh ROOT: the one-way floors of the source tree ROOT.
#
# engine <- index <- loader <- tools, bench: a folder includes its own headers
# and public headers of the floors below it; bench also the tests' oracle. An
# include is written from the root or from the file's own folder, without "..".
# "#pragma omp" stands in engine/engine.c alone.
# Prints each violation as FILE:LINE; exit 1 if there is one, 2 for wrong use.
set -eu

if [ $# -ne 1 ]; then
    echo "usage: $0 ROOT" >&2
    exit 2
fi
cd "$1"
folders=
for folder in engine index loader tools bench tests; do
    if [ -d "$folder" ]; then
        folders="$folders $folder"
    fi
done
if [ ! -d engine ]; then
    echo "$0: there is no folder engine in $1" >&2
    exit 2
fi

# $folders is a list of plain names.
# shellcheck disable=SC2086
find $folders -type f \( -name '*.c' -o -name '*.h' \) -exec awk '
BEGIN {
    split("engine index loader tools bench", names)
    split("1 2 3 4 4", heights)
    for (i in names)
        height[names[i]] = heights[i]
    split("engine/status.h engine/error.h engine/text.h engine/keypad.h " \
          "engine/number.h engine/record.h engine/engine.h index/index.h " \
          "loader/loader.h", list)
    for (i in list)
        public[list[i]] = 1
}

function refuse(why) {
    print FILENAME ":" FNR ": " why
    failed = 1
}

function folder_of(path) {
    sub(/\/.*/, "", path)
    return path
}

function exists(path,    line, result) {
    result = (getline line < path) >= 0
    close(path)
    return result
}

# The file that the include means, from the root; "" for one of the system.
function target_of(name, quoted,    beside) {
    beside = FILENAME
    sub(/[^\/]*$/, "", beside)
    if (quoted && exists(beside name))
        return beside name
    return exists(name) ? name : ""
}

function check(name, quoted,    target, own, other) {
    if (name ~ /(^|\/)\.\.?\//)
        return refuse("write the include from the root: " name)
    own = folder_of(FILENAME)
    target = target_of(name, quoted)
    other = folder_of(target)
    if (target == "") {
        if (quoted)
            refuse("no such header: " name)
    } else if (own == other ||
               (own == "bench" && target == "tests/oracle/oracle.h")) {
        return
    } else if (!(other in height) || height[other] >= height[own]) {
        refuse(own " may not include " other ": " target)
    } else if (!(target in public)) {
        refuse("private header of " other ": " target)
    }
}

FNR == 1 {
    is_test = folder_of(FILENAME) == "tests"
}

!is_test && /^[ \t]*#[ \t]*include/ {
    name = $0
    sub(/^[ \t]*#[ \t]*include[ \t]*/, "", name)
    mark = substr(name, 1, 1)
    name = substr(name, 2)
    sub(/[">].*/, "", name)
    if (mark == "\"" || mark == "<")
        check(name, mark == "\"")
    else
        refuse("an include names its header in quotes or brackets")
}

(/^[ \t]*#[ \t]*pragma[ \t]+omp/ || /_Pragma[ \t]*\([ \t]*"omp/) &&
FILENAME != "engine/engine.c" {
    refuse("OpenMP outside engine/engine.c")
}

END {
    exit failed
}
' {} +
