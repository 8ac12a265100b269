"""A copy of tools/aws whose outside is tests/aws/recorder."""
import os
import pathlib
import shutil
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
AWS = HERE.parents[1] / "tools" / "aws"


class Bench:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="vanity-aws-"))
        self.root = self.folder / "root"
        shutil.copytree(AWS, self.root / "tools" / "aws")
        (self.root / "build" / "aws-deploy" / "site").mkdir(parents=True)
        (self.root / "tools" / "lambda").mkdir()
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        for program in ("aws", "curl", "vanity"):
            (self.bin / program).symlink_to(HERE / "recorder")
        (self.root / "tools" / "lambda" / "package").symlink_to(
            HERE / "recorder")
        self.record = self.folder / "record"
        self.answers = self.folder / "answers"

    def close(self):
        shutil.rmtree(self.folder)

    def prepare(self, answers):
        self.record.write_text("")
        shutil.rmtree(self.answers, ignore_errors=True)
        self.answers.mkdir()
        for i, (part, output, code) in enumerate(answers):
            (self.answers / f"{i:03}").write_text(
                f"{part}\n{code}\n{output}", encoding="utf-8", newline="")

    def run(self, command, answers, **environment):
        """(exit code, stdout, stderr, calls) of a command of tools/aws, or of
        one with a whole path.

        'answers' are [part of a command line, output, exit code]; the first
        whose part is in the line answers.
        """
        self.prepare(answers)
        kept = {key: value for key, value in os.environ.items()
                if not key.startswith(("AWS_", "VANITY"))}
        done = subprocess.run(
            [self.root / "tools" / "aws" / command[0], *command[1:]],
            cwd=self.folder, text=True, stdin=subprocess.DEVNULL,
            capture_output=True, check=False, timeout=60, env={
                **kept, "PATH": f"{self.bin}:{os.environ['PATH']}",
                "RECORD": str(self.record), "ANSWERS": str(self.answers),
                **environment})
        lines = self.record.read_text(encoding="utf-8").splitlines()
        calls = [line.rstrip("\x1f").split("\x1f") for line in lines if line]
        return done.returncode, done.stdout, done.stderr, calls
