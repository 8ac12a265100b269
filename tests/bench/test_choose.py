"""vanity-bench quality --choose: sheets to choose the best spelling from."""

import re
import unittest

from bench_case import BenchCase

COLUMNS = ["suffix", *"ABCDEFGHIJ", "choice", "note"]


class Choose(BenchCase):

    def sheet(self, *arguments):
        done = self.start("quality", "--choose", "--lexicon",
                          self.folder / "lexicon", *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        title, marker, columns, *rows = done.stdout.splitlines()
        self.assertEqual((marker, columns.split("\t")), ("# marker", COLUMNS))
        return title, [row.split("\t") for row in rows]

    def best(self, suffixes):
        """The first spelling of each, which miss the digits themselves."""
        path = self.folder / "digits.tsv"
        path.write_text("phrase_display\tletters7\tdigits7\tshape\toverdial\t"
                        "source\n" + "".join(
                            f"x\t{suffix}\t{suffix}\tword\t0\tx\n"
                            for suffix in suffixes))
        return [miss["ours"][0] for miss in self.run_json(
            "quality", path, "--misses", "--lexicon",
            self.folder / "lexicon")["miss"]]

    def test_a_sheet_is_shuffled_and_the_same_for_a_seed(self):
        arguments = ("--random", 300, "--seed", 5)
        title, rows = self.sheet(*arguments)
        self.assertRegex(title, "vanity choice sheet 1, 300 suffixes of [0-9]+, "
                                "seed 5;")
        self.assertEqual((title, rows), self.sheet(*arguments))
        self.assertEqual(len({row[0] for row in rows}), 300)
        for suffix, *spellings, choice, note in rows:
            self.assertRegex(suffix, "^[2-9][0-9]{6}$")
            self.assertEqual((choice, note), ("", ""))
            texts = [text for text in spellings if text]
            self.assertEqual(texts, spellings[:len(texts)])
            self.assertEqual(len(set(texts)), len(texts))
            self.assertGreater(len(texts), 0)
        places = [row.index(best) for row, best in zip(
            rows, self.best([row[0] for row in rows])) if row[2]]
        self.assertGreater(len(set(places)), 1)

    def test_a_least_score_leaves_the_better_ones(self):
        title, few = self.sheet("--random", 10, "--at-least", -40)
        count = int(re.search(r"of (\d+),", title)[1])
        self.assertLess(count, 100000)
        rows = self.sheet("--random", count, "--seed", 2, "--at-least", -40)[1]
        self.assertEqual(len({row[0] for row in rows}), count)
        self.assertLess({row[0] for row in few}, {row[0] for row in rows})
        self.assertNotEqual([row[0] for row in few],
                            [row[0] for row in rows[:10]])
        self.assertIn("FLOWERS", {text for row in rows for text in row})

    def test_wrong_use_is_refused(self):
        for pattern, arguments in (
                ("goes with --random", ()),
                ("--at-least goes with --choose", ("--at-least", 3)),
                ("--at-least takes a number", ("--at-least", 300)),
                ("name no index", ("--random", 5, self.folder / "x")),
                ("name no index", ("--random", 5, "-i", self.folder / "x")),
                ("leave out", ("--random", 5, "--blind")),
                ("leave out", ("--random", 5, "--json")),
                ("only 1 suffixes", ("--random", 5, "--at-least", 25,
                                     "--lexicon", self.folder / "lexicon"))):
            choose = () if "goes with --choose" in pattern else ("--choose",)
            self.refuse(pattern, "quality", *choose, *arguments)


if __name__ == "__main__":
    unittest.main()
