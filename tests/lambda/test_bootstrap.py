"""The real bootstrap between a runtime API (runtime_stub.py) and DynamoDB.

    test_bootstrap.py local     Amazon's DynamoDB Local: what is answered
    test_bootstrap.py faults    our stub of DynamoDB: what goes wrong
    test_bootstrap.py table     what the table is asked, how, and when
    test_bootstrap.py runtime   the runtime API: start, addresses, failures
"""
import contextlib
import json
import os
import re
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "net"))
sys.path.insert(0, str(HERE.parent / "api"))

import check_answers  # noqa: E402
import servers  # noqa: E402
import stub_client  # noqa: E402
import tables  # noqa: E402
from runtime_stub import Bootstrap, Runtime  # noqa: E402
from table_stub import SilentTable, Table  # noqa: E402
from tables import check  # noqa: E402

PROGRAM = os.environ["VN_BOOTSTRAP"]
# A sanitizer takes memory of its own.
SANITIZED = bool(os.environ.get("VN_SANITIZE"))
PEAK_KB = 24 * 1024
TRACE = "Root=1-{:08x}-bd862e3fe1be46a994272793;Parent=5598;Sampled=1"
ATTEMPTS = 5
NUMBER, SUFFIX = "+18003569377", "3569377"
ENDPOINT = {"Address": NUMBER, "Type": "TELEPHONE_NUMBER"}


def contact(endpoint=ENDPOINT, contact_id="4a573372-1f28", **parameters):
    """The event of the administrator guide."""
    return {"Name": "ContactFlowEvent", "Details": {
        "ContactData": {
            "Attributes": {"exampleAttributeKey1": "exampleAttributeValue1"},
            "Channel": "VOICE", "ContactId": contact_id,
            "CustomerEndpoint": endpoint, "CustomerId": "someCustomerId",
            "Description": "someDescription", "InitialContactId": contact_id,
            "InitiationMethod": "INBOUND",
            "InstanceARN": "arn:aws:connect:us-east-1:123456789012:instance/c",
            "LanguageCode": "en-US", "MediaStreams": {"Customer": {
                "Audio": {"StreamARN": None, "StartTimestamp": None}}},
            "Name": "ContactFlowEvent", "PreviousContactId": contact_id,
            "Queue": {"ARN": "arn:q", "Name": "q", "OutboundCallerId":
                      {"Address": "+12345678903",
                       "Type": "TELEPHONE_NUMBER"}},
            "References": {"key1": {"Type": "url", "Value": "v"}},
            "SystemEndpoint": {"Address": "+12345678904",
                               "Type": "TELEPHONE_NUMBER"}},
        "Parameters": parameters}}


def rest(number, path="/vanitynumbers", method="GET"):
    query = None if number is None else {"phonenumber": number}
    many = None if number is None else {"phonenumber": [number]}
    return {"resource": path, "path": path, "httpMethod": method,
            "headers": {"Host": "x"}, "multiValueHeaders": {"Host": ["x"]},
            "queryStringParameters": query,
            "multiValueQueryStringParameters": many, "pathParameters": None,
            "stageVariables": None, "body": None, "isBase64Encoded": False,
            "requestContext": {"resourcePath": path, "httpMethod": method,
                               "path": "/prod" + path, "stage": "prod",
                               "identity": {"sourceIp": "192.0.2.1"}}}


def http(number, path="/vanitynumbers", method="GET"):
    query = {} if number is None else {
        "queryStringParameters": {"phonenumber": number}}
    return {"version": "2.0", "routeKey": f"{method} {path}", "rawPath": path,
            "rawQueryString": "", "headers": {"host": "x"}, **query,
            "requestContext": {"apiId": "a", "stage": "$default", "http": {
                "method": method, "path": path, "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1", "userAgent": "agent"}},
            "isBase64Encoded": False}


def environment(url, handler="lookup", **more):
    return tables.environment(
        _HANDLER=handler, INDEX_TABLE="phones", CALLS_TABLE="calls",
        AWS_ENDPOINT_URL_DYNAMODB=url, **more)


@contextlib.contextmanager
def running(env, prefix=""):
    with Runtime(prefix) as runtime, \
            Bootstrap(PROGRAM, runtime, env) as bootstrap:
        yield runtime, bootstrap
        check(bootstrap.process.poll() is None, f"it runs: {bootstrap.text()}")
        bootstrap.process.terminate()
        bootstrap.wait()
        check("Sanitizer" not in bootstrap.text(), bootstrap.text())
        check(not runtime.strange, f"strange requests: {runtime.strange}")


def load(url, folder, prefix="3569"):
    index = tables.build(folder / f"p{prefix}.mdb", prefix)
    where = ("--endpoint-url", url, "--table", "phones")
    tables.run("table", "create", *where)
    tables.run("load", "-q", "-i", index, *where)
    return index


def warm(client, table, key):
    """The first questions of a kind take DynamoDB Local half a second."""
    client.put_item(TableName=table, Item=key)
    client.get_item(TableName=table, Key=key)
    name, value = next(iter(key.items()))
    client.query(TableName=table, KeyConditionExpression="#n = :v",
                 ExpressionAttributeNames={"#n": name},
                 ExpressionAttributeValues={":v": value})
    client.delete_item(TableName=table, Key=key)


def create_calls(client):
    client.create_table(
        TableName="calls", BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "day", "KeyType": "HASH"},
                   {"AttributeName": "at", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"}
            for name in ("day", "at")])
    warm(client, "calls", {"day": {"S": "x"}, "at": {"S": "x"}})


def body_of(reply, status):
    """Of an HTTP answer with this status."""
    check(reply.kind == "response", f"no reply: {reply}")
    check(reply.body["statusCode"] == status, f"not {status}: {reply}")
    check(reply.body["headers"]["content-type"] == "application/json",
          f"headers: {reply}")
    return json.loads(reply.body["body"])


def fault_of(reply, error_type):
    check(reply.kind == "error" and reply.error_type == error_type and
          reply.body["errorType"] == error_type and
          reply.body["stackTrace"] == [], f"not {error_type}: {reply}")


# ---- DynamoDB Local -------------------------------------------------------

def test_answers(url, index):
    """What the command line says of all suffixes, the Lambda says too."""
    with running(environment(url)) as (runtime, bootstrap):
        numbers = [f"3569{i:03}" for i in range(370, 400)]
        given = "".join(number + "\n" for number in numbers)
        wanted = tables.run("lookup", "-i", index, "--json", "-",
                            given=given).stdout.splitlines()
        for number, line in zip(numbers, wanted):
            found = body_of(runtime.invoke(rest(number)), 200)
            check(found["phonenumber"] == number and found["candidates"] ==
                  json.loads(line)["candidates"], f"{found} not {line}")
            for i in range(3):
                given = found["candidates"][i:i + 1]
                check(found[f"VanityNumber{i + 1}"] ==
                      (given[0]["display"] if given else ""), f"{found}")
        reply = runtime.invoke(contact()).body
        check(all(isinstance(value, str) for value in reply.values()) and
              set(reply) == {"Count", "VanityNumber1", "VanityNumber2",
                             "VanityNumber3", "Prompt", "Number"}, f"{reply}")
        check(reply["VanityNumber1"] == "1-800-FLOWERS" and
              reply["Count"] == "3" and reply["Number"] == NUMBER, f"{reply}")
        foreign = runtime.invoke(contact({"Address": "+442073569377"})).body
        check(foreign["VanityNumber1"] == "+44 207 FLOWERS", f"{foreign}")
        none = runtime.invoke(contact({"Address": "+18003560000"})).body
        check(none["Count"] == "0" and none["Number"] == "+18003560000" and
              none["VanityNumber1"] == "", f"{none}")
        for endpoint in (None, {}, "x", {"Address": None}, {"Address": ""},
                         {"Address": "anonymous"}):
            reply = runtime.invoke(contact(endpoint)).body
            check(reply["Count"] == "0" and reply["Number"] == "", f"{reply}")
        both = [body_of(runtime.invoke(event), 200) for event in (
            http(" 18003569377"), http(NUMBER), rest("1-800-FLOWERS"),
            http("8003569377", "/prod/vanitynumbers"))]
        check(all(body == both[0] for body in both), f"{both}")
        empty = body_of(runtime.invoke(http("3560000")), 200)
        check(empty["candidates"] == [] and empty["VanityNumber1"] == "",
              f"{empty}")
        check_lines(bootstrap, runtime)


def without_durations(bootstrap):
    """What is logged, but for durations: any three digits may be theirs."""
    return re.sub(r'_us":\d+', '_us":0', bootstrap.text())


def check_lines(bootstrap, runtime):
    """One line for each invocation, with nothing of a number."""
    lines = bootstrap.lines()
    check(len(lines) == runtime.count, f"{len(lines)} of {runtime.count}")
    check([line["cold"] for line in lines] == [True] +
          [False] * (len(lines) - 1), "only the first is cold")
    check(all(line["duration_us"] >= line["table_us"] and
              line["retries"] == 0 for line in lines), f"{lines}")
    text = without_durations(bootstrap)
    for secret in (NUMBER[1:], SUFFIX, SUFFIX[:5], "569", "FLOWERS",
                   "192.0.2", "anonymous", servers.SECRET,
                   servers.ACCESS_KEY):
        check(secret not in text, f"{secret} in {text}")


def test_refusals(url):
    with running(environment(url)) as (runtime, bootstrap):
        for event, status in (
                (rest(None), 400), (http(None), 400), (rest("12"), 400),
                (rest("3569377,3569377"), 400), (rest("3569377\0"), 400),
                (rest("\0"), 400), (http(NUMBER, method="POST"), 405),
                (rest(NUMBER, "/x"), 404), (http(NUMBER, "/"), 404)):
            check("message" in body_of(runtime.invoke(event), status),
                  f"{event}")
        harmless = rest(NUMBER) | {"headers": {"a\0": "\0"}, "body": "\0"}
        check(body_of(runtime.invoke(harmless), 200)["candidates"], "NUL")
        for event in (b"", b"{", b"[]", b"null", b"7", b"{}", b"{}{}",
                      b"[" * 200000, b'{"a":' * 200000, b"[" + b"1," * 3000000,
                      b'{"Details":{},"Details":{}}', b'{"Details":{}\0}',
                      b'{"Details":"\xff"}',
                      json.dumps(contact()).encode()[:-7]):
            fault_of(runtime.invoke(event), "Event.Invalid")
        large = rest(NUMBER) | {"body": "x" * 6000000}
        check(body_of(runtime.invoke(large), 200)["candidates"], "6 MB")
        fault_of(runtime.invoke(rest(NUMBER) | {"body": "x" * 9000000}),
                 "Event.TooLarge")
        check(runtime.invoke(contact()).body["Count"] == "3", "it goes on")
        lines = bootstrap.lines()
        check(len(lines) == runtime.count, f"{len(lines)} of {runtime.count}")
        check(lines[-2]["outcome"] == "Event.TooLarge" and
              lines[-2]["level"] == "error", f"{lines[-2]}")


def test_calls(url, client):
    create_calls(client)
    now = int(time.time())
    with running(environment(url, "call-log")) as (runtime, bootstrap):
        for i in range(7):
            trace = TRACE.format(now - 60 + i)
            event = contact(contact_id=f"contact-{i}", VanityNumber1=f"W{i}",
                            VanityNumber2="", Count="1")
            for _ in range(2):
                check(runtime.invoke(event, trace=trace).kind == "response",
                      "a call is written")
        runtime.invoke(contact(None, "withheld"), trace=TRACE.format(now))
        check([line["outcome"] for line in bootstrap.lines()] ==
              ["written", "repeated"] * 7 + ["written"], bootstrap.text())
        check(NUMBER[1:] not in bootstrap.text(), bootstrap.text())
        fault_of(runtime.invoke(contact(contact_id=None)),
                 "Event.NoContactId")
        body_of(runtime.invoke(rest(NUMBER)), 404)
    items = client.scan(TableName="calls")["Items"]
    calls = [item for item in items if "#" not in item["day"]["S"]]
    check(len(calls) == 8, f"a repeat is one item: {items}")
    check(all(item["day"]["S"] == item["at"]["S"][:10] and
              0 < int(item["expires"]["N"]) - now <= 30 * 86400
              for item in calls), f"{calls}")
    counts = [item for item in items if "#" in item["day"]["S"]]
    check({item["at"]["S"] for item in counts} ==
          {f"contact-{i}" for i in range(7)} and
          all(item["day"]["S"].endswith("#" + NUMBER) and len(item) == 3 and
              0 < int(item["expires"]["N"]) - now <= 2 * 86400
              for item in counts), f"{counts}")
    test_callers(url, client, now)
    test_limit(url, client)


def delete_calls(client):
    for item in client.scan(TableName="calls")["Items"]:
        client.delete_item(TableName="calls", Key={
            name: item[name] for name in ("day", "at")})


def calls_of(runtime, address):
    return runtime.invoke(contact({"Address": address})).body["Calls"]


def test_limit(url, client):
    """Both functions agree on what a call of today is, for each number."""
    other = "+442073569377"
    delete_calls(client)
    day = None
    while day != time.gmtime().tm_yday:  # else midnight came between
        day = time.gmtime().tm_yday
        with running(environment(url, "call-log")) as (log, _), \
                running(environment(url, "callers")) as (callers, _):
            for i in range(3):
                log.invoke(contact(contact_id=f"{day}-{i}"))
                log.invoke(contact(contact_id=f"{day}-{i}"))
            log.invoke(contact({"Address": other}, f"{day}-x"))
            found = [calls_of(callers, number) for number in (
                NUMBER, other, "+12065550100", "anonymous")]
            listed = body_of(callers.invoke(rest(None, "/callers")), 200)
    check(found == ["3", "1", "0", "0"], f"{found}")
    check(len(listed["callers"]) == 4, f"those that count are not: {listed}")


def test_memory(url):
    """An event is held once, whatever it is made of."""
    bodies = ["x" * 6000000, "\u20ac" * 2000000, "\0" * 1000000,
              ["x" * 60000] * 99, ["x" * 250] * 19000, [[]] * 9000,
              [{"a": "x"}] * 9000]
    for body in bodies:
        text = json.dumps(rest(NUMBER) | {"body": body},
                          ensure_ascii=False).encode()
        with running(environment(url)) as (runtime, bootstrap):
            body_of(runtime.invoke(text), 200)
            peak = bootstrap.peak_kb()
            check(SANITIZED or peak <= PEAK_KB, f"{peak} kB for {body[:1]}")


def put_call(client, time_s, expires_s, name):
    at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time_s))
    client.put_item(TableName="calls", Item={
        "day": {"S": at[:10]}, "at": {"S": f"{at}#{name}"},
        "number": {"S": "+12065550142"}, "expires": {"N": str(expires_s)},
        "spellings": {"L": [{"S": name}]}})


def test_callers(url, client, now):
    answers = check_answers.Description()
    with running(environment(url, "callers")) as (runtime, bootstrap):
        found = body_of(runtime.invoke(rest(None, "/callers")), 200)
        numbers = [one["VanityNumber1"] for one in found["callers"]]
        check(numbers == ["", "W6", "W5", "W4", "W3"], f"{found}")
        check([one["number"] for one in found["callers"]] ==
              [""] + ["+*********77"] * 4, f"{found}")
        for reply in (runtime.invoke(contact()), runtime.invoke(
                contact(contact_id="another"))):
            check(int(reply.body["Calls"]) <= 7, f"{reply}")
        if time.gmtime(now - 60).tm_mday == time.gmtime().tm_mday:
            check(reply.body == {"Calls": "7"}, f"{reply}")
        check(runtime.invoke(contact(None)).body == {"Calls": "0"}, "withheld")
        answers.check("/callers", 200, "application/json",
                      json.dumps(found).encode())
        delete_calls(client)
        put_call(client, now - 5 * 86400, now + 86400, "five days")
        put_call(client, now - 29 * 86400, now + 86400, "a month")
        put_call(client, now - 3 * 86400, now - 1, "over")
        found = body_of(runtime.invoke(http(None, "/callers")), 200)
        check([one["VanityNumber1"] for one in found["callers"]] ==
              ["five days", "a month"], f"{found}")
        check("142" not in without_durations(bootstrap), bootstrap.text())


def test_meta(url, client):
    """#meta is not asked for: absent, or of another format, it is all one."""
    for change in (None, {"format": {"N": "99"}, "state": {"S": "loading"}}):
        client.delete_item(TableName="phones", Key={"suffix": {"S": "#meta"}})
        if change:
            client.put_item(TableName="phones",
                            Item={"suffix": {"S": "#meta"}, **change})
        with running(environment(url)) as (runtime, _):
            check(runtime.invoke(contact()).body["Count"] == "3", f"{change}")
    client.put_item(TableName="phones", Item={
        "suffix": {"S": "3569999"}, "block": {"B": b"\0" * 40}})
    with running(environment(url)) as (runtime, _):
        fault_of(runtime.invoke(contact({"Address": "+18003569999"})),
                 "Table.Damaged")
        body_of(runtime.invoke(rest("3569999")), 502)


def run_local():
    with servers.local() as server, tables.work_folder() as folder:
        client = tables.client(server.url)
        index = load(server.url, folder)
        warm(client, "phones", {"suffix": {"S": "x"}})
        test_answers(server.url, index)
        test_refusals(server.url)
        test_calls(server.url, client)
        test_meta(server.url, client)
        test_memory(server.url)
        with running(environment(server.url) | {"INDEX_TABLE": "none"}) as (
                runtime, bootstrap):
            fault_of(runtime.invoke(contact()), "Table.Refused")
            body_of(runtime.invoke(rest(NUMBER)), 502)
            check("ResourceNotFoundException" in bootstrap.text(), "named")


# ---- Faults ---------------------------------------------------------------

def state_of(server):
    return json.loads(stub_client.ask(server, "/__state"))


def outcomes(bootstrap):
    return [(line["outcome"], line["retries"]) for line in bootstrap.lines()]


def asked(server):
    return state_of(server)["operations"].get("GetItem", 0)


def wait_for(condition, what):
    end = time.monotonic() + 20
    while not condition():
        check(time.monotonic() < end, f"there is no {what}")
        time.sleep(0.02)


def test_retries(server):
    """One fault is mended; two are told. Twice the same connection."""
    faults = {"error_500": "Table.Unreachable", "error_503":
              "Table.Unreachable", "reset_before": "Table.Unreachable",
              "reset_after": "Table.Unreachable", "truncated":
              "Table.Unreachable", "wrong_crc": "Table.Unreachable",
              "throttle_provisioned": "Table.Throttled",
              "throttle_request": "Table.Throttled", "hang": "Table.Late",
              "expired": "Table.Refused", "redirect": "Table.Unreachable"}
    with running(environment(server.url)) as (runtime, bootstrap):
        check(runtime.invoke(contact()).body["Count"] == "3", "warm")
        for fault, error_type in faults.items():
            stub_client.control(server, faults={fault: 1.0})
            fault_of(runtime.invoke(contact()), error_type)
            stub_client.control(server, faults={})
            check(runtime.invoke(contact()).body["Count"] == "3", fault)
        stub_client.control(server, faults={"error_503": 0.5}, seed=4)
        kinds = {runtime.invoke(contact()).kind for _ in range(30)}
        stub_client.control(server, faults={})
        check("response" in kinds, "a retry mends")
        check(("found", 1) in outcomes(bootstrap), bootstrap.text())
        check("followed" not in state_of(server)["counts"],
              "no redirect is followed")


def test_closed(server):
    """A connection that was closed meanwhile is dialled again at once."""
    with running(environment(server.url)) as (runtime, bootstrap):
        stub_client.control(server, faults={"close_after": 1.0})
        for _ in range(5):
            check(runtime.invoke(contact()).body["Count"] == "3", "closed")
            time.sleep(0.05)
        stub_client.control(server, faults={})
        check(outcomes(bootstrap) == [("found", 0)] * 5, bootstrap.text())


def test_connection(server):
    """Warmed up before the first event, kept from then on."""
    before = asked(server)
    with running(environment(server.url)) as (runtime, _):
        wait_for(lambda: asked(server) > before, "a question at the start")
        opened = state_of(server)["connections"]
        for _ in range(10):
            runtime.invoke(contact())
        # Each look at the state is a connection of its own.
        check(state_of(server)["connections"] == opened + 1,
              "one connection serves all")


def test_slow(server):
    """A slow table and the deadline."""
    with running(environment(server.url)) as (runtime, bootstrap):
        check(runtime.invoke(contact()).body["Count"] == "3", "warm")
        stub_client.control(server, faults={"slow": 1.0}, slow_s=0.15)
        check(runtime.invoke(contact()).body["Count"] == "3", "150 ms are well")
        stub_client.control(server, faults={"hang": 1.0})
        fault_of(runtime.invoke(contact()), "Table.Late")
        fault_of(runtime.invoke(contact(), deadline_ms=300), "Table.Late")
        before = asked(server)
        fault_of(runtime.invoke(contact(), deadline_ms=-1), "Table.Late")
        check(asked(server) == before, "without time nothing is asked")
        whole, part, none = (line["table_us"]
                             for line in bootstrap.lines()[-3:])
        check(whole >= 700000 and none < part < whole,
              f"as long as the deadline lets it: {whole}, {part}, {none}")
        stub_client.control(server, faults={})


def test_cold(server):
    """A first connection that hangs leaves time for others, even with less
    than the time that a connection may take; short, so there are attempts."""
    stub_client.control(server, faults={"hang": 1.0})
    for _ in range(ATTEMPTS):
        before = asked(server)
        with running(environment(server.url)) as (runtime, bootstrap):
            wait_for(lambda: asked(server) > before, "a question at the start")
            fault_of(runtime.invoke(contact(), deadline_ms=300), "Table.Late")
            if asked(server) == before + 3:
                check(outcomes(bootstrap) == [("Table.Late", 1)],
                      bootstrap.text())
                break
    else:
        check(False, "a cold look-up asks, and again")
    before = asked(server)
    with running(environment(server.url)) as (runtime, bootstrap):
        wait_for(lambda: asked(server) > before, "a question at the start")
        stub_client.control(server, faults={})
        check(runtime.invoke(contact()).body["Count"] == "3", "cold")


def test_second_try(server):
    """One that is not answered leaves time for another."""
    with running(environment(server.url)) as (runtime, bootstrap):
        stub_client.control(server, faults={"hang": 0.5}, seed=4)
        for _ in range(ATTEMPTS * 2):
            runtime.invoke(contact())
        stub_client.control(server, faults={})
        check(("found", 1) in outcomes(bootstrap), bootstrap.text())


def test_signature(server):
    """Signed with the session's token, traced, and in order for the stub."""
    stub_client.control(server, token="a/session+token==")
    more = {"AWS_SESSION_TOKEN": "a/session+token=="}
    with running(environment(server.url, **more)) as (runtime, bootstrap):
        reply = runtime.invoke(contact(), trace=TRACE.format(1))
        check(reply.body["Count"] == "3", f"{reply}")
        line = bootstrap.lines()[0]
        check(line["trace"] == TRACE.format(1), f"{line}")
        runtime.invoke(contact(), trace="bad\ttrace\"")
        check(bootstrap.lines()[1]["trace"] == "", "not passed on")
        check("session+token" not in bootstrap.text(), "no secret")
    state = state_of(server)
    check(state["signature_failures"] == 0, f"{state}")
    with running(environment(server.url)) as (runtime, _):
        fault_of(runtime.invoke(contact()), "Table.Refused")
    stub_client.control(server, token=None)


def run_faults():
    with servers.stub() as server, tables.work_folder() as folder:
        load(server.url, folder)
        test_retries(server)
        test_closed(server)
        test_connection(server)
        test_slow(server)
        test_cold(server)
        test_second_try(server)
        test_signature(server)
    closed = f"http://127.0.0.1:{servers.free_port()}"
    test_unreachable(closed, "connect")
    with tables.work_folder() as folder, servers.stub(tls=folder) as server:
        test_unreachable(server.url, "certificate")


def test_unreachable(url, why):
    """Nobody, or somebody whom nobody we trust has signed for."""
    with running(environment(url)) as (runtime, bootstrap):
        fault_of(runtime.invoke(contact()), "Table.Unreachable")
        check(why in bootstrap.lines()[0]["error"], bootstrap.text())


# ---- A table that notes what it is asked ----------------------------------

def memory_of(process):
    """(where, bytes, whether it is the stack) of all that it may write."""
    with open(f"/proc/{process.pid}/maps", encoding="ascii") as maps, \
            open(f"/proc/{process.pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            start, end = (int(x, 16) for x in line.split()[0].split("-"))
            # A sanitizer keeps books of terabytes.
            if line.split()[1].startswith("rw") and end - start < 1 << 26:
                memory.seek(start)
                yield start, memory.read(end - start), "[stack]" in line


def has_variable(process, text):
    """Whether its environment, which has grown, leads to this text."""
    parts = list(memory_of(process))
    places = [(start + match.start()).to_bytes(8, "little")
              for start, part, _ in parts
              for match in re.finditer(re.escape(text.encode() + b"\0"), part)]
    return any(place in part for place in places
               for _, part, stack in parts if not stack)


def test_trace():
    """Each question and the environment tell of the event they belong to."""
    with Table() as table, running(environment(table.url)) as (runtime, it):
        wait_for(lambda: table.questions, "a question at the start")
        traces = {TRACE.format(1): TRACE.format(1), None: "",
                  TRACE.format(2): TRACE.format(2), 'bad\ttrace"': "",
                  TRACE.format(3): TRACE.format(3)}
        for given, known in traces.items():
            runtime.invoke(contact(), trace=given)
            check(has_variable(it.process, f"_X_AMZN_TRACE_ID={known}"),
                  f"the environment has {known}")
        check([question.trace or "" for question in table.questions] ==
              ["", *traces.values()], f"{table.questions}")


def test_pause():
    """After a refusal for lack of throughput it waits before it asks again:
    never less than 10 ms from our answer to its next question."""
    with Table() as table, running(environment(table.url)) as (runtime, it):
        wait_for(lambda: table.questions, "a question at the start")
        del table.questions[:]
        for _ in range(10):
            table.throttle = 1
            check(runtime.invoke(contact()).body["Count"] == "0", "again")
        first, second = table.questions[::2], table.questions[1::2]
        pauses = [b.at - a.answered for a, b in zip(first, second)]
        check(len(pauses) == 10 and min(pauses) >= 0.01, f"{pauses}")
        check(outcomes(it) == [("no_spelling", 1)] * 10, it.text())


def test_connecting():
    """A connection gets 300 ms, no more and no less: of 800 ms the first two
    have a quarter each, the third its 300. Later on a busy machine, so there
    are attempts; one that had all of the rest would never be that early."""
    spent = []
    with SilentTable() as table:
        while not spent or (spent[-1] >= 790000 and len(spent) < ATTEMPTS):
            with running(environment(table.url)) as (runtime, it):
                fault_of(runtime.invoke(contact()), "Table.Late")
                spent.append(it.lines()[0]["table_us"])
    check(690000 <= min(spent) < 790000, f"{spent}")


def run_table():
    test_trace()
    test_pause()
    test_connecting()


# ---- Runtime API ----------------------------------------------------------

def test_start(env):
    """What is missing is told by init/error, and ends the process."""
    for name in ("_HANDLER", "INDEX_TABLE", "AWS_REGION",
                 "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        without = {key: value for key, value in env.items() if key not in
                   (name, "AWS_DEFAULT_REGION")}
        with Runtime() as runtime, Bootstrap(PROGRAM, runtime,
                                             without) as bootstrap:
            check(bootstrap.wait() == 1, f"without {name} it ends")
            reply = runtime.replies.get(timeout=10)
            path, headers = runtime.posts[0]
            check(path == "init/error" and runtime.asked == 0, path)
            fault_of(reply, "Runtime.InvalidConfiguration")
            check(name in reply.body["errorMessage"], f"{name}: {reply}")
            check(headers["Content-Type"] == "application/json", "JSON")
            check(len(bootstrap.lines()) == 1, bootstrap.text())
    with Runtime() as runtime:
        runtime.address = ""
        with Bootstrap(PROGRAM, runtime, env) as bootstrap:
            check(bootstrap.wait() == 1, "no address")


def test_addresses(env):
    for prefix, scheme in (("", ""), ("/a/prefix", ""), ("/p", "http://")):
        with Runtime(prefix) as runtime:
            runtime.address = scheme + runtime.address
            with Bootstrap(PROGRAM, runtime, env) as bootstrap:
                runtime.invoke(contact(None))
                check(not runtime.strange, f"{runtime.strange}")
                bootstrap.process.terminate()
                check(bootstrap.wait() == -15, "SIGTERM ends it")


def test_failures(env):
    """No answer of the runtime API that is wrong ends or confuses it."""
    with running(env) as (runtime, bootstrap):
        runtime.failures = [500, 500, 403, 204]
        runtime.invoke(contact(None))
        check(runtime.asked >= 5, "asked again")
        runtime.refusals = [500]
        runtime.invoke(contact(None))
        runtime.refusals = [413, 413]
        runtime.send(contact(None))
        reply = runtime.invoke(contact(None))
        check(reply.kind == "response", f"{reply}")
        check(any("413" in line.get("error", "")
                  for line in bootstrap.lines()), bootstrap.text())
    with Runtime() as runtime:
        runtime.failures = [500] * 100
        with Bootstrap(PROGRAM, runtime, env) as bootstrap:
            check(bootstrap.wait() == 1, "ten in vain end it")
            check(runtime.asked == 10, f"asked {runtime.asked} times")


def test_waiting(env):
    """It waits for an event for longer than any of its time limits."""
    with running(env) as (runtime, _):
        time.sleep(2)
        check(runtime.invoke(contact(None)).body["Count"] == "0", "waited")
        check(runtime.asked <= 2, "asked once for each event")


def test_growth(env):
    """No invocation leaves memory behind."""
    with running(env) as (runtime, bootstrap):
        for i in range(2300):
            trace = f"Root=1-{i:08x}-bd862e3fe1be46a994272793;{'x' * 180}"
            runtime.invoke(contact(None), trace=trace)
            if i == 300:
                before = bootstrap.peak_kb()
        more = bootstrap.peak_kb() - before
        check(SANITIZED or more < 256, f"{more} kB for 2,000 events")


def run_runtime():
    env = environment(f"http://127.0.0.1:{servers.free_port()}")
    test_start(env)
    test_addresses(env)
    test_failures(env)
    test_waiting(env)
    test_growth(env)


def main():
    {"local": run_local, "faults": run_faults, "table": run_table,
     "runtime": run_runtime}[sys.argv[1]]()


if __name__ == "__main__":
    main()
