#!/usr/bin/python3
"""A DynamoDB for tests: verifies signatures, injects faults, records all.

    stub.py [--port 0] [--tls DIR] [--access-key AK --secret SECRET] ...

prints the port on one line. POST /__control takes JSON, every member optional:
    faults      {"NAME": probability, ...}: one draw per request; see FAULTS
    operations  names of the operations that the faults befall
    seed        of the draws
    bucket      {"rate": WCU/s, "burst": WCU, "partitions": n}, or null
    reason      of the throttling faults
    poison      keys; a batch that holds one gets a ValidationException
    denied      operations that get an AccessDeniedException
    expired     access keys whose token has expired
    secrets     {"access key": "secret"}: accepted from now on
    token       the session token that must be sent, or null
    clock_s     how far the clock of the stub is off
    skew_kind   error type of a signature that is out of time
    slow_s, hang_s, latency_s   seconds of a slow, a hanging, every answer
    page_items  items per page of a Scan
    create_s, delete_s          seconds until a table is ACTIVE, is gone
    reset       true: forget the items and all counts
GET /__state tells the counts, GET /__items?TABLE the items as JSON lines,
GET /__received?TABLE how often each key was sent.
"""
import argparse
import asyncio
import collections
import email.utils
import json
import os
import random
import signal
import socket
import ssl
import struct
import subprocess
import sys
import zlib

from stub_sigv4 import Refusal, Verifier
from stub_tables import Bucket, Database, throttled

FAULTS = (
    "throttle_provisioned",  # ProvisionedThroughputExceededException
    "throttle_request",      # ThrottlingException
    "unprocessed_some",      # about half of the items
    "unprocessed_all",
    "error_500",             # half of them after the request was carried out
    "error_503",
    "reset_before",          # the body is not read
    "reset_after",           # carried out, no answer
    "close_after",           # answered, then closed without having said so
    "truncated",             # carried out, half of the answer
    "wrong_crc",             # carried out
    "hang",                  # carried out, no answer for 'hang_s'
    "slow",                  # carried out, answered after 'slow_s'
    "expired",               # ExpiredTokenException, this once
    "skewed",                # the clock jumps by up to an hour
    "redirect",              # 307 to /__redirected, which counts
    "reordered",             # other order of members, ConsumedCapacity first
)
DATA_OPERATIONS = ("BatchWriteItem", "BatchGetItem", "PutItem", "GetItem",
                   "Scan")
TARGET = "DynamoDB_20120810."
REASONS = {
    200: "OK", 307: "Temporary Redirect", 400: "Bad Request",
    404: "Not Found", 413: "Payload Too Large", 500: "Internal Server Error",
    503: "Service Unavailable",
}


class Service:
    """What all connections share."""

    def __init__(self, options):
        self.verifier = Verifier({options.access_key: options.secret},
                                 options.region, options.token)
        self.database = Database(options.region)
        self.random = random.Random(options.seed)
        self.faults = {}
        self.operations = set(DATA_OPERATIONS)
        self.slow_s, self.hang_s, self.latency_s = 0.5, 60.0, 0.0
        self.reason = "TableWriteProvisionedThroughputExceeded"
        self.counts = collections.Counter()
        self.connections = 0
        self.address = ""

    def draw(self, operation):
        if not self.faults or operation not in self.operations:
            return None
        value = self.random.random()
        for name, probability in self.faults.items():
            value -= probability
            if value < 0:
                self.counts["fault_" + name] += 1
                return name
        return None

    def control(self, order):
        for name in set(order.get("faults", ())) - set(FAULTS):
            raise ValueError(f"no such fault: {name}")
        database, verifier = self.database, self.verifier
        if order.get("reset"):
            self.counts = collections.Counter()
            verifier.failures = 0
            self.database = database = fresh(database)
        if "bucket" in order:
            database.bucket = order["bucket"] and Bucket(**order["bucket"])
        if "seed" in order:
            self.random.seed(order["seed"])
            database.random.seed(order["seed"])
        places = {
            "faults": (self, "faults", dict),
            "operations": (self, "operations", set),
            "reason": (self, "reason", str),
            "slow_s": (self, "slow_s", float),
            "hang_s": (self, "hang_s", float),
            "latency_s": (self, "latency_s", float),
            "poison": (database, "poison", set),
            "denied": (database, "denied", set),
            "page_items": (database, "page_items", int),
            "create_s": (database, "create_delay_s", float),
            "delete_s": (database, "delete_delay_s", float),
            "expired": (verifier, "expired", set),
            "secrets": (verifier, "secrets", dict),
            "token": (verifier, "token", lambda token: token),
            "clock_s": (verifier, "clock_offset_s", float),
            "skew_kind": (verifier, "skew_kind", str),
        }
        known = places.keys() | {"reset", "bucket", "seed"}
        for name in order.keys() - known:
            raise ValueError(f"no such member: {name}")
        for name, (holder, attribute, make) in places.items():
            if name in order:
                setattr(holder, attribute, make(order[name]))

    def state(self):
        database = self.database
        return {
            "tables": {name: table_state(table)
                       for name, table in database.tables.items()},
            "operations": database.operations,
            "counts": self.counts,
            "connections": self.connections,
            "signature_failures": self.verifier.failures,
            "last_signature_failure": self.verifier.last_failure,
            "units_per_second": per_second(database.units_by_slot, 10),
            "units_per_tenth": per_second(database.units_by_slot, 1),
        }

    def answer(self, operation, headers, path, body, fault):
        """Returns HTTP status and JSON; carries the request out."""
        try:
            self.verifier.check("POST", path, headers, body)
            self.befall(fault)
            return 200, self.database.run(operation, body, fault)
        except Refusal as refusal:
            self.counts[refusal.kind] += 1
            kind = "com.amazonaws.dynamodb.v20120810#" + refusal.kind
            return refusal.status, {"__type": kind, **refusal.members,
                                    "message": refusal.message}

    def befall(self, fault):
        if fault == "expired":
            raise Refusal("ExpiredTokenException", "The security token "
                          "included in the request is expired")
        if fault in ("throttle_provisioned", "throttle_request"):
            kind = ("ThrottlingException" if fault == "throttle_request" else
                    "ProvisionedThroughputExceededException")
            raise throttled(kind, self.reason)
        if fault == "error_503" or (fault == "error_500" and
                                    self.random.random() < 0.5):
            raise Refusal("InternalServerError", "Internal server error",
                          int(fault[-3:]))


def fresh(database):
    new = Database(database.region)
    new.page_items = database.page_items
    for table in database.tables.values():
        table.items.clear()
        table.received.clear()
        table.applied.clear()
        table.order.clear()
    new.tables = database.tables
    return new


def table_state(table):
    return {
        "items": len(table.items), "status": table.status(),
        "point_in_time_recovery": table.backups, "tags": table.tags,
        "received": histogram(table.received),
        "applied": histogram(table.applied),
    }


def histogram(times):
    return dict(sorted(collections.Counter(times.values()).items()))


def per_second(slots, width):
    if not slots:
        return []
    out = [0] * (max(slots) // width + 1)
    for slot, units in slots.items():
        out[slot // width] += units
    return out


def reordered(answer):
    """The same answer, as another server might write it."""
    first = {name: answer[name] for name in answer
             if name == "ConsumedCapacity"}
    rest = {name: answer[name] for name in reversed(answer)
            if name not in first}
    return json.dumps({**first, **rest}, indent=1).encode()


class Connection(asyncio.Protocol):
    def __init__(self, service):
        self.service = service
        self.buffer = b""
        self.head = None
        self.transport = None

    def connection_made(self, transport):
        self.transport = transport
        self.service.connections += 1

    def data_received(self, data):
        self.buffer += data
        while self.step():
            pass

    def step(self):
        """Takes one step on the buffer; False if it needs more bytes."""
        if self.head is None:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return False
            text, self.buffer = self.buffer[:end], self.buffer[end + 4:]
            self.begin(text.decode("latin-1"))
            return self.head is not None
        length = self.head[5]
        if len(self.buffer) < length:
            return False
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        head, self.head = self.head, None
        self.finish(head, body)
        return bool(self.buffer) and not self.transport.is_closing()

    def begin(self, text):
        first, *lines = text.split("\r\n")
        method, path, _ = first.split(" ", 2)
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            name, value = name.lower(), value.strip()
            if name in headers:
                self.service.counts["repeated_" + name] += 1
                value = headers[name] + "," + value
            headers[name] = value
        target = headers.get("x-amz-target", "")
        operation = target[len(TARGET):] if target.startswith(TARGET) else ""
        fault = self.service.draw(operation) if operation else None
        if fault == "reset_before":
            self.reset()
            return
        if headers.get("expect", "").lower() == "100-continue":
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        length = int(headers.get("content-length", "0"))
        self.head = (method, path, headers, operation, fault, length)

    def reset(self):
        self.buffer, self.head = b"", None
        raw = self.transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                       struct.pack("ii", 1, 0))
        self.transport.abort()

    def finish(self, head, body):
        method, path, headers, operation, fault, _ = head
        service = self.service
        if path.startswith("/__"):
            self.serve_control(method, path, body)
            return
        if not operation or path != "/":
            self.write(404, b"{}")
            return
        if fault == "redirect":
            self.write(307, b"", f"Location: {service.address}/__redirected"
                       "\r\n")
            return
        if fault == "skewed":
            service.verifier.clock_offset_s = service.random.choice(
                [-3600, -900, 900, 3600])
        status, answer = service.answer(operation, headers, path, body, fault)
        text = (reordered(answer) if fault == "reordered" else
                json.dumps(answer, separators=(",", ":")).encode())
        if fault == "error_500" and status == 200:
            status, text = 500, b"<html>gateway</html>"
        self.send(status, text, fault)

    def send(self, status, text, fault):
        service, loop = self.service, asyncio.get_running_loop()
        # The Date is of the moment at which the signature was judged.
        late = ("", None, None, service.verifier.now())
        if fault == "reset_after":
            self.reset()
        elif fault == "hang":
            loop.call_later(service.hang_s, self.transport.close)
        elif fault == "slow":
            loop.call_later(service.slow_s, self.write, status, text, *late)
        elif fault == "truncated":
            self.write(status, text, cut=len(text) // 2)
            self.transport.close()
        elif fault == "wrong_crc":
            self.write(status, text, crc=zlib.crc32(text) ^ 1)
        elif service.latency_s:
            loop.call_later(service.latency_s, self.write, status, text,
                            *late)
        else:
            self.write(status, text)
            if fault == "close_after":
                self.transport.close()

    def write(self, status, text, more="", crc=None, cut=None, now=None):
        if self.transport.is_closing():
            return
        crc = zlib.crc32(text) if crc is None else crc
        now = self.service.verifier.now() if now is None else now
        date = email.utils.formatdate(now, usegmt=True)
        self.service.counts["answers"] += 1
        head = (f"HTTP/1.1 {status} {REASONS[status]}\r\nServer: Server\r\n"
                f"Date: {date}\r\nContent-Type: application/x-amz-json-1.0\r\n"
                f"Content-Length: {len(text)}\r\n{more}"
                f"x-amzn-RequestId: STUB{self.service.counts['answers']:08}"
                f"\r\nx-amz-crc32: {crc}\r\n\r\n")
        self.transport.write(head.encode() + text[:cut])

    def serve_control(self, method, path, body):
        service, status = self.service, 200
        path, _, table = path.partition("?")
        tables = service.database.tables
        try:
            if path == "/__control":
                service.control(json.loads(body))
                text = "{}"
            elif path == "/__state":
                text = json.dumps(service.state())
            elif path == "/__items":
                table = tables[table]
                text = "".join(json.dumps(table.get(key), sort_keys=True) +
                               "\n" for key in sorted(table.items))
            elif path == "/__received":
                text = json.dumps(tables[table].received)
            else:
                service.counts["followed" if path == "/__redirected"
                               else "unknown"] += 1
                text = "{}"
        except (KeyError, TypeError, ValueError) as problem:
            status, text = 400, repr(problem)
        if method == "HEAD":
            text = ""
        self.write(status, text.encode())


def make_certificate(folder):
    """A self-signed certificate for localhost, cert.pem and key.pem."""
    cert, key = os.path.join(folder, "cert.pem"), os.path.join(folder,
                                                               "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key,
         "-out", cert], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


async def serve(options):
    service = Service(options)
    loop = asyncio.get_running_loop()
    context = make_certificate(options.tls) if options.tls else None
    server = await loop.create_server(lambda: Connection(service),
                                      "127.0.0.1", options.port, ssl=context,
                                      backlog=512)
    port = server.sockets[0].getsockname()[1]
    service.address = f"http{'s' if context else ''}://127.0.0.1:{port}"
    done = loop.create_future()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, lambda: done.done() or
                                done.set_result(None))
    print(port, flush=True)
    if options.until_stdin_ends:
        loop.add_reader(0, lambda: os.read(0, 4096) or done.done() or
                        done.set_result(None))
    await done
    server.close()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--access-key", default="AKIDEXAMPLE")
    parser.add_argument("--secret", default="not/a+secret")
    parser.add_argument("--token", help="session token that must be sent")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tls", metavar="DIR", help="serve over TLS; DIR "
                        "gets cert.pem, signed by itself, and key.pem")
    parser.add_argument("--until-stdin-ends", action="store_true",
                        help="end with the program that started it")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
