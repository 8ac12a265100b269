"""Load, load of changes, export, check and repair on a real server.

Usage: test_emulator.py local|dynalite
"""
import json
import sys

import servers
import tables
from tables import check, run, run_json

# Words that only one of two indexes knows: a single letter spells suffixes that
# nothing else can, so that some items appear and some vanish.
OLD_WORDS = "d\t-100\nflowers\t-700\n"
NEW_WORDS = "y\t-100\nxqq\t-100\n"


def at(server, table):
    return ("--endpoint-url", server.url, "--table", table)


def create(server, table, *options):
    done = run("table", "create", *at(server, table), *options)
    check("costs $" in done.stderr, f"the price is told: {done.stderr}")


def test_table(server):
    """create, describe and drop, and what is said where they cannot."""
    where = at(server, "phones")
    run("table", "describe", *where, code=1)
    create(server, "phones", "--wcu", "5", "--rcu", "7")
    described = tables.client(server.url).describe_table(
        TableName="phones")["Table"]
    check(described["KeySchema"] == [
        {"AttributeName": "suffix", "KeyType": "HASH"}], "key schema")
    check(described["AttributeDefinitions"] == [
        {"AttributeName": "suffix", "AttributeType": "S"}], "key type")
    capacity = described["ProvisionedThroughput"]
    check((capacity["WriteCapacityUnits"], capacity["ReadCapacityUnits"])
          == (5, 7), "capacity")
    _, told = run_json("table", "describe", *where)
    check(told["status"] == "ACTIVE" and told["partition_key"] == "suffix"
          and told["write_units"] == 5 and told["state"] is None,
          f"describe tells {told}")
    done = run("table", "create", *where, code=2)
    check("there is a table 'phones' already" in done.stderr
          and "the key that a load needs" in done.stderr, done.stderr)
    done = run("table", "drop", *where, code=2, given="phones\n")
    check("--yes" in done.stderr, "drop asks on a terminal only")
    run("table", "drop", *where, "--yes")
    run("table", "describe", *where, code=1)


def test_load(server, folder):
    index = tables.build(folder / "p356.mdb", "356")
    wanted = tables.expected(index, "356")
    create(server, "whole")
    _, counts = run_json("load", "-i", index, *at(server, "whole"),
                         "--metrics", folder / "metrics.jsonl",
                         "--prometheus", folder / "metrics.prom")
    tables.account(counts)
    check(counts["acknowledged"] >= len(wanted) and counts["dead"] == 0
          and counts["pending"] == 0, f"counts {counts}")
    tables.compare(tables.read_boto3(server.url, "whole"), wanted, "boto3")
    found = tables.read_awscli(server.url, "whole")
    tables.compare(found, wanted, "awscli")
    meta = found["#meta"]
    _, info = run_json("info", "-i", index)
    check(meta["state"]["S"] == "complete"
          and meta["generation"]["S"] == info["generation"]
          and int(meta["items"]["N"]) == len(wanted), f"#meta is {meta}")
    _, told = run_json("table", "describe", *at(server, "whole"))
    check(told["state"] == "complete"
          and told["items_loaded"] == len(wanted), f"describe: {told}")
    kept = folder / "p356.mdb.loaded-whole"
    check(kept.samefile(index), "the index that was loaded is kept")
    check(not list(folder.glob("*.load")), "no checkpoint is left")
    for line in (folder / "metrics.jsonl").read_text().splitlines():
        json.loads(line)
    check("# TYPE " in (folder / "metrics.prom").read_text(), "Prometheus")


def test_prefix(server, folder):
    wanted = tables.expected(folder / "p356.mdb", "3569")
    create(server, "part")
    run("load", "-i", folder / "p356.mdb", *at(server, "part"),
        "--prefix", "3569", "--quiet")
    found = tables.read_boto3(server.url, "part")
    tables.compare(found, wanted, "--prefix")
    check("#meta" not in found, "a part says nothing of the whole")


def test_since(server, folder):
    old = tables.build(folder / "p100.mdb", "100", words=OLD_WORDS)
    where = at(server, "changes")
    create(server, "changes")
    run("load", "-i", old, *where, "--since", code=2)
    run("load", "-i", old, *where)
    before = tables.expected(old, "100")
    tables.compare(tables.read_boto3(server.url, "changes"), before, "old")
    new = tables.build(folder / "new.mdb", "100", words=NEW_WORDS)
    wanted = tables.expected(new, "100")
    _, diff = run_json("diff", old, new, "--count", code=1)
    check(all(diff[kind] > 0 for kind in ("changed", "added", "removed")),
          f"something of each kind differs: {diff}")
    plan = json.loads(run("load", "-i", new, *where, f"--since={old}",
                          "--dry-run", "--json").stdout)["since"]
    _, counts = run_json("load", "-i", new, *where, f"--since={old}")
    tables.account(counts)
    check(counts["puts"] == diff["changed"] + diff["added"]
          and counts["deletes"] == diff["removed"]
          and counts["attempts"] == counts["total"],
          f"only what changed is sent: {counts}, {diff}")
    check(plan["puts"] == counts["puts"]
          and plan["deletes"] == counts["deletes"], f"planned {plan}")
    tables.compare(tables.read_boto3(server.url, "changes"), wanted, "new")
    done = run("load", "-i", new, *where, f"--since={old}", code=2)
    _, old_info = run_json("info", "-i", old)
    check(old_info["generation"] in done.stderr, "the generation is named")
    run("load", "-i", new, *where, f"--since={old}", "--force")
    # A whole load onto a loaded table deletes what cannot be spelled.
    tables.client(server.url).put_item(TableName="changes", Item={
        "suffix": {"S": next(iter(before.keys() - wanted.keys()))}})
    run("load", "-i", new, *where)
    tables.compare(tables.read_boto3(server.url, "changes"), wanted, "again")
    run("load", "-i", new, *where, "--since")


def test_export(server, folder):
    index = folder / "p100.mdb"
    wanted = tables.expected(index, "100")
    for kind in ("zstd", "gzip", "none"):
        table = f"from-{kind}"
        out = folder / f"export-{kind}"
        run("export", "-q", "-i", index, "-o", out, "--compress", kind,
            "--items-per-object", 3000, "--table", table)
        create(server, table)
        run("load", "-q", "--from-export", out, *at(server, table))
        tables.compare(tables.read_boto3(server.url, table), wanted, kind)
        run("check", "--full", "-i", index, *at(server, table))


def test_check(server, folder):
    """Finds what was changed, mends it."""
    index = folder / "p100.mdb"
    where = at(server, "from-none")
    wanted = tables.expected(index, "100")
    keys = sorted(wanted)
    surplus = next(f"100{i:04}" for i in range(10000)
                   if f"100{i:04}" not in wanted)
    done = run("check", "--sample", 200, "--seed", 7, "-i", index, *where)
    check("200 compared" in done.stderr, done.stderr)
    run("check", "--count", "-i", index, *where)
    writer = tables.client(server.url)
    other = dict(wanted[keys[5]], spellings={"L": [{"S": "WRONG"}]})
    writer.put_item(TableName="from-none", Item=other)
    writer.delete_item(TableName="from-none",
                       Key={"suffix": {"S": keys[7]}})
    run("check", "--count", "-i", index, *where, code=1)
    writer.put_item(TableName="from-none", Item=dict(
        wanted[keys[0]], suffix={"S": surplus}))
    lines, counts = run_json("check", "--full", "-i", index, *where, code=1)
    check({line["suffix"] for line in lines} == {keys[5], keys[7], surplus},
          f"the three are named: {lines}")
    check((counts["different"], counts["missing"], counts["surplus"])
          == (1, 1, 1), f"and counted: {counts}")
    run("check", "--sample", 10000, "-i", index, *where, code=1)
    _, counts = run_json("check", "--full", "--repair", "-i", index, *where)
    check(counts["repaired"] == 3, f"repaired: {counts}")
    tables.compare(tables.read_boto3(server.url, "from-none"), wanted,
                   "repaired")
    run("check", "--full", "-i", index, *where)


def main():
    with servers.STARTERS[sys.argv[1]]() as server, \
            tables.work_folder() as folder:
        test_table(server)
        test_load(server, folder)
        test_prefix(server, folder)
        test_since(server, folder)
        test_export(server, folder)
        test_check(server, folder)
    print("all as it should be")


if __name__ == "__main__":
    main()
