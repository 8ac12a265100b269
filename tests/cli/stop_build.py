"""Starts a whole build, sends it a signal, prints its exit code and message.

Usage: stop_build.py SIGNAL INDEX
"""

import signal
import subprocess
import sys
import time
from pathlib import Path

number = signal.Signals[sys.argv[1]]
index = Path(sys.argv[2])


def temporaries():
    return [p for p in index.parent.glob(index.name + "*") if p != index]


# Python starts its children with SIGINT and SIGTERM as they were: default.
signal.signal(signal.SIGINT, signal.default_int_handler)
build = subprocess.Popen(
    # On many cores it could be over before it is stopped.
    ["vanity", "build", "-o", str(index), "--threads", "1"],
    stderr=subprocess.PIPE,
    text=True,
)
while not temporaries() and build.poll() is None:
    time.sleep(0.01)
build.send_signal(number)
message = build.communicate()[1]
print(build.returncode, message, end="")
