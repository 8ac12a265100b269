"""A new index under load: no wrong answer, no lost request, no damaged one.

Usage: test_reload.py VANITY
"""
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

from running import Server, build, check, equal, folder, tool, until

vanity = sys.argv[1]
CLIENTS = 6
ROUNDS = 6
PATHS = ["/vanitynumbers?phonenumber=3569377",
         "/vanitynumbers?phonenumber=3560000", "/map.json", "/top/356.json"]


def answers_of(server):
    return {path: server.get(path)[2] for path in PATHS}


def generation(server):
    return server.json("/healthz")["generation"]


def info(index):
    return json.loads(subprocess.run(
        [vanity, "info", "-i", index, "--json"], capture_output=True,
        check=True).stdout)["generation"]


def publish(index, path):
    """As a build does: beside it, then renamed."""
    shutil.copy(index, f"{path}.new")
    os.rename(f"{path}.new", path)


class Client(threading.Thread):
    """Asks on one connection; every answer is that of one of the indexes."""

    def __init__(self, server, allowed):
        super().__init__()
        self.server, self.allowed = server, allowed
        self.stopping = False
        self.asked = 0
        self.failure = None

    def run(self):
        client = http.client.HTTPConnection("127.0.0.1", self.server.port,
                                            timeout=30)
        try:
            while not self.stopping:
                path = PATHS[self.asked % len(PATHS)]
                client.request("GET", path)
                answer = client.getresponse()
                body = answer.read()
                if answer.status != 200 or body not in self.allowed[path]:
                    self.failure = f"{path}: {answer.status} {body[:200]!r}"
                    return
                self.asked += 1
        except (OSError, http.client.HTTPException) as error:
            self.failure = f"after {self.asked}: {error!r}"
        finally:
            client.close()


def check_under_load(place):
    words = place / "words"
    words.write_text("zyxtel\t700\nflowers\t-900\n")
    build(vanity, place / "a.mdb", "--prefix", "356")
    build(vanity, place / "b.mdb", "--prefix", "356", "--words", words)
    path = place / "used.mdb"
    publish(place / "a.mdb", path)
    with Server(vanity, path, "-q") as server:
        first = answers_of(server)
        publish(place / "b.mdb", path)
        until(lambda: generation(server) == info(place / "b.mdb"),
              "a new index is taken by itself")
        second = answers_of(server)
        for asked in PATHS:
            check(first[asked] != second[asked] or "0000" in asked,
                  f"both indexes answer {asked} alike")
        allowed = {asked: {first[asked], second[asked]} for asked in PATHS}
        clients = [Client(server, allowed) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        for i in range(ROUNDS):
            name = "ab"[i % 2]
            publish(place / f"{name}.mdb", path)
            server.process.send_signal(signal.SIGHUP)
            until(lambda: generation(server) == info(place / f"{name}.mdb"),
                  "a new index is taken on SIGHUP")
            time.sleep(0.05)
        for client in clients:
            client.stopping = True
        for client in clients:
            client.join()
            equal(client.failure, None, "a client")
            check(client.asked > ROUNDS, f"only {client.asked} answers")
        equal(server.metric("vanity_index_reloads_total"), ROUNDS + 1.0,
              "reloads")
        equal(server.said(), "", "quiet")


def check_wrk(place):
    """wrk, which counts lost requests, sees none either."""
    path = place / "used.mdb"
    with Server(vanity, path) as server:
        load = subprocess.Popen(
            [tool("wrk"), "-t", "1", "-c", "32", "-d", "3s",
             server.url + PATHS[0][1:]], stdout=subprocess.PIPE, text=True)
        for i in range(3):
            time.sleep(0.5)
            publish(place / f"{'ab'[i % 2]}.mdb", path)
            server.process.send_signal(signal.SIGHUP)
        report = load.communicate()[0]
        check("Non-2xx" not in report and "Socket errors" not in report,
              report)
        check("took the index of generation" in server.said(), "no word of it")


def check_damage(place):
    """A damaged, cut, foreign or missing file changes nothing."""
    path = place / "used.mdb"
    publish(place / "a.mdb", path)
    good = (place / "a.mdb").read_bytes()
    damaged = bytearray(good)
    damaged[len(good) // 2] ^= 1
    with Server(vanity, path) as server:
        before = answers_of(server)
        refused = 0
        for name, data in (("damaged", bytes(damaged)),
                           ("cut", good[:len(good) // 2]),
                           ("foreign", b"hello\n"), ("empty", b""),
                           ("missing", None)):
            if data is None:
                path.unlink()
            else:
                (place / "bad").write_bytes(data)
                os.rename(place / "bad", path)
            refused += 1
            until(lambda: server.metric(
                "vanity_index_reload_failures_total") == refused,
                f"{name} is refused, once")
            equal(answers_of(server), before, f"answers, {name}")
            equal(server.json("/healthz")["status"], "stale", name)
        time.sleep(1.5)
        said = server.said().splitlines()
        equal(len(said), refused, f"one line each: {said}")
        for line in said:
            check(line.endswith("; the index in use stays"), line)
        publish(place / "b.mdb", path)
        until(lambda: generation(server) == info(place / "b.mdb"),
              "a good one is taken again")
        equal(server.json("/healthz")["status"], "ok", "after all")


def check_in_place(place):
    """A file that is cut while it is in use ends the server, with a line."""
    path = place / "cut.mdb"
    publish(place / "a.mdb", path)
    with Server(vanity, path, "--no-log", "-q") as server:
        os.truncate(path, 0)
        try:
            for i in range(100):
                server.get(f"/vanitynumbers?phonenumber=356{i * 97:04}")
        except (OSError, http.client.HTTPException):
            pass
        equal(server.process.wait(30), 3, f"exit code ({server.said()})")
        # Before it there may be the refusal of what is at the path now.
        equal(server.said().splitlines()[-1:],
              ["vanity serve: a file in use was cut or written over; put a new "
               f"index at '{path}' by renaming, as 'vanity build' does"],
              "the last line")


def open_files(server):
    folder_of = f"/proc/{server.process.pid}/fd"
    return sum("used.mdb" in os.readlink(f"{folder_of}/{name}")
               for name in os.listdir(folder_of))


def maps(server):
    with open(f"/proc/{server.process.pid}/maps", encoding="ascii") as file:
        return sum("used.mdb" in line for line in file)


def check_nothing_is_kept(place):
    """Old indexes are closed: neither files nor maps pile up."""
    path = place / "used.mdb"
    with Server(vanity, path, "-q") as server:
        server.json("/top/356.json")
        files, mapped = open_files(server), maps(server)
        check(files > 0 and mapped > 0, "the index is open")
        for i in range(5):
            publish(place / f"{'ab'[i % 2]}.mdb", path)
            server.process.send_signal(signal.SIGHUP)
            until(lambda: server.metric("vanity_index_reloads_total") == i + 1,
                  "reloads")
        until(lambda: maps(server) == mapped, "old maps are gone")
        until(lambda: open_files(server) == files, "old files are gone")


with folder() as here:
    check_under_load(here)
    check_wrk(here)
    check_damage(here)
    check_in_place(here)
    check_nothing_is_kept(here)
print("ok")
