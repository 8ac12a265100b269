"""Session tokens that expire while a load runs, and what replaces them.

Usage: test_load_credentials.py
"""
import sys
import time

import servers
import stub_client
import tables
from tables import check, environment, run, run_json

TOKENS = ("token/one+1==", "token/two+2==")
KEYS = (servers.ACCESS_KEY, "AKIDRENEWED")
SECRETS = (servers.SECRET, "another/Secret+KEY")
# Prints the first credentials once, then the second, and counts its runs.
PROCESS = """\
import json, pathlib, time
runs = pathlib.Path({runs!r})
count = len(runs.read_text()) if runs.exists() else 0
runs.write_text("x" * (count + 1))
which = min(count, 1)
stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ",
                      time.gmtime(time.time() + {lives}[which]))
print(json.dumps({{"Version": 1, "AccessKeyId": {keys}[which],
                  "SecretAccessKey": {secrets}[which],
                  "SessionToken": {tokens}[which], "Expiration": stamp}}))
"""


def write_profile(folder, name, lives):
    """A profile whose credentials live for these seconds."""
    script, runs = folder / f"{name}.py", folder / f"{name}.runs"
    script.write_text(PROCESS.format(runs=str(runs), lives=lives, keys=KEYS,
                                     secrets=SECRETS, tokens=TOKENS))
    (folder / name).write_text(
        f"[profile {name}]\nregion = {servers.REGION}\n"
        f"credential_process = {sys.executable} {script}\n")
    bare = environment(AWS_CONFIG_FILE=str(folder / name))
    return bare, runs


def test_expired(server, folder, index):
    """The service says so before the Expiration does."""
    env, runs = write_profile(folder, "early", (3600, 3600))
    where = ("--endpoint-url", server.url, "--table", "early", "--profile",
             "early")
    stub_client.control(server, token=TOKENS[0])
    run("table", "create", "-q", *where, env=env)
    runs.unlink()
    # The first token is refused from the first request on.
    stub_client.control(server, token=TOKENS[1], expired=KEYS[:1],
                        secrets=dict(zip(KEYS, SECRETS)))
    _, counts = run_json("load", "-i", index, *where, env=env)
    check(counts["pending"] == counts["dead"] == 0, f"{counts}")
    check(len(runs.read_text()) == 2, "one refresh serves all")
    tables.compare(stub_client.items(server, "early"),
                   tables.expected(index, "3569"), "after the refresh")
    stub_client.control(server, expired=[])


def test_no_other(server, folder, index):
    """One line names it where there is nothing new; --resume goes on."""
    env = environment(AWS_SESSION_TOKEN=TOKENS[0])
    where = ("--endpoint-url", server.url, "--table", "none")
    stub_client.control(server, token=TOKENS[0])
    run("table", "create", "-q", *where, env=env)
    stub_client.control(server, expired=KEYS[:1])
    start = time.monotonic()
    done = run("load", "-i", index, *where, env=env, code=2)
    check("ExpiredTokenException" in done.stderr
          and len(done.stderr.splitlines()) == 1, done.stderr)
    check(time.monotonic() - start < 30, "it does not try for long")
    stub_client.control(server, expired=[])
    run("load", "-q", "-i", index, *where, env=env)


def main():
    with servers.stub() as server, tables.work_folder() as folder:
        index = tables.build(folder / "p3569.mdb", "3569")
        test_expired(server, folder, index)
        test_no_other(server, folder, index)
    print("all as it should be")


if __name__ == "__main__":
    main()
