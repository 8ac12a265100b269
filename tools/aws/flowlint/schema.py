"""Compares a value with a JSON schema and words what differs."""
import json

import jsonschema


KINDS = {"array": "give an array", "object": "give an object",
         "string": "give a text"}


def place(path):
    words = ""
    for step in path:
        words += f"[{step}]" if isinstance(step, int) else f".{step}"
    return words.lstrip(".")


def shown(value):
    words = json.dumps(value, ensure_ascii=False)
    return words if len(words) <= 60 else words[:57] + "..."


def word(error, root):
    """(message, fix) of one error."""
    where = place([*root, *error.absolute_path])
    schema = error.schema
    if error.validator == "required" and "properties" in schema:
        missing = next(name for name in error.validator_value
                       if name not in error.instance)
        fix = schema["properties"][missing].get("description", "add it")
        return f"{place([*root, *error.absolute_path, missing])} is missing", fix
    if error.validator == "additionalProperties" \
            and schema["additionalProperties"] is False:
        known = schema.get("properties", {})
        extra = next(name for name in error.instance if name not in known)
        names = ", ".join(known)
        fix = f"use: {names}" if names else "leave it out"
        return f"{place([*root, *error.absolute_path, extra])} is unknown", fix
    if error.validator == "type" and "description" not in schema:
        return (f"{where} is {shown(error.instance)}",
                KINDS[error.validator_value])
    return f"{where} is {shown(error.instance)}", schema.get("description", "")


def is_integer(_, value):
    """3.0 is one for JSON schema, not for Amazon Connect."""
    return isinstance(value, int) and not isinstance(value, bool)


VALIDATOR = jsonschema.validators.extend(
    jsonschema.Draft202012Validator,
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", is_integer))


def compare(value, schema, root):
    """Yields (message, fix) for each place where 'value' is not as 'schema'."""
    validator = VALIDATOR(schema)
    errors = sorted(validator.iter_errors(value),
                    key=lambda error: [str(p) for p in error.absolute_path])
    for error in errors:
        yield word(error, root)
