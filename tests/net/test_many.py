"""More than 200,000 items, read back and compared one by one.

Usage: test_many.py local|dynalite
"""
import sys

import servers
import tables

PREFIXES = ("35", "46", "726")


def load_one(server, folder, prefix):
    """Returns the number of items; a table each, their Scan is quick."""
    table = f"many-{prefix}"
    where = ("--endpoint-url", server.url, "--table", table)
    index = tables.build(folder / f"p{prefix}.mdb", prefix)
    wanted = tables.expected(index, prefix)
    tables.run("table", "create", *where)
    _, counts = tables.run_json("load", "-i", index, *where)
    tables.account(counts)
    tables.check(counts["dead"] == counts["pending"] == 0, counts)
    tables.compare(tables.read_boto3(server.url, table), wanted, prefix)
    return len(wanted)


def main():
    with servers.STARTERS[sys.argv[1]]() as server, \
            tables.work_folder() as folder:
        items = sum(load_one(server, folder, prefix) for prefix in PREFIXES)
    tables.check(items > 200000, f"{items} items")
    print(f"{items} items, all as they should be")


if __name__ == "__main__":
    main()
