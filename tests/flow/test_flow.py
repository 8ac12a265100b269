"""The contact flow in both variants: what a caller can meet on each way.

render-flow makes both from one file; the linter accepts them and the rest of
what stands in tools/aws. Here the flow is walked, with every answer of the
Lambda functions and every key that a caller may press.
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

AWS = os.path.join(os.path.dirname(__file__), "..", "..", "tools", "aws")
LINT = os.path.join(AWS, "lint-flow")
RENDER = os.path.join(AWS, "render-flow")
MOST_STEPS = 100


def run(*command, given=None):
    return subprocess.run([sys.executable, *command], input=given, text=True,
                          capture_output=True, check=False)


def render(*options):
    done = run(RENDER, *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Caller:
    """Walks the flow as Amazon Connect does."""

    def __init__(self, flow, number="+12065550100", calls="0", count="3",
                 keys="", broken=()):
        self.actions = {a["Identifier"]: a for a in flow["Actions"]}
        self.data = {"$.CustomerEndpoint.Address": number}
        self.calls, self.count = calls, count
        self.keys = list(keys)
        self.broken = broken
        self.heard, self.sent, self.invoked = [], [], []
        self.rounds = {}
        name, steps = flow["StartAction"], 0
        while name is not None:
            steps += 1
            assert steps < MOST_STEPS, "the call never ends"
            name = self.step(self.actions[name])

    def step(self, action):
        do = getattr(self, action["Type"], None)
        if action["Identifier"] in self.broken:
            return self.error(action, "NoMatchingError")
        if action["Type"] == "DisconnectParticipant":
            return None
        result = do(action, action["Parameters"]) if do else None
        return result or action["Transitions"]["NextAction"]

    @staticmethod
    def error(action, kind):
        for error in action["Transitions"]["Errors"]:
            if error["ErrorType"] == kind:
                return error["NextAction"]
        raise AssertionError(f"{action['Identifier']}: no {kind}")

    def value(self, words):
        for path in sorted(self.data, key=len, reverse=True):
            words = words.replace(path, self.data[path] or "")
        assert "$." not in words, words
        return words

    def condition(self, action, value):
        tests = {
            "Equals": lambda a, b: a == b,
            "TextStartsWith": lambda a, b: a.startswith(b),
            "NumberGreaterOrEqualTo": lambda a, b: float(a) >= float(b),
        }
        for condition in action["Transitions"].get("Conditions", []):
            what = condition["Condition"]
            operand = what["Operands"][0].replace("${CallsPerDay}", "20")
            if tests[what["Operator"]](value, operand):
                return condition["NextAction"]
        return None

    def Compare(self, action, parameters):
        value = self.data.get(parameters["ComparisonValue"])
        return (value is not None and self.condition(action, value)) \
            or self.error(action, "NoMatchingCondition")

    def MessageParticipant(self, _, parameters):
        self.heard.append(self.value(parameters.get("Text")
                                     or parameters["SSML"]))

    def InvokeLambdaFunction(self, _, parameters):
        function = parameters["LambdaFunctionARN"]
        given = parameters.get("LambdaInvocationAttributes", {})
        self.invoked.append((function, {key: self.value(value)
                                        for key, value in given.items()}))
        for path in [p for p in self.data if p.startswith("$.External.")]:
            del self.data[path]
        answer = self.answer(*self.invoked[-1])
        self.data.update({f"$.External.{k}": v for k, v in answer.items()})

    def answer(self, function, _):
        """What a Lambda function answers."""
        if function == "${CallersFunctionArn}":
            return {"Calls": self.calls}
        if function != "${LookupFunctionArn}":
            return {}
        answer = {"Count": self.count, "Prompt": "<speak>three</speak>"}
        for place in "123":
            answer[f"VanityNumber{place}"] = \
                f"1-{place}" if place <= self.count else ""
        return answer

    def UpdateFlowAttributes(self, _, parameters):
        for name, value in parameters["FlowAttributes"].items():
            self.data[f"$.FlowAttributes.{name}"] = self.value(value["Value"])

    def GetParticipantInput(self, action, parameters):
        self.heard.append(self.value(parameters["SSML"]))
        if not self.keys:
            return self.error(action, "InputTimeLimitExceeded")
        return self.condition(action, self.keys.pop(0)) \
            or self.error(action, "NoMatchingCondition")

    def Loop(self, action, parameters):
        name = action["Identifier"]
        self.rounds[name] = self.rounds.get(name, 0) + 1
        if self.rounds[name] <= int(parameters["LoopCount"]):
            return self.condition(action, "ContinueLooping")
        return self.condition(action, "DoneLooping")

    def StartOutboundChatContact(self, _, parameters):
        self.sent.append((self.value(parameters["DestinationEndpoint"]
                                     ["Address"]),
                          self.value(parameters["InitialSystemMessage"]
                                     ["Content"])))


class Flow(unittest.TestCase):
    def setUp(self):
        self.sms = json.loads(render())
        self.plain = json.loads(render("--no-sms"))
        self.both = (self.sms, self.plain)

    def test_linter_accepts_what_is_deployed(self):
        files = [os.path.join(AWS, name) for name in (
            "flow.json", "flow-sms.json", "testcase.json",
            "testcase-limit.json")]
        done = run(LINT, "--strict", *files)
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, "", ""))
        for variant in self.both:
            done = run(LINT, "--strict", "-", given=json.dumps(variant))
            self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_variant_without_text_messages_names_none(self):
        words = render("--no-sms")
        for name in ("sms", "Sms", "StartOutboundChatContact", "text message"):
            self.assertNotIn(name, words)
        self.assertIn("${SmsNumberArn}", render())

    def test_what_is_no_flow_is_told(self):
        for words in ("[]", "{}", '{"Actions": [1]}', "[" * 100_000, "x",
                      '{"Actions": [{"Identifier": "a"}]}'):
            with tempfile.NamedTemporaryFile("w") as file:
                file.write(words)
                file.flush()
                done = run(RENDER, "--no-sms", file.name)
            self.assertEqual((done.returncode, done.stdout,
                              done.stderr.count("\n")), (2, "", 1))

    def test_rendered_flow_is_one_line_of_the_same_flow(self):
        with open(os.path.join(AWS, "flow.json"), encoding="utf-8") as file:
            self.assertEqual(json.load(file), self.sms)
        self.assertEqual(render().count("\n"), 1)

    def test_words_are_heard_after_welcome_and_call_is_logged(self):
        for flow in self.both:
            call = Caller(flow)
            self.assertTrue(call.heard[0].startswith("Welcome"))
            self.assertIn("<speak>three</speak>", call.heard)
            self.assertEqual([name for name, _ in call.invoked],
                             ["${CallersFunctionArn}", "${LookupFunctionArn}",
                              "${CallLogFunctionArn}"])
            self.assertEqual(call.invoked[2][1], {
                "Count": "3", "VanityNumber1": "1-1", "VanityNumber2": "1-2",
                "VanityNumber3": "1-3"})
            self.assertEqual(call.heard[-1],
                             "Thank you for your call. Goodbye.")
            self.assertEqual(call.sent, [])

    def test_each_key_sends_its_own_number(self):
        for key in "123":
            call = Caller(self.sms, keys=key)
            self.assertEqual(call.sent, [
                ("+12065550100", f"Your number in words: 1-{key}")])
            self.assertIn("It is on its way to you as a text message.",
                          call.heard)

    def test_key_of_a_missing_number_sends_nothing(self):
        for count, key in (("1", "2"), ("1", "3"), ("2", "3")):
            call = Caller(self.sms, count=count, keys=key)
            self.assertEqual(call.sent, [])
            self.assertIn("That key has no meaning here.", call.heard)

    def test_each_failed_message_has_its_own_words(self):
        words = set()
        for key in "123":
            call = Caller(self.sms, keys=key, broken=[f"sms-send-{key}"])
            said = [h for h in call.heard if "could not be sent" in h]
            self.assertEqual((len(said), call.sent), (1, []))
            words.add(said[0])
        self.assertEqual(len(words), 3)

    def test_keys_mean_nothing_without_text_messages(self):
        for key in "123":
            call = Caller(self.plain, keys=key)
            self.assertIn("That key has no meaning here.", call.heard)

    def test_hearing_again_is_bounded(self):
        for flow in self.both:
            for key in "9*":
                for presses in range(6):
                    call = Caller(flow, keys=key * presses)
                    self.assertEqual(call.heard.count("<speak>three</speak>"),
                                     1 + min(presses, 3))

    def test_no_words_are_said_and_logged(self):
        for flow in self.both:
            call = Caller(flow, count="0")
            self.assertEqual(call.invoked[-1][1]["Count"], "0")
            self.assertEqual(call.heard[1:], [
                "<speak>three</speak>", "Thank you for your call. Goodbye."])

    def test_withheld_number_asks_no_function(self):
        for flow in self.both:
            for number in (None, "", "anonymous", "sip:a@example.com"):
                call = Caller(flow, number=number)
                self.assertEqual(call.invoked, [])
                self.assertIn("withheld", call.heard[-1])

    def test_caller_who_calls_too_often_is_not_looked_up(self):
        for flow in self.both:
            for calls, asked in (("19", 3), ("20", 1), ("100", 1)):
                call = Caller(flow, calls=calls)
                self.assertEqual(len(call.invoked), asked)
                self.assertEqual("many times today" in call.heard[-1],
                                 asked == 1)

    def test_count_that_fails_lets_the_caller_in(self):
        call = Caller(self.sms, broken=["count-calls"])
        self.assertIn("<speak>three</speak>", call.heard)

    def test_fault_of_the_look_up_is_apologised_for(self):
        for flow in self.both:
            for broken in ("look-up", "keep-reply", "menu"):
                call = Caller(flow, broken=[broken])
                self.assertIn("something went wrong", call.heard[-1])

    def test_each_action_may_fail_and_the_call_ends(self):
        for flow in self.both:
            for action in flow["Actions"]:
                if any(e["ErrorType"] == "NoMatchingError" for e in
                       action["Transitions"].get("Errors", [])):
                    Caller(flow, keys="9129", broken=[action["Identifier"]])


if __name__ == "__main__":
    unittest.main()
