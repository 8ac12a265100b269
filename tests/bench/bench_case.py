"""bench_case.py: a small lexicon, two models, and runs of vanity-bench."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

BENCH = os.environ["VN_BENCH"]
VANITY = os.environ["VN_PROGRAM"]
WORDS = {"flowers": -100, "flow": -300, "low": -350, "call": 50, "now": 20,
         "got": -50, "junk": -120, "wasp": -250, "war": -260, "glory": -310,
         "elf": -320, "owe": -330, "pizza": -90}
PAIRS = {("call", "now"): 250, ("got", "junk"): 300}
HEADER = "phrase_display\tletters7\tdigits7\tshape\toverdial\tsource\n"
# The weights of a model file, in hundredths of a nat.
MODEL = """vanity-model 1
name {name}
start.0 0
start.1 {start}
start.2 -2
start.3 -8
start.4 -24
start.5 -98
start.6 -62
middle -57
overdial -217
overdial_letter -89
overdial_whole 242
digit_01 -30
digit_other {digit}
lone_4 122
run_start.1 13
run_start.2 -43
run_start.3 107
run_start.4 -44
run_middle.1 -167
run_middle.2 -223
run_middle.3 -167
run_middle.4 -187
run_end.1 -244
run_end.2 -297
run_end.3 -253
run_end.4 -213
short_beside_run -70
lone_2.start 0
lone_2.middle 0
lone_2.end 0
run_equal.2 0
run_equal.3 0
run_sequence 0
lone_4.noun 0
lone_4.verb 0
lone_4.function 0
run_word.3 0
run_word.4 0
run_word.5 0
common 0
twin 100
"""


class BenchCase(unittest.TestCase):
    """self.folder has lexicon/, other/ (less words), plain and odd (models)."""

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.write_lexicon("lexicon", WORDS)
        cls.write_lexicon("other", {word: score for word, score in
                                    WORDS.items() if word != "flowers"})
        (cls.folder / "plain").write_text(MODEL.format(
            name="plain", start=-73, digit=-160))
        (cls.folder / "odd").write_text(MODEL.format(
            name="odd", start=-300, digit=-10))

    @classmethod
    def write_lexicon(cls, name, words):
        folder = cls.folder / name
        folder.mkdir()
        (folder / "words.tsv").write_text("".join(
            f"{word}\t{score}\n" for word, score in sorted(words.items())))
        (folder / "pairs.tsv").write_text("".join(
            f"{left}\t{right}\t{bonus}\n" for (left, right), bonus in
            sorted(PAIRS.items())))
        (folder / "block.tsv").write_text("jerk\tTS\tlisted\n")
        (folder / "model").write_text(MODEL.format(name=name, start=-73,
                                                   digit=-160))

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def build(self, name, *arguments):
        """The path of an index of a few suffixes."""
        path = self.folder / name
        if not path.exists():
            subprocess.run([VANITY, "build", "-q", "-o", path, "--prefix",
                            "356", *map(str, arguments)], check=True)
        return path

    def write_phrases(self, *rows):
        """Rows of letters and shape, letters as they are dialled."""
        keys = {letter: str(key) for key, letters in enumerate(
            ("", "", "ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ"))
            for letter in letters}
        path = self.folder / "phrases.tsv"
        text = HEADER
        for display, shape in rows:
            letters = display.replace("-", "")[:7]
            digits = "".join(keys.get(letter, letter) for letter in letters)
            text += f"{display}\t{letters}\t{digits}\t{shape}\t0\tknown\n"
        path.write_text(text)
        return path

    def start(self, *arguments):
        return subprocess.run([BENCH, *map(str, arguments)], check=False,
                              capture_output=True, text=True)

    def run_json(self, *arguments, code=0):
        """The results, by kind."""
        done = self.start(*arguments, "--json")
        self.assertEqual((done.returncode, done.stderr), (code, ""), arguments)
        results = {}
        for text in done.stdout.splitlines():
            line = json.loads(text)
            results.setdefault(line["kind"], []).append(line)
        return results

    def refuse(self, pattern, *arguments):
        """One line that names what is wrong, exit status 2."""
        done = self.start(*arguments)
        self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
        self.assertRegex(done.stderr, pattern)
        self.assertRegex(done.stderr, r"\Avanity-bench \w+: [^\n]*\n\Z")
