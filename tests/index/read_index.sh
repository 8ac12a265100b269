#!/bin/sh
# read_index.sh VANITY: builds an index, and reads 100,000 of its suffixes with
# the program and with read_index.py, which knows index/FORMAT.md alone.
set -eu

vanity=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

"$vanity" build --quiet --prefix 7 -o index.mdb
awk 'BEGIN {
    srand(20240607)
    for (i = 0; i < 100000; i++)
        printf "7%06d\n", int(rand() * 1000000)
}' >suffixes
"$vanity" lookup -i index.mdb - <suffixes >by_program
/usr/bin/python3 "$here/read_index.py" index.mdb <suffixes >by_format

# Equal, of all suffixes, and with candidates that have a tail among them.
cmp by_program by_format
[ "$(wc -l <by_format)" -eq 100000 ]
grep -Eq '	([A-Z0-9]-*){8}	' by_format

# Damage anywhere ends the reading.
dd if=/dev/zero of=index.mdb bs=1 seek=100000 count=500 conv=notrunc status=none
if /usr/bin/python3 "$here/read_index.py" index.mdb <suffixes >/dev/null 2>&1
then
    echo "read_index.py took a damaged index" >&2
    exit 1
fi
