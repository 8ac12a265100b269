"""The log of calls: what is kept, what is shown, and after a kill.

Usage: test_calls.py VANITY INDEX-OF-356
"""
import json
import os
import re
import stat
import subprocess
import sys

from running import Server, build, check, equal, folder, until

vanity, index = sys.argv[1:3]
ENTRY = ["time", "number", "VanityNumber1", "VanityNumber2", "VanityNumber3"]


def call(server, number, headers=None, status=200):
    found = server.get(f"/vanitynumbers?phonenumber={number}&caller=1",
                       headers=headers)
    equal(found[0], status, number)


def written(server, count):
    until(lambda: server.metric("vanity_calls_written_total") == count,
          f"{count} calls are written")


def numbers(server):
    return [entry["number"] for entry in server.json("/callers")["callers"]]


def check_shown(place):
    log = place / "log"
    with Server(vanity, index, "--log", log) as server:
        equal(server.json("/callers"), {"callers": []}, "none yet")
        server.json("/vanitynumbers?phonenumber=3569377")
        server.json("/vanitynumbers?phonenumber=3569377&caller=0")
        call(server, "12", status=400)
        equal(numbers(server), [], "only caller=1 is kept")
        call(server, "12063569377", {"Sec-Fetch-Site": "cross-site"}, 403)
        equal(numbers(server), [], "nothing from other sites")
        call(server, "12063569377", {"Sec-Fetch-Site": "same-origin"})
        call(server, "3569377")
        call(server, "%2B442073569377")
        shown = server.json("/callers")["callers"]
        equal([entry["number"] for entry in shown],
              ["+**********77", "*****77", "+*********77"], "masked")
        equal(list(shown[0]), ENTRY, "keys")
        equal(shown[2]["VanityNumber1"], "1-206-FLOWERS", "spelling")
        for entry in shown:
            check(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
                               entry["time"]), f"time: {entry}")
        for digit in range(10, 17):
            call(server, f"12063560{digit}0")
        equal(numbers(server), ["+*********60", "+*********50",
                                "+*********40", "+*********30",
                                "+*********20"], "the last five")
        written(server, 10)
        equal(stat.S_IMODE(os.stat(log).st_mode), 0o600, "mode of the log")


def check_kill(place):
    """Calls that were written survive kill -9; the log goes on."""
    log = place / "killed"
    for i in range(4):
        with Server(vanity, index, "--log", log) as server:
            equal(len(numbers(server)), min(5, i * 3), "after the kill")
            for k in range(3):
                call(server, f"120635610{i}{k}")
            written(server, 3)
            server.kill()
    with Server(vanity, index, "--log", log) as server:
        equal(numbers(server)[0], "+*********32", "the last one")
        # Killed in the middle of writing: the log is what it was, or more.
        for k in range(200):
            call(server, f"12063562{k:03}")
        server.kill()
    with Server(vanity, index, "--log", log) as server:
        equal(len(numbers(server)), 5, "after the last kill")
        call(server, "12063569377")
        written(server, 1)


def check_kept(place):
    """Old calls are deleted, so the file stops growing."""
    log = place / "kept"
    with Server(vanity, index, "--log", log, "--keep", "20") as server:
        for k in range(300):
            call(server, f"12063562{k:03}")
        written(server, 300)
    stored = subprocess.run(["mdb_stat", "-n", "-s", "calls", log],
                            capture_output=True, text=True, check=True).stdout
    check("Entries: 20\n" in stored, stored)
    check(log.stat().st_size < 200_000, f"{log.stat().st_size} bytes")
    with Server(vanity, index, "--log", log, "--keep", "3") as server:
        equal(len(numbers(server)), 5, "more than is kept from now on")
        call(server, "12063569377")
        written(server, 1)
    with Server(vanity, index, "--log", log) as server:
        equal(len(numbers(server)), 3, "fewer are kept")


def check_places(place):
    """Beside the index where nothing is named; nowhere with --no-log."""
    build(vanity, place / "p.mdb", "--prefix", "3569")
    with Server(vanity, place / "p.mdb", "--no-log") as server:
        call(server, "3569377")
        server.json("/callers", 404)
    equal(sorted(os.listdir(place)), ["p.mdb"], "files with --no-log")
    with Server(vanity, place / "p.mdb") as server:
        call(server, "3569377")
        equal(numbers(server), ["*****77"], "beside the index")
    check((place / "p.mdb.calls").exists(), "no log beside the index")


def check_disk(place):
    """A log that cannot grow is told of; look-ups go on."""
    log = place / "full"
    limited = place / "limited"
    limited.write_text(f"#!/bin/sh\nulimit -f 24\nexec '{vanity}' \"$@\"\n")
    limited.chmod(0o755)
    with Server(limited, index, "--log", log, "--keep", "100000") as server:
        for k in range(1000):
            call(server, f"1206356{k:04}")
        until(lambda: server.metric("vanity_calls_dropped_total") > 0,
              "calls are dropped")
        until(lambda: "calls are lost" in server.said(), "a word of it")
        call(server, "12063569377")
        equal(numbers(server)[0], "+*********77", "still shown")


def refused(log, *options):
    """What a server says that does not start: one line, exit code 2."""
    done = subprocess.run([vanity, "serve", "-i", index, "--listen",
                           "127.0.0.1:0", "--log", log, *options],
                          capture_output=True, text=True)
    equal((done.returncode, done.stdout), (2, ""), f"{log}: {done.stderr}")
    equal(done.stderr.count("\n"), 1, f"one line: {done.stderr}")
    return done.stderr


def check_damage(place):
    """A log that is cut, damaged or something else is named, not used."""
    good = place / "good"
    with Server(vanity, index, "--log", good) as server:
        for k in range(100):
            call(server, f"12063562{k:03}")
        written(server, 100)
    whole = good.read_bytes()
    pages = len(whole) // 4096

    def damaged(page, first=0, last=4096):
        data = bytearray(whole)
        for at in range(page * 4096 + first, page * 4096 + last):
            data[at] ^= 0xa5
        return bytes(data)

    # The first two pages are liblmdb's heads: the other one is then used.
    bad = {"cut": whole[:6000], "cut short": whole[:100],
           "foreign": b"hello\n", "zeros": bytes(65536),
           "all pages": whole[:8192] + bytes(len(whole) - 8192),
           "heads": bytes(8192) + whole[8192:]}
    for name, data in bad.items():
        log = place / "bad"
        log.write_bytes(data)
        check("is no log of calls, or damaged" in refused(log), name)
        equal(log.read_bytes(), data, f"{name}: bytes of the refused file")
    for page in range(2, pages):
        for part in ((0, 4096), (10, 16), (16, 40), (4000, 4096)):
            log = place / f"page{page}-{part[0]}"
            log.write_bytes(damaged(page, *part))
            # Where the page is in use or not: a line, never a fault.
            refused(log, "--listen", "nowhere")


def check_foreign(place):
    """No file of something else becomes a log, the index least of all."""
    build(vanity, place / "i.mdb", "--prefix", "3569")
    before = (place / "i.mdb").read_bytes()
    check("is no log of calls" in refused(place / "i.mdb"), "another index")
    equal((place / "i.mdb").read_bytes(), before, "bytes of the index")
    check("Is a directory" in refused(place), "a folder")
    check("--no-log" in refused("/dev/null"), "a device")
    check("No such file" in refused(place / "none" / "log"), "no folder")
    check(not os.path.exists("/dev/null-lock"), "locks beside a device")


def check_access_log(place):
    """One object an answer, without number or address."""
    log = place / "access"
    with Server(vanity, index, "--no-log", "--access-log", log) as server:
        server.get("/vanitynumbers?phonenumber=3569377")
        server.get("/vanitynumbers?phonenumber=12", "HEAD")
        server.get("/none?secret=1", "BREW")
        until(lambda: log.exists() and log.read_text().count("\n") == 3,
              "three lines")
    # Written when an answer is sent, by the thread that sent it: in any order.
    lines = sorted((json.loads(line) for line in log.read_text().splitlines()),
                   key=lambda line: line["method"])
    equal([(line["method"], line["route"], line["status"]) for line in lines],
          [("GET", "vanitynumbers", 200), ("HEAD", "vanitynumbers", 400),
           ("other", "other", 405)], "lines")
    equal(list(lines[0]), ["time", "method", "route", "status", "bytes", "us"],
          "keys")
    check(lines[0]["bytes"] > 100 and lines[1]["bytes"] == 0, "bytes")
    for secret in ("3569377", "127.0.0.1", "secret", "BREW"):
        check(secret not in log.read_text(), f"the access log has {secret}")


for test in (check_shown, check_kill, check_kept, check_places, check_disk,
             check_damage, check_foreign, check_access_log):
    with folder() as here:
        test(here)
print("ok")
