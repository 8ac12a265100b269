"""The checker of answers: it takes right ones and names what is wrong."""
import json
import unittest

import check_answers
from check_answers import Mismatch

SPELLINGS = {
    "3569377": [("FLOWERS", -3), ("FLOWER-7", -51), ("3-LOWERS", -58),
                ("35-MYERS", -85)],
    "4685865": [("GOT-JUNK", -53)],
    "2667883": [("COMPUTER", -1), ("COMPUTE", -2)],
    "1111111": [],
}
GENERATION = "0123456789abcdef"


def look_up(number):
    """The answer to a look-up of 'number', as it stands in an answer."""
    front = {"+12063569377": "1-206-", "+18004685865": "1-800-",
             "+442073569377": "+44 207 "}.get(number, "")
    candidates = [{
        "spelling": spelling, "display": front + spelling,
        "words": [part for part in spelling.split("-") if part.isalpha()],
        "score": score,
        "overdial": len(spelling.replace("-", "")) - 7,
    } for spelling, score in SPELLINGS[number[-7:]]]
    shown = [c["display"] for c in candidates[:3]] + ["", "", ""]
    return {"phonenumber": number, "VanityNumber1": shown[0],
            "VanityNumber2": shown[1], "VanityNumber3": shown[2],
            "candidates": candidates}


def caller(second):
    return {"time": f"2026-11-21T11:15:{second:02}.123Z",
            "number": "+*********77", "VanityNumber1": "1-206-FLOWERS",
            "VanityNumber2": "", "VanityNumber3": ""}


def right_answers():
    """Question -> (status, content type, value) as a good server answers."""
    answers = {}
    for questions in check_answers.QUESTIONS.values():
        for path, status, number in questions:
            if status != 200:
                value = {"message": "no"}
            elif path == "/callers":
                value = {"callers": [caller(9), caller(9), caller(8)]}
            elif number is not None:
                value = look_up(number)
            elif path == "/map.json":
                value = {"generation": GENERATION, "prefix": "", "exchanges": [
                    {"exchange": f"{number:03}", "count": 0, "mean": None,
                     "suffix": None, "spelling": None, "score": None}
                    for number in range(1000)]}
                value["exchanges"][356].update(
                    count=9, mean=-80, suffix="3569377", spelling="FLOWERS",
                    score=-3)
            elif path.startswith("/top/"):
                best = [{"suffix": "3569377", "spelling": "FLOWERS",
                         "score": -3},
                        {"suffix": "3567478", "spelling": "FLORIST",
                         "score": -14}] if "356" in path else []
                value = {"generation": GENERATION, "exchange": path[5:8],
                         "best": best, "more": []}
            elif path == "/healthz":
                value = {"status": "ok", "generation": GENERATION,
                         "suffixes": 10}
            else:
                value = "vanity_lookups_total 7\n"
            kind = "text/plain; version=0.0.4" if path == "/metrics" \
                else "application/json"
            answers[path] = (status, kind, value)
    return answers


FLOWERS = "/vanitynumbers?phonenumber=3569377"
NOTHING = "/vanitynumbers?phonenumber=1111111"

# What a bad server does, and what is said of it.
WRONG = {
    "status": (FLOWERS, lambda v: (404, {"message": "no"}),
               "the status is 404, not 200"),
    "key missing": (FLOWERS, lambda v: v.pop("VanityNumber3"),
                    "'VanityNumber3' is a required property"),
    "key beside": (FLOWERS, lambda v: v.update(extra=1), "'extra'"),
    "score as text": (FLOWERS, lambda v: v["candidates"][0].update(score="-3"),
                      "candidates/0/score: '-3' is not of type 'integer'"),
    "small letters": (FLOWERS,
                      lambda v: v["candidates"][0].update(spelling="flowers"),
                      "candidates/0/spelling"),
    "six candidates": (FLOWERS,
                       lambda v: v["candidates"].extend(v["candidates"][:2]),
                       "candidates"),
    "spelling that dials something else": (
        FLOWERS, lambda v: v["candidates"][3].update(
            spelling="36-MYERS", display="36-MYERS"),
        "36-MYERS dials something else"),
    "overdial not told": (
        "/vanitynumbers?phonenumber=2667883",
        lambda v: v["candidates"][0].update(overdial=0),
        "COMPUTER dials something else"),
    "digits as words": (FLOWERS,
                        lambda v: v["candidates"][1].update(words=["FLOWERS"]),
                        "the words are not those of the spelling"),
    "three that are not the best": (
        FLOWERS, lambda v: v.update(VanityNumber1="FLOWER-7"),
        "VanityNumber1 is not 'FLOWERS'"),
    "null for none": (NOTHING, lambda v: v.update(VanityNumber1=None),
                      "VanityNumber1: None is not of type 'string'"),
    "another number": (FLOWERS, lambda v: v.update(phonenumber="3569378"),
                       "the number is not 3569377"),
    "refusal without words": ("/vanitynumbers",
                              lambda v: v.update(message=""), "message"),
    "number of a caller": (
        "/callers", lambda v: v["callers"][0].update(number="+12063569377"),
        "callers/0/number"),
    "oldest first": ("/callers", lambda v: v["callers"].reverse(),
                     "the newest is not first"),
    "six callers": ("/callers", lambda v: v["callers"].extend([caller(7)] * 3),
                    "callers"),
    "exchanges out of order": ("/map.json", lambda v: v["exchanges"].reverse(),
                               "not all exchanges of '', in order"),
    "exchange left out": ("/map.json", lambda v: v["exchanges"].pop(),
                          "not all exchanges of '', in order"),
    "caller not kept": ("/callers", lambda v: v["callers"].clear(),
                        "+*********77 does not come first"),
    "best of nothing": ("/map.json",
                        lambda v: v["exchanges"][0].update(score=-3),
                        "count and the rest do not fit"),
    "best of another exchange": (
        "/map.json", lambda v: v["exchanges"][356].update(
            suffix="3579377", spelling="3579-ESS"),
        "the best of an exchange is not its own"),
    "worst first": ("/top/356.json", lambda v: v["best"].reverse(),
                    "the best is not first"),
    "more that is better": (
        "/top/356.json", lambda v: v["more"].append(v["best"][0]),
        "the best is not first"),
    "other list": ("/top/356.json", lambda v: v.update(exchange="357"),
                   "another exchange"),
    "ill and says so": ("/healthz", lambda v: v.update(status="ill"),
                        "status"),
}


def server(answers):
    def get(path):
        status, kind, value = answers[path]
        body = value if isinstance(value, str) else json.dumps(value)
        return status, kind, body.encode()
    return get


def ask(answers):
    return check_answers.check_server(server(answers),
                                      tuple(check_answers.QUESTIONS))


class CheckAnswers(unittest.TestCase):
    def refused(self, answers, words):
        with self.assertRaises(Mismatch) as caught:
            ask(answers)
        self.assertIn(words, str(caught.exception))

    def test_right_answers_are_taken(self):
        questions = sum(map(len, check_answers.QUESTIONS.values()))
        self.assertEqual(ask(right_answers()), questions)

    def test_each_wrong_answer_is_named(self):
        for name, (path, spoil, words) in WRONG.items():
            with self.subTest(name):
                answers = right_answers()
                status, kind, value = answers[path]
                spoiled = spoil(value)
                if isinstance(spoiled, tuple):
                    status, value = spoiled
                answers[path] = (status, kind, value)
                self.refused(answers, words)

    def test_bodies_that_are_not_strict_json_are_named(self):
        body = json.dumps(look_up("3569377"))
        for wrong, words in (
                (body[:-1], "Expecting"), (body + "x", "Extra data"),
                (body.replace("-3", "NaN", 1), "NaN is no JSON"),
                (body.replace('{"phonenumber"',
                              '{"phonenumber": "", "phonenumber"'), "twice")):
            answers = right_answers()
            answers[FLOWERS] = (200, "application/json", wrong)
            self.refused(answers, words)

    def test_content_type_counts(self):
        answers = right_answers()
        status, _, value = answers[FLOWERS]
        answers[FLOWERS] = (status, "text/html", value)
        self.refused(answers, "the content type is 'text/html'")

    def test_path_and_status_of_the_file_only(self):
        description = check_answers.Description()
        for path, status, words in (("/other", 200, "no such path"),
                                    ("/callers", 302, "no status 302")):
            with self.assertRaises(Mismatch) as caught:
                description.check(path, status, "application/json", b"{}")
            self.assertIn(words, str(caught.exception))


if __name__ == "__main__":
    unittest.main()
