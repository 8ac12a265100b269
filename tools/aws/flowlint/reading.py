"""Reads strict JSON: what json.loads() would pass over is a finding."""
import json
import re

# Amazon Connect's limits for the content of a flow.
MOST_CHARACTERS = 256_000
MOST_ACTIONS = 250
FLOW_VERSION = "2019-10-30"
TEST_VERSION = "2025-06-21"


# Deeper than any flow; far from what Python gives up at.
MOST_DEPTH = 100
# Far from what Python gives up at, too.
MOST_DIGITS = 100

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
CONSTANTS = ("NaN", "Infinity", "-Infinity")


def tokens(content):
    for match in TOKEN.finditer(content):
        yield match.start(), match.group()


def too_deep(content):
    """Where the nesting becomes too deep, or None."""
    depth = 0
    for at, token in tokens(content):
        if token in ("{", "["):
            depth += 1
        elif token in ("}", "]"):
            depth -= 1
        if depth > MOST_DEPTH:
            return at
    return None


def passed_over(content):
    """(where, what it is, the fix): JSON for json.loads(), not for us."""
    objects = []
    text = (0, "")
    for at, token in tokens(content):
        if token in ("{", "["):
            objects.append(set())
        elif token in ("}", "]"):
            objects.pop()
        elif token == ":":
            key = json.loads(text[1])
            if key in objects[-1]:
                return (text[0], f'the key "{key}" stands twice in one object',
                        "leave one of them")
            objects[-1].add(key)
        elif token in CONSTANTS:
            return at, f"{token} is no JSON", "give a number"
        elif token[0] != '"' and len(token) > MOST_DIGITS:
            return at, f"a number of {len(token)} characters", "shorten it"
        text = (at, token)
    return None


def add(found, content, where, what, fix="correct the JSON"):
    line = content.count("\n", 0, where) + 1
    column = where - content.rfind("\n", 0, where)
    found.add("", "json", f"line {line}, column {column}: {what}", fix)


def decode(data, found):
    """The text in the bytes 'data', or None after a finding."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found.add("", "json", f"line {line}: the byte "
                  f"0x{data[error.start]:02x} is no UTF-8",
                  "save the file as UTF-8")
        return None


def parse(data, found):
    """The value of the bytes 'data', or None after a finding."""
    content = decode(data, found)
    if content is None:
        return None
    if len(content) > MOST_CHARACTERS:
        found.add("", "size", f"{len(content)} characters",
                  f"Amazon Connect takes {MOST_CHARACTERS}: split the flow "
                  "into modules")
        return None
    deep = too_deep(content)
    if deep is not None:
        add(found, content, deep, f"nested deeper than {MOST_DEPTH}")
        return None
    try:
        # Numbers stay texts until it is known how long they are.
        json.loads(content, parse_int=str)
    except json.JSONDecodeError as error:
        add(found, content, error.pos, error.msg)
        return None
    strange = passed_over(content)
    if strange is not None:
        add(found, content, *strange)
        return None
    return json.loads(content)


def kind(document, found):
    """"flow" or "test", or None after a finding: what the document is."""
    if not isinstance(document, dict):
        found.add("", "format", "no JSON object",
                  'give {"Version": ..., "StartAction": ..., "Actions": [...]}')
    elif "Observations" in document:
        return "test"
    elif "Actions" in document:
        return "flow"
    elif "modules" in document:
        found.add("", "export-format", "this is the designer's old export "
                  "(modules, branches), which the API does not take",
                  "take the content of: aws connect describe-contact-flow")
    elif isinstance(document.get("ContactFlow"), dict):
        found.add("", "export-format", "this is the whole answer of "
                  "describe-contact-flow",
                  "take the text in ContactFlow.Content")
    else:
        found.add("", "format", "neither Actions nor Observations",
                  "give a flow or a test case")
    return None
