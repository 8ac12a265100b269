#!/bin/bash
# Runs tools/quickstart, in a tree where the steps that take long are done
# already, with VANITY_INDEX set: it must look up in the index that it built.
# Usage: check_quickstart.sh VANITY SOURCE
set -eu
vanity=$(realpath "$1") source=$(realpath "$2")
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

mkdir -p "$tree/tools" "$tree/bin" "$tree/build/release"
cp "$source/tools/quickstart" "$tree/tools"
for command in tools/packages bin/cmake; do
    printf '#!/bin/sh\n' >"$tree/$command"
    chmod +x "$tree/$command"
done
ln -s "$vanity" "$tree/build/release/vanity"

cd /
PATH=$tree/bin:$PATH VANITY_INDEX=$tree/none.mdb "$tree/tools/quickstart" \
    >"$tree/log" 2>&1 || {
    cat "$tree/log"
    exit 1
}
grep -q '^1-800-FLOWERS' "$tree/log"
