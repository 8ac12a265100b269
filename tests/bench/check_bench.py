"""Runs vanity-bench on tiny sizes and checks what it prints.

Usage: check_bench.py PART VANITY-BENCH VANITY SOURCE-TREE
PART is program, engine, index, lookup, quality, export, load, lambda or serve. No time
is asserted, only that each one is there, positive, and in order.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

part = sys.argv[1]
bench, vanity, tree = (str(Path(path).resolve()) for path in sys.argv[2:5])
dev_file = f"{tree}/bench/data/real-vanity-dev.tsv"
COMMANDS = ("engine", "index", "lookup", "quality", "export", "load",
            "lambda", "serve", "compare", "plot", "tune")
failures = []


def check(condition, what):
    if not condition:
        failures.append(what)


def run(*arguments):
    return subprocess.run([bench, *arguments], capture_output=True, text=True)


def expect_exit(code, *arguments):
    """The program refuses or fails with 'code' and one line."""
    done = run(*arguments)
    name = " ".join(arguments)
    check(done.returncode == code,
          f"{name}: exit {done.returncode}, not {code}: {done.stderr}")
    check(done.stdout == "", f"{name}: prints {done.stdout!r}")
    check(done.stderr.startswith("vanity-bench"),
          f"{name}: says {done.stderr!r}")
    return done.stderr


def expect_table(*arguments):
    done = run(*arguments)
    check(done.returncode == 0 and done.stderr == "",
          f"{arguments}: exit {done.returncode}: {done.stderr}")
    check(re.match(rf"vanity-bench {arguments[0]} \S+, commit \S+, ",
                   done.stdout), f"{arguments}: no head: {done.stdout!r}")
    return done.stdout


def check_summary(line, key):
    summary = line[key]
    check(0 <= summary["min"] <= summary["median"] <= summary["max"],
          f"{line['result']}: {key} is {summary}")


def expect_json(*arguments):
    """The results by kind and name."""
    done = run(*arguments, "--json")
    check(done.returncode == 0 and done.stderr == "",
          f"{arguments}: exit {done.returncode}: {done.stderr}")
    results = {}
    for text in done.stdout.splitlines():
        line = json.loads(text)
        check(line["bench"] == arguments[0], f"other bench: {text}")
        for key in ("version", "commit", "compiler", "build", "processor"):
            check(isinstance(line[key], str) and line[key], f"{key}: {text}")
        check(line["processors"] >= 1 and line["max_threads"] >= 1, text)
        if line["kind"] == "time":
            check(line["threads"] >= 1 and line["operations"] >= 1, text)
            check_summary(line, "wall")
            check_summary(line, "cpu")
            check(line["wall"]["min"] > 0, f"no time passed: {text}")
        elif line["kind"] == "ratio":
            check(line["value"] > 0, f"no ratio: {text}")
            check_summary(line, "each")
        results.setdefault(line["kind"], []).append(line)
    return results


def names(results, kind):
    return [line["result"] for line in results[kind]]


def counts(results):
    return {line["result"]: line["value"] for line in results["count"]}


def build(folder, prefix):
    path = f"{folder}/{prefix}.mdb"
    subprocess.run([vanity, "build", "-q", "-o", path, "--prefix", prefix],
                   check=True)
    return path


def check_program():
    for command in COMMANDS:
        shown = run(command, "--help")
        check(shown.returncode == 0 and "Examples:\n" in shown.stdout,
              f"{command} --help: {shown.stdout} {shown.stderr}")
        shown = run(command, "--version")
        check(shown.returncode == 0 and
              shown.stdout.startswith("vanity-bench "),
              f"{command} --version: {shown.stdout}")
        expect_exit(2, command, "--no-such-option")
    shown = run("--help")
    check(shown.returncode == 0 and
          all(f"\n  {command} " in shown.stdout for command in COMMANDS),
          f"--help: {shown.stdout}")
    check("Example:\n" in shown.stdout, "--help has no example")
    check(run().returncode == 2, "no command is wrong use")
    expect_exit(2, "no-such-command")
    if os.path.exists("/dev/full"):
        with open("/dev/full", "w") as full:
            code = subprocess.run([bench, "--help"], stdout=full,
                                  stderr=subprocess.DEVNULL).returncode
        check(code == 3, f"full disk: exit {code}")
    check_man_page()
    check_completion()


def complete(*words):
    """What bash offers behind these words, without the = of an option."""
    script = (f'. "{tree}/tools/completion/vanity-bench.bash"; '
              'COMP_WORDS=(vanity-bench "$@"); COMP_CWORD=$#; _vanity_bench; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run(["bash", "-c", script, "bash", *words],
                          capture_output=True, text=True)
    check(done.returncode == 0, f"completion of {words}: {done.stderr}")
    return {line.rstrip("=") for line in done.stdout.split()}


def check_completion():
    check(complete("") >= set(COMMANDS), f"commands: {complete('')}")
    check(complete("com") == {"compare"}, f"com: {complete('com')}")
    check(complete("plot", "s") == {"speed", "scores"},
          f"plot s: {complete('plot', 's')}")
    check(complete("load", "--server", "=", "c") == {"canned"}, "--server=c")
    check(complete("engine", "--repeat", "=", "") == set(), "--repeat=")


def check_man_page():
    page = Path(tree, "tools/man/vanity-bench.1")
    shown = subprocess.run(["man", "--warnings", "-l", str(page)],
                           capture_output=True, text=True)
    check(shown.returncode == 0 and not shown.stderr,
          f"man page: {shown.stderr}")
    heads = re.findall(r"^\.TP\n(.*)$", page.read_text(), re.MULTILINE)
    documented = set(re.findall(r"--[a-z-]+", " ".join(heads).replace("\\-",
                                                                      "-")))
    offered = set()
    for command in COMMANDS:
        rows = [row[:28] for row in run(command, "--help").stdout.splitlines()
                if row.lstrip().startswith("-")]
        options = set(re.findall(r"--[a-z-]+", " ".join(rows)))
        check(options == complete(command, "--"),
              f"{command}: completion has {complete(command, '--')}, --help "
              f"has {options}")
        offered |= options
    check(documented == offered,
          f"man page has {documented}, --help has {offered}")


def check_engine():
    tiny = ("engine", "--suffixes", "2000", "--sample", "50", "--repeat", "2",
            "--threads", "2")
    results = expect_json(*tiny)
    timed = [(line["result"], line["threads"]) for line in results["time"]]
    check(timed[:3] == [("lexicon", 1), ("tables", 1), ("enumerator", 1)],
          f"times: {timed}")
    check([("scalar", 1), ("scalar", 2)] == timed[3:5],
          f"times: {timed}")
    check("enumerator / scalar, 1 thread" in names(results, "ratio") and
          "scalar, 2 threads against 1" in names(results, "ratio"),
          f"ratios: {names(results, 'ratio')}")
    check(counts(results)["computed"] >= 2000, f"{counts(results)}")
    check(results["time"][3]["operations"] == 2000 and
          results["time"][2]["operations"] == 50, "operations")
    table = expect_table("engine", "--suffixes", "20", "--sample", "5",
                         "--repeat", "1", "--threads", "1")
    check("\nenumerator " in table and "\nscalar " in table, table)
    expect_exit(2, "engine", "--suffixes", "10000001")
    expect_exit(2, "engine", "--threads", "0")
    expect_exit(2, "engine", "argument")
    expect_exit(2, "engine", "--data", "/no/such/folder")
    check_other_words()


def check_other_words():
    """An enumerator with other words gives other records: a failure."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("words-en.tsv", "pairs-en.tsv", "block-en.tsv",
                     "model-en"):
            text = Path(tree, "engine/data", name).read_text()
            if name == "words-en.tsv":
                rows = text.splitlines(keepends=True)
                text = "".join(row for row in rows if len(row) % 2 == 0)
            Path(folder, name).write_text(text)
        said = expect_exit(3, "engine", "--data", folder, "--suffixes", "100",
                           "--sample", "50", "--repeat", "1")
        check("differ" in said, f"other words: {said}")


def check_index():
    with tempfile.TemporaryDirectory() as folder:
        tiny = ("index", "--prefix", "356", "--repeat", "2", "--dir", folder,
                "--threads", "2")
        results = expect_json(*tiny)
        timed = [name.strip() for name in names(results, "time")]
        check(timed == ["build, all in", "lexicon", "tables",
                        "compute and append", "append (within)", "publish",
                        "raw LMDB append", "raw write and fsync"],
              f"times: {timed}")
        check(names(results, "ratio") == ["build / raw LMDB append",
                                          "raw LMDB append / raw write"],
              f"ratios: {names(results, 'ratio')}")
        built = build(folder, "356")
        found = counts(results)
        check(found["suffixes"] == 10000, f"{found}")
        check(found["file"] == os.path.getsize(built), f"{found}")
        check(0 < found["peak memory beside the file"] <=
              found["peak memory"], f"{found}")
        os.unlink(built)
        check("raw LMDB append" in expect_table(*tiny), "no table")
        check(os.listdir(folder) == [], f"left: {os.listdir(folder)}")
        expect_exit(2, "index", "--dir", folder + "/no/such/folder")
        expect_exit(2, "index", "--prefix", "12345678")


def check_lookup():
    with tempfile.TemporaryDirectory() as folder:
        path = build(folder, "3569")
        tiny = ("lookup", path, "--sample", "500", "--repeat", "2",
                "--threads", "2")
        results = expect_json(*tiny)
        timed = {(line["result"], line["threads"])
                 for line in results["time"]}
        both = ("random get, all spelled", "random get, first spelled",
                "random get", "sorted get", "batch: sort, then get")
        one = ("array in memory", "plain LMDB, new transaction")
        check(timed == {(name, threads) for name in both
                        for threads in (1, 2)} | {(name, 1) for name in one},
              f"times: {timed}")
        check("random get / array in memory" in names(results, "ratio"),
              f"ratios: {names(results, 'ratio')}")
        check("\nsorted get " in expect_table(*tiny), "no table")
        expect_exit(2, "lookup")
        expect_exit(2, "lookup", path, path)
        expect_exit(2, "lookup", folder + "/none.mdb")
        with open(path, "r+b") as file:
            file.seek(9000)
            file.write(b"\xff\xff\xff\xff")
        expect_exit(3, *tiny)


def check_quality():
    reference = Path(tree, "tests/reference")
    results = expect_json("quality", dev_file, "--misses", "--lexicon",
                          reference)
    groups = {line["result"]: line for line in results["recall"]}
    check(list(groups) == ["all", "word", "two", "three", "mixed", "tail",
                           "overdial", "no overdial"], f"{list(groups)}")
    hits = [groups["all"][f"recall_at_{rank}"]["hits"] for rank in (1, 3, 5)]
    # 53.6, 70.6 and 74.2 %.
    check(groups["all"]["rows"] == 306 and hits == [164, 216, 227],
          f"hits: {hits}")
    # Wilson's interval for 164 of 306, worked out by hand.
    first = groups["all"]["recall_at_1"]
    check(abs(first["low"] - 0.480) < 0.001 and
          abs(first["high"] - 0.591) < 0.001, f"{first}")
    for rank in (1, 3, 5):
        for names_ in (("word", "two", "three", "mixed", "tail"),
                       ("overdial", "no overdial")):
            total = sum(groups[name][f"recall_at_{rank}"]["hits"]
                        for name in names_)
            check(total == groups["all"][f"recall_at_{rank}"]["hits"],
                  f"recall@{rank}: {names_} have {total}")
    misses = results["miss"]
    check(len(misses) == 306 - hits[2], f"{len(misses)} misses")
    check(all(1 <= len(line["ours"]) <= 3 for line in misses), "ours")
    # Either reading counts for both rows.
    check(not {"4658733", "2754772"} & {line["suffix"] for line in misses},
          "a double reading was missed")
    check("\nall            306   53.6 %" in expect_table(
        "quality", dev_file, "--lexicon", reference), "no table")
    with tempfile.TemporaryDirectory() as folder:
        check_small_file(folder)
        check_bad_files(folder)


def check_export():
    with tempfile.TemporaryDirectory() as folder:
        path = build(folder, "3569")
        tiny = ("export", path, "--dir", folder, "--repeat", "2",
                "--threads", "2", "--peer-items", "200")
        results = expect_json(*tiny)
        kinds = ["zstd -1", "zstd -1, all threads", "gzip -1",
                 "not compressed", "Python, json and gzip -1"]
        check(names(results, "time") ==
              kinds + [f"{kind}, CPU" for kind in kinds],
              f"times: {names(results, 'time')}")
        check("Python / zstd -1, CPU" in names(results, "ratio"),
              f"ratios: {names(results, 'ratio')}")
        check(counts(results)["items"] > 900, f"{counts(results)}")
        check("\nzstd -1 " in expect_table(*tiny), "no table")
        check(os.listdir(folder) == ["3569.mdb"],
              f"left: {os.listdir(folder)}")
        expect_exit(2, "export")
        expect_exit(2, "export", path, path)
        expect_exit(2, "export", folder + "/none.mdb")
        expect_exit(3, "export", path, "--dir", folder + "/none")


def check_load():
    with tempfile.TemporaryDirectory() as folder:
        path = build(folder, "3569")
        tiny = ("load", path, "--server", "canned", "--prefix", "3569",
                "--repeat", "2", "--peer-items", "200")
        results = expect_json(*tiny)
        check(names(results, "time") == ["canned: vanity", "canned: boto3"],
              f"times: {names(results, 'time')}")
        check(names(results, "ratio") == ["canned: boto3 / vanity, CPU"],
              f"ratios: {names(results, 'ratio')}")
        memory = {name: value for name, value in counts(results).items()
                  if name.startswith("memory beside the file")}
        check(len(memory) == 2 and all(0 < kilobytes <= 64 * 1024
                                       for kilobytes in memory.values()),
              f"the loader's memory stays below 64 MB: {memory}")
        check("\ncanned: vanity " in expect_table(*tiny), "no table")
        expect_exit(2, "load")
        expect_exit(2, "load", path, "--server", "none")
        expect_exit(2, "load", folder + "/none.mdb")


def check_serve():
    with tempfile.TemporaryDirectory() as folder:
        path = build(folder, "3569")
        tiny = ("serve", path, "--repeat", "2", "--seconds", "1",
                "--connections", "8", "--program", vanity)
        results = expect_json(*tiny)
        check(names(results, "time") == [
            "vanity serve", "nginx, fixed reply", "vanity serve, p99",
            "nginx, fixed reply, p99", "map of the index"],
            f"times: {names(results, 'time')}")
        check(names(results, "ratio") ==
              ["requests/s: vanity serve to nginx"],
              f"ratios: {names(results, 'ratio')}")
        expect_exit(2, "serve")
        expect_exit(2, "serve", path, path)
        expect_exit(2, "serve", folder + "/none.mdb")


def check_lambda():
    program = str(Path(vanity).with_name("bootstrap"))
    tiny = ("lambda", "--bootstrap", program, "--repeat", "3",
            "--invocations", "20")
    results = expect_json(*tiny)
    check(names(results, "time") == ["exec to first next", "invocation",
                                     "bare GetItem"],
          f"times: {names(results, 'time')}")
    check(names(results, "ratio") == ["invocation / bare GetItem"],
          f"ratios: {names(results, 'ratio')}")
    sanitized = b"__asan_init" in Path(program).read_bytes()
    check(0 < counts(results)["peak memory"] and (
        sanitized or counts(results)["peak memory"] <= 24 * 1024),
        f"peak of memory: {counts(results)}")
    expect_exit(2, "lambda", program)
    expect_exit(2, "lambda", "--bootstrap", program + ".none")


HEADER = "phrase_display\tletters7\tdigits7\tshape\toverdial\tsource\n"


def check_small_file(folder):
    """From an index, and from the engine with a block list."""
    path = f"{folder}/phrases.tsv"
    row = "FLOWERS\tFLOWERS\t3569377\tword\t0\tknown\n"
    Path(path).write_text(HEADER + row)
    results = expect_json("quality", path, "-i", build(folder, "3569"))
    check(results["recall"][0]["recall_at_1"]["hits"] == 1, f"{results}")
    block = f"{folder}/block.txt"
    Path(block).write_text("flowers\n")
    results = expect_json("quality", path, "--block", block, "--misses")
    check(results["recall"][0]["recall_at_5"]["hits"] == 0, f"{results}")
    check(results["miss"][0]["phrase"] == "FLOWERS", f"{results}")
    expect_exit(2, "quality", path, "-i", f"{folder}/3569.mdb", "--block",
                block)
    expect_exit(2, "quality", path, "-i", build(folder, "22"))


def check_bad_files(folder):
    path = f"{folder}/bad.tsv"
    rows = {
        "no header": "FLOWERS\tFLOWERS\t3569377\tword\t0\tknown\n",
        "no row": HEADER,
        "five columns": HEADER + "FLOWERS\tFLOWERS\t3569377\tword\t0\n",
        "other keys": HEADER + "FLOWERS\tFLOWERS\t3569378\tword\t0\tknown\n",
        "short": HEADER + "FLOWER\tFLOWER\t356937\tword\t0\tknown\n",
        "overdial": HEADER + "FLOWERS\tFLOWERS\t3569377\tword\t2\tknown\n",
        "shape": HEADER + f"FLOWERS\tFLOWERS\t3569377\t{'x' * 16}\t0\tknown\n",
        "NUL": HEADER + "FLOWERS\tFLOWER\0\t3569377\tword\t0\tknown\n",
        "empty": "",
    }
    for name, text in rows.items():
        Path(path).write_text(text)
        said = expect_exit(2, "quality", path)
        check(said.count("\n") == 1 and "bad.tsv:" in said,
              f"{name}: {said!r}")
    expect_exit(2, "quality", f"{folder}/none.tsv")
    expect_exit(2, "quality")
    expect_exit(2, "quality", dev_file, dev_file)


globals()[f"check_{part}"]()
for failure in failures:
    print("FAILED:", failure)
sys.exit(1 if failures else 0)
