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
                   code=3)
        check(closed.split("//")[1].split(":")[1]
              in done.stderr and len(done.stderr.splitlines()) == 1,
              f"a closed port: {done.returncode} {done.stderr}")
        for wrong in ("ftp://x", "http://", "127.0.0.1"):
            run(*command, "--table", "phones", "--endpoint-url", wrong, code=2)
    config = cases.folder / "config"
    for lines, named in (
            ("role_arn = arn:aws:iam::1:role/x\nsource_profile = y",
             "credential_process"),
            ("sso_start_url = https://x\nsso_region = y",
             "credential_process")):
        config.write_text(f"[profile p]\nregion = us-east-1\n{lines}\n")
        cases.refused(*cases.where, "--profile", "p", says=(named,),
                      env=environment(AWS_CONFIG_FILE=str(config)))


def test_create(cases):
    """What is there, or is made in part, is said."""
    tables.client(cases.server.url).create_table(
        TableName="numbers", BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "suffix", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "suffix",
                               "AttributeType": "N"}])
    create = ("table", "create", "-q", "--endpoint-url", cases.server.url,
              "--table")
    cases.refused(*create, "numbers", load=False, says=("of type S alone",))
    stub_client.control(cases.server, denied=["UpdateContinuousBackups"])
    cases.refused(*create, "kept", "--pitr", load=False,
                  says=("'kept' is made, but without", "not authorized"))
    stub_client.control(cases.server, denied=[])
    run("table", "describe", *create[3:], "kept")


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
    state.write_bytes(saved[:-1])
    line = cases.refused(*options, code=3, says=(str(state), "--restart"))
    check("--resume" not in line, line)
    state.write_bytes(saved)
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
        cases.refused(*options, "--resume", says=(str(state),))
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
    """Found before the network: nobody listens there."""
    closed = ("--endpoint-url", f"http://127.0.0.1:{servers.free_port()}",
              "--table", "phones")
    bad = (cases.folder, cases.folder / "none" / "file",
           cases.index / "file")
    for option in ("--metrics", "--prometheus", "--checkpoint",
                   "--dead-letters"):
        for path in bad:
            line = cases.refused(*closed, option, path, says=(option,))
            check(line.startswith(f"vanity load: cannot write '{path}': "),
                  line)
    cases.refused(*closed, "--dead-letters", "/dev/null",
                  says=("/dev/null", "no regular file"))
    old = cases.folder / "old.mdb"
    line = cases.refused(*closed, f"--since={old}", says=(str(old),))
    check("make one with 'vanity build -o" in line, line)


def test_exports(cases):
    cases.refused(*cases.where, "--from-export", "x", code=2,
                  says=("--from-export",))
    cases.refused("load", *cases.where, "--from-export",
                  cases.folder / "nothing", load=False,
                  says=(str(cases.folder / "nothing"),))


    out = cases.folder / "export"
    run("export", "-q", "-i", cases.index, "-o", out, "--items-per-object",
        5000)
    part = sorted((out / "data").iterdir())[-1]
    part.rename(out / "aside")
    before = stub_client.received(cases.server, "phones")
    cases.refused("load", *cases.where, "--from-export", out, load=False,
                  says=(str(part), "export again"))
    check(stub_client.received(cases.server, "phones") == before, "none sent")
    (out / "aside").rename(part)
    manifest = out / "manifest.json"
    whole = manifest.read_text()
    for twice in (
            whole.replace("part-00001", "part-00000"),
            whole.replace('"objects": [', '"objects": [], "objects": [')):
        check(twice != whole, "the manifest is changed")
        manifest.write_text(twice)
        done = run("load", *cases.where, "--from-export", out, code=None)
        check(done.returncode in (2, 3) and str(manifest) in done.stderr,
              f"named twice: {done.returncode} {done.stderr}")


def test_shapes(cases):
    """load, check and create say the same of what is there."""
    missing = ("--endpoint-url", cases.server.url, "--table", "missing")
    other = ("--endpoint-url", cases.server.url, "--table", "pairs")
    for where in (missing, other):
        said = {cases.refused(command, "-i", cases.index, *where, says=(),
                              load=False).partition(": ")[2]
                for command in ("load", "check")}
        check(len(said) == 1, f"load and check say {said}")
    cases.refused("table", "create", *other, load=False,
                  says=("'pairs' already", "its key is not 'suffix'"))
    cases.refused("table", "create", *cases.where, load=False,
                  says=("'phones' already", "the key that a load needs"))


def create(cases, name, **more):
    tables.client(cases.server.url).create_table(
        TableName=name, KeySchema=[{"AttributeName": "suffix",
                                    "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "suffix",
                               "AttributeType": "S"}], **more)
    return "--endpoint-url", cases.server.url, "--table", name


def test_notices(cases):
    """Said once: limits that are not those asked for, and what costs more."""
    units = {"ReadCapacityUnits": 10, "WriteCapacityUnits": 5000}
    index = {"IndexName": "by-suffix", "KeySchema": [
        {"AttributeName": "suffix", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
        "ProvisionedThroughput": units}
    where = create(cases, "notices", ProvisionedThroughput=units,
                   GlobalSecondaryIndexes=[index])
    done = run("load", "-i", cases.index, *where, "--prefix", "35699",
               "--max-wcu", "9000")
    check(done.stderr.count("--max-wcu 9000 is more than") == 1
          and "at most 5000" in done.stderr, done.stderr)
    check(done.stderr.count("1 secondary index:") == 1, done.stderr)
    done = run("check", "-i", cases.index, *where, "--prefix", "35698",
               "--full", "--repair", "--max-wcu", "9000")
    check("--max-wcu 9000 is more than" in done.stderr
          and "1 secondary index:" in done.stderr, done.stderr)
    done = run("load", "-q", "-i", cases.index, *where, "--prefix", "35699",
               "--max-wcu", "9000")
    check("more than" not in done.stderr, done.stderr)
    done = run("table", "create", "--pitr", *where[:3], "backups")
    check("its recovery another $0.20" in done.stderr, done.stderr)


def main():
    with servers.stub() as server, tables.work_folder() as folder:
        cases = Cases(server, folder)
        test_where(cases)
        test_create(cases)
        test_service(cases)
        test_checkpoints(cases)
        test_files(cases)
        test_exports(cases)
        test_shapes(cases)
        test_notices(cases)
    print("all as it should be")


if __name__ == "__main__":
    main()
