"""100 words more: of all suffixes, only those are sent that diff names."""
import json
import random
import string

import servers
import stub_client
import tables
from tables import check, run, run_json

WORDS = 100
SCORE = -900  # rare words: they stand behind what was there


def rare_words():
    draw = random.Random(7)
    words = set()
    while len(words) < WORDS:
        words.add("".join(draw.choices(string.ascii_lowercase,
                                       k=draw.randint(4, 7))))
    return "".join(f"{word}\t{SCORE}\n" for word in sorted(words))


def changed_suffixes(old, new):
    lines, counts = run_json("diff", old, new, code=1)
    check(len(lines) == sum(counts[kind] for kind in
                            ("changed", "added", "removed")),
          f"each is listed: {counts}")
    return {line["suffix"]: line["new"] for line in lines}, counts


def check_sent(server, table, changed):
    received = stub_client.received(server, table)
    sent = {key: times for key, times in received.items() if key != "#meta"}
    check(sent == dict.fromkeys(changed, 1),
          f"{len(changed)} differ, {len(sent)} were sent, "
          f"{sum(sent.values())} times")
    for key, item in stub_client.items(server, table).items():
        check(key == "#meta" or [text["S"] for text in item["spellings"]["L"]]
              == [found["spelling"] for found in changed[key]], f"{key}")


def main():
    with servers.stub() as server, tables.work_folder() as folder:
        old = tables.build(folder / "old.mdb", "")
        new = tables.build(folder / "new.mdb", "", words=rare_words())
        changed, diff = changed_suffixes(old, new)
        check(WORDS < len(changed) < 1000000, f"some differ: {diff}")
        where = ("--table", "words", "--endpoint-url", server.url)
        run("table", "create", "-q", *where)
        # The table of the stub is empty: --force takes it for the old one.
        since = ("load", "-i", new, *where, f"--since={old}", "--force",
                 "--max-wcu", "40000")
        plan = json.loads(run(*since, "--dry-run", "--json").stdout)["since"]
        _, counts = run_json(*since)
        tables.account(counts)
        check(counts["puts"] == diff["changed"] + diff["added"] == plan["puts"]
              and counts["deletes"] == diff["removed"] == plan["deletes"],
              f"as many as differ: {counts}, {diff}, {plan}")
        check(counts["consumed_units"] == plan["write_units"],
              f"the units of the plan: {counts}, {plan}")
        check_sent(server, "words", changed)
        print(f"{counts['puts']} puts, {counts['deletes']} deletes, "
              f"{counts['consumed_units']:.0f} WCU")


if __name__ == "__main__":
    main()
