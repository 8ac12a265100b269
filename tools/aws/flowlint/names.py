"""Checks the names in parameters: placeholders, attributes, Lambda answers.

Attributes and answers are followed along the ways of the flow: an attribute
must have been set on every way, and an answer is that of the Lambda function
that was asked last.
"""
import re

PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
# A root, what stands below it after a dot or in brackets, and what below that.
PATH = re.compile(
    r"\$\.([A-Za-z_]\w*)"
    r"(?:\.([A-Za-z_]\w*)|\[\s*(?:'([^']*)'|\"([^\"]*)\")\s*\])?"
    r"((?:\.[A-Za-z_]\w*|\[[^\]]*\])*)")
# The whole of one, but for what stands in brackets.
WHOLE = re.compile(r"\$\.([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(\[)?")
WITHOUT_DOLLAR = re.compile(
    r"\{\{?\s*(\$?\.?(?:External|Attributes|FlowAttributes|CustomerEndpoint)"
    r"\.\w+)\s*\}?\}")
# Below these stand names that others choose: flows, functions, carriers.
OPEN = (
    "Attributes", "Campaign", "Capabilities", "Case", "Customer",
    "DataTableList", "DataTables", "External", "FlowAttributes", "Lex", "Loop",
    "Media", "Metadata", "Modules", "References", "SegmentAttributes", "Tags",
    "Views",
)
# What Amazon Connect itself sets, and nothing beside it.
SYSTEM = {
    "AdditionalEmailRecipients": ("CcList", "ToList"),
    "Agent": ("ARN", "FirstName", "LastName", "UserName"),
    "AwsRegion": (),
    "Channel": (),
    "ContactId": (),
    "CustomerCallbackNumber": (),
    "CustomerEndpoint": ("Address", "DisplayName", "Type"),
    "CustomerId": (),
    "Description": (),
    "InitialContactId": (),
    "InitiationMethod": (),
    "InstanceARN": (),
    "LanguageCode": (),
    "MediaStreams": tuple(f"Customer.Audio.{name}" for name in (
        "StartFragmentNumber", "StartTimestamp", "StopTimestamp",
        "StreamARN")),
    "Metrics": (
        *(f"Queue.{name}" for name in ("ARN", "Name", "OldestContactAge",
                                       "Size")),
        *(f"Agents.{name}.Count" for name in (
            "AfterContactWork", "Available", "Busy", "Missed", "NonProductive",
            "Online", "Staffed"))),
    "Name": (),
    "PreviousContactId": (),
    "Queue": ("ARN", "Name", "OutboundCallerId", "OutboundCallerId.Address",
              "OutboundCallerId.Type"),
    "RelatedContactId": (),
    "StoredCustomerInput": (),
    "SystemEndpoint": ("Address", "DisplayName", "Type"),
    "Task": ("ContactId",),
    "TextToSpeechVoiceId": (),
    "Wisdom": ("SessionArn",),
}
ENDPOINTS = ("TELEPHONE_NUMBER", "VOIP", "CONTACT_FLOW",
             "CONNECT_PHONENUMBER_ARN", "EMAIL_ADDRESS")
# System attributes with few values: Compare asks for one of them.
VALUES = {
    "$.Channel": ("VOICE", "CHAT", "TASK", "EMAIL"),
    "$.CustomerEndpoint.Type": ENDPOINTS,
    "$.InitiationMethod": (
        "INBOUND", "OUTBOUND", "TRANSFER", "QUEUE_TRANSFER", "CALLBACK", "API",
        "DISCONNECT", "MONITOR", "EXTERNAL_OUTBOUND", "WEBRTC_API",
        "AGENT_REPLY", "FLOW"),
    "$.SystemEndpoint.Type": ENDPOINTS,
}
UNKNOWN = "unknown"
WITHOUT_DOT = re.compile(
    rf"\$((?:{'|'.join([*OPEN, *SYSTEM])})(?:\.\w+|\[[^\]]*\])+)")
# What the names of placeholders end in, and the parameters that take them.
KINDS = {"FunctionArn": "function", "FlowArn": "flow", "NumberArn": "number"}
TAKES = {"LambdaFunctionARN": "function", "ContactFlowArn": "flow",
         "ContactFlowId": "flow"}


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


def kind_of(value):
    """What the name of a placeholder says that it is; None for others."""
    match = PLACEHOLDER.fullmatch(value) if isinstance(value, str) else None
    return match and next((kind for end, kind in KINDS.items()
                           if match[1].endswith(end)), None)


def check_kinds(where, value, found):
    """That no function stands where a flow must, and the like."""
    if isinstance(value, list):
        for inner in value:
            check_kinds(where, inner, found)
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        wanted, got = TAKES.get(key), kind_of(inner)
        if wanted and got and got != wanted:
            found.add(where, "placeholder", f"{key} is {inner}, a {got}",
                      f"give a {wanted}")
        check_kinds(where, inner, found)


def check_paths(action, names, found):
    """The names of one action that need no look at the ways to it."""
    where = action["Identifier"]
    for words in action_texts(action):
        check_placeholders(where, words, names, found)
        for match in WITHOUT_DOLLAR.findall(words):
            name = match.lstrip("$.")
            found.add(where, "reference", f"{{{match}}} is not replaced",
                      f"write $.{name}")
        for path in WITHOUT_DOT.findall(words):
            found.add(where, "reference", f"${path} is not replaced",
                      f"write $.{path}")
        for path, bracket in WHOLE.findall(words):
            check_system(where, path, bracket, found)
    check_kinds(where, action["Parameters"], found)
    check_values(action, found)


def check_system(where, path, bracket, found):
    """That the contact has it; what stands in brackets is not looked at."""
    root, _, rest = path.partition(".")
    if root in OPEN or (bracket and root in SYSTEM):
        return
    if root not in SYSTEM:
        found.add(where, "reference", f"$.{root} is unknown",
                  "name something that the contact has")
    elif rest not in (SYSTEM[root] or ("",)):
        known = ", ".join(f"$.{root}.{name}" for name in SYSTEM[root])
        found.add(where, "reference", f"$.{path} is unknown",
                  f"use: {known or f'$.{root}'}")


def check_values(action, found):
    """That what Compare waits for can come."""
    path = action["Parameters"].get("ComparisonValue")
    values = VALUES.get(path) if isinstance(path, str) else None
    if action["Type"] != "Compare" or values is None:
        return
    for condition in action["Transitions"].get("Conditions", []):
        what = condition["Condition"]
        operand = what["Operands"][0]
        if what["Operator"] == "Equals" and operand not in values \
                and not operand.startswith("$"):
            found.add(action["Identifier"], "conditions",
                      f'{path} is never "{operand}"',
                      f"use: {', '.join(values)}")


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
    deep = answers_of_objects(by_name)
    for name, action in by_name.items():
        if name not in reached:
            continue
        has, asked = before[name]
        for words in action_texts(action):
            for root, dotted, single, double, rest in PATH.findall(words):
                key = dotted or single or double
                if root == "External" and key:
                    check_answer(name, key, asked, names, found)
                    if rest and not asked & deep:
                        found.add(name, "lambda-key", f"$.External.{key} is a "
                                  f"text, without {rest.lstrip('.')}",
                                  f"use $.External.{key}, or ResponseType JSON")
                elif root in ("Attributes", "FlowAttributes") and key:
                    check_attribute(name, f"$.{root}.{key}", has, names, found)


def answers_of_objects(by_name):
    """The functions whose answer is not only texts (STRING_MAP)."""
    invocations = [action["Parameters"] for action in by_name.values()
                   if action["Type"] == "InvokeLambdaFunction"]
    return {answering for parameters in invocations
            if isinstance(answering := parameters.get("LambdaFunctionARN"), str)
            and "JSON" == (parameters.get("ResponseValidation") or {})
            .get("ResponseType")}


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
