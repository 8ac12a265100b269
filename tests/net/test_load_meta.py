"""What #meta says is so: of parts, exports, repairs and refused items.

Usage: test_load_meta.py
"""
import json
import os
import signal
import subprocess
import time

import servers
import stub_client
import tables
from tables import check, run, run_json


class Case:
    def __init__(self, server, folder):
        self.server, self.folder = server, folder
        # A single letter spells suffixes that nothing else can.
        self.old = tables.build(folder / "old.mdb", "100", words="d\t-100\n")
        self.new = tables.build(folder / "new.mdb", "100", words="y\t-100\n")
        self.generations = [run_json("info", "-i", index)[1]["generation"]
                            for index in (self.old, self.new)]

    def create(self, table):
        where = ("--endpoint-url", self.server.url, "--table", table)
        # What is provisioned is the rate that a load begins with.
        run("table", "create", "-q", *where, "--wcu", "200000", "--rcu",
            "1000")
        return where

    def export(self, index, *options):
        out = self.folder / f"export-{index.stem}{len(options)}"
        run("export", "-q", "-i", index, "-o", out, *options)
        return out

    def state(self, where):
        _, told = run_json("table", "describe", *where)
        return told["state"], told.get("generation"), told.get("previous")


def test_parts(case):
    """A part of another generation is refused, or leaves the table loading."""
    old, new = case.generations
    where = case.create("parts")
    run("load", "-q", "-i", case.old, *where)
    before = case.state(where)
    check(before[:2] == ("complete", old), f"{before}")
    exported = case.export(case.new, "--prefix", "1001")
    for source in (("-i", case.new, "--prefix", "1001"),
                   ("--from-export", exported)):
        done = run("load", *source, *where, code=2)
        check(old in done.stderr and new in done.stderr
              and "--force" in done.stderr, done.stderr)
        check(case.state(where) == before, "nothing was written")
    done = run("load", "-i", case.old, "--prefix", "1001", *where)
    check("half loaded" not in done.stderr, done.stderr)
    check(case.state(where) == before, "a part of the same is welcome")
    done = run("load", "-i", case.new, "--prefix", "1001", "--force", *where)
    check("more than one generation" in done.stderr, done.stderr)
    check(case.state(where) == ("loading", new, "f" * 16), "and is no more")
    for since in (case.old, case.new):
        run("load", "-i", case.new, f"--since={since}", *where, code=2)
    run("load", "-i", case.new, f"--since={case.old}", "--restart", *where,
        code=2)
    done = run("load", "-i", case.new, "--prefix", "1001", *where)
    check("still half loaded" in done.stderr, done.stderr)
    run("load", "-q", "-i", case.new, *where)
    check(case.state(where)[:2] == ("complete", new), "all of it is")
    tables.compare(stub_client.items(case.server, "parts"),
                   tables.expected(case.new, "100"), "all of it")


def test_since(case):
    """What changed, forced into a table of something else, is not all."""
    old, new = case.generations
    where = case.create("forced")
    kept = case.folder / "new.mdb.loaded-forced"
    since = ("load", "-i", case.new, f"--since={case.old}", *where)
    done = run(*since, code=2)
    check("is without #meta, but" in done.stderr and old in done.stderr,
          done.stderr)
    done = run(*since, "--force")
    check("more than one generation" in done.stderr, done.stderr)
    check(case.state(where) == ("loading", new, "f" * 16), "it is mixed")
    check(not kept.exists(), "and nothing is kept")
    run(*since, code=2)
    run("load", "-q", "-i", case.old, *where)
    run(*since, "--force")
    check(case.state(where) == ("complete", new, old), "what fits is complete")
    check(kept.exists(), "and kept")


def test_export(case):
    """An export deletes nothing: what was there before may be left."""
    old, new = case.generations
    where = case.create("exports")
    exported = case.export(case.new)
    run("load", "-q", "-i", case.old, *where)
    done = run("load", "--from-export", exported, *where)
    check("--full --repair" in done.stderr, done.stderr)
    check(case.state(where) == ("loading", new, old), "it is not complete")
    run("load", "-i", case.old, f"--since={case.new}", *where, code=2)
    done = run("check", "--full", "--repair", "-i", case.new, *where)
    check(" 0 repaired" not in done.stderr, done.stderr)
    check(case.state(where)[:2] == ("complete", new), "now it is")
    tables.compare(stub_client.items(case.server, "exports"),
                   tables.expected(case.new, "100"), "repaired")
    run("load", "-q", "--from-export", exported, *where)
    check(case.state(where)[:2] == ("complete", new), "the same again is")


def test_found(case):
    """A table with items but no #meta: all that may be too much goes."""
    old, new = case.generations
    wanted = tables.expected(case.new, "100")
    gone = tables.expected(case.old, "100").keys() - wanted.keys()
    where = case.create("found")
    # Both parts fit a table without #meta, which says nothing of them.
    run("load", "-q", "-i", case.old, "--prefix", "1001", *where)
    run("load", "-q", "-i", case.old, "--prefix", "100", *where)
    check(case.state(where)[0] is None, f"{case.state(where)}")
    stub_client.control(case.server, denied=["BatchWriteItem"])
    done = run("load", "-i", case.new, *where, code=2)
    check("not empty and has no #meta" in done.stderr, done.stderr)
    check(case.state(where) == ("loading", new, "f" * 16), "it is mixed")
    stub_client.control(case.server, denied=[])
    _, counts = run_json("load", "-i", case.new, *where, "--resume")
    check(counts["deletes"] >= len(gone) > 0, f"{counts}, {len(gone)} gone")
    check(case.state(where)[:2] == ("complete", new), "and it is complete")
    tables.compare(stub_client.items(case.server, "found"), wanted, "exact")
    run("check", "--full", "-i", case.new, *where)


def test_foreign(case):
    """Keys that are no suffixes are told and left alone."""
    _, new = case.generations
    wanted = tables.expected(case.new, "100")
    where = case.create("foreign")
    tables.client(case.server.url).put_item(
        TableName="foreign", Item={"suffix": {"S": "100-office\x1b"}})
    tables.client(case.server.url).put_item(
        TableName="foreign", Item={"suffix": {"S": "elsewhere"}})
    done = run("load", "-i", case.new, *where)
    check("left alone" in done.stderr, done.stderr)
    check(case.state(where)[:2] == ("complete", new), "it is complete")
    for repair in ((), ("--repair",)):
        done = run("check", "--full", "-i", case.new, *where, *repair, code=1)
        check(done.stdout == "100-office?\ttoo much, left alone\n",
              done.stdout)
        check("1 too much" in done.stderr and "left alone" in done.stderr,
              done.stderr)
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [tables.VANITY, "check", "--full", "-i", case.new, *where],
        env=tables.environment(), stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    check(done.returncode == 1, f"nobody reads: {done}")
    lines, counts = run_json("check", "--full", "-i", case.new, *where, code=1)
    check(lines == [{"key": "100-office\x1b",
                     "what": "too much, left alone"}], f"{lines}")
    check(counts["surplus"] == counts["foreign"] == 1, f"{counts}")
    check(len(stub_client.items(case.server, "foreign")) == len(wanted) + 3,
          "nothing of others is gone")


def test_found_by_export(case):
    _, new = case.generations
    where = case.create("guests")
    run("load", "-q", "-i", case.old, "--prefix", "1001", *where)
    done = run("load", "--from-export", case.export(case.new), *where)
    check("--full --repair" in done.stderr, done.stderr)
    check(case.state(where) == ("loading", new, "f" * 16), "not complete")
    run("check", "--full", "--repair", "-i", case.new, *where)
    check(case.state(where)[:2] == ("complete", new), "now it is")


def last_sent(wanted):
    """The first suffix of the block that a load of these sends last."""
    blocks = [f"{i * 61803 % 100000:05}" for i in range(100000)]
    have = {suffix[:5] for suffix in wanted}
    last = [block for block in blocks if block in have][-1]
    return min(suffix for suffix in wanted if suffix.startswith(last))


def test_overtaken(case):
    """A load that was stopped does not go on over another one."""
    old, new = case.generations
    where = case.create("overtaken")
    state = case.folder / "stopped"
    wanted = tables.expected(case.old, "100")
    run("load", "-q", "-i", case.new, *where)
    stub_client.control(case.server, poison=[last_sent(wanted)])
    run("load", "-i", case.old, *where, "--checkpoint", state, code=1)
    stub_client.control(case.server, poison=[], denied=["BatchWriteItem"])
    check(case.state(where) == ("loading", old, new), "it was stopped")
    run("load", "-i", case.new, *where, code=2)
    stub_client.control(case.server, denied=[])
    check(case.state(where) == ("loading", new, "f" * 16), "two were begun")
    done = run("load", "-i", case.old, *where, "--checkpoint", state,
               "--resume", code=2)
    check(old in done.stderr and new in done.stderr
          and "--restart" in done.stderr, done.stderr)
    run("load", "-q", "-i", case.old, *where, "--checkpoint", state,
        "--restart")
    check(case.state(where)[:2] == ("complete", old), "the last one is")
    tables.compare(stub_client.items(case.server, "overtaken"), wanted,
                   "all is the last one's")


def begin(case, index, where, *options):
    """A load that has begun, and pauses until end() is called."""
    before = sum(stub_client.received(case.server, where[-1]).values())
    running = subprocess.Popen(
        [tables.VANITY, "load", "-q", "-i", index, *where, "--max-wcu", "4000",
         *options], env=tables.environment(), stderr=subprocess.PIPE,
        text=True)
    # One of these is "#meta".
    while sum(stub_client.received(case.server, where[-1]).values()) < \
            before + 2:
        check(running.poll() is None, f"it has begun: {running.poll()}")
        time.sleep(0.02)
    running.send_signal(signal.SIGSTOP)
    return running


def end(running):
    """Exit code and messages of what goes on now."""
    check(running.poll() is None, "it was at work")
    running.send_signal(signal.SIGCONT)
    err = running.communicate(timeout=60)[1]
    return running.returncode, err


def test_overlap(case):
    """Of two loads at once none says that the table is complete."""
    old, new = case.generations
    where = case.create("overlap")
    slow = begin(case, case.old, where)
    run("load", "-q", "-i", case.new, *where)
    code, err = end(slow)
    check(code == 2 and "another load" in err and "--restart" in err,
          f"{code} {err}")
    check(case.state(where) == ("loading", "f" * 16, "f" * 16), "mixed")
    done = run("load", "-i", case.old, *where, "--resume", code=2)
    check("overtaken" in done.stderr and "--restart" in done.stderr,
          done.stderr)
    run("load", "-q", "-i", case.old, *where, "--restart")
    check(case.state(where)[:2] == ("complete", old), "one alone is")
    slow = begin(case, case.new, where)
    part = run("load", "-i", case.old, "--prefix", "1001", *where, code=2)
    check(new in part.stderr, part.stderr)
    check(end(slow)[0] == 0, "nothing else was written")
    check(case.state(where)[:2] == ("complete", new), "a part was refused")
    slow = begin(case, case.new, where, "--prefix", "10")
    run("load", "-q", "-i", case.old, *where)
    code, err = end(slow)
    check(code == 2 and "another load" in err, f"a part: {code} {err}")
    check(case.state(where)[:2] == ("loading", "f" * 16), "mixed by a part")


def test_same(case):
    """Two loads of one index at once: the table is as both say."""
    _, new = case.generations
    where = case.create("same")
    slow = begin(case, case.new, where, "--no-keep")
    run("load", "-q", "-i", case.new, *where, "--checkpoint",
        case.folder / "other.load", "--no-keep")
    check(case.state(where)[:2] == ("complete", new), "the fast one is")
    code, err = end(slow)
    check(code == 0, f"{code} {err}")
    check(case.state(where)[:2] == ("complete", new), "the slow one, too")


def test_repair_overlap(case):
    """A repair does not end what a load has begun."""
    old, _ = case.generations
    where = case.create("mended")
    run("load", "-q", "-i", case.old, *where)
    slow = subprocess.Popen(
        [tables.VANITY, "check", "-q", "-i", case.new, *where, "--full",
         "--repair", "--max-wcu", "400"], env=tables.environment(),
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    while case.state(where)[0] != "loading":
        check(slow.poll() is None, f"it has begun: {slow.poll()}")
    slow.send_signal(signal.SIGSTOP)
    run("load", "-q", "-i", case.old, *where)
    check(case.state(where)[:2] == ("complete", old), "the load is done")
    code, err = end(slow)
    check(code == 2 and "another load" in err, f"a repair: {code} {err}")
    check(case.state(where)[:2] == ("loading", "f" * 16), "it is mixed")


def test_refused(case):
    """A load with refused items is not complete; --resume makes it so."""
    wanted = tables.expected(case.new, "100")
    poison = sorted(wanted)[10:13]
    where = case.create("refused")
    stub_client.control(case.server, poison=poison)
    done = run("load", "-i", case.new, *where, "--json", "--max-bad", "3",
               code=1)
    counts = json.loads(done.stdout)
    check(counts["dead"] == 3 and counts["complete"] is False, f"{counts}")
    check("--resume --max-bad 3" in done.stderr, done.stderr)
    check(case.state(where)[0] == "loading", "it is not complete")
    letters = case.folder / "new.mdb.refused.load.dead"
    check(len(letters.read_text().splitlines()) == 3, "three letters")
    # They stay where nothing was sent again, and where another load ends well.
    stub_client.control(case.server, denied=["BatchWriteItem"])
    run("load", "-i", case.new, *where, "--resume", "--max-bad", "3", code=2)
    stub_client.control(case.server, denied=[], poison=[])
    run("load", "-q", "-i", case.new, *case.create("others"),
        "--dead-letters", letters, "--no-keep")
    check(len(letters.read_text().splitlines()) == 3, "they are still there")
    stub_client.control(case.server, poison=poison[:1])
    done = run("load", "-i", case.new, *where, "--json", "--resume",
               "--max-bad", "1", code=1)
    counts = json.loads(done.stdout)
    tables.account(counts)
    check(counts["dead"] == 1 and counts["attempts"] < 1000, f"{counts}")
    check("1 item is refused" in done.stderr, done.stderr)
    check(len(letters.read_text().splitlines()) == 1, "one letter is left")
    done = run("load", "-i", case.new, *where, "--resume", code=1)
    check("refused: 1, more than --max-bad 0" in done.stderr, done.stderr)
    stub_client.control(case.server, poison=[])
    _, counts = run_json("load", "-i", case.new, *where, "--resume")
    check(counts["complete"] is True and counts["dead"] == 0
          and counts["acknowledged"] == len(wanted), f"{counts}")
    check(case.state(where)[0] == "complete" and not letters.exists(),
          "nothing is left to do")
    tables.compare(stub_client.items(case.server, "refused"), wanted,
                   "after the refusals")


def main():
    with servers.stub() as server, tables.work_folder() as folder:
        case = Case(server, folder)
        test_parts(case)
        test_since(case)
        test_export(case)
        test_found(case)
        test_foreign(case)
        test_found_by_export(case)
        test_overtaken(case)
        test_overlap(case)
        test_same(case)
        test_repair_overlap(case)
        test_refused(case)
    print("all as it should be")


if __name__ == "__main__":
    main()
