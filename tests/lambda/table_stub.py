"""A table for tests that notes what it is asked, and when.

    with Table() as table:
        table.url, table.questions, table.throttle

    with SilentTable() as table: ...    takes connections and says nothing
"""
import collections
import http.server
import json
import socket
import threading
import time

Question = collections.namedtuple("Question", "operation trace at answered")
THROTTLED = {"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException",
             "message": "Rate exceeded"}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_POST(self):
        at, table = time.monotonic(), self.server.table
        self.rfile.read(int(self.headers["Content-Length"]))
        refused = table.throttle > 0
        table.throttle -= refused
        body = json.dumps(THROTTLED if refused else {}).encode()
        # Noted first: whoever has the answer finds the question.
        table.questions.append(Question(
            self.headers["X-Amz-Target"].rpartition(".")[2],
            self.headers["X-Amzn-Trace-Id"], at, time.monotonic()))
        self.send_response_only(400 if refused else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # a bootstrap that is killed resets its connection


class Table:
    """Holds nothing; the next 'throttle' questions are refused."""

    def __init__(self):
        self.questions, self.throttle = [], 0
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.table = self
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True,
                         kwargs={"poll_interval": 0.05}).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class SilentTable:
    """Whoever connects waits for TLS."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"https://127.0.0.1:{self.socket.getsockname()[1]}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
