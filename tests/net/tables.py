"""What the tests of tables share: the program, its indexes, reading back."""
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import boto3
import botocore.config

import servers

VANITY = os.environ["VN_PROGRAM"]
RUN_S = 300


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def environment(**more):
    """Nothing of the caller's AWS configuration comes through."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("AWS_", "VANITY_"))}
    return kept | {
        "AWS_ACCESS_KEY_ID": servers.ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": servers.SECRET,
        "AWS_REGION": servers.REGION,
        "AWS_DEFAULT_REGION": servers.REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/nonexistent/config",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent/credentials",
        "NO_PROXY": "*", "no_proxy": "*",
    } | more


def run(*arguments, env=None, code=0, given=None):
    """Runs vanity; both outputs as text, the exit code as expected."""
    done = subprocess.run(
        [VANITY, *map(str, arguments)], env=env or environment(), text=True,
        capture_output=True, input=given, timeout=RUN_S)
    check(code is None or done.returncode == code,
          f"vanity {' '.join(map(str, arguments))}: exit {done.returncode}, "
          f"not {code}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done


def run_json(*arguments, **how):
    """The objects that a command prints with --json, the last one alone."""
    lines = run(*arguments, "--json", **how).stdout.splitlines()
    objects = [json.loads(line) for line in lines]
    return objects[:-1], objects[-1]


@contextlib.contextmanager
def work_folder():
    with tempfile.TemporaryDirectory(prefix="vanity-net-") as folder:
        yield Path(folder)


def build(path, prefix, **overlays):
    """Builds an index; overlays are words="a\\nb", block="c"."""
    options = []
    for kind, text in overlays.items():
        file = path.with_suffix(f".{kind}")
        file.write_text(text)
        options += [f"--{kind}", file]
    run("build", "-q", "-o", path, "--prefix", prefix, *options)
    return path


def expected(index, prefix):
    """The items of an index, as another program would make them."""
    count = 10 ** (7 - len(prefix))
    numbers = "".join(f"{prefix}{i:0{7 - len(prefix)}}\n" if count > 1
                      else f"{prefix}\n" for i in range(count))
    printed = run("lookup", "-i", index, "--json", "-", given=numbers).stdout
    items = {}
    for line in printed.splitlines():
        found = json.loads(line)
        if not found["candidates"]:
            continue
        items[found["suffix"]] = {
            "suffix": {"S": found["suffix"]},
            "spellings": {"L": [{"S": candidate["spelling"]}
                                for candidate in found["candidates"]]},
            "scores": {"L": [{"N": str(candidate["score"])}
                             for candidate in found["candidates"]]},
        }
    return items


def client(url):
    return boto3.client(
        "dynamodb", endpoint_url=url, region_name=servers.REGION,
        aws_access_key_id=servers.ACCESS_KEY,
        aws_secret_access_key=servers.SECRET,
        config=botocore.config.Config(proxies={}))


def by_key(items):
    return {item["suffix"]["S"]: item for item in items}


def read_boto3(url, table):
    pages = client(url).get_paginator("scan").paginate(
        TableName=table, ConsistentRead=True)
    return by_key(item for page in pages for item in page["Items"])


def read_awscli(url, table):
    done = subprocess.run(
        ["/usr/bin/python3", "/usr/bin/aws", "dynamodb", "scan",
         "--table-name", table, "--endpoint-url", url, "--output", "json"],
        env=environment(), capture_output=True, text=True, timeout=RUN_S)
    check(done.returncode == 0, f"aws dynamodb scan: {done.stderr}")
    return by_key(json.loads(done.stdout)["Items"])


def compare(found, wanted, what):
    """Exactly the wanted items; '#meta' is looked at elsewhere."""
    found = {key: item for key, item in found.items() if key != "#meta"}
    lost = sorted(wanted.keys() - found.keys())
    more = sorted(found.keys() - wanted.keys())
    other = sorted(key for key in wanted.keys() & found.keys()
                   if wanted[key] != found[key])
    check(not lost and not more and not other,
          f"{what}: {len(lost)} lost {lost[:3]}, {len(more)} too many "
          f"{more[:3]}, {len(other)} differ {other[:3]}")


def account(counts):
    check(counts["acknowledged"] + counts["dead"] + counts["pending"]
          == counts["total"], f"the account adds up: {counts}")
