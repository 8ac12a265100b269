"""What only a terminal sees: the progress line, the question of drop."""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

import servers
import stub_client
import tables
from tables import check, environment

RUN_S = 60


def run_on_terminal(arguments, answer=None, columns=80):
    """Exit code and what a terminal of so many columns got; types an answer."""
    master, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ,
                struct.pack("HHHH", 24, columns, 0, 0))
    running = subprocess.Popen(
        [tables.VANITY, *map(str, arguments)], stdin=terminal,
        stdout=subprocess.DEVNULL, stderr=terminal, env=environment())
    os.close(terminal)
    shown = b""
    end = time.monotonic() + RUN_S
    while time.monotonic() < end and select.select(
            [master], [], [], end - time.monotonic())[0]:
        try:
            piece = os.read(master, 4096)
        except OSError:
            break  # the other end is closed
        shown += piece
        if answer is not None and b"name: " in shown:
            os.write(master, answer.encode() + b"\n")
            answer = None
    code = running.wait(RUN_S)
    os.close(master)
    return code, shown.decode()


LEFT = r"(\d+:\d\d left|stalled)"


def lines_of(shown, columns):
    lines = re.findall(r"\r\x1b\[K([^\r\n]*left|[^\r\n]*stalled)", shown)
    check(lines, f"no line at {columns} columns: {shown}")
    for line in lines:
        check(len(line) < columns, f"fits {columns} columns: {line}")
        check(re.search(LEFT + "$", line), f"time left at the end: {line}")
    return lines


def test_line(server, folder):
    index = tables.build(folder / "p356.mdb", "356")
    where = ("--endpoint-url", server.url, "--table", "shown")
    tables.run("table", "create", "-q", *where)
    share = r"vanity load: +[\d.]+ %  [\d,]+ of 10,000  [\d,]+ items/s  "
    units = (r"[\d,]+ WCU/s  limit [\d,]+ \([^)]+\)  \d+ in flight  "
             r"[\d.]+ % throttled  [\d,]+ retried  ")
    for columns, pattern in ((200, share + units), (80, share), (20, "")):
        code, shown = run_on_terminal(
            ("load", "-i", index, *where, "--max-wcu", "5000", "--restart"),
            columns=columns)
        check(code == 0, f"{code}: {shown}")
        line = lines_of(shown, columns)[-1]
        check(re.match(pattern, line), f"{columns} columns: {line}")
        check("10,000 acknowledged + 0 dead + 0 pending = 10,000"
              in shown.split("\x1b[K")[-1], f"the account stays: {shown}")


def test_drop(server):
    where = ("--endpoint-url", server.url, "--table", "shown")
    code, shown = run_on_terminal(("table", "drop", *where), "yes")
    check(code == 1 and "not dropped" in shown, f"{code}: {shown}")
    check(stub_client.items(server, "shown"), "it is still there")
    code, shown = run_on_terminal(("table", "drop", *where), "shown")
    check(code == 0 and "dropped 'shown'" in shown, f"{code}: {shown}")
    tables.run("table", "describe", *where, code=1)


def main():
    with servers.stub() as server, tables.work_folder() as folder:
        test_line(server, folder)
        test_drop(server)
    print("all as it should be")


if __name__ == "__main__":
    main()
