"""The requests beside an export are what the AWS CLI takes."""
import gzip
import hashlib
import json

import botocore.loaders
import botocore.model
import botocore.validate

import tables
from tables import check, run


def validate(name, request):
    """As the AWS CLI does before it sends what --cli-input-json gives."""
    model = botocore.model.ServiceModel(
        botocore.loaders.Loader().load_service_model("dynamodb", "service-2"))
    shape = model.operation_model(name).input_shape
    report = botocore.validate.ParamValidator().validate(request, shape)
    check(not report.has_errors(), f"{name}: {report.generate_report()}")


def test_requests(out):
    request = json.loads((out / "import-table.json").read_text())
    validate("ImportTable", request)
    check(request["InputFormat"] == "DYNAMODB_JSON"
          and request["InputCompressionType"] == "GZIP", request)
    creation = request["TableCreationParameters"]
    check(creation["TableName"] == "phones" and creation["KeySchema"] == [
        {"AttributeName": "suffix", "KeyType": "HASH"}], creation)
    request = json.loads((out / "start-bulk-put-items.json").read_text())
    check("phones" in json.dumps(request), "the table is named")


def test_objects(out, wanted):
    """The manifest tells every object; the lines are the items."""
    manifest = json.loads((out / "manifest.json").read_text())
    names = sorted(path.name for path in (out / "data").iterdir())
    text = json.dumps(manifest)
    check(len(names) > 1, "several objects")
    lines = []
    for name in names:
        stored = (out / "data" / name).read_bytes()
        check(hashlib.sha256(stored).hexdigest() in text, f"hash of {name}")
        lines += gzip.decompress(stored).decode().splitlines()
    check(all(line for line in lines), "no empty line")
    items = [json.loads(line)["Item"] for line in lines]
    check(items[-1]["suffix"]["S"] == "#meta", "#meta is the last line")
    tables.compare(tables.by_key(items), wanted, "export")


def test_again(index, out, folder):
    """The same bytes for any threads; finished objects are kept."""
    files = sorted(path for path in out.rglob("*") if path.is_file())
    other = folder / "other"
    options = ("--compress", "gzip", "--items-per-object", 700, "--table",
               "phones")
    run("export", "-i", index, "-o", other, *options, "--threads", 1)
    for path in files:
        same = (other / path.relative_to(out)).read_bytes()
        check(path.read_bytes() == same, f"{path.name} is the same")
    victim = files[0] if files[0].parent.name == "data" else files[1]
    bytes_before = victim.read_bytes()
    victim.write_bytes(b"x" + bytes_before[1:])
    _, counts = tables.run_json("export", "-i", index, "-o", out, *options)
    check(counts["skipped"] == counts["objects"] - 1, f"kept: {counts}")
    check(victim.read_bytes() == bytes_before, "mended")


def main():
    with tables.work_folder() as folder:
        index = tables.build(folder / "p3569.mdb", "356")
        out = folder / "out"
        run("export", "-i", index, "-o", out, "--compress", "gzip",
            "--items-per-object", 700, "--table", "phones", "--threads", 2)
        test_requests(out)
        test_objects(out, tables.expected(index, "356"))
        test_again(index, out, folder)
    print("all as it should be")


if __name__ == "__main__":
    main()
