#!/bin/bash
# Makes the small indexes and files that the cases use.
# Usage: make_fixtures.sh VANITY FOLDER
set -eu
vanity=$(realpath "$1")
rm -rf "$2"
mkdir -p "$2"
cd "$2"

printf 'FLOWERS\t-500\npet-meds\nzzyzx\t150\n' >words.txt
printf 'flower\nmyers\n' >block.txt
printf 'fine\nb4d\nworse line here\t9\nok\t1\n' >bad-words.txt

"$vanity" build -q -o p356.mdb --prefix 356
"$vanity" build -q -o p100.mdb --prefix 100
"$vanity" build -q -o p3569.mdb --prefix 3569
"$vanity" build -q -o own.mdb --prefix 356 --words words.txt --block block.txt

# Damage: cut short; every byte behind the first pages inverted; the format
# version of another program; not an index at all.
head -c 20000 p356.mdb >cut.mdb
python3 - <<'END'
data = bytearray(open("p356.mdb", "rb").read())
for i in range(3 * 4096, len(data) - 4096):
    data[i] ^= 0xFF
open("inverted.mdb", "wb").write(data)
END
# Debian's python3-xxhash belongs to this interpreter.
/usr/bin/python3 - <<'END'
import struct
import xxhash
data = bytearray(open("p356.mdb", "rb").read())
struct.pack_into("<I", data, len(data) - 4096 + 16, 77)
struct.pack_into("<Q", data, len(data) - 8,
                 xxhash.xxh3_64_intdigest(bytes(data[-4096:-8])))
open("version.mdb", "wb").write(data)
END
printf 'hello\n' >foreign.mdb
: >empty.mdb
mkdir folder.mdb
