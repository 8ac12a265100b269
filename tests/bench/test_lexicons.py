"""--lexicon and --model of engine, index, quality and compare."""

import unittest

from bench_case import BenchCase


class Lexicons(BenchCase):

    def commands(self):
        """Each command with the least to do."""
        phrases = self.write_phrases(("FLOWERS", "word"), ("CALL-NOW", "two"))
        return {
            "engine": ("--suffixes", 100, "--sample", 20, "--repeat", 1),
            "index": ("--prefix", 3569, "--repeat", 1, "--dir", self.folder),
            "quality": (phrases,),
            "compare": ("default", "default", "--prefix", 3569, "--no-times"),
        }

    def test_every_command_takes_a_folder_and_a_model(self):
        options = ("--lexicon", self.folder / "lexicon", "--model",
                   self.folder / "odd")
        for command, rest in self.commands().items():
            if command == "compare":
                rest = (self.folder / "lexicon", self.folder / "plain",
                        *rest[2:])
            self.run_json(command, *rest, *options)

    def test_the_enumerator_agrees_for_any_lexicon(self):
        for options in (("--lexicon", "lexicon"), ("--model", "odd"),
                        ("--lexicon", "other", "--model", "odd")):
            paths = [self.folder / option if place % 2 else option
                     for place, option in enumerate(options)]
            results = self.run_json("engine", "--suffixes", 100, "--sample",
                                    200, "--repeat", 1, *paths)
            self.assertIn("enumerator",
                          [line["result"] for line in results["time"]])

    def test_a_folder_decides_what_is_found(self):
        phrases = self.write_phrases(("FLOWERS", "word"), ("CALL-NOW", "two"))
        for name, hits in (("lexicon", 2), ("other", 1)):
            results = self.run_json("quality", phrases, "--lexicon",
                                    self.folder / name)
            self.assertEqual(results["recall"][0]["recall_at_5"]["hits"], hits)

    def test_a_model_goes_before_that_of_the_folder(self):
        results = self.run_json(
            "compare", self.folder / "lexicon", self.folder / "plain",
            "--lexicon", self.folder / "lexicon", "--model",
            self.folder / "odd", "--prefix", 3569, "--no-times")
        counts = {line["result"]: line["value"] for line in results["count"]}
        self.assertGreater(counts["other spellings"], 0)
        results = self.run_json(
            "compare", self.folder / "lexicon", self.folder / "odd",
            "--lexicon", self.folder / "lexicon", "--model",
            self.folder / "odd", "--prefix", 3569, "--no-times")
        counts = {line["result"]: line["value"] for line in results["count"]}
        self.assertEqual(counts["same spellings and scores"],
                         counts["compared"])

    def test_what_is_no_lexicon_or_model_is_refused(self):
        (self.folder / "empty").mkdir(exist_ok=True)
        for command, rest in self.commands().items():
            if command == "compare":
                rest = (self.folder / "odd", "default", *rest[2:])
            self.refuse("is no folder of a lexicon", command, *rest,
                        "--lexicon", self.folder / "empty")
            self.refuse("there is no file .*nothing", command, *rest,
                        "--model", self.folder / "nothing")
            self.refuse("no model file", command, *rest, "--model",
                        self.folder / "lexicon/words.tsv")


if __name__ == "__main__":
    unittest.main()
