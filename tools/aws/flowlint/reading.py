"""Reads strict JSON: what json.loads() would pass over is a finding."""
import json

# Amazon Connect's limits for the content of a flow.
MOST_CHARACTERS = 256_000
MOST_ACTIONS = 250
FLOW_VERSION = "2019-10-30"
TEST_VERSION = "2025-06-21"


class Refused(ValueError):
    """JSON for json.loads(), not for us: (what it is, the fix)."""


def once(pairs):
    seen = {}
    for key, value in pairs:
        if key in seen:
            raise Refused(f'the key "{key}" stands twice in one object',
                          "leave one of them")
        seen[key] = value
    return seen


def refuse_constant(name):
    raise Refused(f"{name} is no JSON", "give a number")


def parse(content, found):
    """The value of 'content', or None after a finding."""
    if len(content) > MOST_CHARACTERS:
        found.add("", "size", f"{len(content)} characters",
                  f"Amazon Connect takes {MOST_CHARACTERS}: split the flow "
                  "into modules")
        return None
    try:
        return json.loads(content, object_pairs_hook=once,
                          parse_constant=refuse_constant)
    except json.JSONDecodeError as error:
        found.add("", "json", f"line {error.lineno}, column {error.colno}: "
                  f"{error.msg}", "correct the JSON")
    except Refused as error:
        found.add("", "json", *error.args)
    except RecursionError:
        found.add("", "json", "nested too deep", "correct the JSON")
    return None


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
