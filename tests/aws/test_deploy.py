#!/usr/bin/env python3
"""tools/aws/deploy against recorders: what it runs, in which order, and when
it refuses. VN_PROGRAM is vanity; VN_GOLDEN=write writes the expected dry runs
anew."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest
import zipfile

sys.dont_write_bytecode = True
from bench import HERE, Bench  # pylint: disable=wrong-import-position

INSTANCE = ("arn:aws:connect:eu-central-1:111122223333:instance/"
            "01234567-89ab-cdef-0123-456789abcdef")
DEPLOY = ["deploy", "--instance", INSTANCE, "--yes"]

OUTPUTS = {
    "IndexTable": "index-1", "SiteBucket": "site-1", "DistributionId": "D1",
    "ContactFlow": INSTANCE + "/contact-flow/f1",
    "SiteUrl": "https://page", "SignInUrl": "https://sign-in",
}
ABSENT = ["Stacks[0].StackStatus", "ValidationError: Stack with id vanity-prod "
          "does not exist\n", 254]
PRESENT = ["Stacks[0].StackStatus", "UPDATE_COMPLETE\n", 0]
REST = [
    ["get-caller-identity", "111122223333\n", 0],
    *[[f"OutputKey=='{name}'", value + "\n", 0]
      for name, value in OUTPUTS.items()],
    ["head-bucket", "", 0],
    ["vanity info", '{"generation":"00ff00ff00ff00ff","prefix":""}\n', 0],
    ["PhoneNumber=='+18005550100'", "n1\n", 0],
    ["PhoneNumber==", "None\n", 0],
    ["", "", 0],
]


PARTIAL = ["vanity info", '{"generation":"00ff","prefix":"356"}\n', 0]
X86_64, ARM64 = 62, 183
TIMES = (1980, 1, 1, 0, 0, 0)


def write_zip(path, machine=ARM64, name="bootstrap", mode=0o755, magic=2):
    """A zip with the head of a program in it."""
    info = zipfile.ZipInfo(name, TIMES)
    info.external_attr = mode << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, b"\x7fELF" + bytes([magic, 1, 1]) + bytes(9) +
                         b"\2\0" + bytes([machine, 0]) + bytes(44))


class Deploy(unittest.TestCase):
    def setUp(self):
        self.bench = Bench()
        self.addCleanup(self.bench.close)
        (self.bench.folder / "vanity.mdb").write_text("index")
        # What the recorder in the place of 'package' and 'vanity' does not make.
        self.work = self.bench.root / "build" / "aws-deploy"
        (self.work / "vanity-arm64.zip").write_text("zip")

    def deploy(self, *options, answers=(ABSENT, *REST), code=0):
        got, out, err, calls = self.bench.run([*DEPLOY, *options],
                                              list(answers))
        self.assertEqual(got, code, err)
        return out, err, [" ".join(call) for call in calls]

    def refused(self, sentence, *options, answers=(ABSENT, *REST), code=2):
        _, err, calls = self.deploy(*options, answers=answers, code=code)
        self.assertIn(sentence, err.splitlines()[-1])
        if code == 2 and not calls:
            self.assertEqual(err.count("\n"), 1, err)
        changing = [call for call in calls if any(
            word in call for word in ("create-", "cloudformation deploy",
                                      "s3 cp", "s3 sync", "associate-"))]
        self.assertEqual(changing, [])

    # ---- Dry runs -----------------------------------------------------------

    def golden(self, name, *options):
        before = sorted(self.bench.root.rglob("*"))
        out, err, calls = self.deploy("--dry-run", "--vanity", "vanity",
                                      *options)
        self.assertEqual((err, calls), ("", []))
        self.assertEqual(sorted(self.bench.root.rglob("*")), before)
        out = out.replace(str(self.bench.root), "ROOT")
        path = pathlib.Path(HERE) / "golden" / name
        if os.environ.get("VN_GOLDEN") == "write":
            path.write_text(out, encoding="utf-8")
        self.assertEqual(out, path.read_text(encoding="utf-8"))

    def test_a_dry_run_prints_every_command_and_runs_none(self):
        self.golden("new.txt", "--number", "+18005550100", "--mail", "a@b.org")

    def test_a_dry_run_of_a_load(self):
        self.golden("load.txt", "--stage", "dev", "--fill", "load",
                    "--lookup", "jwt", "--arch", "x86_64", "--bucket", "mine",
                    "--parameter", "ApiRate=5", "--no-smoke",
                    "--role", "arn:aws:iam::111122223333:role/r")

    def test_a_dry_run_is_a_script_that_does_the_same(self):
        program = str(self.bench.bin / "vanity")
        for options in (
                ["--number", "+18005550100", "--profile", "the one",
                 "--mail", "o'n$1@example.org"],
                ["--fill", "load", "--stage", "dev", "--bucket", "mine",
                 "--sms-number", INSTANCE.split(":instance")[0]
                 + ":phone-number/n1"]):
            options = ["--vanity", program, "--no-smoke", *options]
            with self.subTest(options=options):
                script, _, _ = self.deploy("--dry-run", *options)
                _, _, done = self.deploy(*options)
                (self.bench.folder / "script").write_text(script)
                code, _, err, calls = self.bench.run(
                    ["/bin/bash", "script"], [ABSENT, *REST])
                self.assertEqual((code, err), (0, ""))
                calls = [" ".join(call) for call in calls]
                # The last two are for the addresses that it says in the end.
                self.assertEqual(calls, done[:-2])

    def script(self, *options):
        """The script of a dry run, to be run by bash."""
        text, _, _ = self.deploy(
            "--dry-run", "--vanity", str(self.bench.bin / "vanity"),
            "--no-smoke", *options)
        (self.bench.folder / "script").write_text(text)
        return ["/bin/bash", "script"]

    def test_the_script_ends_at_every_failure(self):
        """Whatever fails first is the last that is run."""
        number = ("--number", "+18005550100")
        whole = [ABSENT, *REST]
        for sentence, wanted, last, answers in (
                ("no whole index", 2, "vanity info", [PARTIAL, *whole]),
                ("broken", 5, "vanity info",
                 [["vanity info", "broken\n", 5], *whole]),
                ("names no generation", 3, "s3 cp",
                 [["vanity info", '{"prefix":""}\n', 0], *whole]),
                ("no credentials", 253, "get-caller",
                 [["get-caller", "no credentials\n", 253], *whole]),
                ("in account 111122223333", 2, "get-caller",
                 [["get-caller", "444455556666\n", 0], *whole]),
                ("AccessDenied", 3, "describe-stacks",
                 [["StackStatus", "AccessDenied\n", 254], *whole]),
                ("is there", 2, "describe-stacks", [PRESENT, *whole]),
                ("BucketAlreadyExists", 254, "create-bucket",
                 [["head-bucket", "404\n", 254],
                  ["create-bucket", "BucketAlreadyExists\n", 254], *whole]),
                ("no upload", 1, "s3 cp",
                 [["s3 cp", "no upload\n", 1], *whole]),
                ("no export", 5, "vanity export",
                 [["vanity export", "no export\n", 5], *whole]),
                ("no changeset", 255, "cloudformation deploy",
                 [["cloudformation deploy", "no changeset\n", 255], *whole]),
                ("no output SiteBucket", 3, "'SiteBucket'",
                 [["'SiteBucket'", "None\n", 0], *whole]),
                ("no invalidation", 1, "create-invalidation",
                 [["create-invalidation", "no invalidation\n", 1], *whole]),
                ("no number +18005550100", 2, "list-phone-numbers",
                 [["list-phone", "None\n", 0], *whole])):
            with self.subTest(sentence=sentence):
                code, _, err, calls = self.bench.run(
                    self.script(*number), answers)
                self.assertEqual(code, wanted, err)
                self.assertIn(sentence, err.splitlines()[-1])
                self.assertIn(last, " ".join(calls[-1]))

    def test_the_script_ends_where_the_stack_cannot_be_updated(self):
        for state in ("ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED",
                      "UPDATE_IN_PROGRESS"):
            code, _, err, calls = self.bench.run(
                self.script("--fill", "keep"),
                [["StackStatus", state + "\n", 0], *REST])
            self.assertEqual((code, err), (
                3, f"deploy: the stack vanity-prod is {state}\n"))
            self.assertIn("describe-stacks", calls[-1])
        for state in ("UPDATE_COMPLETE", "REVIEW_IN_PROGRESS"):
            code, _, err, _ = self.bench.run(
                self.script("--fill", "keep"),
                [["StackStatus", state + "\n", 0], *REST])
            self.assertEqual((code, err), (0, ""))

    def test_the_script_looks_into_the_zip(self):
        path = self.bench.folder / "functions.zip"
        write_zip(path, X86_64)
        code, _, err, calls = self.bench.run(
            self.script("--zip", str(path)), [ABSENT, *REST])
        self.assertEqual(code, 2)
        self.assertIn("is for x86_64, not arm64", err)
        self.assertIn("describe-stacks", calls[-1])

    def test_a_dry_run_needs_no_program(self):
        (self.bench.bin / "aws").unlink()
        (self.bench.bin / "vanity").unlink()
        for program in ("bash", "cut", "dirname", "grep", "realpath", "sed"):
            (self.bench.bin / program).symlink_to(shutil.which(program))
        code, out, err, _ = self.bench.run(
            [*DEPLOY, "--dry-run"], [], PATH=str(self.bench.bin))
        self.assertEqual((code, err), (0, ""))
        self.assertIn("aws --region eu-central-1 cloudformation deploy", out)
        code, _, err, _ = self.bench.run(DEPLOY, [], PATH=str(self.bench.bin))
        self.assertEqual((code, err), (
            2, "deploy: 'aws' is not installed; it is needed\n"))

    # ---- What is run --------------------------------------------------------

    def test_a_new_stack_is_filled_by_import(self):
        out, _, calls = self.deploy("--no-smoke", "--number", "+18005550100")
        self.assertEqual(out, "\nThe page: https://page\n"
                              "Sign in:  https://sign-in\n")
        order = ["get-caller-identity", "package --arch arm64",
                 "put-public-access-block", "s3 cp", "vanity export",
                 "s3://vanity-111122223333-eu-central-1/index/00ff00ff00ff00ff/",
                 "cloudformation deploy", "vanity site", "--include *.html",
                 "create-invalidation", "associate-phone-number"]
        places = [next(i for i, call in enumerate(calls) if part in call)
                  for part in order]
        self.assertEqual(places, sorted(places))
        stack = next(c for c in calls if "cloudformation deploy" in c)
        self.assertIn("ImportPrefix=index/00ff00ff00ff00ff/", stack)
        self.assertIn("CodeKey=code/", stack)
        number = next(c for c in calls if "associate-phone-number" in c)
        self.assertTrue(number.endswith(
            "--phone-number-id n1 --instance-id "
            "01234567-89ab-cdef-0123-456789abcdef --contact-flow-id f1"))

    def test_functions_that_are_made_are_taken(self):
        zip_file = self.bench.folder / "functions.zip"
        write_zip(zip_file)
        _, _, calls = self.deploy("--no-smoke", "--zip", str(zip_file))
        text = "\n".join(calls)
        self.assertNotIn("package", text)
        self.assertIn(f"s3 cp --only-show-errors {zip_file} s3://", text)

    def test_functions_are_what_they_should_be(self):
        path = self.bench.folder / "functions.zip"
        texts = {"a zip": b"PK", "text": b"made before", "nothing": b""}
        for sentence, make in (
                *(("no zip that can be read", lambda text=text:
                   path.write_bytes(text)) for text in texts.values()),
                ("for x86_64, not arm64", lambda: write_zip(path, X86_64)),
                ("for another, not arm64", lambda: write_zip(path, 8)),
                ("no file 'bootstrap'", lambda: write_zip(path, name="b")),
                ("may not be run", lambda: write_zip(path, mode=0o644)),
                ("no program for Linux", lambda: write_zip(path, magic=1))):
            with self.subTest(sentence=sentence):
                make()
                self.refused(sentence, "--zip", str(path))
                self.refused("tools/lambda/package --arch arm64 -o FILE",
                             "--zip", str(path))
        write_zip(path, ARM64)
        self.refused("for arm64, not x86_64", "--zip", str(path), "--arch",
                     "x86_64")
        write_zip(path, X86_64)
        self.deploy("--zip", str(path), "--arch", "x86_64", "--no-smoke")

    def test_part_of_an_index_is_taken_only_if_that_is_said(self):
        answers = (PARTIAL, PRESENT, *REST)
        for fill in ("import", "load", "keep"):
            _, err, calls = self.deploy("--fill", fill, answers=answers, code=2)
            self.assertIn("vanity.mdb is no whole index", err.splitlines()[-1])
            self.assertEqual(len(calls), 1)
        self.deploy("--partial", "--no-smoke", answers=answers)

    def test_what_is_there_keeps_its_table_and_its_bucket(self):
        _, err, calls = self.deploy("--no-smoke", answers=(PRESENT, *REST))
        self.assertIn("# The table stays as it is: the page says what "
                      "vanity.mdb holds.\n", err)
        text = "\n".join(calls)
        for part in ("ImportPrefix", "export", "create-bucket", "vanity load",
                     "associate-"):
            self.assertNotIn(part, text)
        self.assertIn("cloudformation deploy", text)

    def test_a_bucket_is_made_where_there_is_none(self):
        answers = (ABSENT, ["head-bucket", "404\n", 254], *REST)
        _, _, calls = self.deploy("--no-smoke", answers=answers)
        self.assertIn("LocationConstraint=eu-central-1", "\n".join(calls))

    def test_a_load_sends_what_changed(self):
        options = ("--no-smoke", "--fill", "load")
        _, _, calls = self.deploy(*options, answers=(PRESENT, *REST))
        whole = "vanity load -i vanity.mdb --table index-1 " \
            "--region eu-central-1"
        self.assertIn(whole, calls)
        (self.bench.folder / "vanity.mdb.loaded-index-1").write_text("old")
        _, _, calls = self.deploy(*options, answers=(PRESENT, *REST))
        self.assertIn(whole + " --since", calls)

    def test_the_program_itself_makes_what_is_uploaded(self):
        program = os.environ["VN_PROGRAM"]
        index = self.bench.folder / "vanity.mdb"
        index.unlink()
        subprocess.run([program, "build", "-q", "-o", index, "--prefix",
                        "356"], check=True)
        told = subprocess.run([program, "info", "-i", index, "--json"],
                              check=True, capture_output=True)
        generation = json.loads(told.stdout)["generation"]
        _, _, calls = self.deploy("--no-smoke", "--vanity", program,
                                  "--partial")
        self.assertRegex("\n".join(calls),
                         re.escape(f"/index/{generation}/"))
        self.assertTrue(list((self.work / "export" / "data").iterdir()))
        page = {file.suffix for file in (self.work / "site").rglob("*.*")}
        uploaded = set(re.findall(r"--include \*(\.[a-z]+)", "\n".join(calls)))
        self.assertEqual(page, uploaded)
        self.assertIn("token", (self.work / "site" / "signed-in.js").read_text())

    def test_the_template_is_complete(self):
        self.deploy("--no-smoke")
        text = (self.work / "template.yaml").read_text(encoding="utf-8")
        self.assertNotRegex(text, r"(?m)^ *@.*@$")
        self.assertRegex(text, "ApiDeploymentPublic[0-9a-f]{12}:")

    def test_a_failure_ends_it(self):
        answers = (ABSENT, ["cloudformation deploy", "no changeset\n", 255],
                   *REST)
        _, err, calls = self.deploy(answers=answers, code=255)
        self.assertIn("no changeset", err)
        self.assertNotIn("vanity site", "\n".join(calls))

    # ---- When it refuses ----------------------------------------------------

    def test_options(self):
        firewall = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/a/" \
            "01234567-89ab-cdef-0123-456789abcdef"
        for sentence, options in (
                ("'--what=1' is no option", ["--what=1"]),
                ("'what' is no option", ["what"]),
                ("'-n' is no option", ["-n", "+18005550100"]),
                ("'--sta' is no option", ["--sta", "dev"]),
                ("'--.*' is no option", ["--.*", "dev"]),
                ("'--dry-run=no' is no option", ["--dry-run=no"]),
                ("--stage needs a value", ["--stage"]),
                ("--stage needs a value", ["--stage="]),
                ("--stage needs a value", ["--stage", ""]),
                ("--zip needs a value", ["--zip", "-f"]),
                ("--stage needs a value", ["--stage", "--no-smoke"]),
                ("'Prod' is no stage", ["--stage", "Prod"]),
                ("'dév' is no stage", ["--stage", "dév"]),
                ("'d?; rm' is no stage", ["--stage", "d\n; rm"]),
                ("'aaaaaaaaaaaaaaaaa' is no stage", ["--stage", "a" * 17]),
                ("'8005550100' is no number", ["--number", "8005550100"]),
                ("is no number", ["--number", "+١٨٠٠٥٥٥٠١٠٠"]),
                ("'mips' is no architecture", ["--arch", "mips"]),
                ("'up' is no way to fill", ["--fill", "up"]),
                ("'x' is no kind of look-up", ["--lookup", "x"]),
                ("'me' is no mail address", ["--mail", "me"]),
                ("is no mail address", ["--mail", "a b@example.org"]),
                ("is no mail address", ["--mail", "a@b@example.org"]),
                ("is no mail address", ["--mail", "a@example"]),
                ("'0' is no MonthlyBudget: a number", ["--budget", "0"]),
                ("'1e9' is no MonthlyBudget", ["--budget", "1e9"]),
                ("'x' is no ARN of a number for SMS", ["--sms-number", "x"]),
                ("is no ARN of a web ACL of us-east-1",
                 ["--firewall", firewall.replace("us-east-1", "eu-west-1")]),
                ("'x' is no ARN of a role", ["--role", "x"]),
                ("'My_Bucket' is no name of a bucket",
                 ["--bucket", "My_Bucket"]),
                ("'ApiRate' is no parameter", ["--parameter", "ApiRate"]),
                ("'ApiRat' is no parameter of the template",
                 ["--parameter", "ApiRat=5"]),
                ("'101' is no CallsPerDay: a number from 1 to 100",
                 ["--parameter", "CallsPerDay=101"]),
                ("'5' is no LookupsPerAddress: a number from 10 to 2000000",
                 ["--parameter", "LookupsPerAddress=5"]),
                ("'2000001' is no LookupsPerAddress",
                 ["--parameter", "LookupsPerAddress=2000001"]),
                ("'' is no CallsPerDay", ["--parameter", "CallsPerDay="]),
                ("'x' is no ApiLogRole: create, present",
                 ["--parameter", "ApiLogRole=x"]),
                ("'a..b' is no name of a bucket", ["--bucket", "a..b"]),
                ("'ab.' is no name of a bucket", ["--bucket", "ab."]),
                ("'ab' is too short for ArtifactBucket", ["--bucket", "ab"]),
                ("is too long for ArtifactBucket", ["--bucket", "a" * 64]),
                ("'10.0.0.1' is no name of a bucket", ["--bucket", "10.0.0.1"]),
                ("'xn--a' is no name of a bucket", ["--bucket", "xn--a"]),
                ("'aws' is no stage: without", ["--stage", "aws"]),
                ("'laws2' is no stage: without", ["--stage", "laws2"]),
                ("is no SiteFirewallArn", [
                    "--firewall", firewall.replace("/a/", f"/{'a' * 129}/")]),
                ("'five' is no ApiRate: a number",
                 ["--parameter", "ApiRate=five"]),
                ("Stage is set by other options", ["--parameter", "Stage=x"]),
                ("is no ARN", ["--instance", "arn:aws:connect"]),
                ("is no region", ["--region", "Frankfurt"]),
                ("the instance is not in us-east-1", ["--region", "us-east-1"]),
                ("no program vanity", ["--vanity", "/nowhere"]),
                ("no file nowhere.zip", ["--zip", "nowhere.zip"]),
                ("no index", ["--index", "nowhere.mdb"])):
            with self.subTest(options=options):
                self.refused(sentence, *options)

    def test_a_firewall_is_taken_and_taken_away(self):
        arn = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/a/" \
            "01234567-89ab-cdef-0123-456789abcdef"
        for value, options in ((arn, ["--firewall", arn]),
                               ("", ["--parameter", "SiteFirewallArn="])):
            out, _, _ = self.deploy("--dry-run", *options)
            self.assertIn(f" SiteFirewallArn={value} ", out)

    def test_values_at_the_limits_are_taken(self):
        for options in (["--parameter", "CallsPerDay=100"],
                        ["--parameter", "CallsPerDay=1"],
                        ["--parameter", "LookupsPerAddress=10"],
                        ["--parameter", "LookupsPerAddress=2000000"],
                        ["--parameter", "ApiLogRole=present"],
                        ["--parameter", "AlarmMail="],
                        ["--bucket", "a.b--c"], ["--bucket", "a" * 63],
                        ["--mail", "o'n$1@example.org"]):
            self.deploy("--dry-run", *options)

    def test_help_is_the_head_of_the_file(self):
        out, _, calls = self.deploy("--help")
        self.assertIn("Usage: tools/aws/deploy --instance ARN", out)
        self.assertEqual(calls, [])

    def test_another_account(self):
        self.refused("is not in account 444455556666", answers=(
            ["get-caller-identity", "444455556666\n", 0], *REST))

    def test_a_stack_that_cannot_be_updated(self):
        for state, sentence in (("ROLLBACK_COMPLETE", "delete it"),
                                ("UPDATE_ROLLBACK_FAILED", "mend it"),
                                ("UPDATE_IN_PROGRESS", "wait")):
            with self.subTest(state=state):
                self.refused(sentence, code=3, answers=(
                    ["Stacks[0].StackStatus", state + "\n", 0], *REST))

    def test_no_permission(self):
        self.refused("AccessDenied", code=3, answers=(
            ["Stacks[0].StackStatus", "AccessDenied: no\n", 254], *REST))

    def test_nobody_can_be_asked(self):
        code, _, err, _ = self.bench.run(DEPLOY[:-1], [ABSENT, *REST])
        self.assertEqual(code, 2)
        self.assertIn("say --yes", err)

    def test_a_number_that_is_not_there(self):
        _, err, calls = self.deploy("--number", "+18005550199", code=2)
        self.assertIn("the instance has no number +18005550199", err)
        self.assertNotIn("associate-", "\n".join(calls))


if __name__ == "__main__":
    unittest.main()
