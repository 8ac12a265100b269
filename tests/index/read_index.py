#!/usr/bin/python3
"""read_index.py INDEX: an independent reader of index/FORMAT.md.

Reads suffixes, seven digits a line, from standard input. Prints for each a
line of fields with tabs between: the suffix, then spelling and score of each
candidate, best first. Every hash on the way is checked. Exit 1 for a damaged
index or a suffix outside its prefix.

Needs Debian's python3-lmdb and python3-xxhash.
"""
import os
import struct
import sys

import lmdb
import xxhash

FOOTER = 4096
LETTERS = ["", "", "ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ"]


def check(good, what):
    if not good:
        sys.exit(f"read_index.py: {what}")


def check_file(path):
    """Checks the footer and all bytes before it."""
    with open(path, "rb") as file:
        data = file.read()
    footer = data[-FOOTER:]
    check(footer[:16] == b"VANITY INDEX\r\n\x1a\0", "no footer")
    own, = struct.unpack_from("<Q", footer, 4088)
    check(own == xxhash.xxh3_64_intdigest(footer[:4088]), "footer: hash")
    form, page_size, size = struct.unpack_from("<IIQ", footer, 16)
    check(form == 1, f"format {form}")
    check(size + FOOTER == len(data), "size")
    check(not any(footer[64:4088]), "footer: zeros")
    check(footer[32:48] == xxhash.xxh3_128_digest(data[:size]), "file hash")
    head = data[:2 * page_size]
    check(footer[48:64] == xxhash.xxh3_128_digest(head), "head hash")


def unseal(value, seed, what):
    """Returns a value without its hash, which is checked."""
    check(value is not None, f"{what} is missing")
    stated, = struct.unpack_from("<Q", value)
    check(stated == xxhash.xxh3_64_intdigest(value[8:], seed=seed),
          f"{what}: hash")
    return value[8:]


def tail_text(tail):
    text = ""
    while tail > 0:
        tail, letter = divmod(tail, 27)
        check(letter > 0, "tail")
        text = chr(ord("A") + letter - 1) + text
    check(1 <= len(text) <= 3, "tail")
    return text


def spell(suffix, code, tail):
    """Text form of a candidate."""
    letters = code & 0x1FFFF
    check(0 < letters < 5 ** 7 and code >> 24 > 0, f"{suffix}: code")
    text = ""
    for i, digit in enumerate(suffix):
        rank = letters // 5 ** (6 - i) % 5
        check(rank <= len(LETTERS[int(digit)]), f"{suffix}: letter")
        text += LETTERS[int(digit)][rank - 1] if rank > 0 else digit
        if i < 6 and code >> (17 + i) & 1:
            text += "-"
    return text + (tail_text(tail) if code >> 23 & 1 else "")


class Index:
    def __init__(self, path):
        check_file(path)
        self.env = lmdb.open(path, subdir=False, readonly=True, lock=False,
                             max_dbs=3, map_size=os.path.getsize(path))
        self.records = self.env.open_db(b"records", integerkey=True,
                                        create=False)
        self.tails = self.env.open_db(b"tails", integerkey=True, create=False)
        self.meta = self.env.open_db(b"meta", create=False)
        self.txn = self.env.begin()
        self.blocks = {}
        self.prefix = self.description("prefix")
        check(self.description("format") == "1", "format")
        self.check_records_hash()

    def description(self, key):
        name = key.encode()
        return unseal(self.txn.get(name, db=self.meta),
                      xxhash.xxh3_64_intdigest(name), key).decode()

    def check_records_hash(self):
        tails = {bytes(key): bytes(value[:8])
                 for key, value in self.txn.cursor(db=self.tails)}
        hashes = xxhash.xxh3_64()
        for key, value in self.txn.cursor(db=self.records):
            hashes.update(value[:8] + tails.get(bytes(key), b""))
        check(self.description("records-hash") == hashes.hexdigest(),
              "records-hash")

    def block(self, number):
        """All (code, tail) of a block, in order."""
        if number not in self.blocks:
            key = struct.pack("<I", number)
            value = unseal(self.txn.get(key, db=self.records), number,
                           f"block {number}")
            codes = struct.unpack("<500I", value)
            overdials = sum(code >> 23 & 1 for code in codes)
            tails = ()
            if overdials > 0:
                value = unseal(self.txn.get(key, db=self.tails), number,
                               f"tails of block {number}")
                tails = struct.unpack(f"<{overdials}H", value)
            rest = iter(tails)
            self.blocks[number] = [(code, next(rest) if code >> 23 & 1 else 0)
                                   for code in codes]
        return self.blocks[number]

    def candidates(self, suffix):
        """(spelling, score) of each candidate, best first."""
        check(suffix.startswith(self.prefix), f"{suffix} is outside")
        number, at = divmod(int(suffix), 100)
        for code, tail in self.block(number)[5 * at:5 * at + 5]:
            if code != 0:
                yield spell(suffix, code, tail), (code >> 24) - 230


def main():
    check(len(sys.argv) == 2, "usage: read_index.py INDEX < suffixes")
    index = Index(sys.argv[1])
    for line in sys.stdin:
        suffix = line.strip()
        fields = [suffix]
        for spelling, score in index.candidates(suffix):
            fields += [spelling, str(score)]
        print("\t".join(fields))


if __name__ == "__main__":
    main()
