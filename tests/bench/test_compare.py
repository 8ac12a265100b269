"""vanity-bench compare: what changes, who gains, and the exit status."""

import json
import os
import signal
import stat
import subprocess
import time
import unittest

from bench_case import BENCH, VANITY, BenchCase

QUICK = ("--prefix", "3569", "--no-times")


class Compare(BenchCase):

    def compare(self, a, b, *arguments, code=0):
        return self.run_json("compare", a, b, *arguments, code=code)

    def counts(self, results):
        return {line["result"]: line["value"] for line in results["count"]}

    def test_equal_rankings_agree(self):
        lexicon = self.folder / "lexicon"
        for b in (lexicon, self.folder / "plain"):
            results = self.compare(lexicon, b, *QUICK, *(
                () if b == lexicon else ("--lexicon", lexicon)))
            counts = self.counts(results)
            self.assertEqual(counts["compared"], 1000)
            self.assertEqual(counts["same spellings and scores"], 1000)
            agreement = results["agreement"][0]
            for rank in (1, 3, 5):
                self.assertEqual(agreement[f"agreement_at_{rank}"], 1)
            self.assertNotIn("change", results)

    def test_changes_are_those_of_the_list(self):
        listed = self.folder / "list.tsv"
        results = self.compare(self.folder / "lexicon", self.folder / "other",
                               *QUICK, "--list", listed, "--sample", 100000)
        head, *rows = [row.split("\t") for row in
                       listed.read_text().splitlines()]
        self.assertEqual(head, ["suffix", "a", "b", "a_score", "b_score"])
        self.assertEqual(len(rows), len(results["change"]))
        for row, change in zip(rows, results["change"]):
            sides = [[candidate["spelling"] for candidate in change[side]]
                     for side in "ab"]
            self.assertEqual(row[:3], [change["suffix"],
                                       *map(" ".join, sides)])
            self.assertEqual(row[3:], [
                str(change[side][0]["score"]) if change[side] else ""
                for side in "ab"])
        self.check_counts(rows, results)

    def check_counts(self, rows, results):
        """The counts, from the list."""
        counts = self.counts(results)
        lists = [[column.split() for column in row[1:3]] for row in rows]
        self.assertEqual(counts["another first spelling"],
                         sum(a[:1] != b[:1] for a, b in lists))
        self.assertEqual(counts["same spellings, other order"],
                         sum(sorted(a) == sorted(b) for a, b in lists))
        self.assertEqual(counts["other spellings"],
                         sum(sorted(a) != sorted(b) for a, b in lists))
        self.assertEqual(counts["of these, none any more"],
                         sum(bool(a) and not b for a, b in lists))
        self.assertEqual(
            counts["compared"], counts["same spellings and scores"] +
            counts["same spellings, other scores"] + len(rows))
        agreement = results["agreement"][0]
        for rank in (1, 3, 5):
            shares = [len(set(a[:rank]) & set(b[:rank])) /
                      max(len(a[:rank]), len(b[:rank])) for a, b in lists]
            same = agreement["suffixes"] - len(lists)
            self.assertAlmostEqual(agreement[f"agreement_at_{rank}"],
                                   (sum(shares) + same) /
                                   agreement["suffixes"], places=5)

    def test_indexes_and_engines_are_the_same(self):
        a = self.build("a.mdb", "--lexicon", self.folder / "lexicon")
        b = self.build("b.mdb", "--lexicon", self.folder / "other")
        by_index = self.compare(a, b, "--no-times", "--sample", 5)
        by_engine = self.compare(self.folder / "lexicon", self.folder / "other",
                                 "--prefix", 356, "--no-times", "--sample", 5)
        for kind in ("count", "agreement", "change"):
            self.assertEqual(by_index[kind], by_engine[kind])
        mixed = self.compare(a, self.folder / "lexicon", "--no-times")
        self.assertEqual(self.counts(mixed)["same spellings and scores"], 10000)

    def test_programs_build_and_leave_nothing(self):
        folder = self.folder / "programs"
        folder.mkdir()
        results = self.compare(VANITY, VANITY, "--prefix", 3569, "--repeat", 1,
                               "--dir", folder)
        self.assertEqual(self.counts(results)["same spellings and scores"],
                         1000)
        self.assertEqual(os.listdir(folder), [])
        folder.rmdir()

    def test_a_stop_leaves_nothing(self):
        folder = self.folder / "stopped"
        folder.mkdir()
        program = self.folder / "slow"
        program.write_text("#!/bin/sh\nexec sleep 60\n")
        program.chmod(0o755)
        with subprocess.Popen([BENCH, "compare", program, program, "--dir",
                               folder]) as running:
            while not os.listdir(folder):
                time.sleep(0.01)
            running.send_signal(signal.SIGTERM)
            self.assertEqual(running.wait(), 128 + signal.SIGTERM)
        self.assertEqual(os.listdir(folder), [])
        folder.rmdir()

    def test_a_model_may_be_executable(self):
        model = self.folder / "odd"
        mode = model.stat().st_mode
        model.chmod(mode | stat.S_IXUSR)
        results = self.compare(model, "default", *QUICK)
        self.assertEqual(results["source"][0]["is"], "model")
        model.chmod(mode)

    def test_gains_and_losses_have_names(self):
        phrases = self.write_phrases(("FLOWERS", "word"), ("FLOW-WAR", "two"),
                                     ("CALL-NOW", "two"))
        results = self.compare(self.folder / "lexicon", self.folder / "other",
                               "--no-times", "--prefix", 356, "--benchmark",
                               phrases)
        self.assertEqual([(line["phrase"], line["suffix"], line["rank_a"],
                           line["rank_b"]) for line in results["loss"]],
                         [("FLOWERS", "3569377", 1, None)])
        self.assertNotIn("gain", results)
        change = results["recall_change"][0]
        # CALL-NOW is not of the prefix.
        self.assertEqual((change["rows"], change["only_a"], change["only_b"]),
                         (2, 1, 0))
        self.assertEqual(change["change"], -0.5)
        back = self.compare(self.folder / "other", self.folder / "lexicon",
                            "--no-times", "--prefix", 356, "--benchmark",
                            phrases)
        self.assertEqual([line["phrase"] for line in back["gain"]], ["FLOWERS"])
        self.assertNotIn("loss", back)

    def test_recall_that_drops_fails(self):
        phrases = self.write_phrases(("FLOWERS", "word"), ("FLOW-WAR", "two"))
        sides = (self.folder / "lexicon", self.folder / "other", "--no-times",
                 "--prefix", 3569, "--benchmark", phrases,
                 "--fail-if-recall-drops")
        for limit, code in (("1", 1), ("49.9%", 1), ("50", 0), ("100%", 0)):
            results = self.compare(*sides, limit, code=code)
            self.assertEqual(results["verdict"][0]["fails"], code == 1)
            self.assertEqual(results["verdict"][0]["value"], 50)
        self.compare(sides[1], sides[0], *sides[2:], "0")

    def test_a_slower_program_fails(self):
        """Whatever the times are, the verdict follows from them."""
        index = self.build("a.mdb", "--lexicon", self.folder / "lexicon")
        for name, wait in (("fast", 0), ("slow", 0.05)):
            program = self.folder / name
            program.write_text(f'#!/bin/sh\nsleep {wait}\ncp "{index}" "$4"\n')
            program.chmod(0o755)
        for a, b, limit in (("fast", "slow", "1%"), ("slow", "fast", "1"),
                            ("fast", "slow", "1000")):
            done = self.start(
                "compare", self.folder / a, self.folder / b, "--prefix", 356,
                "--repeat", 6, "--dir", self.folder, "--fail-if-slower",
                limit, "--json")
            self.assertIn(done.returncode, (0, 1), done.stderr)
            lines = {(line["kind"], line["result"]): line for line in
                     map(json.loads, done.stdout.splitlines())}
            passed = lines["paired", "B / A, time passed"]
            self.assertTrue(passed["low"] <= passed["median"] <=
                            passed["high"], passed)
            self.assertEqual(passed["level"], 0.95)
            slower = (passed["median"] - 1) * 100
            verdict = lines["verdict", "slower, %"]
            self.assertAlmostEqual(verdict["value"], slower, places=3)
            fails = slower > verdict["limit"] and passed["low"] > 1
            self.assertEqual((verdict["fails"], done.returncode),
                             (fails, int(fails)))

    def test_engines_and_indexes_are_timed_in_pairs(self):
        index = self.build("a.mdb", "--lexicon", self.folder / "lexicon")
        for a, unit in ((self.folder / "lexicon", "ns/suffix"),
                        (index, "ns/look-up")):
            results = self.compare(a, a, "--prefix", 356, "--repeat", 3)
            self.assertEqual([line["unit"] for line in results["time"]],
                             [unit] * 2)
            # Three rounds give no interval.
            self.assertEqual([line["level"] for line in results["paired"]],
                             [None] * 2)
        self.assertNotIn("paired", self.compare(index, self.folder / "lexicon"))

    def test_wrong_use_is_refused(self):
        lexicon = self.folder / "lexicon"
        index = self.build("a.mdb", "--lexicon", lexicon)
        phrases = self.write_phrases(("CALL-NOW", "two"))
        for pattern, arguments in (
                ("name the two", ()),
                ("name the two", (lexicon,)),
                ("compares two", (lexicon, lexicon, lexicon)),
                ("there is no '/none'", (lexicon, "/none")),
                ("percentage from 0 to 1000",
                 (lexicon, lexicon, "--fail-if-slower", "much")),
                ("percentage from 0 to 1000",
                 (lexicon, lexicon, "--fail-if-recall-drops", "-1")),
                ("needs phrases",
                 (lexicon, lexicon, "--fail-if-recall-drops", "1")),
                ("needs times",
                 (lexicon, lexicon, "--fail-if-slower", "1", "--no-times")),
                ("needs 6 rounds", (lexicon, lexicon, "--fail-if-slower", "1",
                                    "--repeat", "5")),
                ("cannot be compared",
                 (lexicon, index, "--fail-if-slower", "1")),
                ("neither A nor B", (index, index, "--lexicon", lexicon)),
                ("neither A nor B",
                 (index, index, "--model", self.folder / "odd")),
                ("nothing of 22", (index, lexicon, "--prefix", "22")),
                ("no phrase of the prefix 356",
                 (index, index, "--benchmark", phrases)),
                ("cannot write", (index, index, "--list", "/none/list")),
                ("is empty, not a vanity index",
                 ("/bin/true", VANITY, "--dir", self.folder)),
                ("cannot write into '/none'",
                 (VANITY, VANITY, "--dir", "/none"))):
            self.refuse(pattern, "compare", *arguments)
        done = self.start("compare", "/bin/false", VANITY, "--dir", self.folder)
        self.assertEqual(done.returncode, 3)
        self.assertIn("failed (exit 1)", done.stderr)


if __name__ == "__main__":
    unittest.main()
