"""--max-wcu is kept; a table of 4,000 WCU/s is used and not flooded.

Usage: test_load_rate.py
"""
import json

import servers
import stub_client
import tables
from tables import check, run, run_json

TENTHS = 10


def load(server, index, table, *options, bucket=None):
    where = ("--endpoint-url", server.url, "--table", table)
    run("table", "create", "-q", *where)
    stub_client.control(server, reset=True, bucket=bucket)
    _, counts = run_json("load", "-i", index, "--no-keep", *where, *options)
    tables.account(counts)
    state = json.loads(stub_client.ask(server, "/__state"))
    return counts, state["units_per_tenth"]


def test_limit(server, folder):
    index = tables.build(folder / "p356.mdb", "356")
    for limit in (300, 3000):
        counts, tenths = load(server, index, f"limit-{limit}", "--prefix",
                              "3569" if limit < 1000 else "356",
                              "--max-wcu", str(limit))
        check(counts["attempts"] == counts["acknowledged"], f"{counts}")
        most = max(sum(tenths[i:i + TENTHS]) for i in range(len(tenths)))
        check(most <= limit * 1.02 + limit * 0.25,
              f"{most} units in a second of {limit}")


def test_bucket(server, folder):
    index = tables.build(folder / "p35.mdb", "35")
    counts, tenths = load(server, index, "bucket",
                          bucket={"rate": 4000, "burst": 4000})
    # After ten seconds, but for the last one, which is not whole.
    steady = tenths[100:-TENTHS]
    used = sum(steady) / (400 * len(steady))
    attempts = counts["attempts"] / counts["acknowledged"]
    print(f"used {used:.3f}, attempts per item {attempts:.3f}")
    check(len(steady) >= 100, f"{len(tenths) / 10} s are too short")
    check(used >= 0.92, f"{used:.3f} of the table is used")
    check(attempts <= 1.10, f"{attempts:.3f} attempts per item")


def main():
    with servers.stub() as server, tables.work_folder() as folder:
        test_limit(server, folder)
        test_bucket(server, folder)


if __name__ == "__main__":
    main()
