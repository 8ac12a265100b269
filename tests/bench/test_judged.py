"""vanity-bench quality --random and --judged: sheets and what marks count."""

import math
import pathlib
import unittest

from bench_case import BenchCase

TOP = pathlib.Path(__file__).resolve().parents[2]
JUDGED = sorted((TOP / "bench/data").glob("judged-*.tsv"))
TITLE = "# vanity judging sheet 1, 4 suffixes, seed 1; by hand\n"
COLUMNS = "suffix\tfirst\tsecond\tthird\tmark\tnote\n"
MARKS = ("good", "poor", "embarrassing")
SHORT = {mark[0]: mark for mark in MARKS}
Z95 = 1.959964


def wilson(hits, rows):
    """Share, low and high, by the formula of Wilson (1927)."""
    share, square = hits / rows, Z95 * Z95
    centre = (hits + square / 2) / (rows + square)
    half = Z95 / (rows + square) * math.sqrt(
        rows * share * (1 - share) + square / 4)
    return share, max(centre - half, 0), min(centre + half, 1)


def kappa(pairs):
    """Cohen's kappa and its interval, marker by marker, mark by mark."""
    rows = len(pairs)
    first = {mark: sum(a == mark for a, _ in pairs) / rows for mark in MARKS}
    second = {mark: sum(b == mark for _, b in pairs) / rows for mark in MARKS}
    equal = sum(a == b for a, b in pairs) / rows
    chance = sum(first[mark] * second[mark] for mark in MARKS)
    # Fleiss, Cohen and Everitt (1969), formula 13, summed pair by pair.
    spread = sum((((1 - chance) - (first[b] + second[a]) * (1 - equal)) ** 2
                  if a == b else
                  ((1 - equal) * (second[a] + first[b])) ** 2)
                 for a, b in pairs) / rows
    rest = equal * chance - 2 * chance + equal
    error = math.sqrt((spread - rest ** 2) / rows) / (1 - chance) ** 2
    value = (equal - chance) / (1 - chance)
    return value, value - Z95 * error, value + Z95 * error


def read_marks(path):
    """The marker, and the mark of each list."""
    lines = path.read_text().splitlines()
    marker = lines[1].removeprefix("# marker").strip()
    rows = [line.split("\t") for line in lines[3:]]
    return marker, {tuple(row[:4]): SHORT.get(row[4], row[4]) for row in rows}


class Judged(BenchCase):

    def sheet(self, name, marker, *rows):
        path = self.folder / name
        path.write_text(TITLE + f"# marker {marker}\n" + COLUMNS + "".join(
            "\t".join(row) + "\n" for row in rows))
        return path

    def check_share(self, found, hits, rows):
        self.assertEqual(found["hits"], hits)
        for key, value in zip(("share", "low", "high"), wilson(hits, rows)):
            self.assertAlmostEqual(found[key], value, places=5)

    def check_agreement(self, found, pairs):
        self.assertEqual(found["lists"], len(pairs))
        self.assertEqual(found["equal"], sum(a == b for a, b in pairs))
        self.assertEqual(found["table"], [[pairs.count((a, b)) for b in MARKS]
                                          for a in MARKS])
        for key, value in zip(("kappa", "low", "high"), kappa(pairs)):
            self.assertAlmostEqual(found[key], value, places=5)

    def test_a_sheet_has_different_suffixes_and_no_scores(self):
        index = self.build("a.mdb", "--lexicon", self.folder / "lexicon")
        arguments = ("quality", "--random", 300, "--seed", 5, index)
        sheet = self.start(*arguments).stdout
        self.assertEqual(sheet, self.start(*arguments).stdout)
        other = self.start("quality", "--random", 300, "--seed", 6, index)
        self.assertNotEqual(sheet, other.stdout)
        title, marker, columns, *rows = sheet.splitlines()
        self.assertIn("300 suffixes, seed 5", title)
        self.assertEqual(marker, "# marker")
        self.assertEqual(columns + "\n", COLUMNS)
        suffixes = [row.split("\t")[0] for row in rows]
        self.assertEqual(len(set(suffixes)), 300)
        self.assertTrue(all(suffix.startswith("356") for suffix in suffixes))
        for row in rows:
            spellings, mark = row.split("\t")[1:4], row.split("\t")[4]
            self.assertEqual(mark, "" if spellings[0] else "none")
        self.assertEqual({len(row.split("\t")) for row in rows}, {6})

    def test_blind_mixes_the_lists_of_several_indexes(self):
        indexes = [self.build("a.mdb", "--lexicon", self.folder / "lexicon"),
                   self.build("odd.mdb", "--model", self.folder / "odd")]
        plain = self.start("quality", "--random", 200, *indexes).stdout
        blind = self.start("quality", "--random", 200, "--blind",
                           *indexes).stdout
        rows, mixed = (text.splitlines()[3:] for text in (plain, blind))
        self.assertEqual(sorted(rows), sorted(mixed))
        self.assertEqual(len(set(rows)), len(rows))
        suffixes = [row[:7] for row in mixed]
        self.assertEqual(len(set(suffixes)), 200)
        self.assertGreater(len(suffixes), 200)
        # The second list of a suffix comes behind every first one.
        self.assertEqual(len(set(suffixes[:200])), 200)

    def test_marks_are_counted_and_compared(self):
        lists = [("3569377", "FLOWERS", "", ""), ("2255669", "CALL-NOW", "", ""),
                 ("4685865", "GOT-JUNK", "", ""), ("0000000", "", "", ""),
                 ("3569927", "FLOW-WAR", "", "")]
        marks = (("good", "g", "e", "none", "p"),
                 ("GOOD", "poor", "Poor", "none", ""))
        # The last mark is left open.
        paths = [self.sheet(f"sheet-{marker}", marker, *(
            row + (mark, "why" if mark == "e" else "")
            for row, mark in zip(lists, column)))
                 for marker, column in zip("xy", marks)]
        results = self.run_json("quality", "--judged", *paths)
        judged = {line["result"]: line for line in results["judged"]}
        for name, good, bad, poor, rows, empty in (
                ("x", 2, 1, 1, 5, 0), ("y", 1, 0, 2, 4, 1),
                ("by all", 1, 0, 3, 5, 0), ("by any", 2, 1, 1, 5, 0)):
            self.check_share(judged[name]["good"], good, rows)
            self.check_share(judged[name]["embarrassing"], bad, rows)
            self.assertEqual((judged[name]["lists"], judged[name]["poor"],
                              judged[name]["none"], judged[name]["empty"]),
                             (rows, poor, 1, empty), name)
        self.check_agreement(results["agreement"][0], [
            ("good", "good"), ("good", "poor"), ("embarrassing", "poor")])
        self.assertEqual([(line["suffix"], line["marker"], line["note"])
                          for line in results["list"]],
                         [("4685865", "x", "why")])

    def test_the_marked_sheets_of_the_tree(self):
        """Each is sound; figures as by formulas written down here."""
        self.assertGreaterEqual(len(JUDGED), 2)
        results = self.run_json("quality", "--judged", *JUDGED)
        judged = {line["result"]: line for line in results["judged"]}
        marks = {}
        for path in JUDGED:
            marker, rows = read_marks(path)
            marks.setdefault(marker, {}).update(rows)
        for marker, rows in marks.items():
            found = [mark for mark in rows.values() if mark]
            self.check_share(judged[marker]["good"], found.count("good"),
                             len(found))
            self.check_share(judged[marker]["embarrassing"],
                             found.count("embarrassing"), len(found))
        for agreement in results["agreement"]:
            a, b = (marks[name] for name in agreement["result"].split(" / "))
            self.check_agreement(agreement, [
                (a[row], b[row]) for row in a
                if row in b and {a[row], b[row]} <= set(MARKS)])

    def test_one_mark_for_all_has_no_kappa(self):
        paths = [self.sheet(f"one-{marker}", marker,
                            ("3569377", "FLOWERS", "", "", "good", ""))
                 for marker in "xy"]
        agreement = self.run_json("quality", "--judged",
                                  *paths)["agreement"][0]
        self.assertEqual((agreement["equal"], agreement["kappa"]), (1, None))

    def test_only_lists_that_an_index_gives(self):
        index = self.build("a.mdb", "--lexicon", self.folder / "lexicon")
        sheet = self.start("quality", "--random", 1000, index).stdout
        path = self.folder / "current"
        row = next(row for row in sheet.splitlines()[3:] if "none" not in row)
        path.write_text(TITLE + "# marker x\n" + COLUMNS +
                        "\t".join(row.split("\t")[:4]) + "\tgood\t\n" +
                        "3569377\tFLOWERS\t\t\tgood\t\n")
        results = self.run_json("quality", "--judged", "-i", index, path)
        self.assertEqual(results["judged"][0]["lists"], 1)
        self.assertEqual(results["count"][0]["value"], 1)

    def test_bad_sheets_are_refused(self):
        row = "3569377\tFLOWERS\t\t\tgood\t\n"
        start = TITLE + "# marker x\n" + COLUMNS
        path = self.folder / "bad"
        for pattern, text in (
                ("bad:1: is no sheet", "suffix\n"),
                ("bad:2: write the marker's name",
                 TITLE + "# marker\n" + COLUMNS + row),
                ("bad:3: names a marker again",
                 TITLE + "# marker x\n# marker y\n" + COLUMNS + row),
                ("bad:2: a line '# marker NAME' must stand",
                 TITLE + COLUMNS + row),
                ("bad:3: the columns must be named",
                 TITLE + "# marker x\n" + row),
                ("bad:4: a suffix has seven digits", start + row[1:]),
                ("bad:4: 'FLOWERS' does not dial 3569378",
                 start + row.replace("77", "78")),
                ("bad:4: 'fine' is no mark", start + row.replace("good",
                                                                "fine")),
                ("bad:4: the mark 'none'", start + row.replace("good",
                                                               "none")),
                ("bad:4: the mark 'none'", start + "3569377\t\t\t\tgood\t\n"),
                ("bad:4: a spelling is missing",
                 start + "3569377\t\tFLOWERS\t\tgood\t\n"),
                ("bad:4: has more than six", start + row[:-1] + "\tmore\n"),
                ("bad:5: marker 'x' has marked the same", start + row + row),
                ("bad:4: byte 5 ", start + "3569\0\n"),
                ("ends without any mark", start + row.replace("good", "")),
                ("ends without any mark", start), ("bad", "")):
            path.write_text(text)
            self.refuse(pattern, "quality", "--judged", path)

    def test_many_markers_are_kept_apart(self):
        paths = [self.sheet(f"many-{marker}", f"m{marker}",
                            ("3569377", "FLOWERS", "", "", "good", ""))
                 for marker in range(64)]
        results = self.run_json("quality", "--judged", *paths)
        self.assertEqual(len(results["agreement"]), 64 * 63 // 2)
        self.refuse("at most 64 files", "quality", "--judged", *paths, paths[0])

    def test_wrong_use_is_refused(self):
        index = self.build("a.mdb", "--lexicon", self.folder / "lexicon")
        other = self.folder / "part.mdb"
        if not other.exists():
            self.build("part.mdb", "--prefix", "3569")
        sheet = self.sheet("use", "x",
                           ("3569377", "FLOWERS", "", "", "good", ""))
        for pattern, arguments in (
                ("--random takes a number", ("--random", 0, index)),
                ("--random takes a number", ("--random", "many", index)),
                ("name the index", ("--random", 5)),
                ("either --random or --judged",
                 ("--random", 5, "--judged", index)),
                ("name the marked sheets", ("--judged",)),
                ("go with a file of phrases",
                 ("--random", 5, "--misses", index)),
                ("go with a file of phrases",
                 ("--judged", "--model", self.folder / "odd", sheet)),
                ("leave out -i and --json", ("--random", 5, "--json", index)),
                ("10000 suffixes", ("--random", 10001, index)),
                ("different prefixes", ("--random", 5, index, other)),
                ("none of the lists", ("--judged", "-i", other, self.sheet(
                    "no", "x", ("2255669", "CALL-NOW", "", "", "good", "")))),
                ("there is no file", ("--judged", "/none"))):
            self.refuse(pattern, "quality", *arguments)


if __name__ == "__main__":
    unittest.main()
