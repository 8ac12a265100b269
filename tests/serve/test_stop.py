"""The end of 'vanity serve': answers in flight are given, then exit code 0.

Usage: test_stop.py VANITY INDEX-OF-356
"""
import signal
import socket
import subprocess
import sys
import threading
import time

from running import Server, check, equal, read_all, status_of, tool

vanity, index = sys.argv[1:3]
GOOD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def check_signals():
    for number in (signal.SIGTERM, signal.SIGINT):
        with Server(vanity, index, "--no-log") as server:
            idle, half = server.connect(), server.connect()
            half.sendall(GOOD[:10])
            server.get("/healthz")
            server.stop(number)
            for connection in (idle, half):
                equal(read_all(connection), b"", "no answer to no request")
                connection.close()


def check_in_flight():
    """A large answer that is taken slowly is given whole."""
    with Server(vanity, index, "--no-log") as server:
        whole = len(server.get("/app.js")[2])
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.settimeout(30)
            connection.connect(("127.0.0.1", server.port))
            count = 20
            connection.sendall(
                b"GET /app.js HTTP/1.1\r\nHost: localhost\r\n\r\n" * count)
            first = connection.recv(100)
            equal(status_of(first), 200, "begins")
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            data = first + read_all(connection)
            # The one in hand is whole; one that is asked later may be the last.
            head, body = data.split(b"\r\n\r\n", 1)
            check(len(body) >= whole, f"{len(body)} bytes of {whole}")
        equal(server.process.wait(30), 0, "exit code")


class Client(threading.Thread):
    """Asks again and again; a new connection where the last one ended."""

    def __init__(self, server):
        super().__init__()
        self.server = server
        self.answers = 0
        self.failure = None

    def ask(self, connection):
        """Whether the connection goes on after one whole answer."""
        connection.sendall(GOOD)
        data = b""
        while b"\r\n\r\n" not in data or not data.endswith(b"}"):
            part = connection.recv(4096)
            if not part:
                self.failure = f"cut after {data!r}"
                return False
            data += part
        self.answers += 1
        return b"Connection: close" not in data

    def run(self):
        try:
            while self.failure is None:
                with self.server.connect() as connection:
                    while self.ask(connection):
                        pass
        except ConnectionRefusedError:
            pass  # it no longer listens
        except OSError as error:
            self.failure = repr(error)


def check_under_load():
    """Nobody loses a request that was sent before the server said close."""
    for _ in range(5):
        with Server(vanity, index, "--no-log") as server:
            clients = [Client(server) for _ in range(4)]
            for client in clients:
                client.start()
            time.sleep(0.2)
            server.stop()
            for client in clients:
                client.join()
                check(client.failure is None or
                      "ConnectionReset" in client.failure,
                      f"{client.answers} answers, then {client.failure}")
                check(client.answers > 0, "no answer at all")


def check_second_signal():
    """A second signal does not wait for who takes no answer."""
    with Server(vanity, index, "--no-log") as server:
        with server.connect() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.setblocking(False)
            try:
                while True:
                    connection.send(b"GET /app.js HTTP/1.1\r\n"
                                    b"Host: localhost\r\n\r\n")
            except BlockingIOError:
                pass
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.2)
            server.process.send_signal(signal.SIGTERM)
            equal(server.process.wait(30), 0, "exit code")


def check_taken_port():
    with Server(vanity, index, "--no-log") as server:
        done = subprocess.run(
            [vanity, "serve", "-i", index, "--no-log", "--listen",
             f"127.0.0.1:{server.port}"], capture_output=True, text=True)
        equal((done.returncode, done.stdout), (2, ""), "a taken port")
        equal(done.stderr, "vanity serve: cannot listen on "
              f"'127.0.0.1:{server.port}': the port is taken; give another "
              "one with --listen, 0 for any\n", "one clear line")
        done = subprocess.run([tool("curl"), "-sf", server.url + "healthz"],
                              capture_output=True, check=True)
        check(b'"ok"' in done.stdout, "the first one goes on")


def check_six():
    """IPv6, where the machine has it."""
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            print("no IPv6 on this machine: only the refusal is tested")
            done = subprocess.run(
                [vanity, "serve", "-i", index, "--no-log", "--listen",
                 "[::1]:0"], capture_output=True, text=True)
            equal(done.returncode, 2, done.stderr)
            return
    with Server(vanity, index, "--no-log", listen="[::1]:0") as server:
        check(server.url.startswith("http://[::1]:"), server.url)
        done = subprocess.run([tool("curl"), "-sf", server.url + "healthz"],
                              capture_output=True, check=True)
        check(b'"ok"' in done.stdout, "curl over IPv6")


check_signals()
check_in_flight()
check_under_load()
check_second_signal()
check_taken_port()
check_six()
print("ok")
