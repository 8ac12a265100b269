"""The English lexicon, from the packages: reproducible and clean."""

import gzip
import os
import sys
import unittest

from pipeline import LEXICON, TOP, Pipeline, blocked, lines

sys.path.insert(0, str(TOP / "tools/lexicon"))

# pylint: disable=wrong-import-position
from english import English
from sources import ENGLISH, Sources

BENCH = os.environ["VN_BENCH"]
BUILT_IN = (("words.tsv", "words-en.tsv"), ("pairs.tsv", "pairs-en.tsv"),
            ("block.tsv", "block-en.tsv"), ("model", "model-en"),
            ("sources.tsv", "sources-en.tsv"))
FEATURES = ("words.features.gz", "pairs.features.gz", "terms.tsv",
            "block.tsv", "sources.tsv")


def packed_lines(path):
    """The lines of a packed file, as lists of columns."""
    text = gzip.decompress(path.read_bytes()).decode()
    return [line.split("\t") for line in text.splitlines()]


class EnglishLexicon(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        """Two runs at once: reading the packages takes a minute each."""
        cls.pipelines = [Pipeline(), Pipeline()]
        runs = [pipeline.start("en", "--bench", BENCH, seed=seed)
                for seed, pipeline in enumerate(cls.pipelines, 1)]
        codes = [run.wait() for run in runs]
        if codes != [0, 0]:
            raise AssertionError("tools/lexicon/build failed")
        cls.folders = [pipeline.top / "build/lexicon/en"
                       for pipeline in cls.pipelines]
        cls.folder = cls.folders[0]

    @classmethod
    def tearDownClass(cls):
        for pipeline in cls.pipelines:
            pipeline.folder.cleanup()

    def test_twice_gives_the_same_bytes(self):
        names = list(LEXICON) + ["features/" + name for name in FEATURES]
        for name in names:
            self.assertEqual((self.folders[0] / name).read_bytes(),
                             (self.folders[1] / name).read_bytes(), name)

    def test_the_built_in_lexicon_is_what_the_packages_give(self):
        for name, there in BUILT_IN:
            self.assertEqual((TOP / "engine/data" / there).read_bytes(),
                             (self.folder / name).read_bytes(), name)

    def test_no_word_is_blocked(self):
        never = blocked(self.folder)
        words = {row[0] for row in lines(self.folder / "words.tsv")}
        known = {word for word, _ in packed_lines(
            self.folder / "features/words.features.gz")}
        self.assertGreater(len(never), 1500)
        self.assertGreater(len(words), 30000)
        self.assertEqual(known & never, set())
        self.assertEqual(words - known, set())

    def test_harmful_words_are_no_names(self):
        harmful = {term for term, _, source in lines(
            self.folder / "block.tsv") if source.endswith("harmful")}
        self.assertGreater(len(harmful), 200)
        english = English(Sources(ENGLISH))
        english.read_census()
        for word in harmful:
            self.assertEqual(english.words[word].given, 0, word)

    def test_words_are_blocked_by_what_they_mean(self):
        sources = {term: source for term, _, source in lines(
            self.folder / "block.tsv")}
        for word, source in (("avarice", "wordnet"), ("calumny", "wordnet"),
                             ("mucus", "harmful"), ("defraud", "harmful"),
                             ("swindlers", "inflection")):
            self.assertEqual(sources.get(word), source, word)
        self.assertGreater(len(sources), 9000)

    def test_words_of_trades_and_help_lines_are_kept(self):
        never = blocked(self.folder)
        for word in ("debt", "pain", "lice", "divorce", "cancer", "gun",
                     "quit", "pest", "rats", "bugs", "dui", "bail", "injury",
                     "abuse", "hurt", "loss", "wine", "beer", "blood", "bed",
                     "funeral", "casket", "grease", "butcher", "locks",
                     "pirate", "nuts", "rob", "tom", "steel", "week",
                     "war", "risk", "stress", "grief", "trash", "junk"):
            self.assertNotIn(word, never)

    def test_harmless_words_are_not_blocked(self):
        flags = {term: flags for term, flags, _ in lines(
            self.folder / "block.tsv")}
        for word in ("prices", "pricing", "spicy", "shaver", "muffin",
                     "assess", "hives", "welfare", "snatch"):
            self.assertNotIn(word, flags)
        for span in ("hebes", "arse", "rearend", "orga"):
            self.assertEqual(flags[span], "T")

    def test_lines_are_sorted_and_stand_once(self):
        for name, columns in (("words", 1), ("pairs", 2)):
            rows = packed_lines(self.folder / ("features/%s.features.gz"
                                               % name))
            heads = [row[:columns] for row in rows]
            for left, right in zip(heads, heads[1:]):
                self.assertLess(left, right)

    def test_every_feature_has_a_term(self):
        features = self.folder / "features"
        terms = {row[0] for row in lines(features / "terms.tsv")}
        for name in ("words", "pairs"):
            for row in packed_lines(features / (name + ".features.gz")):
                for feature in row[-1].split(" "):
                    self.assertIn(feature.partition("=")[0], terms)

    def test_own_words_are_in_it(self):
        known = {word for word, _ in packed_lines(
            self.folder / "features/words.features.gz")}
        for word in ("flowers", "plumbers", "dont", "att", "tx"):
            self.assertIn(word, known)

    def test_kept_features_and_weights_replace_the_built_in_lexicon(self):
        top = self.pipelines[0].top
        data = top / "engine/data"
        data.mkdir(parents=True)
        self.pipelines[0].run("en", "--bench", BENCH, "--install",
                              "--features", self.folder / "features",
                              "-o", top / "other")
        for name, there in BUILT_IN:
            self.assertEqual((data / there).read_bytes(),
                             (self.folder / name).read_bytes(), name)

    def test_nothing_of_it_is_copyleft(self):
        for package, _, licence, _ in lines(self.folder / "sources.tsv"):
            self.assertNotIn("GPL", licence, package)


if __name__ == "__main__":
    unittest.main()
