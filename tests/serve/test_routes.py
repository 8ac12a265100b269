"""Every path of 'vanity serve': bodies, headers, tags, compression, methods.

Usage: test_routes.py VANITY WHOLE-INDEX SOURCE-TREE
"""
import gzip
import json
import subprocess
import sys
from pathlib import Path

from running import Server, build, check, equal, folder, tool

vanity, whole, tree = sys.argv[1:4]
PAGE = ["index.html", "app.js", "explore.js", "app.css", "favicon.svg"]


def check_numbers(server):
    body = server.json("/vanitynumbers?phonenumber=1-800-356-9377")
    equal(body["phonenumber"], "+18003569377", "number")
    equal(body["VanityNumber1"], "1-800-FLOWERS", "first")
    shown = subprocess.run(
        [vanity, "lookup", "-i", whole, "--json", "18003569377"],
        capture_output=True, text=True, check=True).stdout
    equal(body["candidates"], json.loads(shown)["candidates"],
          "candidates of the command line")
    for query, number in (("%2B442079460958", "+442079460958"),
                          ("+442079460958", "+442079460958"),
                          ("%20442079460958", "+442079460958"),
                          ("1-800-GOT-JUNK", "+18004685865"),
                          ("(800)%20356.9377", "+18003569377"),
                          ("%33569377", "3569377"),
                          ("3569377&other=1&other=2", "3569377"),
                          ("3569377&caller=0", "3569377")):
        body = server.json(f"/vanitynumbers?phonenumber={query}")
        equal(body["phonenumber"], number, query)
    body = server.json("/vanitynumbers?%70honenumber=3569377")
    equal(body["phonenumber"], "3569377", "an escaped name")
    equal(server.json("/vanitynumbers?phonenumber=0000000")["candidates"], [],
          "nothing to spell")


def check_bad_numbers(server):
    for query in ("", "?", "?phonenumber", "?phonenumber=", "?phone=3569377",
                  "?phonenumber=12", "?phonenumber=3569377%",
                  "?phonenumber=356937%2", "?phonenumber=356937%g7",
                  "?phonenumber=3569377%00", "?phonenumber=3569377;",
                  "?phonenumber=3569377&phonenumber=3569377",
                  "?phonenumber=" + "1" * 600, "?phonenumber=%C3%BC",
                  "?phonenumber=3569377&caller=2",
                  "?phonenumber=3569377&caller=1&caller=1",
                  "?phonenumber=3569377&%zz=1"):
        body = server.json("/vanitynumbers" + query, 400)
        equal(list(body), ["message"], query)
        check("\n" not in body["message"] and len(body["message"]) < 200,
              f"one line: {body}")


def check_prefix_index():
    with folder() as place:
        build(vanity, place / "p.mdb", "--prefix", "3569")
        with Server(vanity, place / "p.mdb") as server:
            server.json("/vanitynumbers?phonenumber=3569377")
            server.json("/vanitynumbers?phonenumber=3570000", 404)
            body = server.json("/map.json")
            equal([row["exchange"] for row in body["exchanges"]], ["356"],
                  "exchanges")
            equal(body["exchanges"][0]["count"], 1000, "count")
            equal(body["prefix"], "3569", "prefix")
            equal(len(server.json("/top/356.json")["best"]), 100, "best")
            server.json("/top/357.json", 404)


def top(prefix, count):
    """The best of a prefix, as `vanity top` lists them."""
    lines = subprocess.run(
        [vanity, "top", "-i", whole, "--prefix", prefix, "-n", str(count)],
        capture_output=True, text=True, check=True).stdout.splitlines()
    rows = [line.split("\t") for line in lines]
    return [{"suffix": suffix, "spelling": spelling, "score": int(score)}
            for score, spelling, suffix in rows]


def check_lists(server):
    body = server.json("/map.json")
    rows = body["exchanges"]
    equal([row["exchange"] for row in rows],
          [f"{i:03}" for i in range(1000)], "exchanges")
    info = json.loads(subprocess.run(
        [vanity, "info", "-i", whole, "--json"], capture_output=True,
        check=True).stdout)
    equal(sum(row["count"] for row in rows), info["with_spelling"], "counts")
    equal(body["generation"], info["generation"], "generation")
    row = rows[356]
    equal((row["suffix"], row["spelling"], row["score"]),
          ("3569377", "FLOWERS", -3), "the best of 356")
    body = server.json("/top/356.json")
    equal(body["best"], top("356", 100), "vanity top")
    both = body["best"] + body["more"]
    equal(len({row["suffix"] for row in both}), len(both), "each once")
    parts = [("356", 100)]
    parts += [(f"356{i}", 10) for i in range(10)]
    parts += [(f"356{i:02}", 3) for i in range(0, 100, 7)]
    for prefix, count in parts:
        begin = [row for row in both if row["suffix"].startswith(prefix)]
        equal(begin[:count], top(prefix, count), f"the best of {prefix}")
    for path in ("/top/", "/top/35.json", "/top/3566.json", "/top/abc.json",
                 "/top/356.jso", "/top/356.json/", "/top/-56.json"):
        server.json(path, 404)


def check_mean(server):
    """The mean of one exchange, from the command line's scores."""
    with folder() as place:
        numbers = place / "numbers"
        numbers.write_text("".join(f"100{i:04}\n" for i in range(10000)))
        lines = subprocess.run(
            [vanity, "lookup", "-i", whole, "--top", "1", "--json", "-"],
            stdin=numbers.open(), capture_output=True, text=True,
            check=True).stdout.splitlines()
    scores = [candidate["score"] for line in lines
              for candidate in json.loads(line)["candidates"]]
    row = server.json("/map.json")["exchanges"][100]
    equal(row["count"], len(scores), "count of 100")
    check(abs(row["mean"] - sum(scores) / len(scores)) <= 0.5,
          f"mean of 100: {row}")


def check_page(server):
    for path in ["/"] + ["/" + name for name in PAGE]:
        status, headers, body = server.get(path)
        equal(status, 200, path)
        name = path[1:] or "index.html"
        equal(body, Path(tree, "tools/web", name).read_bytes(), path)
        policy = headers["Content-Security-Policy"]
        check("default-src 'none'" in policy and "unsafe" not in policy,
              f"policy of {path}: {policy}")
        for header, value in (("X-Content-Type-Options", "nosniff"),
                              ("Referrer-Policy", "no-referrer"),
                              ("X-Frame-Options", "DENY"),
                              ("Cache-Control", "no-cache")):
            equal(headers[header], value, f"{header} of {path}")
        tag = headers["ETag"]
        for value in (tag, "W/" + tag, '"x", ' + tag, "*"):
            status, headers, body = server.get(
                path, headers={"If-None-Match": value})
            equal((status, body), (304, b""), f"{path} with {value}")
            equal(headers["ETag"], tag, "tag of a 304")
        equal(server.get(path, headers={"If-None-Match": '"x"'})[0], 200,
              "another tag")


def check_compression(server):
    plain = server.get("/map.json")[2]
    for accept, packed in (("gzip", True), ("br, gzip;q=0.5", True),
                           ("GZIP", True), ("gzip;q=0", False),
                           ("gzip;q=0.000", False), ("identity", False),
                           ("", False), ("xgzip", False)):
        status, headers, body = server.get(
            "/map.json", headers={"Accept-Encoding": accept})
        equal((status, headers["Vary"]), (200, "Accept-Encoding"), accept)
        equal(headers["Content-Encoding"], "gzip" if packed else None, accept)
        equal(gzip.decompress(body) if packed else body, plain, accept)


def check_methods(server):
    for path in ("/", "/vanitynumbers?phonenumber=3569377", "/map.json",
                 "/healthz", "/metrics", "/callers", "/none"):
        status, headers, body = server.get(path)
        found, head, none = server.get(path, "HEAD")
        equal((found, none), (status, b""), f"HEAD {path}")
        if path != "/metrics":
            equal(head["Content-Length"], str(len(body)), f"HEAD {path}")
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get",
                       "CONNECT", "BREW"):
            found, head, _ = server.get(path, method)
            equal((found, head["Allow"]), (405, "GET, HEAD"),
                  f"{method} {path}")
    done = subprocess.run(
        [tool("curl"), "-s", "-o", "/dev/null", "-w", "%{http_code}", "-d",
         "x=1", server.url], capture_output=True, text=True, check=True)
    equal(done.stdout, "405", "curl -d")


def check_paths(server):
    """Nothing but the files of the page is ever read."""
    for path in ("/../etc/passwd", "/..%2f..%2fetc/passwd", "//etc/passwd",
                 "/%2e%2e/%2e%2e/etc/passwd", "/app.js/../index.html",
                 "/./index.html", "/index.html%00", "/INDEX.HTML", "/app.js/",
                 "/..\\..\\etc\\passwd", "/top/../../etc/passwd.json",
                 "/vanitynumbers/", "/%2f", "/top/%33%35%36.json", "/vanity.mdb",
                 "*", "http://127.0.0.1/../etc/passwd", "file:///etc/passwd",
                 "etc/passwd"):
        answer = server.raw(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n"
                            "Connection: close\r\n\r\n".encode())
        equal(answer[9:12], b"404", path)


def check_hosts(server):
    for host, status in (("localhost", 200), ("LOCALHOST:80", 200),
                         ("127.0.0.1:1", 200), ("127.1.2.3", 200),
                         ("[::1]:8080", 200), ("[::1]", 200),
                         ("example.com", 421), ("127.0.0.1.example.com", 421),
                         ("127.evil", 421), ("localhost.example.com", 421),
                         ("", 421), ("192.168.0.1", 421), ("[::2]", 421)):
        equal(server.get("/healthz", headers={"Host": host})[0], status, host)
    answer = server.raw(b"GET /healthz HTTP/1.0\r\n\r\n")
    equal(answer[9:12], b"200", "HTTP/1.0 without a host")


def check_health(server):
    body = server.json("/healthz")
    equal((body["status"], body["suffixes"]), ("ok", 10_000_000), "health")
    check(server.metric(
        'vanity_http_requests_total{route="vanitynumbers",code="400"}') > 10,
        "refusals are counted")
    check(server.metric("vanity_connections") >= 1, "connections")
    text = server.get("/metrics")[2].decode()
    for line in text.splitlines():
        check(line.startswith("#") or len(line.rsplit(" ", 1)) == 2, line)
    check("3569377" not in text, "no number in /metrics")


def check_conformance(server):
    done = subprocess.run(
        ["/usr/bin/python3", f"{tree}/tests/api/check_answers.py",
         server.url.rstrip("/"), "--part", "all"],
        capture_output=True, text=True)
    check(done.returncode == 0, f"check_answers: {done.stdout}{done.stderr}")


def check_other_hosts():
    with folder() as place:
        build(vanity, place / "p.mdb", "--prefix", "3569")
        with Server(vanity, place / "p.mdb", "--host", "a.example", "--host",
                    "b.example", listen="0.0.0.0:0") as server:
            for host, status in (("a.example", 200), ("B.EXAMPLE:443", 200),
                                 ("localhost", 421), ("c.example", 421)):
                equal(server.get("/healthz", headers={"Host": host})[0],
                      status, host)
            check("put TLS and access control in front" in server.said(),
                  "a warning of the open address")
        with Server(vanity, place / "p.mdb", "--no-log", "-q",
                    listen="0.0.0.0:0") as server:
            equal(server.get("/healthz", headers={"Host": "any"})[0], 200,
                  "any name where none is given")
            equal(server.said(), "", "quiet")
            server.json("/callers", 404)


with folder() as place:
    with Server(vanity, whole, "--log", place / "calls") as running:
        check_numbers(running)
        check_bad_numbers(running)
        check_lists(running)
        check_mean(running)
        check_page(running)
        check_compression(running)
        check_methods(running)
        check_paths(running)
        check_hosts(running)
        check_health(running)
        check_conformance(running)
check_prefix_index()
check_other_hosts()
print("ok")
