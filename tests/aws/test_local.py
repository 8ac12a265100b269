#!/usr/bin/env python3
"""tools/aws/local: a number, asked of the functions on DynamoDB Local."""
import os
import pathlib
import subprocess
import unittest

LOCAL = pathlib.Path(__file__).resolve().parents[2] / "tools" / "aws" / "local"
PROGRAMS = ["--vanity", os.environ["VN_PROGRAM"],
            "--bootstrap", os.environ["VN_BOOTSTRAP"]]


def local(*arguments):
    return subprocess.run([LOCAL, *arguments], text=True, capture_output=True,
                          check=False, timeout=300)


class Local(unittest.TestCase):
    def test_a_number_is_answered_by_all_functions(self):
        done = local(*PROGRAMS, "+12063569377")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.count(": response\n"), 5, done.stdout)
        for part in ('"VanityNumber1": "1-206-FLOWERS"', '"Calls": "1"',
                     '\\"number\\":\\"+*********77\\"'):
            self.assertIn(part, done.stdout)

    def test_wrong_use(self):
        for sentence, arguments in (
                ("'2063569377' is no E.164 number", ["2063569377"]),
                ("is no E.164 number", ["+١٢٠٦٣٥٦٩٣٧٧"]),
                ("is no E.164 number", ["+0063569377"]),
                ("is no E.164 number", ["+12063569377\n"]),
                ("is no E.164 number", ["+1234567890123456"]),
                ("there is no program /nowhere",
                 ["--bootstrap", "/nowhere", "+12063569377"])):
            with self.subTest(arguments=arguments):
                done = local(*PROGRAMS, *arguments)
                self.assertEqual(done.returncode, 2)
                self.assertIn(sentence, done.stderr)
                self.assertNotIn("Traceback", done.stderr)


if __name__ == "__main__":
    unittest.main()
