"""kill -9 at random moments; --resume goes on within the bound it prints.

Usage: test_load_kill.py ROUNDS
"""
import json
import os
import random
import re
import signal
import subprocess
import sys
import time

import servers
import stub_client
import tables
from tables import check, environment

BOUND = re.compile(r"at most ([0-9,]+) are sent again")
TABLE = "killed"
# Of the 400 requests of a load, a kill waits for up to so many.
REQUESTS = 300


class Case:
    def __init__(self, server, folder, seed):
        self.server = server
        self.index = tables.build(folder / "p356.mdb", "356")
        self.checkpoint = folder / f"p356.mdb.{TABLE}.load"
        self.wanted = tables.expected(self.index, "356")
        self.random = random.Random(seed)
        tables.run("table", "create", "-q", "--endpoint-url", server.url,
                   "--table", TABLE, "--wcu", "12000", "--rcu", "1000")

    def start(self):
        resume = ["--resume"] if self.checkpoint.exists() else []
        return subprocess.Popen(
            [tables.VANITY, "load", "-i", str(self.index), "--no-keep",
             "--endpoint-url", self.server.url, "--table", TABLE, *resume],
            env=environment(), text=True, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE), bool(resume)

    def requests(self):
        state = json.loads(stub_client.ask(self.server, "/__state"))
        return state["operations"].get("BatchWriteItem", 0)

    def wait(self, running):
        """Until some more requests have come, and for a moment."""
        enough = self.requests() + self.random.randrange(REQUESTS)
        while running.poll() is None and self.requests() < enough:
            time.sleep(0.005)
        time.sleep(self.random.uniform(0, 0.02))

    def is_complete(self):
        """Killed on its way out: the state is removed after the last item."""
        return (not self.checkpoint.exists() and
                stub_client.received(self.server, TABLE) != {})

    def run(self, kill):
        """One run; returns the bound that it printed and its exit code."""
        running, resumed = self.start()
        if kill:
            self.wait(running)
            running.send_signal(signal.SIGKILL)
        _, said = running.communicate(timeout=60)
        found = BOUND.search(said)
        # Killed before it could say it, it sent nothing either.
        check(found or not resumed or running.returncode != 0,
              f"no bound: {said}")
        bound = int(found.group(1).replace(",", "")) if found else 0
        return bound, running.returncode, said

    def round(self):
        stub_client.control(self.server, reset=True)
        self.checkpoint.unlink(missing_ok=True)
        bounds = []
        for kill in (True, self.random.random() < 0.5, False):
            bound, code, said = self.run(kill)
            bounds.append(bound)
            check(code in ((0, -signal.SIGKILL) if kill else (0,)),
                  f"exit {code}: {said}")
            if code == 0 or self.is_complete():
                break
        check(not self.checkpoint.exists(), "no checkpoint is left")
        times = stub_client.received(self.server, TABLE)
        times.pop("#meta", None)
        again = sum(times.values()) - len(times)
        check(again <= sum(bounds), f"{again} sent again, bounds {bounds}")
        tables.compare(stub_client.items(self.server, TABLE), self.wanted,
                       "after the kill")
        return again, sum(bounds)


def main():
    rounds = int(sys.argv[1])
    seed = int(os.environ.get("VN_SEED", time.time_ns() % 2 ** 32))
    print(f"VN_SEED={seed}")
    total = bound = 0
    with servers.stub() as server, tables.work_folder() as folder:
        case = Case(server, folder, seed)
        for _ in range(rounds):
            again, allowed = case.round()
            total += again
            bound += allowed
    print(f"{rounds} kills: {total} sent again, at most {bound} told")
    check(total > 0, "no kill met a load at work")


if __name__ == "__main__":
    main()
