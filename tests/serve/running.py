"""A running 'vanity serve' and clients for it, for the tests of this folder."""
import contextlib
import ctypes
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

READY_S = 60
STOP_S = 30
LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1


def die_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def equal(found, expected, what):
    check(found == expected, f"{what}: {found!r}, not {expected!r}")


def until(condition, what, seconds=READY_S):
    """Waits for something that happens soon; fails if it never does."""
    end = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < end, f"never: {what}")
        time.sleep(0.02)


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory(prefix="vanity-serve-") as name:
        yield Path(name)


def build(vanity, path, *options):
    subprocess.run([vanity, "build", "-q", "-o", path, *options], check=True)


class Server:
    """'vanity serve' on a free port until it is closed or stopped."""

    def __init__(self, vanity, index, *options, listen="127.0.0.1:0"):
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [vanity, "serve", "-i", str(index), "--listen", listen, *options],
            stdout=subprocess.PIPE, stderr=self.errors, text=True,
            preexec_fn=die_with_parent)
        self.url = self.process.stdout.readline().strip()
        check(self.url.startswith("http://"),
              f"the server does not start: {self.said()}")
        self.port = int(re.search(r":(\d+)/$", self.url).group(1))

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            if kind is None:
                self.stop()
            else:
                self.process.kill()
                self.process.wait()
                sys.stderr.write(self.said())
        self.process.stdout.close()
        self.errors.close()

    def said(self):
        self.errors.seek(0)
        return self.errors.read().decode(errors="replace")

    def stop(self, number=signal.SIGTERM):
        """Ends it in order: exit code 0, no leak, no report of a sanitizer."""
        self.process.send_signal(number)
        equal(self.process.wait(STOP_S), 0, f"exit code ({self.said()})")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def client(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def get(self, path, method="GET", headers=None):
        """Status, headers, body."""
        client = self.client()
        client.request(method, path, headers=headers or {})
        answer = client.getresponse()
        body = answer.read()
        client.close()
        return answer.status, answer.headers, body

    def json(self, path, status=200):
        found, headers, body = self.get(path)
        equal(found, status, f"status of {path} ({body!r})")
        equal(headers["Content-Type"], "application/json", f"type of {path}")
        return json.loads(body)

    def raw(self, data):
        """All that comes back until the server closes."""
        with self.connect() as connection:
            connection.sendall(data)
            return read_all(connection)

    def metric(self, name):
        text = self.get("/metrics")[2].decode()
        found = re.search(rf"^{re.escape(name)} ([\d.]+)$", text, re.M)
        return float(found.group(1)) if found else 0.0


def read_all(connection):
    data = b""
    with contextlib.suppress(ConnectionResetError):
        while True:
            part = connection.recv(65536)
            if not part:
                break
            data += part
    return data


def status_of(answer):
    check(answer.startswith(b"HTTP/1.1 "), f"no answer: {answer[:200]!r}")
    return int(answer[9:12])


def tool(name):
    path = shutil.which(name)
    check(path, f"{name} is missing; run tools/packages build test")
    return path


def environment(**more):
    return os.environ | more
