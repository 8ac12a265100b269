"""pipeline.py: runs the lexicon pipeline from a copy that holds nothing else.

What is not in the copy, the benchmark above all, cannot be read.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
LEXICON = ("words.tsv", "pairs.tsv", "block.tsv", "model")


class Pipeline:
    """A copy of tools/lexicon and a folder for what it writes."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.top = pathlib.Path(self.folder.name)
        shutil.copytree(TOP / "tools/lexicon", self.top / "tools/lexicon")
        packages = self.top / "build/lexicon"
        packages.mkdir(parents=True)
        for path in (TOP / "build/lexicon").iterdir():
            if path.is_dir():
                (packages / path.name).symlink_to(path)

    def start(self, *arguments, seed):
        """Starts a run; the order of sets and tables follows the seed, and
        place, time zone and locale go with it."""
        environment = dict(os.environ, PYTHONHASHSEED=str(seed),
                           XDG_DATA_HOME=str(self.top / "data"),
                           TZ=("UTC", "Asia/Tokyo")[seed % 2],
                           LC_ALL=("C.UTF-8", "POSIX")[seed % 2],
                           PYTHONCOERCECLOCALE=str(1 - seed % 2),
                           PYTHONUTF8=str(1 - seed % 2))
        return subprocess.Popen(
            [sys.executable, self.top / "tools/lexicon/build",
             *map(str, arguments)], env=environment,
            cwd=(TOP, self.top)[seed % 2])

    def run(self, *arguments, seed=0):
        """Such a run, which must succeed."""
        if self.start(*arguments, seed=seed).wait() != 0:
            raise AssertionError("tools/lexicon/build failed")


def lines(path):
    """The lines of a file, as lists of columns."""
    return [line.split("\t") for line in
            path.read_text(encoding="utf-8").splitlines()]


def blocked(folder):
    """The terms that are never a word."""
    return {term for term, flags, _ in lines(folder / "block.tsv")
            if "T" in flags}
