#!/usr/bin/python3
"""export_baseline.py INDEX OUT COUNT LIKE: a plain exporter, to compare with.

Writes the first COUNT items of the index as DynamoDB JSON to the file OUT, by
json and gzip at level 1, and prints items, seconds and processor seconds. Then
it reads OUT back: its lines must be those of the file LIKE.

Needs Debian's python3-lmdb.
"""
import gzip
import json
import os
import struct
import sys
import time

import lmdb

BLOCKS = 100000
STRIDE = 61803  # the order of an export
LETTERS = ["", "", "ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ"]


def tail_text(tail):
    text = ""
    while tail > 0:
        tail, letter = divmod(tail, 27)
        text = chr(ord("A") + letter - 1) + text
    return text


def spell(suffix, code, tail):
    """Text form of a candidate, as index/FORMAT.md says."""
    letters = code & 0x1FFFF
    text = tail_text(tail)
    for i in range(6, -1, -1):
        letters, rank = divmod(letters, 5)
        if i < 6 and code >> (17 + i) & 1:
            text = "-" + text
        digit = suffix[i]
        text = (LETTERS[int(digit)][rank - 1] if rank > 0 else digit) + text
    return text


def read_block(txn, databases, number):
    """The suffixes of a block with their (code, tail), best first."""
    key = struct.pack("<I", number)
    value = txn.get(key, db=databases[0])
    if value is None:
        return
    tails = txn.get(key, db=databases[1]) or bytes(8)
    rest = iter(struct.unpack_from(f"<{len(tails) // 2 - 4}H", tails, 8))
    codes = struct.unpack_from("<500I", value, 8)
    for at in range(100):
        found = [(code, next(rest) if code >> 23 & 1 else 0)
                 for code in codes[5 * at:5 * at + 5] if code != 0]
        if found:
            yield f"{number:05}{at:02}", found


def items(path):
    env = lmdb.open(path, subdir=False, readonly=True, lock=False, max_dbs=3,
                    map_size=os.path.getsize(path))
    databases = [env.open_db(name, integerkey=True, create=False)
                 for name in (b"records", b"tails")]
    with env.begin() as txn:
        for i in range(BLOCKS):
            block = read_block(txn, databases, i * STRIDE % BLOCKS)
            for suffix, found in block:
                yield {
                    "suffix": {"S": suffix},
                    "spellings": {"L": [{"S": spell(suffix, *candidate)}
                                        for candidate in found]},
                    "scores": {"L": [{"N": str((code >> 24) - 230)}
                                     for code, _ in found]},
                }


def export(path, out, count):
    done = 0
    with gzip.open(out, "wt", compresslevel=1, encoding="ascii") as file:
        for item in items(path):
            file.write(json.dumps({"Item": item}, separators=(",", ":")))
            file.write("\n")
            done += 1
            if done == count:
                break
    return done


def same(out, like):
    with gzip.open(out, "rb") as ours, open(like, "rb") as theirs:
        return all(line == theirs.readline() for line in ours)


def main():
    path, out, count, like = sys.argv[1:]
    wall, cpu = time.perf_counter(), time.process_time()
    done = export(path, out, int(count))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if not same(out, like):
        sys.exit("export_baseline.py: the lines are not those of the export")
    print(done, f"{wall:.6f}", f"{cpu:.6f}")


if __name__ == "__main__":
    main()
