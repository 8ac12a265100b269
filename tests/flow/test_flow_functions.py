"""The contact flow with the functions themselves, over DynamoDB Local.

The flow is walked as in test_flow.py; what it asks goes to the program that
Lambda runs, and what that answers decides where the call goes. Tables, handlers
and environment are those of the template.
"""
import contextlib
import datetime
import json
import os
import pathlib
import sys
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / name) for name in ("aws", "lambda", "net")]

# pylint: disable=wrong-import-position
import servers  # noqa: E402
import stack as template  # noqa: E402
import tables  # noqa: E402
import test_flow  # noqa: E402
from runtime_stub import Bootstrap, Runtime  # noqa: E402

PROGRAM = os.environ["VN_BOOTSTRAP"]
# Tables of the template, and their names here.
TABLES = {"IndexTable": "index", "CallsTable": "calls"}
SUFFIXES = ("3569377", "4685865")
TOO_OFTEN = 20


# What a REST API hands over.
CALLERS_EVENT = {
    "resource": "/callers", "path": "/callers", "httpMethod": "GET",
    "headers": {}, "queryStringParameters": None, "body": None,
    "multiValueQueryStringParameters": None, "isBase64Encoded": False,
    "requestContext": {"httpMethod": "GET", "path": "/callers"}}


def call_event(number, contact, given):
    """What Amazon Connect hands over."""
    endpoint = {"Address": number, "Type": "TELEPHONE_NUMBER"}
    return {"Name": "ContactFlowEvent", "Details": {
        "ContactData": {
            "Attributes": {}, "Channel": "VOICE", "ContactId": contact,
            "CustomerEndpoint": endpoint, "InitialContactId": contact,
            "InitiationMethod": "INBOUND", "PreviousContactId": contact,
            "InstanceARN": "arn:aws:connect:us-east-1:123456789012:instance/x",
            "Queue": None, "SystemEndpoint": None},
        "Parameters": given}}


def fill(url, folder):
    """The table of calls, and one that holds SUFFIXES."""
    with contextlib.closing(tables.client(url)) as client:
        for name, here in TABLES.items():
            client.create_table(TableName=here, **template.table(name))
    where = ("--table", "index", "--endpoint-url", url)
    for suffix in SUFFIXES:
        index = tables.build(folder / f"{suffix}.mdb", suffix)
        tables.run("load", "-q", "-i", index, "--prefix", suffix, *where)


class RealCaller(test_flow.Caller):
    """A caller whose functions are asked in earnest."""

    functions = {}
    contacts = 0

    def __init__(self, flow, **how):
        RealCaller.contacts += 1
        self.contact = f"contact-{RealCaller.contacts}"
        super().__init__(flow, **how)

    def answer(self, function, given):
        name = function.removeprefix("${").removesuffix("Arn}")
        reply = self.functions[name].invoke(call_event(
            self.data["$.CustomerEndpoint.Address"], self.contact, given))
        assert reply.kind == "response", reply
        assert all(isinstance(value, str) for value in reply.body.values())
        return reply.body


class Functions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tables.work_folder())
            cls.url = stack.enter_context(servers.local()).url
            fill(cls.url, folder)
            for name, (handler, env) in template.functions(TABLES).items():
                runtime = stack.enter_context(Runtime())
                stack.enter_context(Bootstrap(
                    PROGRAM, runtime, tables.environment(
                        _HANDLER=handler, AWS_ENDPOINT_URL_DYNAMODB=cls.url,
                        **env)))
                RealCaller.functions[name] = runtime
            cls.flow = json.loads(test_flow.render())
            cls.stack = stack.pop_all()

    @classmethod
    def tearDownClass(cls):
        cls.stack.close()

    def test_words_are_heard_and_sent(self):
        call = RealCaller(self.flow, number="+12063569377", keys="92")
        self.assertEqual(call.sent, [
            ("+12063569377", "Your number in words: 1-206-FLOWER-7")])
        prompts = [words for words in call.heard if "<speak>" in words]
        self.assertEqual(len(prompts), 2)
        self.assertIn("flowers", prompts[0])
        reply = RealCaller.functions["CallersFunction"].invoke(CALLERS_EVENT)
        newest = json.loads(reply.body["body"])["callers"][0]
        self.assertEqual(
            [newest["number"], newest["VanityNumber1"]],
            ["+*********77", "1-206-FLOWERS"])

    def test_number_without_words_is_told_so(self):
        call = RealCaller(self.flow, number="+12061111111")
        self.assertEqual(call.invoked[-1], (
            "${CallLogFunctionArn}", {"Count": "0", "VanityNumber1": "",
                                      "VanityNumber2": "",
                                      "VanityNumber3": ""}))
        self.assertIn("<speak>", call.heard[1])
        self.assertEqual(call.heard[-1], "Thank you for your call. Goodbye.")

    def count_to_the_limit(self, area):
        number = f"+1{area}4685865"
        for _ in range(TOO_OFTEN):
            call = RealCaller(self.flow, number=number)
            self.assertEqual(len(call.invoked), 3)
        call = RealCaller(self.flow, number=number)
        other = RealCaller(self.flow, number=number[:-1] + "6")
        return call, other

    def test_calls_are_counted_to_the_limit(self):
        # Once more if midnight came between: it counts by days.
        for area in ("206", "207"):
            day = datetime.datetime.now(datetime.timezone.utc).date()
            call, other = self.count_to_the_limit(area)
            if datetime.datetime.now(datetime.timezone.utc).date() == day:
                break
        self.assertIn("many times today", call.heard[-1])
        self.assertEqual(len(call.invoked), 1)
        self.assertEqual(len(other.invoked), 3)

    def test_table_create_makes_what_the_template_makes(self):
        tables.run("table", "create", "-q", "--table", "made",
                   "--endpoint-url", self.url)
        wanted = template.table("IndexTable")
        with contextlib.closing(tables.client(self.url)) as client:
            made = client.describe_table(TableName="made")["Table"]
        self.assertEqual({key: made[key] for key in (
            "AttributeDefinitions", "KeySchema")}, {key: wanted[key] for key in (
                "AttributeDefinitions", "KeySchema")})
        self.assertEqual(made["BillingModeSummary"]["BillingMode"],
                         wanted["BillingMode"])

    def test_a_call_leaves_what_is_counted_and_what_is_listed(self):
        number = "+12064685867"
        RealCaller(self.flow, number=number)
        contact = f"contact-{RealCaller.contacts}"
        with contextlib.closing(tables.client(self.url)) as client:
            items = client.scan(TableName="calls")["Items"]
        found = [item for item in items if contact in item["at"]["S"]]
        days = sorted(item["day"]["S"] for item in found)
        self.assertEqual(days[1], f"{days[0]}#{number}")
        end = template.time_to_live("CallsTable")["AttributeName"]
        for item in items:
            self.assertIn("N", item[end])


if __name__ == "__main__":
    unittest.main()
