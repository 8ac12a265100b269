"""vanity-bench plot: what each picture shows, its size, and what is refused."""

import json
import os
import pathlib
import re
import struct
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

BENCH = os.environ["VN_BENCH"]
VANITY = os.environ["VN_PROGRAM"]
PHRASES = (
    "phrase_display\tletters7\tdigits7\tshape\toverdial\tsource\n"
    "FLOWERS\tFLOWERS\t3569377\tword\t0\tknown\n"
    "356-WASP\t356WASP\t3569277\ttail\t0\tknown\n")
PLACE = {"version": "9.9.9", "commit": "abcdef", "processor": "Some & Other",
         "processors": 4, "max_threads": 4}


def result(bench, name, kind, **figures):
    return dict(bench=bench, result=name, kind=kind, **figures, **PLACE)


def time(bench, name, median, threads=1, unit="ns/suffix"):
    wall = {"min": median - 1, "median": median, "max": median + 2}
    return result(bench, name, "time", threads=threads, unit=unit, wall=wall)


def recall(name, rows):
    figures = {f"recall_at_{rank}": {"share": share, "low": share - 0.1,
                                     "high": share + 0.1}
               for rank, share in ((1, 0.5), (3, 0.7), (5, 0.75))}
    return result("quality", name, "recall", rows=rows, **figures)


RESULTS = {
    "recall": [recall("all", 30), recall("word", 12), recall("#own", 18)],
    "speed": [time("engine", "lexicon", 5, unit="ms"),
              time("engine", "enumerator", 99999),
              time("engine", "scalar", 431.4), time("engine", "scalar", 251, 4),
              time("engine", "avx2", 222), time("engine", "avx2", 7.64, 4),
              result("engine", "tokens", "count", value=7, unit="tokens")],
    "build": [time("index", "build, all in", 1000, unit="ms"),
              time("index", "  lexicon", 50, unit="ms"),
              time("index", "  compute and append", 900, unit="ms"),
              time("index", "    append (within)", 70, unit="ms"),
              time("index", "  publish", 45, unit="ms"),
              time("index", "raw LMDB append", 333, unit="ms"),
              result("index", "build / raw", "ratio", value=3)],
}


class Plot(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        for name, lines in RESULTS.items():
            (cls.folder / f"{name}.json").write_text(
                "".join(json.dumps(line) + "\n" for line in lines))
        cls.phrases = cls.folder / "phrases.tsv"
        cls.phrases.write_text(PHRASES)
        cls.index = cls.folder / "part.mdb"
        subprocess.run([VANITY, "build", "-q", "--prefix", "356", "-o",
                        cls.index], check=True)
        cls.inputs = sorted(cls.folder.iterdir())

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def tearDown(self):
        """Nothing but the picture is left behind."""
        for path in self.folder.glob("picture.*"):
            path.unlink()
        self.assertEqual(sorted(self.folder.iterdir()), self.inputs)

    def run_plot(self, *arguments, **options):
        return subprocess.run([BENCH, "plot", *map(str, arguments)],
                              capture_output=True, text=True, check=False,
                              **options)

    def draw(self, kind, *arguments, end="svg"):
        picture = self.folder / f"picture.{end}"
        done = self.run_plot(kind, *arguments, "--force", "-o", picture)
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, "", ""))
        return picture

    def draw_svg(self, kind, *arguments):
        """The lines of text, and the root of an SVG."""
        picture = self.draw(kind, *arguments)
        root = xml.etree.ElementTree.parse(picture).getroot()
        return ["".join(node.itertext()).strip() for node in
                root.iter("{http://www.w3.org/2000/svg}text")], root

    def refuse(self, pattern, *arguments, **options):
        done = self.run_plot(*arguments, **options)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertRegex(done.stderr, r"\Avanity-bench plot: [^\n]*\n\Z")
        self.assertRegex(done.stderr, pattern)

    def test_recall_has_shapes_and_counts(self):
        texts, _ = self.draw_svg("recall", self.folder / "recall.json")
        for text in ("all", "30", "word", "12", "#own", "18", "first",
                     "first 3", "first 5", "100 %", "recall.json"):
            self.assertIn(text, texts)

    def test_recall_is_measured_of_phrases(self):
        texts, root = self.draw_svg("recall", self.phrases,
                                    self.folder / "recall.json")
        for text in ("phrases.tsv", "recall.json", "tail", "#own"):
            self.assertIn(text, texts)
        self.assertEqual(texts.count("first 3"), 2)
        self.assertEqual(root.get("height"), "880")

    def test_speed_has_paths_and_threads(self):
        texts, _ = self.draw_svg("speed", self.folder / "speed.json")
        for text in ("scalar", "avx2", "1 thread", "4 threads", "431", "251",
                     "222", "7.6", "ns per suffix", "Some & Other, 4 online, "
                     "vanity 9.9.9, commit abcdef"):
            self.assertIn(text, texts)
        self.assertFalse([text for text in texts if "enumerator" in text])

    def test_build_has_stages_one_after_the_other(self):
        texts, root = self.draw_svg("build", self.folder / "build.json")
        for text in ("build, all in", "lexicon", "compute and append",
                     "append (within)", "publish", "raw LMDB append", "1000",
                     "50", "900", "70", "45", "333", "ms"):
            self.assertIn(text, texts)
        # The key's sample, then the left and right end of each stage's bar.
        _, lexicon, compute, publish = [
            (float(points[0]), float(points[1])) for points in
            (re.findall(r"([\d.]+),", shape)[:2]
             for shape in self.filled(root, "rgb(0,114,178)"))]
        self.assertAlmostEqual(lexicon[1], compute[0], delta=0.5)
        self.assertAlmostEqual(compute[1], publish[0], delta=0.5)
        self.assertAlmostEqual((compute[1] - compute[0]) /
                               (publish[1] - publish[0]), 20, delta=0.5)

    @staticmethod
    def filled(root, colour):
        """The corners of the shapes of that colour."""
        return [node.get("points") for node in
                root.iter("{http://www.w3.org/2000/svg}polygon")
                if node.get("fill", "").replace(" ", "") == colour]

    def test_scores_have_ranks_and_phrases(self):
        texts, _ = self.draw_svg("scores", self.index)
        for text in ("first", "third", "fifth"):
            self.assertTrue([line for line in texts if re.fullmatch(
                text + r", median -\d+\.\d", line)], texts)
        texts, _ = self.draw_svg("scores", self.index, "--benchmark",
                                 self.phrases)
        self.assertTrue([line for line in texts if line.startswith(
            "first, of 2 advertised numbers, median -")], texts)

    def test_map_is_one_image(self):
        texts, root = self.draw_svg("map", self.index)
        self.assertIn("part.mdb", texts)
        self.assertIn("exchange (first three digits)", texts)
        images = root.findall(".//{http://www.w3.org/2000/svg}image")
        self.assertEqual(len(images), 1)

    def test_exchanges_have_their_numbers(self):
        texts, _ = self.draw_svg("exchanges", self.index)
        self.assertIn("356", texts)
        self.assertNotIn("357", texts)

    def test_png_has_its_size(self):
        sizes = {"recall": (960, 440), "speed": (960, 540),
                 "build": (960, 480), "scores": (960, 540),
                 "map": (1200, 1120), "exchanges": (1600, 720)}
        for kind, size in sizes.items():
            stored = self.folder / f"{kind}.json"
            data = self.draw(kind, stored if stored.exists() else self.index,
                             end="png").read_bytes()
            self.assertEqual(data[:8], b"\x89PNG\r\n\x1a\n", kind)
            self.assertEqual(struct.unpack(">II", data[16:24]), size, kind)

    def test_equal_input_gives_equal_bytes(self):
        for kind, source in (("speed", self.folder / "speed.json"),
                             ("map", self.index)):
            for end in ("svg", "png"):
                first = self.draw(kind, source, end=end).read_bytes()
                again = self.draw(kind, source, end=end).read_bytes()
                self.assertEqual(first, again, kind)

    def test_names_are_shown_as_they_are(self):
        path = os.fsencode(self.folder) + b"/picture.'a&b<\xff.json"
        with open(path, "wb") as file:
            file.write((self.folder / "recall.json").read_bytes())
        texts, _ = self.draw_svg("recall", os.fsdecode(path))
        self.assertIn("picture.'a&b<?.json", texts)

    def test_wrong_use_is_refused(self):
        output = ("-o", self.folder / "picture.svg")
        stored = self.folder / "speed.json"
        for pattern, arguments in (
                ("name the picture", ()),
                ("no picture 'pie'", ("pie",)),
                ("name the index that map shows", ("map", *output)),
                ("name a file of phrases", ("recall", *output)),
                ("-o FILE", ("speed", stored)),
                ("neither in .svg nor in .png",
                 ("speed", stored, "-o", "x.gif")),
                ("at most 1 file", ("speed", stored, stored, *output)),
                ("goes with scores",
                 ("speed", stored, "--benchmark", "x", *output)),
                ("no-such-option", ("speed", "--no-such-option"))):
            done = self.run_plot(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
            self.assertRegex(done.stderr, pattern)

    def test_wrong_input_is_refused(self):
        output = ("-o", self.folder / "picture.svg")
        missing = self.folder / "none"
        for kind in ("recall", "speed", "build", "map", "scores"):
            self.refuse("none", kind, missing, *output)
        self.refuse("speed.json", "map", self.folder / "speed.json", *output)
        self.refuse("no result of 'vanity-bench index --json'", "build",
                    self.folder / "speed.json", *output)
        self.refuse("phrases.tsv:1.*--json", "speed", self.phrases, *output)
        self.refuse("none", "scores", self.index, "--benchmark", missing,
                    *output)

    def test_a_picture_is_replaced_only_by_force(self):
        picture = self.folder / "picture.svg"
        picture.write_text("mine")
        stored = self.folder / "speed.json"
        self.refuse("is there already", "speed", stored, "-o", picture)
        self.assertEqual(picture.read_text(), "mine")
        self.draw("speed", stored)
        self.assertIn("<svg", picture.read_text())

    def test_an_output_that_cannot_be_written_is_refused(self):
        stored = self.folder / "speed.json"
        self.refuse("cannot write", "speed", stored, "-o",
                    self.folder / "none/picture.svg")
        self.refuse("cannot write", "speed", stored, "-o",
                    self.phrases / "picture.svg")
        (self.folder / "picture.svg").mkdir()
        self.refuse("is a folder", "speed", stored, "--force", "-o",
                    self.folder / "picture.svg")
        (self.folder / "picture.svg").rmdir()

    def test_the_package_of_gnuplot_is_named(self):
        self.refuse("apt-get install gnuplot-nox", "speed",
                    self.folder / "speed.json", "-o",
                    self.folder / "picture.svg",
                    env=dict(os.environ, PATH="/no/such/folder"))


if __name__ == "__main__":
    unittest.main()
