"""A runtime API of AWS Lambda for tests: hands out events, keeps the replies.

    with Runtime() as runtime, Bootstrap(program, runtime, environment) as it:
        reply = runtime.invoke(event)

An event is bytes, or anything that json.dumps() takes.
"""
import collections
import http.server
import json
import os
import queue
import signal
import socket
import subprocess
import tempfile
import threading
import time

WAIT_S = 30
VERSION = "/2018-06-01/runtime/"
DEADLINE_MS = 3000

Reply = collections.namedtuple("Reply", "kind body error_type text")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", headers=()):
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        runtime = self.server.runtime
        if self.path != f"{runtime.prefix}{VERSION}invocation/next":
            runtime.strange.append(self.path)
            self.answer(404)
            return
        runtime.asked += 1
        runtime.timeouts.append(self.connection.gettimeout())
        if runtime.failures:
            self.answer(runtime.failures.pop(0))
            return
        event = runtime.events.get()
        if event is None:
            self.close_connection = True
            return
        body, headers = event
        self.answer(200, body, headers)

    def do_POST(self):
        runtime = self.server.runtime
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        path = self.path.removeprefix(runtime.prefix + VERSION)
        kind = path.rpartition("/")[2]
        error_type = self.headers.get("Lambda-Runtime-Function-Error-Type")
        runtime.posts.append((path, dict(self.headers)))
        if runtime.refusals:
            self.answer(runtime.refusals.pop(0))
            return
        try:
            value = json.loads(body)
        except ValueError:
            value = None
        self.answer(202, b'{"status":"OK"}')
        runtime.replies.put(Reply(kind, value, error_type, body))


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # a bootstrap that is killed resets its connection


class Runtime:
    """The API; 'failures' are statuses of the next questions for an event,
    'refusals' those of the next replies."""

    def __init__(self, prefix=""):
        self.prefix = prefix
        self.events, self.replies = queue.Queue(), queue.Queue()
        self.failures, self.refusals = [], []
        self.posts, self.strange, self.timeouts = [], [], []
        self.asked = self.count = 0
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.runtime = self
        port = self.server.server_address[1]
        self.address = f"127.0.0.1:{port}{prefix}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True,
                         kwargs={"poll_interval": 0.05}).start()
        return self

    def __exit__(self, *_):
        self.events.put(None)
        self.server.shutdown()
        self.server.server_close()

    def send(self, event, deadline_ms=DEADLINE_MS, trace=None, headers=()):
        self.count += 1
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        name = f"8476a536-e9f4-11e8-9739-{self.count:012}"
        lines = [("Lambda-Runtime-Aws-Request-Id", name),
                 ("Lambda-Runtime-Invoked-Function-Arn",
                  "arn:aws:lambda:us-east-1:123456789012:function:test"),
                 ("Lambda-Runtime-Deadline-Ms",
                  str(int(time.time() * 1000) + deadline_ms)), *headers]
        if trace is not None:
            lines.append(("Lambda-Runtime-Trace-Id", trace))
        self.events.put((body, lines))
        return name

    def invoke(self, event, **how):
        """Sends the event and waits for what becomes of it."""
        name = self.send(event, **how)
        reply = self.replies.get(timeout=WAIT_S)
        path = self.posts[-1][0]
        assert path == f"invocation/{name}/{reply.kind}", path
        return reply


class Bootstrap:
    """The program under test; what it logs is read back at the end."""

    def __init__(self, program, runtime, environment):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [program], stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log, env=environment | {
                "AWS_LAMBDA_RUNTIME_API": runtime.address})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(WAIT_S)
        self.log.close()

    def wait(self):
        return self.process.wait(WAIT_S)

    def text(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def lines(self):
        """Each line that was logged, which is JSON."""
        return [json.loads(line) for line in self.text().splitlines()]

    def peak_kb(self):
        with open(f"/proc/{self.process.pid}/status",
                  encoding="ascii") as file:
            for line in file:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1])
        raise OSError("there is no peak of memory")
