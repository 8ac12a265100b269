#!/usr/bin/python3
"""What vanity-bench load compares with: servers, boto3's batch_writer, wrk.

    load_peer.py serve canned|local|dynalite    prints the URL; ends with stdin
    load_peer.py boto3 URL TABLE FILE COUNT THREADS
    load_peer.py wrk URL TABLE FILE SECONDS CONNECTIONS

The last two print "ITEMS WALL-SECONDS CPU-SECONDS". FILE has the items as
DynamoDB JSON lines, as 'vanity export --compress none' writes them.
"""
import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "net"))
sys.dont_write_bytecode = True

import servers  # noqa: E402

BATCH = 25

DESCRIBED = {"Table": {
    "TableName": "bench", "TableStatus": "ACTIVE", "TableId": "canned",
    "TableArn": "arn:aws:dynamodb:us-east-1:000000000000:table/bench",
    "KeySchema": [{"AttributeName": "suffix", "KeyType": "HASH"}],
    "AttributeDefinitions": [
        {"AttributeName": "suffix", "AttributeType": "S"}],
    "ProvisionedThroughput": {
        "ReadCapacityUnits": 100000000, "WriteCapacityUnits": 100000000},
    "ItemCount": 0, "TableSizeBytes": 0}}

NGINX = """
worker_processes 1;
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
    client_body_buffer_size 256k;
    keepalive_requests 100000000;
    map $http_x_amz_target $answer {{
        default '{{}}';
        ~DescribeTable '{described}';
        ~Scan '{{"Items":[],"Count":0,"ScannedCount":0}}';
        ~BatchWriteItem '{{"UnprocessedItems":{{}}}}';
    }}
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        default_type application/x-amz-json-1.0;
        location / {{ return 200 $answer; }}
    }}
}}
"""


@contextlib.contextmanager
def canned():
    """nginx that answers every request at once."""
    with tempfile.TemporaryDirectory(prefix="vanity-bench-nginx-") as folder:
        with start_nginx(folder) as server:
            yield server


def start_nginx(folder):

    def command(port):
        path = pathlib.Path(folder, "nginx.conf")
        path.write_text(NGINX.format(
            folder=folder, port=port, described=json.dumps(DESCRIBED)))
        return ["/usr/sbin/nginx", "-p", folder, "-c", str(path)]

    return servers.start(command, folder)


def serve(name):
    start = {"canned": canned, "local": servers.local,
             "dynalite": servers.dynalite}[name]
    with start() as server:
        print(server.url, flush=True)
        sys.stdin.read()


def read_lines(path, count=None):
    lines = []
    with open(path, encoding="ascii") as file:
        for line in file:
            if '"#meta"' not in line:
                lines.append(line.rstrip("\n"))
            if len(lines) == count:
                break
    return lines


def run_boto3(url, table, path, count, threads):
    import boto3
    import botocore.config
    from boto3.dynamodb.types import TypeDeserializer

    decode = TypeDeserializer().deserialize
    items = [{name: decode(value)
              for name, value in json.loads(line)["Item"].items()}
             for line in read_lines(path, count)]
    config = botocore.config.Config(max_pool_connections=threads,
                                    retries={"max_attempts": 10})

    def write(share):
        session = boto3.session.Session(servers.ACCESS_KEY, servers.SECRET,
                                        region_name=servers.REGION)
        resource = session.resource("dynamodb", endpoint_url=url,
                                    config=config)
        with resource.Table(table).batch_writer() as writer:
            for item in share:
                writer.put_item(Item=item)

    shares = [items[k::threads] for k in range(threads)]
    wall, cpu = time.monotonic(), time.process_time()
    workers = [threading.Thread(target=write, args=(share,))
               for share in shares]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(len(items), time.monotonic() - wall, time.process_time() - cpu)


def run_wrk(url, table, path, seconds, connections):
    lines = read_lines(path)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as bodies:
        for i in range(0, len(lines) - BATCH + 1, BATCH):
            puts = ",".join('{"PutRequest":%s}' % line
                            for line in lines[i:i + BATCH])
            # As the loader writes it (loader/batch.c).
            bodies.write('{"ReturnConsumedCapacity":"TOTAL","RequestItems":'
                         '{"%s":[%s]}}\n' % (table, puts))
        bodies.flush()
        done = subprocess.run(
            ["wrk", "-t", "1", "-c", str(connections), "-d",
             f"{seconds}s", "-s", str(HERE / "load_wrk.lua"), url],
            env=os.environ | {"VN_BODIES": bodies.name}, text=True,
            capture_output=True, check=True)
    requests, seconds = re.search(
        r"(\d+) requests in ([\d.]+)s", done.stdout).groups()
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    if bad:
        sys.exit(f"wrk: {bad.group(0)}")
    print(int(requests) * BATCH, float(seconds), 0)


def main(arguments):
    if arguments[:1] == ["serve"] and len(arguments) == 2:
        serve(arguments[1])
    elif arguments[:1] == ["boto3"] and len(arguments) == 6:
        run_boto3(*arguments[1:4], *map(int, arguments[4:]))
    elif arguments[:1] == ["wrk"] and len(arguments) == 6:
        run_wrk(*arguments[1:4], *map(int, arguments[4:]))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
