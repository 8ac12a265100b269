"""Secrets come out nowhere: not in messages, files, --debug."""
import os
import subprocess

import servers
import stub_client
import tables
from tables import check, environment, run

TOKEN = "FwoGZXIvYXdzEXAMPLEsessionTOKEN/+=="


def write_profile(folder):
    """credential_process, and static keys in both files."""
    script = folder / "process"
    script.write_text(
        "#!/bin/sh\ncat <<'END'\n"
        f'{{"Version": 1, "AccessKeyId": "{servers.ACCESS_KEY}", '
        f'"SecretAccessKey": "{servers.SECRET}", "SessionToken": "{TOKEN}"}}'
        "\nEND\n")
    script.chmod(0o700)
    (folder / "config").write_text(
        f"[profile process]\ncredential_process = {script}\n"
        "region = us-east-1\n[profile static]\nregion = us-east-1\n")
    (folder / "credentials").write_text(
        f"[static]\naws_access_key_id = {servers.ACCESS_KEY}\n"
        f"aws_secret_access_key = {servers.SECRET}\n"
        f"aws_session_token = {TOKEN}\n")
    return {"AWS_CONFIG_FILE": str(folder / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials")}


def search(text, what):
    for secret in (servers.SECRET, TOKEN, "Signature="):
        check(secret not in text, f"{what} shows '{secret}':\n{text[-3000:]}")


def commands(index, out):
    yield "table", "create"
    yield ("load", "-i", index, "--metrics", out / "metrics", "--prometheus",
           out / "prom", "--progress=json", "--json")
    yield "load", "-i", index, "--restart", "--max-bad", 100
    yield "check", "-i", index, "--full"
    yield "table", "describe", "--json"
    yield "table", "create"  # is there
    yield "table", "drop", "--yes"
    yield "load", "-i", index  # is gone


def run_all(server, folder, index, name, env, options):
    where = ("--endpoint-url", server.url, "--table", f"secret-{name}")
    for number, command in enumerate(commands(index, folder)):
        done = run(*command, *where, *options, "--debug", env=env, code=None)
        search(done.stdout + done.stderr, f"{name}: {command}")
        check(number >= 5 or done.returncode in (0, 1),
              f"{name}: {command}: {done.returncode} {done.stderr[-2000:]}")
        check("debug: " in done.stderr, f"{name}: --debug says something")


def test_sources(server, folder, index):
    files = write_profile(folder)
    token = environment(AWS_SESSION_TOKEN=TOKEN)
    run_all(server, folder, index, "environment", token, ())
    bare = environment(**files)
    for name in ("process", "static"):
        run_all(server, folder, index, name, bare, ("--profile", name))


def test_refused(server, folder, index):
    """What the service answers about a wrong signature has secrets, too."""
    where = ("--endpoint-url", server.url, "--table", "refused", "--debug")
    for wrong in ({"AWS_SECRET_ACCESS_KEY": servers.SECRET + "x"},
                  {"AWS_ACCESS_KEY_ID": "AKIDUNKNOWN"},
                  {"AWS_SESSION_TOKEN": TOKEN + "x"}):
        env = environment(AWS_SESSION_TOKEN=TOKEN) | wrong
        done = run("load", "-i", index, *where, env=env, code=2)
        search(done.stdout + done.stderr, f"refused for {wrong}")
    # A process that fails after it has printed, and one that prints rubbish.
    for script in (f"echo {servers.SECRET}; exit 1", f"echo {servers.SECRET}",
                   f"echo {servers.SECRET} >&2; exit 1"):
        (folder / "process").write_text(f"#!/bin/sh\n{script}\n")
        env = environment(AWS_CONFIG_FILE=str(folder / "config"))
        done = run("load", "-i", index, *where, "--profile", "process",
                   env=env, code=2)
        search(done.stdout + done.stderr, f"process: {script}")


def test_files(folder):
    for path in folder.iterdir():
        if path.is_file() and path.name not in ("process", "credentials"):
            search(path.read_bytes().decode(errors="replace"), path.name)


def test_arguments(server, folder, index):
    """Nor in the command line of the process, while it runs."""
    stub_client.control(server, latency_s=0.5)
    running = subprocess.Popen(
        [tables.VANITY, "table", "describe", "--endpoint-url", server.url],
        env=environment(AWS_SESSION_TOKEN=TOKEN),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(f"/proc/{running.pid}/cmdline", "rb") as file:
        search(file.read().decode(), "the command line")
    running.wait(60)
    stub_client.control(server, latency_s=0)


def main():
    os.umask(0o077)
    with servers.stub("--token", TOKEN) as server, \
            tables.work_folder() as folder:
        index = tables.build(folder / "p3569.mdb", "3569")
        test_sources(server, folder, index)
        test_refused(server, folder, index)
        test_arguments(server, folder, index)
        test_files(folder)
    print("no secret was shown")


if __name__ == "__main__":
    main()
