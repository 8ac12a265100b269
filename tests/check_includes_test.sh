#!/bin/sh
# check_includes_test.sh: check_includes.sh accepts a good tree and finds each
# kind of violation.
set -eu

check=$(cd "$(dirname "$0")" && pwd)/check_includes.sh
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failed=0

# put FILE LINE: one more line in a file of the tree.
put() {
    mkdir -p "$tree/$(dirname "$1")"
    printf '%s\n' "$2" >>"$tree/$1"
}

good_tree() {
    rm -rf "$tree"
    put engine/engine.h '#include "error.h"'
    put engine/error.h '#include <stdint.h>'
    put engine/engine.c '#include "search.h"'
    put engine/engine.c '#pragma omp parallel for default(none)'
    put engine/search.h '/* private */'
    put index/index.h '#include "engine/engine.h"'
    put index/format.h '/* private */'
    put index/writer.c '#include "format.h"'
    put loader/loader.h '#include "index/index.h"'
    put tests/oracle/oracle.h '#include "engine/search.h"'
    put tools/cli/cli.h '#include "index/index.h"'
    put tools/cli/main.c '#include "cli.h"'
    put bench/bench.c '#include "tests/oracle/oracle.h"'
    put bench/bench.c '#  include "loader/loader.h"'
}

# expect STATUS TEXT NAME: the check ends with STATUS and prints TEXT.
expect() {
    status=0
    output=$("$check" "$tree" 2>&1) || status=$?
    case $status:$output in
    "$1":*"$2"*) ;;
    *)
        printf '%s: expected %s and "%s", got %s:\n%s\n' \
            "$3" "$1" "$2" "$status" "$output"
        failed=1
        ;;
    esac
}

# refuses FILE LINE TEXT: a good tree with this line is refused with TEXT.
refuses() {
    good_tree
    put "$1" "$2"
    expect 1 "$3" "$1: $2"
}

good_tree
expect 0 '' 'a good tree'
refuses engine/search.h '#include "index/index.h"' \
    'engine/search.h:2: engine may not include index'
refuses index/writer.c '#include "loader/loader.h"' \
    'index may not include loader'
refuses index/writer.c '#include "engine/search.h"' \
    'private header of engine: engine/search.h'
refuses index/writer.c '  # include <engine/search.h>' 'private header'
refuses loader/loader.h '#include "index/format.h"' 'private header of index'
refuses tools/cli/main.c '#include "index/format.h"' 'private header of index'
refuses tools/cli/main.c '#include "tests/oracle/oracle.h"' \
    'tools may not include tests'
refuses tools/cli/main.c '#include "bench/bench.c"' \
    'tools may not include bench'
refuses bench/bench.c '#include "tools/cli/cli.h"' \
    'bench may not include tools'
refuses bench/bench.c '#include "engine/search.h"' 'private header of engine'
refuses engine/search.h '#include "../index/format.h"' 'from the root'
refuses engine/search.h '#include "missing.h"' 'no such header'
refuses engine/search.h '#include HEADER' 'quotes or brackets'
refuses engine/search.h '#pragma omp simd' 'engine/search.h:2: OpenMP'
refuses index/writer.c '    _Pragma("omp simd")' 'OpenMP outside'
refuses tests/oracle/oracle.c '#pragma omp parallel' 'OpenMP outside'

rm -rf "$tree/engine"
expect 2 'no folder engine' 'a tree without engine'
exit $failed
