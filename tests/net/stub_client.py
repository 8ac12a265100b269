"""Talks to the control side of our stub."""
import json
import ssl
import urllib.request


def ask(server, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}),
        urllib.request.HTTPSHandler(
            context=ssl.create_default_context(cafile=server.certificate)))
    with opener.open(server.url + path, data, timeout=60) as answer:
        return answer.read().decode()


def control(server, **members):
    ask(server, "/__control", members)


def items(server, table):
    found = (json.loads(line) for line in
             ask(server, f"/__items?{table}").splitlines())
    return {item["suffix"]["S"]: item for item in found}


def received(server, table):
    return json.loads(ask(server, f"/__received?{table}"))
