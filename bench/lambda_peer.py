#!/usr/bin/python3
"""The table of vanity-bench lambda: DynamoDB Local with one item.

    lambda_peer.py ITEM     ITEM: DynamoDB JSON

prints the URL and dies with the program that started it.
"""
import json
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "net"))
sys.dont_write_bytecode = True

import boto3  # noqa: E402

import servers  # noqa: E402


def main():
    servers.die_with_parent()
    with servers.local() as server:
        client = boto3.client(
            "dynamodb", endpoint_url=server.url, region_name=servers.REGION,
            aws_access_key_id=servers.ACCESS_KEY,
            aws_secret_access_key=servers.SECRET)
        client.create_table(
            TableName="bench", BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "suffix", "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": "suffix", "AttributeType": "S"}])
        client.put_item(TableName="bench", Item=json.loads(sys.argv[1]))
        print(server.url, flush=True)
        while True:
            time.sleep(1000)


if __name__ == "__main__":
    main()
