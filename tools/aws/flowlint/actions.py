"""The action types of flow language: parameters and branches of each.

'parameters' is a JSON schema; what its 'description' says is the fix that a
finding shows. 'required' and 'optional' are the error branches. 'ends' is
"always" for a terminal action and "may" where its success leaves the flow.
"""

OPERATORS = [
    "Equals", "TextStartsWith", "TextEndsWith", "TextContains",
    "NumberGreaterThan", "NumberGreaterOrEqualTo", "NumberLessThan",
    "NumberLessOrEqualTo",
]
NUMBER_OPERATORS = [name for name in OPERATORS if name.startswith("Number")]


def text(fix, **rules):
    return {"type": "string", "minLength": 1, "description": fix, **rules}


def choice(*names):
    words = " or ".join(f'"{name}"' for name in names)
    return {"enum": list(names), "description": f"give {words}"}


def integer(least, most, what=""):
    """A number, or its decimal digits as text, as the designer writes them."""
    return {
        "anyOf": [
            {"type": "integer", "minimum": least, "maximum": most},
            {"type": "string",
             "enum": [str(number) for number in range(least, most + 1)]},
        ],
        "description": f"give {least} to {most}{what}",
    }


def strings(fix):
    return {"type": "object", "additionalProperties": {"type": "string"},
            "description": fix}


def record(required, optional=None, fix=None):
    schema = {"type": "object", "properties": {**required, **(optional or {})},
              "required": list(required), "additionalProperties": False}
    if fix:
        schema["description"] = fix
    return schema


ANYTHING = {"type": "object"}
NOTHING = {"type": "object", "additionalProperties": False}
IDENTITY = text("give an ARN, an id or one JSONPath",
                pattern=r"^(?:[^$]|\$\{)\S*$|^\$\.\S+$")
PATH = text("give one JSONPath, such as $.External.Count",
            pattern=r"^\$\.[A-Za-z_][\w.\-\[\]'\"]*$")


def one_of(*names):
    """One of a few names, or what a contact has."""
    return {"anyOf": [{"enum": list(names)}, PATH],
            "description": f"give {', '.join(names)} or one JSONPath"}


QUEUE = record({}, {"QueueId": IDENTITY, "AgentId": IDENTITY})
# What Amazon Polly speaks in one request: 3,000 characters, or 6,000 with tags.
MESSAGE = {
    "Text": text("give at most 3,000 characters", maxLength=3000),
    "SSML": text("give at most 6,000 characters", maxLength=6000),
    "PromptId": IDENTITY,
    "Media": record({
        "Uri": text("give the address of the sound"),
        "SourceType": choice("S3"),
        "MediaType": choice("Audio"),
    }),
}


def action(parameters=None, required=(), optional=(), **rest):
    return {
        "parameters": ANYTHING if parameters is None else parameters,
        "required": list(required), "optional": list(optional),
        "conditions": None, "ends": "never", "message": False, **rest,
    }


FAULT = ("NoMatchingError",)

# Of Amazon Polly. New ones come, so another is a warning.
VOICES = (
    "Aditi Adriano Amy Ambre Andres Aria Arlet Arthur Astrid Ayanda Beatrice "
    "Bianca Brian Burcu Camila Carla Carmen Celine Chantal Conchita Cristiano "
    "Daniel Danielle Dora Elin Emma Enrique Ewa Filiz Florian Gabrielle "
    "Geraint Giorgio Gregory Gwyneth Hala Hannah Hans Hiujin Ida Ines Isabelle "
    "Ivy Jacek Jan Jasmine Jihye Jitka Joanna Joey Justin Kajal Karl Kazuha "
    "Kendra Kevin Kimberly Laura Lea Lennart Liam Lisa Liv Lorenzo Lotte Lucia "
    "Lupe Mads Maja Marlene Mathieu Matthew Maxim Mia Miguel Mizuki Naja "
    "Niamh Nicole Ola Olivia Pedro Penelope Raveena Remi Ricardo Ruben Russell "
    "Ruth Sabrina Salli Seoyeon Sergio Sofie Stephen Suvi Takumi Tatyana Thiago "
    "Tiffany Tomoko Vicki Vitoria Zayd Zeina Zhiyu").split()

TYPES = {
    # The flow itself.
    "CheckHoursOfOperation": action(
        record({}, {"HoursOfOperationId": IDENTITY}), FAULT,
        conditions={"all": ["True", "False"]}),
    "CheckMetricData": action(
        record({"MetricType": choice(
            "NumberOfAgentsAvailable", "NumberOfAgentsStaffed",
            "NumberOfAgentsOnline", "OldestContactInQueueAgeSeconds",
            "NumberOfContactsInQueue")},
            {"QueueId": IDENTITY, "AgentId": IDENTITY}),
        FAULT, ["NoMatchingCondition"],
        conditions={"operators": ["Equals", *NUMBER_OPERATORS]}),
    "Compare": action(record({"ComparisonValue": PATH}),
                      ["NoMatchingCondition"],
                      conditions={"operators": OPERATORS}),
    "DistributeByPercentage": action(
        NOTHING, ["NoMatchingCondition"],
        conditions={"operators": ["NumberLessThan"]}),
    "EndFlowExecution": action(NOTHING, ends="always"),
    "EndFlowModuleExecution": action(NOTHING, ends="always"),
    "GetMetricData": action(
        record({}, {"QueueId": IDENTITY, "AgentId": IDENTITY,
                    "QueueChannel": one_of("Voice", "Chat", "Task")}), FAULT),
    "Loop": action(
        record({"LoopCount": {
            "anyOf": [*integer(0, 100)["anyOf"], PATH],
            "description": "give 0 to 100, or one JSONPath"}}),
        conditions={"all": ["ContinueLooping", "DoneLooping"]}),
    "TransferToFlow": action(record({"ContactFlowId": IDENTITY}), FAULT,
                             ends="may"),
    "UpdateFlowAttributes": action(
        record({"FlowAttributes": {
            "type": "object", "minProperties": 1,
            "additionalProperties": record(
                {"Value": {"type": "string"}},
                fix='give {"Value": "..."} for each'),
            "description": "give at least one attribute"}}),
        (), FAULT),
    "UpdateFlowLoggingBehavior": action(
        record({"FlowLoggingBehavior": choice("Enabled", "Disabled")})),
    "Wait": action(
        ANYTHING, FAULT, ["ParticipantNotFound"],
        conditions={"operators": ["Equals"]}),
    # Lambda, messages, contacts that are begun.
    "InvokeLambdaFunction": action(
        record({
            "LambdaFunctionARN": IDENTITY,
            "InvocationTimeLimitSeconds": integer(
                1, 8, " seconds: a caller hears nothing meanwhile"),
        }, {
            "InvocationType": choice("SYNCHRONOUS", "ASYNCHRONOUS"),
            "LambdaInvocationAttributes": strings("give texts"),
            "ResponseValidation": record(
                {"ResponseType": choice("STRING_MAP", "JSON")}),
        }), FAULT),
    "StartOutboundChatContact": action(
        record({
            "SourceEndpoint": record({
                "Address": IDENTITY,
                "Type": choice("CONNECT_PHONENUMBER_ARN")}),
            "DestinationEndpoint": record({
                "Address": IDENTITY, "Type": choice("TELEPHONE_NUMBER")}),
            "ContactFlowArn": IDENTITY,
            "ContactSubtype": choice("connect:SMS"),
        }, {
            "InitialSystemMessage": record(
                {"Content": text("give at most 1,024 characters",
                                 maxLength=1024)}),
            "RelatedContact": choice("CURRENT"),
        }), FAULT),
    "CreateTask": action(None, FAULT),
    "CreateCallbackContact": action(None, FAULT),
    "InvokeFlowModule": action(record({"FlowModuleId": IDENTITY}), FAULT),
    # The caller.
    "ConnectParticipantWithLexBot": action(
        ANYTHING, ["NoMatchingCondition", "NoMatchingError"],
        ["InputTimeLimitExceeded"],
        conditions={"operators": ["Equals"]}),
    "DisconnectParticipant": action(NOTHING, ends="always"),
    "GetParticipantInput": action(
        record({"InputTimeLimitSeconds": integer(1, 180, " seconds")},
               {**MESSAGE,
                "StoreInput": choice("True", "False"),
                "InputValidation": ANYTHING, "InputEncryption": ANYTHING,
                "DTMFConfiguration": ANYTHING}),
        ["InputTimeLimitExceeded", "NoMatchingCondition", "NoMatchingError"],
        message=True, conditions={"operators": ["Equals"], "keys": True}),
    "MessageParticipant": action(record({}, MESSAGE), FAULT, message=True),
    "MessageParticipantIteratively": action(
        ANYTHING, FAULT, conditions={"operators": ["Equals"]}),
    "ShowView": action(
        ANYTHING, ["NoMatchingCondition", "NoMatchingError"],
        ["TimeLimitExceeded"], conditions={"operators": OPERATORS}),
    # The contact.
    "DequeueContactAndTransferToQueue": action(
        QUEUE, ["QueueAtCapacity", "NoMatchingError"], ends="may"),
    "TagContact": action(record({"Tags": strings("give texts")}), (), FAULT),
    "TransferContactToAgent": action(NOTHING, ends="always"),
    "TransferContactToQueue": action(
        NOTHING, ["QueueAtCapacity", "NoMatchingError"], ends="may"),
    "TransferParticipantToThirdParty": action(
        ANYTHING, FAULT, ["CallFailed", "ConnectionTimeLimitExceeded"],
        ends="may"),
    "UntagContact": action(None, FAULT),
    "UnTagContact": action(None, FAULT),
    "UpdateContactAttributes": action(
        record({"Attributes": strings("give texts")},
               {"TargetContact": choice("Current", "Related")}), FAULT),
    "UpdateContactCallbackNumber": action(
        record({"CallbackNumber": PATH}),
        ["InvalidCallbackNumber", "CallbackNumberNotDialable"]),
    "UpdateContactData": action(None, FAULT),
    "UpdateContactEventHooks": action(
        record({"EventHooks": strings("give one flow for one event")}), FAULT),
    "UpdateContactMediaProcessing": action(None, FAULT, ["ChannelMismatch"]),
    "UpdateContactMediaStreamingBehavior": action(None, FAULT),
    "UpdateContactRecordingAndAnalyticsBehavior": action(
        None, [*FAULT, "ChannelMismatch"],
        ["InFlightRedactionConfigurationFailed"]),
    "UpdateContactRecordingBehavior": action(None, (), FAULT),
    "UpdateContactRoutingBehavior": action(None, (), FAULT),
    "UpdateContactTargetQueue": action(QUEUE, FAULT),
    "UpdateContactTextToSpeechVoice": action(
        record({"TextToSpeechVoice": text("give a voice of Amazon Polly")},
               {"TextToSpeechEngine": one_of("Standard", "Neural",
                                             "Generative"),
                "TextToSpeechStyle": one_of("None", "Conversational",
                                            "Newscaster")}),
        FAULT),
    "UpdatePreviousContactParticipantState": action(None, FAULT),
    "UpdateRoutingCriteria": action(None, FAULT),
    "ResumeContact": action(None, FAULT),
    "CompleteOutboundCall": action(None, (), FAULT),
    # Of other services: known, their parameters are not looked into.
    "AssociateContactToCustomerProfile": action(None, FAULT),
    "CheckOutboundCallStatus": action(
        NOTHING, FAULT, conditions={"operators": ["Equals"]}),
    "CheckVoiceId": action(None, FAULT,
                           conditions={"operators": ["Equals"]}),
    "CreateCase": action(None, FAULT, ["ContactNotLinked"]),
    "CreateCustomerProfile": action(None, FAULT),
    "CreateWisdomSession": action(None, FAULT),
    "GetCalculatedAttributesForCustomerProfile": action(
        None, FAULT, ["NoneFoundError"]),
    "GetCase": action(None, FAULT,
                      ["ContactNotLinked", "MultipleFound", "NoneFound"]),
    "GetCustomerProfile": action(None, FAULT,
                                 ["MultipleFoundError", "NoneFoundError"]),
    "GetCustomerProfileObject": action(None, FAULT, ["NoneFoundError"]),
    "StartVoiceIdStream": action(NOTHING, FAULT),
    "UpdateCase": action(None, FAULT, ["ContactNotLinked"]),
    "UpdateCustomerProfile": action(None, FAULT),
}
