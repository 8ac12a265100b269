"""Signals: the first saves, a later one ends; --resume goes on."""
import json
import re
import signal
import subprocess
import time
from pathlib import Path

import servers
import stub_client
import tables
from tables import check, environment


class Case:
    def __init__(self, server, folder):
        self.server = server
        self.index = tables.build(folder / "p356.mdb", "356")
        self.wanted = tables.expected(self.index, "356")
        self.command = [
            tables.VANITY, "load", "-i", self.index, "--endpoint-url",
            server.url, "--json", "--progress=json", "--table"]

    def load(self, table, *options):
        return subprocess.Popen(
            [*map(str, self.command), table, *options], text=True,
            env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def wait_items(self, table, count, running):
        while len(stub_client.received(self.server, table)) < count:
            check(running.poll() is None, f"ended: {running.poll()}")
            time.sleep(0.02)

    def create(self, table):
        tables.run("table", "create", "--endpoint-url", self.server.url,
                   "--table", table, "-q")


def test_first(case, number):
    table = f"stopped-{number}"
    case.create(table)
    running = case.load(table, "--max-wcu", "2000")
    case.wait_items(table, 1500, running)
    running.send_signal(number)
    out, err = running.communicate(timeout=60)
    check(running.returncode == 128 + number, f"{running.returncode} {err}")
    counts = json.loads(out)
    tables.account(counts)
    check(0 < counts["acknowledged"] < counts["total"], f"half: {counts}")
    check("--resume" in err and " dead + " in err, f"the way on: {err}")
    before = stub_client.received(case.server, table)
    running = case.load(table, "--resume")
    out, err = running.communicate(timeout=120)
    check(running.returncode == 0, f"resume: {running.returncode} {err}")
    counts = json.loads(out)
    tables.account(counts)
    tables.compare(stub_client.items(case.server, table), case.wanted, "all")
    objects = [json.loads(line) for line in err.splitlines()
               if line.startswith("{")]
    bound = objects[0]["resent_bound"]
    check(f"at most {bound:,} are sent again" in err, f"the bound: {err}")
    after = stub_client.received(case.server, table)
    again = sum(1 for key in after
                if key in before and key != "#meta"
                and after[key] > before[key])
    check(again <= bound, f"{again} sent again, {bound} announced")
    for counts in objects:
        tables.account(counts)


def handle(running, number):
    """Sends a signal and waits until it is handled."""
    running.send_signal(number)
    status = Path(f"/proc/{running.pid}/status")
    while running.poll() is None and re.search(
            r"^(SigPnd|ShdPnd):.*[1-9a-f]$", status.read_text(), re.M):
        time.sleep(0.001)


def test_together(case):
    """Two that come together are one wish: what is under way is saved."""
    case.create("together")
    stub_client.control(case.server, latency_s=0.3)
    running = case.load("together", "--max-wcu", "2000")
    case.wait_items("together", 500, running)
    handle(running, signal.SIGTERM)
    handle(running, signal.SIGTERM)
    out, err = running.communicate(timeout=60)
    stub_client.control(case.server, latency_s=0)
    check(running.returncode == 128 + signal.SIGTERM,
          f"{running.returncode} {err}")
    tables.account(json.loads(out))
    check("--resume" in err, f"the way on: {err}")


def test_second(case):
    """The service does not answer: draining takes until a later signal."""
    case.create("hanging")
    stub_client.control(case.server, faults={"hang": 1}, hang_s=60,
                        operations=["BatchWriteItem"])
    running = case.load("hanging")
    case.wait_items("hanging", 50, running)
    running.send_signal(signal.SIGINT)
    time.sleep(1.2)
    check(running.poll() is None, "it waits for what is under way")
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=20)
    check(running.returncode == -signal.SIGTERM, f"{running.returncode}")
    stub_client.control(case.server, faults={})


def test_before(case):
    """Nothing has come back yet: the first signal ends it at once."""
    case.create("silent")
    index, where = case.command[3], case.command[4:6]
    for command in (("load", "--json"), ("check",), ("check", "--full")):
        stub_client.control(case.server, faults={"hang": 1}, hang_s=60,
                            operations=["DescribeTable", "GetItem"])
        before = asked(case)
        running = subprocess.Popen(
            [tables.VANITY, command[0], "-i", index, *where, "--table",
             "silent", *command[1:]], env=environment(),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while asked(case) == before:
            time.sleep(0.02)
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=20)
        check(running.returncode == -signal.SIGTERM,
              f"{command}: {running.returncode}")
    stub_client.control(case.server, faults={})
    check(not stub_client.received(case.server, "silent"), "nothing is sent")
    out, err = case.load("silent").communicate(timeout=120)
    check(json.loads(out)["complete"], f"it is free to begin: {err}")


def asked(case):
    state = json.loads(stub_client.ask(case.server, "/__state"))
    return state["operations"].get("DescribeTable", 0)


def test_ignored(case):
    """Under nohup the end of the terminal is not heard."""
    case.create("nohup")
    old = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    running = case.load("nohup", "--max-wcu", "4000")
    signal.signal(signal.SIGHUP, old)
    case.wait_items("nohup", 500, running)
    running.send_signal(signal.SIGHUP)
    _, err = running.communicate(timeout=60)
    check(running.returncode == 0, f"{running.returncode} {err}")


def main():
    with servers.stub() as server, tables.work_folder() as folder:
        case = Case(server, folder)
        test_first(case, signal.SIGINT)
        test_first(case, signal.SIGTERM)
        test_first(case, signal.SIGHUP)
        test_before(case)
        test_ignored(case)
        test_together(case)
        test_second(case)
    print("all as it should be")


if __name__ == "__main__":
    main()
