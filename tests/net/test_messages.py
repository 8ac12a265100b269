"""One clear line and the right exit code for whatever is not as it must be."""
import os
import subprocess
import time

import servers
import stub_client
import tables
from tables import check, environment, run


class Cases:
    def __init__(self, server, folder):
        self.server, self.folder = server, folder
        self.index = tables.build(folder / "p356.mdb", "356")
        self.where = ("--endpoint-url", server.url, "--table", "phones")

    def refused(self, *arguments, says, code=2, env=None, load=True):
        """One line that says each of 'says'."""
        command = ("load", "-i", self.index) if load else ()
        done = run(*command, *arguments, env=env, code=code)
        check(not done.stdout, f"{arguments} print {done.stdout}")
        lines = done.stderr.splitlines()
        check(len(lines) == 1, f"{arguments}: one line: {done.stderr}")
        for word in says:
            check(word in lines[0], f"{arguments}: '{word}' in {lines[0]}")
        return lines[0]


def test_where(cases):
    """Region, endpoint, credentials."""
    none = environment()
    del none["AWS_ACCESS_KEY_ID"], none["AWS_SECRET_ACCESS_KEY"]
    cases.refused(*cases.where, env=none, says=("credential",))
    lost = environment()
    del lost["AWS_REGION"], lost["AWS_DEFAULT_REGION"]
    cases.refused("--table", "phones", env=lost, says=("region",))
    cases.refused("--table", "phones", "--endpoint-url", "ftp://x",
                  says=("ftp://x",))
    cases.refused(*cases.where, "--profile", "nobody", says=("nobody",))
    half = environment()
    del half["AWS_SECRET_ACCESS_KEY"]
    cases.refused(*cases.where, env=half, says=("secret access key",))
    closed = f"http://127.0.0.1:{servers.free_port()}"
    for command in (("load", "-i", cases.index), ("table", "describe"),
                    ("check", "-i", cases.index)):
        done = run(*command, "--table", "phones", "--endpoint-url", closed,
                   code=None)
        check(done.returncode in (2, 3) and closed.split("//")[1].split(":")[1]
              in done.stderr and len(done.stderr.splitlines()) == 1,
              f"a closed port: {done.returncode} {done.stderr}")
    config = cases.folder / "config"
    for lines, named in (
            ("role_arn = arn:aws:iam::1:role/x\nsource_profile = y",
             "credential_process"),
            ("sso_start_url = https://x\nsso_region = y",
             "credential_process")):
        config.write_text(f"[profile p]\nregion = us-east-1\n{lines}\n")
        cases.refused(*cases.where, "--profile", "p", says=(named,),
                      env=environment(AWS_CONFIG_FILE=str(config)))


def test_service(cases):
    """What the service refuses."""
    cases.refused(*cases.where, says=("phones",))
    wrong = environment(AWS_SECRET_ACCESS_KEY="another")
    cases.refused(*cases.where, env=wrong, says=())
    cases.refused(*cases.where, "--region", "eu-central-1", says=())
    tables.client(cases.server.url).create_table(
        TableName="pairs", BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id",
                               "AttributeType": "S"}])
    cases.refused("--endpoint-url", cases.server.url, "--table", "pairs",
                  says=("suffix",))
    run("table", "create", *cases.where)
    stub_client.control(cases.server, denied=["BatchWriteItem"])
    done = run("load", "-i", cases.index, *cases.where, code=2)
    check("ccess" in done.stderr, f"denied: {done.stderr}")
    stub_client.control(cases.server, denied=["DescribeTable"])
    cases.refused(*cases.where, "--restart", says=("DescribeTable",))
    stub_client.control(cases.server, denied=[])


def test_checkpoints(cases):
    state = cases.folder / "state"
    options = (*cases.where, "--checkpoint", state)
    cases.refused(*options, "--resume", says=(str(state),))
    stop_half_way(cases, options)
    saved = state.read_bytes()
    cases.refused(*options, says=("--resume", "--restart"))
    run("table", "create", "--endpoint-url", cases.server.url, "--table",
        "other")
    cases.refused("--endpoint-url", cases.server.url, "--table", "other",
                  "--checkpoint", state, "--resume", says=(str(state),))
    other = tables.build(cases.folder / "other.mdb", "100")
    cases.refused("-i", other, *options, "--resume", says=(str(state),))
    for damage in (b"", b"hello\n", saved[:-1], saved[:40] + b"\xff" +
                   saved[41:]):
        state.write_bytes(damage)
        done = run("load", "-i", cases.index, *options, "--resume", code=None)
        check(done.returncode in (2, 3) and str(state) in done.stderr,
              f"a bad checkpoint: {done.returncode} {done.stderr}")
    state.write_bytes(saved)
    state.chmod(0)
    if os.geteuid() != 0:
        cases.refused(*options, "--resume", code=3, says=(str(state),))
    state.chmod(0o600)
    test_two_at_once(cases, options, state)
    run("load", "-i", cases.index, *options, "--resume")
    check(not state.exists(), "a finished load leaves no checkpoint")
    wanted = tables.expected(cases.index, "356")
    tables.compare(stub_client.items(cases.server, "phones"), wanted, "all")


def stop_half_way(cases, options):
    """Nothing is acknowledged for a second: exit 75 and a checkpoint."""
    stub_client.control(cases.server, faults={"throttle_provisioned": 1},
                        operations=["BatchWriteItem"])
    done = run("load", "-i", cases.index, *options, "--stall", "1", code=75)
    check(" dead + " in done.stderr and "--resume" in done.stderr,
          f"stalled: {done.stderr}")
    stub_client.control(cases.server, faults={})


def test_two_at_once(cases, options, state):
    first = subprocess.Popen(
        [tables.VANITY, "load", "-q", "-i", cases.index, *options, "--resume",
         "--max-wcu", "100"], env=environment(), stderr=subprocess.PIPE)
    end = time.monotonic() + 60
    while not stub_client.received(cases.server, "phones"):
        check(first.poll() is None and time.monotonic() < end, "it loads")
        time.sleep(0.05)
    cases.refused(*options, "--resume", code=None, says=(str(state),))
    first.terminate()
    first.communicate(timeout=60)
    check(first.returncode == 143, f"the first ended: {first.returncode}")


def test_files(cases):
    cases.refused(*cases.where, "--metrics", cases.folder, says=("cannot",))
    cases.refused(*cases.where, "--from-export", "x", code=2,
                  says=("--from-export",))
    cases.refused("load", *cases.where, "--from-export",
                  cases.folder / "nothing", load=False,
                  says=(str(cases.folder / "nothing"),))


def main():
    with servers.stub() as server, tables.work_folder() as folder:
        cases = Cases(server, folder)
        test_where(cases)
        test_service(cases)
        test_checkpoints(cases)
        test_files(cases)
    print("all as it should be")


if __name__ == "__main__":
    main()
