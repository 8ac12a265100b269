"""The tables of the stub: operations on items, capacity, what was sent."""
import bisect
import collections
import json
import marshal
import random
import re
import time
import uuid
import zlib

from stub_sigv4 import Refusal

ITEM_MAX = 400 * 1024
REQUEST_MAX = 16 << 20
PARTITION_KEY_MAX = 2048
ACCOUNT = "000000000000"


def invalid(message):
    return Refusal("ValidationException", message)


def value_size(value):
    (kind, data), = value.items()
    if kind == "S":
        return len(data.encode())
    if kind == "N":
        return 1 + (len(data.strip("-").replace(".", "")) + 1) // 2
    if kind == "L":
        return 3 + sum(1 + value_size(element) for element in data)
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + value_size(element)
                       for name, element in data.items())
    if kind == "B":
        return len(data) * 3 // 4
    if kind in ("SS", "NS"):
        return sum(len(element) for element in data)
    return 1


def item_size(item):
    return sum(len(name.encode()) + value_size(value)
               for name, value in item.items())


def holds(request, item):
    """Whether the item meets a condition of equal and missing attributes."""
    names = request.get("ExpressionAttributeNames", {})
    values = request.get("ExpressionAttributeValues", {})
    text = request.get("ConditionExpression", "True")
    met = re.sub(r"attribute_not_exists\((\S+?)\)",
                 lambda found: str(names[found[1]] not in item), text)
    met = re.sub(r"(#\w+) = (:\w+)", lambda found: str(
        item.get(names[found[1]]) == values[found[2]]), met)
    words = re.findall(r"True|False|AND|OR|[()]|\S", met)
    if not {*words} <= {"True", "False", "AND", "OR", "(", ")"}:
        raise invalid(f"Invalid ConditionExpression: {text}")
    return eval(met.replace("AND", "and").replace("OR", "or"))


class Bucket:
    """Write units per second, shared by partitions of the key's hash."""

    def __init__(self, rate, burst, partitions=1):
        self.rate = rate / partitions
        self.burst = burst / partitions
        self.levels = [self.burst] * partitions
        self.times = [time.monotonic()] * partitions

    def take(self, key, units):
        place = zlib.crc32(key.encode()) % len(self.levels)
        now = time.monotonic()
        level = min(self.burst, self.levels[place] +
                    (now - self.times[place]) * self.rate)
        self.times[place] = now
        taken = level >= units
        self.levels[place] = level - units if taken else level
        return taken

    def reason(self):
        return ("TableWriteKeyRangeThroughputExceeded" if len(self.levels) > 1
                else "TableWriteProvisionedThroughputExceeded")


class Table:
    def __init__(self, request, region, delay_s):
        self.request = request
        self.name = request["TableName"]
        self.id = str(uuid.uuid4())
        self.arn = f"arn:aws:dynamodb:{region}:{ACCOUNT}:table/{self.name}"
        self.created = time.time()
        self.active_at = self.created + delay_s
        self.gone_at = None
        self.backups = False
        self.tags = request.get("Tags", [])
        types = {one["AttributeName"]: one["AttributeType"]
                 for one in request["AttributeDefinitions"]}
        self.key = [(one["AttributeName"], types[one["AttributeName"]])
                    for one in request["KeySchema"]]
        self.items = {}
        self.received = collections.Counter()
        self.applied = collections.Counter()
        self.order = {}

    def status(self):
        if self.gone_at is not None:
            return "DELETING"
        return "ACTIVE" if time.time() >= self.active_at else "CREATING"

    def key_of(self, attributes, whole=False):
        """The key as text; 'whole': there may be nothing else."""
        if whole and len(attributes) != len(self.key):
            raise invalid("The provided key element does not match the schema")
        parts = []
        for name, kind in self.key:
            value = attributes.get(name)
            if value is None:
                raise invalid("One or more parameter values were invalid: "
                              f"Missing the key {name} in the item")
            if kind not in value:
                raise invalid("One or more parameter values were invalid: "
                              f"Type mismatch for key {name} expected: {kind} "
                              f"actual: {next(iter(value))}")
            if not 0 < len(value[kind].encode()) <= PARTITION_KEY_MAX:
                raise invalid("One or more parameter values were invalid: "
                              f"bad length of key {name}")
            parts.append(value[kind])
        return "\0".join(parts)

    def get(self, key):
        stored = self.items.get(key)
        return None if stored is None else marshal.loads(stored)

    def put(self, key, item):
        if key not in self.items:
            self.order.clear()
        self.items[key] = marshal.dumps(item)
        self.applied[key] += 1

    def delete(self, key):
        if self.items.pop(key, None) is not None:
            self.order.clear()
        self.applied[key] += 1

    def segment(self, number, total):
        """Keys of a segment of a Scan in the order of their hashes."""
        if total not in self.order:
            segments = [[] for _ in range(total)]
            for key in self.items:
                value = zlib.crc32(key.encode())
                segments[value * total >> 32].append((value, key))
            for keys in segments:
                keys.sort()
            self.order = {total: segments}
        return self.order[total][number]

    def describe(self):
        request = self.request
        out = {
            "AttributeDefinitions": request["AttributeDefinitions"],
            "TableName": self.name, "KeySchema": request["KeySchema"],
            "TableStatus": self.status(), "CreationDateTime": self.created,
            "TableSizeBytes": 0, "ItemCount": 0,
            "TableArn": self.arn, "TableId": self.id,
            "ProvisionedThroughput": {"NumberOfDecreasesToday": 0,
                                      "ReadCapacityUnits": 0,
                                      "WriteCapacityUnits": 0},
            "DeletionProtectionEnabled":
                request.get("DeletionProtectionEnabled", False),
            "WarmThroughput": {"ReadUnitsPerSecond": 12000,
                               "WriteUnitsPerSecond": 4000,
                               "Status": "ACTIVE"},
        }
        if request.get("BillingMode") == "PAY_PER_REQUEST":
            out["BillingModeSummary"] = {"BillingMode": "PAY_PER_REQUEST"}
        else:
            out["ProvisionedThroughput"].update(
                request["ProvisionedThroughput"])
        for name in ("OnDemandThroughput", "GlobalSecondaryIndexes",
                     "LocalSecondaryIndexes", "StreamSpecification",
                     "WarmThroughput"):
            if name in request:
                out[name] = request[name]
        return out


class Database:
    """Operation by operation; what the control URL sets is public."""

    def __init__(self, region):
        self.region = region
        self.tables = {}
        self.random = random.Random(1)
        self.poison = set()
        self.denied = set()
        self.bucket = None
        self.page_items = 4000
        self.create_delay_s = 0.0
        self.delete_delay_s = 0.0
        self.started = time.monotonic()
        self.units_by_slot = collections.Counter()
        self.operations = collections.Counter()

    def run(self, operation, body, fault):
        """Returns the answer, or raises Refusal."""
        function = getattr(self, "do_" + operation, None)
        if function is None:
            raise Refusal("UnknownOperationException", "")
        self.operations[operation] += 1
        if operation in self.denied:
            raise Refusal("AccessDeniedException", "User: arn:aws:iam::"
                          f"{ACCOUNT}:user/test is not authorized to perform: "
                          f"dynamodb:{operation}")
        if len(body) > REQUEST_MAX:
            raise Refusal("RequestTooLarge", "", 413)
        try:
            request = json.loads(body)
        except ValueError:
            raise Refusal("SerializationException", "") from None
        return function(request, body, fault)

    def table(self, name):
        table = self.tables.get(name)
        if table and table.gone_at is not None and \
                time.time() >= table.gone_at:
            del self.tables[name]
            table = None
        if table is None:
            raise Refusal("ResourceNotFoundException", "Requested resource "
                          f"not found: Table: {name} not found")
        return table

    def ready(self, name):
        table = self.table(name)
        if table.status() != "ACTIVE":
            raise Refusal("ResourceNotFoundException",
                          "Requested resource not found")
        return table

    # -- control plane

    def do_CreateTable(self, request, _body, _fault):
        name = request["TableName"]
        try:
            self.table(name)
        except Refusal:
            table = Table(request, self.region, self.create_delay_s)
            self.tables[name] = table
            return {"TableDescription": table.describe()}
        raise Refusal("ResourceInUseException",
                      f"Table already exists: {name}")

    def do_DescribeTable(self, request, _body, _fault):
        return {"Table": self.table(request["TableName"]).describe()}

    def do_DeleteTable(self, request, _body, _fault):
        table = self.table(request["TableName"])
        if table.request.get("DeletionProtectionEnabled"):
            raise invalid("Resource cannot be deleted as it is currently "
                          "protected against deletion. Disable deletion "
                          "protection first.")
        if table.status() != "ACTIVE":
            raise Refusal("ResourceInUseException", "Attempt to change a "
                          f"resource which is still in use: {table.name}")
        table.gone_at = time.time() + self.delete_delay_s
        return {"TableDescription": table.describe()}

    def do_ListTables(self, _request, _body, _fault):
        return {"TableNames": sorted(self.tables)}

    def do_UpdateContinuousBackups(self, request, _body, _fault):
        table = self.ready(request["TableName"])
        wanted = request["PointInTimeRecoverySpecification"]
        table.backups = wanted["PointInTimeRecoveryEnabled"]
        status = "ENABLED" if table.backups else "DISABLED"
        return {"ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": {
                "PointInTimeRecoveryStatus": status}}}

    def do_ListTagsOfResource(self, request, _body, _fault):
        name = request["ResourceArn"].rpartition("/")[2]
        return {"Tags": self.table(name).tags}

    # -- items

    def consumed(self, request, name, units, many):
        if request.get("ReturnConsumedCapacity", "NONE") == "NONE":
            return {}
        one = {"TableName": name, "CapacityUnits": float(units)}
        return {"ConsumedCapacity": [one] if many else one}

    def count_units(self, units):
        slot = int((time.monotonic() - self.started) * 10)
        self.units_by_slot[slot] += units

    def check_item(self, table, item):
        key = table.key_of(item)
        size = item_size(item)
        if size > ITEM_MAX:
            raise invalid("Item size has exceeded the maximum allowed size")
        return key, (size + 1023) // 1024

    def throttle(self, reason):
        kind = self.random.choice(["ProvisionedThroughputExceededException",
                                   "ThrottlingException"])
        return throttled(kind, reason)

    def do_PutItem(self, request, _body, fault):
        table = self.ready(request["TableName"])
        key, units = self.check_item(table, request["Item"])
        table.received[key] += 1
        if key in self.poison:
            raise invalid("One or more parameter values were invalid")
        if fault in ("unprocessed_some", "unprocessed_all") or (
                self.bucket and not self.bucket.take(key, units)):
            raise self.throttle("TableWriteProvisionedThroughputExceeded")
        if not holds(request, table.get(key) or {}):
            raise Refusal("ConditionalCheckFailedException",
                          "The conditional request failed")
        table.put(key, request["Item"])
        self.count_units(units)
        return self.consumed(request, table.name, units, False)

    def do_DeleteItem(self, request, _body, _fault):
        table = self.ready(request["TableName"])
        key = table.key_of(request["Key"], True)
        table.received[key] += 1
        table.delete(key)
        self.count_units(1)
        return self.consumed(request, table.name, 1, False)

    def do_GetItem(self, request, _body, _fault):
        table = self.ready(request["TableName"])
        item = table.get(table.key_of(request["Key"], True))
        answer = self.consumed(request, table.name, 0.5, False)
        if item is not None:
            answer["Item"] = project(item, request)
        return answer

    def do_BatchWriteItem(self, request, body, fault):
        lists = request["RequestItems"]
        total = sum(map(len, lists.values()))
        if not 1 <= total <= 25:
            raise invalid("Too many items requested for the BatchWriteItem "
                          "call" if total else "The batch write request list "
                          "for a table cannot be null or empty")
        # An item whose JSON is below 1 KB costs one unit; only of longer ones
        # the size is counted.
        small = max(map(len, body.split(b'Request"'))) <= 1024
        plans = [self.plan(self.ready(name), requests, small)
                 for name, requests in lists.items()]
        unprocessed, consumed = {}, []
        for (name, _), (table, plan) in zip(lists.items(), plans):
            left, units = self.apply(table, plan, fault)
            if left:
                unprocessed[name] = left
            consumed += self.consumed(request, name, units, True).get(
                "ConsumedCapacity", [])
        if self.bucket and total == sum(map(len, unprocessed.values())):
            raise self.throttle(self.bucket.reason())
        answer = {"UnprocessedItems": unprocessed}
        if consumed:
            answer["ConsumedCapacity"] = consumed
        return answer

    def plan(self, table, requests, small):
        """(key, units, item or None, request) of each; refuses the batch."""
        plan, seen, poisoned = [], set(), False
        for one in requests:
            (kind, value), = one.items()
            item, units = None, 1
            if kind == "PutRequest":
                item = value["Item"]
                if small:
                    key = table.key_of(item)
                else:
                    key, units = self.check_item(table, item)
            elif kind == "DeleteRequest":
                key = table.key_of(value["Key"], True)
            else:
                raise Refusal("SerializationException", "")
            if key in seen:
                raise invalid("Provided list of item keys contains duplicates")
            seen.add(key)
            poisoned |= key in self.poison
            plan.append((key, units, item, one))
        table.received.update(seen)
        if poisoned:
            raise invalid("One or more parameter values were invalid")
        return table, plan

    def apply(self, table, plan, fault):
        left, accepted = [], 0
        keep = 1.0
        if fault == "unprocessed_all":
            keep = 0.0
        elif fault == "unprocessed_some":
            keep = 0.5
        for key, units, item, one in plan:
            if (keep < 1.0 and self.random.random() >= keep) or (
                    self.bucket and not self.bucket.take(key, units)):
                left.append(one)
                continue
            accepted += units
            if item is None:
                table.delete(key)
            else:
                table.put(key, item)
        self.count_units(accepted)
        return left, accepted

    def do_BatchGetItem(self, request, _body, fault):
        lists = request["RequestItems"]
        if not 1 <= sum(len(one["Keys"]) for one in lists.values()) <= 100:
            raise invalid("Too many items requested for the BatchGetItem call")
        responses, unprocessed, consumed = {}, {}, []
        for name, one in lists.items():
            table = self.ready(name)
            keys = [(table.key_of(key, True), key) for key in one["Keys"]]
            if len({key for key, _ in keys}) != len(keys):
                raise invalid("Provided list of item keys contains duplicates")
            left = []
            if fault == "unprocessed_all":
                keys, left = [], keys
            elif fault == "unprocessed_some":
                half = len(keys) // 2
                keys, left = keys[:half], keys[half:]
            found = [table.get(key) for key, _ in keys]
            responses[name] = [project(item, one) for item in found
                               if item is not None]
            self.random.shuffle(responses[name])
            if left:
                unprocessed[name] = dict(one, Keys=[key for _, key in left])
            units = len(keys) * (1 if one.get("ConsistentRead") else 0.5)
            consumed += self.consumed(request, name, units, True).get(
                "ConsumedCapacity", [])
        answer = {"Responses": responses, "UnprocessedKeys": unprocessed}
        if consumed:
            answer["ConsumedCapacity"] = consumed
        return answer

    def do_Scan(self, request, _body, _fault):
        table = self.ready(request["TableName"])
        keys = table.segment(request.get("Segment", 0),
                             request.get("TotalSegments", 1))
        start = 0
        if "ExclusiveStartKey" in request:
            after = table.key_of(request["ExclusiveStartKey"], True)
            start = bisect.bisect_right(
                keys, (zlib.crc32(after.encode()), after))
        limit = min(self.page_items, request.get("Limit", self.page_items))
        page = keys[start:start + limit]
        items = [table.get(key) for _, key in page]
        items = [item for item in items if matches(item, request)]
        answer = {"Count": len(items), "ScannedCount": len(page)}
        if request.get("Select") != "COUNT":
            answer["Items"] = [project(item, request) for item in items]
        if start + limit < len(keys):
            parts = page[-1][1].split("\0")
            answer["LastEvaluatedKey"] = {
                name: {kind: part}
                for (name, kind), part in zip(table.key, parts)}
        answer.update(self.consumed(request, table.name,
                                    (len(page) * 120 + 4095) // 4096, False))
        return answer


def throttled(kind, reason):
    message = ("The level of configured provisioned throughput for the table "
               "was exceeded. Consider increasing your provisioning level "
               "with the UpdateTable API.")
    return Refusal(kind, message, ThrottlingReasons=[{
        "reason": reason, "resource": "arn:aws:dynamodb:table"}])


def matches(item, request):
    """The two filters that our client sends."""
    expression = request.get("FilterExpression")
    if expression is None:
        return True
    value = item[request["ExpressionAttributeNames"]["#k"]]["S"]
    other = request["ExpressionAttributeValues"][":v"]["S"]
    if expression == "begins_with(#k, :v)":
        return value.startswith(other)
    if expression == "#k <> :v":
        return value != other
    raise invalid("Invalid FilterExpression: " + expression)


def project(item, request):
    expression = request.get("ProjectionExpression")
    if expression is None:
        return item
    names = request.get("ExpressionAttributeNames", {})
    wanted = [names.get(name.strip(), name.strip())
              for name in expression.split(",")]
    return {name: item[name] for name in wanted if name in item}
