#!/usr/bin/python3
"""'vanity serve' and nginx under wrk in turn, for vanity-bench serve.

    serve_peer.py VANITY INDEX ROUNDS SECONDS CONNECTIONS

Look-ups of random numbers, the same for both; nginx answers each at once with
the same fixed reply, whose body is as long as those of the server on average.
Prints, for the warm-up round and each round after it, the lines

    serve REQUESTS MICROSECONDS P50-US P99-US
    nginx REQUESTS MICROSECONDS P50-US P99-US
    map MICROSECONDS

A request that failed, or an answer of the server that is not 200, ends it.
"""
import contextlib
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "net"))
sys.dont_write_bytecode = True

import servers  # noqa: E402

NUMBERS = 5000
SEED = 20261121
SAMPLED = 200

NGINX = """
worker_processes auto;
daemon off;
error_log /dev/null;
pid {folder}/pid;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_requests 100000000;
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        default_type application/json;
        add_header Cache-Control no-store;
        add_header X-Content-Type-Options nosniff;
        location / {{ return 200 '{body}'; }}
    }}
}}
"""


@contextlib.contextmanager
def vanity_server(vanity, index):
    process = subprocess.Popen(
        [vanity, "serve", "-i", index, "--no-log", "--listen", "127.0.0.1:0"],
        stdout=subprocess.PIPE, text=True,
        preexec_fn=servers.die_with_parent)
    try:
        url = process.stdout.readline().strip()
        if not url:
            sys.exit("vanity serve does not start")
        yield url
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


@contextlib.contextmanager
def nginx_server(size):
    with tempfile.TemporaryDirectory(prefix="vanity-bench-nginx-") as folder:
        def command(port):
            path = pathlib.Path(folder, "nginx.conf")
            path.write_text(NGINX.format(folder=folder, port=port,
                                         body="x" * size))
            return ["/usr/sbin/nginx", "-p", folder, "-c", str(path)]

        with servers.start(command, folder) as server:
            yield server.url + "/"


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read()


def mean_size(url, paths):
    sizes = [len(fetch(url + path.lstrip("/"))) for path in paths]
    return round(sum(sizes) / len(sizes))


def map_us(url):
    text = fetch(url + "metrics").decode()
    found = re.search(r"^vanity_index_map_seconds ([\d.]+)$", text, re.M)
    return round(float(found.group(1)) * 1e6)


def run_wrk(url, paths, seconds, connections):
    done = subprocess.run(
        ["wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "-s",
         str(HERE / "serve_wrk.lua"), url],
        env=os.environ | {"VN_PATHS": paths}, text=True, capture_output=True,
        check=True)
    figures = json.loads(done.stdout.splitlines()[-1])
    if figures["failed"] or not figures["requests"]:
        sys.exit(f"wrk: {figures}")
    return [figures[key] for key in ("requests", "us", "p50_us", "p99_us")]


def run_round(arguments, paths, sample, reverse):
    vanity, index, seconds, connections = arguments
    with vanity_server(vanity, index) as url:
        rivals = [("serve", url)]
        map_time = map_us(url)
        with nginx_server(mean_size(url, sample)) as nginx:
            rivals.append(("nginx", nginx))
            for name, address in reversed(rivals) if reverse else rivals:
                print(name, *run_wrk(address, paths, seconds, connections))
    print("map", map_time, flush=True)


def index_prefix(vanity, index):
    done = subprocess.run([vanity, "info", "-i", index, "--json"], text=True,
                          capture_output=True, check=True)
    return json.loads(done.stdout)["prefix"]


def main(vanity, index, rounds, seconds, connections):
    generator = random.Random(SEED)
    prefix = index_prefix(vanity, index)
    lines = ["/vanitynumbers?phonenumber=%2B1206" + prefix +
             "".join(generator.choices("0123456789", k=7 - len(prefix)))
             for _ in range(NUMBERS)]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as paths:
        paths.write("\n".join(lines) + "\n")
        paths.flush()
        for i in range(int(rounds) + 1):
            run_round((vanity, index, int(seconds), int(connections)),
                      paths.name, lines[:SAMPLED], i % 2 == 1)


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    main(*sys.argv[1:])
