"""Lexicons of other languages, from the packages; Spanish all the way."""

import os
import subprocess
import unittest

from pipeline import LEXICON, Pipeline, blocked, lines

PROGRAM = os.environ["VN_PROGRAM"]


class Languages(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.pipeline = Pipeline()
        cls.folder = cls.pipeline.top / "data/vanity/lexicons/es"
        cls.pipeline.run("es", seed=1)

    @classmethod
    def tearDownClass(cls):
        cls.pipeline.folder.cleanup()

    def test_twice_gives_the_same_bytes(self):
        other = self.pipeline.top / "other"
        self.pipeline.run("es", "-o", other, seed=2)
        for path in sorted(other.iterdir()):
            self.assertEqual(path.read_bytes(),
                             (self.folder / path.name).read_bytes(), path)
        self.assertEqual(len(list(other.iterdir())), len(LEXICON) + 2)

    def test_no_word_is_blocked(self):
        words = [word for word, _ in lines(self.folder / "words.tsv")]
        self.assertEqual(words, sorted(set(words)))
        self.assertGreater(len(words), 20000)
        self.assertEqual(set(words) & blocked(self.folder), set())

    def test_the_licences_are_told(self):
        text = (self.folder / "sources.tsv").read_text()
        self.assertIn("wspanish (Debian)", text)
        self.assertIn("GPL", (self.folder / "LICENCE").read_text())

    def test_vanity_spells_with_it(self):
        index = self.pipeline.top / "es.mdb"
        environment = dict(os.environ, VANITY_LEXICONS="",
                           XDG_DATA_HOME=str(self.pipeline.top / "data"))
        subprocess.run([PROGRAM, "build", "--quiet", "--language", "es",
                        "--prefix", "356", "-o", index], env=environment,
                       check=True)
        answer = subprocess.run([PROGRAM, "lookup", "-i", index, "FLORECE"],
                                capture_output=True, text=True, check=True)
        self.assertIn("FLORECE", answer.stdout)
        self.assertNotIn("FLOWER", answer.stdout)

    def test_every_language_has_its_words_without_accents(self):
        for language, words in (("fr", ("ecole", "garcon", "oeuvre")),
                                ("de", ("strasse", "schon", "buro")),
                                ("it", ("caffe", "citta")),
                                ("pt", ("acao", "pao")),
                                ("nl", ("cafe", "fiets"))):
            folder = self.pipeline.top / language
            self.pipeline.run(language, "-o", folder)
            known = {word for word, _ in lines(folder / "words.tsv")}
            self.assertEqual(set(words) - known, set())
            self.assertEqual(known & blocked(folder), set())
            for left, right, _ in lines(folder / "pairs.tsv"):
                self.assertEqual({left, right} - known, set())


if __name__ == "__main__":
    unittest.main()
