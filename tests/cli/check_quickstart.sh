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

# The page that it names is there: the line is run as it stands, from its tree.
line=$(sed -n 's|^  \(build/release/vanity serve .*[^ ]\)  *the page: .*|\1|p' \
    "$tree/log")
cd "$tree"
# shellcheck disable=SC2086 # words of a command
VANITY_INDEX='' $line --listen 127.0.0.1:0 --no-log >address &
server=$!
trap 'kill $server; rm -rf "$tree"' EXIT
for _ in $(seq 600); do
    [ ! -s address ] || break
    sleep 0.1
done
python3 - "$(cat address)" <<'END'
import sys
import urllib.request

body = urllib.request.urlopen(sys.argv[1], timeout=60).read()
assert b"What does your number spell?" in body, body
END
