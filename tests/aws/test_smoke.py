#!/usr/bin/env python3
"""tools/aws/smoke against recorders: a good stack passes, each fault is told."""
import http.server as http_server
import shutil
import sys
import threading
import unittest

sys.dont_write_bytecode = True
from bench import Bench  # pylint: disable=wrong-import-position

INSTANCE = "01234567-89ab-cdef-0123-456789abcdef"
ARN = f"arn:aws:connect:eu-central-1:111122223333:instance/{INSTANCE}"
OUTPUTS = {
    "SiteUrl": "https://page", "ApiUrl": "https://api/prod",
    "LookupAccess": "public", "LookupFunction": "f-lookup",
    "CallersFunction": "f-callers", "ConnectInstance": INSTANCE,
    "ContactFlow": f"{ARN}/contact-flow/f1",
    "FlowTests": f"{ARN}/test-case/t1 {ARN}/test-case/t2",
    "AlarmPrefix": "vanity-prod-",
}
WORDS = ('{"phonenumber":"+18003569377","VanityNumber1":"1-800-FLOWERS",'
         '"candidates":[{"spelling":"FLOWERS"}]}')


def outputs(**changes):
    return ["Outputs[]", "".join(f"{name}\t{value}\n" for name, value in
                                 {**OUTPUTS, **changes}.items()), 0]


def http(status, body, headers=""):
    return (f"HTTP/2 {status}\r\n{headers}\r\n{body}\nstatus {status}\n", 0)


GOOD = {
    "stack": outputs(),
    "wall": ["https://api/prod/vanitynumbers", *http(403, "{}")],
    "bad number": ["phonenumber=12", *http(400, '{"message":"too few"}')],
    "words": ["phonenumber=1800", *http(200, WORDS)],
    "no number": ["page/vanitynumbers", *http(400, '{"message":"Missing"}')],
    "map": ["/map.json", *http(200, '{"exchanges":[]}')],
    "callers by token": ['https://page/callers < header = "Authorization: '
                         'Bearer t0"', *http(200, '{"callers":[]}')],
    "callers": ["https://page/callers", *http(401, "{}")],
    "page": ["https://page/", *http(
        200, "<html lang=en>", "Content-Security-Policy: default-src 'none'; "
        "script-src 'self'\r\nStrict-Transport-Security: max-age=9\r\n")],
    "invoked callers": ["--function-name f-callers",
                        '{"statusCode":200,"body":"{\\"callers\\":[]}"}', 0],
    "connect": ["connect.event", '{"Count":"3","VanityNumber1":"1-800-FLOWERS",'
                '"Prompt":"<speak>flowers</speak>"}', 0],
    "invoked lookup": ["lookup.event", '{"statusCode":200,"body":'
                       '"{\\"VanityNumber1\\":\\"1-800-FLOWERS\\"}"}', 0],
    "update": ["update-test-case", "", 0],
    "start": ["start-test-case-execution", "e1\n", 0],
    "call": ["get-test-case-execution-summary", "PASSED\n", 0],
    "no data": ["'INSUFFICIENT_DATA'", "", 0],
    "alarm": ["'ALARM'", "", 0],
    "quiet": ["'OK'", "vanity-prod-lookup-errors\n", 0],
}

# [test that must fail, answer that is changed, the new one]
FAULTS = [
    ["the page is served", "page", http(403, "<Error>")],
    ["it runs no script of others", "page", http(200, "<html>")],
    ["the map of the exchanges", "map", http(404, "")],
    ["a look-up finds words", "words", http(502, '{"message":"x"}')],
    ["a look-up finds words", "words",
     http(200, '{"VanityNumber1":"","candidates":[]}')],
    ["a bad number is refused", "bad number", http(200, WORDS)],
    ["no number is refused", "no number", http(500, "")],
    ["callers are not for everybody", "callers", http(200, '{"callers":[]}')],
    ["callers are listed (invoked)", "invoked callers",
     ('{"errorType":"Fault"}', 0)],
    ["no way around CloudFront", "wall", http(200, WORDS)],
    ["a call is answered", "connect", ('{"Count":"0","Prompt":""}', 0)],
    ["simulated call t1", "call", ("FAILED\n", 0)],
    ["simulated call t2", "call", ("IN_PROGRESS\n", 0)],
    ["take a newer one, or --no-calls", "update",
     ("argument operation: Invalid choice", 252)],
    ["all alarms are OK: no data", "no data", ("vanity-prod-slow\n", 0)],
    ["all alarms are OK: vanity-prod-slow", "alarm", ("vanity-prod-slow\n", 0)],
    ["all alarms are OK: there is none", "quiet", ("", 0)],
]


class Smoke(unittest.TestCase):
    def setUp(self):
        self.bench = Bench()
        self.addCleanup(self.bench.close)

    def smoke(self, changes, *options, code=0, **environment):
        answers = [[GOOD[name][0], *changes[name]] if name in changes else
                   GOOD[name] for name in GOOD]
        got, out, err, calls = self.bench.run(
            ["smoke", "--wait", "0", *options, "vanity-prod"], answers,
            VANITY_SMOKE_PAUSE="0", **environment)
        self.assertEqual(got, code, out + err)
        return out, err, [" ".join(call) for call in calls]

    def test_a_good_stack_passes(self):
        out, _, calls = self.smoke({})
        self.assertIn("smoke: 13 passed, 0 failed", out)
        self.assertRegex("\n".join(calls),
                         r"SourcePhoneNumber=\+18\d\d3569377,FlowId=f1")

    def test_every_fault_is_told(self):
        for name, changed, answer in FAULTS:
            with self.subTest(name=name, answer=answer):
                out, _, _ = self.smoke({changed: answer}, code=1)
                failed = [line for line in out.splitlines()
                          if line.startswith("FAILED")]
                self.assertTrue(any(name in line for line in failed), out)

    def test_a_token_is_used(self):
        out, _, calls = self.smoke({}, VANITY_TOKEN="t0")
        self.assertIn("ok      callers are listed\n", out)
        self.assertFalse(any("f-callers" in call for call in calls))
        self.assertFalse(any("t0" in call for call in calls), "seen by all")

    def test_curl_itself_sends_the_token(self):
        """What is read from smoke is what an origin is sent."""
        asked = []

        class Origin(http_server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append((self.path, self.headers["Authorization"]))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        (self.bench.bin / "curl").unlink()
        with http_server.ThreadingHTTPServer(("127.0.0.1", 0),
                                             Origin) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            site = f"http://127.0.0.1:{server.server_address[1]}"
            self.smoke({"stack": outputs(SiteUrl=site, ApiUrl=site)[1:]},
                       code=1, VANITY_TOKEN="t0.~+/=", NO_PROXY="*")
            server.shutdown()
        self.assertIn(("/callers", None), asked)
        self.assertIn(("/callers", "Bearer t0.~+/="), asked)

    def test_a_token_that_is_none(self):
        for token in ('a"b', "a b", "a\nurl = file:///"):
            _, err, calls = self.smoke({}, code=2, VANITY_TOKEN=token)
            self.assertEqual((err, calls), (
                "smoke: VANITY_TOKEN is no token\n", []))

    def test_look_ups_by_token(self):
        closed = {"stack": outputs(LookupAccess="jwt")[1:],
                  "words": http(401, "{}")}
        out, _, _ = self.smoke(closed)
        self.assertIn("ok      a look-up without a token is refused", out)
        self.assertIn("ok      a look-up finds words (invoked)", out)

    def test_calls_are_left_out_when_told(self):
        out, _, calls = self.smoke({}, "--no-calls")
        self.assertIn("smoke: 11 passed", out)
        self.assertFalse(any("test-case" in call for call in calls))

    def test_no_stack(self):
        _, err, _ = self.smoke({"stack": ("Stack vanity-prod does not exist\n",
                                          254)}, code=2)
        self.assertIn("does not exist", err)

    def test_an_output_that_is_missing(self):
        _, err, _ = self.smoke({"stack": outputs(SiteUrl="", ApiUrl="")[1:]},
                               code=2)
        self.assertEqual(
            err, "smoke: the stack vanity-prod has no output SiteUrl\n")

    def test_options(self):
        for sentence, options in (
                ("'--what' is no option", ["--what"]),
                ("'long' is no number of seconds", ["--wait", "long"]),
                ("'٣' is no number of seconds", ["--wait", "٣"]),
                ("'Paris' is no region", ["--region", "Paris"]),
                ("'--no-calls' is no profile", ["--profile", "--no-calls"]),
                ("takes one stack, but got 'vanity-prod' too", ["other"])):
            with self.subTest(options=options):
                _, err, calls = self.smoke({}, *options, code=2)
                self.assertEqual((err.count("\n"), calls), (1, []))
                self.assertTrue(err.startswith(f"smoke: {sentence}"), err)

    def test_no_stack_is_named(self):
        for options in ([], ["--wait"], ["--region"], ["--profile"], ["a b"]):
            code, out, err, _ = self.bench.run(["smoke", *options], [])
            self.assertEqual((code, out, err.count("\n")), (2, "", 1), err)

    def test_programs_that_are_missing_are_named(self):
        for program in ("aws", "curl"):
            (self.bench.bin / program).rename(self.bench.folder / program)
            (self.bench.bin / "bash").unlink(missing_ok=True)
            (self.bench.bin / "bash").symlink_to(shutil.which("bash"))
            _, err, _ = self.smoke({}, code=2, PATH=str(self.bench.bin))
            self.assertEqual(
                err, f"smoke: '{program}' is not installed; it is needed\n")
            (self.bench.folder / program).rename(self.bench.bin / program)


if __name__ == "__main__":
    unittest.main()
