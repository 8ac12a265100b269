"""Checks each action by itself: its identifier, parameters and branches."""
import re
import xml.etree.ElementTree

from flowlint.actions import TYPES, VOICES
from flowlint.reading import FLOW_VERSION, MOST_ACTIONS
from flowlint.schema import compare, shown

NAME_SIZE = 50
NOT_IN_NAMES = "%:(\\/)=$,;[]{}"
NOT_NAMES = (
    "__proto__", "constructor", "__defineGetter__", "__defineSetter__",
    "toString", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable",
    "toLocaleString", "valueOf",
)
MESSAGES = ("Text", "SSML", "PromptId", "Media")
# Tags that Amazon Connect and Amazon Polly know.
TAGS = (
    "speak", "break", "emphasis", "lang", "mark", "p", "phoneme", "prosody",
    "s", "say-as", "sub", "w", "amazon-auto-breaths", "amazon-breath",
    "amazon-domain", "amazon-effect", "amazon-emotion",
)
# Their attributes with few values.
ATTRIBUTES = {
    ("break", "strength"): ("none", "x-weak", "weak", "medium", "strong",
                            "x-strong"),
    ("emphasis", "level"): ("strong", "moderate", "reduced"),
    ("say-as", "interpret-as"): (
        "address", "cardinal", "characters", "date", "digits", "expletive",
        "fraction", "number", "ordinal", "spell-out", "telephone", "time",
        "unit"),
}
KEYS = tuple("0123456789*#")
LONGEST_BREAK_S = 10

TARGET = {"type": "string", "minLength": 1,
          "description": "give the Identifier of an action"}
ACTION = {
    "type": "object",
    "required": ["Identifier", "Type", "Parameters", "Transitions"],
    "additionalProperties": False,
    "properties": {
        "Identifier": {"type": "string", "minLength": 1,
                       "description": "give each action a name"},
        "Type": {"type": "string", "description": "give an action type"},
        "Parameters": {"type": "object",
                       "description": "give an object, {} for none"},
        "Transitions": {
            "type": "object",
            "description": 'give {"NextAction": ...}, {} where the flow ends',
            "additionalProperties": False,
            "properties": {
                "NextAction": TARGET,
                "Errors": {"type": "array", "items": {
                    "type": "object", "required": ["ErrorType", "NextAction"],
                    "additionalProperties": False,
                    "properties": {
                        "ErrorType": {"type": "string",
                                      "description": "give an error type"},
                        "NextAction": TARGET}}},
                "Conditions": {"type": "array", "items": {
                    "type": "object", "required": ["Condition", "NextAction"],
                    "additionalProperties": False,
                    "properties": {
                        "Condition": {
                            "type": "object",
                            "required": ["Operator", "Operands"],
                            "description": "give Operator and Operands",
                            "additionalProperties": False,
                            "properties": {
                                "Operator": {
                                    "type": "string",
                                    "description": "give an operator"},
                                "Operands": {
                                    "type": "array", "minItems": 1,
                                    "maxItems": 1,
                                    "items": {
                                        "type": "string",
                                        "description": "give it as text"},
                                    "description": "give one operand"}}},
                        "NextAction": TARGET}}},
            },
        },
    },
}
FLOW = {
    "type": "object",
    "required": ["Version", "StartAction", "Actions"],
    "additionalProperties": False,
    "properties": {
        "Version": {"const": FLOW_VERSION,
                    "description": f'give "{FLOW_VERSION}"'},
        "StartAction": TARGET,
        "Metadata": {"type": "object"},
        "Settings": {"type": "object"},
        "Actions": {"type": "array", "minItems": 1,
                    "description": "give at least one action"},
    },
}


def check_flow(flow, found):
    """The actions that are worth a closer look."""
    for message, fix in compare(flow, FLOW, ()):
        found.add("", "flow", message, fix)
    actions = flow.get("Actions")
    if not isinstance(actions, list):
        return []
    if len(actions) > MOST_ACTIONS:
        found.add("", "size", f"{len(actions)} actions",
                  f"Amazon Connect takes {MOST_ACTIONS}: split the flow into "
                  "modules")
        return []
    sound = []
    for position, action in enumerate(actions):
        name = identifier(action)
        errors = list(compare(action, ACTION, ()))
        for message, fix in errors:
            found.add(name or f"Actions[{position}]", "action", message, fix)
        if not errors:
            sound.append(action)
    return sound


def identifier(action):
    name = action.get("Identifier") if isinstance(action, dict) else None
    return name if isinstance(name, str) else ""


def check_names(flow, actions, found):
    """Identifiers, and that each branch leads to one."""
    start = flow.get("StartAction")
    names = set()
    for action in actions:
        name = action["Identifier"]
        bad = sorted(set(name) & set(NOT_IN_NAMES))
        if bad:
            found.add(name, "identifier", f"it has the character {bad[0]}",
                      f"use none of {' '.join(NOT_IN_NAMES)}")
        if len(name) > NAME_SIZE:
            found.add(name, "identifier", f"{len(name)} characters",
                      f"use at most {NAME_SIZE}")
        if name in NOT_NAMES:
            found.add(name, "identifier", "a name that is not allowed",
                      "use another")
        if name in names:
            found.add(name, "identifier", "two actions have it",
                      "give each its own")
        names.add(name)
    if isinstance(flow.get("Actions"), list):
        names |= {identifier(action) for action in flow["Actions"]}
    if isinstance(start, str) and start not in names:
        found.add("", "dangling", f'StartAction is "{start}", and there is no '
                  "such action", "name the action that comes first")
    for action in actions:
        for branch, target in branches(action):
            if target not in names:
                found.add(action["Identifier"], "dangling",
                          f'{branch} leads to "{target}", and there is no '
                          "such action", "correct the name or add the action")


def branches(action):
    """(what it is called, where it leads) of each way out."""
    ways = action["Transitions"]
    if "NextAction" in ways:
        yield "NextAction", ways["NextAction"]
    for condition in ways.get("Conditions", []):
        operands = condition["Condition"]["Operands"]
        yield f'the condition "{operands[0]}"', condition["NextAction"]
    for error in ways.get("Errors", []):
        yield error["ErrorType"], error["NextAction"]


def rules_of(action):
    """The rules of its type; None for an unknown one."""
    rules = TYPES.get(action["Type"])
    if action["Type"] == "GetParticipantInput" \
            and action["Parameters"].get("StoreInput") == "True":
        # What a caller enters is kept, not compared.
        return {**rules, "conditions": None, "required": ["NoMatchingError"],
                "optional": ["InputTimeLimitExceeded", "InvalidPhoneNumber"]}
    return rules


def check_action(action, found):
    name, kind = action["Identifier"], action["Type"]
    rules = rules_of(action)
    if rules is None:
        found.warn(name, "type", f'the action type "{kind}" is not known here',
                   "look it up in the flow language")
        return
    for message, fix in compare(action["Parameters"], rules["parameters"],
                                ("Parameters",)):
        found.add(name, "parameters", message, fix)
    check_voice(name, action["Parameters"], found)
    if rules["message"]:
        check_message(name, kind, action["Parameters"], found)
    check_ways(name, rules, action["Transitions"], found)
    check_errors(name, kind, rules, action["Transitions"], found)
    check_conditions(action, rules, found)


def check_voice(name, parameters, found):
    voice = parameters.get("TextToSpeechVoice")
    if isinstance(voice, str) and voice not in VOICES \
            and not voice.startswith("$"):
        found.warn(name, "parameters", f"the voice {shown(voice)} is not known "
                   "here", "look it up in the list of Amazon Polly")


def check_message(name, kind, parameters, found):
    given = [key for key in MESSAGES if key in parameters]
    if len(given) != 1:
        has = " and ".join(given) if given else "nothing to say"
        found.add(name, "message", f"{kind} has {has}",
                  f"give exactly one of {', '.join(MESSAGES)}")
    words = parameters.get("Text")
    if isinstance(words, str) and re.match(r"\s*<speak\b", words):
        found.add(name, "message", "Text holds SSML, whose tags are read out",
                  "give it as SSML")
    words = parameters.get("SSML")
    if isinstance(words, str) and not re.fullmatch(r"\$\.\S+", words):
        check_ssml(name, words, found)


def check_ssml(name, words, found):
    fix = "correct the SSML"
    if "<!" in words:
        found.add(name, "ssml", "it has a declaration", fix)
        return
    try:
        # The prefix is declared nowhere; Amazon Polly knows it.
        root = xml.etree.ElementTree.fromstring(
            re.sub(r"(</?)amazon:", r"\1amazon-", words))
    except xml.etree.ElementTree.ParseError as error:
        found.add(name, "ssml", f"not well-formed: {error}", fix)
        return
    if root.tag != "speak":
        found.add(name, "ssml", f"its root is {root.tag}",
                  "put all into one <speak>")
    for element in root.iter():
        if element.tag == "speak" and element is not root:
            found.add(name, "ssml", "a <speak> stands in another",
                      "put all into one <speak>")
        if element.tag not in TAGS:
            found.add(name, "ssml", f"the tag {element.tag} is unknown",
                      "use the tags of Amazon Polly")
        check_attributes(name, element, found)


def check_attributes(name, element, found):
    for key, value in element.items():
        known = ATTRIBUTES.get((element.tag, key))
        if known and value not in known:
            found.add(name, "ssml", f'{key} of {element.tag} is "{value}"',
                      f"use: {', '.join(known)}")
    time = element.get("time")
    if element.tag != "break" or time is None:
        return
    match = re.fullmatch(r"([0-9]{1,5}(?:\.[0-9]+)?)(m?)s", time)
    if match is None:
        found.add(name, "ssml", f'time of break is "{time}"',
                  "give it as 250ms or 1s")
    elif float(match[1]) > (LONGEST_BREAK_S * 1000 if match[2]
                            else LONGEST_BREAK_S):
        found.add(name, "ssml", f'time of break is "{time}"',
                  f"Amazon Polly takes {LONGEST_BREAK_S}s at most")


def check_ways(name, rules, ways, found):
    if rules["ends"] == "always":
        if ways:
            found.add(name, "transitions", "a terminal action leads on",
                      "give {} as Transitions")
    elif "NextAction" not in ways:
        found.add(name, "transitions", "NextAction is missing",
                  "name the action that comes next")


def check_errors(name, kind, rules, ways, found):
    if rules["ends"] == "always":
        return
    seen = [error["ErrorType"] for error in ways.get("Errors", [])]
    for error in rules["required"]:
        if error not in seen:
            found.add(name, "errors", f"{error} has no branch",
                      "add one to Transitions.Errors")
    known = [*rules["required"], *rules["optional"]]
    for error in sorted(set(seen)):
        if seen.count(error) > 1:
            found.add(name, "errors", f"{error} has two branches",
                      "leave one of them")
        if error not in known:
            names = ", ".join(known) if known else "none"
            found.add(name, "errors", f"{kind} never fails with {error}",
                      f"it has: {names}")


def check_conditions(action, rules, found):
    name = action["Identifier"]
    conditions = action["Transitions"].get("Conditions", [])
    given = [c["Condition"] for c in conditions]
    allowed = rules["conditions"]
    if rules["ends"] == "always":
        return
    if allowed is None:
        if given:
            found.add(name, "conditions", f'{action["Type"]} has none',
                      "leave Conditions out")
        return
    seen = []
    for condition in given:
        check_condition(name, condition, allowed, found)
        pair = (condition["Operator"], condition["Operands"][0])
        if pair in seen:
            found.add(name, "conditions",
                      f"{pair[0]} {shown(pair[1])} stands twice",
                      "leave one of them")
        seen.append(pair)
    for result in allowed.get("all", []):
        if ("Equals", result) not in seen:
            found.add(name, "conditions", f'Equals "{result}" is missing',
                      "add a condition for it")


def check_condition(name, condition, allowed, found):
    operator, operand = condition["Operator"], condition["Operands"][0]
    operators = allowed.get("operators", ["Equals"])
    if operator not in operators:
        found.add(name, "conditions", f'the operator "{operator}" is unknown '
                  "here", f"use: {', '.join(operators)}")
        return
    if operator.startswith("Number") \
            and not re.fullmatch(
                r"-?[0-9]+(\.[0-9]+)?|\$\{\w+\}|\$\.\S+", operand):
        found.add(name, "conditions", f'{operator} compares with "{operand}"',
                  "give a number")
    if allowed.get("keys") and operand not in KEYS:
        found.add(name, "conditions", f'"{operand}" is no key',
                  "give one of 0 to 9, * or #")
    if "all" in allowed and operand not in allowed["all"]:
        found.add(name, "conditions", f'"{operand}" never comes',
                  f"use: {', '.join(allowed['all'])}")
