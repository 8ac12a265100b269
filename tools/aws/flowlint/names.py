"""Checks the names in parameters: placeholders, attributes, Lambda answers.

Attributes and answers are followed along the ways of the flow: an attribute
must have been set on every way, and an answer is that of the Lambda function
that was asked last.
"""
import re

PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
PATH = re.compile(r"\$\.([A-Za-z_]\w*)(?:\.([A-Za-z_]\w*))?")
WITHOUT_DOLLAR = re.compile(
    r"\{\{?\s*(\$?\.?(?:External|Attributes|FlowAttributes|CustomerEndpoint)"
    r"\.\w+)\s*\}?\}")
ROOTS = (
    "Agent", "Attributes", "Campaign", "Case", "Channel", "ContactId",
    "Customer", "CustomerCallbackNumber", "CustomerEndpoint", "CustomerId",
    "Description", "External", "FlowAttributes", "InitialContactId",
    "InitiationMethod", "InstanceARN", "LanguageCode", "Lex", "Media",
    "MediaStreams", "Metadata", "Metrics", "Modules", "Name",
    "PreviousContactId", "Queue", "References", "RelatedContactId",
    "SegmentAttributes", "StoredCustomerInput", "SystemEndpoint", "Tags",
    "Task", "TextToSpeechVoiceId", "Views", "Wisdom",
)
UNKNOWN = "unknown"


class Names:
    """What a flow may name: --names, --attribute and --resolved."""

    def __init__(self, placeholders, lambdas, attributes, resolved):
        self.placeholders = placeholders
        self.lambdas = lambdas
        self.attributes = attributes
        self.resolved = resolved


def texts(value):
    """All texts in 'value', however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def action_texts(action):
    yield from texts(action["Parameters"])
    for condition in action["Transitions"].get("Conditions", []):
        yield from condition["Condition"]["Operands"]


def check_placeholders(where, words, names, found):
    for name in PLACEHOLDER.findall(words):
        if names.resolved:
            found.add(where, "placeholder", f"${{{name}}} is not replaced",
                      "deploy the flow with the template")
        elif name not in names.placeholders:
            known = ", ".join(names.placeholders) or "none"
            found.add(where, "placeholder", f"${{{name}}} is unknown",
                      f"use: {known}")


def check_paths(action, names, found):
    """The names of one action that need no look at the ways to it."""
    where = action["Identifier"]
    for words in action_texts(action):
        check_placeholders(where, words, names, found)
        for match in WITHOUT_DOLLAR.findall(words):
            name = match.lstrip("$.")
            found.add(where, "reference", f"{{{match}}} is not replaced",
                      f"write $.{name}")
        for root, _ in PATH.findall(words):
            if root not in ROOTS:
                found.add(where, "reference", f"$.{root} is unknown",
                          "name something that the contact has")


def sets(action):
    """The attributes that an action sets when it succeeds."""
    parameters = action["Parameters"]
    if action["Type"] == "UpdateFlowAttributes":
        given, root = parameters.get("FlowAttributes"), "FlowAttributes"
    elif action["Type"] == "UpdateContactAttributes":
        given, root = parameters.get("Attributes"), "Attributes"
    else:
        return set()
    if not isinstance(given, dict):
        return set()
    return {f"$.{root}.{name}" for name in given}


def answering(action, before):
    """The functions whose answer may stand in $.External after success."""
    if action["Type"] != "InvokeLambdaFunction":
        return before
    parameters = action["Parameters"]
    if parameters.get("InvocationType") == "ASYNCHRONOUS":
        return {None}
    function = parameters.get("LambdaFunctionARN")
    return {function if isinstance(function, str) else UNKNOWN}


def follow(by_name, ways, start):
    """What is set for sure, and who may have answered, before each action."""
    out = {}
    for way in ways:
        out.setdefault(way.source, []).append(way)
    before = {start: (frozenset(), frozenset({None}))}
    todo = [start]
    while todo:
        name = todo.pop()
        action = by_name[name]
        has, asked = before[name]
        for way in out.get(name, ()):
            done = way.kind != "error" or way.result == "NoMatchingCondition"
            after = (has | sets(action), frozenset(answering(action, asked)))
            if not done:
                failed = action["Type"] == "InvokeLambdaFunction"
                after = (has, frozenset({None}) if failed else asked)
            old = before.get(way.target)
            new = after if old is None else (old[0] & after[0],
                                             old[1] | after[1])
            if new != old:
                before[way.target] = new
                todo.append(way.target)
    return before


def check_uses(by_name, ways, reached, start, names, found):
    before = follow(by_name, ways, start)
    for name, action in by_name.items():
        if name not in reached:
            continue
        has, asked = before[name]
        for words in action_texts(action):
            for root, key in PATH.findall(words):
                if root == "External" and key:
                    check_answer(name, key, asked, names, found)
                elif root in ("Attributes", "FlowAttributes") and key:
                    check_attribute(name, f"$.{root}.{key}", has, names, found)


def check_attribute(name, path, has, names, found):
    if path not in has and path not in names.attributes:
        found.add(name, "attribute", f"{path} is not set on every way here",
                  f"set it before, or give --attribute '{path}'")


def check_answer(name, key, asked, names, found):
    if None in asked:
        found.add(name, "lambda-key", f"$.External.{key} is used where no "
                  "Lambda function may have answered",
                  "keep the answer as an attribute, or ask before")
        return
    for function in sorted(asked):
        keys = names.lambdas.get(function)
        if keys is not None and key not in keys:
            found.add(name, "lambda-key", f"{function} does not answer {key}",
                      f"it answers: {', '.join(keys)}")
