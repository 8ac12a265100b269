"""The linter of contact flows: one mistake each, and what is said of it.

Each mutant is the flow of tools/aws with one mistake made by code. The linter
must say exactly the lines beside it, and nothing else.
"""
import copy
import json
import os
import random
import subprocess
import sys
import tempfile
import unittest

AWS = os.path.join(os.path.dirname(__file__), "..", "..", "tools", "aws")
LINT = os.path.join(AWS, "lint-flow")
NAME_51 = "a-name-of-one-character-more-than-can-be-taken-here"
LONG = "word " * 601


def lint(*options, given):
    return subprocess.run([sys.executable, LINT, *options, "-"], input=given,
                          text=True, capture_output=True, check=False)


def flow_text():
    with open(os.path.join(AWS, "flow.json"), encoding="utf-8") as file:
        return file.read()


class Mutant:
    """The flow, with shorthand to break it."""

    def __init__(self):
        self.flow = json.loads(flow_text())

    def __getitem__(self, name):
        return next(a for a in self.flow["Actions"]
                    if a["Identifier"] == name)

    def put(self, name, path, value):
        """Sets what 'path' names in an action; None removes it."""
        node = self[name]
        steps = path.split("/")
        for step in steps[:-1]:
            node = node[int(step) if step.isdigit() else step]
        last = int(steps[-1]) if steps[-1].isdigit() else steps[-1]
        if value is None:
            del node[last]
        else:
            node[last] = value

    def add(self, **action):
        self.flow["Actions"].append(action)


def put(name, path, value):
    return lambda m: m.put(name, path, value)


def lead(name, target):
    """All ways of an action that goes on in any case."""
    def change(m):
        m.put(name, "Transitions", {
            "NextAction": target,
            "Errors": [{"ErrorType": "NoMatchingError",
                        "NextAction": target}]})
    return change


def rename(old, new):
    def change(m):
        m.flow = json.loads(json.dumps(m.flow).replace(
            json.dumps(old), json.dumps(new)))
    return change


def set_flow(key, value):
    def change(m):
        if value is None:
            del m.flow[key]
        else:
            m.flow[key] = value
    return change


def speak(words):
    return put("no-words", "Parameters", {"SSML": words})


def many(m):
    """251 actions in a row."""
    first = m.flow["StartAction"]
    for number in range(251 - len(m.flow["Actions"])):
        m.add(Identifier=f"quiet-{number}", Type="UpdateFlowLoggingBehavior",
              Parameters={"FlowLoggingBehavior": "Disabled"},
              Transitions={"NextAction": first})
        first = f"quiet-{number}"
    m.flow["StartAction"] = first


def lonely(m):
    m.add(Identifier="lonely", Type="DisconnectParticipant", Parameters={},
          Transitions={})


def circle(m):
    """Says how to press 9, over and over, until a fault ends it."""
    m.put("sms-how", "Transitions/NextAction", "how")


def twice(m):
    m.flow["Actions"].append(copy.deepcopy(m["goodbye"]))


def unknown_type(m):
    m["welcome"]["Type"] = "PlayPrompt"


def used_before(m):
    """The answer of the wrong function is compared."""
    m.put("called-too-often", "Parameters/ComparisonValue",
          "$.External.Count")


def after_asynchronous(m):
    m.put("has-words", "Parameters/ComparisonValue", "$.External.Count")


def channel(m):
    m.put("has-number", "Parameters/ComparisonValue", "$.Channel")
    m.put("has-number", f"{MENU}/0/Condition",
          {"Operator": "Equals", "Operands": ["PHONE"]})


MENU = "Transitions/Conditions"
KEYS = "use: Equals, TextStartsWith, TextEndsWith, TextContains, " \
    "NumberGreaterThan, NumberGreaterOrEqualTo, NumberLessThan, " \
    "NumberLessOrEqualTo"
PLACEHOLDERS = "use: CallLogFunctionArn, CallersFunctionArn, CallsPerDay, " \
    "LookupFunctionArn, SmsFlowArn, SmsNumberArn"

MUTANTS = {
    # The file as a whole.
    "other version": (set_flow("Version", "2021-01-01"), [
        'flow: Version is "2021-01-01"; give "2019-10-30"']),
    "no start": (set_flow("StartAction", None), [
        "flow: StartAction is missing; give the Identifier of an action"]),
    "start nowhere": (set_flow("StartAction", "begin"), [
        'dangling: StartAction is "begin", and there is no such action; '
        "name the action that comes first"]),
    "unknown key": (set_flow("Comment", "hello"), [
        "flow: Comment is unknown; use: Version, StartAction, Metadata, "
        "Settings, Actions"]),
    "3,000 actions that are none": (
        lambda m: m.flow["Actions"].extend([{}] * 2970), [
            "size: 3000 actions; Amazon Connect takes 250: split the flow "
            "into modules"]),
    "251 actions": (many, [
        "size: 251 actions; Amazon Connect takes 250: split the flow into "
        "modules"]),
    # Identifiers.
    "bad character": (rename("goodbye", "good(bye"), [
        "good(bye: identifier: it has the character (; "
        "use none of % : ( \\ / ) = $ , ; [ ] { }"]),
    "long name": (rename("goodbye", NAME_51), [
        f"{NAME_51}: identifier: 51 characters; use at most 50"]),
    "reserved name": (rename("goodbye", "constructor"), [
        "constructor: identifier: a name that is not allowed; use another"]),
    "same name twice": (twice, [
        "goodbye: identifier: two actions have it; give each its own"]),
    # Actions.
    "no parameters": (put("welcome", "Parameters", None), [
        "welcome: action: Parameters is missing; give an object, {} for none"
    ]),
    "key beside": (put("goodbye", "Comment", "hello"), [
        "goodbye: action: Comment is unknown; use: Identifier, Type, "
        "Parameters, Transitions"]),
    "parameter unknown": (put("look-up", "Parameters/Timeout", "4"), [
        "look-up: parameters: Parameters.Timeout is unknown; use: "
        "LambdaFunctionARN, InvocationTimeLimitSeconds, InvocationType, "
        "LambdaInvocationAttributes, ResponseValidation"]),
    "no time limit": (
        put("look-up", "Parameters/InvocationTimeLimitSeconds", None), [
            "look-up: parameters: Parameters.InvocationTimeLimitSeconds is "
            "missing; give 1 to 8 seconds: a caller hears nothing meanwhile"]),
    "time limit of 9 s": (
        put("look-up", "Parameters/InvocationTimeLimitSeconds", "9"), [
            "look-up: parameters: Parameters.InvocationTimeLimitSeconds is "
            '"9"; give 1 to 8 seconds: a caller hears nothing meanwhile']),
    "invocation type": (
        put("log-call", "Parameters/InvocationType", "Event"), [
            'log-call: parameters: Parameters.InvocationType is "Event"; give '
            '"SYNCHRONOUS" or "ASYNCHRONOUS"']),
    "invocation attribute that is no text": (
        put("log-call", "Parameters/LambdaInvocationAttributes/Count", 3), [
            "log-call: parameters: "
            "Parameters.LambdaInvocationAttributes.Count is 3; give a text"]),
    "text message of another kind": (
        put("sms-send-1", "Parameters/ContactSubtype", "connect:Chat"), [
            "sms-send-1: parameters: Parameters.ContactSubtype is "
            '"connect:Chat"; give "connect:SMS"']),
    "text message to nobody": (
        put("sms-send-1", "Parameters/DestinationEndpoint", None), [
            "sms-send-1: parameters: Parameters.DestinationEndpoint is "
            "missing; add it"]),
    "a loop of words": (put("again", "Parameters/LoopCount", "three"), [
        'again: parameters: Parameters.LoopCount is "three"; give 0 to 100, '
        "or one JSONPath"]),
    "a loop of other digits": (put("again", "Parameters/LoopCount", "٣"), [
        'again: parameters: Parameters.LoopCount is "٣"; give 0 to 100, or '
        "one JSONPath"]),
    "a loop of a part": (put("again", "Parameters/LoopCount", "3.0"), [
        'again: parameters: Parameters.LoopCount is "3.0"; give 0 to 100, or '
        "one JSONPath"]),
    "a loop of a number with a point": (
        put("again", "Parameters/LoopCount", 3.0), [
            "again: parameters: Parameters.LoopCount is 3.0; give 0 to 100, "
            "or one JSONPath"]),
    "a loop that is not counted": (
        put("again", "Parameters/LoopCount", True), [
            "again: parameters: Parameters.LoopCount is true; give 0 to 100, "
            "or one JSONPath"]),
    "loop too long": (put("again", "Parameters/LoopCount", "101"), [
        'again: parameters: Parameters.LoopCount is "101"; give 0 to 100, or '
        "one JSONPath"]),
    "compares two things": (
        put("has-words", "Parameters/ComparisonValue",
            "$.FlowAttributes.Count $.FlowAttributes.Prompt"), [
            "has-words: parameters: Parameters.ComparisonValue is "
            '"$.FlowAttributes.Count $.FlowAttributes.Prompt"; give one '
            "JSONPath, such as $.External.Count"]),
    "logging undecided": (
        put("logging-off", "Parameters/FlowLoggingBehavior", "Off"), [
            "logging-off: parameters: Parameters.FlowLoggingBehavior is "
            '"Off"; give "Enabled" or "Disabled"']),
    "engine unknown": (
        put("voice", "Parameters/TextToSpeechEngine", "neural2"), [
            'voice: parameters: Parameters.TextToSpeechEngine is "neural2"; '
            "give Standard, Neural, Generative or one JSONPath"]),
    "style unknown": (
        put("voice", "Parameters/TextToSpeechStyle", "Happy"), [
            'voice: parameters: Parameters.TextToSpeechStyle is "Happy"; give '
            "None, Conversational, Newscaster or one JSONPath"]),
    "answer of another kind": (
        put("look-up", "Parameters/ResponseValidation/ResponseType", "MAP"), [
            "look-up: parameters: Parameters.ResponseValidation.ResponseType "
            'is "MAP"; give "STRING_MAP" or "JSON"']),
    "input undecided": (put("menu", "Parameters/StoreInput", "no"), [
        'menu: parameters: Parameters.StoreInput is "no"; give "True" or '
        '"False"']),
    # Messages.
    "text and SSML": (
        put("menu", "Parameters/Text", "Press 9."), [
            "menu: message: GetParticipantInput has Text and SSML; give "
            "exactly one of Text, SSML, PromptId, Media"]),
    "nothing to say": (put("welcome", "Parameters", {}), [
        "welcome: message: MessageParticipant has nothing to say; give "
        "exactly one of Text, SSML, PromptId, Media"]),
    "SSML as text": (
        put("welcome", "Parameters/Text", "<speak>Welcome</speak>"), [
            "welcome: message: Text holds SSML, whose tags are read out; give "
            "it as SSML"]),
    "text too long": (put("welcome", "Parameters/Text", LONG), [
        f'welcome: parameters: Parameters.Text is "{LONG[:56]}...; give at '
        "most 3,000 characters"]),
    "SSML left open": (speak("<speak>No<break/>"), [
        "no-words: ssml: not well-formed: no element found: line 1, column "
        "17; correct the SSML"]),
    "SSML with a bare &": (speak("<speak>B&B</speak>"), [
        "no-words: ssml: not well-formed: not well-formed (invalid token): "
        "line 1, column 10; correct the SSML"]),
    "SSML without speak": (speak("<p>No</p>"), [
        "no-words: ssml: its root is p; put all into one <speak>"]),
    "SSML with a tag of HTML": (speak("<speak><b>No</b></speak>"), [
        "no-words: ssml: the tag b is unknown; use the tags of Amazon "
        "Polly"]),
    "pause of another strength": (
        speak('<speak>No<break strength="long"/></speak>'), [
            'no-words: ssml: strength of break is "long"; use: none, x-weak, '
            "weak, medium, strong, x-strong"]),
    "pause without unit": (speak('<speak>No<break time="250"/></speak>'), [
        'no-words: ssml: time of break is "250"; give it as 250ms or 1s']),
    "said as something else": (
        speak('<speak><say-as interpret-as="phone">1</say-as></speak>'), [
            'no-words: ssml: interpret-as of say-as is "phone"; use: address, '
            "cardinal, characters, date, digits, expletive, fraction, number, "
            "ordinal, spell-out, telephone, time, unit"]),
    "SSML with entities": (
        speak('<!DOCTYPE s [<!ENTITY a "b">]><speak>&a;</speak>'), [
            "no-words: ssml: it has a declaration; correct the SSML"]),
    # Branches.
    "next nowhere": (put("goodbye", "Transitions/NextAction", "hangup"), [
        'goodbye: dangling: NextAction leads to "hangup", and there is no '
        "such action; correct the name or add the action"]),
    "condition nowhere": (put("menu", f"{MENU}/3/NextAction", "repeat"), [
        'menu: dangling: the condition "9" leads to "repeat", and there is no '
        "such action; correct the name or add the action"]),
    "error nowhere": (
        put("look-up", "Transitions/Errors/0/NextAction", "apology"), [
            'look-up: dangling: NoMatchingError leads to "apology", and there '
            "is no such action; correct the name or add the action"]),
    "no next action": (put("how", "Transitions/NextAction", None), [
        "how: transitions: NextAction is missing; name the action that comes "
        "next"]),
    "end that leads on": (
        put("hang-up", "Transitions", {"NextAction": "goodbye"}), [
            "hang-up: transitions: a terminal action leads on; give {} as "
            "Transitions"]),
    "look-up without error branch": (
        put("look-up", "Transitions/Errors", None), [
            "look-up: errors: NoMatchingError has no branch; add one to "
            "Transitions.Errors"]),
    "message without error branch": (
        put("goodbye", "Transitions/Errors", []), [
            "goodbye: errors: NoMatchingError has no branch; add one to "
            "Transitions.Errors"]),
    "menu without time limit branch": (
        put("menu", "Transitions/Errors/0", None), [
            "menu: errors: InputTimeLimitExceeded has no branch; add one to "
            "Transitions.Errors"]),
    "menu without wrong-key branch": (
        put("menu", "Transitions/Errors/1", None), [
            "menu: errors: NoMatchingCondition has no branch; add one to "
            "Transitions.Errors"]),
    "compare without error branch": (
        put("has-words", "Transitions/Errors", []), [
            "has-words: errors: NoMatchingCondition has no branch; add one to "
            "Transitions.Errors"]),
    "error that never comes": (
        lambda m: m["goodbye"]["Transitions"]["Errors"].append(
            {"ErrorType": "Timeout", "NextAction": "hang-up"}), [
            "goodbye: errors: MessageParticipant never fails with Timeout; it "
            "has: NoMatchingError"]),
    "error twice": (
        lambda m: m["goodbye"]["Transitions"]["Errors"].append(
            {"ErrorType": "NoMatchingError", "NextAction": "hang-up"}), [
            "goodbye: errors: NoMatchingError has two branches; leave one of "
            "them"]),
    # Conditions.
    "operator unknown": (
        put("has-words", f"{MENU}/0/Condition/Operator", "GreaterThan"), [
            'has-words: conditions: the operator "GreaterThan" is unknown '
            f"here; {KEYS}"]),
    "menu with another operator": (
        put("menu", f"{MENU}/3/Condition/Operator", "TextContains"), [
            'menu: conditions: the operator "TextContains" is unknown here; '
            "use: Equals"]),
    "number that is none": (
        put("has-words", f"{MENU}/0/Condition/Operands", ["one"]), [
            'has-words: conditions: NumberGreaterOrEqualTo compares with '
            '"one"; give a number']),
    "number of other digits": (
        put("has-words", f"{MENU}/0/Condition/Operands", ["١"]), [
            'has-words: conditions: NumberGreaterOrEqualTo compares with '
            '"١"; give a number']),
    "channel that there is not": (channel, [
        'has-number: conditions: $.Channel is never "PHONE"; use: VOICE, '
        "CHAT, TASK, EMAIL"]),
    "no key": (put("menu", f"{MENU}/3/Condition/Operands", ["10"]), [
        'menu: conditions: "10" is no key; give one of 0 to 9, * or #']),
    "key twice": (put("menu", f"{MENU}/3/Condition/Operands", ["1"]), [
        'menu: conditions: Equals "1" stands twice; leave one of them']),
    "two operands": (
        put("has-words", f"{MENU}/1/Condition/Operands", ["0", "1"]), [
            "has-words: action: Transitions.Conditions[1].Condition.Operands "
            'is ["0", "1"]; give one operand']),
    "loop that is never done": (put("again", f"{MENU}/1", None), [
        'again: conditions: Equals "DoneLooping" is missing; add a condition '
        "for it"]),
    "condition where there is none": (
        put("goodbye", "Transitions/Conditions", [
            {"Condition": {"Operator": "Equals", "Operands": ["1"]},
             "NextAction": "hang-up"}]), [
            "goodbye: conditions: MessageParticipant has none; leave "
            "Conditions out"]),
    # The ways through the flow.
    "no way to it": (lonely, [
        "lonely: unreachable: no way leads here from StartAction; lead one "
        "here or leave the action out"]),
    "no way out": (lead("wrong-key", "wrong-key"), [
        "wrong-key: dead-end: no way from here ends the call; lead one to a "
        "DisconnectParticipant"]),
    "circle": (circle, [
        "how: cycle: it may go round for ever: how -> sms-how -> how; put a "
        "Loop into it"]),
    "circle of failures": (lead("wrong-key", "menu"), [
        "menu: cycle: it may go round for ever: menu -> wrong-key -> menu; "
        "put a Loop into it"]),
    # Names.
    "answer unknown": (
        put("keep-reply", "Parameters/FlowAttributes/Prompt/Value",
            "$.External.Speech"), [
            "keep-reply: lambda-key: ${LookupFunctionArn} does not answer "
            "Speech; it answers: Count, Number, Prompt, VanityNumber1, "
            "VanityNumber2, VanityNumber3"]),
    "answer of another function": (used_before, [
        "called-too-often: lambda-key: ${CallersFunctionArn} does not answer "
        "Count; it answers: Calls"]),
    "answer after an asynchronous call": (after_asynchronous, [
        "has-words: lambda-key: $.External.Count is used where no Lambda "
        "function may have answered; keep the answer as an attribute, or ask "
        "before"]),
    "answer of a failed call": (
        put("look-up", "Transitions/Errors/0/NextAction", "keep-reply"), [
            f"keep-reply: lambda-key: $.External.{key} is used where no "
            "Lambda function may have answered; keep the answer as an "
            "attribute, or ask before"
            for key in ("Count", "Prompt", "VanityNumber1", "VanityNumber2",
                        "VanityNumber3")]),
    "flow attribute never set": (
        put("no-words", "Parameters/SSML", "$.FlowAttributes.Speech"), [
            "no-words: attribute: $.FlowAttributes.Speech is not set on every "
            "way here; set it before, or give --attribute "
            "'$.FlowAttributes.Speech'"]),
    "contact attribute never set": (
        put("welcome", "Parameters/Text", "Hello $.Attributes.First"), [
            "welcome: attribute: $.Attributes.First is not set on every way "
            "here; set it before, or give --attribute '$.Attributes.First'"]),
    "attribute set on one way only": (
        put("welcome", "Transitions/Errors/0/NextAction", "no-words"), [
            "no-words: attribute: $.FlowAttributes.Prompt is not set on every "
            "way here; set it before, or give --attribute "
            "'$.FlowAttributes.Prompt'"]),
    "braces without $.": (
        put("goodbye", "Parameters/Text", "Goodbye {External.Number}"), [
            "goodbye: reference: {External.Number} is not replaced; write "
            "$.External.Number"]),
    "root unknown": (
        put("welcome", "Parameters/Text", "Hello $.Caller.Name"), [
            "welcome: reference: $.Caller is unknown; name something that the "
            "contact has"]),
    "system unknown": (
        put("welcome", "Parameters/Text", "Hello $.System.Address"), [
            "welcome: reference: $.System is unknown; name something that the "
            "contact has"]),
    "part of an endpoint unknown": (
        put("has-number", "Parameters/ComparisonValue",
            "$.CustomerEndpoint.Adress"), [
            "has-number: reference: $.CustomerEndpoint.Adress is unknown; "
            "use: $.CustomerEndpoint.Address, $.CustomerEndpoint.DisplayName, "
            "$.CustomerEndpoint.Type"]),
    "part of the other endpoint unknown": (
        put("sms-send-1", "Parameters/DestinationEndpoint/Address",
            "$.SystemEndpoint.Number"), [
            "sms-send-1: reference: $.SystemEndpoint.Number is unknown; use: "
            "$.SystemEndpoint.Address, $.SystemEndpoint.DisplayName, "
            "$.SystemEndpoint.Type"]),
    "an endpoint as a whole": (
        put("welcome", "Parameters/Text", "You call $.CustomerEndpoint."), [
            "welcome: reference: $.CustomerEndpoint is unknown; use: "
            "$.CustomerEndpoint.Address, $.CustomerEndpoint.DisplayName, "
            "$.CustomerEndpoint.Type"]),
    "part of what has none": (
        put("welcome", "Parameters/Text", "By $.Channel.Name"), [
            "welcome: reference: $.Channel.Name is unknown; use: $.Channel"]),
    "part of a part unknown": (
        put("welcome", "Parameters/Text", "Now $.Metrics.Agents.Online.Size"), [
            "welcome: reference: $.Metrics.Agents.Online.Size is unknown; "
            "use: $.Metrics.Queue.ARN, $.Metrics.Queue.Name, "
            "$.Metrics.Queue.OldestContactAge, $.Metrics.Queue.Size, "
            "$.Metrics.Agents.AfterContactWork.Count, "
            "$.Metrics.Agents.Available.Count, $.Metrics.Agents.Busy.Count, "
            "$.Metrics.Agents.Missed.Count, "
            "$.Metrics.Agents.NonProductive.Count, "
            "$.Metrics.Agents.Online.Count, $.Metrics.Agents.Staffed.Count"]),
    "answer unknown, in brackets": (
        put("keep-reply", "Parameters/FlowAttributes/Prompt/Value",
            "$.External['Speech']"), [
            "keep-reply: lambda-key: ${LookupFunctionArn} does not answer "
            "Speech; it answers: Count, Number, Prompt, VanityNumber1, "
            "VanityNumber2, VanityNumber3"]),
    "attribute never set, in brackets": (
        put("welcome", "Parameters/Text", 'Hello $.Attributes["First name"]'), [
            "welcome: attribute: $.Attributes.First name is not set on every "
            "way here; set it before, or give --attribute "
            "'$.Attributes.First name'"]),
    "part of a text": (
        put("keep-reply", "Parameters/FlowAttributes/Prompt/Value",
            "$.External.Prompt.Text"), [
            "keep-reply: lambda-key: $.External.Prompt is a text, without "
            "Text; use $.External.Prompt, or ResponseType JSON"]),
    "dollar without dot": (
        put("goodbye", "Parameters/Text", "Bye $External.Prompt"), [
            "goodbye: reference: $External.Prompt is not replaced; write "
            "$.External.Prompt"]),
    "function for a flow": (
        put("sms-send-1", "Parameters/ContactFlowArn",
            "${CallLogFunctionArn}"), [
            "sms-send-1: placeholder: ContactFlowArn is "
            "${CallLogFunctionArn}, a function; give a flow"]),
    "flow for a function": (
        put("log-call", "Parameters/LambdaFunctionARN", "${SmsFlowArn}"), [
            "log-call: placeholder: LambdaFunctionARN is ${SmsFlowArn}, a "
            "flow; give a function"]),
    "break that is too long": (
        put("goodbye", "Parameters",
            {"SSML": '<speak>Bye <break time="20s"/></speak>'}), [
            'goodbye: ssml: time of break is "20s"; Amazon Polly takes 10s at '
            "most"]),
    "break that is too long, in ms": (
        put("goodbye", "Parameters",
            {"SSML": '<speak>Bye <break time="10001ms"/></speak>'}), [
            'goodbye: ssml: time of break is "10001ms"; Amazon Polly takes '
            "10s at most"]),
    "speak in speak": (
        put("goodbye", "Parameters",
            {"SSML": "<speak>Good<speak>bye</speak></speak>"}), [
            "goodbye: ssml: a <speak> stands in another; put all into one "
            "<speak>"]),
    "placeholder unknown": (
        put("look-up", "Parameters/LambdaFunctionARN", "${Lookup}"), [
            f"look-up: placeholder: ${{Lookup}} is unknown; {PLACEHOLDERS}"]),
}


# Files as text: what is wrong before there are any actions.
FLOW = flow_text()
FILES = {
    "key twice": (FLOW.replace(
        '"StartAction": "logging-off",',
        '"StartAction": "logging-off", "StartAction": "voice",'), [
            'json: line 3, column 33: the key "StartAction" stands twice in one object; leave '
            "one of them"]),
    "key of an action twice": (FLOW.replace(
        '"LoopCount": "3"', '"LoopCount": "3", "LoopCount": "9"'), [
            'json: line 258, column 40: the key "LoopCount" stands twice in '
            "one object; leave one of them"]),
    "comma at the end": (FLOW.replace(
        '"Metadata": {},', '"Metadata": {,},'), [
            "json: line 4, column 16: Expecting property name enclosed in "
            "double quotes; correct the JSON"]),
    "text behind": (FLOW + "x", [
        f"json: line {FLOW.count(chr(10)) + 1}, column 1: Extra data; "
        "correct the JSON"]),
    "no JSON number": (FLOW.replace('"3"', "NaN", 1), [
        "json: line 147, column 39: NaN is no JSON; give a number"]),
    "number of 5,000 digits": (FLOW.replace('"3"', "1" * 5000, 1), [
        "json: line 147, column 39: a number of 5000 characters; shorten "
        "it"]),
    "text left open": (FLOW.replace('"Neural"', '"Neural'), [
        "json: line 17, column 39: Invalid control character at; correct the "
        "JSON"]),
    "no UTF-8": (FLOW.replace("Welcome", "\udcff", 1), [
        "json: line 29: the byte 0xff is no UTF-8; save the file as UTF-8"]),
    "UTF-16": ("\udcff\udcfe[\0]\0", [
        "json: line 1: the byte 0xff is no UTF-8; save the file as UTF-8"]),
    "NUL": (FLOW.replace("Welcome", "\0", 1), [
        "json: line 29, column 18: Invalid control character at; correct the "
        "JSON"]),
    "200,000 deep": ("[" * 200_000, [
        "json: line 1, column 101: nested deeper than 100; correct the "
        "JSON"]),
    "half a character": (FLOW.replace("hang-up", "hang\\ud800up", 1), [
        'withheld: dangling: NextAction leads to "hang\\ud800up", and there is '
        "no such action; correct the name or add the action"]),
    "nothing": ("", [
        "json: line 1, column 1: Expecting value; correct the JSON"]),
    "256,001 characters": (FLOW + " " * (256_001 - len(FLOW)), [
        "size: 256001 characters; Amazon Connect takes 256000: split the flow "
        "into modules"]),
    "array": ("[]", [
        'format: no JSON object; give {"Version": ..., "StartAction": ..., '
        '"Actions": [...]}']),
    "something else": ("{}", [
        "format: neither Actions nor Observations; give a flow or a test "
        "case"]),
    "old export": ('{"modules": [], "version": "1", "type": "contactFlow"}', [
        "export-format: this is the designer's old export (modules, "
        "branches), which the API does not take; take the content of: aws "
        "connect describe-contact-flow"]),
    "whole answer": (json.dumps({"ContactFlow": {"Content": FLOW}}), [
        "export-format: this is the whole answer of describe-contact-flow; "
        "take the text in ContactFlow.Content"]),
    "no actions": ('{"Version": "2019-10-30", "StartAction": "a", '
                   '"Actions": []}', [
        "flow: Actions is []; give at least one action",
        'dangling: StartAction is "a", and there is no such action; name the '
        "action that comes first"]),
}


def test_text():
    with open(os.path.join(AWS, "testcase.json"), encoding="utf-8") as file:
        return file.read()


def limit_text():
    path = os.path.join(AWS, "testcase-limit.json")
    with open(path, encoding="utf-8") as file:
        return file.read()


def test_case(change):
    """The test case after 'change' of its observations by name."""
    test = json.loads(test_text())
    change({one["Identifier"]: one for one in test["Observations"]}, test)
    return json.dumps(test)


def going_round(by_name, _):
    by_name["goodbye"].update(
        Actions=[], Transitions={"NextObservations": ["welcome"]})


def two_starts(by_name, test):
    second = copy.deepcopy(by_name["start"]) | {"Identifier": "second"}
    test["Observations"].append(second)


def without_text(by_name, _):
    del by_name["words"]["Event"]["Properties"]["Text"]


def instruct(**changes):
    def change(by_name, _):
        by_name["words"]["Actions"][0]["Parameters"].update(changes)
    return change


def key(value):
    return instruct(Instruction={"Type": "DtmfInput",
                                 "Properties": {"Value": value}})


TEST_CASES = {
    "round without end": (test_case(going_round), [
        f"{name}: dead-end: no way from here ends the test; end one with "
        "TestControl and EndTest" for name in (
            "start", "welcome", "how", "words", "words-again", "goodbye")]),
    "two starts": (test_case(two_starts), [
        "test: 2 observations of TestInitiated; begin with one"]),
    "message of any text": (test_case(without_text), [
        "words: test: it does not say which message it waits for; give one "
        "of Text, SSML, PromptId"]),
    "message with more": (
        test_text().replace('"Text": "Good', '"Txt": "Good'), [
        "goodbye: test: Event.Properties.Txt is unknown; use: "
        "MatchingCriteria, Text, SSML, PromptId",
        "goodbye: test: it does not say which message it waits for; give one "
        "of Text, SSML, PromptId"]),
    "no key": (test_case(key("x")), [
        "words: test: Actions[0].Parameters.Instruction.Properties.Value is "
        '"x"; give keys: 0 to 9, * or #']),
    "unknown ActionType": (test_case(instruct(ActionType="Press")), [
        'words: test: Actions[0].Parameters.ActionType is "Press"; give '
        '"SendInstruction"']),
    "no instruction": (test_text().replace('"Instruction"', '"Do"'), [
        "words: test: Actions[0].Parameters.Instruction is missing; add it"]),
    "mock of nothing": (limit_text().replace('"InvokeLambdaFunction"',
                                             '"InvokeLambda"'), [
        "start: test: Actions[0].Parameters.Behavior.Properties.ActionType is "
        '"InvokeLambda"; give an action type of the flow language']),
    "mock of a flow": (limit_text().replace("CallersFunction", "SmsFlow"), [
        "start: placeholder: LambdaFunctionARN is ${SmsFlowArn}, a flow; give "
        "a function"]),
    "action twice": (test_text().replace('"press-9"', '"end"'), [
        'goodbye: identifier: two actions are called "end"; give each its '
        "own"]),
    "other version": (test_text().replace("2025-06-21", "2019-10-30"), [
        'test: Version is "2019-10-30"; give "2025-06-21"']),
    "unknown event": (test_text().replace("TestInitiated", "TestStarted"), [
        'test: Observations[0].Event.Type is "TestStarted"; use: '
        "TestInitiated, TestCompleted, MessageReceived, FlowActionStarted"]),
    "unknown action": (test_text().replace(
        '"Type": "TestControl"', '"Type": "Stop"'), [
        'test: Observations[5].Actions[0].Type is "Stop"; use: Assert, '
        "OverrideSystemBehavior, SendInstruction, TestControl"]),
    "unknown match": (test_text().replace("Inclusion", "Exact", 1), [
        "welcome: test: Event.Properties.MatchingCriteria.Type is "
        '"Exact"; use: Inclusion, Similarity']),
    "observation nowhere": (test_text().replace('["words"]', '["word"]'), [
        'how: dangling: NextObservations has "word", and there is no such '
        "observation; correct the name or add the observation"]),
    "observation skipped": (test_text().replace('["how"]', '["words"]'), [
        "how: unreachable: no observation leads here; lead one here or leave "
        "it out"]),
    "test without end": (test_text().replace("EndTest", "LogData"), [
        "goodbye: dead-end: it neither leads on nor ends the test; end it "
        "with TestControl and EndTest"]),
    "placeholder unknown": (limit_text().replace("${Callers", "${Callees"), [
        f"start: placeholder: ${{CalleesFunctionArn}} is unknown; "
        f"{PLACEHOLDERS}"]),
    "mock that is no JSON": (limit_text().replace('000000\\"}', '000000'), [
        "start: test: LoadedData is no JSON in a text; give it as "
        '"{\\"Key\\":\\"value\\"}"']),
}


def broken_at_random(generator):
    """The flow with a value somewhere replaced by something else."""
    flow = json.loads(FLOW)
    others = [None, 7, "", "x", "$.External.", "${", [], {}, [[]], {"a": 1},
              "<speak>", True, "menu", "constructor"]
    for _ in range(generator.randint(1, 3)):
        node, steps = flow, generator.randint(1, 8)
        while steps > 0 and isinstance(node, (dict, list)) and node:
            key = generator.choice(list(node) if isinstance(node, dict)
                                   else range(len(node)))
            steps -= 1
            if steps == 0 or not isinstance(node[key], (dict, list)):
                node[key] = copy.deepcopy(generator.choice(others))
                break
            node = node[key]
    return json.dumps(flow)


class Lint(unittest.TestCase):
    maxDiff = None

    def lint_files(self, files):
        """What is said of each file, in one run of the linter."""
        with tempfile.TemporaryDirectory() as folder:
            paths = {}
            for name, content in files.items():
                paths[name] = os.path.join(folder, name.replace(" ", "-"))
                with open(paths[name], "w", encoding="utf-8",
                          errors="surrogateescape") as file:
                    file.write(content)
            done = subprocess.run(
                [sys.executable, LINT, *paths.values()], text=True,
                capture_output=True, check=False)
        self.assertEqual(done.stderr, "")
        said = {name: [] for name in files}
        for line in done.stdout.splitlines():
            name = next(n for n, path in paths.items()
                        if line.startswith(f"{path}: "))
            said[name].append(line[len(paths[name]) + 2:])
        return done.returncode, said

    def check_all(self, cases):
        code, said = self.lint_files(
            {name: content for name, (content, _) in cases.items()})
        self.assertEqual(code, 1)
        for name, (_, expected) in cases.items():
            with self.subTest(name):
                self.assertEqual(said[name], expected)

    def test_each_mutant_is_rejected_for_its_reason_alone(self):
        cases = {}
        for name, (change, expected) in MUTANTS.items():
            mutant = Mutant()
            change(mutant)
            cases[name] = (json.dumps(mutant.flow), expected)
        self.assertGreaterEqual(len(cases), 30)
        self.check_all(cases)

    def test_files_that_are_no_flow_are_rejected(self):
        self.check_all(FILES)

    def test_test_cases_are_checked_as_well(self):
        self.check_all(TEST_CASES)

    def test_anything_broken_at_random_is_told_without_a_crash(self):
        seed = int(os.environ.get("VN_SEED", "20191030"))
        generator = random.Random(seed)
        files = {f"random {n}": broken_at_random(generator)
                 for n in range(300)}
        code, said = self.lint_files(files)
        self.assertEqual(code, 1, f"VN_SEED={seed}")
        self.assertGreater(sum(1 for lines in said.values() if lines), 250)

    def test_unknown_type_is_a_warning_unless_strict(self):
        mutant = Mutant()
        unknown_type(mutant)
        given = json.dumps(mutant.flow)
        words = 'type: the action type "PlayPrompt" is not known here; look ' \
            "it up in the flow language\n"
        done = lint(given=given)
        self.assertEqual((done.returncode, done.stdout), (
            0, f"standard input: welcome: warning: {words}"))
        done = lint("--strict", given=given)
        self.assertEqual((done.returncode, done.stdout), (
            1, f"standard input: welcome: {words}"))

    def test_unknown_voice_is_a_warning_unless_strict(self):
        mutant = Mutant()
        mutant.put("voice", "Parameters/TextToSpeechVoice", "Nobody")
        words = 'parameters: the voice "Nobody" is not known here; look it ' \
            "up in the list of Amazon Polly\n"
        for options, code, level in (((), 0, "warning: "),
                                     (("--strict",), 1, "")):
            done = lint(*options, given=json.dumps(mutant.flow))
            self.assertEqual((done.returncode, done.stdout), (
                code, f"standard input: voice: {level}{words}"))

    def test_what_the_contact_has_may_be_named(self):
        mutant = Mutant()
        mutant.put("welcome", "Parameters/Text", "Hello $.CustomerEndpoint."
                   "Address, $.SystemEndpoint.Type, $.Queue.OutboundCallerId."
                   "Address, $.Channel. $.Queue['Name'] $.Lex.Slots.City "
                   "$.Metrics.Queue.Size $.AwsRegion $.Views.Action.")
        done = lint("--strict", given=json.dumps(mutant.flow))
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_answers_of_objects_may_be_looked_into(self):
        mutant = Mutant()
        mutant.put("look-up", "Parameters/ResponseValidation/ResponseType",
                   "JSON")
        mutant.put("keep-reply", "Parameters/FlowAttributes/Prompt/Value",
                   "$.External.Prompt.Text")
        mutant.put("welcome", "Parameters", {
            "SSML": '<speak>a <break time="10s"/> <break time="10000ms"/>'
                    "$5</speak>"})
        done = lint("--strict", given=json.dumps(mutant.flow))
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_flow_with_placeholders_is_not_resolved(self):
        done = lint("--resolved", given=FLOW)
        self.assertEqual(done.returncode, 1)
        self.assertIn("look-up: placeholder: ${LookupFunctionArn} is not "
                      "replaced; deploy the flow with the template\n",
                      done.stdout)
        resolved = FLOW.replace("${CallsPerDay}", "20")
        for name in ("LookupFunctionArn", "CallersFunctionArn",
                     "CallLogFunctionArn", "SmsNumberArn", "SmsFlowArn"):
            resolved = resolved.replace(f"${{{name}}}", f"arn:aws:x:{name}")
        done = lint("--resolved", given=resolved)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_names_of_another_project_can_be_given(self):
        mutant = Mutant()
        mutant.put("welcome", "Parameters/Text", "Hello $.Attributes.First")
        mutant.put("look-up", "Parameters/LambdaFunctionARN", "${Other}")
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump({"placeholders": ["Other", "CallersFunctionArn",
                                        "CallLogFunctionArn", "CallsPerDay",
                                        "SmsNumberArn", "SmsFlowArn"],
                       "lambdas": {"${Other}": ["Count", "Prompt"]}}, file)
            file.flush()
            done = lint("--names", file.name, "--attribute",
                        "$.Attributes.First", given=json.dumps(mutant.flow))
        self.assertEqual(done.stdout.splitlines(), [
            "standard input: keep-reply: lambda-key: ${Other} does not answer "
            f"VanityNumber{n}; it answers: Count, Prompt" for n in (1, 2, 3)])

    def test_json_says_the_same(self):
        mutant = Mutant()
        lonely(mutant)
        done = lint("--json", given=json.dumps(mutant.flow))
        self.assertEqual(done.returncode, 1)
        self.assertEqual(json.loads(done.stdout), [{
            "file": "standard input", "action": "lonely",
            "rule": "unreachable", "level": "error",
            "message": "no way leads here from StartAction",
            "fix": "lead one here or leave the action out"}])
        self.assertEqual(lint("--json", given=FLOW).stdout, "[]\n")

    def test_wrong_use_is_2(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write('{"placeholders": [5], "lambdas": {}}')
            file.flush()
            for arguments, said in (
                    ((), "arguments are required: FILE"),
                    (("--colour", "x"), "--colour"),
                    (("/nowhere/flow.json",), "/nowhere/flow.json"),
                    (("/",), "Is a directory"),
                    (("--names", "/nowhere/n.json", file.name),
                     "/nowhere/n.json"),
                    (("--names", file.name, file.name),
                     'give {"placeholders": [name...], "lambdas"')):
                done = subprocess.run([sys.executable, LINT, *arguments],
                                      text=True, capture_output=True,
                                      check=False)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(said, done.stderr)
                self.assertNotIn("Traceback", done.stderr)

    def test_missing_module_is_named(self):
        done = subprocess.run([sys.executable, "-S", LINT, "x.json"],
                              text=True, capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (
            2, "lint-flow: the Python module jsonschema is missing; install "
            "python3-jsonschema\n"))

    def test_help_has_an_example(self):
        done = subprocess.run([sys.executable, LINT, "--help"], text=True,
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 0)
        self.assertIn("example: tools/aws/lint-flow", done.stdout)


if __name__ == "__main__":
    unittest.main()
