"""Runs a command with a terminal as its standard error until it has drawn a
progress line, stops it, and prints that line with its figures as N.

Usage: show_progress.py COMMAND...
"""

import os
import pty
import re
import signal
import subprocess
import sys

LINE = re.compile(rb"\r\x1b\[K([^\r]* left)")

master, terminal = pty.openpty()
command = subprocess.Popen(sys.argv[1:], stderr=terminal)
os.close(terminal)
drawn = b""
try:
    while not LINE.search(drawn):
        drawn += os.read(master, 4096)
    command.send_signal(signal.SIGTERM)
    while True:
        drawn += os.read(master, 4096)
except OSError:
    pass  # the other end is closed
code = command.wait()
line = LINE.search(drawn)
if line:
    text = re.sub(r"[#.]{24}", "BAR", line[1].decode())
    print(re.sub(r"\d[\d,]*(:\d+)?", "N", text))
# What stays on the screen when the line is taken away.
print(drawn.replace(b"\r\n", b"\n").decode().split("\x1b[K")[-1], end="")
print(code)
