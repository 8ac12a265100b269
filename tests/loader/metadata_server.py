"""The endpoints of a container and of an instance that give credentials.

Works in the current folder: `state` holds NAME=VALUE lines that say how to
answer, `requests` takes a line for every request. Prints its port; ends when
its standard input does.
"""
import http.server
import json
import os
import sys
import threading
import time

ROLES = "/latest/meta-data/iam/security-credentials/"
TOKEN = "hush-instance-token"


def read_state():
    with open("state", encoding="ascii") as file:
        return dict(line.split("=", 1) for line in file.read().splitlines())


def count_request(line):
    with open("requests", "a+", encoding="ascii") as file:
        file.write(line + "\n")
        file.seek(0)
        return len(file.readlines())


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, format, *args):
        pass

    def answer(self, status, body, **headers):
        data = body.encode("ascii")
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def give_credentials(self, state):
        self.answer(200, json.dumps({
            "Code": "Success", "AccessKeyId": state["id"],
            "SecretAccessKey": "hush-key", "Token": "hush-token",
            "Expiration": state["expires"]}))

    def ask_container(self, state):
        if self.headers.get("Authorization", "") != state["authorization"]:
            self.answer(401, "hush: not authorized")
        else:
            self.give_credentials(state)

    def ask_instance(self, state):
        if self.headers.get("X-aws-ec2-metadata-token") != TOKEN:
            self.answer(401, "hush: no token")
        elif self.path == ROLES and state["role"] != "":
            self.answer(200, state["role"] + "\nother-role\n")
        elif self.path == ROLES + state["role"] and state["role"] != "":
            self.give_credentials(state)
        else:
            self.answer(404, "hush: no role")

    def do_PUT(self):
        state = read_state()
        count_request(self.requestline)
        if state["token"] == "no":
            self.answer(403, "hush: disabled")
        elif self.path != "/latest/api/token" or self.headers.get(
                "X-aws-ec2-metadata-token-ttl-seconds") is None:
            self.answer(400, "hush: bad request")
        else:
            self.answer(200, TOKEN)

    def do_GET(self):
        state = read_state()
        number = count_request(self.requestline)
        if state["hangs"] == "yes":
            time.sleep(30)
        if number <= int(state["fails"]):
            self.answer(503, "hush: busy")
        elif self.path == "/large":
            self.answer(200, "hush" * 100000)
        elif self.path == "/redirect":
            self.answer(302, "", Location="/hush-task")
        elif self.path == "/hush-task":
            self.ask_container(state)
        elif self.path.startswith(ROLES):
            self.ask_instance(state)
        else:
            self.answer(404, "hush: not found")


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()
    os._exit(0)


main()
