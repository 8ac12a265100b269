"""Runs a command with a terminal as its standard error and prints each form of
the progress lines that it drew, with figures as N, whether they fitted, and what
stayed on the screen. Standard output goes to a file "answers".

Usage: show_progress.py [OPTION]... COMMAND...
  --stop       stop the command (SIGTERM) when it has drawn a line
  --columns N  width of the terminal (0: it does not say)
  --jump       the clock jumps on, so that every look at it draws a line
  --both       standard output is the terminal, too
"""

import argparse
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios

LINE = re.compile(rb"\r\x1b\[K([^\r\n]+)(?=\r(?!\n))")
DRAWN = re.compile(rb"\r\x1b\[K[^\r\n]+ left")

parser = argparse.ArgumentParser()
parser.add_argument("--stop", action="store_true")
parser.add_argument("--jump", action="store_true")
parser.add_argument("--both", action="store_true")
parser.add_argument("--columns", type=int, default=0)
parser.add_argument("command", nargs=argparse.REMAINDER)
options = parser.parse_args()

master, terminal = pty.openpty()
fcntl.ioctl(terminal, termios.TIOCSWINSZ,
            struct.pack("HHHH", 24, options.columns, 0, 0))
environment = dict(os.environ)
if options.jump:
    environment["LD_PRELOAD"] = os.environ["VN_CLOCK"]
    # AddressSanitizer wants to be first, but this library does not need it.
    environment["ASAN_OPTIONS"] = "verify_asan_link_order=0:" + os.environ.get(
        "ASAN_OPTIONS", "")
with open("answers", "wb") as answers:
    command = subprocess.Popen(
        options.command, env=environment, stderr=terminal,
        stdout=terminal if options.both else answers)
os.close(terminal)
drawn = b""
stopped = not options.stop
try:
    while True:
        drawn += os.read(master, 65536)
        if not stopped and DRAWN.search(drawn):
            command.send_signal(signal.SIGTERM)
            stopped = True
except OSError:
    pass  # the other end is closed
code = command.wait()
lines = [line.decode() for line in LINE.findall(drawn)]
forms = []
for line in lines:
    form = re.sub(r"\[[#.]+\]", "[BAR]", line)
    form = re.sub(r" *\d[\d,]*(:\d+)?", " N", form)
    if form not in forms:
        forms.append(form)
for form in forms:
    print(form)
if options.columns and lines:
    print("fits:", max(map(len, lines)) < options.columns)
# What stays on the screen when the lines are taken away.
for row in drawn.decode().split("\r\n"):
    left = row.split("\r\x1b[K")[-1]
    if left:
        print(left)
print(code)
