#!/usr/bin/python3
"""Holds the answers of a server against tools/aws/openapi.yaml.

As a command: check_answers.py BASE_URL [--part api|all] [--token JWT]
asks BASE_URL (http://127.0.0.1:8080) questions of the API ("api": the two
paths that the Lambda functions answer too; "all": the rest as well) and prints
the first answer that is not as the file says; exit code 1.

As a module:
    description = Description()
    description.check(path, status, content_type, body)  # one answer
    check_server(get, parts=("api",))                    # asks and checks
where get(path) returns (status, content type, body in bytes) for a path with
its query ("/vanitynumbers?phonenumber=3569377"): an HTTP client, or a call of
the handler itself. What is wrong is raised as Mismatch.
"""
import argparse
import json
import pathlib
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

import jsonschema
import yaml

FILE = pathlib.Path(__file__).resolve().parents[2] / "tools/aws/openapi.yaml"
SHOWN = 300

# Question, status, and for a look-up the "phonenumber" of the answer. A list of
# callers with a number has that one first: it was the question before.
QUESTIONS = {
    "api": [
        ("/vanitynumbers?phonenumber=%2B12063569377", 200, "+12063569377"),
        ("/vanitynumbers?phonenumber=+12063569377", 200, "+12063569377"),
        ("/vanitynumbers?phonenumber=206-356-9377", 200, "+12063569377"),
        ("/vanitynumbers?phonenumber=3569377", 200, "3569377"),
        ("/vanitynumbers?phonenumber=1-800-GOT-JUNK", 200, "+18004685865"),
        ("/vanitynumbers?phonenumber=%2B442073569377", 200, "+442073569377"),
        ("/vanitynumbers?phonenumber=1111111", 200, "1111111"),
        ("/vanitynumbers?phonenumber=2667883", 200, "2667883"),
        ("/vanitynumbers?phonenumber=3569377&other=1", 200, "3569377"),
        ("/vanitynumbers", 400, None),
        ("/vanitynumbers?phonenumber=", 400, None),
        ("/vanitynumbers?phonenumber=356", 400, None),
        ("/vanitynumbers?phonenumber=12345678901234567890", 400, None),
        ("/vanitynumbers?phonenumber=%00", 400, None),
        ("/vanitynumbers?phonenumber=%3Cscript%3E", 400, None),
        ("/callers", 200, None),
    ],
    "index": [
        ("/map.json", 200, None),
        ("/top/000.json", 200, None),
        ("/top/356.json", 200, None),
        ("/top/999.json", 200, None),
        ("/top/abc.json", 404, None),
        ("/top/1000.json", 404, None),
    ],
    "serve": [
        ("/healthz", 200, None),
        ("/metrics", 200, None),
        ("/vanitynumbers?phonenumber=3569377&phonenumber=1", 400, None),
        ("/vanitynumbers?phonenumber=3569377&caller=2", 400, None),
        ("/vanitynumbers?phonenumber=%2B12063569377&caller=1", 200,
         "+12063569377"),
        ("/callers", 200, "+12063569377"),
    ],
}


class Mismatch(AssertionError):
    """An answer that is not as the file says."""


def once(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def refuse_constant(name):
    raise ValueError(f"{name} is no JSON")


class Description:
    """The OpenAPI file, to look answers up in."""

    def __init__(self, file=FILE):
        self.document = yaml.safe_load(file.read_text("utf-8"))
        self.paths = [
            (re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))), item)
            for path, item in self.document["paths"].items()]

    def resolve(self, node):
        while "$ref" in node:
            target = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            node = target
        return node

    def media(self, path, status):
        """Content type -> schema of what 'path' may answer with 'status'."""
        name = urllib.parse.urlsplit(path).path
        for pattern, item in self.paths:
            if pattern.fullmatch(name):
                answers = item["get"]["responses"]
                break
        else:
            raise Mismatch(f"{path}: the file has no such path")
        answer = answers.get(str(status), answers.get(f"{status // 100}XX"))
        if answer is None:
            raise Mismatch(f"{path}: the file has no status {status}")
        return self.resolve(answer).get("content", {})

    def errors(self, value, schema):
        whole = {**schema, "components": self.document["components"]}
        validator = jsonschema.Draft202012Validator(whole)
        return sorted(validator.iter_errors(value),
                      key=lambda error: [str(p) for p in error.absolute_path])

    def check(self, path, status, content_type, body):
        """The value of 'body', or its text if it is no JSON."""
        media = self.media(path, status)
        kind = (content_type or "").split(";")[0].strip().lower()
        if not media:
            require(body == b"", path, f"{status} has a body", body)
            return None
        require(kind in media, path, f"the content type is {kind!r}", body)
        try:
            value = body.decode("utf-8")
            if kind == "application/json":
                value = json.loads(value, object_pairs_hook=once,
                                   parse_constant=refuse_constant)
        except ValueError as error:
            raise Mismatch(f"{path}: {error}: {body[:SHOWN]!r}") from error
        for error in self.errors(value, media[kind]["schema"]):
            where = "/".join(str(step) for step in error.absolute_path)
            raise Mismatch(f"{path}: {where or 'the body'}: "
                           f"{error.message[:SHOWN]}")
        return value


def require(right, path, words, value):
    if not right:
        raise Mismatch(f"{path}: {words}: {str(value)[:SHOWN]}")


KEYS = {letter: key for key, letters in {
    "2": "ABC", "3": "DEF", "4": "GHI", "5": "JKL", "6": "MNO", "7": "PQRS",
    "8": "TUV", "9": "WXYZ"}.items() for letter in letters}


def dials(spelling):
    """The keys of a spelling, and how many run past the seventh."""
    keys = "".join(KEYS.get(c, c) for c in spelling if c != "-")
    return keys[:7], len(keys) - 7


def check_look_up(path, answer, phonenumber):
    """What a schema cannot say of a look-up."""
    require(answer["phonenumber"] == phonenumber, path,
            f"the number is not {phonenumber}", answer["phonenumber"])
    candidates = answer["candidates"]
    for place in range(3):
        display = candidates[place]["display"] \
            if place < len(candidates) else ""
        require(answer[f"VanityNumber{place + 1}"] == display, path,
                f"VanityNumber{place + 1} is not {display!r}", answer)
    for candidate in candidates:
        spelling = candidate["spelling"]
        require(dials(spelling) == (phonenumber[-7:], candidate["overdial"]),
                path, f"{spelling} dials something else", candidate)
        require(candidate["display"].endswith(spelling), path,
                "the display ends in something else", candidate)
        words = [part for part in spelling.split("-") if part.isalpha()]
        require(candidate["words"] == words, path,
                "the words are not those of the spelling", candidate)


def check_callers(path, callers, newest):
    if newest is not None:
        masked = f"+{'*' * (len(newest) - 3)}{newest[-2:]}"
        require([c["number"] for c in callers[:1]] == [masked], path,
                f"{masked} does not come first", callers)
    times = [caller["time"] for caller in callers]
    require(times == sorted(times, reverse=True), path,
            "the newest is not first", times)


def check_map(path, prefix, exchanges):
    names = [row["exchange"] for row in exchanges]
    all_names = [f"{number:03}" for number in range(1000)
                 if f"{number:03}".startswith(prefix[:3])]
    require(names == all_names, path,
            f"not all exchanges of '{prefix}', in order", names)
    for row in exchanges:
        empty = [key for key in ("mean", "suffix", "spelling", "score")
                 if row[key] is None]
        require(len(empty) == (0 if row["count"] else 4), path,
                "count and the rest do not fit", row)
        if row["count"]:
            require(row["suffix"].startswith(row["exchange"])
                    and dials(row["spelling"])[0] == row["suffix"]
                    and row["mean"] <= row["score"], path,
                    "the best of an exchange is not its own", row)


def check_top(path, answer):
    rows = answer["best"] + answer["more"]
    scores = [row["score"] for row in rows]
    require(scores == sorted(scores, reverse=True), path,
            "the best is not first", scores)
    require(f"/top/{answer['exchange']}.json" == path, path,
            "another exchange", answer["exchange"])
    for row in rows:
        require(row["suffix"].startswith(answer["exchange"])
                and dials(row["spelling"])[0] == row["suffix"], path,
                "a suffix that is not spelled so", row)


def check_content(path, answer, phonenumber):
    if path == "/callers":
        check_callers(path, answer["callers"], phonenumber)
    elif phonenumber is not None:
        check_look_up(path, answer, phonenumber)
    elif path == "/map.json":
        check_map(path, answer["prefix"], answer["exchanges"])
    elif path.startswith("/top/"):
        check_top(path, answer)


def check_server(get, parts=("api",), description=None):
    """Asks all QUESTIONS of 'parts'; the number of answers that were right."""
    description = description or Description()
    asked = 0
    for part in parts:
        for path, expected, phonenumber in QUESTIONS[part]:
            status, content_type, body = get(path)
            require(status == expected, path,
                    f"the status is {status}, not {expected}", body)
            answer = description.check(path, status, content_type, body)
            if status == 200:
                check_content(path, answer, phonenumber)
            asked += 1
    return asked


def http_get(base, token=None, timeout_s=10):
    """get(path) for check_server() by HTTP."""
    def get(path):
        request = urllib.request.Request(base.rstrip("/") + path)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            answer = urllib.request.urlopen(request, timeout=timeout_s)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return (answer.status, answer.headers.get("Content-Type"),
                    answer.read())
    return get


def main():
    parser = argparse.ArgumentParser(
        description="Holds a server's answers against the OpenAPI file.",
        epilog="example: tests/api/check_answers.py http://127.0.0.1:8080 "
        "--part all")
    parser.add_argument("base", metavar="BASE_URL")
    parser.add_argument("--part", choices=("api", "all"), default="api")
    parser.add_argument("--token", metavar="JWT")
    options = parser.parse_args()
    parts = tuple(QUESTIONS) if options.part == "all" else ("api",)
    try:
        asked = check_server(http_get(options.base, options.token), parts)
    except (Mismatch, OSError) as error:
        print(f"check_answers: {error}", file=sys.stderr)
        return 1
    print(f"check_answers: {asked} answers are as the file says")
    return 0


if __name__ == "__main__":
    sys.exit(main())
