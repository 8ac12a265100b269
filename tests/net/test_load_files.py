"""The files of a load: none destroys another, nor what is none of ours.

Usage: test_load_files.py
"""
import os
import shutil
import subprocess
import time

import servers
import stub_client
import tables
from tables import check, environment, run, run_json

OUTPUTS = ("--checkpoint", "--dead-letters", "--prometheus", "--metrics")


class Case:
    def __init__(self, server, folder):
        self.server, self.folder = server, folder
        self.index = tables.build(folder / "p356.mdb", "356")
        self.old = tables.build(folder / "old.mdb", "356", words="flowersx\n")
        # Nobody listens there: what is refused is refused before.
        self.closed = ("load", "-i", self.index, "--endpoint-url",
                       f"http://127.0.0.1:{servers.free_port()}", "--table",
                       "phones")

    def refused(self, *arguments, says):
        """Exit 2, one line, and no file is made, changed or gone."""
        before = listing(self.folder)
        done = run(*self.closed, *arguments, code=2)
        lines = done.stderr.splitlines()
        check(len(lines) == 1 and lines[0].startswith(
            "vanity load: cannot write '"), done.stderr)
        for word in says:
            check(word in lines[0], f"{arguments}: '{word}' in {lines[0]}")
        check(listing(self.folder) == before, f"{arguments}: files changed")

    def create(self, table):
        where = ("--endpoint-url", self.server.url, "--table", table)
        run("table", "create", "-q", *where, "--wcu", "200000", "--rcu",
            "1000")
        return where


def listing(folder):
    """Name, number, size and time of each file."""
    return {str(path): (found.st_ino, found.st_size, found.st_mtime_ns)
            for path in folder.rglob("*") for found in [path.lstat()]}


def test_indexes(case):
    """The index, the old one, the kept one; by any name."""
    hard, soft = case.folder / "hard.mdb", case.folder / "soft.mdb"
    kept = case.folder / "p356.mdb.loaded-phones"
    os.link(case.index, hard)
    soft.symlink_to(case.index)
    shutil.copy(case.old, kept)
    for option in OUTPUTS:
        for path in (case.index, hard, case.folder / "." / "p356.mdb"):
            case.refused(option, path, says=("the index", option))
        case.refused(option, soft, says=(option,))
        case.refused(option, case.old, f"--since={case.old}",
                     says=("--since", option))
        case.refused(option, kept, says=("the kept index", option))
    case.refused("-i", soft, "--metrics", case.index, says=("the index",))
    locked = case.folder / "state.lock"
    os.link(case.index, locked)
    case.refused("--checkpoint", case.folder / "state", says=("the index",))
    for path in (hard, soft, kept, locked):
        path.unlink()


def test_each_other(case):
    state, twin = case.folder / "state", case.folder / "twin"
    for one in OUTPUTS:
        for other in OUTPUTS:
            if one != other:
                case.refused(one, state, other, case.folder / "." / "state",
                             says=("It is also ",))
    for ending in (".lock", ".new"):
        for option in OUTPUTS[1:]:
            case.refused("--checkpoint", state, option, f"{state}{ending}",
                         says=("checkpoint", ))
    case.refused("--prometheus", state, "--metrics", f"{state}.new",
                 says=("--prometheus",))
    state.write_text("")
    os.link(state, twin)
    case.refused("--dead-letters", state, "--metrics", twin,
                 says=("It is also ",))
    twin.unlink()
    twin.symlink_to(case.folder / "nothing")
    case.refused("--checkpoint", case.folder / "nothing", "--metrics", twin,
                 says=("--metrics", "link to nothing"))
    twin.unlink()
    state.unlink()


def test_of_others(case):
    """What stands there is replaced only if it is of the same kind."""
    notes = case.folder / "notes"
    notes.write_text("mine\n")
    for option in OUTPUTS[:3]:
        for more in ((), ("--restart",)):
            case.refused(option, notes, *more, says=(option, "something else"))
    notes.unlink()


def test_pipes(case):
    """A pipe would wait for ever."""
    pipe, state = case.folder / "pipe", case.folder / "state"
    os.mkfifo(pipe)
    for option in OUTPUTS[:3]:
        case.refused(option, pipe, says=(option, "no regular file"))
    case.refused("--metrics", pipe, says=("--metrics", "Nobody reads"))
    pipe.unlink()
    for option, ending in (("--checkpoint", ".lock"), ("--checkpoint", ".new"),
                           ("--prometheus", ".new")):
        pipe = case.folder / f"state{ending}"
        os.mkfifo(pipe)
        case.refused(option, state, says=(option, "no regular file"))
        pipe.unlink()


def test_export(case):
    """Nothing is put into an export; "DIR/" is "DIR"."""
    out = case.folder / "ex"
    run("export", "-q", "-i", case.index, "-o", out)
    before = listing(out)
    for path in (out / "manifest.json", out / "new", out / "data" / "new"):
        done = run("load", *case.closed[3:], "--from-export", out,
                   "--dead-letters", path, code=2)
        check("lies in the export" in done.stderr, done.stderr)
    check(listing(out) == before, "the export is as it was")
    where = case.create("slashes")
    stub_client.control(case.server, denied=["BatchWriteItem"])
    run("load", "--from-export", f"{out}//", *where, code=2)
    check((case.folder / "ex.slashes.load").exists(), "the checkpoint")
    done = run("load", "--from-export", out, *where, code=2)
    check("--resume goes on" in done.stderr, done.stderr)
    stub_client.control(case.server, denied=[])
    run("load", "-q", "--from-export", f"{out}/.", *where, "--resume")


def test_empty(case):
    """An empty file stays where there is nothing to write into it."""
    where = case.create("empty")
    letters, figures = case.folder / "letters", case.folder / "figures"
    letters.write_text("")
    figures.write_text("mine\n")
    run("load", "-q", "-i", case.index, *where, "--dead-letters", letters,
        "--metrics", figures, "--no-keep")
    check(letters.read_text() == "", "the letters are as they were")
    check(figures.read_text().startswith('mine\n{"event":"start"'),
          "figures are appended")


def test_full(case):
    """Metrics that cannot be written are told once; the load goes on."""
    where = case.create("full")
    done = run("load", "-i", case.index, *where, "--metrics", "/dev/full",
               "--progress=none", "--no-keep")
    told = [line for line in done.stderr.splitlines() if "metrics" in line]
    check(len(told) == 1 and "No space left" in told[0], done.stderr)


def test_kept(case):
    """The kept index is the one that was loaded, or there is none."""
    where = case.create("kept")
    soft = case.folder / "soft.mdb"
    soft.symlink_to("p356.mdb")
    run("load", "-q", "-i", soft, *where)
    kept = case.folder / "soft.mdb.loaded-kept"
    check(not kept.is_symlink() and kept.samefile(case.index), "no link")
    _, counts = run_json("load", "-i", soft, *where, "--since")
    check(counts["total"] == 0, f"nothing has changed: {counts}")
    # Another index takes the name while the first one is loaded.
    where = case.create("replaced")
    index = shutil.copy(case.index, case.folder / "moving.mdb")
    command = [tables.VANITY, "load", "-i", index, *where, "--max-wcu",
               "4000", "--progress=none"]
    running = subprocess.Popen(
        [*map(str, command)], env=environment(), text=True,
        stderr=subprocess.PIPE)
    end = time.monotonic() + 60
    while not stub_client.received(case.server, "replaced"):
        check(running.poll() is None and time.monotonic() < end, "it loads")
        time.sleep(0.01)
    os.replace(shutil.copy(case.old, case.folder / "next.mdb"), index)
    _, said = running.communicate(timeout=60)
    check(running.returncode == 0 and "replaced during the load" in said,
          f"{running.returncode} {said}")
    left = sorted(path.name for path in case.folder.glob("moving*"))
    check(left == ["moving.mdb"], f"{left}")


def main():
    with servers.stub() as server, tables.work_folder() as folder:
        case = Case(server, folder)
        test_indexes(case)
        test_each_other(case)
        test_of_others(case)
        test_pipes(case)
        test_export(case)
        test_empty(case)
        test_full(case)
        test_kept(case)
    print("all as it should be")


if __name__ == "__main__":
    main()
