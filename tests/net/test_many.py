"""More than 200,000 items, read back and compared one by one.

Usage: test_many.py local|dynalite
"""
import sys

import servers
import tables

PREFIXES = ("35", "46", "72")


def main():
    with servers.STARTERS[sys.argv[1]]() as server, \
            tables.work_folder() as folder:
        where = ("--endpoint-url", server.url, "--table", "many")
        wanted = {}
        tables.run("table", "create", *where)
        for prefix in PREFIXES:
            index = tables.build(folder / f"p{prefix}.mdb", prefix)
            wanted |= tables.expected(index, prefix)
            _, counts = tables.run_json("load", "-i", index, *where,
                                        "--prefix", prefix)
            tables.account(counts)
            tables.check(counts["dead"] == counts["pending"] == 0, counts)
        tables.check(len(wanted) > 200000, f"{len(wanted)} items")
        tables.compare(tables.read_boto3(server.url, "many"), wanted, "many")
    print(f"{len(wanted)} items, all as they should be")


if __name__ == "__main__":
    main()
