#!/bin/sh
# Builds compare-engine for 64-bit ARM and runs it in qemu: the path "neon"
# and the scalar one against the plain enumerator.
# Usage: compare_neon.sh SOURCE-DIR BUILD-DIR LEXICON-DIR
set -eu

source=$1 build=$2 lexicon=$3
compiler=aarch64-linux-gnu-gcc
for tool in $compiler qemu-aarch64; do
    command -v "$tool" >/dev/null || {
        echo "$tool is missing: tools/packages test" >&2
        exit 1
    }
done

# XXH3 from its header alone: the library is not there for ARM.
mkdir -p "$build/include"
cp /usr/include/xxh*.h "$build/include"
set --
for file in "$source"/engine/*.c "$source"/tests/oracle/*.c \
    "$source"/tests/model/compare_engine.c \
    "$source"/tests/model/compare_input.c; do
    set -- "$@" "$file"
done
$compiler -std=c17 -O2 -static -D_GNU_SOURCE -DXXH_INLINE_ALL \
    -DVN_DATA_DIR="\"$source/engine/data\"" -I"$source" \
    -isystem "$build/include" -o "$build/compare-engine" "$@" -pthread

# compare OPTION...: on a sample, by both paths.
compare() {
    qemu-aarch64 "$build/compare-engine" "$@" --random 400 --letters 100 \
        --zeros 100 --prefix 46858 >"$build/output"
    cat "$build/output"
    grep -q '^paths: scalar neon$' "$build/output"
}

compare
compare --lexicon "$lexicon"
