"""A hundred thousand items with 30 % faults of all kinds: nothing is lost.

Usage: test_load_faults.py
"""
import json
import subprocess

import servers
import stub_client
import tables
from tables import check, environment, run, run_json

# 30 % of all requests.
FAULTS = {
    "throttle_provisioned": 0.03, "throttle_request": 0.03,
    "unprocessed_some": 0.03, "unprocessed_all": 0.02, "error_500": 0.03,
    "error_503": 0.02, "reset_before": 0.02, "reset_after": 0.02,
    "close_after": 0.02, "truncated": 0.02, "wrong_crc": 0.02,
    "hang": 0.002, "slow": 0.018, "expired": 0.01, "skewed": 0.005,
    "redirect": 0.005, "reordered": 0.02,
}
POISON = ["3560236", "3569377", "3564663"]


def create(server, table):
    # What is provisioned is the rate that a load begins with.
    run("table", "create", "-q", "--endpoint-url", server.url, "--table",
        table, "--wcu", "200000", "--rcu", "1000")
    return ("--endpoint-url", server.url, "--table", table)


def sent(server, table):
    return {key: times for key, times in
            stub_client.received(server, table).items() if key != "#meta"}


def test_faults(server, folder):
    index = tables.build(folder / "p35.mdb", "35")
    wanted = tables.expected(index, "35")
    check(len(wanted) > 95000, f"{len(wanted)} items")
    where = create(server, "faults")
    stub_client.control(server, faults=FAULTS, hang_s=4, seed=1,
                        operations=["BatchWriteItem"])
    _, counts = run_json("load", "-i", index, *where)
    stub_client.control(server, faults={}, clock_s=0)
    tables.account(counts)
    check(counts["acknowledged"] == counts["total"] == len(wanted)
          and counts["dead"] == 0, f"all are acknowledged: {counts}")
    tables.compare(stub_client.items(server, "faults"), wanted, "faults")
    check(counts["crc_failures"] > 0 and counts["unprocessed"] > 0
          and counts["throttled"] > 0 and counts["failed"] > 0,
          f"faults were met: {counts}")
    state = json.loads(stub_client.ask(server, "/__state"))
    check("followed" not in state["counts"], "no redirect is followed")
    check(counts["attempts"] <= 1.6 * len(wanted), f"attempts: {counts}")


def test_poison(server, folder):
    index = tables.build(folder / "p356.mdb", "356")
    wanted = tables.expected(index, "356")
    poison = [key for key in POISON if key in wanted]
    check(len(poison) == 3, "the poison has candidates")
    where = create(server, "poison")
    stub_client.control(server, poison=poison)
    done = run("load", "-i", index, *where, "--json", code=1)
    check("ValidationException" in done.stderr,
          f"one is too many: {done.stderr}")
    counts = json.loads(done.stdout)
    tables.account(counts)
    check(counts["dead"] >= 1, f"{counts}")
    done = run("load", "-i", index, *where, "--json", "--max-bad", "3",
               "--restart", code=1)
    counts = json.loads(done.stdout)
    tables.account(counts)
    check(counts["dead"] == 3
          and counts["acknowledged"] == len(wanted) - 3, f"{counts}")
    lines = [json.loads(line) for line in
             (folder / "p356.mdb.poison.load.dead").read_text().splitlines()]
    check(sorted(line["suffix"] for line in lines) == sorted(poison),
          f"the dead: {lines}")
    for line in lines:
        check(line["error"] == "ValidationException"
              and line["operation"] == "put" and line["message"]
              and line["item"] == wanted[line["suffix"]], f"{line}")
    rest = {key: wanted[key] for key in wanted.keys() - set(poison)}
    tables.compare(stub_client.items(server, "poison"), rest, "the rest")
    stub_client.control(server, poison=[])


def test_poison_among_faults(server, folder):
    index = folder / "p356.mdb"
    wanted = tables.expected(index, "356")
    where = create(server, "both")
    stub_client.control(server, poison=POISON, faults=FAULTS, hang_s=2,
                        seed=2)
    done = run("load", "-i", index, *where, "--json", "--max-bad", "3",
               code=1)
    stub_client.control(server, poison=[], faults={}, clock_s=0)
    counts = json.loads(done.stdout)
    tables.account(counts)
    check(counts["dead"] == 3, f"{counts}")
    rest = {key: wanted[key] for key in wanted.keys() - set(POISON)}
    tables.compare(stub_client.items(server, "both"), rest, "the rest")


def test_stall(server, folder):
    index = folder / "p356.mdb"
    where = create(server, "stall")
    stub_client.control(server, faults={"throttle_request": 1.0},
                        operations=["BatchWriteItem"])
    done = run("load", "-i", index, *where, "--json", "--stall", "2",
               code=75)
    check("nothing was acknowledged" in done.stderr, done.stderr)
    tables.account(json.loads(done.stdout))
    stub_client.control(server, faults={})
    _, counts = run_json("load", "-i", index, *where, "--resume")
    tables.account(counts)
    tables.compare(stub_client.items(server, "stall"),
                   tables.expected(index, "356"), "after the stall")


def test_cap(server, folder):
    """A limit of the account is told as what holds the load back."""
    where = create(server, "capped")
    stub_client.control(server, faults={"throttle_request": 0.1}, seed=4,
                        reason="TableWriteAccountLimitExceeded",
                        operations=["BatchWriteItem"])
    _, counts = run_json("load", "-i", folder / "p356.mdb", *where)
    stub_client.control(server, faults={},
                        reason="TableWriteProvisionedThroughputExceeded")
    check(counts["rate_source"] == "account limit"
          and counts["rate_limit"] < 200000, f"{counts}")


def test_permission(server, folder):
    """Nothing is written: the checkpoint waits for the permission."""
    index = folder / "p356.mdb"
    where = create(server, "denied")
    stub_client.control(server, denied=["BatchWriteItem"])
    done = run("load", "-i", index, *where, code=2)
    check("AccessDeniedException" in done.stderr, done.stderr)
    stub_client.control(server, denied=[])
    run("load", "-q", "-i", index, *where, "--resume")
    tables.compare(stub_client.items(server, "denied"),
                   tables.expected(index, "356"), "with the permission")


def test_two_at_once(server, folder):
    index = folder / "p356.mdb"
    where = create(server, "twice")
    command = [tables.VANITY, "load", "-q", "-i", index, *where]
    first = subprocess.Popen([*map(str, command), "--max-wcu", "4000"],
                             env=environment(), stderr=subprocess.DEVNULL)
    while not sent(server, "twice"):
        check(first.poll() is None, "the first load runs")
    for option in ("--resume", "--restart"):
        done = run(*command[1:], option, code=2)
        check("another load holds" in done.stderr, done.stderr)
    check(first.wait(60) == 0, "the first load ends well")
    tables.compare(stub_client.items(server, "twice"),
                   tables.expected(index, "356"), "the first load")


def test_since(server, folder):
    """Sends as many as differ, and only onto a table that holds the old."""
    # A single letter spells suffixes that nothing else can.
    old = tables.build(folder / "old.mdb", "100", words="d\t-100\n")
    new = tables.build(folder / "new.mdb", "100", words="y\t-100\n")
    where = create(server, "since")
    run("load", "-q", "-i", old, *where)
    before = tables.expected(old, "100")
    after = tables.expected(new, "100")
    keys = before.keys() | after.keys()
    changed = {key for key in keys if before.get(key) != after.get(key)}
    gone = before.keys() - after.keys()
    check(gone, "some vanish")
    once = sent(server, "since")
    run("load", "-i", old, f"--since={new}", *where, code=2)
    _, counts = run_json("load", "-i", new, f"--since={old}", *where)
    tables.account(counts)
    check(counts["acknowledged"] == counts["attempts"] == len(changed)
          and counts["deletes"] == len(gone), f"{counts} {len(changed)}")
    twice = sent(server, "since")
    resent = {key for key in twice if twice[key] != once.get(key, 0)}
    check(resent == changed, "only what differs was sent")
    tables.compare(stub_client.items(server, "since"), after, "since")
    done = run("load", "-i", new, f"--since={old}", *where, code=2)
    generations = [run_json("info", "-i", index)[1]["generation"]
                   for index in (old, new)]
    check(all(name in done.stderr for name in generations), done.stderr)
    run("load", "-q", "-i", new, f"--since={old}", "--force", *where)
    # A whole load onto a loaded table deletes what has no candidate.
    run("load", "-q", "-i", old, *where)
    tables.compare(stub_client.items(server, "since"), before, "back")


def main():
    with servers.stub() as server, tables.work_folder() as folder:
        test_faults(server, folder)
        test_poison(server, folder)
        test_poison_among_faults(server, folder)
        test_stall(server, folder)
        test_cap(server, folder)
        test_permission(server, folder)
        test_two_at_once(server, folder)
        test_since(server, folder)


if __name__ == "__main__":
    main()
