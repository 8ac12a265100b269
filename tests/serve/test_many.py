"""10,000 connections at a time, and more than the server lets in.

Usage: test_many.py VANITY INDEX-OF-356 [CONNECTIONS]
"""
import contextlib
import resource
import select
import socket
import sys

from running import Server, check, equal, status_of

vanity, index = sys.argv[1:3]
count = int(sys.argv[3]) if len(sys.argv) > 3 else 10_000
NEWCOMERS = 200
OTHER_FILES = 200
BATCH = 500  # below the backlog of the system
REQUEST = (b"GET /vanitynumbers?phonenumber=3569377 HTTP/1.1\r\n"
           b"Host: localhost\r\n\r\n")


def raise_limit():
    """Both this client and its server inherit it."""
    needed = count + NEWCOMERS + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        sys.exit(f"FAILED: {count} connections need {needed} open files, the "
                 f"limit is {hard}: raise it (ulimit -Hn)")
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def answer(connection):
    """One whole answer; b"" if the server closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(4096)
        if not part:
            return data
        data += part
    head, body = data.split(b"\r\n\r\n", 1)
    size = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
    while len(body) < size:
        body += connection.recv(4096)
    return head + b"\r\n\r\n" + body


def ask_all(connections):
    for i in range(0, len(connections), BATCH):
        some = connections[i:i + BATCH]
        for connection in some:
            connection.sendall(REQUEST)
        for connection in some:
            found = answer(connection)
            equal(status_of(found), 200, "who is in")
            check(b'"VanityNumber1":"FLOWERS"' in found, f"{found!r}")


def turned_away(server):
    """Tells whether a newcomer got 503 or was closed."""
    with server.connect() as connection:
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            connection.sendall(REQUEST)
            found = answer(connection)
            return found == b"" or status_of(found) == 503
        return True


raise_limit()
with Server(vanity, index, "--no-log", "--max-connections", str(count),
            "--timeout", "600") as server:
    connections = [server.connect() for _ in range(count)]
    ask_all(connections)
    for _ in range(NEWCOMERS):
        check(turned_away(server), "a newcomer got in")
    ask_all(connections)
    dead = select.poll()
    for connection in connections:
        dead.register(connection, select.POLLRDHUP | select.POLLIN)
    equal(dead.poll(0), [], "connections that were closed")
    for connection in connections[:count // 2]:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                              b"\1\0\0\0\0\0\0\0")
        connection.close()
    ask_all(connections[count // 2:])
    for connection in connections[count // 2:]:
        connection.close()
print("ok")
