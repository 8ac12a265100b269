"""Broken, dishonest and slow requests against 'vanity serve'.

Usage: test_requests.py VANITY INDEX-OF-356
"""
import signal
import socket
import sys
import time

from running import Server, check, equal, folder, read_all, status_of, until

vanity, index = sys.argv[1:3]
GOOD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
LINE = b"GET /healthz HTTP/1.1\r\n"
HOST = b"Host: localhost\r\n"
# What another server could take for a second request.
HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"

REFUSED = {
    "length and chunks": LINE + HOST + b"Content-Length: 5\r\n"
                         b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks": LINE + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "bad chunks": LINE + HOST + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n",
    "odd chunked": LINE + HOST + b"Transfer-Encoding: xchunked\r\n\r\n",
    "chunked twice": LINE + HOST + b"Transfer-Encoding: chunked\r\n"
                     b"Transfer-Encoding: identity\r\n\r\n",
    "length": LINE + HOST + b"Content-Length: 42\r\n\r\n",
    "length 00": LINE + HOST + b"Content-Length: 00\r\n\r\n",
    "length +0": LINE + HOST + b"Content-Length: +0\r\n\r\n",
    "length -1": LINE + HOST + b"Content-Length: -1\r\n\r\n",
    "length 0x2a": LINE + HOST + b"Content-Length: 0x2a\r\n\r\n",
    "length 0, 42": LINE + HOST + b"Content-Length: 0, 42\r\n\r\n",
    "two lengths": LINE + HOST + b"Content-Length: 0\r\n"
                   b"Content-Length: 42\r\n\r\n",
    "length with a blank": LINE + HOST + b"Content-Length : 42\r\n\r\n",
    "length of many digits": LINE + HOST + b"Content-Length: " + b"9" * 30 +
                             b"\r\n\r\n",
    "a folded length": LINE + HOST + b"Content-Length: 42\r\n ignored\r\n\r\n",
    "a folded name": LINE + HOST + b"Content-\r\n Length: 42\r\n\r\n",
    "a folded line": LINE + HOST + b"X-A: b\r\n\tc\r\n\r\n",
    "a folded first line": LINE + b" X: y\r\n" + HOST + b"\r\n",
    "folded chunks": LINE + HOST + b"Transfer-Encoding:\r\n chunked\r\n\r\n",
    "two hosts": LINE + HOST + b"Host: example.com\r\n\r\n",
    "the same host twice": LINE + HOST + HOST + b"\r\n",
    "no host": LINE + b"\r\n",
    "no colon": LINE + HOST + b"nonsense\r\n\r\n",
    "no name": LINE + HOST + b": value\r\n\r\n",
    "a blank in a name": LINE + HOST + b"X Y: z\r\n\r\n",
    "a blank behind a name": LINE + HOST + b"X-A : z\r\n\r\n",
    "a NUL in a name": LINE + HOST + b"X\0A: z\r\n\r\n",
    "a NUL in a value": LINE + HOST + b"X-A: z\0z\r\n\r\n",
    "a NUL in the last value": LINE + HOST + b"X-A: z\0\r\n\r\n",
    "a NUL in the path": b"GET /healthz\0x HTTP/1.1\r\n" + HOST + b"\r\n",
    "a NUL in the query": b"GET /healthz?a=b\0&c=d HTTP/1.1\r\n" + HOST +
                          b"\r\n",
    "a carriage return in a value": LINE + HOST + b"X-A: y\rz\r\n\r\n",
    "line feeds alone": b"GET /healthz HTTP/1.1\nHost: localhost\n\n",
    "one line feed alone": LINE + b"Host: localhost\nX-A: b\r\n\r\n",
    "a blank in the path": b"GET /health z HTTP/1.1\r\n" + HOST + b"\r\n",
    "blanks before the version": b"GET /healthz  HTTP/1.1\r\n" + HOST +
                                 b"\r\n",
    "HTTP/0.9": b"GET /healthz\r\n\r\n",
    "HTTP/2.0": b"GET /healthz HTTP/2.0\r\n" + HOST + b"\r\n",
    "HTTP/1.1 with more": b"GET /healthz HTTP/1.1x\r\n" + HOST + b"\r\n",
    "not HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "a path of 20 kB": b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\n" + HOST +
                       b"\r\n",
    "a header of 20 kB": LINE + HOST + b"X-A: " + b"a" * 20000 + b"\r\n\r\n",
    "300 parameters": b"GET /healthz?" + b"a&" * 300 + b" HTTP/1.1\r\n" + HOST +
                      b"\r\n",
    "3,000 parameters": b"GET /healthz?" + b"a&" * 3000 + b" HTTP/1.1\r\n" +
                        HOST + b"\r\n",
    "3,000 headers": LINE + HOST + b"X-A: b\r\n" * 3000 + b"\r\n",
}
METHODS = {
    "POST": b"POST /healthz HTTP/1.1\r\n" + HOST + b"Content-Length: 42\r\n\r\n",
    "chunked POST": b"POST /healthz HTTP/1.1\r\n" + HOST +
                    b"Transfer-Encoding: chunked\r\n\r\n2a\r\n",
    "length and chunked POST": b"POST /healthz HTTP/1.1\r\n" + HOST +
                               b"Content-Length: 3\r\n"
                               b"Transfer-Encoding: chunked\r\n\r\n",
}


def check_refused(server):
    for name, request in REFUSED.items():
        answer = server.raw(request + HIDDEN)
        # Refused, then the end: what follows is never a request. (To a wrong
        # length libmicrohttpd 0.9.75 writes the head of its refusal twice.)
        equal(answer.count(b"HTTP/1.1 "),
              answer.count(answer[:12]) if answer else 0, f"{name}: {answer!r}")
        check(b" 404 " not in answer, f"{name}: the hidden one was answered")
        if answer:
            check(b"\r\nConnection: close\r\n" in answer, f"{name}: goes on")
            check(status_of(answer) in (400, 413, 414, 431, 505),
                  f"{name}: {answer[:100]!r}")
    for name, request in METHODS.items():
        answer = server.raw(request + HIDDEN)
        check(answer.count(b"HTTP/1.1 ") == 1, f"{name}: {answer[:300]!r}")
        check(status_of(answer) in (400, 405), f"{name}: {answer[:100]!r}")


def check_accepted(server):
    """Strictness refuses nothing that clients really send."""
    headers = {"User-Agent": "Mozilla/5.0 " + "x" * 200,
               "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
               "Cookie": "a=b; c=" + "d" * 3000, "X-Empty": "",
               "Content-Length": "0", "Sec-Fetch-Site": "none"}
    equal(server.get("/healthz", headers=headers)[0], 200, "a browser")
    answer = server.raw(LINE + b"host:localhost\r\nX-A:b\r\nX-B: \t b\t \r\n"
                        b"connection: close\r\n\r\n")
    equal(status_of(answer), 200, "odd but right")
    equal(server.get("/healthz?" + "a=b&" * 60)[0], 200, "60 parameters")
    for target, host, status in (
            ("http://localhost/healthz", "localhost", 200),
            ("HTTP://127.0.0.1:1/vanitynumbers?phonenumber=3569377", "[::1]",
             200),
            ("http://localhost", "localhost", 200),
            ("http://localhost?a=b", "localhost", 200),
            ("http://localhost/hidden", "localhost", 404),
            ("http://example.com/healthz", "localhost", 421),
            ("http://localhost/healthz", "example.com", 200),
            ("http://a@localhost/healthz", "localhost", 421),
            ("http:///healthz", "localhost", 421),
            ("ftp://localhost/healthz", "localhost", 404)):
        answer = server.raw(f"GET {target} HTTP/1.1\r\nHost: {host}\r\n"
                            "Connection: close\r\n\r\n".encode())
        equal(status_of(answer), status, f"absolute form: {target}, {host}")
    many = server.raw(GOOD * 50 + GOOD.replace(
        b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    equal(many.count(b"HTTP/1.1 200 "), 51, "requests behind each other")


def check_pieces(server):
    """A request that comes byte by byte, in time, is answered."""
    with server.connect() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for i in range(len(GOOD)):
            connection.sendall(GOOD[i:i + 1])
        equal(status_of(connection.recv(4096)), 200, "byte by byte")


def check_slow():
    """Who sends too slowly, nothing, or takes no answer, is cut."""
    with Server(vanity, index, "--no-log", "--timeout", "1") as server:
        idle, half, drip, greedy = (server.connect() for _ in range(4))
        half.sendall(GOOD[:20])
        # Answers are never taken: they fill the buffers of both sides.
        greedy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        greedy.setblocking(False)
        asked = 0
        try:
            while asked < 20000:
                greedy.send(b"GET /app.js HTTP/1.1\r\n" + HOST + b"\r\n")
                asked += 1
        except BlockingIOError:
            pass
        drip.settimeout(0.2)
        started = time.monotonic()
        ended = False
        while not ended:
            check(time.monotonic() - started < 30, "the drip is never cut")
            try:
                drip.sendall(b"G")
                ended = drip.recv(100) == b""
            except socket.timeout:
                pass
            except OSError:
                ended = True
        for name, connection in (("idle", idle), ("half", half)):
            equal(read_all(connection), b"", name)
        # This one question is the only connection that is left.
        until(lambda: server.metric("vanity_connections") == 1,
              "one that takes no answer is cut")
        for connection in (idle, half, drip, greedy):
            connection.close()
        equal(server.get("/healthz")[0], 200, "after all")


def check_ends(server):
    """Clients that end in the middle leave nothing behind."""
    for end in (0, 1, 10, len(LINE), len(GOOD) - 1, len(GOOD)):
        connection = server.connect()
        connection.sendall(GOOD[:end])
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                              b"\1\0\0\0\0\0\0\0")
        connection.close()  # by a reset
        with server.connect() as connection:
            connection.sendall(GOOD[:end])
            connection.shutdown(socket.SHUT_WR)
            answer = read_all(connection)
            equal(answer.count(b"HTTP/1.1 200 "), 1 if end == len(GOOD) else 0,
                  f"half closed after {end} bytes")
    until(lambda: server.metric("vanity_connections") == 1, "all are gone")


def connected_metric(server):
    """Of those that were turned away; 0 while this one is too."""
    try:
        return server.metric("vanity_connections_refused_total")
    except OSError:
        return 0


def check_bursts():
    """As many requests at once as libmicrohttpd takes from epoll at a time."""
    with Server(vanity, index, "--no-log", "--threads", "1") as server:
        for count in (127, 128, 129, 256):
            connections = [server.connect() for _ in range(count)]
            for connection in connections:
                connection.sendall(GOOD)
                equal(status_of(connection.recv(4096)), 200, "alone")
            server.process.send_signal(signal.SIGSTOP)
            for connection in connections:
                connection.sendall(GOOD)
            server.process.send_signal(signal.SIGCONT)
            for connection in connections:
                equal(status_of(connection.recv(4096)), 200,
                      f"one of {count} at once")
                connection.close()


def check_limit():
    """Above the limit newcomers are turned away; who is in is answered."""
    with Server(vanity, index, "--no-log", "--max-connections", "8") as server:
        inside = [server.connect() for _ in range(8)]
        for connection in inside:
            connection.sendall(GOOD)
            equal(status_of(connection.recv(4096)), 200, "inside")
        for _ in range(20):
            with server.connect() as newcomer:
                answer = read_all(newcomer)
                equal(status_of(answer), 503, "a newcomer")
                check(b"Connection: close" in answer, "and closed")
                head, body = answer.split(b"\r\n\r\n")
                check(f"Content-Length: {len(body)}\r\n".encode() in head,
                      f"its length: {answer!r}")
        for connection in inside:
            connection.sendall(GOOD)
            equal(status_of(connection.recv(4096)), 200, "still inside")
        inside.pop().close()
        until(lambda: connected_metric(server) >= 20, "newcomers are counted")

        def is_in():
            with server.connect() as newcomer:
                newcomer.sendall(GOOD)
                return newcomer.recv(4096).startswith(b"HTTP/1.1 200 ")

        def try_in():
            try:
                return is_in()
            except ConnectionResetError:
                return False

        until(try_in, "a place is given back")
        for connection in inside:
            connection.close()


with Server(vanity, index, "--no-log") as running:
    check_refused(running)
    check_accepted(running)
    check_pieces(running)
    check_ends(running)
check_slow()
check_bursts()
check_limit()
print("ok")
