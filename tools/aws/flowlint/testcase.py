"""Checks the content of a TestCase: testing language."""
import json

from flowlint.actions import TYPES
from flowlint.graph import closure
from flowlint.names import check_kinds, check_placeholders, texts
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
MESSAGES = ("Text", "SSML", "PromptId")
MESSAGE = {
    "type": "object",
    "required": ["MatchingCriteria"],
    "additionalProperties": False,
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
# What the parameters of an action hold, beside the ActionType.
DTMF = {
    "type": "object", "required": ["Value"],
    "properties": {"Value": {
        "anyOf": [{"type": "integer", "minimum": 0},
                  {"type": "string", "pattern": "^[0-9*#]+$"}],
        "description": "give keys: 0 to 9, * or #"}},
}
BEHAVIOR = {
    "type": "object", "required": ["Type", "Properties"],
    "properties": {"Properties": {
        "type": "object",
        "properties": {"ActionType": {
            "enum": list(TYPES),
            "description": "give an action type of the flow language"}}}},
}
PARAMETERS = {
    "Assert": {},
    "OverrideSystemBehavior": {"Behavior": BEHAVIOR},
    "SendInstruction": {
        "Actor": one_of("Customer", "Agent", "System"),
        "Instruction": {
            "type": "object", "required": ["Type"],
            "if": {"properties": {"Type": {"const": "DtmfInput"}}},
            "then": {"required": ["Properties"],
                     "properties": {"Properties": DTMF}}}},
    "TestControl": {"Command": {"type": "object", "required": ["Type"],
                                "properties": {"Type": FILLED}}},
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
    steps, actions = {}, set()
    for observation in test["Observations"]:
        name = observation["Identifier"]
        for action in observation["Actions"]:
            if action["Identifier"] in actions:
                found.add(name, "identifier", "two actions are called "
                          f'"{action["Identifier"]}"', "give each its own")
            actions.add(action["Identifier"])
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
        if len([key for key in MESSAGES if key in event["Properties"]]) != 1:
            found.add(name, "test", "it does not say which message it waits "
                      "for", f"give one of {', '.join(MESSAGES)}")
    for words in texts(observation):
        check_placeholders(name, words, names, found)
    for at, action in enumerate(observation["Actions"]):
        check_parameters(name, at, action, found)
        check_kinds(name, action["Parameters"], found)
        check_mock(name, action, found)


def check_parameters(name, at, action, found):
    """What each type of action needs to do anything."""
    kind = action["Type"]
    known = {"ActionType": {"const": kind, "description": f'give "{kind}"'},
             **PARAMETERS[kind]}
    schema = {"type": "object", "properties": known, "required": list(known)}
    for message, fix in compare(action["Parameters"], schema,
                                ("Actions", at, "Parameters")):
        found.add(name, "test", message, fix)


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
    if len(starts) != 1:
        found.add("", "test", f"{len(starts) or 'no'} observation"
                  f"{'s' * (len(starts) > 1)} of TestInitiated",
                  "begin with one")
    reached = closure(starts, steps)
    back = {}
    for name, targets in steps.items():
        for target in targets:
            back.setdefault(target, []).append(name)
    ended = closure([o["Identifier"] for o in observations if ends(o)], back)
    # What leads to an observation that leads nowhere is told there.
    stuck = closure([name for name in steps if not steps[name]], back)
    for observation in observations:
        name = observation["Identifier"]
        if starts and name not in reached:
            found.add(name, "unreachable", "no observation leads here",
                      "lead one here or leave it out")
        if not steps[name] and not ends(observation):
            found.add(name, "dead-end", "it neither leads on nor ends the test",
                      "end it with TestControl and EndTest")
        elif name in reached - ended - stuck:
            found.add(name, "dead-end", "no way from here ends the test",
                      "end one with TestControl and EndTest")
