"""Reads what --json prints with a JSON reader and checks the objects.

Usage: check_json.py VANITY FIXTURES
"""

import json
import random
import re
import subprocess
import sys
from pathlib import Path

vanity = str(Path(sys.argv[1]).resolve())
fixtures = Path(sys.argv[2]).resolve()
KEYPAD = {
    letter: key
    for key, letters in enumerate(
        "ABC DEF GHI JKL MNO PQRS TUV WXYZ".split(), start=2
    )
    for letter in letters
}
CANDIDATE = {"spelling", "display", "words", "score", "overdial"}
NUMBER = {"e164", "suffix", "dialable"}


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def run(*arguments, given=b"", codes=(0,)):
    done = subprocess.run(
        [vanity, *arguments], input=given, capture_output=True, cwd=fixtures
    )
    check(
        done.returncode in codes,
        f"{arguments} ended with {done.returncode}: {done.stderr}",
    )
    # Strict UTF-8: what is not must not come through.
    lines = done.stdout.decode().split("\n")
    return [json.loads(line) for line in lines[:-1]]


def check_candidate(candidate, suffix):
    spelling = candidate["spelling"]
    keys = "".join(
        c if c.isdigit() else str(KEYPAD[c]) for c in spelling if c != "-"
    )
    words = [part for part in spelling.split("-") if not part[0].isdigit()]

    check(keys[:7] == suffix, f"{spelling} dials {suffix}")
    check(len(keys) - 7 == candidate["overdial"], f"overdial of {spelling}")
    check(words == candidate["words"], f"words of {spelling}")
    check(candidate["display"].endswith(spelling), f"display of {spelling}")
    check(type(candidate["score"]) is int, f"score of {spelling}")


def check_lookup():
    numbers = [f"356{i:04}" for i in range(0, 10000, 7)]
    objects = run(
        "lookup", "-i", "p356.mdb", "--json", "-",
        given="\n".join(numbers).encode(),
    )
    check(len(objects) == len(numbers), "one object a number")
    for number, found in zip(numbers, objects):
        check(set(found) == NUMBER | {"input", "candidates"}, "keys")
        check(found["input"] == found["suffix"] == number, "input and suffix")
        check(found["e164"] is None and found["dialable"] is None, "bare")
        check(0 < len(found["candidates"]) <= 5, "number of candidates")
        for candidate in found["candidates"]:
            check(set(candidate) == CANDIDATE, "keys of a candidate")
            check_candidate(candidate, number)


def check_any_bytes():
    """Random bytes, among them every value, give an object a line."""
    source = random.Random(20240229)
    lines = [
        bytes(source.choice(b"356789\xc3\xa9\xf0\x9f\x98\x80\"\\+-. abc")
              if source.random() < 0.7 else source.randrange(256)
              for _ in range(source.randrange(300)))
        .replace(b"\n", b"")
        for _ in range(2000)
    ] + [bytes([value]) for value in range(256) if value != 10] + [b"end"]
    objects = run(
        "lookup", "-i", "p356.mdb", "--json", "-",
        given=b"\n".join(lines), codes=(0, 2),
    )
    check(len(objects) == len(lines), "one object a line of any bytes")
    for line, found in zip(lines, objects):
        line = line[:-1] if line.endswith(b"\r") else line
        if len(line) <= 255:
            # A reader of UTF-8 replaces maximal parts, we single bytes.
            same = re.sub("\ufffd+", "\ufffd", found["input"]) == re.sub(
                "\ufffd+", "\ufffd", line.decode(errors="replace")
            )
            check(same, f"{line} comes back")
        else:
            check(found["input"].endswith("\u2026"), f"{line} is cut")
        check(("error" in found) != ("candidates" in found), "one of two")


def check_others():
    ranked = run(
        "rank", "-i", "p356.mdb", "--json", "-",
        given="\n".join(f"1-212-356-{i:04}" for i in range(500)).encode(),
    )
    scores = [found["score"] for found in ranked]
    check(len(ranked) == 500, "rank gives every number")
    check(scores == sorted(scores, reverse=True), "best first")
    for found in ranked:
        check(set(found) == NUMBER | CANDIDATE, "keys of rank")
        check_candidate(found, found["suffix"])
    for found in run("top", "-i", "p356.mdb", "--json", "-n", "100"):
        check(set(found) == NUMBER | CANDIDATE, "keys of top")
        check_candidate(found, found["suffix"])
    for number in ("3569377", "1-800-468-5865", "+442072663278"):
        (found,) = run("explain", "--json", number)
        for candidate in found["candidates"]:
            check_candidate(candidate, found["suffix"])
            total = sum(term["hundredths"] for term in candidate["terms"])
            check(total == candidate["hundredths"], "terms add up to S")
            check((total + 5) // 10 == candidate["score"], "score of S")
            check(candidate["penalty"] in (0, -30), "penalty")
    (info,) = run("info", "--json", "-i", "own.mdb")
    check(info["prefix"] == "356" and info["suffixes"] == 10000, "info")
    check([o["kind"] for o in info["overlays"]] == ["words", "block"],
          "overlays")
    check(info["size_bytes"] == (fixtures / "own.mdb").stat().st_size, "size")
    *changes, counts = run("diff", "-q", "--json", "p356.mdb", "own.mdb",
                           codes=(1,))
    check(len(changes) == counts["changed"] + counts["added"]
          + counts["removed"], "diff gives every change")
    check(all(c["old"] != c["new"] for c in changes), "changes are changes")


check_lookup()
check_any_bytes()
check_others()
print("all JSON is as it should be")
