"""What the fault tests share: running the program, and what a good end is."""
import contextlib
import json
import os
import random
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
import unittest

REFUSED = 2  # wrong use or bad input
FAILED = 3  # failure or damage

# No call takes longer, not even on a slow machine with sanitizers.
HANG_SECONDS = 600
MESSAGE_BYTES_MAX = 9000
NOBODY = "nobody"
PREFIX = "3569"
# What only a crash or a failed assertion prints.
CRASH_WORDS = ("assert", "sanitizer", "runtime error", "segmentation",
               "terminate called", "backtrace")


def seed():
    """The seed of this run; VN_SEED repeats one."""
    value = int(os.environ.get("VN_SEED") or random.randrange(2 ** 32))
    print(f"VN_SEED={value}", flush=True)
    return value


class Result:
    """How a call ended: 'code' is negative if a signal ended it."""

    def __init__(self, code, out, err):
        self.code = code
        self.out = out
        self.err = err

    def __str__(self):
        return f"exit {self.code}, out {self.out[:300]!r}, err {self.err!r}"


def signal_name(code):
    return signal.Signals(-code).name if code < 0 else ""


class FaultTest(unittest.TestCase):
    """A folder of its own that everybody may enter, with the program in it."""

    @classmethod
    def setUpClass(cls):
        cls.folder = os.path.realpath(tempfile.mkdtemp(prefix="vanity-fault-"))
        os.chmod(cls.folder, 0o755)
        # A copy: the build folder may be closed to other users.
        cls.program = os.path.join(cls.folder, "vanity")
        shutil.copy(os.environ["VN_PROGRAM"], cls.program)
        os.chmod(cls.program, 0o755)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, data):
        path = self.path(name)
        with open(path, "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())
        return path

    def read(self, path):
        with open(path, "rb") as file:
            return file.read()

    def run_vanity(self, *arguments, data=b"", before=(), **options):
        """Runs the program; 'before' are words in front of its name."""
        command = [*before, self.program, *arguments]
        environment = {k: v for k, v in os.environ.items()
                       if k != "VANITY_INDEX"}
        options.setdefault("stdout", subprocess.PIPE)
        done = subprocess.run(command, input=data, stderr=subprocess.PIPE,
                              cwd=self.folder, env=environment, check=False,
                              timeout=HANG_SECONDS, **options)
        return Result(done.returncode, done.stdout or b"",
                      done.stderr.decode("utf-8", "backslashreplace"))

    def run_as_nobody(self, *arguments, **options):
        """Runs it as a user whom permissions stop; root is none."""
        before = ()
        if os.geteuid() == 0:
            before = ("setpriv", "--reuid", NOBODY, "--regid", "nogroup",
                      "--clear-groups")
        return self.run_vanity(*arguments, before=before, **options)

    def assert_no_crash(self, result):
        self.assertGreaterEqual(result.code, 0,
                                f"{signal_name(result.code)}: {result}")
        for word in CRASH_WORDS:
            self.assertNotIn(word, result.err.lower())

    def assert_one_line(self, result):
        self.assertTrue(result.err.startswith("vanity"), str(result))
        self.assertTrue(result.err.endswith("\n"), str(result))
        self.assertEqual(result.err.count("\n"), 1, str(result))
        self.assertLess(len(result.err), MESSAGE_BYTES_MAX)
        self.assertTrue(all(c >= " " or c == "\n" for c in result.err),
                        str(result))

    def assert_fails(self, result, code, *words):
        """One clear line that has 'words', and the exit code."""
        self.assert_no_crash(result)
        self.assertEqual(result.code, code, str(result))
        self.assert_one_line(result)
        for word in words:
            self.assertIn(word, result.err)

    def assert_done(self, result):
        self.assertEqual(result.code, 0, str(result))
        return result

    def build(self, name, *arguments, prefix=PREFIX):
        path = self.path(name)
        self.assert_done(self.run_vanity("build", "--quiet", "-o", path,
                                         "--prefix", prefix, *arguments))
        return path

    def info(self, index):
        result = self.run_vanity("info", "--json", "-i", index)
        return json.loads(self.assert_done(result).out)

    def generation(self, index):
        return self.info(index)["generation"]

    def only_files(self, folder, *names):
        self.assertEqual(sorted(os.listdir(folder)), sorted(names))


@contextlib.contextmanager
def restricted(path, mode):
    """In a 'with': 'path' has the permissions 'mode'."""
    before = stat.S_IMODE(os.stat(path).st_mode)
    os.chmod(path, mode)
    try:
        yield
    finally:
        os.chmod(path, before)


def feed(file, pieces):
    """
    Writes 'pieces' from a thread to 'file', or to what it returns if it is a
    function; a reader may stop early.
    """

    def write():
        opened = file() if callable(file) else file
        with contextlib.suppress(BrokenPipeError):
            for piece in pieces:
                opened.write(piece)
        with contextlib.suppress(BrokenPipeError):
            opened.close()

    thread = threading.Thread(target=write)
    thread.start()
    return thread


def main():
    unittest.main(verbosity=2)
