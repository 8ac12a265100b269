"""Checks the content of a TestCase: testing language."""
import json

from flowlint.graph import closure
from flowlint.names import check_placeholders, texts
from flowlint.reading import TEST_VERSION
from flowlint.schema import compare

FILLED = {"type": "string", "minLength": 1, "description": "give a text"}


def one_of(*names):
    return {"enum": list(names), "description": f"use: {', '.join(names)}"}


EVENT = {
    "type": "object",
    "required": ["Identifier", "Type", "Actor", "Properties"],
    "description": "give the event to wait for",
    "additionalProperties": False,
    "properties": {
        "Identifier": FILLED,
        "Type": one_of("TestInitiated", "TestCompleted", "MessageReceived",
                       "FlowActionStarted"),
        "Actor": one_of("System", "Agent"),
        "Properties": {"type": "object", "description": "{} for none"},
    },
}
MESSAGE = {
    "type": "object",
    "required": ["MatchingCriteria"],
    "properties": {
        "MatchingCriteria": {
            "type": "object", "required": ["Type"],
            "description": 'give {"Type": "Inclusion"} or "Similarity"',
            "properties": {"Type": one_of("Inclusion", "Similarity")}},
        "Text": FILLED, "SSML": FILLED, "PromptId": FILLED,
    },
}
ACTION = {
    "type": "object",
    "required": ["Identifier", "Type", "Parameters"],
    "additionalProperties": False,
    "properties": {
        "Identifier": FILLED,
        "Type": one_of("Assert", "OverrideSystemBehavior", "SendInstruction",
                       "TestControl"),
        "Parameters": {"type": "object", "description": "give an object"},
        "Transitions": {"type": "object"},
    },
}
TEST = {
    "type": "object",
    "required": ["Version", "Observations"],
    "additionalProperties": False,
    "properties": {
        "Version": {"const": TEST_VERSION,
                    "description": f'give "{TEST_VERSION}"'},
        "Metadata": {"type": "object"},
        "Observations": {
            "type": "array", "minItems": 1,
            "description": "give at least one observation",
            "items": {
                "type": "object",
                "required": ["Identifier", "Event", "Actions"],
                "additionalProperties": False,
                "properties": {
                    "Identifier": FILLED,
                    "Event": EVENT,
                    "Usage": {"type": "object"},
                    "Actions": {"type": "array", "items": ACTION,
                                "description": "[] for none"},
                    "Transitions": {
                        "type": "object", "additionalProperties": False,
                        "properties": {"NextObservations": {
                            "type": "array", "items": FILLED}}},
                },
            },
        },
    },
}


def check(test, names, found):
    errors = list(compare(test, TEST, ()))
    for message, fix in errors:
        found.add("", "test", message, fix)
    if errors:
        return
    steps = {}
    for observation in test["Observations"]:
        name = observation["Identifier"]
        if name in steps:
            found.add(name, "identifier", "two observations have it",
                      "give each its own")
        steps[name] = observation.get("Transitions", {}).get(
            "NextObservations", [])
        check_observation(observation, names, found)
    check_steps(steps, test["Observations"], found)


def check_observation(observation, names, found):
    name = observation["Identifier"]
    event = observation["Event"]
    if event["Type"] == "MessageReceived":
        for message, fix in compare(event["Properties"], MESSAGE,
                                    ("Event", "Properties")):
            found.add(name, "test", message, fix)
    for words in texts(observation):
        check_placeholders(name, words, names, found)
    for action in observation["Actions"]:
        check_mock(name, action, found)


def check_mock(name, action, found):
    """The answer that stands in for a Lambda function's is JSON in a text."""
    node = action["Parameters"]
    for key in ("Behavior", "Properties", "Strategy", "Response",
                "ExecutionResult", "LoadedData"):
        node = node.get(key) if isinstance(node, dict) else None
    if node is None:
        return
    try:
        json.loads(node)
    except (TypeError, ValueError):
        found.add(name, "test", "LoadedData is no JSON in a text",
                  'give it as "{\\"Key\\":\\"value\\"}"')


def ends(observation):
    return any(action["Parameters"].get("Command") == {"Type": "EndTest"}
               for action in observation["Actions"])


def check_steps(steps, observations, found):
    known = True
    for name, targets in steps.items():
        for target in targets:
            if target not in steps:
                known = False
                found.add(name, "dangling", f'NextObservations has "{target}", '
                          "and there is no such observation",
                          "correct the name or add the observation")
    if not known:
        return
    starts = [o["Identifier"] for o in observations
              if o["Event"]["Type"] == "TestInitiated"]
    if not starts:
        found.add("", "test", "no observation of TestInitiated",
                  "begin with one")
    reached = closure(starts, steps)
    for observation in observations:
        name = observation["Identifier"]
        if starts and name not in reached:
            found.add(name, "unreachable", "no observation leads here",
                      "lead one here or leave it out")
        if not steps[name] and not ends(observation):
            found.add(name, "dead-end", "it neither leads on nor ends the test",
                      "end it with TestControl and EndTest")
